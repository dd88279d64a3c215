/*
 * Decoding JSON: every type from every kind of value, nested paths, changing orders, arrays, options,
 * explanations. Each check runs with every build of the scanner.
 */
#include "tests/unit/engine/formats/json_test.h"

typedef struct ValueCase {
	const char *json; /* of the value */
	const char *want;
} ValueCase;

static void check_values(const Type *type, const ValueCase *cases, const TestPair *option)
{
	TestTable t = {.format = "json", .cols = {{"f", type}}};
	if (option)
		t.options[0] = *option;
	for (; cases->json; cases++) {
		Str message = test_arena ? arena_printf(test_arena, "{\"f\":%s}", cases->json) : STR_EMPTY;
		if (!test_arena) {
			(void)test_format(&t);
			message = arena_printf(test_arena, "{\"f\":%s}", cases->json);
		}
		const char *got = ROWS(&t, message.ptr);
		CHECK_FMT(strcmp(got, cases->want) == 0, "    %s\n    got  %s\n    want %s\n", message.ptr, got, cases->want);
	}
}

#define VALUES(type, ...) check_values(type, (const ValueCase[]){__VA_ARGS__, {NULL, NULL}}, NULL)

TEST(booleans)
{
	VALUES(&type_boolean, {"true", "TRUE"}, {"false", "FALSE"}, {"null", "NULL"}, {"\"true\"", "TRUE"},
	       {"\" FALSE \"", "FALSE"}, {"\"yes\"", "FALSE"}, {"1", "FALSE"}, {"[]", "FALSE"}, {"{}", "FALSE"});
}

TEST(integers)
{
	VALUES(&type_int, {"0", "0"}, {"-0", "0"}, {"7", "7"}, {"2147483647", "2147483647"}, {"-2147483648", "-2147483648"},
	       {"2147483648", "ERR"}, {"1.9", "1"}, {"-1.9", "-1"}, {"2147483647.9", "2147483647"}, {"1e3", "1000"},
	       {"1E+3", "1000"}, {"12345e-3", "12"}, {"0.00012e4", "1"}, {"1e400", "ERR"}, {"1e-400", "0"},
	       {"0e999999999999", "0"}, {"123456789012345678901234567890e-22", "12345678"}, {"\"42\"", "42"},
	       {"\" -42 \"", "-42"}, {"\"+5\"", "5"}, {"\"1.5\"", "ERR"}, {"\"\"", "ERR"}, {"\"x\"", "ERR"},
	       {"\"4\\u0032\"", "42"}, {"true", "ERR"}, {"[1]", "ERR"}, {"{\"a\":1}", "ERR"}, {"null", "NULL"});
	VALUES(&type_tinyint, {"127", "127"}, {"128", "ERR"}, {"-128", "-128"}, {"-129", "ERR"}, {"\"128\"", "ERR"});
	VALUES(&type_smallint, {"32767", "32767"}, {"-32769", "ERR"});
	VALUES(&type_bigint, {"9223372036854775807", "9223372036854775807"}, {"9223372036854775808", "ERR"},
	       {"-9223372036854775808", "-9223372036854775808"}, {"-9223372036854775809", "ERR"},
	       {"99999999999999999999", "ERR"}, {"1234567", "1234567"}, {"12345678", "12345678"},
	       {"123456789", "123456789"}, {"1234567890123456", "1234567890123456"},
	       {"12345678901234567", "12345678901234567"}, {"123456789012345678", "123456789012345678"}, {"9.3e18", "ERR"},
	       {"9.2e18", "9200000000000000000"}, {"1588491228123", "1588491228123"});
}

TEST(reals)
{
	VALUES(&type_double, {"0", "0.0"}, {"-0", "-0.0"}, {"1", "1.0"}, {"1.5", "1.5"}, {"-12.34", "-12.34"},
	       {"1e10", "1.0E10"}, {"0.1", "0.1"}, {"0.30000000000000004", "0.30000000000000004"},
	       {"123456789012345678", "1.2345678901234568E17"}, {"9007199254740993", "9.007199254740992E15"},
	       {"1.7976931348623157e308", "1.7976931348623157E308"}, {"1e309", "ERR"}, {"4.9e-324", "4.9E-324"},
	       {"1e-400", "0.0"}, {"2.2250738585072011e-308", "2.225073858507201E-308"},
	       {"52.520006599999999", "52.5200066"}, {"0e5", "0.0"}, {"\"1.5\"", "1.5"}, {"\" 2e3 \"", "2000.0"},
	       {"\"NaN\"", "NaN"}, {"\"-Infinity\"", "-Infinity"}, {"\"1e309\"", "ERR"}, {"\"abc\"", "ERR"},
	       {"true", "ERR"}, {"null", "NULL"});
	VALUES(&type_float, {"0.1", "0.1"}, {"16777217", "1.6777216E7"}, {"3.4028235e38", "3.4028235E38"},
	       {"3.5e38", "ERR"}, {"1.17549429e-38", "1.1754944E-38"}, {"\"0.5\"", "0.5"},
	       {"12345678901234567890", "1.2345679E19"});
}

TEST(decimals)
{
	test_format(&(TestTable){.format = "json"});
	const Type *d102 = type_decimal(test_arena, 10, 2);
	VALUES(d102, {"1", "1.00"}, {"12.345", "12.35"}, {"-12.345", "-12.35"}, {"12.344", "12.34"},
	       {"99999999.99", "99999999.99"}, {"99999999.995", "ERR"}, {"100000000", "ERR"}, {"1e2", "100.00"},
	       {"1.5E-1", "0.15"}, {"\"3.10\"", "3.10"}, {"\" 3.1 \"", "3.10"}, {"\"x\"", "ERR"}, {"true", "ERR"},
	       {"0", "0.00"}, {"-0.0", "0.00"}, {"1e-30", "0.00"}, {"null", "NULL"});
	const Type *d3810 = type_decimal(test_arena, 38, 10);
	VALUES(d3810, {"1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789"},
	       {"12345678901234567890123456789", "ERR"}, {"123456789012345678", "123456789012345678.0000000000"});
}

TEST(strings)
{
	VALUES(&type_string, {"\"abc\"", "abc"}, {"\"\"", ""}, {"\"a\\nb\\t\\\"\\\\\\/\\b\\f\\r\"", "a\nb\t\"\\/\b\f\r"},
	       {"\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac"}, {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
	       {"\"\\ud83d\"", "\xef\xbf\xbd"}, {"\"\\ude00x\"", "\xef\xbf\xbdx"},
	       {"\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
	                              "A"},
	       {"\"\\ud83d\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80"},
	       {"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"}, {"12", "12"},
	       {"1.50e3", "1.50e3"}, {"true", "true"}, {"[1, 2]", "[1, 2]"}, {"{\"a\" : \"b\"}", "{\"a\" : \"b\"}"},
	       {"null", "NULL"},
	       {"\"a long string that passes thirty-two bytes, and then goes on for sixty-four more of them\"",
	        "a long string that passes thirty-two bytes, and then goes on for sixty-four more of them"});
	TestTable t = {.format = "json", .cols = {{"f", &type_string}}};
	Decoder *d = test_decoder(&t);
	Decoded out;
	Str message = STR("{\"f\":\"a\\u0000b\"}");
	json_format.decode(d, &message, 1, test_arena, &out);
	CHECK_EQ_U64(out.cols[0].str[0].len, 3);
	CHECK(memcmp(out.cols[0].str[0].ptr, "a\0b", 3) == 0);
	json_format.decoder_close(d);
}

TEST(json_and_bytes)
{
	VALUES(&type_json, {"\"a\\n\"", "\"a\\n\""}, {"[1, {}]", "[1, {}]"}, {"12.0", "12.0"}, {"true", "true"},
	       {"null", "NULL"});
	VALUES(&type_bytes, {"\"AAEC/w==\"", "x'000102ff'"}, {"\"\"", "x''"}, {"\"AAEC\"", "x'000102'"},
	       {"\"AAE=\"", "x'0001'"}, {"\"AAE\"", "ERR"}, {"\"A A=\"", "ERR"}, {"\"=AAA\"", "ERR"}, {"1", "ERR"},
	       {"null", "NULL"});
}

TEST(dates_and_times)
{
	VALUES(&type_date, {"\"2020-02-29\"", "2020-02-29"}, {"\"2021-02-29\"", "ERR"}, {"\"2020-2-9\"", "ERR"},
	       {"\"2020-02-29 10:00:00\"", "ERR"}, {"18000", "ERR"}, {"\"1969-12-31\"", "1969-12-31"}, {"null", "NULL"});
	VALUES(&type_time, {"\"12:13:14\"", "12:13:14"}, {"\"12:13:14.9\"", "12:13:14"}, {"\"12:13\"", "ERR"},
	       {"\"24:00:00\"", "ERR"}, {"\"12:13:14Z\"", "ERR"}, {"1", "ERR"});
	VALUES(&type_timestamp3, {"\"2020-12-30 12:13:14.123\"", "2020-12-30 12:13:14.123"},
	       {"\"2020-12-30 12:13:14\"", "2020-12-30 12:13:14.000"},
	       {"\"2020-12-30 12:13:14.1239\"", "2020-12-30 12:13:14.123"},
	       {"\"1969-12-31 23:59:59.9999\"", "1969-12-31 23:59:59.999"}, {"\"2020-12-30T12:13:14\"", "ERR"},
	       {"\"2020-12-30 12:13:14Z\"", "ERR"}, {"\"2020-12-30\"", "ERR"}, {"\"2020-12-30 12:13\"", "ERR"},
	       {"1588491228123", "ERR"}, {"\"2020-12-30 12:13:14.\"", "ERR"}, {"\"2020-12-30 12:13:14.1234567890\"", "ERR"},
	       {"null", "NULL"});
	VALUES(&type_ltz3, {"\"2020-12-30 12:13:14.123Z\"", "2020-12-30 12:13:14.123"},
	       {"\"2020-12-30 12:13:14.123\"", "ERR"}, {"\"2020-12-30 12:13:14z\"", "ERR"},
	       {"\"2020-12-30 12:13:14+01:00\"", "ERR"});
	TestPair iso = {"timestamp-format.standard", "ISO-8601"};
	check_values(&type_timestamp6,
	             (const ValueCase[]){{"\"2020-12-30T12:13:14.123456\"", "2020-12-30 12:13:14.123456"},
	                                 {"\"2020-12-30T12:13\"", "2020-12-30 12:13:00.000000"},
	                                 {"\"2020-12-30 12:13:14\"", "ERR"},
	                                 {NULL, NULL}},
	             &iso);
	check_values(&type_ltz3,
	             (const ValueCase[]){{"\"2020-12-30T12:13:14Z\"", "2020-12-30 12:13:14.000"},
	                                 {"\"2020-12-30T12:13:14+01:00\"", "ERR"},
	                                 {"\"2020-12-30T12:13:14\"", "ERR"},
	                                 {NULL, NULL}},
	             &iso);
	TestPair offset = {"timestamp-format.standard", "iso-8601-with-offset"};
	check_values(&type_ltz3,
	             (const ValueCase[]){{"\"2020-12-30T12:13:14Z\"", "2020-12-30 12:13:14.000"},
	                                 {"\"2020-12-30T12:13:14+01:30\"", "2020-12-30 10:43:14.000"},
	                                 {"\"2020-12-30T12:13:14-01:00\"", "2020-12-30 13:13:14.000"},
	                                 {"\"2020-12-30T12:13:14\"", "ERR"},
	                                 {NULL, NULL}},
	             &offset);
	VALUES(&type_interval_months, {"14", "+1-02"}, {"\"x\"", "ERR"});
	VALUES(&type_interval_seconds, {"1500", "+0 00:00:01.500"}, {"99999999999999999", "ERR"});
}

TEST(arrays_maps_rows)
{
	test_format(&(TestTable){.format = "json"});
	const Type *array = type_array(test_arena, &type_int);
	VALUES(array, {"[1,2,null]", "[1, 2, NULL]"}, {"[]", "[]"}, {"[ ]", "[]"}, {" [ 1 , \"2\" ] ", "[1, 2]"},
	       {"[1,\"x\"]", "ERR"}, {"1", "ERR"}, {"{}", "ERR"}, {"null", "NULL"});
	const Type *map = type_map(test_arena, &type_string, &type_int);
	VALUES(map, {"{\"a\":1,\"b\":null}", "{a=1, b=NULL}"}, {"{}", "{}"}, {"{\"a\":1,\"b\":2,\"a\":3}", "{a=3, b=2}"},
	       {"{\"a\":\"x\",\"a\":3}", "{a=3}"}, {"{\"\\u0061\":1}", "{a=1}"}, {"{\"a\":[]}", "ERR"}, {"[]", "ERR"},
	       {"{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,\"a\":12}",
	        "{a=12, b=2, c=3, d=4, e=5, f=6, g=7, h=8, i=9, j=10, k=11}"});
	TypeField fields[] = {{STR("x"), &type_int}, {STR("s"), &type_string}};
	const Type *row = type_row(test_arena, fields, 2);
	VALUES(row, {"{\"x\":1,\"s\":\"a\"}", "(1, a)"}, {"{\"s\":\"a\"}", "(NULL, a)"},
	       {"{\"s\":{\"k\":[1]},\"z\":[{}],\"x\":5}", "(5, {\"k\":[1]})"}, {"{}", "(NULL, NULL)"},
	       {"{\"x\":\"y\",\"x\":2}", "(2, NULL)"}, {"{\"x\":\"y\"}", "ERR"}, {"[]", "ERR"}, {"null", "NULL"});
	const Type *deep = type_array(test_arena, type_map(test_arena, &type_string, row));
	VALUES(deep, {"[{\"k\":{\"x\":1,\"s\":\"]}\\\"\"}},{}]", "[{k=(1, ]}\")}, {}]"});
	const Type *set = type_multiset(test_arena, &type_string);
	VALUES(set, {"{\"a\":2}", "{a=2}"}, {"{\"a\":0}", "ERR"}, {"{\"a\":null}", "ERR"});
}

TEST(nested_paths)
{
	test_format(&(TestTable){.format = "json"});
	TypeField city[] = {{STR("city"), &type_string}, {STR("zip"), &type_int}};
	TypeField user[] = {{STR("name"), &type_string}, {STR("address"), type_row(test_arena, city, 2)}};
	const Type *row = type_row(test_arena, user, 2);
	TestTable t = {
	    .format = "json",
	    .cols = {{"user", row}, {"n", &type_bigint}},
	    .wanted = {"user/address/city", "n", "user/name", "user/address/zip", "user/address", "user/address/city"}};
	CHECK_STR(ROWS(&t, "{\"user\":{\"name\":\"A\",\"address\":{\"city\":\"B\",\"zip\":1}},\"n\":2}"),
	          "B, 2, A, 1, (B, 1), B");
	CHECK_STR(ROWS(&t, "{\"n\":2}"), "NULL, 2, NULL, NULL, NULL, NULL");
	CHECK_STR(ROWS(&t, "{\"user\":null,\"n\":2}"), "NULL, 2, NULL, NULL, NULL, NULL");
	CHECK_STR(ROWS(&t, "{\"user\":{\"address\":null}}"), "NULL, NULL, NULL, NULL, NULL, NULL");
	CHECK_STR(ROWS(&t, "{\"user\":5,\"n\":2}"), "ERR, 2, ERR, ERR, ERR, ERR");
	CHECK_STR(ROWS(&t, "{\"user\":{\"name\":\"A\",\"address\":\"x\"}}"), "ERR, NULL, A, ERR, ERR, ERR");
	/* the last one wins whole */
	CHECK_STR(ROWS(&t, "{\"user\":{\"name\":\"A\"},\"user\":{\"address\":{\"zip\":7}}}"),
	          "NULL, NULL, NULL, 7, (NULL, 7), NULL");
	CHECK_STR(ROWS(&t, "{\"user\":5,\"user\":{\"name\":\"A\"}}"), "NULL, NULL, A, NULL, NULL, NULL");
	CHECK_STR(ROWS(&t, "{\"user\":{\"name\":\"A\"},\"user\":null}"), "NULL, NULL, NULL, NULL, NULL, NULL");
	CHECK_STR(ROWS(&t, "{\"n\":1,\"n\":\"x\",\"n\":3}"), "NULL, 3, NULL, NULL, NULL, NULL");
	CHECK_STR(ROWS(&t, "{\"n\":1,\"n\":\"x\"}"), "NULL, ERR, NULL, NULL, NULL, NULL");
	CHECK_STR(ROWS(&t, "{\"n\":1,\"n\":null}"), "NULL, NULL, NULL, NULL, NULL, NULL");
}

TEST(orders_change)
{
	TestTable t = {.format = "json", .cols = {{"a", &type_int}, {"b", &type_string}, {"c", &type_int}}};
	CHECK_STR(ROWS(&t, "{\"a\":1,\"b\":\"x\",\"c\":2}", "{\"a\":3,\"b\":\"y\",\"c\":4}",
	               "{\"c\":5,\"b\":\"z\",\"a\":6}", "{\"c\":7}", "{\"a\":8,\"c\":9}",
	               "{ \"a\" : 10 , \"b\" : \"w\", \"c\" :11 }", "{\"a\" : 12, \"b\":\"v\"}", "{}",
	               "{\"\\u0061\":13,\"x\":[1,{\"a\":5}],\"c\":14}", "{\"a\":15,\"x\":{},\"b\":16,\"y\":\"\",\"c\":17}"),
	          "1, x, 2 | 3, y, 4 | 6, z, 5 | NULL, NULL, 7 | 8, NULL, 9 | 10, w, 11 | 12, v, NULL | NULL, NULL, NULL | "
	          "13, NULL, 14 | 15, 16, "
	          "17");
	/* a name that begins like another; an empty one; long ones that differ at the end */
	TestTable u = {.format = "json",
	               .cols = {{"ab", &type_int},
	                        {"a", &type_int},
	                        {"", &type_int},
	                        {"a_name_that_is_longer_than_thirty_two_bytes_1", &type_int},
	                        {"a_name_that_is_longer_than_thirty_two_bytes_2", &type_int}}};
	CHECK_STR(
	    ROWS(
	        &u, "{\"ab\":1,\"a\":2,\"\":3}", "{\"a\":1,\"ab\":2,\"\":3}", "{\"\":1}",
	        "{\"a_name_that_is_longer_than_thirty_two_bytes_1\":1,\"a_name_that_is_longer_than_thirty_two_bytes_2\":2}",
	        "{\"a_name_that_is_longer_than_thirty_two_bytes_1\":3,\"a_name_that_is_longer_than_thirty_two_bytes_3\":4}",
	        "{\"a_name_that_is_longer_than_thirty_two_bytes_1\":3,\"a_name_that_is_longer_than_thirty_two_bytes_2\":"
	        "4}"),
	    "1, 2, 3, NULL, NULL | 2, 1, 3, NULL, NULL | NULL, NULL, 1, NULL, NULL | NULL, NULL, NULL, 1, 2 | NULL, NULL, "
	    "NULL, 3, NULL | "
	    "NULL, NULL, NULL, 3, 4");
}

TEST(arrays_of_objects)
{
	TestTable t = {.format = "json", .cols = {{"a", &type_int}}};
	CHECK_STR(ROWS(&t, "[{\"a\":1},{\"a\":2}]"), "0: 1 | 0: 2");
	CHECK_STR(
	    ROWS(&t, "{\"a\":0}", "[ {\"a\":1} , {\"a\":\"x\"} ] ", "x", "[]", "{\"a\":3}", "[{\"a\":4},{\"a\":5]", "[{}]"),
	    "0: 0 | 1: 1 | 1: ERR | 2: BAD NULL | 4: 3 | 5: BAD NULL | 6: NULL");
	StrBuf m;
	strbuf_init(&m);
	strbuf_puts(&m, "[{\"a\":0}");
	for (int i = 1; i < 1000; i++)
		strbuf_printf(&m, ",{\"a\":%s%d}", i == 500 ? "-" : "", i);
	strbuf_puts(&m, "]");
	Decoder *d = test_decoder(&t);
	Str list[3] = {STR("{\"a\":\"x\"}"), strbuf_str(&m), {NULL, 0}};
	Decoded out;
	for (int again = 0; again < 2; again++) {
		json_format.decode(d, list, 3, test_arena, &out);
		CHECK_EQ_U64(out.nrows, 1002);
		CHECK_EQ_U64(out.nbad, 0);
		CHECK(column_err(&out.cols[0], 0) == ROW_BAD_FIELD && column_err(&out.cols[0], 1) == ROW_OK);
		for (uint32_t i = 0; i < 1000; i++)
			CHECK(out.cols[0].i64[i + 1] == (i == 500 ? -500 : (int64_t)i) && out.message[i + 1] == 1);
		CHECK(column_is_null(&out.cols[0], 1001) && out.message[1001] == 2);
	}
	json_format.decoder_close(d);
	strbuf_deinit(&m);
}

TEST(missing_fields)
{
	test_format(&(TestTable){.format = "json"});
	TypeField inner[] = {{STR("x"), &type_int}, {STR("y"), &type_int}};
	const Type *row = type_row(test_arena, inner, 2);
	TestTable t = {.format = "json",
	               .options = {{"fail-on-missing-field", "true"}},
	               .cols = {{"r", row}, {"n", &type_int}},
	               .wanted = {"r/x", "n", "r"}};
	CHECK_STR(ROWS(&t, "{\"r\":{\"x\":1,\"y\":2},\"n\":3}", "{\"r\":{\"y\":2},\"n\":3}", "{\"n\":3}",
	               "{\"r\":null,\"n\":null}", "{}", "{\"r\":5}", "{\"r\":{\"x\":null,\"y\":2},\"n\":3}"),
	          "1, 3, (1, 2) | ERR, 3, ERR | ERR, 3, ERR | NULL, NULL, NULL | ERR, ERR, ERR | ERR, ERR, ERR | NULL, 3, "
	          "(NULL, 2)");
	CHECK_STR(test_explain(&t, "{\"r\":{\"x\":1,\"y\":2}}"), "n: field \"n\" is missing");
	t.options[1] = (TestPair){"ignore-parse-errors", "true"};
	CHECK(test_decoder(&t) == NULL);
	CHECK_EQ_I64(test_err.code, ERR_BAD_OPTION);
}

TEST(null_messages_and_no_fields)
{
	TestTable t = {.format = "json", .cols = {{"a", &type_string}, {"b", &type_int}}};
	Decoder *d = test_decoder(&t);
	Str list[] = {STR("{\"a\":\"x\"}"), {NULL, 0}, STR("{")};
	Decoded out;
	json_format.decode(d, list, 3, test_arena, &out);
	CHECK_EQ_U64(out.nrows, 3);
	CHECK_EQ_U64(out.nbad, 1);
	CHECK(out.bad[0] == 0 && out.bad[1] == 0 && out.bad[2] == 1);
	CHECK(!column_is_null(&out.cols[0], 0) && column_is_null(&out.cols[0], 1) && out.cols[0].str[1].ptr != NULL);
	json_format.decode(d, list, 0, test_arena, &out);
	CHECK_EQ_U64(out.nrows, 0);
	json_format.decoder_close(d);

	FormatSchema none = {0};
	Options options = {0};
	REQUIRE(json_format.decoder_open(&options, &none, test_arena, &d, &test_err));
	json_format.decode(d, list, 3, test_arena, &out);
	CHECK_EQ_U64(out.nrows, 3);
	CHECK_EQ_U64(out.nbad, 1);
	json_format.decoder_close(d);
}

TEST(explanations)
{
	test_format(&(TestTable){.format = "json"});
	TypeField inner[] = {{STR("x"), &type_int}};
	TestTable t = {.format = "json",
	               .cols = {{"n", &type_int},
	                        {"ts", &type_timestamp3},
	                        {"z", &type_ltz3},
	                        {"r", type_row(test_arena, inner, 1)},
	                        {"l", type_array(test_arena, &type_int)}},
	               .wanted = {"n", "ts", "z", "r/x", "l"}};
	CHECK_STR(test_explain(&t, "{\"n\":\"abc\"}"), "n: field \"n\": the string \"abc\" cannot be converted to INT");
	CHECK_STR(test_explain(&t, "{\"n\":5000000000}"),
	          "n: field \"n\": the number 5000000000 is out of the range of INT");
	CHECK_STR(test_err.hint, "Declare the column as a wider type.");
	CHECK_STR(test_explain(&t, "{\"n\":true}"), "n: field \"n\": true cannot be converted to INT");
	CHECK_STR(test_explain(&t, "{\"n\":[1]}"), "n: field \"n\": an array cannot be converted to INT");
	CHECK_STR(test_explain(&t, "{\"ts\":1588491228123}"),
	          "ts: field \"ts\": the number 1588491228123 cannot be converted to TIMESTAMP(3)");
	CHECK_STR(test_err.hint,
	          "Declare the column as BIGINT and add a computed column with TO_TIMESTAMP_LTZ(column, 3).");
	CHECK_STR(test_explain(&t, "{\"ts\":\"2020-01-01T00:00:00\"}"),
	          "ts: field \"ts\": the string \"2020-01-01T00:00:00\" cannot be converted to TIMESTAMP(3)");
	CHECK_STR(test_err.hint, "The table's 'json.timestamp-format.standard' is 'SQL'; the other one is 'ISO-8601'.");
	CHECK_STR(test_explain(&t, "{\"z\":\"2020-01-01 00:00:00\"}"),
	          "z: field \"z\": the string \"2020-01-01 00:00:00\" cannot be converted to TIMESTAMP_LTZ(3)");
	CHECK_STR(test_err.hint,
	          "TIMESTAMP_LTZ needs a Z at the end; declare the column as TIMESTAMP for a time without zone.");
	CHECK_STR(test_explain(&t, "{\"r\":[]}"), "r.x: field \"r.x\": an array stands where an object was expected");
	CHECK_STR(test_explain(&t, "{\"l\":[1,{}]}"), "l: field \"l\": an item cannot be converted to that of ARRAY<INT>");
	CHECK_STR(test_explain(&t, "{\"n\":1 \"m\":2}"),
	          "the message is not a JSON object: a comma or } is expected at byte 7 of 13");
	CHECK_STR(test_explain(&t, "{\"n\":1"),
	          "the message is not a JSON object: the message ends too early at byte 6 of 6");
	CHECK_STR(test_explain(&t, "{\"n\":1}"), "the message can be decoded");
	CHECK_STR(test_explain(&t, "[{\"n\":1},{\"n\":\"x\"}]"),
	          "n: field \"n\": the string \"x\" cannot be converted to INT");
}

TEST(split_takes_lines)
{
	Str out[4];
	size_t used;
	Options o = {0};
	Str data = STR("{\"a\":1}\n\n  \r\n{\"a\":2}\r\n{\"a\":3}");
	CHECK_EQ_U64(json_format.split(&o, data, false, out, 4, &used), 2);
	CHECK_EQ_U64(used, 22);
	CHECK(str_eq_c(out[0], "{\"a\":1}") && str_eq_c(out[1], "{\"a\":2}\r"));
	CHECK_EQ_U64(json_format.split(&o, data, true, out, 4, &used), 3);
	CHECK_EQ_U64(used, data.len);
	CHECK_EQ_U64(json_format.split(&o, data, true, out, 1, &used), 1);
	CHECK_EQ_U64(used, 8);
	CHECK_EQ_U64(json_format.split(&o, STR(""), true, out, 4, &used), 0);
	CHECK_EQ_U64(used, 0);
}

TEST(keys_of_maps_are_text)
{
	test_format(&(TestTable){.format = "json"});
	TestTable t = {.format = "json", .cols = {{"m", type_map(test_arena, &type_int, &type_int)}}};
	CHECK(test_decoder(&t) == NULL);
	CHECK_EQ_I64(test_err.code, ERR_BAD_TYPE);
}

TESTS(booleans, integers, reals, decimals, strings, json_and_bytes, dates_and_times, arrays_maps_rows, nested_paths,
      orders_change, arrays_of_objects, missing_fields, null_messages_and_no_fields, explanations, split_takes_lines,
      keys_of_maps_are_text)
