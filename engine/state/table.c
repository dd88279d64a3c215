/*
 * engine/state/table.c: entries of one table in RAM: found, fetched from the file, made, marked, removed.
 *
 * The rule behind all of it: what RAM has is the newest. An entry that was changed since the file's snapshot stays in
 * RAM until the snapshot has the change; a deletion is a tombstone in its place. So a reader looks in RAM first, and
 * goes to the file only for what a part may have let go.
 */
#include "engine/state/table.h"

#include "engine/state/reader.h"

enum { TABLE_POINT_DELETES_MAX = 16 }; /* a smaller range is deleted key by key */

StateTable *table_new(Store *store, TableFile *file, uint32_t unit)
{
	StateTable *t = MEM_NEW(StateTable);
	t->store = store;
	t->epoch = &store->epoch;
	t->file = file;
	t->unit = unit;
	t->kind = file->kind;
	t->prefix_len = file->kind == STATE_HASH ? file->prefix_len : 0;
	t->hash_seed = store->hash_seed;
	hashmap_init(&t->map);
	if (t->kind == STATE_ORDERED)
		ordered_init(&t->tree);
	slab_init(&t->slab);
	cuts_init(&t->cuts);
	strbuf_init(&t->hand_key);
	strbuf_init(&t->scratch);
	if (t->prefix_len == 0)
		part_need(t, STR_EMPTY);
	return t;
}

static void table_clear(StateTable *t)
{
	part_free_all(t);
	hashmap_deinit(&t->map);
	if (t->kind == STATE_ORDERED)
		ordered_deinit(&t->tree);
	slab_deinit(&t->slab);
	cuts_clear(&t->cuts);
	t->nchanged = 0;
	t->changed_bytes = 0;
	t->hand = 0;
	strbuf_clear(&t->hand_key);
}

void table_reset(StateTable *t)
{
	table_clear(t);
	if (t->kind == STATE_ORDERED)
		ordered_init(&t->tree);
	if (t->prefix_len == 0)
		part_need(t, STR_EMPTY);
}

void table_free(StateTable *t)
{
	table_clear(t);
	cuts_deinit(&t->cuts);
	mem_free(t->changed);
	strbuf_deinit(&t->hand_key);
	strbuf_deinit(&t->scratch);
	mem_free(t);
}

int64_t table_bytes(const StateTable *t)
{
	return t->slab.used + hashmap_bytes(&t->map) + (t->kind == STATE_ORDERED ? t->tree.bytes : 0) + t->part_bytes +
	       t->beside_bytes + (int64_t)(t->cap_parts * sizeof *t->parts) +
	       (int64_t)(t->cap_changed * sizeof *t->changed) +
	       (t->part_slots ? (int64_t)((t->part_mask + 1) * sizeof *t->part_slots) : 0);
}

uint64_t table_hash(const StateTable *t, Str key)
{
	return t->kind == STATE_HASH ? entry_hash(key, t->hash_seed) : entry_order(key);
}

Entry *table_find(const StateTable *t, Str key, uint64_t hash)
{
	return t->kind == STATE_HASH ? hashmap_find(&t->map, key, hash) : ordered_find(&t->tree, key);
}

bool table_maybe_stored(const StateTable *t, Str key, uint64_t hash, const Part *p)
{
	if (!p || p->complete)
		return false;
	if (p->filter && !bloom_may_have(p->filter, t->kind == STATE_HASH ? hash : entry_hash(key, t->hash_seed)))
		return false;
	if (t->kind == STATE_HASH)
		return true; /* a part that was cut is a new, complete one */
	return !cuts_have(t->cuts.items, t->cuts.n, key) &&
	       !(t->sealed && cuts_have(t->sealed->cuts, t->sealed->ncuts, key));
}

Entry *table_fetch(StateTable *t, Str key, uint64_t hash)
{
	Entry *e = table_find(t, key, hash);
	if (e || t->cold == 0 || !table_maybe_stored(t, key, hash, part_find(t, key)))
		return e;
	if (!reader_get(t->store, t->file, key, &t->scratch))
		return NULL;
	t->store->reloaded++;
	return table_load_entry(t, key, hash, strbuf_str(&t->scratch));
}

Entry *table_add(StateTable *t, Str key, uint64_t hash, uint32_t vlen)
{
	ASSERT(key.len <= ENTRY_KEY_MAX && vlen <= ENTRY_VALUE_MAX);
	Part *p = part_need(t, key);
	Entry *e = entry_new(&t->slab, key, hash, vlen);
	part_link(t, p, e);
	if (t->kind == STATE_HASH)
		hashmap_insert(&t->map, e);
	else
		ordered_insert(&t->tree, e);
	return e;
}

Entry *table_load_entry(StateTable *t, Str key, uint64_t hash, Str value)
{
	Entry *e = table_add(t, key, hash, value.len);
	if (value.len)
		memcpy(entry_place(e), value.ptr, value.len);
	e->flags |= ENTRY_USED;
	return e;
}

Entry *table_create(StateTable *t, Str key, uint64_t hash, uint32_t vlen, bool known_absent)
{
	Entry *e = table_add(t, key, hash, vlen);
	memset(entry_place(e), 0, vlen);
	e->flags |= ENTRY_USED | (known_absent ? (unsigned)ENTRY_NEW : 0u);
	table_touch_slow(t, e);
	/* Else it is taken for one that the file has: the filter is wrong about few. */
	t->parts[e->part].rows += known_absent;
	return e;
}

void table_unlink(StateTable *t, Entry *e)
{
	if (t->kind == STATE_HASH)
		hashmap_remove(&t->map, e);
	else
		ordered_remove(&t->tree, e);
	part_unlink(t, &t->parts[e->part], e);
	if (e->epoch == *t->epoch)
		e->flags |= ENTRY_UNLINKED;
	else
		entry_free(&t->slab, e);
}

void table_remove(StateTable *t, Entry *e)
{
	Part *p = &t->parts[e->part];
	table_unlink(t, e);
	if (t->prefix_len > 0 && p->n == 0 && p->complete)
		part_free(t, p);
}

void table_note_change(StateTable *t)
{
	if (t->listed)
		return;
	t->listed = true;
	store_table_push(&t->store->changed, t);
}

void table_touch_slow(StateTable *t, Entry *e)
{
	e->epoch = *t->epoch;
	if (t->nchanged == t->cap_changed) {
		t->cap_changed = t->cap_changed ? t->cap_changed * 2 : 16;
		t->changed = mem_realloc(t->changed, t->cap_changed * sizeof *t->changed);
	}
	t->changed[t->nchanged++] = e;
	t->changed_bytes += (int64_t)sizeof *e + e->klen + e->vlen;
	table_note_change(t);
}

void table_cut_part(StateTable *t, Str prefix)
{
	Part *p = part_find(t, prefix);
	if (!p)
		return;
	bool stored = !p->complete;
	for (uint32_t i = 0; i < p->n; i++) {
		Entry *e = p->entries[i];
		if (i + 8 < p->n)
			hashmap_prefetch(&t->map, p->entries[i + 8]->hash);
		if (i + 16 < p->n)
			__builtin_prefetch(p->entries[i + 16]);
		stored = stored || !(e->flags & ENTRY_NEW);
		hashmap_remove(&t->map, e);
		if (e->epoch == *t->epoch)
			e->flags |= ENTRY_UNLINKED;
		else
			entry_free(&t->slab, e);
	}
	if (stored) {
		StrBuf end;
		strbuf_init(&end);
		strbuf_put_str(&end, prefix);
		bool bounded = codec_prefix_end(&end);
		cuts_append(&t->cuts, prefix, bounded && prefix.len ? strbuf_str(&end) : (Str){0});
		strbuf_deinit(&end);
		table_note_change(t);
	}
	if (t->prefix_len > 0) {
		part_free(t, p);
		return;
	}
	/* The only part of its table: emptied. */
	t->cold -= !p->complete;
	t->part_bytes -= bloom_bytes(p->filter);
	bloom_close(p->filter);
	p->filter = NULL;
	p->complete = true;
	p->n = 0;
	p->rows = 0;
	p->serial = ++t->part_serial;
}

void table_cut_range(StateTable *t, Str from, Str to)
{
	Part *p = &t->parts[0];
	uint32_t stored = 0, n = 0, cap = 0;
	Entry **found = NULL;
	OrderedCursor c;
	for (Entry *e = from.ptr ? ordered_seek(&t->tree, from, false, &c) : ordered_first(&t->tree, &c); e;
	     e = ordered_next(&c)) {
		if (to.ptr && str_cmp(entry_key(e), to) >= 0)
			break;
		if (n == cap) {
			cap = cap ? cap * 2 : 64;
			found = mem_realloc(found, cap * sizeof *found);
		}
		found[n++] = e;
		stored += !(e->flags & ENTRY_NEW);
	}
	bool cut = !p->complete || stored > TABLE_POINT_DELETES_MAX;
	for (uint32_t i = 0; i < n; i++) {
		Entry *e = found[i];
		p->rows -= entry_live(e);
		if (!cut && !(e->flags & ENTRY_NEW)) {
			if (entry_live(e)) {
				table_touch(t, e);
				e->flags |= ENTRY_DELETED;
			}
		} else {
			table_unlink(t, e);
		}
	}
	mem_free(found);
	if (cut) {
		cuts_add(&t->cuts, from.ptr ? from : STR_EMPTY, to);
		table_note_change(t);
	}
}
