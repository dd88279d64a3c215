/*
 * sql/plan/rewrite_time_join.h: joins whose condition bounds time become interval joins and window joins.
 */
#ifndef WEIR_SQL_PLAN_REWRITE_TIME_JOIN_H
#define WEIR_SQL_PLAN_REWRITE_TIME_JOIN_H

#include "sql/plan/plan.h"

/* The plan with the joins at its top (below filters and projections) put anew, and the time attributes that come of
 * that. In a snapshot a join stays what it is, and its columns are marked. Makes new nodes and changes none. NULL: err.
 */
const Plan *rewrite_time_join(Arena *arena, const Plan *p, bool snapshot, Err *err);

#endif
