/*
 * engine/connectors/postgres_marker.h: the epoch marker in the target: one row of weir_sink_progress per sink.
 *
 *   weir_sink_progress (engine text, sink text, epoch bigint, primary key (engine, sink))
 *
 * A delivery begins with UPDATE ... SET epoch = new WHERE ... AND epoch = old. That takes the row's lock, so a second
 * attempt after a lost answer to COMMIT waits for the first one's end, then matches no row, reads the marker and knows.
 */
#ifndef WEIR_ENGINE_CONNECTORS_POSTGRES_MARKER_H
#define WEIR_ENGINE_CONNECTORS_POSTGRES_MARKER_H

#include "engine/connectors/postgres_conn.h"

typedef struct PostgresMarker {
	const char *where;  /* " WHERE engine = ... AND sink = ..." */
	const char *values; /* "'engine', 'sink'" */
} PostgresMarker;

void postgres_marker_init(PostgresMarker *m, uint64_t engine_id, Str sink, Arena *arena);
/* Makes the table and the row (epoch 0) if they are missing, and reads it. */
bool postgres_marker_recover(const PostgresMarker *m, PostgresConn *c, uint64_t *epoch, bool *found, Err *err);
/* Makes the marker, or sets it back to 0. */
bool postgres_marker_reset(const PostgresMarker *m, PostgresConn *c, Err *err);
/* Begins the transaction of a delivery and moves the marker. *moved false: it is not at `old` (the transaction is open
 * all the same). */
bool postgres_marker_begin(const PostgresMarker *m, PostgresConn *c, uint64_t old, uint64_t new, bool *moved, Err *err);
/* Begins a transaction without touching the marker. */
bool postgres_marker_begin_plain(PostgresConn *c, Err *err);
bool postgres_marker_read(const PostgresMarker *m, PostgresConn *c, uint64_t *epoch, bool *found, Err *err);

#endif
