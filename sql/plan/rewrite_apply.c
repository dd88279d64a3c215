/*
 * sql/plan/rewrite_apply.c: continuous queries: subqueries and LATERAL become joins.
 *
 *   WHERE EXISTS, IN            semi join                    WHERE NOT EXISTS    anti join
 *   WHERE x NOT IN (y ..)       anti join on x = y; where NULLs may be, two more: no y of the group is NULL, and x is
 *                               not NULL or the group is empty
 *   EXISTS, IN elsewhere        left join with the distinct keys; whether there was a partner is the value
 *   scalar, LATERAL             left join with one row per key (an aggregate's group, or checked to be one), inner join
 *
 * A subquery that reads no relation is no join: it is run for each row (PLAN_APPLY stays). So is one in the body of a
 * function, over relations whose rows weir keeps: a table elsewhere cannot be read anew for each row.
 *
 * What the subquery reads of the outer query becomes the join's keys (decorrelate.h). An aggregate without GROUP BY has
 * a value also where its group has no row: COUNT is 0.
 */
#include "sql/plan/rewrite_apply.h"

#include "sql/catalog/catalog.h"
#include "sql/plan/decorrelate.h"
#include "sql/plan/infer.h"

typedef struct Rewrite {
	Arena *arena;
	Err *err;
	const Plan *apply; /* the one being rewritten: its left is done */
	Decorrelated d;
	bool undecided; /* a value that a filter asks for was left to the filter */
} Rewrite;

/* Pairs to join on: over the left's columns, over the right plan's. */
typedef struct Pairs {
	ExprVec left, right;
	bool *null_equal; /* of the first ones */
	uint32_t nnull_equal;
} Pairs;

static const Plan *refuse(const Rewrite *w, const char *what)
{
	err_set_at(w->err, ERR_NOT_SUPPORTED, w->apply->span, "%s in a continuous query is not supported yet", what);
	err_hint(w->err, "Make a materialized view of each side and ask for them together in a SELECT.");
	return NULL;
}

/* ---- joins ---- */

static Pairs correlation(const Rewrite *w)
{
	Pairs p = {.null_equal = w->d.null_equal, .nnull_equal = w->d.outer.len};
	for (uint32_t i = 0; i < w->d.outer.len; i++) {
		const Expr *inner = build_column(w->arena, w->d.plan, w->d.inner[i]);
		ARENA_PUSH(w->arena, &p.left, w->d.outer.items[i]);
		ARENA_PUSH(w->arena, &p.right, inner);
	}
	return p;
}

static void add_pair(const Rewrite *w, Pairs *p, const Expr *left, const Expr *right)
{
	ARENA_PUSH(w->arena, &p->left, left);
	ARENA_PUSH(w->arena, &p->right, right);
}

/* rest: over the left's columns, then the right's; NULL: none. *first: of the right's columns in the result. */
static const Plan *join(const Rewrite *w, JoinKind kind, const Plan *left, const Plan *right, Pairs pairs,
                        const Expr *rest, uint32_t *first)
{
	Arena *arena = w->arena;
	if (!pairs.left.len) /* one group, which says by itself whether it has rows */
		add_pair(w, &pairs, build_bool(arena, true), build_bool(arena, true));
	uint32_t n = pairs.left.len, nl = left->ncols, nr = right->ncols;
	PlanJoin j = {.kind = kind, .nkeys = n};
	j.left_keys = ARENA_ARRAY(arena, uint32_t, n + 1);
	j.right_keys = ARENA_ARRAY(arena, uint32_t, n + 1);
	const Plan *l = build_extend(arena, left, &pairs.left, j.left_keys);
	const Plan *r = build_extend(arena, right, &pairs.right, j.right_keys);
	bool any = false;
	bool *null_equal = ARENA_ARRAY_ZERO(arena, bool, n + 1);
	for (uint32_t i = 0; i < pairs.nnull_equal; i++)
		any = (null_equal[i] = pairs.null_equal[i]) || any;
	j.null_equal = any ? null_equal : NULL;
	uint32_t *map = ARENA_ARRAY(arena, uint32_t, nl + nr + 1);
	for (uint32_t i = 0; i < nl + nr; i++)
		map[i] = i < nl ? i : l->ncols + (i - nl);
	j.residual = rest ? expr_remap(arena, rest, map) : NULL;
	if (first)
		*first = l->ncols;
	return build_join(arena, l, r, &j, w->apply->span);
}

/* The left's columns, then the value; as the columns of the node that is replaced. */
static const Plan *with_values(const Rewrite *w, const Plan *joined, const Expr *const *values, uint32_t n)
{
	Arena *arena = w->arena;
	uint32_t nl = w->apply->inputs[0]->ncols;
	ASSERT(nl + n == w->apply->ncols);
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, nl + n + 1);
	PlanCol *cols = arena_copy(arena, w->apply->cols, (nl + n) * sizeof *cols);
	for (uint32_t i = 0; i < nl + n; i++) {
		exprs[i] = i < nl ? build_column(arena, joined, i) : values[i - nl];
		cols[i].time = TIME_NONE;
		Err ignored = {0};
		if (!type_equal(exprs[i]->type, cols[i].type))
			exprs[i] = expr_cast(arena, exprs[i], cols[i].type, false, w->apply->span, &ignored);
		ASSERT(exprs[i]);
	}
	return build_project(arena, joined, exprs, cols, nl + n);
}

static const Plan *with_value(const Rewrite *w, const Plan *joined, const Expr *value)
{
	return with_values(w, joined, &value, 1);
}

/* Rows of the right whose partners decide: SEMI keeps the left rows that have one, and the value is known. */
static const Plan *keep(const Rewrite *w, JoinKind kind, const Plan *left, const Plan *right, Pairs pairs,
                        const Expr *rest)
{
	return join(w, kind, left, right, pairs, rest, NULL);
}

static const Plan *decided(const Rewrite *w, const Plan *kept, bool value)
{
	return with_value(w, kept, build_bool(w->arena, value));
}

/* ---- marks: left join with distinct keys ---- */

static const Expr *is_null(const Rewrite *w, const Expr *e)
{
	return build_call(w->arena, "IS NULL", e, NULL);
}

/* Adds a column to the left that is TRUE where `right` has a row with these keys, else NULL; *mark is its number. */
static const Plan *mark(const Rewrite *w, const Plan *left, const Plan *right, const Pairs *pairs, uint32_t *at)
{
	Arena *arena = w->arena;
	uint32_t n = pairs->right.len, first;
	ExprVec keys = pairs->right;
	if (!n) {
		const Expr *yes = build_bool(arena, true);
		ARENA_PUSH(arena, &keys, yes);
		n = 1;
	}
	uint32_t *cols = ARENA_ARRAY(arena, uint32_t, n + 1);
	right = build_extend(arena, right, &keys, cols);
	right = build_agg(arena, right, cols, n, NULL, 0, NULL);
	ExprVec yes = {0};
	const Expr *t = build_bool(arena, true);
	ARENA_PUSH(arena, &yes, t);
	uint32_t number;
	right = build_extend(arena, right, &yes, &number);
	Pairs p = *pairs;
	p.right = (ExprVec){0};
	for (uint32_t i = 0; i < pairs->right.len; i++) {
		const Expr *e = build_column(arena, right, i);
		ARENA_PUSH(arena, &p.right, e);
	}
	if (!pairs->left.len)
		add_pair(w, &p, build_bool(arena, true), build_column(arena, right, 0));
	const Plan *out = join(w, JOIN_LEFT, left, right, p, NULL, &first);
	*at = first + number;
	return out;
}

static const Plan *mark_exists(const Rewrite *w)
{
	if (w->d.rest.len)
		return refuse(w, "EXISTS with another condition than = on the outer query, unless it stands alone in WHERE,");
	Pairs pairs = correlation(w);
	uint32_t at;
	const Plan *p = mark(w, w->apply->inputs[0], w->d.plan, &pairs, &at);
	return with_value(w, p, build_call(w->arena, "IS NOT NULL", build_column(w->arena, p, at), NULL));
}

/* ---- IN, ANY, ALL ---- */

/* x = y AND ..., each between the left and the right: the pairs (right ones over the right's columns). */
static bool equalities(const Rewrite *w, Pairs *out)
{
	Arena *arena = w->arena;
	uint32_t nl = w->apply->inputs[0]->ncols, n = nl + w->d.plan->ncols;
	uint32_t *to_right = ARENA_ARRAY(arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		to_right[i] = i < nl ? UINT32_MAX : i - nl;
	ExprVec parts = {0};
	build_cut(arena, w->apply->apply.test, &parts);
	for (uint32_t i = 0; i < parts.len; i++) {
		const Expr *e = parts.items[i];
		if (e->kind != EXPR_CALL || strcmp(e->call.fn->name, "=") != 0 ||
		    !build_same_bytes(e->args[0]->type, e->args[1]->type) || !expr_is_deterministic(e))
			return false;
		bool reads[2][2] = {{false}};
		for (uint32_t a = 0; a < 2; a++) {
			bool *used = ARENA_ARRAY_ZERO(arena, bool, n + 1);
			expr_columns(e->args[a], used);
			for (uint32_t c = 0; c < n; c++)
				reads[a][c >= nl] = reads[a][c >= nl] || used[c];
		}
		uint32_t right = reads[1][1] && !reads[1][0] ? 1 : 0;
		if (!reads[right][1] || reads[right][0] || reads[1 - right][1])
			return false;
		add_pair(w, out, e->args[1 - right], expr_remap(arena, e->args[right], to_right));
	}
	return parts.len > 0;
}

static Pairs both_pairs(const Rewrite *w, const Pairs *test)
{
	Pairs p = correlation(w);
	for (uint32_t i = 0; i < test->left.len; i++)
		add_pair(w, &p, test->left.items[i], test->right.items[i]);
	return p;
}

/* NULL, or TRUE where x is NULL: a key that only rows with a NULL have. */
static const Expr *only_null(const Rewrite *w, const Expr *x)
{
	return build_call(w->arena, "NULLIF", is_null(w, x), build_bool(w->arena, false));
}

static bool never_null(const ExprVec *list)
{
	for (uint32_t i = 0; i < list->len; i++)
		if (!list->items[i]->type->not_null)
			return false;
	return true;
}

/* x NOT IN (y ...) in WHERE. */
static const Plan *not_in(const Rewrite *w, const Pairs *test)
{
	const Expr *x = test->left.items[0], *y = test->right.items[0];
	const Plan *right = w->d.plan;
	/* each join hands its left columns on, so that what is over them stays as it is */
	const Plan *p = keep(w, JOIN_ANTI, w->apply->inputs[0], right, both_pairs(w, test), NULL);
	if (!y->type->not_null)
		p = keep(w, JOIN_ANTI, p, build_filter(w->arena, right, is_null(w, y)), correlation(w), NULL);
	if (!x->type->not_null) {
		Pairs pairs = correlation(w);
		add_pair(w, &pairs, only_null(w, x), build_bool(w->arena, true));
		p = keep(w, JOIN_ANTI, p, right, pairs, NULL);
	}
	return decided(w, p, false);
}

static const Plan *in_where(const Rewrite *w, bool wanted)
{
	Arena *arena = w->arena;
	const Plan *left = w->apply->inputs[0], *right = w->d.plan;
	const Expr *test = w->apply->apply.test;
	bool all = w->apply->apply.all;
	Pairs pairs = {0};
	bool equal = !all && equalities(w, &pairs);
	const Expr *rest = build_all_of(arena, &w->d.rest);
	if (equal && wanted)
		return decided(w, keep(w, JOIN_SEMI, left, right, both_pairs(w, &pairs), rest), true);
	if (equal && never_null(&pairs.left) && never_null(&pairs.right))
		return decided(w, keep(w, JOIN_ANTI, left, right, both_pairs(w, &pairs), rest), false);
	if (equal && pairs.left.len == 1 && !rest)
		return not_in(w, &pairs);
	/* ANY is TRUE when some test is, FALSE when all are; ALL is TRUE when all are, FALSE when some is FALSE */
	JoinKind kind = wanted != all ? JOIN_SEMI : JOIN_ANTI;
	const char *form = wanted ? (all ? "IS NOT TRUE" : "IS TRUE") : (all ? "IS FALSE" : "IS NOT FALSE");
	ExprVec conditions = w->d.rest;
	const Expr *e = build_call(arena, form, test, NULL);
	ASSERT(e);
	ARENA_PUSH(arena, &conditions, e);
	return decided(w, keep(w, kind, left, right, correlation(w), build_all_of(arena, &conditions)), wanted);
}

/* IN as a value, TRUE, FALSE or NULL. */
static const Plan *mark_in(const Rewrite *w)
{
	Arena *arena = w->arena;
	Pairs test = {0};
	if (w->apply->apply.all || w->d.rest.len || !equalities(w, &test) || test.left.len != 1)
		return refuse(
		    w, "ANY, ALL or IN of several columns, or IN with another condition than = on the outer query, unless "
		       "it stands alone in WHERE,");
	const Expr *x = test.left.items[0], *y = test.right.items[0];
	const Plan *p = w->apply->inputs[0], *right = w->d.plan;
	Pairs equal = both_pairs(w, &test), group = correlation(w);
	uint32_t found, null_y = UINT32_MAX, any = UINT32_MAX;
	p = mark(w, p, right, &equal, &found);
	if (!y->type->not_null)
		p = mark(w, p, build_filter(arena, right, is_null(w, y)), &group, &null_y);
	if (!x->type->not_null)
		p = mark(w, p, right, &group, &any);
	/* CASE: found TRUE, a NULL on the right NULL, x NULL and rows there NULL, else FALSE */
	const Expr *args[7], *none = expr_const(arena, &type_boolean, VALUE_NULL);
	uint32_t n = 0;
	args[n++] = build_call(arena, "IS NOT NULL", build_column(arena, p, found), NULL);
	args[n++] = build_bool(arena, true);
	if (null_y != UINT32_MAX) {
		args[n++] = build_call(arena, "IS NOT NULL", build_column(arena, p, null_y), NULL);
		args[n++] = none;
	}
	if (any != UINT32_MAX) {
		args[n++] = build_call(arena, "AND", is_null(w, x),
		                       build_call(arena, "IS NOT NULL", build_column(arena, p, any), NULL));
		args[n++] = none;
	}
	args[n++] = build_bool(arena, false);
	Err ignored = {0};
	const Expr *value = expr_call(arena, STR("CASE"), args, n, w->apply->span, &ignored);
	ASSERT(value);
	return with_value(w, p, value);
}

/* ---- scalar subqueries, LATERAL ---- */

/* Is there one row at most per key that is joined on? */
static bool one_row(const Decorrelated *d)
{
	for (uint32_t k = 0; k < d->plan->nkey; k++) {
		bool in = false;
		for (uint32_t i = 0; i < d->outer.len; i++)
			in = in || d->inner[i] == d->plan->key[k];
		if (!in)
			return false;
	}
	return d->plan->has_key;
}

/* The right side with one row per key, checked when it runs; column 0 is the value. */
static bool make_single(Rewrite *w)
{
	Arena *arena = w->arena;
	Decorrelated *d = &w->d;
	PlanAggCall call = {.filter = -1, .text = STR("SINGLE_VALUE")};
	const Type *types[1] = {d->plan->cols[0].type};
	const Value *consts[1] = {NULL};
	const Type **arg_types = arena_copy(arena, types, sizeof types);
	ResolveCtx rc = {.arena = arena,
	                 .name = STR("SINGLE_VALUE"),
	                 .span = w->apply->span,
	                 .nargs = 1,
	                 .arg_types = arg_types,
	                 .consts = consts};
	if (!aggregate_resolve(&rc, &call.call, w->err))
		return false;
	call.args = ARENA_ARRAY_ZERO(arena, uint32_t, 1);
	PlanCol col = {.name = d->plan->cols[0].name, .type = call.call.type};
	uint32_t n = d->outer.len;
	const Plan *agg = build_agg(arena, d->plan, d->inner, n, &call, 1, &col);
	/* the value first */
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, n + 1);
	PlanCol *cols = ARENA_ARRAY_ZERO(arena, PlanCol, n + 1);
	uint32_t *inner = ARENA_ARRAY(arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n + 1; i++) {
		uint32_t from = i ? i - 1 : n;
		exprs[i] = build_column(arena, agg, from);
		cols[i] = agg->cols[from];
		if (i)
			inner[i - 1] = i;
	}
	d->plan = build_project(arena, agg, exprs, cols, n + 1);
	d->inner = inner;
	return true;
}

static bool has_value(const Expr *empty)
{
	return empty && !(empty->kind == EXPR_CONST && empty->constant.null);
}

/* Left join; values[i] is the subquery's column i, or what an empty group gives. */
static const Plan *join_values(const Rewrite *w, JoinKind kind, const Expr **values, uint32_t n)
{
	Arena *arena = w->arena;
	const Decorrelated *d = &w->d;
	const Plan *right = d->plan;
	uint32_t marker = UINT32_MAX, first;
	bool any = false;
	for (uint32_t i = 0; i < n; i++)
		any = any || (d->empty && has_value(d->empty[i]));
	if (any) {
		ExprVec yes = {0};
		const Expr *t = build_bool(arena, true);
		ARENA_PUSH(arena, &yes, t);
		right = build_extend(arena, right, &yes, &marker);
	}
	const Plan *p = join(w, kind, w->apply->inputs[0], right, correlation(w), build_all_of(arena, &d->rest), &first);
	for (uint32_t i = 0; i < n; i++) {
		values[i] = build_column(arena, p, first + i);
		if (!d->empty || !has_value(d->empty[i]))
			continue;
		const Expr *args[3] = {is_null(w, build_column(arena, p, first + marker)), d->empty[i], values[i]};
		Err ignored = {0};
		values[i] = expr_call(arena, STR("CASE"), args, 3, w->apply->span, &ignored);
		ASSERT(values[i]);
	}
	return p;
}

static const Plan *scalar(Rewrite *w)
{
	if (!w->d.empty && !one_row(&w->d)) {
		if (w->d.rest.len)
			return refuse(w, "a scalar subquery with another condition than = on the outer query");
		if (!make_single(w))
			return NULL;
	}
	const Expr *value;
	const Plan *p = join_values(w, JOIN_LEFT, &value, 1);
	return with_value(w, p, value);
}

/* IN over the one row of an aggregate: a comparison with its value. */
static const Plan *compare_scalar(Rewrite *w)
{
	Arena *arena = w->arena;
	w->undecided = true;
	uint32_t nl = w->apply->inputs[0]->ncols, nr = w->apply->inputs[1]->ncols;
	const Expr **with = ARENA_ARRAY(arena, const Expr *, nl + nr + 1);
	const Plan *p = join_values(w, JOIN_LEFT, with + nl, nr);
	for (uint32_t i = 0; i < nl; i++)
		with[i] = build_column(arena, p, i);
	return with_value(w, p, expr_substitute(arena, w->apply->apply.test, with));
}

static const Plan *lateral(const Rewrite *w)
{
	uint32_t n = w->apply->inputs[1]->ncols;
	const Expr **values = ARENA_ARRAY(w->arena, const Expr *, n + 1);
	bool outer = w->apply->apply.kind == APPLY_LEFT || w->d.empty;
	const Plan *p = join_values(w, outer ? JOIN_LEFT : JOIN_INNER, values, n);
	return with_values(w, p, values, n);
}

/* use: +1: only rows where the value is TRUE are wanted, -1: where it is FALSE, 0: the value itself. */
/* As a subquery its aggregate without GROUP BY has one row always. */
static const Plan *with_one_row(Arena *arena, const Plan *p)
{
	Plan *copy = arena_copy(arena, p, sizeof *p);
	const Plan **inputs = ARENA_ARRAY(arena, const Plan *, p->ninputs + 1);
	for (uint32_t i = 0; i < p->ninputs; i++)
		inputs[i] = with_one_row(arena, p->inputs[i]);
	copy->inputs = inputs;
	if (p->kind == PLAN_AGG && p->agg.nkeys == 0)
		copy->agg.one_row = true;
	return copy;
}

static bool reads_kept(const Rewrite *w, const Plan *p)
{
	const Relation *r = p->kind == PLAN_SCAN ? p->scan.rel : NULL;
	if (r && r->kind != REL_OWN && r->kind != REL_MVIEW) {
		StrBuf name;
		strbuf_init(&name);
		catalog_put_name(r, &name);
		err_set_at(w->err, ERR_NOT_SUPPORTED, w->apply->span,
		           "a function that reads \"%s\" in its body is not supported in a continuous query",
		           strbuf_cstr(&name));
		if (r->kind == REL_SYSTEM)
			err_hint(w->err, "Its rows are made when they are read: call the function in a SELECT.");
		else
			err_hint(w->err,
			         "The body may read tables that weir keeps itself and materialized views: CREATE MATERIALIZED "
			         "VIEW v AS SELECT ... FROM %s, and read v.",
			         strbuf_cstr(&name));
		strbuf_deinit(&name);
		return false;
	}
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (!reads_kept(w, p->inputs[i]))
			return false;
	return true;
}

/* What reads its parameters alone stays as it is, and is run for each row. */
static const Plan *run_by_row(const Rewrite *w)
{
	if (w->apply->apply.by_row && !reads_kept(w, w->apply->inputs[1]))
		return NULL;
	Plan *copy = arena_copy(w->arena, w->apply, sizeof *copy);
	const Plan **inputs = ARENA_ARRAY(w->arena, const Plan *, 2);
	inputs[0] = w->apply->inputs[0];
	inputs[1] = with_one_row(w->arena, w->apply->inputs[1]);
	copy->inputs = inputs;
	infer_plan(w->arena, copy);
	return copy;
}

static const Plan *convert(Rewrite *w, int use)
{
	ApplyKind kind = w->apply->apply.kind;
	if (w->apply->apply.pure || w->apply->apply.by_row)
		return run_by_row(w);
	if (kind == APPLY_ARRAY)
		return refuse(w, "ARRAY of a subquery");
	if (!decorrelate(w->arena, w->apply, &w->d, w->err))
		return NULL;
	if (w->d.filtered && kind != APPLY_SCALAR)
		return refuse(w, "HAVING without GROUP BY in a correlated subquery that is no value");
	switch (kind) {
	case APPLY_SCALAR: return scalar(w);
	case APPLY_EXISTS: {
		if (w->d.empty)
			return decided(w, w->apply->inputs[0], true);
		if (!use)
			return mark_exists(w);
		const Expr *rest = build_all_of(w->arena, &w->d.rest);
		JoinKind join_kind = use > 0 ? JOIN_SEMI : JOIN_ANTI;
		return decided(w, keep(w, join_kind, w->apply->inputs[0], w->d.plan, correlation(w), rest), use > 0);
	}
	case APPLY_IN: return w->d.empty ? compare_scalar(w) : use ? in_where(w, use > 0) : mark_in(w);
	case APPLY_ARRAY:
	case APPLY_CROSS:
	case APPLY_LEFT: break;
	}
	return lateral(w);
}

/* ---- the pass ---- */

static const Plan *rewrite(Rewrite *w, const Plan *p, const int8_t *use);

/* The column that a condition asks for by itself: col, NOT col. */
static int condition_on(const Expr *e, uint32_t *col)
{
	bool negated = e->kind == EXPR_CALL && strcmp(e->call.fn->name, "NOT") == 0;
	const Expr *c = negated ? e->args[0] : e;
	if (c->kind != EXPR_COLUMN)
		return 0;
	*col = c->index;
	return negated ? -1 : 1;
}

/* Was the column of p added by a subquery (EXISTS, IN) whose rows a filter above may decide? */
static bool is_mark(const Plan *p, uint32_t col)
{
	for (;;) {
		if (p->kind == PLAN_APPLY && col + 1 == p->ncols && p->apply.kind != APPLY_CROSS && p->apply.kind != APPLY_LEFT)
			return p->apply.kind == APPLY_EXISTS || p->apply.kind == APPLY_IN;
		if (p->kind == PLAN_PROJECT && p->exprs[col]->kind == EXPR_COLUMN)
			col = p->exprs[col]->index;
		else if (p->kind != PLAN_APPLY || col >= p->inputs[0]->ncols)
			return false;
		p = p->inputs[0];
	}
}

static const Plan *rewrite_filter(Rewrite *w, const Plan *p)
{
	Arena *arena = w->arena;
	const Plan *in = p->inputs[0];
	int8_t *use = ARENA_ARRAY_ZERO(arena, int8_t, in->ncols + 1);
	ExprVec parts = {0}, stay = {0};
	build_cut(arena, p->predicate, &parts);
	for (uint32_t i = 0; i < parts.len; i++) {
		uint32_t col = 0;
		int wanted = condition_on(parts.items[i], &col);
		if (wanted && !use[col] && is_mark(in, col))
			use[col] = (int8_t)wanted;
		else
			ARENA_PUSH(arena, &stay, parts.items[i]);
	}
	w->undecided = false;
	const Plan *done = rewrite(w, in, use);
	if (!done || done == in)
		return done ? p : NULL;
	return build_filter(arena, done, build_all_of(arena, w->undecided ? &parts : &stay));
}

static const Plan *rewrite_inputs(Rewrite *w, const Plan *p, const int8_t *use)
{
	const Plan **inputs = ARENA_ARRAY_ZERO(w->arena, const Plan *, p->ninputs + 1);
	bool same = true;
	for (uint32_t i = 0; i < p->ninputs; i++) {
		inputs[i] = p->kind == PLAN_APPLY && i > 0 ? p->inputs[i] : rewrite(w, p->inputs[i], i ? NULL : use);
		if (!inputs[i])
			return NULL;
		same = same && inputs[i] == p->inputs[i];
	}
	if (same)
		return p;
	Plan *copy = arena_copy(w->arena, p, sizeof *p);
	copy->inputs = inputs;
	infer_plan(w->arena, copy);
	return copy;
}

static const Plan *rewrite(Rewrite *w, const Plan *p, const int8_t *use)
{
	if (p->kind == PLAN_FILTER)
		return rewrite_filter(w, p);
	if (p->kind == PLAN_PROJECT) {
		int8_t *below = ARENA_ARRAY_ZERO(w->arena, int8_t, p->inputs[0]->ncols + 1);
		for (uint32_t i = 0; use && i < p->ncols; i++)
			if (use[i])
				below[p->exprs[i]->index] = use[i];
		return rewrite_inputs(w, p, below);
	}
	if (p->kind != PLAN_APPLY)
		return rewrite_inputs(w, p, NULL);
	const Plan *left = rewrite_inputs(w, p, use);
	if (!left)
		return NULL;
	w->apply = left;
	return convert(w, use ? use[p->ncols - 1] : 0);
}

const Plan *rewrite_apply_plan(Arena *arena, const Plan *p, Err *err)
{
	Rewrite w = {.arena = arena, .err = err};
	return rewrite(&w, p, NULL);
}
