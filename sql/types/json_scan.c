/*
 * sql/types/json_scan.c: checking JSON (RFC 8259) and stepping through it.
 *
 * The check is one recursive pass with a bound on its depth. What was accepted is stepped through again by the same
 * functions, which then cannot fail.
 */
#include "sql/types/json_scan.h"

#include <stdlib.h>

static void json_scan_blanks(JsonScan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r')) {
		s->at++;
	}
}

static bool json_scan_char(JsonScan *s, char c)
{
	if (s->at < s->end && *s->at == c) {
		s->at++;
		return true;
	}
	return false;
}

static bool json_scan_word(JsonScan *s, const char *word)
{
	size_t n = strlen(word);
	if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0) {
		return false;
	}
	s->at += n;
	return true;
}

static bool json_scan_digits(JsonScan *s)
{
	const char *begin = s->at;
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9') {
		s->at++;
	}
	return s->at > begin;
}

static bool json_scan_number(JsonScan *s)
{
	(void)json_scan_char(s, '-');
	if (!json_scan_char(s, '0') && !json_scan_digits(s)) {
		return false;
	}
	if (json_scan_char(s, '.') && !json_scan_digits(s)) {
		return false;
	}
	if (json_scan_char(s, 'e') || json_scan_char(s, 'E')) {
		if (!json_scan_char(s, '-')) {
			(void)json_scan_char(s, '+');
		}
		return json_scan_digits(s);
	}
	return true;
}

static int json_scan_hex(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits; -1: not so. */
static int32_t json_scan_hex4(const char *p, const char *end)
{
	int32_t v = 0;
	if (end - p < 4) {
		return -1;
	}
	for (int i = 0; i < 4; i++) {
		int d = json_scan_hex(p[i]);
		if (d < 0) {
			return -1;
		}
		v = v * 16 + d;
	}
	return v;
}

static bool json_scan_text(JsonScan *s)
{
	if (!json_scan_char(s, '"')) {
		return false;
	}
	while (s->at < s->end) {
		unsigned char c = (unsigned char)*s->at;
		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < 0x20) {
			return false;
		}
		if (c == '\\') {
			if (s->end - s->at < 2 || !strchr("\"\\/bfnrtu", s->at[1]) || s->at[1] == 0) {
				return false;
			}
			if (s->at[1] == 'u') {
				if (json_scan_hex4(s->at + 2, s->end) < 0) {
					return false;
				}
				s->at += 4;
			}
			s->at += 2;
			continue;
		}
		unsigned n = c < 0x80 ? 1 : str_utf8_char(s->at, (size_t)(s->end - s->at));
		if (n == 0) {
			return false;
		}
		s->at += n;
	}
	return false;
}

static bool json_scan_any(JsonScan *s, unsigned depth, JsonKind *kind);

/* The inside of an array or object, behind its bracket. */
static bool json_scan_items(JsonScan *s, unsigned depth, bool object, char close)
{
	JsonKind kind;
	json_scan_blanks(s);
	if (json_scan_char(s, close)) {
		return true;
	}
	do {
		json_scan_blanks(s);
		if (object) {
			if (!json_scan_text(s)) {
				return false;
			}
			json_scan_blanks(s);
			if (!json_scan_char(s, ':')) {
				return false;
			}
			json_scan_blanks(s);
		}
		if (!json_scan_any(s, depth + 1, &kind)) {
			return false;
		}
		json_scan_blanks(s);
	} while (json_scan_char(s, ','));
	return json_scan_char(s, close);
}

static bool json_scan_any(JsonScan *s, unsigned depth, JsonKind *kind)
{
	if (s->at == s->end || depth > JSON_SCAN_DEPTH_MAX) {
		return false;
	}
	switch (*s->at) {
	case '{':
		*kind = JSON_KIND_OBJECT;
		s->at++;
		return json_scan_items(s, depth, true, '}');
	case '[':
		*kind = JSON_KIND_ARRAY;
		s->at++;
		return json_scan_items(s, depth, false, ']');
	case '"': *kind = JSON_KIND_STRING; return json_scan_text(s);
	case 't': *kind = JSON_KIND_BOOL; return json_scan_word(s, "true");
	case 'f': *kind = JSON_KIND_BOOL; return json_scan_word(s, "false");
	case 'n': *kind = JSON_KIND_NULL; return json_scan_word(s, "null");
	default: *kind = JSON_KIND_NUMBER; return json_scan_number(s);
	}
}

bool json_scan_value(JsonScan *s, JsonKind *kind, Str *text)
{
	json_scan_blanks(s);
	const char *begin = s->at;
	if (!json_scan_any(s, 1, kind)) {
		return false;
	}
	*text = str_make(begin, (size_t)(s->at - begin));
	return true;
}

bool json_scan_end(JsonScan *s)
{
	json_scan_blanks(s);
	return s->at == s->end;
}

bool json_scan_whole(Str text, JsonKind *kind, Str *value)
{
	JsonScan s = json_scan(text);
	return json_scan_value(&s, kind, value) && json_scan_end(&s);
}

bool json_scan_element(JsonScan *s, bool *first, JsonKind *kind, Str *text)
{
	json_scan_blanks(s);
	if (!json_scan_char(s, *first ? '[' : ',')) {
		return false;
	}
	*first = false;
	return json_scan_value(s, kind, text);
}

bool json_scan_member(JsonScan *s, bool *first, Str *key, JsonKind *kind, Str *text)
{
	json_scan_blanks(s);
	if (!json_scan_char(s, *first ? '{' : ',')) {
		return false;
	}
	*first = false;
	JsonKind key_kind;
	if (!json_scan_value(s, &key_kind, key) || key_kind != JSON_KIND_STRING) {
		return false;
	}
	json_scan_blanks(s);
	return json_scan_char(s, ':') && json_scan_value(s, kind, text);
}

static char *json_scan_put_utf8(char *to, uint32_t c)
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

/* The character of \uXXXX at p (behind the u), and how many bytes more than these four it took. */
static uint32_t json_scan_escape(const char *p, const char *end, unsigned *more)
{
	int32_t high = json_scan_hex4(p, end);
	*more = 0;
	if (high < 0xd800 || high > 0xdfff) {
		return (uint32_t)high;
	}
	if (high < 0xdc00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u') {
		int32_t low = json_scan_hex4(p + 6, end);
		if (low >= 0xdc00 && low <= 0xdfff) {
			*more = 6;
			return 0x10000 + (((uint32_t)high - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
		}
	}
	return 0xfffd;
}

Str json_scan_string(Str token, Arena *arena)
{
	Str body = {token.ptr + 1, token.len - 2};
	if (body.len == 0 || !memchr(body.ptr, '\\', body.len)) {
		return body;
	}
	/* An escape is never shorter than what it stands for. */
	char *out = arena_alloc(arena, body.len);
	char *to = out;
	const char *end = body.ptr + body.len;
	for (const char *p = body.ptr; p < end; p++) {
		if (*p != '\\') {
			*to++ = *p;
			continue;
		}
		p++;
		unsigned more;
		switch (*p) {
		case 'b': *to++ = '\b'; break;
		case 'f': *to++ = '\f'; break;
		case 'n': *to++ = '\n'; break;
		case 'r': *to++ = '\r'; break;
		case 't': *to++ = '\t'; break;
		case 'u':
			to = json_scan_put_utf8(to, json_scan_escape(p + 1, end, &more));
			p += 4 + more;
			break;
		default: *to++ = *p;
		}
	}
	return str_make(out, (size_t)(to - out));
}

void json_scan_compact(Str text, StrBuf *out)
{
	const char *end = text.ptr + text.len;
	const char *p = text.ptr;
	while (p < end) {
		const char *begin = p;
		if (*p == '"') {
			for (p++; *p != '"'; p++) {
				p += *p == '\\';
			}
			p++;
		} else if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') {
			p++;
			continue;
		} else {
			while (p < end && *p != '"' && *p != ' ' && *p != '\t' && *p != '\n' && *p != '\r') {
				p++;
			}
		}
		strbuf_put(out, begin, (size_t)(p - begin));
	}
}

typedef struct JsonMember {
	Str name;
	JsonKind kind;
	Str text;
	uint32_t place; /* in the text */
} JsonMember;

typedef struct JsonMembers {
	JsonMember *items;
	uint32_t len;
	uint32_t cap;
} JsonMembers;

static int json_scan_compare(const void *a, const void *b)
{
	const JsonMember *x = a;
	const JsonMember *y = b;
	int c = str_cmp(x->name, y->name);
	return c != 0 ? c : x->place < y->place ? -1 : 1;
}

static void json_scan_sorted_object(Str text, Arena *scratch, StrBuf *out)
{
	JsonScan s = json_scan(text);
	JsonMembers list = {NULL, 0, 0};
	JsonMember m = {.place = 0};
	Str key;
	bool first = true;
	while (json_scan_member(&s, &first, &key, &m.kind, &m.text)) {
		m.name = json_scan_string(key, scratch);
		m.place = list.len;
		ARENA_PUSH(scratch, &list, m);
	}
	if (list.len > 1) {
		qsort(list.items, list.len, sizeof *list.items, json_scan_compare);
	}
	strbuf_putc(out, '{');
	first = true;
	for (uint32_t i = 0; i < list.len; i++) {
		if (i + 1 < list.len && str_eq(list.items[i].name, list.items[i + 1].name)) {
			continue;
		}
		if (!first) {
			strbuf_putc(out, ',');
		}
		first = false;
		strbuf_put_json(out, list.items[i].name);
		strbuf_putc(out, ':');
		json_scan_sorted(list.items[i].text, list.items[i].kind, scratch, out);
	}
	strbuf_putc(out, '}');
}

void json_scan_sorted(Str text, JsonKind kind, Arena *scratch, StrBuf *out)
{
	if (kind == JSON_KIND_OBJECT) {
		json_scan_sorted_object(text, scratch, out);
	} else if (kind == JSON_KIND_ARRAY) {
		JsonScan s = json_scan(text);
		bool first = true;
		strbuf_putc(out, '[');
		for (bool before = true; json_scan_element(&s, &first, &kind, &text); before = false) {
			if (!before) {
				strbuf_putc(out, ',');
			}
			json_scan_sorted(text, kind, scratch, out);
		}
		strbuf_putc(out, ']');
	} else {
		strbuf_put_str(out, text);
	}
}
