/*
 * engine/runtime/engine.h: the engine: holds the catalog, runs the continuous queries step by step, closes epochs,
 * delivers.
 *
 * Threads: the engine thread (or the caller, when `manual`) owns everything here. Other threads talk to it by requests
 * (engine_call), which run between two steps, and read what is committed through snapshots.
 *
 *   request queue -> [ requests | service sources | step | seal ] -> writer -> delivery, one thread per sink
 *
 * One step: readers hand out a prefix of the arrival order of all sources (at most weir.step.rows rows), stamped and
 * numbered; then the graphs of all queries run once, views before those who read them; then changes go to outboxes,
 * side tables and followers.
 */
#ifndef WEIR_ENGINE_RUNTIME_ENGINE_H
#define WEIR_ENGINE_RUNTIME_ENGINE_H

#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/map.h"
#include "engine/batch/chunk.h"
#include "engine/connectors/sink.h"
#include "engine/connectors/source.h"
#include "engine/state/store.h"
#include "parser/parser.h"
#include "sql/catalog/catalog.h"

typedef struct Engine Engine;

typedef struct EngineOptions {
	const char *state_path;   /* NULL: private */
	const Clock *clock;       /* NULL: the real one */
	const Settings *settings; /* of the engine; copied */
	bool hold;                /* sources are not read before engine_release */
	bool manual;              /* no engine, writer or delivery threads: the caller steps (weir test) */
	/* weir test: every table is read and written through these instead of its connector; NULL: the connectors. */
	const SourceType *test_source;
	const SinkType *test_sink;
	void *test_ctx;                               /* SourceSpec.ctx and SinkSpec.out_ctx of those */
	bool (*test_is_stream)(void *ctx, Str table); /* a table without WITH that is fed by PUSH */
	/* What the binder asks; NULL: the connectors and formats. */
	bool (*sink_accepts)(const TableDef *table, unsigned *accepts, Err *err);
	bool (*source_facts)(const TableDef *table, bool *readable, bool *bounded, bool *changelog, Err *err);
	/* What print and stdout sinks write; NULL: standard output. Thread: delivery. */
	void (*out)(void *ctx, Str text);
	void *out_ctx;
} EngineOptions;

/* Opens the state file, restores the catalog and the queries from their last epoch. */
bool engine_open(const EngineOptions *options, Engine **out, Err *err);
/* Starts the engine thread (not when manual). */
void engine_start(Engine *e);
/* Sources are read from now on. Queries that were started on hold begin together, and what they have in common is read
 * and decoded once. Thread: any. */
void engine_release(Engine *e);
/* Stops gracefully: the last epoch is committed, sinks are flushed, all within timeout_ms. false: what could not be
 * delivered in time stays in the outbox. */
bool engine_close(Engine *e, int64_t timeout_ms);
/* As if killed (tests, manual only). */
void engine_crash(Engine *e);

/* Prints the queries and sinks that have failed; returns how many. Thread: any but the engine's. */
uint32_t engine_failures(Engine *e, FILE *out);
/* Says in the log which objects of files are in none of these texts any more. Thread: any but the engine's. */
void engine_report_left(Engine *e, const Map *declared);
/* The error of the first query or sink that has failed, if any. Manual engines only. */
bool engine_first_failure(Engine *e, Err *err);

/* Is every source bounded and read to its end, and all output delivered (or its sink failed)? Thread: any. */
bool engine_finished(Engine *e);
/* Does a query still read inputs that all have an end? Has one an input without an end? Thread: any. */
bool engine_reading(Engine *e);
bool engine_endless(Engine *e);

/* Has it stopped by itself, because the state file cannot be trusted? Thread: any. */
bool engine_broken(Engine *e);
/* For how long the engine's thread is in the round it is in: more than seconds means that something hangs. 0: it waits
 * for work. Thread: any. */
int64_t engine_round_us(Engine *e);

/* Thread: any. */
Catalog *engine_catalog(Engine *e); /* a reference; catalog_unref */
Store *engine_store(Engine *e);
const Clock *engine_clock(const Engine *e);
Settings *engine_settings(Engine *e); /* a copy */
const EngineOptions *engine_options(const Engine *e);
/* SET of a setting of the engine, for all from now on; value.ptr NULL: its default. ERR_BAD_OPTION: fixed at the start.
 * Thread: any but the engine's. */
bool engine_set(Engine *e, Str name, Str value, Err *err);

/* ---- requests. Thread: any but the engine's own ---- */

typedef struct EngineRequest EngineRequest;
struct EngineRequest {
	/* Runs in the engine thread between two steps. */
	bool (*run)(Engine *e, EngineRequest *r, Err *err);
	/* The caller waits until what it did has landed in the file. */
	bool wait_landed;
	const atomic_bool *cancel; /* looked at while waiting; may be NULL */
	int64_t until_us;          /* by the real monotonic clock: then it is taken back, too; 0: no end */
	/* of the engine */
	bool ok;
	bool done;
	uint64_t epoch;
	Err err;
	EngineRequest *next;
};
/* Hands the request over and waits. When *cancel is set, or at until_us, it is taken back, unless it is just being run.
 * epoch is the epoch that holds its effects. */
bool engine_call(Engine *e, EngineRequest *r, Err *err);

/* Statements that change something: DDL, INSERT, UPDATE, DELETE, PAUSE ... (all but what only reads). Thread: any
 * (through engine_call). */
typedef struct EngineStatement {
	EngineRequest req;
	const AstNode *stmt;
	Str text; /* that the spans of stmt count in */
	const Settings *settings;
	bool from_file;      /* declarative: an object that exists with the same definition goes on */
	bool once_always;    /* weir run: INSERT ... VALUES of a file runs each time */
	const Map *declared; /* texts of all statements of the files that are served; NULL: not known */
	bool dry;            /* weir check: bind only */
	const Type **param_types;
	const Value *params;
	uint32_t nparams;
	/* results */
	char tag[64];      /* "CREATE TABLE", "INSERT 0 3" */
	StrBuf *notices;   /* may be NULL */
	struct Send *send; /* of the runtime: rows of INSERT ... VALUES on their way to a connector */
	/* of the runtime: REPLAY s.refused: the epoch that holds the rows, 0: none; the next seq before it */
	uint64_t replay_epoch;
	int64_t replay_seq;
} EngineStatement;
bool engine_execute(Engine *e, EngineStatement *s, Err *err);

/* ---- the engine thread, or the caller when manual ---- */

typedef struct StepResult {
	uint32_t rows;   /* taken in */
	bool more;       /* rows are waiting */
	bool all_done;   /* every source is bounded and read to its end, every queued output is sealed */
	int64_t wake_us; /* wall time of the next thing to do without input; INT64_MAX: none */
} StepResult;
bool engine_step(Engine *e, StepResult *out, Err *err);
bool engine_checkpoint(
    Engine *e,
    Err *err); /* closes an epoch and waits until it has landed and been delivered as far as targets answer */

#endif
