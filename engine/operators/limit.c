/*
 * engine/operators/limit.c: LIMIT and OFFSET without ORDER BY: the rows as they come. When enough have come, nothing
 * more is read from what lies below.
 */
#include "engine/operators/operators.h"
#include "engine/operators/sort.h"

typedef struct LimitOp {
	int64_t limit; /* rows still to let through, -1: all */
	int64_t skip;
} LimitOp;

static bool limit_open(Operator *op, Err *err)
{
	LimitOp *l = ARENA_NEW(op->run->arena, LimitOp);
	op->state = l;
	return sort_bounds(op, &l->limit, &l->skip, err);
}

static bool limit_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	(void)err;
	LimitOp *l = op->state;
	uint32_t n = 0;
	uint32_t *idx = ARENA_ARRAY(op->run->step, uint32_t, b->n);
	int64_t *weight = ARENA_ARRAY(op->run->step, int64_t, b->n);
	for (uint32_t i = 0; i < b->n && l->limit != 0; i++) {
		int64_t w = batch_weight(b, i);
		if (w <= 0)
			continue;
		int64_t skipped = w < l->skip ? w : l->skip;
		l->skip -= skipped;
		w -= skipped;
		if (l->limit >= 0 && w > l->limit)
			w = l->limit;
		if (!w)
			continue;
		l->limit -= l->limit >= 0 ? w : 0;
		idx[n] = i;
		weight[n++] = w;
	}
	if (n) {
		Batch *out = batch_gather(b, idx, n, op->run->step);
		out->weight = b->weight ? weight : NULL;
		operator_emit(op, out);
	}
	if (l->limit == 0)
		operator_want_no_more(op->inputs[0]);
	return true;
}

const OperatorType limit_type = {
    .name = "limit",
    .open = limit_open,
    .push = limit_push,
};
