/*
 * sql/plan/share.h: what a query computes twice is computed once: equal subtrees of a continuous plan become one node
 * that several others read.
 */
#ifndef WEIR_SQL_PLAN_SHARE_H
#define WEIR_SQL_PLAN_SHARE_H

#include "sql/plan/plan.h"

/* Of a node that several others read; made by share_plan, kept by the passes behind it (prune.c, rewrite_filter.c,
 * finish.c). */
struct PlanShare {
	bool *want;  /* columns that some reader wants */
	bool *grown; /* set when a reader came that wants more than those before it */
	Plan *out;   /* of prune.c */
	Plan *sunk;  /* of rewrite_filter.c */
	uint32_t *map;
	bool settled, described; /* of finish.c */
};

/* A copy of the tree in which equal subtrees are one. Not shared: scans, filters and plain columns alone, whose readers
 * need different fields, and what reads the clock or random numbers. */
Plan *share_plan(Arena *arena, const Plan *root);

/* Marks a node as read by several. */
void share_mark(Arena *arena, Plan *p, bool *grown);

/* A copy of the subtree that nobody shares. */
Plan *share_own(Arena *arena, const Plan *p);

#endif
