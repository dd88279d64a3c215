/*
 * sql/types/packed.h: ARRAY, MAP, ROW and MULTISET values as one byte string with an offset table.
 *
 *   u32 count | u32 offset[count] | items        (little endian, unaligned)
 *
 * offset[i] is the distance of item i from the start of the items; 0xffffffff marks NULL. An item is: BOOL 1 byte; I64,
 * F64 8 bytes; I128 16 bytes; STR u32 length and the bytes (packed again for nested types). ARRAY: its elements. ROW:
 * its fields. MAP: key, value, key, value ... in order of insertion, each key once. MULTISET: element, BIGINT count,
 * ... Any item is reached in constant time.
 */
#ifndef WEIR_SQL_TYPES_PACKED_H
#define WEIR_SQL_TYPES_PACKED_H

#include "sql/types/value.h"

uint32_t packed_count(Str packed); /* items; for MAP twice the entries */
/* Item i as a value of `type` (the element's, field's, key's ...). i < packed_count. Points into packed. */
Value packed_get(Str packed, const Type *type, uint32_t i);
/* The value of a key in a MAP, NULL value if absent. */
Value packed_map_get(Str packed, const Type *map_type, Value key);

/* Builds from values: n items whose types are types[i] (or one type for all if `same`). Result in the arena. */
Str packed_build(Arena *arena, const Type *const *types, bool same, const Value *items, uint32_t n);
/* Is the byte string well formed for the type? For bytes that come from outside (state files, tests). */
bool packed_check(Str packed, const Type *type);
/* The type of item i of a value of this nested type. */
const Type *packed_item_type(const Type *type, uint32_t i);

#endif
