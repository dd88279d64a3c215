/*
 * engine/state/snapshot_internal.h: what the files of snapshots share, and the pool, for the store.
 */
#ifndef WEIR_ENGINE_STATE_SNAPSHOT_INTERNAL_H
#define WEIR_ENGINE_STATE_SNAPSHOT_INTERNAL_H

#include "engine/state/snapshot.h"
#include "engine/state/store_internal.h"

struct Snapshot {
	Store *store;
	sqlite3 *db;
	const atomic_bool *cancel;
	atomic_bool bounded; /* ended because the WAL is too long */
	uint64_t epoch;
	Snapshot *older, *newer;
	/* of the last snapshot_get */
	sqlite3_stmt *get;
	Arena *get_arena;
	SnapshotScanSpec get_spec;
	const Type **get_types;
	uint32_t get_ncols;
};

bool snapshot_is_ended(const Snapshot *s);
bool snapshot_error(Snapshot *s, int rc, Err *err); /* rc SQLITE_OK: it is ended. Returns false */
void snapshot_forget_get(Snapshot *s);

/* A stored table gets or leaves the name: who planned with it may find nothing there, and must not take that for an
 * empty table. Thread: engine. */
void snapshot_name_moved(Store *store, Str name);
void snapshot_name_made(Store *store, Str name); /* a new table of the name */
bool snapshot_name_is_moved(Store *store, Str name);

SnapshotPool *snapshot_pool_open(void);
void snapshot_pool_close(SnapshotPool *pool); /* all snapshots are closed */
/* A WAL longer than the bound: the oldest snapshot is cancelled, or a foreign reader named in the log. Thread: writer.
 */
void snapshot_bound_wal(Store *store, int64_t wal_bytes);
/* A backup is running: the bound is lifted. Thread: any. */
void snapshot_lift_bound(Store *store, bool lift);

#endif
