/*
 * sql/plan/build.h: making nodes, for the rewrites: each with its columns, inferred.
 */
#ifndef WEIR_SQL_PLAN_BUILD_H
#define WEIR_SQL_PLAN_BUILD_H

#include "sql/plan/plan.h"

typedef struct ExprVec {
	const Expr **items;
	uint32_t len, cap;
} ExprVec;

/* Conjuncts of e, appended. */
void build_cut(Arena *arena, const Expr *e, ExprVec *out);
/* All of them by AND; NULL: none. */
const Expr *build_all_of(Arena *arena, const ExprVec *list);
/* A call whose types fit; NULL: they do not. */
const Expr *build_call(Arena *arena, const char *fn, const Expr *a, const Expr *b);
/* Have values of the two types equal bytes exactly where = says that they are equal? */
bool build_same_bytes(const Type *a, const Type *b);
const Expr *build_column(Arena *arena, const Plan *p, uint32_t col);
const Expr *build_bool(Arena *arena, bool value);

/* predicate NULL: the input itself. */
const Plan *build_filter(Arena *arena, const Plan *in, const Expr *predicate);
const Plan *build_project(Arena *arena, const Plan *in, const Expr *const *exprs, const PlanCol *cols, uint32_t n);
/* The input's columns, then those of `list` that are no plain column; at[i]: where expression i is. */
const Plan *build_extend(Arena *arena, const Plan *in, const ExprVec *list, uint32_t *at);
/* Left columns, then (not for SEMI and ANTI) right ones. Keys are columns, pairwise of the same bytes. */
const Plan *build_join(Arena *arena, const Plan *l, const Plan *r, const PlanJoin *join, Span span);
/* Keys, then one column per call. */
const Plan *build_agg(Arena *arena, const Plan *in, const uint32_t *keys, uint32_t nkeys, const PlanAggCall *aggs,
                      uint32_t naggs, const PlanCol *agg_cols);
/* A copy of the node with another first input. */
const Plan *build_on(Arena *arena, const Plan *p, const Plan *in);

#endif
