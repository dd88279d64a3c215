/*
 * sql/functions/json_text.c: writes canonical JSON; see json_text.h.
 *
 * Members are sorted because Flink sorts them, so that equal objects have equal texts.
 */
#include "sql/functions/json_text.h"

#include <math.h>
#include <stdlib.h>

#include "sql/types/decimal.h"
#include "sql/types/json_scan.h"
#include "sql/types/packed.h"
#include "sql/types/real.h"
#include "sql/types/timestamp.h"

typedef struct Members {
	JsonMember *items;
	size_t len;
	size_t cap;
} Members;

typedef struct Sorted {
	JsonMember member;
	size_t place;
} Sorted;

static int by_key(const void *a, const void *b)
{
	const Sorted *x = a;
	const Sorted *y = b;
	int c = str_cmp(x->member.key, y->member.key);
	return c ? c : x->place < y->place ? -1 : 1;
}

void json_text_object(JsonMember *members, size_t n, StrBuf *out)
{
	Sorted *sorted = MEM_ARRAY(Sorted, n + 1);
	for (size_t k = 0; k < n; k++)
		sorted[k] = (Sorted){members[k], k};
	qsort(sorted, n, sizeof *sorted, by_key);
	strbuf_putc(out, '{');
	bool first = true;
	for (size_t k = 0; k < n; k++) {
		if (k + 1 < n && str_eq(sorted[k].member.key, sorted[k + 1].member.key))
			continue;
		if (!first)
			strbuf_putc(out, ',');
		first = false;
		strbuf_put_json(out, sorted[k].member.key);
		strbuf_putc(out, ':');
		strbuf_put_str(out, sorted[k].member.text);
	}
	strbuf_putc(out, '}');
	mem_free(sorted);
}

static void put_canonical(JsonKind kind, Str text, Arena *arena, StrBuf *out);

static void put_array(Str text, Arena *arena, StrBuf *out)
{
	JsonScan s = json_scan(text);
	bool first = true;
	bool comma = false;
	JsonKind kind;
	Str item;
	strbuf_putc(out, '[');
	while (json_scan_element(&s, &first, &kind, &item)) {
		if (comma)
			strbuf_putc(out, ',');
		comma = true;
		put_canonical(kind, item, arena, out);
	}
	strbuf_putc(out, ']');
}

static void put_object(Str text, Arena *arena, StrBuf *out)
{
	JsonScan s = json_scan(text);
	Members members = {0};
	bool first = true;
	JsonKind kind;
	Str key, item;
	while (json_scan_member(&s, &first, &key, &kind, &item)) {
		StrBuf b;
		strbuf_init(&b);
		put_canonical(kind, item, arena, &b);
		JsonMember m = {json_scan_string(key, arena), arena_str(arena, strbuf_str(&b))};
		strbuf_deinit(&b);
		ARENA_PUSH(arena, &members, m);
	}
	json_text_object(members.items, members.len, out);
}

/* An accepted value. Its depth is bounded by the scan. */
static void put_canonical(JsonKind kind, Str text, Arena *arena, StrBuf *out)
{
	switch (kind) {
	case JSON_KIND_ARRAY: put_array(text, arena, out); break;
	case JSON_KIND_OBJECT: put_object(text, arena, out); break;
	case JSON_KIND_STRING: strbuf_put_json(out, json_scan_string(text, arena)); break;
	case JSON_KIND_NUMBER: json_text_number(text, out); break;
	default: strbuf_put_str(out, text); break;
	}
}

void json_text_number(Str text, StrBuf *out)
{
	bool real = false;
	for (uint32_t i = 0; i < text.len && !real; i++)
		real = text.ptr[i] == '.' || text.ptr[i] == 'e' || text.ptr[i] == 'E';
	double v;
	if (real && real_parse(text, false, &v))
		real_print_java(v, false, out);
	else
		strbuf_put_str(out, str_eq(text, STR("-0")) ? STR("0") : text);
}

bool json_text_canonical(Str text, Arena *arena, StrBuf *out)
{
	JsonKind kind;
	Str value;
	if (!json_scan_whole(text, &kind, &value))
		return false;
	put_canonical(kind, value, arena, out);
	return true;
}

/* ---- values ---- */

static void put_base64(Str s, StrBuf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	strbuf_putc(out, '"');
	for (uint32_t at = 0; at < s.len; at += 3) {
		uint32_t left = s.len - at;
		uint32_t v = (uint32_t)(unsigned char)s.ptr[at] << 16;
		v |= left > 1 ? (uint32_t)(unsigned char)s.ptr[at + 1] << 8 : 0;
		v |= left > 2 ? (uint32_t)(unsigned char)s.ptr[at + 2] : 0;
		strbuf_putc(out, digits[v >> 18]);
		strbuf_putc(out, digits[v >> 12 & 63]);
		strbuf_putc(out, left > 1 ? digits[v >> 6 & 63] : '=');
		strbuf_putc(out, left > 2 ? digits[v & 63] : '=');
	}
	strbuf_putc(out, '"');
}

static void put_quoted(const Type *type, Value v, ValueStyle style, StrBuf *out)
{
	StrBuf b;
	strbuf_init(&b);
	value_print(type, v, style, NULL, &b);
	strbuf_put_json(out, strbuf_str(&b));
	strbuf_deinit(&b);
}

/* Without zeros at the end of a fraction. */
static void put_decimal(Int128 d, unsigned scale, StrBuf *out)
{
	decimal_print(d, scale, out);
	if (scale == 0)
		return;
	while (out->ptr[out->len - 1] == '0')
		out->ptr[--out->len] = 0;
	if (out->ptr[out->len - 1] == '.')
		out->ptr[--out->len] = 0;
}

/* ISO 8601, with as many digits of the second as it has. */
static void put_timestamp(int64_t us, bool instant, StrBuf *out)
{
	strbuf_putc(out, '"');
	timestamp_print(us, 6, 'T', out);
	while (out->ptr[out->len - 1] == '0' && out->ptr[out->len - 2] != ':' && out->ptr[out->len - 3] != ':')
		out->ptr[--out->len] = 0;
	if (out->ptr[out->len - 1] == '.')
		out->ptr[--out->len] = 0;
	strbuf_puts(out, instant ? "Z\"" : "\"");
}

/* MAP, MULTISET, ROW. */
static void put_members(const Type *type, Str packed, Arena *arena, StrBuf *out)
{
	uint32_t n = packed_count(packed);
	bool row = type->kind == TYPE_ROW;
	Members members = {0};
	for (uint32_t i = 0; i < n; i += row ? 1 : 2) {
		StrBuf b;
		strbuf_init(&b);
		const Type *key_type = packed_item_type(type, i);
		Str key = row ? type->fields[i].name : STR_EMPTY;
		if (!row) {
			value_print(key_type, packed_get(packed, key_type, i), VALUE_JAVA, NULL, &b);
			key = arena_str(arena, strbuf_str(&b));
			strbuf_clear(&b);
		}
		uint32_t at = row ? i : i + 1;
		const Type *value_type = packed_item_type(type, at);
		json_text_value(value_type, packed_get(packed, value_type, at), arena, &b);
		JsonMember m = {key, arena_str(arena, strbuf_str(&b))};
		strbuf_deinit(&b);
		ARENA_PUSH(arena, &members, m);
	}
	json_text_object(members.items, members.len, out);
}

void json_text_value(const Type *type, Value v, Arena *arena, StrBuf *out)
{
	if (v.null) {
		strbuf_puts(out, "null");
		return;
	}
	switch (type->kind) {
	case TYPE_BOOLEAN: strbuf_puts(out, v.b ? "true" : "false"); break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		if (isfinite(v.f))
			real_print_java(v.f, type->kind == TYPE_FLOAT, out);
		else
			put_quoted(type, v, VALUE_JAVA, out);
		break;
	case TYPE_DECIMAL: put_decimal(v.d, type->scale, out); break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: strbuf_printf(out, "%lld", (long long)v.i); break;
	case TYPE_BINARY:
	case TYPE_VARBINARY: put_base64(v.s, out); break;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: put_timestamp(v.i, type->kind == TYPE_TIMESTAMP_LTZ, out); break;
	case TYPE_JSON:
		if (!json_text_canonical(v.s, arena, out))
			strbuf_put_json(out, v.s);
		break;
	case TYPE_ARRAY:
		strbuf_putc(out, '[');
		for (uint32_t i = 0; i < packed_count(v.s); i++) {
			if (i)
				strbuf_putc(out, ',');
			json_text_value(type->elem, packed_get(v.s, type->elem, i), arena, out);
		}
		strbuf_putc(out, ']');
		break;
	case TYPE_MAP:
	case TYPE_MULTISET:
	case TYPE_ROW: put_members(type, v.s, arena, out); break;
	default: put_quoted(type, v, VALUE_SQL, out); break;
	}
}
