/*
 * engine/connectors/kafka_embedded.c: see kafka_embedded.h.
 */
#include "engine/connectors/kafka_embedded.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <pthread.h>

#include "base/arena.h"

static struct {
	pthread_mutex_t mutex;
	rd_kafka_t *rk;
	rd_kafka_mock_cluster_t *cluster;
} embedded = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* The client that hosts the broker has none of its own to talk to, and would complain. */
static void say_nothing(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
	(void)rk;
	(void)level;
	(void)facility;
	(void)text;
}

/* Holds the mutex. */
static bool start(Err *err)
{
	if (embedded.cluster)
		return true;
	char why[256];
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	rd_kafka_conf_set_log_cb(conf, say_nothing);
	embedded.rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	if (!embedded.rk) {
		rd_kafka_conf_destroy(conf);
		return err_set(err, ERR_SOURCE_FAILED, "the in-process broker did not start: %s", why);
	}
	embedded.cluster = rd_kafka_mock_cluster_new(embedded.rk, 1);
	if (embedded.cluster)
		return true;
	rd_kafka_destroy(embedded.rk);
	embedded.rk = NULL;
	return err_set(err, ERR_SOURCE_FAILED, "the in-process broker did not start");
}

bool kafka_embedded_servers(StrBuf *out, Err *err)
{
	pthread_mutex_lock(&embedded.mutex);
	bool ok = start(err);
	if (ok)
		strbuf_puts(out, rd_kafka_mock_cluster_bootstraps(embedded.cluster));
	pthread_mutex_unlock(&embedded.mutex);
	return ok;
}

bool kafka_embedded_topic(Str topic, Err *err)
{
	char *name = mem_cstr(topic);
	pthread_mutex_lock(&embedded.mutex);
	bool ok = start(err);
	if (ok) {
		rd_kafka_resp_err_t e = rd_kafka_mock_topic_create(embedded.cluster, name, 1, 1);
		ok = e == RD_KAFKA_RESP_ERR_NO_ERROR || e == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS ||
		     err_set(err, ERR_SOURCE_FAILED, "the in-process broker did not make the topic \"%s\": %s", name,
		             rd_kafka_err2str(e));
	}
	pthread_mutex_unlock(&embedded.mutex);
	mem_free(name);
	return ok;
}
