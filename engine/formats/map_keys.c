/*
 * engine/formats/map_keys.c: open addressing, at most half full.
 */
#include "engine/formats/map_keys.h"

#include "base/hash.h"

static uint32_t *find(const MapKeys *keys, const Value *items, Str key)
{
	uint64_t at = hash_bytes(key.ptr, key.len, hash_process_seed());
	for (;; at++) {
		uint32_t *slot = &keys->slots[at & (keys->nslots - 1)];
		if (*slot == 0 || str_eq(items[(*slot - 1) * 2].s, key))
			return slot;
	}
}

uint32_t *map_keys_slot(MapKeys *keys, const Value *items, uint32_t len, Str key, Arena *arena)
{
	if (len >= keys->nslots) {
		keys->nslots = keys->nslots ? keys->nslots * 2 : 16;
		keys->slots = ARENA_ARRAY_ZERO(arena, uint32_t, keys->nslots);
		for (uint32_t i = 0; i < len; i += 2)
			*find(keys, items, items[i].s) = i / 2 + 1;
	}
	return find(keys, items, key);
}
