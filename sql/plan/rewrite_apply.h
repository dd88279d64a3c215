/*
 * sql/plan/rewrite_apply.h: continuous queries: subqueries and LATERAL become joins.
 */
#ifndef WEIR_SQL_PLAN_REWRITE_APPLY_H
#define WEIR_SQL_PLAN_REWRITE_APPLY_H

#include "sql/plan/plan.h"

/* The plan without PLAN_APPLY; its columns stay as they are, without time attributes where one was. Makes new nodes and
 * changes none. NULL: a subquery that is not supported (err). */
const Plan *rewrite_apply_plan(Arena *arena, const Plan *p, Err *err);

#endif
