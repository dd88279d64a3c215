/*
 * engine/state/state.c: what operators call: get, edit, put, delete. Opening a table is in state_open.c, scans in
 * state_scan.c.
 */
#include "engine/state/table.h"

#include "engine/state/store_internal.h"

uint64_t state_hash(Str key)
{
	return entry_hash(key, hash_process_seed());
}

static inline void state_use(Entry *e)
{
	if (!(e->flags & ENTRY_USED))
		e->flags |= ENTRY_USED;
}

/* A live value that was deleted, or is made for the first time: zeroes of new_len bytes. */
static void *state_revive(StateTable *t, Entry *e, uint32_t new_len)
{
	char *value = entry_resize(&t->slab, e, new_len);
	memset(value, 0, new_len);
	e->flags &= ~(unsigned)ENTRY_DELETED & 31u;
	table_touch(t, e);
	t->parts[e->part].rows++;
	return value;
}

const void *state_get(StateTable *t, Str key, uint32_t *len)
{
	Entry *e = table_fetch(t, key, table_hash(t, key));
	if (!e || !entry_live(e))
		return NULL;
	state_use(e);
	if (len)
		*len = e->vlen;
	return entry_value(e);
}

bool state_may_have(const StateTable *t, Str key)
{
	uint64_t hash = table_hash(t, key);
	const Entry *e = table_find(t, key, hash);
	return e ? entry_live(e) : t->cold > 0 && table_maybe_stored(t, key, hash, part_find(t, key));
}

void *state_edit(StateTable *t, Str key, uint32_t new_len, uint32_t *len, bool *created)
{
	uint64_t hash = table_hash(t, key);
	Entry *e = table_fetch(t, key, hash);
	bool made = !e || !entry_live(e);
	void *value;
	if (!e) {
		e = table_create(t, key, hash, new_len, true);
		value = entry_place(e);
	} else if (made) {
		value = state_revive(t, e, new_len);
	} else {
		table_touch(t, e);
		value = entry_value(e);
	}
	state_use(e);
	if (len)
		*len = e->vlen;
	if (created)
		*created = made;
	return value;
}

void *state_put(StateTable *t, Str key, Str value)
{
	uint64_t hash = table_hash(t, key);
	Entry *e = table_find(t, key, hash);
	char *place;
	if (!e) {
		/* The old value is of no interest: the file is not read. */
		bool known_absent = t->cold == 0 || !table_maybe_stored(t, key, hash, part_find(t, key));
		e = table_create(t, key, hash, value.len, known_absent);
		/* Nor will it be soon, perhaps: the first to go, unless it is asked for. */
		e->flags &= ~(unsigned)ENTRY_USED & 31u;
		place = entry_place(e);
	} else if (!entry_live(e)) {
		place = state_revive(t, e, value.len);
	} else {
		table_touch(t, e);
		place = value.len == e->vlen ? entry_value(e) : NULL;
		if (!place) {
			/* The new value may be part of the old one, which resizing frees. */
			strbuf_clear(&t->scratch);
			strbuf_put_str(&t->scratch, value);
			place = entry_resize(&t->slab, e, value.len);
			value = strbuf_str(&t->scratch);
		}
		state_use(e);
	}
	if (value.len)
		memmove(place, value.ptr, value.len);
	return place;
}

bool state_del(StateTable *t, Str key)
{
	Entry *e = table_fetch(t, key, table_hash(t, key));
	if (!e || !entry_live(e))
		return false;
	table_touch(t, e);
	e->flags |= ENTRY_DELETED;
	t->parts[e->part].rows--;
	return true;
}

void state_del_range(StateTable *t, Str from, Str to)
{
	if (t->kind == STATE_ORDERED) {
		if (!from.ptr || !to.ptr || str_cmp(from, to) < 0)
			table_cut_range(t, from, to);
		return;
	}
	ASSERT(from.len == t->prefix_len);
	table_cut_part(t, from);
}

int64_t state_rows(const StateTable *t)
{
	int64_t rows = 0;
	for (uint32_t i = 0; i < t->nparts; i++)
		rows += t->parts[i].used ? t->parts[i].rows : 0;
	return rows > 0 ? rows : 0;
}

int64_t state_bytes(const StateTable *t)
{
	return table_bytes(t);
}

void state_beside(StateTable *t, int64_t bytes)
{
	t->beside_bytes = bytes;
}

Str state_name(const StateTable *t)
{
	return t->file->name;
}
