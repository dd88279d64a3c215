/*
 * tests/unit/parser/test_print.c: what the round trips of the golden files do not show: form, secrets, made trees.
 */
#include "parser/print.h"

#include "parser/dump.h"
#include "parser/parser.h"
#include "tests/support/check.h"

static void check_print(const char *sql, const PrintOptions *options, const char *want)
{
	Arena *arena = arena_open("test", 0);
	AstNode *node = NULL;
	uint32_t next = 0;
	Err err;
	StrBuf out;
	strbuf_init(&out);
	if (CHECK_FMT(parser_statement(arena, str_from(sql), 0, NULL, &node, &next, &err), "%s: %s\n", sql, err.message) ==
	    0)
		print_sql(node, options, &out);
	CHECK_STR(strbuf_cstr(&out), want);
	strbuf_deinit(&out);
	arena_close(arena);
}

TEST(parentheses_stand_only_where_they_must)
{
	check_print("select ((a) + ((b) * (c)))", NULL, "SELECT a + b * c");
	check_print("select (a + b) * c, a - (b - c), (a - b) - c", NULL, "SELECT (a + b) * c, a - (b - c), a - b - c");
	check_print("select not (a and b), (not a) and b", NULL, "SELECT NOT (a AND b), NOT a AND b");
	check_print("select (a or b) and c or d", NULL, "SELECT (a OR b) AND c OR d");
	check_print("select -(-a), (-a)::int, -(a::int)", NULL, "SELECT - -a, (-a)::int, -a::int");
	check_print("select (a = b) is null, a = (b is null)", NULL, "SELECT a = b IS NULL, a = (b IS NULL)");
	check_print("select (select 1), ((select 1))", NULL, "SELECT (SELECT 1), (SELECT 1)");
	check_print("(select 1) union (select 2)", NULL, "SELECT 1 UNION SELECT 2");
	check_print("select * from ((a join b on x) join c on y)", NULL, "SELECT * FROM a JOIN b ON x JOIN c ON y");
}

TEST(tables_print_in_lines)
{
	check_print(
	    "create table t (a int, b as a + 1, primary key (a) not enforced) with ('x'='y', 'z'='w')",
	    &(PrintOptions){.lines = true},
	    "CREATE TABLE t (\n  a int,\n  b AS a + 1,\n  PRIMARY KEY (a) NOT ENFORCED\n) WITH (\n  'x' = 'y',\n  'z' = "
	    "'w'\n)");
}

TEST(secrets_are_hidden)
{
	PrintOptions options = {.masked = true};
	check_print("create table t (a int) with ('user' = 'u', 'password' = 'p')", &options,
	            "CREATE TABLE t (a int) WITH ('user' = 'u', 'password' = '***')");
	check_print(
	    "create table t (a int) with ('url' = 'jdbc:postgresql://h/d?user=u&password=it''s&ssl=true', 'topic' = 'a@b')",
	    &options,
	    "CREATE TABLE t (a int) WITH ('url' = 'jdbc:postgresql://h/d?user=u&password=***&ssl=true', 'topic' = "
	    "'a@b')");
	check_print("select * from t /*+ options('properties.sasl.jaas.config' = 'p') */", &options,
	            "SELECT * FROM t /*+ options('properties.sasl.jaas.config' = '***') */");
	check_print("set 'x.password' = 'p'", &options, "SET 'x.password' = '***'");
	check_print("set a.password to b, c", &options, "SET a.password TO '***'");
}

TEST(names_get_quotes_where_they_need_them)
{
	static const struct {
		const char *name, *want;
	} names[] = {{"a", "a"},     {"a b", "`a b`"}, {"order", "`order`"}, {"value", "value"},
	             {"1a", "`1a`"}, {"", "``"},       {"a`b", "`a``b`"},    {"$x", "$x"},
	             {"$1", "`$1`"}, {"a$1", "a$1"},   {"$", "`$`"},         {"a.b", "`a.b`"}};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		StrBuf out;
		strbuf_init(&out);
		print_name(str_from(names[i].name), &out);
		CHECK_STR(strbuf_cstr(&out), names[i].want);
		strbuf_deinit(&out);
	}
}

TEST(trees_show_what_was_written_only)
{
	Arena *arena = arena_open("test", 0);
	AstNode *node = NULL;
	Err err;
	StrBuf out;
	strbuf_init(&out);
	REQUIRE(parser_expr(arena, STR("f(DISTINCT `a b`, 'x''\n')"), NULL, &node, &err));
	dump_tree(node, &out);
	CHECK_STR(strbuf_cstr(&out), "(call name:f distinct args:[(column path:`a b`) (literal string value:'x''\\x0a')])");
	strbuf_deinit(&out);
	arena_close(arena);
}

TESTS(parentheses_stand_only_where_they_must, tables_print_in_lines, secrets_are_hidden,
      names_get_quotes_where_they_need_them, trees_show_what_was_written_only)
