/*
 * engine/operators/window_agg.h: what window_agg.c (rows in), window_fire.c (windows out), window_front.c and
 * window_early.c share.
 */
#ifndef WEIR_ENGINE_OPERATORS_WINDOW_AGG_H
#define WEIR_ENGINE_OPERATORS_WINDOW_AGG_H

#include "engine/operators/agg_state.h"
#include "engine/operators/operator.h"
#include "engine/operators/out_rows.h"
#include "engine/operators/slices.h"

enum { WINDOW_SCOPE = 8 };       /* bytes of a slice's end before the group key */
#define WINDOW_RUNNING INT64_MAX /* the scope of the running blocks; sorts behind every slice */

/* The slice that the last row fell into. */
typedef struct WindowPlace {
	int64_t start, end;
	int64_t last_window;           /* end of the last window with it */
	int64_t first_fire, last_fire; /* watermarks that close its first, its last window */
	bool none;                     /* no window has it: the slide is longer than the size */
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
	bool attached; /* rows carry their window: from the input, or because they were spread over their windows (early
	                  results) */
	uint32_t start_col, end_col;
	Slicing cut;
	WindowTime clock;
	AggState st;
	StateTable *blocks;
	Slices slices;
	OutRows out;
	bool runs;         /* HOP, CUMULATE: has running blocks */
	bool on_update;    /* CUMULATE: a running block shows only if it got rows since it did last; so says its header */
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
	StateTable *front;   /* HOP with states that cannot be taken out: window_front.c; else NULL */
	uint32_t front_size; /* of an entry */
	/* early results: window_early.c */
	StateTable *early; /* scope | group key -> the results that were sent; NULL: results come when windows close */
	struct {
		Str *items;
		uint32_t len, cap;
	} touched;   /* in this step */
	bool spread; /* HOP, CUMULATE: each row goes into all its windows */
	char scope[WINDOW_SCOPE];
} WindowAggOp;

static inline void window_mark_update(const WindowAggOp *w, void *block)
{
	if (w->on_update)
		((int64_t *)block)[1] = 1;
}

/* A window that is being let out. */
typedef struct Firing {
	int64_t start, end, time_us;
	int64_t ord, stamp;
	int64_t *slices; /* HOP, CUMULATE: ends of its slices, oldest first */
	uint32_t nslices;
	Value *results;
	char *block; /* scratch, room for two */
} Firing;

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
/* A row of a window; key: scope and group. */
void window_fire_row(Operator *op, const Firing *f, Str key, const Value *results, int64_t weight);
Firing window_fire_make(Operator *op, int64_t end, int64_t ord, int64_t stamp);
bool window_fire_unknown(Operator *op, const Batch *b, uint32_t row, Err *err);

/* window_front.c */
bool window_front_open(Operator *op, Err *err);
/* Rows went into slices before the pivot. */
void window_front_spoil(WindowAggOp *w, const Str *groups, uint32_t n);
void window_front_drop_key(WindowAggOp *w, Str group);
void window_front_clear(WindowAggOp *w);
/* The window's slices have been added to the running blocks. */
bool window_front_prepare(Operator *op, const Firing *f, Err *err);
/* block: a copy of the running block, with room for another behind it; receives what the front adds. */
bool window_front_merge(Operator *op, const Firing *f, Str group, char *block, Err *err);

/* window_early.c */
bool window_early_open(Operator *op, Err *err);
/* Spreads the rows of a batch over the windows that are open for them, and takes them in. */
bool window_early_push(Operator *op, const Batch *b, Err *err);
/* Groups that rows of this step went into. Keys live as long as the step. */
void window_early_touch(Operator *op, const Str *keys, uint32_t n);
/* A group of a window that closes: what differs from what was sent. rows: of the group. */
void window_early_settle(Operator *op, const Firing *f, Str key, int64_t rows, const Value *results);
/* The end of a step: sends what has changed. */
bool window_early_flush(Operator *op, Err *err);

/* window_agg.c */
bool window_agg_take(Operator *op, const Batch *b, const uint8_t *counted, Err *err);
void window_agg_late(Operator *op, const Batch *b, uint32_t row, int64_t time_ms, int64_t stamp, int64_t start,
                     int64_t end);

#endif
