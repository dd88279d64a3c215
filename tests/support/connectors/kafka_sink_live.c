/*
 * tests/support/connectors/kafka_sink_live.c: the Kafka sink against a real broker: transactions, markers, fencing,
 * refused rows, formats.
 */
#include "base/log.h"
#include "sql/types/packed.h"
#include "tests/support/connectors/kafka_help.h"

static rd_kafka_t *admin;

static const char *setup(LiveTable *t, const char *connector, int partitions, const char *const *config)
{
	if (!admin)
		admin = kafka_producer(kafka_brokers(), NULL);
	live_table(t, "t", connector);
	live_option(t, "properties.bootstrap.servers", kafka_brokers());
	const char *topic = live_unique(t->arena, "sink");
	live_option(t, "topic", topic);
	kafka_create_topic(admin, topic, partitions, config);
	return topic;
}

static Sink *start(const SinkSpec *spec, uint64_t *epoch, bool *known)
{
	const SinkType *type = sink_find(spec->table->connector);
	Err err = {0};
	unsigned accepts;
	Sink *s = NULL;
	if (!type->check(spec->table, &accepts, &err) || !type->open(spec, &s, &err))
		fprintf(stderr, "open: %s\n", err.message);
	REQUIRE(s != NULL);
	SinkResult r = SINK_RETRY;
	for (int i = 0; r == SINK_RETRY && i < 5; i++) {
		r = type->recover(s, epoch, known, &err);
		if (r != SINK_DELIVERED)
			fprintf(stderr, "recover: %s (%s)\n", err.message, err.hint);
	}
	REQUIRE(r == SINK_DELIVERED);
	return s;
}

static const SinkType *type_of(const LiveTable *t)
{
	return sink_find(t->def.connector);
}

static SinkResult deliver(const LiveTable *t, Sink *s, uint64_t last, const SinkEpoch *e, uint32_t n,
                          SinkRefused *refused, uint32_t *nrefused, Err *err)
{
	SinkResult r = type_of(t)->deliver(s, last, e, n, refused, 8, nrefused, err);
	if (r == SINK_RETRY || r == SINK_FAILED)
		fprintf(stderr, "    (deliver: %s)\n", err->message);
	return r;
}

/* Everything that is committed: key=value, joined by blanks, partition after partition; -: none. */
static const char *topic_text(Arena *arena, const char *topic, int partitions, const char *isolation)
{
	rd_kafka_t *rk = kafka_consumer(kafka_brokers(), "reader", isolation);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
	for (int p = 0; p < partitions; p++)
		rd_kafka_topic_partition_list_add(list, topic, p)->offset = RD_KAFKA_OFFSET_BEGINNING;
	REQUIRE(rd_kafka_assign(rk, list) == 0);
	rd_kafka_topic_partition_list_destroy(list);
	StrBuf out[8];
	for (int p = 0; p < partitions; p++)
		strbuf_init(&out[p]);
	int ends = 0;
	for (int64_t end = live_now_ms() + KAFKA_HELP_MS; ends < partitions && live_now_ms() < end;) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, 100);
		if (!m)
			continue;
		if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
			ends++;
		} else if (!m->err) {
			StrBuf *b = &out[m->partition];
			strbuf_printf(b, "%s%.*s=%.*s", b->len ? " " : "", m->key ? (int)m->key_len : 1,
			              m->key ? (char *)m->key : "-", m->payload ? (int)m->len : 1,
			              m->payload ? (char *)m->payload : "-");
		}
		rd_kafka_message_destroy(m);
	}
	REQUIRE(ends == partitions);
	StrBuf all;
	strbuf_init(&all);
	for (int p = 0; p < partitions; p++) {
		if (out[p].len)
			strbuf_printf(&all, "%s%s", all.len ? " " : "", strbuf_cstr(&out[p]));
		strbuf_deinit(&out[p]);
	}
	const char *s = arena_cstr(arena, all.ptr ? strbuf_str(&all) : STR_EMPTY);
	strbuf_deinit(&all);
	rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
	return s;
}

static void number_table(LiveTable *t)
{
	live_option(t, "format", "json");
	live_column(t, "n", &type_bigint);
}

static void numbers(LiveEpoch *e, const LiveTable *t, uint64_t epoch, int64_t from, int64_t to)
{
	live_epoch(e, epoch);
	for (int64_t i = from; i < to; i++)
		live_row(e, t, ROW_INSERT, (Value[]){value_i64(i)});
}

TEST(exactly_once)
{
	LiveTable t;
	const char *topic = setup(&t, "kafka", 1, NULL);
	number_table(&t);
	uint64_t engine = (uint64_t)live_now_ms(), epoch;
	SinkSpec spec = live_sink_spec(&t, engine, "exact", true);
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	CHECK(!known);
	LiveEpoch a, b, c;
	numbers(&a, &t, 4, 0, 2);
	numbers(&b, &t, 7, 2, 3);
	numbers(&c, &t, 8, 3, 5);
	SinkEpoch list[3] = {*live_sealed(&a), *live_sealed(&b), *live_sealed(&c)};
	uint32_t n;
	Err err = {0};
	CHECK(deliver(&t, s, 0, list, 2, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(topic_text(t.arena, topic, 1, "read_committed"), "-={\"n\":0} -={\"n\":1} -={\"n\":2}");
	const char *group = arena_printf(t.arena, "weir-%016llx-exact", (unsigned long long)engine).ptr;
	CHECK_EQ_I64(kafka_committed(kafka_brokers(), group, topic, 0), 7);
	/* A second self fences the first one, and knows where it was. */
	Sink *s2 = start(&spec, &epoch, &known);
	CHECK(known && epoch == 7);
	CHECK(deliver(&t, s, 7, list + 2, 1, NULL, &n, &err) == SINK_FAILED);
	CHECK(strstr(err.hint, "Another engine"));
	CHECK(deliver(&t, s2, 7, list + 2, 1, NULL, &n, &err) == SINK_DELIVERED);
	/* Resent: nothing twice. Ahead and behind: refused with reasons. */
	CHECK(deliver(&t, s2, 0, list, 3, NULL, &n, &err) == SINK_DELIVERED);
	CHECK(deliver(&t, s2, 0, list, 2, NULL, &n, &err) == SINK_FAILED);
	CHECK_EQ_I64(err.code, ERR_SINK_MARKER);
	SinkEpoch later = list[2];
	later.epoch = 20;
	CHECK(deliver(&t, s2, 19, &later, 1, NULL, &n, &err) == SINK_FAILED);
	CHECK_EQ_I64(err.code, ERR_SINK_MARKER);
	CHECK_STR(topic_text(t.arena, topic, 1, "read_committed"),
	          "-={\"n\":0} -={\"n\":1} -={\"n\":2} -={\"n\":3} -={\"n\":4}");
	CHECK(type_of(&t)->deliver(s2, 8, NULL, 0, NULL, 0, &n, &err) == SINK_DELIVERED);
	type_of(&t)->close(s);
	type_of(&t)->close(s2);
	live_epoch_drop(&a);
	live_epoch_drop(&b);
	live_epoch_drop(&c);
	live_drop(&t);
}

/* A crash in the middle: what was sent but not committed is aborted by the next self. */
TEST(open_transaction_is_ended)
{
	LiveTable t;
	const char *topic = setup(&t, "kafka", 1, NULL);
	number_table(&t);
	uint64_t engine = (uint64_t)live_now_ms(), epoch;
	SinkSpec spec = live_sink_spec(&t, engine, "crash", true);
	bool known;
	rd_kafka_t *old =
	    kafka_producer(kafka_brokers(), arena_printf(t.arena, "weir-%016llx-crash", (unsigned long long)engine).ptr);
	REQUIRE(rd_kafka_begin_transaction(old) == NULL);
	kafka_put(old, topic, 0, NULL, "lost", 0);
	kafka_flush(old);
	Sink *s = start(&spec, &epoch, &known);
	CHECK(!known);
	LiveEpoch a;
	numbers(&a, &t, 1, 0, 1);
	uint32_t n;
	Err err = {0};
	CHECK(deliver(&t, s, 0, live_sealed(&a), 1, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(topic_text(t.arena, topic, 1, "read_committed"), "-={\"n\":0}");
	CHECK_STR(topic_text(t.arena, topic, 1, "read_uncommitted"), "-=lost -={\"n\":0}");
	type_of(&t)->close(s);
	rd_kafka_destroy(old);
	live_epoch_drop(&a);
	live_drop(&t);
}

TEST(refused_rows)
{
	static const char *const small[] = {"max.message.bytes", "2000", NULL};
	LiveTable t;
	const char *topic = setup(&t, "kafka", 1, small);
	live_option(&t, "format", "raw");
	live_column(&t, "v", &type_string);
	for (int exact = 0; exact < 2; exact++) {
		SinkSpec spec = live_sink_spec(&t, (uint64_t)live_now_ms(), "refuse", exact);
		uint64_t epoch;
		bool known;
		Sink *s = start(&spec, &epoch, &known);
		char *big = arena_alloc(t.arena, 2000000);
		for (int i = 0; i < 2000000; i++)
			big[i] = (char)('a' + (i * 2654435761U >> 16) % 26);
		LiveEpoch e;
		live_epoch(&e, 1);
		live_row(&e, &t, ROW_INSERT, (Value[]){live_text("ok")});
		live_row(&e, &t, ROW_INSERT, (Value[]){value_str(str_make(big, 2000000))}); /* too large for the client */
		live_row(&e, &t, ROW_INSERT, (Value[]){live_text("ok")});
		SinkRefused refused[8];
		uint32_t n;
		Err err = {0};
		CHECK(deliver(&t, s, 0, live_sealed(&e), 1, refused, &n, &err) == SINK_REFUSED);
		CHECK(n == 1 && refused[0].row == 1 && refused[0].epoch == 1);
		LiveEpoch f;
		live_epoch(&f, 1);
		live_row(&f, &t, ROW_INSERT, (Value[]){value_str(str_make(big, 5000))}); /* too large for the topic */
		CHECK(deliver(&t, s, 0, live_sealed(&f), 1, refused, &n, &err) == SINK_REFUSED);
		CHECK(n == 1 && refused[0].row == 0);
		LiveEpoch g;
		live_epoch(&g, 1);
		live_row(&g, &t, ROW_INSERT, (Value[]){live_text("good")});
		live_row(&g, &t, ROW_INSERT, (Value[]){VALUE_NULL});
		CHECK(deliver(&t, s, 0, live_sealed(&g), 1, refused, &n, &err) == SINK_DELIVERED);
		type_of(&t)->close(s);
		live_epoch_drop(&e);
		live_epoch_drop(&f);
		live_epoch_drop(&g);
		if (exact)
			CHECK(strstr(topic_text(t.arena, topic, 1, "read_committed"), "-=good -=- -=good -=-"));
	}
	live_drop(&t);
}

TEST(upsert_keys_and_metadata)
{
	LiveTable t;
	const char *topic = setup(&t, "upsert-kafka", 3, NULL);
	live_option(&t, "key.format", "json");
	live_option(&t, "value.format", "json");
	live_option(&t, "value.fields-include", "EXCEPT_KEY");
	live_option(&t, "key.fields-prefix", "k_");
	live_column(&t, "k_id", &type_int);
	live_column(&t, "v", &type_string);
	live_metadata(&t, "at", &type_ltz3, "timestamp");
	live_metadata(&t, "h", type_map(t.arena, &type_string_nn, &type_bytes), "headers");
	live_key(&t, 0);
	SinkSpec spec = live_sink_spec(&t, (uint64_t)live_now_ms(), "upsert", true);
	uint64_t epoch;
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	const Type *pair[2] = {&type_string_nn, &type_bytes};
	Value h[2] = {live_text("x"), live_text("y")};
	Value headers = value_str(packed_build(t.arena, pair, false, h, 2));
	LiveEpoch e;
	live_epoch(&e, 1);
	live_row(&e, &t, ROW_INSERT, (Value[]){value_i64(1), live_text("a"), value_i64(5000000), headers});
	live_row(&e, &t, ROW_UPDATE_BEFORE, (Value[]){value_i64(1), live_text("a"), value_i64(5000000), headers});
	live_row(&e, &t, ROW_UPDATE_AFTER, (Value[]){value_i64(1), live_text("b"), VALUE_NULL, VALUE_NULL});
	live_row(&e, &t, ROW_DELETE, (Value[]){value_i64(1), live_text("b"), VALUE_NULL, VALUE_NULL});
	uint32_t n;
	Err err = {0};
	CHECK(deliver(&t, s, 0, live_sealed(&e), 1, NULL, &n, &err) == SINK_DELIVERED);
	CHECK_STR(topic_text(t.arena, topic, 3, "read_committed"),
	          "{\"id\":1}={\"v\":\"a\"} {\"id\":1}={\"v\":\"b\"} {\"id\":1}=-");
	type_of(&t)->close(s);
	live_epoch_drop(&e);
	live_drop(&t);
}

TEST(no_broker)
{
	LiveTable t;
	setup(&t, "kafka", 1, NULL);
	number_table(&t);
	live_option(&t, "properties.bootstrap.servers", "127.0.0.1:1");
	for (int exact = 0; exact < 2; exact++) {
		SinkSpec spec = live_sink_spec(&t, 1, "down", exact);
		Err err = {0};
		Sink *s;
		uint64_t epoch;
		bool known;
		REQUIRE(type_of(&t)->open(&spec, &s, &err));
		int64_t from = live_now_ms();
		SinkResult r = type_of(&t)->recover(s, &epoch, &known, &err);
		CHECK(r == (exact ? SINK_RETRY : SINK_DELIVERED));
		CHECK(live_now_ms() - from < 15000);
		type_of(&t)->close(s);
	}
	live_drop(&t);
}

TEST(embedded_is_at_least_once)
{
	LiveTable t;
	setup(&t, "kafka", 1, NULL);
	number_table(&t);
	live_option(&t, "properties.bootstrap.servers", "embedded");
	SinkSpec spec = live_sink_spec(&t, 1, "embedded", true);
	CHECK(!type_of(&t)->keeps_promise(&t.def));
	uint64_t epoch;
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	LiveEpoch a;
	numbers(&a, &t, 1, 0, 1000);
	uint32_t n;
	Err err = {0};
	CHECK(deliver(&t, s, 0, live_sealed(&a), 1, NULL, &n, &err) == SINK_DELIVERED);
	type_of(&t)->close(s);
	live_epoch_drop(&a);
	live_drop(&t);
}

TEST(throughput)
{
	LiveTable t;
	setup(&t, "kafka", 1, NULL);
	number_table(&t);
	SinkSpec spec = live_sink_spec(&t, (uint64_t)live_now_ms(), "speed", true);
	uint64_t epoch;
	bool known;
	Sink *s = start(&spec, &epoch, &known);
	LiveEpoch a;
	numbers(&a, &t, 1, 0, 200000);
	uint32_t n;
	Err err = {0};
	int64_t from = live_now_ms();
	CHECK(deliver(&t, s, 0, live_sealed(&a), 1, NULL, &n, &err) == SINK_DELIVERED);
	int64_t big = live_now_ms() - from;
	live_epoch_drop(&a);
	from = live_now_ms();
	for (int i = 0; i < 20; i++) {
		numbers(&a, &t, 2 + (uint64_t)i, 0, 10);
		CHECK(deliver(&t, s, 1 + (uint64_t)i, live_sealed(&a), 1, NULL, &n, &err) == SINK_DELIVERED);
		live_epoch_drop(&a);
	}
	printf("200000 rows in %lld ms; 20 small transactions in %lld ms\n", (long long)big,
	       (long long)(live_now_ms() - from));
	type_of(&t)->close(s);
	live_drop(&t);
}

static const CheckTest tests[] = {
    {"exactly_once", test_exactly_once}, {"open_transaction_is_ended", test_open_transaction_is_ended},
    {"refused_rows", test_refused_rows}, {"upsert_keys_and_metadata", test_upsert_keys_and_metadata},
    {"no_broker", test_no_broker},       {"embedded_is_at_least_once", test_embedded_is_at_least_once},
    {"throughput", test_throughput},
};

int main(int argc, char **argv)
{
	log_set(getenv("WEIR_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
	int status = check_main(tests, sizeof tests / sizeof *tests, argc, argv);
	if (admin)
		rd_kafka_destroy(admin);
	return status;
}
