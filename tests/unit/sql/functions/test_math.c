#include "tests/unit/sql/functions/vectors.h"

VECTORS(rounding, {"ROUND(2.5)", "3", "DECIMAL(2, 0)"}, {"ROUND(-2.5)", "-3", NULL},
        {"ROUND(1.2345, 2)", "1.23", "DECIMAL(4, 2)"}, {"ROUND(1.5, 4)", "1.5", "DECIMAL(2, 1)"},
        {"ROUND(155.5, -1)", "160", "DECIMAL(4, 0)"}, {"ROUND(2.675e0, 2)", "2.68", "DOUBLE"},
        {"ROUND(-1.5e0)", "-2.0", NULL}, {"ROUND(0.4e0)", "0.0", NULL}, {"ROUND(9.99e0, 1)", "10.0", NULL},
        {"ROUND(1234e0, -2)", "1200.0", NULL}, {"ROUND(1e300, 2)", "1.0E300", NULL}, {"ROUND(15, -1)", "20", "INT"},
        {"ROUND(2147483647, -1)", "!W1203", NULL}, {"ROUND(5, -50)", "0", NULL}, {"ROUND(<DOUBLE>'NaN')", "NaN", NULL},
        {"TRUNCATE(2.79, 1)", "2.7", "DECIMAL(3, 1)"}, {"TRUNCATE(-2.79e0, 1)", "-2.7", NULL},
        {"TRUNCATE(2.3e0, 1)", "2.3", NULL}, {"TRUNCATE(159, -1)", "150", NULL}, {"FLOOR(2.7)", "2", "DECIMAL(2, 0)"},
        {"FLOOR(-2.1)", "-3", NULL}, {"CEIL(2.1)", "3", NULL}, {"CEILING(-2.7)", "-2", NULL},
        {"FLOOR(2.7e0)", "2.0", NULL}, {"CEIL(5)", "5", "INT"})

VECTORS(powers_and_angles, {"ABS(-5)", "5", "INT"}, {"ABS(-1.5)", "1.5", NULL}, {"ABS(-1.5e0)", "1.5", NULL},
        {"ABS(-2147483648)", "!W1203", NULL}, {"SIGN(-3)", "-1", "INT"}, {"SIGN(-3.5)", "-1.0", NULL},
        {"SIGN(0.25)", "1.00", "DECIMAL(3, 2)"}, {"SIGN(2e0)", "1.0", NULL}, {"POWER(2, 10)", "1024.0", "DOUBLE"},
        {"SQRT(2.25)", "1.5", NULL}, {"SQRT(-1)", "NaN", NULL}, {"LN(1)", "0.0", NULL}, {"LOG10(1000)", "3.0", NULL},
        {"LOG2(8)", "3.0", NULL}, {"LOG(1)", "0.0", NULL}, {"LOG(2, 8)", "3.0", NULL}, {"EXP(0)", "1.0", NULL},
        {"PI()", "3.141592653589793", NULL}, {"E()", "2.718281828459045", NULL}, {"SIN(0)", "0.0", NULL},
        {"COS(0)", "1.0", NULL}, {"ATAN2(1, 1)", "0.7853981633974483", NULL}, {"DEGREES(PI())", "180.0", NULL},
        {"RADIANS(180)", "3.141592653589793", NULL}, {"SQRT(<DOUBLE>NULL)", "NULL", NULL},
        {"SQRT('x')", "?W1201", NULL})

TEST(random_numbers)
{
	Arena *arena = arena_open("test", 0);
	uint64_t state = 5;
	EvalEnv env = vector_env();
	env.random = &state;
	const Expr *none[1] = {NULL};
	const Expr *seed[2] = {expr_const(arena, &type_int, value_i64(1)), expr_const(arena, &type_int, value_i64(100))};
	const Expr *exprs[5] = {
	    expr_call(arena, STR("RAND"), none, 0, (Span){0, 0}, NULL),
	    expr_call(arena, STR("RAND"), none, 0, (Span){0, 0}, NULL),
	    expr_call(arena, STR("RAND"), seed, 1, (Span){0, 0}, NULL),
	    expr_call(arena, STR("RAND_INTEGER"), seed, 2, (Span){0, 0}, NULL),
	    expr_call(arena, STR("UUID"), none, 0, (Span){0, 0}, NULL),
	};
	const Column *out[5];
	eval_run(eval_open(arena, exprs, 5), &env, NULL, NULL, 100, arena, out);
	for (uint32_t i = 0; i < 100; i++) {
		CHECK(out[0]->f64[i] >= 0 && out[0]->f64[i] < 1);
		CHECK(out[0]->f64[i] != out[1]->f64[i]);
		CHECK(out[3]->i64[i] >= 0 && out[3]->i64[i] < 100);
		CHECK(out[4]->str[i].len == 36 && out[4]->str[i].ptr[14] == '4');
		CHECK(i == 0 || !str_eq(out[4]->str[i], out[4]->str[i - 1]));
	}
	/* new java.util.Random(1).nextDouble(), nextDouble(); nextInt(100), nextInt(100) */
	CHECK_NEAR(out[2]->f64[0], 0.7308781907032909, 0);
	CHECK_NEAR(out[2]->f64[1], 0.41008081149220166, 0);
	CHECK_EQ_I64(out[3]->i64[0], 85);
	CHECK_EQ_I64(out[3]->i64[1], 88);
	/* the same node twice is computed once */
	const Expr *pair[2] = {exprs[0], exprs[0]};
	const Expr *same = expr_call(arena, STR("="), pair, 2, (Span){0, 0}, NULL);
	eval_run(eval_open(arena, &same, 1), &env, NULL, NULL, 10, arena, out);
	for (uint32_t i = 0; i < 10; i++)
		CHECK(out[0]->b[column_at(out[0], i)]);
	CHECK(!expr_is_deterministic(exprs[0]) && !expr_is_const(exprs[0]));
	arena_close(arena);
}

TESTS(rounding, powers_and_angles, random_numbers)
