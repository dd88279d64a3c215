/*
 * tests/unit/sql/types/test_value_text.c: what values look like in each style, and what casts from text accept.
 */
#include "sql/types/value.h"

#include "sql/types/decimal.h"
#include "sql/types/packed.h"
#include "sql/types/timestamp.h"
#include "sql/types/zone.h"
#include "tests/support/check.h"

static Arena *arena;
static const Zone *berlin;

static void check_styles(const Type *type, Value v, const char *sql, const char *java, const char *json, const char *pg)
{
	static const ValueStyle styles[] = {VALUE_SQL, VALUE_JAVA, VALUE_JSON, VALUE_PG};
	const char *want[] = {sql, java, json, pg};
	for (int i = 0; i < 4; i++) {
		StrBuf out;
		strbuf_init(&out);
		value_print(type, v, styles[i], berlin, &out);
		CHECK_STR(strbuf_cstr(&out), want[i]);
		strbuf_deinit(&out);
	}
}

static Value ts(const char *text)
{
	Value v = {.null = false};
	REQUIRE(timestamp_parse(str_from(text), &v.i, NULL, NULL));
	return v;
}

static Value str(const char *s)
{
	return value_str(str_from(s));
}

static Value real(double f)
{
	return (Value){.f = f};
}

static Value dec(int64_t unscaled)
{
	return (Value){.d = unscaled};
}

TEST(value_print_scalars)
{
	arena = arena_open("test", 0);
	berlin = zone_find(STR("Europe/Berlin"), NULL);
	check_styles(&type_boolean, (Value){.b = true}, "TRUE", "true", "true", "t");
	check_styles(&type_boolean, (Value){.b = false}, "FALSE", "false", "false", "f");
	check_styles(&type_bigint, value_i64(INT64_MIN), "-9223372036854775808", "-9223372036854775808",
	             "-9223372036854775808", "-9223372036854775808");
	check_styles(&type_double, real(1), "1.0", "1.0", "1.0", "1");
	check_styles(&type_double, real(1e10), "1.0E10", "1.0E10", "1.0E10", "10000000000");
	check_styles(&type_double, real(1e-4), "1.0E-4", "1.0E-4", "1.0E-4", "0.0001");
	check_styles(&type_double, real(0.1), "0.1", "0.1", "0.1", "0.1");
	check_styles(&type_float, real((double)0.1f), "0.1", "0.1", "0.1", "0.1");
	check_styles(&type_float, real((double)16777216.0f), "1.6777216E7", "1.6777216E7", "1.6777216E7", "1.6777216e+07");
	check_styles(&type_double, real(NAN), "NaN", "NaN", "\"NaN\"", "NaN");
	check_styles(&type_double, real(-INFINITY), "-Infinity", "-Infinity", "\"-Infinity\"", "-Infinity");
	check_styles(&type_double, real(-0.0), "-0.0", "-0.0", "-0.0", "-0");
	check_styles(type_decimal(arena, 10, 2), dec(-150), "-1.50", "-1.50", "-1.50", "-1.50");
	check_styles(type_decimal(arena, 10, 8), dec(12), "0.00000012", "1.2E-7", "0.00000012", "0.00000012");
	check_styles(type_decimal(arena, 10, 8), dec(0), "0.00000000", "0E-8", "0.00000000", "0.00000000");
	check_styles(&type_string, str("a \"b\"\n"), "a \"b\"\n", "a \"b\"\n", "\"a \\\"b\\\"\\n\"", "a \"b\"\n");
	check_styles(&type_bytes,
	             value_str(STR("\x00\xff"
	                           "a")),
	             "x'00ff61'", "[0, -1, 97]", "\"AP9h\"", "\\x00ff61");
	check_styles(&type_date, value_i64(18262), "2020-01-01", "2020-01-01", "\"2020-01-01\"", "2020-01-01");
	check_styles(&type_json, str("{\"a\":1}"), "{\"a\":1}", "{\"a\":1}", "{\"a\":1}", "{\"a\":1}");
	check_styles(&type_int, VALUE_NULL, "NULL", "null", "null", "NULL");
	check_styles(&type_null, VALUE_NULL, "NULL", "null", "null", "NULL");
}

TEST(value_print_times)
{
	check_styles(type_temporal(arena, TYPE_TIME, 0), value_i64(36000000000), "10:00:00", "10:00", "\"10:00:00\"",
	             "10:00:00");
	check_styles(type_temporal(arena, TYPE_TIME, 3), value_i64(36001500000), "10:00:01.500", "10:00:01.500",
	             "\"10:00:01.500\"", "10:00:01.5");
	check_styles(&type_timestamp3, ts("2020-01-01 00:00:00"), "2020-01-01 00:00:00.000", "2020-01-01T00:00",
	             "\"2020-01-01 00:00:00.000\"", "2020-01-01 00:00:00");
	check_styles(&type_timestamp3, ts("2020-01-01 10:00:05"), "2020-01-01 10:00:05.000", "2020-01-01T10:00:05",
	             "\"2020-01-01 10:00:05.000\"", "2020-01-01 10:00:05");
	check_styles(&type_timestamp3, ts("2020-01-01 10:00:00.120"), "2020-01-01 10:00:00.120", "2020-01-01T10:00:00.120",
	             "\"2020-01-01 10:00:00.120\"", "2020-01-01 10:00:00.12");
	check_styles(&type_timestamp6, ts("2020-01-01 10:00:00.120001"), "2020-01-01 10:00:00.120001",
	             "2020-01-01T10:00:00.120001", "\"2020-01-01 10:00:00.120001\"", "2020-01-01 10:00:00.120001");
	check_styles(&type_ltz3, ts("2020-01-01 10:00:00"), "2020-01-01 11:00:00.000", "2020-01-01T10:00:00Z",
	             "\"2020-01-01 10:00:00.000Z\"", "2020-01-01 11:00:00+01");
	check_styles(&type_ltz3, ts("2020-07-01 10:00:00.5"), "2020-07-01 12:00:00.500", "2020-07-01T10:00:00.500Z",
	             "\"2020-07-01 10:00:00.500Z\"", "2020-07-01 12:00:00.5+02");
	check_styles(&type_timestamp3, ts("0000-01-01 00:00:00"), "0000-01-01 00:00:00.000", "0000-01-01T00:00",
	             "\"0000-01-01 00:00:00.000\"", "0001-01-01 00:00:00 BC");
	check_styles(&type_interval_months, value_i64(14), "+1-02", "P1Y2M", "\"+1-02\"", "1 year 2 mons");
	check_styles(&type_interval_months, value_i64(0), "+0-00", "P0D", "\"+0-00\"", "00:00:00");
	check_styles(&type_interval_seconds, value_i64(93784005000), "+1 02:03:04.005", "PT26H3M4.005S",
	             "\"+1 02:03:04.005\"", "1 day 02:03:04.005");
	check_styles(&type_interval_seconds, value_i64(-1500000), "-0 00:00:01.500", "PT-1.5S", "\"-0 00:00:01.500\"",
	             "-00:00:01.5");
	check_styles(&type_interval_seconds, value_i64(0), "+0 00:00:00.000", "PT0S", "\"+0 00:00:00.000\"", "00:00:00");
	StrBuf out;
	strbuf_init(&out);
	value_print(&type_ltz3, ts("2020-01-01 10:00:00.5"), VALUE_SQLITE, NULL, &out);
	CHECK_STR(strbuf_cstr(&out), "2020-01-01 10:00:00.500000");
	strbuf_deinit(&out);
}

static Value pack(const Type *type, uint32_t n, ...)
{
	va_list args;
	Value items[8];
	const Type *types[8];
	va_start(args, n);
	for (uint32_t i = 0; i < n; i++) {
		items[i] = va_arg(args, Value);
		types[i] = packed_item_type(type, i);
	}
	va_end(args);
	return value_str(packed_build(arena, types, false, items, n));
}

TEST(value_print_nested)
{
	TypeField fields[] = {{STR("id"), &type_int}, {STR("na\"me"), &type_string}, {STR("ts"), &type_timestamp3}};
	const Type *row = type_row(arena, fields, 3);
	check_styles(row, pack(row, 3, value_i64(1), str("foo"), VALUE_NULL), "(1, foo, NULL)", "+I[1, foo, null]",
	             "{\"id\":1,\"na\\\"me\":\"foo\",\"ts\":null}", "{\"id\":1,\"na\\\"me\":\"foo\",\"ts\":null}");
	const Type *array = type_array(arena, &type_string);
	check_styles(array, pack(array, 3, str("a"), VALUE_NULL, str("b c")), "[a, NULL, b c]", "[a, null, b c]",
	             "[\"a\",null,\"b c\"]", "{a,NULL,\"b c\"}");
	check_styles(array, pack(array, 4, str(""), str("null"), str("a\"b\\"), str("{,}")), "[, null, a\"b\\, {,}]",
	             "[, null, a\"b\\, {,}]", "[\"\",\"null\",\"a\\\"b\\\\\",\"{,}\"]",
	             "{\"\",\"null\",\"a\\\"b\\\\\",\"{,}\"}");
	check_styles(array, pack(array, 0), "[]", "[]", "[]", "{}");
	const Type *map = type_map(arena, &type_string, &type_boolean);
	check_styles(map, pack(map, 4, str("k"), (Value){.b = true}, str("l"), VALUE_NULL), "{k=TRUE, l=NULL}",
	             "{k=true, l=null}", "{\"k\":true,\"l\":null}", "{\"k\":true,\"l\":null}");
	const Type *set = type_multiset(arena, &type_int);
	check_styles(set, pack(set, 2, value_i64(7), value_i64(2)), "{7=2}", "{7=2}", "{\"7\":2}", "{\"7\":2}");
	const Type *rows = type_array(arena, row);
	Value one = pack(row, 3, value_i64(1), str("x"), ts("2020-01-01 00:00:00"));
	check_styles(rows, pack(rows, 1, one), "[(1, x, 2020-01-01 00:00:00.000)]", "[+I[1, x, 2020-01-01T00:00]]",
	             "[{\"id\":1,\"na\\\"me\":\"x\",\"ts\":\"2020-01-01 00:00:00.000\"}]",
	             "[{\"id\":1,\"na\\\"me\":\"x\",\"ts\":\"2020-01-01 00:00:00.000\"}]");
	const Type *times = type_map(arena, &type_ltz3, &type_int);
	check_styles(times, pack(times, 2, ts("2020-01-01 10:00:00"), value_i64(1)), "{2020-01-01 11:00:00.000=1}",
	             "{2020-01-01T10:00:00Z=1}", "{\"2020-01-01 10:00:00.000Z\":1}", "{\"2020-01-01 10:00:00.000Z\":1}");
}

/* Reads and prints again; "bad" and "range" are the errors. */
static const char *again(bool ok, const Type *type, Value v, const Err *err)
{
	StrBuf out;
	if (!ok)
		return err->code == ERR_OUT_OF_RANGE ? "range" : err->code == ERR_BAD_CAST ? "bad" : err->message;
	strbuf_init(&out);
	value_print(type, v, VALUE_SQL, NULL, &out);
	const char *s = arena_cstr(arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return s;
}

static void check_cast(const Type *type, const char *text, const char *want)
{
	Value v;
	Err err = {0};
	bool ok = value_parse(type, str_from(text), berlin, arena, &v, &err);
	check_cstr(again(ok, type, v, &err), want, __FILE__, __LINE__, text);
}

TEST(value_parse_is_flinks_cast)
{
	static const char *const yes[] = {"t", "TRUE", " true ", "y", "Yes", "1"};
	static const char *const no[] = {"f", "False", "n", "NO", "0"};
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		check_cast(&type_boolean, yes[i], "TRUE");
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		check_cast(&type_boolean, no[i], "FALSE");
	check_cast(&type_boolean, "2", "bad");
	check_cast(&type_boolean, "", "bad");
	check_cast(&type_int, " 42 ", "42");
	check_cast(&type_int, "+42", "42");
	check_cast(&type_int, "-42.99", "-42");
	check_cast(&type_int, "2147483648", "range");
	check_cast(&type_int, "-2147483648", "-2147483648");
	check_cast(&type_tinyint, "128", "range");
	check_cast(&type_bigint, "9223372036854775807", "9223372036854775807");
	check_cast(&type_bigint, "-9223372036854775808", "-9223372036854775808");
	check_cast(&type_bigint, "9223372036854775808", "range");
	check_cast(&type_bigint, "99999999999999999999999999", "range");
	check_cast(&type_int, "1e3", "bad");
	check_cast(&type_int, "", "bad");
	check_cast(&type_int, "-", "bad");
	check_cast(&type_int, "4 2", "bad");
	check_cast(&type_double, " 1e3 ", "1000.0");
	check_cast(&type_double, "NaN", "NaN");
	check_cast(&type_double, "-Infinity", "-Infinity");
	check_cast(&type_double, "1.5d", "1.5");
	check_cast(&type_double, "1e999", "Infinity");
	check_cast(&type_double, "x", "bad");
	check_cast(&type_float, "0.1", "0.1");
	check_cast(&type_float, "16777217", "1.6777216E7");
	check_cast(type_decimal(arena, 5, 2), "1.005", "1.01");
	check_cast(type_decimal(arena, 5, 2), "1000", "range");
	check_cast(type_decimal(arena, 5, 2), "1.0.0", "bad");
	check_cast(&type_string, " a ", " a ");
	check_cast(type_varchar(arena, TYPE_VARCHAR, 2),
	           "\xc3\xa4"
	           "bc",
	           "\xc3\xa4"
	           "b");
	check_cast(type_varchar(arena, TYPE_CHAR, 4),
	           "\xc3\xa4"
	           "b",
	           "\xc3\xa4"
	           "b  ");
	check_cast(type_varchar(arena, TYPE_BINARY, 3), "a", "x'610000'");
	check_cast(&type_date, "2020-2-9", "2020-02-09");
	check_cast(&type_date, "2020-02-30", "bad");
	check_cast(type_temporal(arena, TYPE_TIME, 0), "10:11:12.99", "10:11:12");
	check_cast(&type_timestamp3, "2020-01-01T10:00:00.123999", "2020-01-01 10:00:00.123");
	check_cast(&type_timestamp3, "1969-12-31 23:59:59.9999", "1969-12-31 23:59:59.999");
	check_cast(&type_timestamp3, "2020-01-01 10:00:00Z", "bad");
	check_cast(&type_ltz3, "2020-01-01 10:00:00", "2020-01-01 09:00:00.000");
	check_cast(&type_ltz3, "2020-01-01 10:00:00Z", "2020-01-01 10:00:00.000");
	check_cast(&type_ltz3, "2020-01-01 10:00:00+02:00", "2020-01-01 08:00:00.000");
	check_cast(&type_interval_seconds, "1 02:03:04.5", "+1 02:03:04.500");
	check_cast(&type_interval_seconds, "10 minutes", "+0 00:10:00.000");
	check_cast(&type_interval_months, "2-10", "+2-10");
	check_cast(&type_interval_months, "10 days", "bad");
	check_cast(&type_json, " {\"a\": 1} ", "{\"a\": 1}");
	check_cast(&type_json, "{a: 1}", "bad");
	check_cast(type_array(arena, &type_int), "[1]", "bad");
}

TEST(value_parse_says_what_is_wrong)
{
	Value v;
	Err err = {0};
	CHECK(!value_parse(&type_int, STR("abc"), NULL, arena, &v, &err));
	CHECK_STR(err.message, "cannot cast 'abc' to INT");
	CHECK(!value_parse(&type_tinyint, STR("300"), NULL, arena, &v, &err));
	CHECK_STR(err.message, "value '300' is out of range of TINYINT");
	char big[200];
	memset(big, 'x', sizeof big);
	CHECK(!value_parse(&type_int, str_make(big, sizeof big), NULL, arena, &v, &err));
	CHECK(strlen(err.message) < 120);
}

static void check_json(const Type *type, const char *json, const char *want)
{
	Value v;
	Err err = {0};
	bool ok = value_parse_json(type, str_from(json), arena, &v, &err);
	check_cstr(again(ok, type, v, &err), want, __FILE__, __LINE__, json);
}

TEST(value_parse_json_takes_what_sources_take)
{
	check_json(&type_int, "42", "42");
	check_json(&type_int, "\" 42 \"", "42");
	check_json(&type_int, "42.9", "42");
	check_json(&type_int, "-4.29e1", "-42");
	check_json(&type_int, "1e10", "range");
	check_json(&type_bigint, "9223372036854775807", "9223372036854775807");
	check_json(&type_bigint, "9223372036854775808", "range");
	check_json(&type_int, "true", "bad");
	check_json(&type_int, "[]", "bad");
	check_json(&type_int, "null", "NULL");
	check_json(&type_int, "", "bad");
	check_json(&type_int, "1 2", "bad");
	check_json(type_decimal(arena, 38, 20), "0.12345678901234567891", "0.12345678901234567891");
	check_json(&type_double, "1e3", "1000.0");
	check_json(&type_string, "\"a\\u00e4\\ud83d\\ude00\\n\"", "a\xc3\xa4\xf0\x9f\x98\x80\n");
	check_json(&type_string, "\"\\ud83d\"", "\xef\xbf\xbd");
	check_json(&type_string, "1.50", "1.50");
	check_json(&type_string, "true", "true");
	check_json(&type_string, "{ \"a\" : [1, 2] }", "{\"a\":[1,2]}");
	check_json(&type_boolean, "false", "FALSE");
	check_json(&type_boolean, "\"true\"", "TRUE");
	check_json(&type_boolean, "1", "bad");
	check_json(&type_bytes, "\"AP9h\"", "x'00ff61'");
	check_json(&type_bytes, "\"AP8=\"", "x'00ff'");
	check_json(&type_bytes, "\"A\"", "bad");
	check_json(&type_timestamp3, "\"2020-01-01 10:00:00.5\"", "2020-01-01 10:00:00.500");
	check_json(&type_ltz3, "\"2020-01-01T10:00:00.5Z\"", "2020-01-01 10:00:00.500");
	check_json(&type_timestamp3, "1577872800000", "bad");
	check_json(&type_json, " { \"a\" : 1.50 } ", "{\"a\":1.50}");
	const Type *ints = type_array(arena, &type_int);
	check_json(ints, "[1, null, \"3\"]", "[1, NULL, 3]");
	check_json(ints, "[1, {}]", "bad");
	check_json(ints, "{}", "bad");
	TypeField fields[] = {{STR("a"), &type_int}, {STR("b"), ints}};
	const Type *row = type_row(arena, fields, 2);
	check_json(row, "{\"b\": [1], \"x\": {}, \"a\": 5}", "(5, [1])");
	check_json(row, "{}", "(NULL, NULL)");
	check_json(row, "{\"a\": 1, \"a\": 2}", "(2, NULL)");
	check_json(row, "[5, [1]]", "(5, [1])");
	check_json(row, "[5]", "bad");
	check_json(row, "[5, [1], 6]", "bad");
	const Type *map = type_map(arena, &type_int, &type_string);
	check_json(map, "{\"1\": \"a\", \"2\": null, \"1\": \"c\"}", "{1=c, 2=NULL}");
	check_json(map, "{\"x\": \"a\"}", "bad");
	check_json(type_multiset(arena, &type_string), "{\"a\": 2}", "{a=2}");
}

static void check_pg(const Type *type, const char *text, const char *want)
{
	Value v;
	Err err = {0};
	bool ok = value_parse_pg(type, str_from(text), berlin, arena, &v, &err);
	check_cstr(again(ok, type, v, &err), want, __FILE__, __LINE__, text);
}

TEST(value_parse_pg_takes_what_postgres_takes)
{
	check_pg(&type_boolean, "on", "TRUE");
	check_pg(&type_boolean, "off", "FALSE");
	check_pg(&type_double, "-inf", "-Infinity");
	check_pg(&type_bytes, "\\x00FF61", "x'00ff61'");
	check_pg(&type_bytes, "a\\000\\\\", "x'61005c'");
	check_pg(&type_bytes, "\\x0", "bad");
	check_pg(&type_bytes, "\\9", "bad");
	check_pg(&type_timestamp6, "2020-01-01 10:00:00+02", "2020-01-01 10:00:00.000000");
	check_pg(&type_ltz6, "2020-01-01 10:00:00+02", "2020-01-01 08:00:00.000000");
	check_pg(&type_interval_seconds, "1 day 02:03:04", "+1 02:03:04.000");
	const Type *texts = type_array(arena, &type_string);
	check_pg(texts, "{}", "[]");
	check_pg(texts, " { } ", "[]");
	check_pg(texts, "{a,NULL,\"null\",\"b \\\"c\\\\\", d e }", "[a, NULL, null, b \"c\\, d e]");
	check_pg(type_array(arena, &type_int), "{1,2,NULL}", "[1, 2, NULL]");
	static const char *const bad[] = {"", "{", "{a", "{a,}", "{,a}", "a}", "{a}b", "{\"a}", "{{a}}", "{a\"b\"}"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		check_pg(texts, bad[i], "bad");
	check_pg(type_array(arena, texts), "[[\"a\"],[]]", "[[a], []]");
	check_pg(type_map(arena, &type_string, &type_int), "{\"a\": 1}", "{a=1}");
	arena_close(arena);
}

TESTS(value_print_scalars, value_print_times, value_print_nested, value_parse_is_flinks_cast,
      value_parse_says_what_is_wrong, value_parse_json_takes_what_sources_take,
      value_parse_pg_takes_what_postgres_takes)
