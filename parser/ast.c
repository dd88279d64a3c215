/*
 * parser/ast.c: what holds for every node: names of kinds, comparison, walk.
 */
#include "parser/ast.h"

#include "parser/ast_shape.h"

bool ast_is_expr(const AstNode *n)
{
	return n->kind >= AST_LITERAL && n->kind <= AST_COLLATE;
}

bool ast_is_query_body(const AstNode *n)
{
	return n->kind >= AST_QUERY && n->kind <= AST_TABLE_QUERY;
}

bool ast_is_ref(const AstNode *n)
{
	return n->kind >= AST_REF_TABLE && n->kind <= AST_REF_MATCH;
}

bool ast_is_stmt(const AstNode *n)
{
	return n->kind >= AST_STMT_QUERY && n->kind < AST_KINDS;
}

const char *ast_kind_name(AstKind kind)
{
	return ast_shape(kind)->kind;
}

const char *ast_unit_name(AstUnit unit)
{
	static const char *const names[AST_UNITS] = {
	    "",           "YEAR",   "QUARTER",     "MONTH",       "WEEK",       "DAY",    "HOUR",
	    "MINUTE",     "SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND", "DECADE", "CENTURY",
	    "MILLENNIUM", "EPOCH",  "DOW",         "DOY",         "ISODOW",     "ISOYEAR"};
	return names[unit];
}

const char *ast_operator_name(AstOperator op)
{
	static const char *const names[AST_OPERATORS] = {"",
	                                                 "OR",
	                                                 "AND",
	                                                 "NOT",
	                                                 "=",
	                                                 "<>",
	                                                 "<",
	                                                 "<=",
	                                                 ">",
	                                                 ">=",
	                                                 "IS DISTINCT FROM",
	                                                 "IS NOT DISTINCT FROM",
	                                                 "OVERLAPS",
	                                                 "~",
	                                                 "~*",
	                                                 "!~",
	                                                 "!~*",
	                                                 "+",
	                                                 "-",
	                                                 "*",
	                                                 "/",
	                                                 "%",
	                                                 "||",
	                                                 "-",
	                                                 "+",
	                                                 "AT TIME ZONE"};
	return names[op];
}

/* ---- comparison ----------------------------------------------------------------------------------------------- */

static bool name_equal(const AstName *a, const AstName *b)
{
	bool absent = a->text.ptr == NULL;
	return absent == (b->text.ptr == NULL) && (absent || (str_eq(a->text, b->text) && a->quote == b->quote));
}

static bool list_equal(const AstList *a, const AstList *b)
{
	if (a->len != b->len)
		return false;
	for (uint32_t i = 0; i < a->len; i++)
		if (!ast_equal(a->items[i], b->items[i]))
			return false;
	return true;
}

static bool names_equal(const AstNames *a, const AstNames *b)
{
	if (a->len != b->len)
		return false;
	for (uint32_t i = 0; i < a->len; i++)
		if (!name_equal(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static bool params_equal(const AstType *a, const AstType *b)
{
	return a->nparams == b->nparams && memcmp(a->params, b->params, a->nparams * sizeof a->params[0]) == 0;
}

static bool field_equal(const AstNode *a, const AstNode *b, const AstField *field)
{
	const void *x = ast_shape_at(a, field), *y = ast_shape_at(b, field);
	switch (field->type) {
	case AST_FIELD_NODE: return ast_equal(ast_shape_node(a, field), ast_shape_node(b, field));
	case AST_FIELD_LIST: return list_equal(x, y);
	case AST_FIELD_NAME: return name_equal(x, y);
	case AST_FIELD_NAMES: return names_equal(x, y);
	case AST_FIELD_STR: return str_eq(*(const Str *)x, *(const Str *)y);
	case AST_FIELD_BOOL: return *(const bool *)x == *(const bool *)y;
	case AST_FIELD_ENUM: return ast_shape_enum(a, field) == ast_shape_enum(b, field);
	case AST_FIELD_U32: return *(const uint32_t *)x == *(const uint32_t *)y;
	case AST_FIELD_I32: return *(const int32_t *)x == *(const int32_t *)y;
	case AST_FIELD_I64: return *(const int64_t *)x == *(const int64_t *)y;
	case AST_FIELD_PARAMS: return params_equal(AST_CONST(AstType, a), AST_CONST(AstType, b));
	}
	return false;
}

bool ast_equal(const AstNode *a, const AstNode *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind)
		return false;
	for (const AstField *field = ast_shape(a->kind)->fields; field->name != NULL; field++)
		if (!field_equal(a, b, field))
			return false;
	return true;
}

/* ---- walk ----------------------------------------------------------------------------------------------------- */

bool ast_walk(AstNode *n, AstVisit visit, void *ctx)
{
	for (const AstField *field = ast_shape(n->kind)->fields; field->name != NULL; field++) {
		if (field->type == AST_FIELD_NODE) {
			AstNode *child = ast_shape_node(n, field);
			if (child != NULL && !visit(ctx, child))
				return false;
		} else if (field->type == AST_FIELD_LIST) {
			const AstList *list = ast_shape_at(n, field);
			for (uint32_t i = 0; i < list->len; i++)
				if (!visit(ctx, list->items[i]))
					return false;
		}
	}
	return true;
}

void ast_walk_names(const AstNode *n, AstVisitName visit, void *ctx)
{
	for (const AstField *field = ast_shape(n->kind)->fields; field->name != NULL; field++) {
		if (field->type == AST_FIELD_NAME) {
			const AstName *name = ast_shape_at(n, field);
			if (name->text.ptr != NULL)
				visit(ctx, n, name);
		} else if (field->type == AST_FIELD_NAMES) {
			const AstNames *names = ast_shape_at(n, field);
			for (uint32_t i = 0; i < names->len; i++)
				visit(ctx, n, &names->items[i]);
		}
	}
}
