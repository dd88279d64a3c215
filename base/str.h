/*
 * base/str.h: counted strings and a growing buffer.
 *
 * Str is a view: 16 bytes, pointer and length, not ended by NUL, owner elsewhere. It holds text and
 * bytes alike, and is the element of string columns. StrBuf owns malloc'd memory.
 */
#ifndef WEIR_BASE_STR_H
#define WEIR_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

typedef struct Str {
	const char *ptr;
	uint32_t len;
} Str;

#define STR(lit) ((Str){(lit), (uint32_t)(sizeof(lit) - 1)})
#define STR_EMPTY ((Str){"", 0})
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)(s).len, (s).ptr

/* Is it the first byte of a character of UTF-8? */
static inline bool str_begins_char(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* A copy that ends with NUL; the caller frees it. */
static inline char *mem_cstr(Str s)
{
	char *copy = (char *)mem_alloc((size_t)s.len + 1);
	if (s.len > 0)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

static inline Str str_from(const char *cstr)
{
	return (Str){cstr, (uint32_t)strlen(cstr)};
}

static inline Str str_make(const char *ptr, size_t len)
{
	return (Str){ptr, (uint32_t)len};
}

static inline bool str_eq(Str a, Str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_eq_c(Str a, const char *b)
{
	return str_eq(a, str_from(b));
}

int str_cmp(Str a, Str b);        /* bytewise: <0, 0, >0 */
bool str_eq_nocase(Str a, Str b); /* ASCII letters only */
bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
bool str_starts_nocase(Str s, Str prefix);
Str str_trim(Str s);                               /* ASCII white space at both ends */
Str str_slice(Str s, uint32_t from, uint32_t len); /* cut to what exists */
/* Position of needle in s from `from` on, or -1. */
int64_t str_find(Str s, Str needle, uint32_t from);
/* Cuts the part before the next `sep` off *rest; false when *rest is used up (ptr NULL). */
bool str_next(Str *rest, char sep, Str *part);
bool str_to_i64(Str s, int64_t *out); /* decimal, optional sign, whole text; false: no number or out of range */
bool str_to_f64(Str s, double *out);  /* whole text, C locale's form, also "NaN", "Infinity" */
bool str_is_utf8(Str s);
/* Length in bytes of the UTF-8 character that p[0..n) begins with, n > 0; 0: the bytes are not one. */
unsigned str_utf8_char(const char *p, size_t n);
/* The largest length <= len at which p[0..len) is not cut inside a UTF-8 character. */
size_t str_utf8_cut(const char *p, size_t len);
/* Levenshtein distance, letters' case ignored, capped at `cap`; for "did you mean". */
unsigned str_distance(Str a, Str b, unsigned cap);

typedef struct StrBuf {
	char *ptr; /* always ended by NUL once something was put */
	size_t len;
	size_t cap;
} StrBuf;

void strbuf_init(StrBuf *b);
void strbuf_deinit(StrBuf *b);
void strbuf_clear(StrBuf *b); /* length 0, memory kept */
void strbuf_reserve(StrBuf *b, size_t more);
void strbuf_put(StrBuf *b, const void *data, size_t n);
void strbuf_puts(StrBuf *b, const char *cstr);
void strbuf_put_str(StrBuf *b, Str s);
void strbuf_putc(StrBuf *b, char c);
void strbuf_fill(StrBuf *b, char c, size_t n);
void strbuf_printf(StrBuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(StrBuf *b, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
const char *strbuf_cstr(StrBuf *b);
Str strbuf_str(const StrBuf *b);
/* Appends s as a JSON string literal with quotes; bytes that are not UTF-8 become U+FFFD. */
void strbuf_put_json(StrBuf *b, Str s);

#endif
