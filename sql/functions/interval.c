/*
 * sql/functions/interval.c: arithmetic of times and intervals.
 *
 *   time ± interval -> the time's type      interval ± interval, -interval, interval * n, n * interval, interval / n
 *   time - time -> INTERVAL DAY TO SECOND (Flink has TIMESTAMPDIFF only)
 *
 * Units: DATE days, all else microseconds, INTERVAL YEAR TO MONTH months. A DATE plus an interval of seconds stays a
 * DATE: whole days move it. A TIME wraps at midnight. Months are added to the UTC wall clock of an instant, as Flink
 * does.
 */
#include "sql/functions/interval.h"

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/timestamp.h"

/* A hundred thousand years: far beyond what can be written, and the sum of two still fits 64 bits. */
#define INTERVAL_US_MAX (INT64_C(100000) * 366 * TIMESTAMP_US_PER_DAY)
enum { INTERVAL_MONTHS_MAX = 12 * 100000 };

static bool is_interval(const Type *t)
{
	return t->kind == TYPE_INTERVAL_MONTHS || t->kind == TYPE_INTERVAL_SECONDS;
}

static bool is_time(const Type *t)
{
	return t->kind == TYPE_DATE || t->kind == TYPE_TIME || type_is_timestamp(t);
}

static void out_of_range(EvalCtx *ctx, Column *out, uint32_t i)
{
	kernel_fail(ctx, out, i, ROW_OVERFLOW, "the result of the calculation with times is out of range");
}

static int64_t floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;
	return a % b < 0 ? q - 1 : q;
}

/* time + sign * interval */
static bool shift(const Type *time, const Type *interval, int64_t t, int64_t v, int sign, int64_t *out)
{
	bool date = time->kind == TYPE_DATE;
	int64_t days_max = INTERVAL_US_MAX / TIMESTAMP_US_PER_DAY;
	if (date ? t > days_max || t < -days_max : t > INTERVAL_US_MAX || t < -INTERVAL_US_MAX)
		return false;
	if (interval->kind == TYPE_INTERVAL_MONTHS) {
		if (v > INTERVAL_MONTHS_MAX || v < -INTERVAL_MONTHS_MAX)
			return false;
		int64_t us = timestamp_add_months(date ? t * TIMESTAMP_US_PER_DAY : t, sign * v);
		*out = date ? floor_div(us, TIMESTAMP_US_PER_DAY) : us;
		return true;
	}
	if (v > INTERVAL_US_MAX || v < -INTERVAL_US_MAX)
		return false;
	if (date) {
		*out = floor_div(t * TIMESTAMP_US_PER_DAY + sign * v, TIMESTAMP_US_PER_DAY);
	} else if (time->kind == TYPE_TIME) {
		int64_t us = (t + sign * (v % TIMESTAMP_US_PER_DAY)) % TIMESTAMP_US_PER_DAY;
		*out = us < 0 ? us + TIMESTAMP_US_PER_DAY : us;
	} else {
		*out = t + sign * v;
	}
	return true;
}

static void shift_rows(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out,
                       int sign)
{
	uint32_t t = is_interval(call->arg_types[0]) ? 1 : 0;
	const Type *time = call->arg_types[t];
	const Type *interval = call->arg_types[!t];
	for (uint32_t i = 0; i < n; i++) {
		int64_t r = 0;
		if (!shift(time, interval, kernel_i64(args[t], i), kernel_i64(args[!t], i), sign, &r) &&
		    !kernel_is_null(out, i))
			out_of_range(ctx, out, i);
		else
			out->i64[i] = r;
	}
}

KERNEL(time_plus)
{
	shift_rows(ctx, call, args, n, out, 1);
}

KERNEL(time_minus)
{
	shift_rows(ctx, call, args, n, out, -1);
}

#define CHECKED_KERNEL(name, builtin)                                                                                  \
	KERNEL(name)                                                                                                       \
	{                                                                                                                  \
		KERNEL_LOOP2(args[0], args[1], int64_t, int64_t, {                                                             \
			if (builtin(x, y, &out->i64[i]) && !kernel_is_null(out, i))                                                \
				out_of_range(ctx, out, i);                                                                             \
		});                                                                                                            \
	}

CHECKED_KERNEL(add_plain, __builtin_add_overflow)
CHECKED_KERNEL(sub_plain, __builtin_sub_overflow)
CHECKED_KERNEL(mul_plain, __builtin_mul_overflow)

KERNEL(div_plain)
{
	KERNEL_LOOP2(args[0], args[1], int64_t, int64_t, {
		if (y > 0 || y < -1 || (y == -1 && x > INT64_MIN))
			out->i64[i] = x / y;
		else if (kernel_is_null(out, i))
			out->i64[i] = 0;
		else if (y == 0)
			kernel_fail(ctx, out, i, ROW_DIV_ZERO, "an interval was divided by zero");
		else
			out_of_range(ctx, out, i);
	});
}

KERNEL(sub_dates)
{
	KERNEL_LOOP2(args[0], args[1], int64_t, int64_t, {
		int64_t days;
		if ((__builtin_sub_overflow(x, y, &days) || __builtin_mul_overflow(days, TIMESTAMP_US_PER_DAY, &out->i64[i])) &&
		    !kernel_is_null(out, i))
			out_of_range(ctx, out, i);
	});
}

KERNEL(neg_plain)
{
	KERNEL_LOOP1(int64_t, out->i64[i] = (int64_t)(-(uint64_t)x));
}

static bool finish(ResolveCtx *rc, const Type *type, Kernel kernel)
{
	rc->call->kernel = kernel;
	rc->call->type = type_with_null(rc->arena, type, resolve_any_null(rc));
	return true;
}

static bool resolve_two(ResolveCtx *rc, char op, Err *err)
{
	const Type *a = rc->arg_types[0];
	const Type *b = rc->arg_types[1];
	/* A bare NULL beside a time is an interval, beside an interval one like it. */
	if (a->kind == TYPE_NULL)
		a = rc->arg_types[0] = is_interval(b) ? b : &type_interval_seconds;
	if (b->kind == TYPE_NULL)
		b = rc->arg_types[1] = is_interval(a) ? a : &type_interval_seconds;
	bool months_on_time = (a->kind == TYPE_TIME && b->kind == TYPE_INTERVAL_MONTHS) ||
	                      (b->kind == TYPE_TIME && a->kind == TYPE_INTERVAL_MONTHS);
	if (months_on_time)
		return resolve_mismatch(rc, err);
	if (is_time(a) && is_interval(b) && (op == '+' || op == '-'))
		return finish(rc, a, op == '+' ? time_plus : time_minus);
	if (is_interval(a) && is_time(b) && op == '+')
		return finish(rc, b, time_plus);
	if (is_interval(a) && a->kind == b->kind && (op == '+' || op == '-'))
		return finish(rc, a, op == '+' ? add_plain : sub_plain);
	if (is_interval(a) && type_is_integer(b) && (op == '*' || op == '/'))
		return finish(rc, a, op == '*' ? mul_plain : div_plain);
	if (type_is_integer(a) && is_interval(b) && op == '*')
		return finish(rc, b, mul_plain);
	if (is_time(a) && is_time(b) && op == '-' && (a->kind == TYPE_TIME) == (b->kind == TYPE_TIME)) {
		if (a->kind == TYPE_DATE && b->kind == TYPE_DATE)
			return finish(rc, &type_interval_seconds, sub_dates);
		if (a->kind != b->kind) {
			const Type *common = type_common(rc->arena, a, b);
			if (!common)
				return resolve_mismatch(rc, err);
			rc->arg_types[0] = rc->arg_types[1] = common;
		}
		return finish(rc, &type_interval_seconds, sub_plain);
	}
	resolve_mismatch(rc, err);
	if (type_is_numeric(rc->arg_types[0]) || type_is_numeric(rc->arg_types[1]))
		err_hint(err, "Add an interval, as INTERVAL '5' DAY; TIMESTAMPADD(DAY, n, time) adds a number of days.");
	return false;
}

bool interval_resolve(ResolveCtx *rc, bool *handled, Err *err)
{
	*handled = false;
	for (uint32_t i = 0; i < rc->nargs; i++)
		*handled = *handled || is_interval(rc->arg_types[i]) || is_time(rc->arg_types[i]);
	if (!*handled)
		return true;
	if (rc->nargs == 2)
		return resolve_two(rc, rc->call->fn->name[0], err);
	if (!is_interval(rc->arg_types[0]))
		return resolve_mismatch(rc, err);
	return finish(rc, rc->arg_types[0], neg_plain);
}
