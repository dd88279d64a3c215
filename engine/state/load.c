/*
 * engine/state/load.c: the loading scan.
 *
 * What lies over the file is put over it here too, so a table may be loaded at any time: while an epoch is being
 * written, the sealed layer's ranges, deletions and values are applied to what the scan brought, and stay pinned in RAM
 * until it has landed.
 */
#include "engine/state/load.h"

#include "engine/state/reader.h"

enum {
	LOAD_FILTER_ROWS = 65536, /* first guess of how many rows are behind the memory bound */
	LOAD_FILTER_PART = 4096,  /* the same, of a part */
	LOAD_SMALL_PART = 64,     /* rows; smaller parts get no filter */
};

/* RAM of all tables but this one: it changes while this one loads. */
static int64_t load_other_bytes(const StateTable *t)
{
	int64_t bytes = 0;
	for (uint32_t i = 0; i < t->store->tables.len; i++) {
		if (t->store->tables.items[i] != t)
			bytes += table_bytes(t->store->tables.items[i]);
	}
	return bytes;
}

/* Unloaded rows of the part that the scan is in. Parts come one after another; most are small and need no filter. */
typedef struct Unloaded {
	uint64_t hashes[LOAD_SMALL_PART];
	uint32_t n;
} Unloaded;

static void load_unloaded(StateTable *t, Part *p, Unloaded *u, uint64_t hash)
{
	if (p->complete) {
		part_cool(t, p, t->prefix_len ? 0 : (uint64_t)p->rows + LOAD_FILTER_ROWS);
		u->n = 0;
	}
	if (!p->filter && u->n < LOAD_SMALL_PART)
		u->hashes[u->n++] = hash;
	else if (p->filter)
		part_add_filter(t, p, hash);
	if (!p->filter && u->n == LOAD_SMALL_PART) {
		part_open_filter(t, p, LOAD_FILTER_PART);
		for (uint32_t i = 0; i < u->n; i++)
			part_add_filter(t, p, u->hashes[i]);
	}
}

static void load_scan(StateTable *t)
{
	ReaderCursor c;
	Unloaded unloaded = {.n = 0};
	int64_t room = t->store->options.memory_bytes - load_other_bytes(t);
	bool full = false;
	reader_cursor_open(t->store, t->file, STR_EMPTY, (Str){0}, false, false, &c);
	while (reader_cursor_next(&c)) {
		if (c.key.len < t->prefix_len)
			continue; /* not ours; cannot be */
		full = full || table_bytes(t) > room;
		uint64_t hash = table_hash(t, c.key);
		if (!full)
			table_load_entry(t, c.key, hash, c.value)->flags &= ~(unsigned)ENTRY_USED & 31u;
		Part *p = part_need(t, c.key);
		p->rows++;
		if (full)
			load_unloaded(t, p, &unloaded, t->kind == STATE_HASH ? hash : entry_hash(c.key, t->hash_seed));
	}
	reader_cursor_close(&c);
	t->filter_added = 0;
}

/* A sealed range of an ordered table: out of RAM. For the file's rows the sealed ranges are asked. */
static void load_cut_range(StateTable *t, const Cut *cut)
{
	OrderedCursor c;
	Entry *e;
	while ((e = ordered_seek(&t->tree, cut->from, false, &c)) && (!cut->to.ptr || str_cmp(entry_key(e), cut->to) < 0)) {
		t->parts[0].rows--;
		table_unlink(t, e);
	}
}

static void load_sealed(StateTable *t, const TableSeal *seal)
{
	for (uint32_t i = 0; i < seal->ncuts; i++) {
		if (t->kind == STATE_HASH)
			table_cut_part(t, str_make(seal->cuts[i].from.ptr, t->prefix_len));
		else
			load_cut_range(t, &seal->cuts[i]);
	}
	cuts_clear(&t->cuts); /* noted as changes of the running epoch, but they are the sealed one's */
	ASSERT(t->nchanged == 0);
	t->sealed = seal;
	for (uint32_t i = 0; i < seal->n; i++) {
		const SealedEntry *from = &seal->entries[i];
		Str key = sealed_key(from);
		bool live = from->vlen != SEALED_DELETED;
		Str value = live ? sealed_value(from) : STR_EMPTY;
		uint64_t hash = table_hash(t, key);
		Entry *e = table_find(t, key, hash);
		bool was = e ? entry_live(e) : table_maybe_stored(t, key, hash, part_find(t, key));
		if (!e) {
			e = table_add(t, key, hash, value.len);
		} else {
			entry_resize(&t->slab, e, value.len);
		}
		Part *p = &t->parts[e->part];
		e->epoch = *t->epoch - 1;
		p->rows += (live ? 1 : 0) - (was ? 1 : 0);
		if (live) {
			if (value.len)
				memcpy(entry_value(e), value.ptr, value.len);
			e->flags &= ~(unsigned)ENTRY_DELETED & 31u;
			part_add_filter(t, p, t->kind == STATE_HASH ? hash : entry_hash(key, t->hash_seed));
		} else {
			e->flags |= ENTRY_DELETED;
		}
	}
}

bool load_table(StateTable *t, Err *err)
{
	Store *store = t->store;
	load_scan(t);
	if (store->sealed) {
		for (uint32_t i = 0; i < store->sealed->ntables; i++) {
			if (store->sealed->tables[i].file == t->file)
				load_sealed(t, &store->sealed->tables[i]);
		}
	}
	return store_check(store, err);
}

bool load_filters(StateTable *t, Err *err)
{
	for (uint32_t i = 0; i < t->nparts; i++) {
		Part *p = &t->parts[i];
		if (!p->used || p->complete)
			continue;
		t->part_bytes -= bloom_bytes(p->filter);
		bloom_close(p->filter);
		p->filter = NULL;
		p->complete = true;
		t->cold--;
		part_cool(t, p, (uint64_t)(p->rows > 0 ? p->rows : 0));
	}
	ReaderCursor c;
	reader_cursor_open(t->store, t->file, STR_EMPTY, (Str){0}, false, true, &c);
	while (reader_cursor_next(&c)) {
		Part *p = c.key.len >= t->prefix_len ? part_find(t, c.key) : NULL;
		if (p && !p->complete)
			part_add_filter(t, p, entry_hash(c.key, t->hash_seed));
	}
	reader_cursor_close(&c);
	t->filter_added = 0;
	return store_check(t->store, err);
}
