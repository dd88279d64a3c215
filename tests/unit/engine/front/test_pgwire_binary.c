/*
 * tests/unit/engine/front/test_pgwire_binary.c: PostgreSQL's binary forms: known bytes, round trips of many decimals,
 * and bytes that are damaged.
 */
#include "engine/front/pgwire_binary.h"

#include "base/hash.h"
#include "engine/front/pgwire_types.h"
#include "sql/types/decimal.h"
#include "sql/types/packed.h"
#include "sql/types/zone.h"
#include "tests/support/check.h"

static Arena *arena;

static Str encode(const Type *type, Value v)
{
	StrBuf b;
	strbuf_init(&b);
	pgwire_binary_encode(type, v, &b);
	Str s = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return s;
}

static const char *hex(Str s)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < s.len; i++)
		strbuf_printf(&b, "%02x", (unsigned char)s.ptr[i]);
	const char *text = arena_cstr(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return text;
}

static const char *decimal_hex(const char *text, unsigned precision, unsigned scale)
{
	Value v = {0};
	REQUIRE(decimal_parse(str_from(text), precision, scale, &v.d));
	return hex(encode(type_decimal(arena, precision, scale), v));
}

/* As PostgreSQL 15 sends them: digits, weight, sign, dscale, digits. */
TEST(numeric_bytes)
{
	arena = arena_open("test", 0);
	CHECK_STR(decimal_hex("0", 10, 2), "0000000000000002");
	CHECK_STR(decimal_hex("0.01", 10, 2), "0001ffff000000020064");
	CHECK_STR(decimal_hex("1", 10, 0), "00010000000000000001");
	CHECK_STR(decimal_hex("-1.5", 10, 1), "0002000040000001"
	                                      "00011388");
	CHECK_STR(decimal_hex("10000", 10, 0), "00010001000000000001");
	CHECK_STR(decimal_hex("100000000", 10, 0), "00010002000000000001");
	CHECK_STR(decimal_hex("12345678.9", 10, 1), "000300010000000104d2162e2328");
	CHECK_STR(decimal_hex("0.0001", 8, 8), "0001ffff000000080001");
	CHECK_STR(decimal_hex("0.00000001", 8, 8), "0001fffe000000080001");
	arena_close(arena);
}

TEST(numerics_come_back)
{
	arena = arena_open("test", 0);
	uint64_t seed = 1;
	for (int i = 0; i < 20000; i++) {
		seed = hash_mix(seed + 0x9e3779b97f4a7c15);
		unsigned precision = 1 + (unsigned)(seed % 38), scale = (unsigned)(seed / 64 % (precision + 1));
		const Type *type = type_decimal(arena, precision, scale), *found = type;
		UInt128 digits = ((UInt128)hash_mix(seed) << 64 | hash_mix(seed + 1)) % (UInt128)decimal_pow10(precision);
		Value v = {.d = (seed >> 60 & 1) ? -(Int128)digits : (Int128)digits}, back;
		Err err = {0};
		bool ok = pgwire_binary_param(PG_NUMERIC, true, encode(type, v), zone_utc, arena, &found, &back, &err);
		CHECK_FMT(ok, "    %s\n", err.message);
		CHECK(ok && decimal_compare(back.d, found->scale, v.d, scale) == 0 && found == type);
		arena_reset(arena);
	}
	arena_close(arena);
}

/* The parameter's type holds the value exactly, not rounded to what was declared. */
TEST(decimals_keep_their_digits)
{
	arena = arena_open("test", 0);
	const Type *type = type_decimal(arena, 10, 2);
	Value v;
	Err err = {0};
	REQUIRE(pgwire_binary_param(PG_NUMERIC, false, STR("1.999"), zone_utc, arena, &type, &v, &err));
	CHECK_EQ_I64(type->scale, 3);
	CHECK_EQ_I64((int64_t)v.d, 1999);
	type = type_decimal(arena, 10, 2);
	REQUIRE(pgwire_binary_param(PG_NUMERIC, false, STR(" -0012.5 "), zone_utc, arena, &type, &v, &err));
	CHECK_EQ_I64(type->scale, 2);
	CHECK_EQ_I64((int64_t)v.d, -1250);
	CHECK(!pgwire_binary_param(PG_NUMERIC, false, STR("12x"), zone_utc, arena, &type, &v, &err));
	CHECK(!pgwire_binary_param(PG_NUMERIC, false, STR(""), zone_utc, arena, &type, &v, &err));
	/* NaN */
	CHECK(!pgwire_binary_param(PG_NUMERIC, true, STR("\0\0\0\0\xc0\0\0\0"), zone_utc, arena, &type, &v, &err));
	arena_close(arena);
}

static void comes_back(const Type *type, Value v)
{
	const Type *found = type;
	Value back;
	Err err = {0};
	bool ok = pgwire_binary_param(pgwire_types_oid(type), true, encode(type, v), zone_utc, arena, &found, &back, &err);
	CHECK_FMT(ok, "    %s\n", err.message);
	CHECK(ok && type_equal(type, found) && value_equal(type, v, back));
}

TEST(other_types_come_back)
{
	arena = arena_open("test", 0);
	comes_back(&type_boolean, (Value){.b = true});
	comes_back(&type_smallint, value_i64(-32768));
	comes_back(&type_int, value_i64(-1));
	comes_back(&type_bigint, value_i64(INT64_MIN));
	comes_back(&type_float, (Value){.f = 1.5});
	comes_back(&type_double, (Value){.f = -0.1});
	comes_back(&type_string, value_str(STR("h\xc3\xa9")));
	comes_back(&type_bytes, value_str(STR("\0\xff")));
	comes_back(&type_date, value_i64(-1));
	comes_back(type_temporal(arena, TYPE_TIME, 6), value_i64(INT64_C(86399999999)));
	comes_back(&type_timestamp6, value_i64(-1));
	comes_back(&type_ltz6, value_i64(INT64_C(1700000000000000)));
	comes_back(&type_interval_months, value_i64(-14));
	comes_back(&type_interval_seconds, value_i64(INT64_C(-90000000001)));
	comes_back(&type_json, value_str(STR("{\"a\":1}")));
	const Type *elem = &type_int;
	Value items[] = {value_i64(1), VALUE_NULL, value_i64(-3)};
	comes_back(type_array(arena, elem), value_str(packed_build(arena, &elem, true, items, 3)));
	comes_back(type_array(arena, elem), value_str(packed_build(arena, &elem, true, items, 0)));
	arena_close(arena);
}

TEST(damaged_bytes_are_refused)
{
	static const struct {
		uint32_t oid;
		Str bytes;
	} cases[] = {
	    {PG_INT4, {"\0\0\0", 3}},
	    {PG_INT4, {"", 0}},
	    {PG_INT2, {"\0\1\0\0", 4}}, /* 65536 */
	    {PG_FLOAT8, {"\0\0\0\0\0", 5}},
	    {PG_BOOL, {"\0\0", 2}},
	    {PG_DATE, {"\0", 1}},
	    {PG_TIME, {"\xff\xff\xff\xff\xff\xff\xff\xff", 8}},
	    {PG_TIMESTAMP, {"\x7f\xff\xff\xff\xff\xff\xff\xff", 8}}, /* infinity */
	    {PG_NUMERIC, {"\0\1\0\0\0\0\0\0", 8}},                   /* a digit is missing */
	    {PG_NUMERIC, {"\xff\xff\0\0\0\0\0\0", 8}},
	    {PG_NUMERIC, {"\0\0\x7f\xff\0\0\0\0", 8}},
	    {PG_TEXT, {"\xff", 1}},
	    {PG_JSONB, {"\2{}", 3}},
	    {PG_JSONB, {"\1{", 2}},
	    {PG_UUID, {"\0\0", 2}},
	    {PG_INTERVAL, {"\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1", 16}}, /* months and a time */
	    {1007, {"\0\0\0\1\0\0\0\0\0\0\0\x17\x7f\xff\xff\xff\0\0\0\1", 20}},
	    {1007, {"\0\0\0\2\0\0\0\0\0\0\0\x17", 12}},
	    {1007, {"\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\1\0\0\0\1\0\0\0\5\0\0\0\0\1", 29}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		arena = arena_open("test", 0);
		const Type *type;
		Value v;
		Err err = {0};
		REQUIRE(pgwire_types_declared(cases[i].oid, arena, &type) && type);
		CHECK_FMT(!pgwire_binary_param(cases[i].oid, true, cases[i].bytes, zone_utc, arena, &type, &v, &err),
		          "    case %zu\n", i);
		arena_close(arena);
	}
}

TEST(types_have_postgresql_s_oids)
{
	arena = arena_open("test", 0);
	const PgwireType *t, *before = NULL;
	for (uint32_t i = 0; (t = pgwire_types_at(i)); before = t, i++) {
		CHECK(!before || before->oid < t->oid);
		CHECK(pgwire_types_find(t->oid) == t);
		if (t->array)
			CHECK(pgwire_types_find(t->array) && pgwire_types_find(t->array)->elem == t->oid);
		if (t->elem)
			CHECK(pgwire_types_find(t->elem));
	}
	CHECK(!pgwire_types_find(15));
	CHECK_EQ_I64(pgwire_types_oid(&type_string), 25);
	CHECK_EQ_I64(pgwire_types_oid(type_varchar(arena, TYPE_VARCHAR, 10)), 1043);
	CHECK_EQ_I64(pgwire_types_modifier(type_varchar(arena, TYPE_VARCHAR, 10)), 14);
	CHECK_EQ_I64(pgwire_types_oid(type_array(arena, &type_bigint)), 1016);
	CHECK_EQ_I64(pgwire_types_oid(type_array(arena, type_array(arena, &type_bigint))), 3802);
	CHECK_EQ_I64(pgwire_types_oid(type_map(arena, &type_string, &type_int)), 3802);
	CHECK_EQ_I64(pgwire_types_modifier(type_decimal(arena, 10, 2)), (10 << 16 | 2) + 4);
	arena_close(arena);
}

TESTS(numeric_bytes, numerics_come_back, decimals_keep_their_digits, other_types_come_back, damaged_bytes_are_refused,
      types_have_postgresql_s_oids)
