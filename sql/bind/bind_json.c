/*
 * sql/bind/bind_json.c: the JSON functions with clauses in their parentheses, brought to plain arguments.
 */
#include "sql/bind/bind_int.h"

static const Expr *word(Binder *b, const char *text)
{
	return bind_literal_str(b, str_from(text));
}

static const char *behavior(AstJsonBehavior x, const char *unspecified)
{
	static const char *const names[] = {NULL,    "NULL",    "ERROR",       "DEFAULT",     "TRUE",
	                                    "FALSE", "UNKNOWN", "EMPTY ARRAY", "EMPTY OBJECT"};
	return x == AST_JSON_UNSPECIFIED ? unspecified : names[x];
}

static const char *on_null(const AstJsonClauses *j, const char *unspecified)
{
	AstJsonOnNull x = j ? j->on_null : AST_ON_NULL_UNSPECIFIED;
	return x == AST_ON_NULL_UNSPECIFIED ? unspecified : x == AST_ON_NULL_NULL ? "NULL" : "ABSENT";
}

static const Expr *returning(Binder *b, const AstType *node, Err *err)
{
	if (!node)
		return word(b, "STRING");
	const Type *t = bind_type_node(b, node, err);
	if (!t)
		return NULL;
	return word(b, t->kind == TYPE_INT ? "INTEGER" : bind_type_text(b->arena, t));
}

static const Expr *default_value(Scope *s, const AstNode *node, Err *err)
{
	return node ? bind_expr(s, node, err) : expr_const(s->b->arena, &type_null, VALUE_NULL);
}

static bool arguments(Scope *s, const AstCall *c, const Expr **out, Err *err)
{
	for (uint32_t i = 0; i < c->args.len; i++) {
		out[i] = bind_expr(s, c->args.items[i], err);
		if (!out[i])
			return false;
	}
	return true;
}

static const Expr *json_value(Scope *s, const AstCall *c, Err *err)
{
	Binder *b = s->b;
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 7);
	const AstJsonClauses *j = c->json;
	if (!arguments(s, c, args, err))
		return NULL;
	args[2] = returning(b, j->returning, err);
	args[3] = word(b, behavior(j->on_empty, "NULL"));
	args[4] = default_value(s, j->empty_default, err);
	args[5] = word(b, behavior(j->on_error, "NULL"));
	args[6] = default_value(s, j->error_default, err);
	return args[2] && args[4] && args[6] ? bind_call_fn(b, "JSON_VALUE", args, 7, bind_span(b, &c->node), err) : NULL;
}

static const Expr *json_query(Scope *s, const AstCall *c, Err *err)
{
	static const char *const wrappers[] = {"WITHOUT", "WITHOUT", "CONDITIONAL", "UNCONDITIONAL"};
	Binder *b = s->b;
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 6);
	const AstJsonClauses *j = c->json;
	if (!arguments(s, c, args, err))
		return NULL;
	args[2] = returning(b, j->returning, err);
	args[3] = word(b, wrappers[j->wrapper]);
	args[4] = word(b, behavior(j->on_empty, "NULL"));
	args[5] = word(b, behavior(j->on_error, "NULL"));
	return args[2] ? bind_call_fn(b, "JSON_QUERY", args, 6, bind_span(b, &c->node), err) : NULL;
}

static const Expr *json_exists(Scope *s, const AstCall *c, Err *err)
{
	Binder *b = s->b;
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 3);
	if (!arguments(s, c, args, err))
		return NULL;
	args[2] = word(b, behavior(c->json->on_error, "FALSE"));
	return bind_call_fn(b, "JSON_EXISTS", args, 3, bind_span(b, &c->node), err);
}

/* JSON_OBJECT and JSON_ARRAY: what to do with NULL comes first. */
static const Expr *json_make(Scope *s, const AstCall *c, const char *name, const char *unspecified, Err *err)
{
	Binder *b = s->b;
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, c->args.len + 1);
	args[0] = word(b, on_null(c->json, unspecified));
	if (!arguments(s, c, args + 1, err))
		return NULL;
	return bind_call_fn(b, name, args, c->args.len + 1, bind_span(b, &c->node), err);
}

bool bind_json_call(Scope *s, const AstCall *c, const Expr **out, bool *handled, Err *err)
{
	Str name = c->name.items[c->name.len - 1].text;
	*handled = true;
	if (str_eq_nocase(name, STR("JSON_OBJECT")))
		*out = json_make(s, c, "JSON_OBJECT", "NULL", err);
	else if (str_eq_nocase(name, STR("JSON_ARRAY")))
		*out = json_make(s, c, "JSON_ARRAY", "ABSENT", err);
	else if (c->form != AST_CALL_JSON || !c->json || c->args.len != 2)
		*handled = false;
	else if (str_eq_nocase(name, STR("JSON_VALUE")))
		*out = json_value(s, c, err);
	else if (str_eq_nocase(name, STR("JSON_QUERY")))
		*out = json_query(s, c, err);
	else if (str_eq_nocase(name, STR("JSON_EXISTS")))
		*out = json_exists(s, c, err);
	else
		*handled = false;
	return !*handled || *out != NULL;
}
