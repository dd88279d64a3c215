/*
 * engine/connectors/postgres_scan.h: the rows of a table of PostgreSQL from the first to the last, read by a thread.
 *
 * One transaction sees one state of the table. When it is lost in the middle (an outage, a restart), another one begins
 * and what had been read already is read again and compared: each row has a mark, a digest of the texts of all rows up
 * to it. The same mark at the same place: both transactions agree on what was read, so that with the rest the result is
 * the table as the later one sees it. Another mark: the scan fails, for no state of the table has all of these rows.
 *
 * Thread: the owner's; the thread of the scan is its own.
 */
#ifndef WEIR_ENGINE_CONNECTORS_POSTGRES_SCAN_H
#define WEIR_ENGINE_CONNECTORS_POSTGRES_SCAN_H

#include "engine/connectors/source.h"

typedef struct PostgresScan PostgresScan;

typedef struct PostgresScanSpec {
	const TableDef *table; /* outlives the scan */
	int64_t had;           /* so many rows were read already */
	uint64_t mark;         /* of the last of them; 0: none */
	int64_t memory_bytes;  /* for rows that wait to be taken; 0: a default */
	bool once;             /* an outage is a failure */
	const bool *wanted;    /* physical columns; NULL: all. The others are undefined */
	const SourceAsk *asks; /* rows for which one of these does not hold may be left out */
	uint32_t nasks;
	void (*wake)(void *ctx); /* when rows wait. Thread: the scan's. May be NULL */
	void *wake_ctx;
} PostgresScanSpec;

/* Rows as they follow each other. */
typedef struct PostgresRows {
	Arena *arena;
	Batch batch;
	uint64_t *marks; /* of each row, never 0 */
	bool last;       /* nothing comes after them; there may be none in it */
} PostgresRows;

/* Begins to connect and read. */
bool postgres_scan_open(const PostgresScanSpec *spec, PostgresScan **out, Err *err);
/* The next rows; NULL: none are there yet. */
PostgresRows *postgres_scan_take(PostgresScan *s);
void postgres_scan_give_back(PostgresRows *rows);
/* Has it failed for good? Then why. */
bool postgres_scan_failed(PostgresScan *s, Err *err);
/* An outage in words, until the next call; NULL: none. */
const char *postgres_scan_trouble(PostgresScan *s);
void postgres_scan_close(PostgresScan *s);

/* Combinations of scan.* options, at CREATE TABLE. */
bool postgres_scan_check(const TableDef *table, Err *err);

#endif
