/*
 * sql/plan/infer.h: what is known of a node's output, from what is known of its inputs.
 *
 * The binder calls it for each node it makes, bottom up, so that it can ask the input's facts (does it retract, what is
 * its key, which window do its rows carry) while it builds; finish_plan calls it again after the rewrites.
 */
#ifndef WEIR_SQL_PLAN_INFER_H
#define WEIR_SQL_PLAN_INFER_H

#include "sql/plan/plan.h"

/* The window that the rows of a materialised view carry comes from the view's own plan.
 * Fills in append_only, has_key and key, needs_order, bounded, window_cols and lost_time of `p`; its inputs are done. A
 * scan's append_only and bounded, which only the connector knows, are set by the binder and stay. PlanCol.time is the
 * binder's. */
void infer_plan(Arena *arena, Plan *p);

/* The same windows, whatever the column's name? */
bool infer_same_window(const WindowSpec *a, const WindowSpec *b);

#endif
