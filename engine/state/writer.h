/*
 * engine/state/writer.h: the one thread and the one connection that write: commits, checkpoints, schema changes, one
 * after another.
 *
 *   free --submit--> writing --landed--> free        (checkpoint: between two epochs, when the WAL is long)
 *                      |  ^
 *                      v  | back-off
 *                    failing                           failed for good: stays so; the engine stops with words
 *
 * With an inline writer there is no thread: submit and retry do the work on the engine's.
 */
#ifndef WEIR_ENGINE_STATE_WRITER_H
#define WEIR_ENGINE_STATE_WRITER_H

#include "engine/state/store_internal.h"

/* Takes the connection. landed: the file's epoch. Thread: engine, as all but writer_landed, writer_wait, writer_stats.
 */
Writer *writer_open(Store *store, sqlite3 *db, uint64_t landed);
/* Ends the thread. finish: waits for the epoch in hand (one last attempt if it is failing); else it is given up as in a
 * crash. */
void writer_stop(Writer *w, bool finish);
void writer_close(
    Writer *w); /* after writer_stop, and as the last connection: SQLite then folds the WAL into the file */
bool writer_is_free(Writer *w);
void writer_submit(Writer *w, const Epoch *epoch);
uint64_t writer_landed(Writer *w);                                         /* Thread: any */
bool writer_wait(Writer *w, uint64_t epoch, int64_t timeout_ms, Err *err); /* Thread: any */
/* The engine's reader holds no old snapshot: a checkpoint that waits may run. Inline: tries a failing epoch again when
 * it is due. */
void writer_between_steps(Writer *w);
/* false: failing (ERR_RETRIABLE) or failed for good (ERR_FATAL). */
bool writer_check(Writer *w, Err *err);
void writer_stats(Writer *w, StoreStats *out); /* Thread: any */
/* For tests: the file may not grow beyond this many pages; 0: no limit. */
void writer_limit_pages(Writer *w, uint32_t pages);

#endif
