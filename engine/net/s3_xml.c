/*
 * engine/net/s3_xml.c: see s3_xml.h.
 */
#include "engine/net/s3_xml.h"

#include <stdlib.h>

/* Where "<name>" or "<name ...>" begins from `from` on; *inside is where its content does. An element without content
 * ("<name/>") has *inside 0. */
static int64_t find_open(Str xml, Str name, uint32_t from, uint32_t *inside)
{
	for (int64_t at; (at = str_find(xml, STR("<"), from)) >= 0; from = (uint32_t)at + 1) {
		Str tag = str_slice(xml, (uint32_t)at + 1, xml.len);
		if (!str_starts(tag, name) || tag.len == name.len || !strchr("> /\t\r\n", tag.ptr[name.len]))
			continue;
		int64_t end = str_find(xml, STR(">"), (uint32_t)at);
		if (end < 0)
			return -1;
		*inside = xml.ptr[end - 1] == '/' ? 0 : (uint32_t)end + 1;
		return at;
	}
	return -1;
}

bool s3_xml_next(Str *rest, const char *name, Str *content)
{
	uint32_t inside, from = 0;
	Str n = str_from(name);
	int64_t at;
	while ((at = find_open(*rest, n, from, &inside)) >= 0 && inside == 0)
		from = (uint32_t)at + 1;
	if (at < 0)
		return false;
	for (uint32_t i = inside; i + n.len + 3 <= rest->len; i++) {
		const char *p = rest->ptr + i;
		if (p[0] != '<' || p[1] != '/' || memcmp(p + 2, n.ptr, n.len) != 0 || p[2 + n.len] != '>')
			continue;
		*content = str_slice(*rest, inside, i - inside);
		*rest = str_slice(*rest, i + n.len + 3, rest->len);
		return true;
	}
	return false;
}

static void put_utf8(StrBuf *out, unsigned long c)
{
	if (c < 0x80) {
		strbuf_putc(out, (char)c);
	} else if (c < 0x800) {
		strbuf_putc(out, (char)(0xc0 | c >> 6));
		strbuf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		strbuf_putc(out, (char)(0xe0 | c >> 12));
		strbuf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_putc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		strbuf_putc(out, (char)(0xf0 | c >> 18));
		strbuf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		strbuf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_putc(out, (char)(0x80 | (c & 0x3f)));
	}
}

static bool put_entity(StrBuf *out, Str name)
{
	static const struct {
		const char *name;
		char c;
	} known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (str_eq_c(name, known[i].name)) {
			strbuf_putc(out, known[i].c);
			return true;
		}
	if (name.len < 2 || name.len > 9 || name.ptr[0] != '#')
		return false;
	char digits[10] = "";
	memcpy(digits, name.ptr + 1, name.len - 1);
	bool hex = digits[0] == 'x' || digits[0] == 'X';
	char *end;
	unsigned long c = strtoul(digits + hex, &end, hex ? 16 : 10);
	if (*end || c == 0 || c > 0x10ffff)
		return false;
	put_utf8(out, c);
	return true;
}

Str s3_xml_text(Str xml, const char *name, Arena *arena)
{
	Str text;
	if (!s3_xml_next(&xml, name, &text))
		return STR_EMPTY;
	StrBuf out;
	strbuf_init(&out);
	for (uint32_t i = 0; i < text.len; i++) {
		int64_t end = text.ptr[i] == '&' ? str_find(text, STR(";"), i) : -1;
		if (end > 0 && put_entity(&out, str_slice(text, i + 1, (uint32_t)end - i - 1)))
			i = (uint32_t)end;
		else
			strbuf_putc(&out, text.ptr[i]);
	}
	Str s = arena_str(arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return s;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

Str s3_xml_unescape_url(Str text, Arena *arena)
{
	char *out = arena_alloc(arena, text.len + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < text.len; i++) {
		int high = text.ptr[i] == '%' && i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(text.ptr[i + 2]) : -1;
		out[n++] = low >= 0 ? (char)(high * 16 + low) : text.ptr[i] == '+' ? ' ' : text.ptr[i];
		i += low >= 0 ? 2 : 0;
	}
	out[n] = 0;
	return str_make(out, n);
}

void s3_xml_put(StrBuf *out, Str text)
{
	for (uint32_t i = 0; i < text.len; i++)
		switch (text.ptr[i]) {
		case '&': strbuf_puts(out, "&amp;"); break;
		case '<': strbuf_puts(out, "&lt;"); break;
		case '>': strbuf_puts(out, "&gt;"); break;
		case '"': strbuf_puts(out, "&quot;"); break;
		default: strbuf_putc(out, text.ptr[i]);
		}
}
