/*
 * sql/functions/string_encode.c: strings as base64, hexadecimal, binary digits, URL text and character sets; tests of
 * characters.
 */
#include "sql/functions/kernel.h"

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/functions/text.h"
#include "sql/types/real.h"

/* ---- base64 ---- */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

KERNEL(to_base64)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		char *p = arena_alloc(ctx->arena, ((size_t)s.len + 2) / 3 * 4);
		size_t len = 0;
		for (uint32_t at = 0; at < s.len; at += 3) {
			uint32_t left = s.len - at;
			uint32_t v = (uint32_t)(unsigned char)s.ptr[at] << 16;
			v |= left > 1 ? (uint32_t)(unsigned char)s.ptr[at + 1] << 8 : 0;
			v |= left > 2 ? (uint32_t)(unsigned char)s.ptr[at + 2] : 0;
			p[len++] = base64_digits[v >> 18];
			p[len++] = base64_digits[v >> 12 & 63];
			p[len++] = left > 1 ? base64_digits[v >> 6 & 63] : '=';
			p[len++] = left > 2 ? base64_digits[v & 63] : '=';
		}
		out->str[i] = str_make(p, len);
	}
}

static bool decode_base64(Str s, char *p, size_t *len)
{
	uint32_t v = 0;
	unsigned bits = 0;
	*len = 0;
	while (s.len && s.ptr[s.len - 1] == '=' && s.len % 4 != 1)
		s.len--;
	for (uint32_t at = 0; at < s.len; at++) {
		const char *digit = s.ptr[at] ? strchr(base64_digits, s.ptr[at]) : NULL;
		if (!digit)
			return false;
		v = v << 6 | (uint32_t)(digit - base64_digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			p[(*len)++] = (char)(v >> bits & 0xff);
		}
	}
	return s.len % 4 != 1;
}

KERNEL(from_base64)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		char *p = arena_alloc(ctx->arena, s.len);
		size_t len;
		if (decode_base64(s, p, &len))
			out->str[i] = str_make(p, len);
		else
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "'%.*s' is not base64",
			            STR_ARG(kernel_text(ctx, &type_string, value_str(s))));
	}
}

RESOLVE_SIMPLE(resolve_to_base64, "Y", &type_string, to_base64)
RESOLVE_SIMPLE(resolve_from_base64, "Y", &type_string, from_base64)

/* ---- digits ---- */

KERNEL(hex_int)
{
	KERNEL_EACH(i)
	out->str[i] = arena_printf(ctx->arena, "%llX", (unsigned long long)kernel_i64(args[0], i));
}

KERNEL(hex_text)
{
	static const char digits[] = "0123456789ABCDEF";
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		char *p = arena_alloc(ctx->arena, (size_t)s.len * 2);
		for (uint32_t k = 0; k < s.len; k++) {
			p[2 * k] = digits[(unsigned char)s.ptr[k] >> 4];
			p[2 * k + 1] = digits[s.ptr[k] & 15];
		}
		out->str[i] = str_make(p, (size_t)s.len * 2);
	}
}

RESOLVE(resolve_hex)
{
	bool integer = type_is_integer(rc->arg_types[0]);
	return resolve_simple(rc, integer ? "i" : "Y", &type_string, integer ? hex_int : hex_text, err);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

KERNEL(unhex)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		char *p = arena_alloc(ctx->arena, (size_t)s.len / 2 + 1);
		size_t len = 0;
		int high = s.len % 2 ? 0 : -1; /* an odd first digit stands alone */
		bool fine = true;
		for (uint32_t k = 0; k < s.len && fine; k++) {
			int digit = hex_digit(s.ptr[k]);
			fine = digit >= 0;
			if (high < 0) {
				high = digit;
			} else {
				p[len++] = (char)(high << 4 | digit);
				high = -1;
			}
		}
		if (fine)
			out->str[i] = str_make(p, len);
		else
			kernel_null(ctx, out, i);
	}
}

RESOLVE_NULLABLE(resolve_unhex, "s", &type_bytes, unhex)

KERNEL(bin)
{
	KERNEL_EACH(i)
	{
		uint64_t v = (uint64_t)kernel_i64(args[0], i);
		unsigned len = v ? 64 - (unsigned)__builtin_clzll(v) : 1;
		char *p = arena_alloc(ctx->arena, len);
		for (unsigned k = 0; k < len; k++)
			p[len - 1 - k] = (char)('0' + (v >> k & 1));
		out->str[i] = str_make(p, len);
	}
}

RESOLVE_SIMPLE(resolve_bin, "i", &type_string, bin)

/* ---- URL text ---- */

KERNEL(url_encode)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		strbuf_clear(&b);
		for (uint32_t k = 0; k < s.len; k++) {
			char c = s.ptr[k];
			bool plain =
			    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr(".-*_", c));
			if (plain)
				strbuf_putc(&b, c);
			else if (c == ' ')
				strbuf_putc(&b, '+');
			else
				strbuf_printf(&b, "%%%02X", (unsigned)(unsigned char)c);
		}
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

static bool decode_url(Arena *arena, Str s, Str *out)
{
	char *p = arena_alloc(arena, s.len);
	size_t len = 0;
	for (uint32_t k = 0; k < s.len; k++) {
		if (s.ptr[k] != '%') {
			p[len++] = s.ptr[k] == '+' ? ' ' : s.ptr[k];
			continue;
		}
		if (k + 2 >= s.len || hex_digit(s.ptr[k + 1]) < 0 || hex_digit(s.ptr[k + 2]) < 0)
			return false;
		p[len++] = (char)(hex_digit(s.ptr[k + 1]) << 4 | hex_digit(s.ptr[k + 2]));
		k += 2;
	}
	*out = text_valid(arena, str_make(p, len));
	return true;
}

KERNEL(url_decode)
{
	KERNEL_EACH(i)
	if (!decode_url(ctx->arena, kernel_str(args[0], i), &out->str[i]))
		kernel_null(ctx, out, i);
}

/* Until nothing changes, ten times at most, or until the next round would fail: then what was reached before it. */
KERNEL(url_decode_recursive)
{
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i), next;
		if (!decode_url(ctx->arena, s, &next)) {
			kernel_null(ctx, out, i);
			continue;
		}
		for (int k = 1; k < 10 && !str_eq(s, next); k++) {
			s = next;
			if (!decode_url(ctx->arena, s, &next))
				next = s;
		}
		out->str[i] = next;
	}
}

RESOLVE_SIMPLE(resolve_url_encode, "s", &type_string, url_encode)
RESOLVE_NULLABLE(resolve_url_decode, "s", &type_string, url_decode)
RESOLVE_NULLABLE(resolve_url_decode_recursive, "s", &type_string, url_decode_recursive)

/* ---- character sets ---- */

typedef enum Charset {
	CHARSET_UTF8,
	CHARSET_ASCII,
	CHARSET_LATIN1,
	CHARSET_UTF16,
	CHARSET_UTF16BE,
	CHARSET_UTF16LE,
	CHARSETS
} Charset;

static Charset find_charset(Str name)
{
	static const char *const names[CHARSETS] = {"UTF-8", "US-ASCII", "ISO-8859-1", "UTF-16", "UTF-16BE", "UTF-16LE"};
	if (str_eq_nocase(name, STR("UTF8")))
		return CHARSET_UTF8;
	for (unsigned k = 0; k < CHARSETS; k++)
		if (str_eq_nocase(name, str_from(names[k])))
			return (Charset)k;
	return CHARSETS;
}

static void put_utf16(StrBuf *b, uint32_t unit, bool little)
{
	char high = (char)(unit >> 8);
	char low = (char)(unit & 0xff);
	strbuf_putc(b, little ? low : high);
	strbuf_putc(b, little ? high : low);
}

static void encode(Str s, Charset set, StrBuf *b)
{
	if (set == CHARSET_UTF8) {
		strbuf_put_str(b, s);
		return;
	}
	if (set == CHARSET_UTF16)
		put_utf16(b, 0xfeff, false);
	for (uint32_t at = 0, len; at < s.len; at += len) {
		uint32_t c = text_decode(s, at, &len);
		if (set == CHARSET_ASCII || set == CHARSET_LATIN1) {
			strbuf_putc(b, c < (set == CHARSET_ASCII ? 0x80 : 0x100) ? (char)c : '?');
		} else if (c < 0x10000) {
			put_utf16(b, c, set == CHARSET_UTF16LE);
		} else {
			put_utf16(b, 0xd800 + ((c - 0x10000) >> 10), set == CHARSET_UTF16LE);
			put_utf16(b, 0xdc00 + ((c - 0x10000) & 0x3ff), set == CHARSET_UTF16LE);
		}
	}
}

static void put_char(StrBuf *b, uint32_t c)
{
	char bytes[4];
	strbuf_put(b, bytes, text_encode(c, bytes));
}

static void decode_utf16(Str s, bool little, bool mark, StrBuf *b)
{
	for (uint32_t at = 0; at + 1 < s.len; at += 2) {
		uint32_t first = (unsigned char)s.ptr[at];
		uint32_t second = (unsigned char)s.ptr[at + 1];
		uint32_t c = little ? second << 8 | first : first << 8 | second;
		if (mark && at == 0 && (c == 0xfeff || c == 0xfffe)) {
			little = c == 0xfffe;
			continue;
		}
		if (c >= 0xd800 && c < 0xdc00 && at + 3 < s.len) {
			uint32_t third = (unsigned char)s.ptr[at + 2];
			uint32_t fourth = (unsigned char)s.ptr[at + 3];
			uint32_t low = little ? fourth << 8 | third : third << 8 | fourth;
			if (low >= 0xdc00 && low < 0xe000) {
				c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
				at += 2;
			}
		}
		put_char(b, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
	}
}

KERNEL(encode_kernel)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Charset set = find_charset(kernel_str(args[1], i));
		strbuf_clear(&b);
		if (set == CHARSETS) {
			kernel_null(ctx, out, i);
			continue;
		}
		encode(kernel_str(args[0], i), set, &b);
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

KERNEL(decode_kernel)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Str s = kernel_str(args[0], i);
		Charset set = find_charset(kernel_str(args[1], i));
		strbuf_clear(&b);
		if (set == CHARSETS) {
			kernel_null(ctx, out, i);
			continue;
		}
		if (set == CHARSET_UTF8) {
			out->str[i] = text_valid(ctx->arena, s);
			continue;
		}
		if (set >= CHARSET_UTF16)
			decode_utf16(s, set == CHARSET_UTF16LE, set == CHARSET_UTF16, &b);
		for (uint32_t k = 0; set < CHARSET_UTF16 && k < s.len; k++) {
			unsigned char c = (unsigned char)s.ptr[k];
			put_char(&b, c >= 0x80 && set == CHARSET_ASCII ? 0xfffd : c);
		}
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE_NULLABLE(resolve_encode, "ss", &type_bytes, encode_kernel)
RESOLVE_NULLABLE(resolve_decode, "ys", &type_string, decode_kernel)

/* ---- tests of characters; NULL is none of them, as in Flink ---- */

static bool all_bytes(Str s, bool (*is)(char))
{
	for (uint32_t k = 0; k < s.len; k++)
		if (!is(s.ptr[k]))
			return false;
	return s.len > 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(Str s)
{
	return all_bytes(s, is_letter);
}

static bool is_digits(Str s)
{
	return all_bytes(s, is_digit);
}

static bool is_decimal(Str s)
{
	double v;
	return real_parse(str_trim(s), false, &v);
}

typedef struct IsData {
	bool (*of_text)(Str s); /* NULL: a number, and the answer */
	bool of_number;
} IsData;

/* NULL is none of these. */
KERNEL(is_kernel)
{
	const IsData *d = call->data;
	for (uint32_t i = 0; i < n; i++)
		if (!kernel_copy_err(ctx, out, i, args[0]))
			out->b[i] = !column_is_null(args[0], i) && (d->of_text ? d->of_text(kernel_str(args[0], i)) : d->of_number);
}

RESOLVE(resolve_is)
{
	const Type *t = rc->arg_types[0];
	const char *name = rc->call->fn->name;
	bool alpha = strcmp(name, "IS_ALPHA") == 0;
	bool digit = strcmp(name, "IS_DIGIT") == 0;
	IsData *d = ARENA_NEW(rc->arena, IsData);
	rc->call->data = d;
	d->of_number = !alpha && (!digit || type_is_integer(t));
	if (!type_is_numeric(t))
		d->of_text = alpha ? is_alpha : digit ? is_digits : is_decimal;
	return resolve_simple(rc, type_is_numeric(t) ? "n" : "s", &type_boolean_nn, is_kernel, err);
}

#define ENTRY(name, sig, doc, nargs, resolve)                                                                          \
	{                                                                                                                  \
		name, "string", sig, doc, nargs, nargs, FN_STRICT, resolve                                                     \
	}

static const Function items[] = {
    ENTRY("TO_BASE64", "TO_BASE64(string or bytes) -> STRING", "The bytes as base64.", 1, resolve_to_base64),
    {"FROM_BASE64", "string", "FROM_BASE64(string) -> STRING", "The text that base64 stands for.", 1, 1,
     FN_STRICT | FN_CAN_FAIL, resolve_from_base64},
    ENTRY("HEX", "HEX(integer or string or bytes) -> STRING", "In hexadecimal digits.", 1, resolve_hex),
    ENTRY("UNHEX", "UNHEX(string) -> BYTES", "The bytes that hexadecimal digits stand for; NULL if it has others.", 1,
          resolve_unhex),
    ENTRY("BIN", "BIN(integer) -> STRING", "In binary digits.", 1, resolve_bin),
    ENTRY("URL_ENCODE", "URL_ENCODE(string) -> STRING", "Escaped for a URL's query.", 1, resolve_url_encode),
    ENTRY("URL_DECODE", "URL_DECODE(string) -> STRING", "The text of an escaped one; NULL if it is damaged.", 1,
          resolve_url_decode),
    ENTRY("URL_DECODE_RECURSIVE", "URL_DECODE_RECURSIVE(string) -> STRING",
          "Decoded until nothing changes, ten times at most.", 1, resolve_url_decode_recursive),
    ENTRY("ENCODE", "ENCODE(string, charset) -> BYTES", "The text in a character set; NULL if that is unknown.", 2,
          resolve_encode),
    ENTRY("DECODE", "DECODE(bytes, charset) -> STRING",
          "The text of bytes in a character set; NULL if that is unknown.", 2, resolve_decode),
    ENTRY("IS_ALPHA", "IS_ALPHA(string) -> BOOLEAN", "Are all characters letters?", 1, resolve_is),
    ENTRY("IS_DIGIT", "IS_DIGIT(string) -> BOOLEAN", "Are all characters digits?", 1, resolve_is),
    ENTRY("IS_DECIMAL", "IS_DECIMAL(string) -> BOOLEAN", "Is it a number?", 1, resolve_is),
};

const FunctionTable string_encode_functions = {items, sizeof items / sizeof *items};
