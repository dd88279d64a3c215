/*
 * sql/functions/text.c: UTF-8 by characters; see text.h.
 */
#include "sql/functions/text.h"

uint32_t text_decode(Str s, uint32_t at, uint32_t *len)
{
	const unsigned char *p = (const unsigned char *)s.ptr + at;
	uint32_t left = s.len - at;
	uint32_t need = p[0] < 0x80                   ? 1
	                : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
	                : (p[0] & 0xf0) == 0xe0       ? 3
	                : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
	                                              : 1;
	*len = 1;
	if (need == 1 || need > left)
		return p[0];
	uint32_t c = p[0] & (0xffu >> (need + 1));
	for (uint32_t i = 1; i < need; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return p[0];
		c = c << 6 | (p[i] & 0x3fu);
	}
	bool fine = need == 2 || (need == 3 && c >= 0x800 && (c < 0xd800 || c > 0xdfff)) ||
	            (need == 4 && c >= 0x10000 && c <= 0x10ffff);
	if (!fine)
		return p[0];
	*len = need;
	return c;
}

uint32_t text_char(Str s, uint32_t at)
{
	if ((unsigned char)s.ptr[at] < 0x80)
		return 1;
	uint32_t len;
	text_decode(s, at, &len);
	return len;
}

uint32_t text_length(Str s)
{
	uint32_t n = 0;
	for (uint32_t at = 0; at < s.len; at += text_char(s, at))
		n++;
	return n;
}

uint32_t text_offset(Str s, uint32_t chars)
{
	uint32_t at = 0;
	while (chars > 0 && at < s.len) {
		at += text_char(s, at);
		chars--;
	}
	return at;
}

Str text_slice(Str s, uint32_t from, uint32_t len)
{
	uint32_t begin = text_offset(s, from);
	Str rest = str_make(s.ptr + begin, s.len - begin);
	rest.len = text_offset(rest, len);
	return rest;
}

bool text_is_ascii(Str s)
{
	unsigned char all = 0;
	for (uint32_t i = 0; i < s.len; i++)
		all |= (unsigned char)s.ptr[i];
	return all < 0x80;
}

Str text_valid(Arena *arena, Str s)
{
	if (str_is_utf8(s))
		return s;
	char *out = arena_alloc(arena, (size_t)s.len * 3);
	size_t n = 0;
	for (uint32_t at = 0, len; at < s.len; at += len) {
		uint32_t c = text_decode(s, at, &len);
		if (len == 1 && c >= 0x80)
			c = 0xfffd;
		n += text_encode(c, out + n);
	}
	return str_make(out, n);
}

uint32_t text_encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}
