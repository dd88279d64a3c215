/*
 * sql/functions/cast_time.c: casts between DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ, and integers with intervals.
 *
 * TIMESTAMP and TIMESTAMP_LTZ shift through the session's zone. Fewer fractional digits cut, never round. BIGINT as
 * INTERVAL DAY TO SECOND counts milliseconds, as in Flink.
 */
#include "sql/functions/cast.h"
#include "sql/functions/kernel.h"
#include "sql/types/timestamp.h"
#include "sql/types/zone.h"

static int64_t floor_to(int64_t us, int64_t unit)
{
	int64_t rest = us % unit;
	return us - (rest < 0 ? rest + unit : rest);
}

static int64_t cut(const Type *to, int64_t us)
{
	int64_t unit = 1;
	for (unsigned p = to->precision; p < TYPE_TIME_PRECISION_MAX; p++)
		unit *= 10;
	return floor_to(us, unit);
}

/* Through the wall clock: every source has one, every target is made of one. */
static RowErr time_to_time(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out)
{
	if (from->kind == TYPE_TIMESTAMP_LTZ && to->kind == TYPE_TIMESTAMP_LTZ) {
		*out = value_i64(cut(to, in.i));
		return ROW_OK;
	}
	if (from->kind == TYPE_DATE && (in.i > INT64_MAX / TIMESTAMP_US_PER_DAY || in.i < INT64_MIN / TIMESTAMP_US_PER_DAY))
		return ROW_OVERFLOW;
	int64_t local = kernel_local_us(ctx, from, in.i);
	switch (to->kind) {
	case TYPE_DATE: *out = value_i64(floor_to(local, TIMESTAMP_US_PER_DAY) / TIMESTAMP_US_PER_DAY); break;
	case TYPE_TIME: *out = value_i64(cut(to, local - floor_to(local, TIMESTAMP_US_PER_DAY))); break;
	case TYPE_TIMESTAMP: *out = value_i64(cut(to, local)); break;
	default: *out = value_i64(cut(to, zone_to_instant(kernel_zone(ctx), local))); break;
	}
	return ROW_OK;
}

static RowErr int_to_interval(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out)
{
	(void)ctx;
	(void)from;
	(void)to;
	*out = value_i64(0);
	return __builtin_mul_overflow(in.i, INT64_C(1000), &out->i) ? ROW_OVERFLOW : ROW_OK;
}

static RowErr interval_to_int(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out)
{
	(void)ctx;
	int64_t v = from->kind == TYPE_INTERVAL_SECONDS ? in.i / 1000 : in.i;
	int64_t least, greatest;
	type_int_range(to->kind, &least, &greatest);
	if (v < least || v > greatest)
		return ROW_OVERFLOW;
	*out = value_i64(v);
	return ROW_OK;
}

static bool is_point(const Type *t)
{
	return t->kind == TYPE_DATE || t->kind == TYPE_TIME || type_is_timestamp(t);
}

CastRow cast_time_row(const Type *from, const Type *to)
{
	if (is_point(from) && is_point(to)) {
		bool refused =
		    (from->kind == TYPE_DATE && to->kind == TYPE_TIME) || (from->kind == TYPE_TIME && to->kind == TYPE_DATE);
		return refused ? NULL : time_to_time;
	}
	if (type_is_integer(from) && to->kind == TYPE_INTERVAL_SECONDS)
		return int_to_interval;
	if ((from->kind == TYPE_INTERVAL_SECONDS || from->kind == TYPE_INTERVAL_MONTHS) && type_is_integer(to))
		return interval_to_int;
	return NULL;
}
