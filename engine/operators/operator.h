/*
 * engine/operators/operator.h: the verbs of an operator, and how one is run.
 *
 * A plan node becomes an Operator. In each step every operator is visited once, inputs before consumers
 * (engine/runtime/graph.c):
 *
 *   push(port, batch)   for each batch of each input port, ports in order, batches in their order
 *   flush               once all input of the step was pushed: curve[] of every port is complete
 *
 * Both append output batches with operator_emit. A batch's rows carry ordinal and stamp (engine/batch/batch.h); the
 * curve of a port says how the watermark of that channel moved in this step. After flush the operator's own curve
 * (operator_set_curve; by default its input's) is what consumers see.
 *
 * The exact rule: the answer to row s depends only on the rows before s and on W(s) = stamp of s; a timer at or below
 * W(s) has happened for row s. An operator with timers compares its next timer with the last stamp of a batch: not
 * reached, it takes the batch whole; reached, it splits the batch at the first row whose stamp reaches the timer,
 * fires, goes on. In flush it fires what the curve's points reach, in order. What fires carries the ordinal of the
 * point (the row whose W reaches the timer) and, as its stamp, the operator's watermark before the firing. An
 * operator with several ports merges them by ordinal, which also makes the stamps the minimum over the ports (ports.h).
 *
 * State lives in StateTables opened in `open`, named <query>.<node id><what>; in snapshots they are private and in RAM.
 * Nothing else survives a step but what can be made again from them (`restore` is part of open).
 *
 * Thread: the engine's (continuous), or the thread that runs the snapshot.
 */
#ifndef WEIR_ENGINE_OPERATORS_OPERATOR_H
#define WEIR_ENGINE_OPERATORS_OPERATOR_H

#include "engine/batch/batch.h"
#include "engine/state/snapshot.h"
#include "engine/state/store.h"
#include "sql/catalog/catalog.h"
#include "sql/expr/eval.h"
#include "sql/plan/plan.h"

typedef struct Operator Operator;
typedef struct OperatorType OperatorType;
typedef struct OperatorRun OperatorRun;

/* Growing list of batches, in the step's arena. */
typedef struct BatchList {
	const Batch **items;
	uint32_t len;
	uint32_t cap;
} BatchList;

/* Rows that were dropped, for the side table "late" of the query's view or sink. */
typedef struct LateRow {
	int64_t ord;
	int64_t time_ms;                        /* the row's time */
	int64_t watermark_ms;                   /* W it met */
	int64_t window_start_ms, window_end_ms; /* the last window it missed; both 0 where there is none */
	int64_t weight;                         /* below 0: a retraction */
	Str row;                                /* value_encode of the columns of the operator's input */
} LateRow;

/* What a lookup join asks of those who run it. */
typedef struct OperatorLookup {
	/* The rows of a relation that weir keeps, as they are now, and the index that the scan names (NULL: by key). */
	bool (*kept)(void *ctx, const Plan *scan, StateTable **rows, StateTable **index, Err *err);
	/* A table elsewhere; closed with the operator. */
	bool (*open)(void *ctx, const Plan *join, void **handle, Err *err);
	/* The rows of n distinct keys (one column per key of the join, of the left's types), as the value fields of the
	 * scan, in order of the keys; of[i]: which key row i has. */
	bool (*ask)(void *handle, const Column *keys, uint32_t n, Arena *arena, Batch *rows, const uint32_t **of, Err *err);
	void (*close)(void *handle);
} OperatorLookup;

/* Changes of a relation in this step, of all its columns and in their order, that come behind the rows that are worked
 * on: for them they have not happened. */
typedef struct OperatorLater {
	const Relation *rel;
	BatchList changes;
} OperatorLater;

/* What the operators of one query (or snapshot) share. Outlives them. */
struct OperatorRun {
	/* fixed for the life of the graph */
	const PlanQuery *plan;
	Str name;           /* of the query: prefix of state table names */
	Store *store;       /* NULL in snapshots */
	Snapshot *snapshot; /* NULL in continuous queries */
	uint32_t unit;
	bool is_snapshot;
	const Relation *rel; /* root PLAN_MATERIALIZE: the view as it is now, with its indexes; NULL: as in the plan */
	const Value *params; /* client parameters and correlation slots (snapshots) */
	const Batch *given;  /* rows of PLAN_VALUES that has none of its own (snapshots) */
	Arena *arena;        /* of the query: lives as long as the operators */
	const atomic_bool *cancel; /* may be NULL */
	int64_t memory;            /* snapshots: what an operator's state may take; 0: no bound */
	int64_t side_rows_max;
	/* of the step */
	Arena *step;
	EvalEnv env;        /* now_us: the clock reading of the step */
	int64_t next_ord;   /* the ordinal the next row to enter will get (after this step) */
	bool at_end;        /* bounded input has ended: curves end at BATCH_END */
	int64_t failed_ord; /* of the row at which an operator failed; -1: not known */
	/* rows this query could not use; the runtime writes them to the side table */
	void (*late)(void *ctx, Operator *op, const LateRow *row);
	/* another system's rows for a REL_SYSTEM scan; cols are the table's columns */
	bool (*system_rows)(void *ctx, const Relation *rel, Arena *arena, Batch **out, Err *err);
	/* DML, and what a continuous query runs for its rows: the current rows of an own table or view, read through its
	 * StateTable (store set, snapshot NULL, is_snapshot) */
	StateTable *(*table_rows)(void *ctx, const Relation *rel);
	StateTable *(*table_index)(void *ctx, const Relation *rel, uint32_t index); /* likewise */
	const OperatorLater *later; /* what those rows hold too early; nlater */
	uint32_t nlater;
	/* a bounded connector table read whole by a snapshot: returns the next batch of the scan's output columns, n == 0:
	 * end */
	bool (*source_rows)(void *ctx, const Plan *scan, void **handle, Arena *arena, const Batch **out, Err *err);
	const OperatorLookup *lookup; /* continuous; gets ctx */
	void *ctx;
};

typedef struct OperatorCounts {
	uint64_t rows_in, rows_out; /* weighted by |weight| */
	uint64_t filtered, late, partly_late, duplicate;
	uint64_t expired; /* keys that were forgotten: TTL, weir.dedup.within */
	uint64_t unknown; /* rows that were taken back but are not known any more */
	int64_t held;     /* rows that wait (open windows): the change of it is part of the conservation line */
	uint64_t batches;
} OperatorCounts;

/* When a channel is idle in this step: none of its sources has brought a row for as long as their tables allow, so that
 * nobody waits for its watermark where it meets others. Ordinals; zero: never. */
typedef struct ChannelIdle {
	bool begins, ends;
	int64_t until; /* begins: up to this one, that of the row that comes then; INT64_MAX: all the step */
	int64_t from;  /* ends: from this one on */
} ChannelIdle;

struct Operator {
	const OperatorType *type;
	const Plan *plan;
	OperatorRun *run;
	Operator **inputs; /* operators whose output arrives at port i; NULL: fed from outside (scans) */
	uint32_t ninputs;
	const Curve *in_curve[2]; /* per port for this step; set before push */
	uint32_t nconsumers;
	Operator *consumer; /* the last one added; the only one if nconsumers is 1 */
	bool enough;        /* snapshots: nobody wants more rows of it */
	bool more;        /* snapshots: set by flush that has given a part and wants to be called again in the next round */
	bool finished;    /* snapshots: has been flushed to its end */
	BatchList out;    /* of this step */
	Curve curve;      /* of the output */
	ChannelIdle idle; /* of the output; by default its input's */
	void *state;      /* the operator's own */
	StateTable **states; /* opened by operator_state_open */
	uint32_t nstates, states_cap;
	OperatorCounts counts;
};

struct OperatorType {
	const char *name;
	bool (*open)(Operator *op, Err *err);
	bool (*push)(Operator *op, uint32_t port, const Batch *b, Err *err);
	bool (*flush)(Operator *op, Err *err);      /* may be NULL: nothing to do but hand the curve on */
	bool (*checkpoint)(Operator *op, Err *err); /* before a seal: write what is not in StateTables yet; may be NULL */
	void (*close)(Operator *op);                /* may be NULL */
	/* Snapshots only: pull-style sources produce here until *more is false (scans, values). NULL for the rest. */
	bool (*produce)(Operator *op, bool *more, Err *err);
	/* For EXPLAIN ANALYZE, WHY: what it holds, in words; may be NULL. */
	void (*describe)(Operator *op, StrBuf *out);
	/* The time at which the next timer is due in processing time (us), INT64_MAX: none; may be NULL. */
	int64_t (*next_proctime)(Operator *op);
};

/* Snapshots: the consumer wants no more rows; what is below stops producing, unless somebody else reads it. */
void operator_want_no_more(Operator *op);

/* Those of the relation; NULL: none. */
const BatchList *operator_later(const OperatorRun *run, const Relation *rel);

/* Appends to op->out; batches of no rows are dropped. */
void operator_emit(Operator *op, const Batch *b);
/* This row of the input made the operator fail. */
void operator_failed_at(Operator *op, const Batch *b, uint32_t row);
void operator_set_curve(Operator *op, Curve curve);
/* The bytes of each row as a key of all its columns. */
Str *operator_row_keys(const Batch *b, Arena *arena);
/* Name of a state table of this operator: <query>.<id>.<what>, in the query's arena. */
Str operator_state_name(Operator *op, const char *what);
/* Opens a state table of the operator: in the store, or private in RAM for snapshots. key columns etc. as in StateSpec.
 */
bool operator_state_open(Operator *op, const char *what, StateKind kind, uint32_t prefix_len, StateTable **out,
                         Err *err);

/* Drops the state tables that the operator opened (the query is dropped); close still follows. */
void operator_state_drop(Operator *op);

/* A state table opened by other means than operator_state_open that the operator owns. */
void operator_state_adopt(Operator *op, StateTable *t);
/* Forgets the handles of the operator's state tables; the stored tables stay. Behind close. */
void operator_state_close(Operator *op);
/* Rows of a batch as counters count them: by |weight|. */
uint64_t operator_weight(const Batch *b);
/* A row that the operator drops because it came too late: counted, and kept for the side table. */
void operator_late(Operator *op, const Batch *b, uint32_t row, int64_t time_ms, int64_t stamp, int64_t start,
                   int64_t end);
/* The user canceled: true and err is set. Asked once per batch. */
bool operator_canceled(const Operator *op, Err *err);

#endif
