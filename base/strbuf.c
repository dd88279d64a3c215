/*
 * base/strbuf.c: the growing buffer; declared in base/str.h.
 *
 * The one idea: after every put there is a NUL behind the text that len does not count, so ptr is a
 * C string at any time once something was put.
 */
#include "base/str.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/assert.h"

enum { STRBUF_CAP_MIN = 64 };

void strbuf_init(StrBuf *b)
{
	*b = (StrBuf){NULL, 0, 0};
}

void strbuf_deinit(StrBuf *b)
{
	mem_free(b->ptr);
	strbuf_init(b);
}

void strbuf_clear(StrBuf *b)
{
	b->len = 0;
	if (b->ptr != NULL)
		b->ptr[0] = '\0';
}

void strbuf_reserve(StrBuf *b, size_t more)
{
	ASSERT(more < SIZE_MAX / 2 - b->len);
	size_t wanted = b->len + more + 1;
	if (wanted <= b->cap)
		return;
	size_t cap = b->cap ? b->cap * 2 : STRBUF_CAP_MIN;
	if (cap < wanted)
		cap = wanted;
	b->ptr = mem_realloc(b->ptr, cap);
	b->cap = cap;
}

void strbuf_put(StrBuf *b, const void *data, size_t n)
{
	strbuf_reserve(b, n);
	if (n > 0)
		memcpy(b->ptr + b->len, data, n);
	b->len += n;
	b->ptr[b->len] = '\0';
}

void strbuf_puts(StrBuf *b, const char *cstr)
{
	strbuf_put(b, cstr, strlen(cstr));
}

void strbuf_put_str(StrBuf *b, Str s)
{
	strbuf_put(b, s.ptr, s.len);
}

void strbuf_putc(StrBuf *b, char c)
{
	strbuf_reserve(b, 1);
	b->ptr[b->len++] = c;
	b->ptr[b->len] = '\0';
}

void strbuf_fill(StrBuf *b, char c, size_t n)
{
	strbuf_reserve(b, n);
	memset(b->ptr + b->len, c, n);
	b->len += n;
	b->ptr[b->len] = '\0';
}

void strbuf_vprintf(StrBuf *b, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	strbuf_reserve(b, STRBUF_CAP_MIN);
	size_t room = b->cap - b->len;
	int n = vsnprintf(b->ptr + b->len, room, fmt, args);
	ASSERT(n >= 0);
	if ((size_t)n >= room) {
		strbuf_reserve(b, (size_t)n);
		vsnprintf(b->ptr + b->len, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	b->len += (size_t)n;
}

void strbuf_printf(StrBuf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	strbuf_vprintf(b, fmt, args);
	va_end(args);
}

const char *strbuf_cstr(StrBuf *b)
{
	if (b->ptr == NULL)
		strbuf_put(b, "", 0);
	return b->ptr;
}

Str strbuf_str(const StrBuf *b)
{
	ASSERT(b->len <= UINT32_MAX);
	return b->ptr != NULL ? str_make(b->ptr, b->len) : STR_EMPTY;
}

/* How a JSON string writes the byte; NULL: as it is. `hex` is room for the long form. */
static const char *strbuf_json_escape(unsigned char c, char hex[7])
{
	switch (c) {
	case '"': return "\\\"";
	case '\\': return "\\\\";
	case '\b': return "\\b";
	case '\f': return "\\f";
	case '\n': return "\\n";
	case '\r': return "\\r";
	case '\t': return "\\t";
	default: break;
	}
	if (c >= 0x20)
		return NULL;
	snprintf(hex, 7, "\\u%04x", c);
	return hex;
}

void strbuf_put_json(StrBuf *b, Str s)
{
	strbuf_reserve(b, (size_t)s.len + 2);
	strbuf_putc(b, '"');
	uint32_t begin = 0; /* of the run that is copied as it is */
	uint32_t i = 0;
	while (i < s.len) {
		char hex[7];
		unsigned len = str_utf8_char(s.ptr + i, s.len - i);
		const char *escape = len == 0 ? "\xef\xbf\xbd" : strbuf_json_escape((unsigned char)s.ptr[i], hex);
		if (escape != NULL) {
			strbuf_put(b, s.ptr + begin, i - begin);
			strbuf_puts(b, escape);
			begin = i + 1;
		}
		i += len > 0 ? len : 1;
	}
	if (i > begin)
		strbuf_put(b, s.ptr + begin, i - begin);
	strbuf_putc(b, '"');
}
