/*
 * sql/bind/bind_subquery.c: subqueries as values and conditions: each becomes a PLAN_APPLY that adds one column to the
 * plan of its scope.
 *
 * A name that only an outer scope knows becomes a parameter; the apply on that scope fills it from its left row. Slots
 * of parameters are numbered through the statement; an apply reserves a run of them when it begins.
 */
#include "sql/bind/bind_int.h"

void bind_subquery_begin(Scope *s, Apply *a, Span span)
{
	Binder *b = s->b;
	*a = (Apply){.span = span, .below = s->apply, .first_param = b->next_slot};
	b->next_slot += BIND_SLOTS_PER_APPLY;
	s->apply = a;
}

void bind_subquery_end(Scope *s, Apply *a)
{
	Binder *b = s->b;
	s->apply = a->below;
	/* Nothing was reserved behind: give the unused slots back. */
	if (b->next_slot == a->first_param + BIND_SLOTS_PER_APPLY)
		b->next_slot = a->first_param + a->params.len;
}

const Expr *bind_subquery_param(Scope *outer, const Expr *column, Span span, Err *err)
{
	Binder *b = outer->b;
	Apply *a = outer->apply;
	if (!a) {
		err_set_at(err, ERR_NO_SUCH_COLUMN, span, "a column of the outer query cannot be used here");
		err_hint(err, "LATERAL in front of the subquery lets it read the tables that stand before it.");
		return NULL;
	}
	if (column->kind == EXPR_COLUMN && column->index >= BIND_OVER && column->index < BIND_RIGHT_COL) {
		bind_unsupported(b, span, err, "a subquery that reads the result of an OVER around it is");
		err_hint(err, "Compute the OVER in a subquery in FROM.");
		return NULL;
	}
	uint32_t i = 0;
	while (i < a->params.len && !expr_equal(a->params.items[i], column))
		i++;
	if (i == a->params.len) {
		if (i == BIND_SLOTS_PER_APPLY) {
			err_set_at(err, ERR_NOT_SUPPORTED, span, "a subquery reads more than %d columns of the outer query",
			           BIND_SLOTS_PER_APPLY);
			return NULL;
		}
		ARENA_PUSH(b->arena, &a->params, column);
	}
	Expr *e = arena_copy(b->arena, expr_param(b->arena, column->type, a->first_param + i), sizeof(Expr));
	e->span = span;
	return e;
}

/* Columns of the left and of the right in one numbering. */
static const Expr *place_right(Binder *b, const Expr *e, uint32_t left)
{
	if (e->kind == EXPR_COLUMN && e->index >= BIND_RIGHT_COL)
		return expr_column(b->arena, e->type, left + (e->index - BIND_RIGHT_COL));
	if (e->kind != EXPR_CALL)
		return e;
	Expr *copy = arena_copy(b->arena, e, sizeof *e);
	copy->args = ARENA_ARRAY(b->arena, const Expr *, e->nargs);
	for (uint32_t i = 0; i < e->nargs; i++)
		copy->args[i] = place_right(b, e->args[i], left);
	return copy;
}

/* Does it give the same for the same parameters (and tables), whenever it runs? */
static bool is_steady(const Plan *p)
{
	bool fine = true;
	switch (p->kind) {
	case PLAN_VALUES:
		for (uint32_t i = 0; i < p->values.nrows * p->ncols; i++)
			fine = fine && expr_is_deterministic(p->values.cells[i]);
		break;
	case PLAN_FILTER: fine = expr_is_deterministic(p->predicate); break;
	case PLAN_PROJECT:
		for (uint32_t i = 0; i < p->ncols; i++)
			fine = fine && expr_is_deterministic(p->exprs[i]);
		break;
	case PLAN_JOIN: fine = !p->join.residual || expr_is_deterministic(p->join.residual); break;
	case PLAN_APPLY: fine = !p->apply.test || expr_is_deterministic(p->apply.test); break;
	default: break;
	}
	for (uint32_t i = 0; fine && i < p->ninputs; i++)
		fine = is_steady(p->inputs[i]);
	return fine;
}

/* Does it read nothing but constants and parameters? batch: it was bound as a snapshot. *tables: it calls functions
 * whose bodies do. */
static bool is_closed(const Plan *p, bool batch, bool *tables)
{
	bool fine = batch;
	if (p->kind == PLAN_APPLY && p->apply.by_row && !batch) {
		*tables = true;
		return is_closed(p->inputs[0], batch, tables);
	}
	switch (p->kind) {
	case PLAN_VALUES:
	case PLAN_FILTER:
	case PLAN_PROJECT:
	case PLAN_JOIN:
	case PLAN_UNION:
	case PLAN_UNNEST:
	case PLAN_SETOP:
	case PLAN_AGG: fine = true; break;
	case PLAN_APPLY: fine = p->apply.pure || batch; break;
	case PLAN_SCAN: fine = false; break;
	default: break;
	}
	for (uint32_t i = 0; fine && i < p->ninputs; i++)
		fine = is_closed(p->inputs[i], batch, tables);
	return fine;
}

Plan *bind_subquery_apply(Binder *b, Plan *plan, const Apply *a, const Expr *const *params, const Expr *test)
{
	/* parameters that are no plain columns are computed below */
	U32List cols = {0};
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, plan->ncols + a->params.len);
	uint32_t n = plan->ncols;
	for (uint32_t i = 0; i < plan->ncols; i++)
		exprs[i] = bind_plan_column(b, plan, i);
	for (uint32_t i = 0; i < a->params.len; i++) {
		uint32_t col;
		if (!bind_plan_is_column(params[i], &col)) {
			col = n;
			exprs[n++] = params[i];
		}
		ARENA_PUSH(b->arena, &cols, col);
	}
	if (n > plan->ncols)
		plan = bind_plan_project(b, plan, exprs, NULL, n, a->span);
	bool tables = false, closed = is_closed(a->right, a->by_row, &tables), steady = is_steady(a->right);
	Plan *p = bind_plan_new(b, PLAN_APPLY, a->span, plan, a->right);
	p->apply = (PlanApply){
	    .kind = a->kind,
	    .params = cols.items,
	    .nparams = cols.len,
	    .first_param = cols.len ? a->first_param : 0, /* without a slot of its own there may be none so high */
	    .test = test ? bind_fold(b, place_right(b, test, plan->ncols)) : NULL,
	    .all = a->all,
	    .pure = closed && steady && !tables,
	};
	p->apply.by_row = (a->by_row && !p->apply.pure) || (closed && tables);
	p->apply.fresh = p->apply.by_row && !steady;
	uint32_t added = a->kind == APPLY_CROSS || a->kind == APPLY_LEFT ? a->right->ncols : 1;
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, plan->ncols + added);
	memcpy(p->cols, plan->cols, plan->ncols * sizeof(PlanCol));
	p->ncols = plan->ncols + added;
	for (uint32_t i = 0; i < added; i++) {
		PlanCol *c = &p->cols[plan->ncols + i];
		if (added == a->right->ncols && (a->kind == APPLY_CROSS || a->kind == APPLY_LEFT)) {
			*c = a->right->cols[i];
			if (a->kind == APPLY_LEFT)
				c->type = type_with_null(b->arena, c->type, true);
		} else {
			*c = (PlanCol){.name = arena_printf(b->arena, "$subquery%u", plan->ncols), .type = a->type};
		}
	}
	for (uint32_t i = 0; i < p->ncols && !b->snapshot && !p->apply.pure && !p->apply.by_row; i++)
		p->cols[i].time = TIME_NONE; /* it becomes a join */
	return bind_plan_done(b, p);
}

/* ---- the kinds ---- */

static bool fail_columns(const Apply *a, uint32_t want, Err *err)
{
	return err_set_at(err, ERR_TYPE_MISMATCH, a->span, "the subquery returns %u columns where %u %s wanted",
	                  a->right->ncols, want, want == 1 ? "is" : "are");
}

/* left op (SELECT ...): the comparison with one row of the subquery. */
static const Expr *make_test(Scope *s, const AstNode *left, const char *op, const Apply *a, Err *err)
{
	Binder *b = s->b;
	const AstItems *row = left->kind == AST_ROW ? AST_CONST(AstItems, left) : NULL;
	uint32_t n = row ? row->items.len : 1;
	if (n != a->right->ncols) {
		fail_columns(a, n, err);
		return NULL;
	}
	const Expr **parts = ARENA_ARRAY(b->arena, const Expr *, n);
	for (uint32_t i = 0; i < n; i++) {
		const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 2);
		args[0] = bind_expr(s, row ? row->items.items[i] : left, err);
		if (!args[0])
			return NULL;
		args[1] = expr_column(b->arena, a->right->cols[i].type, BIND_RIGHT_COL + i);
		if (!(parts[i] = bind_call_fn(b, op, args, 2, a->span, err)))
			return NULL;
	}
	if (n > 1 && !str_eq_c(str_from(op), "=")) {
		bind_unsupported(b, a->span, err, "rows compared with %s to a subquery are", op);
		return NULL;
	}
	return n == 1 ? parts[0] : bind_call_fn(b, "AND", parts, n, a->span, err);
}

static bool describe(Scope *s, const AstNode *node, Apply *a, Err *err)
{
	Binder *b = s->b;
	const Plan *r = a->right;
	switch (node->kind) {
	case AST_EXISTS:
		a->kind = APPLY_EXISTS;
		a->type = &type_boolean_nn;
		return true;
	case AST_SUBQUERY:
		a->kind = APPLY_SCALAR;
		a->type = type_with_null(b->arena, r->cols[0].type, true);
		return r->ncols == 1 || fail_columns(a, 1, err);
	case AST_ARRAY_OF:
		a->kind = APPLY_ARRAY;
		a->type = type_array(b->arena, r->cols[0].type);
		return r->ncols == 1 || fail_columns(a, 1, err);
	case AST_IN:
		a->kind = APPLY_IN;
		a->type = &type_boolean;
		a->test = make_test(s, AST_CONST(AstIn, node)->arg, "=", a, err);
		return a->test != NULL;
	default:
		a->kind = APPLY_IN;
		a->type = &type_boolean;
		a->all = AST_CONST(AstQuantified, node)->all;
		a->test = make_test(s, AST_CONST(AstQuantified, node)->arg,
		                    ast_operator_name(AST_CONST(AstQuantified, node)->op), a, err);
		return a->test != NULL;
	}
}

static const AstNode *query_of(const AstNode *node)
{
	switch (node->kind) {
	case AST_IN: return AST_CONST(AstIn, node)->query;
	case AST_QUANTIFIED: return AST_CONST(AstQuantified, node)->query;
	default: return AST_CONST(AstSubquery, node)->query;
	}
}

const Expr *bind_subquery(Scope *s, const AstNode *node, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, node);
	if (!s->plan) {
		err_set_at(err, ERR_SYNTAX, span, "no subquery may stand in %s", s->place);
		return NULL;
	}
	Apply *a = ARENA_NEW(b->arena, Apply);
	bind_subquery_begin(s, a, span);
	bool snapshot = b->snapshot;
	a->by_row = b->in_body;
	b->snapshot |= b->in_body;
	bool ok = bind_query(b, query_of(node), s, s->ctes, &a->right, err);
	b->snapshot = snapshot;
	bind_subquery_end(s, a);
	if (!ok || !describe(s, node, a, err))
		return NULL;
	const Expr *e;
	if (s->group) {
		ARENA_PUSH(b->arena, &s->group->applies, a);
		e = bind_agg_virtual(s, VIRTUAL_APPLY, s->group->applies.len - 1, a->type, span);
	} else {
		s->plan = bind_subquery_apply(b, s->plan, a, a->params.items, a->test);
		e = bind_plan_column(b, s->plan, s->plan->ncols - 1);
	}
	if (node->kind == AST_IN && AST_CONST(AstIn, node)->negated) {
		const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 1);
		args[0] = e;
		return bind_call_fn(b, "NOT", args, 1, span, err);
	}
	return e;
}
