/*
 * engine/operators/slices.h: a window as slices, and the directory of the slices that hold rows.
 *
 *   HOP(slide 5, size 15)     |--5--|--10-|--15-|--20-|      slices, named by their end
 *                             [---- window 15 ---]
 *                                   [---- window 20 ---]
 *
 * The slice is the greatest common part of the windows: gcd(slide, size); of CUMULATE the step. The directory is small
 * and kept in RAM; slices_save writes what changed into a state table (before a seal), slices_load reads it.
 */
#ifndef WEIR_ENGINE_OPERATORS_SLICES_H
#define WEIR_ENGINE_OPERATORS_SLICES_H

#include "engine/operators/operator.h"
#include "engine/operators/window_time.h"

typedef struct Slicing {
	WindowKind kind;
	int64_t width; /* of a slice */
	int64_t size, slide, offset;
} Slicing;

void slices_cut(Slicing *s, const WindowSpec *spec);

static inline int64_t slices_end_of(const Slicing *s, int64_t local_ms)
{
	return window_time_floor(local_ms, s->width, s->offset) + s->width;
}

/* Ends of the first and the last window that contain the slice. first > last: none does (a slide longer than the size).
 */
int64_t slices_first_window(const Slicing *s, int64_t end);
int64_t slices_last_window(const Slicing *s, int64_t end);
/* Start of the window with this end. */
int64_t slices_window_start(const Slicing *s, int64_t end);

typedef struct Slice {
	int64_t end;
	int64_t rows; /* weighted, that were put into it */
	bool changed; /* since it was saved */
	bool stored;
} Slice;

typedef struct Slices {
	StateTable *table;
	Slice *items; /* items[head .. len); those before head are gone */
	uint32_t head, len, cap;
	bool unsorted;   /* slices came out of order since they were sorted by end */
	uint32_t *slots; /* open addressing by end: place + 1; places before head are stale */
	uint32_t mask;
	uint32_t hit;  /* where the last look-up ended */
	int64_t fired; /* end of the window fired last; INT64_MIN: none */
	int64_t pivot; /* window_front.c: slices up to this end are in the front; INT64_MIN: none */
	bool marks_changed;
	/* dropped since the last save, and stored: keys to delete */
	int64_t *dropped;
	uint32_t ndropped, dropped_cap;
} Slices;

void slices_init(Slices *s, StateTable *table);
void slices_deinit(Slices *s);
bool slices_load(Slices *s, Arena *scratch, Err *err);
void slices_save(Slices *s);
/* The slice, made if it is not there (*created). Valid until the next call. */
Slice *slices_need(Slices *s, int64_t end, bool *created);
/* The first slice with an end greater than `after`; NULL: none. */
Slice *slices_after(Slices *s, int64_t after);
/* Takes out the slices that end at or before `end`; those are the oldest. */
void slices_drop_until(Slices *s, int64_t end);
int64_t slices_rows(const Slices *s);
void slices_set_fired(Slices *s, int64_t end);
void slices_set_pivot(Slices *s, int64_t end);

static inline uint32_t slices_count(const Slices *s)
{
	return s->len - s->head;
}

#endif
