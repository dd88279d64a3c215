/*
 * Rows to JSON in Flink's forms, and back.
 */
#include "engine/formats/json.h"

#include "sql/types/packed.h"
#include "tests/unit/engine/formats/format_test.h"

static const char *one(const Type *type, Value v, TestPair option)
{
	TestTable t = {.format = "json", .options = {option}, .cols = {{"f", type}}};
	return test_encode(&t, &v);
}

#define ONE(type, ...) one(type, (Value){__VA_ARGS__}, (TestPair){NULL, NULL})
#define ONE_WITH(key, val, type, ...) one(type, (Value){__VA_ARGS__}, (TestPair){key, val})

TEST(scalars)
{
	test_format(&(TestTable){.format = "json"});
	CHECK_STR(ONE(&type_boolean, .b = true), "{\"f\":true}");
	CHECK_STR(ONE(&type_int, .i = -5), "{\"f\":-5}");
	CHECK_STR(ONE(&type_bigint, .i = INT64_MIN), "{\"f\":-9223372036854775808}");
	CHECK_STR(ONE(&type_bigint, .i = 0), "{\"f\":0}");
	CHECK_STR(ONE(&type_double, .f = 1.0), "{\"f\":1.0}");
	CHECK_STR(ONE(&type_double, .f = 1e10), "{\"f\":1.0E10}");
	CHECK_STR(ONE(&type_double, .f = NAN), "{\"f\":\"NaN\"}");
	CHECK_STR(ONE(&type_float, .f = (double)0.1F), "{\"f\":0.1}");
	CHECK_STR(ONE(&type_string, .s = STR("a\"\\\n\x01\xc3\xa9/")), "{\"f\":\"a\\\"\\\\\\n\\u0001\xc3\xa9/\"}");
	CHECK_STR(ONE(&type_json, .s = STR("{\"a\": [1]}")), "{\"f\":{\"a\": [1]}}");
	CHECK_STR(ONE(&type_bytes, .s = STR("\x01\x02\xff\xff")), "{\"f\":\"AQL//w==\"}");
	CHECK_STR(ONE(&type_date, .i = 18321), "{\"f\":\"2020-02-29\"}");
	CHECK_STR(ONE(&type_time, .i = 43994000000), "{\"f\":\"12:13:14\"}");
	CHECK_STR(ONE(&type_timestamp3, .i = 1609330394120000), "{\"f\":\"2020-12-30 12:13:14.12\"}");
	CHECK_STR(ONE(&type_timestamp3, .i = 1609330394000000), "{\"f\":\"2020-12-30 12:13:14\"}");
	CHECK_STR(ONE(&type_ltz3, .i = 1609330394123000), "{\"f\":\"2020-12-30 12:13:14.123Z\"}");
	CHECK_STR(ONE_WITH("timestamp-format.standard", "ISO-8601", &type_timestamp3, .i = 1609330394123000),
	          "{\"f\":\"2020-12-30T12:13:14.123\"}");
	CHECK_STR(ONE_WITH("timestamp-format.standard", "ISO-8601", &type_ltz3, .i = 0),
	          "{\"f\":\"1970-01-01T00:00:00Z\"}");
	CHECK_STR(ONE(&type_interval_months, .i = 14), "{\"f\":14}");
	CHECK_STR(ONE(&type_interval_seconds, .i = 1500000), "{\"f\":1500}");
	CHECK_STR(ONE(&type_string, .null = true), "{\"f\":null}");
	CHECK_STR(ONE_WITH("encode.ignore-null-fields", "true", &type_string, .null = true), "{}");
}

TEST(decimals)
{
	static const struct {
		int64_t unscaled;
		unsigned scale;
		const char *java, *plain;
	} cases[] = {
	    {1250, 2, "12.5", "12.5"},
	    {10000, 2, "1E+2", "100"},
	    {12000, 2, "1.2E+2", "120"},
	    {1200, 2, "12", "12"},
	    {-123456, 2, "-1234.56", "-1234.56"},
	    {27, 9, "2.7E-8", "0.000000027"},
	    {1, 6, "0.000001", "0.000001"},
	    {1, 7, "1E-7", "0.0000001"},
	    {0, 2, "0", "0"},
	    {-1000, 0, "-1E+3", "-1000"},
	    {5, 0, "5", "5"},
	};
	test_format(&(TestTable){.format = "json"});
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const Type *type = type_decimal(test_arena, 20, cases[i].scale);
		Str java = arena_printf(test_arena, "{\"f\":%s}", cases[i].java);
		Str plain = arena_printf(test_arena, "{\"f\":%s}", cases[i].plain);
		CHECK_STR(ONE(type, .d = cases[i].unscaled), java.ptr);
		CHECK_STR(ONE_WITH("encode.decimal-as-plain-number", "true", type, .d = cases[i].unscaled), plain.ptr);
	}
}

static Str map_with_null_key(const Type *map)
{
	Value items[] = {value_str(STR("a")), value_i64(1), VALUE_NULL, value_i64(2)};
	const Type *types[] = {map->key, map->elem, map->key, map->elem};
	return packed_build(test_arena, types, false, items, 4);
}

TEST(nested)
{
	test_format(&(TestTable){.format = "json"});
	const Type *array = type_array(test_arena, &type_int);
	Value ints[] = {value_i64(1), VALUE_NULL};
	CHECK_STR(ONE(array, .s = packed_build(test_arena, &array->elem, true, ints, 2)), "{\"f\":[1,null]}");
	TypeField fields[] = {{STR("x"), &type_int}, {STR("s\""), &type_string}};
	const Type *row = type_row(test_arena, fields, 2);
	const Type *types[] = {&type_int, &type_string};
	Value items[] = {VALUE_NULL, value_str(STR("v"))};
	Str packed = packed_build(test_arena, types, false, items, 2);
	CHECK_STR(ONE(row, .s = packed), "{\"f\":{\"x\":null,\"s\\\"\":\"v\"}}");
	CHECK_STR(ONE_WITH("encode.ignore-null-fields", "true", row, .s = packed), "{\"f\":{\"s\\\"\":\"v\"}}");
	const Type *map = type_map(test_arena, &type_string, &type_int);
	Str m = map_with_null_key(map);
	CHECK(ONE(map, .s = m) == NULL);
	CHECK_STR(test_err.message, "a MAP has a NULL key, which JSON cannot write");
	CHECK_STR(test_err.detail, "The column is \"f\".");
	CHECK_STR(ONE_WITH("map-null-key.mode", "DROP", map, .s = m), "{\"f\":{\"a\":1}}");
	CHECK_STR(ONE_WITH("map-null-key.mode", "literal", map, .s = m), "{\"f\":{\"a\":1,\"null\":2}}");
}

TEST(several_columns)
{
	TestTable t = {.format = "json", .cols = {{"a", &type_int}, {"b", &type_string}, {"c", &type_int}}};
	Value row[] = {VALUE_NULL, value_str(STR("x")), value_i64(1)};
	CHECK_STR(test_encode(&t, row), "{\"a\":null,\"b\":\"x\",\"c\":1}");
	t.options[0] = (TestPair){"encode.ignore-null-fields", "true"};
	CHECK_STR(test_encode(&t, row), "{\"b\":\"x\",\"c\":1}");
}

/* What is written is read back as the same row. */
TEST(round_trip)
{
	test_format(&(TestTable){.format = "json"});
	TypeField fields[] = {{STR("x"), &type_double},
	                      {STR("s"), type_map(test_arena, &type_string, type_array(test_arena, &type_date))}};
	TestTable t = {.format = "json",
	               .cols = {{"a", &type_bigint},
	                        {"b", type_decimal(test_arena, 30, 12)},
	                        {"c", &type_timestamp6},
	                        {"d", &type_bytes},
	                        {"e", type_row(test_arena, fields, 2)},
	                        {"f", &type_float},
	                        {"g", &type_time},
	                        {"h", &type_ltz3}}};
	const char *message =
	    "{\"a\":-1,\"b\":123456789012345678.000000000012,\"c\":\"2020-01-01 "
	    "00:00:00.000001\",\"d\":\"/+8=\",\"e\":{\"x\":0.1,"
	    "\"s\":{\"k\\n\":[\"2020-01-01\",null]}},\"f\":3.5,\"g\":\"01:02:03\",\"h\":\"1969-12-31 23:59:59.999Z\"}";
	Decoder *d = test_decoder(&t);
	Decoded out;
	Str list = str_from(message);
	json_format.decode(d, &list, 1, test_arena, &out);
	Value values[8];
	for (uint32_t i = 0; i < 8; i++)
		values[i] = column_value(&out.cols[i], 0);
	CHECK_STR(test_encode(&t, values), message);
	json_format.decoder_close(d);
}

TESTS(scalars, decimals, nested, several_columns, round_trip)
