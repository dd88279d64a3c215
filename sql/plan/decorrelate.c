/*
 * sql/plan/decorrelate.c: conditions with parameters go up through a subquery's plan until they are out of it.
 *
 *   SELECT SUM(u.x) FROM u WHERE u.k = ?0 AND u.y > 5
 *   Agg(SUM x) <- Filter(k = ?0 AND y > 5) <- u        becomes   Agg(SUM x BY k) <- Filter(y > 5) <- u,  with ?0 = k
 *
 * An equality between a parameter and an expression of the subquery becomes a column that the outer query joins on; an
 * aggregate on the way is grouped by it, a Top-N partitioned. Other conditions may go up too, but not through these.
 */
#include "sql/plan/decorrelate.h"

#include "sql/plan/infer.h"

typedef struct Pulled {
	const Expr *outer; /* with parameters, without columns */
	uint32_t inner;    /* column of the current plan */
	bool null_equal;
} Pulled;

typedef struct Pull {
	Arena *arena;
	const PlanApply *apply;
	struct {
		Pulled *items;
		uint32_t len, cap;
	} keys;
	ExprVec rest; /* over the current plan's columns, with parameters */
	const Expr **empty;
	bool filtered;
	Span span;
	Err *err;
} Pull;

/* ---- parameters ---- */

static bool is_param(const PlanApply *a, const Expr *e)
{
	return e->kind == EXPR_PARAM && e->index >= a->first_param && e->index < a->first_param + a->nparams;
}

static bool uses(const PlanApply *a, const Expr *e)
{
	if (!e || is_param(a, e))
		return e != NULL;
	for (uint32_t i = 0; i < e->nargs; i++)
		if (uses(a, e->args[i]))
			return true;
	return false;
}

static bool has_params(const PlanApply *a, const Plan *p)
{
	bool has = false;
	switch (p->kind) {
	case PLAN_FILTER: has = uses(a, p->predicate); break;
	case PLAN_PROJECT:
		for (uint32_t i = 0; i < p->ncols; i++)
			has = has || uses(a, p->exprs[i]);
		break;
	case PLAN_VALUES:
		for (uint32_t i = 0; i < p->values.nrows * p->ncols; i++)
			has = has || uses(a, p->values.cells[i]);
		break;
	case PLAN_JOIN: has = uses(a, p->join.residual); break;
	default: break;
	}
	for (uint32_t i = 0; i < p->ninputs && !has; i++)
		has = has_params(a, p->inputs[i]);
	return has;
}

/* Parameters become columns of the left, columns move by `shift`. */
static const Expr *place(Arena *arena, const Plan *apply, const Expr *e, uint32_t shift)
{
	const Plan *left = apply->inputs[0];
	if (is_param(&apply->apply, e))
		return build_column(arena, left, apply->apply.params[e->index - apply->apply.first_param]);
	if (e->kind == EXPR_COLUMN)
		return expr_column(arena, e->type, e->index + shift);
	if (e->kind != EXPR_CALL)
		return e;
	Expr *copy = arena_copy(arena, e, sizeof *e);
	copy->args = ARENA_ARRAY(arena, const Expr *, e->nargs + 1);
	for (uint32_t i = 0; i < e->nargs; i++)
		copy->args[i] = place(arena, apply, e->args[i], shift);
	return copy;
}

static const Plan *refuse(Pull *d, Span span, const char *what)
{
	err_set_at(d->err, ERR_NOT_SUPPORTED, span.end ? span : d->span,
	           "a subquery in a continuous query that reads the outer query %s is not supported yet", what);
	err_hint(d->err,
	         "Compare a column of the subquery with a column of the outer query by =, in the WHERE of the subquery.");
	return NULL;
}

/* ---- conditions ---- */

static bool is_key(const Pull *d, const Expr *e, const Expr **outer, const Expr **inner)
{
	if (e->kind != EXPR_CALL || e->nargs != 2 || !build_same_bytes(e->args[0]->type, e->args[1]->type) ||
	    (strcmp(e->call.fn->name, "=") != 0 && strcmp(e->call.fn->name, "IS NOT DISTINCT FROM") != 0))
		return false;
	for (uint32_t turned = 0; turned < 2; turned++) {
		*outer = e->args[turned];
		*inner = e->args[1 - turned];
		if (uses(d->apply, *outer) && !expr_reads_columns(*outer) && !uses(d->apply, *inner) &&
		    expr_is_deterministic(e))
			return true;
	}
	return false;
}

/* The plan filtered by those of the conditions that have no parameters; the others are noted. */
static const Plan *take_conditions(Pull *d, const Plan *in, const ExprVec *parts, bool below_agg)
{
	ExprVec stay = {0}, inner = {0};
	uint32_t first = d->keys.len;
	for (uint32_t i = 0; i < parts->len; i++) {
		const Expr *e = parts->items[i], *o, *n;
		if (!uses(d->apply, e)) {
			ARENA_PUSH(d->arena, &stay, e);
		} else if (is_key(d, e, &o, &n)) {
			Pulled k = {o, 0, strcmp(e->call.fn->name, "=") != 0};
			ARENA_PUSH(d->arena, &d->keys, k);
			ARENA_PUSH(d->arena, &inner, n);
		} else if (below_agg) {
			return refuse(d, e->span, "below an aggregate or a LIMIT otherwise than by =");
		} else {
			ARENA_PUSH(d->arena, &d->rest, e);
		}
	}
	uint32_t *at = ARENA_ARRAY(d->arena, uint32_t, inner.len + 1);
	in = build_extend(d->arena, build_filter(d->arena, in, build_all_of(d->arena, &stay)), &inner, at);
	for (uint32_t i = 0; i < inner.len; i++)
		d->keys.items[first + i].inner = at[i];
	return in;
}

/* HAVING above an aggregate that always has a row: the row stays, its values become NULL. */
static const Plan *null_unless(Pull *d, const Plan *in, const Expr *condition)
{
	if (uses(d->apply, condition))
		return refuse(d, condition->span, "in HAVING");
	Arena *arena = d->arena;
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, in->ncols + 1);
	PlanCol *cols = arena_copy(arena, in->cols, in->ncols * sizeof *cols);
	bool *is_key_col = ARENA_ARRAY_ZERO(arena, bool, in->ncols + 1);
	for (uint32_t k = 0; k < d->keys.len; k++)
		is_key_col[d->keys.items[k].inner] = true;
	const Expr *args[3];
	Err ignored = {0};
	for (uint32_t i = 0; i < in->ncols; i++) {
		exprs[i] = build_column(arena, in, i);
		if (is_key_col[i])
			continue;
		cols[i].type = type_with_null(arena, cols[i].type, true);
		const Expr *none = expr_const(arena, cols[i].type, VALUE_NULL);
		args[0] = condition;
		args[1] = exprs[i];
		args[2] = none;
		exprs[i] = expr_call(arena, STR("CASE"), args, 3, condition->span, &ignored);
		args[0] = expr_substitute(arena, condition, d->empty);
		args[1] = d->empty[i];
		const Expr *empty = expr_call(arena, STR("CASE"), args, 3, condition->span, &ignored);
		ASSERT(exprs[i] && empty);
		d->empty[i] = expr_fold(arena, empty, NULL);
	}
	d->filtered = true;
	return build_project(arena, in, exprs, cols, in->ncols);
}

/* ---- nodes ---- */

static const Plan *pull(Pull *d, const Plan *p, bool below_agg);

static const Plan *pull_filter(Pull *d, const Plan *p, bool below_agg)
{
	const Plan *in = pull(d, p->inputs[0], below_agg);
	if (!in)
		return NULL;
	if (d->empty)
		return null_unless(d, in, p->predicate);
	ExprVec parts = {0};
	build_cut(d->arena, p->predicate, &parts);
	return take_conditions(d, in, &parts, below_agg);
}

/* Columns of the input that noted conditions read, put behind the node's own. */
static const Plan *pull_project(Pull *d, const Plan *p, bool below_agg)
{
	Arena *arena = d->arena;
	const Plan *in = pull(d, p->inputs[0], below_agg);
	if (!in)
		return NULL;
	for (uint32_t i = 0; i < p->ncols; i++)
		if (uses(d->apply, p->exprs[i]))
			return refuse(d, p->exprs[i]->span, "in its select list");
	bool *needed = ARENA_ARRAY_ZERO(arena, bool, in->ncols + 1);
	uint32_t *at = ARENA_ARRAY(arena, uint32_t, in->ncols + 1), n = p->ncols;
	for (uint32_t k = 0; k < d->keys.len; k++)
		needed[d->keys.items[k].inner] = true;
	for (uint32_t k = 0; k < d->rest.len; k++)
		expr_columns(d->rest.items[k], needed);
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, p->ncols + in->ncols + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(arena, PlanCol, p->ncols + in->ncols + 1);
	memcpy(exprs, p->exprs, p->ncols * sizeof *exprs);
	memcpy(cols, p->cols, p->ncols * sizeof *cols);
	for (uint32_t c = 0; c < in->ncols; c++) {
		at[c] = UINT32_MAX;
		if (!needed[c])
			continue;
		at[c] = n;
		exprs[n] = build_column(arena, in, c);
		cols[n++] = in->cols[c];
	}
	for (uint32_t k = 0; k < d->keys.len; k++)
		d->keys.items[k].inner = at[d->keys.items[k].inner];
	for (uint32_t k = 0; k < d->rest.len; k++)
		d->rest.items[k] = expr_remap(arena, d->rest.items[k], at);
	if (d->empty) {
		const Expr **empty = ARENA_ARRAY_ZERO(arena, const Expr *, n + 1);
		for (uint32_t i = 0; i < p->ncols; i++)
			empty[i] = expr_fold(arena, expr_substitute(arena, p->exprs[i], d->empty), NULL);
		d->empty = empty;
	}
	return build_project(arena, in, exprs, cols, n);
}

/* The aggregate's value over no rows; NULL: not known. */
static const Expr *value_of_nothing(Arena *arena, const PlanAggCall *c, const Type *type)
{
	if (!c->call.type->not_null)
		return expr_const(arena, type_with_null(arena, type, true), VALUE_NULL);
	return type->kind == TYPE_BIGINT ? expr_const(arena, type, value_i64(0)) : NULL;
}

static const Plan *pull_agg(Pull *d, const Plan *p)
{
	Arena *arena = d->arena;
	const Plan *in = pull(d, p->inputs[0], true);
	if (!in)
		return NULL;
	if (d->empty)
		return refuse(d, p->span, "below two aggregates");
	uint32_t nk = p->agg.nkeys, more = d->keys.len;
	uint32_t *keys = ARENA_ARRAY(arena, uint32_t, nk + more + 1);
	if (nk)
		memcpy(keys, p->agg.keys, nk * sizeof *keys);
	for (uint32_t k = 0; k < more; k++)
		keys[nk + k] = d->keys.items[k].inner;
	const Plan *agg = build_agg(arena, in, keys, nk + more, p->agg.aggs, p->agg.naggs, p->cols + nk);
	/* the columns as they were, then those that were added */
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, agg->ncols + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(arena, PlanCol, agg->ncols + 1);
	for (uint32_t i = 0; i < agg->ncols; i++) {
		uint32_t from = i < nk ? i : i < p->ncols ? i + more : i - p->agg.naggs;
		exprs[i] = build_column(arena, agg, from);
		cols[i] = agg->cols[from];
		if (i < p->ncols)
			cols[i].name = p->cols[i].name;
	}
	for (uint32_t k = 0; k < more; k++)
		d->keys.items[k].inner = p->ncols + k;
	if (!nk && p->agg.naggs) {
		d->empty = ARENA_ARRAY_ZERO(arena, const Expr *, agg->ncols + 1);
		for (uint32_t i = 0; i < p->agg.naggs; i++)
			if (!(d->empty[i] = value_of_nothing(arena, &p->agg.aggs[i], p->cols[i].type)))
				return refuse(d, p->span, "below such an aggregate");
	}
	return build_project(arena, agg, exprs, cols, agg->ncols);
}

/* What was the first rows of all that an outer row sees are the first ones of its partition. */
static const Plan *pull_topn(Pull *d, const Plan *p)
{
	Arena *arena = d->arena;
	const Plan *in = pull(d, p->inputs[0], true);
	if (!in)
		return NULL;
	if (d->empty)
		return refuse(d, p->span, "below an aggregate and a LIMIT");
	uint32_t own = p->inputs[0]->ncols, rank = p->topn.show_rank ? 1 : 0, n = in->ncols + rank;
	Plan *top = arena_copy(arena, p, sizeof *p);
	top->inputs = arena_copy(arena, &in, sizeof in);
	top->topn.partition = ARENA_ARRAY(arena, uint32_t, p->topn.npartition + d->keys.len + 1);
	for (uint32_t k = 0; k < p->topn.npartition; k++)
		top->topn.partition[k] = p->topn.partition[k];
	for (uint32_t k = 0; k < d->keys.len; k++)
		top->topn.partition[top->topn.npartition++] = d->keys.items[k].inner;
	top->ncols = n;
	top->cols = ARENA_ARRAY_ZERO(arena, PlanCol, n + 1);
	memcpy(top->cols, p->cols, own * sizeof *top->cols);
	memcpy(top->cols + own, in->cols + own, (in->ncols - own) * sizeof *top->cols);
	if (rank)
		top->cols[in->ncols] = p->cols[own];
	infer_plan(arena, top);
	if (!rank || in->ncols == own)
		return top;
	/* the rank behind the node's own columns, what was added last */
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, n + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(arena, PlanCol, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t from = i < own ? i : i == own ? n - 1 : i - 1;
		exprs[i] = build_column(arena, top, from);
		cols[i] = top->cols[from];
	}
	for (uint32_t k = 0; k < d->keys.len; k++)
		if (d->keys.items[k].inner >= own)
			d->keys.items[k].inner++;
	return build_project(arena, top, exprs, cols, n);
}

static const Plan *pull_join(Pull *d, const Plan *p, bool below_agg)
{
	Arena *arena = d->arena;
	JoinKind kind = p->join.kind;
	if ((kind != JOIN_INNER && has_params(d->apply, p->inputs[1])) || kind == JOIN_RIGHT || kind == JOIN_FULL ||
	    (kind != JOIN_INNER && uses(d->apply, p->join.residual)))
		return refuse(d, p->span, "in an outer join, or over two levels,");
	uint32_t nl = p->inputs[0]->ncols, nr = p->inputs[1]->ncols;
	const Plan *l = pull(d, p->inputs[0], below_agg);
	if (!l)
		return NULL;
	uint32_t keys = d->keys.len, rest = d->rest.len;
	const Plan *r = pull(d, p->inputs[1], below_agg);
	if (!r)
		return NULL;
	if (d->empty)
		return refuse(d, p->span, "below an aggregate that is joined");
	uint32_t *map = ARENA_ARRAY(arena, uint32_t, nl + nr + 1), *right = ARENA_ARRAY(arena, uint32_t, r->ncols + 1);
	for (uint32_t i = 0; i < nl + nr; i++)
		map[i] = i < nl ? i : l->ncols + (i - nl);
	for (uint32_t i = 0; i < r->ncols; i++)
		right[i] = l->ncols + i;
	for (uint32_t k = keys; k < d->keys.len; k++)
		d->keys.items[k].inner += l->ncols;
	for (uint32_t k = rest; k < d->rest.len; k++)
		d->rest.items[k] = expr_remap(arena, d->rest.items[k], right);
	PlanJoin j = p->join;
	ExprVec parts = {0}, stay = {0}, lift = {0};
	if (j.residual)
		build_cut(arena, expr_remap(arena, j.residual, map), &parts);
	for (uint32_t i = 0; i < parts.len; i++)
		ARENA_PUSH(arena, uses(d->apply, parts.items[i]) ? &lift : &stay, parts.items[i]);
	j.residual = build_all_of(arena, &stay);
	const Plan *out = take_conditions(d, build_join(arena, l, r, &j, p->span), &lift, below_agg);
	if (!out || kind == JOIN_SEMI || kind == JOIN_ANTI || l->ncols == nl)
		return out;
	/* the right's columns behind the left's, what was added last */
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, out->ncols + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(arena, PlanCol, out->ncols + 1);
	uint32_t *at = ARENA_ARRAY(arena, uint32_t, out->ncols + 1), n = 0;
	for (uint32_t pass = 0; pass < 2; pass++)
		for (uint32_t c = 0; c < out->ncols; c++) {
			bool own = c < nl || (c >= l->ncols && c < l->ncols + nr);
			if (own != (pass == 0))
				continue;
			at[c] = n;
			exprs[n] = build_column(arena, out, c);
			cols[n++] = out->cols[c];
		}
	for (uint32_t k = 0; k < d->keys.len; k++)
		d->keys.items[k].inner = at[d->keys.items[k].inner];
	for (uint32_t k = 0; k < d->rest.len; k++)
		d->rest.items[k] = expr_remap(arena, d->rest.items[k], at);
	return build_project(arena, out, exprs, cols, n);
}

static const Plan *pull(Pull *d, const Plan *p, bool below_agg)
{
	if (!has_params(d->apply, p))
		return p;
	switch (p->kind) {
	case PLAN_FILTER: return pull_filter(d, p, below_agg);
	case PLAN_PROJECT: return pull_project(d, p, below_agg);
	case PLAN_AGG: return pull_agg(d, p);
	case PLAN_JOIN: return pull_join(d, p, below_agg);
	case PLAN_TOPN: return pull_topn(d, p);
	case PLAN_VALUES: return refuse(d, p->span, "without a FROM");
	default: break;
	}
	return refuse(d, p->span, "below UNION, INTERSECT, EXCEPT or a window");
}

/* An aggregate without GROUP BY has its row also before the first row came. */
static const Plan *with_one_row(Arena *arena, const Plan *p)
{
	if ((p->kind == PLAN_PROJECT || p->kind == PLAN_FILTER) && p->ninputs)
		return build_on(arena, p, with_one_row(arena, p->inputs[0]));
	if (p->kind != PLAN_AGG || p->agg.nkeys || p->agg.one_row)
		return p;
	Plan *copy = arena_copy(arena, p, sizeof *p);
	copy->agg.one_row = true;
	return copy;
}

bool decorrelate(Arena *arena, const Plan *apply, Decorrelated *out, Err *err)
{
	Pull d = {.arena = arena, .apply = &apply->apply, .span = apply->span, .err = err};
	const Plan *right = apply->inputs[1];
	*out = (Decorrelated){.plan = has_params(d.apply, right) ? pull(&d, right, false) : with_one_row(arena, right)};
	if (!out->plan)
		return false;
	out->inner = ARENA_ARRAY(arena, uint32_t, d.keys.len + 1);
	out->null_equal = ARENA_ARRAY_ZERO(arena, bool, d.keys.len + 1);
	uint32_t nl = apply->inputs[0]->ncols;
	for (uint32_t k = 0; k < d.keys.len; k++) {
		out->inner[k] = d.keys.items[k].inner;
		out->null_equal[k] = d.keys.items[k].null_equal;
		const Expr *e = place(arena, apply, d.keys.items[k].outer, 0);
		ARENA_PUSH(arena, &out->outer, e);
	}
	for (uint32_t k = 0; k < d.rest.len; k++) {
		const Expr *e = place(arena, apply, d.rest.items[k], nl);
		ARENA_PUSH(arena, &out->rest, e);
	}
	out->empty = d.empty;
	out->filtered = d.filtered;
	return true;
}
