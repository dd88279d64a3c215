/*
 * engine/operators/window.c: a window function without an aggregate: each row once per window that it lies in, with
 * window_start, window_end and window_time.
 *
 * Nothing is late here: what comes after decides that. Rows outside of every window (HOP with a slide longer than its
 * size) are left out.
 */
#include "engine/operators/operators.h"
#include "engine/operators/window_time.h"

typedef struct WindowOp {
	WindowSpec spec;
	WindowTime clock;
} WindowOp;

static bool window_open(Operator *op, Err *err)
{
	(void)err;
	WindowOp *w = ARENA_NEW(op->run->arena, WindowOp);
	op->state = w;
	w->spec = op->plan->window.spec;
	window_time_init(&w->clock, &w->spec);
	return true;
}

/* Growing lists of a batch's (row, window). */
typedef struct Assigned {
	uint32_t *idx;
	int64_t *start, *end, *time;
	uint32_t n, cap;
} Assigned;

static void add_window(Assigned *a, uint32_t row, int64_t start, int64_t end, int64_t time_us, Arena *step)
{
	if (a->n == a->cap) {
		uint32_t cap = a->cap * 2;
		a->idx = arena_grow(step, a->idx, a->n * sizeof *a->idx, cap * sizeof *a->idx);
		a->start = arena_grow(step, a->start, a->n * sizeof *a->start, cap * sizeof *a->start);
		a->end = arena_grow(step, a->end, a->n * sizeof *a->end, cap * sizeof *a->end);
		a->time = arena_grow(step, a->time, a->n * sizeof *a->time, cap * sizeof *a->time);
		a->cap = cap;
	}
	a->idx[a->n] = row;
	a->start[a->n] = start * 1000;
	a->end[a->n] = end * 1000;
	a->time[a->n++] = time_us;
}

static void emit_assigned(Operator *op, const Batch *b, const Assigned *a)
{
	Arena *step = op->run->step;
	const Batch *rows = batch_gather(b, a->idx, a->n, step);
	Column *cols = ARENA_ARRAY(step, Column, op->plan->ncols + 1);
	memcpy(cols, rows->cols, b->ncols * sizeof *cols);
	int64_t *data[3] = {a->start, a->end, a->time};
	for (uint32_t k = 0; k < 3; k++) {
		uint32_t c = b->ncols + k;
		cols[c] = (Column){.type = op->plan->cols[c].type, .phys = PHYS_I64, .len = a->n, .i64 = data[k]};
	}
	Batch *out = ARENA_NEW(step, Batch);
	*out = (Batch){a->n, b->ncols + 3, cols, rows->weight, rows->ord, rows->stamp};
	operator_emit(op, out);
}

static bool window_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	WindowOp *w = op->state;
	Arena *step = op->run->step;
	uint32_t time_col = op->plan->window.time_col;
	const Column *time = &b->cols[time_col];
	bool proctime = w->spec.proctime && !op->run->is_snapshot;
	Assigned a = {.cap = b->n + 16};
	a.idx = ARENA_ARRAY(step, uint32_t, a.cap);
	a.start = ARENA_ARRAY(step, int64_t, a.cap);
	a.end = ARENA_ARRAY(step, int64_t, a.cap);
	a.time = ARENA_ARRAY(step, int64_t, a.cap);
	WindowRange r = {0};
	int64_t from = 0, to = 0, time_us = 0; /* TUMBLE: the window of the row before */
	for (uint32_t i = 0; i < b->n; i++) {
		if (!proctime && column_is_null(time, i)) {
			const PlanCol *c = &op->plan->inputs[0]->cols[time_col];
			operator_failed_at(op, b, i);
			err_set(err, ERR_BAD_VALUE, "the time column \"%.*s\" of a window is NULL", STR_ARG(c->name));
			return err_hint(err, "Leave such rows out with WHERE %.*s IS NOT NULL.", STR_ARG(c->name));
		}
		int64_t local = window_time_local(&w->clock, proctime ? op->run->env.now_us : time->i64[column_at(time, i)]);
		if (w->spec.kind == WINDOW_TUMBLE && local >= from && local < to) {
			add_window(&a, i, from, to, time_us, step);
			continue;
		}
		window_time_windows(&w->spec, local, &r);
		for (uint32_t k = 0; k < r.n; k++) {
			int64_t shift = (int64_t)k * w->spec.slide_ms;
			int64_t start = w->spec.kind == WINDOW_HOP ? r.start + shift : r.start;
			int64_t end = r.end + shift;
			time_us = window_time_value(&w->clock, end);
			add_window(&a, i, start, end, time_us, step);
		}
		int64_t weight = batch_weight(b, i);
		op->counts.filtered += r.n ? 0 : (uint64_t)(weight < 0 ? -weight : weight);
		from = r.start;
		to = r.end;
	}
	if (a.n)
		emit_assigned(op, b, &a);
	return true;
}

const OperatorType window_type = {
    .name = "window",
    .open = window_open,
    .push = window_push,
};
