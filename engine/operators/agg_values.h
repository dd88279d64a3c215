/*
 * engine/operators/agg_values.h: the values behind one aggregate that a block of bytes cannot hold, in a state table of
 * its own.
 *
 *   DISTINCT   key | values of the arguments -> count            hash table; the edges 0 <-> n feed the flat state
 *   EXTREME    key | value -> count                              ordered table; the result is its first or last entry
 *              key -> value                                      over inputs that append, where nothing is merged
 *   COUNTS     key | value -> count                              ordered table; the result is made of all of them
 *   ROWS       key | ordinal, number -> first argument           ordered table; a retraction takes the oldest equal
 * value END        key -> first argument                             FIRST_VALUE, LAST_VALUE over inputs that append
 *
 * `key` is that of the group's block: scope and canonical group key.
 */
#ifndef WEIR_ENGINE_OPERATORS_AGG_VALUES_H
#define WEIR_ENGINE_OPERATORS_AGG_VALUES_H

#include "engine/operators/agg_state.h"

AggValues *agg_values_open(AggState *a, uint32_t item, Err *err);
void agg_values_close(AggValues *v);
/* n rows: args[] and weights (NULL: all +1); row i is row sel[i] of b (sel NULL: i), of the group keys[..] with the
 * block states[..] by that number. */
bool agg_values_update(AggValues *v, const Batch *b, const Column *const *args, const int64_t *weights,
                       const uint32_t *sel, uint32_t n, const Str *keys, void *const *states, Err *err);
void agg_values_extreme(AggValues *v, Str key, Arena *arena, Value *out);
bool agg_values_counts(AggValues *v, Str key, Arena *arena, Value *out); /* false: overflow */
/* slices: as in agg_state_results. false: overflow. */
bool agg_values_finish(AggValues *v, Str key, const int64_t *slices, uint32_t nslices, Arena *arena, Value *out);
/* Adds (sign 1) or takes out (-1) the counts of one scope to those of another; DISTINCT feeds the edges to the blocks
 * of `to`, which exist. */
bool agg_values_move(AggValues *v, StateTable *blocks, Str from, Str to, int64_t sign, Err *err);
void agg_values_drop_scope(AggValues *v, Str scope);
/* The values of one key; not of DISTINCT in tables that are never told to forget (plan_ttl_us). */
void agg_values_drop_key(AggValues *v, Str key);
bool agg_values_check(AggValues *v, Err *err);

#endif
