/*
 * Tests of engine/connectors/print_sink.c, stdout_sink.c and blackhole_sink.c: the text they write.
 */
#include "sql/types/packed.h"
#include "tests/support/connectors/live.h"

static StrBuf printed;

static void keep(void *ctx, Str text)
{
	(void)ctx;
	strbuf_put_str(&printed, text);
}

static Sink *start(LiveTable *t, unsigned want_accepts)
{
	const SinkType *type = sink_find(t->def.connector);
	Err err = {0};
	unsigned accepts = 0;
	REQUIRE(type->check(&t->def, &accepts, &err));
	CHECK_EQ_I64(accepts, want_accepts);
	SinkSpec spec = live_sink_spec(t, 1, "s", false);
	spec.out = keep;
	Sink *s = NULL;
	REQUIRE(type->open(&spec, &s, &err));
	uint64_t epoch;
	bool known = true;
	CHECK(type->recover(s, &epoch, &known, &err) == SINK_DELIVERED && !known);
	strbuf_clear(&printed);
	return s;
}

static const char *deliver(LiveTable *t, Sink *s, LiveEpoch *e, uint32_t n)
{
	SinkEpoch list[4];
	for (uint32_t i = 0; i < n; i++)
		list[i] = *live_sealed(&e[i]);
	uint32_t refused = 1;
	Err err = {0};
	strbuf_clear(&printed);
	CHECK(sink_find(t->def.connector)->deliver(s, 0, list, n, NULL, 0, &refused, &err) == SINK_DELIVERED);
	CHECK_EQ_I64(refused, 0);
	for (uint32_t i = 0; i < n; i++)
		live_epoch_drop(&e[i]);
	return strbuf_cstr(&printed);
}

TEST(print)
{
	static const TypeField fields[] = {{{"a", 1}, &type_int}, {{"b", 1}, &type_string}};
	LiveTable t;
	live_table(&t, "t", "print");
	live_column(&t, "i", &type_int);
	live_column(&t, "s", &type_string);
	live_column(&t, "ts", &type_timestamp3);
	live_column(&t, "ltz", &type_ltz3);
	live_column(&t, "arr", type_array(t.arena, &type_int));
	live_column(&t, "m", type_map(t.arena, &type_string_nn, &type_int));
	live_column(&t, "r", type_row(t.arena, fields, 2));
	Sink *s = start(&t, SINK_APPEND | SINK_UPSERT | SINK_RETRACT);
	const Type *ri[2] = {&type_int, &type_string}, *mi[2] = {&type_string_nn, &type_int};
	Value a[2] = {value_i64(1), VALUE_NULL}, m[2] = {live_text("k"), value_i64(5)}, r[2] = {value_i64(7), VALUE_NULL};
	LiveEpoch e[2];
	live_epoch(&e[0], 1);
	live_row(&e[0], &t, ROW_INSERT,
	         (Value[]){value_i64(1), live_text("foo"), value_i64(INT64_C(1577836800000000)),
	                   value_i64(INT64_C(1577836800000000)),
	                   value_str(packed_build(t.arena, (const Type *[]){&type_int}, true, a, 2)),
	                   value_str(packed_build(t.arena, mi, false, m, 2)),
	                   value_str(packed_build(t.arena, ri, false, r, 2))});
	live_epoch(&e[1], 2);
	Value nulls[7];
	for (int i = 0; i < 7; i++)
		nulls[i] = VALUE_NULL;
	live_row(&e[1], &t, ROW_UPDATE_BEFORE, nulls);
	live_row(&e[1], &t, ROW_DELETE, nulls);
	CHECK_STR(deliver(&t, s, e, 2),
	          "+I[1, foo, 2020-01-01T00:00, 2020-01-01T00:00:00Z, [1, null], {k=5}, +I[7, null]]\n"
	          "-U[null, null, null, null, null, null, null]\n-D[null, null, null, null, null, null, null]\n");
	sink_find(STR("print"))->close(s);
	live_drop(&t);
	live_table(&t, "t", "print");
	live_column(&t, "i", &type_int);
	live_option(&t, "print-identifier", "out");
	s = start(&t, SINK_APPEND | SINK_UPSERT | SINK_RETRACT);
	live_epoch(&e[0], 1);
	live_row(&e[0], &t, ROW_INSERT, (Value[]){value_i64(1)});
	CHECK_STR(deliver(&t, s, e, 1), "out> +I[1]\n");
	sink_find(STR("print"))->close(s);
	live_drop(&t);
}

static void results(LiveTable *t, const char *format)
{
	live_table(t, "t", "stdout");
	live_option(t, "format", format);
	live_column(t, "name", &type_string);
	live_column(t, "total", &type_double);
}

static void row(LiveEpoch *e, LiveTable *t, RowKind kind, const char *name, double total)
{
	live_row(e, t, kind, (Value[]){live_text(name), {.f = total}});
}

TEST(table)
{
	LiveTable t;
	results(&t, "table");
	live_option(&t, "title", "Totals");
	live_option(&t, "banner", "--- {n} of {n} {x}");
	Sink *s = start(&t, SINK_APPEND | SINK_UPSERT | SINK_RETRACT);
	LiveEpoch e[2];
	live_epoch(&e[0], 1);
	row(&e[0], &t, ROW_INSERT, "ann", 1.5);
	row(&e[0], &t, ROW_INSERT, "b\xc3\xa4\nrbel", 100);
	row(&e[0], &t, ROW_INSERT, NULL, 0);
	live_epoch(&e[1], 2);
	row(&e[1], &t, ROW_UPDATE_BEFORE, "ann", 1.5);
	row(&e[1], &t, ROW_UPDATE_AFTER, "ann", 2);
	CHECK_STR(deliver(&t, s, e, 2), "Totals\n"
	                                "--- 1 of 1 {x}\n"
	                                " name     | total\n"
	                                "----------+-------\n"
	                                " ann      |   1.5\n"
	                                " b\xc3\xa4\\nrbel | 100.0\n"
	                                " NULL     |   0.0\n"
	                                "(3 rows)\n\n"
	                                "--- 2 of 2 {x}\n"
	                                " op | name | total\n"
	                                "----+------+-------\n"
	                                " -U | ann  |   1.5\n"
	                                " +U | ann  |   2.0\n"
	                                "(2 rows)\n\n");
	live_epoch(&e[0], 3);
	CHECK_STR(deliver(&t, s, e, 1), "");
	live_epoch(&e[0], 4);
	row(&e[0], &t, ROW_INSERT, "x", 1);
	CHECK_STR(deliver(&t, s, e, 1), "--- 3 of 3 {x}\n name | total\n------+-------\n x    |   1.0\n(1 row)\n\n");
	sink_find(STR("stdout"))->close(s);
	live_drop(&t);
}

TEST(json_and_csv)
{
	LiveTable t;
	results(&t, "json");
	Sink *s = start(&t, SINK_APPEND | SINK_UPSERT | SINK_RETRACT);
	LiveEpoch e[2];
	live_epoch(&e[0], 1);
	row(&e[0], &t, ROW_INSERT, "a\"b", 1.5);
	row(&e[0], &t, ROW_DELETE, NULL, 2);
	CHECK_STR(deliver(&t, s, e, 1),
	          "{\"name\":\"a\\\"b\",\"total\":1.5}\n{\"op\":\"-D\",\"name\":null,\"total\":2.0}\n");
	sink_find(STR("stdout"))->close(s);
	live_drop(&t);
	results(&t, "csv");
	s = start(&t, SINK_APPEND);
	live_epoch(&e[0], 1);
	row(&e[0], &t, ROW_INSERT, "a\"b,c", 1.5);
	row(&e[0], &t, ROW_INSERT, NULL, 2);
	live_epoch(&e[1], 2);
	row(&e[1], &t, ROW_INSERT, "", 3);
	CHECK_STR(deliver(&t, s, e, 2), "name,total\n\"a\"\"b,c\",1.5\n,2.0\n\"\",3.0\n");
	sink_find(STR("stdout"))->close(s);
	live_drop(&t);
}

TEST(one_block_per_window)
{
	LiveTable t;
	live_table(&t, "t", "stdout");
	live_option(&t, "banner", "# {n}");
	live_option(&t, "format", "csv");
	live_column(&t, "window_end", &type_timestamp3);
	live_column(&t, "x", &type_int);
	Sink *s = start(&t, SINK_APPEND);
	LiveEpoch e[2];
	for (int i = 0; i < 2; i++) {
		live_epoch(&e[i], (uint64_t)i + 1);
		for (int k = 0; k < 3; k++)
			live_row(&e[i], &t, ROW_INSERT, (Value[]){value_i64((i + k / 2) * INT64_C(1000000)), value_i64(k)});
	}
	CHECK_STR(
	    deliver(&t, s, e, 2),
	    "# 1\nwindow_end,x\n1970-01-01 00:00:00.000,0\n1970-01-01 00:00:00.000,1\n# 2\n1970-01-01 00:00:01.000,2\n"
	    "# 3\n1970-01-01 00:00:01.000,0\n1970-01-01 00:00:01.000,1\n# 4\n1970-01-01 00:00:02.000,2\n");
	sink_find(STR("stdout"))->close(s);
	live_drop(&t);
}

TEST(blackhole)
{
	LiveTable t;
	live_table(&t, "t", "blackhole");
	live_column(&t, "x", &type_int);
	Sink *s = start(&t, SINK_APPEND | SINK_UPSERT | SINK_RETRACT);
	LiveEpoch e;
	live_epoch(&e, 1);
	live_row(&e, &t, ROW_DELETE, (Value[]){value_i64(1)});
	deliver(&t, s, &e, 1);
	CHECK_EQ_I64(printed.len, 0);
	sink_find(STR("blackhole"))->close(s);
	live_drop(&t);
	strbuf_deinit(&printed);
}

TESTS(print, table, json_and_csv, one_block_per_window, blackhole)
