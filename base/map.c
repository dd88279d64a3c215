/*
 * base/map.c: open addressing with linear probing over an array of entries.
 *
 *   slots:    [0][2][0][1][0][3][0][0]     index + 1 of the entry, 0: free
 *   entries:  [a][b][c]                    in order of insertion
 *
 * A removed entry stays in its place without a key, so that its slot goes on joining the chain of
 * probes; it goes away when the slots are made anew. Slots are at most three quarters full.
 */
#include "base/map.h"

#include "base/arena.h"
#include "base/assert.h"
#include "base/hash.h"

enum { MAP_SLOTS_MIN = 16 };
#define MAP_SLOTS_MAX (UINT32_C(1) << 31)

void map_init(Map *m)
{
	*m = (Map){0};
}

void map_deinit(Map *m)
{
	for (uint32_t i = 0; i < m->len; i++)
		mem_free((void *)(uintptr_t)m->entries[i].key.ptr);
	mem_free(m->entries);
	mem_free(m->slots);
	map_init(m);
}

static uint32_t map_first_slot(const Map *m, Str key)
{
	return (uint32_t)hash_bytes(key.ptr, key.len, hash_process_seed()) & (m->nslots - 1);
}

static MapEntry *map_find(const Map *m, Str key)
{
	if (m->nslots == 0)
		return NULL;
	for (uint32_t slot = map_first_slot(m, key); m->slots[slot] != 0; slot = (slot + 1) & (m->nslots - 1)) {
		MapEntry *entry = &m->entries[m->slots[slot] - 1];
		if (entry->key.ptr != NULL && str_eq(entry->key, key))
			return entry;
	}
	return NULL;
}

static void map_link(Map *m, uint32_t index)
{
	uint32_t slot = map_first_slot(m, m->entries[index].key);
	while (m->slots[slot] != 0)
		slot = (slot + 1) & (m->nslots - 1);
	m->slots[slot] = index + 1;
}

/* Room for one entry more: without the removed entries, with twice the slots when those that live fill half. */
static void map_rebuild(Map *m)
{
	uint32_t nslots = m->nslots ? m->nslots : MAP_SLOTS_MIN;
	if (m->live + 1 > nslots / 2) {
		ASSERT(nslots < MAP_SLOTS_MAX);
		nslots *= 2;
	}
	uint32_t live = 0;
	for (uint32_t i = 0; i < m->len; i++)
		if (m->entries[i].key.ptr != NULL)
			m->entries[live++] = m->entries[i];
	m->len = live;
	m->cap = nslots / 4 * 3;
	m->entries = mem_realloc(m->entries, (size_t)m->cap * sizeof *m->entries);
	mem_free(m->slots);
	m->slots = MEM_ARRAY(uint32_t, nslots);
	m->nslots = nslots;
	for (uint32_t i = 0; i < m->len; i++)
		map_link(m, i);
}

void *map_get(const Map *m, Str key)
{
	const MapEntry *entry = map_find(m, key);
	return entry != NULL ? entry->value : NULL;
}

bool map_has(const Map *m, Str key)
{
	return map_find(m, key) != NULL;
}

void *map_put(Map *m, Str key, void *value)
{
	MapEntry *entry = map_find(m, key);
	if (entry != NULL) {
		void *old = entry->value;
		entry->value = value;
		return old;
	}
	if (m->len == m->cap)
		map_rebuild(m);
	m->entries[m->len] = (MapEntry){{mem_cstr(key), key.len}, value};
	map_link(m, m->len);
	m->len++;
	m->live++;
	return NULL;
}

void *map_remove(Map *m, Str key)
{
	MapEntry *entry = map_find(m, key);
	if (entry == NULL)
		return NULL;
	void *old = entry->value;
	mem_free((void *)(uintptr_t)entry->key.ptr);
	*entry = (MapEntry){{NULL, 0}, NULL};
	m->live--;
	return old;
}

MapEntry *map_next(const Map *m, uint32_t *it)
{
	while (*it < m->len) {
		MapEntry *entry = &m->entries[(*it)++];
		if (entry->key.ptr != NULL)
			return entry;
	}
	return NULL;
}
