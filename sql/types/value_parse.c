/*
 * sql/types/value_parse.c: text to values, as CAST(text AS type) reads it.
 *
 * One function per kind of type; all but character strings ignore blanks at both ends. JSON and PostgreSQL's forms are
 * value_json.c and value_pg.c.
 */
#include "sql/types/value_internal.h"

#include "sql/types/decimal.h"
#include "sql/types/json_scan.h"
#include "sql/types/real.h"
#include "sql/types/timestamp.h"

bool value_parse_failed(const Type *type, Str text, ErrCode code, Err *err)
{
	enum { SHOWN_MAX = 64 };
	StrBuf name;
	strbuf_init(&name);
	type_print(type, false, &name);
	uint32_t shown = text.len <= SHOWN_MAX ? text.len : (uint32_t)str_utf8_cut(text.ptr, SHOWN_MAX);
	(void)err_set(err, code, "%s '%.*s%s' %s %s", code == ERR_OUT_OF_RANGE ? "value" : "cannot cast", (int)shown,
	              text.ptr, shown < text.len ? "..." : "", code == ERR_OUT_OF_RANGE ? "is out of range of" : "to",
	              strbuf_cstr(&name));
	strbuf_deinit(&name);
	return false;
}

static bool value_parse_bool(Str s, bool *out)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
	    {"true", true},   {"t", true},  {"yes", true}, {"y", true},  {"1", true},
	    {"false", false}, {"f", false}, {"no", false}, {"n", false}, {"0", false},
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_eq_nocase(s, str_from(words[i].word))) {
			*out = words[i].value;
			return true;
		}
	}
	return false;
}

/* An integer with an optional fraction, which is dropped, as Flink does. *number: it has that form. */
static bool value_parse_int(Str s, int64_t *out, bool *number)
{
	const char *p = s.ptr;
	const char *end = p + s.len;
	bool negative = p < end && *p == '-';
	uint32_t digits = 0;
	bool fits = true;
	int64_t v = 0;
	if (p < end && (*p == '-' || *p == '+')) {
		p++;
	}
	for (; p < end && *p >= '0' && *p <= '9'; p++, digits++) {
		/* Downwards, since the least integer has no positive counterpart. */
		fits =
		    fits && !__builtin_mul_overflow(v, (int64_t)10, &v) && !__builtin_sub_overflow(v, (int64_t)(*p - '0'), &v);
	}
	if (p < end && *p == '.') {
		for (p++; p < end && *p >= '0' && *p <= '9'; p++, digits++) {
		}
	}
	*number = digits > 0 && p == end;
	if (!*number || !fits || (!negative && v == INT64_MIN)) {
		return false;
	}
	*out = negative ? v : -v;
	return true;
}

static bool value_parse_integer(const Type *type, Str s, Value *out, Err *err)
{
	int64_t least;
	int64_t greatest;
	bool number;
	type_int_range(type->kind, &least, &greatest);
	if (value_parse_int(s, &out->i, &number) && out->i >= least && out->i <= greatest) {
		return true;
	}
	return value_parse_failed(type, s, number ? ERR_OUT_OF_RANGE : ERR_BAD_CAST, err);
}

static bool value_parse_decimal(const Type *type, Str s, Value *out, Err *err)
{
	if (decimal_parse(s, type->precision, type->scale, &out->d)) {
		return true;
	}
	return value_parse_failed(type, s, decimal_is_number(s) ? ERR_OUT_OF_RANGE : ERR_BAD_CAST, err);
}

/* Bytes of the first `n` characters; *chars is how many there are, at most n. */
static uint32_t value_parse_prefix(Str s, uint32_t n, uint32_t *chars)
{
	uint32_t at = 0;
	*chars = 0;
	while (at < s.len && *chars < n) {
		unsigned len = str_utf8_char(s.ptr + at, s.len - at);
		at += len > 0 ? len : 1;
		(*chars)++;
	}
	return at;
}

/* CHAR(n) and BINARY(n) are filled up, and all are cut to n. */
static Str value_parse_string(const Type *type, Str s, Arena *arena)
{
	bool text = type_is_text(type);
	bool fixed = type->kind == TYPE_CHAR || type->kind == TYPE_BINARY;
	if (type->length == TYPE_LENGTH_MAX) {
		return arena_str(arena, s);
	}
	uint32_t have = s.len < type->length ? s.len : type->length;
	uint32_t bytes = text ? value_parse_prefix(s, type->length, &have) : have;
	if (!fixed || have == type->length) {
		return arena_str(arena, str_make(s.ptr, bytes));
	}
	uint32_t fill = type->length - have;
	char *p = arena_alloc(arena, (size_t)bytes + fill);
	if (bytes > 0) {
		memcpy(p, s.ptr, bytes);
	}
	memset(p + bytes, text ? ' ' : 0, fill);
	return str_make(p, (size_t)bytes + fill);
}

int64_t value_cut_us(const Type *type, int64_t us)
{
	static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	int64_t rest = us % units[type->precision];
	return us - (rest < 0 ? rest + units[type->precision] : rest);
}

static bool value_parse_time_kind(const Type *type, Str s, const Zone *zone, int64_t *out)
{
	bool has_offset;
	int64_t offset;
	switch (type->kind) {
	case TYPE_DATE: return timestamp_parse_date(s, out);
	case TYPE_TIME:
		if (!timestamp_parse_time(s, out)) {
			return false;
		}
		break;
	case TYPE_TIMESTAMP:
		if (!timestamp_parse(s, out, NULL, NULL)) {
			return false;
		}
		break;
	default:
		if (!timestamp_parse(s, out, &has_offset, &offset)) {
			return false;
		}
		if (has_offset) {
			*out -= offset;
		} else if (zone) {
			*out = zone_to_instant(zone, *out);
		}
	}
	*out = value_cut_us(type, *out);
	return true;
}

static bool value_parse_interval(const Type *type, Str s, Value *out, Err *err)
{
	bool months = type->kind == TYPE_INTERVAL_MONTHS;
	bool is_months;
	if (timestamp_parse_interval(s, months ? UNIT_YEAR : UNIT_DAY, months ? UNIT_MONTH : UNIT_SECOND, &out->i, NULL)) {
		return true;
	}
	if (timestamp_parse_interval_pg(s, &is_months, &out->i, NULL) && (is_months == months || out->i == 0)) {
		return true;
	}
	return value_parse_failed(type, s, ERR_BAD_CAST, err);
}

bool value_parse(const Type *type, Str text, const struct Zone *zone, Arena *arena, Value *out, Err *err)
{
	Str s = str_trim(text);
	JsonKind json_kind;
	Str json;
	bool ok = false;
	*out = (Value){.null = false};
	switch (type->kind) {
	case TYPE_NULL: *out = VALUE_NULL; return true;
	case TYPE_BOOLEAN: ok = value_parse_bool(s, &out->b); break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: return value_parse_integer(type, s, out, err);
	case TYPE_FLOAT:
	case TYPE_DOUBLE: ok = real_parse(s, type->kind == TYPE_FLOAT, &out->f); break;
	case TYPE_DECIMAL: return value_parse_decimal(type, s, out, err);
	case TYPE_CHAR:
	case TYPE_VARCHAR:
	case TYPE_BINARY:
	case TYPE_VARBINARY: out->s = value_parse_string(type, text, arena); return true;
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: ok = value_parse_time_kind(type, s, zone, &out->i); break;
	case TYPE_INTERVAL_MONTHS:
	case TYPE_INTERVAL_SECONDS: return value_parse_interval(type, s, out, err);
	case TYPE_JSON:
		ok = json_scan_whole(s, &json_kind, &json);
		out->s = ok ? arena_str(arena, json) : STR_EMPTY;
		break;
	default: break;
	}
	return ok || value_parse_failed(type, s, ERR_BAD_CAST, err);
}
