/*
 * sql/types/value_pg.c: values in PostgreSQL's text forms, both ways, for the wire and for COPY.
 *
 *   t f     1.5  1e+15     \x00ff     2020-01-01 10:00:00.5     2020-01-01 10:00:00+02     1 day 02:03:04
 *   {1,2,NULL,"a b"}       arrays of scalars
 *   JSON                   everything whose column is jsonb: see type_print_pg
 */
#include "sql/types/value_internal.h"

#include "sql/types/decimal.h"
#include "sql/types/packed.h"
#include "sql/types/real.h"
#include "sql/types/timestamp.h"

/* Removes the zeros at the end of a fraction, and its point if nothing is left. */
static void value_pg_trim_fraction(StrBuf *out)
{
	while (out->ptr[out->len - 1] == '0') {
		out->len--;
	}
	if (out->ptr[out->len - 1] == '.') {
		out->len--;
	}
	out->ptr[out->len] = 0;
}

static void value_pg_time(int64_t us, StrBuf *out)
{
	timestamp_print_time(us, 6, out);
	value_pg_trim_fraction(out);
}

/* Year 0 is 1 BC. */
static void value_pg_date(int64_t days, StrBuf *out)
{
	Civil c;
	timestamp_civil_date(days, &c);
	strbuf_printf(out, "%04d-%02d-%02d", c.year > 0 ? c.year : 1 - c.year, c.month, c.day);
}

static void value_pg_timestamp(int64_t us, const int64_t *offset_us, StrBuf *out)
{
	int64_t days = timestamp_floor(UNIT_DAY, us) / TIMESTAMP_US_PER_DAY;
	value_pg_date(days, out);
	strbuf_putc(out, ' ');
	value_pg_time(us, out);
	if (offset_us) {
		int seconds = (int)(*offset_us / TIMESTAMP_US_PER_SECOND);
		int abs = seconds < 0 ? -seconds : seconds;
		strbuf_printf(out, "%c%02d", seconds < 0 ? '-' : '+', abs / 3600);
		if (abs % 3600 != 0) {
			strbuf_printf(out, ":%02d", abs / 60 % 60);
		}
		if (abs % 60 != 0) {
			strbuf_printf(out, ":%02d", abs % 60);
		}
	}
	if (timestamp_extract(UNIT_YEAR, us) <= 0) {
		strbuf_puts(out, " BC");
	}
}

static void value_pg_unit(int64_t n, const char *unit, bool *first, StrBuf *out)
{
	if (n != 0) {
		strbuf_printf(out, "%s%lld %s%s", *first ? "" : " ", (long long)n, unit, n == 1 ? "" : "s");
		*first = false;
	}
}

static void value_pg_interval(const Type *type, int64_t v, StrBuf *out)
{
	bool first = true;
	int64_t rest = 0;
	if (type->kind == TYPE_INTERVAL_MONTHS) {
		value_pg_unit(v / 12, "year", &first, out);
		value_pg_unit(v % 12, "mon", &first, out);
	} else {
		value_pg_unit(v / TIMESTAMP_US_PER_DAY, "day", &first, out);
		rest = v % TIMESTAMP_US_PER_DAY;
	}
	if (first || rest != 0) {
		strbuf_puts(out, first ? "" : " ");
		strbuf_puts(out, rest < 0 ? "-" : "");
		value_pg_time(rest < 0 ? -rest : rest, out);
	}
}

/* Elements are quoted when they are empty, look like NULL, or hold a character that means something. */
static void value_pg_quote(Str s, StrBuf *out)
{
	bool quote = s.len == 0 || str_eq_nocase(s, STR("NULL"));
	for (uint32_t i = 0; i < s.len && !quote; i++) {
		quote = strchr("{},\"\\ \t\n\r\v\f", s.ptr[i]) != NULL;
	}
	if (!quote) {
		strbuf_put_str(out, s);
		return;
	}
	strbuf_putc(out, '"');
	for (uint32_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"' || s.ptr[i] == '\\') {
			strbuf_putc(out, '\\');
		}
		strbuf_putc(out, s.ptr[i]);
	}
	strbuf_putc(out, '"');
}

static void value_pg_array(const Type *elem, Str packed, const Zone *zone, StrBuf *out)
{
	uint32_t n = packed_count(packed);
	StrBuf text;
	strbuf_init(&text);
	strbuf_putc(out, '{');
	for (uint32_t i = 0; i < n; i++) {
		Value v = packed_get(packed, elem, i);
		strbuf_puts(out, i > 0 ? "," : "");
		if (v.null) {
			strbuf_puts(out, "NULL");
			continue;
		}
		strbuf_clear(&text);
		value_print_pg(elem, v, zone, &text);
		value_pg_quote(strbuf_str(&text), out);
	}
	strbuf_putc(out, '}');
	strbuf_deinit(&text);
}

void value_print_pg(const Type *type, Value v, const Zone *zone, StrBuf *out)
{
	int64_t offset;
	switch (type->kind) {
	case TYPE_BOOLEAN: strbuf_putc(out, v.b ? 't' : 'f'); break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE: real_print_pg(v.f, type->kind == TYPE_FLOAT, out); break;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		strbuf_puts(out, "\\x");
		value_print_hex(v.s, out);
		break;
	case TYPE_DATE:
		value_pg_date(v.i, out);
		strbuf_puts(out, timestamp_extract(UNIT_YEAR, v.i * TIMESTAMP_US_PER_DAY) <= 0 ? " BC" : "");
		break;
	case TYPE_TIME: value_pg_time(v.i, out); break;
	case TYPE_TIMESTAMP: value_pg_timestamp(v.i, NULL, out); break;
	case TYPE_TIMESTAMP_LTZ:
		offset = zone ? zone_offset_at(zone, v.i) : 0;
		value_pg_timestamp(value_local_us(v.i, zone), &offset, out);
		break;
	case TYPE_INTERVAL_MONTHS:
	case TYPE_INTERVAL_SECONDS: value_pg_interval(type, v.i, out); break;
	case TYPE_ARRAY:
		if (!type_is_nested(type->elem)) {
			value_pg_array(type->elem, v.s, zone, out);
		} else {
			value_print_json(type, v, zone, out);
		}
		break;
	case TYPE_MAP:
	case TYPE_ROW:
	case TYPE_MULTISET: value_print_json(type, v, zone, out); break;
	default: value_print(type, v, VALUE_SQL, zone, out);
	}
}

/* ---- reading ---- */

static int value_pg_hex(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool value_parse_hex(Str digits, Arena *arena, Str *out)
{
	if (digits.len % 2 != 0) {
		return false;
	}
	char *p = arena_alloc(arena, digits.len / 2);
	for (uint32_t i = 0; i < digits.len; i += 2) {
		int high = value_pg_hex(digits.ptr[i]);
		int low = value_pg_hex(digits.ptr[i + 1]);
		if (high < 0 || low < 0) {
			return false;
		}
		p[i / 2] = (char)(high << 4 | low);
	}
	*out = str_make(p, digits.len / 2);
	return true;
}

/* The old form of bytea: characters for themselves, \ooo and \\ for the others. */
static bool value_pg_escaped(Str s, Arena *arena, Str *out)
{
	char *p = arena_alloc(arena, s.len);
	uint32_t n = 0;
	for (uint32_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '\\') {
			p[n++] = s.ptr[i];
			continue;
		}
		if (i + 1 < s.len && s.ptr[i + 1] == '\\') {
			p[n++] = '\\';
			i++;
			continue;
		}
		if (i + 3 >= s.len || s.ptr[i + 1] < '0' || s.ptr[i + 1] > '3' || s.ptr[i + 2] < '0' || s.ptr[i + 2] > '7' ||
		    s.ptr[i + 3] < '0' || s.ptr[i + 3] > '7') {
			return false;
		}
		p[n++] = (char)((s.ptr[i + 1] - '0') << 6 | (s.ptr[i + 2] - '0') << 3 | (s.ptr[i + 3] - '0'));
		i += 3;
	}
	*out = str_make(p, n);
	return true;
}

/* One element of {..}; *quoted: it stood in quotes. Stops at the comma or the brace. */
static bool value_pg_element(Str *rest, StrBuf *out, bool *quoted)
{
	const char *p = rest->ptr;
	const char *end = p + rest->len;
	strbuf_clear(out);
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n')) {
		p++;
	}
	*quoted = p < end && *p == '"';
	if (*quoted) {
		for (p++; p < end && *p != '"'; p++) {
			if (*p == '\\' && ++p == end) {
				return false;
			}
			strbuf_putc(out, *p);
		}
		if (p++ == end) {
			return false;
		}
		while (p < end && (*p == ' ' || *p == '\t' || *p == '\n')) {
			p++;
		}
	} else {
		for (; p < end && *p != ',' && *p != '}'; p++) {
			if (*p == '{' || *p == '"') {
				return false;
			}
			if (*p == '\\' && ++p == end) {
				return false;
			}
			strbuf_putc(out, *p);
		}
		Str trimmed = str_trim(strbuf_str(out));
		if (trimmed.len == 0) {
			return false;
		}
		/* Unquoted elements end without blanks; those before were skipped. */
		out->len = trimmed.len;
	}
	rest->len = (uint32_t)(end - p);
	rest->ptr = p;
	return p < end && (*p == ',' || *p == '}');
}

typedef struct ElementList {
	Value *items;
	uint32_t len;
	uint32_t cap;
} ElementList;

static bool value_pg_elements(const Type *elem, Str rest, const Zone *zone, Arena *arena, StrBuf *text,
                              ElementList *list)
{
	if (rest.len == 0 || *rest.ptr != '{') {
		return false;
	}
	rest = str_trim(str_make(rest.ptr + 1, rest.len - 1));
	if (str_eq(rest, STR("}"))) {
		return true;
	}
	for (;;) {
		bool quoted;
		Value v = VALUE_NULL;
		if (!value_pg_element(&rest, text, &quoted)) {
			return false;
		}
		Str s = strbuf_str(text);
		if ((quoted || !str_eq_nocase(s, STR("NULL"))) && !value_parse_pg(elem, s, zone, arena, &v, NULL)) {
			return false;
		}
		ARENA_PUSH(arena, list, v);
		char c = *rest.ptr++;
		rest.len--;
		if (c == '}') {
			return rest.len == 0;
		}
	}
}

static bool value_pg_parse_array(const Type *type, Str text, const Zone *zone, Arena *arena, Value *out, Err *err)
{
	StrBuf buf;
	ElementList list = {NULL, 0, 0};
	strbuf_init(&buf);
	bool ok = value_pg_elements(type->elem, str_trim(text), zone, arena, &buf, &list);
	strbuf_deinit(&buf);
	if (!ok) {
		return value_parse_failed(type, text, ERR_BAD_CAST, err);
	}
	*out = value_str(packed_build(arena, &type->elem, true, list.items, list.len));
	return true;
}

static bool value_pg_parse_timestamp(const Type *type, Str text, Value *out, Err *err)
{
	bool has_offset;
	int64_t offset;
	/* PostgreSQL reads a zone behind a TIMESTAMP and drops it. */
	if (!timestamp_parse(text, &out->i, &has_offset, &offset)) {
		return value_parse_failed(type, text, ERR_BAD_CAST, err);
	}
	out->i = value_cut_us(type, out->i);
	return true;
}

bool value_parse_pg(const Type *type, Str text, const struct Zone *zone, Arena *arena, Value *out, Err *err)
{
	Str s = str_trim(text);
	bool ok;
	*out = (Value){.null = false};
	switch (type->kind) {
	case TYPE_BOOLEAN:
		if (str_eq_nocase(s, STR("on")) || str_eq_nocase(s, STR("off"))) {
			out->b = s.len == 2;
			return true;
		}
		break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE:
		if (str_eq_nocase(s, STR("inf")) || str_eq_nocase(s, STR("-inf"))) {
			s = s.len == 3 ? STR("Infinity") : STR("-Infinity");
		}
		return value_parse(type, s, zone, arena, out, err);
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		ok = str_starts(s, STR("\\x")) ? value_parse_hex(str_make(s.ptr + 2, s.len - 2), arena, &out->s)
		                               : value_pg_escaped(text, arena, &out->s);
		return ok || value_parse_failed(type, text, ERR_BAD_CAST, err);
	case TYPE_TIMESTAMP: return value_pg_parse_timestamp(type, s, out, err);
	case TYPE_ARRAY:
		return type_is_nested(type->elem) ? value_parse_json(type, text, arena, out, err)
		                                  : value_pg_parse_array(type, text, zone, arena, out, err);
	case TYPE_MAP:
	case TYPE_ROW:
	case TYPE_MULTISET: return value_parse_json(type, text, arena, out, err);
	default: break;
	}
	return value_parse(type, text, zone, arena, out, err);
}
