/*
 * tests/unit/sql/types/random_type.h: random types and values, for the properties that hold for all of them.
 *
 * Values are drawn so that equal ones, neighbours and the ends of the range are likely.
 */
#ifndef WEIR_TESTS_UNIT_SQL_TYPES_RANDOM_TYPE_H
#define WEIR_TESTS_UNIT_SQL_TYPES_RANDOM_TYPE_H

#include "sql/types/decimal.h"
#include "sql/types/packed.h"
#include "sql/types/timestamp.h"
#include "sql/types/value.h"
#include "tests/support/check.h"

static uint64_t random_state = 88172645463325252u;

static inline uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)((random_state >> 16) % n);
}

static inline uint64_t random_u64(void)
{
	return (uint64_t)random_below(UINT32_MAX) << 32 ^ random_below(UINT32_MAX);
}

static inline const Type *random_scalar_type(Arena *arena)
{
	switch (random_below(20)) {
	case 0: return &type_boolean;
	case 1: return &type_tinyint;
	case 2: return &type_smallint;
	case 3: return &type_int;
	case 4: return &type_bigint;
	case 5: return &type_float;
	case 6: return &type_double;
	case 7: {
		unsigned p = 1 + random_below(38);
		return type_decimal(arena, p, random_below(p + 1));
	}
	case 8: return type_varchar(arena, TYPE_CHAR, 1 + random_below(5));
	case 9: return type_varchar(arena, TYPE_VARCHAR, 1 + random_below(9));
	case 10: return &type_bytes;
	case 11: return type_varchar(arena, TYPE_BINARY, 1 + random_below(5));
	case 12: return &type_date;
	case 13: return type_temporal(arena, TYPE_TIME, random_below(7));
	case 14: return type_temporal(arena, TYPE_TIMESTAMP, random_below(7));
	case 15: return type_temporal(arena, TYPE_TIMESTAMP_LTZ, random_below(7));
	case 16: return &type_interval_months;
	case 17: return &type_interval_seconds;
	case 18: return &type_json;
	default: return &type_string;
	}
}

static inline const Type *random_type(Arena *arena, int depth)
{
	static const char *const names[] = {"a", "b c", "\xc3\xa4", "d\"e"};
	if (depth == 0 || random_below(10) < 6)
		return random_scalar_type(arena);
	switch (random_below(4)) {
	case 0: return type_array(arena, random_type(arena, depth - 1));
	case 1: return type_map(arena, random_scalar_type(arena), random_type(arena, depth - 1));
	case 2: return type_multiset(arena, random_scalar_type(arena));
	default: {
		TypeField fields[4];
		uint32_t n = 1 + random_below(4);
		for (uint32_t i = 0; i < n; i++)
			fields[i] = (TypeField){str_from(names[i]), random_type(arena, depth - 1)};
		return type_row(arena, fields, n);
	}
	}
}

static inline int64_t random_in(int64_t least, int64_t greatest)
{
	switch (random_below(6)) {
	case 0: return least;
	case 1: return greatest;
	case 2: return least > -3 || greatest < 3 ? least : (int64_t)random_below(5) - 2;
	default: {
		uint64_t span = (uint64_t)greatest - (uint64_t)least;
		return (int64_t)((uint64_t)least + (span == UINT64_MAX ? random_u64() : random_u64() % (span + 1)));
	}
	}
}

static inline double random_double(bool single)
{
	static const double some[] = {
	    0.0, -0.0, 1, -1, 0.1, INFINITY, -INFINITY, NAN, 1e10, 1e-4, 123.456, 5e-324, 1.7976931348623157e308};
	double v;
	uint64_t bits = random_u64();
	memcpy(&v, &bits, sizeof v);
	if (random_below(2))
		v = some[random_below(sizeof some / sizeof *some)];
	return single ? (double)(float)v : v;
}

static inline Str random_string(Arena *arena, uint32_t max, bool text)
{
	static const char *const chars[] = {"a", "b", "\"", "\\", " ", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
	                                    "{", ",", "0",  "\n"};
	char buf[64];
	uint32_t at = 0;
	uint32_t n = random_below(max + 1);
	for (uint32_t i = 0; i < n; i++) {
		if (text) {
			const char *c = chars[random_below(sizeof chars / sizeof *chars)];
			memcpy(buf + at, c, strlen(c));
			at += (uint32_t)strlen(c);
		} else {
			buf[at++] = "\x00\x01\x02\xff\xfe"
			            "ab"[random_below(7)];
		}
	}
	return arena_str(arena, str_make(buf, at));
}

static inline Value random_value(Arena *arena, const Type *type, bool nullable);

static inline Value random_nested(Arena *arena, const Type *type)
{
	Value items[8];
	const Type *types[8];
	uint32_t n = 0;
	uint32_t entries = random_below(4);
	if (type->kind == TYPE_ROW || type->kind == TYPE_ARRAY) {
		for (n = 0; n < (type->kind == TYPE_ROW ? type->nfields : entries); n++) {
			types[n] = packed_item_type(type, n);
			items[n] = random_value(arena, types[n], true);
		}
	}
	for (uint32_t e = 0; (type->kind == TYPE_MAP || type->kind == TYPE_MULTISET) && e < entries; e++) {
		Value key = random_value(arena, packed_item_type(type, 0), false);
		bool known = false;
		for (uint32_t i = 0; i < n; i += 2)
			known = known || value_equal(packed_item_type(type, 0), items[i], key);
		if (known)
			continue;
		for (uint32_t k = 0; k < 2; k++) {
			types[n] = packed_item_type(type, k);
			items[n] = k == 0                        ? key
			           : type->kind == TYPE_MULTISET ? value_i64(1 + random_below(3))
			                                         : random_value(arena, types[n], true);
			n++;
		}
	}
	return value_str(packed_build(arena, types, false, items, n));
}

static inline int64_t random_us(const Type *type, int64_t least, int64_t greatest)
{
	static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
	int64_t us = random_in(least, greatest);
	return us - ((us % units[type->precision]) + units[type->precision]) % units[type->precision];
}

static inline Value random_value(Arena *arena, const Type *type, bool nullable)
{
	/* Not null, which reads back as NULL. */
	static const char *const jsons[] = {"1", "\"x\"", "{\"a\":[1,2]}", "[]", "1.50", "true"};
	int64_t least, greatest;
	if (nullable && random_below(5) == 0)
		return VALUE_NULL;
	switch (type->kind) {
	case TYPE_BOOLEAN: return (Value){.b = random_below(2) == 1};
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT: type_int_range(type->kind, &least, &greatest); return value_i64(random_in(least, greatest));
	case TYPE_FLOAT:
	case TYPE_DOUBLE: return (Value){.f = random_double(type->kind == TYPE_FLOAT)};
	case TYPE_DECIMAL: {
		UInt128 bits = (UInt128)random_u64() << 64 | random_u64();
		Int128 v = (Int128)(bits % (UInt128)decimal_pow10(1 + random_below(type->precision)));
		return (Value){.d = random_below(2) ? v : -v};
	}
	case TYPE_CHAR:
	case TYPE_BINARY: {
		char buf[8];
		for (uint32_t i = 0; i < type->length; i++)
			buf[i] = type->kind == TYPE_CHAR ? "ab \""[random_below(4)] : (char)random_below(256);
		return value_str(arena_str(arena, str_make(buf, type->length)));
	}
	case TYPE_VARCHAR:
	case TYPE_VARBINARY:
		return value_str(random_string(arena, type->length < 9 ? type->length : 9, type_is_text(type)));
	case TYPE_DATE: return value_i64(random_in(timestamp_days(0, 1, 1), timestamp_days(9999, 12, 31)));
	case TYPE_TIME: return value_i64(random_us(type, 0, TIMESTAMP_US_PER_DAY - 1));
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: {
		/* Two days from the ends, for zones. */
		int64_t from = timestamp_days(0, 1, 3) * TIMESTAMP_US_PER_DAY;
		return value_i64(random_us(type, from, timestamp_days(9999, 12, 29) * TIMESTAMP_US_PER_DAY));
	}
	case TYPE_INTERVAL_MONTHS: return value_i64(random_in(-120000, 120000));
	case TYPE_INTERVAL_SECONDS: return value_i64(random_in(-1000000000000000, 1000000000000000));
	case TYPE_JSON: return value_str(str_from(jsons[random_below(sizeof jsons / sizeof *jsons)]));
	case TYPE_ARRAY:
	case TYPE_MAP:
	case TYPE_ROW:
	case TYPE_MULTISET: return random_nested(arena, type);
	default: return VALUE_NULL;
	}
}

#endif
