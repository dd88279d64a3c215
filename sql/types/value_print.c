/*
 * sql/types/value_print.c: values as people and programs read them, in all styles but JSON (value_json.c) and
 * PostgreSQL's (value_pg.c).
 *
 * SQL is what Flink's CAST to STRING and its client show; JAVA what toString of the Java objects gives that Flink's
 * print connector writes. SQLITE is SQL, but for booleans (1, 0), timestamps (always six digits) and nested values
 * (JSON).
 */
#include "sql/types/value_internal.h"

#include "sql/types/decimal.h"
#include "sql/types/packed.h"
#include "sql/types/real.h"
#include "sql/types/timestamp.h"
#include "sql/types/zone.h"

int64_t value_local_us(int64_t instant_us, const Zone *zone)
{
	return zone ? zone_to_local(zone, instant_us) : instant_us;
}

/* Java trims a fraction to 0, 3 or 6 digits. */
static void value_print_java_fraction(int64_t us, StrBuf *out)
{
	int64_t micros = timestamp_extract(UNIT_MICROSECOND, us);
	if (micros % 1000 != 0) {
		strbuf_printf(out, ".%06d", (int)micros);
	} else if (micros != 0) {
		strbuf_printf(out, ".%03d", (int)(micros / 1000));
	}
}

/* LocalTime.toString: seconds only when there are any. */
static void value_print_java_time(int64_t us, StrBuf *out)
{
	strbuf_printf(out, "%02d:%02d", (int)timestamp_extract(UNIT_HOUR, us), (int)timestamp_extract(UNIT_MINUTE, us));
	if (us % TIMESTAMP_US_PER_MINUTE != 0) {
		strbuf_printf(out, ":%02d", (int)timestamp_extract(UNIT_SECOND, us));
		value_print_java_fraction(us, out);
	}
}

static void value_print_java_timestamp(int64_t us, bool instant, StrBuf *out)
{
	int64_t days = timestamp_floor(UNIT_DAY, us) / TIMESTAMP_US_PER_DAY;
	timestamp_print_date(days, out);
	strbuf_putc(out, 'T');
	if (!instant) {
		value_print_java_time(us, out);
		return;
	}
	timestamp_print_time(us, 0, out);
	value_print_java_fraction(us, out);
	strbuf_putc(out, 'Z');
}

/* Arithmetic may leave more digits than the type says; they are shown. */
static unsigned value_shown_precision(int64_t us, unsigned precision)
{
	int64_t unit = 1;
	for (unsigned p = precision; p < TYPE_TIME_PRECISION_MAX; p++) {
		unit *= 10;
	}
	for (; precision < TYPE_TIME_PRECISION_MAX && us % unit != 0; precision++) {
		unit /= 10;
	}
	return precision;
}

/* Duration.toString: PT36H10M5.5S. */
static void value_print_java_duration(int64_t us, StrBuf *out)
{
	int64_t hours = us / TIMESTAMP_US_PER_HOUR;
	int64_t minutes = us % TIMESTAMP_US_PER_HOUR / TIMESTAMP_US_PER_MINUTE;
	int64_t seconds = us % TIMESTAMP_US_PER_MINUTE / TIMESTAMP_US_PER_SECOND;
	int micros = (int)(us % TIMESTAMP_US_PER_SECOND);
	if (us == 0) {
		strbuf_puts(out, "PT0S");
		return;
	}
	strbuf_puts(out, "PT");
	if (hours != 0) {
		strbuf_printf(out, "%lldH", (long long)hours);
	}
	if (minutes != 0) {
		strbuf_printf(out, "%lldM", (long long)minutes);
	}
	if (seconds == 0 && micros == 0) {
		return;
	}
	strbuf_printf(out, "%s%lld", us < 0 ? "-" : "", (long long)(seconds < 0 ? -seconds : seconds));
	if (micros != 0) {
		strbuf_printf(out, ".%06d", micros < 0 ? -micros : micros);
		while (out->ptr[out->len - 1] == '0') {
			out->ptr[--out->len] = 0;
		}
	}
	strbuf_putc(out, 'S');
}

static void value_print_java_period(int64_t months, StrBuf *out)
{
	strbuf_putc(out, 'P');
	if (months / 12 != 0) {
		strbuf_printf(out, "%lldY", (long long)(months / 12));
	}
	if (months % 12 != 0) {
		strbuf_printf(out, "%lldM", (long long)(months % 12));
	}
	if (months == 0) {
		strbuf_puts(out, "0D");
	}
}

/* BigDecimal.toString: with an exponent when more than five zeros would follow the point. */
static void value_print_java_decimal(Int128 v, unsigned scale, StrBuf *out)
{
	StrBuf digits;
	strbuf_init(&digits);
	decimal_print(v < 0 ? -v : v, 0, &digits);
	int exponent = (int)digits.len - 1 - (int)scale;
	if (exponent >= -6) {
		decimal_print(v, scale, out);
	} else {
		strbuf_printf(out, "%s%c", v < 0 ? "-" : "", digits.ptr[0]);
		if (digits.len > 1) {
			strbuf_printf(out, ".%s", digits.ptr + 1);
		}
		strbuf_printf(out, "E%d", exponent);
	}
	strbuf_deinit(&digits);
}

void value_print_hex(Str s, StrBuf *out)
{
	static const char hex[] = "0123456789abcdef";
	strbuf_reserve(out, (size_t)s.len * 2);
	for (uint32_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		strbuf_putc(out, hex[c >> 4]);
		strbuf_putc(out, hex[c & 15]);
	}
}

static void value_print_bytes(Str s, bool java, StrBuf *out)
{
	if (!java) {
		strbuf_puts(out, "x'");
		value_print_hex(s, out);
		strbuf_putc(out, '\'');
		return;
	}
	strbuf_putc(out, '[');
	for (uint32_t i = 0; i < s.len; i++) {
		strbuf_printf(out, "%s%d", i > 0 ? ", " : "", (signed char)s.ptr[i]);
	}
	strbuf_putc(out, ']');
}

/* (1, foo)  +I[1, foo]  [a, b]  {k=v, l=w} */
static void value_print_nested(const Type *type, Str packed, ValueStyle style, const Zone *zone, StrBuf *out)
{
	bool java = style == VALUE_JAVA;
	bool pairs = type->kind == TYPE_MAP || type->kind == TYPE_MULTISET;
	const char *open = pairs ? "{" : type->kind == TYPE_ARRAY ? "[" : java ? "+I[" : "(";
	char close = pairs ? '}' : type->kind == TYPE_ARRAY || java ? ']' : ')';
	uint32_t n = packed_count(packed);
	strbuf_puts(out, open);
	for (uint32_t i = 0; i < n; i++) {
		if (i > 0) {
			strbuf_puts(out, pairs && i % 2 != 0 ? "=" : ", ");
		}
		const Type *item = packed_item_type(type, i);
		value_print(item, packed_get(packed, item, i), style, zone, out);
	}
	strbuf_putc(out, close);
}

/* SQL, JAVA and SQLITE. */
static void value_print_plain(const Type *type, Value v, ValueStyle style, const Zone *zone, StrBuf *out)
{
	bool java = style == VALUE_JAVA;
	bool sqlite = style == VALUE_SQLITE;
	switch (type->kind) {
	case TYPE_NULL:
	case TYPE_KINDS: break;
	case TYPE_BOOLEAN:
		strbuf_puts(out, java ? (v.b ? "true" : "false") : sqlite ? (v.b ? "1" : "0") : (v.b ? "TRUE" : "FALSE"));
		break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: strbuf_printf(out, "%lld", (long long)v.i); break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE: real_print_java(v.f, type->kind == TYPE_FLOAT, out); break;
	case TYPE_DECIMAL:
		if (java) {
			value_print_java_decimal(v.d, type->scale, out);
		} else {
			decimal_print(v.d, type->scale, out);
		}
		break;
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_JSON: strbuf_put_str(out, v.s); break;
	case TYPE_BINARY:
	case TYPE_VARBINARY: value_print_bytes(v.s, java, out); break;
	case TYPE_DATE: timestamp_print_date(v.i, out); break;
	case TYPE_TIME:
		if (java) {
			value_print_java_time(v.i, out);
		} else {
			timestamp_print_time(v.i, sqlite ? 6 : type->precision, out);
		}
		break;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		if (java) {
			value_print_java_timestamp(v.i, type->kind == TYPE_TIMESTAMP_LTZ, out);
		} else {
			int64_t us = type->kind == TYPE_TIMESTAMP ? v.i : value_local_us(v.i, zone);
			timestamp_print(us, sqlite ? 6 : value_shown_precision(us, type->precision), ' ', out);
		}
		break;
	case TYPE_INTERVAL_MONTHS:
		if (java) {
			value_print_java_period(v.i, out);
		} else {
			timestamp_print_interval_months(v.i, out);
		}
		break;
	case TYPE_INTERVAL_SECONDS:
		if (java) {
			value_print_java_duration(v.i, out);
		} else {
			timestamp_print_interval_us(v.i, out);
		}
		break;
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_ROW:
	case TYPE_MULTISET:
		if (sqlite) {
			value_print_json(type, v, zone, out);
		} else {
			value_print_nested(type, v.s, style, zone, out);
		}
		break;
	}
}

void value_print(const Type *type, Value v, ValueStyle style, const Zone *zone, StrBuf *out)
{
	if (style == VALUE_JSON) {
		value_print_json(type, v, zone, out);
	} else if (v.null || type->kind == TYPE_NULL) {
		strbuf_puts(out, style == VALUE_JAVA ? "null" : "NULL");
	} else if (style == VALUE_PG) {
		value_print_pg(type, v, zone, out);
	} else {
		value_print_plain(type, v, style, zone, out);
	}
}
