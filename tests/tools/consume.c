/*
 * tests/tools/consume.c: prints a Kafka topic, for auditors: all messages up to the ends of its partitions at the
 * start.
 *
 *   consume [-c] BROKER TOPIC      partition TAB offset TAB timestamp TAB key TAB value; \N for null; -c: committed
 * transactions only
 */
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put(const void *data, size_t n)
{
	if (!data) {
		fputs("\\N", stdout);
		return;
	}
	const char *p = data;
	for (size_t i = 0; i < n; i++)
		switch (p[i]) {
		case '\n': fputs("\\n", stdout); break;
		case '\t': fputs("\\t", stdout); break;
		case '\\': fputs("\\\\", stdout); break;
		default: putchar(p[i]);
		}
}

int main(int argc, char **argv)
{
	bool committed = false;
	int c;
	while ((c = getopt(argc, argv, "c")) != -1)
		if (c == 'c')
			committed = true;
	if (optind + 2 > argc)
		return 2;
	char err[512];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "bootstrap.servers", argv[optind], err, sizeof err);
	rd_kafka_conf_set(conf, "group.id", "consume-tool", err, sizeof err);
	rd_kafka_conf_set(conf, "enable.auto.commit", "false", err, sizeof err);
	rd_kafka_conf_set(conf, "isolation.level", committed ? "read_committed" : "read_uncommitted", err, sizeof err);
	rd_kafka_conf_set(conf, "enable.partition.eof", "true", err, sizeof err);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, err, sizeof err);
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, argv[optind + 1], NULL);
	const struct rd_kafka_metadata *md;
	if (rd_kafka_metadata(rk, 0, rkt, &md, 20000) != 0 || md->topic_cnt != 1) {
		fprintf(stderr, "consume: no metadata\n");
		return 1;
	}
	int n = md->topics[0].partition_cnt, left = n;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(n);
	for (int i = 0; i < n; i++)
		rd_kafka_topic_partition_list_add(list, argv[optind + 1], i)->offset = RD_KAFKA_OFFSET_BEGINNING;
	rd_kafka_assign(rk, list);
	bool *done = calloc((size_t)n, sizeof *done);
	while (left > 0) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, 30000);
		if (!m) {
			fprintf(stderr, "consume: the broker does not answer\n");
			return 1;
		}
		if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
			if (!done[m->partition]) {
				done[m->partition] = true;
				left--;
			}
		} else if (!m->err) {
			rd_kafka_timestamp_type_t type;
			printf("%d\t%lld\t%lld\t", m->partition, (long long)m->offset,
			       (long long)rd_kafka_message_timestamp(m, &type));
			put(m->key, m->key_len);
			putchar('\t');
			put(m->payload, m->len);
			putchar('\n');
		}
		rd_kafka_message_destroy(m);
	}
	free(done);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_metadata_destroy(md);
	rd_kafka_topic_destroy(rkt);
	rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
	return 0;
}
