/*
 * sql/plan/prune.h: only the columns that somebody reads: from the root down to the fields that a source decodes.
 */
#ifndef WEIR_SQL_PLAN_PRUNE_H
#define WEIR_SQL_PLAN_PRUNE_H

#include "sql/plan/plan.h"

/* A copy of the tree with the same output columns at its root. */
Plan *prune_plan(Arena *arena, const Plan *root);

#endif
