/*
 * engine/operators/result.c: the root of a snapshot: its rows go to the client as they come, one for each copy.
 */
#include "engine/operators/operators.h"

static bool result_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	for (uint32_t c = 0; c < b->ncols; c++) {
		int64_t bad = column_first_err(&b->cols[c]);
		if (bad >= 0) {
			ErrCode code = column_err_code((RowErr)column_err(&b->cols[c], (uint32_t)bad));
			return err_set(err, code, "%s in column \"%.*s\"", err_title(code), STR_ARG(op->plan->cols[c].name));
		}
	}
	if (!b->weight) {
		operator_emit(op, b);
		return true;
	}
	uint64_t n = 0;
	for (uint32_t i = 0; i < b->n; i++)
		n += b->weight[i] > 0 ? (uint64_t)b->weight[i] : 0;
	uint32_t *idx = ARENA_ARRAY(op->run->step, uint32_t, n + 1);
	uint32_t at = 0;
	for (uint32_t i = 0; i < b->n; i++)
		for (int64_t w = b->weight[i]; w > 0; w--)
			idx[at++] = i;
	Batch *out = batch_gather(b, idx, at, op->run->step);
	out->weight = NULL;
	operator_emit(op, out);
	return true;
}

const OperatorType result_type = {
    .name = "result",
    .push = result_push,
};
