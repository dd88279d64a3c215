/*
 * sql/functions/temporal_text.c: times from texts and numbers and back: DATE_FORMAT, TO_TIMESTAMP, FROM_UNIXTIME and
 * their like.
 *
 * Formats are Java's patterns (sql/types/timestamp.h). A text that does not fit its format is NULL, as in Flink;
 * UNIX_TIMESTAMP gives the least BIGINT. TO_CHAR has PostgreSQL's patterns, which are translated to Java's.
 */
#include "sql/functions/temporal.h"

#include <math.h>

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/decimal.h"
#include "sql/types/timestamp.h"
#include "sql/types/zone.h"

#define FORMAT_DEFAULT STR("yyyy-MM-dd HH:mm:ss")
enum { TO_TIMESTAMP_UNIT = 1000 }; /* TIMESTAMP(3) */

static int64_t to_millis(int64_t us)
{
	int64_t rest = us % TO_TIMESTAMP_UNIT;
	return us - (rest < 0 ? rest + TO_TIMESTAMP_UNIT : rest);
}

/* ---- to text ---- */

/* Writes the wall clock by a pattern; false: the pattern is not valid, the row has failed. */
static bool format_row(EvalCtx *ctx, Column *out, uint32_t i, Str pattern, int64_t local_us, int64_t offset_us,
                       StrBuf *b)
{
	Err why = {0};
	strbuf_clear(b);
	if (timestamp_format(pattern, local_us, offset_us, b, &why)) {
		out->str[i] = kernel_keep(ctx, b);
		return true;
	}
	kernel_fail(ctx, out, i, ROW_BAD_VALUE, "%s; plain text stands in quotes, as in 'yyyy-MM-dd''T''HH:mm'",
	            why.message);
	return false;
}

/*
 * Java's SimpleDateFormat reads what stands before the first character that does not fit: the part that is the form
 * yyyy-MM-dd HH:mm:ss; empty if there is none.
 */
static Str standard_part(Str text)
{
	uint32_t at = 0;
	unsigned groups = 0;
	for (; groups < 6 && at < text.len; groups++) {
		uint32_t digits = 0;
		while (at + digits < text.len && text.ptr[at + digits] >= '0' && text.ptr[at + digits] <= '9')
			digits++;
		at += digits;
		if (!digits || (groups < 5 && (at == text.len || text.ptr[at] != "-- ::"[groups])))
			return STR_EMPTY;
		at += groups < 5;
	}
	return groups == 6 ? str_slice(text, 0, at) : STR_EMPTY;
}

/* java.util's calendars take the later of two instants with the same wall clock, java.time the earlier. */
static int64_t calendar_instant(const struct Zone *zone, int64_t local_us)
{
	int64_t late = zone_to_instant_latest(zone, local_us);
	return zone_to_local(zone, late) == local_us ? late : zone_to_instant(zone, local_us);
}

/* The wall clock and the zone's offset of a time or a text; false: the text is no time. */
static bool local_of(EvalCtx *ctx, const Type *type, const Column *c, uint32_t i, int64_t *local_us, int64_t *offset_us)
{
	*offset_us = 0;
	if (type_phys(type) == PHYS_STR)
		return timestamp_parse(standard_part(kernel_str(c, i)), local_us, NULL, NULL);
	int64_t v = kernel_i64(c, i);
	*local_us = kernel_local_us(ctx, type, v);
	if (type->kind == TYPE_TIMESTAMP_LTZ)
		*offset_us = zone_offset_at(kernel_zone(ctx), v);
	return true;
}

KERNEL(date_format)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		int64_t local, offset;
		if (local_of(ctx, call->arg_types[0], args[0], i, &local, &offset))
			format_row(ctx, out, i, kernel_str(args[1], i), local, offset, &b);
		else
			kernel_null(ctx, out, i);
	}
	strbuf_deinit(&b);
}

RESOLVE(resolve_date_format)
{
	return resolve_nullable(rc, type_is_text(rc->arg_types[0]) ? "ss" : "ts", &type_string, date_format, err);
}

static const struct {
	const char *pg;
	const char *java;
} patterns[] = {
    {"YYYY", "yyyy"}, {"YY", "yy"},     {"MONTH", "MMMM"}, {"Month", "MMMM"}, {"Mon", "MMM"},  {"MON", "MMM"},
    {"MM", "MM"},     {"DDD", "D"},     {"DD", "dd"},      {"Day", "EEEE"},   {"DAY", "EEEE"}, {"Dy", "EEE"},
    {"DY", "EEE"},    {"HH24", "HH"},   {"HH12", "hh"},    {"HH", "hh"},      {"MI", "mm"},    {"SS", "ss"},
    {"MS", "SSS"},    {"US", "SSSSSS"}, {"AM", "a"},       {"PM", "a"},       {"TZ", "z"},     {"IW", "w"},
};

/* PostgreSQL's pattern as Java's: what is no pattern is quoted. */
static void translate(Str pg, StrBuf *java)
{
	bool quoted = false;
	for (uint32_t at = 0; at < pg.len;) {
		const char *found = NULL;
		size_t len = 0;
		Str rest = str_make(pg.ptr + at, pg.len - at);
		for (size_t k = 0; k < sizeof patterns / sizeof *patterns && !found && !quoted; k++) {
			len = strlen(patterns[k].pg);
			if (str_starts(rest, str_make(patterns[k].pg, len)))
				found = patterns[k].java;
		}
		if (found) {
			strbuf_puts(java, found);
			at += (uint32_t)len;
			continue;
		}
		if (*rest.ptr == '"')
			quoted = !quoted;
		else if (*rest.ptr == '\'')
			strbuf_puts(java, "''");
		else if ((*rest.ptr >= 'a' && *rest.ptr <= 'z') || (*rest.ptr >= 'A' && *rest.ptr <= 'Z'))
			strbuf_printf(java, "'%c'", *rest.ptr);
		else
			strbuf_putc(java, *rest.ptr);
		at++;
	}
}

KERNEL(to_char)
{
	StrBuf b, java;
	strbuf_init(&b);
	strbuf_init(&java);
	KERNEL_EACH(i)
	{
		int64_t local, offset;
		local_of(ctx, call->arg_types[0], args[0], i, &local, &offset);
		strbuf_clear(&java);
		translate(kernel_str(args[1], i), &java);
		format_row(ctx, out, i, strbuf_str(&java), local, offset, &b);
	}
	strbuf_deinit(&b);
	strbuf_deinit(&java);
}

RESOLVE_SIMPLE(resolve_to_char, "ts", &type_string, to_char)

KERNEL(from_unixtime)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		int64_t us;
		if (__builtin_mul_overflow(kernel_i64(args[0], i), TIMESTAMP_US_PER_SECOND, &us)) {
			kernel_null(ctx, out, i);
			continue;
		}
		int64_t offset = zone_offset_at(kernel_zone(ctx), us);
		Str pattern = call->nargs == 2 ? kernel_str(args[1], i) : FORMAT_DEFAULT;
		format_row(ctx, out, i, pattern, zone_to_local(kernel_zone(ctx), us), offset, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE_NULLABLE(resolve_from_unixtime, "is", &type_string, from_unixtime)

/* ---- from text ---- */

/* Argument 0 by the pattern in argument 1; `rest` is what the pattern leaves. */
static bool parse_pattern(const Column *const *args, uint32_t i, int64_t *us, Str *rest)
{
	*rest = kernel_str(args[0], i);
	return timestamp_parse_format(kernel_str(args[1], i), rest, us);
}

/* Argument 0 by the pattern in argument 1, or by the standard form, which is good with any pattern. */
static bool parse_row(const FunctionCall *call, const Column *const *args, uint32_t i, int64_t *us)
{
	Str text = kernel_str(args[0], i);
	Str rest;
	if (call->nargs < 2 || type_phys(call->arg_types[1]) != PHYS_STR)
		return timestamp_parse(text, us, NULL, NULL);
	if (parse_pattern(args, i, us, &rest) && rest.len == 0)
		return true;
	return standard_part(text).len > 0 && timestamp_parse(text, us, NULL, NULL);
}

/* The same for functions that Flink leaves to SimpleDateFormat: text after what fits is not looked at. */
static bool parse_begin(const FunctionCall *call, const Column *const *args, uint32_t i, int64_t *us)
{
	Str rest;
	if (call->nargs < 2)
		return timestamp_parse(standard_part(kernel_str(args[0], i)), us, NULL, NULL);
	return parse_pattern(args, i, us, &rest);
}

KERNEL(to_timestamp)
{
	KERNEL_EACH(i)
	{
		int64_t us;
		if (parse_row(call, args, i, &us))
			out->i64[i] = to_millis(us);
		else
			kernel_null(ctx, out, i);
	}
}

RESOLVE_NULLABLE(resolve_to_timestamp, "ss", &type_timestamp3, to_timestamp)

KERNEL(to_date)
{
	KERNEL_EACH(i)
	{
		int64_t us;
		bool fine = call->nargs == 2 ? parse_begin(call, args, i, &us)
		                             : timestamp_parse_date(kernel_str(args[0], i), &out->i64[i]);
		if (!fine)
			kernel_null(ctx, out, i);
		else if (call->nargs == 2)
			out->i64[i] = timestamp_floor(UNIT_DAY, us) / TIMESTAMP_US_PER_DAY;
	}
}

RESOLVE_NULLABLE(resolve_to_date, "ss", &type_date, to_date)

KERNEL(unix_timestamp_now)
{
	for (uint32_t i = 0; i < n; i++)
		out->i64[i] = timestamp_floor(UNIT_SECOND, ctx->env->now_us) / TIMESTAMP_US_PER_SECOND;
}

KERNEL(unix_timestamp)
{
	KERNEL_EACH(i)
	{
		int64_t us;
		if (parse_begin(call, args, i, &us))
			out->i64[i] =
			    timestamp_floor(UNIT_SECOND, calendar_instant(kernel_zone(ctx), us)) / TIMESTAMP_US_PER_SECOND;
		else
			out->i64[i] = INT64_MIN;
	}
}

RESOLVE(resolve_unix_timestamp)
{
	return resolve_simple(rc, "ss", &type_bigint, rc->nargs == 0 ? unix_timestamp_now : unix_timestamp, err);
}

/* ---- TO_TIMESTAMP_LTZ ---- */

KERNEL(ltz_of_text)
{
	KERNEL_EACH(i)
	{
		int64_t us;
		const struct Zone *zone = call->nargs == 3 ? zone_find(kernel_str(args[2], i), NULL) : kernel_zone(ctx);
		if (zone && parse_row(call, args, i, &us))
			out->i64[i] = to_millis(zone_to_instant(zone, us));
		else
			kernel_null(ctx, out, i);
	}
}

/* Seconds (precision 0), milliseconds (3) ... to microseconds. */
static bool scale_real(double v, int64_t precision, int64_t *us)
{
	double r = v * pow(10, (double)(6 - precision));
	if (!(r > -9.2e18 && r < 9.2e18))
		return false;
	*us = (int64_t)r;
	return true;
}

static bool scale_int(int64_t v, int64_t precision, int64_t *us)
{
	for (; precision > 6; precision--)
		v /= 10;
	for (; precision < 6; precision++)
		if (__builtin_mul_overflow(v, INT64_C(10), &v))
			return false;
	*us = v;
	return true;
}

/* Days of 0000-01-01 and of 10000-01-01. */
enum { DAY_FIRST = -719528, DAY_END = 2932897 };

static bool in_range(int64_t us)
{
	return us >= DAY_FIRST * TIMESTAMP_US_PER_DAY && us < DAY_END * TIMESTAMP_US_PER_DAY;
}

KERNEL(ltz_of_number)
{
	KERNEL_EACH(i)
	{
		int64_t precision = call->nargs == 2 ? kernel_i64(args[1], i) : 3;
		int64_t us = 0;
		bool fine = precision >= 0 && precision <= 9;
		if (type_is_integer(call->arg_types[0]))
			fine = fine && scale_int(kernel_i64(args[0], i), precision, &us);
		else
			fine =
			    fine && scale_real(call->data ? trunc(kernel_f64(args[0], i)) : kernel_f64(args[0], i), precision, &us);
		if (fine && in_range(us))
			out->i64[i] = to_millis(us);
		else
			kernel_null(ctx, out, i);
	}
}

RESOLVE(resolve_to_timestamp_ltz)
{
	if (type_is_text(rc->arg_types[0]))
		return resolve_nullable(rc, "sss", &type_ltz3, ltz_of_text, err);
	/* A decimal is cut to an integer, as in Flink; a double keeps its fraction. */
	static const bool whole = true;
	rc->call->data = rc->arg_types[0]->kind == TYPE_DECIMAL ? &whole : NULL;
	const char *spec = type_is_integer(rc->arg_types[0]) || rc->arg_types[0]->kind == TYPE_NULL ? "ii" : "di";
	return resolve_nullable(rc, spec, &type_ltz3, ltz_of_number, err);
}

KERNEL(convert_tz)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		int64_t us;
		const struct Zone *from = zone_find(kernel_str(args[1], i), NULL);
		const struct Zone *to = zone_find(kernel_str(args[2], i), NULL);
		if (!from || !to || !timestamp_parse(standard_part(kernel_str(args[0], i)), &us, NULL, NULL)) {
			kernel_null(ctx, out, i);
			continue;
		}
		us = zone_to_local(to, calendar_instant(from, us));
		format_row(ctx, out, i, FORMAT_DEFAULT, us, 0, &b);
	}
	strbuf_deinit(&b);
}

RESOLVE_NULLABLE(resolve_convert_tz, "sss", &type_string, convert_tz)

/* ---- AT TIME ZONE: PostgreSQL's ---- */

/* A wall clock in that zone becomes an instant, an instant the wall clock in that zone. */
KERNEL(at_time_zone)
{
	bool instant = call->arg_types[0]->kind == TYPE_TIMESTAMP_LTZ;
	KERNEL_EACH(i)
	{
		const struct Zone *zone = zone_find(kernel_str(args[1], i), NULL);
		int64_t us = kernel_i64(args[0], i);
		if (zone)
			out->i64[i] = instant ? zone_to_local(zone, us) : zone_to_instant(zone, us);
		else
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "'%.*s' is not a time zone", STR_ARG(kernel_str(args[1], i)));
	}
}

RESOLVE(resolve_at_time_zone)
{
	const Type *t = rc->arg_types[0];
	Str name;
	if (!type_is_timestamp(t) || !resolve_args(rc, "ps", err))
		return type_is_timestamp(t) ? false : resolve_mismatch(rc, err);
	if (resolve_const_str(rc, 1, &name) && !zone_find(name, err)) {
		if (err)
			err->span = rc->span;
		return false;
	}
	TypeKind kind = t->kind == TYPE_TIMESTAMP ? TYPE_TIMESTAMP_LTZ : TYPE_TIMESTAMP;
	rc->call->kernel = at_time_zone;
	rc->call->type = resolve_strict_type(rc, type_temporal(rc->arena, kind, t->precision));
	return true;
}

#define ENTRY(name, sig, doc, least, most, resolve)                                                                    \
	{                                                                                                                  \
		name, "temporal", sig, doc, least, most, FN_STRICT | FN_CAN_FAIL, resolve                                      \
	}

static const Function items[] = {
    ENTRY("DATE_FORMAT", "DATE_FORMAT(time or string, pattern) -> STRING", "The time as text, by a Java pattern.", 2, 2,
          resolve_date_format),
    {"TO_CHAR", "temporal", "TO_CHAR(time, pattern) -> STRING", "The time as text, by a PostgreSQL pattern.", 2, 2,
     FN_STRICT | FN_CAN_FAIL | FN_OURS, resolve_to_char},
    ENTRY("FROM_UNIXTIME", "FROM_UNIXTIME(seconds [, pattern]) -> STRING",
          "Seconds since 1970 as text in the session's zone.", 1, 2, resolve_from_unixtime),
    {"UNIX_TIMESTAMP", "temporal", "UNIX_TIMESTAMP([string [, pattern]]) -> BIGINT",
     "Seconds since 1970, of now or of a text in the session's zone.", 0, 2, FN_STRICT | FN_CLOCK,
     resolve_unix_timestamp},
    {"TO_DATE", "temporal", "TO_DATE(string [, pattern]) -> DATE", "The date in a text; NULL if there is none.", 1, 2,
     FN_STRICT, resolve_to_date},
    {"TO_TIMESTAMP", "temporal", "TO_TIMESTAMP(string [, pattern]) -> TIMESTAMP(3)",
     "The time in a text; NULL if there is none.", 1, 2, FN_STRICT, resolve_to_timestamp},
    {"TO_TIMESTAMP_LTZ", "temporal",
     "TO_TIMESTAMP_LTZ(number [, precision]) or (string [, pattern [, zone]]) -> TIMESTAMP_LTZ(3)",
     "The instant of an epoch number (precision 0: seconds, 3: milliseconds) or of a text.", 1, 3, FN_STRICT,
     resolve_to_timestamp_ltz},
    ENTRY("CONVERT_TZ", "CONVERT_TZ(string, from_zone, to_zone) -> STRING",
          "The time in a text, moved from one zone to another.", 3, 3, resolve_convert_tz),
    {"AT TIME ZONE", "temporal", "time AT TIME ZONE zone",
     "A wall clock in a zone as an instant, an instant as the wall clock there.", 2, 2,
     FN_STRICT | FN_CAN_FAIL | FN_HIDDEN | FN_OURS, resolve_at_time_zone},
};

const FunctionTable temporal_text_functions = {items, sizeof items / sizeof *items};
