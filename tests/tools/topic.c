/*
 * tests/tools/topic.c: what happens to a Kafka topic besides appending, for tests of faults.
 *
 *   topic BROKER make TOPIC PARTITIONS [NAME=VALUE...]    with configuration of the topic
 *   topic BROKER drop TOPIC
 *   topic BROKER trim TOPIC PARTITION OFFSET              removes what is before, as retention does
 *   topic BROKER commit TOPIC PARTITION                   lines of standard input ("key<TAB>value", or a value) as one
 *   topic BROKER abort TOPIC PARTITION                    transaction that is committed, or sent and then aborted
 */
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MS = 20000 };

static char why[512];

static int fail(const char *what, const char *reason)
{
	fprintf(stderr, "topic: %s: %s\n", what, reason);
	return 1;
}

/* The error of an admin call, NULL: none. */
static const char *answer(rd_kafka_event_t *ev)
{
	if (!ev)
		return "no answer";
	if (rd_kafka_event_error(ev))
		return rd_kafka_event_error_string(ev);
	size_t n = 0;
	const rd_kafka_topic_result_t **topics = NULL;
	if (rd_kafka_event_type(ev) == RD_KAFKA_EVENT_CREATETOPICS_RESULT)
		topics = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(ev), &n);
	else if (rd_kafka_event_type(ev) == RD_KAFKA_EVENT_DELETETOPICS_RESULT)
		topics = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(ev), &n);
	if (n && rd_kafka_topic_result_error(topics[0]))
		return rd_kafka_topic_result_error_string(topics[0]);
	if (rd_kafka_event_type(ev) == RD_KAFKA_EVENT_DELETERECORDS_RESULT) {
		const rd_kafka_topic_partition_list_t *list =
		    rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(ev));
		if (list->cnt && list->elems[0].err)
			return rd_kafka_err2str(list->elems[0].err);
	}
	return NULL;
}

static int admin(rd_kafka_t *rk, const char *verb, const char *topic, int nrest, char **rest)
{
	rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
	if (strcmp(verb, "make") == 0) {
		rd_kafka_NewTopic_t *t =
		    rd_kafka_NewTopic_new(topic, nrest ? (int)strtol(rest[0], NULL, 10) : 1, 1, why, sizeof why);
		for (int i = 1; i < nrest; i++) {
			char *eq = strchr(rest[i], '=');
			if (!eq)
				return fail(rest[i], "NAME=VALUE is wanted");
			*eq = 0;
			rd_kafka_NewTopic_set_config(t, rest[i], eq + 1);
		}
		rd_kafka_CreateTopics(rk, &t, 1, NULL, q);
		rd_kafka_NewTopic_destroy(t);
	} else if (strcmp(verb, "drop") == 0) {
		rd_kafka_DeleteTopic_t *t = rd_kafka_DeleteTopic_new(topic);
		rd_kafka_DeleteTopics(rk, &t, 1, NULL, q);
		rd_kafka_DeleteTopic_destroy(t);
	} else {
		rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
		rd_kafka_topic_partition_list_add(list, topic, (int)strtol(rest[0], NULL, 10))->offset =
		    strtoll(rest[1], NULL, 10);
		rd_kafka_DeleteRecords_t *d = rd_kafka_DeleteRecords_new(list);
		rd_kafka_DeleteRecords(rk, &d, 1, NULL, q);
		rd_kafka_DeleteRecords_destroy(d);
		rd_kafka_topic_partition_list_destroy(list);
	}
	rd_kafka_event_t *ev = rd_kafka_queue_poll(q, WAIT_MS);
	const char *error = answer(ev);
	int status = error ? fail(topic, error) : 0;
	if (ev)
		rd_kafka_event_destroy(ev);
	rd_kafka_queue_destroy(q);
	return status;
}

static int transaction(rd_kafka_t *rk, bool commit, const char *topic, int partition)
{
	rd_kafka_error_t *e = rd_kafka_init_transactions(rk, WAIT_MS);
	if (!e)
		e = rd_kafka_begin_transaction(rk);
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	while (!e && (len = getline(&line, &cap, stdin)) > 0) {
		if (line[len - 1] == '\n')
			line[--len] = 0;
		char *tab = strchr(line, '\t');
		char *value = tab ? tab + 1 : line;
		rd_kafka_producev(rk, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
		                  RD_KAFKA_V_KEY(tab ? line : NULL, tab ? (size_t)(tab - line) : 0),
		                  RD_KAFKA_V_VALUE(value, (size_t)(line + len - value)),
		                  RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
	}
	free(line);
	if (!e && rd_kafka_flush(rk, WAIT_MS))
		return fail(topic, "the broker does not take the rows");
	if (!e)
		e = commit ? rd_kafka_commit_transaction(rk, WAIT_MS) : rd_kafka_abort_transaction(rk, WAIT_MS);
	if (!e)
		return 0;
	fail(topic, rd_kafka_error_string(e));
	rd_kafka_error_destroy(e);
	return 1;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 3 ? argv[2] : "";
	bool txn = strcmp(verb, "commit") == 0 || strcmp(verb, "abort") == 0;
	bool trim = strcmp(verb, "trim") == 0;
	if (!(txn && argc == 5) && !(trim && argc == 6) && strcmp(verb, "make") != 0 && strcmp(verb, "drop") != 0) {
		fprintf(stderr, "usage: topic BROKER make|drop|trim|commit|abort TOPIC ...\n");
		return 2;
	}
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char id[64];
	snprintf(id, sizeof id, "topic-tool-%s", argv[3]);
	rd_kafka_conf_set(conf, "bootstrap.servers", argv[1], why, sizeof why);
	if (txn)
		rd_kafka_conf_set(conf, "transactional.id", id, why, sizeof why);
	rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
	if (!rk)
		return fail(argv[1], why);
	int status = txn ? transaction(rk, verb[0] == 'c', argv[3], (int)strtol(argv[4], NULL, 10))
	                 : admin(rk, verb, argv[3], argc - 4, argv + 4);
	rd_kafka_destroy(rk);
	return status;
}
