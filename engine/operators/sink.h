/*
 * engine/operators/sink.h: what the root of a continuous query puts out, with row kinds.
 */
#ifndef WEIR_ENGINE_OPERATORS_SINK_H
#define WEIR_ENGINE_OPERATORS_SINK_H

#include "engine/batch/chunk.h"
#include "engine/operators/operator.h"

/* Root PLAN_SINK or PLAN_RESULT of a continuous plan: the step's output with row kinds. */
typedef struct SinkChange {
	RowKind kind;
	const Batch *batch;
	uint32_t row;
} SinkChange;
uint32_t sink_changes(Operator *root, const SinkChange **out);

#endif
