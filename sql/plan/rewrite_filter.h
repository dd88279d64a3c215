/*
 * sql/plan/rewrite_filter.h: filters go down to where the rows come from.
 */
#ifndef WEIR_SQL_PLAN_REWRITE_FILTER_H
#define WEIR_SQL_PLAN_REWRITE_FILTER_H

#include "sql/plan/plan.h"

/* Works on a tree that prune_plan made, and changes it. The result's columns are those of `root`. */
Plan *rewrite_filter_plan(Arena *arena, Plan *p);

#endif
