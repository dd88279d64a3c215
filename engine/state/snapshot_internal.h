/*
 * engine/state/snapshot_internal.h: the pool of snapshots, for the store.
 */
#ifndef WEIR_ENGINE_STATE_SNAPSHOT_INTERNAL_H
#define WEIR_ENGINE_STATE_SNAPSHOT_INTERNAL_H

#include "engine/state/snapshot.h"
#include "engine/state/store_internal.h"

SnapshotPool *snapshot_pool_open(void);
void snapshot_pool_close(SnapshotPool *pool); /* all snapshots are closed */
/* A WAL longer than the bound: the oldest snapshot is cancelled, or a foreign reader named in the log. Thread: writer. */
void snapshot_bound_wal(Store *store, int64_t wal_bytes);
/* A backup is running: the bound is lifted. Thread: any. */
void snapshot_lift_bound(Store *store, bool lift);

#endif
