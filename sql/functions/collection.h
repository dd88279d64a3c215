/*
 * sql/functions/collection.h: reading and building packed values, shared by the functions on arrays, maps and rows.
 */
#ifndef WEIR_SQL_FUNCTIONS_COLLECTION_H
#define WEIR_SQL_FUNCTIONS_COLLECTION_H

#include "sql/functions/function.h"

/* A growing list of values of one type. */
typedef struct Items {
	Value *items;
	size_t len;
	size_t cap;
} Items;

/* Appends all items of an ARRAY. */
void collection_append(Arena *arena, Items *list, const Type *elem, Str packed);
Str collection_array(Arena *arena, const Type *elem, const Items *list);
/* Entries k, v, k, v ..; of equal keys the last value stays, at the first place. */
Str collection_map(Arena *arena, const Type *map, Value *entries, uint32_t n);

/* Which values have been seen, by their key bytes. */
typedef struct SeenSet SeenSet;
SeenSet *collection_seen_open(const Type *type);
void collection_seen_close(SeenSet *seen);
/* Adds; false: it was there. */
bool collection_seen_add(SeenSet *seen, Value v);
bool collection_seen_has(SeenSet *seen, Value v);

#endif
