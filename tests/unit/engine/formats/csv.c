/*
 * CSV: quotes, escapes, delimiters, NULLs, arrays, comments, splitting of files, writing as Flink does.
 */
#include "engine/formats/csv.h"

#include "sql/types/packed.h"
#include "tests/unit/engine/formats/format_test.h"

static TestTable strings(int n, TestPair first, TestPair second)
{
	static const char *const names[] = {"a", "b", "c", "d"};
	TestTable t = {.format = "csv", .options = {first, second}};
	for (int i = 0; i < n; i++) {
		t.cols[i].name = names[i];
		t.cols[i].type = &type_string;
	}
	return t;
}

#define NONE ((TestPair){NULL, NULL})
#define OPTION(key, value) ((TestPair){key, value})

static void check_rows(TestTable t, const char *const (*cases)[2])
{
	for (; (*cases)[0]; cases++) {
		const char *got = test_decode_one(&t, (*cases)[0]);
		CHECK_FMT(strcmp(got, (*cases)[1]) == 0, "    <%s>\n    got  %s\n    want %s\n", (*cases)[0], got, (*cases)[1]);
	}
}

#define ROWS(t, ...) check_rows(t, (const char *const[][2]){__VA_ARGS__, {NULL, NULL}})

TEST(quotes)
{
	ROWS(strings(2, NONE, NONE), {"x,y", "x, y"}, {"x,y\n", "x, y"}, {"x,y\r\n", "x, y"}, {"\xef\xbb\xbfx,y", "x, y"},
	     {",", ", "}, {"\"x\",\"y\"", "x, y"}, {"\"a,b\",\"c\"\"d\"", "a,b, c\"d"}, {"\"\",\"\"\"\"", ", \""},
	     {"\"a\nb\",c", "a\nb, c"}, {"a\"b,c\"", "a\"b, c\""}, {" \"a\",b", " \"a\", b"}, {"\"a\" ,\"b\"\t", "a, b"},
	     {"\xc3\xa9,\xe2\x82\xac", "\xc3\xa9, \xe2\x82\xac"}, {"\"a,b", "BAD NULL, NULL"},
	     {"\"a\"x,b", "BAD NULL, NULL"}, {"a", "BAD NULL, NULL"}, {"a,b,c", "BAD NULL, NULL"}, {"", "BAD NULL, NULL"},
	     {"a,b\nc,d", "BAD NULL, NULL"}, {"a,\xff", "BAD NULL, NULL"}, {"\\a,b\\", "\\a, b\\"});
	ROWS(strings(2, OPTION("disable-quote-character", "true"), NONE), {"\"a\",b\"", "\"a\", b\""});
	ROWS(strings(2, OPTION("quote-character", "'"), NONE), {"'a,''b',\"c\"", "a,'b, \"c\""});
	ROWS(strings(1, NONE, NONE), {"", ""}, {"x", "x"}, {"\n", ""}, {",", "BAD NULL"});
}

TEST(escapes)
{
	ROWS(strings(2, OPTION("escape-character", "\\"), NONE), {"a\\,b,c", "a,b, c"}, {"\"a\\\"b\",c\\\\", "a\"b, c\\"},
	     {"\"a\\nb\",\\t", "a\nb, \t"}, {"\"a\"\"b\",c", "a\"b, c"}, {"a,b\\", "BAD NULL, NULL"},
	     {"a,\"b\\\"", "BAD NULL, NULL"}, {"\\\"a,b", "\"a, b"});
}

TEST(delimiters)
{
	ROWS(strings(2, OPTION("field-delimiter", "|"), NONE), {"a,b|c", "a,b, c"});
	ROWS(strings(2, OPTION("field-delimiter", "\\t"), NONE), {"a b\tc", "a b, c"}, {"\"a\"\t\"b\"", "a, b"});
	ROWS(strings(2, OPTION("field-delimiter", "\t"), NONE), {"a b\tc", "a b, c"});
	ROWS(strings(2, OPTION("field-delimiter", "\\u0001"), NONE), {"a\x01"
	                                                              "b",
	                                                              "a, b"});
	ROWS(strings(2, OPTION("field-delimiter", "\xc2\xa6"), NONE), {"a\xc2\xa6\xc2\xa7", "a, \xc2\xa7"},
	     {"\"a\xc2\xa6\"\xc2\xa6"
	      "b",
	      "a\xc2\xa6, b"});
}

TEST(nulls)
{
	ROWS(strings(2, OPTION("null-literal", "n/a"), NONE), {"n/a,", "NULL, "}, {"\"n/a\",x", "NULL, x"});
	ROWS(strings(2, OPTION("null-literal", ""), NONE), {",x", "NULL, x"});
	TestTable t = {.format = "csv", .cols = {{"a", &type_int}, {"b", &type_boolean}}};
	ROWS(t, {"1,true", "1, TRUE"}, {" 1 , FALSE ", "1, FALSE"}, {",", "ERR, FALSE"}, {"1.5,1", "ERR, FALSE"});
	t.options[0] = OPTION("null-literal", "");
	ROWS(t, {",", "NULL, NULL"}, {"x,true", "ERR, TRUE"});
}

TEST(types)
{
	test_format(&(TestTable){.format = "csv"});
	TestTable t = {.format = "csv",
	               .cols = {{"a", &type_double},
	                        {"b", type_decimal(test_arena, 10, 2)},
	                        {"c", &type_date},
	                        {"d", &type_time},
	                        {"e", &type_timestamp3},
	                        {"f", &type_ltz3},
	                        {"g", &type_bytes},
	                        {"h", &type_json},
	                        {"i", &type_tinyint}}};
	ROWS(t,
	     {"1.5,1E+2,2020-02-29,10:11:12,2020-02-29 10:11:12.5,2020-02-29 10:11:12Z,AQI=,\"{\"\"a\"\":1}\",-128",
	      "1.5, 100.00, 2020-02-29, 10:11:12, 2020-02-29 10:11:12.500, 2020-02-29 10:11:12.000, x'0102', {\"a\":1}, "
	      "-128"},
	     {"x,x,2020-2-9,10:11,2020-02-29T10:11:12,2020-02-29 10:11:12,AQI,{,128",
	      "ERR, ERR, ERR, ERR, ERR, ERR, ERR, ERR, ERR"});
}

TEST(arrays_and_rows)
{
	test_format(&(TestTable){.format = "csv"});
	TypeField fields[] = {{STR("x"), &type_int}, {STR("s"), &type_string}};
	const Type *row = type_row(test_arena, fields, 2);
	TestTable t = {.format = "csv",
	               .options = {{"null-literal", "-"}},
	               .cols = {{"a", type_array(test_arena, &type_int)}, {"r", row}},
	               .wanted = {"a", "r", "r/s"}};
	ROWS(t, {"1;2;-,1;x", "[1, 2, NULL], (1, x), x"}, {",-;", "[], (NULL, ), "}, {"-,-", "NULL, NULL, NULL"},
	     {"1;x,1", "ERR, ERR, ERR"}, {"1,1;2;3", "[1], ERR, ERR"}, {"1,x;y", "[1], ERR, ERR"},
	     {"\"1;2\",\"1;a,b\"", "[1, 2], (1, a,b), a,b"});
	t.options[1] = OPTION("array-element-delimiter", "::");
	ROWS(t, {"1::2,3::x", "[1, 2], (3, x), x"});
	TestTable bad = {.format = "csv", .cols = {{"m", type_map(test_arena, &type_string, &type_int)}}};
	CHECK(test_decoder(&bad) == NULL);
	CHECK_EQ_I64(test_err.code, ERR_BAD_TYPE);
	bad.cols[0].type = type_array(test_arena, row);
	CHECK(test_decoder(&bad) == NULL);
}

TEST(missing_fields_with_ignore)
{
	TestTable t = {
	    .format = "csv", .options = {{"ignore-parse-errors", "true"}}, .cols = {{"a", &type_int}, {"b", &type_string}}};
	ROWS(t, {"1", "1, ERR"}, {"1,x", "1, x"}, {"1,x,y", "BAD NULL, NULL"});
	CHECK_STR(test_explain(&t, "1"), "b: field \"b\" is missing: the record has 1 fields");
}

TEST(only_wanted_columns)
{
	TestTable t = {
	    .format = "csv", .cols = {{"a", &type_int}, {"b", &type_string}, {"c", &type_int}}, .wanted = {"c", "b", "c"}};
	ROWS(t, {"oops,x,3", "3, x, 3"}, {"1,x", "BAD NULL, NULL, NULL"});
}

TEST(comments_and_null_messages)
{
	TestTable t = {
	    .format = "csv", .options = {{"allow-comments", "true"}}, .cols = {{"a", &type_string}, {"b", &type_string}}};
	Decoder *d = test_decoder(&t);
	CHECK_STR(test_decode(&t, d, (const char *[]){"# x", "a,#b", "\"#\",b", "bad", "c,d", NULL}),
	          "1: a, #b | 2: #, b | 3: BAD NULL, NULL | 4: c, d");
	csv_format.decoder_close(d);
	t.options[0] = NONE;
	d = test_decoder(&t);
	Str list[] = {STR("#,b"), {NULL, 0}};
	Decoded out;
	csv_format.decode(d, list, 2, test_arena, &out);
	CHECK_EQ_U64(out.nrows, 2);
	CHECK_EQ_U64(out.nbad, 0);
	CHECK(column_is_null(&out.cols[0], 1) && column_is_null(&out.cols[1], 1));
	csv_format.decoder_close(d);
}

TEST(explanations)
{
	TestTable t = {.format = "csv", .cols = {{"a", &type_int}, {"b", &type_string}}};
	CHECK_STR(test_explain(&t, "x,y"), "a: field \"a\": \"x\" cannot be converted to INT");
	CHECK_STR(test_explain(&t, ",y"), "a: field \"a\": \"\" cannot be converted to INT");
	CHECK_STR(test_err.hint, "With 'csv.null-literal' = '' an empty field is NULL.");
	CHECK_STR(test_explain(&t, "1"), "the message is not a CSV record: there are fewer fields than columns");
	CHECK_STR(test_err.detail, "It has 1, the table has 2.");
	CHECK_STR(test_explain(&t, "1,2,3"), "the message is not a CSV record: there are more fields than columns");
	CHECK_STR(test_explain(&t, "1,\"2"), "the message is not a CSV record: a closing quote is missing");
	CHECK_STR(test_err.detail, "It is at byte 2 of 4.");
	CHECK_STR(test_explain(&t, "1,2\n3,4"), "the message is not a CSV record: the message holds more than one line");
	CHECK_STR(test_explain(&t, "1,2"), "the message can be decoded");
}

static const char *split(TestPair option, const char *data, bool at_end, uint32_t max)
{
	TestTable t = strings(1, option, NONE);
	Options options;
	Str out[8];
	size_t used;
	test_format(&t);
	test_options(&t, &options);
	uint32_t n = csv_format.split(&options, str_from(data), at_end, out, max, &used);
	StrBuf text;
	strbuf_init(&text);
	for (uint32_t i = 0; i < n; i++)
		strbuf_printf(&text, "<%.*s>", STR_ARG(out[i]));
	strbuf_printf(&text, "%zu", used);
	const char *result = arena_cstr(test_arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return result;
}

TEST(split_respects_quotes)
{
	CHECK_STR(split(NONE, "a,b\nc,d\r\n\ne", false, 8), "<a,b><c,d><>10");
	CHECK_STR(split(NONE, "a,b\nc,d\r\n\ne", true, 8), "<a,b><c,d><><e>11");
	CHECK_STR(split(NONE, "a,\"b\nc\"\nd\n", true, 8), "<a,\"b\nc\"><d>10");
	CHECK_STR(split(NONE, "\"a\"\"\n\"\nb\n", true, 8), "<\"a\"\"\n\"><b>9");
	CHECK_STR(split(NONE, "a\"\"b\nc\n", true, 8), "<a\"\"b><c>7");
	CHECK_STR(split(NONE, "a\"b\nc\n", true, 8), "<a\"b><c>6");
	CHECK_STR(split(NONE, "\"a\nb", false, 8), "0");
	CHECK_STR(split(NONE, "\"a\nb", true, 8), "<\"a\nb>4");
	CHECK_STR(split(NONE, "a\nb\nc\n", true, 2), "<a><b>4");
	CHECK_STR(split(OPTION("escape-character", "\\"), "\"a\\\"\n\"\nb\\\nc\nd", true, 8), "<\"a\\\"\n\"><b\\\nc><d>13");
	CHECK_STR(split(OPTION("disable-quote-character", "true"), "\"a\nb\"\n", true, 8), "<\"a><b\">6");
	CHECK_STR(split(OPTION("allow-comments", "true"), "#\"a\nb\n#c", true, 8), "<b>8");
	CHECK_STR(split(NONE, "", true, 8), "0");
}

static const char *written(TestPair first, TestPair second, const char *a, const char *b)
{
	TestTable t = strings(2, first, second);
	Value v[] = {a ? value_str(str_from(a)) : VALUE_NULL, b ? value_str(str_from(b)) : VALUE_NULL};
	return test_encode(&t, v);
}

TEST(writes_as_flink_does)
{
	CHECK_STR(written(NONE, NONE, "abc", "x.y"), "abc,x.y");
	CHECK_STR(written(NONE, NONE, "a b", "a,b"), "\"a b\",\"a,b\"");
	CHECK_STR(written(NONE, NONE, "a\"b", "a\nb"), "\"a\"\"b\",\"a\nb\"");
	CHECK_STR(written(NONE, NONE, "", NULL), ",");
	CHECK_STR(written(NONE, NONE, "abcdefghijklmnopqrstuvwx", "abcdefghijklmnopqrstuvwxy"),
	          "abcdefghijklmnopqrstuvwx,\"abcdefghijklmnopqrstuvwxy\"");
	CHECK_STR(written(NONE, NONE, "\xc3\xa9", "\xf0\x9f\x98\x80"), "\xc3\xa9,\xf0\x9f\x98\x80");
	CHECK_STR(written(OPTION("field-delimiter", "|"), NONE, "abc", "\xc3\xa9"), "\"abc\"|\xc3\xa9");
	CHECK_STR(written(OPTION("null-literal", "n/a"), NONE, NULL, "n/a"), "n/a,n/a");
	CHECK_STR(written(OPTION("escape-character", "\\"), NONE, "a\"b", "c\\d"), "\"a\\\"b\",\"c\\\\d\"");
	CHECK_STR(written(OPTION("disable-quote-character", "true"), NONE, "a b", "\"c\""), "a b,\"c\"");
	CHECK(written(OPTION("disable-quote-character", "true"), NONE, "a", "b,c") == NULL);
	CHECK_STR(test_err.detail, "The column is \"b\".");
	CHECK_STR(written(OPTION("disable-quote-character", "true"), OPTION("escape-character", "\\"), "a,b", "c\nd\\"),
	          "a\\,b,c\\nd\\\\");
	CHECK_STR(written(OPTION("allow-comments", "true"), OPTION("field-delimiter", "\t"), "#a", "#b"), "\"#a\"\t#b");

	test_format(&(TestTable){.format = "csv"});
	const Type *array = type_array(test_arena, &type_int);
	TestTable t = {.format = "csv",
	               .cols = {{"a", &type_int},
	                        {"b", &type_boolean},
	                        {"c", type_decimal(test_arena, 10, 2)},
	                        {"d", &type_timestamp3},
	                        {"e", &type_date},
	                        {"f", array},
	                        {"g", &type_double},
	                        {"h", &type_bytes}}};
	Value ints[] = {value_i64(1), value_i64(2)};
	Value row[] = {value_i64(-1), {.b = true},
	               {.d = 10000},  value_i64(1609330394120000),
	               value_i64(0),  value_str(packed_build(test_arena, &array->elem, true, ints, 2)),
	               {.f = 1e10},   value_str(STR("\x01"))};
	CHECK_STR(test_encode(&t, row), "-1,true,1E+2,\"2020-12-30 12:13:14.12\",1970-01-01,1;2,1.0E10,AQ==");
	t.options[0] = OPTION("write-bigdecimal-in-scientific-notation", "false");
	CHECK_STR(test_encode(&t, row), "-1,true,100,\"2020-12-30 12:13:14.12\",1970-01-01,1;2,1.0E10,AQ==");
}

/* Any text that is written is read back. */
TEST(round_trip)
{
	static const char *const texts[] = {"",  "a", " a ", ",",           "\"",  "\"\"", "a\"b,c\nd\r\ne", "\\", "\\n",
	                                    "#", "'", "\t",  "\xc3\xa9,\"", "a\\", "\"x"};
	static const TestPair options[][2] = {{{NULL, NULL}, {NULL, NULL}},
	                                      {{"escape-character", "\\"}, {NULL, NULL}},
	                                      {{"escape-character", "\\"}, {"disable-quote-character", "true"}},
	                                      {{"quote-character", "'"}, {"field-delimiter", "\\t"}},
	                                      {{"allow-comments", "true"}, {NULL, NULL}}};
	for (size_t o = 0; o < sizeof options / sizeof options[0]; o++) {
		for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
			for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++) {
				const char *text = written(options[o][0], options[o][1], texts[i], texts[j]);
				REQUIRE(text != NULL);
				TestTable t = strings(2, options[o][0], options[o][1]);
				Str want = arena_printf(test_arena, "%s%s, %s", o == 4 ? "0: " : "", texts[i], texts[j]);
				const char *got = test_decode_one(&t, text);
				CHECK_FMT(strcmp(got, want.ptr) == 0, "    options %zu: <%s>\n    got  <%s>\n    want <%s>\n", o, text,
				          got, want.ptr);
			}
		}
	}
}

TEST(options_are_checked)
{
	static const TestPair bad[][2] = {{{"field-delimiter", ""}, {NULL, NULL}},
	                                  {{"field-delimiter", "ab"}, {NULL, NULL}},
	                                  {{"field-delimiter", "\n"}, {NULL, NULL}},
	                                  {{"field-delimiter", "\""}, {NULL, NULL}},
	                                  {{"field-delimiter", "\\q"}, {NULL, NULL}},
	                                  {{"quote-character", "\xc3\xa9"}, {NULL, NULL}},
	                                  {{"array-element-delimiter", ""}, {NULL, NULL}},
	                                  {{"disable-quote-character", "true"}, {"quote-character", "'"}},
	                                  {{"escape-character", "ab"}, {NULL, NULL}}};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		TestTable t = strings(1, bad[i][0], bad[i][1]);
		CHECK_FMT(test_decoder(&t) == NULL, "    option set %zu\n", i);
		CHECK(test_err.code == ERR_BAD_OPTION || test_err.code == ERR_NOT_SUPPORTED);
	}
}

TESTS(quotes, escapes, delimiters, nulls, types, arrays_and_rows, missing_fields_with_ignore, only_wanted_columns,
      comments_and_null_messages, explanations, split_respects_quotes, writes_as_flink_does, round_trip,
      options_are_checked)
