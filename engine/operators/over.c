/*
 * engine/operators/over.c: OVER in a snapshot: all rows are collected, sorted by partition and order, and each
 * partition is given to over_eval.c. Rows come out in that order.
 */
#include "engine/operators/collect.h"
#include "engine/operators/operators.h"
#include "engine/operators/over_eval.h"
#include "engine/operators/sort.h"

typedef struct OverOp {
	Collected rows;
} OverOp;

static bool over_open(Operator *op, Err *err)
{
	(void)err;
	op->state = ARENA_NEW(op->run->arena, OverOp);
	return true;
}

static bool over_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	OverOp *o = op->state;
	collect_add(&o->rows, b, false, op->run->arena);
	return collect_may_go_on(op, err);
}

/* The rows in order; parts[i], orders[i]: the two parts of row i's key. */
static const Batch *sorted(Operator *op, const Batch *all, Str *parts, Str *orders)
{
	const PlanOver *v = &op->plan->over;
	Arena *step = op->run->step;
	Str *keys = ARENA_ARRAY(step, Str, all->n + 1);
	Str *partitions = ARENA_ARRAY_ZERO(step, Str, all->n + 1);
	const Column **cols = ARENA_ARRAY(step, const Column *, v->npartition + 1);
	for (uint32_t k = 0; k < v->npartition; k++)
		cols[k] = &all->cols[v->partition[k]];
	if (v->npartition)
		column_encode_keys(cols, v->npartition, all->n, step, partitions);
	StrBuf key;
	strbuf_init(&key);
	for (uint32_t i = 0; i < all->n; i++) {
		strbuf_clear(&key);
		if (partitions[i].len)
			strbuf_put_str(&key, partitions[i]);
		sort_put_key(v->order, v->norder, all, i, &key);
		keys[i] = arena_str(step, strbuf_str(&key));
	}
	strbuf_deinit(&key);
	uint32_t *idx = sort_by_keys(keys, all->n, step);
	for (uint32_t i = 0; i < all->n; i++) {
		uint32_t len = partitions[idx[i]].len;
		parts[i] = str_slice(keys[idx[i]], 0, len);
		orders[i] = str_slice(keys[idx[i]], len, keys[idx[i]].len - len);
	}
	return batch_gather(all, idx, all->n, step);
}

static bool over_flush(Operator *op, Err *err)
{
	OverOp *o = op->state;
	Arena *step = op->run->step;
	const Batch *all;
	if (!collect_all(&o->rows, op->plan->inputs[0], op->run->arena, &all, err))
		return false;
	Str *parts = ARENA_ARRAY(step, Str, all->n + 1), *orders = ARENA_ARRAY(step, Str, all->n + 1);
	const Batch *b = sorted(op, all, parts, orders);
	Column *results = over_eval_columns(op, b->n);
	for (uint32_t i = 0, j; i < b->n; i = j) {
		for (j = i + 1; j < b->n && str_eq(parts[i], parts[j]);)
			j++;
		if (!collect_may_go_on(op, err) || !over_eval_partition(op, b, orders, i, j, results, err))
			return false;
	}
	Batch out = {.n = b->n, .ncols = op->plan->ncols};
	Column *cols = ARENA_ARRAY(step, Column, out.ncols + 1);
	memcpy(cols, b->cols, b->ncols * sizeof *cols);
	memcpy(cols + b->ncols, results, op->plan->over.ncalls * sizeof *cols);
	out.cols = cols;
	for (uint32_t at = 0; at < out.n; at += BATCH_ROWS_MAX) {
		if (!collect_may_go_on(op, err))
			return false;
		operator_emit(op, batch_slice(&out, at, at + BATCH_ROWS_MAX < out.n ? at + BATCH_ROWS_MAX : out.n, step));
	}
	return true;
}

const OperatorType over_type = {
    .name = "over",
    .open = over_open,
    .push = over_push,
    .flush = over_flush,
};
