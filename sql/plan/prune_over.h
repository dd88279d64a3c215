/*
 * sql/plan/prune_over.h: columns of OVER and Top-N that nobody reads; as prune_node.
 */
#ifndef WEIR_SQL_PLAN_PRUNE_OVER_H
#define WEIR_SQL_PLAN_PRUNE_OVER_H

#include "sql/plan/plan.h"

Plan *prune_over(Arena *arena, const Plan *p, const bool *want, uint32_t *map);
Plan *prune_topn(Arena *arena, const Plan *p, const bool *want, uint32_t *map);

#endif
