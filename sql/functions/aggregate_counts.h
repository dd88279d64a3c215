/*
 * sql/functions/aggregate_counts.h: what aggregates over counted values share: percentages and ranks.
 */
#ifndef WEIR_SQL_FUNCTIONS_AGGREGATE_COUNTS_H
#define WEIR_SQL_FUNCTIONS_AGGREGATE_COUNTS_H

#include "sql/functions/aggregate.h"

/* One percentage or an array of them. */
typedef struct AggParts {
	bool array;
	uint32_t n;
	double *at; /* 0 to 1 */
} AggParts;

/* The constant argument `arg` as percentages. ERR_BAD_VALUE. */
bool aggregate_counts_parts(ResolveCtx *rc, uint32_t arg, AggParts **out, Err *err);
/* The number of the value that holds `rank` (from 0) of the counted rows; n > 0. */
uint32_t aggregate_counts_at(const int64_t *counts, uint32_t n, int64_t rank);
/* One result per percentage: a single one as it is, else as an array. */
bool aggregate_counts_result(const AggCall *call, const AggParts *parts, const Value *results, Arena *arena,
                             Value *out);

#endif
