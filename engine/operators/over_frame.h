/*
 * engine/operators/over_frame.h: one aggregate over frames that move forwards; see over_eval.h.
 */
#ifndef WEIR_ENGINE_OPERATORS_OVER_FRAME_H
#define WEIR_ENGINE_OPERATORS_OVER_FRAME_H

#include "engine/operators/operator.h"

/* Row from + i of b has the frame of rows from + lo[i] up to, not including, from + hi[i]; lo and hi do not fall, but a
 * frame may be empty anywhere. Sets rows [from, from + n) of out. */
bool over_frame_aggregate(Operator *op, const PlanAggCall *agg, const Batch *b, uint32_t from, uint32_t n,
                          const uint32_t *lo, const uint32_t *hi, Column *out, Err *err);

#endif
