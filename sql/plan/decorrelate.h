/*
 * sql/plan/decorrelate.h: a subquery without its parameters: what the outer query gave it becomes conditions of a join.
 */
#ifndef WEIR_SQL_PLAN_DECORRELATE_H
#define WEIR_SQL_PLAN_DECORRELATE_H

#include "sql/plan/build.h"

typedef struct Decorrelated {
	const Plan *plan; /* without the parameters; its first columns are the subquery's */
	ExprVec outer;    /* over the left's columns: equal to columns inner[i] of plan */
	uint32_t *inner;
	bool *null_equal;
	ExprVec rest; /* further conditions: over the left's columns, then plan's */
	/* A correlated aggregate without GROUP BY: a group that plan does not have would have one row all the same, of
	 * these values (constants), one per column of the subquery; else NULL. */
	const Expr **empty;
	bool filtered; /* `empty`: HAVING may have made the values NULL where there was no row */
} Decorrelated;

/* apply: a PLAN_APPLY. false: it cannot be done (err). */
bool decorrelate(Arena *arena, const Plan *apply, Decorrelated *out, Err *err);

#endif
