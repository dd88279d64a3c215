/*
 * parser/print_expr.c: expressions, with parentheses only where the parser needs them.
 *
 * The bindings are those of parse_expr.c. An operand stands in the context of a binding; it needs parentheses if its
 * own operator does not bind tighter: on the right of an operator that is the operator's own binding, on the left one
 * less, since operators of one level group to the left.
 */
#include "parser/print_int.h"

enum {
	BIND_ANY = 0,
	BIND_OR = 10,
	BIND_AND = 20,
	BIND_NOT = 30,
	BIND_IS = 40,
	BIND_COMPARE = 50,
	BIND_MATCH = 60,
	BIND_ADD = 70,
	BIND_MUL = 80,
	BIND_ZONE = 90,
	BIND_SIGN = 100,
	BIND_COLLATE = 110,
	BIND_CAST = 120,
	BIND_FIELD = 130,
	BIND_PRIMARY = 140,
};

static int operator_binding(AstOperator op)
{
	switch (op) {
	case AST_OP_OR: return BIND_OR;
	case AST_OP_AND: return BIND_AND;
	case AST_OP_NOT: return BIND_NOT;
	case AST_OP_DISTINCT:
	case AST_OP_NOT_DISTINCT: return BIND_IS;
	case AST_OP_EQ:
	case AST_OP_NE:
	case AST_OP_LT:
	case AST_OP_LE:
	case AST_OP_GT:
	case AST_OP_GE:
	case AST_OP_OVERLAPS: return BIND_COMPARE;
	case AST_OP_MATCH:
	case AST_OP_MATCH_NOCASE:
	case AST_OP_NOT_MATCH:
	case AST_OP_NOT_MATCH_NOCASE: return BIND_MATCH;
	case AST_OP_ADD:
	case AST_OP_SUB: return BIND_ADD;
	case AST_OP_MUL:
	case AST_OP_DIV:
	case AST_OP_MOD:
	case AST_OP_CONCAT: return BIND_MUL;
	case AST_OP_AT_ZONE: return BIND_ZONE;
	case AST_OP_NEG:
	case AST_OP_POS: return BIND_SIGN;
	default: return BIND_PRIMARY;
	}
}

static int binding_of(const AstNode *node)
{
	switch (node->kind) {
	case AST_UNARY: return operator_binding(AST_CONST(AstUnary, node)->op);
	case AST_BINARY: return operator_binding(AST_CONST(AstBinary, node)->op);
	case AST_QUANTIFIED: return BIND_COMPARE;
	case AST_IS: return BIND_IS;
	case AST_BETWEEN:
	case AST_LIKE:
	case AST_IN: return BIND_MATCH;
	case AST_COLLATE: return BIND_COLLATE;
	case AST_CAST: return AST_CONST(AstCast, node)->form == AST_CAST_COLONS ? BIND_CAST : BIND_PRIMARY;
	case AST_SUBSCRIPT:
	case AST_FIELD_OF: return BIND_FIELD;
	case AST_STAR: return AST_CONST(AstStar, node)->arg != NULL ? BIND_FIELD : BIND_PRIMARY;
	default: return BIND_PRIMARY;
	}
}

static void print_above(Print *p, const AstNode *node, int binding)
{
	bool parens = binding_of(node) <= binding;
	print_if(p, parens, "(");
	print_any(p, node);
	print_if(p, parens, ")");
}

static void print_left(Print *p, const AstNode *node, int binding)
{
	print_above(p, node, binding - 1);
}

void print_expr(Print *p, const AstNode *node)
{
	print_above(p, node, BIND_ANY);
}

static void print_unary(Print *p, const AstUnary *e)
{
	if (e->op == AST_OP_NOT) {
		print_puts(p, "NOT ");
		print_above(p, e->arg, BIND_NOT - 1);
	} else {
		bool sign = e->arg->kind == AST_UNARY && AST_CONST(AstUnary, e->arg)->op != AST_OP_NOT;
		print_puts(p, e->op == AST_OP_NEG ? "-" : "+");
		print_if(p, sign, " "); /* two dashes would begin a comment */
		print_above(p, e->arg, sign ? BIND_SIGN - 1 : BIND_SIGN);
	}
}

static void print_binary(Print *p, const AstBinary *e)
{
	int binding = operator_binding(e->op);
	print_left(p, e->left, binding);
	strbuf_printf(p->out, " %s ", ast_operator_name(e->op));
	print_above(p, e->right, binding == BIND_IS ? BIND_COMPARE : binding);
}

static void print_is(Print *p, const AstIs *e)
{
	static const char *const tests[] = {"NULL",        "TRUE",       "FALSE",       "UNKNOWN", "JSON",
	                                    "JSON SCALAR", "JSON ARRAY", "JSON OBJECT", "A SET",   "EMPTY"};
	print_left(p, e->arg, BIND_IS);
	print_puts(p, e->negated ? " IS NOT " : " IS ");
	print_puts(p, tests[e->test]);
}

static void print_between(Print *p, const AstBetween *e)
{
	print_left(p, e->arg, BIND_MATCH);
	print_puts(p, e->negated ? " NOT BETWEEN " : " BETWEEN ");
	print_if(p, e->symmetric, "SYMMETRIC ");
	print_above(p, e->low, BIND_MATCH);
	print_puts(p, " AND ");
	print_above(p, e->high, BIND_MATCH);
}

static void print_like(Print *p, const AstLike *e)
{
	static const char *const kinds[] = {"LIKE ", "ILIKE ", "SIMILAR TO "};
	print_left(p, e->arg, BIND_MATCH);
	print_puts(p, e->negated ? " NOT " : " ");
	print_puts(p, kinds[e->kind]);
	print_above(p, e->pattern, BIND_MATCH);
	if (e->escape != NULL) {
		print_puts(p, " ESCAPE ");
		print_above(p, e->escape, BIND_MATCH);
	}
}

static void print_query_or_list(Print *p, const AstNode *query, const AstList *items)
{
	print_puts(p, "(");
	if (query != NULL)
		print_any(p, query);
	else
		print_list(p, items);
	print_puts(p, ")");
}

static void print_in(Print *p, const AstIn *e)
{
	print_left(p, e->arg, BIND_MATCH);
	print_puts(p, e->negated ? " NOT IN " : " IN ");
	print_query_or_list(p, e->query, &e->items);
}

static void print_quantified(Print *p, const AstQuantified *e)
{
	print_left(p, e->arg, BIND_COMPARE);
	strbuf_printf(p->out, " %s %s ", ast_operator_name(e->op), e->all ? "ALL" : "ANY");
	print_query_or_list(p, e->query, &e->items);
}

static void print_case(Print *p, const AstCase *e)
{
	print_puts(p, "CASE");
	print_node_if(p, " ", e->operand);
	for (uint32_t i = 0; i + 1 < e->whens.len; i += 2) {
		print_node_if(p, " WHEN ", e->whens.items[i]);
		print_node_if(p, " THEN ", e->whens.items[i + 1]);
	}
	print_node_if(p, " ELSE ", e->otherwise);
	print_puts(p, " END");
}

static void print_cast(Print *p, const AstCast *e)
{
	if (e->form == AST_CAST_COLONS && !p->options->flink) {
		print_left(p, e->arg, BIND_CAST);
		print_puts(p, "::");
		print_type(p, e->type);
		return;
	}
	print_puts(p, e->form == AST_CAST_TRY ? "TRY_CAST(" : "CAST(");
	print_any(p, e->arg);
	print_puts(p, " AS ");
	print_type(p, e->type);
	print_puts(p, ")");
}

static void print_interval(Print *p, const AstInterval *e)
{
	print_puts(p, e->negative ? "INTERVAL -" : "INTERVAL ");
	print_literal_value(p, e->value, e->raw);
	if (e->from != AST_UNIT_NONE) {
		print_puts(p, " ");
		print_type_range(p, e->from, e->to, e->leading, e->fraction);
	}
}

/* A field of a plain name would be read as a longer name, and a number would swallow the dot. */
static void print_field_arg(Print *p, const AstNode *arg)
{
	bool bare = arg->kind == AST_SUBSCRIPT || arg->kind == AST_FIELD_OF ||
	            (arg->kind == AST_CALL && AST_CONST(AstCall, arg)->form != AST_CALL_BARE &&
	             AST_CONST(AstCall, arg)->over == NULL);
	print_if(p, !bare, "(");
	print_any(p, arg);
	print_if(p, !bare, ")");
}

static void print_star(Print *p, const AstStar *e)
{
	if (e->arg != NULL) {
		print_field_arg(p, e->arg);
		print_puts(p, ".");
	} else if (e->path.len > 0) {
		print_path(p, &e->path);
		print_puts(p, ".");
	}
	print_puts(p, "*");
}

static void print_items(Print *p, const AstItems *e)
{
	switch (e->node.kind) {
	case AST_ARRAY: print_puts(p, "ARRAY["); break;
	case AST_MAP: print_puts(p, "MAP["); break;
	default: print_puts(p, e->keyword ? "ROW(" : "("); break;
	}
	print_list(p, &e->items);
	print_puts(p, e->node.kind == AST_ROW ? ")" : "]");
}

static void print_subquery(Print *p, const char *before, const AstNode *node)
{
	print_puts(p, before);
	print_any(p, AST_CONST(AstSubquery, node)->query);
	print_puts(p, ")");
}

static void print_collate(Print *p, const AstCollate *e)
{
	print_left(p, e->arg, BIND_COLLATE);
	print_puts(p, " COLLATE ");
	bool plain_default = e->collation.len == 1 && e->collation.items[0].quote == 0 &&
	                     str_eq_nocase(e->collation.items[0].text, STR("default"));
	if (plain_default)
		print_ident_after_dot(p, &e->collation.items[0]);
	else
		print_path(p, &e->collation);
}

bool print_expr_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_LITERAL: print_literal(p, AST_CONST(AstLiteral, node)); return true;
	case AST_INTERVAL: print_interval(p, AST_CONST(AstInterval, node)); return true;
	case AST_COLUMN: print_path(p, &AST_CONST(AstColumn, node)->path); return true;
	case AST_STAR: print_star(p, AST_CONST(AstStar, node)); return true;
	case AST_UNARY: print_unary(p, AST_CONST(AstUnary, node)); return true;
	case AST_BINARY: print_binary(p, AST_CONST(AstBinary, node)); return true;
	case AST_IS: print_is(p, AST_CONST(AstIs, node)); return true;
	case AST_BETWEEN: print_between(p, AST_CONST(AstBetween, node)); return true;
	case AST_LIKE: print_like(p, AST_CONST(AstLike, node)); return true;
	case AST_IN: print_in(p, AST_CONST(AstIn, node)); return true;
	case AST_EXISTS: print_subquery(p, "EXISTS (", node); return true;
	case AST_SUBQUERY: print_subquery(p, "(", node); return true;
	case AST_ARRAY_OF: print_subquery(p, "ARRAY(", node); return true;
	case AST_QUANTIFIED: print_quantified(p, AST_CONST(AstQuantified, node)); return true;
	case AST_CASE: print_case(p, AST_CONST(AstCase, node)); return true;
	case AST_CAST: print_cast(p, AST_CONST(AstCast, node)); return true;
	case AST_ARRAY:
	case AST_MAP:
	case AST_ROW: print_items(p, AST_CONST(AstItems, node)); return true;
	case AST_SUBSCRIPT:
		print_left(p, AST_CONST(AstSubscript, node)->arg, BIND_FIELD);
		print_node_if(p, "[", AST_CONST(AstSubscript, node)->index);
		print_puts(p, "]");
		return true;
	case AST_FIELD_OF:
		print_field_arg(p, AST_CONST(AstFieldOf, node)->arg);
		print_puts(p, ".");
		print_ident_after_dot(p, &AST_CONST(AstFieldOf, node)->name);
		return true;
	case AST_PARAM:
		if (AST_CONST(AstParam, node)->question)
			print_puts(p, "?");
		else
			strbuf_printf(p->out, "$%u", AST_CONST(AstParam, node)->number);
		return true;
	case AST_DEFAULT: print_puts(p, "DEFAULT"); return true;
	case AST_COLLATE: print_collate(p, AST_CONST(AstCollate, node)); return true;
	default: return false;
	}
}
