/*
 * Tests of base/histogram.c: bounds belong to their class, what is above all is counted.
 */
#include "base/histogram.h"
#include "tests/support/check.h"

TEST(classes)
{
	Histogram h = {0};
	histogram_add(&h, 0);
	histogram_add(&h, 1000);
	histogram_add(&h, 1001);
	histogram_add(&h, 30000000);
	histogram_add(&h, 30000001);
	CHECK_EQ_U64(h.classes[0], 2);
	CHECK_EQ_U64(h.classes[1], 1);
	CHECK_EQ_U64(h.classes[HISTOGRAM_CLASSES - 1], 1);
	CHECK_EQ_U64(h.count, 5);
	CHECK_EQ_I64(h.sum_us, 60002002);
}

TEST(bounds_rise)
{
	for (int i = 1; i < HISTOGRAM_CLASSES; i++)
		CHECK(histogram_bounds_us[i] > histogram_bounds_us[i - 1]);
}

TESTS(classes, bounds_rise)
