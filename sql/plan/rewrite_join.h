/*
 * sql/plan/rewrite_join.h: inner joins find their equalities, and an order in which each has one.
 */
#ifndef WEIR_SQL_PLAN_REWRITE_JOIN_H
#define WEIR_SQL_PLAN_REWRITE_JOIN_H

#include "sql/plan/plan.h"

/* The plan with the joins at its top (below filters and subqueries) put anew; its columns stay as they are. Makes new
 * nodes and changes none. */
const Plan *rewrite_join_plan(Arena *arena, const Plan *p);

#endif
