/*
 * sql/types/value_json.c: values as JSON, both ways.
 *
 *   numbers         JSON numbers, decimals with all their digits; NaN and Infinity as strings
 *   BYTES           base64          DATE, TIME, TIMESTAMP   strings, SQL's form; TIMESTAMP_LTZ in UTC with a Z
 *   ROW             an object       MAP, MULTISET           an object whose names are the keys' text
 *
 * Reading is more generous: a number may be written as a string, a ROW as an array of its fields, and any value is
 * text for a character string.
 */
#include "sql/types/value_internal.h"

#include <math.h>

#include "base/map.h"
#include "sql/types/decimal.h"
#include "sql/types/json_scan.h"
#include "sql/types/packed.h"
#include "sql/types/real.h"

static const char value_base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void value_print_base64(Str s, StrBuf *out)
{
	for (uint32_t i = 0; i < s.len; i += 3) {
		uint32_t left = s.len - i;
		uint32_t word = (uint32_t)(uint8_t)s.ptr[i] << 16;
		word |= left > 1 ? (uint32_t)(uint8_t)s.ptr[i + 1] << 8 : 0;
		word |= left > 2 ? (uint8_t)s.ptr[i + 2] : 0;
		strbuf_putc(out, value_base64[word >> 18]);
		strbuf_putc(out, value_base64[word >> 12 & 63]);
		strbuf_putc(out, left > 1 ? value_base64[word >> 6 & 63] : '=');
		strbuf_putc(out, left > 2 ? value_base64[word & 63] : '=');
	}
}

static bool value_parse_base64(Str s, Arena *arena, Str *out)
{
	while (s.len > 0 && s.ptr[s.len - 1] == '=') {
		s.len--;
	}
	if (s.len % 4 == 1) {
		return false;
	}
	char *p = arena_alloc(arena, (size_t)s.len);
	uint32_t n = 0;
	uint32_t word = 0;
	for (uint32_t i = 0; i < s.len; i++) {
		const char *digit = memchr(value_base64, s.ptr[i], 64);
		if (!digit) {
			return false;
		}
		word = word << 6 | (uint32_t)(digit - value_base64);
		if (i % 4 > 0) {
			p[n++] = (char)(word >> (6 - i % 4 * 2));
		}
	}
	*out = str_make(p, n);
	return true;
}

/* The value's text between quotes. */
static void value_print_quoted(const Type *type, Value v, StrBuf *out)
{
	StrBuf text;
	strbuf_init(&text);
	if (v.null) {
		strbuf_puts(&text, "null");
	} else if (type->kind == TYPE_BOOLEAN) {
		strbuf_puts(&text, v.b ? "true" : "false");
	} else if (type_is_binary(type)) {
		value_print_base64(v.s, &text);
	} else {
		value_print(type, v, type_is_nested(type) ? VALUE_JSON : VALUE_SQL, NULL, &text);
		if (type->kind == TYPE_TIMESTAMP_LTZ) {
			strbuf_putc(&text, 'Z');
		}
	}
	strbuf_put_json(out, strbuf_str(&text));
	strbuf_deinit(&text);
}

static void value_print_json_nested(const Type *type, Str packed, const Zone *zone, StrBuf *out)
{
	bool array = type->kind == TYPE_ARRAY;
	bool row = type->kind == TYPE_ROW;
	uint32_t n = packed_count(packed);
	strbuf_putc(out, array ? '[' : '{');
	for (uint32_t i = 0; i < n; i++) {
		const Type *item = packed_item_type(type, i);
		Value v = packed_get(packed, item, i);
		bool key = !array && !row && i % 2 == 0;
		if (i > 0 && (array || row || key)) {
			strbuf_putc(out, ',');
		}
		if (row) {
			strbuf_put_json(out, type->fields[i].name);
			strbuf_putc(out, ':');
		}
		if (key) {
			value_print_quoted(item, v, out);
			strbuf_putc(out, ':');
		} else {
			value_print_json(item, v, zone, out);
		}
	}
	strbuf_putc(out, array ? ']' : '}');
}

void value_print_json(const Type *type, Value v, const Zone *zone, StrBuf *out)
{
	if (v.null || type->kind == TYPE_NULL) {
		strbuf_puts(out, "null");
		return;
	}
	switch (type->kind) {
	case TYPE_BOOLEAN: strbuf_puts(out, v.b ? "true" : "false"); break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_DECIMAL:
	case TYPE_JSON: value_print(type, v, VALUE_SQL, NULL, out); break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		if (isfinite(v.f)) {
			real_print_java(v.f, type->kind == TYPE_FLOAT, out);
		} else {
			value_print_quoted(type, v, out);
		}
		break;
	case TYPE_CHAR:
	case TYPE_VARCHAR: strbuf_put_json(out, v.s); break;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_ROW:
	case TYPE_MULTISET: value_print_json_nested(type, v.s, zone, out); break;
	default: value_print_quoted(type, v, out);
	}
}

/* ---- reading ---- */

static bool value_read_json(const Type *type, JsonKind kind, Str token, Arena *arena, Value *out, Err *err);
static bool value_read_json_text(const Type *type, Str text, Arena *arena, Value *out, Err *err);

static bool value_json_failed(const Type *type, Str token, Err *err)
{
	return value_parse_failed(type, token, ERR_BAD_CAST, err);
}

typedef struct ItemList {
	Value *items;
	uint32_t len;
	uint32_t cap;
} ItemList;

static Value value_json_pack(const Type *type, const ItemList *list, Arena *arena)
{
	const Type **types = ARENA_ARRAY(arena, const Type *, list->len + 1);
	for (uint32_t i = 0; i < list->len; i++) {
		types[i] = packed_item_type(type, i);
	}
	return value_str(packed_build(arena, types, false, list->items, list->len));
}

static bool value_read_json_array(const Type *type, Str token, Arena *arena, Value *out, Err *err)
{
	JsonScan s = json_scan(token);
	ItemList list = {NULL, 0, 0};
	bool first = true;
	JsonKind kind;
	Str text;
	while (json_scan_element(&s, &first, &kind, &text)) {
		Value v;
		if (type->kind == TYPE_ROW && list.len >= type->nfields) {
			return value_json_failed(type, token, err);
		}
		const Type *item = packed_item_type(type, list.len);
		if (!value_read_json(item, kind, text, arena, &v, err)) {
			return false;
		}
		ARENA_PUSH(arena, &list, v);
	}
	if (type->kind == TYPE_ROW && list.len != type->nfields) {
		return value_json_failed(type, token, err);
	}
	*out = value_json_pack(type, &list, arena);
	return true;
}

static bool value_read_json_row(const Type *type, Str token, Arena *arena, Value *out, Err *err)
{
	JsonScan s = json_scan(token);
	bool first = true;
	JsonKind kind;
	Str key;
	Str text;
	ItemList list = {ARENA_ARRAY(arena, Value, type->nfields), type->nfields, type->nfields};
	for (uint32_t i = 0; i < type->nfields; i++) {
		list.items[i] = VALUE_NULL;
	}
	while (json_scan_member(&s, &first, &key, &kind, &text)) {
		Str name = json_scan_string(key, arena);
		for (uint32_t i = 0; i < type->nfields; i++) {
			if (str_eq(type->fields[i].name, name) &&
			    !value_read_json(type->fields[i].type, kind, text, arena, &list.items[i], err)) {
				return false;
			}
		}
	}
	*out = value_json_pack(type, &list, arena);
	return true;
}

/* Of members with one key the last wins, at the place of the first. */
static bool value_read_json_members(const Type *type, Str token, Arena *arena, Map *places, ItemList *list, Err *err)
{
	JsonScan s = json_scan(token);
	bool first = true;
	JsonKind kind;
	Str key;
	Str text;
	StrBuf bytes;
	bool ok = true;
	strbuf_init(&bytes);
	while (ok && json_scan_member(&s, &first, &key, &kind, &text)) {
		Value k;
		Value v;
		const Type *key_type = packed_item_type(type, 0);
		ok = value_read_json_text(key_type, json_scan_string(key, arena), arena, &k, err) &&
		     value_read_json(packed_item_type(type, 1), kind, text, arena, &v, err);
		if (!ok) {
			break;
		}
		strbuf_clear(&bytes);
		value_encode_key(key_type, k, &bytes);
		Value *place = map_get(places, strbuf_str(&bytes));
		if (place) {
			*place = v;
			continue;
		}
		place = ARENA_NEW(arena, Value);
		*place = v;
		(void)map_put(places, strbuf_str(&bytes), place);
		ARENA_PUSH(arena, list, k);
		ARENA_PUSH(arena, list, VALUE_NULL);
	}
	strbuf_deinit(&bytes);
	return ok;
}

static bool value_read_json_map(const Type *type, Str token, Arena *arena, Value *out, Err *err)
{
	Map places; /* key -> its value */
	ItemList list = {NULL, 0, 0};
	map_init(&places);
	bool ok = value_read_json_members(type, token, arena, &places, &list, err);
	MapEntry *e;
	uint32_t at = 1;
	/* The map goes through its entries in the order in which they were put. */
	for (uint32_t it = 0; ok && (e = map_next(&places, &it)); at += 2) {
		list.items[at] = *(const Value *)e->value;
	}
	map_deinit(&places);
	if (ok) {
		*out = value_json_pack(type, &list, arena);
	}
	return ok;
}

/* A number's token: integers are cut towards zero, out of range is an error. */
static bool value_read_json_number(const Type *type, Str token, Arena *arena, Value *out, Err *err)
{
	bool exponent = memchr(token.ptr, 'e', token.len) || memchr(token.ptr, 'E', token.len);
	if (!type_is_integer(type) || !exponent) {
		return value_parse(type, token, NULL, arena, out, err);
	}
	int64_t least;
	int64_t greatest;
	Int128 d;
	type_int_range(type->kind, &least, &greatest);
	bool fits = decimal_parse(token, TYPE_DECIMAL_MAX, 18, &d);
	d /= decimal_pow10(18);
	if (!fits || d < least || d > greatest) {
		return value_parse_failed(type, token, ERR_OUT_OF_RANGE, err);
	}
	out->null = false;
	out->i = (int64_t)d;
	return true;
}

static bool value_read_json_text(const Type *type, Str text, Arena *arena, Value *out, Err *err)
{
	if (type_is_binary(type)) {
		*out = (Value){.null = false};
		return value_parse_base64(text, arena, &out->s) || value_json_failed(type, text, err);
	}
	if (type_is_nested(type)) {
		return value_parse_json(type, text, arena, out, err);
	}
	return value_parse(type, text, NULL, arena, out, err);
}

static bool value_read_json(const Type *type, JsonKind kind, Str token, Arena *arena, Value *out, Err *err)
{
	*out = VALUE_NULL;
	if (kind == JSON_KIND_NULL || type->kind == TYPE_NULL) {
		return true;
	}
	if (type->kind == TYPE_JSON) {
		StrBuf text;
		strbuf_init(&text);
		json_scan_compact(token, &text);
		*out = value_str(arena_str(arena, strbuf_str(&text)));
		strbuf_deinit(&text);
		return true;
	}
	if (type_is_text(type) && kind != JSON_KIND_STRING) {
		StrBuf text;
		strbuf_init(&text);
		json_scan_compact(token, &text);
		bool ok = value_parse(type, strbuf_str(&text), NULL, arena, out, err);
		strbuf_deinit(&text);
		return ok;
	}
	switch (kind) {
	case JSON_KIND_STRING: return value_read_json_text(type, json_scan_string(token, arena), arena, out, err);
	case JSON_KIND_NUMBER:
		return type_is_numeric(type) ? value_read_json_number(type, token, arena, out, err)
		                             : value_json_failed(type, token, err);
	case JSON_KIND_BOOL:
		if (type->kind != TYPE_BOOLEAN) {
			return value_json_failed(type, token, err);
		}
		*out = (Value){.b = *token.ptr == 't'};
		return true;
	case JSON_KIND_ARRAY:
		return type->kind == TYPE_ARRAY || type->kind == TYPE_ROW ? value_read_json_array(type, token, arena, out, err)
		                                                          : value_json_failed(type, token, err);
	case JSON_KIND_OBJECT:
		if (type->kind == TYPE_ROW) {
			return value_read_json_row(type, token, arena, out, err);
		}
		return type->kind == TYPE_MAP || type->kind == TYPE_MULTISET ? value_read_json_map(type, token, arena, out, err)
		                                                             : value_json_failed(type, token, err);
	case JSON_KIND_NULL: break;
	}
	return true;
}

bool value_parse_json(const Type *type, Str json, Arena *arena, Value *out, Err *err)
{
	JsonKind kind;
	Str token;
	*out = VALUE_NULL;
	if (!json_scan_whole(json, &kind, &token)) {
		return value_json_failed(type, json, err);
	}
	return value_read_json(type, kind, token, arena, out, err);
}
