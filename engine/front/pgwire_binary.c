/*
 * engine/front/pgwire_binary.c: values in PostgreSQL's binary forms, both ways.
 *
 *   numeric    i16 digits, weight, sign, dscale | u16 digit (base 10000) ...    value = sum of digit[i] * 10000^(weight
 * - i) array      i32 dimensions, has NULL, element OID | i32 size, lower bound | i32 length (-1: NULL), element ...
 *   interval   i64 microseconds | i32 days | i32 months
 *   times      i64 microseconds, dates i32 days, since 2000-01-01
 *   jsonb      u8 1 | text
 */
#include "engine/front/pgwire_binary.h"

#include "engine/front/pgwire_message.h"
#include "engine/front/pgwire_types.h"
#include "sql/types/decimal.h"
#include "sql/types/packed.h"
#include "sql/types/zone.h"

static const int64_t day_us = INT64_C(86400000000);
static const int64_t epoch_days = 10957; /* from 1970-01-01 to 2000-01-01 */
/* 0001-01-01 and 9999-12-31, in days since 1970-01-01: Flink's range. */
static const int64_t first_day = -719162, last_day = 2932896;

enum {
	NUMERIC_NEGATIVE = 0x4000,
	NUMERIC_SPECIAL = 0xc000,
	NUMERIC_BASE = 10000,
	NUMERIC_GROUPS = 32,
	BINARY_ITEMS_MAX = 1 << 24
};

/* ---- writing ---- */

static void put_numeric(Int128 value, unsigned scale, StrBuf *out)
{
	UInt128 u = value < 0 ? (UInt128)0 - (UInt128)value : (UInt128)value;
	/* The point stands between two groups: fill the fraction up to a multiple of four digits, in two halves, since 38
	 * digits and 3 more may not fit. */
	UInt128 unit = (UInt128)decimal_pow10(scale);
	UInt128 whole = u / unit, fraction = u % unit;
	uint16_t groups[NUMERIC_GROUPS];
	int n = 0, first = 0;
	for (UInt128 w = whole; w; w /= NUMERIC_BASE)
		n++;
	int weight = n - 1;
	for (int i = n; i > 0; whole /= NUMERIC_BASE)
		groups[--i] = (uint16_t)(whole % NUMERIC_BASE);
	for (unsigned left = scale; left > 0;) {
		unsigned take = left < 4 ? left : 4;
		UInt128 rest = (UInt128)decimal_pow10(left - take);
		unsigned group = (unsigned)(fraction / rest);
		fraction %= rest;
		for (unsigned k = take; k < 4; k++)
			group *= 10;
		groups[n++] = (uint16_t)group;
		left -= take;
	}
	while (n > first && groups[n - 1] == 0)
		n--;
	while (first < n && groups[first] == 0) {
		first++;
		weight--;
	}
	if (first == n)
		weight = 0;
	pgwire_message_put_i16(out, n - first);
	pgwire_message_put_i16(out, weight);
	pgwire_message_put_i16(out, value < 0 ? NUMERIC_NEGATIVE : 0);
	pgwire_message_put_i16(out, (int32_t)scale);
	for (int i = first; i < n; i++)
		pgwire_message_put_i16(out, groups[i]);
}

static void put_f64(double f, StrBuf *out)
{
	int64_t bits;
	memcpy(&bits, &f, sizeof bits);
	pgwire_message_put_i64(out, bits);
}

static void put_f32(double f, StrBuf *out)
{
	float g = (float)f;
	int32_t bits;
	memcpy(&bits, &g, sizeof bits);
	pgwire_message_put_i32(out, bits);
}

static void put_array(const Type *elem, Str packed, StrBuf *out)
{
	uint32_t n = packed_count(packed);
	bool nulls = false;
	for (uint32_t i = 0; i < n; i++)
		nulls |= packed_get(packed, elem, i).null;
	pgwire_message_put_i32(out, n ? 1 : 0);
	pgwire_message_put_i32(out, nulls);
	pgwire_message_put_i32(out, pgwire_types_oid(elem));
	if (n) {
		pgwire_message_put_i32(out, n);
		pgwire_message_put_i32(out, 1);
	}
	for (uint32_t i = 0; i < n; i++) {
		Value v = packed_get(packed, elem, i);
		size_t at = out->len;
		pgwire_message_put_i32(out, -1);
		if (v.null)
			continue;
		pgwire_binary_encode(elem, v, out);
		pgwire_message_patch(out, at, (int64_t)(out->len - at - 4));
	}
}

void pgwire_binary_encode(const Type *type, Value v, StrBuf *out)
{
	if (pgwire_types_is_json(type)) {
		strbuf_putc(out, 1);
		value_print(type, v, VALUE_PG, zone_utc, out);
		return;
	}
	switch (type->kind) {
	case TYPE_BOOLEAN: strbuf_putc(out, v.b ? 1 : 0); break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT: pgwire_message_put_i16(out, (int32_t)v.i); break;
	case TYPE_INT: pgwire_message_put_i32(out, v.i); break;
	case TYPE_BIGINT:
	case TYPE_TIME: pgwire_message_put_i64(out, v.i); break;
	case TYPE_FLOAT: put_f32(v.f, out); break;
	case TYPE_DOUBLE: put_f64(v.f, out); break;
	case TYPE_DECIMAL: put_numeric(v.d, type->scale, out); break;
	case TYPE_DATE: pgwire_message_put_i32(out, v.i - epoch_days); break;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: pgwire_message_put_i64(out, v.i - epoch_days * day_us); break;
	case TYPE_INTERVAL_MONTHS:
		pgwire_message_put_i64(out, 0);
		pgwire_message_put_i32(out, 0);
		pgwire_message_put_i32(out, v.i);
		break;
	case TYPE_INTERVAL_SECONDS:
		pgwire_message_put_i64(out, v.i % day_us);
		pgwire_message_put_i32(out, v.i / day_us);
		pgwire_message_put_i32(out, 0);
		break;
	case TYPE_ARRAY: put_array(type->elem, v.s, out); break;
	default: strbuf_put_str(out, v.s);
	}
}

/* ---- reading ---- */

typedef struct Input {
	const uint8_t *at, *end;
	bool bad;
	const Type *type;
	uint32_t oid;
	Arena *arena;
} Input;

static int64_t get_int(Input *in, unsigned width)
{
	if ((size_t)(in->end - in->at) < width) {
		in->bad = true;
		return 0;
	}
	uint64_t v = in->at[0] & 0x80 ? UINT64_MAX : 0;
	for (unsigned i = 0; i < width; i++)
		v = v << 8 | *in->at++;
	return (int64_t)v;
}

static double get_f32(Input *in)
{
	int32_t bits = (int32_t)get_int(in, 4);
	float f;
	memcpy(&f, &bits, sizeof f);
	return (double)f;
}

static double get_f64(Input *in)
{
	int64_t bits = get_int(in, 8);
	double f;
	memcpy(&f, &bits, sizeof f);
	return f;
}

/* The text of a numeric: decimal.h reads it. */
static bool get_numeric(Input *in, StrBuf *text, Err *err)
{
	int64_t n = get_int(in, 2), weight = get_int(in, 2), sign = get_int(in, 2) & 0xffff, scale = get_int(in, 2);
	if ((sign & NUMERIC_SPECIAL) == NUMERIC_SPECIAL)
		return err_set(err, ERR_OUT_OF_RANGE, "DECIMAL has no NaN and no Infinity");
	if (in->bad || n < 0 || n > 64 || weight < -64 || weight > 64 || scale < 0 || scale > 1000) {
		in->bad |= n < 0 || scale < 0;
		return in->bad ? true : err_set(err, ERR_OUT_OF_RANGE, "the number does not fit DECIMAL(38)");
	}
	int64_t digits[64];
	for (int64_t i = 0; i < n; i++)
		digits[i] = get_int(in, 2);
	strbuf_puts(text, sign == NUMERIC_NEGATIVE ? "-0" : "0");
	for (int64_t i = 0; i <= weight; i++)
		strbuf_printf(text, "%04d", i < n ? (int)(uint16_t)digits[i] : 0);
	if (scale > 0)
		strbuf_putc(text, '.');
	for (int64_t i = weight + 1, left = scale; left > 0; i++, left -= 4) {
		char group[8];
		int digit = i >= 0 && i < n ? (int)(uint16_t)digits[i] : 0;
		for (int k = 3; k >= 0; k--, digit /= 10)
			group[k] = (char)('0' + digit % 10);
		strbuf_put(text, group, (size_t)(left < 4 ? left : 4));
	}
	return true;
}

/* Reads the text as DECIMAL; the type becomes the one that holds it exactly, if the wanted one does not. */
static bool decimal_of(Str text, Arena *arena, const Type **type, Value *out, Err *err)
{
	unsigned p, s;
	text = str_trim(text);
	if (!decimal_is_number(text))
		return err_set(err, ERR_BAD_CAST, "invalid input syntax for type numeric: \"%.*s\"", STR_ARG(text));
	/* Zeros in front are no digits of the value. */
	bool negative = text.ptr[0] == '-';
	Str digits = text.ptr[0] == '-' || text.ptr[0] == '+' ? str_slice(text, 1, text.len) : text;
	while (digits.len > 1 && digits.ptr[0] == '0')
		digits = str_slice(digits, 1, digits.len);
	text = arena_printf(arena, "%s%.*s", negative ? "-" : "", STR_ARG(digits));
	Int128 exact, narrow, back;
	if (!decimal_literal_type(text, &p, &s) || !decimal_parse(text, p, s, &exact)) {
		if (!decimal_parse(text, (*type)->precision, (*type)->scale, &out->d))
			return err_set(err, ERR_OUT_OF_RANGE, "the number does not fit DECIMAL(38)");
		return true;
	}
	bool fits = decimal_rescale(exact, s, (*type)->scale, (*type)->precision, &narrow) &&
	            decimal_rescale(narrow, (*type)->scale, s, TYPE_DECIMAL_MAX, &back) && back == exact;
	if (fits) {
		out->d = narrow;
		return true;
	}
	out->d = exact;
	*type = type_decimal(arena, p, s);
	return true;
}

static bool get_value(Input *in, Value *out, Err *err);

static bool get_array(Input *in, Value *out, Err *err)
{
	int64_t dimensions = get_int(in, 4);
	get_int(in, 4);
	uint32_t oid = (uint32_t)get_int(in, 4);
	if (dimensions > 1)
		return err_set(err, ERR_NOT_SUPPORTED, "arrays of more than one dimension are not supported yet");
	int64_t n = 0;
	if (dimensions == 1) {
		n = get_int(in, 4);
		get_int(in, 4);
	}
	in->bad |= dimensions < 0 || n < 0 || n > BINARY_ITEMS_MAX || n * 4 > in->end - in->at;
	if (in->bad)
		return true;
	const Type *elem = in->type->elem;
	Value *items = ARENA_ARRAY_ZERO(in->arena, Value, (size_t)n + 1);
	for (int64_t i = 0; i < n && !in->bad; i++) {
		int64_t len = get_int(in, 4);
		if (len < 0) {
			items[i] = VALUE_NULL;
			continue;
		}
		if (len > in->end - in->at) {
			in->bad = true;
			break;
		}
		Input item = {in->at, in->at + len, false, elem, oid, in->arena};
		if (!get_value(&item, &items[i], err))
			return false;
		if (elem->kind == TYPE_DECIMAL &&
		    !decimal_rescale(items[i].d, item.type->scale, elem->scale, elem->precision, &items[i].d))
			return err_set(err, ERR_OUT_OF_RANGE, "a number of the array does not fit DECIMAL(%u, %u)", elem->precision,
			               elem->scale);
		if (elem->kind != item.type->kind)
			return err_set(err, ERR_NOT_SUPPORTED, "arrays of intervals of months are not supported");
		in->bad |= item.bad || item.at != item.end;
		in->at += len;
	}
	if (!in->bad)
		out->s = packed_build(in->arena, &elem, true, items, (uint32_t)n);
	return true;
}

static Str take_rest(Input *in)
{
	Str s = str_make((const char *)in->at, (size_t)(in->end - in->at));
	in->at = in->end;
	return s;
}

static Str uuid_text(Input *in)
{
	static const char hex[] = "0123456789abcdef";
	char text[36];
	int n = 0;
	for (int i = 0; i < 16; i++) {
		uint8_t byte = (uint8_t)get_int(in, 1);
		if (i == 4 || i == 6 || i == 8 || i == 10)
			text[n++] = '-';
		text[n++] = hex[byte >> 4];
		text[n++] = hex[byte & 15];
	}
	return arena_str(in->arena, str_make(text, 36));
}

static bool get_text(Input *in, Value *out, Err *err)
{
	if (in->oid == PG_UUID) {
		out->s = uuid_text(in);
		return true;
	}
	if (in->oid == PG_JSONB && get_int(in, 1) != 1)
		in->bad = true;
	out->s = take_rest(in);
	if (in->bad || str_is_utf8(out->s))
		return true;
	return err_set(err, ERR_BAD_ENCODING, "the text is not UTF-8");
}

/* An integer of the width that the client declared; the type is what the parameter has. */
static int64_t get_integer(Input *in)
{
	size_t left = (size_t)(in->end - in->at);
	if (left != 2 && left != 4 && left != 8)
		in->bad = true;
	int64_t v = get_int(in, (unsigned)(in->bad ? 8 : left));
	return in->oid == PG_OID ? (int64_t)(uint32_t)v : v;
}

static void get_interval(Input *in, Value *out, Err *err)
{
	int64_t us = get_int(in, 8), days = get_int(in, 4), months = get_int(in, 4);
	if (months && (us || days)) {
		err_set(err, ERR_NOT_SUPPORTED, "intervals of months and days are not supported");
		return;
	}
	if (months || in->type->kind == TYPE_INTERVAL_MONTHS) {
		in->type = &type_interval_months;
		out->i = months;
	} else if (__builtin_mul_overflow(days, day_us, &out->i) || __builtin_add_overflow(out->i, us, &out->i)) {
		err_set(err, ERR_OUT_OF_RANGE, "the interval is out of range");
	}
}

static bool out_of_range(Err *err, const char *what)
{
	err_set(err, ERR_OUT_OF_RANGE, "%s is out of range", what);
	return err_hint(err, "Times lie between the years 1 and 9999; there is no infinity.");
}

static bool get_value(Input *in, Value *out, Err *err)
{
	Err why = {0};
	switch (in->type->kind) {
	case TYPE_BOOLEAN: out->b = get_int(in, 1) != 0; return true;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: out->i = get_integer(in); return true;
	case TYPE_FLOAT:
	case TYPE_DOUBLE: out->f = in->end - in->at == 4 ? get_f32(in) : get_f64(in); return true;
	case TYPE_DECIMAL: {
		StrBuf text;
		strbuf_init(&text);
		bool ok =
		    get_numeric(in, &text, err) && (in->bad || decimal_of(strbuf_str(&text), in->arena, &in->type, out, err));
		strbuf_deinit(&text);
		return ok;
	}
	case TYPE_DATE:
		out->i = get_int(in, 4) + epoch_days;
		return (out->i >= first_day && out->i <= last_day) || out_of_range(err, "the date");
	case TYPE_TIME:
		out->i = get_int(in, 8);
		in->bad |= out->i < 0 || out->i > day_us;
		return true;
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		if (__builtin_add_overflow(get_int(in, 8), epoch_days * day_us, &out->i))
			return out_of_range(err, "the timestamp");
		return (out->i >= first_day * day_us && out->i < (last_day + 1) * day_us) || out_of_range(err, "the timestamp");
	case TYPE_INTERVAL_MONTHS:
	case TYPE_INTERVAL_SECONDS:
		get_interval(in, out, &why);
		if (why.code)
			*err = why;
		return why.code == ERR_OK;
	case TYPE_ARRAY:
		if (!pgwire_types_is_json(in->type))
			return get_array(in, out, err);
		break;
	default: break;
	}
	if (pgwire_types_is_json(in->type) && in->type->kind != TYPE_JSON) {
		if (!get_text(in, out, err))
			return false;
		return in->bad || value_parse_json(in->type, out->s, in->arena, out, err);
	}
	if (type_is_binary(in->type)) {
		out->s = take_rest(in);
		return true;
	}
	return get_text(in, out, err);
}

static bool fits_integer(const Type *type, int64_t v)
{
	int64_t least, greatest;
	type_int_range(type->kind, &least, &greatest);
	return v >= least && v <= greatest;
}

bool pgwire_binary_param(uint32_t oid, bool binary, Str bytes, const struct Zone *zone, Arena *arena, const Type **type,
                         Value *out, Err *err)
{
	*out = (Value){0};
	if (!bytes.ptr) {
		*out = VALUE_NULL;
		return true;
	}
	if (!binary) {
		if (!str_is_utf8(bytes))
			return err_set(err, ERR_BAD_ENCODING, "the text is not UTF-8");
		if ((*type)->kind == TYPE_DECIMAL)
			return decimal_of(bytes, arena, type, out, err);
		return value_parse_pg(*type, bytes, zone, arena, out, err);
	}
	Input in = {(const uint8_t *)bytes.ptr, (const uint8_t *)bytes.ptr + bytes.len, false, *type, oid, arena};
	if (!get_value(&in, out, err))
		return false;
	if (in.bad || in.at != in.end)
		return err_set(err, ERR_PROTOCOL, "a parameter is not in the binary form of its type");
	*type = in.type;
	if (type_is_integer(*type) && !fits_integer(*type, out->i))
		return err_set(err, ERR_OUT_OF_RANGE, "a parameter is out of the range of its type");
	if ((*type)->kind == TYPE_JSON) {
		Value parsed;
		return value_parse_json(*type, out->s, arena, &parsed, err);
	}
	return true;
}
