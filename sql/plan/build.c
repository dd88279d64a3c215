/*
 * sql/plan/build.c: making nodes.
 */
#include "sql/plan/build.h"

#include "sql/plan/infer.h"

enum { BUILD_CONJUNCTS_MAX = 256 };

/* ---- expressions ---- */

void build_cut(Arena *arena, const Expr *e, ExprVec *out)
{
	if (e->kind == EXPR_CONST && !e->constant.null && e->type->kind == TYPE_BOOLEAN && e->constant.b)
		return;
	if (e->kind == EXPR_CALL && strcmp(e->call.fn->name, "AND") == 0 && out->len + e->nargs < BUILD_CONJUNCTS_MAX) {
		for (uint32_t i = 0; i < e->nargs; i++)
			build_cut(arena, e->args[i], out);
		return;
	}
	ARENA_PUSH(arena, out, e);
}

const Expr *build_all_of(Arena *arena, const ExprVec *list)
{
	if (list->len <= 1)
		return list->len ? list->items[0] : NULL;
	Err ignored = {0};
	const Expr *e = expr_call(arena, STR("AND"), list->items, list->len, list->items[0]->span, &ignored);
	ASSERT(e);
	return e;
}

const Expr *build_call(Arena *arena, const char *fn, const Expr *a, const Expr *b)
{
	const Expr **args = ARENA_ARRAY(arena, const Expr *, 2);
	args[0] = a;
	args[1] = b;
	Err ignored = {0};
	return expr_call(arena, str_from(fn), args, b ? 2 : 1, a->span, &ignored);
}

bool build_same_bytes(const Type *a, const Type *b)
{
	bool texts = (a->kind == TYPE_CHAR || a->kind == TYPE_VARCHAR) && (b->kind == TYPE_CHAR || b->kind == TYPE_VARCHAR);
	bool integers = type_is_integer(a) && type_is_integer(b);
	bool times = type_is_timestamp(a) && a->kind == b->kind;
	return texts || integers || times || type_equal(a, b);
}

const Expr *build_column(Arena *arena, const Plan *p, uint32_t col)
{
	ASSERT(col < p->ncols);
	return expr_column(arena, p->cols[col].type, col);
}

const Expr *build_bool(Arena *arena, bool value)
{
	return expr_const(arena, &type_boolean_nn, (Value){.b = value});
}

/* ---- nodes ---- */

static Plan *new_node(Arena *arena, PlanKind kind, const Plan *a, const Plan *b, Span span)
{
	Plan *p = ARENA_NEW(arena, Plan);
	p->kind = kind;
	p->span = span;
	p->window_cols = (WindowCols){.start_col = -1, .end_col = -1, .time_col = -1};
	p->ninputs = b ? 2 : 1;
	p->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, 3);
	p->inputs[0] = a;
	p->inputs[1] = b;
	p->cols = a->cols;
	p->ncols = a->ncols;
	return p;
}

const Plan *build_filter(Arena *arena, const Plan *in, const Expr *predicate)
{
	if (!predicate)
		return in;
	Plan *p = new_node(arena, PLAN_FILTER, in, NULL, predicate->span);
	p->predicate = predicate;
	infer_plan(arena, p);
	return p;
}

const Plan *build_project(Arena *arena, const Plan *in, const Expr *const *exprs, const PlanCol *cols, uint32_t n)
{
	Plan *p = new_node(arena, PLAN_PROJECT, in, NULL, in->span);
	p->exprs = arena_copy(arena, exprs, n * sizeof *exprs);
	p->cols = arena_copy(arena, cols, n * sizeof *cols);
	p->ncols = n;
	infer_plan(arena, p);
	return p;
}

const Plan *build_extend(Arena *arena, const Plan *in, const ExprVec *list, uint32_t *at)
{
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, in->ncols + list->len + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(arena, PlanCol, in->ncols + list->len + 1);
	uint32_t n = in->ncols;
	for (uint32_t i = 0; i < n; i++) {
		exprs[i] = build_column(arena, in, i);
		cols[i] = in->cols[i];
	}
	for (uint32_t k = 0; k < list->len; k++) {
		const Expr *e = list->items[k];
		if (e->kind == EXPR_COLUMN) {
			at[k] = e->index;
			continue;
		}
		cols[n] = (PlanCol){.name = arena_printf(arena, "$%u", n), .type = e->type};
		at[k] = n;
		exprs[n++] = e;
	}
	return n == in->ncols ? in : build_project(arena, in, exprs, cols, n);
}

const Plan *build_join(Arena *arena, const Plan *l, const Plan *r, const PlanJoin *join, Span span)
{
	Plan *p = new_node(arena, PLAN_JOIN, l, r, span);
	p->join = *join;
	JoinKind kind = join->kind;
	p->ncols = l->ncols + (kind == JOIN_SEMI || kind == JOIN_ANTI ? 0 : r->ncols);
	p->cols = ARENA_ARRAY_ZERO(arena, PlanCol, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++) {
		bool left = i < l->ncols;
		bool padded = kind == JOIN_FULL || kind == (left ? JOIN_RIGHT : JOIN_LEFT);
		p->cols[i] = left ? l->cols[i] : r->cols[i - l->ncols];
		p->cols[i].time = TIME_NONE;
		if (padded)
			p->cols[i].type = type_with_null(arena, p->cols[i].type, true);
	}
	infer_plan(arena, p);
	return p;
}

const Plan *build_agg(Arena *arena, const Plan *in, const uint32_t *keys, uint32_t nkeys, const PlanAggCall *aggs,
                      uint32_t naggs, const PlanCol *agg_cols)
{
	Plan *p = new_node(arena, PLAN_AGG, in, NULL, in->span);
	p->agg.keys = arena_copy(arena, keys, nkeys * sizeof *keys);
	p->agg.nkeys = nkeys;
	p->agg.aggs = arena_copy(arena, aggs, naggs * sizeof *aggs);
	p->agg.naggs = naggs;
	p->agg.one_row = nkeys == 0;
	p->agg.time_col = -1;
	p->ncols = nkeys + naggs;
	p->cols = ARENA_ARRAY_ZERO(arena, PlanCol, p->ncols + 1);
	for (uint32_t i = 0; i < nkeys; i++) {
		p->cols[i] = in->cols[keys[i]];
		p->cols[i].time = TIME_NONE;
	}
	for (uint32_t i = 0; i < naggs; i++) {
		p->cols[nkeys + i] = agg_cols[i];
		p->agg.needs_order = p->agg.needs_order || aggs[i].call.kind == AGG_ORDERED;
	}
	infer_plan(arena, p);
	return p;
}

const Plan *build_on(Arena *arena, const Plan *p, const Plan *in)
{
	if (p->inputs[0] == in)
		return p;
	Plan *copy = arena_copy(arena, p, sizeof *p);
	copy->inputs = arena_copy(arena, p->inputs, p->ninputs * sizeof *p->inputs);
	copy->inputs[0] = in;
	infer_plan(arena, copy);
	return copy;
}
