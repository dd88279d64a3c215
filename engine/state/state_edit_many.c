/*
 * engine/state/state_edit_many.c: editing many keys at once: the hot path of aggregates.
 *
 * Rows go in blocks of 32: hash and fetch the slots, then the entries that the tags point at, then compare and answer;
 * so the cache misses of a block overlap. Keys that RAM does not have but the file may have are looked up before,
 * sorted.
 */
#include "engine/state/table.h"

#include <stdlib.h>

#include "engine/state/store_internal.h"

enum { EDIT_BLOCK = 32 };

typedef struct EditMiss {
	Str key;
	uint64_t hash;
} EditMiss;

static int state_edit_many_compare(const void *a, const void *b)
{
	return str_cmp(((const EditMiss *)a)->key, ((const EditMiss *)b)->key);
}

/* Brings in what the file has. Afterwards a key that is not in RAM is absent. */
static void state_edit_many_fetch(StateTable *t, const Str *keys, const uint64_t *hashes, uint32_t n)
{
	EditMiss *misses = NULL;
	uint32_t nmisses = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t hash = hashes && t->kind == STATE_HASH ? hashes[i] : table_hash(t, keys[i]);
		if (table_find(t, keys[i], hash) || !table_maybe_stored(t, keys[i], hash, part_find(t, keys[i])))
			continue;
		if (!misses)
			misses = mem_alloc(n * sizeof *misses);
		misses[nmisses++] = (EditMiss){keys[i], hash};
	}
	if (!misses)
		return;
	qsort(misses, nmisses, sizeof *misses, state_edit_many_compare);
	for (uint32_t i = 0; i < nmisses; i++) {
		if (i == 0 || !str_eq(misses[i].key, misses[i - 1].key))
			table_fetch(t, misses[i].key, misses[i].hash);
	}
	mem_free(misses);
}

/* An entry whose value has another length than all of its table's: the file is not what we wrote. */
static void *state_edit_many_damaged(StateTable *t, Entry *e, uint32_t new_len)
{
	Store *store = t->store;
	if (!store->read_failed) {
		store->read_failed = true;
		err_set(&store->read_err, ERR_STATE_CORRUPT, "a value of table \"%.*s\" has %u bytes instead of %u",
		        STR_ARG(t->file->name), e->vlen, new_len);
		store->read_err.flags = ERR_FATAL;
	}
	char *value = entry_resize(&t->slab, e, new_len);
	memset(value, 0, new_len);
	return value;
}

static inline void *state_edit_many_found(StateTable *t, Entry *e, uint32_t new_len, bool *created)
{
	*created = !entry_live(e);
	if (!(e->flags & ENTRY_USED))
		e->flags |= ENTRY_USED;
	table_touch(t, e);
	if (__builtin_expect(*created, 0)) {
		char *value = entry_resize(&t->slab, e, new_len);
		memset(value, 0, new_len);
		e->flags &= ~(unsigned)ENTRY_DELETED & 31u;
		t->parts[e->part].rows++;
		return value;
	}
	if (__builtin_expect(e->vlen != new_len, 0))
		return state_edit_many_damaged(t, e, new_len);
	return entry_value(e);
}

static void state_edit_many_block(StateTable *t, const Str *keys, const uint64_t *given, uint32_t n, uint32_t new_len,
                                  void **out, uint8_t *created)
{
	uint64_t hashes[EDIT_BLOCK];
	Entry *candidates[EDIT_BLOCK];
	bool hashed = t->kind == STATE_HASH;
	for (uint32_t i = 0; i < n; i++) {
		hashes[i] = !hashed ? entry_order(keys[i]) : given ? given[i] : entry_hash(keys[i], t->hash_seed);
		if (hashed)
			hashmap_prefetch(&t->map, hashes[i]);
	}
	for (uint32_t i = 0; i < n; i++)
		candidates[i] = hashed ? hashmap_candidate(&t->map, hashes[i]) : NULL;
	for (uint32_t i = 0; i < n; i++) {
		Entry *e = candidates[i];
		if (!e || e->hash != hashes[i] || !entry_is(e, keys[i]))
			e = table_find(t, keys[i], hashes[i]);
		bool made = true;
		if (e)
			out[i] = state_edit_many_found(t, e, new_len, &made);
		else
			out[i] = entry_place(table_create(t, keys[i], hashes[i], new_len, true));
		if (created)
			created[i] = made;
	}
}

void state_edit_many(StateTable *t, const Str *keys, const uint64_t *hashes, uint32_t n, uint32_t new_len, void **out,
                     uint8_t *created)
{
	if (t->cold > 0)
		state_edit_many_fetch(t, keys, hashes, n);
	for (uint32_t i = 0; i < n; i += EDIT_BLOCK) {
		uint32_t m = n - i < EDIT_BLOCK ? n - i : EDIT_BLOCK;
		state_edit_many_block(t, keys + i, hashes ? hashes + i : NULL, m, new_len, out + i,
		                      created ? created + i : NULL);
	}
}

void state_warm(StateTable *t, const Str *keys, uint32_t n)
{
	if (t->cold > 0)
		state_edit_many_fetch(t, keys, NULL, n);
}
