/*
 * engine/state/snapshot_scan.h: what snapshot.c and snapshot_scan.c share.
 */
#ifndef WEIR_ENGINE_STATE_SNAPSHOT_SCAN_H
#define WEIR_ENGINE_STATE_SNAPSHOT_SCAN_H

#include "engine/state/snapshot.h"
#include "engine/state/store_internal.h"

struct Snapshot {
	Store *store;
	sqlite3 *db;
	const atomic_bool *cancel;
	atomic_bool bounded; /* ended because the WAL is too long */
	uint64_t epoch;
	Snapshot *older, *newer;
	sqlite3_stmt *get; /* of the last snapshot_get, with its text */
	char *get_sql;
};

bool snapshot_is_ended(const Snapshot *s);
bool snapshot_error(Snapshot *s, int rc, Err *err); /* rc SQLITE_OK: it is ended. Returns false */
void snapshot_forget_get(Snapshot *s);

#endif
