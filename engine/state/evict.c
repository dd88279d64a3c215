/*
 * engine/state/evict.c: a clock over the entries of each table.
 *
 * The hand clears the mark of an entry that was used since it passed, and takes out one that was not. Entries of the
 * upper layers are pinned. Tables take turns, so that none is emptied while another keeps its cold entries.
 */
#include "engine/state/evict.h"

#include "engine/state/load.h"

enum {
	EVICT_TURN = 4096,            /* entries looked at in one table before the next one has its turn */
	EVICT_TABLE_BYTES_MIN = 8192, /* smaller tables are left alone */
	EVICT_FILTER_SLACK = 65536,
	EVICT_RETRY_PART = 16,
};

/* Takes the entry out if it may go; returns whether it did. */
static bool evict_entry(StateTable *t, Entry *e)
{
	if (table_is_pinned(t, e) || !entry_live(e))
		return false;
	if (e->flags & ENTRY_USED) {
		e->flags &= ~(unsigned)ENTRY_USED & 31u;
		return false;
	}
	Part *p = &t->parts[e->part];
	if (p->complete)
		part_cool(t, p, (uint64_t)(p->rows > 0 ? p->rows : 0));
	table_unlink(t, e);
	return true;
}

static int64_t evict_hash(StateTable *t, uint32_t looks)
{
	int64_t evicted = 0;
	if (!t->map.mask)
		return 0;
	for (uint32_t i = 0; i < looks; i++) {
		uint64_t at = t->hand++ & t->map.mask;
		uint64_t ahead = t->map.slots[(at + 8) & t->map.mask];
		if (ahead > HASHMAP_REMOVED)
			__builtin_prefetch(hashmap_entry(ahead), 1);
		uint64_t slot = t->map.slots[at];
		if (slot > HASHMAP_REMOVED)
			evicted += evict_entry(t, hashmap_entry(slot));
	}
	return evicted;
}

static int64_t evict_ordered(StateTable *t, uint32_t looks)
{
	int64_t evicted = 0;
	OrderedCursor c;
	Entry *e = ordered_seek(&t->tree, strbuf_str(&t->hand_key), true, &c);
	for (uint32_t i = 0; i < looks; i++) {
		if (!e) {
			e = ordered_first(&t->tree, &c);
			if (!e)
				break;
		}
		strbuf_clear(&t->hand_key);
		strbuf_put_str(&t->hand_key, entry_key(e));
		if (evict_entry(t, e)) {
			evicted++;
			e = ordered_seek(&t->tree, strbuf_str(&t->hand_key), true, &c);
		} else {
			e = ordered_next(&c);
		}
	}
	return evicted;
}

/* A filter that has taken in many keys since it was made may be full of ones that are gone. */
static void evict_renew_filters(StateTable *t)
{
	if (t->cold == 0 || t->filter_added < EVICT_FILTER_SLACK ||
	    t->filter_added < 2 * (uint64_t)state_rows(t) + EVICT_FILTER_SLACK)
		return;
	Err err;
	if (!load_filters(t, &err)) {
		t->store->read_failed = true;
		t->store->read_err = err;
	}
}

void evict_to_bound(Store *store)
{
	/* The copy that the writer has counts, and the place of one that is to come. */
	int64_t total = store->sealed_bytes, looks_max = 0;
	for (uint32_t i = 0; i < store->tables.len; i++) {
		StateTable *t = store->tables.items[i];
		evict_renew_filters(t);
		total += table_bytes(t);
		looks_max += (int64_t)(t->kind == STATE_HASH ? t->map.mask + 1 : t->tree.count) + EVICT_TURN;
	}
	if (total < store->evict_retry) {
		store->ram_bytes = total;
		return;
	}
	/* Twice round at most: the first clears the marks. */
	looks_max *= 2;
	int64_t evicted = 0;
	while (total > store->options.memory_bytes && looks_max > 0) {
		StateTable *t = store->tables.items[store->evict_at++ % store->tables.len];
		int64_t before = table_bytes(t);
		looks_max -= EVICT_TURN;
		if (before < EVICT_TABLE_BYTES_MIN)
			continue;
		evicted += t->kind == STATE_HASH ? evict_hash(t, EVICT_TURN) : evict_ordered(t, EVICT_TURN);
		total += table_bytes(t) - before;
	}
	store->evicted += evicted;
	store->evict_retry = total > store->options.memory_bytes ? total + total / EVICT_RETRY_PART : 0;
	store->ram_bytes = total;
}
