/*
 * tests/support/connectors/kafka_help.h: topics, records and transactions for the tests of the Kafka connector, made
 * with librdkafka itself.
 */
#ifndef WEIR_TESTS_SUPPORT_CONNECTORS_KAFKA_HELP_H
#define WEIR_TESTS_SUPPORT_CONNECTORS_KAFKA_HELP_H

#include <librdkafka/rdkafka.h>

#include "tests/support/connectors/live.h"

enum { KAFKA_HELP_MS = 20000 };

static inline const char *kafka_brokers(void)
{
	const char *b = getenv("WEIR_TEST_KAFKA");
	REQUIRE(b != NULL);
	return b;
}

static inline void kafka_conf(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char why[200];
	if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) {
		fprintf(stderr, "%s\n", why);
		exit(1);
	}
}

/* transactional_id NULL: a plain producer. */
static inline rd_kafka_t *kafka_producer(const char *brokers, const char *transactional_id)
{
	char why[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	kafka_conf(conf, "bootstrap.servers", brokers);
	kafka_conf(conf, "linger.ms", "0");
	kafka_conf(conf, "log_level", "0");
	if (transactional_id)
		kafka_conf(conf, "transactional.id", transactional_id);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	REQUIRE(rk != NULL);
	if (transactional_id)
		REQUIRE(rd_kafka_init_transactions(rk, KAFKA_HELP_MS) == NULL);
	return rk;
}

/* time_ms 0: now. value NULL: a tombstone. */
static inline void kafka_put(rd_kafka_t *rk, const char *topic, int partition, const char *key, const char *value,
                             int64_t time_ms)
{
	rd_kafka_resp_err_t e;
	while ((e = rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
	                              RD_KAFKA_V_KEY(key, key ? strlen(key) : 0),
	                              RD_KAFKA_V_VALUE((void *)(uintptr_t)value, value ? strlen(value) : 0),
	                              RD_KAFKA_V_TIMESTAMP(time_ms), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
	                              RD_KAFKA_V_END)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
		rd_kafka_poll(rk, 10);
	REQUIRE(e == RD_KAFKA_RESP_ERR_NO_ERROR);
}

static inline void kafka_flush(rd_kafka_t *rk)
{
	REQUIRE(rd_kafka_flush(rk, KAFKA_HELP_MS) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

static inline void kafka_wait_event(rd_kafka_queue_t *q)
{
	rd_kafka_event_t *ev = rd_kafka_queue_poll(q, KAFKA_HELP_MS);
	REQUIRE(ev != NULL);
	if (rd_kafka_event_error(ev))
		fprintf(stderr, "%s\n", rd_kafka_event_error_string(ev));
	REQUIRE(!rd_kafka_event_error(ev));
	rd_kafka_event_destroy(ev);
}

static inline void kafka_create_topic(rd_kafka_t *rk, const char *topic, int partitions, const char *const *config)
{
	char why[200];
	rd_kafka_NewTopic_t *t = rd_kafka_NewTopic_new(topic, partitions, 1, why, sizeof why);
	REQUIRE(t != NULL);
	for (int i = 0; config && config[i]; i += 2)
		rd_kafka_NewTopic_set_config(t, config[i], config[i + 1]);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
	rd_kafka_CreateTopics(rk, &t, 1, NULL, q);
	kafka_wait_event(q);
	rd_kafka_queue_destroy(q);
	rd_kafka_NewTopic_destroy(t);
	/* Until its leaders are known everywhere. */
	for (int tries = 0; tries < 100; tries++) {
		const struct rd_kafka_metadata *md;
		rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, topic, NULL);
		bool there = false;
		if (rd_kafka_metadata(rk, 0, rkt, &md, KAFKA_HELP_MS) == RD_KAFKA_RESP_ERR_NO_ERROR) {
			there = md->topic_cnt == 1 && md->topics[0].partition_cnt >= partitions && !md->topics[0].err;
			rd_kafka_metadata_destroy(md);
		}
		rd_kafka_topic_destroy(rkt);
		if (there)
			return;
		live_sleep_ms(100);
	}
	REQUIRE(!"topic came to be");
}

static inline void kafka_add_partitions(rd_kafka_t *rk, const char *topic, size_t total)
{
	char why[200];
	rd_kafka_NewPartitions_t *p = rd_kafka_NewPartitions_new(topic, total, why, sizeof why);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
	rd_kafka_CreatePartitions(rk, &p, 1, NULL, q);
	kafka_wait_event(q);
	rd_kafka_queue_destroy(q);
	rd_kafka_NewPartitions_destroy(p);
}

static inline void kafka_delete_records(rd_kafka_t *rk, const char *topic, int partition, int64_t before)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic, partition)->offset = before;
	rd_kafka_DeleteRecords_t *d = rd_kafka_DeleteRecords_new(list);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
	rd_kafka_DeleteRecords(rk, &d, 1, NULL, q);
	kafka_wait_event(q);
	rd_kafka_queue_destroy(q);
	rd_kafka_DeleteRecords_destroy(d);
	rd_kafka_topic_partition_list_destroy(list);
}

static inline rd_kafka_t *kafka_consumer(const char *brokers, const char *group, const char *isolation)
{
	char why[200];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	kafka_conf(conf, "bootstrap.servers", brokers);
	kafka_conf(conf, "group.id", group);
	kafka_conf(conf, "enable.auto.commit", "false");
	kafka_conf(conf, "isolation.level", isolation);
	kafka_conf(conf, "auto.offset.reset", "earliest");
	kafka_conf(conf, "enable.partition.eof", "true");
	kafka_conf(conf, "log_level", "0");
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
	REQUIRE(rk != NULL);
	rd_kafka_poll_set_consumer(rk);
	return rk;
}

/* The group's committed offset, or -1. */
static inline int64_t kafka_committed(const char *brokers, const char *group, const char *topic, int partition)
{
	rd_kafka_t *rk = kafka_consumer(brokers, group, "read_committed");
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic, partition);
	REQUIRE(rd_kafka_committed(rk, list, KAFKA_HELP_MS) == RD_KAFKA_RESP_ERR_NO_ERROR);
	int64_t offset = list->elems[0].offset;
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(rk);
	return offset < 0 ? -1 : offset;
}

static inline void kafka_commit(const char *brokers, const char *group, const char *topic, int partition,
                                int64_t offset)
{
	rd_kafka_t *rk = kafka_consumer(brokers, group, "read_committed");
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, topic, partition)->offset = offset;
	REQUIRE(rd_kafka_commit(rk, list, 0) == RD_KAFKA_RESP_ERR_NO_ERROR);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(rk);
}

#endif
