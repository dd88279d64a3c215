/*
 * engine/connectors/sink.h: what a connector that writes offers to delivery (engine/runtime).
 *
 * The engine encodes an epoch's output into chunks (engine/batch/chunk.h) and keeps them in the outbox; a delivery
 * thread, one per sink, hands landed epochs to the connector, which makes them visible in the target exactly once. All
 * functions but `check` run in that thread.
 */
#ifndef WEIR_ENGINE_CONNECTORS_SINK_H
#define WEIR_ENGINE_CONNECTORS_SINK_H

#include <stdatomic.h>

#include "base/clock.h"
#include "engine/batch/chunk.h"
#include "sql/catalog/table.h"

typedef struct Sink Sink;

typedef struct SinkSpec {
	const TableDef *table;
	/* Columns that are sent, in order: the table's physical and writable metadata columns. */
	const Str *names;
	const Type *const *types;
	const ColumnDef *const *cols;
	uint32_t ncols;
	const uint32_t *key; /* numbers into these columns: the sink's primary key, nkey 0: none */
	uint32_t nkey;
	Str name; /* identity of the sink: the query's name */
	uint64_t engine_id;
	bool exactly_once;
	/* Epochs up to this one may have been delivered by an earlier process of the same engine, whose last transaction
	 * can end even now. */
	uint64_t earlier;
	/* The sink is about to be closed: a call that waits for its target ends soon with SINK_RETRY. NULL: is not told. */
	const atomic_bool *cancel;
	bool lasting; /* there is a state file: what close cannot do in time, the next start does */
	const struct Zone *zone;
	const Clock *clock;
	/* What goes to standard output is written through this (the front owns the terminal); NULL: stdout. */
	void (*out)(void *ctx, Str text);
	void *out_ctx;
} SinkSpec;

typedef struct SinkEpoch {
	uint64_t epoch;
	const Str *chunks;
	uint32_t nchunks;
} SinkEpoch;

/* A row that the target refused. */
typedef struct SinkRefused {
	uint64_t epoch;
	uint64_t row; /* number within the epoch, from 0 */
	Err err;
} SinkRefused;

typedef enum SinkResult {
	SINK_DELIVERED,
	SINK_RETRY,   /* an outage: err says what; call again after a pause (with the same or more epochs) */
	SINK_REFUSED, /* nothing was made visible; refused[] holds the rows. The caller keeps them in the side table
	               * (committed), takes them out of the chunks and calls again, or fails the sink */
	SINK_FAILED,  /* for good: err says why */
} SinkResult;

typedef enum SinkAccepts {
	SINK_APPEND = 1,  /* +I only */
	SINK_UPSERT = 2,  /* +I, +U and -D by key; needs a key */
	SINK_RETRACT = 4, /* all kinds */
} SinkAccepts;

typedef struct SinkType {
	const char *connector;
	/* What kinds the sink takes for this table (a set of SinkAccepts); checks option combinations. Called when the
	 * INSERT is bound. */
	bool (*check)(const TableDef *table, unsigned *accepts, Err *err);
	/* Looks at the target when the statement is read, e.g. the PostgreSQL table's columns; creates it if asked. May
	 * wait a bounded time; an outage is ERR_RETRIABLE and does not refuse the statement. May be NULL. Thread: engine or
	 * a session. */
	bool (*check_target)(const SinkSpec *spec, Err *err);
	bool (*open)(const SinkSpec *spec, Sink **out, Err *err); /* does not connect */
	/* Connects, fences an older self, and reads the marker: *epoch is the last epoch the target holds, *known false if
	 * there is no marker. */
	SinkResult (*recover)(Sink *s, uint64_t *epoch, bool *known, Err *err);
	/* Makes the marker, or sets it to 0: the query is new, and what the target holds is of an earlier one of its name.
	 * After recover. NULL: the marker needs no making. */
	SinkResult (*reset)(Sink *s, Err *err);
	/* Makes the epochs visible, in order, all or none where the target can. `last` is the epoch before epochs[0] that
	 * the target must hold. With n == 0, about once a second while nothing waits: what time asks for (quiet
	 * files are closed, old markers renewed). Numbering of rows is per epoch over
	 * all its chunks. */
	SinkResult (*deliver)(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
	                      uint32_t max_refused, uint32_t *nrefused, Err *err);
	void (*close)(Sink *s);
	bool exactly_once; /* can it keep the promise */
	/* With exactly_once: can it for this table? false: as at-least-once, recover knows no marker then. NULL: for every
	 * table. */
	bool (*keeps_promise)(const TableDef *table);
} SinkType;

const SinkType *sink_find(Str connector);

#endif
