/*
 * sql/functions/aggregate_extreme.c: MIN and MAX.
 *
 * Of fixed-width types a flat state serves inputs that only append; otherwise, and for texts always, the operator keeps
 * the values in order (AGG_EXTREME in aggregate.h) and size is 0 for texts. Order is value_compare's: NaN is the
 * greatest.
 */
#include "sql/functions/aggregate.h"

#include <math.h>

#include "sql/functions/aggregate_kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

#define EXTREME_STATE(State, T)                                                                                        \
	typedef struct State {                                                                                             \
		uint64_t seen;                                                                                                 \
		T value;                                                                                                       \
	} State

EXTREME_STATE(ExtremeI64, int64_t);
EXTREME_STATE(ExtremeF64, double);
EXTREME_STATE(ExtremeI128, AggregateInt128);

static inline bool f64_less(double a, double b)
{
	if (isnan(a) || isnan(b))
		return !isnan(a) && isnan(b);
	return a < b;
}

#define PLAIN_LESS(a, b) ((a) < (b))

/* Rows that were taken back cannot come here: such inputs keep ordered values. */
#define EXTREME(p, State, T, LESS, member)                                                                             \
	static inline bool p##_min_add(State *s, T v, int64_t weight, const EvalEnv *env)                                  \
	{                                                                                                                  \
		(void)env;                                                                                                     \
		DCHECK(weight > 0);                                                                                            \
		(void)weight;                                                                                                  \
		if (!s->seen || LESS(v, s->value))                                                                             \
			s->value = v;                                                                                              \
		s->seen = 1;                                                                                                   \
		return true;                                                                                                   \
	}                                                                                                                  \
	static inline bool p##_max_add(State *s, T v, int64_t weight, const EvalEnv *env)                                  \
	{                                                                                                                  \
		(void)env;                                                                                                     \
		DCHECK(weight > 0);                                                                                            \
		(void)weight;                                                                                                  \
		if (!s->seen || LESS(s->value, v))                                                                             \
			s->value = v;                                                                                              \
		s->seen = 1;                                                                                                   \
		return true;                                                                                                   \
	}                                                                                                                  \
	AGGREGATE_UPDATE(p##_min, State, T, p##_min_add)                                                                   \
	AGGREGATE_UPDATE(p##_max, State, T, p##_max_add)                                                                   \
	static bool p##_min_merge(const AggCall *call, const EvalEnv *env, void *into, const void *from)                   \
	{                                                                                                                  \
		(void)call;                                                                                                    \
		const State *b = from;                                                                                         \
		return !b->seen || p##_min_add(into, b->value, 1, env);                                                        \
	}                                                                                                                  \
	static bool p##_max_merge(const AggCall *call, const EvalEnv *env, void *into, const void *from)                   \
	{                                                                                                                  \
		(void)call;                                                                                                    \
		const State *b = from;                                                                                         \
		return !b->seen || p##_max_add(into, b->value, 1, env);                                                        \
	}                                                                                                                  \
	static bool p##_result(const AggCall *call, const EvalEnv *env, const void *state, Arena *arena, Value *out)       \
	{                                                                                                                  \
		(void)call;                                                                                                    \
		(void)env;                                                                                                     \
		(void)arena;                                                                                                   \
		const State *s = state;                                                                                        \
		*out = VALUE_NULL;                                                                                             \
		if (s->seen)                                                                                                   \
			*out = (Value){.member = s->value};                                                                        \
		return true;                                                                                                   \
	}                                                                                                                  \
	static const AggregateKernels p##_kernels[2] = {                                                                   \
	    {sizeof(State), p##_min_update, p##_min_update_one, p##_min_merge, NULL, p##_result},                          \
	    {sizeof(State), p##_max_update, p##_max_update_one, p##_max_merge, NULL, p##_result},                          \
	};

EXTREME(i64, ExtremeI64, int64_t, PLAIN_LESS, i)
EXTREME(f64, ExtremeF64, double, f64_less, f)
EXTREME(i128, ExtremeI128, Int128, PLAIN_LESS, d)

/* BOOLEAN: a column of bytes, the state of integers. */
static inline bool bool_min_add(ExtremeI64 *s, uint8_t v, int64_t weight, const EvalEnv *env)
{
	return i64_min_add(s, v, weight, env);
}

static inline bool bool_max_add(ExtremeI64 *s, uint8_t v, int64_t weight, const EvalEnv *env)
{
	return i64_max_add(s, v, weight, env);
}

AGGREGATE_UPDATE(bool_min, ExtremeI64, uint8_t, bool_min_add)
AGGREGATE_UPDATE(bool_max, ExtremeI64, uint8_t, bool_max_add)

static bool bool_result(const AggCall *call, const EvalEnv *env, const void *state, Arena *arena, Value *out)
{
	(void)call;
	(void)env;
	(void)arena;
	const ExtremeI64 *s = state;
	*out = s->seen ? (Value){.b = s->value != 0} : VALUE_NULL;
	return true;
}

static const AggregateKernels bool_kernels[2] = {
    {sizeof(ExtremeI64), bool_min_update, bool_min_update_one, i64_min_merge, NULL, bool_result},
    {sizeof(ExtremeI64), bool_max_update, bool_max_update_one, i64_max_merge, NULL, bool_result},
};

static const AggregateKernels text_kernels = {0};

static bool resolve_extreme(ResolveCtx *rc, AggCall *out, bool max, Err *err)
{
	const Type *t = rc->arg_types[0];
	if (t->kind == TYPE_NULL)
		t = rc->arg_types[0] = &type_int;
	if (!type_is_ordered(t))
		return resolve_mismatch(rc, err);
	const AggregateKernels *k = &text_kernels;
	switch (type_phys(t)) {
	case PHYS_BOOL: k = &bool_kernels[max]; break;
	case PHYS_I64: k = &i64_kernels[max]; break;
	case PHYS_F64: k = &f64_kernels[max]; break;
	case PHYS_I128: k = &i128_kernels[max]; break;
	case PHYS_STR: break;
	}
	aggregate_set(out, type_with_null(rc->arena, t, true), k);
	out->extreme_last = max;
	return true;
}

static bool resolve_min(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_extreme(rc, out, false, err);
}

static bool resolve_max(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_extreme(rc, out, true, err);
}

static const Aggregate items[] = {
    {"MIN", "MIN(value) -> its type", "The least value; NULL of nothing.", 1, 1, 0, AGG_EXTREME, resolve_min},
    {"MAX", "MAX(value) -> its type", "The greatest value; NULL of nothing.", 1, 1, 0, AGG_EXTREME, resolve_max},
};

const AggregateTable aggregate_extreme_table = {items, sizeof items / sizeof *items};
