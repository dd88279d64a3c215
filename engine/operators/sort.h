/*
 * engine/operators/sort.h: what sort.c and limit.c share.
 */
#ifndef WEIR_ENGINE_OPERATORS_SORT_H
#define WEIR_ENGINE_OPERATORS_SORT_H

#include "engine/operators/operator.h"

/* LIMIT (-1: none) and OFFSET of a PLAN_SORT or PLAN_LIMIT node. */
bool sort_bounds(Operator *op, int64_t *limit, int64_t *offset, Err *err);

#endif
