#include "sql/expr/eval.h"

#include "tests/unit/sql/functions/vectors.h"

enum { ROWS = 200 };

/* Column 0: i - 100, NULL every tenth; column 1: i % 4. */
static void make_inputs(Arena *arena, Column cols[2], const Column *inputs[2])
{
	for (uint32_t k = 0; k < 2; k++) {
		column_init(&cols[k], &type_int, ROWS, arena);
		inputs[k] = &cols[k];
	}
	for (uint32_t i = 0; i < ROWS; i++) {
		cols[0].i64[i] = (int64_t)i - 100;
		cols[1].i64[i] = i % 4;
		if (i % 10 == 0)
			column_set_null(&cols[0], i, arena);
	}
}

static const Column *run(Arena *arena, const char *text, const Column *const *inputs, const Value *params)
{
	const Expr *e = vector_expr(arena, text);
	const Column *out;
	EvalEnv env = vector_env();
	eval_run(eval_open(arena, &e, 1), &env, inputs, params, ROWS, arena, &out);
	return out;
}

TEST(columns_constants_and_params)
{
	Arena *arena = arena_open("test", 0);
	Column cols[2];
	const Column *inputs[2];
	make_inputs(arena, cols, inputs);
	/* A column is passed on, not copied. */
	CHECK(run(arena, "$1<INT>", inputs, NULL) == inputs[1]);
	const Column *c = run(arena, "\"+\"(1, 2)", inputs, NULL);
	CHECK(c->constant && c->len == ROWS && c->i64[0] == 3);
	Value params[1] = {value_i64(5)};
	c = run(arena, "\"+\"($1<INT>, ?0<INT>)", inputs, params);
	for (uint32_t i = 0; i < ROWS; i++)
		CHECK_EQ_I64(c->i64[i], i % 4 + 5);
	/* A NULL constant makes a strict call NULL at once. */
	c = run(arena, "\"+\"($1<INT>, <INT>NULL)", inputs, NULL);
	for (uint32_t i = 0; i < ROWS; i++)
		CHECK(column_is_null(c, i) && !column_err(c, i));
	arena_close(arena);
}

TEST(errors_are_kept_by_row_and_dropped_by_case)
{
	Arena *arena = arena_open("test", 0);
	Column cols[2];
	const Column *inputs[2];
	make_inputs(arena, cols, inputs);
	const Column *c = run(arena, "\"/\"($0<INT>, $1<INT>)", inputs, NULL);
	for (uint32_t i = 0; i < ROWS; i++) {
		bool null = i % 10 == 0;
		CHECK_EQ_I64(column_err(c, i), !null && i % 4 == 0 ? ROW_DIV_ZERO : ROW_OK);
		CHECK(column_is_null(c, i) == (null || i % 4 == 0));
		if (!null && i % 4)
			CHECK_EQ_I64(c->i64[i], ((int64_t)i - 100) / (int64_t)(i % 4));
	}
	CHECK_EQ_I64(column_first_err(c), 4);
	c = run(arena, "CASE(\"<>\"($1<INT>, 0), \"/\"($0<INT>, $1<INT>), -1)", inputs, NULL);
	for (uint32_t i = 0; i < ROWS; i++) {
		CHECK_EQ_I64(column_err(c, i), ROW_OK);
		if (i % 4 == 0)
			CHECK_EQ_I64(c->i64[i], -1);
	}
	c = run(arena, "AND(\"<>\"($1<INT>, 0), \">\"(\"/\"(10, $1<INT>), 4))", inputs, NULL);
	CHECK_EQ_I64(column_first_err(c), -1);
	/* An error goes through everything that reads it. */
	c = run(arena, "CAST<STRING>(\"+\"(\"/\"(1, $1<INT>), 1))", inputs, NULL);
	CHECK_EQ_I64(column_err(c, 4), ROW_DIV_ZERO);
	c = run(arena, "\"IS NULL\"(\"/\"(1, $1<INT>))", inputs, NULL);
	CHECK_EQ_I64(column_err(c, 4), ROW_DIV_ZERO);
	arena_close(arena);
}

TEST(equal_subexpressions_are_computed_once)
{
	Arena *arena = arena_open("test", 0);
	Column cols[2];
	const Column *inputs[2];
	make_inputs(arena, cols, inputs);
	const Expr *exprs[3] = {
	    vector_expr(arena, "\"*\"(\"+\"($0<INT>, 1), 2)"),
	    vector_expr(arena, "\"+\"($0<INT>, 1)"),
	    vector_expr(arena, "\"*\"(\"+\"($0<INT>, 1), 2)"),
	};
	const Column *out[3];
	EvalEnv env = vector_env();
	eval_run(eval_open(arena, exprs, 3), &env, inputs, NULL, ROWS, arena, out);
	CHECK(out[0] == out[2]);
	CHECK_EQ_I64(out[0]->i64[5], 2 * out[1]->i64[5]);
	arena_close(arena);
}

TEST(selects_rows)
{
	Arena *arena = arena_open("test", 0);
	Column cols[2];
	const Column *inputs[2];
	make_inputs(arena, cols, inputs);
	uint32_t sel[ROWS];
	int64_t bad;
	uint32_t n = eval_select(run(arena, "\">=\"($0<INT>, 0)", inputs, NULL), ROWS, sel, &bad);
	CHECK_EQ_I64(bad, -1);
	CHECK_EQ_I64(n, 90); /* 100 to 199 without every tenth */
	CHECK_EQ_I64(sel[0], 101);
	CHECK_EQ_I64(eval_select(run(arena, "\"=\"($1<INT>, 1)", inputs, NULL), ROWS, sel, &bad), ROWS / 4);
	CHECK_EQ_I64(eval_select(run(arena, "TRUE", inputs, NULL), ROWS, sel, &bad), ROWS);
	CHECK_EQ_I64(eval_select(run(arena, "<BOOLEAN>NULL", inputs, NULL), ROWS, sel, &bad), 0);
	eval_select(run(arena, "\"=\"(\"/\"(1, $1<INT>), 1)", inputs, NULL), ROWS, sel, &bad);
	CHECK_EQ_I64(bad, 0);
	eval_select(run(arena, "\"=\"(\"/\"(1, 0), 1)", inputs, NULL), ROWS, sel, &bad);
	CHECK_EQ_I64(bad, 0);
	arena_close(arena);
}

static void check_words(const char *text, uint32_t row, ErrCode code, const char *message)
{
	Arena *arena = arena_open("test", 0);
	Column cols[2];
	const Column *inputs[2];
	make_inputs(arena, cols, inputs);
	const Expr *e = vector_expr(arena, text);
	Eval *eval = eval_open(arena, &e, 1);
	EvalEnv env = vector_env();
	const Column *out;
	eval_run(eval, &env, inputs, NULL, ROWS, arena, &out);
	CHECK(column_err(out, row));
	Err err;
	err_clear(&err);
	eval_report(eval, 0, &env, inputs, NULL, row, arena, &err);
	CHECK_EQ_I64(err.code, code);
	CHECK_STR(err.message, message);
	arena_close(arena);
}

TEST(reports_say_what_happened)
{
	check_words("\"/\"($0<INT>, $1<INT>)", 4, ERR_DIVISION_BY_ZERO, "-96 was divided by zero");
	check_words("\"+\"(\"*\"($0<INT>, 2000000000), 1)", 7, ERR_OUT_OF_RANGE, "-93 * 2000000000 does not fit INT");
	check_words("CAST<TINYINT>(\"+\"($0<INT>, 200))", 55, ERR_OUT_OF_RANGE, "155 does not fit TINYINT");
	check_words("CAST<INT>(CONCAT('x', CAST<STRING>($0<INT>)))", 1, ERR_BAD_CAST, "cannot cast 'x-99' to INT");
	/* The branch that is taken, not the first that fails. */
	check_words("CASE(\"=\"($1<INT>, 9), CAST<INT>('a'), \"/\"($0<INT>, $1<INT>))", 4, ERR_DIVISION_BY_ZERO,
	            "-96 was divided by zero");
	Arena *arena = arena_open("test", 0);
	const Expr *e = vector_expr(arena, "CAST<INT>('abc')");
	Value v;
	Err err;
	CHECK(!eval_const(e, NULL, NULL, arena, &v, &err));
	CHECK_STR(err.message, "cannot cast 'abc' to INT");
	CHECK_STR(err.hint, "TRY_CAST gives NULL instead.");
	/* A field that a decoder refused. */
	Column c;
	column_init(&c, &type_int, 1, arena);
	c.i64[0] = 0;
	column_set_err(&c, 0, ROW_BAD_FIELD, arena);
	const Column *inputs[1] = {&c};
	e = vector_expr(arena, "\"+\"($0<INT>, 1)");
	Eval *eval = eval_open(arena, &e, 1);
	const Column *out;
	eval_run(eval, NULL, inputs, NULL, 1, arena, &out);
	CHECK_EQ_I64(column_err(out, 0), ROW_BAD_FIELD);
	eval_report(eval, 0, NULL, inputs, NULL, 0, arena, &err);
	CHECK_EQ_I64(err.code, column_err_code(ROW_BAD_FIELD));
	arena_close(arena);
}

TEST(folding_keeps_json_json)
{
	Arena *arena = arena_open("test", 0);
	Column cols[2];
	const Column *inputs[2];
	make_inputs(arena, cols, inputs);
	EvalEnv env = vector_env();
	const Expr *e[2] = {
	    vector_expr(arena, "JSON_OBJECT('NULL', 'a', JSON_OBJECT('NULL', 'b', 1), 'c', $1<INT>)"),
	    vector_expr(arena, "JSON_OBJECT('NULL', 'a', '{\"b\":1}', 'c', $1<INT>)"),
	};
	for (int k = 0; k < 2; k++)
		e[k] = expr_fold(arena, e[k], &env);
	CHECK(!expr_equal(e[0], e[1]));
	const Column *out[2];
	eval_run(eval_open(arena, e, 2), &env, inputs, NULL, ROWS, arena, out);
	CHECK_MEM(out[0]->str[3].ptr, out[0]->str[3].len, "{\"a\":{\"b\":1},\"c\":3}");
	CHECK_MEM(out[1]->str[3].ptr, out[1]->str[3].len, "{\"a\":\"{\\\"b\\\":1}\",\"c\":3}");
	arena_close(arena);
}

TEST(no_rows)
{
	Arena *arena = arena_open("test", 0);
	const Expr *e[2] = {vector_expr(arena, "\"+\"($0<INT>, 1)"), vector_expr(arena, "UPPER('a')")};
	Column c;
	column_init(&c, &type_int, 0, arena);
	const Column *inputs[1] = {&c};
	const Column *out[2];
	eval_run(eval_open(arena, e, 2), NULL, inputs, NULL, 0, arena, out);
	CHECK(out[0]->len == 0 && out[1]->len == 0);
	arena_close(arena);
}

TESTS(columns_constants_and_params, errors_are_kept_by_row_and_dropped_by_case, equal_subexpressions_are_computed_once,
      selects_rows, reports_say_what_happened, folding_keeps_json_json, no_rows)
