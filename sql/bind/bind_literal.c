/*
 * sql/bind/bind_literal.c: literals get their types: 1 is INT, 3000000000 BIGINT, 1.50 DECIMAL(3, 2), 1e3 DOUBLE, 'ab'
 * CHAR(2).
 *
 * Literals are NOT NULL. A number with a sign in front is one literal, so that the least BIGINT can be written.
 */
#include "sql/bind/bind_int.h"

#include "sql/types/decimal.h"
#include "sql/types/timestamp.h"

static const Expr *constant(Binder *b, const Type *type, Value v, Span span)
{
	Expr *e = arena_copy(b->arena, expr_const(b->arena, type, v), sizeof(Expr));
	e->span = span;
	return e;
}

static const Expr *fail(Binder *b, Span span, Err *err, const char *what, Str text)
{
	(void)b;
	err_set_at(err, ERR_BAD_LITERAL, span, "'%.*s' is no %s", STR_ARG(text), what);
	return NULL;
}

static const Expr *number(Binder *b, Str text, bool negative, Span span, Err *err)
{
	bool exponent = false, point = false;
	for (uint32_t i = 0; i < text.len; i++) {
		exponent = exponent || text.ptr[i] == 'e' || text.ptr[i] == 'E';
		point = point || text.ptr[i] == '.';
	}
	Str whole = negative ? arena_printf(b->arena, "-%.*s", STR_ARG(text)) : text;
	int64_t i;
	double f;
	if (exponent) {
		if (!str_to_f64(whole, &f))
			return fail(b, span, err, "number", whole);
		return constant(b, &type_double, (Value){.f = f}, span);
	}
	if (!point && str_to_i64(whole, &i))
		return constant(b, i >= INT32_MIN && i <= INT32_MAX ? &type_int : &type_bigint, value_i64(i), span);
	unsigned p, s;
	Int128 d;
	if (!decimal_literal_type(whole, &p, &s) || !decimal_parse(whole, p, s, &d)) {
		err_set_at(err, ERR_BAD_LITERAL, span, "the number %.*s has more than 38 digits", STR_ARG(whole));
		err_hint(err, "Write it as DOUBLE, with an exponent: 1e40.");
		return NULL;
	}
	return constant(b, type_decimal(b->arena, p, s), (Value){.d = d}, span);
}

static uint32_t characters(Str s)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < s.len; i++)
		n += str_begins_char(s.ptr[i]);
	return n;
}

const Expr *bind_literal_str(Binder *b, Str s)
{
	return expr_const(b->arena, type_varchar(b->arena, TYPE_CHAR, characters(s)), value_str(s));
}

static const Expr *timestamp(Binder *b, Str text, Span span, Err *err)
{
	int64_t us;
	if (!timestamp_parse(text, &us, NULL, NULL)) {
		fail(b, span, err, "TIMESTAMP", text);
		err_hint(err, "Its form is TIMESTAMP '2020-12-31 23:59:59.999'.");
		return NULL;
	}
	int64_t dot = str_find(text, STR("."), 0);
	uint32_t digits = dot < 0 ? 0 : str_trim(text).len - (uint32_t)(dot + 1 - (str_trim(text).ptr - text.ptr));
	if (digits > TYPE_TIME_PRECISION_MAX) {
		err_set_at(err, ERR_BAD_LITERAL, span, "a timestamp has at most 6 digits behind the point");
		return NULL;
	}
	return constant(b, type_temporal(b->arena, TYPE_TIMESTAMP, digits), value_i64(us), span);
}

const Expr *bind_literal(Binder *b, const AstLiteral *lit, bool negative, Err *err)
{
	Span span = bind_span(b, &lit->node);
	int64_t n;
	switch (lit->kind) {
	case AST_LIT_NULL: return constant(b, &type_null, VALUE_NULL, span);
	case AST_LIT_TRUE: return constant(b, &type_boolean, (Value){.b = true}, span);
	case AST_LIT_FALSE: return constant(b, &type_boolean, (Value){.b = false}, span);
	case AST_LIT_UNKNOWN: return constant(b, &type_boolean, VALUE_NULL, span);
	case AST_LIT_NUMBER: return number(b, lit->value, negative, span, err);
	case AST_LIT_STRING:
	case AST_LIT_WORD:
		return constant(b, type_varchar(b->arena, TYPE_CHAR, characters(lit->value)), value_str(lit->value), span);
	case AST_LIT_BINARY:
		return constant(b, type_varchar(b->arena, TYPE_BINARY, lit->value.len), value_str(lit->value), span);
	case AST_LIT_DATE:
		if (!timestamp_parse_date(lit->value, &n)) {
			fail(b, span, err, "DATE", lit->value);
			err_hint(err, "Its form is DATE '2020-12-31'.");
			return NULL;
		}
		return constant(b, &type_date, value_i64(n), span);
	case AST_LIT_TIME:
		if (!timestamp_parse_time(lit->value, &n)) {
			fail(b, span, err, "TIME", lit->value);
			err_hint(err, "Its form is TIME '23:59:59'.");
			return NULL;
		}
		return constant(b, &type_time, value_i64(n), span);
	case AST_LIT_TIMESTAMP: return timestamp(b, lit->value, span, err);
	}
	return NULL;
}

static bool unit(AstUnit u, TimeUnit *out)
{
	return timestamp_unit_parse(str_from(ast_unit_name(u)), out);
}

const Expr *bind_literal_interval(Binder *b, const AstInterval *lit, Err *err)
{
	Span span = bind_span(b, &lit->node);
	int64_t n = 0;
	bool months = false;
	if (lit->from == AST_UNIT_NONE) {
		if (!timestamp_parse_interval_pg(lit->value, &months, &n, err))
			goto bad;
	} else {
		TimeUnit from = UNIT_SECOND, to;
		bool known = unit(lit->from, &from);
		to = from;
		if (lit->to != AST_UNIT_NONE)
			known = unit(lit->to, &to) && known;
		months = from == UNIT_YEAR || from == UNIT_QUARTER || from == UNIT_MONTH;
		if (!known)
			return fail(b, span, err, "INTERVAL", lit->value);
		if (!timestamp_parse_interval(lit->value, from, to, &n, err))
			goto bad;
	}
	return constant(b, months ? &type_interval_months : &type_interval_seconds, value_i64(lit->negative ? -n : n),
	                span);
bad:
	if (err)
		err->span = span;
	return NULL;
}
