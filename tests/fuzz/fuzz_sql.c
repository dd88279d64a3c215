/*
 * tests/fuzz/fuzz_sql.c: any text through the parser, and back.
 *
 * No text may crash it. A statement that is taken must print to a text that gives the same tree and prints the same;
 * an error must have a message and a place within the text; the walk over a text must go forward.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser/dump.h"
#include "parser/parser.h"
#include "parser/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Names of one letter are set to themselves, others are not set. */
static bool lookup(void *ctx, Str name, Str *value)
{
	(void)ctx;
	*value = name;
	return name.len == 1;
}

static void fail(const char *what, const AstNode *node, const StrBuf *printed)
{
	StrBuf tree;
	strbuf_init(&tree);
	if (node != NULL)
		dump_tree(node, &tree);
	fprintf(stderr, "%s\n%.*s\n%s\n", what, (int)printed->len, printed->ptr != NULL ? printed->ptr : "",
	        strbuf_cstr(&tree));
	abort();
}

static void round_trip(Arena *arena, const AstNode *node)
{
	StrBuf first, second;
	AstNode *again = NULL;
	uint32_t next = 0;
	Err err;
	strbuf_init(&first);
	strbuf_init(&second);
	print_sql(node, NULL, &first);
	if (!parser_statement(arena, strbuf_str(&first), 0, NULL, &again, &next, &err)) {
		/* Operators that a loop read from left to right may need a parenthesis each. */
		if (err.code == ERR_TOO_DEEP) {
			strbuf_deinit(&first);
			return;
		}
		fprintf(stderr, "%s\n", err.message);
		fail("what was printed does not parse", node, &first);
	}
	if (again == NULL || next != first.len || !ast_equal(node, again))
		fail("what was printed is another tree", again, &first);
	print_sql(again, NULL, &second);
	if (!str_eq(strbuf_str(&first), strbuf_str(&second)))
		fail("what was printed prints differently", again, &second);
	strbuf_deinit(&first);
	strbuf_deinit(&second);
}

static void check_error(Str text, const Err *err)
{
	StrBuf out;
	strbuf_init(&out);
	if (err->code == ERR_OK || err->message[0] == '\0' || err->span.end < err->span.begin || err->span.end > text.len)
		fail("an error without message or place", NULL, &out);
	err_print(err, "file", 1, text.ptr, text.len, &out);
	strbuf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const Expand expand = {.lookup = lookup};
	Arena *arena = arena_open("fuzz", 0);
	Str text = str_make((const char *)data, size);
	ParserOptions options = {.expand = &expand};
	uint32_t at = 0;
	while (at < text.len) {
		AstNode *node = NULL;
		uint32_t next = 0;
		Err err;
		if (!parser_statement(arena, text, at, NULL, &node, &next, &err))
			check_error(text, &err);
		else if (node != NULL)
			round_trip(arena, node);
		if (next <= at)
			abort();
		parser_statement(arena, text, at, &options, &node, &next, &err);
		at = next;
	}
	AstNode *expr = NULL;
	AstType *type = NULL;
	parser_expr(arena, text, NULL, &expr, NULL);
	parser_type(arena, text, &type, NULL);
	arena_close(arena);
	return 0;
}
