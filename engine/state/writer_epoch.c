/*
 * engine/state/writer_epoch.c: one epoch as one transaction.
 *
 * Order: tables renamed, dropped, made; then per table the deleted ranges, then its entries sorted by key, for a b-tree
 * takes sorted changes five to ten times faster. The epoch's number goes in with them.
 */
#include "engine/state/writer_internal.h"

#include <stdlib.h>

#include "engine/state/rows.h"

void writer_epoch_open(Writer *w)
{
	bool found;
	w->scratch = arena_open("writer", 0);
	db_int(w->db, "PRAGMA data_version", &w->data_version, &found, NULL);
}

static void writer_epoch_forget(TableFile *f)
{
	sqlite3_finalize(f->put);
	sqlite3_finalize(f->del);
	sqlite3_finalize(f->cut);
	sqlite3_finalize(f->cut_end);
	f->put = f->del = f->cut = f->cut_end = NULL;
}

void writer_epoch_close(Writer *w)
{
	/* Statements of all tables: those of dropped ones are gone already. */
	sqlite3_stmt *stmt;
	while ((stmt = sqlite3_next_stmt(w->db, NULL)))
		sqlite3_finalize(stmt);
	arena_close(w->scratch);
}

/* Steps a statement that returns nothing, and makes it ready again. */
static bool writer_epoch_run(Writer *w, sqlite3_stmt *stmt, Err *err)
{
	int rc = sqlite3_step(stmt);
	if (rc != SQLITE_DONE)
		db_error(w->db, rc, "writing", err);
	sqlite3_reset(stmt);
	return rc == SQLITE_DONE;
}

static bool writer_epoch_prepare_put(Writer *w, TableFile *f, Err *err)
{
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "REPLACE INTO ");
	db_put_name(&sql, f->sql_table);
	if (!f->rows.names) {
		strbuf_puts(&sql, "(k, v) VALUES (?1, ?2)");
	} else {
		strbuf_puts(&sql, " VALUES (?1");
		for (uint32_t c = 2; c <= rows_width(&f->rows); c++)
			strbuf_printf(&sql, ", ?%u", c);
		strbuf_putc(&sql, ')');
	}
	bool ok = db_prepare(w->db, strbuf_cstr(&sql), &f->put, err);
	strbuf_deinit(&sql);
	return ok;
}

/* The key column is called k$ beside typed columns, else k. */
static bool writer_epoch_prepare_delete(Writer *w, TableFile *f, const char *op, bool bounded, sqlite3_stmt **stmt,
                                        Err *err)
{
	const char *k = f->rows.names ? "\"k$\"" : "k";
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "DELETE FROM ");
	db_put_name(&sql, f->sql_table);
	strbuf_printf(&sql, " WHERE %s %s ?1", k, op);
	if (bounded)
		strbuf_printf(&sql, " AND %s < ?2", k);
	bool ok = *stmt || db_prepare(w->db, strbuf_cstr(&sql), stmt, err);
	strbuf_deinit(&sql);
	return ok;
}

static bool writer_epoch_prepare_all(Writer *w, TableFile *f, Err *err)
{
	return f->put ||
	       (writer_epoch_prepare_delete(w, f, "=", false, &f->del, err) &&
	        writer_epoch_prepare_delete(w, f, ">=", true, &f->cut, err) &&
	        writer_epoch_prepare_delete(w, f, ">=", false, &f->cut_end, err) && writer_epoch_prepare_put(w, f, err));
}

/* The sort works on this: 16 bytes, of which the first 8 nearly always decide. */
typedef struct WriterPlace {
	uint64_t order;
	const SealedEntry *entry;
} WriterPlace;

static int writer_epoch_compare(const void *a, const void *b)
{
	const WriterPlace *x = a, *y = b;
	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return str_cmp(sealed_key(x->entry), sealed_key(y->entry));
}

/* The entries in key order, beside them: the engine may be reading the sealed layer. */
static WriterPlace *writer_epoch_sorted(const TableSeal *s)
{
	WriterPlace *sorted = mem_alloc(s->n * sizeof *sorted);
	bool in_order = true;
	for (uint32_t i = 0; i < s->n; i++) {
		sorted[i] = (WriterPlace){s->entries[i].order, &s->entries[i]};
		in_order = in_order && (i == 0 || writer_epoch_compare(&sorted[i - 1], &sorted[i]) < 0);
	}
	if (!in_order)
		qsort(sorted, s->n, sizeof *sorted, writer_epoch_compare);
	return sorted;
}

static bool writer_epoch_entry(Writer *w, TableFile *f, const SealedEntry *e, Err *err)
{
	bool live = e->vlen != SEALED_DELETED;
	sqlite3_stmt *stmt = live ? f->put : f->del;
	db_bind_blob(stmt, 1, sealed_key(e));
	if (live) {
		Str value = sealed_value(e);
		if (!f->rows.names) {
			db_bind_blob(stmt, 2, value);
		} else if (!rows_bind(stmt, 2, &f->rows, value, w->scratch)) {
			err_set(err, ERR_INTERNAL, "a row of table \"%.*s\" is not of its columns", STR_ARG(f->sql_table));
			err->flags = ERR_FATAL;
			return false;
		}
	}
	bool ok = writer_epoch_run(w, stmt, err);
	if (f->rows.names)
		arena_reset(w->scratch);
	return ok;
}

static bool writer_epoch_cut(Writer *w, TableFile *f, const Cut *cut, Err *err)
{
	sqlite3_stmt *stmt = cut->to.ptr ? f->cut : f->cut_end;
	db_bind_blob(stmt, 1, cut->from);
	if (cut->to.ptr)
		db_bind_blob(stmt, 2, cut->to);
	return writer_epoch_run(w, stmt, err);
}

static bool writer_epoch_table(Writer *w, const TableSeal *s, Err *err)
{
	if (!writer_epoch_prepare_all(w, s->file, err))
		return false;
	for (uint32_t i = 0; i < s->ncuts; i++) {
		if (!writer_epoch_cut(w, s->file, &s->cuts[i], err))
			return false;
	}
	if (s->n == 0)
		return true;
	WriterPlace *sorted = writer_epoch_sorted(s);
	bool ok = true;
	for (uint32_t i = 0; i < s->n && ok; i++)
		ok = writer_epoch_entry(w, s->file, sorted[i].entry, err);
	mem_free(sorted);
	return ok;
}

static bool writer_epoch_drop(Writer *w, TableFile *f, Err *err)
{
	StrBuf sql;
	strbuf_init(&sql);
	writer_epoch_forget(f);
	if (f->sql_view.ptr) {
		strbuf_puts(&sql, "DROP VIEW ");
		db_put_name(&sql, f->sql_view);
		strbuf_puts(&sql, "; ");
	}
	strbuf_puts(&sql, "DROP TABLE ");
	db_put_name(&sql, f->sql_table);
	strbuf_printf(&sql, "; DELETE FROM \"weir$tables\" WHERE id = %lld", (long long)f->id);
	bool ok = db_exec(w->db, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	return ok;
}

/* The view's statement, which the file has, with another name in it. */
static bool writer_epoch_rename_view(Writer *w, const TableFile *f, Err *err)
{
	StrBuf head, sql;
	strbuf_init(&head);
	strbuf_init(&sql);
	strbuf_puts(&head, "CREATE VIEW ");
	db_put_name(&head, f->was_view);
	strbuf_puts(&sql, "DROP VIEW ");
	db_put_name(&sql, f->was_view);
	strbuf_puts(&sql, "; CREATE VIEW ");
	db_put_name(&sql, f->sql_view);
	sqlite3_stmt *stmt = NULL;
	bool ok = db_prepare(w->db, "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?1", &stmt, err);
	if (ok) {
		sqlite3_bind_text(stmt, 1, f->was_view.ptr, (int)f->was_view.len, SQLITE_STATIC);
		int rc = sqlite3_step(stmt);
		Str was = rc == SQLITE_ROW ? db_column(stmt, 0) : STR_EMPTY;
		if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
			ok = db_error(w->db, rc, "reading", err);
		} else if (!str_starts(was, strbuf_str(&head))) {
			ok = err_set(err, ERR_STATE_CORRUPT, "view \"%.*s\" of the state file is not as weir made it",
			             STR_ARG(f->was_view));
			err->flags = ERR_FATAL;
		} else {
			strbuf_put_str(&sql, str_slice(was, (uint32_t)head.len, was.len));
		}
		sqlite3_finalize(stmt);
	}
	ok = ok && db_exec(w->db, strbuf_cstr(&sql), err);
	strbuf_deinit(&head);
	strbuf_deinit(&sql);
	return ok;
}

static bool writer_epoch_rename(Writer *w, const TableFile *f, Err *err)
{
	sqlite3_stmt *stmt = NULL;
	if ((f->sql_view.ptr && !writer_epoch_rename_view(w, f, err)) ||
	    !db_prepare(w->db, "UPDATE \"weir$tables\" SET name = ?2, sql_view = ?3 WHERE id = ?1", &stmt, err))
		return false;
	sqlite3_bind_int64(stmt, 1, f->id);
	sqlite3_bind_text(stmt, 2, f->name.ptr, (int)f->name.len, SQLITE_STATIC);
	if (f->sql_view.ptr)
		sqlite3_bind_text(stmt, 3, f->sql_view.ptr, (int)f->sql_view.len, SQLITE_STATIC);
	bool ok = writer_epoch_run(w, stmt, err);
	sqlite3_finalize(stmt);
	return ok;
}

static bool writer_epoch_create(Writer *w, TableFile *f, Err *err)
{
	StrBuf sql;
	strbuf_init(&sql);
	if (f->rows.names) {
		rows_create_sql(&f->rows, f->sql_columns, f->sql_table, f->sql_view, &sql);
	} else {
		strbuf_puts(&sql, "CREATE TABLE ");
		db_put_name(&sql, f->sql_table);
		strbuf_puts(&sql, "(k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID");
	}
	bool ok = db_exec(w->db, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	sqlite3_stmt *stmt = NULL;
	ok = ok && db_prepare(w->db,
	                      "INSERT INTO \"weir$tables\"(id, name, kind, prefix_len, sql_table, sql_view, columns) "
	                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	                      &stmt, err);
	if (!ok)
		return false;
	sqlite3_bind_int64(stmt, 1, f->id);
	sqlite3_bind_text(stmt, 2, f->name.ptr, (int)f->name.len, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 3, (int)f->kind);
	sqlite3_bind_int64(stmt, 4, f->prefix_len);
	sqlite3_bind_text(stmt, 5, f->sql_table.ptr, (int)f->sql_table.len, SQLITE_STATIC);
	if (f->sql_view.ptr)
		sqlite3_bind_text(stmt, 6, f->sql_view.ptr, (int)f->sql_view.len, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 7, f->columns.ptr, (int)f->columns.len, SQLITE_STATIC);
	ok = writer_epoch_run(w, stmt, err);
	sqlite3_finalize(stmt);
	return ok;
}

/* Another program has committed to the file since we opened it: what is in RAM is no longer what is in the file. */
static bool writer_epoch_guard(Writer *w, Err *err)
{
	int64_t version;
	bool found;
	if (!db_int(w->db, "PRAGMA data_version", &version, &found, err))
		return false;
	if (version == w->data_version)
		return true;
	err_set(err, ERR_STATE_LOCKED, "another program has written to state file \"%s\"", w->store->path);
	err_hint(err, "Stop the other program, then start weir again; it goes on from the file as it is.");
	err->flags = ERR_FATAL;
	return false;
}

static bool writer_epoch_body(Writer *w, const Epoch *e, Err *err)
{
	if (!writer_epoch_guard(w, err))
		return false;
	for (uint32_t i = 0; i < e->nrenames; i++) {
		if (!writer_epoch_rename(w, e->renames[i], err))
			return false;
	}
	for (uint32_t i = 0; i < e->ndrops; i++) {
		if (!writer_epoch_drop(w, e->drops[i], err))
			return false;
	}
	for (uint32_t i = 0; i < e->ncreates; i++) {
		if (!writer_epoch_create(w, e->creates[i], err))
			return false;
	}
	for (uint32_t i = 0; i < e->ntables; i++) {
		if (!writer_epoch_table(w, &e->tables[i], err))
			return false;
	}
	return db_execf(w->db, err, "UPDATE \"weir$meta\" SET value = %llu WHERE name = 'epoch'",
	                (unsigned long long)e->number);
}

bool writer_epoch_write(Writer *w, const Epoch *e, Err *err)
{
	uint32_t max_pages = atomic_load(&w->max_pages);
	if (max_pages != w->pages_limited) {
		db_execf(w->db, NULL, "PRAGMA max_page_count=%u", max_pages ? max_pages : UINT32_MAX - 1);
		w->pages_limited = max_pages;
	}
	bool ok = db_exec(w->db, "BEGIN IMMEDIATE", err) && writer_epoch_body(w, e, err);
	if (ok) {
		store_fail_point("before-sqlite-commit");
		if (atomic_load(&w->crashing))
			ok = err_set(err, ERR_STATE_IO, "the engine has crashed");
		else
			ok = db_exec(w->db, "COMMIT", err);
	}
	if (ok)
		store_fail_point("after-sqlite-commit");
	else if (!sqlite3_get_autocommit(w->db))
		sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
	return ok;
}
