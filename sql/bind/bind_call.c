/*
 * sql/bind/bind_call.c: calls: aggregates, window properties, functions of the catalog, and functions of the registry
 * with their special forms.
 */
#include "sql/bind/bind_int.h"

const Expr *bind_call_named(Binder *b, Str name, const Expr **args, uint32_t nargs, Span span, Err *err)
{
	return bind_call_fn(b, arena_cstr(b->arena, name), args, nargs, span, err);
}

/* Tries types for the parameters that have none yet: those of the other arguments, then the usual ones. */
static const Expr *call_with_params(Binder *b, Str name, const Expr **args, uint32_t nargs, Span span, Err *err)
{
	static const Type *const usual[] = {&type_string,     &type_bigint, &type_double,          &type_boolean,
	                                    &type_timestamp3, &type_date,   &type_interval_seconds};
	const uint32_t nusual = sizeof usual / sizeof usual[0];
	const Expr **typed = ARENA_ARRAY(b->arena, const Expr *, nargs);
	for (uint32_t t = 0; t < nargs + nusual; t++) {
		if (t < nargs && (bind_param_open(b, args[t]) || args[t]->type->kind == TYPE_NULL))
			continue;
		const Type *type = t < nargs ? type_with_null(b->arena, args[t]->type, true) : usual[t - nargs];
		if (type->kind == TYPE_CHAR)
			type = &type_string;
		for (uint32_t i = 0; i < nargs; i++)
			typed[i] = bind_param_open(b, args[i]) ? expr_param(b->arena, type, args[i]->index) : args[i];
		const Expr *e = expr_call(b->arena, name, typed, nargs, span, NULL);
		if (!e)
			continue;
		for (uint32_t i = 0; i < nargs; i++)
			if (bind_param_open(b, args[i]))
				bind_param_as(b, args[i], type);
		return e;
	}
	return expr_call(b->arena, name, args, nargs, span, err);
}

const Expr *bind_call_fn(Binder *b, const char *name, const Expr **args, uint32_t nargs, Span span, Err *err)
{
	for (uint32_t i = 0; i < nargs; i++)
		if (bind_param_open(b, args[i]))
			return call_with_params(b, str_from(name), args, nargs, span, err);
	return expr_call(b->arena, str_from(name), args, nargs, span, err);
}

/* ---- what a scalar function may not have ---- */

static bool check_plain(Scope *s, const AstCall *c, Str name, Err *err)
{
	const Binder *b = s->b;
	if (c->distinct || c->filter || c->star || c->order_by.len || c->within_group.len) {
		const char *what = c->distinct ? "DISTINCT" : c->filter ? "FILTER" : c->star ? "*" : "ORDER BY";
		err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, &c->node), "%s is for aggregates, and %.*s is none", what,
		           STR_ARG(name));
		return false;
	}
	if (c->nulls != AST_NULLS_UNSPECIFIED)
		return err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, &c->node),
		                  "IGNORE NULLS and RESPECT NULLS are for aggregates");
	return true;
}

static const Expr *argument(Scope *s, const AstNode *n, Err *err)
{
	Binder *b = s->b;
	switch (n->kind) {
	case AST_UNIT_ARG: return bind_literal_str(b, str_from(ast_unit_name(AST_CONST(AstUnitArg, n)->unit)));
	case AST_NAMED_ARG: bind_unsupported(b, n->span, err, "arguments by name (=>) of functions are"); return NULL;
	case AST_DESCRIPTOR:
	case AST_TABLE_ARG:
		err_set_at(err, ERR_WINDOW_MISUSE, bind_span(b, n),
		           "TABLE and DESCRIPTOR are arguments of window functions, which stand in FROM");
		return NULL;
	default: return bind_expr(s, n, err);
	}
}

static const Expr *trim(Scope *s, const AstCall *c, Err *err)
{
	static const char *const sides[] = {"BOTH", "BOTH", "LEADING", "TRAILING"};
	Binder *b = s->b;
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 3);
	args[0] = bind_literal_str(b, str_from(sides[c->trim]));
	args[2] = bind_expr(s, c->args.items[0], err);
	args[1] = args[2] && c->args.len > 1 ? bind_expr(s, c->args.items[1], err) : bind_literal_str(b, STR(" "));
	if (!args[2] || !args[1])
		return NULL;
	return bind_call_fn(b, "TRIM", args, 3, bind_span(b, &c->node), err);
}

/* The functions that have become words of the grammar: window functions outside of FROM, and what weir does not run
 * yet. */
static bool refuse_known(Scope *s, const AstCall *c, Str name, Err *err)
{
	static const char *const over_only[] = {"ROW_NUMBER", "RANK",         "DENSE_RANK", "LAG", "LEAD",
	                                        "NTILE",      "PERCENT_RANK", "CUME_DIST",  NULL};
	if (str_eq_nocase(name, STR("GROUP_ID"))) {
		bind_unsupported(s->b, c->node.span, err, "GROUP_ID is");
		return err_hint(err, "GROUPING_ID(a, b) tells which keys a row leaves out.");
	}
	for (int i = 0; over_only[i]; i++) {
		if (str_eq_nocase(name, str_from(over_only[i]))) {
			err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(s->b, &c->node), "%s needs an OVER clause", over_only[i]);
			return err_hint(err, "For example: %s() OVER (PARTITION BY k ORDER BY t).", over_only[i]);
		}
	}
	if (bind_window_is_tvf(c)) {
		err_set_at(err, ERR_WINDOW_MISUSE, bind_span(s->b, &c->node), "%.*s stands in FROM, or in GROUP BY",
		           STR_ARG(name));
		return err_hint(err, "For example: FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)).");
	}
	return true;
}

const Expr *bind_call(Scope *s, const AstCall *c, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &c->node);
	Str name = c->name.items[c->name.len - 1].text;
	const Expr *e = NULL;
	bool handled = false;
	if (c->over)
		return bind_over_call(s, c, err);
	if (!bind_window_property(s, c, &e, &handled, err) || handled)
		return e;
	if (c->star || aggregate_find(name))
		return bind_agg_call(s, c, err);
	if (!bind_sets_grouping(s, c, &e, &handled, err) || handled)
		return e;
	if (!bind_json_call(s, c, &e, &handled, err) || handled)
		return e;
	const FunctionDef *own = function_find(name) ? NULL : catalog_function(b->bc->catalog, name);
	if (!own && !function_find(name) && !refuse_known(s, c, name, err))
		return NULL;
	if (!check_plain(s, c, name, err))
		return NULL;
	if (own)
		return bind_function_inline(s, own, c, err);
	if (c->form == AST_CALL_TRIM)
		return trim(s, c, err);
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, c->args.len);
	const char *place = s->place;
	for (uint32_t i = 0; i < c->args.len; i++)
		if (!(args[i] = argument(s, c->args.items[i], err)))
			return NULL;
	s->place = place;
	return bind_call_named(b, name, args, c->args.len, span, err);
}
