/*
 * base/histogram.h: counts of durations in fixed classes, for metrics.
 *
 * Units: microseconds. A copy is a snapshot; whoever shares one locks it.
 */
#ifndef WEIR_BASE_HISTOGRAM_H
#define WEIR_BASE_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_CLASSES = 14 };

/* The upper bounds of the classes, included; what is above the last is in count alone. */
extern const int64_t histogram_bounds_us[HISTOGRAM_CLASSES];

typedef struct Histogram {
	uint64_t classes[HISTOGRAM_CLASSES]; /* each counts its own class only */
	uint64_t count;
	int64_t sum_us;
} Histogram;

void histogram_add(Histogram *h, int64_t us);

#endif
