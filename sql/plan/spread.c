/*
 * sql/plan/spread.c: a subquery over its parameters as one plan over many tuples of them.
 *
 *   Agg(SUM score) <- Join(word) <- Unnest(WORDS(?1)) <- Values(1 row)
 *
 * Each node gets more columns behind its own: the number of the tuple, and the parameters, which its expressions read
 * in the place of slots. Where constant rows stood, the given rows stand; joins keep tuples apart because one of their
 * sides alone has them, or the number is a key; an aggregate is grouped by the number, and joined with the given rows
 * again, for a tuple without a row has a result too.
 */
#include "sql/plan/spread.h"

#include "sql/plan/build.h"
#include "sql/plan/infer.h"

typedef struct Spread {
	Arena *arena;
	const PlanApply *apply;
	const Plan *given;
	uint32_t extra; /* columns of `given` */
} Spread;

static const Plan *spread(const Spread *s, const Plan *p);

/* ---- parameters ---- */

static bool is_param(const Spread *s, const Expr *e)
{
	return e->kind == EXPR_PARAM && e->index >= s->apply->first_param &&
	       e->index < s->apply->first_param + s->apply->nparams;
}

static bool uses(const Spread *s, const Expr *e)
{
	bool found = e && is_param(s, e);
	for (uint32_t i = 0; e && i < e->nargs && !found; i++)
		found = uses(s, e->args[i]);
	return found;
}

/* Parameters are columns behind the number, which is column `number`; columns at or above `from` move by `shift`. */
static const Expr *place(const Spread *s, const Expr *e, uint32_t number, uint32_t from, uint32_t shift)
{
	if (is_param(s, e)) {
		uint32_t i = 1 + (e->index - s->apply->first_param);
		return expr_column(s->arena, e->type, number + i);
	}
	if (e->kind == EXPR_COLUMN)
		return e->index < from ? e : expr_column(s->arena, e->type, e->index + shift);
	if (e->kind != EXPR_CALL)
		return e;
	Expr *copy = arena_copy(s->arena, e, sizeof *e);
	copy->args = ARENA_ARRAY(s->arena, const Expr *, e->nargs + 1);
	for (uint32_t i = 0; i < e->nargs; i++)
		copy->args[i] = place(s, e->args[i], number, from, shift);
	return copy;
}

static bool range_uses(const Spread *s, const ScanRange *r)
{
	bool found = uses(s, r->low) || uses(s, r->high);
	for (uint32_t i = 0; i < r->neq && !found; i++)
		found = uses(s, r->eq[i]);
	return found;
}

static bool has_params(const Spread *s, const Plan *p)
{
	bool has = false;
	if (p->kind == PLAN_FILTER)
		has = uses(s, p->predicate);
	else if (p->kind == PLAN_JOIN)
		has = uses(s, p->join.residual);
	for (uint32_t i = 0; p->kind == PLAN_PROJECT && i < p->ncols && !has; i++)
		has = uses(s, p->exprs[i]);
	for (uint32_t i = 0; p->kind == PLAN_VALUES && i < p->values.nrows * p->ncols && !has; i++)
		has = uses(s, p->values.cells[i]);
	if (p->kind == PLAN_SCAN)
		has = range_uses(s, &p->scan.range);
	else if (p->kind == PLAN_APPLY)
		has = has || uses(s, p->apply.test);
	else if (p->kind == PLAN_SORT || p->kind == PLAN_LIMIT)
		has = has || uses(s, p->sort.limit) || uses(s, p->sort.offset);
	for (uint32_t i = 0; i < p->ninputs && !has; i++)
		has = has_params(s, p->inputs[i]);
	return has;
}

/* ---- nodes ---- */

/* n columns of `in` from `from`, then n2 from `from2`, then the number and the parameters, from `number`. */
static const Plan *reorder(const Spread *s, const Plan *in, uint32_t n, uint32_t from2, uint32_t n2, uint32_t number)
{
	uint32_t total = n + n2 + s->extra;
	const Expr **exprs = ARENA_ARRAY(s->arena, const Expr *, total + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(s->arena, PlanCol, total + 1);
	for (uint32_t i = 0; i < total; i++) {
		uint32_t at = i < n ? i : i < n + n2 ? from2 + (i - n) : number + (i - n - n2);
		exprs[i] = build_column(s->arena, in, at);
		cols[i] = in->cols[at];
	}
	return build_project(s->arena, in, exprs, cols, total);
}

/* The node's own expressions over `in`, which has the number at `number`. */
static const Plan *project(const Spread *s, const Plan *in, const Expr *const *own, const PlanCol *own_cols, uint32_t n,
                           uint32_t number)
{
	const Expr **exprs = ARENA_ARRAY(s->arena, const Expr *, n + s->extra + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(s->arena, PlanCol, n + s->extra + 1);
	for (uint32_t i = 0; i < n; i++) {
		exprs[i] = place(s, own[i], number, UINT32_MAX, 0);
		cols[i] = own_cols[i];
	}
	for (uint32_t i = 0; i < s->extra; i++) {
		exprs[n + i] = build_column(s->arena, in, number + i);
		cols[n + i] = in->cols[number + i];
	}
	return build_project(s->arena, in, exprs, cols, n + s->extra);
}

/* The same rows for each tuple. */
static const Plan *for_each(const Spread *s, const Plan *p)
{
	if (p->kind == PLAN_VALUES && p->values.nrows == 1)
		return project(s, s->given, p->values.cells, p->cols, p->ncols, 0);
	PlanJoin j = {.kind = JOIN_INNER};
	return build_join(s->arena, p, s->given, &j, p->span);
}

/* column = expression of parameters; *outer: over the given rows */
static bool is_key(const Spread *s, const Expr *e, const Expr **outer, const Expr **inner)
{
	if (e->kind != EXPR_CALL || e->nargs != 2 || !build_same_bytes(e->args[0]->type, e->args[1]->type) ||
	    strcmp(e->call.fn->name, "=") != 0 || !expr_is_deterministic(e))
		return false;
	for (uint32_t turned = 0; turned < 2; turned++) {
		*outer = e->args[turned];
		*inner = e->args[1 - turned];
		if (uses(s, *outer) && !expr_reads_columns(*outer) && !uses(s, *inner)) {
			*outer = place(s, *outer, 0, UINT32_MAX, 0);
			return true;
		}
	}
	return false;
}

/* Filter(k = ?1 AND rest) over rows that are the same for each tuple: a join with the given rows. NULL: no such k. */
static const Plan *spread_keys(const Spread *s, const Plan *p)
{
	const Plan *in = p->inputs[0];
	ExprVec parts = {0}, outer = {0}, inner = {0}, rest = {0};
	build_cut(s->arena, p->predicate, &parts);
	for (uint32_t i = 0; i < parts.len; i++) {
		const Expr *o, *k;
		if (is_key(s, parts.items[i], &o, &k)) {
			ARENA_PUSH(s->arena, &outer, o);
			ARENA_PUSH(s->arena, &inner, k);
		} else {
			ARENA_PUSH(s->arena, &rest, parts.items[i]);
		}
	}
	if (!outer.len)
		return NULL;
	PlanJoin j = {.kind = JOIN_INNER, .nkeys = outer.len};
	j.left_keys = ARENA_ARRAY(s->arena, uint32_t, outer.len + 1);
	j.right_keys = ARENA_ARRAY(s->arena, uint32_t, outer.len + 1);
	const Plan *l = build_extend(s->arena, s->given, &outer, j.left_keys);
	const Plan *r = build_extend(s->arena, in, &inner, j.right_keys);
	const Plan *out = reorder(s, build_join(s->arena, l, r, &j, p->span), 0, l->ncols, in->ncols, 0);
	const Expr *more = build_all_of(s->arena, &rest);
	return more ? build_filter(s->arena, out, place(s, more, p->ncols, UINT32_MAX, 0)) : out;
}

static const Plan *spread_filter(const Spread *s, const Plan *p)
{
	const Plan *by_key = has_params(s, p->inputs[0]) ? NULL : spread_keys(s, p);
	if (by_key)
		return by_key;
	const Plan *in = spread(s, p->inputs[0]);
	return in ? build_filter(s->arena, in, place(s, p->predicate, p->ncols, UINT32_MAX, 0)) : NULL;
}

static const Plan *spread_project(const Spread *s, const Plan *p)
{
	const Plan *in = spread(s, p->inputs[0]);
	return in ? project(s, in, p->exprs, p->cols, p->ncols, p->inputs[0]->ncols) : NULL;
}

static const Plan *spread_unnest(const Spread *s, const Plan *p)
{
	const Plan *in = spread(s, p->inputs[0]);
	if (!in)
		return NULL;
	uint32_t n = p->inputs[0]->ncols, added = p->ncols - n;
	Plan *out = arena_copy(s->arena, p, sizeof *p);
	out->inputs = ARENA_ARRAY_ZERO(s->arena, const Plan *, 2);
	out->inputs[0] = in;
	out->ncols = in->ncols + added;
	out->cols = ARENA_ARRAY_ZERO(s->arena, PlanCol, out->ncols + 1);
	memcpy(out->cols, in->cols, in->ncols * sizeof *out->cols);
	memcpy(out->cols + in->ncols, p->cols + n, added * sizeof *out->cols);
	infer_plan(s->arena, out);
	return reorder(s, out, n, in->ncols, added, n);
}

static const Plan *spread_union(const Spread *s, const Plan *p)
{
	Plan *out = arena_copy(s->arena, p, sizeof *p);
	out->inputs = ARENA_ARRAY_ZERO(s->arena, const Plan *, p->ninputs + 1);
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (!(out->inputs[i] = spread(s, p->inputs[i])))
			return NULL;
	out->ncols = p->ncols + s->extra;
	out->cols = ARENA_ARRAY_ZERO(s->arena, PlanCol, out->ncols + 1);
	memcpy(out->cols, p->cols, p->ncols * sizeof *out->cols);
	memcpy(out->cols + p->ncols, s->given->cols, s->extra * sizeof *out->cols);
	infer_plan(s->arena, out);
	return out;
}

/* What only conditions on a side read of the parameters may be read by the join's own condition: the side is the same
 * for each tuple then. */
static const Plan *pull_filters(const Spread *s, const Plan *side, uint32_t shift, PlanJoin *j)
{
	const Plan *below = side;
	while (below->kind == PLAN_FILTER)
		below = below->inputs[0];
	if (has_params(s, below))
		return side;
	ExprVec all = {0};
	if (j->residual)
		build_cut(s->arena, j->residual, &all);
	for (; side->kind == PLAN_FILTER; side = side->inputs[0]) {
		const Expr **of = ARENA_ARRAY(s->arena, const Expr *, side->ncols + 1);
		for (uint32_t i = 0; i < side->ncols; i++)
			of[i] = expr_column(s->arena, side->cols[i].type, shift + i);
		build_cut(s->arena, expr_substitute(s->arena, side->predicate, of), &all);
	}
	j->residual = build_all_of(s->arena, &all);
	return side;
}

static const Plan *spread_join(const Spread *s, const Plan *join)
{
	Plan *p = arena_copy(s->arena, join, sizeof *join);
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	uint32_t nl = l->ncols, nr = r->ncols;
	JoinKind kind = p->join.kind;
	if (kind != JOIN_RIGHT && kind != JOIN_FULL && has_params(s, l))
		r = pull_filters(s, r, nl, &p->join);
	if (kind == JOIN_INNER && has_params(s, r))
		l = pull_filters(s, l, 0, &p->join);
	bool right = has_params(s, r), left = has_params(s, l) || !right;
	if (kind == JOIN_RIGHT || kind == JOIN_FULL || (right && kind != JOIN_INNER))
		return NULL;
	if ((left && !(l = spread(s, l))) || (right && !(r = spread(s, r))))
		return NULL;
	PlanJoin j = p->join;
	if (left && right) {
		uint32_t n = j.nkeys;
		j.left_keys = ARENA_ARRAY(s->arena, uint32_t, n + 1);
		j.right_keys = ARENA_ARRAY(s->arena, uint32_t, n + 1);
		if (n) {
			memcpy(j.left_keys, p->join.left_keys, n * sizeof *j.left_keys);
			memcpy(j.right_keys, p->join.right_keys, n * sizeof *j.right_keys);
		}
		if (j.null_equal) {
			j.null_equal = ARENA_ARRAY_ZERO(s->arena, bool, n + 1);
			memcpy(j.null_equal, p->join.null_equal, n * sizeof *j.null_equal);
		}
		j.left_keys[n] = nl;
		j.right_keys[n] = nr;
		j.nkeys = n + 1;
	}
	uint32_t number = left ? nl : nl + nr;
	if (j.residual)
		j.residual = place(s, j.residual, number, left ? nl : UINT32_MAX, s->extra);
	const Plan *out = build_join(s->arena, l, r, &j, p->span);
	bool as_it_is = !left || kind == JOIN_SEMI || kind == JOIN_ANTI;
	return as_it_is ? out : reorder(s, out, nl, l->ncols, nr, nl);
}

/* The aggregate's value over no rows; NULL: not known. */
static const Expr *value_of_nothing(Arena *arena, const PlanAggCall *c, const Type *type)
{
	if (!c->call.type->not_null)
		return expr_const(arena, type_with_null(arena, type, true), VALUE_NULL);
	return type->kind == TYPE_BIGINT ? expr_const(arena, type, value_i64(0)) : NULL;
}

static const Plan *spread_agg(const Spread *s, const Plan *p)
{
	Arena *arena = s->arena;
	const Plan *in = spread(s, p->inputs[0]);
	if (!in)
		return NULL;
	uint32_t nk = p->agg.nkeys, n = p->agg.naggs, number = p->inputs[0]->ncols;
	uint32_t *keys = ARENA_ARRAY(arena, uint32_t, nk + 1);
	if (nk)
		memcpy(keys, p->agg.keys, nk * sizeof *keys);
	keys[nk] = number;
	const Plan *agg = build_agg(arena, in, keys, nk + 1, p->agg.aggs, n, p->cols + nk);
	uint32_t zero = 0;
	PlanJoin j = {.kind = p->agg.one_row ? JOIN_LEFT : JOIN_INNER, .left_keys = &zero, .right_keys = &nk, .nkeys = 1};
	j.left_keys = arena_copy(arena, &zero, sizeof zero);
	j.right_keys = arena_copy(arena, &nk, sizeof nk);
	const Plan *out = build_join(arena, s->given, agg, &j, p->span);
	/* given, keys, number, aggregates */
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, p->ncols + s->extra + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(arena, PlanCol, p->ncols + s->extra + 1);
	const Expr *none = build_call(arena, "IS NULL", build_column(arena, out, s->extra + nk), NULL);
	for (uint32_t i = 0; i < p->ncols; i++) {
		cols[i] = p->cols[i];
		exprs[i] = build_column(arena, out, s->extra + i + (i >= nk));
		if (i < nk || j.kind != JOIN_LEFT)
			continue;
		const Expr *nothing = value_of_nothing(arena, &p->agg.aggs[i - nk], p->cols[i].type);
		if (!nothing)
			return NULL;
		if (nothing->kind == EXPR_CONST && nothing->constant.null)
			continue;
		const Expr *args[3] = {none, nothing, exprs[i]};
		Err ignored = {0};
		if (!none || !(exprs[i] = expr_call(arena, STR("CASE"), args, 3, p->span, &ignored)))
			return NULL;
	}
	for (uint32_t i = 0; i < s->extra; i++) {
		exprs[p->ncols + i] = build_column(arena, out, i);
		cols[p->ncols + i] = s->given->cols[i];
	}
	return build_project(arena, out, exprs, cols, p->ncols + s->extra);
}

/* A subquery in the body that reads no parameters of ours but through its left side. */
static const Plan *spread_apply(const Spread *s, const Plan *p)
{
	const Plan *left = p->inputs[0];
	if (has_params(s, p->inputs[1]) || uses(s, p->apply.test) || p->apply.test)
		return NULL;
	const Plan *in = spread(s, left);
	if (!in)
		return NULL;
	uint32_t n = left->ncols, added = p->ncols - n;
	Plan *out = arena_copy(s->arena, p, sizeof *p);
	out->inputs = ARENA_ARRAY_ZERO(s->arena, const Plan *, 3);
	out->inputs[0] = in;
	out->inputs[1] = p->inputs[1];
	out->ncols = in->ncols + added;
	out->cols = ARENA_ARRAY_ZERO(s->arena, PlanCol, out->ncols + 1);
	memcpy(out->cols, in->cols, in->ncols * sizeof *out->cols);
	memcpy(out->cols + in->ncols, p->cols + n, added * sizeof *out->cols);
	infer_plan(s->arena, out);
	return reorder(s, out, n, in->ncols, added, n);
}

static const Plan *spread(const Spread *s, const Plan *p)
{
	if (!has_params(s, p))
		return for_each(s, p);
	switch (p->kind) {
	case PLAN_VALUES: return p->values.nrows == 1 ? for_each(s, p) : NULL;
	case PLAN_FILTER: return spread_filter(s, p);
	case PLAN_PROJECT: return spread_project(s, p);
	case PLAN_UNNEST: return spread_unnest(s, p);
	case PLAN_UNION: return spread_union(s, p);
	case PLAN_JOIN: return spread_join(s, p);
	case PLAN_AGG: return spread_agg(s, p);
	case PLAN_APPLY: return spread_apply(s, p);
	default: return NULL;
	}
}

const Plan *spread_right(Arena *arena, const Plan *apply)
{
	const PlanApply *a = &apply->apply;
	const Plan *left = apply->inputs[0];
	Plan *given = ARENA_NEW(arena, Plan);
	given->kind = PLAN_VALUES;
	given->span = apply->span;
	given->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, 1);
	given->values.given = true;
	given->ncols = 1 + a->nparams;
	given->cols = ARENA_ARRAY_ZERO(arena, PlanCol, given->ncols + 1);
	given->cols[0] = (PlanCol){.name = STR("$row"), .type = &type_bigint_nn};
	for (uint32_t i = 0; i < a->nparams; i++) {
		given->cols[1 + i] = left->cols[a->params[i]];
		given->cols[1 + i].time = TIME_NONE;
	}
	infer_plan(arena, given);
	Spread s = {.arena = arena, .apply = a, .given = given, .extra = given->ncols};
	return spread(&s, apply->inputs[1]);
}
