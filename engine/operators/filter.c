/*
 * engine/operators/filter.c: keeps the rows whose predicate is TRUE.
 */
#include "engine/operators/operators.h"

typedef struct FilterOp {
	Eval *eval;
	const Column **in;
} FilterOp;

static bool filter_open(Operator *op, Err *err)
{
	(void)err;
	FilterOp *f = ARENA_NEW(op->run->arena, FilterOp);
	f->eval = eval_open(op->run->arena, &op->plan->predicate, 1);
	f->in = ARENA_ARRAY_ZERO(op->run->arena, const Column *, op->plan->inputs[0]->ncols + 1);
	op->state = f;
	return true;
}

static bool filter_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	FilterOp *f = op->state;
	OperatorRun *run = op->run;
	for (uint32_t i = 0; i < b->ncols; i++)
		f->in[i] = &b->cols[i];
	const Column *keep;
	EvalEnv env = run->env;
	env.stamps_ms = b->stamp;
	eval_run(f->eval, &env, f->in, run->params, b->n, run->step, &keep);
	uint32_t *sel = ARENA_ARRAY(run->step, uint32_t, b->n);
	int64_t bad = -1;
	uint32_t n = eval_select(keep, b->n, sel, &bad);
	if (bad >= 0) {
		eval_report(f->eval, 0, &run->env, f->in, run->params, (uint32_t)bad, run->step, err);
		operator_failed_at(op, b, (uint32_t)bad);
		return false;
	}
	op->counts.filtered += operator_weight(b);
	const Batch *kept = n == b->n ? b : batch_gather(b, sel, n, run->step);
	op->counts.filtered -= operator_weight(kept);
	operator_emit(op, kept);
	return true;
}

const OperatorType filter_type = {
    .name = "filter",
    .open = filter_open,
    .push = filter_push,
};
