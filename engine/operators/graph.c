/*
 * engine/operators/graph.c: a plan as operators, and one visit to each of them per step.
 */
#include "engine/operators/graph.h"

#include "engine/operators/collect.h"
#include "engine/operators/materialize.h"
#include "engine/operators/operators.h"

static Operator *find_operator(Graph *g, const Plan *p)
{
	for (uint32_t i = 0; i < g->nops; i++)
		if (g->ops[i]->plan == p)
			return g->ops[i];
	return NULL;
}

/* Also of an operator whose open failed half way. */
static void close_operator(Operator *op)
{
	if (op->type->close)
		op->type->close(op);
	operator_state_close(op);
}

/* Inputs first. The right side of an APPLY is run by its operator, as a graph of its own. */
static bool add_operator(Graph *g, OperatorRun *run, const Plan *p, Operator **out, Err *err)
{
	Operator *seen = find_operator(g, p);
	if (seen) {
		*out = seen;
		return true;
	}
	Operator *op = ARENA_NEW(run->arena, Operator);
	op->plan = p;
	op->run = run;
	op->type = operators_type(p, run->is_snapshot);
	if (!op->type)
		return err_set_at(err, ERR_NOT_SUPPORTED, p->span, "%s in a continuous query is not supported yet",
		                  plan_kind_name(p->kind));
	uint32_t skipped = p->kind == PLAN_APPLY ? 1 : 0;
	op->ninputs = p->ninputs - skipped;
	if (p->kind == PLAN_LOOKUP_JOIN && run->is_snapshot)
		op->ninputs = 1; /* it asks the right side by key */
	op->inputs = ARENA_ARRAY_ZERO(run->arena, Operator *, op->ninputs + 1);
	for (uint32_t i = 0; i < op->ninputs; i++) {
		if (!add_operator(g, run, p->inputs[i ? i + skipped : 0], &op->inputs[i], err))
			return false;
		op->inputs[i]->nconsumers++;
		op->inputs[i]->consumer = op;
	}
	op->curve.before = BATCH_NO_WATERMARK;
	if (op->type->open && !op->type->open(op, err)) {
		close_operator(op);
		return false;
	}
	ASSERT(g->nops < g->plan->nnodes);
	g->ops[g->nops++] = op;
	if (p->kind == PLAN_SCAN)
		g->scans[g->nscans++] = op;
	*out = op;
	return true;
}

bool graph_open(OperatorRun *run, const PlanQuery *plan, Graph **out, Err *err)
{
	Graph *g = ARENA_NEW(run->arena, Graph);
	uint32_t n = plan->nnodes;
	g->plan = plan;
	g->run = run;
	g->ops = ARENA_ARRAY_ZERO(run->arena, Operator *, n + 1);
	g->scans = ARENA_ARRAY_ZERO(run->arena, Operator *, n + 1);
	Operator *root;
	if (!add_operator(g, run, plan->root, &root, err)) {
		graph_close(g);
		return false;
	}
	*out = g;
	return true;
}

static bool push_inputs(Operator *op, Err *err)
{
	for (uint32_t port = 0; port < op->ninputs; port++) {
		if (port < 2)
			op->in_curve[port] = &op->inputs[port]->curve;
	}
	for (uint32_t port = 0; port < op->ninputs; port++) {
		const BatchList *in = &op->inputs[port]->out;
		for (uint32_t i = 0; i < in->len; i++) {
			const Batch *b = in->items[i];
			op->counts.rows_in += operator_weight(b);
			if (!op->type->push(op, port, b, err) || (op->run->is_snapshot && !collect_may_go_on(op, err)))
				return false;
		}
	}
	return true;
}

static bool visit(Operator *op, Err *err)
{
	if (op->ninputs) {
		operator_set_curve(op, op->inputs[0]->curve);
		op->idle = op->inputs[0]->idle;
		if (!push_inputs(op, err))
			return false;
	}
	return !op->type->flush || op->type->flush(op, err);
}

bool graph_step(Graph *g, Err *err)
{
	for (uint32_t i = 0; i < g->nops; i++)
		if (!visit(g->ops[i], err))
			return false;
	return true;
}

void graph_end_step(Graph *g)
{
	for (uint32_t i = 0; i < g->nops; i++) {
		Operator *op = g->ops[i];
		op->out = (BatchList){0};
		op->curve = (Curve){curve_last(&op->curve), NULL, 0};
	}
}

bool graph_checkpoint(Graph *g, Err *err)
{
	for (uint32_t i = 0; i < g->nops; i++)
		if (g->ops[i]->type->checkpoint && !g->ops[i]->type->checkpoint(g->ops[i], err))
			return false;
	return true;
}

void graph_close(Graph *g)
{
	for (uint32_t i = g->nops; i-- > 0;)
		close_operator(g->ops[i]);
	g->nops = 0;
}

StateTable *graph_view_rows(Graph *g)
{
	return materialize_rows(g->ops[g->nops - 1]);
}

/* ---- snapshots ---- */

static const Curve no_curve = {BATCH_NO_WATERMARK, NULL, 0};
/* The final watermark comes behind all rows: also those that an operator gives when it is flushed. */
static const WatermarkPoint last_point = {INT64_MAX, BATCH_END};
static const Curve end_curve = {BATCH_NO_WATERMARK, &last_point, 1};

/* One round: every source that still has rows produces a batch or two, the operators take them. */
static bool snapshot_round(Graph *g, bool *more, Err *err)
{
	*more = false;
	for (uint32_t i = 0; i < g->nops; i++) {
		Operator *op = g->ops[i];
		if (!collect_may_go_on(op, err))
			return false;
		operator_set_curve(op, no_curve);
		if (op->type->produce) {
			bool has_more = false;
			if (!op->enough && !op->type->produce(op, &has_more, err))
				return false;
			*more |= has_more;
		} else if (!push_inputs(op, err)) {
			return false;
		}
	}
	return true;
}

static bool inputs_finished(const Operator *op)
{
	for (uint32_t port = 0; port < op->ninputs; port++)
		if (!op->inputs[port]->finished)
			return false;
	return true;
}

/* When the sources have ended: each operator is flushed, with the final watermark, once its inputs are; one that has
 * much to give does it in parts, a part a round, which those behind it take at once. */
static bool snapshot_last_round(Graph *g, bool *more, Err *err)
{
	*more = false;
	for (uint32_t i = 0; i < g->nops; i++) {
		Operator *op = g->ops[i];
		if (!collect_may_go_on(op, err))
			return false;
		if (op->finished)
			continue;
		bool ready = inputs_finished(op);
		Curve end = op->ninputs ? op->inputs[0]->curve : end_curve;
		operator_set_curve(op, ready ? end : no_curve);
		if (!op->type->produce) {
			if (!push_inputs(op, err))
				return false;
			op->more = false;
			if (ready && op->type->flush && !op->type->flush(op, err))
				return false;
		}
		op->finished = ready && !op->more;
		if (!op->finished)
			operator_set_curve(op, no_curve);
		*more |= !op->finished;
	}
	return true;
}

bool graph_run_snapshot(OperatorRun *run, const PlanQuery *plan,
                        bool (*rows)(void *ctx, const Batch *b, bool *done, Err *err), void *ctx, Err *err)
{
	Graph *g;
	if (!graph_open(run, plan, &g, err))
		return false;
	bool more = true, last = false, done = false, ok = true;
	while (ok && !done && (more || !last)) {
		last = last || !more;
		run->at_end = last;
		ok = last ? snapshot_last_round(g, &more, err) : snapshot_round(g, &more, err);
		Operator *root = g->ops[g->nops - 1];
		for (uint32_t i = 0; ok && !done && i < root->out.len; i++)
			ok = rows(ctx, root->out.items[i], &done, err);
		graph_end_step(g);
		arena_reset(run->step);
	}
	graph_close(g);
	return ok;
}
