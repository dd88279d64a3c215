/*
 * base/str.c: views of text and bytes: compare, search, cut, read numbers, check UTF-8.
 *
 * Nothing here depends on the process's locale. Letters' case is ASCII's; Unicode case is the work
 * of the functions of SQL.
 */
#include "base/str.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/assert.h"

static unsigned char str_lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static bool str_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int str_cmp(Str a, Str b)
{
	uint32_t n = a.len < b.len ? a.len : b.len;
	int order = n > 0 ? memcmp(a.ptr, b.ptr, n) : 0;
	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_eq_nocase(Str a, Str b)
{
	return a.len == b.len && str_starts_nocase(a, b);
}

bool str_starts(Str s, Str prefix)
{
	return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

bool str_ends(Str s, Str suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || memcmp(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len) == 0);
}

bool str_starts_nocase(Str s, Str prefix)
{
	if (s.len < prefix.len)
		return false;
	for (uint32_t i = 0; i < prefix.len; i++)
		if (str_lower(s.ptr[i]) != str_lower(prefix.ptr[i]))
			return false;
	return true;
}

Str str_trim(Str s)
{
	while (s.len > 0 && str_is_space(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	while (s.len > 0 && str_is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

Str str_slice(Str s, uint32_t from, uint32_t len)
{
	if (from >= s.len)
		return STR_EMPTY;
	uint32_t rest = s.len - from;
	return (Str){s.ptr + from, len < rest ? len : rest};
}

int64_t str_find(Str s, Str needle, uint32_t from)
{
	if (from > s.len)
		return -1;
	if (needle.len == 0)
		return from;
	if (from == s.len)
		return -1;
	const char *hit = memmem(s.ptr + from, s.len - from, needle.ptr, needle.len);
	return hit != NULL ? hit - s.ptr : -1;
}

bool str_next(Str *rest, char sep, Str *part)
{
	if (rest->ptr == NULL)
		return false;
	const char *hit = rest->len > 0 ? memchr(rest->ptr, sep, rest->len) : NULL;
	if (hit == NULL) {
		*part = *rest;
		*rest = (Str){NULL, 0};
		return true;
	}
	uint32_t n = (uint32_t)(hit - rest->ptr);
	*part = (Str){rest->ptr, n};
	*rest = (Str){hit + 1, rest->len - n - 1};
	return true;
}

bool str_to_i64(Str s, int64_t *out)
{
	uint32_t i = 0;
	bool negative = s.len > 0 && s.ptr[0] == '-';
	if (negative || (s.len > 0 && s.ptr[0] == '+'))
		i++;
	if (i == s.len)
		return false;
	/* Gathered as a negative number, whose range is the wider one. */
	int64_t v = 0;
	for (; i < s.len; i++) {
		int digit = s.ptr[i] - '0';
		if (digit < 0 || digit > 9)
			return false;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v))
			return false;
	}
	if (!negative && __builtin_sub_overflow(INT64_C(0), v, &v))
		return false;
	*out = v;
	return true;
}

static pthread_once_t str_c_locale_once = PTHREAD_ONCE_INIT;
static locale_t str_c_locale;

static void str_c_locale_make(void)
{
	str_c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	ASSERT(str_c_locale != (locale_t)0);
}

static uint32_t str_digits(Str s, uint32_t from)
{
	uint32_t i = from;
	while (i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9')
		i++;
	return i - from;
}

/* digits [. digits] [e [+-] digits], with a digit before or after the point. */
static bool str_is_decimal(Str s)
{
	uint32_t whole = str_digits(s, 0);
	uint32_t at = whole;
	uint32_t fraction = 0;
	if (at < s.len && s.ptr[at] == '.') {
		fraction = str_digits(s, at + 1);
		at += 1 + fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
		at++;
		if (at < s.len && (s.ptr[at] == '+' || s.ptr[at] == '-'))
			at++;
		uint32_t exponent = str_digits(s, at);
		if (exponent == 0)
			return false;
		at += exponent;
	}
	return at == s.len;
}

bool str_to_f64(Str s, double *out)
{
	bool negative = s.len > 0 && s.ptr[0] == '-';
	Str digits = s;
	if (negative || (s.len > 0 && s.ptr[0] == '+'))
		digits = str_slice(s, 1, s.len);
	double v;
	if (str_eq(digits, STR("NaN"))) {
		v = NAN;
	} else if (str_eq(digits, STR("Infinity"))) {
		v = INFINITY;
	} else {
		if (!str_is_decimal(digits))
			return false;
		char small[64];
		char *text = digits.len < sizeof small ? small : mem_alloc((size_t)digits.len + 1);
		memcpy(text, digits.ptr, digits.len);
		text[digits.len] = '\0';
		pthread_once(&str_c_locale_once, str_c_locale_make);
		v = strtod_l(text, NULL, str_c_locale);
		if (text != small)
			mem_free(text);
	}
	*out = negative ? -v : v;
	return true;
}

unsigned str_utf8_char(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	if (u[0] < 0x80)
		return 1;
	/* The second byte's range rules out overlong forms, surrogates and what is above U+10FFFF:
	 * table 3-7 of the Unicode standard. */
	unsigned len;
	unsigned char low = 0x80;
	unsigned char high = 0xbf;
	if (u[0] < 0xc2) {
		return 0;
	} else if (u[0] < 0xe0) {
		len = 2;
	} else if (u[0] < 0xf0) {
		len = 3;
		if (u[0] == 0xe0)
			low = 0xa0;
		else if (u[0] == 0xed)
			high = 0x9f;
	} else if (u[0] < 0xf5) {
		len = 4;
		if (u[0] == 0xf0)
			low = 0x90;
		else if (u[0] == 0xf4)
			high = 0x8f;
	} else {
		return 0;
	}
	if (n < len || u[1] < low || u[1] > high)
		return 0;
	for (unsigned i = 2; i < len; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool str_is_utf8(Str s)
{
	const char *p = s.ptr;
	size_t n = s.len;
	const uint64_t high_bits = UINT64_C(0x8080808080808080);
	while (n > 0) {
		while (n >= 16) {
			uint64_t a;
			uint64_t b;
			memcpy(&a, p, 8);
			memcpy(&b, p + 8, 8);
			if ((a | b) & high_bits)
				break;
			p += 16;
			n -= 16;
		}
		/* Text that is not ASCII rarely turns back at once: go through 16 bytes before looking again. */
		const char *turn = p + (n < 16 ? n : 16);
		while (p < turn) {
			unsigned len = str_utf8_char(p, n);
			if (len == 0)
				return false;
			p += len;
			n -= len;
		}
	}
	return true;
}

size_t str_utf8_cut(const char *p, size_t len)
{
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		unsigned char c = (unsigned char)p[len - back];
		if (c < 0x80)
			return len;
		if (c >= 0xc0) {
			size_t wanted = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
			return wanted > back ? len - back : len;
		}
	}
	return len;
}

/* Names longer than this are not compared letter by letter. */
enum { STR_DISTANCE_MAX = 255 };

unsigned str_distance(Str a, Str b, unsigned cap)
{
	if (str_eq_nocase(a, b))
		return 0;
	uint32_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;
	if (apart >= cap || a.len > STR_DISTANCE_MAX || b.len > STR_DISTANCE_MAX)
		return cap;
	/* One row of the table: row[j] is the distance of a's first i bytes to b's first j. */
	unsigned row[STR_DISTANCE_MAX + 1];
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned diagonal = row[0];
		unsigned least = i;
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			unsigned best = diagonal + (str_lower(a.ptr[i - 1]) != str_lower(b.ptr[j - 1]));
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
			if (best < least)
				least = best;
		}
		if (least >= cap)
			return cap;
	}
	return row[b.len] < cap ? row[b.len] : cap;
}
