/*
 * engine/operators/union.c: UNION ALL: merges its ports by ordinal; the only place where channels meet.
 *
 * The stamp of a row becomes the minimum of its own and of the other ports' watermarks at its ordinal; the curve is the
 * minimum of the curves. Of rows with one ordinal those with the smaller stamp come first: what a window let out before
 * the row that closed it.
 */
#include "engine/operators/operators.h"

#include <stdlib.h>

typedef struct PortBatch {
	const Batch *batch;
	uint32_t port;
} PortBatch;

typedef struct UnionOp {
	struct {
		PortBatch *items;
		uint32_t len, cap;
	} pending;
	int64_t watermark; /* of the output, never falls */
} UnionOp;

static bool union_open(Operator *op, Err *err)
{
	(void)err;
	UnionOp *u = ARENA_NEW(op->run->arena, UnionOp);
	u->watermark = BATCH_NO_WATERMARK;
	op->state = u;
	return true;
}

/* The same column types as the first input's, as far as the batch tells: nullability does not matter. */
static bool union_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	UnionOp *u = op->state;
	if (op->run->is_snapshot) {
		operator_emit(op, b);
		return true;
	}
	PortBatch p = {b, port};
	ARENA_PUSH(op->run->step, &u->pending, p);
	return true;
}

/* A place in a port's curve, for ordinals that only rise. */
typedef struct PortCurve {
	const Curve *curve;
	uint32_t at;
	int64_t ms;
} PortCurve;

static int64_t curve_at(PortCurve *p, int64_t ord)
{
	while (p->at < p->curve->len && p->curve->points[p->at].ord <= ord)
		p->ms = p->curve->points[p->at++].ms;
	return p->ms;
}

static PortCurve *open_curves(Operator *op)
{
	PortCurve *list = ARENA_ARRAY(op->run->step, PortCurve, op->ninputs);
	for (uint32_t i = 0; i < op->ninputs; i++) {
		const Curve *c = &op->inputs[i]->curve;
		list[i] = (PortCurve){c, 0, c->before};
	}
	return list;
}

static int64_t least_other(const Operator *op, PortCurve *curves, uint32_t port, int64_t ord)
{
	int64_t least = BATCH_END;
	for (uint32_t i = 0; i < op->ninputs; i++)
		if (i != port) {
			int64_t ms = curve_at(&curves[i], ord);
			least = ms < least ? ms : least;
		}
	return least;
}

/* The batch with its stamps lowered to what the other ports have. */
static const Batch *restamp(Operator *op, const Batch *b, uint32_t port)
{
	int64_t *stamp = ARENA_ARRAY(op->run->step, int64_t, b->n + 1);
	PortCurve *curves = open_curves(op);
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t own = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		int64_t other = least_other(op, curves, port, b->ord ? b->ord[i] : 0);
		stamp[i] = own < other ? own : other;
	}
	Batch *out = ARENA_NEW(op->run->step, Batch);
	*out = *b;
	out->stamp = stamp;
	return out;
}

typedef struct MergeRow {
	int64_t ord, stamp;
	uint32_t port, row;
} MergeRow;

static int compare_rows(const void *a, const void *b)
{
	const MergeRow *x = a, *y = b;
	if (x->ord != y->ord)
		return x->ord < y->ord ? -1 : 1;
	if (x->stamp != y->stamp)
		return x->stamp < y->stamp ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static void merge(Operator *op, const PortBatch *list, uint32_t n)
{
	Arena *step = op->run->step;
	const Batch **batches = ARENA_ARRAY(step, const Batch *, n);
	uint32_t total = 0;
	bool one_port = true;
	for (uint32_t i = 0; i < n; i++) {
		batches[i] = restamp(op, list[i].batch, list[i].port);
		total += batches[i]->n;
		one_port &= list[i].port == list[0].port;
	}
	if (one_port) {
		for (uint32_t i = 0; i < n; i++)
			operator_emit(op, batches[i]);
		return;
	}
	MergeRow *rows = ARENA_ARRAY(step, MergeRow, total + 1);
	uint32_t at = 0;
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t r = 0; r < batches[i]->n; r++, at++)
			rows[at] = (MergeRow){batches[i]->ord ? batches[i]->ord[r] : 0, batches[i]->stamp[r], list[i].port, at};
	qsort(rows, total, sizeof *rows, compare_rows);
	uint32_t *idx = ARENA_ARRAY(step, uint32_t, total + 1);
	for (uint32_t i = 0; i < total; i++)
		idx[i] = rows[i].row;
	const Batch *all = batch_concat(batches, n, step);
	for (uint32_t from = 0; from < total; from += BATCH_ROWS_MAX) {
		uint32_t len = total - from < BATCH_ROWS_MAX ? total - from : BATCH_ROWS_MAX;
		operator_emit(op, batch_gather(all, idx + from, len, step));
	}
}

static int compare_ords(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void set_curve(Operator *op)
{
	UnionOp *u = op->state;
	uint32_t n = 0;
	for (uint32_t i = 0; i < op->ninputs; i++)
		n += op->inputs[i]->curve.len;
	int64_t *ords = ARENA_ARRAY(op->run->step, int64_t, n + 1);
	n = 0;
	for (uint32_t i = 0; i < op->ninputs; i++)
		for (uint32_t k = 0; k < op->inputs[i]->curve.len; k++)
			ords[n++] = op->inputs[i]->curve.points[k].ord;
	qsort(ords, n, sizeof *ords, compare_ords);
	PortCurve *curves = open_curves(op);
	int64_t before = BATCH_END;
	for (uint32_t i = 0; i < op->ninputs; i++)
		before = curves[i].ms < before ? curves[i].ms : before;
	if (before > u->watermark)
		u->watermark = before;
	Curve out = {u->watermark, NULL, 0};
	WatermarkPoint *points = ARENA_ARRAY(op->run->step, WatermarkPoint, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		int64_t ms = least_other(op, curves, UINT32_MAX, ords[i]);
		if (ms <= u->watermark)
			continue;
		u->watermark = ms;
		points[out.len++] = (WatermarkPoint){ords[i], ms};
	}
	out.points = points;
	operator_set_curve(op, out);
}

static bool union_flush(Operator *op, Err *err)
{
	(void)err;
	UnionOp *u = op->state;
	if (op->run->is_snapshot)
		return true;
	uint32_t n = u->pending.len;
	const PortBatch *list = u->pending.items;
	u->pending.items = NULL;
	u->pending.len = u->pending.cap = 0;
	if (n)
		merge(op, list, n);
	set_curve(op);
	return true;
}

const OperatorType union_type = {
    .name = "union",
    .open = union_open,
    .push = union_push,
    .flush = union_flush,
};
