/*
 * engine/state/db.c: opening connections, running statements, errors.
 *
 * What an SQLite error means for an epoch is decided here, once: out of space and I/O errors are tried again, a failed
 * fsync and a damaged file are final. (After a failed fsync the kernel may have dropped the pages and report success
 * the next time.)
 */
#include "engine/state/db.h"

#include <stdarg.h>

enum { DB_BUSY_MS = 5000 };

bool db_open(const char *path, DbMode mode, sqlite3 **out, Err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	flags |= mode == DB_WRITER ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(path, &db, flags, NULL);
	if (rc != SQLITE_OK) {
		err_set(err, ERR_STATE_IO, "cannot open state file \"%s\": %s", path,
		        db ? sqlite3_errmsg(db) : "out of memory");
		sqlite3_close(db);
		return false;
	}
	sqlite3_busy_timeout(db, DB_BUSY_MS);
	if (!db_exec(db, "PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY; PRAGMA secure_delete=OFF", err)) {
		sqlite3_close(db);
		return false;
	}
	*out = db;
	return true;
}

void db_close(sqlite3 *db)
{
	int rc = sqlite3_close(db);
	ASSERT(rc == SQLITE_OK);
}

bool db_exec(sqlite3 *db, const char *sql, Err *err)
{
	int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK || db_error(db, rc, "writing", err);
}

bool db_execf(sqlite3 *db, Err *err, const char *fmt, ...)
{
	StrBuf sql;
	strbuf_init(&sql);
	va_list args;
	va_start(args, fmt);
	strbuf_vprintf(&sql, fmt, args);
	va_end(args);
	bool ok = db_exec(db, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	return ok;
}

bool db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, Err *err)
{
	int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
	return rc == SQLITE_OK || db_error(db, rc, "preparing", err);
}

bool db_int(sqlite3 *db, const char *sql, int64_t *out, bool *found, Err *err)
{
	sqlite3_stmt *stmt;
	*out = 0;
	*found = false;
	if (!db_prepare(db, sql, &stmt, err))
		return false;
	int rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		*out = sqlite3_column_int64(stmt, 0);
		*found = true;
		rc = SQLITE_DONE;
	}
	bool ok = rc == SQLITE_DONE || db_error(db, rc, "reading", err);
	sqlite3_finalize(stmt);
	return ok;
}

bool db_error(sqlite3 *db, int rc, const char *doing, Err *err)
{
	if (!err)
		return false;
	const char *path = sqlite3_db_filename(db, "main");
	const char *words = sqlite3_errmsg(db);
	ErrCode code = ERR_STATE_IO;
	unsigned flags = ERR_RETRIABLE;
	const char *hint = "";
	switch (rc & 0xff) {
	case SQLITE_FULL:
		code = ERR_STATE_FULL;
		hint = "Free space on the file system; the epoch is kept in memory and written when there is room.";
		break;
	case SQLITE_CORRUPT:
		code = ERR_STATE_CORRUPT;
		flags = ERR_FATAL;
		hint = "Restore a backup of the state file.";
		break;
	case SQLITE_NOTADB:
		code = ERR_STATE_FORMAT;
		flags = ERR_FATAL;
		break;
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC) {
			flags = ERR_FATAL;
			hint = "The disk did not confirm what was written. Check the disk, then start weir again.";
		}
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_PROTOCOL:
	case SQLITE_NOMEM: break;
	case SQLITE_INTERRUPT:
		code = ERR_CANCELED;
		flags = ERR_CANCELED;
		break;
	default: code = ERR_INTERNAL; flags = ERR_FATAL;
	}
	err_set(err, code, "%s state file \"%s\" failed: %s", doing, path ? path : "", words);
	err->flags = flags;
	err_detail(err, "SQLite error %d (%s)", rc, sqlite3_errstr(rc));
	if (*hint)
		err_hint(err, "%s", hint);
	return false;
}

bool db_bind_blob(sqlite3_stmt *stmt, int at, Str s)
{
	return sqlite3_bind_blob(stmt, at, s.len ? s.ptr : "", (int)s.len, SQLITE_STATIC) == SQLITE_OK;
}

static void db_put_quoted(StrBuf *out, Str text, char quote)
{
	strbuf_putc(out, quote);
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == quote)
			strbuf_putc(out, quote);
		strbuf_putc(out, text.ptr[i] ? text.ptr[i] : '?');
	}
	strbuf_putc(out, quote);
}

void db_put_name(StrBuf *out, Str name)
{
	db_put_quoted(out, name, '"');
}

void db_put_text(StrBuf *out, Str text)
{
	db_put_quoted(out, text, '\'');
}
