/*
 * sql/plan/explain_state.h: what a node of a plan keeps, and what bounds it, as EXPLAIN says it.
 */
#ifndef WEIR_SQL_PLAN_EXPLAIN_STATE_H
#define WEIR_SQL_PLAN_EXPLAIN_STATE_H

#include "sql/plan/plan.h"

/* "; state: ...", or nothing for a node that keeps nothing. */
void explain_state(const Plan *p, StrBuf *out);
void explain_state_cols(const Plan *in, const uint32_t *cols, uint32_t n, StrBuf *out); /* a, b */

#endif
