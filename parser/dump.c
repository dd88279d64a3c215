/*
 * parser/dump.c: a tree as one line of text.
 */
#include "parser/dump.h"

#include "parser/ast_shape.h"

static void dump_text(Str s, char quote, StrBuf *out)
{
	bool utf8 = str_is_utf8(s);
	strbuf_putc(out, quote);
	for (uint32_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c < 0x20 || c == 0x7f || (c >= 0x80 && !utf8))
			strbuf_printf(out, "\\x%02x", c);
		else
			strbuf_putc(out, (char)c);
		if (c == (unsigned char)quote || c == '\\')
			strbuf_putc(out, (char)c);
	}
	strbuf_putc(out, quote);
}

static void dump_name(const AstName *name, StrBuf *out)
{
	if (name->quote != 0)
		dump_text(name->text, name->quote, out);
	else
		strbuf_put_str(out, name->text);
}

static void dump_names(const AstNames *names, StrBuf *out)
{
	for (uint32_t i = 0; i < names->len; i++) {
		if (i > 0)
			strbuf_putc(out, '.');
		dump_name(&names->items[i], out);
	}
}

static void dump_list(const AstList *list, StrBuf *out)
{
	strbuf_putc(out, '[');
	for (uint32_t i = 0; i < list->len; i++) {
		if (i > 0)
			strbuf_putc(out, ' ');
		dump_tree(list->items[i], out);
	}
	strbuf_putc(out, ']');
}

/* The label, for a field that has something to show. */
static StrBuf *labelled(const AstField *field, StrBuf *out)
{
	strbuf_printf(out, " %s:", field->name);
	return out;
}

static bool is_same_as_value(const AstNode *node, const AstField *field)
{
	if (strcmp(field->name, "raw") != 0)
		return false;
	const AstField *value = field - 1;
	return str_eq(*(const Str *)ast_shape_at(node, field), *(const Str *)ast_shape_at(node, value));
}

static void dump_field(const AstNode *node, const AstField *field, StrBuf *out)
{
	const void *at = ast_shape_at(node, field);
	switch (field->type) {
	case AST_FIELD_NODE:
		if (ast_shape_node(node, field) != NULL)
			dump_tree(ast_shape_node(node, field), labelled(field, out));
		break;
	case AST_FIELD_LIST:
		if (((const AstList *)at)->len > 0)
			dump_list(at, labelled(field, out));
		break;
	case AST_FIELD_NAME:
		if (((const AstName *)at)->text.ptr != NULL)
			dump_name(at, labelled(field, out));
		break;
	case AST_FIELD_NAMES:
		if (((const AstNames *)at)->len > 0)
			dump_names(at, labelled(field, out));
		break;
	case AST_FIELD_STR:
		if (((const Str *)at)->ptr != NULL && !is_same_as_value(node, field))
			dump_text(*(const Str *)at, '\'', labelled(field, out));
		break;
	case AST_FIELD_BOOL:
		if (*(const bool *)at)
			strbuf_printf(out, " %s", field->name);
		break;
	case AST_FIELD_ENUM: {
		const char *name = field->names[ast_shape_enum(node, field)];
		if (name[0] != '\0')
			strbuf_printf(out, " %s", name);
		break;
	}
	case AST_FIELD_U32:
		if (*(const uint32_t *)at != 0)
			strbuf_printf(labelled(field, out), "%u", *(const uint32_t *)at);
		break;
	case AST_FIELD_I32:
		if (*(const int32_t *)at != -1)
			strbuf_printf(labelled(field, out), "%d", *(const int32_t *)at);
		break;
	case AST_FIELD_I64: strbuf_printf(labelled(field, out), "%lld", (long long)*(const int64_t *)at); break;
	case AST_FIELD_PARAMS:
		for (uint32_t i = 0; i < AST_CONST(AstType, node)->nparams; i++)
			strbuf_printf(out, " %u", AST_CONST(AstType, node)->params[i]);
		break;
	}
}

void dump_tree(const AstNode *node, StrBuf *out)
{
	const AstShape *shape = ast_shape(node->kind);
	strbuf_putc(out, '(');
	for (const char *c = shape->kind + strlen("AST_"); *c != '\0'; c++)
		strbuf_putc(out, *c == '_' ? '_' : (char)(*c - 'A' + 'a'));
	for (const AstField *field = shape->fields; field->name != NULL; field++)
		dump_field(node, field, out);
	strbuf_putc(out, ')');
}
