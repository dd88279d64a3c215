/*
 * base/clock.c: the real clock and virtual ones.
 *
 * A virtual clock's time is read and moved atomically: a test moves it while the engine's threads read it.
 */
#include "base/clock.h"

#include <time.h>

#include "base/err.h"

const Clock clock_real = {.virtual_time = false, .now_us = 0};

void clock_init_virtual(Clock *c, int64_t now_us)
{
	*c = (Clock){.virtual_time = true, .now_us = now_us};
}

void clock_advance(Clock *c, int64_t by_us)
{
	ASSERT(c->virtual_time);
	ASSERT(by_us >= 0);
	__atomic_fetch_add(&c->now_us, by_us, __ATOMIC_RELAXED);
}

static int64_t clock_read(const Clock *c, clockid_t id)
{
	if (c->virtual_time)
		return __atomic_load_n(&c->now_us, __ATOMIC_RELAXED);
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_wall_us(const Clock *c)
{
	return clock_read(c, CLOCK_REALTIME);
}

int64_t clock_mono_us(const Clock *c)
{
	return clock_read(c, CLOCK_MONOTONIC);
}

void clock_sleep_us(int64_t us)
{
	struct timespec ts = {us / 1000000, us % 1000000 * 1000};
	while (nanosleep(&ts, &ts) != 0) {
	}
}

struct timespec clock_deadline(int64_t us)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	int64_t ns = ts.tv_nsec + us % 1000000 * 1000;
	ts.tv_sec += us / 1000000 + ns / 1000000000;
	ts.tv_nsec = ns % 1000000000;
	return ts;
}
