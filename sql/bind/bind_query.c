/*
 * sql/bind/bind_query.c: a query and what stands around it: WITH, ORDER BY, LIMIT; and a snapshot or a followed query
 * as a whole.
 *
 * ORDER BY of a SELECT is bound by bind_select.c, which still knows the columns below the select list.
 */
#include "sql/bind/bind_int.h"

void bind_query_unique_names(Binder *b, Str *names, uint32_t n)
{
	Map seen;
	map_init(&seen);
	for (uint32_t i = 0; i < n; i++) {
		Str base = names[i];
		for (uint32_t k = 0; map_has(&seen, names[i]); k++)
			names[i] = arena_printf(b->arena, "%.*s%u", STR_ARG(base), k);
		map_put(&seen, names[i], names);
	}
	map_deinit(&seen);
}

/* ---- LIMIT and OFFSET ---- */

static const Expr *row_count(Binder *b, const AstNode *node, const char *what, Err *err)
{
	Scope s;
	bind_scope_init(&s, b, NULL, NULL);
	s.place = what;
	Span span = bind_span(b, node);
	const Expr *e = bind_expr(&s, node, err);
	if (!e)
		return NULL;
	e = bind_fold(b, bind_param_settle(b, e, &type_bigint));
	if (!type_is_integer(e->type) && e->type->kind != TYPE_NULL) {
		err_set_at(err, ERR_TYPE_MISMATCH, span, "%s needs a number of rows, but this is %s", what,
		           bind_type_text(b->arena, e->type));
		return NULL;
	}
	e = bind_cast_to(b, e, &type_bigint, span, err);
	e = e ? bind_fold(b, e) : NULL;
	if (e && e->kind == EXPR_CONST && !e->constant.null && e->constant.i < 0) {
		err_set_at(err, ERR_BAD_VALUE, span, "%s must not be negative", what);
		return NULL;
	}
	return e;
}

bool bind_query_limit(Scope *s, const AstQuery *q, const Expr **limit, const Expr **offset, Err *err)
{
	*limit = *offset = NULL;
	if (q->limit && !(*limit = row_count(s->b, q->limit, q->fetch ? "FETCH" : "LIMIT", err)))
		return false;
	return !q->offset || (*offset = row_count(s->b, q->offset, "OFFSET", err));
}

/* ---- ORDER BY over the columns of any query ---- */

static bool order_plan(Binder *b, const AstQuery *q, Plan *p, Plan **out, Err *err)
{
	Scope s;
	bind_scope_init(&s, b, NULL, NULL);
	s.plan = p;
	s.place = "ORDER BY";
	bind_scope_add_plan(&s, p, STR_EMPTY, STR_EMPTY, 0);
	SortKey *keys = ARENA_ARRAY(b->arena, SortKey, q->order_by.len);
	uint32_t ncols = p->ncols, n = ncols;
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, ncols + q->order_by.len);
	for (uint32_t i = 0; i < ncols; i++)
		exprs[i] = bind_plan_column(b, p, i);
	for (uint32_t i = 0; i < q->order_by.len; i++) {
		const AstSortItem *item = AST_CONST(AstSortItem, q->order_by.items[i]);
		uint32_t col;
		bool position;
		if (!bind_order_position(b, item->expr, ncols, &col, &position, err))
			return false;
		if (!position) {
			const Expr *e = bind_expr(&s, item->expr, err);
			if (!e)
				return false;
			if (!bind_plan_is_column(e, &col)) {
				col = n;
				exprs[n++] = e;
			}
		}
		keys[i] = bind_order_key(item, col);
	}
	const Expr *limit, *offset;
	if (!bind_query_limit(&s, q, &limit, &offset, err))
		return false;
	if (n > ncols || s.plan != p)
		p = bind_plan_project(b, s.plan, exprs, NULL, n, q->node.span);
	return bind_order_sort(b, p, keys, q->order_by.len, limit, offset, q->node.span, ncols, out, err);
}

/* ---- bodies ---- */

bool bind_query_body(Binder *b, const AstNode *body, const AstQuery *around, Scope *outer, const Cte *ctes, Plan **out,
                     Err *err)
{
	bool bare = !around || (around->order_by.len == 0 && !around->limit && !around->offset);
	Plan *p = NULL;
	switch (body->kind) {
	case AST_SELECT: return bind_select_core(b, AST_CONST(AstSelect, body), around, outer, ctes, out, err);
	case AST_QUERY:
		if (!bind_query(b, body, outer, ctes, &p, err))
			return false;
		break;
	case AST_SETOP:
		if (!bind_setop(b, AST_CONST(AstSetOp, body), outer, ctes, &p, err))
			return false;
		break;
	case AST_VALUES:
		if (!bind_values(b, AST_CONST(AstValues, body), NULL, 0, outer, ctes, &p, err))
			return false;
		break;
	case AST_TABLE_QUERY: {
		Str schema, name;
		if (!bind_from_path(b, &AST_CONST(AstTableQuery, body)->path, NULL, ctes, &p, &schema, &name, err))
			return false;
		break;
	}
	default: ASSERT(false);
	}
	if (bare) {
		*out = p;
		return true;
	}
	return order_plan(b, around, p, out, err);
}

bool bind_query(Binder *b, const AstNode *node, Scope *outer, const Cte *ctes, Plan **out, Err *err)
{
	ASSERT(node->kind == AST_QUERY);
	const AstQuery *q = AST_CONST(AstQuery, node);
	if (q->recursive)
		return bind_unsupported(b, q->node.span, err, "WITH RECURSIVE is");
	for (uint32_t i = 0; i < q->with.len; i++) {
		const AstCte *ast = AST_CONST(AstCte, q->with.items[i]);
		for (uint32_t k = 0; k < i; k++)
			if (str_eq(AST_CONST(AstCte, q->with.items[k])->name.text, ast->name.text))
				return err_set_at(err, ERR_DUPLICATE_OBJECT, bind_spanned(b, ast->name.span),
				                  "WITH names \"%.*s\" twice", STR_ARG(ast->name.text));
		Cte *cte = ARENA_NEW(b->arena, Cte);
		*cte = (Cte){.name = ast->name.text, .ast = ast, .outer = outer, .next = ctes};
		ctes = cte;
	}
	AstEmitMode saved = b->emit;
	if (q->emit != AST_EMIT_UNSPECIFIED || q->body->kind != AST_QUERY)
		b->emit = q->emit;
	bool ok = bind_query_body(b, q->body, q, outer, ctes, out, err);
	b->emit = saved;
	return ok;
}

bool bind_select(BindContext *bc, const AstNode *query, bool follow, PlanQuery **out, Err *err)
{
	Binder b;
	bind_init(&b, bc, !follow, query);
	Plan *p;
	if (!bind_query(&b, query, NULL, NULL, &p, err) || !(p = bind_view_typed(&b, p, query->span, err)))
		return false;
	Plan *root = bind_plan_new(&b, PLAN_RESULT, query->span, p, NULL);
	return bind_finish(&b, bind_plan_done(&b, root), out, err);
}
