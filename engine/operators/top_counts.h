/*
 * engine/operators/top_counts.h: counts of the values of a group, at most so many of them: TOP_K over inputs that
 * append.
 *
 * Space-Saving (Metwally, Agrawal, El Abbadi: Efficient computation of frequent and top-k elements in data streams,
 * 2005). Exact while a group has fewer values than counters. After that a new value takes the place of the one with the
 * least count, of equal ones the least value, and goes on from its count: what came more often than 1 / counters of all
 * rows is always there, and no count is too high by more than that. Rows are taken one by one in order of arrival, so
 * the same for every step size.
 */
#ifndef WEIR_ENGINE_OPERATORS_TOP_COUNTS_H
#define WEIR_ENGINE_OPERATORS_TOP_COUNTS_H

#include "engine/operators/operator.h"

typedef struct TopCounts {
	Operator *op;
	StateTable *counts; /* the operator's: key | value -> count, ordered */
	StateTable *order; /* key | count | value, of groups with all counters; key | least number -> values of the group */
	uint32_t max;
	StrBuf key, end;
} TopCounts;

/* `what` names the table of the order. */
bool top_counts_open(TopCounts *t, Operator *op, const char *what, StateTable *counts, uint32_t max, Err *err);
void top_counts_close(TopCounts *t);
/* counted: key | value. */
void top_counts_add(TopCounts *t, Str key, Str counted, int64_t weight);
/* Of all groups whose keys begin so; the counts are the operator's to drop. */
void top_counts_drop(TopCounts *t, Str prefix);

#endif
