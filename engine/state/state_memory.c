/*
 * engine/state/state_memory.c: tables without a file, for snapshots.
 *
 * A private Store holds one table, has no connection and never seals: all parts are complete, so nothing is ever looked
 * for in a file. What was changed stays in the list of changes, a pointer per entry, until the table is closed.
 */
#include "engine/state/state_open.h"

bool state_open_memory(const StateSpec *spec, StateTable **out, Err *err)
{
	(void)err;
	ASSERT(!spec->rows);
	ASSERT(spec->kind == STATE_HASH || spec->prefix_len == 0);
	Store *store = MEM_NEW(Store);
	map_init(&store->files);
	store->epoch = 1;
	store->hash_seed = hash_process_seed();
	TableFile *f = state_open_file(store, spec->name);
	f->kind = spec->kind;
	f->prefix_len = spec->prefix_len;
	f->table = table_new(store, f, spec->unit);
	*out = f->table;
	return true;
}

void state_close_memory(StateTable *t)
{
	Store *store = t->store;
	TableFile *f = t->file;
	ASSERT(store->path == NULL && store->cursors == 0);
	table_free(t);
	map_deinit(&store->files);
	arena_close(f->arena);
	mem_free(store->changed.items);
	mem_free(store);
}
