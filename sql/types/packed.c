/*
 * sql/types/packed.c: building and reading nested values; the layout is drawn in packed.h.
 */
#include "sql/types/packed.h"

#define PACKED_NULL UINT32_MAX

static uint32_t packed_u32(const char *p)
{
	uint32_t v;
	memcpy(&v, p, sizeof v);
	return v;
}

static char *packed_put(char *to, const void *from, size_t n)
{
	if (n > 0) {
		memcpy(to, from, n);
	}
	return to + n;
}

uint32_t packed_count(Str packed)
{
	return packed_u32(packed.ptr);
}

const Type *packed_item_type(const Type *type, uint32_t i)
{
	switch (type->kind) {
	case TYPE_ARRAY: return type->elem;
	case TYPE_MAP: return i % 2 == 0 ? type->key : type->elem;
	case TYPE_MULTISET: return i % 2 == 0 ? type->elem : &type_bigint_nn;
	default: ASSERT(type->kind == TYPE_ROW && i < type->nfields); return type->fields[i].type;
	}
}

Value packed_get(Str packed, const Type *type, uint32_t i)
{
	uint32_t count = packed_u32(packed.ptr);
	DCHECK(i < count);
	uint32_t offset = packed_u32(packed.ptr + 4 + (size_t)i * 4);
	if (offset == PACKED_NULL) {
		return VALUE_NULL;
	}
	const char *item = packed.ptr + 4 + (size_t)count * 4 + offset;
	Value v = {.null = false};
	switch (type_phys(type)) {
	case PHYS_BOOL: v.b = *item != 0; break;
	case PHYS_I64: memcpy(&v.i, item, sizeof v.i); break;
	case PHYS_F64: memcpy(&v.f, item, sizeof v.f); break;
	case PHYS_I128: memcpy(&v.d, item, sizeof v.d); break;
	case PHYS_STR:
		v.s.len = packed_u32(item);
		v.s.ptr = item + 4;
		break;
	}
	return v;
}

Value packed_map_get(Str packed, const Type *map_type, Value key)
{
	uint32_t count = packed_count(packed);
	for (uint32_t i = 0; i < count; i += 2) {
		if (value_equal(map_type->key, packed_get(packed, map_type->key, i), key)) {
			return packed_get(packed, map_type->elem, i + 1);
		}
	}
	return VALUE_NULL;
}

/* Bytes of an item; NULL takes none. */
static size_t packed_item_size(Phys phys, Value v)
{
	if (v.null) {
		return 0;
	}
	switch (phys) {
	case PHYS_BOOL: return 1;
	case PHYS_I64:
	case PHYS_F64: return 8;
	case PHYS_I128: return 16;
	case PHYS_STR: return 4 + (size_t)v.s.len;
	}
	return 0;
}

static char *packed_put_item(char *to, Phys phys, Value v)
{
	switch (phys) {
	case PHYS_BOOL: *to = v.b ? 1 : 0; return to + 1;
	case PHYS_I64: return packed_put(to, &v.i, sizeof v.i);
	case PHYS_F64: return packed_put(to, &v.f, sizeof v.f);
	case PHYS_I128: return packed_put(to, &v.d, sizeof v.d);
	case PHYS_STR: to = packed_put(to, &v.s.len, sizeof v.s.len); return packed_put(to, v.s.ptr, v.s.len);
	}
	return to;
}

Str packed_build(Arena *arena, const Type *const *types, bool same, const Value *items, uint32_t n)
{
	size_t size = 4 + (size_t)n * 4;
	size_t head = size;
	for (uint32_t i = 0; i < n; i++) {
		size += packed_item_size(type_phys(types[same ? 0 : i]), items[i]);
	}
	ASSERT(size < UINT32_MAX);
	char *base = arena_alloc(arena, size);
	char *at = base + head;
	memcpy(base, &n, sizeof n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t offset = items[i].null ? PACKED_NULL : (uint32_t)(at - base - (ptrdiff_t)head);
		memcpy(base + 4 + (size_t)i * 4, &offset, sizeof offset);
		if (!items[i].null) {
			at = packed_put_item(at, type_phys(types[same ? 0 : i]), items[i]);
		}
	}
	return str_make(base, size);
}

/* The bytes that an item takes; 0: it is not well formed. */
static size_t packed_check_item(Str rest, const Type *type)
{
	Phys phys = type_phys(type);
	if (phys != PHYS_STR) {
		static const uint8_t sizes[] = {[PHYS_BOOL] = 1, [PHYS_I64] = 8, [PHYS_F64] = 8, [PHYS_I128] = 16};
		return rest.len >= sizes[phys] ? sizes[phys] : 0;
	}
	if (rest.len < 4) {
		return 0;
	}
	uint32_t len = packed_u32(rest.ptr);
	if (len > rest.len - 4) {
		return 0;
	}
	return !type_is_nested(type) || packed_check(str_make(rest.ptr + 4, len), type) ? 4 + (size_t)len : 0;
}

/* Items lie one behind another and fill the string, as packed_build writes them: so each byte is looked at once. */
bool packed_check(Str packed, const Type *type)
{
	if (packed.len < 4) {
		return false;
	}
	uint32_t count = packed_u32(packed.ptr);
	size_t at = 4 + (size_t)count * 4;
	size_t head = at;
	if (head > packed.len) {
		return false;
	}
	if (type->kind == TYPE_ROW && count != type->nfields) {
		return false;
	}
	if ((type->kind == TYPE_MAP || type->kind == TYPE_MULTISET) && count % 2 != 0) {
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint32_t offset = packed_u32(packed.ptr + 4 + (size_t)i * 4);
		if (offset == PACKED_NULL) {
			continue;
		}
		size_t size = 0;
		if (offset == at - head) {
			size = packed_check_item(str_make(packed.ptr + at, packed.len - at), packed_item_type(type, i));
		}
		if (size == 0) {
			return false;
		}
		at += size;
	}
	return at == packed.len;
}
