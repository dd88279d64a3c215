/*
 * engine/state/store_tables.c: which tables the file has.
 */
#include "engine/state/store.h"

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
