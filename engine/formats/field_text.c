/*
 * engine/formats/field_text.c: text of a field to a value, and times and decimals as text.
 *
 * Times stand at fixed places, so they are read by place and not by searching.
 */
#include "engine/formats/field_text.h"

#include <math.h>

#include "engine/formats/base64.h"
#include "sql/types/decimal.h"
#include "sql/types/real.h"
#include "sql/types/timestamp.h"

enum {
	DATE_LEN = 10,  /* yyyy-MM-dd */
	CLOCK_LEN = 8,  /* HH:mm:ss */
	MINUTE_LEN = 5, /* HH:mm */
	FRACTION_MAX = 9,
};

/* The digit's value; above 9: no digit. */
static inline uint32_t digit(char c)
{
	return (uint32_t)(unsigned char)c - '0';
}

/* -1: no digits. */
static inline int32_t two_digits(const char *p)
{
	uint32_t high = digit(p[0]);
	uint32_t low = digit(p[1]);
	return high > 9 || low > 9 ? -1 : (int32_t)(high * 10 + low);
}

static bool read_date(const char *p, int64_t *days)
{
	int32_t century = two_digits(p);
	int32_t year = two_digits(p + 2);
	int32_t month = two_digits(p + 5);
	int32_t day = two_digits(p + 8);
	if ((century | year | month | day) < 0 || p[4] != '-' || p[7] != '-' ||
	    !timestamp_valid_date(century * 100 + year, month, day))
		return false;
	*days = timestamp_days(century * 100 + year, month, day);
	return true;
}

/* HH:mm:ss and a fraction, of which the first `precision` digits count; with short_form the seconds may be absent. What
 * is left of the text goes to *rest. */
static bool read_clock(Str text, bool short_form, unsigned precision, int64_t *us, Str *rest)
{
	if (text.len < MINUTE_LEN || text.ptr[2] != ':')
		return false;
	int32_t hour = two_digits(text.ptr);
	int32_t minute = two_digits(text.ptr + 3);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	int64_t v = hour * TIMESTAMP_US_PER_HOUR + minute * TIMESTAMP_US_PER_MINUTE;
	uint32_t at = MINUTE_LEN;
	if (at < text.len && text.ptr[at] == ':') {
		int32_t second = text.len < CLOCK_LEN ? -1 : two_digits(text.ptr + at + 1);
		if (second < 0 || second > 59)
			return false;
		v += second * TIMESTAMP_US_PER_SECOND;
		at = CLOCK_LEN;
	} else if (!short_form) {
		return false;
	}
	if (at == CLOCK_LEN && at < text.len && text.ptr[at] == '.') {
		at++;
		static const int64_t units[FRACTION_MAX] = {100000, 10000, 1000, 100, 10, 1, 0, 0, 0};
		uint32_t digits = 0;
		for (; digits < FRACTION_MAX && at < text.len && digit(text.ptr[at]) <= 9; digits++, at++)
			v += digits < precision ? digit(text.ptr[at]) * units[digits] : 0;
		if (digits == 0)
			return false;
	}
	*us = v;
	*rest = str_slice(text, at, text.len);
	return true;
}

/* Z, +hh:mm, -hh:mm */
static bool read_offset(Str text, FieldTime style, int64_t *us)
{
	*us = 0;
	if (str_eq(text, STR("Z")))
		return true;
	if (style != FIELD_TIME_OFFSET || text.len != 6 || (text.ptr[0] != '+' && text.ptr[0] != '-') || text.ptr[3] != ':')
		return false;
	int32_t hour = two_digits(text.ptr + 1);
	int32_t minute = two_digits(text.ptr + 4);
	if (hour < 0 || hour > 18 || minute < 0 || minute > 59)
		return false;
	int64_t offset = hour * TIMESTAMP_US_PER_HOUR + minute * TIMESTAMP_US_PER_MINUTE;
	*us = text.ptr[0] == '-' ? -offset : offset;
	return true;
}

static bool read_timestamp(const Type *type, Str text, FieldTime style, int64_t *us)
{
	int64_t days;
	int64_t clock;
	int64_t offset = 0;
	Str rest;
	if (text.len <= DATE_LEN || !read_date(text.ptr, &days))
		return false;
	char between = text.ptr[DATE_LEN];
	if (style == FIELD_TIME_SQL ? between != ' ' : between != 'T' && between != 't')
		return false;
	if (!read_clock(str_slice(text, DATE_LEN + 1, text.len), style != FIELD_TIME_SQL, type->precision, &clock, &rest))
		return false;
	if (type->kind == TYPE_TIMESTAMP ? rest.len > 0 : !read_offset(rest, style, &offset))
		return false;
	*us = days * TIMESTAMP_US_PER_DAY + clock - offset;
	return true;
}

static bool read_integer(const Type *type, Str text, int64_t *out)
{
	int64_t least;
	int64_t greatest;
	type_int_range(type->kind, &least, &greatest);
	return str_to_i64(str_trim(text), out) && *out >= least && *out <= greatest;
}

/* Digits that pass the type's range are an error; the words NaN and Infinity are values. */
static bool read_real(Str text, bool single, double *out)
{
	text = str_trim(text);
	if (!real_parse(text, single, out))
		return false;
	return !isinf(*out) || memchr(text.ptr, 'y', text.len) != NULL;
}

bool field_text_parse(const Type *type, Str text, FieldTime style, Arena *arena, Value *out)
{
	Str rest;
	*out = (Value){.null = false};
	switch (type->kind) {
	case TYPE_BOOLEAN: /* whatever is not true */ out->b = str_eq_nocase(str_trim(text), STR("true")); return true;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: return read_integer(type, text, &out->i);
	case TYPE_FLOAT:
	case TYPE_DOUBLE: return read_real(text, type->kind == TYPE_FLOAT, &out->f);
	case TYPE_DECIMAL: return decimal_parse(str_trim(text), type->precision, type->scale, &out->d);
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_JSON: out->s = text; return true;
	case TYPE_BINARY:
	case TYPE_VARBINARY: return base64_parse(text, arena, &out->s);
	case TYPE_DATE: return text.len == DATE_LEN && read_date(text.ptr, &out->i);
	case TYPE_TIME: return read_clock(text, false, type->precision, &out->i, &rest) && rest.len == 0;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: return read_timestamp(type, text, style, &out->i);
	case TYPE_INTERVAL_MONTHS: return read_integer(&type_int, text, &out->i);
	case TYPE_INTERVAL_SECONDS:
		return read_integer(&type_bigint, text, &out->i) && !__builtin_mul_overflow(out->i, 1000, &out->i);
	case TYPE_NULL: *out = VALUE_NULL; return true;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_ROW:
	case TYPE_MULTISET:
	case TYPE_KINDS: break;
	}
	return false;
}

/* Exactly six digits, then the zeros at the end (and a bare point) go. */
static void trim_fraction(StrBuf *out)
{
	while (out->ptr[out->len - 1] == '0')
		out->len--;
	if (out->ptr[out->len - 1] == '.')
		out->len--;
	out->ptr[out->len] = '\0';
}

void field_text_print_time(const Type *type, int64_t v, FieldTime style, StrBuf *out)
{
	switch (type->kind) {
	case TYPE_DATE: timestamp_print_date(v, out); break;
	case TYPE_TIME:
		timestamp_print_time(v, 6, out);
		trim_fraction(out);
		break;
	default:
		timestamp_print(v, 6, style == FIELD_TIME_SQL ? ' ' : 'T', out);
		trim_fraction(out);
		if (type->kind == TYPE_TIMESTAMP_LTZ)
			strbuf_putc(out, 'Z');
	}
}

void field_text_print_decimal(Int128 v, unsigned scale, bool plain, StrBuf *out)
{
	int places = (int)scale; /* below 0: zeros before the point */
	if (v == 0) {
		strbuf_putc(out, '0');
		return;
	}
	while (v % 10 == 0) {
		v /= 10;
		places--;
	}
	if (places >= 0 && plain) {
		decimal_print(v, (unsigned)places, out);
		return;
	}
	size_t from = out->len;
	decimal_print(v, 0, out);
	size_t first = from + (v < 0 ? 1 : 0);
	int digits = (int)(out->len - first);
	int exponent = digits - 1 - places;
	if (plain || places == 0) {
		strbuf_fill(out, '0', (size_t)-places);
	} else if (places > 0 && exponent >= -6) {
		out->len = from;
		decimal_print(v, (unsigned)places, out);
	} else {
		if (digits > 1) {
			strbuf_putc(out, ' ');
			memmove(out->ptr + first + 2, out->ptr + first + 1, (size_t)digits - 1);
			out->ptr[first + 1] = '.';
		}
		strbuf_printf(out, "E%+d", exponent);
	}
}
