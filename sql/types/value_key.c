/*
 * sql/types/value_key.c: values as bytes that memcmp orders like value_compare.
 *
 * Scalars are base/codec.h's ordered forms behind a null flag. Nested values:
 *
 *   ROW            the fields' keys, one after another
 *   ARRAY          0x01 key 0x01 key ... 0x00         (so that a shorter array comes first)
 *   MAP, MULTISET  0x01 key value 0x01 key value ... 0x00, entries sorted
 */
#include "sql/types/value_internal.h"

#include "sql/types/packed.h"

static void value_encode_key_nested(const Type *type, Str packed, StrBuf *out)
{
	uint32_t n = packed_count(packed);
	if (type->kind == TYPE_ROW) {
		for (uint32_t i = 0; i < n; i++) {
			const Type *field = type->fields[i].type;
			value_encode_key(field, packed_get(packed, field, i), out);
		}
		return;
	}
	if (type->kind == TYPE_ARRAY) {
		for (uint32_t i = 0; i < n; i++) {
			strbuf_putc(out, 1);
			value_encode_key(type->elem, packed_get(packed, type->elem, i), out);
		}
		strbuf_putc(out, 0);
		return;
	}
	const Type *first = packed_item_type(type, 0);
	const Type *second = packed_item_type(type, 1);
	uint32_t *order = value_sorted_entries(type, packed, &n);
	for (uint32_t i = 0; i < n; i++) {
		strbuf_putc(out, 1);
		value_encode_key(first, packed_get(packed, first, order[i] * 2), out);
		value_encode_key(second, packed_get(packed, second, order[i] * 2 + 1), out);
	}
	strbuf_putc(out, 0);
	mem_free(order);
}

void value_encode_key(const Type *type, Value v, StrBuf *out)
{
	codec_put_null(out, !v.null);
	if (v.null) {
		return;
	}
	switch (type_phys(type)) {
	case PHYS_BOOL: strbuf_putc(out, v.b ? 1 : 0); break;
	case PHYS_I64: codec_put_i64(out, v.i); break;
	case PHYS_F64: codec_put_f64(out, v.f); break;
	case PHYS_I128: codec_put_i128(out, v.d); break;
	case PHYS_STR:
		if (type_is_nested(type)) {
			value_encode_key_nested(type, v.s, out);
		} else {
			codec_put_bytes(out, v.s);
		}
		break;
	}
}

typedef struct ValueList {
	Value *items;
	uint32_t len;
	uint32_t cap;
} ValueList;

static bool value_decode_key_row(const Type *type, CodecReader *r, Arena *arena, Value *out)
{
	Value *items = ARENA_ARRAY(arena, Value, type->nfields);
	const Type **types = ARENA_ARRAY(arena, const Type *, type->nfields);
	for (uint32_t i = 0; i < type->nfields; i++) {
		types[i] = type->fields[i].type;
		if (!value_decode_key(types[i], r, arena, &items[i])) {
			return false;
		}
	}
	*out = value_str(packed_build(arena, types, false, items, type->nfields));
	return true;
}

static bool value_decode_key_list(const Type *type, CodecReader *r, Arena *arena, Value *out)
{
	ValueList list = {NULL, 0, 0};
	uint32_t per_entry = type->kind == TYPE_ARRAY ? 1 : 2;
	for (;;) {
		bool more;
		if (!codec_get_null(r, &more)) {
			return false;
		}
		if (!more) {
			break;
		}
		for (uint32_t k = 0; k < per_entry; k++) {
			Value v;
			if (!value_decode_key(packed_item_type(type, k), r, arena, &v)) {
				return false;
			}
			ARENA_PUSH(arena, &list, v);
		}
	}
	const Type **types = ARENA_ARRAY(arena, const Type *, list.len + 1);
	for (uint32_t i = 0; i < list.len; i++) {
		types[i] = packed_item_type(type, i);
	}
	*out = value_str(packed_build(arena, types, false, list.items, list.len));
	return true;
}

static bool value_decode_key_bytes(CodecReader *r, Arena *arena, Str *out)
{
	StrBuf buf;
	strbuf_init(&buf);
	bool ok = codec_get_bytes(r, &buf);
	if (ok) {
		*out = arena_str(arena, strbuf_str(&buf));
	}
	strbuf_deinit(&buf);
	return ok;
}

bool value_decode_key(const Type *type, CodecReader *r, Arena *arena, Value *out)
{
	bool present;
	*out = VALUE_NULL;
	if (!codec_get_null(r, &present)) {
		return false;
	}
	if (!present) {
		return true;
	}
	Value v = {.null = false};
	bool ok = false;
	switch (type_phys(type)) {
	case PHYS_BOOL: ok = codec_get_null(r, &v.b); break;
	case PHYS_I64: ok = codec_get_i64(r, &v.i); break;
	case PHYS_F64: ok = codec_get_f64(r, &v.f); break;
	case PHYS_I128: ok = codec_get_i128(r, &v.d); break;
	case PHYS_STR:
		if (type->kind == TYPE_ROW) {
			ok = value_decode_key_row(type, r, arena, &v);
		} else if (type_is_nested(type)) {
			ok = value_decode_key_list(type, r, arena, &v);
		} else {
			ok = value_decode_key_bytes(r, arena, &v.s);
		}
		break;
	}
	if (ok) {
		*out = v;
	}
	return ok;
}
