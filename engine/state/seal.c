/*
 * engine/state/seal.c: freezing an epoch, and letting go of it when it has landed.
 *
 * Sealing copies each changed entry's key and value once, and nothing else: entries stay where they are, and the
 * running epoch's number goes up, so that what was current is now one behind: sealed. Dropping the sealed layer removes
 * its tombstones.
 */
#include "engine/state/seal.h"

#include "engine/state/reader.h"
#include "engine/state/state_open.h"
#include "engine/state/writer.h"

enum {
	SEAL_CHANGED_KEPT = 16384, /* entries; a longer list is given back */
	SEAL_PIECE = 65536,
};

/* Where the copies go: one behind the other, in pieces of the arena. */
typedef struct SealRoom {
	char *at;
	size_t left;
} SealRoom;

static char *seal_room(SealRoom *room, Arena *arena, size_t n)
{
	if (n > room->left || !room->at) {
		if (n > SEAL_PIECE / 4)
			return arena_alloc(arena, n);
		*room = (SealRoom){arena_alloc(arena, SEAL_PIECE), SEAL_PIECE};
	}
	char *p = room->at;
	room->at += n;
	room->left -= n;
	return p;
}

static void seal_entry(StateTable *t, const Entry *e, SealRoom *room, SealedEntry *out)
{
	bool live = entry_live(e);
	Str key = entry_key(e);
	char *bytes = seal_room(room, t->store->seal_arena, (size_t)e->klen + (live ? e->vlen : 0));
	memcpy(bytes, key.ptr, key.len);
	if (live && e->vlen)
		memcpy(bytes + key.len, entry_value(e), e->vlen);
	*out = (SealedEntry){
	    .order = t->kind == STATE_ORDERED ? e->hash : entry_order(key),
	    .bytes = bytes,
	    .klen = e->klen,
	    .vlen = live ? e->vlen : SEALED_DELETED,
	};
}

static void seal_table(StateTable *t, Epoch *epoch, TableSeal *out)
{
	Arena *arena = t->store->seal_arena;
	*out = (TableSeal){.file = t->file, .cuts = cuts_copy(&t->cuts, arena), .ncuts = t->cuts.n};
	out->entries = ARENA_ARRAY(arena, SealedEntry, t->nchanged);
	SealRoom room = {0};
	for (uint32_t i = 0; i < t->nchanged; i++) {
		Entry *e = t->changed[i];
		if (i + 4 < t->nchanged)
			__builtin_prefetch(t->changed[i + 4]);
		if (e->flags & ENTRY_UNLINKED) {
			entry_free(&t->slab, e);
			continue;
		}
		if (!entry_live(e) && (e->flags & ENTRY_NEW)) {
			/* Made and deleted since the last seal: nobody has to know. */
			e->epoch = ENTRY_CLEAN;
			table_remove(t, e);
			continue;
		}
		if (e->flags & ENTRY_NEW) {
			e->flags &= ~(unsigned)ENTRY_NEW & 31u;
			Part *p = &t->parts[e->part];
			if (!p->complete)
				part_add_filter(t, p, t->kind == STATE_HASH ? e->hash : entry_hash(entry_key(e), t->hash_seed));
		} else if (entry_live(e) && !t->parts[e->part].complete) {
			/* Put without looking into the file: the key may be new to it. */
			part_add_filter(t, &t->parts[e->part],
			                t->kind == STATE_HASH ? e->hash : entry_hash(entry_key(e), t->hash_seed));
		}
		seal_entry(t, e, &room, &out->entries[out->n]);
		epoch->bytes += (int64_t)sizeof(SealedEntry) + e->klen + e->vlen;
		out->n++;
	}
	epoch->entries += out->n + out->ncuts;
	if (t->cap_changed > SEAL_CHANGED_KEPT) {
		mem_free(t->changed);
		t->changed = NULL;
		t->cap_changed = 0;
	}
	t->nchanged = 0;
	t->changed_bytes = 0;
	cuts_clear(&t->cuts);
	t->sealed = out;
}

void seal_epoch(Store *store)
{
	ASSERT(!store->sealed);
	Arena *arena = store->seal_arena;
	Epoch *epoch = ARENA_NEW(arena, Epoch);
	epoch->number = ++store->sealed_epoch;
	epoch->creates = arena_copy(arena, store->creates.items, store->creates.len * sizeof(TableFile *));
	epoch->ncreates = store->creates.len;
	epoch->drops = arena_copy(arena, store->drops.items, store->drops.len * sizeof(TableFile *));
	epoch->ndrops = store->drops.len;
	epoch->renames = arena_copy(arena, store->renames.items, store->renames.len * sizeof(TableFile *));
	epoch->nrenames = store->renames.len;
	for (uint32_t i = 0; i < store->creates.len; i++)
		store->creates.items[i]->made = epoch->number;
	store->creates.len = store->drops.len = store->renames.len = 0;
	epoch->tables = ARENA_ARRAY_ZERO(arena, TableSeal, store->changed.len);
	for (uint32_t i = 0; i < store->changed.len; i++) {
		StateTable *t = store->changed.items[i];
		t->listed = false;
		if (t->nchanged > 0 || t->cuts.n > 0)
			seal_table(t, epoch, &epoch->tables[epoch->ntables++]);
	}
	store->changed.len = 0;
	store->epoch++;
	store->sealed = epoch;
	store->sealed_bytes = epoch->bytes;
}

/* Tombstones of the epoch go, unless the key was changed again. Found by key: a range may have taken the entry
 * meanwhile. */
static void seal_drop_table(Store *store, const TableSeal *s)
{
	StateTable *t = s->file->table;
	if (!t || t->sealed != s)
		return;
	t->sealed = NULL;
	for (uint32_t i = 0; i < s->n; i++) {
		if (s->entries[i].vlen != SEALED_DELETED)
			continue;
		Str key = sealed_key(&s->entries[i]);
		Entry *e = table_find(t, key, table_hash(t, key));
		if (!e || entry_live(e) || e->epoch + 1 != store->epoch)
			continue;
		table_remove(t, e);
	}
}

void seal_forget(Store *store)
{
	if (!store->sealed)
		return;
	for (uint32_t i = 0; i < store->sealed->ndrops; i++)
		state_open_free_file(store->sealed->drops[i]);
	store->sealed = NULL;
	arena_reset(store->seal_arena);
}

bool seal_drop_landed(Store *store)
{
	if (!store->sealed || writer_landed(store->writer) < store->sealed->number)
		return false;
	reader_release(store);
	store->evict_retry = 0;
	for (uint32_t i = 0; i < store->sealed->ntables; i++)
		seal_drop_table(store, &store->sealed->tables[i]);
	seal_forget(store);
	return true;
}
