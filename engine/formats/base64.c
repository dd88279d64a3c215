/*
 * engine/formats/base64.c: bytes as base64 and back.
 *
 * Reading takes four letters at a time through one table, in which everything that is no letter has the top bit set.
 */
#include "engine/formats/base64.h"

static const char base64_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_print(Str bytes, StrBuf *out)
{
	strbuf_reserve(out, ((size_t)bytes.len + 2) / 3 * 4);
	const uint8_t *p = (const uint8_t *)bytes.ptr;
	for (uint32_t left = bytes.len; left > 0;) {
		uint32_t word = (uint32_t)p[0] << 16 | (left > 1 ? (uint32_t)p[1] << 8 : 0) | (left > 2 ? p[2] : 0U);
		char quad[4] = {base64_letters[word >> 18], base64_letters[word >> 12 & 63], base64_letters[word >> 6 & 63],
		                base64_letters[word & 63]};
		if (left < 3)
			quad[3] = '=';
		if (left < 2)
			quad[2] = '=';
		strbuf_put(out, quad, sizeof quad);
		uint32_t taken = left < 3 ? left : 3;
		p += taken;
		left -= taken;
	}
}

/* The letter's value; 0x80 and more: no letter. */
static uint32_t base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0') + 52;
	return c == '+' ? 62 : c == '/' ? 63 : 0x80;
}

bool base64_parse(Str text, Arena *arena, Str *out)
{
	if (text.len % 4 != 0)
		return false;
	uint32_t padding = 0;
	while (padding < 2 && padding < text.len && text.ptr[text.len - 1 - padding] == '=')
		padding++;
	char *to = arena_alloc(arena, (size_t)text.len / 4 * 3);
	size_t n = 0;
	uint32_t bad = 0;
	for (uint32_t i = 0; i < text.len; i += 4) {
		bool last = i + 4 == text.len;
		uint32_t v[4];
		for (uint32_t k = 0; k < 4; k++)
			v[k] = last && k >= 4 - padding ? 0 : base64_value(text.ptr[i + k]);
		bad |= v[0] | v[1] | v[2] | v[3];
		uint32_t word = v[0] << 18 | v[1] << 12 | v[2] << 6 | v[3];
		to[n++] = (char)(word >> 16);
		to[n++] = (char)(word >> 8);
		to[n++] = (char)word;
	}
	*out = str_make(to, n - padding);
	return bad < 0x80;
}
