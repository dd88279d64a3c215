#include "sql/functions/aggregate.h"

#include <math.h>

#include "tests/unit/sql/functions/vectors.h"

/* An aggregate over literals of one type: "1 2 NULL 3". Results as text. */
typedef struct AggVector {
	const char *name;
	const char *type;
	const char *values;
	const char *result;
	const char *result_type;
	const char *second; /* a constant second argument, or NULL */
} AggVector;

enum { VALUES_MAX = 64 };

typedef struct Case {
	Arena *arena;
	AggCall call;
	Column column;
	Value values[VALUES_MAX];
	uint32_t n;
} Case;

static bool case_open(Case *c, const AggVector *v, Err *err)
{
	c->arena = arena_open("test", 0);
	VectorParser p = {.arena = c->arena, .at = v->type};
	const Type *type = vector_type(&p);
	const Type **types = ARENA_ARRAY(c->arena, const Type *, 2);
	const Value **consts = ARENA_ARRAY_ZERO(c->arena, const Value *, 2);
	types[0] = type;
	ResolveCtx rc = {.arena = c->arena, .name = str_from(v->name), .nargs = 1, .arg_types = types, .consts = consts};
	if (v->second) {
		p.at = v->second;
		VectorNode *node = vector_parse(&p);
		types[1] = node->type;
		consts[1] = &node->value;
		rc.nargs = 2;
	}
	if (!aggregate_resolve(&rc, &c->call, err))
		return false;
	/* The values, cast as resolve wants. */
	c->n = 0;
	const char *at = v->values;
	while (*at) {
		const char *end = at + strcspn(at, " ");
		Str text = str_make(at, (size_t)(end - at));
		Value value = VALUE_NULL;
		if (!str_eq(text, STR("NULL"))) {
			if (type_phys(type) == PHYS_STR)
				value = value_str(text);
			else
				REQUIRE(value_parse(type, text, NULL, c->arena, &value, NULL));
		}
		const Expr *e = expr_cast(c->arena, expr_const(c->arena, type, value), types[0], false, (Span){0, 0}, NULL);
		REQUIRE(e && eval_const(e, NULL, NULL, c->arena, &c->values[c->n++], NULL));
		at = end + strspn(end, " ");
	}
	column_init(&c->column, types[0], c->n, c->arena);
	for (uint32_t i = 0; i < c->n; i++) {
		Value empty = c->column.phys == PHYS_STR ? value_str(STR_EMPTY) : (Value){0};
		column_set(&c->column, i, c->values[i].null ? empty : c->values[i], c->arena);
		if (c->values[i].null)
			column_set_null(&c->column, i, c->arena);
	}
	return true;
}

static void result_text(const Case *c, const EvalEnv *env, const void *state, StrBuf *out)
{
	Value v = VALUE_NULL;
	if (!c->call.result(&c->call, env, state, c->arena, &v))
		strbuf_puts(out, "overflow");
	else
		value_print(c->call.type, v, VALUE_SQL, NULL, out);
}

/* All ways to the same state: rows one by one, all at once, merged halves, rows put in and taken out again. */
static void check_flat(const Case *c, const AggVector *v, const EvalEnv *env)
{
	uint64_t states[6][8] = {{0}};
	void *rows[VALUES_MAX];
	int64_t weights[VALUES_MAX];
	uint32_t bad;
	const Column *args[1] = {&c->column};
	REQUIRE(c->call.size <= sizeof states[0]);
	for (uint32_t i = 0; i < c->n; i++)
		rows[i] = states[0];
	CHECK(c->call.update(&c->call, env, args, NULL, c->n, rows, &bad));
	CHECK(c->call.update_one(&c->call, env, args, NULL, c->n, states[1], &bad));
	for (uint32_t i = 0; i < c->n; i++)
		rows[i] = states[i % 2 ? 2 : 3];
	CHECK(c->call.update(&c->call, env, args, NULL, c->n, rows, &bad));
	CHECK(c->call.merge(&c->call, env, states[2], states[3]));
	StrBuf text[4];
	uint32_t nstates = 3;
	for (uint32_t k = 0; k < 4; k++)
		strbuf_init(&text[k]);
	result_text(c, env, states[0], &text[0]);
	result_text(c, env, states[1], &text[1]);
	result_text(c, env, states[2], &text[2]);
	if (c->call.subtract) {
		/* three times in, twice out by weight, once more in and out by state */
		for (uint32_t i = 0; i < c->n; i++)
			weights[i] = 3;
		CHECK(c->call.update_one(&c->call, env, args, weights, c->n, states[4], &bad));
		for (uint32_t i = 0; i < c->n; i++)
			weights[i] = -1;
		CHECK(c->call.update_one(&c->call, env, args, weights, c->n, states[4], &bad));
		CHECK(c->call.subtract(&c->call, env, states[4], states[0]));
		result_text(c, env, states[4], &text[3]);
		nstates = 4;
	}
	for (uint32_t k = 0; k < nstates; k++) {
		const char *got = text[k].len ? strbuf_cstr(&text[k]) : "";
		CHECK_FMT(strcmp(got, v->result) == 0, "  %s(%s) of %s, way %u: got %s, want %s\n", v->name, v->type, v->values,
		          k, got, v->result);
	}
	for (uint32_t k = 0; k < 4; k++)
		strbuf_deinit(&text[k]);
}

static void check_ordered(const Case *c, const AggVector *v, const EvalEnv *env)
{
	Value kept[VALUES_MAX];
	uint32_t n = 0;
	for (uint32_t i = 0; i < c->n; i++)
		if (!c->call.ignore_nulls || !c->values[i].null)
			kept[n++] = c->values[i];
	if (!c->call.needs_all && n > 1) {
		kept[0] = c->call.finish_last ? kept[n - 1] : kept[0];
		n = 1;
	}
	StrBuf text;
	strbuf_init(&text);
	Value out = VALUE_NULL;
	if (!c->call.finish(&c->call, env, kept, n, c->arena, &out))
		strbuf_puts(&text, "error");
	else
		value_print(c->call.type, out, VALUE_SQL, NULL, &text);
	const char *got = text.len ? strbuf_cstr(&text) : "";
	CHECK_FMT(strcmp(got, v->result) == 0, "  %s(%s) of %s: got %s, want %s\n", v->name, v->type, v->values, got,
	          v->result);
	strbuf_deinit(&text);
}

/* As the operator counts: by the value that stands for a row, in its order. */
static void check_counts(const Case *c, const AggVector *v, const EvalEnv *env)
{
	Column made;
	const Column *counted = &c->column;
	const Column *args[1] = {&c->column};
	if (c->call.count_of) {
		c->call.count_of(&c->call, args, c->n, c->arena, &made);
		counted = &made;
	}
	Value values[VALUES_MAX];
	int64_t counts[VALUES_MAX];
	uint32_t n = 0;
	for (uint32_t i = 0; i < c->n; i++) {
		if (c->values[i].null)
			continue;
		Value x = column_value(counted, i);
		uint32_t at = 0;
		while (at < n && value_compare(c->call.count_type, values[at], x) < 0)
			at++;
		if (at < n && value_equal(c->call.count_type, values[at], x)) {
			counts[at]++;
			continue;
		}
		memmove(&values[at + 1], &values[at], (n - at) * sizeof *values);
		memmove(&counts[at + 1], &counts[at], (n - at) * sizeof *counts);
		values[at] = x;
		counts[at] = 1;
		n++;
	}
	Value out = VALUE_NULL;
	CHECK(c->call.finish_counts(&c->call, env, values, counts, n, c->arena, &out));
	StrBuf text;
	strbuf_init(&text);
	value_print(c->call.type, out, VALUE_SQL, NULL, &text);
	const char *got = text.len ? strbuf_cstr(&text) : "";
	CHECK_FMT(strcmp(got, v->result) == 0, "  %s(%s) of %s: got %s, want %s\n", v->name, v->type, v->values, got,
	          v->result);
	strbuf_deinit(&text);
}

static void check_all(const AggVector *vectors, size_t n, const EvalEnv *env)
{
	for (size_t k = 0; k < n; k++) {
		Case c;
		Err err;
		err_clear(&err);
		const AggVector *v = &vectors[k];
		if (!case_open(&c, v, &err)) {
			CHECK_FMT(*v->result == '?', "  %s(%s): %s\n", v->name, v->type, err.message);
			arena_close(c.arena);
			continue;
		}
		StrBuf type;
		strbuf_init(&type);
		type_print(c.call.type, true, &type);
		CHECK_FMT(!v->result_type || strcmp(strbuf_cstr(&type), v->result_type) == 0, "  %s(%s) is %s\n", v->name,
		          v->type, strbuf_cstr(&type));
		strbuf_deinit(&type);
		if (c.call.kind == AGG_ORDERED)
			check_ordered(&c, v, env);
		else if (c.call.kind == AGG_COUNTS)
			check_counts(&c, v, env);
		else
			check_flat(&c, v, env);
		arena_close(c.arena);
	}
}

#define AGGREGATES(test, ...)                                                                                          \
	TEST(test)                                                                                                         \
	{                                                                                                                  \
		static const AggVector vectors[] = {__VA_ARGS__};                                                              \
		EvalEnv env = vector_env();                                                                                    \
		check_all(vectors, sizeof vectors / sizeof *vectors, &env);                                                    \
	}

AGGREGATES(counts_and_sums, {"COUNT", "INT", "1 NULL 3", "2", "BIGINT NOT NULL", NULL},
           {"COUNT", "STRING", "", "0", NULL, NULL}, {"SUM", "INT", "1 2 NULL", "3", "INT", NULL},
           {"SUM", "INT", "NULL NULL", "NULL", NULL, NULL}, {"SUM", "TINYINT", "100 100 -100", "100", "TINYINT", NULL},
           {"SUM", "INT", "2147483647 1", "overflow", NULL, NULL},
           {"SUM", "BIGINT", "9223372036854775807 9223372036854775807 -9223372036854775807", "9223372036854775807",
            "BIGINT", NULL},
           {"SUM", "BIGINT", "9223372036854775807 1", "overflow", NULL, NULL},
           {"SUM", "DECIMAL(10, 2)", "1.50 2.25", "3.75", "DECIMAL(38, 2)", NULL},
           {"SUM", "DECIMAL(38, 0)", "99999999999999999999999999999999999999 1", "NULL", NULL, NULL},
           {"SUM", "DECIMAL(38, 0)",
            "99999999999999999999999999999999999999 99999999999999999999999999999999999999 "
            "-99999999999999999999999999999999999999",
            "99999999999999999999999999999999999999", NULL, NULL},
           {"SUM", "DECIMAL(38, 0)",
            "-99999999999999999999999999999999999999 -99999999999999999999999999999999999999 "
            "99999999999999999999999999999999999999",
            "-99999999999999999999999999999999999999", NULL, NULL},
           {"SUM", "DOUBLE", "0.1 0.2 0.3", "0.6000000000000001", "DOUBLE", NULL},
           {"SUM", "FLOAT", "16777216 1 1", "1.6777216E7", "FLOAT", NULL}, {"SUM", "STRING", "a", "?", NULL, NULL},
           {"SUM0", "INT", "NULL", "0", "INT NOT NULL", NULL}, {"AVG", "INT", "1 2", "1", "INT", NULL},
           {"AVG", "INT", "-1 -2", "-1", NULL, NULL},
           {"AVG", "BIGINT", "9223372036854775807 9223372036854775807", "9223372036854775807", NULL, NULL},
           {"AVG", "DECIMAL(4, 1)", "1.0 2.0 2.0", "1.666667", "DECIMAL(38, 6)", NULL},
           {"AVG", "DOUBLE", "1 2", "1.5", "DOUBLE", NULL}, {"AVG", "FLOAT", "1 2", "1.5", "FLOAT", NULL},
           {"AVG", "INT", "", "NULL", NULL, NULL}, {"BOOL_AND", "BOOLEAN", "true NULL true", "TRUE", "BOOLEAN", NULL},
           {"EVERY", "BOOLEAN", "true false", "FALSE", NULL, NULL},
           {"BOOL_OR", "BOOLEAN", "false false", "FALSE", NULL, NULL},
           {"BOOL_OR", "BOOLEAN", "NULL", "NULL", NULL, NULL})

AGGREGATES(extremes, {"MIN", "INT", "3 NULL 1 2", "1", "INT", NULL}, {"MAX", "INT", "3 NULL 1 2", "3", NULL, NULL},
           {"MAX", "DOUBLE", "1 NaN 2", "NaN", NULL, NULL}, {"MIN", "DOUBLE", "1 NaN 2", "1.0", NULL, NULL},
           {"MIN", "DECIMAL(5, 2)", "3.00 -1.50", "-1.50", "DECIMAL(5, 2)", NULL},
           {"MAX", "DATE", "2024-01-01 2024-03-01", "2024-03-01", NULL, NULL},
           {"MAX", "BOOLEAN", "false true", "TRUE", NULL, NULL}, {"MIN", "BOOLEAN", "false true", "FALSE", NULL, NULL},
           {"MAX", "INT", "NULL", "NULL", NULL, NULL}, {"MAX", "MAP<INT, INT>", "", "?", NULL, NULL})

AGGREGATES(statistics, {"VAR_POP", "DOUBLE", "2 4 4 4 5 5 7 9", "4.0", "DOUBLE", NULL},
           {"STDDEV_POP", "DOUBLE", "2 4 4 4 5 5 7 9", "2.0", NULL, NULL},
           {"VAR_SAMP", "DOUBLE", "1 2 3 4", "1.6666666666666667", NULL, NULL},
           {"VARIANCE", "DOUBLE", "1", "NULL", NULL, NULL}, {"STDDEV", "DOUBLE", "0.1 0.1 0.1", "0.0", NULL, NULL},
           {"VAR_POP", "INT", "2 4 4 4 5 5 7 9", "4", "INT", NULL}, {"STDDEV_SAMP", "INT", "1 2 3 4", "1", NULL, NULL},
           {"VAR_POP", "DECIMAL(4, 1)", "1.0 2.0", "0.250000", "DECIMAL(38, 6)", NULL},
           {"VAR_POP", "INT", "", "NULL", NULL, NULL})

AGGREGATES(ordered, {"FIRST_VALUE", "INT", "NULL 2 3", "2", "INT", NULL},
           {"LAST_VALUE", "INT", "2 3 NULL", "3", NULL, NULL}, {"ANY_VALUE", "STRING", "x", "x", NULL, NULL},
           {"SINGLE_VALUE", "INT", "5", "5", NULL, NULL}, {"SINGLE_VALUE", "INT", "5 6", "error", NULL, NULL},
           {"LISTAGG", "STRING", "a NULL b", "a,b", "STRING", NULL}, {"LISTAGG", "STRING", "a b", "a; b", NULL, "'; '"},
           {"LISTAGG", "STRING", "NULL", "NULL", NULL, NULL}, {"LISTAGG", "INT", "1", "?", NULL, NULL},
           {"ARRAY_AGG", "INT", "1 NULL 2", "[1, NULL, 2]", "ARRAY<INT>", NULL},
           {"ARRAY_AGG", "INT", "1 NULL 2", "[1, 2]", NULL, "'IGNORE NULLS'"},
           {"ARRAY_AGG", "INT", "", "NULL", NULL, NULL}, {"COLLECT", "STRING", "b a b", "{b=2, a=1}", NULL, NULL},
           {"JSON_ARRAYAGG", "INT", "1 NULL 2", "[1,2]", "STRING NOT NULL", NULL},
           {"JSON_ARRAYAGG", "STRING", "a NULL", "[\"a\",null]", NULL, "'NULL'"})

AGGREGATES(counted, {"TOP_K", "STRING", "c b a b c d b", "[b, c]", NULL, "2"},
           {"TOP_K", "STRING", "c b a", "[a, b, c]", NULL, "9"}, {"TOP_K", "STRING", "c", "?", NULL, "0"},
           {"TOP_K", "STRING", "NULL", "NULL", "ARRAY<STRING NOT NULL>", "1"},
           {"PERCENTILE", "INT", "1 2 3 4", "2.5", "DOUBLE", "0.5"},
           {"PERCENTILE", "DOUBLE", "10 20", "12.5", NULL, "0.25"}, {"PERCENTILE", "INT", "1", "?", NULL, "2"},
           {"PERCENTILE", "INT", "5 1 1 1", "1.0", NULL, "0.5"}, {"PERCENTILE", "INT", "", "NULL", NULL, "0.5"},
           {"PERCENTILE", "INT", "7 3", "7.0", NULL, "1"}, {"MEDIAN", "INT", "3 1 2 NULL", "2.0", "DOUBLE", NULL},
           {"MEDIAN", "DECIMAL(3, 1)", "1.0 2.5", "1.75", NULL, NULL},
           {"MODE", "STRING", "b a b a c", "a", "STRING", NULL}, {"MODE", "INT", "NULL", "NULL", NULL, NULL},
           {"PERCENTILE_DISC", "STRING", "d b a c", "b", "STRING", "0.5"},
           {"PERCENTILE_DISC", "INT", "4 2 1 3", "1", NULL, "0"},
           {"APPROX_COUNT_DISTINCT", "INT", "1 2 3 2 1 NULL", "3", "BIGINT NOT NULL", NULL},
           {"APPROX_COUNT_DISTINCT", "DOUBLE", "0 -0 NaN NaN", "2", NULL, NULL},
           {"APPROX_COUNT_DISTINCT", "STRING", "", "0", NULL, NULL},
           {"APPROX_PERCENTILE", "DOUBLE", "0 0 0", "0.0", "DOUBLE", "0.5"},
           {"APPROX_PERCENTILE", "DOUBLE", "NULL", "NULL", NULL, "0.5"},
           {"APPROX_PERCENTILE", "DOUBLE", "1 2 NaN", "NaN", NULL, "1"},
           {"APPROX_PERCENTILE", "INT", "1", "?", NULL, "-0.5"})

/* The promised errors, on 100,000 different values and on a wide range of sizes. */
TEST(approximations_keep_their_errors)
{
	Arena *arena = arena_open("test", 0);
	const uint32_t sizes[] = {100, 1000, 20000, 40000, 80000, 200000};
	const Type *types[1] = {&type_bigint};
	const Value *consts[1] = {NULL};
	ResolveCtx rc = {
	    .arena = arena, .name = STR("APPROX_COUNT_DISTINCT"), .nargs = 1, .arg_types = types, .consts = consts};
	AggCall call;
	REQUIRE(aggregate_resolve(&rc, &call, NULL));
	for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
		Column c, made;
		column_init(&c, &type_bigint, sizes[k], arena);
		for (uint32_t i = 0; i < sizes[k]; i++)
			c.i64[i] = (int64_t)i * 7919 + (int64_t)k;
		const Column *args[1] = {&c};
		call.count_of(&call, args, sizes[k], arena, &made);
		static uint64_t seen[1 << 14];
		memset(seen, 0, sizeof seen);
		for (uint32_t i = 0; i < sizes[k]; i++)
			seen[made.i64[i] >> 6] |= UINT64_C(1) << (made.i64[i] & 63);
		Value *values = ARENA_ARRAY(arena, Value, sizes[k]);
		int64_t *counts = ARENA_ARRAY(arena, int64_t, sizes[k]);
		uint32_t n = 0;
		for (int64_t r = 0; r < 1 << 14; r++)
			for (int64_t rank = 1; rank < 64; rank++)
				if (seen[r] >> rank & 1) {
					values[n] = value_i64(r << 6 | rank);
					counts[n++] = 1;
				}
		Value out;
		REQUIRE(call.finish_counts(&call, NULL, values, counts, n, arena, &out));
		double error = fabs((double)out.i / sizes[k] - 1);
		CHECK_FMT(error < 0.025, "  %u values: estimated %lld\n", sizes[k], (long long)out.i);
	}
	arena_close(arena);
}

TEST(flink_arithmetic_wraps_the_result)
{
	static const AggVector vectors[] = {
	    {"SUM", "INT", "2147483647 1", "-2147483648", NULL, NULL},
	    {"SUM", "TINYINT", "127 127 2", "0", NULL, NULL},
	    {"SUM", "BIGINT", "9223372036854775807 1", "-9223372036854775808", NULL, NULL},
	    {"AVG", "BIGINT", "9223372036854775807 9223372036854775807", "-1", NULL, NULL},
	    {"VAR_POP", "TINYINT", "100 100", "0", NULL, NULL},
	};
	EvalEnv env = vector_env();
	env.flink_arithmetic = true;
	check_all(vectors, sizeof vectors / sizeof *vectors, &env);
}

TEST(names)
{
	CHECK(aggregate_find(STR("count")) == aggregate_find(STR("COUNT")));
	CHECK(!aggregate_find(STR("NOPE")));
	for (uint32_t i = 0; aggregate_at(i); i++)
		CHECK(i == 0 || strcmp(aggregate_at(i - 1)->name, aggregate_at(i)->name) < 0);
	/* COUNT over several arguments counts rows without NULLs. */
	Arena *arena = arena_open("test", 0);
	Column a, b;
	column_init(&a, &type_int, 3, arena);
	column_init(&b, &type_int, 3, arena);
	for (uint32_t i = 0; i < 3; i++)
		a.i64[i] = b.i64[i] = i;
	column_set_null(&a, 0, arena);
	column_set_null(&b, 1, arena);
	const Type *types[2] = {&type_int, &type_int};
	const Value *consts[2] = {NULL, NULL};
	ResolveCtx rc = {.arena = arena, .name = STR("COUNT"), .nargs = 2, .arg_types = types, .consts = consts};
	AggCall call;
	REQUIRE(aggregate_resolve(&rc, &call, NULL));
	const Column *args[2] = {&a, &b};
	uint64_t state = 0;
	uint32_t bad;
	call.update_one(&call, NULL, args, NULL, 3, &state, &bad);
	CHECK_EQ_U64(state, 1);
	rc.nargs = 0;
	REQUIRE(aggregate_resolve(&rc, &call, NULL));
	call.update_one(&call, NULL, NULL, NULL, 3, &state, &bad);
	CHECK_EQ_U64(state, 4);
	arena_close(arena);
}

TESTS(counts_and_sums, extremes, statistics, ordered, counted, approximations_keep_their_errors,
      flink_arithmetic_wraps_the_result, names)
