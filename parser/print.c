/*
 * parser/print.c: a tree back to SQL: the entry, names, literals, lists.
 */
#include "parser/print.h"

#include "base/config.h"

#include "parser/lexer.h"
#include "parser/print_int.h"

void print_puts(Print *p, const char *text)
{
	strbuf_puts(p->out, text);
}

void print_if(Print *p, bool condition, const char *text)
{
	if (condition)
		strbuf_puts(p->out, text);
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

/* Is the name one word to the lexer? Then it needs no quotes. */
static bool is_plain(Str name)
{
	Lexer lexer;
	lexer_init(&lexer, name, 0, NULL);
	Token token = lexer_next(&lexer);
	return token.kind == TOKEN_WORD && token.span.begin == 0 && token.span.end == name.len;
}

static void put_quoted(StrBuf *out, Str text, char quote)
{
	strbuf_putc(out, quote);
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == quote)
			strbuf_putc(out, quote);
		strbuf_putc(out, text.ptr[i]);
	}
	strbuf_putc(out, quote);
}

void print_ident_after_dot(Print *p, const AstName *name)
{
	if (p->options->flink && (name->quote != 0 || keywords_reserved_in_flink(name->text)))
		put_quoted(p->out, name->text, '`');
	else if (name->quote == 0 && is_plain(name->text))
		strbuf_put_str(p->out, name->text);
	else
		put_quoted(p->out, name->text, name->quote != 0 ? name->quote : '`');
}

void print_ident(Print *p, const AstName *name)
{
	if (name->quote == 0 && keywords_class(keywords_find(name->text)) == KEYWORD_RESERVED)
		put_quoted(p->out, name->text, '`');
	else
		print_ident_after_dot(p, name);
}

void print_name(Str name, StrBuf *out)
{
	static const PrintOptions plain = {0};
	Print p = {.out = out, .options = &plain};
	AstName n = {.text = name};
	print_ident(&p, &n);
}

void print_path(Print *p, const AstNames *path)
{
	for (uint32_t i = 0; i < path->len; i++) {
		if (i == 0) {
			print_ident(p, &path->items[i]);
		} else {
			print_puts(p, ".");
			print_ident_after_dot(p, &path->items[i]);
		}
	}
}

void print_names(Print *p, const AstNames *names)
{
	print_puts(p, "(");
	for (uint32_t i = 0; i < names->len; i++) {
		print_if(p, i > 0, ", ");
		print_ident(p, &names->items[i]);
	}
	print_puts(p, ")");
}

/* ---- literals and options ------------------------------------------------------------------------------------- */

void print_string(Print *p, Str raw)
{
	put_quoted(p->out, raw, '\'');
}

void print_literal_value(Print *p, Str value, Str raw)
{
	print_string(p, p->options->expanded ? value : raw);
}

static void put_hex(Print *p, Str bytes)
{
	print_puts(p, "X'");
	for (uint32_t i = 0; i < bytes.len; i++)
		strbuf_printf(p->out, "%02X", (unsigned)(unsigned char)bytes.ptr[i]);
	print_puts(p, "'");
}

/* A word of a setting, or several with dots between; as a whole in quotes where one of them needs them. */
static void put_word(Print *p, Str word)
{
	Str rest = word, part;
	bool plain = word.len > 0 && word.ptr[word.len - 1] != '.';
	while (plain && str_next(&rest, '.', &part))
		plain = is_plain(part);
	if (plain)
		strbuf_put_str(p->out, word);
	else
		put_quoted(p->out, word, '"');
}

void print_literal(Print *p, const AstLiteral *lit)
{
	switch (lit->kind) {
	case AST_LIT_NULL: print_puts(p, "NULL"); return;
	case AST_LIT_TRUE: print_puts(p, "TRUE"); return;
	case AST_LIT_FALSE: print_puts(p, "FALSE"); return;
	case AST_LIT_UNKNOWN: print_puts(p, "UNKNOWN"); return;
	case AST_LIT_NUMBER: strbuf_put_str(p->out, lit->value); return;
	case AST_LIT_BINARY: put_hex(p, lit->value); return;
	case AST_LIT_WORD: put_word(p, lit->value); return;
	case AST_LIT_DATE: print_puts(p, "DATE "); break;
	case AST_LIT_TIME: print_puts(p, "TIME "); break;
	case AST_LIT_TIMESTAMP: print_puts(p, "TIMESTAMP "); break;
	case AST_LIT_STRING: break;
	}
	print_literal_value(p, lit->value, lit->raw);
}

void print_comment(Print *p, const AstLiteral *comment)
{
	if (comment == NULL)
		return;
	print_puts(p, " COMMENT ");
	print_literal(p, comment);
}

void print_option(Print *p, const AstOption *option)
{
	bool word = option->key->kind == AST_LIT_WORD;
	print_literal(p, option->key);
	if (option->value == NULL)
		return;
	print_puts(p, word ? " " : " = ");
	print_shown(p, option->key->value, option->value);
}

void print_shown(Print *p, Str key, const AstLiteral *value)
{
	Span secret;
	Str text = p->options->expanded ? value->value : value->raw;
	if (!p->options->masked || value->kind == AST_LIT_NULL || !config_secret_next(key, text, 0, &secret)) {
		print_literal(p, value);
		return;
	}
	StrBuf shown;
	strbuf_init(&shown);
	config_put_shown(&shown, key, text);
	put_quoted(p->out, strbuf_str(&shown), '\'');
	strbuf_deinit(&shown);
}

void print_options(Print *p, const AstList *options)
{
	bool lines = p->options->lines && options->len > 0;
	print_puts(p, "(");
	for (uint32_t i = 0; i < options->len; i++) {
		print_if(p, i > 0, lines ? "," : ", ");
		print_if(p, lines, "\n  ");
		print_option(p, AST_CONST(AstOption, options->items[i]));
	}
	print_puts(p, lines ? "\n)" : ")");
}

/* ---- lists ---------------------------------------------------------------------------------------------------- */

void print_list(Print *p, const AstList *list)
{
	for (uint32_t i = 0; i < list->len; i++) {
		print_if(p, i > 0, ", ");
		print_any(p, list->items[i]);
	}
}

void print_parens(Print *p, const AstList *list)
{
	print_puts(p, "(");
	print_list(p, list);
	print_puts(p, ")");
}

void print_node_if(Print *p, const char *before, const AstNode *node)
{
	if (node == NULL)
		return;
	print_puts(p, before);
	print_any(p, node);
}

void print_list_if(Print *p, const char *before, const AstList *list)
{
	if (list->len == 0)
		return;
	print_puts(p, before);
	print_list(p, list);
}

/* ---- the entry ------------------------------------------------------------------------------------------------ */

typedef bool (*PrintKind)(Print *p, const AstNode *node);

void print_any(Print *p, const AstNode *node)
{
	static const PrintKind printers[] = {print_expr_kind,  print_call_kind,    print_type_kind,
	                                     print_query_kind, print_from_kind,    print_ddl_kind,
	                                     print_stmt_kind,  print_session_kind, print_test_kind};
	bool known = false;
	for (size_t i = 0; i < sizeof printers / sizeof printers[0] && !known; i++)
		known = printers[i](p, node);
	ASSERT(known);
}

void print_sql(const AstNode *node, const PrintOptions *options, StrBuf *out)
{
	static const PrintOptions plain = {0};
	Print p = {.out = out, .options = options != NULL ? options : &plain};
	print_any(&p, node);
}
