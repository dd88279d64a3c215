/*
 * sql/plan/prune_lift.h: fields of ROW columns, read as columns of their own.
 */
#ifndef WEIR_SQL_PLAN_PRUNE_LIFT_H
#define WEIR_SQL_PLAN_PRUNE_LIFT_H

#include "sql/plan/plan.h"

/* p, or a PROJECT in its place whose scan reads the fields that it uses. */
const Plan *prune_lift_fields(Arena *arena, const Plan *p);

#endif
