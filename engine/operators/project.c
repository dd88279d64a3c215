/*
 * engine/operators/project.c: computes new columns; weights, ordinals and stamps stay.
 */
#include "engine/operators/operators.h"

typedef struct ProjectOp {
	Eval *eval;
	const Column **in;
} ProjectOp;

static bool project_open(Operator *op, Err *err)
{
	(void)err;
	ProjectOp *p = ARENA_NEW(op->run->arena, ProjectOp);
	p->eval = eval_open(op->run->arena, op->plan->exprs, op->plan->ncols);
	p->in = ARENA_ARRAY_ZERO(op->run->arena, const Column *, op->plan->inputs[0]->ncols + 1);
	op->state = p;
	return true;
}

static bool project_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	ProjectOp *p = op->state;
	OperatorRun *run = op->run;
	uint32_t ncols = op->plan->ncols;
	for (uint32_t i = 0; i < b->ncols; i++)
		p->in[i] = &b->cols[i];
	const Column **outs = ARENA_ARRAY(run->step, const Column *, ncols + 1);
	EvalEnv env = run->env;
	env.stamps_ms = b->stamp;
	eval_run(p->eval, &env, p->in, run->params, b->n, run->step, outs);
	Column *cols = ARENA_ARRAY(run->step, Column, ncols + 1);
	for (uint32_t c = 0; c < ncols; c++) {
		int64_t bad = column_first_err(outs[c]);
		if (bad >= 0) {
			eval_report(p->eval, c, &run->env, p->in, run->params, (uint32_t)bad, run->step, err);
			operator_failed_at(op, b, (uint32_t)bad);
			return false;
		}
		cols[c] = *outs[c];
	}
	Batch *out = ARENA_NEW(run->step, Batch);
	*out = (Batch){b->n, ncols, cols, b->weight, b->ord, b->stamp};
	operator_emit(op, out);
	return true;
}

const OperatorType project_type = {
    .name = "project",
    .open = project_open,
    .push = project_push,
};
