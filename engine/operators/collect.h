/*
 * engine/operators/collect.h: rows that a snapshot's operator keeps until its inputs have ended.
 *
 * The rounds of a snapshot reset the step's arena, so batches are copied, strings too, into the query's.
 */
#ifndef WEIR_ENGINE_OPERATORS_COLLECT_H
#define WEIR_ENGINE_OPERATORS_COLLECT_H

#include "engine/operators/operator.h"

typedef struct Collected {
	const Batch **items;
	uint32_t len, cap;
	uint64_t rows;
} Collected;

/* Adds a copy, one row per copy of a weight unless `weights` asks for them as they are. */
void collect_add(Collected *c, const Batch *b, bool weights, Arena *arena);
/* All rows as one batch with ncols columns of the node `p`; what was collected is forgotten. false: too many. */
bool collect_all(Collected *c, const Plan *p, Arena *arena, const Batch **out, Err *err);
/* Memory and cancellation, asked for in long loops. */
bool collect_may_go_on(const Operator *op, Err *err);
/* A batch of n NULL rows (or no rows) with the columns of a node. */
const Batch *collect_null_rows(const Plan *p, uint32_t n, Arena *arena);

#endif
