/*
 * sql/functions/round.c: ROUND, TRUNCATE, FLOOR, CEIL of numbers.
 *
 * A double is rounded by its shortest decimal text, as Java's BigDecimal.valueOf does: ROUND(2.675, 2) is 2.68 though
 * the double is slightly less than that. ROUND(DECIMAL(p,s), r) has the type DECIMAL(p-s+r+1, r) when r is a constant
 * less than s; FLOOR and CEIL of DECIMAL(p,s) are DECIMAL(p,0). FLOOR and CEIL of times are in temporal.c.
 */
#include "sql/functions/round.h"

#include <math.h>
#include <stdio.h>

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/functions/temporal.h"
#include "sql/types/decimal.h"
#include "sql/types/real.h"

double round_decimal(double v, int digits, bool cut)
{
	if (!isfinite(v) || v == 0)
		return v;
	char d[REAL_DIGITS_MAX + 1] = "0"; /* a place for the carry */
	int exponent;
	unsigned have = real_digits(fabs(v), false, d + 1, &exponent);
	int keep = exponent + 1 + digits;
	if (keep >= (int)have)
		return v;
	if (keep < 0)
		return copysign(0.0, v);
	bool up = !cut && d[1 + keep] >= '5';
	for (int i = keep; up && i >= 0; i--) {
		up = d[i] == '9';
		d[i] = up ? '0' : (char)(d[i] + 1);
	}
	/* The digits kept, as a whole number: the last counts 10^(exponent + 1 - keep). */
	char rounded[REAL_DIGITS_MAX + 32];
	int len = snprintf(rounded, sizeof rounded, "%.*se%d", keep + 1, d, exponent + 1 - keep);
	double r = 0;
	str_to_f64(str_make(rounded, (size_t)len), &r);
	return copysign(r, v);
}

/* ---- ROUND, TRUNCATE ---- */

typedef struct RoundData {
	bool cut;
	unsigned scale; /* of a decimal argument */
} RoundData;

static int64_t digits_at(const Column *const *args, const FunctionCall *call, uint32_t i)
{
	return call->nargs == 2 ? kernel_i64(args[1], i) : 0;
}

KERNEL(round_real)
{
	const RoundData *d = call->data;
	KERNEL_EACH(i)
	{
		int64_t digits = digits_at(args, call, i);
		int bounded = digits > 400 ? 400 : digits < -400 ? -400 : (int)digits;
		double r = round_decimal(kernel_f64(args[0], i), bounded, d->cut);
		out->f64[i] = call->type->kind == TYPE_FLOAT ? (double)(float)r : r;
	}
}

/* v rounded to a multiple of 10^n; n >= 0. */
static Int128 round_to(Int128 v, unsigned n, bool cut)
{
	if (n > TYPE_DECIMAL_MAX)
		return 0;
	Int128 unit = decimal_pow10(n);
	Int128 rest = v % unit;
	Int128 whole = v - rest;
	Int128 half = unit / 2;
	if (!cut && n > 0 && (rest >= half || rest <= -half))
		whole += v < 0 ? -unit : unit;
	return whole;
}

KERNEL(round_int)
{
	const RoundData *d = call->data;
	int64_t least, greatest;
	type_int_range(call->type->kind, &least, &greatest);
	KERNEL_EACH(i)
	{
		int64_t x = kernel_i64(args[0], i);
		int64_t digits = digits_at(args, call, i);
		Int128 r = digits >= 0 ? x : round_to(x, digits < -38 ? 39 : (unsigned)-digits, d->cut);
		if (r < least || r > greatest)
			kernel_fail(ctx, out, i, ROW_OVERFLOW, "%lld rounded does not fit its type", (long long)x);
		else
			out->i64[i] = (int64_t)r;
	}
}

KERNEL(round_of_decimal)
{
	const RoundData *d = call->data;
	const Type *t = call->type;
	KERNEL_EACH(i)
	{
		Int128 x = args[0]->i128[column_at(args[0], i)];
		int64_t digits = digits_at(args, call, i);
		int64_t drop = (int64_t)d->scale - digits;
		Int128 r =
		    drop <= 0 ? x : round_to(x, drop > TYPE_DECIMAL_MAX ? TYPE_DECIMAL_MAX + 1u : (unsigned)drop, d->cut);
		if (!decimal_rescale(r, d->scale, t->scale, t->precision, &out->i128[i]))
			kernel_null(ctx, out, i);
	}
}

static const Type *round_type(ResolveCtx *rc)
{
	const Type *t = rc->arg_types[0];
	int64_t digits = 0;
	bool known = rc->nargs == 1 || resolve_const_i64(rc, 1, &digits);
	if (!known || digits >= t->scale)
		return t;
	unsigned scale = digits > 0 ? (unsigned)digits : 0;
	unsigned precision = t->precision - t->scale + scale + 1u;
	return type_decimal(rc->arena, precision > TYPE_DECIMAL_MAX ? TYPE_DECIMAL_MAX : precision, scale);
}

RESOLVE(resolve_round)
{
	if (!resolve_args(rc, "ni", err))
		return false;
	const Type *t = rc->arg_types[0];
	RoundData *d = ARENA_NEW(rc->arena, RoundData);
	d->cut = rc->call->fn->name[0] == 'T';
	d->scale = t->scale;
	rc->call->data = d;
	rc->call->kernel = type_is_integer(t) ? round_int : type_is_approx(t) ? round_real : round_of_decimal;
	rc->call->can_fail = type_is_integer(t) && rc->nargs == 2;
	rc->call->type = resolve_strict_type(rc, t->kind == TYPE_DECIMAL ? round_type(rc) : t);
	return true;
}

/* ---- FLOOR, CEIL ---- */

KERNEL(keep_int)
{
	out->data = args[0]->data;
}

KERNEL(floor_real)
{
	KERNEL_LOOP1(double, out->f64[i] = floor(x));
}

KERNEL(ceil_real)
{
	KERNEL_LOOP1(double, out->f64[i] = ceil(x));
}

static void whole_decimal(const FunctionCall *call, const Column *const *args, uint32_t n, Column *out, bool up)
{
	Int128 unit = decimal_pow10(call->arg_types[0]->scale);
	KERNEL_LOOP1(Int128, {
		Int128 q = x / unit;
		Int128 rest = x % unit;
		out->i128[i] = q + (up ? rest > 0 : -(rest < 0));
	});
}

KERNEL(floor_decimal)
{
	whole_decimal(call, args, n, out, false);
}

KERNEL(ceil_decimal)
{
	whole_decimal(call, args, n, out, true);
}

RESOLVE(resolve_floor)
{
	bool up = rc->call->fn->name[0] == 'C';
	if (rc->nargs == 2)
		return temporal_resolve_floor(rc, up, err);
	if (!resolve_args(rc, "n", err))
		return false;
	const Type *t = rc->arg_types[0];
	const Type *result = t;
	if (type_is_integer(t)) {
		rc->call->kernel = keep_int;
	} else if (type_is_approx(t)) {
		rc->call->kernel = up ? ceil_real : floor_real;
	} else {
		rc->call->kernel = up ? ceil_decimal : floor_decimal;
		result = type_with_null(rc->arena, type_decimal(rc->arena, t->precision, 0), !t->not_null);
	}
	rc->call->type = result;
	return true;
}

static const Function items[] = {
    {"ROUND", "math", "ROUND(number [, digits]) -> number", "The number rounded half up to digits after the point.", 1,
     2, FN_STRICT | FN_CAN_FAIL, resolve_round},
    {"TRUNCATE", "math", "TRUNCATE(number [, digits]) -> number", "The number cut to digits after the point.", 1, 2,
     FN_STRICT | FN_CAN_FAIL, resolve_round},
    {"FLOOR", "math", "FLOOR(number) or FLOOR(time TO unit)",
     "The greatest whole number, or begin of a unit of time, not above the argument.", 1, 2, FN_STRICT, resolve_floor},
    {"CEIL", "math", "CEIL(number) or CEIL(time TO unit)",
     "The least whole number, or begin of a unit of time, not below the argument.", 1, 2, FN_STRICT, resolve_floor},
    {"CEILING", "math", "CEILING(number) or CEILING(time TO unit)", "The same as CEIL.", 1, 2, FN_STRICT,
     resolve_floor},
};

const FunctionTable round_functions = {items, sizeof items / sizeof *items};
