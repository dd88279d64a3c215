/*
 * sql/functions/aggregate_stats.c: VAR_POP, VAR_SAMP, VARIANCE, STDDEV_POP, STDDEV_SAMP, STDDEV.
 *
 * Flink's formula: (sum of squares - sum * sum / n) / n or n - 1, the square root for STDDEV, of one value NULL where n
 * - 1 divides. The result has the argument's type, as AVG has: of integers every division truncates. Integers are kept
 * in 128 bits, and what leaves them, or the result's type, is an overflow; under flink_arithmetic sums and squares wrap
 * in the type's width. DECIMAL(p,s) is computed in double and gives DECIMAL(38, max(6, s)).
 */
#include "sql/functions/aggregate.h"

#include <math.h>

#include "sql/functions/aggregate_kernel.h"
#include "sql/functions/arithmetic.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/decimal.h"

typedef struct StatsKind {
	bool sample;
	bool root;
} StatsKind;

static const StatsKind *kind_of(const AggCall *call)
{
	return call->data;
}

/* ---- integers ---- */

typedef struct StatsInt {
	AggregateInt128 sum;
	AggregateInt128 squares;
	int64_t count;
} StatsInt;

static inline bool int_add(StatsInt *s, int64_t v, int64_t weight, const EvalEnv *env)
{
	(void)env;
	Int128 square;
	Int128 squares;
	bool over = __builtin_mul_overflow((Int128)v * v, (Int128)weight, &square);
	over |= __builtin_add_overflow((Int128)s->squares, square, &squares);
	s->squares = squares;
	s->sum += (Int128)v * weight;
	s->count += weight;
	return !over;
}

AGGREGATE_UPDATE(int, StatsInt, int64_t, int_add)

static bool int_merge(const AggCall *call, const EvalEnv *env, void *into, const void *from)
{
	(void)call;
	(void)env;
	StatsInt *a = into;
	const StatsInt *b = from;
	Int128 squares;
	bool over = __builtin_add_overflow((Int128)a->squares, (Int128)b->squares, &squares);
	a->squares = squares;
	a->sum += b->sum;
	a->count += b->count;
	return !over;
}

static bool int_subtract(const AggCall *call, const EvalEnv *env, void *into, const void *from)
{
	(void)call;
	(void)env;
	StatsInt *a = into;
	const StatsInt *b = from;
	a->squares -= b->squares;
	a->sum -= b->sum;
	a->count -= b->count;
	return true;
}

static Int128 wrap(TypeKind kind, Int128 v)
{
	return arithmetic_wrap(kind, (int64_t)(uint64_t)(UInt128)v);
}

static bool int_result(const AggCall *call, const EvalEnv *env, const void *state, Arena *arena, Value *out)
{
	(void)arena;
	const StatsInt *s = state;
	const StatsKind *k = kind_of(call);
	int64_t denominator = s->count - k->sample;
	*out = VALUE_NULL;
	if (s->count <= 0 || denominator <= 0)
		return true;
	TypeKind kind = call->type->kind;
	Int128 squares = s->squares;
	Int128 sum = s->sum;
	Int128 product;
	if (env->flink_arithmetic) {
		squares = wrap(kind, squares);
		sum = wrap(kind, sum);
		product = wrap(kind, sum * sum);
	} else if (__builtin_mul_overflow(sum, sum, &product)) {
		return false;
	}
	Int128 v = (squares - product / s->count) / denominator;
	if (k->root)
		v = v < 0 ? 0 : (Int128)pow((double)v, 0.5);
	int64_t least, greatest;
	type_int_range(kind, &least, &greatest);
	if ((v < least || v > greatest) && !env->flink_arithmetic)
		return false;
	*out = value_i64((int64_t)wrap(kind, v));
	return true;
}

static const AggregateKernels int_kernels = {sizeof(StatsInt), int_update,   int_update_one,
                                             int_merge,        int_subtract, int_result};

/* ---- FLOAT, DOUBLE ---- */

typedef struct StatsReal {
	double sum;
	double squares;
	int64_t count;
	AggregateOdd odd; /* also numbers whose square is no number */
} StatsReal;

static inline bool real_add(StatsReal *s, double v, int64_t weight, const EvalEnv *env)
{
	(void)env;
	double w = (double)weight;
	if (__builtin_expect(aggregate_is_odd(v * v), 0)) {
		aggregate_odd_add(&s->odd, v, weight);
	} else {
		s->sum += v * w;
		s->squares += v * v * w;
	}
	s->count += weight;
	if (s->count == 0)
		s->sum = s->squares = 0;
	return true;
}

AGGREGATE_UPDATE(real, StatsReal, double, real_add)

static bool real_merge(const AggCall *call, const EvalEnv *env, void *into, const void *from)
{
	(void)call;
	(void)env;
	StatsReal *a = into;
	const StatsReal *b = from;
	a->sum += b->sum;
	a->squares += b->squares;
	aggregate_odd_merge(&a->odd, &b->odd);
	a->count += b->count;
	return true;
}

static bool real_result(const AggCall *call, const EvalEnv *env, const void *state, Arena *arena, Value *out)
{
	(void)env;
	(void)arena;
	const StatsReal *s = state;
	const StatsKind *k = kind_of(call);
	double count = (double)s->count;
	int64_t denominator = s->count - k->sample;
	*out = VALUE_NULL;
	if (s->count <= 0 || denominator <= 0)
		return true;
	double v = (s->squares - s->sum * s->sum / count) / (double)denominator;
	if (s->odd.nan || s->odd.plus || s->odd.minus)
		v = (double)NAN;
	/* Rounding may leave a little less than nothing. */
	if (v < 0)
		v = 0;
	if (k->root)
		v = pow(v, 0.5);
	if (call->type->kind == TYPE_DECIMAL) {
		Int128 d;
		if (decimal_from_f64(v, call->type->precision, call->type->scale, &d))
			*out = (Value){.d = d};
		return true;
	}
	*out = (Value){.f = call->type->kind == TYPE_FLOAT ? (double)(float)v : v};
	return true;
}

static const AggregateKernels real_kernels = {sizeof(StatsReal), real_update, real_update_one,
                                              real_merge,        NULL,        real_result};

/* ---- resolution ---- */

static bool resolve_kind(ResolveCtx *rc, AggCall *out, bool sample, bool root, Err *err)
{
	static const StatsKind kinds[2][2] = {{{false, false}, {false, true}}, {{true, false}, {true, true}}};
	const Type *t = rc->arg_types[0];
	if (t->kind == TYPE_NULL)
		t = &type_double;
	if (!type_is_numeric(t))
		return resolve_mismatch(rc, err);
	const Type *result = t;
	if (t->kind == TYPE_DECIMAL) {
		result = type_decimal(rc->arena, TYPE_DECIMAL_MAX, t->scale > 6 ? t->scale : 6);
		t = type_with_null(rc->arena, &type_double, !t->not_null);
	}
	rc->arg_types[0] = t;
	out->data = &kinds[sample][root];
	aggregate_set(out, type_with_null(rc->arena, result, true), type_is_integer(t) ? &int_kernels : &real_kernels);
	return true;
}

static bool resolve_var_pop(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_kind(rc, out, false, false, err);
}

static bool resolve_var_samp(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_kind(rc, out, true, false, err);
}

static bool resolve_stddev_pop(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_kind(rc, out, false, true, err);
}

static bool resolve_stddev_samp(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_kind(rc, out, true, true, err);
}

#define ENTRY(name, doc, resolve)                                                                                      \
	{                                                                                                                  \
		name, name "(number) -> type of the number", doc, 1, 1, 0, AGG_FLAT, resolve                                   \
	}

static const Aggregate items[] = {
    ENTRY("VAR_POP", "The variance of all values.", resolve_var_pop),
    ENTRY("VAR_SAMP", "The variance of a sample; NULL of one value.", resolve_var_samp),
    ENTRY("VARIANCE", "The same as VAR_SAMP.", resolve_var_samp),
    ENTRY("STDDEV_POP", "The standard deviation of all values.", resolve_stddev_pop),
    ENTRY("STDDEV_SAMP", "The standard deviation of a sample; NULL of one value.", resolve_stddev_samp),
    ENTRY("STDDEV", "The same as STDDEV_SAMP.", resolve_stddev_samp),
};

const AggregateTable aggregate_stats_table = {items, sizeof items / sizeof *items};
