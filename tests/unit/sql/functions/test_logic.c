#include "tests/unit/sql/functions/vectors.h"

/* T, F, N: true, false, NULL; E: an error. */
static const Expr *truth(Arena *arena, char c)
{
	if (c == 'N')
		return expr_const(arena, &type_boolean, VALUE_NULL);
	if (c != 'E')
		return expr_const(arena, &type_boolean, (Value){.b = c == 'T'});
	const Expr *args[2] = {expr_const(arena, &type_int, value_i64(1)), expr_const(arena, &type_int, value_i64(0))};
	args[0] = expr_call(arena, STR("/"), args, 2, (Span){0, 0}, NULL);
	return expr_call(arena, STR("="), args, 2, (Span){0, 0}, NULL);
}

static char result(const Column *c, uint32_t i)
{
	return column_err(c, i) ? 'E' : column_is_null(c, i) ? 'N' : c->b[column_at(c, i)] ? 'T' : 'F';
}

/* Left to right: what decides first wins. */
static char want_and(char a, char b, char decides)
{
	char other = decides == 'F' ? 'T' : 'F';
	if (a == decides || a == 'E')
		return a;
	if (b == decides || b == 'E')
		return b;
	return a == 'N' || b == 'N' ? 'N' : other;
}

static void check_junction(const char *name, char decides)
{
	static const char values[] = "TFNE";
	Arena *arena = arena_open("test", 0);
	/* as columns: 16 rows, all pairs */
	Column a, b;
	column_init(&a, &type_boolean, 16, arena);
	column_init(&b, &type_boolean, 16, arena);
	for (uint32_t i = 0; i < 16; i++) {
		Column *cols[2] = {&a, &b};
		for (int k = 0; k < 2; k++) {
			char c = values[k ? i % 4 : i / 4];
			cols[k]->b[i] = c == 'T';
			if (c == 'N')
				column_set_null(cols[k], i, arena);
			if (c == 'E')
				column_set_err(cols[k], i, ROW_DIV_ZERO, arena);
		}
	}
	const Column *inputs[2] = {&a, &b};
	const Expr *columns[2] = {expr_column(arena, &type_boolean, 0), expr_column(arena, &type_boolean, 1)};
	const Expr *e = expr_call(arena, str_from(name), columns, 2, (Span){0, 0}, NULL);
	const Column *out;
	EvalEnv env = vector_env();
	eval_run(eval_open(arena, &e, 1), &env, inputs, NULL, 16, arena, &out);
	for (uint32_t i = 0; i < 16; i++) {
		char x = values[i / 4];
		char y = values[i % 4];
		CHECK_EQ_I64(result(out, i), want_and(x, y, decides));
		const Expr *args[2] = {truth(arena, x), truth(arena, y)};
		const Expr *one = expr_call(arena, str_from(name), args, 2, (Span){0, 0}, NULL);
		const Column *c;
		eval_run(eval_open(arena, &one, 1), &env, NULL, NULL, 3, arena, &c);
		CHECK(c->constant);
		CHECK_EQ_I64(result(c, 2), want_and(x, y, decides));
		/* Folding never changes a result. */
		const Expr *folded = expr_fold(arena, one, &env);
		eval_run(eval_open(arena, &folded, 1), &env, NULL, NULL, 3, arena, &c);
		CHECK_EQ_I64(result(c, 2), want_and(x, y, decides));
		/* a column with a constant */
		const Expr *mixed[2] = {columns[0], args[1]};
		const Expr *m = expr_fold(arena, expr_call(arena, str_from(name), mixed, 2, (Span){0, 0}, NULL), &env);
		eval_run(eval_open(arena, &m, 1), &env, inputs, NULL, 16, arena, &c);
		/* A column may go unread, and with it its bad fields. */
		CHECK_EQ_I64(result(c, i), x == 'E' && y == decides ? y : want_and(x, y, decides));
	}
	arena_close(arena);
}

TEST(and_truth_table)
{
	check_junction("AND", 'F');
}

TEST(or_truth_table)
{
	check_junction("OR", 'T');
}

VECTORS(tests_of_truth, {"NOT(TRUE)", "FALSE", "BOOLEAN"}, {"NOT(<BOOLEAN>NULL)", "NULL", NULL},
        {"AND(TRUE, TRUE, NULL)", "NULL", NULL}, {"OR(FALSE, NULL, TRUE)", "TRUE", NULL},
        {"\"IS NULL\"(1)", "FALSE", "BOOLEAN"}, {"\"IS NULL\"(<INT>NULL)", "TRUE", NULL},
        {"\"IS NOT NULL\"('')", "TRUE", NULL}, {"\"IS TRUE\"(<BOOLEAN>NULL)", "FALSE", NULL},
        {"\"IS NOT TRUE\"(<BOOLEAN>NULL)", "TRUE", NULL}, {"\"IS FALSE\"(FALSE)", "TRUE", NULL},
        {"\"IS NOT FALSE\"(<BOOLEAN>NULL)", "TRUE", NULL}, {"\"IS UNKNOWN\"(<BOOLEAN>NULL)", "TRUE", NULL},
        {"\"IS NOT UNKNOWN\"(FALSE)", "TRUE", NULL}, {"\"IS NULL\"(\"/\"(1, 0))", "!W1204", NULL},
        {"AND(1, TRUE)", "?W1201", NULL})

VECTORS(branches_not_taken_do_not_fail, {"CASE(FALSE, \"/\"(1, 0), 2)", "2", "INT"},
        {"CASE(TRUE, 1, \"/\"(1, 0))", "1", NULL}, {"CASE(\"=\"(\"/\"(1, 0), 1), 1, 2)", "!W1204", NULL},
        {"CASE(FALSE, 1)", "NULL", NULL}, {"CASE(<BOOLEAN>NULL, 1, 2)", "2", NULL},
        {"CASE(TRUE, 1, TRUE, 2.5)", "1.0", "DECIMAL(11, 1)"}, {"CASE(TRUE, 'a', 'bcd')", "a", "VARCHAR(3)"},
        {"CASE(TRUE, 'a', 1)", "?W1201", NULL}, {"CASE(1, 'a', 'b')", "?W1201", NULL},
        {"IF(TRUE, 1, \"/\"(1, 0))", "1", NULL}, {"IF(<BOOLEAN>NULL, 'x', 'y')", "y", NULL},
        {"COALESCE(1, \"/\"(1, 0))", "1", NULL}, {"COALESCE(NULL, \"/\"(1, 0))", "!W1204", NULL},
        {"COALESCE(<INT>NULL, <BIGINT>'2')", "2", "BIGINT"}, {"IFNULL(<STRING>NULL, 'x')", "x", NULL},
        {"NULLIF(1, 1)", "NULL", "INT"}, {"NULLIF(1, 2)", "1", "INT"}, {"NULLIF(1, 2.5)", "1", "INT"},
        {"NULLIF(<INT>NULL, 2)", "NULL", NULL}, {"GREATEST(1, 3, 2)", "3", "INT"},
        {"GREATEST(1, 2.5)", "2.5", "DECIMAL(11, 1)"}, {"GREATEST(1, NULL)", "NULL", "INT"},
        {"LEAST('b', 'a', 'c')", "a", NULL}, {"LEAST(<DATE>'2024-01-02', <DATE>'2024-01-01')", "2024-01-01", "DATE"})

TESTS(and_truth_table, or_truth_table, tests_of_truth, branches_not_taken_do_not_fail)
