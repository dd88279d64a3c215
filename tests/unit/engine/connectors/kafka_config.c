/*
 * Tests of engine/connectors/kafka_config.c, kafka_sasl.c, kafka_topics.c and kafka_offsets.c: what options mean,
 * without a broker.
 */
#include "engine/connectors/kafka_config.h"
#include "engine/connectors/kafka_offsets.h"
#include "engine/connectors/kafka_topics.h"
#include "tests/support/check.h"

static Arena *arena;

static Options options(const char *const *pairs)
{
	Options o = {0};
	options_set(&o, arena, STR("properties.bootstrap.servers"), STR("localhost:9092"));
	for (; pairs && *pairs; pairs += 2)
		options_set(&o, arena, str_from(pairs[0]), str_from(pairs[1]));
	return o;
}

#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* What librdkafka is set to. */
static const char *setting(const Options *o, KafkaUse use, const char *name)
{
	Err err = {0};
	rd_kafka_conf_t *conf = kafka_config_make(o, use, &err);
	if (!conf)
		return arena_printf(arena, "error: %s", err.message).ptr;
	char value[512];
	size_t size = sizeof value;
	const char *got =
	    rd_kafka_conf_get(conf, name, value, &size) == RD_KAFKA_CONF_OK ? arena_cstr(arena, str_from(value)) : NULL;
	rd_kafka_conf_destroy(conf);
	return got;
}

static ErrCode fails(const char *name, const char *value, const char **hint)
{
	Options o = options(PAIRS(name, value));
	static Err err;
	err = (Err){0};
	CHECK_FMT(!kafka_config_check(&o, &err), "    %s = %s\n", name, value);
	*hint = err.hint;
	return err.code;
}

TEST(names)
{
	arena = arena_open("test", 0);
	Options o = options(PAIRS("properties.request.timeout.ms", "1234", "properties.fetch.max.wait.ms", "77",
	                          "properties.acks", "ALL", "properties.compression.type", "LZ4",
	                          "properties.security.protocol", "SASL_SSL", "properties.sasl.mechanism", "SCRAM-SHA-256",
	                          "properties.max.poll.records", "5", "properties.group.id", "g", "connector", "kafka"));
	Err err = {0};
	CHECK(kafka_config_check(&o, &err));
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "socket.timeout.ms"), "1234");
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "fetch.wait.max.ms"), "77");
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "group.id"), "g");
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "security.protocol"), "sasl_ssl");
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "sasl.mechanisms"), "SCRAM-SHA-256");
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "bootstrap.servers"), "localhost:9092");
	CHECK_STR(setting(&o, KAFKA_PRODUCER, "compression.codec"), "lz4");
	rd_kafka_conf_t *conf = kafka_config_make(&o, KAFKA_CONSUMER, &err);
	REQUIRE(conf != NULL);
	char value[64];
	size_t size = sizeof value;
	CHECK(kafka_config_default(conf, &o, "fetch.wait.max.ms", "1", &err) &&
	      kafka_config_default(conf, &o, "fetch.min.bytes", "9", &err));
	CHECK(rd_kafka_conf_get(conf, "fetch.wait.max.ms", value, &size) == RD_KAFKA_CONF_OK && strcmp(value, "77") == 0);
	size = sizeof value;
	CHECK(rd_kafka_conf_get(conf, "fetch.min.bytes", value, &size) == RD_KAFKA_CONF_OK && strcmp(value, "9") == 0);
	rd_kafka_conf_destroy(conf);
	const char *hint;
	CHECK_EQ_I64(fails("properties.grup.id", "g", &hint), ERR_NO_SUCH_OPTION);
	CHECK_STR(hint, "Did you mean \"properties.group.id\"?");
	CHECK_EQ_I64(fails("properties.fetch.min.bytes", "many", &hint), ERR_BAD_OPTION);
	CHECK_EQ_I64(fails("properties.auto.offset.reset", "never", &hint), ERR_BAD_OPTION);
	CHECK_EQ_I64(fails("properties.interceptor.classes", "x.Y", &hint), ERR_NO_SUCH_OPTION);
	arena_close(arena);
}

TEST(java_security)
{
	arena = arena_open("test", 0);
	Options o = options(PAIRS(
	    "properties.sasl.jaas.config",
	    "org.apache.kafka.common.security.plain.PlainLoginModule required\n username=\"me \\\"x\\\"\" password='p' ;"));
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "sasl.username"), "me \"x\"");
	o = options(
	    PAIRS("properties.sasl.jaas.config",
	          "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"u\" password=\"a=b;c\";"));
	CHECK_STR(setting(&o, KAFKA_PRODUCER, "sasl.password"), "a=b;c");
	o = options(PAIRS("properties.ssl.endpoint.identification.algorithm", ""));
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "ssl.endpoint.identification.algorithm"), "none");
	o = options(PAIRS("properties.ssl.truststore.location", "/x/ca.pem"));
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "ssl.ca.location"), "/x/ca.pem");
	o = options(PAIRS("properties.ssl.keystore.location", "/x/me.p12", "properties.ssl.keystore.password", "s"));
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "ssl.keystore.location"), "/x/me.p12");
	o = options(PAIRS("properties.ssl.keystore.location", "/x/me", "properties.ssl.keystore.type", "PEM"));
	CHECK_STR(setting(&o, KAFKA_CONSUMER, "ssl.key.location"), "/x/me");
	const char *hint;
	CHECK_EQ_I64(fails("properties.ssl.truststore.location", "/x/ca.jks", &hint), ERR_BAD_OPTION);
	CHECK(strstr(hint, "PEM") != NULL);
	CHECK_EQ_I64(fails("properties.sasl.jaas.config", "x.Unknown required;", &hint), ERR_BAD_OPTION);
	CHECK_EQ_I64(fails("properties.sasl.jaas.config", "x.PlainLoginModule username=\"u\";", &hint), ERR_BAD_OPTION);
	CHECK_EQ_I64(fails("properties.sasl.jaas.config", "x.PlainLoginModule required username=\"u", &hint),
	             ERR_BAD_OPTION);
	CHECK_EQ_I64(fails("properties.sasl.jaas.config", "x.PlainLoginModule required color=\"u\";", &hint),
	             ERR_BAD_OPTION);
	arena_close(arena);
}

TEST(topics)
{
	arena = arena_open("test", 0);
	KafkaTopics t;
	Err err = {0};
	Options o = options(PAIRS("topic", "a; b"));
	CHECK(kafka_topics_init(&t, &o, arena, &err) && t.len == 2);
	CHECK(kafka_topics_match(&t, "b") && !kafka_topics_match(&t, "c"));
	kafka_topics_deinit(&t);
	o = options(PAIRS("topic-pattern", "orders-\\d+|x(?:y|z)"));
	CHECK(kafka_topics_init(&t, &o, arena, &err));
	CHECK(kafka_topics_match(&t, "orders-17") && kafka_topics_match(&t, "xz"));
	CHECK(!kafka_topics_match(&t, "orders-17a") && !kafka_topics_match(&t, "my-orders-1") &&
	      !kafka_topics_match(&t, "__consumer_offsets"));
	kafka_topics_deinit(&t);
	static const char *const bad[][2] = {
	    {"topic", "a;a"}, {"topic", ""}, {"topic", "a;;b"}, {"topic-pattern", "("}, {"x", "y"}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		o = options(PAIRS(bad[i][0], bad[i][1]));
		CHECK(!kafka_topics_init(&t, &o, arena, &err));
	}
	o = options(PAIRS("topic", "a", "topic-pattern", "b"));
	CHECK(!kafka_topics_init(&t, &o, arena, &err));
	arena_close(arena);
}

TEST(modes)
{
	arena = arena_open("test", 0);
	KafkaMode m;
	Err err = {0};
	Options o = options(NULL);
	CHECK(kafka_offsets_startup(&o, "kafka", arena, &m, &err) && m.kind == KAFKA_GROUP && m.reset == KAFKA_RESET_NONE);
	CHECK(kafka_offsets_startup(&o, "upsert-kafka", arena, &m, &err) && m.kind == KAFKA_EARLIEST);
	CHECK(kafka_offsets_bounded(&o, "kafka", arena, &m, &err) && m.kind == KAFKA_UNBOUNDED);
	o = options(PAIRS("scan.startup.mode", "specific-offsets", "scan.startup.specific-offsets",
	                  " partition:0,offset:42; partition:1,offset:300;"));
	CHECK(kafka_offsets_startup(&o, "kafka", arena, &m, &err) && m.nspecific == 2 && m.specific[1].offset == 300);
	static const char *const bad[][4] = {
	    {"scan.startup.mode", "sometimes", "x", "y"},
	    {"scan.startup.mode", "unbounded", "x", "y"},
	    {"scan.startup.mode", "timestamp", "x", "y"},
	    {"scan.startup.mode", "timestamp", "scan.startup.timestamp-millis", "-4"},
	    {"scan.startup.mode", "specific-offsets", "x", "y"},
	    {"scan.startup.mode", "specific-offsets", "scan.startup.specific-offsets", "0:1"},
	    {"scan.startup.mode", "specific-offsets", "scan.startup.specific-offsets", "partition:0,offset:-2"},
	    {"scan.startup.mode", "specific-offsets", "scan.startup.specific-offsets", "partition:0,offset:1,x"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		o = options(bad[i][0] ? PAIRS(bad[i][0], bad[i][1], bad[i][2], bad[i][3]) : NULL);
		CHECK_FMT(!kafka_offsets_startup(&o, "kafka", arena, &m, &err), "    case %zu\n", i);
	}
	o = options(PAIRS("properties.bootstrap.servers", "embedded"));
	CHECK(kafka_config_is_embedded(&o));
	o = options(PAIRS("properties.bootstrap.servers", "embedded-host:9092"));
	CHECK(!kafka_config_is_embedded(&o));
	arena_close(arena);
}

TESTS(names, java_security, topics, modes)
