/*
 * sql/plan/prune_kinds.h: how kinds of nodes with one input lose columns.
 */
#ifndef WEIR_SQL_PLAN_PRUNE_KINDS_H
#define WEIR_SQL_PLAN_PRUNE_KINDS_H

#include "sql/plan/prune_node.h"

/* NULL: not one of them. */
const PruneKind *prune_kinds_of(const Plan *p);

#endif
