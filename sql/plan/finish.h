/*
 * sql/plan/finish.h: the last pass over a plan that the binder made.
 *
 * Rewrites (pruning of columns and fields, push-down of filters, ranges, order and limit into scans), inference of
 * every node (infer.h), exchange edges where the key changes, numbering of the nodes (inputs before consumers), the
 * hash. The nodes are copied where they change.
 */
#ifndef WEIR_SQL_PLAN_FINISH_H
#define WEIR_SQL_PLAN_FINISH_H

#include "sql/plan/plan.h"

/* q->root, snapshot, zone, reads and the parameters are set; fills in the rest. */
bool finish_plan(Arena *arena, PlanQuery *q, Err *err);

#endif
