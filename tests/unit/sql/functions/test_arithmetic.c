#include "tests/unit/sql/functions/vectors.h"

/* Types and results of the reference, and every edge of the integers. */
VECTORS(types_are_those_of_flink, {"\"/\"(7, 2)", "3", "INT"}, {"\"/\"(-7, 2)", "-3", "INT"},
        {"\"%\"(-7, 3)", "-1", "INT"}, {"\"%\"(7, -3)", "1", "INT"}, {"\"/\"(7, 2.0)", "3.500000", "DECIMAL(17, 6)"},
        {"\"*\"(<DECIMAL(10, 2)>'1.50', <DECIMAL(10, 2)>'2.25')", "3.3750", "DECIMAL(21, 4)"},
        {"\"/\"(<DECIMAL(10, 2)>'1.00', <DECIMAL(10, 2)>'3.00')", "0.3333333333333", "DECIMAL(23, 13)"},
        {"\"+\"(<DECIMAL(38, 10)>'1.5', <DECIMAL(38, 10)>'2.5')", "4.000000000", "DECIMAL(38, 9)"},
        {"\"+\"(<TINYINT>'1', <TINYINT>'2')", "3", "TINYINT"}, {"\"+\"(<TINYINT>'1', <BIGINT>'2')", "3", "BIGINT"},
        {"\"-\"(<SMALLINT>'1', <INT>'2')", "-1", "INT"},
        {"\"*\"(<INT>'3', <DECIMAL(4, 2)>'1.25')", "3.75", "DECIMAL(15, 2)"}, {"\"+\"(1, 1e0)", "2.0", "DOUBLE"},
        {"\"+\"(<FLOAT>'1', <FLOAT>'2')", "3.0", "FLOAT"}, {"\"+\"(<FLOAT>'1', 2.5)", "3.5", "DOUBLE"},
        {"\"%\"(<BIGINT>'7', <INT>'4')", "3", "INT"}, {"MOD(7.5, 2)", "1.5", NULL}, {"\"-\"(5)", "-5", "INT"},
        {"\"-\"(1.5)", "-1.5", "DECIMAL(2, 1)"}, {"\"-\"(0e0)", "-0.0", "DOUBLE"}, {"\"+\"(NULL, 1)", "NULL", "INT"},
        {"\"+\"('a', 1)", "?W1201", NULL}, {"\"+\"(TRUE, 1)", "?W1201", NULL})

VECTORS(overflow_is_an_error, {"\"+\"(2147483647, 1)", "!W1203 2147483647 + 1 does not fit INT", NULL},
        {"\"-\"(-2147483648, 1)", "!W1203 -2147483648 - 1 does not fit INT", NULL},
        {"\"*\"(65536, 65536)", "!W1203", NULL}, {"\"/\"(-2147483648, -1)", "!W1203", NULL},
        {"\"%\"(-2147483648, -1)", "0", NULL},
        {"\"+\"(<TINYINT>'127', <TINYINT>'1')", "!W1203 127 + 1 does not fit TINYINT", NULL},
        {"\"+\"(9223372036854775807, 1)", "!W1203", NULL},
        {"\"*\"(<BIGINT>'-9223372036854775808', <BIGINT>'-1')", "!W1203", NULL},
        {"\"/\"(<BIGINT>'-9223372036854775808', <BIGINT>'-1')", "!W1203", NULL},
        {"\"%\"(<BIGINT>'-9223372036854775808', <BIGINT>'-1')", "0", NULL},
        {"\"-\"(<SMALLINT>'-32768')", "!W1203 -(-32768) does not fit SMALLINT", NULL})

VECTORS(division, {"\"/\"(1, 0)", "!W1204 1 was divided by zero", NULL}, {"\"%\"(1, 0)", "!W1204", NULL},
        {"\"/\"(1.5, 0)", "!W1204", NULL}, {"\"%\"(1.5, 0.0)", "!W1204", NULL}, {"\"/\"(1e0, 0)", "Infinity", NULL},
        {"\"/\"(0e0, 0e0)", "NaN", NULL}, {"\"/\"(-1e0, 0e0)", "-Infinity", NULL}, {"\"/\"(NULL, 0)", "NULL", NULL},
        {"\"/\"(1, NULLIF(0, 0))", "NULL", NULL},
        {"\"*\"(<DECIMAL(38, 0)>'99999999999999999999999999999999999999', <DECIMAL(38, 0)>'10')", "NULL",
         "DECIMAL(38, 0)"})

VECTORS(times_and_intervals,
        {"\"+\"(<TIMESTAMP(3)>'2024-01-31 10:00:00', <MONTHS>'1 month')", "2024-02-29 10:00:00.000", "TIMESTAMP(3)"},
        {"\"+\"(<SECONDS>'1 day', <TIMESTAMP(3)>'2024-01-31 10:00:00')", "2024-02-01 10:00:00.000", NULL},
        {"\"-\"(<TIMESTAMP(0)>'2024-01-01 00:00:00', <SECONDS>'1 second')", "2023-12-31 23:59:59", NULL},
        {"\"+\"(<DATE>'2024-02-28', <SECONDS>'2 days')", "2024-03-01", "DATE"},
        {"\"-\"(<DATE>'2024-01-01', <SECONDS>'1 second')", "2023-12-31", "DATE"},
        {"\"-\"(<DATE>'2024-03-31', <MONTHS>'1 month')", "2024-02-29", "DATE"},
        {"\"+\"(<TIME(0)>'23:30:00', <SECONDS>'1 hour')", "00:30:00", NULL},
        {"\"-\"(<TIME(0)>'00:30:00', <SECONDS>'1 hour')", "23:30:00", NULL},
        {"\"-\"(<TIMESTAMP(3)>'2024-01-02 00:00:00', <TIMESTAMP(3)>'2024-01-01 12:00:00')", "+0 12:00:00.000", NULL},
        {"\"-\"(<DATE>'2024-01-03', <DATE>'2024-01-01')", "+2 00:00:00.000", NULL},
        {"\"*\"(<SECONDS>'10 minutes', 3)", "+0 00:30:00.000", NULL}, {"\"*\"(3, <MONTHS>'5 months')", "+1-03", NULL},
        {"\"/\"(<SECONDS>'1 hour', 4)", "+0 00:15:00.000", NULL}, {"\"/\"(<SECONDS>'1 hour', 0)", "!W1204", NULL},
        {"\"-\"(<SECONDS>'1 hour')", "-0 01:00:00.000", NULL},
        {"\"+\"(<SECONDS>'1 hour', <MONTHS>'1 month')", "?W1201", NULL},
        {"\"+\"(<TIMESTAMP(3)>'2024-01-01 00:00:00', 1)", "?W1201", NULL},
        {"OVERLAPS(<TIMESTAMP(3)>'2024-01-01 00:00:00', <SECONDS>'1 hour', <TIMESTAMP(3)>'2024-01-01 01:00:00', "
         "<SECONDS>'1 hour')",
         "TRUE", NULL},
        {"OVERLAPS(<TIME(0)>'01:00:00', <TIME(0)>'02:00:00', <TIME(0)>'03:00:00', <TIME(0)>'04:00:00')", "FALSE", NULL})

TEST(flink_arithmetic_wraps)
{
	static const Vector vectors[] = {
	    {"\"+\"(2147483647, 1)", "-2147483648", "INT"},
	    {"\"-\"(<TINYINT>'-128', <TINYINT>'1')", "127", "TINYINT"},
	    {"\"*\"(65536, 65536)", "0", "INT"},
	    {"\"+\"(9223372036854775807, 1)", "-9223372036854775808", "BIGINT"},
	    {"\"/\"(-2147483648, -1)", "-2147483648", "INT"},
	    {"\"-\"(-2147483648)", "-2147483648", "INT"},
	    {"CAST<INT>(4294967297)", "1", "INT"},
	    {"CAST<TINYINT>(<DECIMAL(5, 1)>'300.5')", "44", "TINYINT"},
	    {"ABS(-2147483648)", "-2147483648", "INT"},
	};
	EvalEnv env = vector_env();
	env.flink_arithmetic = true;
	vector_check(vectors, sizeof vectors / sizeof *vectors, &env);
}

static int64_t pick_int(uint64_t *random, int64_t least, int64_t greatest)
{
	uint64_t r = vector_random(random);
	if (r % 8 == 0)
		return r % 16 ? least : greatest;
	if (r % 8 == 1)
		return (int64_t)(r >> 32) % 5 - 2;
	uint64_t span = (uint64_t)greatest - (uint64_t)least + 1; /* 0: all of 64 bits */
	uint64_t offset = vector_random(random);
	return (int64_t)((uint64_t)least + (span ? offset % span : offset));
}

/* Every operator on every integer type, over columns, against 128-bit arithmetic row by row. */
TEST(integer_kernels_equal_wide_arithmetic)
{
	static const Type *const types[] = {&type_tinyint, &type_smallint, &type_int, &type_bigint};
	static const char ops[] = "+-*/%";
	enum { ROWS = 500 };
	uint64_t random = 1;
	for (size_t t = 0; t < 4; t++) {
		int64_t least, greatest;
		type_int_range(types[t]->kind, &least, &greatest);
		for (const char *op = ops; *op; op++) {
			Arena *arena = arena_open("test", 0);
			Column a, b;
			column_init(&a, types[t], ROWS, arena);
			column_init(&b, types[t], ROWS, arena);
			for (uint32_t i = 0; i < ROWS; i++) {
				a.i64[i] = pick_int(&random, least, greatest);
				b.i64[i] = pick_int(&random, least, greatest);
			}
			for (uint32_t i = 0; i < ROWS; i += 7)
				column_set_null(i % 2 ? &a : &b, i, arena);
			const Column *inputs[2] = {&a, &b};
			const Expr *args[2] = {expr_column(arena, types[t], 0), expr_column(arena, types[t], 1)};
			const Expr *e = expr_call(arena, str_make(op, 1), args, 2, (Span){0, 0}, NULL);
			REQUIRE(e);
			Eval *eval = eval_open(arena, &e, 1);
			for (int wrap = 0; wrap < 2; wrap++) {
				EvalEnv env = vector_env();
				env.flink_arithmetic = wrap;
				const Column *out;
				eval_run(eval, &env, inputs, NULL, ROWS, arena, &out);
				for (uint32_t i = 0; i < ROWS; i++) {
					if (i % 7 == 0) {
						CHECK(column_is_null(out, i) && !column_err(out, i));
						continue;
					}
					Int128 x = a.i64[i];
					Int128 y = b.i64[i];
					RowErr want = (*op == '/' || *op == '%') && y == 0 ? ROW_DIV_ZERO : ROW_OK;
					Int128 r = want         ? 0
					           : *op == '+' ? x + y
					           : *op == '-' ? x - y
					           : *op == '*' ? x * y
					           : *op == '/' ? x / y
					                        : x % y;
					bool over = r < least || r > greatest;
					if (over && !wrap)
						want = ROW_OVERFLOW;
					CHECK_EQ_I64(column_err(out, i), want);
					if (want)
						continue;
					uint64_t bits = (uint64_t)(UInt128)r;
					int64_t wrapped = t == 0   ? (int8_t)(uint8_t)bits
					                  : t == 1 ? (int16_t)(uint16_t)bits
					                  : t == 2 ? (int32_t)(uint32_t)bits
					                           : (int64_t)bits;
					CHECK_EQ_I64(column_value(out, i).i, wrapped);
				}
			}
			arena_close(arena);
		}
	}
}

TESTS(types_are_those_of_flink, overflow_is_an_error, division, times_and_intervals, flink_arithmetic_wraps,
      integer_kernels_equal_wide_arithmetic)
