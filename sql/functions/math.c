/*
 * sql/functions/math.c: powers, logarithms, angles, signs, constants, random numbers.
 *
 * What has a DOUBLE result takes every number, cast to DOUBLE. Functions follow Java's definitions, which differ from
 * C's in few places: LOG(b, x) is ln x / ln b, SQRT is POWER(x, 0.5), arguments out of a function's domain give NaN.
 * Rounding is in round.c.
 */
#include "sql/functions/kernel.h"

#include <math.h>

#include "base/hash.h"
#include "sql/functions/arithmetic.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

enum { RANDOM_AT_ONCE = 512 };

#define MATH_PI 3.14159265358979323846
#define MATH_E 2.71828182845904523536
#define MATH_LN2 0.69314718055994530942

#define REAL1(name, expr)                                                                                              \
	KERNEL(name)                                                                                                       \
	{                                                                                                                  \
		KERNEL_LOOP1(double, out->f64[i] = (expr));                                                                    \
	}                                                                                                                  \
	RESOLVE_SIMPLE(resolve_##name, "d", &type_double, name)

#define REAL2(name, expr)                                                                                              \
	KERNEL(name)                                                                                                       \
	{                                                                                                                  \
		KERNEL_LOOP2(args[0], args[1], double, double, out->f64[i] = (expr));                                          \
	}                                                                                                                  \
	RESOLVE_SIMPLE(resolve_##name, "dd", &type_double, name)

REAL2(power, pow(x, y))
REAL2(atan_2, atan2(x, y))
REAL1(square_root, pow(x, 0.5))
REAL1(ln, log(x))
REAL1(log_10, log10(x))
REAL1(log_2, log(x) / MATH_LN2)
REAL1(exponential, exp(x))
REAL1(sine, sin(x))
REAL1(hyperbolic_sine, sinh(x))
REAL1(cosine, cos(x))
REAL1(hyperbolic_cosine, cosh(x))
REAL1(tangent, tan(x))
REAL1(hyperbolic_tangent, tanh(x))
REAL1(cotangent, 1.0 / tan(x))
REAL1(arc_sine, asin(x))
REAL1(arc_cosine, acos(x))
REAL1(arc_tangent, atan(x))
REAL1(degrees, x *(180.0 / MATH_PI))
REAL1(radians, x / 180.0 * MATH_PI)

KERNEL(log_base)
{
	KERNEL_LOOP2(args[0], args[1], double, double, out->f64[i] = log(y) / log(x));
}

RESOLVE(resolve_log)
{
	return resolve_simple(rc, "dd", &type_double, rc->nargs == 1 ? ln : log_base, err);
}

#define CONSTANT(name, value)                                                                                          \
	KERNEL(name)                                                                                                       \
	{                                                                                                                  \
		for (uint32_t i = 0; i < n; i++)                                                                               \
			out->f64[i] = (value);                                                                                     \
	}                                                                                                                  \
	RESOLVE_SIMPLE(resolve_##name, "", &type_double, name)

CONSTANT(pi, MATH_PI)
CONSTANT(e, MATH_E)

/* ---- ABS, SIGN: the type of the argument ---- */

KERNEL(abs_int)
{
	int64_t least, greatest;
	type_int_range(call->type->kind, &least, &greatest);
	KERNEL_LOOP1(int64_t, {
		out->i64[i] = x >= 0 || x <= least ? x : -x;
		if (x <= least && !ctx->env->flink_arithmetic && !kernel_is_null(out, i))
			arithmetic_overflow(ctx, call, out, i, x, 0);
	});
}

KERNEL(abs_real)
{
	KERNEL_LOOP1(double, out->f64[i] = fabs(x));
}

KERNEL(abs_decimal)
{
	KERNEL_LOOP1(Int128, out->i128[i] = x < 0 ? (Int128)(-(UInt128)x) : x);
}

KERNEL(sign_int)
{
	KERNEL_LOOP1(int64_t, out->i64[i] = (x > 0) - (x < 0));
}

KERNEL(sign_real)
{
	KERNEL_LOOP1(double, out->f64[i] = isnan(x) || x == 0 ? x : x > 0 ? 1 : -1);
}

/* The scale stays: 1 is 10^scale. */
KERNEL(sign_decimal)
{
	Int128 one = 1;
	for (unsigned s = 0; s < call->type->scale; s++)
		one *= 10;
	KERNEL_LOOP1(Int128, out->i128[i] = x > 0 ? one : x < 0 ? -one : 0);
}

static bool resolve_same(ResolveCtx *rc, Kernel on_int, Kernel on_real, Kernel on_decimal, Err *err)
{
	if (!resolve_args(rc, "n", err))
		return false;
	const Type *t = rc->arg_types[0];
	rc->call->kernel = type_is_integer(t) ? on_int : type_is_approx(t) ? on_real : on_decimal;
	rc->call->can_fail = rc->call->can_fail && type_is_integer(t);
	rc->call->type = t;
	return true;
}

RESOLVE(resolve_abs)
{
	return resolve_same(rc, abs_int, abs_real, abs_decimal, err);
}

RESOLVE(resolve_sign)
{
	const Type *t = rc->arg_types[0];
	/* DECIMAL(2, 2) has no 1. */
	if (t->kind == TYPE_DECIMAL && t->precision == t->scale && t->precision < TYPE_DECIMAL_MAX)
		rc->arg_types[0] =
		    type_with_null(rc->arena, type_decimal(rc->arena, t->precision + 1u, t->scale), !t->not_null);
	return resolve_same(rc, sign_int, sign_real, sign_decimal, err);
}

/* ---- random ---- */

/* splitmix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). */
/* From the kernel, many at once: it is a call for each time. */
static uint64_t kernel_random(void)
{
	static _Thread_local uint64_t numbers[RANDOM_AT_ONCE];
	static _Thread_local uint32_t left;
	if (!left) {
		hash_random(numbers, sizeof numbers);
		left = RANDOM_AT_ONCE;
	}
	return numbers[--left];
}

static uint64_t next_random(const EvalEnv *env)
{
	if (!env->random)
		return kernel_random();
	*env->random += UINT64_C(0x9e3779b97f4a7c15);
	uint64_t z = *env->random;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* java.util.Random, so that RAND(seed) gives Flink's numbers. */
static uint64_t java_seed(int64_t seed)
{
	return ((uint64_t)seed ^ UINT64_C(0x5deece66d)) & ((UINT64_C(1) << 48) - 1);
}

static uint32_t java_next(uint64_t *state, unsigned bits)
{
	*state = (*state * UINT64_C(0x5deece66d) + 0xb) & ((UINT64_C(1) << 48) - 1);
	return (uint32_t)(*state >> (48 - bits));
}

static double java_double(uint64_t *state)
{
	uint64_t high = java_next(state, 26);
	return (double)((high << 27) + java_next(state, 27)) * 0x1p-53;
}

static int32_t java_below(uint64_t *state, int32_t bound)
{
	uint32_t r = java_next(state, 31);
	if ((bound & -bound) == bound)
		return (int32_t)(((uint64_t)(uint32_t)bound * r) >> 31);
	int64_t v = r % (uint32_t)bound;
	while ((int64_t)r - v + (bound - 1) > INT32_MAX) {
		r = java_next(state, 31);
		v = r % (uint32_t)bound;
	}
	return (int32_t)v;
}

KERNEL(rand_free)
{
	for (uint32_t i = 0; i < n; i++)
		out->f64[i] = (double)(next_random(ctx->env) >> 11) * 0x1p-53;
}

KERNEL(rand_seeded)
{
	uint64_t state = n ? java_seed(kernel_i64(args[0], 0)) : 0;
	for (uint32_t i = 0; i < n; i++)
		out->f64[i] = java_double(&state);
}

RESOLVE(resolve_rand)
{
	return resolve_simple(rc, "i", &type_double, rc->nargs ? rand_seeded : rand_free, err);
}

static bool bound_fits(EvalCtx *ctx, Column *out, uint32_t i, int64_t bound)
{
	if (bound > 0 && bound <= INT32_MAX)
		return true;
	kernel_fail(ctx, out, i, ROW_BAD_VALUE, "the bound of RAND_INTEGER must be positive, not %lld", (long long)bound);
	return false;
}

KERNEL(rand_integer_free)
{
	KERNEL_EACH(i)
	{
		int64_t bound = kernel_i64(args[0], i);
		if (bound_fits(ctx, out, i, bound))
			out->i64[i] = (int64_t)(((next_random(ctx->env) >> 32) * (uint64_t)bound) >> 32);
	}
}

KERNEL(rand_integer_seeded)
{
	uint64_t state = n ? java_seed(kernel_i64(args[0], 0)) : 0;
	KERNEL_EACH(i)
	{
		int64_t bound = kernel_i64(args[1], i);
		if (bound_fits(ctx, out, i, bound))
			out->i64[i] = java_below(&state, (int32_t)bound);
	}
}

RESOLVE(resolve_rand_integer)
{
	return resolve_simple(rc, "ii", &type_int, rc->nargs == 1 ? rand_integer_free : rand_integer_seeded, err);
}

KERNEL(uuid)
{
	for (uint32_t i = 0; i < n; i++) {
		uint64_t a = (next_random(ctx->env) & ~UINT64_C(0xf000)) | 0x4000;
		uint64_t b = (next_random(ctx->env) & (UINT64_MAX >> 2)) | UINT64_C(1) << 63;
		out->str[i] = arena_printf(ctx->arena, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(a >> 32),
		                           (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xffff), (unsigned)(b >> 48),
		                           (unsigned long long)(b & UINT64_C(0xffffffffffff)));
	}
}

RESOLVE_SIMPLE(resolve_uuid, "", &type_string_nn, uuid)

#define REAL_ENTRY(name, sig, resolve, doc, nargs)                                                                     \
	{                                                                                                                  \
		name, "math", sig " -> DOUBLE", doc, nargs, nargs, FN_STRICT, resolve                                          \
	}
#define RANDOM (FN_NOT_DETERMINISTIC | FN_STRICT)

static const Function items[] = {
    {"ABS", "math", "ABS(number) -> type of the number", "The absolute value.", 1, 1, FN_STRICT | FN_CAN_FAIL,
     resolve_abs},
    {"SIGN", "math", "SIGN(number) -> type of the number", "-1, 0 or 1.", 1, 1, FN_STRICT, resolve_sign},
    {"LOG", "math", "LOG([base,] x) -> DOUBLE", "The logarithm of x, natural without a base.", 1, 2, FN_STRICT,
     resolve_log},
    REAL_ENTRY("POWER", "POWER(x, y)", resolve_power, "x to the power of y.", 2),
    REAL_ENTRY("SQRT", "SQRT(x)", resolve_square_root, "The square root.", 1),
    REAL_ENTRY("LN", "LN(x)", resolve_ln, "The natural logarithm.", 1),
    REAL_ENTRY("LOG10", "LOG10(x)", resolve_log_10, "The logarithm of base 10.", 1),
    REAL_ENTRY("LOG2", "LOG2(x)", resolve_log_2, "The logarithm of base 2.", 1),
    REAL_ENTRY("EXP", "EXP(x)", resolve_exponential, "e to the power of x.", 1),
    REAL_ENTRY("SIN", "SIN(x)", resolve_sine, "The sine.", 1),
    REAL_ENTRY("SINH", "SINH(x)", resolve_hyperbolic_sine, "The hyperbolic sine.", 1),
    REAL_ENTRY("COS", "COS(x)", resolve_cosine, "The cosine.", 1),
    REAL_ENTRY("COSH", "COSH(x)", resolve_hyperbolic_cosine, "The hyperbolic cosine.", 1),
    REAL_ENTRY("TAN", "TAN(x)", resolve_tangent, "The tangent.", 1),
    REAL_ENTRY("TANH", "TANH(x)", resolve_hyperbolic_tangent, "The hyperbolic tangent.", 1),
    REAL_ENTRY("COT", "COT(x)", resolve_cotangent, "The cotangent.", 1),
    REAL_ENTRY("ASIN", "ASIN(x)", resolve_arc_sine, "The angle of a sine.", 1),
    REAL_ENTRY("ACOS", "ACOS(x)", resolve_arc_cosine, "The angle of a cosine.", 1),
    REAL_ENTRY("ATAN", "ATAN(x)", resolve_arc_tangent, "The angle of a tangent.", 1),
    REAL_ENTRY("ATAN2", "ATAN2(y, x)", resolve_atan_2, "The angle of the point (x, y).", 2),
    REAL_ENTRY("DEGREES", "DEGREES(x)", resolve_degrees, "Radians as degrees.", 1),
    REAL_ENTRY("RADIANS", "RADIANS(x)", resolve_radians, "Degrees as radians.", 1),
    REAL_ENTRY("PI", "PI()", resolve_pi, "The number pi.", 0),
    REAL_ENTRY("E", "E()", resolve_e, "Euler's number.", 0),
    {"RAND", "math", "RAND([seed]) -> DOUBLE",
     "A random number in [0, 1); with a seed, a sequence that starts again with each batch.", 0, 1, RANDOM,
     resolve_rand},
    {"RAND_INTEGER", "math", "RAND_INTEGER([seed,] bound) -> INT", "A random integer in [0, bound).", 1, 2,
     RANDOM | FN_CAN_FAIL, resolve_rand_integer},
    {"UUID", "math", "UUID() -> STRING", "A random UUID (version 4).", 0, 0, RANDOM, resolve_uuid},
};

const FunctionTable math_functions = {items, sizeof items / sizeof *items};
