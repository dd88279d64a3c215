/*
 * The raw format, base64, and text of fields.
 */
#include "engine/formats/raw.h"

#include "engine/formats/base64.h"
#include "engine/formats/field_text.h"
#include "tests/unit/engine/formats/format_test.h"

static const char *decoded(const Type *type, TestPair option, Str message)
{
	TestTable t = {.format = "raw", .options = {option}, .cols = {{"v", type}}};
	Decoder *d = test_decoder(&t);
	REQUIRE(d != NULL);
	Decoded out;
	StrBuf text;
	strbuf_init(&text);
	raw_format.decode(d, &message, 1, test_arena, &out);
	test_print_rows(&out, 1, 1, &text);
	const char *result = arena_cstr(test_arena, strbuf_str(&text));
	raw_format.decoder_close(d);
	strbuf_deinit(&text);
	return result;
}

#define NONE ((TestPair){NULL, NULL})
#define LITTLE ((TestPair){"endianness", "little-endian"})

TEST(decodes)
{
	CHECK_STR(decoded(&type_string, NONE, STR("h\xc3\xa9")), "h\xc3\xa9");
	CHECK_STR(decoded(&type_string, NONE, STR("")), "");
	CHECK_STR(decoded(&type_string, NONE, (Str){NULL, 0}), "NULL");
	CHECK_STR(decoded(&type_string, NONE, STR("\xe9")), "ERR");
	CHECK_STR(decoded(&type_string, ((TestPair){"charset", "ISO-8859-1"}), STR("\xe9\x80")), "\xc3\xa9\xc2\x80");
	CHECK_STR(decoded(&type_string, ((TestPair){"charset", "US-ASCII"}), STR("a")), "a");
	CHECK_STR(decoded(&type_string, ((TestPair){"charset", "US-ASCII"}), STR("\xc3\xa9")), "ERR");
	CHECK_STR(decoded(&type_bytes, NONE, STR("\x00\xff")), "x'00ff'");
	CHECK_STR(decoded(&type_boolean, NONE, STR("\x01")), "TRUE");
	CHECK_STR(decoded(&type_tinyint, NONE, STR("\xff")), "-1");
	CHECK_STR(decoded(&type_smallint, NONE, STR("\x01\x02")), "258");
	CHECK_STR(decoded(&type_smallint, LITTLE, STR("\x01\x02")), "513");
	CHECK_STR(decoded(&type_int, NONE, STR("\xff\xff\xff\xfe")), "-2");
	CHECK_STR(decoded(&type_bigint, NONE, STR("\x00\x00\x00\x00\x00\x00\x01\x00")), "256");
	CHECK_STR(decoded(&type_float, NONE, STR("\x3f\xc0\x00\x00")), "1.5");
	CHECK_STR(decoded(&type_double, LITTLE, STR("\x00\x00\x00\x00\x00\x00\xf8\x3f")), "1.5");
	CHECK_STR(decoded(&type_int, NONE, STR("abc")), "ERR");
}

TEST(refuses)
{
	TestTable t = {.format = "raw", .cols = {{"a", &type_int}, {"b", &type_int}}};
	CHECK(test_decoder(&t) == NULL);
	CHECK_EQ_I64(test_err.code, ERR_BAD_OPTION);
	TestTable u = {.format = "raw", .cols = {{"a", &type_date}}};
	CHECK(test_decoder(&u) == NULL);
	CHECK_EQ_I64(test_err.code, ERR_BAD_TYPE);
	TestTable v = {.format = "raw", .cols = {{"a", &type_int}}};
	CHECK_STR(test_explain(&v, "abc"), "a: field \"a\": INT has 4 bytes, the message 3");
	CHECK_STR(test_explain(&v, "abcd"), "the message can be decoded");
	v.cols[0].type = &type_string;
	CHECK_STR(test_explain(&v, "\xff"), "a: field \"a\": the bytes are not text of the charset");
}

TEST(round_trip)
{
	static const struct {
		const Type *type;
		Value value;
		const char *text;
	} cases[] = {
	    {&type_boolean, {.b = true}, "TRUE"},
	    {&type_tinyint, {.i = -5}, "-5"},
	    {&type_smallint, {.i = 300}, "300"},
	    {&type_int, {.i = -70000}, "-70000"},
	    {&type_bigint, {.i = 1LL << 40}, "1099511627776"},
	    {&type_double, {.f = 2.5}, "2.5"},
	    {&type_float, {.f = -0.5}, "-0.5"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		for (int little = 0; little < 2; little++) {
			TestTable t = {.format = "raw", .options = {little ? LITTLE : NONE}, .cols = {{"v", cases[i].type}}};
			Options options;
			FormatSchema schema;
			Encoder *e;
			StrBuf out;
			test_format(&t);
			test_options(&t, &options);
			test_schema(&t, &schema);
			REQUIRE(raw_format.encoder_open(&options, &schema, test_arena, &e, &test_err));
			strbuf_init(&out);
			CHECK(raw_format.encode(e, ROW_INSERT, &cases[i].value, &out, &test_err));
			CHECK_STR(decoded(cases[i].type, t.options[0], strbuf_str(&out)), cases[i].text);
			strbuf_deinit(&out);
			raw_format.encoder_close(e);
		}
	}
	TestTable t = {.format = "raw", .options = {{"charset", "ISO-8859-1"}}, .cols = {{"v", &type_string}}};
	Value v = value_str(STR("a\xc3\xa9\xc2\x80"));
	CHECK_STR(test_encode(&t, &v), "a\xe9\x80");
	v = value_str(STR("\xe2\x82\xac"));
	CHECK(test_encode(&t, &v) == NULL);
	v = VALUE_NULL;
	CHECK_STR(test_encode(&t, &v), "");
	t.options[0].value = "US-ASCII";
	v = value_str(STR("\xc3\xa9"));
	CHECK(test_encode(&t, &v) == NULL);
}

TEST(split_takes_lines)
{
	Str out[4];
	size_t used;
	Options o = {0};
	CHECK_EQ_U64(raw_format.split(&o, STR("a\n\nb"), false, out, 4, &used), 2);
	CHECK_EQ_U64(used, 3);
	CHECK_EQ_U64(raw_format.split(&o, STR("a\n\nb"), true, out, 4, &used), 3);
	CHECK_EQ_U64(used, 4);
}

TEST(base64_both_ways)
{
	test_format(&(TestTable){.format = "raw"});
	char bytes[256];
	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	for (uint32_t len = 0; len <= 256; len++) {
		StrBuf out;
		Str back;
		strbuf_init(&out);
		base64_print(str_make(bytes, len), &out);
		CHECK(base64_parse(strbuf_str(&out), test_arena, &back));
		CHECK(str_eq(back, str_make(bytes, len)));
		strbuf_deinit(&out);
	}
	Str ignored;
	CHECK(!base64_parse(STR("===="), test_arena, &ignored) && !base64_parse(STR("A==="), test_arena, &ignored));
	CHECK(!base64_parse(STR("AA=A"), test_arena, &ignored) && !base64_parse(STR("AA==AAAA"), test_arena, &ignored));
	CHECK(!base64_parse(STR("A-_A"), test_arena, &ignored) &&
	      !base64_parse(STR("\xff\xff\xff\xff"), test_arena, &ignored));
}

TEST(formats_are_found)
{
	CHECK(format_find(STR("json")) && format_find(STR("csv")) && format_find(STR("raw")));
	CHECK(!format_find(STR("avro")) && !format_find(STR("")));
	uint32_t n = 0;
	while (format_at(n))
		n++;
	CHECK_EQ_U64(n, 6);
}

TEST(times_as_text)
{
	StrBuf out;
	strbuf_init(&out);
	field_text_print_time(&type_ltz6, -1, FIELD_TIME_ISO, &out);
	CHECK_STR(out.ptr, "1969-12-31T23:59:59.999999Z");
	Value v;
	CHECK(field_text_parse(&type_ltz6, strbuf_str(&out), FIELD_TIME_ISO, NULL, &v) && v.i == -1);
	CHECK(field_text_parse(&type_ltz6, STR("0001-01-01T00:00:00Z"), FIELD_TIME_ISO, NULL, &v));
	CHECK(!field_text_parse(&type_ltz6, STR("2020-13-01T00:00:00Z"), FIELD_TIME_ISO, NULL, &v));
	CHECK(!field_text_parse(&type_ltz6, STR("2020-01-01T00:60:00Z"), FIELD_TIME_ISO, NULL, &v));
	CHECK(!field_text_parse(&type_ltz6, STR("2020-01-01T00:00:60Z"), FIELD_TIME_ISO, NULL, &v));
	CHECK(!field_text_parse(&type_ltz6, STR("2020-01-01T00:00:0"), FIELD_TIME_ISO, NULL, &v));
	CHECK(!field_text_parse(&type_ltz6, STR("2020-01-01T00:00Z+01:00"), FIELD_TIME_OFFSET, NULL, &v));
	CHECK(!field_text_parse(&type_ltz6, STR("2020-01-01T00:00:00+19:00"), FIELD_TIME_OFFSET, NULL, &v));
	strbuf_deinit(&out);
}

TESTS(decodes, refuses, round_trip, split_takes_lines, base64_both_ways, formats_are_found, times_as_text)
