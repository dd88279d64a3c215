#include "sql/expr/eval.h"

#include "tests/unit/sql/functions/vectors.h"

/*
 * Random expressions over random columns, three ways: over all rows at once; row by row with the row's values as
 * constants; and folded. All must agree in value, NULL and error.
 */

enum { ROWS = 97, DEPTH_MAX = 5, NCOLUMNS = 6 };

typedef enum Kind { INTS, BOOLS, STRINGS, DECIMALS, KINDS } Kind;

typedef struct Random {
	Arena *arena;
	uint64_t state;
	const Type *types[KINDS];
	Column columns[NCOLUMNS]; /* two each of INT, BOOLEAN, STRING; */
} Random;

static uint32_t pick(Random *r, uint32_t n)
{
	return (uint32_t)(vector_random(&r->state) >> 20) % n;
}

static Value random_value(Random *r, Kind kind)
{
	static const char *const texts[] = {"", "a", "ab", "%", "12", "-7", "äöü", "abcabc"};
	static const int64_t ints[] = {0, 1, -1, 2, 7, 100, 2147483647, -2147483647 - 1};
	switch (kind) {
	case INTS: return value_i64(ints[pick(r, 8)]);
	case BOOLS: return (Value){.b = pick(r, 2) == 1};
	case STRINGS: return value_str(str_from(texts[pick(r, 8)]));
	default: return (Value){.d = (Int128)ints[pick(r, 8)] * 37};
	}
}

/* A shape: name and the kinds of the arguments; "i" ints, "b" booleans, "s" strings, "d" decimals. */
typedef struct Shape {
	Kind result;
	const char *name;
	const char *args;
} Shape;

static const Shape shapes[] = {
    {INTS, "+", "ii"},
    {INTS, "-", "ii"},
    {INTS, "*", "ii"},
    {INTS, "/", "ii"},
    {INTS, "%", "ii"},
    {INTS, "-", "i"},
    {INTS, "ABS", "i"},
    {INTS, "CASE", "bibii"},
    {INTS, "CASE", "bi"},
    {INTS, "IF", "bii"},
    {INTS, "COALESCE", "iii"},
    {INTS, "NULLIF", "ii"},
    {INTS, "GREATEST", "iii"},
    {INTS, "CHAR_LENGTH", "s"},
    {INTS, "POSITION", "ss"},
    {INTS, "TRY", "s"},
    {INTS, "CASTS", "s"},
    {INTS, "CASTD", "d"},
    {BOOLS, "=", "ii"},
    {BOOLS, "<", "ii"},
    {BOOLS, "<>", "ss"},
    {BOOLS, ">=", "ss"},
    {BOOLS, "=", "dd"},
    {BOOLS, "<", "id"},
    {BOOLS, "AND", "bb"},
    {BOOLS, "AND", "bbb"},
    {BOOLS, "OR", "bb"},
    {BOOLS, "NOT", "b"},
    {BOOLS, "IS NULL", "i"},
    {BOOLS, "IS TRUE", "b"},
    {BOOLS, "IS NOT FALSE", "b"},
    {BOOLS, "IS DISTINCT FROM", "ii"},
    {BOOLS, "IN", "iiii"},
    {BOOLS, "IN", "iiiiiiiii"},
    {BOOLS, "IN", "sss"},
    {BOOLS, "LIKE", "ss"},
    {BOOLS, "COALESCE", "bb"},
    {BOOLS, "REGEXP", "ss"},
    {STRINGS, "||", "ss"},
    {STRINGS, "UPPER", "s"},
    {STRINGS, "SUBSTRING", "sii"},
    {STRINGS, "CASE", "bss"},
    {STRINGS, "TEXT", "i"},
    {STRINGS, "TEXT", "d"},
    {STRINGS, "TEXT", "b"},
    {STRINGS, "COALESCE", "ss"},
    {STRINGS, "CONCAT_WS", "sss"},
    {STRINGS, "REPLACE", "sss"},
    {STRINGS, "LEFT", "si"},
    {STRINGS, "JSON_STRING", "i"},
    {STRINGS, "LEAST", "ss"},
    {DECIMALS, "DEC", "i"},
    {DECIMALS, "CASE", "bdd"},
    {DECIMALS, "COALESCE", "dd"},
    {DECIMALS, "ABS", "d"},
};

static Kind kind_of(char c)
{
	return c == 'i' ? INTS : c == 'b' ? BOOLS : c == 's' ? STRINGS : DECIMALS;
}

static const Expr *generate(Random *r, Kind kind, int depth);

static const Expr *leaf(Random *r, Kind kind)
{
	if (pick(r, 2) == 0 && kind != DECIMALS) {
		uint32_t index = (uint32_t)kind * 2 + pick(r, 2);
		return expr_column(r->arena, r->types[kind], index);
	}
	return expr_const(r->arena, r->types[kind], pick(r, 8) == 0 ? VALUE_NULL : random_value(r, kind));
}

static const Expr *generate(Random *r, Kind kind, int depth)
{
	if (depth == 0 || pick(r, 6) == 0)
		return leaf(r, kind);
	const Shape *s;
	do
		s = &shapes[pick(r, sizeof shapes / sizeof *shapes)];
	while (s->result != kind);
	const Expr *args[16];
	uint32_t n = (uint32_t)strlen(s->args);
	for (uint32_t k = 0; k < n; k++)
		args[k] = generate(r, kind_of(s->args[k]), depth - 1);
	const Expr *e;
	Span none = {0, 0};
	if (strcmp(s->name, "TRY") == 0 || strncmp(s->name, "CAST", 4) == 0)
		e = expr_cast(r->arena, args[0], &type_int, s->name[0] == 'T', none, NULL);
	else if (strcmp(s->name, "TEXT") == 0)
		e = expr_cast(r->arena, args[0], &type_string, false, none, NULL);
	else if (strcmp(s->name, "DEC") == 0)
		e = expr_cast(r->arena, args[0], r->types[DECIMALS], false, none, NULL);
	else
		e = expr_call(r->arena, str_from(s->name), args, n, none, NULL);
	/* A constant that cannot be cast is refused at once: take something else. */
	return e ? e : leaf(r, kind);
}

static const Expr *with_row(Random *r, const Expr *e, uint32_t row)
{
	const Expr *values[NCOLUMNS];
	for (uint32_t k = 0; k < NCOLUMNS; k++) {
		const Column *c = &r->columns[k];
		Value v = column_is_null(c, row) ? VALUE_NULL : column_value(c, row);
		values[k] = expr_const(r->arena, c->type, v);
	}
	return expr_substitute(r->arena, e, values);
}

static void print_row(const Column *c, uint32_t row, const Type *type, StrBuf *out)
{
	strbuf_clear(out);
	EvalEnv env = vector_env();
	vector_print(type, c, row, &env, out);
}

static bool one_round(Random *r, const EvalEnv *env)
{
	const Expr *e = generate(r, (Kind)pick(r, KINDS), DEPTH_MAX);
	const Expr *folded = expr_fold(r->arena, e, env);
	const Column *inputs[NCOLUMNS];
	for (uint32_t k = 0; k < NCOLUMNS; k++)
		inputs[k] = &r->columns[k];
	const Expr *both[2] = {e, folded};
	const Column *out[2];
	eval_run(eval_open(r->arena, both, 2), env, inputs, NULL, ROWS, r->arena, out);
	StrBuf a, b, text;
	strbuf_init(&a);
	strbuf_init(&b);
	strbuf_init(&text);
	bool fine = true;
	for (uint32_t row = 0; row < ROWS && fine; row++) {
		const Expr *single = with_row(r, e, row);
		const Column *one;
		eval_run(eval_open(r->arena, &single, 1), env, NULL, NULL, 1, r->arena, &one);
		print_row(out[0], row, e->type, &a);
		print_row(one, 0, e->type, &b);
		fine = strcmp(strbuf_cstr(&a), strbuf_cstr(&b)) == 0;
		if (fine) {
			print_row(out[1], row, e->type, &b);
			fine = strcmp(strbuf_cstr(&a), strbuf_cstr(&b)) == 0;
		}
		if (!fine) {
			expr_print(e, NULL, &text);
			fprintf(stderr, "  %s\n  row %u: %s, but %s\n", strbuf_cstr(&text), row, strbuf_cstr(&a), strbuf_cstr(&b));
		}
		/* An error always finds its words. */
		if (column_err(out[0], row)) {
			Err err;
			err_clear(&err);
			Eval *eval = eval_open(r->arena, &e, 1);
			eval_report(eval, 0, env, inputs, NULL, row, r->arena, &err);
			CHECK(err.code == column_err_code((RowErr)column_err(out[0], row)) && err.message[0]);
		}
	}
	strbuf_deinit(&a);
	strbuf_deinit(&b);
	strbuf_deinit(&text);
	return fine;
}

TEST(three_ways_agree)
{
	Arena *types = arena_open("types", 0);
	Random r = {.state = 42, .types = {&type_int, &type_boolean, &type_string, type_decimal(types, 14, 2)}};
	EvalEnv env = vector_env();
	for (int round = 0; round < 400; round++) {
		r.arena = arena_open("test", 0);
		for (uint32_t k = 0; k < NCOLUMNS; k++) {
			column_init(&r.columns[k], r.types[k / 2], ROWS, r.arena);
			for (uint32_t i = 0; i < ROWS; i++) {
				column_set(&r.columns[k], i, random_value(&r, (Kind)(k / 2)), r.arena);
				if (k % 2 && pick(&r, 4) == 0)
					column_set_null(&r.columns[k], i, r.arena);
			}
		}
		env.flink_arithmetic = round % 4 == 0;
		bool fine = one_round(&r, &env);
		CHECK(fine);
		arena_close(r.arena);
		if (!fine)
			break;
	}
	arena_close(types);
}

TESTS(three_ways_agree)
