/*
 * parser/print_type.c: types.
 */
#include "parser/print_int.h"

void print_type_range(Print *p, AstUnit from, AstUnit to, int32_t leading, int32_t fraction)
{
	print_puts(p, ast_unit_name(from));
	bool both = to == AST_UNIT_NONE && from == AST_UNIT_SECOND && leading >= 0 && fraction >= 0;
	if (both)
		strbuf_printf(p->out, "(%d, %d)", leading, fraction);
	else if (leading >= 0)
		strbuf_printf(p->out, "(%d)", leading);
	if (to != AST_UNIT_NONE) {
		strbuf_printf(p->out, " TO %s", ast_unit_name(to));
		if (fraction >= 0)
			strbuf_printf(p->out, "(%d)", fraction);
	}
}

static void print_params(Print *p, const AstType *type)
{
	for (uint32_t i = 0; i < type->nparams; i++)
		strbuf_printf(p->out, "%s%u", i == 0 ? "(" : ", ", type->params[i]);
	print_if(p, type->nparams > 0, ")");
}

void print_type(Print *p, const AstType *type)
{
	static const char *const zones[] = {"", " WITHOUT TIME ZONE", " WITH TIME ZONE", " WITH LOCAL TIME ZONE"};
	static const char *const nullabilities[] = {"", " NULL", " NOT NULL"};
	switch (type->node.kind) {
	case AST_TYPE_ARRAY:
	case AST_TYPE_MULTISET:
		print_puts(p, type->node.kind == AST_TYPE_ARRAY ? "ARRAY<" : "MULTISET<");
		print_type(p, type->elem);
		print_puts(p, ">");
		break;
	case AST_TYPE_MAP:
		print_puts(p, "MAP<");
		print_type(p, type->key);
		print_puts(p, ", ");
		print_type(p, type->elem);
		print_puts(p, ">");
		break;
	case AST_TYPE_ROW:
		print_puts(p, "ROW<");
		print_list(p, &type->fields);
		print_puts(p, ">");
		break;
	case AST_TYPE_INTERVAL:
		print_puts(p, "INTERVAL");
		if (type->from != AST_UNIT_NONE) {
			print_puts(p, " ");
			print_type_range(p, type->from, type->to, type->leading, type->fraction);
		}
		break;
	default:
		if (p->options->flink)
			strbuf_put_str(p->out, type->name.items[type->name.len - 1].text);
		else
			print_path(p, &type->name);
		print_params(p, type);
		print_puts(p, zones[type->zone]);
		break;
	}
	print_puts(p, nullabilities[type->nullability]);
}

static void print_field(Print *p, const AstTypeField *field)
{
	if (field->name.text.ptr != NULL) {
		print_ident(p, &field->name);
		print_puts(p, " ");
	}
	print_type(p, field->type);
	if (field->comment != NULL) {
		print_puts(p, " ");
		print_literal(p, field->comment);
	}
}

bool print_type_kind(Print *p, const AstNode *node)
{
	if (node->kind == AST_TYPE_FIELD) {
		print_field(p, AST_CONST(AstTypeField, node));
		return true;
	}
	if (node->kind < AST_TYPE_NAME || node->kind > AST_TYPE_INTERVAL)
		return false;
	print_type(p, AST_CONST(AstType, node));
	return true;
}
