/*
 * sql/plan/prune.h: only the columns that somebody reads: from the root down to the fields that a source decodes.
 */
#ifndef WEIR_SQL_PLAN_PRUNE_H
#define WEIR_SQL_PLAN_PRUNE_H

#include "sql/plan/plan.h"

/* A copy of the tree with the same output columns at its root. */
Plan *prune_plan(Arena *arena, const Plan *root);

/* One node, and what is below it: has at least the wanted columns; map[i] is the new number of column i, UINT32_MAX
 * where it is gone. */
Plan *prune_node(Arena *arena, const Plan *p, const bool *want, uint32_t *map);

#endif
