/*
 * engine/operators/window_agg.h: what window_agg.c (rows in) and window_fire.c (windows out) share.
 */
#ifndef WEIR_ENGINE_OPERATORS_WINDOW_AGG_H
#define WEIR_ENGINE_OPERATORS_WINDOW_AGG_H

#include "engine/operators/agg_state.h"
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"
#include "engine/operators/slices.h"

enum { WINDOW_SCOPE = 8 }; /* bytes of a slice's end before the group key */
#define WINDOW_RUNNING INT64_MAX /* the scope of the running blocks; sorts behind every slice */

/* The slice that the last row fell into. */
typedef struct WindowPlace {
	int64_t start, end;
	int64_t last_window;            /* end of the last window with it */
	int64_t first_fire, last_fire;  /* watermarks that close its first, its last window */
	bool none;                      /* no window has it: the slide is longer than the size */
} WindowPlace;

typedef struct WindowSuspect {
	Str key;
	const Batch *batch;
	uint32_t row;
} WindowSuspect;

typedef struct WindowAggOp {
	const PlanAgg *agg;
	uint32_t *keys; /* group columns of the input; attached: window_start first */
	uint32_t nkeys;
	Slicing cut;
	WindowTime clock;
	AggState st;
	StateTable *blocks;
	Slices slices;
	OutRows out;
	bool runs;         /* HOP, CUMULATE: has running blocks */
	int64_t running;   /* how many */
	int64_t watermark; /* carried out so far, ms */
	int64_t next_end;  /* the next window to fire; valid if next_fire is not INT64_MAX */
	int64_t next_fire; /* the watermark that closes it; INT64_MAX: nothing is open */
	bool begun;        /* in this step: the watermark that the step begins with is carried out */
	uint32_t point;    /* next point of the curve */
	WindowPlace at;
	struct {
		WindowSuspect *items;
		uint32_t len, cap;
	} suspects;
	char scope[WINDOW_SCOPE];
} WindowAggOp;

static inline Str window_scope(int64_t end, char *buf)
{
	codec_store_be64(buf, codec_order_i64(end));
	return str_make(buf, WINDOW_SCOPE);
}

/* window_fire.c */
/* Finds out which window is next. */
void window_fire_schedule(WindowAggOp *w);
/* What has happened before the first row of the step. ord: of that row. */
bool window_fire_begin(Operator *op, int64_t ord, Err *err);
/* Everything that a watermark up to `to` closes; ord: of the row that meets it. */
bool window_fire_until(Operator *op, int64_t to, int64_t ord, Err *err);
/* The rest of the step's curve. */
bool window_fire_end(Operator *op, Err *err);
bool window_fire_unknown(Operator *op, const Batch *b, uint32_t row, Err *err);

#endif
