/*
 * engine/operators/over_eval.h: the functions of one PLAN_OVER over a partition whose rows are all there, in order.
 *
 * Frames move forwards with the rows, so an aggregate adds what enters and takes out what leaves; what cannot be taken
 * out (real numbers) has two stacks, MIN and MAX a queue of candidates, and only DISTINCT over real numbers and
 * aggregates of all rows in order (LISTAGG) look at each frame as a whole.
 */
#ifndef WEIR_ENGINE_OPERATORS_OVER_EVAL_H
#define WEIR_ENGINE_OPERATORS_OVER_EVAL_H

#include "engine/operators/operator.h"

/* Rows [from, to) of b are one partition in order; keys[i] are the bytes of row i's order. Sets rows [from, to) of
 * out[k] for each call k: columns of b->n rows. Memory: the step's arena. */
bool over_eval_partition(Operator *op, const Batch *b, const Str *keys, uint32_t from, uint32_t to, Column *out,
                         Err *err);
/* Empty columns for the results. */
Column *over_eval_columns(Operator *op, uint32_t n);

#endif
