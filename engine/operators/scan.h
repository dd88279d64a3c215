/*
 * engine/operators/scan.h: a scan of a continuous query, which is fed from outside.
 */
#ifndef WEIR_ENGINE_OPERATORS_SCAN_H
#define WEIR_ENGINE_OPERATORS_SCAN_H

#include "engine/operators/operator.h"

/* Gives a scan its rows of this step (its output columns, ordinals and stamps) and its curve. */
void scan_feed(Operator *scan, const Batch *const *batches, uint32_t n, Curve curve);

#endif
