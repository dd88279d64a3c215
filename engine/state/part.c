/*
 * engine/state/part.c: the parts of a table: one per key prefix, found through a small hash table of numbers.
 *
 * Part 0 of a table without prefix is always there and holds all entries.
 */
#include "engine/state/table.h"

enum { PART_FILTER_MIN = 64 }; /* rows; a smaller part has no filter */

static uint64_t part_hash(const StateTable *t, Str prefix)
{
	return entry_hash(prefix, t->hash_seed);
}

Part *part_find(const StateTable *t, Str key)
{
	if (t->prefix_len == 0)
		return &t->parts[0];
	DCHECK(key.len >= t->prefix_len);
	if (!t->part_slots)
		return NULL;
	Str prefix = {key.ptr, t->prefix_len};
	uint64_t hash = part_hash(t, prefix);
	for (uint32_t at = (uint32_t)hash & t->part_mask;; at = (at + 1) & t->part_mask) {
		uint32_t slot = t->part_slots[at];
		if (slot == 0)
			return NULL;
		Part *p = &t->parts[slot - 1];
		if (p->hash == hash && memcmp(p->prefix.ptr, prefix.ptr, prefix.len) == 0)
			return p;
	}
}

static void part_place(StateTable *t, uint32_t number)
{
	uint32_t at = (uint32_t)t->parts[number].hash & t->part_mask;
	while (t->part_slots[at])
		at = (at + 1) & t->part_mask;
	t->part_slots[at] = number + 1;
}

static void part_grow_slots(StateTable *t)
{
	uint32_t nslots = t->part_slots ? (t->part_mask + 1) * 2 : 16;
	mem_free(t->part_slots);
	t->part_slots = mem_alloc_zero(nslots * sizeof *t->part_slots);
	t->part_mask = nslots - 1;
	for (uint32_t i = 0; i < t->nparts; i++) {
		if (t->parts[i].used)
			part_place(t, i);
	}
}

/* A free place in the array: the numbers of freed parts are chained through n. */
static Part *part_take(StateTable *t)
{
	uint32_t number;
	if (t->free_part) {
		number = t->free_part - 1;
		t->free_part = t->parts[number].n;
	} else {
		if (t->nparts == t->cap_parts) {
			t->cap_parts = t->cap_parts ? t->cap_parts * 2 : 1;
			t->parts = mem_realloc(t->parts, t->cap_parts * sizeof *t->parts);
		}
		number = t->nparts++;
	}
	t->parts[number] = (Part){.used = true, .complete = true, .serial = ++t->part_serial};
	t->live_parts++;
	return &t->parts[number];
}

Part *part_need(StateTable *t, Str key)
{
	if (t->prefix_len == 0) {
		if (t->nparts == 0)
			part_take(t);
		return &t->parts[0];
	}
	Part *p = part_find(t, key);
	if (p)
		return p;
	p = part_take(t);
	char *copy = slab_alloc(&t->slab, t->prefix_len);
	memcpy(copy, key.ptr, t->prefix_len);
	p->prefix = (Str){copy, t->prefix_len};
	p->hash = part_hash(t, p->prefix);
	if (!t->part_slots || t->live_parts * 2 > t->part_mask + 1)
		part_grow_slots(t);
	else
		part_place(t, (uint32_t)(p - t->parts));
	return p;
}

void part_link(StateTable *t, Part *p, Entry *e)
{
	e->part = (uint32_t)(p - t->parts);
	if (t->kind != STATE_HASH)
		return;
	if (p->n == p->cap) {
		uint32_t cap = p->cap ? p->cap * 2 : 4;
		t->part_bytes += (int64_t)((cap - p->cap) * sizeof *p->entries);
		p->entries = mem_realloc(p->entries, cap * sizeof *p->entries);
		p->cap = cap;
	}
	e->pos = p->n;
	p->entries[p->n++] = e;
}

void part_unlink(StateTable *t, Part *p, Entry *e)
{
	if (t->kind != STATE_HASH)
		return;
	Entry *last = p->entries[--p->n];
	p->entries[e->pos] = last;
	last->pos = e->pos;
	if (p->n == 0 && p->cap > 4) {
		t->part_bytes -= (int64_t)(p->cap * sizeof *p->entries);
		mem_free(p->entries);
		p->entries = NULL;
		p->cap = 0;
	}
}

static void part_release(StateTable *t, Part *p)
{
	t->part_bytes -= (int64_t)(p->cap * sizeof *p->entries) + bloom_bytes(p->filter);
	mem_free(p->entries);
	bloom_close(p->filter);
	t->cold -= !p->complete;
}

void part_free(StateTable *t, Part *p)
{
	ASSERT(t->prefix_len > 0);
	uint32_t number = (uint32_t)(p - t->parts);
	part_release(t, p);
	slab_free(&t->slab, (void *)(uintptr_t)p->prefix.ptr, t->prefix_len);
	/* Out of the slots, moving back what was pushed on. */
	uint32_t at = (uint32_t)p->hash & t->part_mask;
	while (t->part_slots[at] != number + 1)
		at = (at + 1) & t->part_mask;
	for (uint32_t next = (at + 1) & t->part_mask; t->part_slots[next]; next = (next + 1) & t->part_mask) {
		uint32_t home = (uint32_t)t->parts[t->part_slots[next] - 1].hash & t->part_mask;
		if (((next - home) & t->part_mask) >= ((next - at) & t->part_mask)) {
			t->part_slots[at] = t->part_slots[next];
			at = next;
		}
	}
	t->part_slots[at] = 0;
	*p = (Part){.n = t->free_part};
	t->free_part = number + 1;
	t->live_parts--;
}

void part_add_filter(StateTable *t, Part *p, uint64_t hash)
{
	if (!p->filter) {
		t->filter_added++;
		return;
	}
	/* One that it has, or takes for another: again it would only fill it. */
	if (bloom_may_have(p->filter, hash))
		return;
	t->filter_added++;
	t->part_bytes -= bloom_bytes(p->filter);
	p->filter = bloom_add(p->filter, hash);
	t->part_bytes += bloom_bytes(p->filter);
}

void part_open_filter(StateTable *t, Part *p, uint64_t rows)
{
	p->filter = bloom_open(rows);
	t->part_bytes += bloom_bytes(p->filter);
	if (t->kind == STATE_HASH) {
		for (uint32_t i = 0; i < p->n; i++)
			part_add_filter(t, p, p->entries[i]->hash);
		return;
	}
	OrderedCursor c;
	for (Entry *e = ordered_first(&t->tree, &c); e; e = ordered_next(&c))
		part_add_filter(t, p, entry_hash(entry_key(e), t->hash_seed));
}

void part_cool(StateTable *t, Part *p, uint64_t rows)
{
	ASSERT(p->complete);
	p->complete = false;
	t->cold++;
	if (rows >= PART_FILTER_MIN)
		part_open_filter(t, p, rows + rows / 4);
}

void part_free_all(StateTable *t)
{
	for (uint32_t i = 0; i < t->nparts; i++) {
		if (t->parts[i].used)
			part_release(t, &t->parts[i]);
	}
	mem_free(t->parts);
	mem_free(t->part_slots);
	t->parts = NULL;
	t->part_slots = NULL;
	t->nparts = t->cap_parts = t->part_mask = t->live_parts = t->free_part = 0;
	t->part_bytes = 0;
	ASSERT(t->cold == 0);
	t->filter_added = 0;
}
