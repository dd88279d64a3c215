/*
 * engine/connectors/kafka_txn.c: see kafka_txn.h.
 *
 *   retriable error   the same call again, until a deadline; then the producer is dropped and recover asks the broker
 * what became of it abortable error   abort; the epoch is sent again fatal error       fenced by another self: never;
 * but when the transaction has outlived its time-out, it is the broker that ended it: again
 */
#include "engine/connectors/kafka_txn.h"

#include <stdio.h>
#include <time.h>

#include "base/log.h"
#include "engine/connectors/kafka_config.h"
#include "engine/connectors/kafka_embedded.h"
#include "engine/state/store.h"
#include "sql/types/packed.h"

enum { CALL_MS = 10000, DEADLINE_MS = 60000, PAUSE_MS = 100, REFUSED_MAX = 256, TRANSACTION_MS = 60000 };

struct KafkaTxn {
	Arena *arena;
	const Options *options;
	Str sink;
	bool transactional, embedded, fixed;
	char *topic, *id;
	int64_t transaction_ms;
	rd_kafka_t *rk; /* NULL: none */
	rd_kafka_topic_t *rkt;
	rd_kafka_consumer_group_metadata_t *group;
	bool ready; /* init_transactions has gone through */
	bool open;  /* a transaction is */
	int64_t begun_ms;
	uint16_t round; /* number of the delivery, to know late answers about an earlier one */
	char last_error[200];
	/* since begin, filled by on_delivery within poll and flush */
	rd_kafka_resp_err_t failure;
	uint32_t nrefused;
	struct {
		uint64_t tag;
		rd_kafka_resp_err_t e;
	} refused[REFUSED_MAX];
};

static int64_t now_ms(void)
{
	return clock_mono_us(&clock_real) / 1000;
}

/* ---- the producer ---- */

/* The record itself is at fault, not the broker or the way to it. */
static bool is_refusal(rd_kafka_resp_err_t e)
{
	return e == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || e == RD_KAFKA_RESP_ERR_INVALID_RECORD ||
	       e == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP || e == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION ||
	       e == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE;
}

static void on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk;
	KafkaTxn *t = opaque;
	uint64_t tag = (uint64_t)(uintptr_t)m->_private;
	if (!m->err || tag >> KAFKA_TXN_TAG_BITS != t->round)
		return;
	if (!is_refusal(m->err))
		t->failure = t->failure ? t->failure : m->err;
	else if (t->nrefused < REFUSED_MAX) {
		t->refused[t->nrefused].tag = tag & ((UINT64_C(1) << KAFKA_TXN_TAG_BITS) - 1);
		t->refused[t->nrefused++].e = m->err;
	}
}

static void on_error(rd_kafka_t *rk, int e, const char *reason, void *opaque)
{
	(void)rk;
	KafkaTxn *t = opaque;
	if (e != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || !t->last_error[0])
		snprintf(t->last_error, sizeof t->last_error, "%s", reason);
}

static void drop_producer(KafkaTxn *t)
{
	if (t->rkt)
		rd_kafka_topic_destroy(t->rkt);
	t->rkt = NULL;
	if (t->rk) {
		rd_kafka_purge(t->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING);
		rd_kafka_destroy(t->rk);
	}
	t->rk = NULL;
	t->ready = t->open = false;
}

static bool make_producer(KafkaTxn *t, Err *err)
{
	rd_kafka_conf_t *conf = kafka_config_make(t->options, KAFKA_PRODUCER, err);
	if (!conf)
		return false;
	char ms[24];
	snprintf(ms, sizeof ms, "%lld", (long long)t->transaction_ms);
	/* Acknowledgements below all, which only at-least-once admits, leave nothing to number. */
	Str acks = kafka_config_property(t->options, "acks");
	bool weak = acks.len && !str_eq_nocase(acks, STR("all")) && !str_eq_c(acks, "-1");
	bool ok = kafka_config_set(conf, "enable.idempotence",
	                           t->embedded || (weak && !t->transactional) ? "false" : "true", err) &&
	          kafka_config_default(conf, t->options, "partitioner", "murmur2_random", err) && /* as Java's clients */
	          kafka_config_default(conf, t->options, "linger.ms", "5", err) &&
	          kafka_config_default(conf, t->options, "delivery.timeout.ms", "60000", err) &&
	          kafka_config_set(conf, "queue.buffering.max.kbytes", "65536", err);
	if (ok && t->transactional)
		ok = kafka_config_set(conf, "transactional.id", t->id, err) &&
		     kafka_config_set(conf, "transaction.timeout.ms", ms, err);
	if (ok) {
		char why[256];
		rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
		rd_kafka_conf_set_error_cb(conf, on_error);
		rd_kafka_conf_set_opaque(conf, t);
		t->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
		if (t->rk) {
			t->rkt = rd_kafka_topic_new(t->rk, t->topic, NULL);
			return true;
		}
		ok =
		    err_set(err, ERR_BAD_OPTION, "the Kafka client of sink \"%.*s\" cannot be made: %s", STR_ARG(t->sink), why);
		err_hint(err, "acks below all do not go with exactly-once; say 'sink.delivery-guarantee' = 'at-least-once' if "
		              "that is meant.");
	}
	rd_kafka_conf_destroy(conf);
	return ok;
}

bool kafka_txn_open(const SinkSpec *spec, bool transactional, KafkaTxn **out, Err *err)
{
	const Options *o = &spec->table->options;
	KafkaTxn *t = MEM_NEW(KafkaTxn);
	t->arena = arena_open("kafka producer", 0);
	t->options = o;
	t->sink = spec->name;
	t->transactional = transactional;
	t->embedded = kafka_config_is_embedded(o);
	t->fixed = str_eq_nocase(options_get(o, "sink.partitioner"), STR("fixed"));
	t->topic = arena_cstr(t->arena, str_trim(options_get(o, "topic")));
	t->id = arena_cstr(t->arena, arena_printf(t->arena, "weir-%016llx-%.*s", (unsigned long long)spec->engine_id,
	                                          STR_ARG(spec->name)));
	Str ms = kafka_config_property(o, "transaction.timeout.ms");
	if (!str_to_i64(ms, &t->transaction_ms) || t->transaction_ms <= 0)
		t->transaction_ms = TRANSACTION_MS;
	t->group = rd_kafka_consumer_group_metadata_new(t->id);
	(void)err;
	*out = t;
	return true;
}

void kafka_txn_close(KafkaTxn *t)
{
	kafka_txn_abort(t);
	drop_producer(t);
	rd_kafka_consumer_group_metadata_destroy(t->group);
	arena_close(t->arena);
	mem_free(t);
}

/* ---- errors ---- */

static KafkaOutcome unreachable(KafkaTxn *t, Err *err, const char *what, const char *reason)
{
	if (t->rk)
		rd_kafka_poll(t->rk, 0);
	err_set(err, ERR_SINK_UNREACHABLE, "Kafka, topic \"%s\": %s: %s%s%s", t->topic, what, reason,
	        t->last_error[0] ? "; " : "", t->last_error);
	err->flags |= ERR_RETRIABLE;
	t->last_error[0] = 0;
	return KAFKA_AGAIN;
}

static void pause_ms(int64_t ms)
{
	struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&ts, NULL);
}

/* The producer can do nothing more. */
static KafkaOutcome judge_fatal(KafkaTxn *t, const char *what, const char *reason, Err *err)
{
	bool late = t->open && now_ms() - t->begun_ms > t->transaction_ms * 9 / 10;
	KafkaOutcome r = KAFKA_NEVER;
	if (late) {
		r = unreachable(t, err, what, "the transaction took too long");
	} else {
		char why[256] = "";
		rd_kafka_resp_err_t e = rd_kafka_fatal_error(t->rk, why, sizeof why);
		err_set(err, ERR_SINK_FAILED, "Kafka, topic \"%s\": %s: %s", t->topic, what, why[0] ? why : reason);
		if (e == RD_KAFKA_RESP_ERR__FENCED || e == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH ||
		    e == RD_KAFKA_RESP_ERR_PRODUCER_FENCED)
			err_hint(err,
			         "Another engine writes with the identity \"%s\": a copy of the state file is in use. Stop one of "
			         "them, then RESUME.",
			         t->id);
	}
	drop_producer(t);
	return r;
}

/* Sorts out e (freed here). *again: the same call may be made once more. */
static KafkaOutcome judge(KafkaTxn *t, rd_kafka_error_t *e, const char *what, int64_t deadline_ms, bool *again,
                          Err *err)
{
	*again = false;
	if (!e)
		return KAFKA_OK;
	char reason[300];
	snprintf(reason, sizeof reason, "%.250s (%s)", rd_kafka_error_string(e), rd_kafka_error_name(e));
	bool fatal = rd_kafka_error_is_fatal(e), abort = rd_kafka_error_txn_requires_abort(e),
	     retriable = rd_kafka_error_is_retriable(e);
	rd_kafka_resp_err_t code = rd_kafka_error_code(e);
	rd_kafka_error_destroy(e);
	if (fatal)
		return judge_fatal(t, what, reason, err);
	if (abort) {
		kafka_txn_abort(t);
		return unreachable(t, err, what, reason);
	}
	if (retriable && now_ms() < deadline_ms) {
		*again = true;
		pause_ms(PAUSE_MS);
		return KAFKA_AGAIN;
	}
	/* Not to be cured by this producer; recover asks the broker how it stands. */
	KafkaOutcome r = unreachable(t, err, what, reason);
	if (!retriable &&
	    (code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED ||
	     code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
	     code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED || code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE)) {
		err->code = ERR_SINK_FAILED;
		err->flags = 0;
		r = KAFKA_NEVER;
	}
	drop_producer(t);
	return r;
}

/* ---- the marker ---- */

static KafkaOutcome read_marker(KafkaTxn *t, uint64_t *epoch, bool *known, Err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, t->topic, 0);
	rd_kafka_ListConsumerGroupOffsets_t *ask = rd_kafka_ListConsumerGroupOffsets_new(t->id, list);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_AdminOptions_t *opts = rd_kafka_AdminOptions_new(t->rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
	rd_kafka_error_t *oe = rd_kafka_AdminOptions_set_require_stable_offsets(opts, 1);
	if (oe)
		rd_kafka_error_destroy(oe);
	char why[128];
	rd_kafka_AdminOptions_set_request_timeout(opts, CALL_MS, why, sizeof why);
	rd_kafka_queue_t *q = rd_kafka_queue_new(t->rk);
	rd_kafka_ListConsumerGroupOffsets(t->rk, &ask, 1, opts, q);
	rd_kafka_event_t *ev = rd_kafka_queue_poll(q, CALL_MS + 1000);
	KafkaOutcome r = KAFKA_OK;
	*known = false;
	*epoch = 0;
	rd_kafka_resp_err_t e = ev ? rd_kafka_event_error(ev) : RD_KAFKA_RESP_ERR__TIMED_OUT;
	if (!e) {
		size_t n = 0;
		const rd_kafka_group_result_t **groups =
		    rd_kafka_ListConsumerGroupOffsets_result_groups(rd_kafka_event_ListConsumerGroupOffsets_result(ev), &n);
		const rd_kafka_error_t *ge = n == 1 ? rd_kafka_group_result_error(groups[0]) : NULL;
		const rd_kafka_topic_partition_list_t *p = n == 1 ? rd_kafka_group_result_partitions(groups[0]) : NULL;
		e = ge ? rd_kafka_error_code(ge) : p && p->cnt == 1 ? p->elems[0].err : RD_KAFKA_RESP_ERR_NO_ERROR;
		if (!e && p && p->cnt == 1 && p->elems[0].offset >= 0) {
			*known = true;
			*epoch = (uint64_t)p->elems[0].offset;
		}
		if (e == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
			e = RD_KAFKA_RESP_ERR_NO_ERROR; /* nobody has written yet */
	}
	if (e)
		r = unreachable(t, err, "the marker cannot be read", rd_kafka_err2str(e));
	if (ev)
		rd_kafka_event_destroy(ev);
	rd_kafka_queue_destroy(q);
	rd_kafka_AdminOptions_destroy(opts);
	rd_kafka_ListConsumerGroupOffsets_destroy(ask);
	return r;
}

/* In the open transaction. */
static KafkaOutcome send_marker(KafkaTxn *t, uint64_t epoch, Err *err)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_t *p = rd_kafka_topic_partition_list_add(list, t->topic, 0);
	p->offset = (int64_t)epoch;
	char text[40];
	int n = snprintf(text, sizeof text, "epoch %llu", (unsigned long long)epoch);
	p->metadata = mem_cstr(str_make(text, (size_t)n)); /* freed with the list */
	p->metadata_size = (size_t)n;
	int64_t deadline = now_ms() + DEADLINE_MS;
	KafkaOutcome r;
	bool again;
	do
		r = judge(t, rd_kafka_send_offsets_to_transaction(t->rk, list, t->group, CALL_MS), "the marker cannot be sent",
		          deadline, &again, err);
	while (again);
	rd_kafka_topic_partition_list_destroy(list);
	return r;
}

/* ---- one delivery ---- */

KafkaOutcome kafka_txn_recover(KafkaTxn *t, uint64_t *epoch, bool *known, Err *err)
{
	*known = false;
	*epoch = 0;
	if (t->open)
		drop_producer(t); /* what became of it is the broker's to say */
	if (t->embedded && !kafka_embedded_topic(str_from(t->topic), err))
		return KAFKA_NEVER;
	if (!t->rk && !make_producer(t, err))
		return KAFKA_NEVER;
	if (!t->transactional) {
		t->ready = true;
		return KAFKA_OK;
	}
	if (!t->ready) {
		bool again;
		KafkaOutcome r = judge(t, rd_kafka_init_transactions(t->rk, CALL_MS), "no transactions", 0, &again, err);
		if (r != KAFKA_OK)
			return r;
		t->ready = true;
	}
	return read_marker(t, epoch, known, err);
}

KafkaOutcome kafka_txn_begin(KafkaTxn *t, Err *err)
{
	t->failure = RD_KAFKA_RESP_ERR_NO_ERROR;
	t->nrefused = 0;
	t->round++;
	t->begun_ms = now_ms();
	if (!t->transactional)
		return KAFKA_OK;
	bool again;
	KafkaOutcome r = judge(t, rd_kafka_begin_transaction(t->rk), "a transaction cannot begin", 0, &again, err);
	t->open = r == KAFKA_OK;
	return r;
}

static rd_kafka_headers_t *make_headers(Str packed)
{
	uint32_t n = packed_count(packed);
	rd_kafka_headers_t *h = rd_kafka_headers_new(n / 2);
	for (uint32_t i = 0; i + 1 < n; i += 2) {
		Str name = packed_get(packed, &type_string, i).s;
		Value v = packed_get(packed, &type_bytes, i + 1);
		rd_kafka_header_add(h, name.ptr, (ssize_t)name.len, v.null ? NULL : v.s.ptr, v.null ? 0 : (ssize_t)v.s.len);
	}
	return h;
}

static rd_kafka_resp_err_t put(KafkaTxn *t, const KafkaRecord *r, rd_kafka_topic_t *rkt, uint64_t tag)
{
	rd_kafka_headers_t *headers = r->headers.ptr ? make_headers(r->headers) : NULL;
	rd_kafka_vu_t vu[9];
	size_t n = 0;
	vu[n].vtype = RD_KAFKA_VTYPE_RKT;
	vu[n++].u.rkt = rkt;
	vu[n].vtype = RD_KAFKA_VTYPE_PARTITION;
	vu[n++].u.i32 = t->fixed ? 0 : RD_KAFKA_PARTITION_UA;
	vu[n].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
	vu[n++].u.i = RD_KAFKA_MSG_F_COPY;
	vu[n].vtype = RD_KAFKA_VTYPE_OPAQUE;
	vu[n++].u.ptr = (void *)(uintptr_t)((uint64_t)t->round << KAFKA_TXN_TAG_BITS | tag);
	vu[n].vtype = RD_KAFKA_VTYPE_VALUE;
	vu[n].u.mem.ptr = (void *)(uintptr_t)r->value.ptr;
	vu[n++].u.mem.size = r->value.len;
	if (r->key.ptr) {
		vu[n].vtype = RD_KAFKA_VTYPE_KEY;
		vu[n].u.mem.ptr = (void *)(uintptr_t)r->key.ptr;
		vu[n++].u.mem.size = r->key.len;
	}
	if (r->time_ms) {
		vu[n].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
		vu[n++].u.i64 = r->time_ms;
	}
	if (headers) {
		vu[n].vtype = RD_KAFKA_VTYPE_HEADERS;
		vu[n++].u.headers = headers;
	}
	rd_kafka_error_t *e = rd_kafka_produceva(t->rk, vu, n);
	if (!e)
		return RD_KAFKA_RESP_ERR_NO_ERROR;
	rd_kafka_resp_err_t code = rd_kafka_error_code(e);
	rd_kafka_error_destroy(e);
	if (headers)
		rd_kafka_headers_destroy(headers);
	return code;
}

bool kafka_txn_send(KafkaTxn *t, const KafkaRecord *r, uint64_t tag, KafkaOutcome *out, Err *err)
{
	rd_kafka_topic_t *rkt = t->rkt;
	if (r->topic.ptr) {
		char *name = mem_cstr(r->topic);
		rkt = rd_kafka_topic_new(t->rk, name, NULL);
		mem_free(name);
	}
	*out = KAFKA_OK;
	if (!rkt)
		return err_set(err, ERR_SINK_REFUSED, "\"%.*s\" is no topic", STR_ARG(r->topic));
	int64_t deadline = now_ms() + DEADLINE_MS;
	rd_kafka_resp_err_t e;
	while ((e = put(t, r, rkt, tag)) == RD_KAFKA_RESP_ERR__QUEUE_FULL && now_ms() < deadline && !t->failure)
		rd_kafka_poll(t->rk, PAUSE_MS);
	if (rkt != t->rkt)
		rd_kafka_topic_destroy(rkt);
	if (!e)
		return true;
	if (is_refusal(e) || e == RD_KAFKA_RESP_ERR__INVALID_ARG)
		return err_set(err, ERR_SINK_REFUSED, "Kafka: %s", rd_kafka_err2str(e));
	if (rd_kafka_fatal_error(t->rk, NULL, 0)) {
		*out = judge_fatal(t, "a record cannot be sent", rd_kafka_err2str(e), err);
		return false;
	}
	*out = unreachable(t, err, "a record cannot be sent", rd_kafka_err2str(e));
	return false;
}

KafkaOutcome kafka_txn_flush(KafkaTxn *t, Err *err)
{
	int64_t deadline = now_ms() + DEADLINE_MS;
	while (rd_kafka_outq_len(t->rk) > 0 && now_ms() < deadline && !t->failure)
		rd_kafka_flush(t->rk, PAUSE_MS);
	if (!t->failure && rd_kafka_outq_len(t->rk) == 0)
		return KAFKA_OK;
	if (rd_kafka_fatal_error(t->rk, NULL, 0))
		return judge_fatal(t, "records cannot be sent", "", err);
	KafkaOutcome r = unreachable(t, err, "records cannot be sent",
	                             rd_kafka_err2str(t->failure ? t->failure : RD_KAFKA_RESP_ERR__TIMED_OUT));
	if (t->transactional && t->failure)
		return r;
	drop_producer(t); /* with what waits in it: all of it is sent again */
	return r;
}

bool kafka_txn_refused(const KafkaTxn *t, uint32_t index, uint64_t *tag, Err *err)
{
	if (index >= t->nrefused)
		return false;
	*tag = t->refused[index].tag;
	err_set(err, ERR_SINK_REFUSED, "Kafka, topic \"%s\": %s", t->topic, rd_kafka_err2str(t->refused[index].e));
	return true;
}

KafkaOutcome kafka_txn_commit(KafkaTxn *t, uint64_t epoch, Err *err)
{
	if (!t->transactional)
		return KAFKA_OK;
	KafkaOutcome r = send_marker(t, epoch, err);
	if (r != KAFKA_OK)
		return r;
	int64_t deadline = now_ms() + DEADLINE_MS;
	bool again;
	store_fail_point("before-kafka-commit");
	do
		r = judge(t, rd_kafka_commit_transaction(t->rk, CALL_MS), "the transaction cannot be committed", deadline,
		          &again, err);
	while (again);
	if (r == KAFKA_OK) {
		store_fail_point("after-kafka-commit");
		t->open = false;
	}
	return r;
}

void kafka_txn_abort(KafkaTxn *t)
{
	if (!t->rk || !t->open)
		return;
	t->open = false;
	rd_kafka_error_t *e = rd_kafka_abort_transaction(t->rk, CALL_MS);
	if (!e)
		return;
	/* The next self ends it: init_transactions. */
	LOGD("kafka", "transaction not aborted", "sink=\"%.*s\" reason=\"%s\"", STR_ARG(t->sink), rd_kafka_error_string(e));
	rd_kafka_error_destroy(e);
	drop_producer(t);
}

void kafka_txn_restart(KafkaTxn *t)
{
	kafka_txn_abort(t);
	drop_producer(t);
}

void kafka_txn_idle(KafkaTxn *t)
{
	if (t->rk)
		rd_kafka_poll(t->rk, 0);
}
