/*
 * sql/bind/bind_setop.c: UNION, INTERSECT, EXCEPT and VALUES: queries side by side, brought to common types.
 */
#include "sql/bind/bind_int.h"

/* Casts in place: of a projection's expressions and of constant rows, so that the literal NULL never becomes a column
 * without a type. */
static const Expr **castable_exprs(const Plan *p)
{
	return p->kind == PLAN_PROJECT ? p->exprs : p->kind == PLAN_VALUES ? p->values.cells : NULL;
}

Plan *bind_setop_cast(Binder *b, Plan *p, const Type *const *types, Span span, Err *err)
{
	uint32_t rows = p->kind == PLAN_VALUES ? p->values.nrows : 1, n = p->ncols;
	const Expr **from = castable_exprs(p);
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, (size_t)rows *n);
	Str *names = ARENA_ARRAY(b->arena, Str, n);
	bool same = true;
	for (uint32_t i = 0; i < rows * n; i++) {
		const Expr *e = from ? from[i] : bind_plan_column(b, p, i);
		names[i % n] = p->cols[i % n].name;
		exprs[i] = bind_cast_to(b, e, types[i % n], span, err);
		if (!exprs[i])
			return NULL;
		same = same && exprs[i] == e;
	}
	if (same)
		return p;
	if (p->kind == PLAN_PROJECT)
		return bind_plan_project(b, (Plan *)p->inputs[0], exprs, names, n, p->span);
	if (p->kind != PLAN_VALUES)
		return bind_plan_project(b, p, exprs, names, n, span);
	PlanCol *cols = arena_copy(b->arena, p->cols, n * sizeof *p->cols);
	for (uint32_t i = 0; i < n; i++)
		cols[i].type = type_with_null(b->arena, types[i], !p->cols[i].type->not_null);
	return bind_plan_values(b, exprs, rows, cols, n, p->span);
}

static Plan *union_all(Binder *b, Plan *l, Plan *r, Span span)
{
	Plan *p = bind_plan_new(b, PLAN_UNION, span, l, r);
	p->cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, l->ncols);
	for (uint32_t i = 0; i < l->ncols; i++) {
		p->cols[i] = l->cols[i];
		p->cols[i].type =
		    type_with_null(b->arena, l->cols[i].type, !l->cols[i].type->not_null || !r->cols[i].type->not_null);
		if (r->cols[i].time != l->cols[i].time)
			p->cols[i].time = TIME_NONE;
	}
	return bind_plan_done(b, p);
}

bool bind_setop(Binder *b, const AstSetOp *so, Scope *outer, const Cte *ctes, Plan **out, Err *err)
{
	static const char *const names[] = {"UNION", "INTERSECT", "EXCEPT"};
	Plan *l, *r;
	Span span = bind_span(b, &so->node);
	if (!bind_query_body(b, so->left, NULL, outer, ctes, &l, err) ||
	    !bind_query_body(b, so->right, NULL, outer, ctes, &r, err))
		return false;
	if (l->ncols != r->ncols)
		return err_set_at(err, ERR_TYPE_MISMATCH, span, "%s needs queries with as many columns: these have %u and %u",
		                  names[so->op], l->ncols, r->ncols);
	const Type **types = ARENA_ARRAY(b->arena, const Type *, l->ncols);
	for (uint32_t i = 0; i < l->ncols; i++) {
		types[i] = type_common(b->arena, l->cols[i].type, r->cols[i].type);
		if (!types[i]) {
			err_set_at(err, ERR_TYPE_MISMATCH, span, "column %u of %s is %s on the left and %s on the right", i + 1,
			           names[so->op], bind_type_text(b->arena, l->cols[i].type),
			           bind_type_text(b->arena, r->cols[i].type));
			return err_hint(err, "Use CAST to bring both to one type.");
		}
	}
	l = bind_setop_cast(b, l, types, so->node.span, err);
	r = l ? bind_setop_cast(b, r, types, so->node.span, err) : NULL;
	if (!r)
		return false;
	if (so->op == AST_SETOP_UNION) {
		*out = union_all(b, l, r, so->node.span);
		return so->all || bind_agg_distinct(b, *out, (StateTtl){0}, so->node.span, out, err);
	}
	Plan *p = bind_plan_new(b, PLAN_SETOP, so->node.span, l, r);
	p->setop.op = so->op == AST_SETOP_INTERSECT ? SETOP_INTERSECT : SETOP_EXCEPT;
	p->setop.all = so->all;
	*out = bind_plan_done(b, p);
	return true;
}

/* ---- VALUES ---- */

static const Expr *value(Scope *s, const AstNode *node, const Type *want, Err *err)
{
	Binder *b = s->b;
	if (node->kind == AST_DEFAULT && want)
		return expr_const(b->arena, type_with_null(b->arena, want, true), VALUE_NULL);
	const Expr *e = bind_expr(s, node, err);
	return e ? bind_param_settle(b, e, want) : NULL;
}

static const AstList *row_cells(const AstNode *row, AstList *single)
{
	if (row->kind == AST_ROW)
		return &AST_CONST(AstItems, row)->items;
	single->items[0] = (AstNode *)row;
	return single;
}

/* Rows that hold a query (a subquery, a function with one): what they are computed over; NULL: constants alone. A
 * statement that runs once may have such rows. */
Plan *bind_values_row(Scope *s)
{
	s->calls = NULL; /* their values are columns of the row before */
	return s->b->snapshot ? s->plan = bind_plan_values(s->b, NULL, 1, NULL, 0, (Span){0, 0}) : NULL;
}

static Plan *rows_between(Binder *b, Plan *const *over, const Expr *const *cells, uint32_t from, uint32_t to,
                          const PlanCol *cols, uint32_t ncols, Span span)
{
	uint32_t plain = from;
	while (plain < to && !over[plain])
		plain++;
	if (plain == to)
		return bind_plan_values(b, cells + (size_t)from * ncols, to - from, cols, ncols, span);
	if (to - from > 1) {
		uint32_t half = from + (to - from) / 2;
		return union_all(b, rows_between(b, over, cells, from, half, cols, ncols, span),
		                 rows_between(b, over, cells, half, to, cols, ncols, span), span);
	}
	Str *names = ARENA_ARRAY(b->arena, Str, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		names[i] = cols[i].name;
	return bind_plan_project(b, over[from], cells + (size_t)from * ncols, names, ncols, span);
}

Plan *bind_values_rows(Binder *b, Plan *const *over, const Expr *const *cells, uint32_t nrows, const PlanCol *cols,
                       uint32_t ncols, Span span)
{
	return rows_between(b, over, cells, 0, nrows, cols, ncols, span);
}

bool bind_values(Binder *b, const AstValues *v, const Type *const *want, uint32_t nwant, Scope *outer, const Cte *ctes,
                 Plan **out, Err *err)
{
	Scope s;
	bind_scope_init(&s, b, outer, ctes);
	s.place = "VALUES";
	AstNode *one[1];
	AstList single = {.items = one, .len = 1};
	uint32_t n = row_cells(v->rows.items[0], &single)->len, nrows = v->rows.len;
	const Expr **cells = ARENA_ARRAY(b->arena, const Expr *, (size_t)n *nrows);
	const Type **types = ARENA_ARRAY_ZERO(b->arena, const Type *, n);
	Plan **over = ARENA_ARRAY_ZERO(b->arena, Plan *, nrows + 1);
	for (uint32_t r = 0; r < nrows; r++) {
		const AstNode *row = v->rows.items[r];
		const AstList *list = row_cells(row, &single);
		const Plan *none = bind_values_row(&s);
		if (list->len != n)
			return err_set_at(err, ERR_TYPE_MISMATCH, bind_span(b, row), "this row has %u values, the first has %u",
			                  list->len, n);
		for (uint32_t c = 0; c < n; c++) {
			const Expr *e = value(&s, list->items[c], c < nwant ? want[c] : NULL, err);
			if (!e)
				return false;
			cells[r * n + c] = e;
			const Type *t = types[c] ? type_common(b->arena, types[c], e->type) : e->type;
			if (!t) {
				err_set_at(err, ERR_TYPE_MISMATCH, bind_span(b, list->items[c]),
				           "this value is %s, those above it are %s", bind_type_text(b->arena, e->type),
				           bind_type_text(b->arena, types[c]));
				return err_hint(err, "Use CAST to bring the column to one type.");
			}
			types[c] = t;
		}
		over[r] = s.plan == none ? NULL : s.plan;
	}
	PlanCol *cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, n);
	for (uint32_t c = 0; c < n; c++)
		cols[c] = (PlanCol){.name = arena_printf(b->arena, "EXPR$%u", c), .type = types[c]};
	for (uint32_t i = 0; i < n * nrows; i++)
		if (!(cells[i] = bind_cast_to(b, cells[i], types[i % n], cells[i]->span, err)))
			return false;
	*out = bind_values_rows(b, over, cells, nrows, cols, n, v->node.span);
	return true;
}
