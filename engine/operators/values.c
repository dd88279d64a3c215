/*
 * engine/operators/values.c: constant rows, and those that a subquery is run for.
 *
 * In a continuous query they come once, before everything else: with the ordinal -1 and without a watermark; behind
 * them the channel has ended.
 */
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"

typedef struct ValuesOp {
	OutRows out;
	StateTable *done; /* continuous: has an entry when the rows were emitted */
	bool emitted;
} ValuesOp;

static bool values_open(Operator *op, Err *err)
{
	ValuesOp *v = ARENA_NEW(op->run->arena, ValuesOp);
	op->state = v;
	out_rows_init(&v->out, op);
	if (op->run->is_snapshot)
		return true;
	if (!operator_state_open(op, "values", STATE_HASH, 0, &v->done, err))
		return false;
	uint32_t len;
	v->emitted = state_get(v->done, STR("done"), &len) != NULL;
	return true;
}

static bool values_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)op;
	(void)port;
	(void)b;
	return err_set(err, ERR_INTERNAL, "constant rows have no inputs");
}

static bool emit_rows(Operator *op, Err *err)
{
	ValuesOp *v = op->state;
	const Plan *p = op->plan;
	Value *row = ARENA_ARRAY(op->run->step, Value, p->ncols + 1);
	for (uint32_t i = 0; i < p->values.nrows; i++) {
		for (uint32_t c = 0; c < p->ncols; c++)
			if (!eval_const(p->values.cells[(size_t)i * p->ncols + c], &op->run->env, op->run->params, op->run->step,
			                &row[c], err))
				return false;
		out_rows_values(&v->out, row, 1, -1, BATCH_NO_WATERMARK);
	}
	out_rows_flush(&v->out);
	return true;
}

static bool values_flush(Operator *op, Err *err)
{
	ValuesOp *v = op->state;
	if (op->run->is_snapshot)
		return true;
	Curve curve = {BATCH_END, NULL, 0};
	if (!v->emitted) {
		WatermarkPoint *end = ARENA_NEW(op->run->step, WatermarkPoint);
		*end = (WatermarkPoint){0, BATCH_END};
		curve = (Curve){BATCH_NO_WATERMARK, end, 1};
		if (!emit_rows(op, err))
			return false;
		v->emitted = true;
		state_put(v->done, STR("done"), STR_EMPTY);
	}
	operator_set_curve(op, curve);
	return true;
}

static bool values_produce(Operator *op, bool *more, Err *err)
{
	ValuesOp *v = op->state;
	*more = false;
	if (v->emitted)
		return true;
	v->emitted = true;
	if (!op->plan->values.given)
		return emit_rows(op, err);
	operator_emit(op, op->run->given);
	return true;
}

const OperatorType values_type = {
    .name = "values",
    .open = values_open,
    .push = values_push,
    .flush = values_flush,
    .produce = values_produce,
};
