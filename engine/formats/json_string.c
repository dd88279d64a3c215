/*
 * engine/formats/json_string.c: the rare parts of strings: escapes and characters beyond ASCII.
 *
 * Checking and unescaping are apart: a string that nobody wants is checked only, and what was checked need not be
 * checked again. UTF-8 is that of RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#include "engine/formats/json_int.h"

static const char *string_fail(Decoder *d, const char *p, const char *why)
{
	d->bad_at = p;
	d->bad_why = p >= d->end ? "the message ends too early" : why;
	return NULL;
}

/* 16 and more: no digit. */
static unsigned hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	char lower = (char)(c | 0x20);
	return lower >= 'a' && lower <= 'f' ? (unsigned)(lower - 'a') + 10 : 16;
}

/* Behind the escape at p. */
static const char *escape_end(Decoder *d, const char *p)
{
	const char *end = d->end;
	if (end - p < 2)
		return string_fail(d, end, "");
	switch (p[1]) {
	case '"':
	case '\\':
	case '/':
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't': return p + 2;
	case 'u': break;
	default: return string_fail(d, p, "no such escape in a string");
	}
	for (int i = 2; i < 6; i++) {
		if (p + i >= end)
			return string_fail(d, end, "");
		if (hex_value(p[i]) > 15)
			return string_fail(d, p, "\\u needs four hexadecimal digits");
	}
	return p + 6;
}

static inline bool is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Bytes of the character at p, p[0] > 0x7f; 0: none. */
static unsigned utf8_length(const unsigned char *p, size_t left)
{
	unsigned char c = p[0];
	if (c < 0xe0)
		return c >= 0xc2 && left >= 2 && is_tail(p[1]) ? 2 : 0;
	if (c < 0xf0) {
		unsigned char least = c == 0xe0 ? 0xa0 : 0x80;
		unsigned char greatest = c == 0xed ? 0x9f : 0xbf;
		return left >= 3 && p[1] >= least && p[1] <= greatest && is_tail(p[2]) ? 3 : 0;
	}
	unsigned char least = c == 0xf0 ? 0x90 : 0x80;
	unsigned char greatest = c == 0xf4 ? 0x8f : 0xbf;
	return c <= 0xf4 && left >= 4 && p[1] >= least && p[1] <= greatest && is_tail(p[2]) && is_tail(p[3]) ? 4 : 0;
}

const char *json_string_odd(Decoder *d, const char *p, bool *escaped)
{
	const char *end = d->end;
	do {
		if (*p == '\\') {
			*escaped = true;
			p = escape_end(d, p);
			if (!p)
				return NULL;
		} else if ((unsigned char)*p < 0x20) {
			return string_fail(d, p, "control characters in strings must be escaped");
		} else {
			unsigned n = utf8_length((const unsigned char *)p, (size_t)(end - p));
			if (n == 0)
				return string_fail(d, p, "the bytes are not UTF-8");
			p += n;
		}
	} while (p < end && (*p == '\\' || (unsigned char)*p >= 0x80));
	return p;
}

static char *utf8_put(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

static uint32_t hex4(const char *p)
{
	return hex_value(p[0]) << 12 | hex_value(p[1]) << 8 | hex_value(p[2]) << 4 | hex_value(p[3]);
}

/* The character of the \u at *p, two of them for a pair; *p moves behind it. A lone surrogate is U+FFFD. */
static uint32_t unicode_escape(const char **p, const char *end)
{
	uint32_t c = hex4(*p + 2);
	*p += 6;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c < 0xdc00 && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
		uint32_t low = hex4(*p + 2);
		if (low >= 0xdc00 && low <= 0xdfff) {
			*p += 6;
			return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		}
	}
	return 0xfffd;
}

static char simple_escape(char c)
{
	switch (c) {
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	default: return c;
	}
}

Str json_string_unescape(Str raw, Arena *arena)
{
	/* No escape is shorter than what it stands for. */
	char *out = arena_alloc(arena, raw.len);
	char *to = out;
	const char *p = raw.ptr;
	const char *end = p + raw.len;
	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		size_t run = (size_t)((slash ? slash : end) - p);
		memcpy(to, p, run);
		to += run;
		p += run;
		if (!slash)
			break;
		if (p[1] == 'u') {
			to = utf8_put(to, unicode_escape(&p, end));
		} else {
			*to++ = simple_escape(p[1]);
			p += 2;
		}
	}
	return str_make(out, (size_t)(to - out));
}
