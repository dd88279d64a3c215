/*
 * engine/operators/operators.h: the operators by name: one descriptor per file.
 */
#ifndef WEIR_ENGINE_OPERATORS_OPERATORS_H
#define WEIR_ENGINE_OPERATORS_OPERATORS_H

#include "engine/operators/graph.h"

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

/* The view's rows; materialize.c. */
StateTable *materialize_rows(Operator *op);
StateTable *materialize_index(Operator *op, uint32_t at);
/* Between steps. rel: the view's new version, whose last index is new; the caller fills it. */
bool materialize_add_index(Operator *op, const Relation *rel, StateTable **out, Err *err);
/* rel: the new version, without the index that was number `at`. */
void materialize_drop_index(Operator *op, const Relation *rel, uint32_t at);

/* A state table opened by other means than operator_state_open that the operator owns. */
void operator_state_adopt(Operator *op, StateTable *t);
/* Forgets the handles of the operator's state tables; the stored tables stay. Every close with state calls it. */
void operator_state_close(Operator *op);
/* Rows of a batch as counters count them: by |weight|. */
uint64_t operator_weight(const Batch *b);
/* A row that the operator drops because it came too late: counted, and kept for the side table. */
void operator_late(Operator *op, const Batch *b, uint32_t row, int64_t time_ms, int64_t stamp, int64_t start,
                   int64_t end);
/* The user canceled: true and err is set. Asked once per batch. */
bool operator_canceled(const Operator *op, Err *err);

#endif
