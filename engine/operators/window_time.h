/*
 * engine/operators/window_time.h: the clock that windows live on.
 *
 * Windows and slices are in milliseconds of wall-clock time: of TIMESTAMP itself, or of the query's zone for
 * TIMESTAMP_LTZ. The watermark is of the time column: for LTZ an instant. A window has ended when the watermark reaches
 * window_time_fire(end).
 */
#ifndef WEIR_ENGINE_OPERATORS_WINDOW_TIME_H
#define WEIR_ENGINE_OPERATORS_WINDOW_TIME_H

#include "sql/plan/plan.h"
#include "sql/types/zone.h"

typedef struct WindowTime {
	const Zone *zone; /* NULL: wall clock as it is */
	/* instants (us) in [from, to) have this offset: spares the look-up for rows that lie close together */
	int64_t from_us, to_us, offset_us;
} WindowTime;

void window_time_init(WindowTime *w, const WindowSpec *spec);
int64_t window_time_shift(WindowTime *w, int64_t us); /* instant to wall clock, both us, zone != NULL */

/* Floor division: t = q * n + r, 0 <= r < n. */
static inline int64_t window_time_floor_div(int64_t t, int64_t n)
{
	int64_t q = t / n;
	return q - (t % n < 0);
}

/* The start of the interval of `size` that t lies in; intervals begin at multiples of size, plus offset. */
static inline int64_t window_time_floor(int64_t t, int64_t size, int64_t offset)
{
	return window_time_floor_div(t - offset, size) * size + offset;
}

/* Wall-clock milliseconds of a value of the time column. */
static inline int64_t window_time_local(WindowTime *w, int64_t us)
{
	if (w->zone)
		us = window_time_shift(w, us);
	return window_time_floor_div(us, 1000);
}

/* The least watermark (ms) at which a window with this end has ended: the latest instant that shows its last
 * millisecond. */
int64_t window_time_fire(const WindowTime *w, int64_t end_ms);
/* The value (us) of window_time. */
int64_t window_time_value(const WindowTime *w, int64_t end_ms);

/* The windows that a value belongs to: the first one's start; the further ones begin every *step up to *last. false:
 * none. */
typedef struct WindowRange {
	int64_t start, end; /* of the first window */
	uint32_t n;         /* windows; HOP: each starts a slide later; CUMULATE: each ends a step later */
} WindowRange;
void window_time_windows(const WindowSpec *spec, int64_t local_ms, WindowRange *out);

#endif
