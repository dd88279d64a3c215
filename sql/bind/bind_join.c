/*
 * sql/bind/bind_join.c: joins: the ON condition is split into pairs of equal columns and a rest.
 *
 *   ON l.a = r.b AND l.c + 1 = r.d AND l.x < r.y
 *
 *   keys (a, b), (c + 1, d): what is no plain column is computed below the join; the rest l.x < r.y is evaluated per
 * pair.
 */
#include "sql/bind/bind_int.h"

#include "sql/plan/build.h"

bool bind_join_is_lateral(const AstNode *ref)
{
	return (ref->kind == AST_REF_SUBQUERY && AST_CONST(AstRefHead, ref)->lateral) ||
	       (ref->kind == AST_REF_FUNCTION && AST_CONST(AstRefHead, ref)->lateral &&
	        !bind_window_is_tvf(AST_CONST(AstRefFunction, ref)->call));
}

/* ---- the condition ---- */

typedef struct Condition {
	Binder *b;
	uint32_t nleft, nright;
	ExprList left, right; /* pairs; the right ones over the right's columns */
	U32List null_equal;
	ExprList rest; /* over left columns, then right columns */
} Condition;

static void sides(const Condition *c, const Expr *e, bool *left, bool *right)
{
	bool *used = ARENA_ARRAY_ZERO(c->b->arena, bool, c->nleft + c->nright);
	expr_columns(e, used);
	*left = *right = false;
	for (uint32_t i = 0; i < c->nleft + c->nright; i++) {
		*left = *left || (used[i] && i < c->nleft);
		*right = *right || (used[i] && i >= c->nleft);
	}
}

static const Expr *to_right(const Condition *c, const Expr *e)
{
	uint32_t *map = ARENA_ARRAY(c->b->arena, uint32_t, c->nleft + c->nright);
	for (uint32_t i = 0; i < c->nleft + c->nright; i++)
		map[i] = i < c->nleft ? UINT32_MAX : i - c->nleft;
	return expr_remap(c->b->arena, e, map);
}

static void split(Condition *c, const Expr *e)
{
	if (e->kind == EXPR_CONST && !e->constant.null && e->constant.b)
		return;
	const char *fn = e->kind == EXPR_CALL ? e->call.fn->name : "";
	if (str_eq_c(str_from(fn), "AND")) {
		for (uint32_t i = 0; i < e->nargs; i++)
			split(c, e->args[i]);
		return;
	}
	bool distinct = str_eq_c(str_from(fn), "IS NOT DISTINCT FROM");
	if (str_eq_c(str_from(fn), "=") || distinct) {
		bool ll, lr, rl, rr;
		sides(c, e->args[0], &ll, &lr);
		sides(c, e->args[1], &rl, &rr);
		bool straight = ll && !lr && rr && !rl, crossed = lr && !ll && rl && !rr;
		const Expr *l = e->args[crossed ? 1 : 0], *r = e->args[crossed ? 0 : 1];
		if ((straight || crossed) && build_same_bytes(l->type, r->type) && expr_is_deterministic(e)) {
			ARENA_PUSH(c->b->arena, &c->left, l);
			ARENA_PUSH(c->b->arena, &c->right, to_right(c, r));
			ARENA_PUSH(c->b->arena, &c->null_equal, distinct);
			return;
		}
	}
	ARENA_PUSH(c->b->arena, &c->rest, e);
}

/* Computes the keys that are no plain columns; their numbers. */
static Plan *with_keys(Binder *b, Plan *p, const ExprList *keys, uint32_t *cols)
{
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, p->ncols + keys->len);
	uint32_t n = p->ncols;
	for (uint32_t i = 0; i < p->ncols; i++)
		exprs[i] = bind_plan_column(b, p, i);
	for (uint32_t i = 0; i < keys->len; i++) {
		if (bind_plan_is_column(keys->items[i], &cols[i]))
			continue;
		cols[i] = n;
		exprs[n++] = keys->items[i];
	}
	return n == p->ncols ? p : bind_plan_project(b, p, exprs, NULL, n, p->span);
}

static const Expr *residual(Condition *c, uint32_t new_left)
{
	Binder *b = c->b;
	if (c->rest.len == 0)
		return NULL;
	const Expr *e = c->rest.len == 1
	                    ? c->rest.items[0]
	                    : expr_call(b->arena, STR("AND"), c->rest.items, c->rest.len, c->rest.items[0]->span, NULL);
	uint32_t *map = ARENA_ARRAY(b->arena, uint32_t, c->nleft + c->nright);
	for (uint32_t i = 0; i < c->nleft + c->nright; i++)
		map[i] = i < c->nleft ? i : new_left + (i - c->nleft);
	return bind_fold(b, expr_remap(b->arena, e, map));
}

static void set_columns(Binder *b, Plan *p, JoinKind kind, const Plan *l, const Plan *r)
{
	bool semi = kind == JOIN_SEMI || kind == JOIN_ANTI;
	p->ncols = l->ncols + (semi ? 0 : r->ncols);
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, p->ncols);
	for (uint32_t i = 0; i < p->ncols; i++) {
		bool left = i < l->ncols;
		bool nullable = left ? kind == JOIN_RIGHT || kind == JOIN_FULL : kind == JOIN_LEFT || kind == JOIN_FULL;
		p->cols[i] = left ? l->cols[i] : r->cols[i - l->ncols];
		p->cols[i].time = TIME_NONE;
		if (nullable)
			p->cols[i].type = type_with_null(b->arena, p->cols[i].type, true);
	}
}

Plan *bind_join_make(Binder *b, JoinKind kind, Plan *l, Plan *r, const Expr *on, Span span)
{
	Condition c = {.b = b, .nleft = l->ncols, .nright = r->ncols};
	if (on)
		split(&c, bind_fold(b, on));
	uint32_t *lk = ARENA_ARRAY(b->arena, uint32_t, c.left.len), *rk = ARENA_ARRAY(b->arena, uint32_t, c.left.len);
	Plan *lp = with_keys(b, l, &c.left, lk), *rp = with_keys(b, r, &c.right, rk);
	Plan *p = bind_plan_new(b, PLAN_JOIN, span, lp, rp);
	bool *null_equal = ARENA_ARRAY_ZERO(b->arena, bool, c.left.len);
	bool any = false;
	for (uint32_t i = 0; i < c.left.len; i++)
		any = (null_equal[i] = c.null_equal.items[i]) || any;
	p->join = (PlanJoin){.kind = kind,
	                     .left_keys = lk,
	                     .right_keys = rk,
	                     .nkeys = c.left.len,
	                     .null_equal = any ? null_equal : NULL,
	                     .residual = residual(&c, lp->ncols)};
	set_columns(b, p, kind, lp, rp);
	bind_plan_done(b, p);
	if (lp == l && rp == r)
		return p;
	uint32_t *keep = ARENA_ARRAY(b->arena, uint32_t, l->ncols + r->ncols), n = 0;
	for (uint32_t i = 0; i < l->ncols; i++)
		keep[n++] = i;
	for (uint32_t i = 0; i < r->ncols && kind != JOIN_SEMI && kind != JOIN_ANTI; i++)
		keep[n++] = lp->ncols + i;
	return bind_plan_take(b, p, keep, n);
}

/* ---- scopes ---- */

void bind_join_scopes(const Scope *left, const Scope *right, Plan *plan, JoinKind kind, Scope *out)
{
	Scope s;
	bind_scope_init(&s, left->b, left->outer, left->ctes);
	s.plan = plan;
	for (uint32_t i = 0; i < left->cols.len; i++)
		bind_scope_push(&s, left->cols.items[i]);
	for (uint32_t i = 0; i < right->cols.len && kind != JOIN_SEMI && kind != JOIN_ANTI; i++) {
		ScopeCol c = right->cols.items[i];
		c.index += left->plan->ncols;
		bind_scope_push(&s, c);
	}
	for (uint32_t i = 0; plan && i < s.cols.len; i++) {
		s.cols.items[i].type = plan->cols[s.cols.items[i].index].type;
		s.cols.items[i].time = TIME_NONE;
	}
	*out = s;
}

Plan *bind_join_on(const Scope *left, const Scope *right, const AstRefJoin *j, JoinKind kind, Err *err)
{
	Scope both;
	bind_join_scopes(left, right, NULL, JOIN_INNER, &both);
	const Expr *on = bind_condition(&both, j->on, "ON", err);
	return on ? bind_join_make(left->b, kind, left->plan, right->plan, on, j->head.node.span) : NULL;
}

Plan *bind_join_become(Binder *b, Plan *made, Plan *p)
{
	bind_plan_done(b, p);
	if (made->kind == PLAN_JOIN)
		return p;
	PlanCol *cols = arena_copy(b->arena, made->cols, made->ncols * sizeof *made->cols);
	for (uint32_t i = 0; i < made->ncols; i++)
		cols[i].time = p->cols[made->exprs[i]->index].time;
	return (Plan *)(uintptr_t)build_project(b->arena, p, made->exprs, cols, made->ncols);
}

void bind_join_timed(const Scope *left, const Scope *right, Plan *plan, JoinKind kind, Scope *out)
{
	bind_join_scopes(left, right, plan, kind, out);
	for (uint32_t i = 0; i < out->cols.len; i++)
		out->cols.items[i].time = plan->cols[out->cols.items[i].index].time;
}

bool bind_join_cross(Binder *b, Scope *left, Scope *right, Span span, Scope *out, Err *err)
{
	(void)err;
	bind_join_scopes(left, right, bind_join_make(b, JOIN_INNER, left->plan, right->plan, NULL, span), JOIN_INNER, out);
	return true;
}

bool bind_join_lateral(Binder *b, Scope *left, const AstNode *ref, bool outer_join, const Cte *ctes, Scope *outer,
                       Scope *out, Err *err)
{
	(void)outer;
	Apply *a = ARENA_NEW(b->arena, Apply);
	bind_subquery_begin(left, a, ref->span);
	Scope right;
	bool ok = bind_ref(b, ref, left, ctes, left, &right, err);
	bind_subquery_end(left, a);
	if (!ok)
		return false;
	a->kind = outer_join ? APPLY_LEFT : APPLY_CROSS;
	a->right = right.plan;
	Plan *p = bind_subquery_apply(b, left->plan, a, a->params.items, NULL);
	ScopeCols before = left->cols;
	bind_join_scopes(left, &right, p, JOIN_INNER, out);
	for (uint32_t i = 0; p->apply.pure && i < before.len; i++) /* no join: rows go on in their order */
		out->cols.items[i].time = before.items[i].time;
	return true;
}

/* ---- USING and NATURAL ---- */

typedef struct Merge {
	const ScopeCol *left, *right;
} Merge;

static bool merge_names(const AstRefJoin *j, Scope *left, Scope *right, AstNames *names)
{
	Arena *arena = left->b->arena;
	if (!j->natural) {
		*names = j->using;
		return true;
	}
	for (uint32_t i = 0; i < left->cols.len; i++) {
		const ScopeCol *l = &left->cols.items[i];
		for (uint32_t k = 0; k < right->cols.len && !l->hidden; k++) {
			if (right->cols.items[k].hidden || !str_eq(right->cols.items[k].name, l->name))
				continue;
			AstName name = {.text = l->name, .span = j->head.node.span};
			ARENA_PUSH(arena, names, name);
			break;
		}
	}
	return true;
}

static const ScopeCol *merge_find(Scope *s, const AstName *name, const char *side, Err *err)
{
	AstNames path = {.items = (AstName *)name, .len = 1};
	err_clear(err);
	const ScopeCol *c = bind_scope_find(s, &path, err);
	if (!c && (!err || err->code == ERR_OK))
		err_set_at(err, ERR_NO_SUCH_COLUMN, bind_spanned(s->b, name->span),
		           "the %s side of the join has no column \"%.*s\"", side, STR_ARG(name->text));
	return c;
}

static const Expr *merge_condition(Binder *b, const Merge *m, uint32_t n, uint32_t nleft, Span span, Err *err)
{
	const Expr **parts = ARENA_ARRAY(b->arena, const Expr *, n);
	for (uint32_t i = 0; i < n; i++) {
		const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 2);
		args[0] = expr_column(b->arena, m[i].left->type, m[i].left->index);
		args[1] = expr_column(b->arena, m[i].right->type, nleft + m[i].right->index);
		if (!(parts[i] = expr_call(b->arena, STR("="), args, 2, span, err)))
			return NULL;
	}
	return n == 1 ? parts[0] : expr_call(b->arena, STR("AND"), parts, n, span, err);
}

/* The merged columns come first; the two they were made from stay reachable by their tables' names. */
static bool merge_scope(Scope *s, const Merge *m, uint32_t n, uint32_t nleft, JoinKind kind, Span span, Err *err)
{
	Binder *b = s->b;
	ScopeCols old = s->cols;
	s->cols = (ScopeCols){0};
	Plan *p = s->plan;
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, p->ncols + n);
	Str *names = ARENA_ARRAY(b->arena, Str, p->ncols + n);
	uint32_t total = p->ncols;
	for (uint32_t i = 0; i < p->ncols; i++) {
		exprs[i] = bind_plan_column(b, p, i);
		names[i] = p->cols[i].name;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t l = m[i].left->index, r = nleft + m[i].right->index;
		ScopeCol c = {.name = m[i].left->name, .index = kind == JOIN_RIGHT ? r : l};
		c.type = p->cols[c.index].type;
		if (kind == JOIN_FULL) {
			const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 2);
			args[0] = exprs[l];
			args[1] = exprs[r];
			if (!(exprs[total] = expr_call(b->arena, STR("COALESCE"), args, 2, span, err)))
				return false;
			names[total] = c.name;
			c.type = exprs[total]->type;
			c.index = total++;
		}
		bind_scope_push(s, c);
	}
	for (uint32_t i = 0; i < old.len; i++) {
		ScopeCol c = old.items[i];
		for (uint32_t k = 0; k < n; k++)
			c.hidden = c.hidden || c.index == m[k].left->index || c.index == nleft + m[k].right->index;
		bind_scope_push(s, c);
	}
	if (total > p->ncols)
		s->plan = bind_plan_project(b, p, exprs, names, total, span);
	return true;
}

static bool bind_join_using(Binder *b, const AstRefJoin *j, JoinKind kind, Scope *left, Scope *right, Scope *out,
                            Err *err)
{
	AstNames names = {0};
	merge_names(j, left, right, &names);
	Merge *m = ARENA_ARRAY(b->arena, Merge, names.len);
	Err dummy;
	for (uint32_t i = 0; i < names.len; i++) {
		m[i].left = merge_find(left, &names.items[i], "left", err ? err : &dummy);
		m[i].right = m[i].left ? merge_find(right, &names.items[i], "right", err ? err : &dummy) : NULL;
		if (!m[i].right)
			return false;
	}
	Span span = bind_span(b, &j->head.node);
	const Expr *on = names.len ? merge_condition(b, m, names.len, left->plan->ncols, span, err) : NULL;
	if (names.len && !on)
		return false;
	Plan *p = bind_join_make(b, kind, left->plan, right->plan, on, j->head.node.span);
	uint32_t nleft = left->plan->ncols;
	bind_join_scopes(left, right, p, kind, out);
	return kind == JOIN_SEMI || kind == JOIN_ANTI || merge_scope(out, m, names.len, nleft, kind, span, err);
}

/* ---- JOIN ---- */

/* JOIN UNNEST(...) ON ...: an inner one's condition filters; an outer one keeps rows without elements, and no others.
 */
static bool bind_join_unnest(Scope *left, const AstRefJoin *j, JoinKind kind, Scope *out, Err *err)
{
	Binder *b = left->b;
	const AstLiteral *lit = j->on && j->on->kind == AST_LITERAL ? AST_CONST(AstLiteral, j->on) : NULL;
	bool always = !j->on || (lit && lit->kind == AST_LIT_TRUE);
	if ((kind != JOIN_INNER && kind != JOIN_LEFT) || j->using.len || j->natural || (kind == JOIN_LEFT && !always)) {
		bind_unsupported(b, j->head.node.span, err, "UNNEST with another join than CROSS, INNER, and LEFT ON TRUE is");
		return err_hint(err, "A condition on the elements can stand in WHERE.");
	}
	if (!bind_unnest(left, j->right, kind == JOIN_LEFT, out, err))
		return false;
	const Expr *on = always ? NULL : bind_condition(out, j->on, "ON", err);
	if (on)
		out->plan = bind_plan_filter(b, out->plan, on, j->on->span);
	return always || on;
}

bool bind_join(Binder *b, const AstRefJoin *j, Scope *outer, const Cte *ctes, Scope *left_of, Scope *out, Err *err)
{
	static const JoinKind kinds[] = {JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL, JOIN_INNER, JOIN_SEMI, JOIN_ANTI};
	JoinKind kind = kinds[j->kind];
	Scope left, right;
	if (!bind_ref(b, j->left, outer, ctes, left_of, &left, err))
		return false;
	if (bind_unnest_is(b, j->right))
		return bind_join_unnest(&left, j, kind, out, err);
	if (bind_temporal_is(j->right))
		return bind_temporal(b, &left, j, kind, outer, ctes, out, err);
	if (bind_join_is_lateral(j->right)) {
		const AstLiteral *on = j->on && j->on->kind == AST_LITERAL ? AST_CONST(AstLiteral, j->on) : NULL;
		if ((kind != JOIN_INNER && kind != JOIN_LEFT) || j->using.len || (j->on && !(on && on->kind == AST_LIT_TRUE)))
			return bind_unsupported(b, j->head.node.span, err, "LATERAL with another condition than ON TRUE is");
		return bind_join_lateral(b, &left, j->right, kind == JOIN_LEFT, ctes, outer, out, err);
	}
	if (!bind_ref(b, j->right, outer, ctes, &left, &right, err) ||
	    !bind_from_check(b, &left, &right, j->right->span, err))
		return false;
	if (j->natural || j->using.len)
		return bind_join_using(b, j, kind, &left, &right, out, err);
	const Expr *on = NULL;
	if (j->on) {
		Scope both;
		bind_join_scopes(&left, &right, NULL, JOIN_INNER, &both);
		if (!(on = bind_condition(&both, j->on, "ON", err)))
			return false;
	} else if (j->kind != AST_JOIN_CROSS) {
		err_set_at(err, ERR_SYNTAX, bind_span(b, &j->head.node), "the join has no condition");
		return err_hint(err, "Add ON or USING, or write CROSS JOIN.");
	}
	bind_join_scopes(&left, &right, bind_join_make(b, kind, left.plan, right.plan, on, j->head.node.span), kind, out);
	return true;
}
