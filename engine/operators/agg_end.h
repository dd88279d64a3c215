/*
 * engine/operators/agg_end.h: FIRST_VALUE and LAST_VALUE of a window, over an input that appends: the value in the
 * block.
 *
 *   | what 1 | length 1 | bytes 22 |       what: nothing yet, NULL, a value, or a value that is too long and lies in
 * the table
 *
 * Text as it is, numbers and times in eight bytes, the rest as value_encode has it.
 */
#ifndef WEIR_ENGINE_OPERATORS_AGG_END_H
#define WEIR_ENGINE_OPERATORS_AGG_END_H

#include "engine/operators/agg_state.h"

enum { AGG_END_SIZE = 24 };

/* Does the value of the call lie in the block? Not where blocks are merged. */
bool agg_end_fits(const AggState *a, const AggCall *call);
/* Rows as in agg_values_update; it->offset is that of the value. */
bool agg_end_update(AggState *a, const AggItem *it, const Batch *b, const Column *const *args, const uint32_t *sel,
                    uint32_t n, const Str *keys, void *const *states, Err *err);
/* false: it lies in the table. */
bool agg_end_result(const AggItem *it, const void *state, Arena *arena, Value *out);

#endif
