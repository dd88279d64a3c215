/*
 * sql/functions/clock.c: functions of the clock and of the session: CURRENT_TIMESTAMP, NOW, PROCTIME,
 * CURRENT_WATERMARK, CURRENT_USER ..
 *
 * The clock is EvalEnv's: one instant for a whole batch, or for a whole snapshot. Results have milliseconds, as in
 * Flink.
 */
#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/timestamp.h"
#include "sql/types/zone.h"

static int64_t floor_to(int64_t us, int64_t unit)
{
	int64_t rest = us % unit;
	return us - (rest < 0 ? rest + unit : rest);
}

static void fill(Column *out, uint32_t n, int64_t v)
{
	for (uint32_t i = 0; i < n; i++)
		out->i64[i] = v;
}

KERNEL(instant)
{
	fill(out, n, floor_to(ctx->env->now_us, 1000));
}

KERNEL(local_timestamp)
{
	fill(out, n, floor_to(zone_to_local(kernel_zone(ctx), ctx->env->now_us), 1000));
}

KERNEL(local_date)
{
	fill(out, n,
	     floor_to(zone_to_local(kernel_zone(ctx), ctx->env->now_us), TIMESTAMP_US_PER_DAY) / TIMESTAMP_US_PER_DAY);
}

KERNEL(local_time)
{
	int64_t us = zone_to_local(kernel_zone(ctx), ctx->env->now_us);
	fill(out, n, floor_to(us - floor_to(us, TIMESTAMP_US_PER_DAY), TIMESTAMP_US_PER_SECOND));
}

static bool clock_call(ResolveCtx *rc, const Type *type, Kernel kernel, Err *err)
{
	if (!resolve_args(rc, "i", err))
		return false;
	rc->call->kernel = kernel;
	rc->call->type = type_with_null(rc->arena, type, false);
	return true;
}

RESOLVE(resolve_instant)
{
	return clock_call(rc, &type_ltz3, instant, err);
}

RESOLVE(resolve_local_timestamp)
{
	return clock_call(rc, &type_timestamp3, local_timestamp, err);
}

RESOLVE(resolve_date)
{
	return clock_call(rc, &type_date, local_date, err);
}

RESOLVE(resolve_time)
{
	return clock_call(rc, type_temporal(rc->arena, TYPE_TIME, 0), local_time, err);
}

/* The watermark that the row met, of the type of its time column; NULL before the first. */
KERNEL(current_watermark)
{
	const int64_t *stamps = ctx->env->stamps_ms;
	for (uint32_t i = 0; i < n; i++) {
		int64_t us = !stamps ? ctx->env->watermark_us : stamps[i] == INT64_MIN ? INT64_MIN : stamps[i] * 1000;
		if (us == INT64_MIN)
			kernel_null(ctx, out, i);
		else
			out->i64[i] = us;
	}
}

RESOLVE(resolve_watermark)
{
	const Type *t = rc->arg_types[0];
	if (!type_is_timestamp(t))
		return resolve_mismatch(rc, err);
	rc->call->kernel = current_watermark;
	rc->call->type = type_with_null(rc->arena, type_temporal(rc->arena, t->kind, 3), true);
	return true;
}

static void fill_name(EvalCtx *ctx, uint32_t n, Column *out, const char *name)
{
	for (uint32_t i = 0; i < n; i++) {
		if (name)
			out->str[i] = str_from(name);
		else
			kernel_null(ctx, out, i);
	}
}

KERNEL(current_user)
{
	fill_name(ctx, n, out, ctx->env->user);
}

KERNEL(current_database)
{
	fill_name(ctx, n, out, ctx->env->database);
}

KERNEL(current_schema)
{
	fill_name(ctx, n, out, "public");
}

RESOLVE_NULLABLE(resolve_user, "", &type_string, current_user)
RESOLVE_NULLABLE(resolve_database, "", &type_string, current_database)
RESOLVE_NULLABLE(resolve_schema, "", &type_string, current_schema)

#define CLOCK(name, sig, doc, nargs, resolve)                                                                          \
	{                                                                                                                  \
		name, "temporal", sig, doc, 0, nargs, FN_CLOCK, resolve                                                        \
	}
#define SESSION(name, doc, flags, resolve)                                                                             \
	{                                                                                                                  \
		name, "conversion", name "() -> STRING", doc, 0, 0, FN_CLOCK | (flags), resolve                                \
	}

static const Function items[] = {
    CLOCK("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP -> TIMESTAMP_LTZ(3)", "The current instant.", 1, resolve_instant),
    CLOCK("NOW", "NOW() -> TIMESTAMP_LTZ(3)", "The current instant.", 0, resolve_instant),
    CLOCK("CURRENT_ROW_TIMESTAMP", "CURRENT_ROW_TIMESTAMP() -> TIMESTAMP_LTZ(3)", "The current instant.", 0,
          resolve_instant),
    CLOCK("PROCTIME", "PROCTIME() -> TIMESTAMP_LTZ(3)", "The instant at which the row is worked on; a time attribute.",
          0, resolve_instant),
    CLOCK("LOCALTIMESTAMP", "LOCALTIMESTAMP -> TIMESTAMP(3)", "The current wall clock in the session's zone.", 1,
          resolve_local_timestamp),
    CLOCK("CURRENT_DATE", "CURRENT_DATE -> DATE", "The current date in the session's zone.", 0, resolve_date),
    CLOCK("CURRENT_TIME", "CURRENT_TIME -> TIME(0)", "The current time of day in the session's zone.", 1, resolve_time),
    CLOCK("LOCALTIME", "LOCALTIME -> TIME(0)", "The current time of day in the session's zone.", 1, resolve_time),
    {"CURRENT_WATERMARK", "temporal", "CURRENT_WATERMARK(rowtime) -> TIMESTAMP(3) or TIMESTAMP_LTZ(3)",
     "The watermark that the row met; NULL before the first.", 1, 1, FN_CLOCK | FN_STAMP, resolve_watermark},
    SESSION("CURRENT_DATABASE", "The name of the current database.", 0, resolve_database),
    SESSION("CURRENT_SCHEMA", "The name of the current schema.", FN_OURS, resolve_schema),
    SESSION("CURRENT_USER", "The name of the user.", FN_OURS, resolve_user),
};

const FunctionTable clock_functions = {items, sizeof items / sizeof *items};
