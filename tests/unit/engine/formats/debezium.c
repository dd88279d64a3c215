/*
 * Debezium's envelope: the rows and weights of messages, what is no change, and rows as changes.
 */
#include "engine/formats/debezium.h"

#include "tests/unit/engine/formats/format_test.h"

/* Decodes the messages (ended by NULL; "" is a tombstone): "0: -1, a | 0: +2, b", with the sign of the weight. */
static const char *rows_of(const TestTable *t, const char *key, const char *const *messages)
{
	Options options;
	FormatSchema schema;
	Decoder *d = NULL;
	Decoded out;
	Str list[16], name = str_from(key ? key : "");
	uint32_t n = 0;
	StrBuf text;
	(void)test_format(t);
	test_options(t, &options);
	test_schema(t, &schema);
	schema.key = &name;
	schema.nkey = key ? 1 : 0;
	REQUIRE(debezium_format.decoder_open(&options, &schema, test_arena, &d, &test_err));
	for (; messages[n]; n++)
		list[n] = str_from(messages[n]);
	debezium_format.decode(d, list, n, test_arena, &out);
	strbuf_init(&text);
	for (uint32_t row = 0; row < out.nrows; row++) {
		uint32_t m = out.message ? out.message[row] : row;
		if (out.bad && out.bad[m])
			continue;
		strbuf_printf(&text, "%s%u: %s", text.len ? " | " : "", m, out.weight && out.weight[row] < 0 ? "-" : "+");
		for (uint32_t i = 0; i < schema.nfields; i++) {
			const Column *c = &out.cols[i];
			strbuf_puts(&text, i ? ", " : "");
			if (column_err(c, row) || column_is_null(c, row))
				strbuf_puts(&text, column_err(c, row) ? "ERR" : "NULL");
			else
				value_print(c->type, column_value(c, row), VALUE_SQL, NULL, &text);
		}
	}
	for (uint32_t m = 0; m < n; m++)
		if (out.bad && out.bad[m])
			strbuf_printf(&text, " bad %u", m);
	const char *result = arena_cstr(test_arena, strbuf_str(&text));
	debezium_format.decoder_close(d);
	strbuf_deinit(&text);
	return result;
}

#define ROWS(t, ...) rows_of(&(t), NULL, (const char *[]){__VA_ARGS__, NULL})
#define KEYED(t, ...) rows_of(&(t), "id", (const char *[]){__VA_ARGS__, NULL})

static const TestTable plain = {.format = "debezium-json", .cols = {{"id", &type_int}, {"x", &type_string}}};

#define CREATE "{\"before\":null,\"after\":{\"id\":1,\"x\":\"a\"},\"op\":\"c\"}"
#define READ "{\"before\":null,\"after\":{\"id\":2,\"x\":\"b\"},\"source\":{\"db\":\"d\"},\"op\":\"r\",\"ts_ms\":1}"
#define UPDATE "{\"op\":\"u\",\"after\":{\"id\":1,\"x\":\"c\"},\"before\":{\"x\":\"a\",\"id\":1}}"
#define DELETE "{\"before\":{\"id\":1,\"x\":\"c\"},\"after\":null,\"op\":\"d\"}"

TEST(operations)
{
	CHECK_STR(ROWS(plain, CREATE, READ), "0: +1, a | 1: +2, b");
	CHECK_STR(ROWS(plain, UPDATE), "0: -1, a | 0: +1, c");
	CHECK_STR(ROWS(plain, DELETE), "0: -1, c");
	CHECK_STR(ROWS(plain, CREATE, UPDATE, "", DELETE, "x", READ),
	          "0: +1, a | 1: -1, a | 1: +1, c | 3: -1, c | 5: +2, b bad 4");
	CHECK_STR(ROWS(plain, "", ""), "");
	CHECK_STR(ROWS(plain, " {\"after\" : {} , \"op\" : \"c\" } "), "0: +NULL, NULL");
	/* of names that come twice the last counts */
	CHECK_STR(ROWS(plain, "{\"op\":\"d\",\"after\":{\"id\":7},\"after\":{\"x\":\"y\",\"x\":\"z\"},\"op\":\"c\"}"),
	          "0: +NULL, z");
	CHECK_STR(ROWS(plain, "{\"op\":\"u\",\"before\":{\"id\":7},\"before\":null,\"after\":{}}"), " bad 0");
}

TEST(what_is_no_change)
{
	CHECK_STR(ROWS(plain, "[" CREATE "]", " [", CREATE, "{", "{}", "{\"op\":null}"),
	          "2: +1, a bad 0 bad 1 bad 3 bad 4 bad 5");
	CHECK_STR(ROWS(plain, "{\"op\":\"c\"}", "{\"op\":\"x\",\"after\":{}}", "{\"op\":\"cc\",\"after\":{}}",
	               "{\"op\":1,\"after\":{}}"),
	          " bad 0 bad 1 bad 2 bad 3");
	CHECK_STR(ROWS(plain, "{\"op\":\"c\",\"after\":\"{\"}", "{\"op\":\"c\",\"after\":[]}",
	               "{\"op\":\"c\",\"after\":{},\"before\":1}"),
	          " bad 0 bad 1 bad 2");
	CHECK_STR(test_explain(&plain, "{\"op\":\"\",\"after\":{}}"),
	          "\"op\" is \"\", and neither \"c\", \"r\", \"u\" nor \"d\"");
	CHECK_STR(test_explain(&plain, "{\"op\":\"d\"}"), "a deletion (\"d\") has no \"before\"");
	CHECK_STR(test_explain(&plain, "{\"op\":\"u\",\"after\":{}}"), "an update (\"u\") has no \"before\"");
	CHECK(strstr(test_err.hint, "REPLICA IDENTITY FULL") && strstr(test_err.hint, "PRIMARY KEY"));
	CHECK_STR(test_explain(&plain, "{\"op\":\"c\",\"after\":null}"), "a change \"op\" = \"c\" has no \"after\"");
	CHECK_STR(test_explain(&plain, "{\"payload\":{},\"schema\":{}}"), "the message has no \"op\"");
	CHECK(strstr(test_err.hint, "schema-include"));
	CHECK_STR(test_explain(&plain, CREATE), "the message can be decoded");
	CHECK_STR(test_explain(&plain, ""), "the message can be decoded");
}

/* An error belongs to its row and field, and only the wanted ones are looked at. */
TEST(fields)
{
	static const char wrong[] =
	    "{\"op\":\"u\",\"before\":{\"id\":\"?\",\"x\":\"a\"},\"after\":{\"id\":1,\"x\":\"b\",\"y\":[{}]}}";
	CHECK_STR(ROWS(plain, wrong), "0: -ERR, a | 0: +1, b");
	CHECK_STR(test_explain(&plain, wrong),
	          "before.id: field \"before.id\": the string \"?\" cannot be converted to INT");
	TestTable pruned = plain;
	pruned.wanted[0] = "x";
	CHECK_STR(ROWS(pruned, wrong), "0: -a | 0: +b");
	CHECK_STR(ROWS(pruned, "{\"op\":\"d\",\"before\":{\"id\":tru}}"), " bad 0");
	TypeField inner[] = {{STR("a"), &type_int}, {STR("b"), &type_string}};
	(void)test_format(&plain);
	TestTable nested = {.format = "debezium-json", .cols = {{"r", type_row(test_arena, inner, 2)}}, .wanted = {"r/b"}};
	CHECK_STR(ROWS(nested, "{\"op\":\"u\",\"before\":{\"r\":null},\"after\":{\"r\":{\"a\":[],\"b\":\"y\"}}}"),
	          "0: -NULL | 0: +y");
	CHECK_STR(ROWS(nested, "{\"op\":\"c\",\"after\":{\"r\":5}}"), "0: +ERR");
	TestTable none = plain;
	none.cols[0].name = NULL;
	CHECK_STR(ROWS(none, CREATE, UPDATE), "0: + | 1: - | 1: +");
}

TEST(by_key)
{
	CHECK_STR(KEYED(plain, CREATE, UPDATE), "0: +1, a | 1: +1, c");
	CHECK_STR(KEYED(plain, "{\"op\":\"u\",\"before\":null,\"after\":{\"id\":1,\"x\":\"b\"}}"), "0: +1, b");
	/* of the old row only the key counts */
	CHECK_STR(KEYED(plain, "{\"op\":\"d\",\"before\":{\"id\":1,\"x\":[]}}", DELETE), "0: -1, NULL | 1: -1, NULL");
	CHECK_STR(KEYED(plain, "{\"op\":\"u\",\"before\":{\"id\":1},\"after\":{\"id\":2,\"x\":\"b\"}}"),
	          "0: -1, NULL | 0: +2, b");
	CHECK_STR(KEYED(plain, "{\"op\":\"d\",\"before\":{}}", "{\"op\":\"c\",\"after\":{\"id\":null}}", "{\"op\":\"d\"}"),
	          " bad 0 bad 1 bad 2");
}

TEST(schema_include)
{
	TestTable t = plain;
	t.options[0] = (TestPair){"schema-include", "true"};
	CHECK_STR(ROWS(t, "{\"schema\":{\"fields\":[]},\"payload\":" CREATE "}", "{\"payload\":" UPDATE "}",
	               "{\"schema\":null,\"payload\":null}", CREATE, "{\"payload\":[]}"),
	          "0: +1, a | 1: -1, a | 1: +1, c bad 3 bad 4");
	CHECK_STR(test_explain(&t, CREATE), "the message has no \"payload\"");
	CHECK_STR(test_explain(&t, "{\"payload\":{\"op\":\"c\",\"after\":{\"id\":\"?\"}}}"),
	          "payload.after.id: field \"payload.after.id\": the string \"?\" cannot be converted to INT");
}

TEST(metadata)
{
	(void)test_format(&plain);
	Str names[] = {STR("ingestion-timestamp"), STR("source.table"), STR("schema")};
	FormatField fields[] = {{.path = &names[0], .npath = 1, .type = &type_ltz3, .metadata = true},
	                        {.path = &names[1], .npath = 1, .type = &type_string, .metadata = true},
	                        {.path = &names[2], .npath = 1, .type = &type_string, .metadata = true}};
	FormatSchema schema = {.fields = fields, .nfields = 3};
	Options options = {0};
	options_set(&options, test_arena, STR("schema-include"), STR("true"));
	Decoder *d;
	Decoded out;
	REQUIRE(debezium_format.decoder_open(&options, &schema, test_arena, &d, &test_err));
	Str messages[] = {
	    STR("{\"schema\":{\"a\":1},\"payload\":{\"op\":\"c\",\"after\":{},\"ts_ms\":5,\"source\":{\"table\":\"t\"}}}"),
	    STR("{\"payload\":{\"op\":\"d\",\"before\":{}}}"),
	    STR("{\"payload\":{\"op\":\"c\",\"after\":{},\"ts_ms\":9223372036854775807}}")};
	debezium_format.decode(d, messages, 3, test_arena, &out);
	CHECK_EQ_U64(out.nrows, 3);
	CHECK_EQ_I64(column_value(&out.cols[0], 0).i, 5000);
	CHECK(column_is_null(&out.cols[0], 1) && !column_err(&out.cols[0], 1) && column_err(&out.cols[0], 2));
	CHECK(str_eq(column_value(&out.cols[1], 0).s, STR("t")) && column_is_null(&out.cols[1], 1));
	CHECK(str_eq(column_value(&out.cols[2], 0).s, STR("{\"a\":1}")));
	debezium_format.decoder_close(d);
}

static const char *written(RowKind kind, const Value *values)
{
	Options options = {0};
	FormatSchema schema;
	Encoder *e;
	StrBuf out;
	(void)test_format(&plain);
	test_schema(&plain, &schema);
	REQUIRE(debezium_format.encoder_open(&options, &schema, test_arena, &e, &test_err));
	strbuf_init(&out);
	CHECK(debezium_format.encode(e, kind, values, &out, &test_err));
	const char *text = arena_cstr(test_arena, strbuf_str(&out));
	debezium_format.encoder_close(e);
	strbuf_deinit(&out);
	return text;
}

TEST(rows_as_changes)
{
	Value values[] = {{.i = 1}, {.null = true}};
	static const char created[] = "{\"before\":null,\"after\":{\"id\":1,\"x\":null},\"op\":\"c\"}";
	static const char deleted[] = "{\"before\":{\"id\":1,\"x\":null},\"after\":null,\"op\":\"d\"}";
	CHECK_STR(written(ROW_INSERT, values), created);
	CHECK_STR(written(ROW_UPDATE_AFTER, values), created);
	CHECK_STR(written(ROW_UPDATE_BEFORE, values), deleted);
	CHECK_STR(written(ROW_DELETE, values), deleted);
	CHECK_STR(ROWS(plain, created, deleted), "0: +1, NULL | 1: -1, NULL");
	TestTable t = plain;
	t.options[0] = (TestPair){"schema-include", "true"};
	Options options;
	FormatSchema schema;
	Encoder *e;
	test_options(&t, &options);
	test_schema(&t, &schema);
	CHECK(!debezium_format.encoder_open(&options, &schema, test_arena, &e, &test_err));
	CHECK_EQ_I64(test_err.code, ERR_NOT_SUPPORTED);
}

TESTS(operations, what_is_no_change, fields, by_key, schema_include, metadata, rows_as_changes)
