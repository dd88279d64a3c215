/*
 * tests/unit/sql/functions/vectors.h: tables of expressions and their results, for the tests of functions.
 *
 *   {"ROUND(2.5)", "3", "DECIMAL(2, 0)"}      the type is checked unless it is NULL
 *
 * An expression is a call by name with arguments: NAME(a, b); "IS NULL"(a) when the name is no word; CAST<type>(a).
 * A literal is 1, 1.5 (DECIMAL), 1e0 (DOUBLE), 'text', TRUE, FALSE, NULL, or <type>'text'. $2<type> is column 2,
 * ?2<type> parameter 2. A result is as CAST to STRING prints it; "!W1203 words" an error of the row, "?W1201 words" one
 * of the statement (the words may be left out).
 *
 * Each row is also run over columns: every literal that need not be a constant becomes a column with some NULLs in it,
 * and each of its rows must give what the same call gives for that row's values alone.
 */
#ifndef WEIR_TESTS_UNIT_SQL_FUNCTIONS_VECTORS_H
#define WEIR_TESTS_UNIT_SQL_FUNCTIONS_VECTORS_H

#include "sql/expr/eval.h"
#include "sql/types/decimal.h"
#include "sql/types/timestamp.h"
#include "sql/types/zone.h"
#include "tests/support/check.h"

typedef struct Vector {
	const char *expr;
	const char *result;
	const char *type;
} Vector;

enum { VECTOR_LITERALS_MAX = 32, VECTOR_ROWS = 131 };

typedef struct VectorNode {
	bool call;
	Str name;
	const Type *cast; /* CAST<type>, TRY_CAST<type> */
	struct VectorNode *args[VECTOR_LITERALS_MAX];
	uint32_t nargs;
	const Type *type; /* of a literal */
	Value value;
	uint32_t literal; /* its number */
	char input;       /* '$' column, '?' parameter */
	uint32_t index;
} VectorNode;

typedef struct VectorParser {
	Arena *arena;
	const char *at;
	VectorNode *literals[VECTOR_LITERALS_MAX];
	uint32_t nliterals;
} VectorParser;

static inline EvalEnv vector_env(void)
{
	/* 2024-05-01 10:20:30.456789 UTC */
	return (EvalEnv){.zone = zone_utc,
	                 .now_us = INT64_C(1714558830456789),
	                 .watermark_us = INT64_MIN,
	                 .user = "weir",
	                 .database = "default_database"};
}

static inline void vector_skip(VectorParser *p)
{
	while (*p->at == ' ')
		p->at++;
}

static inline bool vector_take(VectorParser *p, char c)
{
	vector_skip(p);
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

static Str vector_word(VectorParser *p)
{
	vector_skip(p);
	const char *begin = p->at;
	while ((*p->at >= 'a' && *p->at <= 'z') || (*p->at >= 'A' && *p->at <= 'Z') || *p->at == '_' ||
	       (*p->at >= '0' && *p->at <= '9'))
		p->at++;
	return str_make(begin, (size_t)(p->at - begin));
}

static const Type *vector_type(VectorParser *p)
{
	static const struct {
		const char *name;
		const Type *type;
	} plain[] = {
	    {"NULL", &type_null},
	    {"BOOLEAN", &type_boolean},
	    {"TINYINT", &type_tinyint},
	    {"SMALLINT", &type_smallint},
	    {"INT", &type_int},
	    {"BIGINT", &type_bigint},
	    {"FLOAT", &type_float},
	    {"DOUBLE", &type_double},
	    {"STRING", &type_string},
	    {"BYTES", &type_bytes},
	    {"DATE", &type_date},
	    {"MONTHS", &type_interval_months},
	    {"SECONDS", &type_interval_seconds},
	    {"JSON", &type_json},
	};
	Str word = vector_word(p);
	for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
		if (str_eq_c(word, plain[k].name))
			return plain[k].type;
	if (str_eq(word, STR("ARRAY")) && vector_take(p, '<')) {
		const Type *elem = vector_type(p);
		REQUIRE(vector_take(p, '>'));
		return type_array(p->arena, elem);
	}
	if (str_eq(word, STR("MAP")) && vector_take(p, '<')) {
		const Type *key = vector_type(p);
		REQUIRE(vector_take(p, ','));
		const Type *value = vector_type(p);
		REQUIRE(vector_take(p, '>'));
		return type_map(p->arena, key, value);
	}
	if (str_eq(word, STR("ROW")) && vector_take(p, '<')) {
		TypeField fields[8];
		uint32_t n = 0;
		do {
			fields[n].name = arena_str(p->arena, vector_word(p));
			fields[n++].type = vector_type(p);
		} while (vector_take(p, ','));
		REQUIRE(vector_take(p, '>'));
		return type_row(p->arena, fields, n);
	}
	unsigned a = 0;
	unsigned b = 0;
	if (vector_take(p, '(')) {
		while (*p->at >= '0' && *p->at <= '9')
			a = a * 10 + (unsigned)(*p->at++ - '0');
		if (vector_take(p, ',')) {
			vector_skip(p);
			while (*p->at >= '0' && *p->at <= '9')
				b = b * 10 + (unsigned)(*p->at++ - '0');
		}
		REQUIRE(vector_take(p, ')'));
	}
	if (str_eq(word, STR("DECIMAL")))
		return type_decimal(p->arena, a, b);
	if (str_eq(word, STR("TIMESTAMP")))
		return type_temporal(p->arena, TYPE_TIMESTAMP, a);
	if (str_eq(word, STR("LTZ")))
		return type_temporal(p->arena, TYPE_TIMESTAMP_LTZ, a);
	if (str_eq(word, STR("TIME")))
		return type_temporal(p->arena, TYPE_TIME, a);
	if (str_eq(word, STR("CHAR")) || str_eq(word, STR("VARCHAR")))
		return type_varchar(p->arena, word.len == 4 ? TYPE_CHAR : TYPE_VARCHAR, a);
	if (str_eq(word, STR("BINARY")) || str_eq(word, STR("VARBINARY")))
		return type_varchar(p->arena, word.len == 6 ? TYPE_BINARY : TYPE_VARBINARY, a);
	fprintf(stderr, "no such type: %.*s\n", STR_ARG(word));
	exit(1);
}

static Str vector_quoted(VectorParser *p)
{
	StrBuf b;
	strbuf_init(&b);
	REQUIRE(vector_take(p, '\''));
	for (; *p->at != '\'' || p->at[1] == '\''; p->at++) {
		REQUIRE(*p->at);
		strbuf_putc(&b, *p->at);
		if (*p->at == '\'')
			p->at++;
	}
	p->at++;
	Str s = arena_str(p->arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return s;
}

static VectorNode *vector_literal(VectorParser *p, const Type *type, Value v)
{
	VectorNode *node = ARENA_NEW(p->arena, VectorNode);
	node->type = type_with_null(p->arena, type, v.null);
	node->value = v;
	node->literal = p->nliterals;
	p->literals[p->nliterals++] = node;
	return node;
}

static VectorNode *vector_number(VectorParser *p)
{
	const char *begin = p->at;
	while (*p->at && strchr("+-0123456789.eE", *p->at))
		p->at++;
	Str s = str_make(begin, (size_t)(p->at - begin));
	Value v = {0};
	if (memchr(s.ptr, 'e', s.len)) {
		REQUIRE(str_to_f64(s, &v.f));
		return vector_literal(p, &type_double, v);
	}
	if (memchr(s.ptr, '.', s.len)) {
		unsigned precision, scale;
		REQUIRE(decimal_literal_type(s, &precision, &scale) && decimal_parse(s, precision, scale, &v.d));
		return vector_literal(p, type_decimal(p->arena, precision, scale), v);
	}
	REQUIRE(str_to_i64(s, &v.i));
	return vector_literal(p, v.i >= INT32_MIN && v.i <= INT32_MAX ? &type_int : &type_bigint, v);
}

static VectorNode *vector_parse(VectorParser *p)
{
	vector_skip(p);
	if (*p->at == '\'') {
		Str s = vector_quoted(p);
		return vector_literal(p, s.len ? type_varchar(p->arena, TYPE_CHAR, s.len) : &type_string, value_str(s));
	}
	if (*p->at == '$' || *p->at == '?') {
		VectorNode *node = ARENA_NEW(p->arena, VectorNode);
		node->input = *p->at++;
		node->index = (uint32_t)(*p->at++ - '0');
		REQUIRE(vector_take(p, '<'));
		node->type = vector_type(p);
		REQUIRE(vector_take(p, '>'));
		return node;
	}
	if ((*p->at >= '0' && *p->at <= '9') || (*p->at == '-' && p->at[1] >= '0' && p->at[1] <= '9'))
		return vector_number(p);
	if (vector_take(p, '<')) {
		const Type *type = vector_type(p);
		REQUIRE(vector_take(p, '>'));
		vector_skip(p);
		if (strncmp(p->at, "NULL", 4) == 0) {
			p->at += 4;
			return vector_literal(p, type, VALUE_NULL);
		}
		Str text = vector_quoted(p);
		Value v = {0};
		Err err;
		bool fine;
		if (type->kind == TYPE_INTERVAL_MONTHS || type->kind == TYPE_INTERVAL_SECONDS) {
			bool months;
			fine = timestamp_parse_interval_pg(text, &months, &v.i, &err);
		} else if (type_is_nested(type) || type->kind == TYPE_JSON) {
			fine = value_parse_json(type, text, p->arena, &v, &err);
		} else if (type_is_text(type) || type_is_binary(type)) {
			v.s = text;
			fine = true;
		} else {
			fine = value_parse(type, text, zone_utc, p->arena, &v, &err);
		}
		if (!fine)
			fprintf(stderr, "bad literal '%.*s'\n", STR_ARG(text));
		REQUIRE(fine);
		return vector_literal(p, type, v);
	}
	Str name;
	if (*p->at == '"') {
		const char *begin = ++p->at;
		while (*p->at != '"')
			p->at++;
		name = str_make(begin, (size_t)(p->at++ - begin));
	} else {
		name = vector_word(p);
		if (str_eq(name, STR("TRUE")) || str_eq(name, STR("FALSE")))
			return vector_literal(p, &type_boolean, (Value){.b = name.len == 4});
		if (str_eq(name, STR("NULL")))
			return vector_literal(p, &type_null, VALUE_NULL);
	}
	VectorNode *node = ARENA_NEW(p->arena, VectorNode);
	node->call = true;
	node->name = name;
	if (vector_take(p, '<')) {
		node->cast = vector_type(p);
		REQUIRE(vector_take(p, '>'));
	}
	REQUIRE(vector_take(p, '('));
	if (vector_take(p, ')'))
		return node;
	do
		node->args[node->nargs++] = vector_parse(p);
	while (vector_take(p, ','));
	REQUIRE(vector_take(p, ')'));
	return node;
}

/* as_column[k]: literal k becomes column k. nulls: literals that are NULL instead. */
static const Expr *vector_build(Arena *arena, const VectorNode *node, const bool *as_column, const bool *nulls,
                                Err *err)
{
	if (node->input)
		return node->input == '$' ? expr_column(arena, node->type, node->index)
		                          : expr_param(arena, node->type, node->index);
	if (!node->call) {
		if (as_column && as_column[node->literal])
			return expr_column(arena, type_with_null(arena, node->type, true), node->literal);
		if (nulls && nulls[node->literal])
			return expr_const(arena, node->type, VALUE_NULL);
		return expr_const(arena, node->type, node->value);
	}
	const Expr *args[VECTOR_LITERALS_MAX];
	for (uint32_t i = 0; i < node->nargs; i++) {
		args[i] = vector_build(arena, node->args[i], as_column, nulls, err);
		if (!args[i])
			return NULL;
	}
	if (node->cast)
		return expr_cast(arena, args[0], node->cast, str_eq(node->name, STR("TRY_CAST")), (Span){0, 0}, err);
	return expr_call(arena, node->name, args, node->nargs, (Span){0, 0}, err);
}

static inline void vector_print_err(const Err *err, char kind, StrBuf *out)
{
	strbuf_printf(out, "%cW%d %s", kind, (int)err->code, err->message);
}

static inline void vector_print(const Type *type, const Column *c, uint32_t i, const EvalEnv *env, StrBuf *out)
{
	if (column_err(c, i))
		strbuf_printf(out, "!W%d", (int)column_err_code((RowErr)column_err(c, i)));
	else if (column_is_null(c, i))
		strbuf_puts(out, "NULL");
	else
		value_print(type, column_value(c, i), VALUE_SQL, env->zone, out);
}

static inline bool vector_fits(const char *got, const char *want)
{
	/* "!W1204" stands for any words. */
	bool code_only = (*want == '!' || *want == '?') && strlen(want) == 6;
	return code_only ? strncmp(got, want, 6) == 0 : strcmp(got, want) == 0;
}

static inline uint64_t vector_random(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = (*state ^ (*state >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	return z ^ (z >> 27);
}

/* Which literals may be columns, alone and all together, without a change of the result's type. */
static inline bool vector_columns(Arena *arena, const VectorParser *p, const VectorNode *node, const Type *type,
                                  bool *as_column)
{
	bool any = false;
	for (uint32_t k = 0; k < p->nliterals; k++) {
		bool one[VECTOR_LITERALS_MAX] = {false};
		one[k] = true;
		const Expr *e = p->literals[k]->type->kind == TYPE_NULL ? NULL : vector_build(arena, node, one, NULL, NULL);
		as_column[k] = e && type_equal(e->type, type);
		any = any || as_column[k];
	}
	const Expr *all = any ? vector_build(arena, node, as_column, NULL, NULL) : NULL;
	return all && type_equal(all->type, type);
}

static inline void vector_check_columns(const char *text, Arena *arena, const VectorParser *p, const VectorNode *node,
                                        const Expr *constant, const EvalEnv *env)
{
	bool as_column[VECTOR_LITERALS_MAX] = {false};
	if (!expr_is_deterministic(constant) || !vector_columns(arena, p, node, constant->type, as_column))
		return;
	uint64_t random = 7;
	const Expr *e = vector_build(arena, node, as_column, NULL, NULL);
	Column columns[VECTOR_LITERALS_MAX];
	const Column *inputs[VECTOR_LITERALS_MAX] = {NULL};
	static bool nulls[VECTOR_ROWS][VECTOR_LITERALS_MAX];
	memset(nulls, 0, sizeof nulls);
	for (uint32_t k = 0; k < p->nliterals; k++) {
		if (!as_column[k])
			continue;
		const VectorNode *literal = p->literals[k];
		inputs[k] = &columns[k];
		column_init(&columns[k], literal->type, VECTOR_ROWS, arena);
		for (uint32_t i = 0; i < VECTOR_ROWS; i++) {
			Value empty = columns[k].phys == PHYS_STR ? value_str(STR_EMPTY) : (Value){0};
			column_set(&columns[k], i, literal->value.null ? empty : literal->value, arena);
			nulls[i][k] = literal->value.null || vector_random(&random) % 5 == 0;
			if (nulls[i][k])
				column_set_null(&columns[k], i, arena);
		}
	}
	Eval *eval = eval_open(arena, &e, 1);
	const Column *out;
	eval_run(eval, env, inputs, NULL, VECTOR_ROWS, arena, &out);
	for (uint32_t i = 0; i < VECTOR_ROWS; i++) {
		const Expr *one = vector_build(arena, node, NULL, nulls[i], NULL);
		StrBuf got, want;
		strbuf_init(&got);
		strbuf_init(&want);
		vector_print(e->type, out, i, env, &got);
		/* A call with a bare NULL may be typed otherwise, or not at all. */
		if (one && type_equal(one->type, e->type)) {
			Eval *single = eval_open(arena, &one, 1);
			const Column *c;
			eval_run(single, env, NULL, NULL, 1, arena, &c);
			vector_print(one->type, c, 0, env, &want);
			if (strcmp(strbuf_cstr(&got), strbuf_cstr(&want)) != 0) {
				CHECK(false);
				fprintf(stderr, "  %s, row %u: got %s, want %s\n", text, i, strbuf_cstr(&got), strbuf_cstr(&want));
				i = VECTOR_ROWS;
			}
		}
		strbuf_deinit(&got);
		strbuf_deinit(&want);
	}
}

static inline void vector_check_one(const Vector *v, const EvalEnv *env)
{
	Arena *arena = arena_open("test", 0);
	VectorParser p = {.arena = arena, .at = v->expr};
	VectorNode *node = vector_parse(&p);
	vector_skip(&p);
	REQUIRE(*p.at == 0);
	StrBuf got, type;
	strbuf_init(&got);
	strbuf_init(&type);
	Err err;
	err_clear(&err);
	const Expr *e = vector_build(arena, node, NULL, NULL, &err);
	if (!e) {
		vector_print_err(&err, '?', &got);
	} else {
		Value value;
		type_print(e->type, false, &type);
		if (!eval_const(e, env, NULL, arena, &value, &err))
			vector_print_err(&err, '!', &got);
		else if (value.null)
			strbuf_puts(&got, "NULL");
		else
			value_print(e->type, value, VALUE_SQL, env->zone, &got);
	}
	const char *text = got.len ? strbuf_cstr(&got) : "";
	if (!vector_fits(text, v->result) || (v->type && e && strcmp(strbuf_cstr(&type), v->type) != 0)) {
		CHECK(false);
		fprintf(stderr, "  %s\n    got  %s : %s\n    want %s : %s\n", v->expr, text, strbuf_cstr(&type), v->result,
		        v->type ? v->type : "any");
	} else if (e) {
		vector_check_columns(v->expr, arena, &p, node, e, env);
	}
	strbuf_deinit(&got);
	strbuf_deinit(&type);
	arena_close(arena);
}

static inline void vector_check(const Vector *vectors, size_t n, const EvalEnv *env)
{
	for (size_t i = 0; i < n; i++)
		vector_check_one(&vectors[i], env);
}

/* The expression alone; it must be valid. */
static inline const Expr *vector_expr(Arena *arena, const char *text)
{
	VectorParser p = {.arena = arena, .at = text};
	Err err;
	err_clear(&err);
	const Expr *e = vector_build(arena, vector_parse(&p), NULL, NULL, &err);
	if (!e)
		fprintf(stderr, "%s: %s\n", text, err.message);
	REQUIRE(e);
	return e;
}

/* A test that is a table. */
#define VECTORS(name, ...)                                                                                             \
	TEST(name)                                                                                                         \
	{                                                                                                                  \
		static const Vector vectors[] = {__VA_ARGS__};                                                                 \
		EvalEnv env = vector_env();                                                                                    \
		vector_check(vectors, sizeof vectors / sizeof *vectors, &env);                                                 \
	}

#endif
