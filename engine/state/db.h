/*
 * engine/state/db.h: SQLite with our errors. Connections are single-threaded (NOMUTEX): each belongs to one thread at a
 * time.
 */
#ifndef WEIR_ENGINE_STATE_DB_H
#define WEIR_ENGINE_STATE_DB_H

#include <sqlite3.h>

#include "base/err.h"
#include "base/str.h"

typedef enum DbMode { DB_WRITER, DB_READER } DbMode;

/* ERR_STATE_IO, ERR_STATE_FORMAT (not a database). The file is made if a writer finds none. */
bool db_open(const char *path, DbMode mode, sqlite3 **out, Err *err);
void db_close(sqlite3 *db); /* all statements must be finalized; NULL is fine */
bool db_exec(sqlite3 *db, const char *sql, Err *err);
bool db_execf(sqlite3 *db, Err *err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **out, Err *err);
/* One integer; *found tells whether there was a row. */
bool db_int(sqlite3 *db, const char *sql, int64_t *out, bool *found, Err *err);
/* Turns the connection's last error into ours: code, flags (ERR_RETRIABLE or ERR_FATAL), SQLite's words. Returns false.
 */
bool db_error(sqlite3 *db, int rc, const char *doing, Err *err);
bool db_bind_blob(sqlite3_stmt *stmt, int at, Str s); /* an empty one is not NULL; not copied */
void db_put_name(StrBuf *out, Str name);              /* as a quoted identifier */
void db_put_text(StrBuf *out, Str text);              /* as a string literal */

static inline Str db_column(sqlite3_stmt *stmt, int at)
{
	const char *p = sqlite3_column_blob(stmt, at);
	return str_make(p ? p : "", (size_t)sqlite3_column_bytes(stmt, at));
}

#endif
