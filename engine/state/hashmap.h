/*
 * engine/state/hashmap.h: open addressing from keys to entries.
 *
 *   slot = tag (upper 16 bits of the hash) | address of the entry (lower 48 bits); 0: empty, 1: removed
 *
 * A probe touches one slot, and an entry only when the tags agree. The map does not own the entries.
 */
#ifndef WEIR_ENGINE_STATE_HASHMAP_H
#define WEIR_ENGINE_STATE_HASHMAP_H

#include "engine/state/entry.h"

typedef struct HashMap {
	uint64_t *slots;
	uint64_t mask; /* slots - 1 */
	uint64_t live;
	uint64_t filled; /* live and removed ones */
} HashMap;

#define HASHMAP_REMOVED UINT64_C(1)
#define HASHMAP_TAG UINT64_C(0xffff000000000000)

static inline Entry *hashmap_entry(uint64_t slot)
{
	return (Entry *)(uintptr_t)(slot & ~HASHMAP_TAG);
}

void hashmap_init(HashMap *m);
void hashmap_deinit(HashMap *m);
Entry *hashmap_find(const HashMap *m, Str key, uint64_t hash);
void hashmap_insert(HashMap *m, Entry *e); /* the key is not there */
void hashmap_remove(HashMap *m, const Entry *e);
void hashmap_reserve(HashMap *m, uint64_t entries);
int64_t hashmap_bytes(const HashMap *m);

static inline void hashmap_prefetch(const HashMap *m, uint64_t hash)
{
	__builtin_prefetch(&m->slots[hash & m->mask]);
}

/* The first entry whose tag fits, or NULL; prefetches it. Its key still has to be compared. */
static inline Entry *hashmap_candidate(const HashMap *m, uint64_t hash)
{
	for (uint64_t at = hash & m->mask;; at = (at + 1) & m->mask) {
		uint64_t slot = m->slots[at];
		if (slot == 0)
			return NULL;
		if (((slot ^ hash) & HASHMAP_TAG) == 0 && slot != HASHMAP_REMOVED) {
			Entry *e = hashmap_entry(slot);
			__builtin_prefetch(e, 1);
			return e;
		}
	}
}

#endif
