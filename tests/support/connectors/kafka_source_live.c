/*
 * tests/support/connectors/kafka_source_live.c: the Kafka source against a real broker, and against librdkafka's own
 * where one has to fail.
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include "base/log.h"
#include "sql/types/packed.h"
#include "tests/support/connectors/kafka_help.h"

enum { PARTS_MAX = 16, READ_MS = 30000 };

static rd_kafka_t *producer;

/* What a read has brought: values per partition joined by blanks, positions as they came. */
typedef struct Got {
	StrBuf values[PARTS_MAX];
	int64_t last[PARTS_MAX];
	uint64_t n;
	bool rising;
} Got;

static void got_init(Got *g)
{
	*g = (Got){.rising = true};
	for (int i = 0; i < PARTS_MAX; i++) {
		strbuf_init(&g->values[i]);
		g->last[i] = -1;
	}
}

static void got_deinit(Got *g)
{
	for (int i = 0; i < PARTS_MAX; i++)
		strbuf_deinit(&g->values[i]);
}

static const char *got(Got *g, int part)
{
	return g->values[part].ptr ? strbuf_cstr(&g->values[part]) : "";
}

/* Stored positions by name, for SourceSpec.stored. */
typedef struct Stored {
	const char *name;
	int64_t position;
} Stored;

static int64_t stored(void *ctx, Str partition)
{
	for (const Stored *s = ctx; s && s->name; s++) {
		size_t n = strlen(s->name);
		if (partition.len >= n && memcmp(partition.ptr + partition.len - n, s->name, n) == 0)
			return s->position;
	}
	return SOURCE_POSITION_NEW;
}

static void setup(LiveTable *t, const char *topic, const char *startup)
{
	if (!producer)
		producer = kafka_producer(kafka_brokers(), NULL);
	live_table(t, "t", "kafka");
	live_column(t, "v", &type_string);
	live_option(t, "properties.bootstrap.servers", kafka_brokers());
	live_option(t, "format", "raw");
	if (topic)
		live_option(t, "topic", topic);
	if (startup)
		live_option(t, "scan.startup.mode", startup);
}

static Source *start(LiveTable *t, Stored *positions, Err *err)
{
	const SourceType *type = source_find(t->def.connector);
	if (!type->check(&t->def, err)) {
		fprintf(stderr, "check: %s\n", err->message);
		REQUIRE(!"check");
	}
	SourceSpec spec = {
	    .table = &t->def,
	    .clock = &clock_real,
	    .want_keys = true,
	    .want_headers = true,
	    .want_times = true,
	    .memory_bytes = 8 << 20,
	    .stored = stored,
	    .ctx = positions,
	};
	Source *s = NULL;
	REQUIRE(type->open(&spec, &s, err));
	return s;
}

/* Reads until every partition is done (until_done), or n rows are there, or the time is over. false: the source failed.
 */
static bool read_some(Source *s, Got *g, uint64_t n, bool until_done, int64_t ms, Err *err)
{
	const SourceType *type = source_find(STR("kafka"));
	int64_t end = live_now_ms() + ms;
	uint64_t from = g->n;
	while (live_now_ms() < end) {
		if (!type->service(s, err))
			return false;
		uint32_t nparts;
		bool all;
		const SourcePartition *parts = type->partitions(s, &nparts, &all);
		bool done = all, any = false;
		for (uint32_t i = 0; i < nparts; i++) {
			SourceChunk c;
			if (!type->poll(s, i, 100, &c, err))
				return false;
			for (uint32_t k = 0; k < c.n; k++) {
				if (g->values[i].len)
					strbuf_putc(&g->values[i], ' ');
				if (c.value[k].ptr)
					strbuf_put_str(&g->values[i], c.value[k]);
				else
					strbuf_puts(&g->values[i], "null");
				g->rising = g->rising && c.position[k] > g->last[i];
				g->last[i] = c.position[k];
			}
			g->n += c.n;
			any = any || c.n;
			if (c.n)
				REQUIRE(c.next > c.position[c.n - 1]);
			type->release(s, c.hold);
			parts = type->partitions(s, &nparts, &all);
			done = done && parts[i].done;
		}
		if ((until_done && done) || (!until_done && n && g->n - from >= n))
			return true;
		if (!any)
			live_sleep_ms(2);
	}
	return true;
}

static const SourcePartition *part(Source *s, const char *name)
{
	uint32_t n;
	bool all;
	const SourcePartition *p = source_find(STR("kafka"))->partitions(s, &n, &all);
	for (uint32_t i = 0; i < n; i++)
		if (str_ends(p[i].name, str_from(name)))
			return &p[i];
	return NULL;
}

static void stop(Source *s)
{
	source_find(STR("kafka"))->close(s);
}

/* A topic of `parts` partitions with values p0 ... in each, a second apart from 1000000 s on. */
static const char *fill(Arena *arena, int parts, int each)
{
	const char *topic = live_unique(arena, "source");
	kafka_create_topic(producer, topic, parts, NULL);
	for (int i = 0; i < each; i++)
		for (int p = 0; p < parts; p++) {
			char v[20];
			snprintf(v, sizeof v, "%c%d", 'a' + p, i);
			kafka_put(producer, topic, p, NULL, v, (1000000 + i) * 1000LL);
		}
	kafka_flush(producer);
	return topic;
}

TEST(startup_and_bounded_modes)
{
	LiveTable t;
	setup(&t, NULL, NULL);
	Arena *names = t.arena;
	const char *topic = fill(names, 2, 6);
	const char *group = live_unique(names, "group");
	kafka_commit(kafka_brokers(), group, topic, 0, 4);
	static const struct {
		const char *startup, *startup_more, *bounded, *bounded_more, *a, *b;
	} cases[] = {
	    {"earliest-offset", NULL, "latest-offset", NULL, "a0 a1 a2 a3 a4 a5", "b0 b1 b2 b3 b4 b5"},
	    {"latest-offset", NULL, "latest-offset", NULL, "", ""},
	    {"timestamp", "1000002500", "latest-offset", NULL, "a3 a4 a5", "b3 b4 b5"},
	    {"timestamp", "1000002000", "timestamp", "1000004000", "a2 a3", "b2 b3"},
	    {"timestamp", "9000002000", "timestamp", "9000004000", "", ""},
	    {"specific-offsets", "partition:0,offset:5;partition:1,offset:2", "specific-offsets",
	     "partition:0,offset:6;partition:1,offset:3", "a5", "b2"},
	    {"specific-offsets", "partition:1,offset:5", "latest-offset", NULL, "a4 a5", "b5"},
	    {"group-offsets", "earliest", "latest-offset", NULL, "a4 a5", "b0 b1 b2 b3 b4 b5"},
	    {"group-offsets", "latest", "latest-offset", NULL, "a4 a5", ""},
	    {"earliest-offset", NULL, "specific-offsets", "partition:0,offset:2", "a0 a1", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		LiveTable c;
		setup(&c, topic, cases[i].startup);
		live_option(&c, "properties.group.id", group);
		live_option(&c, "scan.bounded.mode", cases[i].bounded);
		if (strcmp(cases[i].startup, "timestamp") == 0)
			live_option(&c, "scan.startup.timestamp-millis", cases[i].startup_more);
		else if (strcmp(cases[i].startup, "specific-offsets") == 0)
			live_option(&c, "scan.startup.specific-offsets", cases[i].startup_more);
		else if (cases[i].startup_more)
			live_option(&c, "properties.auto.offset.reset", cases[i].startup_more);
		if (strcmp(cases[i].bounded, "timestamp") == 0)
			live_option(&c, "scan.bounded.timestamp-millis", cases[i].bounded_more);
		else if (cases[i].bounded_more)
			live_option(&c, "scan.bounded.specific-offsets", cases[i].bounded_more);
		Err err = {0};
		Got g;
		got_init(&g);
		Source *s = start(&c, NULL, &err);
		CHECK(read_some(s, &g, 0, true, READ_MS, &err));
		int before = check_failed;
		CHECK_STR(got(&g, 0), cases[i].a);
		CHECK_STR(got(&g, 1), cases[i].b);
		CHECK(part(s, "/0")->done && part(s, "/1")->done);
		if (before != check_failed)
			fprintf(stderr, "    case %zu %s\n", i, err.message);
		stop(s);
		got_deinit(&g);
		live_drop(&c);
	}
	live_drop(&t);
}

TEST(group_without_offset_fails)
{
	LiveTable t;
	setup(&t, NULL, NULL);
	live_option(&t, "topic", fill(t.arena, 1, 1));
	live_option(&t, "properties.group.id", live_unique(t.arena, "group"));
	Err err = {0};
	Got g;
	got_init(&g);
	Source *s = start(&t, NULL, &err);
	CHECK(!read_some(s, &g, 1, false, READ_MS, &err));
	CHECK(strstr(err.hint, "auto.offset.reset"));
	stop(s);
	got_deinit(&g);
	live_drop(&t);
}

TEST(stored_positions_reports_and_new_partitions)
{
	LiveTable t;
	setup(&t, NULL, "latest-offset");
	const char *topic = fill(t.arena, 2, 3), *group = live_unique(t.arena, "group");
	live_option(&t, "topic-pattern", arena_printf(t.arena, "%.8s.*%s", topic, topic + 8).ptr);
	live_option(&t, "properties.group.id", group);
	live_option(&t, "scan.topic-partition-discovery.interval", "300 ms");
	Err err = {0};
	Got g;
	got_init(&g);
	/* A position for partition 0 only: the query goes on, so partition 1 is new and begins at its beginning whatever
	 * the mode. */
	Stored positions[] = {{"/0", 2}, {0}};
	Source *s = start(&t, positions, &err);
	CHECK(read_some(s, &g, 4, false, READ_MS, &err));
	CHECK_STR(got(&g, 0), "a2");
	CHECK_STR(got(&g, 1), "b0 b1 b2");
	CHECK_EQ_I64(part(s, "/1")->next, 3);
	CHECK_EQ_I64(part(s, "/1")->catchup, 3);
	source_find(STR("kafka"))->report(s, 0, 3);
	source_find(STR("kafka"))->report(s, 1, 2);
	kafka_add_partitions(producer, topic, 3);
	for (int tries = 0; tries < 50; tries++) { /* until the producer knows the new partition */
		const struct rd_kafka_metadata *md;
		rd_kafka_topic_t *rkt = rd_kafka_topic_new(producer, topic, NULL);
		REQUIRE(rd_kafka_metadata(producer, 0, rkt, &md, 5000) == RD_KAFKA_RESP_ERR_NO_ERROR);
		int n = md->topics[0].partition_cnt;
		rd_kafka_metadata_destroy(md);
		rd_kafka_topic_destroy(rkt);
		if (n == 3)
			break;
		live_sleep_ms(100);
	}
	kafka_put(producer, topic, 2, NULL, "c0", 0);
	kafka_put(producer, topic, 0, NULL, "a3", 0);
	kafka_flush(producer);
	CHECK(read_some(s, &g, 2, false, READ_MS, &err));
	CHECK_STR(got(&g, 0), "a2 a3");
	CHECK(part(s, "/2") != NULL);
	CHECK_STR(got(&g, 2), "c0");
	source_find(STR("kafka"))->report(s, 1, 3);
	stop(s);
	CHECK_EQ_I64(kafka_committed(kafka_brokers(), group, topic, 0), 3);
	CHECK_EQ_I64(kafka_committed(kafka_brokers(), group, topic, 1), 3);
	CHECK_EQ_I64(kafka_committed(kafka_brokers(), group, topic, 2), -1);
	got_deinit(&g);
	live_drop(&t);
}

TEST(keys_headers_times_tombstones)
{
	LiveTable t;
	setup(&t, NULL, "earliest-offset");
	const char *topic = live_unique(t.arena, "meta");
	kafka_create_topic(producer, topic, 1, NULL);
	live_option(&t, "topic", topic);
	kafka_put(producer, topic, 0, "k", NULL, 5000);
	kafka_put(producer, topic, 0, NULL, "", 6000);
	REQUIRE(rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_VALUE("x", 1),
	                          RD_KAFKA_V_HEADER("h", "1", 1), RD_KAFKA_V_HEADER("n", NULL, 0),
	                          RD_KAFKA_V_HEADER("h", "22", 2), RD_KAFKA_V_END) == 0);
	kafka_flush(producer);
	Err err = {0};
	Source *s = start(&t, NULL, &err);
	const SourceType *type = source_find(STR("kafka"));
	uint64_t n = 0;
	for (int64_t end = live_now_ms() + READ_MS; n < 3 && live_now_ms() < end; live_sleep_ms(2)) {
		uint32_t np;
		bool all;
		REQUIRE(type->service(s, &err));
		type->partitions(s, &np, &all);
		SourceChunk c = {0};
		REQUIRE(np == 0 || type->poll(s, 0, 10, &c, &err));
		for (uint32_t i = 0; i < c.n; i++, n++) {
			const Type *map = type_map(t.arena, &type_string_nn, &type_bytes);
			if (n == 0) {
				CHECK(!c.value[i].ptr && str_eq_c(c.key[i], "k"));
				CHECK_EQ_I64(c.time_us[i], 5000000);
				CHECK_EQ_I64(packed_count(c.headers[i]), 0);
			} else if (n == 1) {
				CHECK(c.value[i].len == 0 && !c.key[i].ptr);
				CHECK_EQ_I64(c.time_us[i], 6000000);
			} else {
				CHECK(packed_check(c.headers[i], map));
				CHECK_EQ_I64(packed_count(c.headers[i]), 4);
				CHECK(str_eq_c(packed_map_get(c.headers[i], map, live_text("h")).s, "22"));
				CHECK(packed_map_get(c.headers[i], map, live_text("n")).null);
			}
		}
		type->release(s, c.hold);
	}
	CHECK_EQ_I64(n, 3);
	stop(s);
	live_drop(&t);
}

/* Aborted records are not seen, markers are gaps, and the end is reached although the last offsets hold nothing. */
TEST(transactions)
{
	LiveTable t;
	setup(&t, NULL, "earliest-offset");
	const char *topic = live_unique(t.arena, "txn");
	kafka_create_topic(producer, topic, 1, NULL);
	live_option(&t, "topic", topic);
	live_option(&t, "scan.bounded.mode", "latest-offset");
	rd_kafka_t *rk = kafka_producer(kafka_brokers(), live_unique(t.arena, "txn_id"));
	for (int i = 0; i < 3; i++) {
		REQUIRE(rd_kafka_begin_transaction(rk) == NULL);
		char v[8];
		snprintf(v, sizeof v, "t%d", i);
		kafka_put(rk, topic, 0, NULL, v, 0);
		kafka_flush(rk);
		REQUIRE((i == 1 ? rd_kafka_abort_transaction(rk, KAFKA_HELP_MS)
		                : rd_kafka_commit_transaction(rk, KAFKA_HELP_MS)) == NULL);
	}
	Err err = {0};
	Got g;
	got_init(&g);
	Source *s = start(&t, NULL, &err);
	CHECK(read_some(s, &g, 0, true, READ_MS, &err));
	CHECK_STR(got(&g, 0), "t0 t2");
	CHECK(part(s, "/0")->done);
	CHECK_EQ_I64(part(s, "/0")->next, 6);
	CHECK_EQ_I64(part(s, "/0")->gaps, 4);
	stop(s);
	/* An open transaction: what is behind it is not visible yet, and no loss. */
	REQUIRE(rd_kafka_begin_transaction(rk) == NULL);
	kafka_put(rk, topic, 0, NULL, "open", 0);
	kafka_flush(rk);
	Got h;
	got_init(&h);
	s = start(&t, NULL, &err);
	CHECK(read_some(s, &h, 0, true, READ_MS, &err));
	CHECK_STR(got(&h, 0), "t0 t2");
	stop(s);
	REQUIRE(rd_kafka_commit_transaction(rk, KAFKA_HELP_MS) == NULL);
	rd_kafka_destroy(rk);
	got_deinit(&g);
	got_deinit(&h);
	live_drop(&t);
}

TEST(data_loss)
{
	for (int go_on = 0; go_on < 2; go_on++) {
		LiveTable t;
		setup(&t, NULL, "earliest-offset");
		const char *topic = fill(t.arena, 1, 10);
		live_option(&t, "topic", topic);
		if (go_on)
			live_option(&t, "weir.kafka.on-data-loss", "continue");
		kafka_delete_records(producer, topic, 0, 6);
		Err err = {0};
		Got g;
		got_init(&g);
		Stored positions[] = {{"/0", 3}, {0}};
		Source *s = start(&t, positions, &err);
		bool ok = read_some(s, &g, 4, false, READ_MS, &err);
		if (go_on) {
			CHECK(ok);
			CHECK_STR(got(&g, 0), "a6 a7 a8 a9");
		} else {
			CHECK(!ok);
			CHECK_EQ_I64(err.code, ERR_DATA_LOSS);
			CHECK(strstr(err.message, "up to offset 3") && strstr(err.message, "6 to 10"));
		}
		stop(s);
		/* A position behind the end: the topic was made again. */
		Stored beyond[] = {{"/0", 30}, {0}};
		Got h;
		got_init(&h);
		s = start(&t, beyond, &err);
		ok = read_some(s, &h, 4, false, READ_MS, &err);
		CHECK(ok == (go_on == 1));
		if (ok)
			CHECK_STR(got(&h, 0), "a6 a7 a8 a9");
		stop(s);
		/* Lost while the query runs: another position beyond what is there. */
		Got i;
		got_init(&i);
		s = start(&t, NULL, &err);
		CHECK(read_some(s, &i, 4, false, READ_MS, &err));
		ok = source_find(STR("kafka"))->seek(s, 0, 2, &err) && read_some(s, &i, 4, false, READ_MS, &err);
		CHECK(ok == (go_on == 1));
		stop(s);
		got_deinit(&g);
		got_deinit(&h);
		got_deinit(&i);
		live_drop(&t);
	}
}

/* Each position is read once and in order, however often reading starts again, with full queues. */
TEST(seek_loses_nothing)
{
	LiveTable t;
	setup(&t, NULL, "earliest-offset");
	const int n = 50000;
	const char *topic = fill(t.arena, 1, n);
	live_option(&t, "topic", topic);
	Err err = {0};
	Source *s = start(&t, NULL, &err);
	for (int round = 0; round < 30; round++) {
		Got g;
		got_init(&g);
		REQUIRE(read_some(s, &g, 1 + (uint64_t)round * 37, false, READ_MS, &err));
		int64_t back = (int64_t)(round * 131 % 1000);
		REQUIRE(source_find(STR("kafka"))->seek(s, 0, back, &err));
		CHECK(g.rising);
		got_deinit(&g);
		Got h;
		got_init(&h);
		REQUIRE(read_some(s, &h, 100, false, READ_MS, &err));
		char first[20];
		snprintf(first, sizeof first, "a%lld ", (long long)back);
		CHECK(strncmp(got(&h, 0), first, strlen(first)) == 0);
		CHECK(h.rising);
		CHECK_EQ_I64(part(s, "/0")->gaps, 0);
		got_deinit(&h);
	}
	Got g;
	got_init(&g);
	REQUIRE(source_find(STR("kafka"))->seek(s, 0, 0, &err));
	CHECK(read_some(s, &g, (uint64_t)n, false, READ_MS, &err));
	CHECK_EQ_I64(g.n, n);
	CHECK_EQ_I64(part(s, "/0")->gaps, 0);
	stop(s);
	got_deinit(&g);
	live_drop(&t);
}

/* Without a broker the source waits and says so; when it comes back, reading goes on. */
TEST(broker_down_and_up)
{
	char why[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	kafka_conf(conf, "log_level", "0");
	rd_kafka_t *host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(host, 1);
	rd_kafka_mock_topic_create(cluster, "t", 1, 1);
	const char *brokers = rd_kafka_mock_cluster_bootstraps(cluster);
	rd_kafka_t *p = kafka_producer(brokers, NULL);
	kafka_put(p, "t", 0, NULL, "one", 0);
	kafka_flush(p);
	LiveTable t;
	setup(&t, "t", "earliest-offset");
	live_option(&t, "properties.bootstrap.servers", brokers);
	rd_kafka_mock_broker_set_down(cluster, 1);
	Err err = {0};
	Got g;
	got_init(&g);
	Source *s = start(&t, NULL, &err);
	CHECK(read_some(s, &g, 1, false, 1500, &err));
	CHECK_EQ_I64(g.n, 0);
	for (int i = 0; i < 400 && !source_find(STR("kafka"))->trouble(s); i++) {
		REQUIRE(source_find(STR("kafka"))->service(s, &err));
		live_sleep_ms(20);
	}
	CHECK(source_find(STR("kafka"))->trouble(s) != NULL);
	rd_kafka_mock_broker_set_up(cluster, 1);
	CHECK(read_some(s, &g, 1, false, READ_MS, &err));
	CHECK_STR(got(&g, 0), "one");
	CHECK(source_find(STR("kafka"))->trouble(s) == NULL);
	/* And once more while it runs. */
	rd_kafka_mock_broker_set_down(cluster, 1);
	for (int i = 0; i < 500 && !source_find(STR("kafka"))->trouble(s); i++) {
		REQUIRE(source_find(STR("kafka"))->service(s, &err));
		live_sleep_ms(20);
	}
	CHECK(source_find(STR("kafka"))->trouble(s) != NULL);
	rd_kafka_mock_broker_set_up(cluster, 1);
	kafka_put(p, "t", 0, NULL, "two", 0);
	kafka_flush(p);
	CHECK(read_some(s, &g, 1, false, READ_MS, &err));
	CHECK_STR(got(&g, 0), "one two");
	for (int i = 0; i < 300 && source_find(STR("kafka"))->trouble(s); i++) {
		REQUIRE(source_find(STR("kafka"))->service(s, &err));
		live_sleep_ms(20);
	}
	CHECK(source_find(STR("kafka"))->trouble(s) == NULL);
	stop(s);
	live_sleep_ms(300);
	rd_kafka_destroy(p);
	rd_kafka_mock_cluster_destroy(cluster);
	rd_kafka_destroy(host);
	got_deinit(&g);
	live_drop(&t);
}

/* The in-process broker makes topics as tables name them. */
TEST(embedded)
{
	LiveTable t;
	setup(&t, "fresh", "earliest-offset");
	live_option(&t, "properties.bootstrap.servers", "embedded");
	Err err = {0};
	Got g;
	got_init(&g);
	Source *s = start(&t, NULL, &err);
	CHECK(read_some(s, &g, 1, false, 1000, &err));
	uint32_t n;
	bool all;
	source_find(STR("kafka"))->partitions(s, &n, &all);
	CHECK(all && n == 1);
	CHECK(source_find(STR("kafka"))->trouble(s) == NULL);
	stop(s);
	got_deinit(&g);
	live_drop(&t);
}

TEST(missing_topic)
{
	LiveTable t;
	setup(&t, NULL, "earliest-offset");
	const char *topic = live_unique(t.arena, "later");
	live_option(&t, "topic", topic);
	Err err = {0};
	Got g;
	got_init(&g);
	Source *s = start(&t, NULL, &err);
	CHECK(read_some(s, &g, 1, false, 1000, &err));
	CHECK(source_find(STR("kafka"))->trouble(s) && strstr(source_find(STR("kafka"))->trouble(s), "does not exist"));
	kafka_create_topic(producer, topic, 1, NULL);
	kafka_put(producer, topic, 0, NULL, "x", 0);
	kafka_flush(producer);
	CHECK(read_some(s, &g, 1, false, READ_MS, &err));
	CHECK_STR(got(&g, 0), "x");
	stop(s);
	got_deinit(&g);
	live_drop(&t);
}

TEST(throughput)
{
	LiveTable t;
	setup(&t, NULL, "earliest-offset");
	const char *topic = live_unique(t.arena, "many");
	kafka_create_topic(producer, topic, 6, NULL);
	char value[201];
	memset(value, 'x', 200);
	value[200] = 0;
	for (int i = 0; i < 300000; i++) {
		kafka_put(producer, topic, i % 6, NULL, value, 0);
		if (i % 1000 == 0)
			rd_kafka_poll(producer, 0);
	}
	kafka_flush(producer);
	live_option(&t, "topic", topic);
	live_option(&t, "scan.bounded.mode", "latest-offset");
	Err err = {0};
	Source *s = start(&t, NULL, &err);
	const SourceType *type = source_find(STR("kafka"));
	uint64_t n = 0;
	int64_t from = 0;
	bool done = false;
	for (int64_t end = live_now_ms() + READ_MS; !done && live_now_ms() < end;) {
		uint32_t np;
		bool all;
		REQUIRE(type->service(s, &err));
		const SourcePartition *p = type->partitions(s, &np, &all);
		done = all;
		for (uint32_t i = 0; i < np; i++) {
			SourceChunk c;
			REQUIRE(type->poll(s, i, 4096, &c, &err));
			if (c.n && !from)
				from = live_now_ms();
			n += c.n;
			type->release(s, c.hold);
			done = done && p[i].done;
		}
	}
	CHECK_EQ_I64(n, 300000);
	printf("read %llu records in %lld ms\n", (unsigned long long)n, (long long)(live_now_ms() - from));
	stop(s);
	live_drop(&t);
}

static const CheckTest tests[] = {
    {"startup_and_bounded_modes", test_startup_and_bounded_modes},
    {"group_without_offset_fails", test_group_without_offset_fails},
    {"stored_positions", test_stored_positions_reports_and_new_partitions},
    {"keys_headers_times_tombstones", test_keys_headers_times_tombstones},
    {"transactions", test_transactions},
    {"data_loss", test_data_loss},
    {"seek_loses_nothing", test_seek_loses_nothing},
    {"broker_down_and_up", test_broker_down_and_up},
    {"embedded", test_embedded},
    {"missing_topic", test_missing_topic},
    {"throughput", test_throughput},
};

int main(int argc, char **argv)
{
	log_set(getenv("WEIR_LOG") ? LOG_DEBUG : LOG_ERROR, LOG_TEXT);
	int status = check_main(tests, sizeof tests / sizeof *tests, argc, argv);
	if (producer)
		rd_kafka_destroy(producer);
	return status;
}
