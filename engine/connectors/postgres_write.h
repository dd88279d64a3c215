/*
 * engine/connectors/postgres_write.h: rows of an epoch as statements: what is sent, in which order, and how.
 *
 *   with a key     one change per key (the last one), deletes before upserts, each sorted by key: two writers cannot
 * deadlock DELETE ... USING unnest($1::text[], ...);  INSERT ... SELECT ... FROM unnest(...) ON CONFLICT ... DO UPDATE
 *   without        COPY ... FROM STDIN
 */
#ifndef WEIR_ENGINE_CONNECTORS_POSTGRES_WRITE_H
#define WEIR_ENGINE_CONNECTORS_POSTGRES_WRITE_H

#include "engine/connectors/postgres_check.h"
#include "engine/connectors/sink_rows.h"

typedef struct PostgresRow {
	Str bytes;      /* the row in its chunk, decoded when it is sent */
	Str key;        /* ordered key bytes; empty without a key */
	uint32_t epoch; /* index of the epoch */
	bool delete;
	uint64_t row;
} PostgresRow;

typedef struct PostgresRows {
	PostgresRow *items; /* in the order of sending */
	uint32_t len, cap;
	Arena *arena; /* keys */
	const SinkEpoch *epochs;
} PostgresRows;

typedef struct PostgresWriter {
	const SinkSpec *spec;
	const PostgresTarget *target;
	const char *insert, *remove, *copy; /* statements */
	Value *values;
	StrBuf *columns; /* one parameter a column */
	StrBuf text;
} PostgresWriter;

/* Statements for a target, in the arena. */
void postgres_write_init(PostgresWriter *w, const SinkSpec *spec, const PostgresTarget *target, Arena *arena);
void postgres_write_deinit(PostgresWriter *w);

/* Collects what is to be sent of the epochs [from, n). Rows that a sink without key cannot take (deletes) are put into
 * refused. false: the outbox is damaged. */
bool postgres_write_collect(PostgresWriter *w, const SinkEpoch *epochs, uint32_t from, uint32_t n, PostgresRows *rows,
                            SinkRefused *refused, uint32_t max_refused, uint32_t *nrefused, Err *err);
void postgres_write_rows_deinit(PostgresRows *rows);
/* Sends rows [from, to) within the open transaction. false: c->fault and err. */
bool postgres_write_send(PostgresWriter *w, PostgresConn *c, const PostgresRows *rows, uint32_t from, uint32_t to,
                         Err *err);

#endif
