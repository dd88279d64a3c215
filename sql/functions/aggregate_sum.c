/*
 * sql/functions/aggregate_sum.c: SUM, SUM0, AVG.
 *
 * SUM and AVG of an integer type have that type (AVG truncates), of DECIMAL(p,s) DECIMAL(38,s) and
 * DECIMAL(38,max(6,s)), of FLOAT and DOUBLE the type itself. States are wider than the result: 64 bits for INT and
 * smaller, 128 for BIGINT, 192 for DECIMAL. So only the result can overflow, not a sum on its way to it, and rows can
 * be taken out exactly; under flink_arithmetic the result wraps, which equals wrapping at each step. A DECIMAL result
 * that does not fit is NULL. Real numbers are added in the order of the rows.
 */
#include "sql/functions/aggregate.h"

#include "sql/functions/aggregate_kernel.h"
#include "sql/functions/arithmetic.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/decimal.h"

#define PARAMS_MERGE                                                                                                   \
	AGGREGATE_UNUSED const AggCall *call, AGGREGATE_UNUSED const EvalEnv *env, void *into, const void *from
#define PARAMS_RESULT                                                                                                  \
	AGGREGATE_UNUSED const AggCall *call, AGGREGATE_UNUSED const EvalEnv *env, const void *state,                      \
	    AGGREGATE_UNUSED Arena *arena, Value *out

/* ---- TINYINT, SMALLINT, INT ---- */

typedef struct SumInt {
	int64_t sum;
	int64_t count;
} SumInt;

static inline bool int_add(SumInt *s, int64_t v, int64_t weight, const EvalEnv *env)
{
	int64_t part;
	bool over = __builtin_mul_overflow(v, weight, &part);
	over |= __builtin_add_overflow(s->sum, part, &s->sum);
	s->count += weight;
	return !over || env->flink_arithmetic;
}

AGGREGATE_UPDATE(int, SumInt, int64_t, int_add)

static bool int_merge(PARAMS_MERGE)
{
	SumInt *a = into;
	const SumInt *b = from;
	a->count += b->count;
	return !__builtin_add_overflow(a->sum, b->sum, &a->sum) || env->flink_arithmetic;
}

static bool int_subtract(PARAMS_MERGE)
{
	SumInt *a = into;
	const SumInt *b = from;
	a->count -= b->count;
	return !__builtin_sub_overflow(a->sum, b->sum, &a->sum) || env->flink_arithmetic;
}

static bool fit_int(const AggCall *call, const EvalEnv *env, Int128 v, Value *out)
{
	int64_t least, greatest;
	type_int_range(call->type->kind, &least, &greatest);
	if ((v < least || v > greatest) && !env->flink_arithmetic)
		return false;
	*out = value_i64(arithmetic_wrap(call->type->kind, (int64_t)(uint64_t)(UInt128)v));
	return true;
}

static bool int_sum(PARAMS_RESULT)
{
	const SumInt *s = state;
	*out = VALUE_NULL;
	return s->count == 0 || fit_int(call, env, s->sum, out);
}

static bool int_sum0(PARAMS_RESULT)
{
	return fit_int(call, env, ((const SumInt *)state)->sum, out);
}

static bool int_avg(PARAMS_RESULT)
{
	const SumInt *s = state;
	*out = s->count == 0 ? VALUE_NULL : value_i64(s->sum / s->count);
	return true;
}

/* ---- BIGINT ---- */

typedef struct SumWide {
	AggregateInt128 sum;
	int64_t count;
} SumWide;

static inline bool wide_add(SumWide *s, int64_t v, int64_t weight, const EvalEnv *env)
{
	(void)env;
	Int128 sum;
	bool over = __builtin_add_overflow((Int128)s->sum, (Int128)v * weight, &sum);
	s->sum = sum;
	s->count += weight;
	return !over;
}

AGGREGATE_UPDATE(wide, SumWide, int64_t, wide_add)

static bool wide_merge(PARAMS_MERGE)
{
	SumWide *a = into;
	const SumWide *b = from;
	a->count += b->count;
	Int128 sum;
	bool over = __builtin_add_overflow((Int128)a->sum, (Int128)b->sum, &sum);
	a->sum = sum;
	return !over;
}

static bool wide_subtract(PARAMS_MERGE)
{
	SumWide *a = into;
	const SumWide *b = from;
	a->count -= b->count;
	Int128 sum;
	bool over = __builtin_sub_overflow((Int128)a->sum, (Int128)b->sum, &sum);
	a->sum = sum;
	return !over;
}

static bool wide_sum(PARAMS_RESULT)
{
	const SumWide *s = state;
	*out = VALUE_NULL;
	return s->count == 0 || fit_int(call, env, s->sum, out);
}

static bool wide_sum0(PARAMS_RESULT)
{
	return fit_int(call, env, ((const SumWide *)state)->sum, out);
}

static bool wide_avg(PARAMS_RESULT)
{
	const SumWide *s = state;
	*out = VALUE_NULL;
	if (s->count == 0)
		return true;
	/* Flink divides the wrapped 64-bit sum. */
	Int128 sum = env->flink_arithmetic ? (Int128)(int64_t)(uint64_t)(UInt128)s->sum : (Int128)s->sum;
	*out = value_i64((int64_t)(sum / s->count));
	return true;
}

/* ---- DECIMAL ---- */

typedef struct SumDecimal {
	uint64_t limb[3]; /* two's complement, 192 bits, lowest first */
	int64_t count;
} SumDecimal;

static void limbs_add(uint64_t *a, uint64_t b0, uint64_t b1, uint64_t b2)
{
	UInt128 t = (UInt128)a[0] + b0;
	a[0] = (uint64_t)t;
	t = (UInt128)a[1] + b1 + (uint64_t)(t >> 64);
	a[1] = (uint64_t)t;
	a[2] += b2 + (uint64_t)(t >> 64);
}

static inline bool decimal_add_row(SumDecimal *s, Int128 v, int64_t weight, const EvalEnv *env)
{
	(void)env;
	/* v * weight = low * weight + (high * weight << 64), both of 128 bits, signed. */
	Int128 low = (Int128)(uint64_t)(UInt128)v * weight;
	Int128 high = (Int128)(int64_t)(v >> 64) * weight;
	limbs_add(s->limb, (uint64_t)(UInt128)low, (uint64_t)((UInt128)low >> 64), low < 0 ? UINT64_MAX : 0);
	limbs_add(s->limb, 0, (uint64_t)(UInt128)high, (uint64_t)((UInt128)high >> 64));
	s->count += weight;
	return true;
}

AGGREGATE_UPDATE(decimal, SumDecimal, Int128, decimal_add_row)

static bool decimal_merge(PARAMS_MERGE)
{
	SumDecimal *a = into;
	const SumDecimal *b = from;
	limbs_add(a->limb, b->limb[0], b->limb[1], b->limb[2]);
	a->count += b->count;
	return true;
}

static bool decimal_subtract(PARAMS_MERGE)
{
	SumDecimal *a = into;
	const SumDecimal *b = from;
	limbs_add(a->limb, ~b->limb[0], ~b->limb[1], ~b->limb[2]);
	limbs_add(a->limb, 1, 0, 0);
	a->count -= b->count;
	return true;
}

/* The sum in 128 bits; false: does not fit a DECIMAL(38). */
static bool decimal_total(const SumDecimal *s, Int128 *sum)
{
	uint64_t sign = (int64_t)s->limb[1] < 0 ? UINT64_MAX : 0;
	*sum = (Int128)((UInt128)s->limb[1] << 64 | s->limb[0]);
	return s->limb[2] == sign && decimal_fits(*sum, TYPE_DECIMAL_MAX);
}

static bool decimal_sum(PARAMS_RESULT)
{
	const SumDecimal *s = state;
	Int128 sum;
	*out = VALUE_NULL;
	if (s->count != 0 && decimal_total(s, &sum))
		*out = (Value){.d = sum};
	return true;
}

static bool decimal_sum0(PARAMS_RESULT)
{
	Int128 sum;
	*out = decimal_total(state, &sum) ? (Value){.d = sum} : VALUE_NULL;
	return true;
}

static bool decimal_avg(PARAMS_RESULT)
{
	const SumDecimal *s = state;
	Int128 sum, avg;
	*out = VALUE_NULL;
	unsigned scale = call->arg_types[0]->scale;
	if (s->count != 0 && decimal_total(s, &sum) &&
	    decimal_div(sum, scale, s->count, 0, TYPE_DECIMAL_MAX, call->type->scale, &avg))
		*out = (Value){.d = avg};
	return true;
}

/* ---- FLOAT, DOUBLE ---- */

typedef struct SumReal {
	double sum;
	int64_t count;
	AggregateOdd odd;
} SumReal;

static inline double weighted(double v, int64_t weight)
{
	return weight == 1 ? v : weight == -1 ? -v : v * (double)weight;
}

static inline bool real_add(SumReal *s, double v, int64_t weight, const EvalEnv *env)
{
	(void)env;
	if (__builtin_expect(aggregate_is_odd(v), 0))
		aggregate_odd_add(&s->odd, v, weight);
	else
		s->sum += weighted(v, weight);
	s->count += weight;
	if (s->count == 0)
		s->sum = 0; /* nothing is left: no rest of roundings either */
	return true;
}

/* FLOAT is summed in float, as Flink does; see arithmetic.c for why rounding the double sum is exact. */
static inline bool float_add(SumReal *s, double v, int64_t weight, const EvalEnv *env)
{
	real_add(s, v, weight, env);
	s->sum = (double)(float)s->sum;
	return true;
}

AGGREGATE_UPDATE(real, SumReal, double, real_add)
AGGREGATE_UPDATE(float, SumReal, double, float_add)

static bool real_merge(PARAMS_MERGE)
{
	SumReal *a = into;
	const SumReal *b = from;
	a->sum += b->sum;
	aggregate_odd_merge(&a->odd, &b->odd);
	a->count += b->count;
	return true;
}

static bool float_merge(PARAMS_MERGE)
{
	real_merge(call, env, into, from);
	((SumReal *)into)->sum = (double)(float)((SumReal *)into)->sum;
	return true;
}

static bool real_sum(PARAMS_RESULT)
{
	const SumReal *s = state;
	*out = s->count == 0 ? VALUE_NULL : (Value){.f = aggregate_odd_sum(&s->odd, s->sum)};
	return true;
}

static bool real_sum0(PARAMS_RESULT)
{
	const SumReal *s = state;
	*out = (Value){.f = aggregate_odd_sum(&s->odd, s->sum)};
	return true;
}

static bool real_avg(PARAMS_RESULT)
{
	const SumReal *s = state;
	*out = VALUE_NULL;
	if (s->count == 0)
		return true;
	double avg = aggregate_odd_sum(&s->odd, s->sum) / (double)s->count;
	*out = (Value){.f = call->type->kind == TYPE_FLOAT ? (double)(float)avg : avg};
	return true;
}

/* ---- resolution ---- */

typedef enum SumKind { SUM, SUM0, AVG, SUM_KINDS } SumKind;
typedef enum SumForm { FORM_INT, FORM_WIDE, FORM_DECIMAL, FORM_FLOAT, FORM_DOUBLE, SUM_FORMS } SumForm;

#define FORM(State, p, res)                                                                                            \
	{                                                                                                                  \
		sizeof(State), p##_update, p##_update_one, p##_merge, p##_subtract, res                                        \
	}
#define FORM_REAL(p, m, res)                                                                                           \
	{                                                                                                                  \
		sizeof(SumReal), p##_update, p##_update_one, m, NULL, res                                                      \
	}

static const AggregateKernels kernels[SUM_KINDS][SUM_FORMS] = {
    [SUM] = {FORM(SumInt, int, int_sum), FORM(SumWide, wide, wide_sum), FORM(SumDecimal, decimal, decimal_sum),
             FORM_REAL(float, float_merge, real_sum), FORM_REAL(real, real_merge, real_sum)},
    [SUM0] = {FORM(SumInt, int, int_sum0), FORM(SumWide, wide, wide_sum0), FORM(SumDecimal, decimal, decimal_sum0),
              FORM_REAL(float, float_merge, real_sum0), FORM_REAL(real, real_merge, real_sum0)},
    [AVG] = {FORM(SumInt, int, int_avg), FORM(SumWide, wide, wide_avg), FORM(SumDecimal, decimal, decimal_avg),
             FORM_REAL(real, real_merge, real_avg), FORM_REAL(real, real_merge, real_avg)},
};

static bool resolve_kind(ResolveCtx *rc, AggCall *out, SumKind kind, Err *err)
{
	const Type *t = rc->arg_types[0];
	if (t->kind == TYPE_NULL)
		t = rc->arg_types[0] = &type_int;
	if (!type_is_numeric(t))
		return resolve_mismatch(rc, err);
	SumForm form = t->kind == TYPE_BIGINT    ? FORM_WIDE
	               : type_is_integer(t)      ? FORM_INT
	               : t->kind == TYPE_DECIMAL ? FORM_DECIMAL
	               : t->kind == TYPE_FLOAT   ? FORM_FLOAT
	                                         : FORM_DOUBLE;
	const Type *type = t;
	if (form == FORM_DECIMAL)
		type = type_decimal(rc->arena, TYPE_DECIMAL_MAX, kind == AVG && t->scale < 6 ? 6 : t->scale);
	aggregate_set(out, type_with_null(rc->arena, type, kind != SUM0), &kernels[kind][form]);
	return true;
}

static bool resolve_sum(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_kind(rc, out, SUM, err);
}

static bool resolve_sum0(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_kind(rc, out, SUM0, err);
}

static bool resolve_avg(ResolveCtx *rc, AggCall *out, Err *err)
{
	return resolve_kind(rc, out, AVG, err);
}

static const Aggregate items[] = {
    {"SUM", "SUM(number) -> type of the number; DECIMAL(38, s) for decimals", "The sum; NULL of nothing.", 1, 1, 0,
     AGG_FLAT, resolve_sum},
    {"SUM0", "SUM0(number) -> type of the number", "The sum; 0 of nothing.", 1, 1, FN_OURS, AGG_FLAT, resolve_sum0},
    {"AVG", "AVG(number) -> type of the number; DECIMAL(38, max(6, s)) for decimals",
     "The mean; of integers it is cut to an integer.", 1, 1, 0, AGG_FLAT, resolve_avg},
};

const AggregateTable aggregate_sum_table = {items, sizeof items / sizeof *items};
