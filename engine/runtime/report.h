/*
 * engine/runtime/report.h: what the engine is doing, copied at one moment between two steps: for the tables of schema
 * weir, WHY, metrics.
 *
 * Counters count since the engine was opened. Thread: any but the engine's.
 */
#ifndef WEIR_ENGINE_RUNTIME_REPORT_H
#define WEIR_ENGINE_RUNTIME_REPORT_H

#include "base/histogram.h"
#include "engine/runtime/engine.h"

#define REPORT_UNKNOWN INT64_MIN /* of times and positions */

typedef struct ReportQuery {
	Str name;
	Str kind;  /* "view", "sink", "follow" */
	Str state; /* "running", "paused", "failed", "held", "done" */
	uint64_t rows_in, rows_out, late, bad, filtered;
	uint64_t expired, unknown; /* keys forgotten, rows taken back that are not known any more */
	int64_t held_rows;         /* in open windows */
	int64_t watermark_ms;      /* of the output */
	int64_t lag_records;       /* -1: unknown */
	int64_t lag_us;
	int64_t state_bytes; /* in RAM */
	int64_t started_us;
	bool backfill; /* its inputs' stored rows are still being walked */
	bool outbox_full;
	Str held_by;
	Str error_code, error, detail; /* empty: none */
} ReportQuery;

typedef struct ReportOperator {
	Str query;
	uint32_t id;
	Str name, holds; /* what it holds, in words */
	uint64_t rows_in, rows_out, filtered, late, partly_late, duplicate, expired, unknown;
	int64_t held_rows;
	int64_t watermark_ms;
	int64_t state_rows, state_bytes;
} ReportOperator;

/* A partition of a source as one query reads it. */
typedef struct ReportSource {
	Str query, table, partition;
	uint32_t scan;         /* from 1: the query may read the table more than once, with other options */
	int64_t position, end; /* REPORT_UNKNOWN */
	int64_t lag_records;   /* -1: unknown */
	int64_t lag_us;
	int64_t watermark_ms;
	int64_t table_watermark_ms; /* of all partitions together; it never falls */
	int64_t time_us;            /* of the newest record taken */
	bool idle, done, blamed;    /* blamed: it holds the watermark back */
	uint64_t gaps;
	uint64_t future; /* rows of the table that weir.watermark.max-skew kept from moving the watermark */
	Str trouble;     /* an outage in words */
} ReportSource;

typedef struct ReportSink {
	Str name, connector, state; /* "delivering", "waiting", "failed" */
	uint64_t delivered, sealed; /* epochs */
	int64_t waiting_bytes;
	uint64_t rows, refused, retries;
	Str error_code, error;
} ReportSink;

typedef struct ReportStore {
	uint64_t sealed, landed, epochs;
	int64_t wal_bytes, written_bytes, entries, commit_us_last, commit_us_max, ram_bytes, unlanded_bytes, evicted,
	    reloaded;
	int64_t landed_us;             /* when an epoch last was; 0: none yet */
	int64_t memory_bytes;          /* weir.memory: what ram_bytes may be */
	Histogram commits, epochs_age; /* the transaction; from the first change of an epoch to its seal */
	bool pressed;                  /* nothing is read until an epoch has landed */
} ReportStore;

typedef struct Report {
	ReportQuery *queries;
	ReportOperator *operators;
	ReportSource *sources;
	ReportSink *sinks;
	uint32_t nqueries, noperators, nsources, nsinks;
	ReportStore store;
	int64_t now_us;
} Report;

/* Everything lies in the arena. */
bool report_take(Engine *e, Arena *arena, Report *out, Err *err);
/* Gives up when the engine has not come to it for so long. */
bool report_take_within(Engine *e, Arena *arena, Report *out, int64_t us, Err *err);
/* Gives up when *cancel is set. */
bool report_take_until(Engine *e, Arena *arena, Report *out, const atomic_bool *cancel, Err *err);

#endif
