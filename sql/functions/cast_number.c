/*
 * sql/functions/cast_number.c: casts between integers, FLOAT, DOUBLE, DECIMAL and BOOLEAN.
 *
 * DOUBLE to an integer truncates and saturates, NaN is 0 (Java). Integers and decimals that leave the target integer's
 * range are an error, under flink_arithmetic they wrap. What does not fit a DECIMAL is NULL.
 */
#include "sql/functions/cast.h"

#include <math.h>

#include "sql/functions/arithmetic.h"
#include "sql/functions/kernel.h"
#include "sql/types/decimal.h"

static int64_t saturate(TypeKind kind, double v)
{
	int64_t least, greatest;
	type_int_range(kind, &least, &greatest);
	if (isnan(v))
		return 0;
	if (v <= (double)least)
		return least;
	if (v >= (double)greatest) /* (double)INT64_MAX is 2^63, the first that does not fit */
		return greatest;
	return (int64_t)v;
}

static double as_float(const Type *to, double v)
{
	return to->kind == TYPE_FLOAT ? (double)(float)v : v;
}

static double int_to_real(const Type *to, int64_t v)
{
	return to->kind == TYPE_FLOAT ? (double)(float)v : (double)v;
}

static bool fits(const Type *to, int64_t v)
{
	int64_t least, greatest;
	type_int_range(to->kind, &least, &greatest);
	return v >= least && v <= greatest;
}

#define ROW(name)                                                                                                      \
	static RowErr name(KERNEL_UNUSED EvalCtx *ctx, KERNEL_UNUSED const Type *from, KERNEL_UNUSED const Type *to,       \
	                   Value in, Value *out)

ROW(int_to_int)
{
	if (!fits(to, in.i) && !ctx->env->flink_arithmetic)
		return ROW_OVERFLOW;
	*out = value_i64(arithmetic_wrap(to->kind, in.i));
	return ROW_OK;
}

ROW(int_to_approx)
{
	*out = (Value){.f = int_to_real(to, in.i)};
	return ROW_OK;
}

ROW(approx_to_int)
{
	*out = value_i64(saturate(to->kind, in.f));
	return ROW_OK;
}

ROW(approx_to_approx)
{
	*out = (Value){.f = as_float(to, in.f)};
	return ROW_OK;
}

ROW(int_to_decimal)
{
	out->null = !decimal_rescale(in.i, 0, to->scale, to->precision, &out->d);
	return ROW_OK;
}

ROW(approx_to_decimal)
{
	out->null = !isfinite(in.f) || !decimal_from_f64(in.f, to->precision, to->scale, &out->d);
	return ROW_OK;
}

ROW(decimal_to_decimal)
{
	out->null = !decimal_rescale(in.d, from->scale, to->scale, to->precision, &out->d);
	return ROW_OK;
}

ROW(decimal_to_approx)
{
	*out = (Value){.f = as_float(to, decimal_to_f64(in.d, from->scale))};
	return ROW_OK;
}

ROW(decimal_to_int)
{
	Int128 whole = in.d / decimal_pow10(from->scale);
	bool fit = whole >= INT64_MIN && whole <= INT64_MAX && fits(to, (int64_t)whole);
	if (!fit && !ctx->env->flink_arithmetic)
		return ROW_OVERFLOW;
	*out = value_i64(arithmetic_wrap(to->kind, (int64_t)(uint64_t)(UInt128)whole));
	return ROW_OK;
}

ROW(int_to_boolean)
{
	*out = (Value){.b = in.i != 0};
	return ROW_OK;
}

ROW(approx_to_boolean)
{
	*out = (Value){.b = in.f != 0};
	return ROW_OK;
}

ROW(decimal_to_boolean)
{
	*out = (Value){.b = in.d != 0};
	return ROW_OK;
}

ROW(boolean_to_int)
{
	*out = value_i64(in.b);
	return ROW_OK;
}

ROW(boolean_to_approx)
{
	*out = (Value){.f = in.b ? 1.0 : 0.0};
	return ROW_OK;
}

ROW(boolean_to_decimal)
{
	out->null = !decimal_rescale(in.b, 0, to->scale, to->precision, &out->d);
	return ROW_OK;
}

/* ---- loops for the frequent pairs ---- */

KERNEL(int_to_int_loop)
{
	int64_t least, greatest;
	type_int_range(call->type->kind, &least, &greatest);
	bool left = false;
	KERNEL_LOOP1(int64_t, {
		left |= x < least || x > greatest;
		out->i64[i] = x;
	});
	if (!left)
		return;
	for (uint32_t i = 0; i < n; i++) {
		int64_t x = args[0]->i64[i];
		if (x >= least && x <= greatest)
			continue;
		if (ctx->env->flink_arithmetic)
			out->i64[i] = arithmetic_wrap(call->type->kind, x);
		else if (!kernel_is_null(out, i))
			cast_fail(ctx, call->data, out, i, ROW_OVERFLOW, value_i64(x));
	}
}

KERNEL(int_to_approx_loop)
{
	const Type *to = call->type;
	KERNEL_LOOP1(int64_t, out->f64[i] = int_to_real(to, x));
}

KERNEL(approx_to_approx_loop)
{
	KERNEL_LOOP1(double, out->f64[i] = (double)(float)x);
}

KERNEL(approx_to_int_loop)
{
	TypeKind kind = call->type->kind;
	KERNEL_LOOP1(double, out->i64[i] = saturate(kind, x));
}

KERNEL(int_to_decimal_loop)
{
	const Type *to = call->type;
	const CastData *d = call->data;
	Int128 factor = decimal_pow10(to->scale);
	/* Every value fits: no check. */
	if (type_int_digits(d->from->kind) + to->scale <= to->precision) {
		KERNEL_LOOP1(int64_t, out->i128[i] = (Int128)x * factor);
		return;
	}
	KERNEL_LOOP1(int64_t, {
		if (!kernel_is_null(out, i) && !decimal_rescale(x, 0, to->scale, to->precision, &out->i128[i]))
			kernel_null(ctx, out, i);
	});
}

KERNEL(decimal_to_decimal_loop)
{
	const Type *to = call->type;
	const CastData *d = call->data;
	unsigned scale = d->from->scale;
	KERNEL_LOOP1(Int128, {
		out->i128[i] = 0;
		if (!kernel_is_null(out, i) && !decimal_rescale(x, scale, to->scale, to->precision, &out->i128[i]))
			kernel_null(ctx, out, i);
	});
}

typedef enum NumberClass { INTEGER, APPROX, DECIMAL, BOOLEAN, OTHER } NumberClass;

static NumberClass class_of(const Type *t)
{
	if (type_is_integer(t))
		return INTEGER;
	if (type_is_approx(t))
		return APPROX;
	return t->kind == TYPE_DECIMAL ? DECIMAL : t->kind == TYPE_BOOLEAN ? BOOLEAN : OTHER;
}

typedef struct NumberCast {
	CastRow row;
	Kernel loop; /* may be NULL: the general kernel */
	bool can_fail;
} NumberCast;

/* [from][to] */
static const NumberCast casts[OTHER][OTHER] = {
    [INTEGER] =
        {
            [INTEGER] = {int_to_int, int_to_int_loop, true},
            [APPROX] = {int_to_approx, int_to_approx_loop, false},
            [DECIMAL] = {int_to_decimal, int_to_decimal_loop, false},
            [BOOLEAN] = {int_to_boolean, NULL, false},
        },
    [APPROX] =
        {
            [INTEGER] = {approx_to_int, approx_to_int_loop, false},
            [APPROX] = {approx_to_approx, approx_to_approx_loop, false}, /* DOUBLE to FLOAT; the other way shares */
            [DECIMAL] = {approx_to_decimal, NULL, false},
            [BOOLEAN] = {approx_to_boolean, NULL, false},
        },
    [DECIMAL] =
        {
            [INTEGER] = {decimal_to_int, NULL, true},
            [APPROX] = {decimal_to_approx, NULL, false},
            [DECIMAL] = {decimal_to_decimal, decimal_to_decimal_loop, false},
            [BOOLEAN] = {decimal_to_boolean, NULL, false},
        },
    [BOOLEAN] =
        {
            [INTEGER] = {boolean_to_int, NULL, false},
            [APPROX] = {boolean_to_approx, NULL, false},
            [DECIMAL] = {boolean_to_decimal, NULL, false},
            [BOOLEAN] = {NULL, NULL, false},
        },
};

static const NumberCast *find(const Type *from, const Type *to)
{
	NumberClass a = class_of(from);
	NumberClass b = class_of(to);
	return a == OTHER || b == OTHER || !casts[a][b].row ? NULL : &casts[a][b];
}

CastRow cast_number_row(const Type *from, const Type *to)
{
	const NumberCast *c = find(from, to);
	return c ? c->row : NULL;
}

Kernel cast_number_kernel(const Type *from, const Type *to, bool *can_fail)
{
	const NumberCast *c = find(from, to);
	if (c)
		*can_fail = c->can_fail;
	return c ? c->loop : NULL;
}
