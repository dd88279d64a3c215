/*
 * tests/unit/parser/test_parser.c: many statements in one text, where statements end, bounds, the walk.
 */
#include "parser/parser.h"

#include "parser/dump.h"
#include "parser/print.h"
#include "tests/support/check.h"

/* The kinds of all statements of a text, with blanks between; ! for one that is refused. */
static const char *kinds_of(const char *text)
{
	static char out[1024];
	Arena *arena = arena_open("test", 0);
	Str s = str_from(text);
	size_t n = 0;
	uint32_t at = 0;
	out[0] = '\0';
	while (at < s.len) {
		AstNode *node = NULL;
		uint32_t next = 0;
		bool ok = parser_statement(arena, s, at, NULL, &node, &next, NULL);
		if (ok && node == NULL)
			break;
		n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", n > 0 ? " " : "",
		                      ok ? ast_kind_name(node->kind) + 4 : "!");
		REQUIRE(next > at);
		at = next;
	}
	arena_close(arena);
	return out;
}

TEST(statements_come_one_by_one)
{
	CHECK_STR(kinds_of(""), "");
	CHECK_STR(kinds_of(" ; ;; -- nothing\n ;"), "");
	CHECK_STR(kinds_of("SELECT 1; FLUSH; SHOW TABLES"), "STMT_QUERY FLUSH SHOW");
	CHECK_STR(kinds_of("SELECT ';' /* ; */ -- ;\n; STEP;"), "STMT_QUERY TEST_ACTION");
	CHECK_STR(kinds_of("SELECT `;`, \";\", E'\\';' FROM t; STEP"), "STMT_QUERY TEST_ACTION");
}

TEST(after_an_error_the_next_statement_is_read)
{
	CHECK_STR(kinds_of("SELCT 1; FLUSH"), "! FLUSH");
	CHECK_STR(kinds_of("SELECT ';' FORM t WHERE ';' ; FLUSH; foo; FLUSH"), "! FLUSH ! FLUSH");
	CHECK_STR(kinds_of("SELECT @; FLUSH"), "! FLUSH");
	CHECK_STR(kinds_of("SELECT 'open; FLUSH"), "!");
	CHECK_STR(kinds_of("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT; INSERT INTO b SELECT 1; END; FLUSH"),
	          "! FLUSH");
	CHECK_STR(kinds_of("BEGIN STATEMENT SET; INSERT INTO a SELECT; INSERT INTO b SELECT 1; END; FLUSH"), "! FLUSH");
}

TEST(statement_sets_hold_semicolons)
{
	CHECK_STR(kinds_of("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT CASE WHEN x THEN 1 END FROM t; INSERT INTO b "
	                   "SELECT 1; END; FLUSH"),
	          "STATEMENT_SET FLUSH");
	CHECK_STR(kinds_of("BEGIN STATEMENT SET; INSERT INTO a SELECT 1; END; BEGIN; COMMIT"),
	          "STATEMENT_SET TRANSACTION TRANSACTION");
	CHECK_STR(kinds_of("COMPILE PLAN 'x' FOR STATEMENT SET BEGIN INSERT INTO a SELECT 1; END; FLUSH"),
	          "UNSUPPORTED FLUSH");
}

static void check_end(const char *text, bool complete, uint32_t want, bool want_blank)
{
	uint32_t next = 0;
	bool blank = false;
	bool got = parser_statement_end(str_from(text), 0, &next, &blank);
	CHECK_FMT(got == complete && next == want && blank == want_blank, "%s: %d %u %d\n", text, got, next, blank);
}

TEST(a_shell_knows_when_input_is_complete)
{
	check_end("SELECT 1;", true, 9, false);
	check_end("SELECT 1; x", true, 9, false);
	check_end("SELECT 1", false, 8, false);
	check_end("", false, 0, true);
	check_end(" -- x", false, 5, true);
	check_end(";", true, 1, true);
	check_end("SELECT ';", false, 9, false);
	check_end("SELECT /* ;", false, 11, false);
	check_end("SELECT `;", false, 9, false);
	check_end("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1;", false, 51, false);
	check_end("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END", false, 55, false);
	check_end("EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;", true, 56, false);
	check_end("BEGIN STATEMENT SET;", false, 20, false);
	check_end("BEGIN;", true, 6, false);
	check_end("SELECT CASE WHEN a THEN b END;", true, 30, false);
	check_end("SELECT @;", true, 9, false);
}

static bool parses(StrBuf *text, Err *err)
{
	Arena *arena = arena_open("test", 0);
	AstNode *node = NULL;
	uint32_t next = 0;
	bool ok = parser_statement(arena, strbuf_str(text), 0, NULL, &node, &next, err);
	if (ok) { /* what recurses over the tree must live with it, too */
		StrBuf out;
		strbuf_init(&out);
		print_sql(node, NULL, &out);
		dump_tree(node, &out);
		CHECK(ast_equal(node, node));
		strbuf_deinit(&out);
	}
	arena_close(arena);
	return ok;
}

/* before, n times repeat, after */
static bool repeated(const char *before, const char *repeat, unsigned n, const char *middle, const char *close,
                     const char *after)
{
	StrBuf text;
	Err err = {0};
	strbuf_init(&text);
	strbuf_puts(&text, before);
	for (unsigned i = 0; i < n; i++)
		strbuf_puts(&text, repeat);
	strbuf_puts(&text, middle);
	for (unsigned i = 0; i < n; i++)
		strbuf_puts(&text, close);
	strbuf_puts(&text, after);
	bool ok = parses(&text, &err);
	if (!ok)
		CHECK_FMT(err.code == ERR_TOO_DEEP && err.span.end > err.span.begin, "%s %s: %s\n", before, repeat,
		          err.message);
	strbuf_deinit(&text);
	return ok;
}

TEST(nesting_is_bounded)
{
	static const struct {
		const char *before, *repeat, *middle, *close, *after;
	} forms[] = {
	    {"SELECT ", "(", "1", ")", ""},
	    {"SELECT ", "- ", "1", "", ""},
	    {"SELECT ", "NOT ", "a", "", ""},
	    {"SELECT ", "f(", "1", ")", ""},
	    {"SELECT ", "(SELECT ", "1", ")", ""},
	    {"SELECT ", "CASE WHEN a THEN ", "1", " END", ""},
	    {"SELECT ", "CAST(", "1", " AS INT)", ""},
	    {"SELECT ", "ARRAY[", "1", "]", ""},
	    {"SELECT ", "a[", "1", "]", ""},
	    {"SELECT ", "a IN (", "1", ")", ""},
	    {"SELECT ", "f(x => ", "1", ")", ""},
	    {"SELECT ", "JSON_OBJECT('a' VALUE ", "1", ")", ""},
	    {"SELECT ", "TRIM(FROM ", "a", ")", ""},
	    {"SELECT ", "f(TABLE (SELECT ", "1", "))", ""},
	    {"SELECT ", "SUM(x) OVER (ORDER BY ", "a", ")", ""},
	    {"SELECT CAST(a AS ", "ARRAY<", "INT", ">", ")"},
	    {"SELECT CAST(a AS ", "ROW<a ", "INT", ">", ")"},
	    {"SELECT a::INT", "[]", "", "", ""},
	    {"SELECT CAST(a AS INT", " ARRAY", "", "", ")"},
	    {"SELECT * FROM ", "(", "t", ")", ""},
	    {"SELECT * FROM ", "(SELECT * FROM ", "t", ")", ""},
	    {"SELECT * FROM t ", "JOIN (t ", "JOIN t ON b", ") ON a ", ""},
	    {"", "(", "SELECT 1", ")", ""},
	    {"", "WITH a AS (", "SELECT 1", ") SELECT 1", ""},
	    {"SELECT 1 ", "UNION (SELECT 1 ", "", ")", ""},
	    {"SELECT a FROM t GROUP BY ", "GROUPING SETS (", "a", ")", ""},
	    {"SELECT * FROM t MATCH_RECOGNIZE (PATTERN (", "(", "A", ")", ") DEFINE A AS x)"},
	    {"VALUES ", "(", "1", ")", ""},
	    {"", "PREPARE p AS ", "SELECT 1", "", ""},
	    {"", "EXPLAIN ", "SELECT 1", "", ""},
	};
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		bool few = i < 28; /* the last two do not nest at all */
		bool ok =
		    repeated(forms[i].before, forms[i].repeat, few ? 10 : 1, forms[i].middle, forms[i].close, forms[i].after);
		CHECK_FMT(ok, "%s\n", forms[i].repeat);
		if (few)
			CHECK_FMT(
			    !repeated(forms[i].before, forms[i].repeat, 20000, forms[i].middle, forms[i].close, forms[i].after),
			    "%s\n", forms[i].repeat);
	}
}

TEST(chains_are_bounded)
{
	static const struct {
		const char *before, *repeat;
	} chains[] = {
	    {"SELECT 1", " + 1"},
	    {"SELECT a", " AND a"},
	    {"SELECT a", "[1]"},
	    {"SELECT (a)", ".b"},
	    {"SELECT a", "::INT"},
	    {"SELECT a", " IS NULL"},
	    {"SELECT a", " COLLATE c"},
	    {"SELECT 1", " UNION ALL SELECT 1"},
	    {"SELECT 1", " INTERSECT SELECT 1"},
	    {"SELECT * FROM t", " CROSS JOIN t"},
	};
	for (size_t i = 0; i < sizeof chains / sizeof chains[0]; i++) {
		CHECK_FMT(repeated(chains[i].before, chains[i].repeat, 500, "", "", ""), "%s\n", chains[i].repeat);
		CHECK_FMT(!repeated(chains[i].before, chains[i].repeat, 20000, "", "", ""), "%s\n", chains[i].repeat);
	}
	/* Chains in chains add up: each level is within the bounds, the whole is not. */
	StrBuf text;
	Err err = {0};
	strbuf_init(&text);
	strbuf_puts(&text, "SELECT ");
	for (int level = 0; level < 20; level++)
		strbuf_puts(&text, "(");
	strbuf_puts(&text, "1");
	for (int level = 0; level < 20; level++) {
		for (int i = 0; i < 100; i++)
			strbuf_puts(&text, " + 1");
		strbuf_puts(&text, ")");
	}
	CHECK(!parses(&text, &err));
	CHECK(err.code == ERR_TOO_DEEP);
	strbuf_deinit(&text);
}

TEST(lists_are_not_bounded)
{
	CHECK(repeated("SELECT a IN (1", ", 1", 50000, "", "", ")"));
	CHECK(repeated("INSERT INTO t VALUES (1, 2)", ", (1, 2)", 50000, "", "", ""));
	CHECK(repeated("SELECT 1", ", 1", 50000, "", "", ""));
	CHECK(repeated("SELECT 1 FROM t", ", t", 20000, "", "", ""));
}

/* ((((SELECT 1) + 1) + 1) ... must not cost more than looking ahead once a level. */
TEST(parentheses_cost_no_attempts)
{
	CHECK(repeated("SELECT ", "((SELECT ", 60, "1", ") + 1)", ""));
}

static bool count_columns(void *ctx, AstNode *node)
{
	unsigned *count = ctx;
	*count += node->kind == AST_COLUMN;
	return ast_walk(node, count_columns, ctx);
}

TEST(the_walk_reaches_every_child)
{
	Arena *arena = arena_open("test", 0);
	AstNode *node = NULL;
	uint32_t next = 0;
	Err err;
	const char *sql =
	    "WITH w AS (SELECT a FROM t) SELECT b + f(c, d => e) OVER (PARTITION BY g ORDER BY h) FROM t JOIN u "
	    "ON i = j, LATERAL TABLE(k(l)) WHERE m IN (SELECT n FROM o) GROUP BY p, ROLLUP (q) ORDER BY r LIMIT s";
	REQUIRE(parser_statement(arena, str_from(sql), 0, NULL, &node, &next, &err));
	unsigned count = 0;
	CHECK(count_columns(&count, node));
	CHECK_EQ_U64(count, 15);
	arena_close(arena);
}

TEST(spans_count_from_the_texts_begin)
{
	Arena *arena = arena_open("test", 0);
	AstNode *node = NULL;
	uint32_t next = 0;
	Err err;
	const char *sql = "FLUSH;\nSELECT a +  b FROM t;";
	REQUIRE(parser_statement(arena, str_from(sql), 6, NULL, &node, &next, &err));
	CHECK_EQ_U64(node->span.begin, 7);
	CHECK_EQ_U64(next, strlen(sql));
	const AstQuery *query = AST(AstQuery, AST(AstStmtQuery, node)->query);
	const AstSelectItem *item = AST(AstSelectItem, AST(AstSelect, query->body)->items.items[0]);
	const AstBinary *sum = AST(AstBinary, item->expr);
	CHECK(sum->node.span.begin == 14 && sum->node.span.end == 20);
	CHECK(sum->op_span.begin == 16 && sum->op_span.end == 17);
	CHECK(!parser_statement(arena, STR("FLUSH; SELECT a FROM 5"), 6, NULL, &node, &next, &err));
	CHECK(err.span.begin == 21 && err.span.end == 22);
	arena_close(arena);
}

TEST(expressions_and_types_end_with_the_text)
{
	Arena *arena = arena_open("test", 0);
	AstNode *expr = NULL;
	AstType *type = NULL;
	Err err;
	CHECK(parser_expr(arena, STR(" a + 1 "), NULL, &expr, &err) && expr->kind == AST_BINARY);
	CHECK(!parser_expr(arena, STR("a + 1;"), NULL, &expr, &err) && expr == NULL);
	CHECK(!parser_expr(arena, STR(""), NULL, &expr, NULL));
	CHECK(parser_type(arena, STR("DECIMAL(10, 2)"), &type, &err) && type->params[1] == 2);
	CHECK(!parser_type(arena, STR("DECIMAL(10, 2) x"), &type, &err) && type == NULL);
	arena_close(arena);
}

TESTS(statements_come_one_by_one, after_an_error_the_next_statement_is_read, statement_sets_hold_semicolons,
      a_shell_knows_when_input_is_complete, nesting_is_bounded, chains_are_bounded, lists_are_not_bounded,
      parentheses_cost_no_attempts, the_walk_reaches_every_child, spans_count_from_the_texts_begin,
      expressions_and_types_end_with_the_text)
