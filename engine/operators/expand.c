/*
 * engine/operators/expand.c: GROUPING SETS: each row once per set, with NULL for the keys that the set leaves out and
 * the set's number behind them.
 *
 *     GROUP BY ROLLUP(a, b)      (1, 2)  ->  (1, 2, a 1, b 2, set 0) (1, 2, a 1, b NULL, set 1) (1, 2, a NULL, b NULL,
 * set 3)
 *
 * The copies of a row follow one another, so that ordinals do not fall.
 */
#include "engine/operators/operators.h"

static bool expand_open(Operator *op, Err *err)
{
	(void)op;
	(void)err;
	return true;
}

/* The copies of a key: NULL in the sets that leave it out. c: the gathered key. */
static void blank(const PlanExpand *x, uint32_t key, const Column *c, uint32_t n, const Type *type, Column *out,
                  Arena *step)
{
	*out = *column_flat(c, step);
	out->type = type;
	uint64_t *valid = ARENA_ARRAY_ZERO(step, uint64_t, bit_words(n) + 1);
	for (uint32_t i = 0, set = 0; i < n; i++, set = set + 1 == x->nsets ? 0 : set + 1)
		if (!(x->left_out[set] >> key & 1) && (!out->valid || bit_get(out->valid, i)))
			bit_set(valid, i);
	out->valid = valid;
}

static void emit_copies(Operator *op, const Batch *b, uint32_t from, uint32_t to)
{
	const PlanExpand *x = &op->plan->expand;
	Arena *step = op->run->step;
	uint32_t n = (to - from) * x->nsets, nin = b->ncols;
	uint32_t *idx = ARENA_ARRAY(step, uint32_t, n);
	int64_t *ids = ARENA_ARRAY(step, int64_t, n);
	for (uint32_t i = 0; i < n; i++) {
		idx[i] = from + i / x->nsets;
		ids[i] = x->ids[i % x->nsets];
	}
	const Batch *rows = batch_gather(b, idx, n, step);
	Column *cols = ARENA_ARRAY(step, Column, nin + x->ncols + 1);
	memcpy(cols, rows->cols, nin * sizeof *cols);
	for (uint32_t k = 0; k < x->ncols; k++)
		blank(x, k, &rows->cols[x->cols[k]], n, op->plan->cols[nin + k].type, &cols[nin + k], step);
	cols[nin + x->ncols] =
	    (Column){.type = op->plan->cols[nin + x->ncols].type, .phys = PHYS_I64, .len = n, .i64 = ids};
	Batch *out = ARENA_NEW(step, Batch);
	*out = (Batch){n, nin + x->ncols + 1, cols, rows->weight, rows->ord, rows->stamp};
	operator_emit(op, out);
}

static bool expand_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	uint32_t nsets = op->plan->expand.nsets, chunk = nsets < BATCH_ROWS_MAX ? BATCH_ROWS_MAX / nsets : 1;
	for (uint32_t from = 0; from < b->n; from += chunk) {
		if (operator_canceled(op, err))
			return false;
		emit_copies(op, b, from, b->n - from > chunk ? from + chunk : b->n);
	}
	return true;
}

const OperatorType expand_type = {
    .name = "expand",
    .open = expand_open,
    .push = expand_push,
};
