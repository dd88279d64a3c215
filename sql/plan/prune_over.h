/*
 * sql/plan/prune_over.h: OVER and Top-N, of which only what somebody reads is left.
 */
#ifndef WEIR_SQL_PLAN_PRUNE_OVER_H
#define WEIR_SQL_PLAN_PRUNE_OVER_H

#include "sql/plan/prune_node.h"

extern const PruneKind prune_over, prune_over_topn;

/* Does an OVER do anything for who reads the wanted columns? Else its input alone serves. */
bool prune_over_is_needed(const Plan *p, const bool *want);

#endif
