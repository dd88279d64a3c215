/*
 * engine/state/writer_internal.h: what writer.c and writer_epoch.c share.
 */
#ifndef WEIR_ENGINE_STATE_WRITER_INTERNAL_H
#define WEIR_ENGINE_STATE_WRITER_INTERNAL_H

#include "engine/state/writer.h"

enum { WRITER_BUSY_MS = 2000 };

struct Writer {
	Store *store; /* options, and what never changes */
	sqlite3 *db;
	pthread_t thread;
	bool threaded;
	pthread_mutex_t mutex;
	pthread_cond_t wake; /* for the writer */
	pthread_cond_t done; /* for all others */
	/* under the mutex */
	const Epoch *job;
	bool stop, busy;
	bool failing, failed; /* failed: for good */
	Err err;
	int64_t backoff_ms, retry_at_ms, idle_since_ms, checkpoint_ms;
	bool checkpoint_due, engine_released;
	StoreStats stats;
	/* written by the writer alone */
	bool wal_empty;
	int64_t data_version;
	Arena *scratch;
	_Atomic uint64_t landed;
	atomic_bool crashing; /* an epoch that is not committed yet is given up */
	_Atomic uint32_t max_pages;
	uint32_t pages_limited;
};

void writer_epoch_open(Writer *w);
void writer_epoch_close(Writer *w);
/* One transaction. On failure it is rolled back. */
bool writer_epoch_write(Writer *w, const Epoch *e, Err *err);

#endif
