/*
 * engine/state/rows.h: rows that people read: values as typed SQLite columns, and back to the bytes that operators see.
 *
 *   INTEGER  BOOLEAN (0, 1), integers, DATE (days), TIME, TIMESTAMP, TIMESTAMP_LTZ (microseconds), intervals
 *   REAL     FLOAT, DOUBLE; NaN is the text 'NaN'
 *   TEXT     CHAR, VARCHAR, DECIMAL (canonical), JSON, and ARRAY, MAP, ROW, MULTISET as JSON
 *   BLOB     BINARY, VARBINARY
 */
#ifndef WEIR_ENGINE_STATE_ROWS_H
#define WEIR_ENGINE_STATE_ROWS_H

#include <sqlite3.h>

#include "engine/state/store.h"
#include "sql/types/value.h"

/* A deep copy. */
StateRows rows_copy(const StateRows *rows, Arena *arena);
/* What the stored table was made for, as text: equal if and only if the bytes mean the same. */
void rows_signature(const StateRows *rows, StrBuf *out);
/* Names of the SQLite columns: the columns' own, with a suffix where two differ only in case (or are called k$). */
Str *rows_sql_names(const StateRows *rows, Arena *arena);
/* CREATE TABLE and CREATE VIEW. */
void rows_create_sql(const StateRows *rows, const Str *sql_names, Str table, Str view, StrBuf *out);
/* Binds a row's bytes to the parameters from `first` on. scratch is reset by the caller. false: the bytes are no such row. */
bool rows_bind(sqlite3_stmt *stmt, int first, const StateRows *rows, Str bytes, Arena *scratch);
/* One column of the current result row; strings point into the statement (until it is stepped) or the arena. false: no such value. */
bool rows_read(sqlite3_stmt *stmt, int at, const Type *type, Arena *arena, Value *out);
/* Appends the row's bytes from the columns first .. first + ncols. */
bool rows_read_bytes(sqlite3_stmt *stmt, int first, const StateRows *rows, Arena *scratch, StrBuf *out);

#endif
