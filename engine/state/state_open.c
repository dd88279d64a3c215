/*
 * engine/state/state_open.c: tables come and go: opened, dropped, closed.
 */
#include "engine/state/state_open.h"

#include "engine/state/load.h"
#include "engine/state/reader.h"
#include "engine/state/rows.h"
#include "engine/state/snapshot_internal.h"

enum { STATE_OPEN_COLUMNS_MAX = 2000 }; /* SQLite's own limit */

/* Is the name used by a table or view of SQLite's? Their names do not tell case. */
static bool state_open_name_taken(const Store *store, Str name)
{
	MapEntry *entry;
	for (uint32_t it = 0; (entry = map_next(&store->files, &it));) {
		const TableFile *f = entry->value;
		if (str_eq_nocase(f->sql_table, name) || (f->sql_view.ptr && str_eq_nocase(f->sql_view, name)))
			return true;
	}
	return false;
}

static bool state_open_name_reserved(Str name)
{
	return str_starts_nocase(name, STR("weir$")) || str_starts_nocase(name, STR("sqlite_"));
}

/* base || tail, with a number behind base where that is taken, and a line before it where it is SQLite's or ours. */
static Str state_open_free_name(const Store *store, TableFile *f, Str base, const char *tail)
{
	if (state_open_name_reserved(base))
		base = arena_printf(f->arena, "_%.*s", STR_ARG(base));
	Str name = arena_printf(f->arena, "%.*s%s", STR_ARG(base), tail);
	for (unsigned k = 2; state_open_name_taken(store, name); k++)
		name = arena_printf(f->arena, "%.*s_%u%s", STR_ARG(base), k, tail);
	return name;
}

void state_open_name_view(const Store *store, TableFile *f, Str view)
{
	f->sql_view = (Str){0}; /* its own name is free to it */
	f->sql_view = state_open_free_name(store, f, view, "");
}

TableFile *state_open_file(Store *store, Str name)
{
	Arena *arena = arena_open("table file", 0);
	TableFile *f = ARENA_NEW(arena, TableFile);
	f->arena = arena;
	f->name = arena_str(arena, name);
	f->columns = STR_EMPTY;
	map_put(&store->files, f->name, f);
	return f;
}

void state_open_free_file(TableFile *f)
{
	arena_close(f->arena);
}

static TableFile *state_open_make(Store *store, const StateSpec *spec, Str columns)
{
	TableFile *f = state_open_file(store, spec->name);
	f->id = store->next_id++;
	f->kind = spec->kind;
	f->prefix_len = spec->prefix_len;
	f->columns = arena_str(f->arena, columns);
	f->sql_table = spec->rows ? state_open_free_name(store, f, spec->rows->view_name, "$rows")
	                          : state_open_free_name(store, f, spec->name, "$state");
	if (spec->rows)
		state_open_name_view(store, f, spec->rows->view_name);
	snapshot_name_made(store, f->name);
	store_file_push(&store->creates, f);
	return f;
}

static bool state_open_check(const TableFile *f, const StateSpec *spec, Str columns, Err *err)
{
	if (f->kind == spec->kind && f->prefix_len == spec->prefix_len && str_eq(f->columns, columns))
		return true;
	err_set(err, ERR_STATE_FORMAT, "the stored table \"%.*s\" was made for another definition", STR_ARG(f->name));
	err_detail(err, "kind %d, prefix %u, columns (%.*s); wanted: kind %d, prefix %u, columns (%.*s)", (int)f->kind,
	           f->prefix_len, STR_ARG(f->columns), (int)spec->kind, spec->prefix_len, STR_ARG(columns));
	return err_hint(err, "Drop the stored table, so that it is built anew.");
}

bool state_open(Store *store, const StateSpec *spec, StateTable **out, Err *err)
{
	ASSERT(spec->kind == STATE_HASH || spec->prefix_len == 0);
	if (spec->rows && rows_width(spec->rows) > STATE_OPEN_COLUMNS_MAX)
		return err_set(err, ERR_NOT_SUPPORTED, "\"%.*s\" has too many columns to be stored",
		               STR_ARG(spec->rows->view_name)) ||
		       err_hint(err, "A stored view has up to %d columns; a nested one counts twice.",
		                STATE_OPEN_COLUMNS_MAX - 1);
	StrBuf columns;
	strbuf_init(&columns);
	strbuf_puts(&columns, "");
	if (spec->rows)
		rows_signature(spec->rows, &columns);
	TableFile *f = map_get(&store->files, spec->name);
	bool ok = !f || state_open_check(f, spec, strbuf_str(&columns), err);
	if (ok && !f)
		f = state_open_make(store, spec, strbuf_str(&columns));
	strbuf_deinit(&columns);
	if (!ok)
		return false;
	ASSERT(!f->table);
	if (spec->rows && !f->rows.names) {
		f->rows = rows_copy(spec->rows, f->arena);
		f->sql_columns = rows_columns(&f->rows, f->arena);
	}
	StateTable *t = table_new(store, f, spec->unit);
	store_table_push(&store->tables, t);
	t->place = store->tables.len - 1;
	f->table = t;
	if (!load_table(t, err)) {
		state_open_forget(t);
		return false;
	}
	*out = t;
	return true;
}

void state_open_forget(StateTable *t)
{
	Store *store = t->store;
	TableVec *tables = &store->tables;
	tables->items[t->place] = tables->items[--tables->len];
	tables->items[t->place]->place = t->place;
	TableVec *changed = &store->changed;
	for (uint32_t i = 0; t->listed && i < changed->len; i++) {
		if (changed->items[i] == t) {
			changed->items[i] = changed->items[--changed->len];
			break;
		}
	}
	t->file->table = NULL;
	table_free(t);
}

void state_close(StateTable *t)
{
	ASSERT(t->nchanged == 0 && t->cuts.n == 0);
	reader_forget(t->file);
	state_open_forget(t);
}

void state_open_drop_file(Store *store, TableFile *f)
{
	map_remove(&store->files, f->name);
	reader_forget(f);
	for (uint32_t i = 0; i < store->creates.len; i++) {
		if (store->creates.items[i] == f) {
			/* Never sealed: as if it had not been. */
			store->creates.items[i] = store->creates.items[--store->creates.len];
			state_open_free_file(f);
			return;
		}
	}
	store_file_push(&store->drops, f);
}

void state_drop(StateTable *t)
{
	Store *store = t->store;
	TableFile *f = t->file;
	state_open_forget(t);
	state_open_drop_file(store, f);
}
