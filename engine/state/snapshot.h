/*
 * engine/state/snapshot.h: read-only views of the committed file at one epoch, for ad-hoc queries.
 *
 * Each snapshot has a connection of its own (taken from a small pool of the store) and a read transaction. Snapshots
 * are short: the caller reads to the end into its own memory and closes. Thread: a Snapshot belongs to one thread; open
 * and close from any.
 */
#ifndef WEIR_ENGINE_STATE_SNAPSHOT_H
#define WEIR_ENGINE_STATE_SNAPSHOT_H

#include <stdatomic.h>

#include "engine/state/store.h"
#include "sql/types/column.h"

typedef struct Snapshot Snapshot;
typedef struct SnapshotScan SnapshotScan;

/* cancel: looked at between batches and by SQLite's progress handler; may be NULL. */
bool snapshot_open(Store *store, const atomic_bool *cancel, Snapshot **out, Err *err);
void snapshot_close(Snapshot *s);
uint64_t snapshot_epoch(const Snapshot *s);

typedef struct SnapshotScanSpec {
	Str table; /* StateSpec.name */
	const StateRows
	    *rows; /* the table's columns; NULL: a blob table (an index): key and value come as two BYTES columns */
	const uint32_t *cols; /* wanted columns, numbers into rows */
	uint32_t ncols;
	bool want_key;        /* one more BYTES column at the end: k$ */
	Str key_from, key_to; /* [from, to) over k$; .ptr NULL: open */
	bool reverse;         /* descending k$ */
	int64_t limit;        /* < 0: none */
	bool must_exist;      /* a table that is not in the file is an error (an index that was just dropped) */
} SnapshotScanSpec;

/* A table that is not in the file (never sealed yet) scans as empty. */
bool snapshot_scan_open(Snapshot *s, const SnapshotScanSpec *spec, SnapshotScan **out, Err *err);
/* Next up to max rows as columns (cols[ncols + want_key]) in the arena; *n = 0 at the end. */
bool snapshot_scan_next(SnapshotScan *scan, uint32_t max, Arena *arena, Column *cols, uint32_t *n, Err *err);
void snapshot_scan_close(SnapshotScan *scan);
/* One row by its k$: values[ncols] in the arena; *found. */
bool snapshot_get(Snapshot *s, const SnapshotScanSpec *spec, Str key, Arena *arena, Value *values, bool *found,
                  Err *err);

#endif
