/*
 * tests/support/json_reference_value.c: the slow conversions: by the letter of the rules, without any care for speed.
 *
 * Numbers are worked on as decimal digits: the text is written out without its exponent, as whole part and fraction,
 * and rounded or cut as a person would do it on paper.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "sql/types/packed.h"
#include "tests/support/json_reference.h"

enum { DIGITS_MAX = 6000 }; /* written out; larger exponents are cut: they are far beyond every type */

/* A number on paper: [-] whole . fraction, without leading zeros of the whole part. */
typedef struct Paper {
	bool negative;
	char whole[DIGITS_MAX];
	int nwhole;
	char fraction[DIGITS_MAX];
	int nfraction;
	bool huge; /* more digits before the point than any type has */
} Paper;

/* sign digits [. digits] [e sign digits], with a digit somewhere before the e. */
static bool is_decimal_text(Str s)
{
	uint32_t i = 0;
	uint32_t digits = 0;
	if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-'))
		i++;
	for (; i < s.len && isdigit((unsigned char)s.ptr[i]); i++)
		digits++;
	if (i < s.len && s.ptr[i] == '.') {
		for (i++; i < s.len && isdigit((unsigned char)s.ptr[i]); i++)
			digits++;
	}
	if (digits == 0)
		return false;
	if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
		i++;
		if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-'))
			i++;
		if (i == s.len)
			return false;
		while (i < s.len && isdigit((unsigned char)s.ptr[i]))
			i++;
	}
	return i == s.len;
}

/* Lays the digits down and moves the point. The text must be is_decimal_text. */
static void lay_down(Str s, Paper *n)
{
	char *digits = malloc((size_t)s.len + 1);
	long count = 0;
	long point = -1;
	long exponent = 0;
	uint32_t i = 0;
	*n = (Paper){.negative = s.ptr[0] == '-'};
	for (; i < s.len && s.ptr[i] != 'e' && s.ptr[i] != 'E'; i++) {
		if (s.ptr[i] == '.')
			point = count;
		else if (isdigit((unsigned char)s.ptr[i]))
			digits[count++] = s.ptr[i];
	}
	if (point < 0)
		point = count;
	if (i < s.len) {
		bool minus = s.ptr[i + 1] == '-';
		for (i++; i < s.len; i++) {
			if (isdigit((unsigned char)s.ptr[i]) && exponent < 100000000)
				exponent = exponent * 10 + (s.ptr[i] - '0');
		}
		exponent = minus ? -exponent : exponent;
	}
	point += exponent;
	bool zero = true;
	for (long k = 0; k < count; k++)
		zero = zero && digits[k] == '0';
	for (long k = 0; k < point && !zero && !n->huge; k++) {
		char c = k < count ? digits[k] : '0';
		n->huge = n->nwhole == DIGITS_MAX;
		if (!n->huge && (n->nwhole > 0 || c != '0'))
			n->whole[n->nwhole++] = c;
	}
	for (long k = point; k < count && n->nfraction < DIGITS_MAX; k++)
		n->fraction[n->nfraction++] = k < 0 ? '0' : digits[k];
	free(digits);
}

static bool whole_i64(const Paper *n, int64_t *out)
{
	Int128 v = 0;
	if (n->huge || n->nwhole > 25)
		return false;
	for (int i = 0; i < n->nwhole; i++)
		v = v * 10 + (n->whole[i] - '0');
	v = n->negative ? -v : v;
	if (v < INT64_MIN || v > INT64_MAX)
		return false;
	*out = (int64_t)v;
	return true;
}

static bool paper_decimal(const Paper *n, unsigned precision, unsigned scale, Int128 *out)
{
	UInt128 v = 0;
	UInt128 limit = 1;
	if (n->huge || n->nwhole > 38)
		return false;
	for (unsigned i = 0; i < precision; i++)
		limit *= 10;
	for (int i = 0; i < n->nwhole + (int)scale; i++) {
		int at = i - n->nwhole;
		char c = i < n->nwhole ? n->whole[i] : at < n->nfraction ? n->fraction[at] : '0';
		if (v >= limit)
			return false;
		v = v * 10 + (UInt128)(unsigned char)c - (UInt128)'0';
	}
	if ((int)scale < n->nfraction && n->fraction[scale] >= '5')
		v++;
	if (v >= limit)
		return false;
	*out = n->negative ? -(Int128)v : (Int128)v;
	return true;
}

static Str trimmed(Str s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || (s.ptr[0] >= '\t' && s.ptr[0] <= '\r')))
		s = str_make(s.ptr + 1, s.len - 1);
	while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || (s.ptr[s.len - 1] >= '\t' && s.ptr[s.len - 1] <= '\r')))
		s.len--;
	return s;
}

static bool range_of(const Type *type, int64_t *least, int64_t *greatest)
{
	int bits = type->kind == TYPE_TINYINT ? 8 : type->kind == TYPE_SMALLINT ? 16 : type->kind == TYPE_BIGINT ? 64 : 32;
	*greatest = (int64_t)(UINT64_MAX >> (65 - bits));
	*least = -*greatest - 1;
	return true;
}

/* A JSON number is cut, but for the smallest types; a string must be a whole number. */
static bool to_integer(const Type *type, const JsonReferenceValue *v, int64_t *out)
{
	int64_t least;
	int64_t greatest;
	Str text = v->raw;
	bool whole = v->kind == JSON_REFERENCE_NUMBER && (type->kind == TYPE_TINYINT || type->kind == TYPE_SMALLINT);
	for (uint32_t i = 0; whole && i < text.len; i++)
		if (!isdigit((unsigned char)text.ptr[i]) && text.ptr[i] != '-')
			return false;
	if (v->kind == JSON_REFERENCE_STRING) {
		text = trimmed(v->text);
		for (uint32_t i = 0; i < text.len; i++) {
			if (!isdigit((unsigned char)text.ptr[i]) && !(i == 0 && (text.ptr[0] == '+' || text.ptr[0] == '-')))
				return false;
		}
		if (!is_decimal_text(text))
			return false;
	} else if (v->kind != JSON_REFERENCE_NUMBER) {
		return false;
	}
	static Paper paper;
	lay_down(text, &paper);
	range_of(type, &least, &greatest);
	return whole_i64(&paper, out) && *out >= least && *out <= greatest;
}

static bool to_real(const Type *type, const JsonReferenceValue *v, double *out)
{
	bool single = type->kind == TYPE_FLOAT;
	Str text = v->kind == JSON_REFERENCE_STRING ? trimmed(v->text) : v->raw;
	if (v->kind != JSON_REFERENCE_STRING && v->kind != JSON_REFERENCE_NUMBER)
		return false;
	if (v->kind == JSON_REFERENCE_STRING) {
		Str word = text;
		bool minus = word.len > 0 && word.ptr[0] == '-';
		if (word.len > 0 && (word.ptr[0] == '-' || word.ptr[0] == '+'))
			word = str_make(word.ptr + 1, word.len - 1);
		if (str_eq(word, STR("NaN")) || str_eq(word, STR("Infinity"))) {
			*out = word.ptr[0] == 'N' ? (double)NAN : (double)INFINITY;
			*out = minus ? -*out : *out;
			return true;
		}
		/* Java's suffixes. */
		if (text.len > 1 && strchr("dDfF", text.ptr[text.len - 1]))
			text.len--;
		if (!is_decimal_text(text))
			return false;
	}
	char *copy = mem_cstr(text);
	*out = single ? (double)strtof(copy, NULL) : strtod(copy, NULL);
	mem_free(copy);
	return isfinite(*out);
}

/* ---- times: a pattern of letters for digits, all else stands for itself */

static bool match(Str *text, const char *pattern, int *numbers)
{
	uint32_t i = 0;
	char last = '\0';
	int n = -1;
	for (; *pattern; pattern++, i++) {
		if (i >= text->len)
			return false;
		if (!isalpha((unsigned char)*pattern) || *pattern == 'T' || *pattern == 'Z') {
			if (text->ptr[i] != *pattern && !(*pattern == 'T' && text->ptr[i] == 't'))
				return false;
			last = '\0';
			continue;
		}
		if (!isdigit((unsigned char)text->ptr[i]))
			return false;
		if (*pattern != last)
			numbers[++n] = 0;
		last = *pattern;
		numbers[n] = numbers[n] * 10 + (text->ptr[i] - '0');
	}
	*text = str_make(text->ptr + i, text->len - i);
	return true;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool days_of(int year, int month, int day, int64_t *out)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	if (month < 1 || month > 12 || day < 1 || day > lengths[month - 1] + (month == 2 && is_leap(year)))
		return false;
	int64_t days = day - 1;
	for (int m = 1; m < month; m++)
		days += lengths[m - 1] + (m == 2 && is_leap(year));
	for (int y = year; y < 1970; y++)
		days -= 365 + is_leap(y);
	for (int y = 1970; y < year; y++)
		days += 365 + is_leap(y);
	*out = days;
	return true;
}

static bool fraction_us(Str *text, int64_t *us)
{
	int digits = 0;
	int64_t v = 0;
	if (text->len == 0 || text->ptr[0] != '.')
		return true;
	*text = str_make(text->ptr + 1, text->len - 1);
	while (text->len > 0 && isdigit((unsigned char)text->ptr[0])) {
		if (digits < 6)
			v = v * 10 + (text->ptr[0] - '0');
		digits++;
		*text = str_make(text->ptr + 1, text->len - 1);
	}
	for (int i = digits; i < 6; i++)
		v *= 10;
	*us += v;
	return digits >= 1 && digits <= 9;
}

static bool clock_us(Str *text, bool seconds_needed, int64_t *us)
{
	int n[3] = {0, 0, 0};
	Str whole = *text;
	if (!match(&whole, "hh:mm:ss", n)) {
		bool more = text->len > 5 && text->ptr[5] == ':';
		if (seconds_needed || more || !match(text, "hh:mm", n))
			return false;
		*us = (n[0] * 60LL + n[1]) * 60000000;
		return n[0] < 24 && n[1] < 60;
	}
	*text = whole;
	*us = ((n[0] * 60LL + n[1]) * 60 + n[2]) * 1000000;
	return n[0] < 24 && n[1] < 60 && n[2] < 60 && fraction_us(text, us);
}

static int64_t cut(int64_t us, unsigned precision)
{
	int64_t unit = 1;
	for (unsigned i = precision; i < 6; i++)
		unit *= 10;
	int64_t rest = ((us % unit) + unit) % unit;
	return us - rest;
}

static bool to_time(const JsonReferenceRules *rules, const Type *type, Str text, int64_t *out)
{
	int n[3];
	int64_t days = 0;
	int64_t us = 0;
	int64_t offset = 0;
	if (type->kind == TYPE_TIME) {
		bool ok = clock_us(&text, true, &us) && text.len == 0;
		*out = cut(us, type->precision);
		return ok;
	}
	if (!match(&text, "yyyy-mm-dd", n) || !days_of(n[0], n[1], n[2], &days))
		return false;
	if (type->kind == TYPE_DATE) {
		*out = days;
		return text.len == 0;
	}
	bool sql = rules->time == JSON_REFERENCE_SQL;
	if (!match(&text, sql ? " " : "T", n) || !clock_us(&text, sql, &us))
		return false;
	if (type->kind == TYPE_TIMESTAMP_LTZ && !match(&text, "Z", n)) {
		char sign = text.len > 0 ? text.ptr[0] : '\0';
		if (rules->time != JSON_REFERENCE_OFFSET || (!match(&text, "+hh:mm", n) && !match(&text, "-hh:mm", n)))
			return false;
		if (n[0] > 18 || n[1] > 59)
			return false;
		offset = (n[0] * 60LL + n[1]) * 60000000 * (sign == '-' ? -1 : 1);
	}
	*out = cut(days * 86400000000LL + us - offset, type->precision);
	return text.len == 0;
}

static bool to_bytes(Str text, Arena *arena, Str *out)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t n = text.len;
	while (n > 0 && text.len - n < 2 && text.ptr[n - 1] == '=')
		n--;
	if (text.len % 4 != 0)
		return false;
	char *bytes = arena_alloc(arena, text.len);
	uint32_t len = 0;
	uint32_t bits = 0;
	int have = 0;
	for (uint32_t i = 0; i < n; i++) {
		const char *at = text.ptr[i] ? strchr(letters, text.ptr[i]) : NULL;
		if (!at)
			return false;
		bits = bits << 6 | (uint32_t)(at - letters);
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[len++] = (char)(bits >> have);
		}
	}
	*out = str_make(bytes, len);
	return true;
}

/* ---- nested */

static bool item_value(const JsonReferenceRules *rules, const Type *type, const JsonReferenceValue *v, Arena *arena,
                       Value *out)
{
	*out = VALUE_NULL;
	return v->kind == JSON_REFERENCE_NULL || json_reference_convert(rules, type, v, arena, out);
}

static bool to_nested(const JsonReferenceRules *rules, const Type *type, const JsonReferenceValue *v, Arena *arena,
                      Str *out)
{
	JsonReferenceKind wanted = type->kind == TYPE_ARRAY ? JSON_REFERENCE_ARRAY : JSON_REFERENCE_OBJECT;
	if (v->kind != wanted)
		return false;
	uint32_t max = type->kind == TYPE_ROW ? type->nfields : v->len * 2;
	Value *items = ARENA_ARRAY(arena, Value, max + 1);
	const Type **types = ARENA_ARRAY(arena, const Type *, max + 1);
	uint32_t n = 0;
	if (type->kind == TYPE_ROW) {
		for (; n < type->nfields; n++) {
			const JsonReferenceValue *field = json_reference_member(v, type->fields[n].name);
			types[n] = type->fields[n].type;
			items[n] = VALUE_NULL;
			if (field ? !item_value(rules, types[n], field, arena, &items[n]) : rules->fail_on_missing)
				return false;
		}
	} else if (type->kind == TYPE_ARRAY) {
		for (; n < v->len; n++) {
			types[n] = type->elem;
			if (!item_value(rules, type->elem, v->items[n], arena, &items[n]))
				return false;
		}
	} else {
		for (uint32_t i = 0; i < v->len; i++) {
			bool seen = false;
			for (uint32_t k = 0; k < i; k++)
				seen = seen || str_eq(v->names[k], v->names[i]);
			if (seen)
				continue;
			types[n] = packed_item_type(type, 0);
			types[n + 1] = packed_item_type(type, 1);
			items[n] = value_str(v->names[i]);
			if (!item_value(rules, types[n + 1], json_reference_member(v, v->names[i]), arena, &items[n + 1]))
				return false;
			if (type->kind == TYPE_MULTISET && (items[n + 1].null || items[n + 1].i < 1))
				return false;
			n += 2;
		}
	}
	*out = packed_build(arena, types, false, items, n);
	return true;
}

bool json_reference_convert(const JsonReferenceRules *rules, const Type *type, const JsonReferenceValue *v,
                            Arena *arena, Value *out)
{
	bool string = v->kind == JSON_REFERENCE_STRING;
	*out = (Value){.null = false};
	switch (type->kind) {
	case TYPE_BOOLEAN:
		out->b = v->kind == JSON_REFERENCE_BOOL && v->truth;
		if (string)
			out->b = str_eq_nocase(trimmed(v->text), STR("true"));
		return true;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_INTERVAL_MONTHS: return to_integer(type, v, &out->i);
	case TYPE_INTERVAL_SECONDS:
		if (!to_integer(&type_bigint, v, &out->i) || out->i > INT64_MAX / 1000 || out->i < INT64_MIN / 1000)
			return false;
		out->i *= 1000;
		return true;
	case TYPE_FLOAT:
	case TYPE_DOUBLE: return to_real(type, v, &out->f);
	case TYPE_DECIMAL: {
		static Paper paper;
		Str text = string ? trimmed(v->text) : v->raw;
		if ((!string && v->kind != JSON_REFERENCE_NUMBER) || !is_decimal_text(text))
			return false;
		lay_down(text, &paper);
		return paper_decimal(&paper, type->precision, type->scale, &out->d);
	}
	case TYPE_CHAR:
	case TYPE_VARCHAR: out->s = string ? v->text : v->raw; return true;
	case TYPE_JSON: out->s = v->raw; return true;
	case TYPE_BINARY:
	case TYPE_VARBINARY: return string && to_bytes(v->text, arena, &out->s);
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: return string && to_time(rules, type, v->text, &out->i);
	case TYPE_NULL: *out = VALUE_NULL; return true;
	default: return to_nested(rules, type, v, arena, &out->s);
	}
}
