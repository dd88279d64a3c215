/*
 * engine/state/reader.h: the engine's own read connection: entries that are not in RAM.
 *
 * One read transaction is begun by the first read of a step and ended by reader_release between steps. It is never
 * older than the epochs whose sealed layer was dropped; if it is newer, the layers above hide the difference. An error
 * is remembered in the store; the answer is then "absent" or "end".
 *
 * Thread: engine.
 */
#ifndef WEIR_ENGINE_STATE_READER_H
#define WEIR_ENGINE_STATE_READER_H

#include "engine/state/store_internal.h"

bool reader_open(Store *store, Err *err);
void reader_close(Store *store);
/* Ends the snapshot. No cursor may be open. */
void reader_release(Store *store);
/* Finalizes the table's statements. */
void reader_forget(TableFile *f);
/* Replaces *value. */
bool reader_get(Store *store, TableFile *f, Str key, StrBuf *value);

/* Rows with from <= key < to (ptr NULL: open), ascending or not. */
typedef struct ReaderCursor {
	Store *store;
	TableFile *file;
	sqlite3_stmt *stmt; /* NULL: at the end */
	unsigned shape;
	bool pooled; /* keys and values: stmt goes back to the pool */
	StrBuf from, to;
	StrBuf value_buf;
	Str key, value; /* the current row, until the next step */
} ReaderCursor;

void reader_cursor_open(Store *store, TableFile *f, Str from, Str to, bool reverse, bool keys_only, ReaderCursor *c);
bool reader_cursor_next(ReaderCursor *c);
void reader_cursor_close(ReaderCursor *c);

#endif
