/*
 * engine/operators/session_agg.h: what session_agg.c (sessions as blocks or rows) and session_early.c (results before
 * they close) share.
 */
#ifndef WEIR_ENGINE_OPERATORS_SESSION_AGG_H
#define WEIR_ENGINE_OPERATORS_SESSION_AGG_H

#include "engine/operators/agg_state.h"
#include "engine/operators/operator.h"
#include "engine/operators/out_rows.h"
#include "engine/operators/session_rows.h"
#include "engine/operators/sessions.h"

enum { SESSION_SCOPE = 8 }; /* bytes of a session's number before the group key */

typedef struct SessionAggOp {
	const PlanAgg *agg;
	Sessions sessions;
	AggState st;
	StateTable *blocks; /* number | group key -> block; NULL: rows are kept */
	SessionRows rows;   /* over an input that retracts */
	bool keeps_rows;
	OutRows out;
	const Column **cols; /* scratch */
	StateTable *early;   /* group key -> results that were sent; NULL: results come when sessions close */
	struct {
		Str *items;
		uint32_t len, cap;
	} touched; /* groups with rows in this step; early results only */
} SessionAggOp;

/* A row of the output. */
typedef struct SessionResult {
	int64_t start, end;
	const Value *values;
} SessionResult;

/* session_agg.c */
/* The aggregates of a session; take: what is kept of it goes. rows (may be NULL): how many it has. */
bool session_agg_results(Operator *op, Str group, const Session *x, bool take, Value *out, int64_t *rows, Err *err);
void session_agg_row(Operator *op, Str group, const SessionResult *x, int64_t weight, int64_t ord, int64_t stamp);

/* session_early.c */
bool session_early_open(Operator *op, Err *err);
/* A session closes: what differs from what was sent. */
bool session_early_settle(Operator *op, Str group, const SessionResult *x, int64_t ord, int64_t stamp, Err *err);
/* The end of a step: what has changed in the groups that were touched. */
bool session_early_flush(Operator *op, Err *err);

#endif
