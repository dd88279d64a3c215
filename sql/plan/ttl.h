/*
 * sql/plan/ttl.h: which nodes forget what was not written for a while, and after how long.
 */
#ifndef WEIR_SQL_PLAN_TTL_H
#define WEIR_SQL_PLAN_TTL_H

#include "sql/plan/plan.h"

/* Once over the tree of a continuous query, before the exchange edges: nodes without a hint get the query's setting,
 * joins what hints say of the tables below them; sets q->forgets and what refreshes. */
void ttl_settle(PlanQuery *q, Plan *root);

#endif
