#include "sql/expr/expr.h"

#include "tests/unit/sql/functions/vectors.h"

static void check_print(const char *text, const char *want)
{
	Arena *arena = arena_open("test", 0);
	StrBuf b;
	strbuf_init(&b);
	static const Str names[] = {{"a", 1}, {"b", 1}, {"c", 1}};
	expr_print(vector_expr(arena, text), names, &b);
	CHECK_STR(strbuf_cstr(&b), want);
	strbuf_deinit(&b);
	arena_close(arena);
}

TEST(prints_like_sql)
{
	check_print("\"+\"($0<INT>, \"*\"($1<INT>, 2))", "a + b * 2");
	check_print("\"*\"(\"+\"($0<INT>, $1<INT>), 2)", "(a + b) * 2");
	check_print("\"-\"($0<INT>, \"-\"($1<INT>, $2<INT>))", "a - (b - c)");
	check_print("\"-\"(\"-\"($0<INT>, $1<INT>), $2<INT>)", "a - b - c");
	check_print("AND(OR($0<BOOLEAN>, $1<BOOLEAN>), NOT($2<BOOLEAN>))", "(a OR b) AND NOT c");
	check_print("NOT(\"=\"($0<INT>, 1))", "NOT a = 1");
	check_print("\"-\"($0<INT>)", "-a");
	check_print("\"IS NULL\"(\"+\"($0<INT>, 1))", "a + 1 IS NULL");
	check_print("IN($0<STRING>, 'x', 'it''s')", "a IN ('x', 'it''s')");
	check_print("LIKE($0<STRING>, 'x%')", "a LIKE 'x%'");
	check_print("CASE(\"=\"($0<INT>, 1), 'x', 'y')", "CASE WHEN a = 1 THEN 'x' ELSE 'y' END");
	check_print("CAST<STRING>($0<INT>)", "CAST(a AS STRING)");
	check_print("TRY_CAST<DECIMAL(5, 2)>($0<STRING>)", "TRY_CAST(a AS DECIMAL(5, 2))");
	check_print("\"=\"($0<BIGINT>, 1)", "a = 1");
	check_print("\">\"($0<TIMESTAMP(3)>, '2024-01-01 00:00:00')", "a > TIMESTAMP '2024-01-01 00:00:00.000000'");
	check_print("\"+\"($0<DATE>, <SECONDS>'1 day')", "a + INTERVAL '+1 00:00:00.000' DAY TO SECOND");
	check_print("ITEM($0<ARRAY<INT>>, 1)", "a[1]");
	check_print("FIELD($0<ROW<x INT, y INT>>, 'y')", "a.y");
	check_print("ARRAY($0<INT>, 2)", "ARRAY[a, 2]");
	check_print("EXTRACT('YEAR', $0<DATE>)", "EXTRACT(YEAR FROM a)");
	check_print("FLOOR($0<TIMESTAMP(3)>, 'HOUR')", "FLOOR(a TO HOUR)");
	check_print("UPPER(?1<STRING>)", "UPPER(?2)");
	check_print("COALESCE($0<INT>, NULL)", "COALESCE(a, NULL)");
	check_print("\"IS DISTINCT FROM\"($0<INT>, $1<INT>)", "a IS DISTINCT FROM b");
}

static void check_fold(const char *text, const char *want)
{
	Arena *arena = arena_open("test", 0);
	StrBuf b;
	strbuf_init(&b);
	EvalEnv env = vector_env();
	expr_print(expr_fold(arena, vector_expr(arena, text), &env), NULL, &b);
	CHECK_STR(strbuf_cstr(&b), want);
	strbuf_deinit(&b);
	arena_close(arena);
}

TEST(folds_constants)
{
	check_fold("\"+\"(1, 2)", "3");
	check_fold("\"+\"($0<INT>, \"*\"(2, 3))", "$0 + 6");
	check_fold("\"/\"(1, 0)", "1 / 0");
	check_fold("UPPER(CONCAT('a', 'b'))", "'AB'");
	check_fold("LIKE($0<STRING>, CONCAT('a', '%'))", "$0 LIKE 'a%'");
	check_fold("AND($0<BOOLEAN>, TRUE)", "$0");
	check_fold("AND(FALSE, $0<BOOLEAN>)", "FALSE");
	check_fold("AND($0<BOOLEAN>, FALSE)", "FALSE");
	check_fold("AND(\"=\"(\"/\"(1, $0<INT>), 1), FALSE)", "1 / $0 = 1 AND FALSE");
	check_fold("OR($0<BOOLEAN>, FALSE, $1<BOOLEAN>)", "$0 OR $1");
	check_fold("OR(TRUE, $0<BOOLEAN>)", "TRUE");
	check_fold("AND(TRUE, TRUE)", "TRUE");
	check_fold("JSON_OBJECT('NULL', 'a', JSON_OBJECT('NULL', 'b', 1), 'c', $0<INT>)",
	           "JSON_OBJECT('NULL', 'a', '{\"b\":1}', 'c', $0)");
	check_fold("NOW()", "NOW()");
	check_fold("CURRENT_DATE()", "CURRENT_DATE");
	check_fold("RAND()", "RAND()");
	check_fold("CAST<INT>('12')", "12");
	check_fold("\"-\"(5)", "-5");
	check_fold("COALESCE($0<INT>, \"+\"(1, 1))", "COALESCE($0, 2)");
}

TEST(renumbers_and_replaces)
{
	Arena *arena = arena_open("test", 0);
	StrBuf b;
	strbuf_init(&b);
	const Expr *e = vector_expr(arena, "\"+\"($0<INT>, \"*\"($2<INT>, $0<INT>))");
	static const uint32_t map[] = {5, UINT32_MAX, 1};
	expr_print(expr_remap(arena, e, map), NULL, &b);
	CHECK_STR(strbuf_cstr(&b), "$5 + $1 * $5");
	strbuf_clear(&b);
	const Expr *with[3] = {vector_expr(arena, "\"+\"($7<INT>, 1)"), NULL, vector_expr(arena, "3")};
	const Expr *replaced = expr_substitute(arena, e, with);
	expr_print(replaced, NULL, &b);
	CHECK_STR(strbuf_cstr(&b), "$7 + 1 + 3 * ($7 + 1)");
	/* What was one node stays one: it is evaluated once. */
	CHECK(replaced->args[0] == replaced->args[1]->args[1]);
	static const uint32_t same[] = {0, 1, 2};
	CHECK(expr_remap(arena, e, same) == e);
	bool used[8] = {false};
	expr_columns(e, used);
	CHECK(used[0] && !used[1] && used[2]);
	strbuf_deinit(&b);
	arena_close(arena);
}

TEST(tells_what_it_is)
{
	Arena *arena = arena_open("test", 0);
	const Expr *sum = vector_expr(arena, "\"+\"($0<INT>, 1)");
	CHECK(expr_equal(sum, vector_expr(arena, "\"+\"($0<INT>, 1)")));
	CHECK(!expr_equal(sum, vector_expr(arena, "\"+\"($0<INT>, 2)")));
	CHECK(!expr_equal(sum, vector_expr(arena, "\"+\"($1<INT>, 1)")));
	CHECK(!expr_equal(vector_expr(arena, "0e0"), vector_expr(arena, "-0e0")));
	CHECK(!expr_equal(vector_expr(arena, "1"), vector_expr(arena, "<BIGINT>'1'")));
	CHECK(!expr_equal(vector_expr(arena, "RAND()"), vector_expr(arena, "RAND()")));
	CHECK(!expr_is_const(sum) && expr_is_const(vector_expr(arena, "\"+\"(1, 1)")));
	CHECK(!expr_is_const(vector_expr(arena, "?0<INT>")) && !expr_is_const(vector_expr(arena, "NOW()")));
	CHECK(expr_is_deterministic(sum) && !expr_is_deterministic(vector_expr(arena, "NOW()")));
	CHECK(expr_uses_params(vector_expr(arena, "\"+\"(?0<INT>, 1)")) && !expr_uses_params(sum));
	CHECK(expr_can_fail(sum));
	CHECK(!expr_can_fail(vector_expr(arena, "\"+\"($0<DOUBLE>, 1e0)")));
	CHECK(!expr_can_fail(vector_expr(arena, "CAST<STRING>($0<INT>)")));
	CHECK(expr_can_fail(vector_expr(arena, "CAST<INT>($0<STRING>)")));
	CHECK(!expr_can_fail(vector_expr(arena, "TRY_CAST<INT>($0<STRING>)")));
	CHECK(!expr_can_fail(vector_expr(arena, "CAST<BIGINT>($0<INT>)")));
	/* nullability */
	CHECK(vector_expr(arena, "1")->type->not_null);
	CHECK(!sum->type->not_null);
	CHECK(vector_expr(arena, "\"+\"(1, 1)")->type->not_null);
	CHECK(vector_expr(arena, "\"IS NULL\"($0<INT>)")->type->not_null);
	CHECK(vector_expr(arena, "COALESCE($0<INT>, 1)")->type->not_null);
	CHECK(!vector_expr(arena, "CASE(TRUE, 1)")->type->not_null);
	arena_close(arena);
}

TESTS(prints_like_sql, folds_constants, renumbers_and_replaces, tells_what_it_is)
