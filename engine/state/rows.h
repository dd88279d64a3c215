/*
 * engine/state/rows.h: rows that people read: values as typed SQLite columns, and back to the bytes that operators see.
 *
 *   INTEGER  BOOLEAN (0, 1), integers, DATE (days), TIME, TIMESTAMP, TIMESTAMP_LTZ (microseconds), intervals
 *   REAL     FLOAT, DOUBLE; NaN is the text 'NaN'
 *   TEXT     CHAR, VARCHAR, DECIMAL (canonical), JSON
 *   BLOB     BINARY, VARBINARY
 *   TEXT and BLOB   ARRAY, MAP, ROW, MULTISET: JSON for people, and the packed bytes in a second column, NAME$, for
 * weir: JSON does not tell every value from every other (NULL keys, bytes, JSON in a ROW)
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
/* Names of the SQLite columns: the columns' own, with a suffix where two differ only in case. */
typedef struct RowsColumn {
	Str name;   /* what people read */
	Str stored; /* what we read: the same, but for nested types */
} RowsColumn;
RowsColumn *rows_columns(const StateRows *rows, Arena *arena);
uint32_t rows_width(const StateRows *rows); /* SQLite columns, k$ included */
/* CREATE TABLE and CREATE VIEW. */
void rows_create_sql(const StateRows *rows, const RowsColumn *columns, Str table, Str view, StrBuf *out);
/* Binds a row's bytes to the parameters from `first` on; what is made for it lies in scratch. false: the bytes are no
 * such row. */
bool rows_bind(sqlite3_stmt *stmt, int first, const StateRows *rows, Str bytes, Arena *scratch);
/* One `stored` column of the current result row; strings point into the statement until it is stepped. false: no such
 * value. */
bool rows_read(sqlite3_stmt *stmt, int at, const Type *type, Value *out);
/* Appends the row's bytes from the stored columns first .. first + ncols. */
bool rows_read_bytes(sqlite3_stmt *stmt, int first, const StateRows *rows, StrBuf *out);

#endif
