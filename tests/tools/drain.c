/*
 * tests/tools/drain.c: the yardstick of the wire benchmark: a plain librdkafka batch consumer that adds up the 8-byte
 * words of each payload.
 *
 *   drain BROKER TOPIC [property=value ...]      prints messages, seconds from the first to the last, and CPU seconds
 * of the process
 */
#include <librdkafka/rdkafka.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	char err[512];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], err, sizeof err);
	rd_kafka_conf_set(conf, "group.id", "drain", err, sizeof err);
	rd_kafka_conf_set(conf, "enable.auto.commit", "false", err, sizeof err);
	rd_kafka_conf_set(conf, "check.crcs", "true", err, sizeof err);
	for (int i = 3; i < argc; i++) {
		char *eq = strchr(argv[i], '=');
		if (!eq)
			return 2;
		*eq = 0;
		if (rd_kafka_conf_set(conf, argv[i], eq + 1, err, sizeof err) != RD_KAFKA_CONF_OK) {
			fprintf(stderr, "drain: %s\n", err);
			return 2;
		}
	}
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, err, sizeof err);
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, argv[2], NULL);
	const struct rd_kafka_metadata *md;
	if (rd_kafka_metadata(rk, 0, rkt, &md, 20000) != 0)
		return 1;
	int n = md->topics[0].partition_cnt;
	int64_t want = 0;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(n);
	for (int i = 0; i < n; i++) {
		int64_t low, high;
		if (rd_kafka_query_watermark_offsets(rk, argv[2], i, &low, &high, 20000) != 0)
			return 1;
		want += high - low;
		rd_kafka_topic_partition_list_add(list, argv[2], i)->offset = RD_KAFKA_OFFSET_BEGINNING;
	}
	rd_kafka_assign(rk, list);
	rd_kafka_queue_t *q = rd_kafka_queue_get_consumer(rk);
	static rd_kafka_message_t *batch[4096];
	uint64_t sum = 0;
	int64_t got = 0;
	double first = 0, last = 0;
	while (got < want) {
		/* No more than there is, for the call waits until the batch is full. */
		size_t most = want - got < 4096 ? (size_t)(want - got) : 4096;
		ssize_t k = rd_kafka_consume_batch_queue(q, 1000, batch, most);
		if (k > 0 && first <= 0)
			first = now();
		for (ssize_t i = 0; i < k; i++) {
			if (!batch[i]->err) {
				const char *p = batch[i]->payload;
				for (size_t at = 0; at + 8 <= batch[i]->len; at += 8) {
					uint64_t w;
					memcpy(&w, p + at, 8);
					sum += w;
				}
				got++;
			}
			rd_kafka_message_destroy(batch[i]);
		}
		last = now();
	}
	struct rusage ru;
	getrusage(RUSAGE_SELF, &ru);
	double cpu = (double)ru.ru_utime.tv_sec + (double)ru.ru_stime.tv_sec +
	             (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
	printf("messages=%lld seconds=%.4f cpu=%.4f sum=%llu\n", (long long)got, last - first, cpu,
	       (unsigned long long)sum);
	rd_kafka_queue_destroy(q);
	rd_kafka_consumer_close(rk);
	rd_kafka_destroy(rk);
	return 0;
}
