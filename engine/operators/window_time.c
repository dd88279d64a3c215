/*
 * engine/operators/window_time.c: zones and alignment.
 *
 * A wall time that a zone shows twice ends with the second showing; one that it skips, at the instant of the gap's end.
 * window_time of an LTZ window is that same instant, so that a row of a closed window is never late for what follows.
 */
#include "engine/operators/window_time.h"

enum { WINDOW_TIME_BLOCK_US = 900000000 }; /* zones change on quarters of an hour; checked at both ends all the same */

void window_time_init(WindowTime *w, const WindowSpec *spec)
{
	*w = (WindowTime){.zone = spec->ltz && spec->zone && spec->zone != zone_utc ? spec->zone : NULL};
}

int64_t window_time_shift(WindowTime *w, int64_t us)
{
	if (us >= w->from_us && us < w->to_us)
		return us + w->offset_us;
	int64_t from = window_time_floor_div(us, WINDOW_TIME_BLOCK_US) * WINDOW_TIME_BLOCK_US;
	int64_t to = from + WINDOW_TIME_BLOCK_US;
	int64_t offset = zone_offset_at(w->zone, from);
	if (offset != zone_offset_at(w->zone, to - 1))
		return us + zone_offset_at(w->zone, us);
	w->from_us = from;
	w->to_us = to;
	w->offset_us = offset;
	return us + offset;
}

int64_t window_time_fire(const WindowTime *w, int64_t end_ms)
{
	if (!w->zone)
		return end_ms - 1;
	return window_time_floor_div(zone_to_instant_latest(w->zone, (end_ms - 1) * 1000), 1000);
}

int64_t window_time_value(const WindowTime *w, int64_t end_ms)
{
	return window_time_fire(w, end_ms) * 1000;
}

void window_time_windows(const WindowSpec *spec, int64_t local_ms, WindowRange *out)
{
	switch (spec->kind) {
	case WINDOW_HOP: {
		int64_t last = window_time_floor(local_ms, spec->slide_ms, spec->offset_ms);
		int64_t n = last + spec->size_ms > local_ms ? (spec->size_ms - (local_ms - last) - 1) / spec->slide_ms + 1 : 0;
		out->n = (uint32_t)n;
		out->start = last - (n - 1) * spec->slide_ms;
		out->end = out->start + spec->size_ms;
		return;
	}
	case WINDOW_CUMULATE: {
		out->start = window_time_floor(local_ms, spec->size_ms, spec->offset_ms);
		int64_t step = (local_ms - out->start) / spec->slide_ms;
		out->end = out->start + (step + 1) * spec->slide_ms;
		out->n = (uint32_t)(spec->size_ms / spec->slide_ms - step);
		return;
	}
	case WINDOW_TUMBLE:
	case WINDOW_SESSION:
		out->start = window_time_floor(local_ms, spec->size_ms, spec->offset_ms);
		out->end = out->start + spec->size_ms;
		out->n = 1;
		return;
	}
}
