/*
 * sql/plan/plan.h: the plan: an immutable tree (a DAG where views are shared) of relational nodes.
 *
 * The binder makes it (sql/bind), the rewrites improve it, inference fills in what is known of each node's output;
 * engine/operators has one file per kind. Expressions of a node are over the columns of its input; of a join over left
 * columns followed by right columns. Nothing in a plan changes when it runs.
 *
 * Continuous and snapshot plans are the same nodes; what differs is the flag `snapshot` of PlanQuery: a snapshot has
 * batch meaning (no watermark, nothing is late, everything closes at the end).
 */
#ifndef WEIR_SQL_PLAN_PLAN_H
#define WEIR_SQL_PLAN_PLAN_H

#include "sql/catalog/table.h"
#include "sql/functions/aggregate.h"
#include "sql/catalog/stored.h"

typedef enum PlanKind {
	PLAN_SCAN,   /* a table, view or system table */
	PLAN_VALUES, /* constant rows */
	PLAN_FILTER,
	PLAN_PROJECT,
	PLAN_UNION,      /* UNION ALL of inputs with equal columns */
	PLAN_WINDOW,     /* a window table function: adds window_start, window_end, window_time; a row may appear in several
	                    windows */
	PLAN_UNNEST,     /* a row per element of its arrays: adds the elements' columns [and their number] */
	PLAN_WINDOW_AGG, /* window function and aggregate in one, by slices */
	PLAN_AGG,        /* GROUP BY, DISTINCT (no aggregates) */
	PLAN_EXPAND,     /* GROUPING SETS: each row once per set, with NULL for the keys that the set leaves out */
	PLAN_JOIN,       /* snapshots: hash or nested loop */
	PLAN_INTERVAL_JOIN, /* continuous: the time of the right lies in an interval around that of the left; appends */
	PLAN_WINDOW_JOIN,   /* continuous: rows of one window, when it has ended; appends */
	PLAN_TEMPORAL_JOIN, /* continuous: the version of the right that is valid at the time of the left; appends */
	PLAN_LOOKUP_JOIN,   /* continuous: the rows that the right holds when the left row comes; follows the left */
	PLAN_APPLY,         /* for each row of the left a run of the right with parameters: subqueries, LATERAL */
	PLAN_SETOP,         /* INTERSECT, EXCEPT [ALL] */
	PLAN_SORT,          /* ORDER BY [LIMIT OFFSET] */
	PLAN_LIMIT,         /* LIMIT without ORDER BY */
	PLAN_OVER,          /* functions OVER one window: a column more for each */
	PLAN_TOPN,          /* continuous: the first rows per partition: ROW_NUMBER() ... <= n, deduplication, LIMIT */
	PLAN_NORMALIZE,   /* upserts by key (upsert-kafka) become changes: per key the row alive; weight -1: a tombstone */
	PLAN_ONCE,        /* values of the clock or of chance beside rows that may be taken back: kept with the row */
	PLAN_EXCHANGE,    /* the key changes here: rows go to the group of their key */
	PLAN_LAST_WINS,   /* per sink key the newest row alive (upsert materializer) */
	PLAN_MATERIALIZE, /* root: keeps a view's rows */
	PLAN_SINK,        /* root: sends to a connector */
	PLAN_RESULT,      /* root: rows to a client */
	PLAN_KINDS
} PlanKind;

typedef struct Plan Plan;
typedef struct PlanShare PlanShare; /* sql/plan/share.h */
struct Relation;                    /* sql/catalog/catalog.h */
struct Zone;

typedef struct PlanCol {
	Str name;
	const Type *type;
	TimeAttr time;
} PlanCol;

typedef enum WindowKind { WINDOW_TUMBLE, WINDOW_HOP, WINDOW_CUMULATE, WINDOW_SESSION } WindowKind;

/* Milliseconds. TUMBLE: size = slide. CUMULATE: slide is the step, size the greatest. SESSION: size is the gap. */
typedef struct WindowSpec {
	WindowKind kind;
	int64_t size_ms;
	int64_t slide_ms;
	int64_t offset_ms;
	bool ltz;            /* time column is TIMESTAMP_LTZ: windows live in local wall-clock time of `zone` */
	bool proctime;       /* windows of the wall clock */
	bool only_on_update; /* CUMULATE: a window of a key that got no rows since the one before it is not shown */
	const struct Zone *zone;
} WindowSpec;

/* The window that a relation's rows carry (attached windows). Column numbers; -1: projected away. */
typedef struct WindowCols {
	bool attached;
	WindowSpec spec;
	int32_t start_col, end_col, time_col;
} WindowCols;

/* A field to read from a source's records. */
typedef enum ScanFieldKind {
	SCAN_VALUE,    /* path inside the record's value */
	SCAN_KEY,      /* path inside the record's key (key.format) */
	SCAN_METADATA, /* metadata `path[0]` of the connector: partition, offset, timestamp, headers, topic ... */
	SCAN_PROCTIME, /* the wall clock when the row entered */
} ScanFieldKind;

typedef struct ScanField {
	ScanFieldKind kind;
	Str *path;
	uint32_t npath;
	uint32_t position; /* of the top column among the table's physical columns */
	const Type *type;
} ScanField;

typedef struct ScanRange {
	/* Values of the first neq key (or index) columns, then optionally a range on the next. Constants or parameters. */
	const Expr **eq;
	uint32_t neq;
	const Expr *low, *high;
	bool low_incl, high_incl;
} ScanRange;

/* A field compared with a constant: a source may leave out rows for which it does not hold. */
typedef struct ScanAsk {
	uint32_t field;
	const char *op; /* "=", "<", ">", "<=", ">=" */
	const Expr *value;
} ScanAsk;

typedef struct PlanScan {
	const struct Relation *rel;
	/* Connector tables: fields read, and the output columns computed from them. */
	ScanField *fields;
	uint32_t nfields;
	const Expr **exprs;    /* output column i over the fields */
	const Expr *watermark; /* over the fields; NULL: none */
	ScanAsk *asks;         /* snapshots, of jdbc tables and Parquet files; the filter above stays */
	uint32_t nasks;
	/* Stored relations (views, own tables): output column i is column cols[i] of the relation. */
	uint32_t *cols;
	int32_t index; /* snapshot: through index number `index` of the relation; -1: by key */
	ScanRange range;
	bool reverse;
	int64_t limit; /* -1: none */
	bool whole;    /* no range: reads everything */
	bool lookup;   /* right side of PLAN_LOOKUP_JOIN: read by key, by `index`; its rows do not flow */
	Str side;      /* "bad", "late", "refused": the side table of rel; else empty */
} PlanScan;

typedef struct PlanAggCall {
	AggCall call;
	uint32_t *args; /* input columns */
	int32_t filter; /* input column (BOOLEAN), -1: none */
	Str text;       /* for EXPLAIN */
} PlanAggCall;

typedef enum AggEmit { EMIT_ON_CLOSE, EMIT_EARLY } AggEmit;

/* Output: the key columns, then the aggregates; PLAN_WINDOW_AGG: then window_start, window_end, window_time. */
typedef struct PlanAgg {
	uint32_t *keys; /* input columns */
	uint32_t nkeys;
	PlanAggCall *aggs;
	uint32_t naggs;
	bool one_row; /* no keys: one row exists from the start (views, snapshots); else none before the first input row */
	bool input_append; /* the input never retracts */
	bool needs_order;  /* some aggregate needs ordinals */
	/* PLAN_WINDOW_AGG */
	WindowSpec window;
	int32_t time_col; /* input column with the time attribute; -1 with attached windows */
	bool attached;    /* the input's rows carry their window: start_col, end_col */
	uint32_t start_col, end_col;
	AggEmit emit;
} PlanAgg;

typedef enum JoinKind { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL, JOIN_SEMI, JOIN_ANTI } JoinKind;

/* The output is the input's columns and the three window columns. */
typedef struct PlanWindow {
	WindowSpec spec;
	uint32_t time_col;
	uint32_t *keys; /* SESSION: PARTITION BY */
	uint32_t nkeys;
} PlanWindow;

/* Output: the input's columns, a copy of each cols[], the number of the set. */
typedef struct PlanExpand {
	uint32_t *cols; /* input columns: keys that some set leaves out */
	uint32_t ncols;
	uint32_t nsets;
	uint64_t *left_out; /* of each set; bit i: the copy of cols[i] is NULL */
	int64_t *ids;       /* the number: left_out, above it how often an equal set came before */
} PlanExpand;

typedef struct PlanJoin {
	JoinKind kind;
	uint32_t *left_keys, *right_keys; /* equal pairs; 0: nested loop */
	bool *null_equal;                 /* IS NOT DISTINCT FROM; may be NULL */
	uint32_t nkeys;
	const Expr *residual; /* over left columns, then right columns; NULL: none */
	/* PLAN_INTERVAL_JOIN: left time + low <= right time <= left time + high; right_time is a column of the right.
	 * PLAN_TEMPORAL_JOIN: the keys are the right's; it is its greatest right time <= left time that counts */
	uint32_t left_time, right_time;
	/* PLAN_LOOKUP_JOIN: the right is a scan; its keys are the first columns of its key or index, or of a jdbc table any
	 * columns; a NULL among them finds nothing */
	bool unique;    /* PLAN_LOOKUP_JOIN: at most one row is found */
	bool keep_last; /* PLAN_TEMPORAL_JOIN: a row that is older than the newest version of its key is none */
	bool proctime;  /* PLAN_INTERVAL_JOIN: by the clock; the times are when the rows are met */
	int64_t low_us, high_us;
	/* PLAN_WINDOW_JOIN: the windows that both sides carry, and where; they are no keys */
	WindowSpec window;
	uint32_t left_start, left_end, right_start, right_end;
} PlanJoin;

typedef enum ApplyKind {
	APPLY_SCALAR, /* adds the one column of the right; NULL if no row; an error if several */
	APPLY_EXISTS, /* adds BOOLEAN */
	APPLY_IN,     /* adds BOOLEAN, three-valued: `test` = value of the left compared with the right's column */
	APPLY_ARRAY,  /* adds the array of the right's column */
	APPLY_CROSS,  /* LATERAL */
	APPLY_LEFT,   /* LEFT JOIN LATERAL */
} ApplyKind;

typedef struct PlanApply {
	ApplyKind kind;
	uint32_t *params; /* params[i]: left column that fills parameter slot first_param + i of the right */
	uint32_t nparams;
	uint32_t first_param;
	/* APPLY_IN: for ANY/ALL comparisons. Expr over (left columns, right column) that gives BOOLEAN; all: ALL instead of
	 * ANY. */
	const Expr *test;
	bool all;
	bool pure;   /* the right reads nothing but its parameters: continuous queries run it too */
	bool by_row; /* not pure, but the body of a function: continuous queries run it when the row comes, over what the
	              * tables that it reads hold then; what it gave stays with the row */
	bool found;  /* continuous, by_row: it is known how the right is run */
	bool fresh;  /* by_row: equal parameters may give something else (the clock, chance) */
	const struct Plan *many; /* pure or by_row: the right for many left rows at once (sql/plan/spread.h); NULL: row by
	                          * row */
	/* Settled continuous plans, by_row: inputs behind the right are scans of the relations that it reads, with all of
	 * their columns. Their changes of the step come there. */
} PlanApply;

typedef enum SetOpKind { SETOP_INTERSECT, SETOP_EXCEPT } SetOpKind;

typedef struct SortKey {
	uint32_t col;
	bool desc;
	bool nulls_first;
} SortKey;

typedef struct PlanSort {
	SortKey *keys;
	uint32_t nkeys;
	const Expr *limit; /* constants or parameters; NULL: none */
	const Expr *offset;
} PlanSort;

/* ---- OVER and Top-N ---- */

typedef enum OverFn {
	OVER_AGG,
	OVER_ROW_NUMBER,
	OVER_RANK,
	OVER_DENSE_RANK,
	OVER_PERCENT_RANK,
	OVER_CUME_DIST,
	OVER_NTILE,
	OVER_LAG,
	OVER_LEAD
} OverFn;

typedef struct PlanOverCall {
	OverFn fn;
	PlanAggCall agg;  /* OVER_AGG */
	uint32_t arg;     /* OVER_LAG, OVER_LEAD: input column of the value */
	int32_t fallback; /* of the default; -1: NULL */
	int64_t number;   /* of rows back or forth; OVER_NTILE: of tiles */
	bool ignore_nulls;
	const Type *type; /* of the result */
	Str text;         /* for EXPLAIN */
} PlanOverCall;

typedef enum OverBoundKind {
	OVER_UNBOUNDED_PRECEDING,
	OVER_PRECEDING,
	OVER_CURRENT_ROW,
	OVER_FOLLOWING,
	OVER_UNBOUNDED_FOLLOWING
} OverBoundKind;

/* ROWS: `number` rows. RANGE: `number` microseconds where the order is a time attribute of a continuous query; else
 * `col` is the input column with the value of the order key at which the frame ends. */
typedef struct OverBound {
	OverBoundKind kind;
	int64_t number;
	int32_t col; /* -1: none */
} OverBound;

typedef struct PlanOver {
	uint32_t *partition; /* input columns */
	uint32_t npartition;
	SortKey *order;
	uint32_t norder;
	bool rows; /* the frame counts rows; else values of the order key */
	OverBound start, end;
	PlanOverCall *calls;
	uint32_t ncalls;
	/* continuous: the order is this time attribute, ascending; -1: it is not, all rows stay and results change */
	int32_t time_col;
	bool proctime;
} PlanOver;

typedef enum RankKind { RANK_ROW_NUMBER, RANK_RANK, RANK_DENSE_RANK } RankKind;

typedef enum TopNMode {
	TOPN_SORTED,  /* any order: the top rows, over inputs that retract all of them */
	TOPN_ARRIVAL, /* in order of arrival, over an input that appends: a counter per partition */
	TOPN_DEDUP,   /* one row per partition by time, over an input that appends */
	TOPN_WINDOW,  /* the partition holds the window of the rows: out when it closes */
	TOPN_SEEN,    /* the first row per partition to come, over an input that appends, forgotten by the watermark */
} TopNMode;

/* Output: the input's columns; with show_rank the rank as one more. */
typedef struct PlanTopN {
	RankKind rank;
	uint32_t *partition;
	uint32_t npartition;
	SortKey *order;
	uint32_t norder;
	int64_t from, to; /* ranks, 1 is the first, both inclusive */
	bool show_rank;
	bool from_limit;   /* it was written as LIMIT */
	int64_t within_us; /* weir.dedup.within; 0: keys are not forgotten */
	int32_t time_col;  /* the order is this time attribute alone; -1 */
	bool proctime;     /* of the processing time */
	bool
	    by_watermark; /* within_us goes by the watermark and the event time forget_col, not by the clock of the order */
	int32_t forget_col;
	/* inferred */
	TopNMode mode;
	int32_t bound_col; /* event-time attribute among the partition's columns: state goes with the watermark; -1 */
} PlanTopN;

typedef struct PlanTarget {
	const struct Relation *rel; /* the view or the sink's table */
	StoredKey store;            /* PLAN_MATERIALIZE */
	uint32_t *key;              /* columns: of the view's key; of the sink's primary key */
	uint32_t nkey;
	/* PLAN_SINK: kinds sent: with retract all four, with upsert no -U */
	bool retract, upsert;
} PlanTarget;

/* table.exec.state.ttl, or what the hint STATE_TTL says in its place. */
typedef struct StateTtl {
	bool hint;
	int64_t us; /* 0: for ever */
} StateTtl;

struct Plan {
	PlanKind kind;
	uint32_t id; /* number within the query, inputs before consumers; names the state tables */
	Span span;
	const Plan **inputs;
	uint32_t ninputs;
	PlanCol *cols;
	uint32_t ncols;
	union {
		PlanScan scan;
		struct {
			const Expr **cells; /* nrows * ncols, constants or parameters */
			uint32_t nrows;
			bool given; /* no rows of its own: those of the run (OperatorRun.given) */
		} values;
		const Expr *predicate; /* PLAN_FILTER */
		const Expr **exprs;    /* PLAN_PROJECT: ncols */
		PlanWindow window;
		struct {
			uint32_t *args; /* ARRAY, MAP or MULTISET columns, side by side */
			uint32_t nargs;
			bool outer;      /* a row without elements stays, with NULLs */
			bool ordinality; /* the last column is the element's number, from 1 */
		} unnest;            /* PLAN_UNNEST: the input's columns, then those of the elements */
		PlanAgg agg;
		PlanExpand expand;
		PlanJoin join;
		PlanApply apply;
		struct {
			SetOpKind op;
			bool all;
		} setop;
		PlanSort sort; /* PLAN_SORT, PLAN_LIMIT */
		PlanOver over;
		PlanTopN topn;
		struct {
			uint32_t *cols; /* the columns to keep; the others are the same each time */
			uint32_t ncols;
		} once;
		struct {
			uint32_t *keys;
			uint32_t nkeys; /* 0: group 0 */
		} exchange;
		PlanTarget target; /* PLAN_MATERIALIZE, PLAN_SINK, PLAN_LAST_WINS and PLAN_NORMALIZE (key only) */
	};
	PlanShare *share; /* several nodes read it; NULL: one does */
	/* Inferred (sql/plan/infer.h). */
	bool append_only; /* weights are all +1 */
	bool has_key;     /* key[] is unique among the rows alive; nkey == 0: at most one row */
	uint32_t *key;
	uint32_t nkey;
	bool needs_order; /* the node itself uses ordinals */
	bool bounded;     /* ends by itself */
	WindowCols window_cols;
	const char *lost_time; /* why a time attribute of the input is none any more; NULL */
	/* How long the node's state lives behind its last write, for joins of either side (plan_ttl_us). */
	StateTtl ttl[2];
	StateTtl side_ttl; /* of a table in FROM: what the hint STATE_TTL says of the join side that it is */
	bool refreshes;    /* a result that is written again is sent again: it keeps state above alive */
};

/* A planned statement: its root and what it needs. Lives in the arena it was planned in. */
typedef struct PlanQuery {
	const Plan *root;
	bool snapshot;
	uint32_t nnodes;          /* ids are 0 .. nnodes - 1 */
	uint32_t nparams;         /* slots of parameters: the client's first, then correlations */
	const Type **param_types; /* of the client's parameters */
	uint32_t nclient_params;
	const struct Relation **reads; /* every relation scanned */
	uint32_t nreads;
	Str *uses; /* every object named, virtual views that were expanded too: "t", "weir.queries", "f()" for a function */
	uint32_t nuses;
	uint64_t hash; /* of everything that decides the meaning of the state */
	struct Zone const *zone;
	int64_t ttl_us;  /* table.exec.state.ttl; 0: state is kept for ever */
	bool forgets;    /* some state expires: a row that is taken back may not be known any more */
	StrBuf *notices; /* one per line, for the user: warnings of the planner; may be NULL */
} PlanQuery;

const char *plan_kind_name(PlanKind kind); /* Scan, Filter ... as EXPLAIN shows them */
/* Of the kinds that have `join`. */
static inline bool plan_is_join(const Plan *p)
{
	return p->kind == PLAN_JOIN || p->kind == PLAN_INTERVAL_JOIN || p->kind == PLAN_WINDOW_JOIN ||
	       p->kind == PLAN_TEMPORAL_JOIN || p->kind == PLAN_LOOKUP_JOIN;
}
int32_t plan_column(const Plan *p, Str name);
/* Are partitions forgotten weir.dedup.within behind their (first) row? Of deduplication, and of what asks for the
 * copies that it leaves out. */
bool plan_topn_forgets(const PlanTopN *t);
/* After how long without a write the node forgets a key (join: a row of the side); 0: never, or not by that */
int64_t plan_ttl_us(const Plan *p, uint32_t side);

/* Is no row of it ever taken away without another of the same key in its place? */
bool plan_never_deletes(const Plan *p);

#endif
