/*
 * sql/functions/aggregate_kernel.h: the loops that flat aggregates share.
 *
 * AGGREGATE_UPDATE makes both update kernels from one inline function
 *     bool add(State *s, T value, int64_t weight, const EvalEnv *env)      false: overflow
 * with a fast loop for columns without NULLs and without weights.
 */
#ifndef WEIR_SQL_FUNCTIONS_AGGREGATE_KERNEL_H
#define WEIR_SQL_FUNCTIONS_AGGREGATE_KERNEL_H

#include <math.h>

#include "sql/functions/aggregate.h"

#define AGGREGATE_UNUSED __attribute__((unused))

/* States are aligned to 8 only. */
__extension__ typedef __int128 AggregateInt128 __attribute__((aligned(8)));

static inline bool aggregate_is_plain(const Column *c, const int64_t *weights)
{
	return !c->constant && !c->valid && !weights;
}

#define AGGREGATE_UPDATE(prefix, State, T, add)                                                                        \
	static bool prefix##_update(AGGREGATE_UNUSED const AggCall *call, AGGREGATE_UNUSED const EvalEnv *env,             \
	                            const Column *const *args, const int64_t *weights, uint32_t n, void *const *states,    \
	                            uint32_t *bad)                                                                         \
	{                                                                                                                  \
		const Column *c = args[0];                                                                                     \
		const T *data = c->data;                                                                                       \
		if (aggregate_is_plain(c, weights)) {                                                                          \
			for (uint32_t i = 0; i < n; i++) {                                                                         \
				if (__builtin_expect(!add((State *)states[i], data[i], 1, env), 0)) {                                  \
					*bad = i;                                                                                          \
					return false;                                                                                      \
				}                                                                                                      \
			}                                                                                                          \
			return true;                                                                                               \
		}                                                                                                              \
		for (uint32_t i = 0; i < n; i++) {                                                                             \
			if (column_is_null(c, i))                                                                                  \
				continue;                                                                                              \
			if (!add((State *)states[i], data[column_at(c, i)], weights ? weights[i] : 1, env)) {                      \
				*bad = i;                                                                                              \
				return false;                                                                                          \
			}                                                                                                          \
		}                                                                                                              \
		return true;                                                                                                   \
	}                                                                                                                  \
	static bool prefix##_update_one(AGGREGATE_UNUSED const AggCall *call, AGGREGATE_UNUSED const EvalEnv *env,         \
	                                const Column *const *args, const int64_t *weights, uint32_t n, void *state,        \
	                                uint32_t *bad)                                                                     \
	{                                                                                                                  \
		const Column *c = args[0];                                                                                     \
		const T *data = c->data;                                                                                       \
		State local = *(State *)state;                                                                                 \
		bool plain = aggregate_is_plain(c, weights);                                                                   \
		for (uint32_t i = 0; i < n; i++) {                                                                             \
			bool fine = true;                                                                                          \
			if (plain)                                                                                                 \
				fine = add(&local, data[i], 1, env);                                                                   \
			else if (!column_is_null(c, i))                                                                            \
				fine = add(&local, data[column_at(c, i)], weights ? weights[i] : 1, env);                              \
			if (__builtin_expect(!fine, 0)) {                                                                          \
				*bad = i;                                                                                              \
				return false;                                                                                          \
			}                                                                                                          \
		}                                                                                                              \
		*(State *)state = local;                                                                                       \
		return true;                                                                                                   \
	}

/* NaN and the infinities among real numbers. They are counted and not added: what is added to a sum stays in it when it
 * is taken out. */
typedef struct AggregateOdd {
	int32_t nan, plus, minus;
} AggregateOdd;

static inline bool aggregate_is_odd(double v)
{
	return !(v - v == 0);
}

static inline void aggregate_odd_add(AggregateOdd *o, double v, int64_t weight)
{
	int32_t *n = v > 0 ? &o->plus : v < 0 ? &o->minus : &o->nan;
	*n = (int32_t)((uint32_t)*n + (uint32_t)weight);
}

static inline void aggregate_odd_merge(AggregateOdd *into, const AggregateOdd *from)
{
	into->nan += from->nan;
	into->plus += from->plus;
	into->minus += from->minus;
}

/* The sum of them and the others. */
static inline double aggregate_odd_sum(const AggregateOdd *o, double sum)
{
	if (o->plus)
		sum += HUGE_VAL;
	if (o->minus)
		sum -= HUGE_VAL;
	return o->nan ? (double)NAN : sum;
}

/* The kernels of a call in one table, so that resolve sets them at once. */
typedef struct AggregateKernels {
	uint32_t size;
	bool (*update)(const AggCall *, const EvalEnv *, const Column *const *, const int64_t *, uint32_t, void *const *,
	               uint32_t *);
	bool (*update_one)(const AggCall *, const EvalEnv *, const Column *const *, const int64_t *, uint32_t, void *,
	                   uint32_t *);
	bool (*merge)(const AggCall *, const EvalEnv *, void *, const void *);
	bool (*subtract)(const AggCall *, const EvalEnv *, void *, const void *);
	bool (*result)(const AggCall *, const EvalEnv *, const void *, Arena *, Value *);
} AggregateKernels;

static inline void aggregate_set(AggCall *out, const Type *type, const AggregateKernels *k)
{
	out->type = type;
	out->size = k->size;
	out->update = k->update;
	out->update_one = k->update_one;
	out->merge = k->merge;
	out->subtract = k->subtract;
	out->result = k->result;
}

#endif
