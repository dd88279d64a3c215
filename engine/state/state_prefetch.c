/*
 * engine/state/state_prefetch.c: hints before many look-ups that are made one by one: their cache misses overlap.
 *
 * Each of the stages touches what the one before fetched, for all keys, and fetches what the next will touch.
 */
#include "engine/state/table.h"

enum { PREFETCH_ENTRIES = 4 };

static inline uint32_t state_prefetch_slot(const StateTable *t, Str key, uint64_t *hash)
{
	*hash = entry_hash((Str){key.ptr, t->prefix_len}, t->hash_seed);
	return (uint32_t)*hash & t->part_mask;
}

/* The part at a slot, if its hash fits: collisions are left to the look-up. */
static inline const Part *state_prefetch_part(const StateTable *t, uint32_t at, uint64_t hash)
{
	uint32_t slot = t->part_slots[at];
	const Part *p = slot ? &t->parts[slot - 1] : NULL;
	return p && p->hash == hash ? p : NULL;
}

static void state_prefetch_parts(const StateTable *t, const Str *keys, uint32_t n, bool entries)
{
	uint64_t hashes[STATE_PREFETCH_MAX];
	uint32_t slots[STATE_PREFETCH_MAX];
	const Part *parts[STATE_PREFETCH_MAX];
	if (!t->part_slots)
		return;
	for (uint32_t i = 0; i < n; i++) {
		slots[i] = state_prefetch_slot(t, keys[i], &hashes[i]);
		__builtin_prefetch(&t->part_slots[slots[i]]);
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t slot = t->part_slots[slots[i]];
		if (slot)
			__builtin_prefetch(&t->parts[slot - 1]);
	}
	for (uint32_t i = 0; i < n; i++) {
		parts[i] = state_prefetch_part(t, slots[i], hashes[i]);
		if (!parts[i])
			continue;
		__builtin_prefetch(parts[i]->prefix.ptr);
		__builtin_prefetch(parts[i]->entries);
	}
	for (uint32_t i = 0; entries && i < n; i++)
		for (uint32_t k = 0; parts[i] && k < parts[i]->n && k < PREFETCH_ENTRIES; k++) {
			__builtin_prefetch(parts[i]->entries[k]);
			__builtin_prefetch((const char *)parts[i]->entries[k] + 64);
		}
}

void state_prefetch_prefixes(StateTable *t, const Str *keys, uint32_t n)
{
	DCHECK(n <= STATE_PREFETCH_MAX && t->prefix_len);
	state_prefetch_parts(t, keys, n, true);
}

void state_prefetch(StateTable *t, const Str *keys, uint32_t n)
{
	uint64_t hashes[STATE_PREFETCH_MAX];
	DCHECK(n <= STATE_PREFETCH_MAX && t->kind == STATE_HASH);
	for (uint32_t i = 0; i < n; i++) {
		hashes[i] = entry_hash(keys[i], t->hash_seed);
		hashmap_prefetch(&t->map, hashes[i]);
	}
	if (t->prefix_len)
		state_prefetch_parts(t, keys, n, false);
	for (uint32_t i = 0; i < n; i++)
		hashmap_candidate(&t->map, hashes[i]);
}
