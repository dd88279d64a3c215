/*
 * parser/lexer_literal.c: the characters that a literal or a quoted name stands for.
 */
#include "parser/lexer.h"

/* The characters between the outer quotes, each doubled quote once. */
static Str undouble(Arena *arena, Str inner, char quote)
{
	if (inner.len == 0 || memchr(inner.ptr, quote, inner.len) == NULL)
		return inner;
	char *out = arena_alloc(arena, inner.len);
	uint32_t n = 0;
	for (uint32_t i = 0; i < inner.len; i++) {
		out[n++] = inner.ptr[i];
		if (inner.ptr[i] == quote)
			i++;
	}
	return str_make(out, n);
}

Str lexer_name(Arena *arena, Str text, const Token *token)
{
	Str inner = str_make(text.ptr + token->span.begin + 1, token->span.end - token->span.begin - 2);
	return undouble(arena, inner, token->quote);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* `count` hexadecimal digits at `at`; -1: they are not there. */
static int32_t hex_number(Str s, uint32_t at, uint32_t count)
{
	int32_t value = 0;
	if (at > s.len || count > s.len - at)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		int digit = hex_digit(s.ptr[at + i]);
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* Appends a character as UTF-8; false: no character has that number. */
static bool put_character(char *out, uint32_t *n, uint32_t code)
{
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return false;
	if (code < 0x80) {
		out[(*n)++] = (char)code;
	} else if (code < 0x800) {
		out[(*n)++] = (char)(0xc0 | code >> 6);
		out[(*n)++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		out[(*n)++] = (char)(0xe0 | code >> 12);
		out[(*n)++] = (char)(0x80 | (code >> 6 & 0x3f));
		out[(*n)++] = (char)(0x80 | (code & 0x3f));
	} else {
		out[(*n)++] = (char)(0xf0 | code >> 18);
		out[(*n)++] = (char)(0x80 | (code >> 12 & 0x3f));
		out[(*n)++] = (char)(0x80 | (code >> 6 & 0x3f));
		out[(*n)++] = (char)(0x80 | (code & 0x3f));
	}
	return true;
}

static bool bad_literal(Err *err, Span span, const char *what, const char *hint)
{
	err_set_at(err, ERR_BAD_LITERAL, span, "%s", what);
	return err_hint(err, "%s", hint);
}

/* Java writes characters above U+FFFF as two escapes of four digits; joins the halves. */
static uint32_t join_surrogates(Str s, uint32_t *at, int32_t first, char escape, bool letter_u)
{
	uint32_t skip = letter_u ? 2 : 1;
	if (first < 0xd800 || first >= 0xdc00 || *at + skip > s.len || s.ptr[*at] != escape ||
	    (letter_u && s.ptr[*at + 1] != 'u'))
		return (uint32_t)first;
	int32_t second = hex_number(s, *at + skip, 4);
	if (second < 0xdc00 || second >= 0xe000)
		return (uint32_t)first;
	*at += skip + 4;
	return 0x10000 + ((uint32_t)(first - 0xd800) << 10) + (uint32_t)(second - 0xdc00);
}

/* escape := "\" ( "b" | "f" | "n" | "r" | "t" | other character | octal{1,3} | "x" hex{2} | "u" hex{4} | "U" hex{8} )
 */
static bool decode_escapes(Arena *arena, Str s, Span span, Str *out, Err *err)
{
	static const char *const cure = "Write \\n, \\t, \\\\, \\', \\101 (octal), \\x41 or \\u0041.";
	char *to = arena_alloc(arena, (size_t)s.len + 4);
	uint32_t n = 0, i = 0;
	bool bytes = false;
	while (i < s.len) {
		char c = s.ptr[i++];
		if (c != '\\' || i == s.len) {
			to[n++] = c;
			if (c == '\'' && i < s.len) /* doubled */
				i++;
			continue;
		}
		c = s.ptr[i++];
		const char *known = memchr("bfnrt", c, 5);
		if (known != NULL) {
			static const char values[] = "\b\f\n\r\t";
			to[n++] = values[known - (const char *)memchr("bfnrt", 'b', 1)];
		} else if (c == 'u' || c == 'U') {
			uint32_t digits = c == 'u' ? 4 : 8;
			int32_t code = digits == 8 && s.len > i && s.ptr[i] != '0' ? -1 : hex_number(s, i, digits);
			if (code < 0)
				return bad_literal(err, span, "wrong escape in E'...'", cure);
			i += digits;
			uint32_t whole = join_surrogates(s, &i, code, '\\', true);
			if (!put_character(to, &n, whole))
				return bad_literal(err, span, "an escape in E'...' is no character", cure);
		} else if (c == 'x') {
			int32_t code = hex_number(s, i, 2);
			if (code <= 0)
				return bad_literal(err, span, "wrong escape in E'...'", cure);
			i += 2;
			to[n++] = (char)code;
			bytes = true;
		} else if (c >= '0' && c <= '7') {
			int code = c - '0';
			for (int k = 0; k < 2 && i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '7'; k++)
				code = code * 8 + (s.ptr[i++] - '0');
			if (code == 0 || code > 255)
				return bad_literal(err, span, "wrong escape in E'...'", cure);
			to[n++] = (char)code;
			bytes = true;
		} else {
			to[n++] = c;
		}
	}
	*out = str_make(to, n);
	if (bytes && !str_is_utf8(*out))
		return bad_literal(err, span, "the escapes in E'...' make no UTF-8", "Write the characters as \\u0041.");
	return true;
}

/* unicode := escape hex{4} | escape "+" hex{6} | escape escape */
static bool decode_unicode(Arena *arena, Str s, Span span, char escape, Str *out, Err *err)
{
	s = undouble(arena, s, '\'');
	char *to = arena_alloc(arena, (size_t)s.len + 4);
	uint32_t n = 0, i = 0;
	while (i < s.len) {
		char c = s.ptr[i++];
		if (c != escape) {
			to[n++] = c;
			continue;
		}
		if (i < s.len && s.ptr[i] == escape) {
			to[n++] = escape;
			i++;
			continue;
		}
		bool six = i < s.len && s.ptr[i] == '+';
		int32_t code = six ? hex_number(s, i + 1, 6) : hex_number(s, i, 4);
		if (code < 0)
			return bad_literal(err, span, "wrong escape in U&'...'", "Write \\263A or \\+01F600.");
		i += six ? 7 : 4;
		uint32_t whole = six ? (uint32_t)code : join_surrogates(s, &i, code, escape, false);
		if (!put_character(to, &n, whole))
			return bad_literal(err, span, "an escape in U&'...' is no character", "Write \\263A or \\+01F600.");
	}
	*out = str_make(to, n);
	return true;
}

static bool decode_hex(Arena *arena, Str s, Span span, Str *out, Err *err)
{
	char *to = arena_alloc(arena, s.len / 2 + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < s.len; i += 2) {
		int32_t code = hex_number(s, i, 2);
		if (code < 0)
			return bad_literal(err, span, "X'...' holds no bytes",
			                   "Write two hexadecimal digits for each byte: X'1F00'.");
		to[n++] = (char)code;
	}
	*out = str_make(to, n);
	return true;
}

bool lexer_string(Arena *arena, Str text, const Token *token, char escape, Str *out, Err *err)
{
	uint32_t prefix = token->prefix == 0 ? 0 : token->prefix == 'U' ? 2 : 1;
	Str inner = str_make(text.ptr + token->span.begin + prefix + 1, token->span.end - token->span.begin - prefix - 2);
	switch (token->prefix) {
	case 'E': return decode_escapes(arena, inner, token->span, out, err);
	case 'U': return decode_unicode(arena, inner, token->span, escape, out, err);
	case 'X': return decode_hex(arena, inner, token->span, out, err);
	default: *out = undouble(arena, inner, '\''); return true;
	}
}
