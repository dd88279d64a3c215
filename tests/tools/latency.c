/*
 * tests/tools/latency.c: how long after the event that closes a window its rows can be seen in a target.
 *
 *   latency [-n WINDOWS] [-r RATE] [-e N] [-K KEYS] [-i MS] BROKER TOPIC CONNINFO QUERY
 *
 * Makes RATE (10,000) events a second, N (1,000) of them per second of event time, in order, over KEYS (100) keys:
 * {"id":..,"k":"key-n","v":..,"ts":"2024-01-01 00:00:00.000"}. Beside that it asks QUERY over CONNINFO, every MS (2)
 * milliseconds, for the newest window_start of windows of one second without a delay of the watermark. A window's
 * arrival is the moment in which the first event behind its end is handed to the Kafka client (no linger), so the way
 * to the broker is counted too. Its last line on standard output, of all windows but the first tenth:
 *   latency: windows=N p50_ms=MS p90_ms=MS p99_ms=MS max_ms=MS unseen=N late_ms=MS
 * late_ms: how far the generator itself fell behind its rate at worst.
 */
#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WINDOWS_MAX = 36000, SEEN_WAIT_S = 10 };

static double arrived[WINDOWS_MAX], seen[WINDOWS_MAX];
static _Atomic int closed; /* windows that have arrived */
static int windows = 300;
static int64_t rate = 10000, per_second = 1000, keys = 100, interval_ms = 2;
static const char *conninfo, *query;

static double now(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The number of the window that the text of a timestamp names, -1: none. */
static int window_of(const char *text)
{
	int day, hour, minute, second;
	if (sscanf(text, "2024-01-%d %d:%d:%d", &day, &hour, &minute, &second) != 4)
		return -1;
	return ((day - 1) * 24 + hour) * 3600 + minute * 60 + second;
}

static void *watch(void *arg)
{
	(void)arg;
	PGconn *pg = PQconnectdb(conninfo);
	if (PQstatus(pg) != CONNECTION_OK) {
		fprintf(stderr, "latency: %s", PQerrorMessage(pg));
		exit(1);
	}
	int next = 0;
	double until = 0;
	while (next < windows) {
		PGresult *r = PQexec(pg, query);
		double at = now();
		if (PQresultStatus(r) != PGRES_TUPLES_OK) {
			fprintf(stderr, "latency: %s", PQerrorMessage(pg));
			exit(1);
		}
		int newest = PQntuples(r) && !PQgetisnull(r, 0, 0) ? window_of(PQgetvalue(r, 0, 0)) : -1;
		PQclear(r);
		for (; next <= newest && next < windows; next++)
			seen[next] = at;
		if (atomic_load(&closed) >= windows) {
			until = until > 0 ? until : at + SEEN_WAIT_S;
			if (at > until)
				break;
		}
		usleep((useconds_t)interval_ms * 1000);
	}
	PQfinish(pg);
	return NULL;
}

static void send_event(rd_kafka_t *rk, rd_kafka_topic_t *rkt, int64_t i)
{
	char buf[256];
	int64_t ms = i * 1000 / per_second;
	int n = snprintf(buf, sizeof buf,
	                 "{\"id\":%lld,\"k\":\"key-%lld\",\"v\":%lld,\"ts\":\"2024-01-%02d %02d:%02d:%02d.%03d\"}",
	                 (long long)i, (long long)(i * 7919 % keys), (long long)(i % 1000), (int)(ms / 86400000) + 1,
	                 (int)(ms / 3600000 % 24), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
	int window = (int)(ms / 1000) - 1; /* closed by this one, unless by one before it */
	if (window >= 0 && window < windows && arrived[window] == 0) {
		arrived[window] = now();
		atomic_store(&closed, window + 1);
	}
	while (rd_kafka_produce(rkt, 0, RD_KAFKA_MSG_F_COPY, buf, (size_t)n, NULL, 0, NULL) != 0) {
		if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
			fprintf(stderr, "latency: %s\n", rd_kafka_err2str(rd_kafka_last_error()));
			exit(1);
		}
		rd_kafka_poll(rk, 1);
	}
}

static double feed(rd_kafka_t *rk, rd_kafka_topic_t *rkt)
{
	double start = now(), late = 0;
	int64_t n = (windows + 1) * per_second;
	for (int64_t i = 0; i < n;) {
		double passed = now() - start;
		int64_t due = (int64_t)(passed * (double)rate);
		double behind = passed - (double)i / (double)rate;
		late = behind > late ? behind : late;
		for (; i < due && i < n; i++)
			send_event(rk, rkt, i);
		rd_kafka_poll(rk, 0);
		usleep(1000);
	}
	rd_kafka_flush(rk, 10000);
	return late * 1000;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void report(double late_ms)
{
	static double took[WINDOWS_MAX];
	int n = 0, unseen = 0;
	for (int w = windows / 10; w < windows; w++) {
		if (seen[w] > 0)
			took[n++] = (seen[w] - arrived[w]) * 1000;
		else
			unseen++;
	}
	qsort(took, (size_t)n, sizeof *took, by_size);
	if (n)
		printf("latency: windows=%d p50_ms=%.1f p90_ms=%.1f p99_ms=%.1f max_ms=%.1f unseen=%d late_ms=%.1f\n", n,
		       took[n / 2], took[n * 9 / 10], took[n * 99 / 100], took[n - 1], unseen, late_ms);
	else
		printf("latency: windows=0 unseen=%d late_ms=%.1f\n", unseen, late_ms);
}

int main(int argc, char **argv)
{
	int c;
	while ((c = getopt(argc, argv, "n:r:e:K:i:")) != -1)
		switch (c) {
		case 'n': windows = (int)strtol(optarg, NULL, 10); break;
		case 'r': rate = strtoll(optarg, NULL, 10); break;
		case 'e': per_second = strtoll(optarg, NULL, 10); break;
		case 'K': keys = strtoll(optarg, NULL, 10); break;
		case 'i': interval_ms = strtoll(optarg, NULL, 10); break;
		default: return 2;
		}
	if (optind + 4 != argc || windows < 10 || windows > WINDOWS_MAX || per_second < 1 || rate < 1 || keys < 1) {
		fprintf(stderr, "usage: latency [-n WINDOWS] [-r RATE] [-e N] [-K KEYS] [-i MS] BROKER TOPIC CONNINFO QUERY\n");
		return 2;
	}
	conninfo = argv[optind + 2];
	query = argv[optind + 3];
	char err[512];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set(conf, "bootstrap.servers", argv[optind], err, sizeof err);
	rd_kafka_conf_set(conf, "linger.ms", "0", err, sizeof err);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, err, sizeof err);
	if (!rk) {
		fprintf(stderr, "latency: %s\n", err);
		return 1;
	}
	rd_kafka_topic_t *rkt = rd_kafka_topic_new(rk, argv[optind + 1], NULL);
	pthread_t watcher;
	if (pthread_create(&watcher, NULL, watch, NULL) != 0)
		return 1;
	double late = feed(rk, rkt);
	pthread_join(watcher, NULL);
	report(late);
	rd_kafka_topic_destroy(rkt);
	rd_kafka_destroy(rk);
	return 0;
}
