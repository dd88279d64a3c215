/*
 * sql/bind/bind_const.c: constants as values: rows of tests, times, options.
 */
#include "sql/bind/bind_int.h"

#include "sql/expr/eval.h"

static bool constant(Binder *b, const AstNode *node, const Type *want, const Type **type, Value *out, Err *err)
{
	Scope s;
	bind_scope_init(&s, b, NULL, NULL);
	s.place = "a constant";
	Span span = bind_span(b, node);
	if (node->kind == AST_DEFAULT) {
		*out = VALUE_NULL;
		if (type)
			*type = want ? want : &type_null;
		return true;
	}
	const Expr *e = bind_expr(&s, node, err);
	if (!e)
		return false;
	e = bind_param_settle(b, e, want);
	if (want && !(e = expr_cast(b->arena, e, want, false, span, err)))
		return false;
	if (!eval_const(e, &b->bc->env, NULL, b->arena, out, err)) {
		if (err && err->span.end == 0)
			err->span = span;
		return false;
	}
	if (type)
		*type = want ? want : e->type;
	return true;
}

bool bind_const(BindContext *bc, const AstNode *expr, const Type *want, const Type **type, Value *out, Err *err)
{
	Binder b;
	bind_init(&b, bc, true, expr);
	return constant(&b, expr, want, type, out, err);
}

bool bind_const_row(BindContext *bc, const AstNode *row, const Type *const *types, uint32_t ntypes, Value *out,
                    Err *err)
{
	Binder b;
	bind_init(&b, bc, true, row);
	AstNode *single[1] = {(AstNode *)row};
	AstList list = row->kind == AST_ROW ? AST_CONST(AstItems, row)->items : (AstList){.items = single, .len = 1};
	if (list.len != ntypes)
		return err_set_at(err, ERR_SINK_SCHEMA, row->span, "this row has %u value%s where %u are wanted", list.len,
		                  list.len == 1 ? "" : "s", ntypes);
	for (uint32_t i = 0; i < ntypes; i++)
		if (!constant(&b, list.items[i], types[i], NULL, &out[i], err))
			return false;
	return true;
}
