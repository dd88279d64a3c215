/*
 * tests/support/json_reference.c: the slow parser, and rows from its trees.
 */
#include "tests/support/json_reference.h"

enum { DEPTH_DEFAULT = 512 };

typedef struct Parser {
	const unsigned char *p;
	const unsigned char *end;
	Arena *arena;
	unsigned depth, depth_max;
} Parser;

static JsonReferenceValue *parse_value(Parser *s);

static void skip_space(Parser *s)
{
	while (s->p < s->end && strchr(" \t\r\n", *s->p) && *s->p)
		s->p++;
}

static int peek(const Parser *s)
{
	return s->p < s->end ? *s->p : -1;
}

static bool take(Parser *s, int c)
{
	if (peek(s) != c)
		return false;
	s->p++;
	return true;
}

static bool take_word(Parser *s, const char *word)
{
	for (; *word; word++) {
		if (!take(s, (unsigned char)*word))
			return false;
	}
	return true;
}

/* Reads one character of UTF-8 by decoding it and asking whether it had to be written that way. -1: no character. */
static int32_t take_utf8(Parser *s)
{
	int first = *s->p++;
	int extra = first < 0x80             ? 0
	            : (first & 0xe0) == 0xc0 ? 1
	            : (first & 0xf0) == 0xe0 ? 2
	            : (first & 0xf8) == 0xf0 ? 3
	                                     : -1;
	if (extra < 0)
		return -1;
	int32_t code = extra == 0 ? first : first & (0x3f >> extra);
	for (int i = 0; i < extra; i++) {
		if (s->p >= s->end || (*s->p & 0xc0) != 0x80)
			return -1;
		code = code << 6 | (*s->p++ & 0x3f);
	}
	static const int32_t least[] = {0, 0x80, 0x800, 0x10000};
	if (code < least[extra] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return -1;
	return code;
}

static void put_utf8(StrBuf *out, int32_t code)
{
	if (code < 0x80) {
		strbuf_putc(out, (char)code);
		return;
	}
	int extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const int marks[] = {0, 0xc0, 0xe0, 0xf0};
	strbuf_putc(out, (char)(marks[extra] | code >> (6 * extra)));
	for (int i = extra - 1; i >= 0; i--)
		strbuf_putc(out, (char)(0x80 | (code >> (6 * i) & 0x3f)));
}

static bool take_hex4(Parser *s, int32_t *code)
{
	*code = 0;
	for (int i = 0; i < 4; i++) {
		int c = peek(s);
		const char *digits = "0123456789abcdef";
		const char *at = c > 0 ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
		if (!at)
			return false;
		*code = *code * 16 + (int32_t)(at - digits);
		s->p++;
	}
	return true;
}

/* Behind the quote. The characters go to out. */
static bool take_string(Parser *s, StrBuf *out)
{
	int32_t pending = 0; /* a high surrogate that waits for its low one */
	for (;;) {
		int c = peek(s);
		int32_t code = -1;
		if (c < 0x20)
			return false;
		if (c == '\\') {
			s->p++;
			int e = peek(s);
			const char *names = "\"\\/bfnrt";
			const char *at = e > 0 ? strchr(names, e) : NULL;
			if (e == 'u') {
				s->p++;
				if (!take_hex4(s, &code))
					return false;
			} else if (at) {
				s->p++;
				code = (unsigned char)"\"\\/\b\f\n\r\t"[at - names];
			} else {
				return false;
			}
			if (pending && code >= 0xdc00 && code <= 0xdfff && e == 'u') {
				put_utf8(out, 0x10000 + (pending - 0xd800) * 0x400 + (code - 0xdc00));
				pending = 0;
				continue;
			}
			if (pending)
				put_utf8(out, 0xfffd);
			pending = code >= 0xd800 && code <= 0xdbff ? code : 0;
			if (!pending)
				put_utf8(out, code >= 0xdc00 && code <= 0xdfff ? 0xfffd : code);
			continue;
		}
		if (pending)
			put_utf8(out, 0xfffd);
		pending = 0;
		if (take(s, '"'))
			return true;
		code = take_utf8(s);
		if (code < 0)
			return false;
		put_utf8(out, code);
	}
}

static bool string_value(Parser *s, Str *out)
{
	StrBuf buf;
	strbuf_init(&buf);
	bool ok = take(s, '"') && take_string(s, &buf);
	*out = arena_str(s->arena, strbuf_str(&buf));
	strbuf_deinit(&buf);
	return ok;
}

static bool take_digits(Parser *s)
{
	const unsigned char *from = s->p;
	while (peek(s) >= '0' && peek(s) <= '9')
		s->p++;
	return s->p > from;
}

static bool take_number(Parser *s)
{
	(void)take(s, '-');
	if (!take(s, '0') && !take_digits(s))
		return false;
	if (take(s, '.') && !take_digits(s))
		return false;
	if (peek(s) == 'e' || peek(s) == 'E') {
		s->p++;
		if (!take(s, '-'))
			(void)take(s, '+');
		return take_digits(s);
	}
	return true;
}

static void add_item(Parser *s, JsonReferenceValue *v, Str name, JsonReferenceValue *item)
{
	uint32_t n = v->len;
	if ((n & (n - 1)) == 0) { /* full at each power of two */
		size_t cap = n ? n * 2 : 1;
		v->items = arena_grow(s->arena, v->items, n * sizeof *v->items, cap * sizeof *v->items);
		v->names = arena_grow(s->arena, v->names, n * sizeof *v->names, cap * sizeof *v->names);
	}
	v->items[n] = item;
	v->names[n] = name;
	v->len++;
}

static bool take_items(Parser *s, JsonReferenceValue *v)
{
	bool object = v->kind == JSON_REFERENCE_OBJECT;
	int close = object ? '}' : ']';
	s->p++;
	skip_space(s);
	if (take(s, close))
		return true;
	for (;;) {
		Str name = STR_EMPTY;
		skip_space(s);
		if (object) {
			if (!string_value(s, &name))
				return false;
			skip_space(s);
			if (!take(s, ':'))
				return false;
			skip_space(s);
		}
		JsonReferenceValue *item = parse_value(s);
		if (!item)
			return false;
		add_item(s, v, name, item);
		skip_space(s);
		if (take(s, close))
			return true;
		if (!take(s, ','))
			return false;
	}
}

static JsonReferenceValue *parse_value(Parser *s)
{
	JsonReferenceValue *v = ARENA_NEW(s->arena, JsonReferenceValue);
	const unsigned char *from = s->p;
	bool ok;
	switch (peek(s)) {
	case '{':
	case '[':
		v->kind = peek(s) == '{' ? JSON_REFERENCE_OBJECT : JSON_REFERENCE_ARRAY;
		if (++s->depth > s->depth_max)
			return NULL;
		ok = take_items(s, v);
		s->depth--;
		break;
	case '"':
		v->kind = JSON_REFERENCE_STRING;
		ok = string_value(s, &v->text);
		break;
	case 't':
		v->kind = JSON_REFERENCE_BOOL;
		v->truth = true;
		ok = take_word(s, "true");
		break;
	case 'f':
		v->kind = JSON_REFERENCE_BOOL;
		ok = take_word(s, "false");
		break;
	case 'n':
		v->kind = JSON_REFERENCE_NULL;
		ok = take_word(s, "null");
		break;
	default: v->kind = JSON_REFERENCE_NUMBER; ok = take_number(s);
	}
	v->raw = str_make((const char *)from, (size_t)(s->p - from));
	return ok ? v : NULL;
}

JsonReferenceValue *json_reference_parse(Str message, unsigned depth_max, Arena *arena)
{
	Parser s = {(const unsigned char *)message.ptr, (const unsigned char *)message.ptr + message.len, arena, 0,
	            depth_max ? depth_max : DEPTH_DEFAULT};
	if (message.len >= 3 && memcmp(message.ptr, "\xef\xbb\xbf", 3) == 0)
		s.p += 3;
	skip_space(&s);
	JsonReferenceValue *v = parse_value(&s);
	skip_space(&s);
	return s.p == s.end ? v : NULL;
}

const JsonReferenceValue *json_reference_member(const JsonReferenceValue *object, Str name)
{
	for (uint32_t i = object->len; i-- > 0;) {
		if (str_eq(object->names[i], name))
			return object->items[i];
	}
	return NULL;
}

/* One wanted field of one record. */
static bool field_value(const JsonReferenceRules *rules, const FormatField *field, const JsonReferenceValue *record,
                        Arena *arena, Value *out)
{
	const JsonReferenceValue *v = record;
	*out = VALUE_NULL;
	for (uint32_t i = 0; i < field->npath; i++) {
		if (v->kind == JSON_REFERENCE_NULL)
			return true;
		if (v->kind != JSON_REFERENCE_OBJECT)
			return false;
		v = json_reference_member(v, field->path[i]);
		if (!v)
			return !rules->fail_on_missing;
	}
	return v->kind == JSON_REFERENCE_NULL || json_reference_convert(rules, field->type, v, arena, out);
}

void json_reference_decode(const JsonReferenceRules *rules, const FormatSchema *schema, Str message, Arena *arena,
                           JsonReferenceRows *out)
{
	*out = (JsonReferenceRows){.bad = true};
	JsonReferenceValue *root = json_reference_parse(message, schema->depth_max, arena);
	if (!root || (root->kind != JSON_REFERENCE_OBJECT && root->kind != JSON_REFERENCE_ARRAY))
		return;
	JsonReferenceValue *one[] = {root};
	JsonReferenceValue **records = one;
	out->nrows = 1;
	if (root->kind == JSON_REFERENCE_ARRAY) {
		out->is_array = true;
		for (uint32_t i = 0; i < root->len; i++) {
			if (root->items[i]->kind != JSON_REFERENCE_OBJECT)
				return;
		}
		records = root->items;
		out->nrows = root->len;
	}
	out->bad = false;
	uint32_t n = schema->nfields;
	out->values = ARENA_ARRAY_ZERO(arena, Value, (size_t)out->nrows * n + 1);
	out->errors = ARENA_ARRAY_ZERO(arena, bool, (size_t)out->nrows *n + 1);
	for (uint32_t row = 0; row < out->nrows; row++) {
		for (uint32_t i = 0; i < n; i++)
			out->errors[row * n + i] =
			    !field_value(rules, &schema->fields[i], records[row], arena, &out->values[row * n + i]);
	}
}
