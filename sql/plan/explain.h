/*
 * sql/plan/explain.h: a plan as people read it: a tree, root first, with change modes, keys, order, what bounds the
 * state.
 */
#ifndef WEIR_SQL_PLAN_EXPLAIN_H
#define WEIR_SQL_PLAN_EXPLAIN_H

#include "sql/plan/plan.h"

typedef struct ExplainOptions {
	bool changes; /* changelogMode=[I], [I,UB,UA] or [I,UB,UA,D] per node */
	bool state;   /* what each node keeps and what bounds it */
	/* More text for a node (rates, state sizes), or NULL. */
	void (*extra)(void *ctx, const Plan *p, StrBuf *out);
	void *ctx;
} ExplainOptions;

void explain_print(const PlanQuery *q, const ExplainOptions *options, StrBuf *out);

#endif
