/*
 * engine/state/store_tables.c: which tables the file has.
 */
#include "engine/state/store.h"

#include "engine/state/snapshot_internal.h"
#include "engine/state/state_open.h"

bool store_drop_table(Store *store, Str name)
{
	TableFile *f = map_get(&store->files, name);
	if (!f)
		return false;
	ASSERT(!f->table);
	state_open_drop_file(store, f);
	return true;
}

void store_rename_table(Store *store, Str name, Str to, Str view)
{
	TableFile *f = map_get(&store->files, name);
	ASSERT(f && !f->table && store_file_landed(store, f) && !store->sealed && !map_get(&store->files, to));
	snapshot_name_moved(store, name);
	snapshot_name_moved(store, to);
	map_remove(&store->files, name);
	f->name = arena_str(f->arena, to);
	map_put(&store->files, f->name, f);
	f->was_view = f->sql_view;
	if (f->sql_view.ptr)
		state_open_name_view(store, f, view);
	store_file_push(&store->renames, f);
}

bool store_has_table(Store *store, Str name)
{
	const TableFile *f = map_get(&store->files, name);
	return f && f->made != 0;
}

uint32_t store_tables(Store *store, Arena *arena, Str **names)
{
	uint32_t n = 0;
	*names = ARENA_ARRAY(arena, Str, store->files.live);
	MapEntry *entry;
	for (uint32_t it = 0; (entry = map_next(&store->files, &it));) {
		if (((const TableFile *)entry->value)->made != 0)
			(*names)[n++] = arena_str(arena, entry->key);
	}
	return n;
}
