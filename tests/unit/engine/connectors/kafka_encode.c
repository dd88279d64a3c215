/*
 * Tests of engine/connectors/kafka_encode.c: which columns go into key, value and metadata, and what cannot be written.
 */
#include "engine/connectors/kafka_encode.h"
#include "tests/support/connectors/live.h"

static void table(LiveTable *t, const char *connector)
{
	live_table(t, "t", connector);
	live_column(t, "k_id", &type_int);
	live_column(t, "v", &type_string);
	live_metadata(t, "at", &type_ltz3, "timestamp");
	live_option(t, "topic", "t");
}

static const char *encode(LiveTable *t, bool upsert, RowKind kind, Value id, Value v, Value at)
{
	SinkSpec spec = live_sink_spec(t, 1, "s", false);
	KafkaEncode *e = NULL;
	Err err = {0};
	bool changelog;
	if (!kafka_encode_check(&t->def, upsert, &changelog, &err) || !kafka_encode_open(&spec, upsert, &e, &err))
		return arena_printf(t->arena, "%d", (int)err.code).ptr;
	KafkaRecord r;
	bool skip;
	const char *s = "refused";
	if (kafka_encode_row(e, kind, (Value[]){id, v, at}, &r, &skip, &err))
		s = skip ? "skipped"
		         : arena_printf(t->arena, "%.*s=%.*s@%lld", r.key.ptr ? (int)r.key.len : 1, r.key.ptr ? r.key.ptr : "-",
		                        r.value.ptr ? (int)r.value.len : 1, r.value.ptr ? r.value.ptr : "-",
		                        (long long)r.time_ms)
		               .ptr;
	kafka_encode_close(e);
	return s;
}

TEST(plain)
{
	LiveTable t;
	table(&t, "kafka");
	live_option(&t, "format", "json");
	CHECK_STR(encode(&t, false, ROW_INSERT, value_i64(1), live_text("x"), value_i64(5000)),
	          "-={\"k_id\":1,\"v\":\"x\"}@5");
	CHECK_STR(encode(&t, false, ROW_INSERT, value_i64(1), live_text("x"), value_i64(-1)), "refused");
	live_option(&t, "json.encode.ignore-null-fields", "true");
	CHECK_STR(encode(&t, false, ROW_INSERT, VALUE_NULL, live_text("x"), VALUE_NULL), "-={\"v\":\"x\"}@0");
	live_option(&t, "key.format", "raw");
	CHECK_STR(encode(&t, false, ROW_INSERT, VALUE_NULL, VALUE_NULL, VALUE_NULL), "1403");
	live_option(&t, "key.fields", "v");
	CHECK_STR(encode(&t, false, ROW_INSERT, value_i64(1), live_text("x"), VALUE_NULL), "x={\"k_id\":1,\"v\":\"x\"}@0");
	CHECK_STR(encode(&t, false, ROW_INSERT, value_i64(1), VALUE_NULL, VALUE_NULL), "-={\"k_id\":1}@0");
	live_option(&t, "value.fields-include", "EXCEPT_KEY");
	CHECK_STR(encode(&t, false, ROW_INSERT, value_i64(1), live_text("x"), VALUE_NULL), "x={\"k_id\":1}@0");
	live_option(&t, "key.fields", "w");
	CHECK_STR(encode(&t, false, ROW_INSERT, value_i64(1), live_text("x"), VALUE_NULL), "1402");
	live_drop(&t);
}

TEST(upsert)
{
	LiveTable t;
	table(&t, "upsert-kafka");
	live_key(&t, 0);
	live_option(&t, "key.format", "json");
	live_option(&t, "value.format", "json");
	CHECK_STR(encode(&t, true, ROW_INSERT, value_i64(1), live_text("x"), VALUE_NULL),
	          "{\"k_id\":1}={\"k_id\":1,\"v\":\"x\"}@0");
	CHECK_STR(encode(&t, true, ROW_UPDATE_BEFORE, value_i64(1), live_text("x"), VALUE_NULL), "skipped");
	CHECK_STR(encode(&t, true, ROW_DELETE, value_i64(1), live_text("x"), VALUE_NULL), "{\"k_id\":1}=-@0");
	live_option(&t, "key.fields-prefix", "k_");
	CHECK_STR(encode(&t, true, ROW_INSERT, value_i64(1), live_text("x"), VALUE_NULL), "1402");
	live_option(&t, "value.fields-include", "EXCEPT_KEY");
	CHECK_STR(encode(&t, true, ROW_INSERT, value_i64(1), live_text("x"), VALUE_NULL), "{\"id\":1}={\"v\":\"x\"}@0");
	live_option(&t, "key.fields-prefix", "z_");
	CHECK_STR(encode(&t, true, ROW_INSERT, value_i64(1), live_text("x"), VALUE_NULL), "1402");
	live_drop(&t);
}

TEST(not_written)
{
	LiveTable t;
	table(&t, "kafka");
	CHECK_STR(encode(&t, false, ROW_INSERT, VALUE_NULL, VALUE_NULL, VALUE_NULL), "1403");
	live_option(&t, "format", "nonsense");
	CHECK_STR(encode(&t, false, ROW_INSERT, VALUE_NULL, VALUE_NULL, VALUE_NULL), "1402");
	live_option(&t, "format", "json");
	live_metadata(&t, "o", &type_bigint, "offset");
	CHECK_STR(encode(&t, false, ROW_INSERT, VALUE_NULL, VALUE_NULL, VALUE_NULL), "1402");
	live_drop(&t);
}

TESTS(plain, upsert, not_written)
