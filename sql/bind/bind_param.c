/*
 * sql/bind/bind_param.c: the client's parameters $1, $2 ...: their types come from the client, or from the first place
 * where one is used.
 *
 * Until then a parameter has the type of NULL.
 */
#include "sql/bind/bind_int.h"

const Expr *bind_param(Binder *b, const AstParam *p, Err *err)
{
	Span span = bind_span(b, &p->node);
	if (b->foreign || b->no_params || p->number == 0 || p->number > b->nclient) {
		err_set_at(err, ERR_SYNTAX, span, "there is no parameter $%u here", p->number);
		err_hint(err, "Parameters stand in statements that run once, not in views, functions and continuous queries.");
		return NULL;
	}
	const Type *type = b->param_types[p->number - 1];
	Expr *e = arena_copy(b->arena, expr_param(b->arena, type ? type : &type_null, p->number - 1), sizeof(Expr));
	e->span = span;
	return e;
}

bool bind_param_open(const Binder *b, const Expr *e)
{
	return e->kind == EXPR_PARAM && e->index < b->nclient && e->type->kind == TYPE_NULL;
}

const Expr *bind_param_as(Binder *b, const Expr *e, const Type *type)
{
	/* A second place may want another type than the first that was met in the same expression. */
	const Type *known = b->param_types[e->index];
	type = type_with_null(b->arena, known ? known : type, true);
	b->param_types[e->index] = type;
	Expr *typed = arena_copy(b->arena, expr_param(b->arena, type, e->index), sizeof(Expr));
	typed->span = e->span;
	return typed;
}

const Expr *bind_param_settle(Binder *b, const Expr *e, const Type *type)
{
	if (!bind_param_open(b, e))
		return e;
	bool usable = type && type->kind != TYPE_NULL && type->kind != TYPE_CHAR;
	return bind_param_as(b, e, usable ? type : &type_string);
}
