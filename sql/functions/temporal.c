/*
 * sql/functions/temporal.c: fields and units of times: EXTRACT and its short names, FLOOR and CEIL TO, TIMESTAMPADD,
 * TIMESTAMPDIFF.
 *
 * TIMESTAMP_LTZ is seen through the session's zone: its wall clock is taken apart, and put together again where the
 * result is an instant. Text forms are in temporal_text.c, the clock in clock.c.
 */
#include "sql/functions/temporal.h"

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/timestamp.h"
#include "sql/types/zone.h"

typedef struct UnitData {
	TimeUnit unit;
} UnitData;

static bool is_interval(const Type *t)
{
	return t->kind == TYPE_INTERVAL_MONTHS || t->kind == TYPE_INTERVAL_SECONDS;
}

/* A constant unit as argument i. */
static bool resolve_unit(ResolveCtx *rc, uint32_t i, TimeUnit *unit, Err *err)
{
	Str s;
	if (!resolve_const_str(rc, i, &s))
		return resolve_mismatch(rc, err);
	if (timestamp_unit_parse(s, unit))
		return true;
	err_set_at(err, ERR_BAD_VALUE, rc->span, "\"%.*s\" is not a unit of time", STR_ARG(s));
	return err_hint(err, "Units are SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER, YEAR and their like.");
}

static void set_unit(ResolveCtx *rc, TimeUnit unit)
{
	UnitData *d = ARENA_NEW(rc->arena, UnitData);
	d->unit = unit;
	rc->call->data = d;
}

static TimeUnit unit_of(const FunctionCall *call)
{
	return ((const UnitData *)call->data)->unit;
}

static bool is_time_of_day(TimeUnit unit)
{
	return unit <= UNIT_HOUR || unit == UNIT_NANOSECOND;
}

/* ---- fields ---- */

static int64_t interval_field(const Type *type, TimeUnit unit, int64_t v)
{
	if (type->kind == TYPE_INTERVAL_MONTHS)
		return unit == UNIT_YEAR ? v / 12 : unit == UNIT_MONTH ? v % 12 : unit == UNIT_QUARTER ? v % 12 / 3 + 1 : 0;
	switch (unit) {
	case UNIT_DAY: return v / TIMESTAMP_US_PER_DAY;
	case UNIT_HOUR: return v % TIMESTAMP_US_PER_DAY / TIMESTAMP_US_PER_HOUR;
	case UNIT_MINUTE: return v % TIMESTAMP_US_PER_HOUR / TIMESTAMP_US_PER_MINUTE;
	case UNIT_SECOND: return v % TIMESTAMP_US_PER_MINUTE / TIMESTAMP_US_PER_SECOND;
	case UNIT_MILLISECOND: return v % TIMESTAMP_US_PER_SECOND / 1000;
	case UNIT_MICROSECOND: return v % TIMESTAMP_US_PER_SECOND;
	case UNIT_EPOCH: return v / TIMESTAMP_US_PER_SECOND;
	default: return 0;
	}
}

/* Units of the time of day need no calendar. */
static int64_t time_of_day(TimeUnit unit, int64_t us)
{
	int64_t rest = us % TIMESTAMP_US_PER_DAY;
	rest += rest < 0 ? TIMESTAMP_US_PER_DAY : 0;
	return unit == UNIT_HOUR     ? rest / TIMESTAMP_US_PER_HOUR
	       : unit == UNIT_MINUTE ? rest / TIMESTAMP_US_PER_MINUTE % 60
	                             : rest / TIMESTAMP_US_PER_SECOND % 60;
}

static void extract_rows(EvalCtx *ctx, const FunctionCall *call, const Column *values, const Type *type, uint32_t n,
                         Column *out)
{
	TimeUnit unit = unit_of(call);
	bool instant = unit == UNIT_EPOCH && type->kind == TYPE_TIMESTAMP_LTZ;
	bool simple = unit == UNIT_HOUR || unit == UNIT_MINUTE || unit == UNIT_SECOND;
	KERNEL_EACH(i)
	{
		int64_t v = kernel_i64(values, i);
		if (is_interval(type))
			out->i64[i] = interval_field(type, unit, v);
		else if (simple)
			out->i64[i] = time_of_day(unit, kernel_local_us(ctx, type, v));
		else
			out->i64[i] = timestamp_extract(unit, instant ? v : kernel_local_us(ctx, type, v));
	}
}

KERNEL(extract)
{
	extract_rows(ctx, call, args[1], call->arg_types[1], n, out);
}

KERNEL(field)
{
	extract_rows(ctx, call, args[0], call->arg_types[0], n, out);
}

static bool check_field(ResolveCtx *rc, const Type *t, TimeUnit unit, Err *err)
{
	bool months = t->kind == TYPE_INTERVAL_MONTHS && (unit == UNIT_YEAR || unit == UNIT_MONTH || unit == UNIT_QUARTER);
	bool seconds = t->kind == TYPE_INTERVAL_SECONDS && (is_time_of_day(unit) || unit == UNIT_DAY || unit == UNIT_EPOCH);
	bool point = t->kind == TYPE_DATE || type_is_timestamp(t);
	if (point || months || seconds || (t->kind == TYPE_TIME && (is_time_of_day(unit) || unit == UNIT_EPOCH)))
		return true;
	resolve_mismatch(rc, err);
	return err_hint(err, "The value has no such field.");
}

RESOLVE(resolve_extract)
{
	TimeUnit unit;
	if (!resolve_unit(rc, 0, &unit, err))
		return false;
	if (rc->arg_types[1]->kind == TYPE_NULL)
		rc->arg_types[1] = &type_timestamp6;
	if (!check_field(rc, rc->arg_types[1], unit, err))
		return false;
	set_unit(rc, unit);
	rc->call->kernel = extract;
	rc->call->type = resolve_strict_type(rc, &type_bigint);
	return true;
}

static const struct {
	const char *name;
	TimeUnit unit;
} fields[] = {
    {"YEAR", UNIT_YEAR},     {"QUARTER", UNIT_QUARTER}, {"MONTH", UNIT_MONTH},   {"WEEK", UNIT_WEEK},
    {"DAYOFYEAR", UNIT_DOY}, {"DAYOFMONTH", UNIT_DAY},  {"DAYOFWEEK", UNIT_DOW}, {"HOUR", UNIT_HOUR},
    {"MINUTE", UNIT_MINUTE}, {"SECOND", UNIT_SECOND},
};

RESOLVE(resolve_field)
{
	TimeUnit unit = UNIT_YEAR;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (str_eq_c(str_from(rc->call->fn->name), fields[i].name))
			unit = fields[i].unit;
	if (rc->arg_types[0]->kind == TYPE_NULL)
		rc->arg_types[0] = &type_timestamp6;
	if (!check_field(rc, rc->arg_types[0], unit, err))
		return false;
	set_unit(rc, unit);
	rc->call->kernel = field;
	rc->call->type = resolve_strict_type(rc, &type_bigint);
	return true;
}

/* ---- FLOOR, CEIL, DATE_TRUNC ---- */

typedef enum Rounding { ROUND_DOWN, ROUND_UP, ROUND_TRUNC } Rounding;

/* FLOOR's week begins on Sunday as in Flink, DATE_TRUNC's on Monday as in PostgreSQL. */
static int64_t round_us(Rounding how, TimeUnit unit, int64_t us)
{
	if (how == ROUND_TRUNC && unit == UNIT_WEEK)
		return timestamp_floor(unit, us - TIMESTAMP_US_PER_DAY) + TIMESTAMP_US_PER_DAY;
	return how == ROUND_UP ? timestamp_ceil(unit, us) : timestamp_floor(unit, us);
}

static void round_rows(EvalCtx *ctx, const FunctionCall *call, const Column *values, const Type *type, uint32_t n,
                       Column *out, Rounding how)
{
	TimeUnit unit = unit_of(call);
	KERNEL_EACH(i)
	{
		int64_t us = kernel_local_us(ctx, type, kernel_i64(values, i));
		us = round_us(how, unit, us);
		if (type->kind == TYPE_DATE)
			us = timestamp_floor(UNIT_DAY, us) / TIMESTAMP_US_PER_DAY;
		else if (type->kind == TYPE_TIME)
			us = us % TIMESTAMP_US_PER_DAY;
		else if (type->kind == TYPE_TIMESTAMP_LTZ)
			us = zone_to_instant(kernel_zone(ctx), us);
		out->i64[i] = us;
	}
}

KERNEL(time_floor)
{
	round_rows(ctx, call, args[0], call->arg_types[0], n, out, ROUND_DOWN);
}

KERNEL(time_ceil)
{
	round_rows(ctx, call, args[0], call->arg_types[0], n, out, ROUND_UP);
}

KERNEL(date_trunc)
{
	round_rows(ctx, call, args[1], call->arg_types[1], n, out, ROUND_TRUNC);
}

static bool resolve_round_time(ResolveCtx *rc, uint32_t time, Kernel kernel, Err *err)
{
	TimeUnit unit;
	if (!resolve_unit(rc, !time, &unit, err))
		return false;
	const Type *t = rc->arg_types[time];
	if (t->kind == TYPE_NULL)
		t = rc->arg_types[time] = &type_timestamp6;
	bool point = t->kind == TYPE_DATE || t->kind == TYPE_TIME || type_is_timestamp(t);
	bool no_unit = unit >= UNIT_DOW && unit != UNIT_NANOSECOND;
	if (!point || no_unit || (t->kind == TYPE_TIME && !is_time_of_day(unit)))
		return resolve_mismatch(rc, err);
	set_unit(rc, unit);
	rc->call->kernel = kernel;
	rc->call->type = t;
	return true;
}

bool temporal_resolve_floor(ResolveCtx *rc, bool up, Err *err)
{
	return resolve_round_time(rc, 0, up ? time_ceil : time_floor, err);
}

RESOLVE(resolve_date_trunc)
{
	return resolve_round_time(rc, 1, date_trunc, err);
}

/* ---- TIMESTAMPADD, TIMESTAMPDIFF ---- */

KERNEL(timestamp_plus)
{
	TimeUnit unit = unit_of(call);
	const Type *from = call->arg_types[2];
	KERNEL_EACH(i)
	{
		int64_t v = kernel_i64(args[2], i);
		bool instant = from->kind == TYPE_TIMESTAMP_LTZ;
		int64_t us = timestamp_add(unit, kernel_i64(args[1], i), instant ? v : kernel_local_us(ctx, from, v));
		if (us == INT64_MIN || us == INT64_MAX)
			kernel_fail(ctx, out, i, ROW_OVERFLOW, "the result of TIMESTAMPADD is out of range");
		else if (call->type->kind == TYPE_DATE)
			out->i64[i] = timestamp_floor(UNIT_DAY, us) / TIMESTAMP_US_PER_DAY;
		else if (call->type->kind == TYPE_TIME)
			out->i64[i] = us - timestamp_floor(UNIT_DAY, us);
		else
			out->i64[i] = us;
	}
}

RESOLVE(resolve_timestampadd)
{
	TimeUnit unit;
	if (!resolve_unit(rc, 0, &unit, err) || !resolve_args(rc, "ait", err))
		return false;
	const Type *t = rc->arg_types[2];
	if ((unit >= UNIT_DOW && unit != UNIT_NANOSECOND) || (t->kind == TYPE_TIME && !is_time_of_day(unit)))
		return resolve_mismatch(rc, err);
	set_unit(rc, unit);
	rc->call->kernel = timestamp_plus;
	rc->call->type = resolve_strict_type(rc, t->kind == TYPE_DATE && is_time_of_day(unit) ? &type_timestamp6 : t);
	return true;
}

/* Two instants are apart by what passed between them, not by what their clocks show; only months need calendars. */
KERNEL(timestamp_minus)
{
	TimeUnit unit = unit_of(call);
	bool instants = call->arg_types[1]->kind == TYPE_TIMESTAMP_LTZ && call->arg_types[2]->kind == TYPE_TIMESTAMP_LTZ &&
	                (unit <= UNIT_WEEK || unit == UNIT_NANOSECOND);
	KERNEL_EACH(i)
	{
		int64_t a = kernel_i64(args[1], i);
		int64_t b = kernel_i64(args[2], i);
		if (!instants) {
			a = kernel_local_us(ctx, call->arg_types[1], a);
			b = kernel_local_us(ctx, call->arg_types[2], b);
		}
		int64_t r = timestamp_diff(unit, a, b);
		if (r >= INT32_MIN && r <= INT32_MAX)
			out->i64[i] = r;
		else if (ctx->env->flink_arithmetic)
			out->i64[i] = (int32_t)(uint32_t)(uint64_t)r;
		else
			kernel_fail(ctx, out, i, ROW_OVERFLOW, "the result of TIMESTAMPDIFF does not fit INT");
	}
}

RESOLVE(resolve_timestampdiff)
{
	TimeUnit unit;
	if (!resolve_unit(rc, 0, &unit, err) || !resolve_args(rc, "att", err))
		return false;
	bool time = rc->arg_types[1]->kind == TYPE_TIME;
	if (time != (rc->arg_types[2]->kind == TYPE_TIME) || (unit >= UNIT_DOW && unit != UNIT_NANOSECOND))
		return resolve_mismatch(rc, err);
	set_unit(rc, unit);
	rc->call->kernel = timestamp_minus;
	rc->call->type = resolve_strict_type(rc, &type_int);
	return true;
}

#define FIELD(name, doc)                                                                                               \
	{                                                                                                                  \
		name, "temporal", name "(time) -> BIGINT", doc, 1, 1, FN_STRICT, resolve_field                                 \
	}

static const Function items[] = {
    {"EXTRACT", "temporal", "EXTRACT(unit FROM time) -> BIGINT", "A field of a time or interval.", 2, 2, FN_STRICT,
     resolve_extract},
    FIELD("YEAR", "The year."),
    FIELD("QUARTER", "The quarter, 1 to 4."),
    FIELD("MONTH", "The month, 1 to 12."),
    FIELD("WEEK", "The ISO week, 1 to 53."),
    FIELD("DAYOFYEAR", "The day of the year, 1 to 366."),
    FIELD("DAYOFMONTH", "The day of the month, 1 to 31."),
    FIELD("DAYOFWEEK", "The day of the week, Sunday is 1."),
    FIELD("HOUR", "The hour, 0 to 23."),
    FIELD("MINUTE", "The minute, 0 to 59."),
    FIELD("SECOND", "The second, 0 to 59."),
    {"DATE_TRUNC", "temporal", "DATE_TRUNC(unit, time) -> type of the time",
     "The begin of the unit that holds the time; a week begins on Monday.", 2, 2, FN_STRICT | FN_OURS,
     resolve_date_trunc},
    {"TIMESTAMPADD", "temporal", "TIMESTAMPADD(unit, n, time) -> type of the time", "The time moved by n units.", 3, 3,
     FN_STRICT | FN_CAN_FAIL, resolve_timestampadd},
    {"TIMESTAMPDIFF", "temporal", "TIMESTAMPDIFF(unit, a, b) -> INT", "The whole units from a to b.", 3, 3,
     FN_STRICT | FN_CAN_FAIL, resolve_timestampdiff},
};

const FunctionTable temporal_functions = {items, sizeof items / sizeof *items};
