/*
 * sql/bind/bind_agg.c: GROUP BY and aggregates.
 *
 *   SELECT a + 1, SUM(x * 2) FROM t GROUP BY a + 1 HAVING SUM(x * 2) > 10
 *
 *   while binding    a + 1 over t; SUM is virtual column 0
 *   bind_agg_build   Project(a + 1, x * 2) -> Agg(keys $0, SUM($1))
 *   bind_agg_map     what equals a key becomes the key's output column, virtual columns become outputs; a column left
 * over is not grouped
 */
#include "sql/bind/bind_int.h"

/* ---- GROUP BY ---- */

static const AstNode *alias_target(const AstSelect *sel, Str name)
{
	const AstNode *nocase = NULL;
	for (uint32_t i = 0; i < sel->items.len; i++) {
		const AstSelectItem *item = AST_CONST(AstSelectItem, sel->items.items[i]);
		if (!item->alias.text.ptr)
			continue;
		if (str_eq(item->alias.text, name))
			return item->expr;
		if (!nocase && str_eq_nocase(item->alias.text, name))
			nocase = item->expr;
	}
	return nocase;
}

/* GROUP BY 1, GROUP BY alias: the item of the select list that is meant; else the node itself. */
static bool key_target(Scope *base, const AstSelect *sel, const AstNode *node, const AstNode **out, Err *err)
{
	Binder *b = base->b;
	uint32_t at;
	bool position;
	*out = node;
	if (!bind_order_position(b, node, sel->items.len, &at, &position, err))
		return false;
	if (position) {
		for (uint32_t i = 0; i <= at; i++)
			if (AST_CONST(AstSelectItem, sel->items.items[i])->expr->kind == AST_STAR)
				return bind_unsupported(b, node->span, err, "a position in GROUP BY behind a star is");
		*out = AST_CONST(AstSelectItem, sel->items.items[at])->expr;
	} else if (node->kind == AST_COLUMN && AST_CONST(AstColumn, node)->path.len == 1) {
		const AstNames *path = &AST_CONST(AstColumn, node)->path;
		Err quiet = {0};
		if (!bind_scope_find(base, path, &quiet) && quiet.code == ERR_OK) {
			const AstNode *target = alias_target(sel, path->items[0].text);
			*out = target ? target : node;
		}
	}
	return true;
}

bool bind_agg_key(Scope *s, const AstSelect *sel, const AstNode *node, uint32_t *number, bool *is_window, Err *err)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	Span span = bind_span(b, node);
	*is_window = false;
	if (node->kind == AST_CALL && !bind_window_group(s, AST_CONST(AstCall, node), is_window, err))
		return false;
	if (*is_window)
		return true;
	const AstNode *target;
	if (!key_target(&g->base, sel, node, &target, err))
		return false;
	if (bind_has_aggregate(target)) {
		err_set_at(err, ERR_AGGREGATE_MISUSE, span, "GROUP BY cannot hold an aggregate");
		return err_hint(err, "HAVING filters groups by an aggregate's value.");
	}
	g->base.place = "GROUP BY";
	const Expr *e = bind_expr(&g->base, target, err);
	if (!e)
		return false;
	e = bind_param_settle(b, e, NULL);
	for (*number = 0; *number < g->keys.len; ++*number)
		if (expr_equal(g->keys.items[*number].expr, e))
			return true;
	Str name = target->kind == AST_COLUMN
	               ? AST_CONST(AstColumn, target)->path.items[AST_CONST(AstColumn, target)->path.len - 1].text
	               : arena_printf(b->arena, "$%u", g->keys.len);
	GroupKey key = {e, name};
	uint32_t col;
	if (bind_plan_is_column(e, &col))
		key.name = g->base.plan->cols[col].name;
	ARENA_PUSH(b->arena, &g->keys, key);
	return true;
}

/* Keys, and rows of keys. */
static bool add_keys(Scope *s, const AstSelect *sel, const AstList *list, Err *err)
{
	for (uint32_t i = 0; i < list->len; i++) {
		const AstNode *node = list->items[i];
		bool row = node->kind == AST_ROW && !AST_CONST(AstItems, node)->keyword, is_window;
		uint32_t number;
		if (row ? !add_keys(s, sel, &AST_CONST(AstItems, node)->items, err)
		        : !bind_agg_key(s, sel, node, &number, &is_window, err))
			return false;
	}
	return true;
}

bool bind_agg_keys(Scope *s, const AstSelect *sel, Err *err)
{
	Grouping *g = ARENA_NEW(s->b->arena, Grouping);
	if (!s->calls)
		s->calls = ARENA_NEW(s->b->arena, FnCalls); /* the keys' calls are known to the select list */
	g->base = *s;
	g->has_group_by = sel->grouped;
	s->group = g;
	return bind_sets_has(sel) ? bind_sets_group(s, sel, err) : add_keys(s, sel, &sel->group_by, err);
}

/* ---- aggregate calls ---- */

const Expr *bind_agg_virtual(Scope *s, VirtualKind kind, uint32_t number, const Type *type, Span span)
{
	Grouping *g = s->group;
	uint32_t i = 0;
	while (i < g->virtuals.len && (g->virtuals.items[i].kind != kind || g->virtuals.items[i].number != number))
		i++;
	if (i == g->virtuals.len) {
		Virtual v = {kind, number, type};
		ARENA_PUSH(s->b->arena, &g->virtuals, v);
	}
	Expr *e = arena_copy(s->b->arena, expr_column(s->b->arena, type, BIND_VIRTUAL + i), sizeof(Expr));
	e->span = span;
	return e;
}

static Str call_text(Binder *b, const Plan *input, const GroupAgg *a)
{
	Str *names = ARENA_ARRAY(b->arena, Str, input->ncols);
	for (uint32_t i = 0; i < input->ncols; i++)
		names[i] = input->cols[i].name;
	StrBuf text;
	strbuf_init(&text);
	strbuf_printf(&text, "%s(%s", a->call.agg->name, a->call.distinct ? "DISTINCT " : "");
	if (a->call.nargs == 0)
		strbuf_putc(&text, '*');
	for (uint32_t i = 0; i < a->call.nargs; i++) {
		strbuf_puts(&text, i ? ", " : "");
		expr_print(i == 0 && a->call.norder ? a->args[0]->args[0] : a->args[i], names, &text);
	}
	bind_agg_order_print(a, names, &text);
	strbuf_putc(&text, ')');
	if (a->filter) {
		strbuf_puts(&text, " FILTER (WHERE ");
		expr_print(a->filter, names, &text);
		strbuf_putc(&text, ')');
	}
	Str s = arena_str(b->arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return s;
}

static bool same_agg(const GroupAgg *x, const GroupAgg *y)
{
	bool same = x->call.agg == y->call.agg && x->call.distinct == y->call.distinct && x->call.nargs == y->call.nargs &&
	            !x->filter == !y->filter && x->call.ignore_nulls == y->call.ignore_nulls &&
	            bind_agg_order_same(&x->call, &y->call);
	for (uint32_t i = 0; same && i < x->call.nargs; i++)
		same = expr_equal(x->args[i], y->args[i]);
	return same && (!x->filter || expr_equal(x->filter, y->filter));
}

static const char *json_on_null(const AstCall *c, const char *unspecified)
{
	AstJsonOnNull x = c->json ? c->json->on_null : AST_ON_NULL_UNSPECIFIED;
	return x == AST_ON_NULL_UNSPECIFIED ? unspecified : x == AST_ON_NULL_NULL ? "NULL" : "ABSENT";
}

/* The arguments as the aggregate wants them: special forms become one constant more. */
static bool agg_args(Scope *base, const AstCall *c, Str name, ExprList *out, Err *err)
{
	Binder *b = base->b;
	const AstNode *value = bind_agg_order_argument(c, name);
	for (uint32_t i = value ? 0 : 1; i <= c->args.len; i++) {
		const Expr *e = bind_expr(base, i ? c->args.items[i - 1] : value, err);
		if (!e)
			return false;
		e = bind_fold(b, bind_param_settle(b, e, NULL));
		ARENA_PUSH(b->arena, out, e);
	}
	const char *word = NULL;
	if (str_eq_nocase(name, STR("JSON_OBJECTAGG")) && out->len == 2) {
		const Expr *row = bind_call_fn(b, "ROW", out->items, 2, bind_span(b, &c->node), err);
		if (!row)
			return false;
		*out = (ExprList){0};
		ARENA_PUSH(b->arena, out, row);
		word = json_on_null(c, "NULL");
	} else if (str_eq_nocase(name, STR("JSON_ARRAYAGG"))) {
		word = json_on_null(c, "ABSENT");
	} else if (c->nulls == AST_NULLS_IGNORE) {
		word = "IGNORE NULLS";
	}
	if (word) {
		const Expr *e = bind_literal_str(b, str_from(word));
		ARENA_PUSH(b->arena, out, e);
	}
	return true;
}

static bool resolve_agg(Scope *base, const AstCall *c, Str name, const ExprList *args, GroupAgg *out, Err *err)
{
	Binder *b = base->b;
	const Type **types = ARENA_ARRAY(b->arena, const Type *, args->len);
	const Value **consts = ARENA_ARRAY(b->arena, const Value *, args->len);
	for (uint32_t i = 0; i < args->len; i++) {
		types[i] = args->items[i]->type;
		consts[i] = args->items[i]->kind == EXPR_CONST ? &args->items[i]->constant : NULL;
	}
	ResolveCtx rc = {.arena = b->arena,
	                 .name = name,
	                 .span = bind_span(b, &c->node),
	                 .nargs = args->len,
	                 .arg_types = types,
	                 .consts = consts,
	                 .env = &b->bc->env};
	if (!aggregate_resolve(&rc, &out->call, err))
		return false;
	out->args = ARENA_ARRAY(b->arena, const Expr *, args->len);
	for (uint32_t i = 0; i < out->call.nargs; i++)
		if (!(out->args[i] = bind_cast_to(b, args->items[i], out->call.arg_types[i], rc.span, err)))
			return false;
	bool extreme = out->call.kind == AGG_EXTREME;
	out->call.distinct = c->distinct && !extreme;
	return true;
}

static bool check_form(Scope *s, const AstCall *c, Str name, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &c->node);
	if (!s->group) {
		err_set_at(err, ERR_AGGREGATE_MISUSE, span, "no aggregate may stand in %s", s->place);
		return err_hint(err, "HAVING filters groups; a subquery or view computes an aggregate of aggregates.");
	}
	if (c->star && !str_eq_nocase(name, STR("COUNT")))
		return err_set_at(err, ERR_AGGREGATE_MISUSE, span, "%.*s(*): only COUNT takes *", STR_ARG(name));
	if (c->star && c->distinct)
		return err_set_at(err, ERR_AGGREGATE_MISUSE, span, "COUNT(DISTINCT *) needs the columns that are meant");
	return bind_agg_order_check(b, c, name, err);
}

bool bind_agg_resolve(Scope *s, const AstCall *c, Str name, GroupAgg *out, Err *err)
{
	ExprList args = {0};
	s->place = arena_cstr(s->b->arena, arena_printf(s->b->arena, "the arguments of %.*s", STR_ARG(name)));
	if (!agg_args(s, c, name, &args, err) || !resolve_agg(s, c, name, &args, out, err))
		return false;
	if (c->filter && !(out->filter = bind_condition(s, c->filter, "FILTER", err)))
		return false;
	if (!bind_agg_order(s, c, name, out, err))
		return false;
	if (out->filter)
		out->filter = bind_fold(s->b, out->filter);
	return true;
}

const Expr *bind_agg_call(Scope *s, const AstCall *c, Err *err)
{
	Binder *b = s->b;
	Str name = c->name.items[c->name.len - 1].text;
	if (!check_form(s, c, name, err))
		return NULL;
	Grouping *g = s->group;
	GroupAgg agg = {0};
	if (!bind_agg_resolve(&g->base, c, name, &agg, err))
		return NULL;
	uint32_t i = 0;
	while (i < g->aggs.len && !same_agg(&g->aggs.items[i], &agg))
		i++;
	if (i == g->aggs.len) {
		agg.text = call_text(b, g->base.plan, &agg);
		ARENA_PUSH(b->arena, &g->aggs, agg);
	}
	return bind_agg_virtual(s, VIRTUAL_AGG, i, agg.call.type, bind_span(b, &c->node));
}

/* ---- mapping onto the output ---- */

static const Expr *out_column(Binder *b, const Plan *p, uint32_t col, Span span)
{
	Expr *e = arena_copy(b->arena, bind_plan_column(b, p, col), sizeof(Expr));
	e->span = span;
	return e;
}

static const Expr *map_virtual(Scope *s, const Expr *e)
{
	Grouping *g = s->group;
	const Virtual *v = &g->virtuals.items[e->index - BIND_VIRTUAL];
	uint32_t col = 0;
	switch (v->kind) {
	case VIRTUAL_AGG: col = g->agg_out + v->number; break;
	case VIRTUAL_APPLY: col = g->apply_out[v->number]; break;
	case VIRTUAL_SET: col = g->set_out; break;
	case VIRTUAL_START: col = g->start_out; break;
	case VIRTUAL_END: col = g->end_out; break;
	case VIRTUAL_ROWTIME:
	case VIRTUAL_PROCTIME: col = g->time_out; break;
	}
	return out_column(s->b, s->plan, col, e->span);
}

static bool fail_not_grouped(Scope *s, const Expr *e, Err *err)
{
	const Grouping *g = s->group;
	Str name = g->base.plan->cols[e->index].name;
	err_set_at(err, ERR_AGGREGATE_MISUSE, e->span, "column \"%.*s\" is neither grouped nor aggregated", STR_ARG(name));
	if (!g->has_group_by)
		return err_hint(err, "Without GROUP BY the whole input is one group: aggregate it, or add GROUP BY %.*s.",
		                STR_ARG(name));
	return err_hint(err, "Add \"%.*s\" to GROUP BY, or take one value of each group, as MAX(%.*s) does.", STR_ARG(name),
	                STR_ARG(name));
}

/* A key that some grouping set leaves out may be NULL where the column is not: what is computed from it may be, too. */
static const Type *type_over(Binder *b, const Expr *e, const Expr **args)
{
	bool more = false;
	for (uint32_t i = 0; i < e->nargs; i++)
		more = more || (e->args[i]->type->not_null && !args[i]->type->not_null);
	if (!more || !e->type->not_null)
		return e->type;
	Err quiet = {0};
	const Expr *again = expr_call(b->arena, str_from(e->call.fn->name), args, e->nargs, e->span, &quiet);
	return type_with_null(b->arena, e->type, !again || !again->type->not_null);
}

const Expr *bind_agg_map(Scope *s, const Expr *e, Err *err)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	if (e->kind == EXPR_COLUMN && e->index >= BIND_OVER)
		return e;
	if (e->kind == EXPR_COLUMN && e->index >= BIND_VIRTUAL)
		return map_virtual(s, e);
	if (e->kind == EXPR_CONST || e->kind == EXPR_PARAM)
		return e;
	for (uint32_t i = 0; i < g->keys.len; i++)
		if (expr_equal(g->keys.items[i].expr, e))
			return out_column(b, s->plan, g->key_out[i], e->span);
	if (e->kind == EXPR_COLUMN) {
		const WindowCols *w = &g->base.plan->window_cols;
		if (g->windowed && (int32_t)e->index == w->start_col)
			return out_column(b, s->plan, g->start_out, e->span);
		if (g->windowed && (int32_t)e->index == w->end_col)
			return out_column(b, s->plan, g->end_out, e->span);
		if (g->windowed && (int32_t)e->index == w->time_col)
			return out_column(b, s->plan, g->time_out, e->span);
		fail_not_grouped(s, e, err);
		return NULL;
	}
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, e->nargs);
	bool changed = false;
	for (uint32_t i = 0; i < e->nargs; i++) {
		/* an argument that appears twice (BETWEEN) stays one */
		uint32_t k = 0;
		while (k < i && e->args[k] != e->args[i])
			k++;
		args[i] = k < i ? args[k] : bind_agg_map(s, e->args[i], err);
		if (!args[i])
			return NULL;
		changed = changed || args[i] != e->args[i];
	}
	if (!changed)
		return e;
	Expr *copy = arena_copy(b->arena, e, sizeof *e);
	copy->args = args;
	copy->type = type_over(b, e, args);
	return copy;
}

/* ---- the node ---- */

bool bind_agg_build(Scope *s, Span span, Err *err)
{
	Binder *b = s->b;
	Grouping *g = s->group;
	if (!bind_group_node(s, span, err))
		return false;
	g->apply_out = ARENA_ARRAY_ZERO(b->arena, uint32_t, g->applies.len);
	for (uint32_t i = 0; i < g->applies.len; i++) {
		Apply *a = g->applies.items[i];
		const Expr **params = ARENA_ARRAY(b->arena, const Expr *, a->params.len);
		for (uint32_t k = 0; k < a->params.len; k++)
			if (!(params[k] = bind_agg_map(s, a->params.items[k], err)))
				return false;
		const Expr *test = a->test ? bind_agg_map(s, a->test, err) : NULL;
		if (a->test && !test)
			return false;
		s->plan = bind_subquery_apply(b, s->plan, a, params, test);
		g->apply_out[i] = s->plan->ncols - 1;
	}
	return true;
}

bool bind_agg_distinct(Binder *b, Plan *input, StateTtl ttl, Span span, Plan **out, Err *err)
{
	Scope s;
	bind_scope_init(&s, b, NULL, NULL);
	Grouping *g = ARENA_NEW(b->arena, Grouping);
	s.plan = input;
	g->base = s;
	g->has_group_by = true;
	g->ttl = ttl;
	s.group = g;
	for (uint32_t i = 0; i < input->ncols; i++) {
		GroupKey key = {bind_plan_column(b, input, i), input->cols[i].name};
		ARENA_PUSH(b->arena, &g->keys, key);
	}
	if (!bind_group_node(&s, span, err))
		return false;
	*out = bind_plan_take(b, s.plan, g->key_out, input->ncols);
	return true;
}
