#include "tests/unit/sql/functions/vectors.h"

VECTORS(values_of_one_kind, {"\"=\"(1, 1)", "TRUE", "BOOLEAN"}, {"\"<>\"(1, 1)", "FALSE", NULL},
        {"\"<\"(-1, 1)", "TRUE", NULL}, {"\"<=\"('a', 'b')", "TRUE", NULL}, {"\">\"('a', 'B')", "TRUE", NULL},
        {"\">=\"(TRUE, FALSE)", "TRUE", NULL}, {"\"=\"(1, NULL)", "NULL", NULL}, {"\"=\"('a', 'a ')", "FALSE", NULL},
        {"\"=\"(<BYTES>'ab', <BYTES>'ab')", "TRUE", NULL}, {"\"=\"(<DOUBLE>'NaN', <DOUBLE>'NaN')", "FALSE", NULL},
        {"\"<>\"(<DOUBLE>'NaN', 1e0)", "TRUE", NULL}, {"\"=\"(0e0, -0e0)", "TRUE", NULL},
        {"\"=\"(<ARRAY<INT>>'[1,2]', <ARRAY<INT>>'[1,2]')", "TRUE", NULL},
        {"\"<>\"(<ROW<a INT, b STRING>>'{\"a\":1,\"b\":\"x\"}', <ROW<a INT, b STRING>>'{\"a\":1,\"b\":\"y\"}')", "TRUE",
         NULL})

VECTORS(numbers_of_different_types, {"\"=\"(1, <BIGINT>'1')", "TRUE", NULL}, {"\"=\"(1, 1.0)", "TRUE", NULL},
        {"\"<\"(1.25, 1.3)", "TRUE", NULL},
        {"\">\"(<DECIMAL(38, 0)>'99999999999999999999999999999999999999', <DECIMAL(38, "
         "37)>'9.9999999999999999999999999999999999999')",
         "TRUE", NULL},
        {"\"=\"(1, 1e0)", "TRUE", NULL},
        {"\"=\"(<BIGINT>'9007199254740993', <DECIMAL(20, 1)>'9007199254740993.0')", "TRUE", NULL},
        {"\"=\"(<FLOAT>'0.1', 0.1)", "FALSE", NULL})

VECTORS(a_literal_text_takes_the_other_type, {"\"<\"(<DATE>'2024-01-01', '2024-01-02')", "TRUE", NULL},
        {"\"=\"(<TIMESTAMP(3)>'2024-01-01 10:00:00', '2024-01-01 10:00:00')", "TRUE", NULL},
        {"\"<\"(<TIMESTAMP(3)>'2024-01-01 10:00:00', '2024-01-01 10:00:00.000001')", "TRUE", NULL},
        {"\"=\"(<INT>'5', '5')", "TRUE", NULL}, {"\"=\"(<INT>'5', '5.5')", "FALSE", NULL},
        {"\"=\"(<DECIMAL(4, 1)>'5.0', '5.04')", "FALSE", NULL}, {"\"<\"(1e0, '1.5')", "TRUE", NULL},
        {"\"=\"(<DATE>'2024-01-01', 'soon')", "?W1202 cannot cast 'soon' to DATE", NULL},
        {"\"=\"(<LTZ(3)>'2024-01-01 10:00:00', '2024-01-01 10:00:00')", "TRUE", NULL},
        {"\"=\"(UPPER('5'), 5)", "?W1201", NULL}, {"\"=\"(TRUE, 1)", "?W1201", NULL},
        {"\"<\"(<MAP<INT, INT>>'{}', <MAP<INT, INT>>'{}')", "?W1201", NULL},
        {"\"<\"(<DATE>'2024-01-01', <TIMESTAMP(3)>'2024-01-01 00:00:01')", "TRUE", NULL})

VECTORS(null_safe, {"\"IS DISTINCT FROM\"(1, <INT>NULL)", "TRUE", "BOOLEAN"},
        {"\"IS DISTINCT FROM\"(<INT>NULL, <INT>NULL)", "FALSE", NULL}, {"\"IS NOT DISTINCT FROM\"(1, 1)", "TRUE", NULL},
        {"\"IS NOT DISTINCT FROM\"(1, 1.5)", "FALSE", NULL},
        {"\"IS NOT DISTINCT FROM\"('a', <STRING>NULL)", "FALSE", NULL},
        {"\"IS DISTINCT FROM\"(1, \"/\"(1, 0))", "!W1204", NULL})

VECTORS(lists, {"IN(2, 1, 2, 3)", "TRUE", "BOOLEAN"}, {"IN(4, 1, 2, 3)", "FALSE", NULL},
        {"IN(4, 1, NULL, 3)", "NULL", NULL}, {"IN(1, 1, NULL)", "TRUE", NULL}, {"IN(<INT>NULL, 1, 2)", "NULL", NULL},
        {"IN(1.5, 1, 1.50)", "TRUE", NULL}, {"IN('b', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')", "TRUE", NULL},
        {"IN('z', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')", "FALSE", NULL},
        {"IN(5, 1, 2, 3, 4, 5, 6, 7, 8)", "TRUE", NULL}, {"IN(9, 1, 2, 3, 4, 5, 6, 7, <INT>NULL)", "NULL", NULL},
        {"IN(<DATE>'2024-01-02', '2024-01-01', '2024-01-02')", "TRUE", NULL}, {"IN(1, 1, \"/\"(1, 0))", "TRUE", NULL},
        {"IN(2, 1, \"/\"(1, 0))", "!W1204", NULL}, {"IN(1, 'a')", "?W1202", NULL})

/* A long list over a column: the set must agree with the list searched one by one. */
TEST(set_of_constants_equals_list)
{
	enum { ROWS = 1000, LIST = 50 };
	uint64_t random = 3;
	Arena *arena = arena_open("test", 0);
	Column x;
	column_init(&x, &type_bigint, ROWS, arena);
	for (uint32_t i = 0; i < ROWS; i++)
		x.i64[i] = (int64_t)(vector_random(&random) % 100);
	const Expr *args[LIST + 1] = {expr_column(arena, &type_bigint, 0)};
	bool member[100] = {false};
	for (uint32_t k = 1; k <= LIST; k++) {
		int64_t v = (int64_t)(vector_random(&random) % 100);
		member[v] = true;
		args[k] = expr_const(arena, &type_int, value_i64(v));
	}
	const Expr *e = expr_call(arena, STR("in"), args, LIST + 1, (Span){0, 0}, NULL);
	const Column *inputs[1] = {&x};
	const Column *out;
	EvalEnv env = vector_env();
	eval_run(eval_open(arena, &e, 1), &env, inputs, NULL, ROWS, arena, &out);
	for (uint32_t i = 0; i < ROWS; i++)
		CHECK(!column_is_null(out, i) && out->b[i] == member[x.i64[i]]);
	arena_close(arena);
}

TESTS(values_of_one_kind, numbers_of_different_types, a_literal_text_takes_the_other_type, null_safe, lists,
      set_of_constants_equals_list)
