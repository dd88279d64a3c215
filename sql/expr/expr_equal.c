/*
 * sql/expr/expr_equal.c: do two expressions say the same, so that one evaluation serves both?
 */
#include "sql/expr/expr.h"

static bool const_equal(const Type *type, Value a, Value b)
{
	if (a.null || b.null)
		return a.null == b.null;
	if (type_phys(type) == PHYS_F64)
		return memcmp(&a.f, &b.f, sizeof a.f) == 0; /* 0.0 and -0.0 are two constants */
	return value_equal(type, a, b);
}

bool expr_equal(const Expr *a, const Expr *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || !type_equal(a->type, b->type))
		return false;
	switch (a->kind) {
	case EXPR_CONST: return const_equal(a->type, a->constant, b->constant);
	case EXPR_COLUMN:
	case EXPR_PARAM: return a->index == b->index;
	case EXPR_CALL: break;
	}
	if (a->call.fn != b->call.fn || a->nargs != b->nargs || (a->call.fn->flags & FN_NOT_DETERMINISTIC))
		return false;
	for (uint32_t i = 0; i < a->nargs; i++)
		if (!expr_equal(a->args[i], b->args[i]) || !type_equal(a->call.arg_types[i], b->call.arg_types[i]))
			return false;
	return true;
}
