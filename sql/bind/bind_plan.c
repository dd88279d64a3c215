/*
 * sql/bind/bind_plan.c: makes plan nodes: their columns, and what of a column survives (its time attribute does where
 * it passes as it is).
 */
#include "sql/bind/bind_int.h"

#include "sql/plan/infer.h"

Plan *bind_plan_new(Binder *b, PlanKind kind, Span span, Plan *left, Plan *right)
{
	Plan *p = ARENA_NEW(b->arena, Plan);
	p->kind = kind;
	p->span = bind_spanned(b, span);
	p->window_cols = (WindowCols){.start_col = -1, .end_col = -1, .time_col = -1};
	if (!b->snapshot)
		p->ttl[0].us = p->ttl[1].us = settings_duration_us(b->bc->settings, "table.exec.state.ttl");
	p->ninputs = left ? right ? 2 : 1 : 0;
	const Plan **inputs = ARENA_ARRAY(b->arena, const Plan *, p->ninputs);
	if (left)
		inputs[0] = left;
	if (right)
		inputs[1] = right;
	p->inputs = inputs;
	if (left) { /* most nodes hand their (left) input's columns on */
		p->cols = left->cols;
		p->ncols = left->ncols;
	}
	return p;
}

Plan *bind_plan_done(Binder *b, Plan *p)
{
	infer_plan(b->arena, p);
	return p;
}

bool bind_plan_is_column(const Expr *e, uint32_t *index)
{
	if (e->kind != EXPR_COLUMN)
		return false;
	*index = e->index;
	return true;
}

const Expr *bind_plan_column(Binder *b, const Plan *p, uint32_t index)
{
	ASSERT(index < p->ncols);
	return expr_column(b->arena, p->cols[index].type, index);
}

Plan *bind_plan_filter(Binder *b, Plan *input, const Expr *predicate, Span span)
{
	Plan *p = bind_plan_new(b, PLAN_FILTER, span, input, NULL);
	p->predicate = bind_fold(b, predicate);
	return bind_plan_done(b, p);
}

static void count_columns(const Expr *e, uint32_t *counts)
{
	if (e->kind == EXPR_COLUMN)
		counts[e->index]++;
	for (uint32_t i = 0; i < e->nargs; i++)
		count_columns(e->args[i], counts);
}

/* A projection on a projection becomes one with it, where nothing is computed twice by that. */
static const Expr **compose(Binder *b, const Plan *input, const Expr *const *exprs, uint32_t n)
{
	if (input->kind != PLAN_PROJECT)
		return NULL;
	uint32_t *counts = ARENA_ARRAY_ZERO(b->arena, uint32_t, input->ncols);
	for (uint32_t i = 0; i < n; i++)
		count_columns(exprs[i], counts);
	for (uint32_t i = 0; i < input->ncols; i++)
		if (counts[i] > 1 && input->exprs[i]->kind == EXPR_CALL)
			return NULL;
	const Expr **composed = ARENA_ARRAY(b->arena, const Expr *, n);
	for (uint32_t i = 0; i < n; i++)
		composed[i] = expr_substitute(b->arena, exprs[i], input->exprs);
	return composed;
}

Plan *bind_plan_project(Binder *b, Plan *input, const Expr *const *exprs, const Str *names, uint32_t n, Span span)
{
	const Expr **composed = compose(b, input, exprs, n);
	if (composed) {
		Str *kept = ARENA_ARRAY(b->arena, Str, n);
		uint32_t from;
		for (uint32_t i = 0; i < n; i++)
			kept[i] = names                                  ? names[i]
			          : bind_plan_is_column(exprs[i], &from) ? input->cols[from].name
			                                                 : arena_printf(b->arena, "$%u", i);
		return bind_plan_project(b, (Plan *)input->inputs[0], composed, kept, n, span);
	}
	bool *used = ARENA_ARRAY_ZERO(b->arena, bool, input->ncols + 1);
	for (uint32_t i = 0; i < n; i++)
		expr_columns(exprs[i], used);
	input = bind_topn_hide_rank(b, input, used);
	Plan *p = bind_plan_new(b, PLAN_PROJECT, span, input, NULL);
	const Expr **folded = ARENA_ARRAY(b->arena, const Expr *, n);
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, n);
	p->ncols = n;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t from;
		folded[i] = bind_fold(b, exprs[i]);
		p->cols[i].type = exprs[i]->type;
		p->cols[i].time = bind_plan_is_column(exprs[i], &from) ? input->cols[from].time
		                  : bind_scan_is_proctime(folded[i])   ? TIME_PROCTIME
		                                                       : TIME_NONE;
		p->cols[i].name = names                                  ? names[i]
		                  : bind_plan_is_column(exprs[i], &from) ? input->cols[from].name
		                                                         : arena_printf(b->arena, "$%u", i);
	}
	p->exprs = folded;
	return bind_plan_done(b, p);
}

Plan *bind_plan_take(Binder *b, Plan *input, const uint32_t *cols, uint32_t n)
{
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, n);
	bool same = n == input->ncols;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t c = cols ? cols[i] : i;
		exprs[i] = bind_plan_column(b, input, c);
		same = same && c == i;
	}
	return same ? input : bind_plan_project(b, input, exprs, NULL, n, input->span);
}

Plan *bind_plan_values(Binder *b, const Expr *const *cells, uint32_t nrows, const PlanCol *cols, uint32_t ncols,
                       Span span)
{
	Plan *p = bind_plan_new(b, PLAN_VALUES, span, NULL, NULL);
	const Expr **folded = ARENA_ARRAY(b->arena, const Expr *, nrows *ncols);
	for (uint32_t i = 0; i < nrows * ncols; i++)
		folded[i] = bind_fold(b, cells[i]);
	p->values.cells = folded;
	p->values.nrows = nrows;
	p->cols = arena_copy(b->arena, cols, ncols * sizeof *cols);
	p->ncols = ncols;
	return bind_plan_done(b, p);
}
