/*
 * tests/unit/parser/test_golden.c: runs the files of tests/unit/parser/golden.
 *
 * A file holds blocks: a text, a line of four dashes, what must come of it; a blank line ends the block, lines that
 * begin with # stand between blocks. The file's name says how a text is read and what must come:
 *
 *     accept_*.txt        a statement: its tree; what is printed from it must give the same tree again
 *     accept_expr*.txt    an expression, likewise; accept_type*.txt a type
 *     refuse_*.txt        a statement, refuse_expr*.txt an expression, refuse_type*.txt a type: the error as people see
 * it
 *
 * WEIR_REGENERATE=1 in the environment writes what comes into the files; then read the difference before you commit.
 */
#include "parser/parser.h"

#include <dirent.h>

#include "parser/dump.h"
#include "parser/print.h"
#include "tests/support/check.h"

#define FOLDER "tests/unit/parser/golden"

typedef struct Golden {
	char path[512];
	bool refuses;
	char mode; /* s, e, t */
	bool regenerate;
	Arena *arena;
	uint32_t blocks;
	uint32_t line;
} Golden;

static bool parse(const Golden *g, Str text, AstNode **node, Err *err)
{
	uint32_t next = 0;
	AstType *type = NULL;
	bool ok;
	switch (g->mode) {
	case 'e': return parser_expr(g->arena, text, NULL, node, err);
	case 't':
		ok = parser_type(g->arena, text, &type, err);
		*node = ok ? &type->node : NULL;
		return ok;
	default:
		ok = parser_statement(g->arena, text, 0, NULL, node, &next, err);
		if (ok && *node != NULL)
			CHECK(next == text.len);
		return ok;
	}
}

typedef struct SpanCheck {
	uint32_t len;
	Span parent;
	bool ok;
} SpanCheck;

static bool check_spans(void *ctx, AstNode *node)
{
	SpanCheck *outer = ctx;
	SpanCheck inner = {.len = outer->len, .parent = node->span, .ok = true};
	bool within = node->span.begin >= outer->parent.begin && node->span.end <= outer->parent.end;
	if (node->span.end < node->span.begin || node->span.end > outer->len || !within) {
		fprintf(stderr, "span of %s is [%u, %u), of its parent [%u, %u)\n", ast_kind_name(node->kind), node->span.begin,
		        node->span.end, outer->parent.begin, outer->parent.end);
		outer->ok = false;
		return false;
	}
	ast_walk(node, check_spans, &inner);
	outer->ok = outer->ok && inner.ok;
	return outer->ok;
}

/* Printed and parsed again it must be the same, and print the same. */
static void check_round_trip(const Golden *g, const AstNode *node)
{
	StrBuf printed, again;
	Err err;
	AstNode *second = NULL;
	strbuf_init(&printed);
	strbuf_init(&again);
	print_sql(node, NULL, &printed);
	if (!parse(g, strbuf_str(&printed), &second, &err) || second == NULL) {
		fprintf(stderr, "%s:%u: printed as\n%s\n%s\n", g->path, g->line, strbuf_cstr(&printed), err.message);
		CHECK(false);
	} else {
		if (!ast_equal(node, second)) {
			StrBuf a, b;
			strbuf_init(&a);
			strbuf_init(&b);
			dump_tree(node, &a);
			dump_tree(second, &b);
			fprintf(stderr, "%s:%u: printed as\n%s\n%s\n%s\n", g->path, g->line, strbuf_cstr(&printed), strbuf_cstr(&a),
			        strbuf_cstr(&b));
			CHECK(false);
			strbuf_deinit(&a);
			strbuf_deinit(&b);
		}
		print_sql(second, NULL, &again);
		CHECK_STR(strbuf_cstr(&again), strbuf_cstr(&printed));
	}
	strbuf_deinit(&printed);
	strbuf_deinit(&again);
}

static void run_block(Golden *g, Str text, Str expected, StrBuf *file_out)
{
	Err err;
	AstNode *node = NULL;
	StrBuf got;
	strbuf_init(&got);
	memset(&err, 0, sizeof err);
	bool ok = parse(g, text, &node, &err);
	g->blocks++;
	if (!ok) {
		err_print(&err, NULL, 1, text.ptr, text.len, &got);
	} else if (node != NULL) {
		SpanCheck spans = {.len = text.len, .parent = {0, text.len}, .ok = true};
		check_spans(&spans, node);
		CHECK_FMT(spans.ok, "%s:%u\n", g->path, g->line);
		dump_tree(node, &got);
		check_round_trip(g, node);
	}
	Str result = str_trim(strbuf_str(&got));
	if (g->regenerate) {
		if (ok == g->refuses)
			fprintf(stderr, "%s:%u: %s: %.*s\n    %.*s\n", g->path, g->line, ok ? "accepted" : "refused", STR_ARG(text),
			        STR_ARG(result));
		strbuf_printf(file_out, "%.*s\n----\n%.*s\n", STR_ARG(text), STR_ARG(result));
	} else if (ok == g->refuses || !str_eq(result, expected)) {
		fprintf(stderr, "%s:%u: %.*s\n    got  %.*s\n    want %.*s\n", g->path, g->line, STR_ARG(text), STR_ARG(result),
		        STR_ARG(expected));
		CHECK(false);
	}
	strbuf_deinit(&got);
	arena_reset(g->arena);
}

static char *read_file(const char *path, size_t *len)
{
	FILE *file = fopen(path, "rb");
	REQUIRE(file != NULL);
	char *data = NULL;
	size_t cap = 0, n = 0;
	*len = 0;
	do {
		cap += 65536;
		data = mem_realloc(data, cap);
		n = fread(data + *len, 1, cap - *len, file);
		*len += n;
	} while (n > 0);
	fclose(file);
	return data;
}

/* From `from` to the line before the one that `until` names; *rest begins behind that. */
static Str take_until(Str *rest, const char *until, uint32_t *lines)
{
	Str out = {rest->ptr, 0}, line;
	while (str_next(rest, '\n', &line)) {
		(*lines)++;
		if (str_eq_c(line, until))
			break;
		out.len = (uint32_t)(line.ptr + line.len - out.ptr);
	}
	return out;
}

static void run_file(Golden *g)
{
	size_t len = 0;
	char *data = read_file(g->path, &len);
	Str rest = str_make(data, len);
	StrBuf out;
	strbuf_init(&out);
	uint32_t line = 0;
	while (rest.ptr != NULL && rest.len > 0) {
		if (rest.ptr[0] == '\n' || rest.ptr[0] == '#') {
			Str comment;
			str_next(&rest, '\n', &comment);
			line++;
			strbuf_printf(&out, "%.*s\n", STR_ARG(comment));
			continue;
		}
		g->line = line + 1;
		Str text = take_until(&rest, "----", &line);
		Str expected = rest.ptr == NULL ? STR_EMPTY : take_until(&rest, "", &line);
		run_block(g, text, expected, &out);
		if (rest.ptr != NULL && rest.len > 0)
			strbuf_putc(&out, '\n');
	}
	if (g->regenerate) {
		FILE *file = fopen(g->path, "wb");
		REQUIRE(file != NULL);
		fwrite(out.ptr, 1, out.len, file);
		fclose(file);
	}
	strbuf_deinit(&out);
	mem_free(data);
}

/* All files whose name begins so; returns how many blocks they hold. */
static uint32_t run_files(const char *prefix)
{
	struct dirent **entries = NULL;
	uint32_t blocks = 0;
	int n = scandir(FOLDER, &entries, NULL, alphasort);
	REQUIRE(n > 0);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		size_t skip = strlen(prefix);
		if (strncmp(name, prefix, skip) == 0 && strstr(name, ".txt") != NULL) {
			Golden g = {.refuses = prefix[0] == 'r', .mode = 's', .regenerate = getenv("WEIR_REGENERATE") != NULL};
			if (strncmp(name + skip, "expr", 4) == 0)
				g.mode = 'e';
			if (strncmp(name + skip, "type", 4) == 0)
				g.mode = 't';
			snprintf(g.path, sizeof g.path, "%s/%s", FOLDER, name);
			g.arena = arena_open("golden", 0);
			run_file(&g);
			arena_close(g.arena);
			blocks += g.blocks;
		}
		free(entries[i]);
	}
	free(entries);
	printf("%s*: %u blocks\n", prefix, blocks);
	return blocks;
}

TEST(accepted_texts_give_their_trees)
{
	CHECK(run_files("accept_") >= 300);
}

TEST(refused_texts_give_their_errors)
{
	CHECK(run_files("refuse_") >= 300);
}

TESTS(accepted_texts_give_their_trees, refused_texts_give_their_errors)
