/*
 * sql/bind/bind_select.c: one SELECT, in the order of its meaning:
 *
 *   FROM -> WHERE -> GROUP BY, aggregates -> HAVING -> OVER -> QUALIFY -> select list (and what ORDER BY computes
 * beside it) -> DISTINCT -> ORDER BY, LIMIT
 */
#include "sql/bind/bind_int.h"

#include "sql/plan/rewrite_apply.h"
#include "sql/plan/rewrite_join.h"
#include "sql/plan/rewrite_time_join.h"

typedef struct Item {
	const Expr *expr;
	Str name;
	const AstNode *ast; /* NULL: from a star */
	bool aliased;
} Item;

typedef struct Items {
	Item *items;
	uint32_t len;
	uint32_t cap;
} Items;

typedef struct Select {
	Scope s;
	const AstSelect *ast;
	Items items;
	uint32_t nshown; /* items of the select list; behind them what ORDER BY added */
	SortKey *keys;
	uint32_t nkeys;
	TtlHints ttl;
} Select;

/* ---- the select list ---- */

static bool push_item(Select *x, Item it, Err *err)
{
	if (x->items.len >= BIND_COLUMNS_MAX)
		return err_set_at(err, ERR_TOO_DEEP, bind_span(x->s.b, &x->ast->node), "a select list has at most %d columns",
		                  BIND_COLUMNS_MAX);
	ARENA_PUSH(x->s.b->arena, &x->items, it);
	return true;
}

static bool expand_fields(Select *x, const Expr *row, Span span, Err *err)
{
	Binder *b = x->s.b;
	if (row->type->kind != TYPE_ROW)
		return err_set_at(err, ERR_TYPE_MISMATCH, span, ".* needs a row, but this is %s",
		                  bind_type_text(b->arena, row->type));
	for (uint32_t i = 0; i < row->type->nfields; i++) {
		const Expr *e = bind_field(b, row, row->type->fields[i].name, span, err);
		if (!e || !push_item(x, (Item){.expr = e, .name = row->type->fields[i].name}, err))
			return false;
	}
	return true;
}

static bool star_columns(Select *x, Str table, bool any, Span span, Err *err)
{
	bool found = false;
	for (int nocase = 0; nocase < 2 && !found; nocase++) {
		for (uint32_t i = 0; i < x->s.cols.len; i++) {
			const ScopeCol *c = &x->s.cols.items[i];
			bool is = any ? !c->hidden : nocase ? str_eq_nocase(c->table, table) : str_eq(c->table, table);
			if (!is)
				continue;
			found = true;
			if (!push_item(x, (Item){.expr = bind_scope_column_expr(&x->s, c, span), .name = c->name}, err))
				return false;
		}
	}
	if (found)
		return true;
	if (any)
		return err_set_at(err, ERR_SYNTAX, span, "SELECT * needs a FROM");
	err_set_at(err, ERR_NO_SUCH_TABLE, span, "\"%.*s\" is no table in FROM", STR_ARG(table));
	Nearest near = bind_nearest(table);
	for (uint32_t i = 0; i < x->s.cols.len; i++)
		bind_nearest_try(&near, x->s.cols.items[i].table);
	bind_nearest_hint(&near, err);
	return false;
}

static bool bind_star(Select *x, const AstStar *star, Err *err)
{
	Span span = bind_span(x->s.b, &star->node);
	if (star->arg) {
		const Expr *row = bind_expr(&x->s, star->arg, err);
		return row && expand_fields(x, row, span, err);
	}
	if (star->path.len == 0)
		return star_columns(x, STR_EMPTY, true, span, err);
	Str last = star->path.items[star->path.len - 1].text;
	if (bind_scope_has_table(&x->s, last))
		return star_columns(x, last, false, span, err);
	AstColumn col = {.node = {.kind = AST_COLUMN, .span = star->node.span}, .path = star->path};
	Err quiet;
	const Expr *row = bind_scope_path(&x->s, &col, &quiet);
	if (!row)
		return star_columns(x, last, false, span, err);
	return expand_fields(x, row, span, err);
}

/* The name of an unnamed item: the column's or field's own; else EXPR$i. */
static Str item_name(Select *x, const AstNode *e, const Expr *bound)
{
	Binder *b = x->s.b;
	if (e->kind == AST_FIELD_OF)
		return AST_CONST(AstFieldOf, e)->name.text;
	if (e->kind == AST_COLUMN) {
		const AstNames *path = &AST_CONST(AstColumn, e)->path;
		Str written = path->items[path->len - 1].text;
		if (bound->kind == EXPR_COLUMN && bound->index < BIND_VIRTUAL)
			for (uint32_t i = 0; i < x->s.cols.len; i++)
				if (x->s.cols.items[i].index == bound->index && str_eq_nocase(x->s.cols.items[i].name, written))
					return x->s.cols.items[i].name;
		return written;
	}
	return arena_printf(b->arena, "EXPR$%u", x->items.len);
}

static bool bind_items(Select *x, Err *err)
{
	Binder *b = x->s.b;
	x->s.place = "the select list";
	for (uint32_t i = 0; i < x->ast->items.len; i++) {
		const AstSelectItem *item = AST_CONST(AstSelectItem, x->ast->items.items[i]);
		if (item->expr->kind == AST_STAR) {
			if (!bind_star(x, AST_CONST(AstStar, item->expr), err))
				return false;
			continue;
		}
		const Expr *e = bind_expr(&x->s, item->expr, err);
		if (!e)
			return false;
		e = bind_param_settle(b, e, NULL);
		bool aliased = item->alias.text.ptr != NULL;
		Str name = aliased ? item->alias.text : item_name(x, item->expr, e);
		if (!push_item(x, (Item){.expr = e, .name = name, .ast = item->expr, .aliased = aliased}, err))
			return false;
	}
	x->nshown = x->items.len;
	for (uint32_t i = 0; i < x->nshown; i++) {
		Alias a = {x->items.items[i].name, x->items.items[i].expr};
		if (x->items.items[i].aliased)
			ARENA_PUSH(b->arena, &x->s.aliases, a);
	}
	return true;
}

/* ---- ORDER BY ---- */

/* The item that ORDER BY means by a name or by the same expression; -1: none. */
static int64_t order_item(Select *x, const AstNode *e)
{
	if (e->kind == AST_COLUMN && AST_CONST(AstColumn, e)->path.len == 1) {
		Str name = AST_CONST(AstColumn, e)->path.items[0].text;
		int64_t nocase = -1;
		for (uint32_t i = 0; i < x->nshown; i++) {
			const Item *it = &x->items.items[i];
			if (it->aliased && str_eq(it->name, name))
				return i;
			if (it->aliased && nocase < 0 && str_eq_nocase(it->name, name))
				nocase = i;
		}
		if (nocase >= 0 && !bind_scope_find(&x->s, &AST_CONST(AstColumn, e)->path, NULL))
			return nocase;
	}
	for (uint32_t i = 0; i < x->nshown; i++)
		if (x->items.items[i].ast && ast_equal(x->items.items[i].ast, e))
			return i;
	return -1;
}

static bool bind_order(Select *x, const AstQuery *q, Err *err)
{
	Binder *b = x->s.b;
	x->s.place = "ORDER BY";
	x->keys = ARENA_ARRAY(b->arena, SortKey, q->order_by.len);
	for (uint32_t i = 0; i < q->order_by.len; i++) {
		const AstSortItem *item = AST_CONST(AstSortItem, q->order_by.items[i]);
		uint32_t col = 0;
		bool position;
		if (!bind_order_position(b, item->expr, x->nshown, &col, &position, err))
			return false;
		int64_t at = position ? (int64_t)col : order_item(x, item->expr);
		if (at < 0) {
			const Expr *e = bind_expr(&x->s, item->expr, err);
			if (!e)
				return false;
			for (uint32_t k = 0; k < x->items.len && at < 0; k++)
				if (expr_equal(x->items.items[k].expr, e))
					at = k;
			if (at < 0 && x->ast->distinct) {
				err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, item->expr),
				           "with SELECT DISTINCT, ORDER BY can only use the select list");
				return err_hint(err, "Add the expression to the select list.");
			}
			if (at < 0) {
				at = x->items.len;
				if (!push_item(x, (Item){.expr = e, .name = arena_printf(b->arena, "$order%u", i)}, err))
					return false;
			}
		}
		x->keys[x->nkeys++] = bind_order_key(item, (uint32_t)at);
	}
	return true;
}

/* ---- the whole ---- */

static bool is_aggregate_query(const AstSelect *sel, const AstQuery *around)
{
	bool is = sel->grouped || sel->having || bind_has_aggregate(sel->qualify);
	for (uint32_t i = 0; !is && i < sel->items.len; i++)
		is = bind_has_aggregate(sel->items.items[i]);
	for (uint32_t i = 0; !is && around && i < around->order_by.len; i++)
		is = bind_has_aggregate(around->order_by.items[i]);
	return is;
}

static Plan *make_list(Select *x, Plan *input)
{
	Binder *b = x->s.b;
	uint32_t n = x->items.len;
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, n);
	Str *names = ARENA_ARRAY(b->arena, Str, n);
	for (uint32_t i = 0; i < n; i++) {
		exprs[i] = x->items.items[i].expr;
		names[i] = x->items.items[i].name;
	}
	bind_query_unique_names(b, names, n);
	bool same = n == input->ncols;
	for (uint32_t i = 0; same && i < n; i++) {
		uint32_t c;
		same = bind_plan_is_column(exprs[i], &c) && c == i && str_eq(names[i], input->cols[i].name);
	}
	if (same)
		return input;
	if (input->kind == PLAN_VALUES && input->ncols == 0) { /* no FROM */
		PlanCol *cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, n);
		for (uint32_t i = 0; i < n; i++)
			cols[i] = (PlanCol){.name = names[i], .type = exprs[i]->type};
		return bind_plan_values(b, exprs, 1, cols, n, x->ast->node.span);
	}
	return bind_plan_project(b, input, exprs, names, n, x->ast->node.span);
}

static bool bind_grouped(Select *x, const Expr *having, Err *err)
{
	Scope *s = &x->s;
	bool closes = s->group->emit == AST_EMIT_ON_CLOSE && !s->b->snapshot;
	if (!bind_agg_build(s, x->ast->node.span, err))
		return false;
	if (closes && !s->group->windowed) {
		err_set_at(err, ERR_WINDOW_MISUSE, bind_span(s->b, &x->ast->node),
		           "EMIT ON WINDOW CLOSE needs a GROUP BY of a window");
		return err_hint(err, "Group by window_start and window_end, or leave EMIT ON WINDOW CLOSE out.");
	}
	for (uint32_t i = 0; i < x->items.len; i++)
		if (!(x->items.items[i].expr = bind_agg_map(s, x->items.items[i].expr, err)))
			return false;
	if (!having)
		return true;
	if (!(having = bind_agg_map(s, having, err)))
		return false;
	s->plan = bind_plan_filter(s->b, s->plan, having, x->ast->having->span);
	return true;
}

/* Continuous queries have no subqueries: they become joins. */
static bool join_subqueries(Binder *b, Plan **plan, Err *err)
{
	if (b->snapshot)
		return true;
	const Plan *p = rewrite_apply_plan(b->arena, *plan, err);
	if (!p)
		return false;
	*plan = (Plan *)(uintptr_t)p;
	return true;
}

/* OVER and QUALIFY, over what grouping has left. */
static bool bind_windowed(Select *x, const Expr *qualify, Err *err)
{
	Scope *s = &x->s;
	if (qualify && s->group && !(qualify = bind_agg_map(s, qualify, err)))
		return false;
	if (!bind_over_build(s, err))
		return false;
	for (uint32_t i = 0; i < x->items.len; i++)
		x->items.items[i].expr = bind_over_map(s, x->items.items[i].expr);
	return !qualify || bind_topn_filter(s->b, s->plan, bind_over_map(s, qualify), x->ast->qualify->span, &s->plan, err);
}

static bool bind_parts(Select *x, const AstQuery *around, AstEmitMode emit, Err *err)
{
	Scope *s = &x->s;
	Binder *b = s->b;
	const AstSelect *sel = x->ast;
	if (sel->where) {
		const Expr *e = bind_condition(s, sel->where, "WHERE", err);
		if (!e)
			return false;
		if (!bind_topn_filter(b, s->plan, e, sel->where->span, &s->plan, err))
			return false;
	}
	s->plan = (Plan *)(uintptr_t)rewrite_join_plan(b->arena, s->plan);
	if (!join_subqueries(b, &s->plan, err))
		return false;
	const Plan *timed = rewrite_time_join(b->arena, s->plan, b->snapshot, err);
	if (!timed)
		return false;
	s->plan = (Plan *)(uintptr_t)timed;
	for (uint32_t i = 0; i < s->cols.len; i++)
		s->cols.items[i].time = s->plan->cols[s->cols.items[i].index].time;
	bool grouped = is_aggregate_query(sel, around);
	if (grouped) {
		if (!bind_agg_keys(s, sel, err))
			return false;
		s->group->emit = emit;
		s->group->ttl = x->ttl.groups;
	}
	bind_over_allow(s, sel);
	if (!bind_items(x, err))
		return false;
	Overs *overs = s->overs;
	s->overs = NULL;
	const Expr *having = NULL, *qualify = NULL;
	if (sel->having && !(having = bind_condition(s, sel->having, "HAVING", err)))
		return false;
	s->overs = overs;
	if (sel->qualify && !(qualify = bind_condition(s, sel->qualify, "QUALIFY", err)))
		return false;
	if (around && !bind_order(x, around, err))
		return false;
	if (grouped && !bind_grouped(x, having, err))
		return false;
	return bind_windowed(x, qualify, err);
}

bool bind_select_core(Binder *b, const AstSelect *sel, const AstQuery *around, Scope *outer, const Cte *ctes,
                      Plan **out, Err *err)
{
	TtlHints *ttl = b->ttl;
	AstEmitMode emit = b->emit;
	b->emit = AST_EMIT_UNSPECIFIED;
	Select x = {.ast = sel};
	if (!bind_ttl_begin(b, sel, &x.ttl, err))
		return false;
	b->ttl = &x.ttl;
	bool fine = bind_from(b, &sel->from, outer, ctes, &x.s, err);
	b->ttl = ttl;
	if (!fine || !bind_ttl_end(b, &x.ttl, is_aggregate_query(sel, around) || sel->distinct, err) ||
	    !bind_parts(&x, around, emit, err))
		return false;
	b->emit = emit;
	Plan *p = make_list(&x, x.s.plan);
	if (!join_subqueries(b, &p, err))
		return false;
	if (sel->distinct && !bind_agg_distinct(b, p, x.ttl.groups, sel->node.span, &p, err))
		return false;
	const Expr *limit = NULL, *offset = NULL;
	if (around && !bind_query_limit(&x.s, around, &limit, &offset, err))
		return false;
	if (x.nkeys > 0 || limit || offset)
		return bind_order_sort(b, p, x.keys, x.nkeys, limit, offset,
		                       around->order_by.len ? around->order_by.items[0]->span : around->node.span, x.nshown,
		                       out, err);
	*out = p;
	return true;
}
