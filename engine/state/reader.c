/*
 * engine/state/reader.c: point look-ups and ordered scans of the file.
 *
 * Statements are kept with the table: one for look-ups, a few per shape of scan (with an upper bound or not, up or
 * down), since several scans of one table may be open at a time.
 */
#include "engine/state/reader.h"

#include "engine/state/rows.h"

enum { READER_CACHE_KB = 4096, READER_BOUNDED = 1, READER_DOWN = 2 };

bool reader_open(Store *store, Err *err)
{
	return db_open(store->path, DB_READER, &store->reader, err) &&
	       db_execf(store->reader, err, "PRAGMA cache_size=-%d", READER_CACHE_KB);
}

static void reader_fail(Store *store, int rc, const char *doing)
{
	if (store->read_failed)
		return;
	store->read_failed = true;
	db_error(store->reader, rc, doing, &store->read_err);
}

static void reader_damaged(Store *store, const TableFile *f)
{
	if (store->read_failed)
		return;
	store->read_failed = true;
	err_set(&store->read_err, ERR_STATE_CORRUPT, "a row of table \"%.*s\" in state file \"%s\" cannot be read",
	        STR_ARG(f->sql_table), store->path);
	err_hint(&store->read_err, "Restore a backup of the state file.");
	store->read_err.flags = ERR_FATAL;
}

void reader_forget(TableFile *f)
{
	sqlite3_finalize(f->get);
	f->get = NULL;
	for (unsigned shape = 0; shape < 4; shape++) {
		for (unsigned i = 0; i < TABLE_SCAN_POOL; i++) {
			sqlite3_finalize(f->scans[shape][i]);
			f->scans[shape][i] = NULL;
		}
	}
}

void reader_close(Store *store)
{
	if (!store->reader)
		return;
	reader_release(store);
	db_close(store->reader);
	store->reader = NULL;
}

void reader_release(Store *store)
{
	ASSERT(store->cursors == 0);
	if (!store->reader_begun)
		return;
	store->reader_begun = false;
	sqlite3_exec(store->reader, "ROLLBACK", NULL, NULL, NULL);
}

static bool reader_begin(Store *store)
{
	if (store->reader_begun)
		return true;
	int rc = sqlite3_exec(store->reader, "BEGIN", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		reader_fail(store, rc, "reading");
		return false;
	}
	store->reader_begun = true;
	return true;
}

/* SELECT <value columns or key> FROM table */
static void reader_select(const TableFile *f, bool with_key, bool with_value, StrBuf *sql)
{
	strbuf_puts(sql, "SELECT ");
	if (with_key)
		strbuf_puts(sql, f->rows.names ? "\"k$\"" : "k");
	if (with_value && !f->rows.names)
		strbuf_puts(sql, with_key ? ", v" : "v");
	for (uint32_t c = 0; with_value && c < f->rows.ncols; c++) {
		if (with_key || c)
			strbuf_puts(sql, ", ");
		db_put_name(sql, f->sql_columns[c].stored);
	}
	if (with_value && f->rows.names && f->rows.ncols == 0 && !with_key)
		strbuf_puts(sql, "1");
	strbuf_puts(sql, " FROM ");
	db_put_name(sql, f->sql_table);
}

static sqlite3_stmt *reader_prepare(Store *store, StrBuf *sql)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v3(store->reader, strbuf_cstr(sql), -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
	if (rc != SQLITE_OK)
		reader_fail(store, rc, "reading");
	return stmt;
}

static bool reader_value(Store *store, const TableFile *f, sqlite3_stmt *stmt, int first, StrBuf *value)
{
	strbuf_clear(value);
	if (!f->rows.names) {
		strbuf_put_str(value, db_column(stmt, first));
		return true;
	}
	bool ok = rows_read_bytes(stmt, first, &f->rows, value);
	if (!ok)
		reader_damaged(store, f);
	return ok;
}

bool reader_get(Store *store, TableFile *f, Str key, StrBuf *value)
{
	if (!store_file_landed(store, f) || !reader_begin(store))
		return false;
	if (!f->get) {
		StrBuf sql;
		strbuf_init(&sql);
		reader_select(f, false, true, &sql);
		strbuf_puts(&sql, f->rows.names ? " WHERE \"k$\" = ?1" : " WHERE k = ?1");
		f->get = reader_prepare(store, &sql);
		strbuf_deinit(&sql);
		if (!f->get)
			return false;
	}
	db_bind_blob(f->get, 1, key);
	int rc = sqlite3_step(f->get);
	bool found = rc == SQLITE_ROW && reader_value(store, f, f->get, 0, value);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		reader_fail(store, rc, "reading");
	sqlite3_reset(f->get);
	return found;
}

static sqlite3_stmt *reader_scan_prepare(Store *store, const TableFile *f, unsigned shape, bool keys_only)
{
	StrBuf sql;
	strbuf_init(&sql);
	const char *k = f->rows.names ? "\"k$\"" : "k";
	reader_select(f, true, !keys_only, &sql);
	strbuf_printf(&sql, " WHERE %s >= ?1", k);
	if (shape & READER_BOUNDED)
		strbuf_printf(&sql, " AND %s < ?2", k);
	strbuf_printf(&sql, " ORDER BY %s%s", k, shape & READER_DOWN ? " DESC" : "");
	sqlite3_stmt *stmt = reader_prepare(store, &sql);
	strbuf_deinit(&sql);
	return stmt;
}

void reader_cursor_open(Store *store, TableFile *f, Str from, Str to, bool reverse, bool keys_only, ReaderCursor *c)
{
	*c = (ReaderCursor){.store = store, .file = f, .pooled = !keys_only};
	strbuf_init(&c->from);
	strbuf_init(&c->to);
	strbuf_init(&c->value_buf);
	store->cursors++;
	if (!store_file_landed(store, f) || !reader_begin(store))
		return;
	c->shape = (to.ptr ? READER_BOUNDED : 0u) | (reverse ? READER_DOWN : 0u);
	for (unsigned i = 0; c->pooled && i < TABLE_SCAN_POOL && !c->stmt; i++) {
		c->stmt = f->scans[c->shape][i];
		f->scans[c->shape][i] = NULL;
	}
	if (!c->stmt)
		c->stmt = reader_scan_prepare(store, f, c->shape, keys_only);
	if (!c->stmt)
		return;
	strbuf_put_str(&c->from, from.ptr ? from : STR_EMPTY);
	db_bind_blob(c->stmt, 1, strbuf_str(&c->from));
	if (to.ptr) {
		strbuf_put_str(&c->to, to);
		db_bind_blob(c->stmt, 2, strbuf_str(&c->to));
	}
}

static void reader_cursor_end(ReaderCursor *c)
{
	if (!c->stmt)
		return;
	sqlite3_reset(c->stmt);
	sqlite3_clear_bindings(c->stmt);
	for (unsigned i = 0; c->pooled && i < TABLE_SCAN_POOL && c->stmt; i++) {
		if (!c->file->scans[c->shape][i]) {
			c->file->scans[c->shape][i] = c->stmt;
			c->stmt = NULL;
		}
	}
	sqlite3_finalize(c->stmt);
	c->stmt = NULL;
}

bool reader_cursor_next(ReaderCursor *c)
{
	if (!c->stmt)
		return false;
	int rc = sqlite3_step(c->stmt);
	if (rc == SQLITE_ROW) {
		c->key = db_column(c->stmt, 0);
		if (!c->file->rows.names) {
			/* A copy: values are aligned wherever they come from. */
			strbuf_clear(&c->value_buf);
			if (c->pooled)
				strbuf_put_str(&c->value_buf, db_column(c->stmt, 1));
			c->value = strbuf_str(&c->value_buf);
			return true;
		}
		strbuf_clear(&c->value_buf);
		if (!c->pooled) /* keys only */
			return true;
		if (rows_read_bytes(c->stmt, 1, &c->file->rows, &c->value_buf)) {
			c->value = strbuf_str(&c->value_buf);
			return true;
		}
		reader_damaged(c->store, c->file);
	} else if (rc != SQLITE_DONE) {
		reader_fail(c->store, rc, "reading");
	}
	reader_cursor_end(c);
	return false;
}

void reader_cursor_close(ReaderCursor *c)
{
	reader_cursor_end(c);
	strbuf_deinit(&c->from);
	strbuf_deinit(&c->to);
	strbuf_deinit(&c->value_buf);
	c->store->cursors--;
}
