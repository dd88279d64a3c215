/*
 * base/histogram.c: counts of durations in fixed classes.
 */
#include "base/histogram.h"

const int64_t histogram_bounds_us[HISTOGRAM_CLASSES] = {1000,   2500,   5000,    10000,   25000,   50000,    100000,
                                                        250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000};

void histogram_add(Histogram *h, int64_t us)
{
	h->count++;
	h->sum_us += us;
	for (int i = 0; i < HISTOGRAM_CLASSES; i++)
		if (us <= histogram_bounds_us[i]) {
			h->classes[i]++;
			return;
		}
}
