/*
 * engine/state/hashmap.c: linear probing at most 70% full; removed slots are reused, and swept out when the table is
 * rebuilt.
 */
#include "engine/state/hashmap.h"

#include "base/arena.h"
#include "base/err.h"

enum { HASHMAP_MIN = 16, HASHMAP_AHEAD = 16 };

static uint64_t hashmap_none[1]; /* the slots of an empty map: one that is never filled */

void hashmap_init(HashMap *m)
{
	*m = (HashMap){.slots = hashmap_none};
}

void hashmap_deinit(HashMap *m)
{
	if (m->slots != hashmap_none)
		mem_free(m->slots);
	hashmap_init(m);
}

int64_t hashmap_bytes(const HashMap *m)
{
	return m->mask ? (int64_t)((m->mask + 1) * sizeof(uint64_t)) : 0;
}

Entry *hashmap_find(const HashMap *m, Str key, uint64_t hash)
{
	for (uint64_t at = hash & m->mask;; at = (at + 1) & m->mask) {
		uint64_t slot = m->slots[at];
		if (slot == 0)
			return NULL;
		if (((slot ^ hash) & HASHMAP_TAG) != 0 || slot == HASHMAP_REMOVED)
			continue;
		Entry *e = hashmap_entry(slot);
		if (e->hash == hash && entry_is(e, key))
			return e;
	}
}

static void hashmap_place(uint64_t *slots, uint64_t mask, uint64_t hash, uint64_t slot)
{
	uint64_t at = hash & mask;
	while (slots[at] > HASHMAP_REMOVED)
		at = (at + 1) & mask;
	slots[at] = slot;
}

static void hashmap_rebuild(HashMap *m, uint64_t nslots)
{
	uint64_t *slots = mem_alloc_zero(nslots * sizeof *slots);
	uint64_t mask = nslots - 1;
	uint64_t old = m->mask ? m->mask + 1 : 0;
	for (uint64_t i = 0; i < old; i++) {
		if (i + HASHMAP_AHEAD < old)
			__builtin_prefetch(hashmap_entry(m->slots[i + HASHMAP_AHEAD]));
		if (m->slots[i] > HASHMAP_REMOVED)
			hashmap_place(slots, mask, hashmap_entry(m->slots[i])->hash, m->slots[i]);
	}
	if (m->slots != hashmap_none)
		mem_free(m->slots);
	m->slots = slots;
	m->mask = mask;
	m->filled = m->live;
}

void hashmap_reserve(HashMap *m, uint64_t entries)
{
	uint64_t nslots = HASHMAP_MIN;
	while (entries * 10 >= nslots * 7)
		nslots *= 2;
	if (!m->mask || nslots > m->mask + 1)
		hashmap_rebuild(m, nslots);
}

void hashmap_insert(HashMap *m, Entry *e)
{
	uint64_t nslots = m->mask ? m->mask + 1 : 0;
	if ((m->filled + 1) * 10 > nslots * 7) {
		if (nslots == 0)
			nslots = HASHMAP_MIN;
		else if (m->live * 20 > nslots * 11) /* else most of what fills it are removed ones: swept out */
			nslots *= 2;
		hashmap_rebuild(m, nslots);
	}
	uint64_t at = e->hash & m->mask;
	while (m->slots[at] > HASHMAP_REMOVED)
		at = (at + 1) & m->mask;
	m->filled += m->slots[at] == 0;
	m->live++;
	DCHECK(((uint64_t)(uintptr_t)e & HASHMAP_TAG) == 0);
	m->slots[at] = (e->hash & HASHMAP_TAG) | (uint64_t)(uintptr_t)e;
}

void hashmap_remove(HashMap *m, const Entry *e)
{
	uint64_t want = (e->hash & HASHMAP_TAG) | (uint64_t)(uintptr_t)e;
	uint64_t at = e->hash & m->mask;
	while (m->slots[at] != want) {
		ASSERT(m->slots[at] != 0);
		at = (at + 1) & m->mask;
	}
	bool last = m->slots[(at + 1) & m->mask] == 0; /* nothing was pushed on past here */
	m->slots[at] = last ? 0 : HASHMAP_REMOVED;
	m->filled -= last;
	m->live--;
}
