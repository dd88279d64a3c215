/*
 * sql/plan/rewrite_lookup.h: joins of a function's body that look their rows up.
 */
#ifndef WEIR_SQL_PLAN_REWRITE_LOOKUP_H
#define WEIR_SQL_PLAN_REWRITE_LOOKUP_H

#include "sql/plan/plan.h"

/* Joins of few rows with a relation that weir keeps, compared by its key or an index, become PLAN_LOOKUP_JOIN. Works on
 * a tree that prune_plan made (nothing is shared) and changes it; the result's columns are those of `p`. */
Plan *rewrite_lookup_plan(Arena *arena, Plan *p);

#endif
