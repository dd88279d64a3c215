/*
 * sql/plan/rewrite_scan.h: snapshots: key ranges, order and limits go into the scans of stored rows.
 */
#ifndef WEIR_SQL_PLAN_REWRITE_SCAN_H
#define WEIR_SQL_PLAN_REWRITE_SCAN_H

#include "sql/plan/plan.h"

/* Works on a tree that prune_plan made (nothing is shared) and changes it. The result's columns are those of `root`. */
Plan *rewrite_scan_plan(Arena *arena, Plan *p);

#endif
