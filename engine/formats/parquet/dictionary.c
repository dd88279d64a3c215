/*
 * engine/formats/parquet/dictionary.c: see dictionary.h. Open addressing; a slot holds the entry's number + 1 and some
 * bits of its hash, so that most misses do not look at the value.
 */
#include "engine/formats/parquet/dictionary.h"

#include "base/arena.h"
#include "base/hash.h"
#include "engine/formats/parquet/hybrid.h"

enum { SLOTS_LEAST = 1024, LOOK_AT = 16384 };

typedef struct Slot {
	uint32_t entry; /* + 1; 0: free */
	uint32_t hash;
} Slot;

typedef struct Table {
	Slot *slots;
	uint32_t cap;
	uint32_t *at; /* of each entry in the page */
	uint32_t at_cap;
} Table;

static void grow(Table *t)
{
	uint32_t cap = t->cap * 2;
	Slot *slots = MEM_ARRAY(Slot, cap);
	for (uint32_t i = 0; i < t->cap; i++) {
		if (!t->slots[i].entry)
			continue;
		uint32_t at = t->slots[i].hash & (cap - 1);
		while (slots[at].entry)
			at = (at + 1) & (cap - 1);
		slots[at] = t->slots[i];
	}
	mem_free(t->slots);
	t->slots = slots;
	t->cap = cap;
}

static uint32_t hash_value(const char *p, uint32_t len, uint64_t seed)
{
	uint64_t v;
	if (len == 8) {
		memcpy(&v, p, 8);
		return (uint32_t)hash_mix(v ^ seed);
	}
	return (uint32_t)hash_bytes(p, len, seed);
}

static void add_entry(Dictionary *d, Table *t, const char *p, uint32_t len)
{
	if (d->n == t->at_cap) {
		t->at_cap = t->at_cap ? t->at_cap * 2 : 1024;
		t->at = mem_realloc(t->at, t->at_cap * sizeof *t->at);
	}
	t->at[d->n++] = (uint32_t)d->page.len;
	strbuf_put(&d->page, p, len);
}

/* The whole PLAIN form is compared, lengths of strings too. */
static uint32_t find(Dictionary *d, Table *t, const char *p, uint32_t len, uint32_t hash)
{
	uint32_t at = hash & (t->cap - 1);
	for (; t->slots[at].entry; at = (at + 1) & (t->cap - 1)) {
		if (t->slots[at].hash != hash)
			continue;
		uint32_t e = t->slots[at].entry - 1, from = t->at[e];
		uint32_t to = e + 1 < d->n ? t->at[e + 1] : (uint32_t)d->page.len;
		if (to - from == len && memcmp(d->page.ptr + from, p, len) == 0)
			return e;
	}
	t->slots[at] = (Slot){d->n + 1, hash};
	add_entry(d, t, p, len);
	if (d->n * 2 > t->cap)
		grow(t);
	return d->n - 1;
}

bool dictionary_make(Dictionary *d, Str values, uint32_t nvalues, uint32_t width, size_t most_bytes)
{
	*d = (Dictionary){.index = MEM_ARRAY(uint32_t, nvalues + 1)};
	strbuf_init(&d->page);
	Table t = {.slots = MEM_ARRAY(Slot, SLOTS_LEAST), .cap = SLOTS_LEAST};
	uint64_t seed = hash_process_seed();
	const char *p = values.ptr;
	bool ok = nvalues > 0;
	for (uint32_t i = 0; ok && i < nvalues; i++) {
		uint32_t len = width;
		if (!width) {
			memcpy(&len, p, sizeof len);
			len += (uint32_t)sizeof len;
		}
		d->index[i] = find(d, &t, p, len, hash_value(p, len, seed));
		p += len;
		ok = d->page.len <= most_bytes;
		if (i == LOOK_AT) /* most values are new: it will not pay */
			ok = ok && d->page.len + 2 * (size_t)i < (size_t)(p - values.ptr);
	}
	ok = ok && d->page.len + (size_t)nvalues * hybrid_width(d->n - 1) / 8 < values.len;
	mem_free(t.slots);
	mem_free(t.at);
	return ok;
}

void dictionary_free(Dictionary *d)
{
	strbuf_deinit(&d->page);
	mem_free(d->index);
	d->index = NULL;
}
