/*
 * engine/operators/setop.c: INTERSECT and EXCEPT, with and without ALL, of a snapshot. Rows come out in the order in
 * which the left side has them.
 */
#include "engine/operators/collect.h"
#include "engine/operators/operators.h"

typedef struct SetopOp {
	Collected side[2];
} SetopOp;

static bool setop_open(Operator *op, Err *err)
{
	(void)err;
	op->state = ARENA_NEW(op->run->arena, SetopOp);
	return true;
}

static bool setop_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	SetopOp *s = op->state;
	collect_add(&s->side[port], b, false, op->run->arena);
	return true;
}

/* Copies of each row of the right side. */
static bool count_right(Operator *op, const Batch *right, StateTable **out, Err *err)
{
	if (!operator_state_open(op, "right", STATE_HASH, 0, out, err))
		return false;
	Str *keys = operator_row_keys(right, op->run->step);
	for (uint32_t i = 0; i < right->n; i++)
		++*(int64_t *)state_edit(*out, keys[i], 16, NULL, NULL);
	return true;
}

static bool setop_flush(Operator *op, Err *err)
{
	SetopOp *s = op->state;
	Arena *step = op->run->step;
	const Batch *left, *right;
	StateTable *counts;
	if (!collect_all(&s->side[0], op->plan->inputs[0], op->run->arena, &left, err) ||
	    !collect_all(&s->side[1], op->plan->inputs[1], op->run->arena, &right, err) ||
	    !count_right(op, right, &counts, err))
		return false;
	bool intersect = op->plan->setop.op == SETOP_INTERSECT, all = op->plan->setop.all;
	Str *keys = operator_row_keys(left, step);
	uint32_t *idx = ARENA_ARRAY(step, uint32_t, left->n + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < left->n; i++) {
		/* [0]: copies left on the right side; [1]: the row was emitted */
		int64_t *count = state_edit(counts, keys[i], 16, NULL, NULL);
		bool matched = count[0] > 0;
		if (all && matched)
			count[0]--;
		if (matched != intersect || (!all && count[1]))
			continue;
		count[1] = 1;
		idx[n++] = i;
	}
	for (uint32_t from = 0; from < n; from += BATCH_ROWS_MAX) {
		uint32_t len = n - from < BATCH_ROWS_MAX ? n - from : BATCH_ROWS_MAX;
		operator_emit(op, batch_gather(left, idx + from, len, step));
	}
	return true;
}

const OperatorType setop_type = {
    .name = "set operation",
    .open = setop_open,
    .push = setop_push,
    .flush = setop_flush,
};
