/*
 * sql/types/value.c: copying and comparing values, and their compact form for storage.
 *
 * The order defined here is the one that value_key.c writes into bytes; tests hold the two together.
 */
#include "sql/types/value.h"

#include <math.h>
#include <stdlib.h>

#include "sql/types/packed.h"
#include "sql/types/value_internal.h"

Value value_copy(Arena *arena, const Type *type, Value v)
{
	if (!v.null && type_phys(type) == PHYS_STR) {
		v.s = arena_str(arena, v.s);
	}
	return v;
}

static int value_compare_f64(double a, double b)
{
	if (a < b) {
		return -1;
	}
	if (a > b) {
		return 1;
	}
	if (a == b) {
		return 0;
	}
	return (isnan(a) ? 1 : 0) - (isnan(b) ? 1 : 0);
}

/* The items of two packed values in their order, then the shorter first. ROWs have the same count. */
static int value_compare_items(const Type *type, Str a, Str b)
{
	uint32_t na = packed_count(a);
	uint32_t nb = packed_count(b);
	for (uint32_t i = 0; i < na && i < nb; i++) {
		const Type *item = packed_item_type(type, i);
		int c = value_compare(item, packed_get(a, item, i), packed_get(b, item, i));
		if (c != 0) {
			return c;
		}
	}
	return na == nb ? 0 : na < nb ? -1 : 1;
}

typedef struct SortEntry {
	const Type *type; /* of the first item of the entry */
	Value key;
	uint32_t index;
} SortEntry;

static int value_compare_entries(const void *a, const void *b)
{
	const SortEntry *x = a;
	const SortEntry *y = b;
	int c = value_compare(x->type, x->key, y->key);
	return c != 0 ? c : x->index < y->index ? -1 : 1;
}

uint32_t *value_sorted_entries(const Type *type, Str packed, uint32_t *nentries)
{
	uint32_t n = packed_count(packed) / 2;
	const Type *key = packed_item_type(type, 0);
	SortEntry *entries = MEM_ARRAY(SortEntry, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		entries[i] = (SortEntry){key, packed_get(packed, key, i * 2), i};
	}
	qsort(entries, n, sizeof *entries, value_compare_entries);
	uint32_t *order = MEM_ARRAY(uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		order[i] = entries[i].index;
	}
	mem_free(entries);
	*nentries = n;
	return order;
}

/* MAP and MULTISET: as sequences of entries sorted by their key. */
static int value_compare_sorted(const Type *type, Str a, Str b)
{
	uint32_t na;
	uint32_t nb;
	uint32_t *oa = value_sorted_entries(type, a, &na);
	uint32_t *ob = value_sorted_entries(type, b, &nb);
	const Type *first = packed_item_type(type, 0);
	const Type *second = packed_item_type(type, 1);
	int c = 0;
	for (uint32_t i = 0; c == 0 && i < na && i < nb; i++) {
		c = value_compare(first, packed_get(a, first, oa[i] * 2), packed_get(b, first, ob[i] * 2));
		if (c == 0) {
			c = value_compare(second, packed_get(a, second, oa[i] * 2 + 1), packed_get(b, second, ob[i] * 2 + 1));
		}
	}
	mem_free(oa);
	mem_free(ob);
	return c != 0 ? c : na == nb ? 0 : na < nb ? -1 : 1;
}

int value_compare(const Type *type, Value a, Value b)
{
	if (a.null || b.null) {
		return (a.null ? 0 : 1) - (b.null ? 0 : 1);
	}
	switch (type_phys(type)) {
	case PHYS_BOOL: return (a.b ? 1 : 0) - (b.b ? 1 : 0);
	case PHYS_I64: return a.i < b.i ? -1 : a.i > b.i ? 1 : 0;
	case PHYS_F64: return value_compare_f64(a.f, b.f);
	case PHYS_I128: return a.d < b.d ? -1 : a.d > b.d ? 1 : 0;
	case PHYS_STR: break;
	}
	switch (type->kind) {
	case TYPE_ARRAY:
	case TYPE_ROW: return value_compare_items(type, a.s, b.s);
	case TYPE_MAP:
	case TYPE_MULTISET: return value_compare_sorted(type, a.s, b.s);
	default: return str_cmp(a.s, b.s);
	}
}

bool value_equal(const Type *type, Value a, Value b)
{
	if (type_phys(type) == PHYS_STR && !type_is_nested(type)) {
		return a.null == b.null && (a.null || str_eq(a.s, b.s));
	}
	return value_compare(type, a, b) == 0;
}

void value_encode(const Type *type, Value v, StrBuf *out)
{
	codec_put_null(out, !v.null);
	if (v.null) {
		return;
	}
	switch (type_phys(type)) {
	case PHYS_BOOL: strbuf_putc(out, v.b ? 1 : 0); break;
	case PHYS_I64: codec_put_fixed(out, &v.i, sizeof v.i); break;
	case PHYS_F64: codec_put_fixed(out, &v.f, sizeof v.f); break;
	case PHYS_I128: codec_put_fixed(out, &v.d, sizeof v.d); break;
	case PHYS_STR: codec_put_blob(out, v.s); break;
	}
}

bool value_decode(const Type *type, CodecReader *r, Value *out)
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
	uint8_t byte = 0;
	bool ok = false;
	switch (type_phys(type)) {
	case PHYS_BOOL:
		ok = codec_get_fixed(r, &byte, 1) && byte <= 1;
		v.b = byte == 1;
		break;
	case PHYS_I64: ok = codec_get_fixed(r, &v.i, sizeof v.i); break;
	case PHYS_F64: ok = codec_get_fixed(r, &v.f, sizeof v.f); break;
	case PHYS_I128: ok = codec_get_fixed(r, &v.d, sizeof v.d); break;
	case PHYS_STR: ok = codec_get_blob(r, &v.s) && (!type_is_nested(type) || packed_check(v.s, type)); break;
	}
	if (ok) {
		*out = v;
	}
	return ok;
}
