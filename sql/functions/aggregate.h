/*
 * sql/functions/aggregate.h: aggregate functions as flat states that an operator keeps per group.
 *
 * The operator owns the memory of the states: `size` bytes per call and group, aligned to 8, copied and stored as plain
 * bytes, so a state holds no pointers. All zero bytes is the empty state. There are four kinds:
 *
 *   AGG_FLAT     COUNT SUM AVG STDDEV VAR ..: the state is everything. update adds `weight` times a row (weight < 0
 *                takes it back), merge adds another state; `subtract` is NULL where taking out is not exact (floating
 *                point): then windows merge again from slices.
 *   AGG_EXTREME  MIN MAX: over inputs that only append, and of a fixed-width type, flat (update, merge; no subtract).
 *                Otherwise the operator keeps the values as ordered counts (value key -> count) and asks
 *                extreme_last which end it needs.
 *   AGG_COUNTS   TOP_K MODE PERCENTILE APPROX_COUNT_DISTINCT ..: what counts is how often which value came, not in
 * which order. The operator keeps value -> count in order of value; counts are added and taken out exactly. `count_of`
 * says which value stands for a row (a bucket, a register; NULL: the argument itself), finish_counts makes the result
 * of the values whose count is above 0. AGG_ORDERED  FIRST_VALUE LAST_VALUE LISTAGG ARRAY_AGG COLLECT ..: the operator
 * keeps (ordinal, value) rows in order of arrival and calls `finish` over them (all of them, or for FIRST/LAST_VALUE
 * only the end: needs_all = false).
 *
 * A row whose argument has an error must not come here: the operator looks for errors first.
 * DISTINCT and FILTER are the operator's work: FILTER selects rows first; DISTINCT keeps value -> count and calls
 * update with +1 or -1 on the edges 0 <-> n.
 */
#ifndef WEIR_SQL_FUNCTIONS_AGGREGATE_H
#define WEIR_SQL_FUNCTIONS_AGGREGATE_H

#include "sql/functions/function.h"

/* ORDER BY within an aggregate: how one sort key compares. */
typedef struct AggOrder {
	bool desc;
	bool nulls_first;
} AggOrder;

typedef enum AggKind { AGG_FLAT, AGG_EXTREME, AGG_COUNTS, AGG_ORDERED } AggKind;

typedef struct AggCall AggCall;

typedef struct Aggregate {
	const char *name;
	const char *signature;
	const char *doc;
	uint8_t min_args;
	uint8_t max_args;
	uint16_t flags; /* FN_OURS ... */
	AggKind kind;
	/* Sets arg_types (casts wanted), and in `out`: result type, size, kernels below, data. */
	bool (*resolve)(ResolveCtx *rc, AggCall *out, Err *err);
} Aggregate;

struct AggCall {
	const Aggregate *agg;
	AggKind kind;
	const Type *type; /* of the result */
	const Type *const *arg_types;
	uint32_t nargs;
	const void *data;  /* e.g. LISTAGG's separator */
	bool distinct;     /* set by the binder */
	bool ignore_nulls; /* rows whose (first) argument is NULL do not count; set by resolve */
	uint32_t size;     /* bytes of the state; 0 for AGG_COUNTS and AGG_ORDERED */
	bool extreme_last; /* AGG_EXTREME: MAX */
	bool needs_all;    /* AGG_ORDERED */
	bool finish_last;  /* AGG_ORDERED, not needs_all: the last row, not the first */
	/* AGG_ORDERED with ORDER BY, set by the binder: rows are kept as ROW(first argument, sort keys) of row_type and
	 * sorted before finish; equal ones stay in order of arrival. norder 0: none, rows are the first argument. */
	const AggOrder *order;
	uint32_t norder;
	const Type *row_type;

	/* For each row i: states[i] (aligned to 8) gets weights[i] (NULL: all +1) times row i. Rows with NULL in the first
	 * argument are skipped by the kernel where the function ignores NULLs. Returns false on an error that stops the
	 * query (overflow of SUM(BIGINT)): *bad is the row. */
	bool (*update)(const AggCall *call, const EvalEnv *env, const Column *const *args, const int64_t *weights,
	               uint32_t n, void *const *states, uint32_t *bad);
	/* The same for one state for all rows (no GROUP BY; a sorted run): may be NULL. */
	bool (*update_one)(const AggCall *call, const EvalEnv *env, const Column *const *args, const int64_t *weights,
	                   uint32_t n, void *state, uint32_t *bad);
	bool (*merge)(const AggCall *call, const EvalEnv *env, void *into, const void *from);
	bool (*subtract)(const AggCall *call, const EvalEnv *env, void *into, const void *from);
	/* The result of a state. AGG_FLAT, AGG_EXTREME flat. Strings in the arena. Overflow: false. */
	bool (*result)(const AggCall *call, const EvalEnv *env, const void *state, Arena *arena, Value *out);
	/* AGG_ORDERED: the result of n values in order (rows[k] is the k-th row's first argument; more arguments are
	 * constants). false: SINGLE_VALUE has more than one row, JSON_OBJECTAGG a NULL key. */
	bool (*finish)(const AggCall *call, const EvalEnv *env, const Value *rows, uint32_t n, Arena *arena, Value *out);
	/* AGG_COUNTS. count_of fills `out`, a column of count_type that it makes itself; rows whose first argument is NULL
	 * are not asked for. weight_arg: the argument that says how often a row counts; 0: once. */
	const Type *count_type;
	uint32_t weight_arg;
	uint32_t counters_max; /* over inputs that append so many values are counted, the most frequent ones; 0: all */
	void (*count_of)(const AggCall *call, const Column *const *args, uint32_t n, Arena *arena, Column *out);
	bool (*finish_counts)(const AggCall *call, const EvalEnv *env, const Value *values, const int64_t *counts,
	                      uint32_t n, Arena *arena, Value *out);
};

const Aggregate *aggregate_find(Str name);
const Aggregate *aggregate_at(uint32_t index);
/* rc->call is not used. Fills out wholly except `distinct`. */
bool aggregate_resolve(ResolveCtx *rc, AggCall *out, Err *err);
/* AGG_COUNTS: how often row i counts by weight_arg: NULL and less than 1 are not at all. */
int64_t aggregate_weight(const AggCall *call, const Column *const *args, uint32_t row);
/* What is wrong when a kernel of the call returned false. Returns false. */
bool aggregate_fail(const AggCall *call, Err *err);

#endif
