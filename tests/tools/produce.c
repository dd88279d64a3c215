/*
 * tests/tools/produce.c: feeds a Kafka topic for tests and benchmarks: lines of standard input, or generated events.
 *
 *   produce BROKER TOPIC                     one message per line of standard input ("key<TAB>value" with -k)
 *   produce BROKER TOPIC -g N [options]      N generated events
 *
 * Options: -p N partitions (the topic is made), -r RATE events a second (0: as fast as possible), -c none|lz4|zstd, -s
 * BYTES pads events to about that size, -K N keys, -e N events per second of event time, -L PERMILLE late events, -B
 * PERMILLE bad ones, -D PERMILLE duplicates, -S SEED, -t FILE stops when the file exists. Generated event:
 * {"id":..,"k":"key-n","v":..,"amount":"12.34","ts":"2024-01-01 00:00:00.000","pad":"..."}
 */
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct Options {
	const char *broker, *topic, *compression, *stop_file;
	bool keyed, generate;
	int64_t n, rate, keys, per_second, late, bad, duplicates, size;
	int partitions;
	uint64_t seed;
} Options;

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static double now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void make_topic(rd_kafka_t *rk, const char *topic, int partitions)
{
	char err[256];
	rd_kafka_NewTopic_t *t = rd_kafka_NewTopic_new(topic, partitions, 1, err, sizeof err);
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
	rd_kafka_CreateTopics(rk, &t, 1, NULL, q);
	rd_kafka_event_t *ev = rd_kafka_queue_poll(q, 20000);
	if (ev)
		rd_kafka_event_destroy(ev);
	rd_kafka_NewTopic_destroy(t);
	rd_kafka_queue_destroy(q);
}

static int64_t failed_messages;

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk;
	(void)opaque;
	failed_messages += m->err != 0;
}

static void put_message(rd_kafka_t *rk, rd_kafka_topic_t *rkt, const char *key, size_t nkey, const char *value,
                        size_t nvalue)
{
	while (rd_kafka_produce(rkt, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY, (void *)(uintptr_t)value, nvalue, key,
	                        nkey, NULL) != 0) {
		if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
			fprintf(stderr, "produce: %s\n", rd_kafka_err2str(rd_kafka_last_error()));
			exit(1);
		}
		rd_kafka_poll(rk, 10);
	}
}

static size_t make_event(const Options *o, int64_t i, uint64_t *rng, char *buf, size_t cap, char *key, size_t key_cap)
{
	uint64_t r = next_random(rng);
	int64_t ms = INT64_C(1704067200000) + i * 1000 / o->per_second + (int64_t)(r % 500);
	if ((int64_t)((r >> 20) % 1000) < o->late)
		ms -= 60000 + (int64_t)((r >> 32) % 60000);
	time_t sec = (time_t)(ms / 1000);
	struct tm tm;
	gmtime_r(&sec, &tm);
	int64_t k = (int64_t)((r >> 10) % (uint64_t)o->keys);
	snprintf(key, key_cap, "key-%lld", (long long)k);
	if ((int64_t)((r >> 44) % 1000) < o->bad) {
		switch (r % 3) {
		case 0: return (size_t)snprintf(buf, cap, "{\"id\":%lld,\"k\":\"x\",\"v\":\"oops\"", (long long)i);
		case 1: return (size_t)snprintf(buf, cap, "not json %lld", (long long)i);
		default:
			return (size_t)snprintf(
			    buf, cap, "{\"id\":%lld,\"k\":\"key-1\",\"v\":\"many\",\"ts\":\"2024-01-01 00:00:00\"}", (long long)i);
		}
	}
	int n = snprintf(
	    buf, cap,
	    "{\"id\":%lld,\"k\":\"%s\",\"v\":%lld,\"amount\":\"%lld.%02lld\",\"ts\":\"%04d-%02d-%02d %02d:%02d:%02d.%03d\"",
	    (long long)i, key, (long long)(r % 1000), (long long)((r >> 12) % 500), (long long)((r >> 24) % 100),
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ms % 1000));
	size_t len = (size_t)n;
	if (o->size > 0 && len + 12 < (size_t)o->size && (size_t)o->size < cap) {
		len += (size_t)snprintf(buf + len, cap - len, ",\"pad\":\"");
		while (len + 2 < (size_t)o->size) {
			buf[len] = (char)('a' + len % 26);
			len++;
		}
		buf[len++] = '"';
	}
	buf[len++] = '}';
	return len;
}

static void generate(const Options *o, rd_kafka_t *rk, rd_kafka_topic_t *rkt)
{
	uint64_t rng = o->seed;
	char buf[8192], key[64], last[8192], last_key[64] = "";
	size_t last_len = 0;
	double start = now();
	for (int64_t i = 0; i < o->n; i++) {
		size_t len = make_event(o, i, &rng, buf, sizeof buf, key, sizeof key);
		put_message(rk, rkt, key, strlen(key), buf, len);
		if (last_len && (int64_t)(next_random(&rng) % 1000) < o->duplicates)
			put_message(rk, rkt, last_key, strlen(last_key), last, last_len);
		memcpy(last, buf, len);
		last_len = len;
		memcpy(last_key, key, sizeof key);
		if ((i & 63) == 0) {
			rd_kafka_poll(rk, 0);
			if (o->stop_file && access(o->stop_file, F_OK) == 0) {
				fprintf(stderr, "produce: stopped after %lld events\n", (long long)i + 1);
				return;
			}
			double ahead = o->rate ? (double)i / (double)o->rate - (now() - start) : 0;
			if (ahead > 0.001)
				usleep((useconds_t)(ahead * 1e6));
		}
	}
}

static void copy_lines(const Options *o, rd_kafka_t *rk, rd_kafka_topic_t *rkt)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	while ((n = getline(&line, &cap, stdin)) > 0) {
		if (line[n - 1] == '\n')
			n--;
		char *tab = o->keyed ? memchr(line, '\t', (size_t)n) : NULL;
		if (tab)
			put_message(rk, rkt, line, (size_t)(tab - line), tab[1] ? tab + 1 : NULL, (size_t)(n - (tab + 1 - line)));
		else
			put_message(rk, rkt, NULL, 0, line, (size_t)n);
		rd_kafka_poll(rk, 0);
	}
	free(line);
}

int main(int argc, char **argv)
{
	Options o = {.compression = "none", .keys = 1000, .per_second = 1000, .seed = 1};
	int c;
	while ((c = getopt(argc, argv, "g:p:r:c:s:K:e:L:B:D:S:t:k")) != -1)
		switch (c) {
		case 'g':
			o.generate = true;
			o.n = strtoll(optarg, NULL, 10);
			break;
		case 'p': o.partitions = (int)strtol(optarg, NULL, 10); break;
		case 'r': o.rate = strtoll(optarg, NULL, 10); break;
		case 'c': o.compression = optarg; break;
		case 's': o.size = strtoll(optarg, NULL, 10); break;
		case 'K': o.keys = strtoll(optarg, NULL, 10); break;
		case 'e': o.per_second = strtoll(optarg, NULL, 10); break;
		case 'L': o.late = strtoll(optarg, NULL, 10); break;
		case 'B': o.bad = strtoll(optarg, NULL, 10); break;
		case 'D': o.duplicates = strtoll(optarg, NULL, 10); break;
		case 'S': o.seed = (uint64_t)strtoll(optarg, NULL, 10); break;
		case 't': o.stop_file = optarg; break;
		case 'k': o.keyed = true; break;
		default: return 2;
		}
	if (optind + 2 > argc) {
		fprintf(stderr, "usage: produce [options] BROKER TOPIC\n");
		return 2;
	}
	o.broker = argv[optind];
	o.topic = argv[optind + 1];
	char err[512];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "bootstrap.servers", o.broker, err, sizeof err);
	rd_kafka_conf_set(conf, "compression.type", o.compression, err, sizeof err);
	rd_kafka_conf_set(conf, "enable.idempotence", "true", err, sizeof err);
	rd_kafka_conf_set(conf, "linger.ms", o.rate ? "5" : "50", err, sizeof err);
	rd_kafka_conf_set(conf, "batch.size", "1000000", err, sizeof err);
	rd_kafka_conf_set(conf, "queue.buffering.max.messages", "1000000", err, sizeof err);
	rd_kafka_conf_set_dr_msg_cb(conf, delivered);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, err, sizeof err);
	if (!rk) {
		fprintf(stderr, "produce: %s\n", err);
		return 1;
	}
	if (o.partitions)
		make_topic(rk, o.topic, o.partitions);
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, o.topic, NULL);
	if (o.generate)
		generate(&o, rk, rkt);
	else
		copy_lines(&o, rk, rkt);
	rd_kafka_resp_err_t flushed = rd_kafka_flush(rk, 60000);
	rd_kafka_topic_destroy(rkt);
	rd_kafka_destroy(rk);
	if (flushed || failed_messages) {
		fprintf(stderr, "produce: %lld messages were not delivered\n", (long long)failed_messages);
		return 1;
	}
	return 0;
}
