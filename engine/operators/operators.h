/*
 * engine/operators/operators.h: the operators by name: one descriptor per file, and which one a plan node gets.
 */
#ifndef WEIR_ENGINE_OPERATORS_OPERATORS_H
#define WEIR_ENGINE_OPERATORS_OPERATORS_H

#include "engine/operators/operator.h"

extern const OperatorType scan_type;          /* scan.c: fed from outside */
extern const OperatorType scan_snapshot_type; /* scan_snapshot.c: reads stored rows, system tables, bounded sources */
extern const OperatorType values_type;
extern const OperatorType filter_type;
extern const OperatorType project_type;
extern const OperatorType union_type;
extern const OperatorType window_type;
extern const OperatorType unnest_type;
extern const OperatorType window_agg_type;
extern const OperatorType session_type;     /* session.c: PLAN_WINDOW of a SESSION */
extern const OperatorType session_agg_type; /* session_agg.c: PLAN_WINDOW_AGG of a SESSION that is its own */
extern const OperatorType expand_type;
extern const OperatorType agg_type;
extern const OperatorType join_type;          /* join.c: of a snapshot */
extern const OperatorType regular_join_type;  /* regular_join.c: continuous */
extern const OperatorType interval_join_type; /* continuous */
extern const OperatorType window_join_type;   /* continuous */
extern const OperatorType temporal_join_type; /* continuous */
extern const OperatorType lookup_join_type;   /* a snapshot: within PLAN_APPLY */
extern const OperatorType apply_type;
extern const OperatorType setop_type;         /* setop.c: of a snapshot */
extern const OperatorType regular_setop_type; /* regular_setop.c: continuous */
extern const OperatorType sort_type;
extern const OperatorType limit_type;
extern const OperatorType over_type;        /* over.c: snapshots */
extern const OperatorType over_time_type;   /* over_time.c: along a time attribute */
extern const OperatorType over_update_type; /* over_update.c: over an input that takes rows back */
extern const OperatorType normalize_type;
extern const OperatorType once_type;
extern const OperatorType exchange_type;
extern const OperatorType last_wins_type;
extern const OperatorType materialize_type;
extern const OperatorType sink_type;   /* sink.c: row kinds for sinks and followers */
extern const OperatorType result_type; /* result.c: root of a snapshot */

/* The type for a plan node; NULL: no such operator in this mode (the binder should have refused). */
const OperatorType *operators_type(const Plan *plan, bool snapshot);

#endif
