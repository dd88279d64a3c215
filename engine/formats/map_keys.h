/*
 * engine/formats/map_keys.h: where the keys of a MAP that is being built are, to find one that comes twice.
 *
 * Items are key, value, key, value ...; a slot holds the number of the entry + 1, 0: none.
 */
#ifndef WEIR_ENGINE_FORMATS_MAP_KEYS_H
#define WEIR_ENGINE_FORMATS_MAP_KEYS_H

#include "sql/types/value.h"

typedef struct MapKeys {
	uint32_t *slots;
	uint32_t nslots;
} MapKeys;

/* The slot of a key among the first len items, where it is to be noted if *slot == 0. */
uint32_t *map_keys_slot(MapKeys *keys, const Value *items, uint32_t len, Str key, Arena *arena);

#endif
