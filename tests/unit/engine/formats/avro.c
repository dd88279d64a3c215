/* Tests of engine/formats/avro_*: schemas, reading by resolution, writing, damage. */
#include "engine/formats/avro_bytes.h"
#include "engine/formats/avro_confluent.h"
#include "engine/formats/avro_program.h"
#include "engine/formats/avro_read.h"
#include "engine/formats/avro_schema.h"
#include "engine/formats/avro_write.h"
#include "engine/formats/map_keys.h"
#include "tests/unit/engine/formats/format_test.h"

__attribute__((constructor)) static void make_arena(void)
{
	test_arena = arena_open("test", 0);
}

static const AvroNode *parse(const char *text)
{
	const AvroNode *node = NULL;
	Str s = str_from(text);
	err_clear(&test_err);
	if (!avro_schema_parse(&s, 1, test_arena, &node, &test_err))
		return NULL;
	return node;
}

static Str unhex(const char *hex)
{
	char *out = arena_alloc(test_arena, strlen(hex) / 2 + 1);
	uint32_t n = 0;
	for (const char *p = hex; *p; p++) {
		if (*p == ' ')
			continue;
		int hi = *p <= '9' ? *p - '0' : *p - 'a' + 10;
		p++;
		out[n++] = (char)(hi << 4 | (*p <= '9' ? *p - '0' : *p - 'a' + 10));
	}
	/* at the end of an allocation, so that ASan sees a read behind it */
	char *exact = mem_alloc(n ? n : 1);
	memcpy(exact, out, n);
	return str_make(exact, n);
}

static const char *hex_of(Str s)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < s.len; i++)
		strbuf_printf(&b, "%02x", (unsigned char)s.ptr[i]);
	const char *out = b.len ? arena_cstr(test_arena, strbuf_str(&b)) : "";
	strbuf_deinit(&b);
	return out;
}

/* One message of the writer's schema, as the table's row; damage prints as BAD. */
static const char *read_as(const char *writer, const char *reader, const TestTable *t, const char *hex)
{
	const AvroNode *w = parse(writer), *r = reader ? parse(reader) : NULL;
	REQUIRE(w && (!reader || r));
	FormatSchema schema;
	AvroProgram *p;
	test_schema(t, &schema);
	REQUIRE(avro_program_make(w, r, &schema, test_arena, &p, &test_err));
	Column *cols = ARENA_ARRAY(test_arena, Column, schema.nfields + 1);
	for (uint32_t i = 0; i < schema.nfields; i++)
		column_init(&cols[i], schema.fields[i].type, 1, test_arena);
	Str message = unhex(hex), field;
	StrBuf text;
	strbuf_init(&text);
	bool ok = avro_program_run(p, message, 0, cols, test_arena);
	Decoded out = {.nrows = 1, .cols = cols};
	if (ok)
		test_print_rows(&out, schema.nfields, 1, &text);
	else
		strbuf_puts(&text, "BAD");
	Err why = {0};
	avro_program_explain(p, message, test_arena, &field, &why);
	if (!ok || strstr(strbuf_cstr(&text), "ERR"))
		strbuf_printf(&text, " (%.*s%s%s)", STR_ARG(field), field.len ? ": " : "", why.message);
	const char *result = arena_cstr(test_arena, strbuf_str(&text));
	strbuf_deinit(&text);
	mem_free((void *)(uintptr_t)message.ptr);
	return result;
}

#define ONE(type_) (&(TestTable){.cols = {{"c", type_}}})
/* A record of one field c. */
static const char *one(const char *type, const Type *column, const char *hex)
{
	Str schema = arena_printf(test_arena,
	                          "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"c\",\"type\":%s}]}", type);
	return read_as(schema.ptr, NULL, ONE(column), hex);
}

static const Type *nn(const Type *t)
{
	return type_with_null(test_arena, t, false);
}

TEST(promotions)
{
	CHECK_STR(one("\"int\"", &type_bigint, "d00f"), "1000");
	CHECK_STR(one("\"int\"", &type_double, "03"), "-2.0");
	CHECK_STR(one("\"long\"", &type_float, "02"), "1.0");
	CHECK_STR(one("\"long\"", &type_bigint, "feffffffffffffffff01"), "9223372036854775807");
	CHECK_STR(one("\"long\"", &type_bigint, "ffffffffffffffffff01"), "-9223372036854775808");
	CHECK_STR(one("\"float\"", &type_double, "0000003f"), "0.5");
	CHECK_STR(one("\"double\"", &type_double, "000000000000e0bf"), "-0.5");
	CHECK_STR(one("\"double\"", &type_float, "000000000000e0bf"),
	          "ERR (c: field \"c\": Avro's double cannot be read as FLOAT)");
	CHECK_STR(one("\"long\"", &type_int, "02"), "ERR (c: field \"c\": Avro's long cannot be read as INT)");
	CHECK_STR(one("\"int\"", &type_tinyint, "8002"),
	          "ERR (c: field \"c\": a number that is out of its range cannot be read as TINYINT)");
	CHECK_STR(one("\"bytes\"", &type_string, "0468c3"),
	          "ERR (c: field \"c\": text that is not UTF-8 cannot be read as STRING)");
	CHECK_STR(one("\"bytes\"", &type_string, "04c3a4"), "\xc3\xa4");
	CHECK_STR(one("\"string\"", &type_bytes, "0401ff"), "x'01ff'");
	CHECK_STR(one("\"boolean\"", &type_boolean, "01"), "TRUE");
	CHECK_STR(one("{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}", &type_string, "02"), "B");
	CHECK_STR(one("{\"type\":\"fixed\",\"name\":\"f\",\"size\":2}", &type_bytes, "0aff"), "x'0aff'");
	CHECK_STR(one("\"string\"", &type_json, "0e7b2261223a317d"), "{\"a\":1}");
	CHECK_STR(one("\"string\"", &type_json, "027b"),
	          "ERR (c: field \"c\": text that is no JSON cannot be read as JSON)");
}

TEST(logical_types)
{
	const char *date = "{\"type\":\"int\",\"logicalType\":\"date\"}";
	CHECK_STR(one(date, &type_date, "01"), "1969-12-31");
	CHECK_STR(one("{\"type\":\"int\",\"logicalType\":\"time-millis\"}", &type_time, "d00f"), "00:00:01");
	CHECK_STR(one("{\"type\":\"long\",\"logicalType\":\"time-micros\"}", type_temporal(test_arena, TYPE_TIME, 6), "06"),
	          "00:00:00.000003");
	CHECK_STR(one("{\"type\":\"int\",\"logicalType\":\"time-millis\"}", &type_time, "01"),
	          "ERR (c: field \"c\": a number that is out of its range cannot be read as TIME(0))");
	CHECK_STR(one("{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", &type_timestamp3, "01"),
	          "1969-12-31 23:59:59.999");
	CHECK_STR(one("{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}", &type_timestamp3, "01"),
	          "1969-12-31 23:59:59.999");
	CHECK_STR(one("{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}", &type_timestamp6, "01"),
	          "1969-12-31 23:59:59.999999");
	CHECK_STR(one("{\"type\":\"long\",\"logicalType\":\"timestamp-nanos\"}", &type_timestamp6, "01"),
	          "1969-12-31 23:59:59.999999");
	CHECK_STR(one("{\"type\":\"long\",\"logicalType\":\"local-timestamp-millis\"}", &type_timestamp3, "d00f"),
	          "1970-01-01 00:00:01.000");
	CHECK_STR(one("\"long\"", &type_ltz3, "d00f"), "1970-01-01 00:00:01.000");
	CHECK_STR(one("{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", &type_timestamp3, "feffffffffffffffff01"),
	          "ERR (c: field \"c\": a number that is out of its range cannot be read as TIMESTAMP(3))");
	CHECK_STR(one("{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}", &type_bigint, "d00f"), "1000");
	CHECK_STR(one("{\"type\":\"string\",\"logicalType\":\"uuid\"}", &type_string, "0261"), "a");
	CHECK_STR(one("{\"type\":\"fixed\",\"name\":\"u\",\"size\":16,\"logicalType\":\"uuid\"}", &type_string,
	              "00112233445566778899aabbccddeeff"),
	          "00112233-4455-6677-8899-aabbccddeeff");
	/* what the specification does not know, or what does not fit, is as if it were not there */
	CHECK_STR(one("{\"type\":\"int\",\"logicalType\":\"timestamp-millis\"}", &type_int, "02"), "1");
}

TEST(decimals)
{
	const char *bytes = "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":6,\"scale\":2}";
	CHECK_STR(one(bytes, type_decimal(test_arena, 6, 2), "0404d2"), "12.34");
	CHECK_STR(one(bytes, type_decimal(test_arena, 6, 2), "02ff"), "-0.01");
	CHECK_STR(one(bytes, type_decimal(test_arena, 6, 4), "0404d2"), "12.3400");
	CHECK_STR(one(bytes, type_decimal(test_arena, 6, 1), "0404d3"), "12.4");
	CHECK_STR(one(bytes, type_decimal(test_arena, 3, 2), "0404d2"),
	          "ERR (c: field \"c\": a number that is out of its range cannot be read as DECIMAL(3, 2))");
	CHECK_STR(one(bytes, type_decimal(test_arena, 6, 2), "00"),
	          "ERR (c: field \"c\": a number without bytes cannot be read as DECIMAL(6, 2))");
	CHECK_STR(one(bytes, type_decimal(test_arena, 6, 2), "28 0000000000000000000000000000000000000001"), "0.01");
	CHECK_STR(one(bytes, type_decimal(test_arena, 6, 2), "28 ffffffffffffffffffffffffffffffffffffffff"), "-0.01");
	CHECK_STR(one(bytes, type_decimal(test_arena, 38, 2), "22 01ffffffffffffffffffffffffffffffff"),
	          "ERR (c: field \"c\": a number that is out of its range cannot be read as DECIMAL(38, 2))");
	CHECK_STR(one("\"bytes\"", type_decimal(test_arena, 6, 3), "0404d2"), "1.234");
	CHECK_STR(
	    one("{\"type\":\"fixed\",\"name\":\"d\",\"size\":4,\"logicalType\":\"decimal\",\"precision\":6,\"scale\":2}",
	        type_decimal(test_arena, 6, 2), "fffffffe"),
	    "-0.02");
}

TEST(unions)
{
	CHECK_STR(one("[\"null\",\"int\"]", &type_int, "00"), "NULL");
	CHECK_STR(one("[\"null\",\"int\"]", &type_int, "0206"), "3");
	CHECK_STR(one("[\"int\",\"null\"]", &type_int, "02"), "NULL");
	CHECK_STR(one("[\"string\",\"null\",\"long\"]", &type_bigint, "0404"), "2");
	CHECK_STR(one("[\"string\",\"null\",\"long\"]", &type_bigint, "000261"),
	          "ERR (c: field \"c\": Avro's string cannot be read as BIGINT)");
	CHECK_STR(one("[\"null\",\"int\"]", nn(&type_int), "00"),
	          "ERR (c: field \"c\": null cannot be read as INT NOT NULL)");
	CHECK_STR(one("[\"int\"]", &type_int, "0006"), "3");
	CHECK_STR(one("[\"null\",\"int\"]", &type_int, "04"),
	          "BAD (the message is not of its schema: a union has no such branch)");
	CHECK_STR(one("[\"null\",\"int\"]", &type_int, "01"),
	          "BAD (the message is not of its schema: a union has no such branch)");
	CHECK_STR(one("\"null\"", &type_int, ""), "NULL");
}

TEST(nested)
{
	TypeField ab[] = {{STR("b"), &type_string}, {STR("a"), &type_int}};
	const Type *row = type_row(test_arena, ab, 2);
	const char *record = "{\"type\":\"record\",\"name\":\"x\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":"
	                     "\"skip\",\"type\":\"long\"},{\"name\":\"b\",\"type\":[\"null\",\"string\"]}]}";
	CHECK_STR(one(record, row, "020402026b"), "(k, 1)");
	CHECK_STR(one(record, row, "0204 00"), "(NULL, 1)");
	CHECK_STR(
	    one("{\"type\":\"array\",\"items\":\"int\"}", type_array(test_arena, &type_bigint), "040204 0102 06 00 08"),
	    "BAD (the message is not of its schema: there are bytes behind the value)");
	CHECK_STR(one("{\"type\":\"array\",\"items\":\"int\"}", type_array(test_arena, &type_bigint), "040204 0102 06 00"),
	          "[1, 2, 3]");
	CHECK_STR(
	    one("{\"type\":\"array\",\"items\":[\"null\",\"int\"]}", type_array(test_arena, &type_int), "04 00 0202 00"),
	    "[NULL, 1]");
	CHECK_STR(one("{\"type\":\"map\",\"values\":\"int\"}", type_map(test_arena, &type_string, &type_int),
	              "04 026102 026204 02 026106 00"),
	          "{a=3, b=2}");
	CHECK_STR(one("{\"type\":\"map\",\"values\":\"int\"}", type_multiset(test_arena, &type_string), "02 026102 00"),
	          "{a=1}");
	CHECK_STR(one("{\"type\":\"map\",\"values\":\"int\"}", type_map(test_arena, &type_int, &type_int), "00"),
	          "ERR (c: field \"c\": Avro's map cannot be read as MAP<INT, INT>)");
	CHECK_STR(one("{\"type\":\"array\",\"items\":\"long\"}", type_array(test_arena, &type_int), "02 02 00"),
	          "ERR (c: field \"c\": Avro's long cannot be read as INT)");
	/* a record that holds itself, of which a part is wanted, and the whole as well */
	const char *list =
	    "{\"type\":\"record\",\"name\":\"n\",\"fields\":[{\"name\":\"v\",\"type\":\"int\"},{\"name\":\"next\","
	    "\"type\":[\"null\",\"n\"]},{\"name\":\"w\",\"type\":\"int\"}]}";
	TypeField v[] = {{STR("v"), &type_int}};
	TestTable t = {.cols = {{"next", type_row(test_arena, v, 1)}, {"w", &type_int}}, .wanted = {"next/v", "w", "next"}};
	CHECK_STR(read_as(list, NULL, &t, "02 02 04 02 06 00 08 0a 0c"), "2, 6, (2)");
	CHECK_STR(read_as(list, NULL, &t, "02 00 0c"), "NULL, 6, NULL");
}

TEST(fields_by_name)
{
	const char *writer =
	    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"b\",\"type\":\"string\"},{\"name\":"
	    "\"a\",\"type\":\"int\"}]}";
	TestTable t = {.cols = {{"a", &type_int}, {"b", &type_string}, {"c", &type_int}}};
	CHECK_STR(read_as(writer, NULL, &t, "0278 0a"), "5, x, NULL");
	t.cols[2].type = nn(&type_int);
	CHECK_STR(read_as(writer, NULL, &t, "0278 0a"),
	          "5, x, ERR (c: field \"c\" is not in the schema of the message, and the column is NOT NULL)");
	const char *reader =
	    "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a2\",\"type\":\"int\",\"aliases\":[\"a\"]},"
	    "{\"name\":\"c\",\"type\":\"int\",\"default\":42},{\"name\":\"d\",\"type\":{\"type\":\"array\",\"items\":"
	    "\"string\"},"
	    "\"default\":[\"x\",\"y\"]},{\"name\":\"e\",\"type\":[\"null\",\"long\"],\"default\":null}]}";
	TestTable u = {
	    .cols = {
	        {"a2", &type_int}, {"c", nn(&type_int)}, {"d", type_array(test_arena, &type_string)}, {"e", &type_bigint}}};
	CHECK_STR(read_as(writer, reader, &u, "0278 0a"), "5, 42, [x, y], NULL");
	/* a schema that is no record is the one column's */
	CHECK_STR(read_as("\"string\"", NULL, ONE(&type_string), "026b"), "k");
	CHECK_STR(read_as("[\"null\",\"long\"]", NULL, ONE(&type_bigint), "0202"), "1");
	FormatSchema schema;
	AvroProgram *p;
	test_schema(&t, &schema);
	CHECK(!avro_program_make(parse("\"long\""), NULL, &schema, test_arena, &p, &test_err));
}

TEST(damage)
{
	const char *ends = "BAD (the message is not of its schema: the message ends too early)";
	CHECK_STR(one("\"int\"", &type_int, ""), ends);
	CHECK_STR(one("\"int\"", &type_int, "80"), ends);
	CHECK_STR(one("\"string\"", &type_string, "0661"), ends);
	CHECK_STR(one("\"string\"", &type_string, "01"), "BAD (the message is not of its schema: a length below 0)");
	CHECK_STR(one("\"double\"", &type_double, "00000000000000"), ends);
	CHECK_STR(one("\"long\"", &type_bigint, "ffffffffffffffffffff01"),
	          "BAD (the message is not of its schema: an integer of more than 64 bits)");
	CHECK_STR(one("\"int\"", &type_int, "8080808010"),
	          "BAD (the message is not of its schema: an int of more than 32 bits)");
	CHECK_STR(one("\"boolean\"", &type_boolean, "02"),
	          "BAD (the message is not of its schema: a boolean that is neither 0 nor 1)");
	/* items that take no bytes are bounded all the same */
	CHECK_STR(one("{\"type\":\"array\",\"items\":\"null\"}", type_array(test_arena, &type_int), "feffffffffffffffff01"),
	          "BAD (the message is not of its schema: an array or map with more items than the message can hold)");
	CHECK_STR(
	    one("{\"type\":\"array\",\"items\":\"null\"}", type_array(test_arena, &type_int), "ffffffffffffffffff01 00"),
	    "BAD (the message is not of its schema: an array or map with more items than the message can hold)");
	/* deep values in what nobody wants */
	StrBuf deep;
	strbuf_init(&deep);
	for (int i = 0; i < 1000; i++)
		strbuf_puts(&deep, "02");
	strbuf_puts(&deep, "0000");
	TestTable t = {.cols = {{"x", &type_int}}};
	CHECK_STR(read_as("{\"type\":\"record\",\"name\":\"n\",\"fields\":[{\"name\":\"next\",\"type\":[\"null\",\"n\"]}]}",
	                  NULL, &t, strbuf_cstr(&deep)),
	          "BAD (the message is not of its schema: values are nested too deep)");
	strbuf_deinit(&deep);
}

TEST(schemas)
{
	CHECK(parse("\"long\"") != NULL);
	CHECK(parse("{\"type\":{\"type\":\"string\"}}") != NULL);
	CHECK(parse("[\"null\",[\"int\"]]") == NULL);
	CHECK(parse("\"no.such\"") == NULL);
	CHECK_STR(test_err.message, "the Avro schema is not valid: unknown type \"no.such\"");
	CHECK(parse("{\"type\":\"record\",\"name\":\"r\"}") == NULL);
	CHECK(parse("{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[]}") == NULL);
	CHECK(parse("{\"type\":\"fixed\",\"name\":\"f\",\"size\":-1}") == NULL);
	CHECK(parse("{") == NULL);
	/* names with and without their space */
	CHECK(parse("{\"type\":\"record\",\"name\":\"a.b.r\",\"fields\":[{\"name\":\"x\",\"type\":{\"type\":\"fixed\","
	            "\"name\":\"f\","
	            "\"size\":1}},{\"name\":\"y\",\"type\":\"a.b.f\"},{\"name\":\"z\",\"type\":\"f\"}]}") != NULL);
	CHECK(parse("{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"},{\"name\":\"x\","
	            "\"type\":\"int\"}]}") == NULL);
}

static const char *derive(const TestTable *t)
{
	FormatSchema schema;
	StrBuf text;
	test_schema(t, &schema);
	strbuf_init(&text);
	err_clear(&test_err);
	const char *out =
	    avro_write_derive(&schema, &text, &test_err) ? arena_cstr(test_arena, strbuf_str(&text)) : test_err.message;
	strbuf_deinit(&text);
	return out;
}

static const char *write_as(const char *schema_text, const TestTable *t, const Value *values)
{
	FormatSchema schema;
	const AvroWrite *w;
	StrBuf out;
	test_schema(t, &schema);
	err_clear(&test_err);
	const AvroNode *node = parse(schema_text ? schema_text : derive(t));
	REQUIRE(node);
	if (!avro_write_resolve(node, &schema, test_arena, &w, &test_err))
		return test_err.message;
	strbuf_init(&out);
	const char *text = avro_write_row(w, values, &out, &test_err) ? hex_of(strbuf_str(&out)) : test_err.message;
	strbuf_deinit(&out);
	return text;
}

TEST(derived_schema)
{
	TypeField in[] = {{STR("x"), nn(&type_int)}, {STR("y"), &type_timestamp3}};
	const Type *row = type_row(test_arena, in, 2);
	CHECK_STR(derive(&(TestTable){.cols = {{"a", &type_tinyint}, {"r", type_array(test_arena, row)}}}),
	          "{\"type\":\"record\",\"name\":\"record\",\"namespace\":\"org.apache.flink.avro.generated\",\"fields\":["
	          "{\"name\":\"a\",\"type\":[\"null\",\"int\"],\"default\":null},"
	          "{\"name\":\"r\",\"type\":[\"null\",{\"type\":\"array\",\"items\":[\"null\",{\"type\":\"record\","
	          "\"name\":\"record_r\","
	          "\"fields\":[{\"name\":\"x\",\"type\":\"int\"},{\"name\":\"y\",\"type\":[\"null\",{\"type\":\"long\","
	          "\"logicalType\":"
	          "\"timestamp-millis\"}],\"default\":null}]}]}],\"default\":null}]}");
	CHECK_STR(derive(&(TestTable){.cols = {{"a b", &type_int}}}),
	          "column \"a b\": Avro has names of A-Z, a-z, 0-9 and _ only");
	CHECK_STR(derive(&(TestTable){.cols = {{"m", type_map(test_arena, &type_int, &type_int)}}}),
	          "Avro's maps have text keys only");
	CHECK_STR(derive(&(TestTable){.cols = {{"i", &type_interval_months}}}),
	          "Avro has no type for INTERVAL YEAR TO MONTH");
}

TEST(writing)
{
	TestTable t = {.cols = {{"a", &type_int}, {"d", nn(type_decimal(test_arena, 6, 2))}, {"s", &type_string}}};
	Value values[] = {value_i64(-2), {.d = -1}, VALUE_NULL};
	CHECK_STR(write_as(NULL, &t, values), "0203"
	                                      "02ff"
	                                      "00");
	values[0] = VALUE_NULL;
	values[1].d = 128;
	values[2] = value_str(STR("xy"));
	CHECK_STR(write_as(NULL, &t, values), "00"
	                                      "040080"
	                                      "02047879");
	TestTable e = {.cols = {{"c", &type_string}}};
	const char *s = "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"v\",\"type\":\"int\",\"default\":7},{"
	                "\"name\":\"c\",\"type\":"
	                "{\"type\":\"enum\",\"name\":\"e\",\"symbols\":[\"A\",\"B\"]}}]}";
	CHECK_STR(write_as(s, &e, &(Value){.s = STR("B")}), "0e02");
	CHECK_STR(write_as(s, &e, &(Value){.s = STR("C")}), "field \"c\": \"C\" is no symbol of the enum \"e\"");
	CHECK_STR(write_as(s, &e, &VALUE_NULL), "field \"c\" is NULL, and its schema has no null");
	TestTable i = {.cols = {{"c", &type_bigint}}};
	CHECK_STR(write_as(s, &i, &(Value){.i = 1}), "column \"c\": BIGINT cannot be written as Avro's enum e");
	TestTable ts = {.cols = {{"c", &type_timestamp3}}};
	CHECK_STR(write_as(NULL, &ts, &(Value){.i = -1000}), "0201");
}

static const char *check_options(const TestTable *t)
{
	Options options;
	FormatSchema schema;
	test_options(t, &options);
	test_schema(t, &schema);
	err_clear(&test_err);
	return avro_confluent_format.check(&options, &schema, &test_err) ? "fine" : test_err.message;
}

#define URL                                                                                                            \
	{                                                                                                                  \
		"url", "http://127.0.0.1:9/"                                                                                   \
	}

TEST(confluent_options)
{
	CHECK_STR(check_options(&(TestTable){.options = {URL}}), "fine");
	CHECK_STR(check_options(&(TestTable){.options = {{"schema-registry.url", "https://a,https://b/"}}}), "fine");
	CHECK_STR(check_options(&(TestTable){0}), "\"avro-confluent.url\" is missing");
	CHECK_STR(check_options(&(TestTable){.options = {{"url", "localhost:8081"}}}),
	          "\"localhost:8081\" is no address of a schema registry");
	CHECK_STR(check_options(&(TestTable){.options = {{"url", "http://me:secret@host"}}}),
	          "a user or password in the address of a schema registry");
	CHECK_STR(check_options(&(TestTable){.options = {URL, {"basic-auth.user-info", "a:b"}}}),
	          "\"basic-auth.user-info\" and \"basic-auth.credentials-source\" go together");
	CHECK_STR(check_options(&(TestTable){.options = {URL, {"bearer-auth.credentials-source", "OAUTHBEARER"}}}),
	          "that \"bearer-auth.credentials-source\" is not supported yet");
	CHECK_STR(check_options(&(TestTable){.options = {URL, {"ssl.truststore.location", "x.jks"}}}),
	          "\"ssl.truststore.location\" is a key store in Java's form, which is not readable here");
	CHECK_STR(check_options(&(TestTable){.options = {URL, {"schema", "{"}}}),
	          "\"schema\": the Avro schema is no JSON: string or '}' expected near end of file");
	/* the schema of the table against its columns */
	TestTable t = {.format = "avro-confluent",
	               .options = {URL,
	                           {"schema", "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"a\",\"type\":"
	                                      "[\"null\",\"string\"]}]}"}},
	               .cols = {{"a", &type_int}}};
	CHECK(!test_decoder(&t));
	CHECK_STR(test_err.message, "field \"a\" of the schema is string, and the column is INT");
	t.cols[0].name = "b";
	CHECK(!test_decoder(&t));
	CHECK_STR(test_err.message, "the schema has no field \"b\"");
}

TEST(confluent_waits)
{
	TestTable t = {.format = "avro-confluent", .options = {URL}, .cols = {{"a", &type_int}}};
	Decoder *d = test_decoder(&t);
	REQUIRE(d);
	Err why = {0};
	Str good = str_make("\0\0\0\0\7x", 6), bad[] = {{0}, STR_EMPTY, STR("\1\0\0\0\7x"), STR("\0\0")};
	CHECK_EQ_I64(avro_confluent_format.ready(d, bad, 4, 0, &why), FORMAT_READY);
	CHECK_EQ_I64(avro_confluent_format.ready(d, &good, 1, 100, &why), FORMAT_WAITS);
	CHECK(why.flags & ERR_RETRIABLE);
	Decoded out;
	avro_confluent_format.decode(d, bad, 4, test_arena, &out);
	CHECK_EQ_U64(out.nrows, 4);
	CHECK_EQ_U64(out.nbad, 3);
	CHECK(!out.bad[0] && out.bad[1] && out.bad[2] && out.bad[3]);
	avro_confluent_format.decoder_close(d);
}

TEST(keys_of_maps)
{
	Value items[400];
	MapKeys keys = {0};
	for (uint32_t i = 0; i < 400; i += 2) {
		items[i] = value_str(arena_printf(test_arena, "k%u", i));
		uint32_t *slot = map_keys_slot(&keys, items, i, items[i].s, test_arena);
		CHECK_EQ_U64(*slot, 0);
		*slot = i / 2 + 1;
		CHECK_EQ_U64(*map_keys_slot(&keys, items, i + 2, items[i / 2 & ~1U].s, test_arena), (i / 2 & ~1U) / 2 + 1);
	}
}

TESTS(promotions, logical_types, decimals, unions, nested, fields_by_name, damage, schemas, derived_schema, writing,
      confluent_options, confluent_waits, keys_of_maps)
