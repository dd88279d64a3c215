/*
 * Tests of base/clock.c: virtual time stands still until it is moved.
 */
#include <time.h>

#include "base/clock.h"
#include "tests/support/check.h"

TEST(virtual_time)
{
	Clock c;
	clock_init_virtual(&c, 1000);
	CHECK_EQ_I64(clock_wall_us(&c), 1000);
	CHECK_EQ_I64(clock_mono_us(&c), 1000);
	clock_advance(&c, 500);
	clock_advance(&c, 0);
	CHECK_EQ_I64(clock_wall_us(&c), 1500);
	CHECK_EQ_I64(clock_mono_us(&c), 1500);
	clock_init_virtual(&c, -5);
	CHECK_EQ_I64(clock_wall_us(&c), -5);
}

TEST(real_time)
{
	CHECK(!clock_real.virtual_time);
	int64_t wall_us = clock_wall_us(&clock_real);
	CHECK(llabs(wall_us / 1000000 - (int64_t)time(NULL)) <= 2);
	int64_t last_us = clock_mono_us(&clock_real);
	for (int i = 0; i < 10000; i++) {
		int64_t now_us = clock_mono_us(&clock_real);
		REQUIRE(now_us >= last_us);
		last_us = now_us;
	}
}

TESTS(virtual_time, real_time)
