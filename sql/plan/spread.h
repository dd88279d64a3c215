/*
 * sql/plan/spread.h: the right side of a PLAN_APPLY that reads nothing but its parameters, for many rows of the left at
 * once.
 */
#ifndef WEIR_SQL_PLAN_SPREAD_H
#define WEIR_SQL_PLAN_SPREAD_H

#include "sql/plan/plan.h"

/* A plan over given rows (number BIGINT, then the parameters): the right's columns for each of them, then its number,
 * then the parameters. The rows of one number come in the order in which a run of the right for it alone would give
 * them. NULL: the right has a node that cannot be done so. */
const Plan *spread_right(Arena *arena, const Plan *apply);

#endif
