/*
 * engine/connectors/kafka_discover.c: see kafka_discover.h.
 *
 * The mutex guards the fields below `mutex` and the call of wake, which ends with close; everything above is written
 * before the thread starts, or by the thread alone.
 */
#include "engine/connectors/kafka_discover.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "engine/connectors/kafka_config.h"
#include "engine/connectors/kafka_embedded.h"
#include "engine/connectors/kafka_topics.h"

enum {
	CALL_MS = 5000, /* one question to the broker */
	NUDGE_MS = 200, /* one whose answer does not matter */
	BACKOFF_MS_MIN = 200,
	BACKOFF_MS_MAX = 5000,
	MISSING_TOPIC_MS = 10000, /* a bounded read of a topic that does not exist fails after this */
	PARTITIONS_ASSUMED = 4,   /* for the memory bound of the first client */
	QUEUE_KB_MIN = 64,
	QUEUE_KB_MAX = 2000000,
	EXIT_WAIT_MS = 1000, /* how long the process waits for clients to end */
};

typedef struct KafkaFoundList {
	KafkaFound *items;
	uint32_t len, cap;
} KafkaFoundList;

/* Partitions that the engine thread asks about. */
typedef struct KafkaAsked {
	KafkaFound *items;
	uint32_t len, cap;
} KafkaAsked;

struct KafkaDiscover {
	pthread_t thread;
	Arena *arena; /* names, options; of the thread once it runs */
	Options options;
	const char *table;
	bool embedded, bounded;
	KafkaTopics topics;
	KafkaMode startup, bound;
	int64_t memory_bytes, interval_us, queue_bytes;
	void (*wake)(void *ctx);
	void *wake_ctx;
	void (*on_error)(rd_kafka_t *rk, int e, const char *reason, void *opaque);
	void *opaque;
	rd_kafka_t *rk;
	rd_kafka_topic_t **handles; /* of the topics, so that metadata calls ask for them only */
	KafkaFoundList known;       /* every partition found so far */
	bool lent, announced;
	uint32_t tries;
	int64_t missing_since_ms;
	char last_error[200]; /* the client's own words about why it cannot connect */

	pthread_mutex_t mutex;
	pthread_cond_t cond;
	KafkaFound *out; /* [out_at, nout) wait to be taken */
	uint32_t nout, out_cap, out_at;
	KafkaAsked again, nudge;
	bool complete, stop, probe, failed;
	uint64_t rounds;
	char trouble[300];
	Err err;
};

/* Clients that have not ended yet; the process waits a moment for them at its end. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	uint32_t live;
	bool registered;
} clients = {.mutex = PTHREAD_MUTEX_INITIALIZER, .cond = PTHREAD_COND_INITIALIZER};

static void deadline_in(struct timespec *ts, int64_t ms)
{
	int64_t us = clock_wall_us(&clock_real) + ms * 1000;
	*ts = (struct timespec){.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
}

static void wait_for_clients(void)
{
	struct timespec until;
	deadline_in(&until, EXIT_WAIT_MS);
	pthread_mutex_lock(&clients.mutex);
	while (clients.live && pthread_cond_timedwait(&clients.cond, &clients.mutex, &until) == 0)
		;
	pthread_mutex_unlock(&clients.mutex);
}

static void count_client(int by)
{
	pthread_mutex_lock(&clients.mutex);
	if (!clients.registered) {
		clients.registered = true;
		atexit(wait_for_clients);
	}
	clients.live = (uint32_t)((int)clients.live + by);
	pthread_cond_broadcast(&clients.cond);
	pthread_mutex_unlock(&clients.mutex);
}

static int64_t now_ms(void)
{
	return clock_mono_us(&clock_real) / 1000;
}

/* ---- the client ---- */

static void remember_error(rd_kafka_t *rk, int e, const char *reason, void *opaque)
{
	KafkaDiscover *d = opaque;
	if (d->lent)
		d->on_error(rk, e, reason, d->opaque);
	else if (e != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || !d->last_error[0])
		snprintf(d->last_error, sizeof d->last_error, "%s", reason);
}

static bool set_all(rd_kafka_conf_t *conf, const Options *o, const char *const (*pairs)[2], size_t n, bool force,
                    Err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!(force ? kafka_config_set(conf, pairs[i][0], pairs[i][1], err)
		            : kafka_config_default(conf, o, pairs[i][0], pairs[i][1], err)))
			return false;
	return true;
}

static rd_kafka_t *make_client(KafkaDiscover *d, uint32_t npartitions, Err *err)
{
	static const char *const forced[][2] = {
	    {"enable.auto.commit", "false"},
	    {"enable.auto.offset.store", "false"},
	    {"auto.offset.reset", "error"},
	    {"enable.partition.eof", "true"},
	};
	static const char *const defaults[][2] = {
	    {"check.crcs", "true"},
	    {"isolation.level", "read_committed"},
	    {"fetch.error.backoff.ms", "100"},
	    {"socket.keepalive.enable", "true"},
	};
	Arena *scratch = arena_open("scratch", 0);
	rd_kafka_conf_t *conf = kafka_config_make(&d->options, KAFKA_CONSUMER, err);
	/* The client counts the bytes of records or the records, not what it keeps beside them: half of the memory for
	 * each, so small records stay within it too. */
	int64_t kb = d->memory_bytes / 2 / 1024 / (npartitions ? npartitions : 1);
	if (kb < QUEUE_KB_MIN)
		kb = QUEUE_KB_MIN;
	if (kb > QUEUE_KB_MAX)
		kb = QUEUE_KB_MAX;
	d->queue_bytes = kb * 1024;
	Str group = arena_printf(scratch, "KafkaSource-%s", d->table);
	bool ok = conf && set_all(conf, &d->options, forced, sizeof forced / sizeof *forced, true, err) &&
	          kafka_config_default(conf, &d->options, "group.id", group.ptr, err) &&
	          kafka_config_default(conf, &d->options, "fetch.wait.max.ms", d->embedded ? "10" : "100", err) &&
	          set_all(conf, &d->options, defaults, sizeof defaults / sizeof *defaults, false, err);
	if (ok)
		ok = kafka_config_set(conf, "queued.max.messages.kbytes", arena_printf(scratch, "%lld", (long long)kb).ptr,
		                      err) &&
		     kafka_config_set(conf, "queued.min.messages",
		                      arena_printf(scratch, "%lld", (long long)(d->queue_bytes / KAFKA_RECORD_COST)).ptr, err);
	/* From librdkafka 2.2 on; without it a full queue waits a second. */
	if (ok)
		rd_kafka_conf_set(conf, "fetch.queue.backoff.ms", "10", NULL, 0);
	rd_kafka_t *rk = NULL;
	if (ok) {
		char why[256];
		rd_kafka_conf_set_error_cb(conf, (void (*)(rd_kafka_t *, int, const char *, void *))remember_error);
		rd_kafka_conf_set_opaque(conf, d);
		rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
		if (rk)
			conf = NULL;
		else
			err_set(err, ERR_BAD_OPTION, "the Kafka client for \"%s\" cannot be made: %s", d->table, why);
	}
	if (conf)
		rd_kafka_conf_destroy(conf);
	arena_close(scratch);
	return rk;
}

static void drop_client(KafkaDiscover *d)
{
	for (uint32_t i = 0; d->handles && i < d->topics.len; i++)
		if (d->handles[i])
			rd_kafka_topic_destroy(d->handles[i]);
	mem_free(d->handles);
	d->handles = NULL;
	if (d->rk)
		rd_kafka_destroy_flags(d->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
	d->rk = NULL;
}

static bool take_client(KafkaDiscover *d, uint32_t npartitions, Err *err)
{
	d->rk = make_client(d, npartitions, err);
	if (!d->rk)
		return false;
	d->handles = MEM_ARRAY(rd_kafka_topic_t *, d->topics.len + 1);
	for (uint32_t i = 0; i < d->topics.len; i++) {
		char *name = mem_cstr(d->topics.names[i]);
		d->handles[i] = rd_kafka_topic_new(d->rk, name, NULL);
		mem_free(name);
	}
	return true;
}

/* ---- one round ---- */

static bool outage(KafkaDiscover *d, Err *err, const char *what)
{
	if (d->rk && !d->lent)
		rd_kafka_poll(d->rk, 0);
	err_set(err, ERR_SOURCE_UNREACHABLE, "%s%s%s", what, d->last_error[0] ? ": " : "", d->last_error);
	d->last_error[0] = 0;
	err->flags |= ERR_RETRIABLE;
	return false;
}

static bool no_topic(Str topic, Err *err)
{
	err_set(err, ERR_SOURCE_FAILED, "the topic \"%.*s\" does not exist", STR_ARG(topic));
	err->flags |= ERR_RETRIABLE;
	return err_hint(
	    err, "Create it, or correct \"topic\" of the table. A table without \"scan.bounded.mode\" waits for it.");
}

static bool is_known(const KafkaDiscover *d, Str topic, int32_t partition)
{
	for (uint32_t i = 0; i < d->known.len; i++)
		if (d->known.items[i].partition == partition && str_eq(d->known.items[i].topic, topic))
			return true;
	return false;
}

/* Collects the partitions that are not known yet. false: an outage, or a topic that does not exist. */
static bool list_partitions(KafkaDiscover *d, KafkaFoundList *fresh, Arena *scratch, Err *err)
{
	const struct rd_kafka_metadata *md;
	rd_kafka_resp_err_t e = rd_kafka_metadata(d->rk, d->topics.names ? 0 : 1, NULL, &md, CALL_MS);
	if (e)
		return outage(d, err,
		              e == RD_KAFKA_RESP_ERR__TRANSPORT || e == RD_KAFKA_RESP_ERR__TIMED_OUT ? "no broker answers"
		                                                                                     : rd_kafka_err2str(e));
	bool ok = true;
	uint32_t seen = 0;
	for (int i = 0; ok && i < md->topic_cnt; i++) {
		const struct rd_kafka_metadata_topic *t = &md->topics[i];
		if (!kafka_topics_match(&d->topics, t->topic))
			continue;
		seen++;
		if (t->err || t->partition_cnt == 0) {
			char text[300];
			bool absent = t->err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || (!t->err && t->partition_cnt == 0);
			if (absent) {
				ok = no_topic(str_from(t->topic), err);
				break;
			}
			snprintf(text, sizeof text, "topic \"%s\": %s", t->topic, rd_kafka_err2str(t->err));
			ok = outage(d, err, text);
			break;
		}
		for (int k = 0; k < t->partition_cnt; k++) {
			Str name = str_from(t->topic);
			if (is_known(d, name, t->partitions[k].id))
				continue;
			KafkaFound f = {.topic = arena_str(scratch, name),
			                .partition = t->partitions[k].id,
			                .first = !d->lent,
			                .bound = KAFKA_OFFSET_NONE};
			ARENA_PUSH(scratch, fresh, f);
		}
	}
	for (uint32_t i = 0; ok && d->topics.names && seen < d->topics.len && i < d->topics.len; i++) {
		bool told = false;
		for (int k = 0; k < md->topic_cnt; k++)
			told = told || str_eq_c(d->topics.names[i], md->topics[k].topic);
		ok = told || no_topic(d->topics.names[i], err);
	}
	rd_kafka_metadata_destroy(md);
	return ok;
}

static void publish(KafkaDiscover *d, const KafkaFound *items, uint32_t n, bool complete)
{
	pthread_mutex_lock(&d->mutex);
	for (uint32_t i = 0; i < n; i++) {
		if (d->nout == d->out_cap) {
			d->out_cap = d->out_cap ? d->out_cap * 2 : 16;
			d->out = mem_realloc(d->out, d->out_cap * sizeof *d->out);
		}
		d->out[d->nout++] = items[i];
	}
	d->complete = d->complete || complete;
	d->trouble[0] = 0;
	if (d->wake)
		d->wake(d->wake_ctx);
	pthread_mutex_unlock(&d->mutex);
}

static bool resolve(KafkaDiscover *d, KafkaFoundList *fresh, Arena *scratch, Err *err)
{
	if (fresh->len == 0)
		return true;
	int64_t *offsets = ARENA_ARRAY(scratch, int64_t, fresh->len);
	if (!kafka_offsets_range(d->rk, fresh->items, fresh->len, CALL_MS, err))
		return false;
	if (!kafka_offsets_resolve(d->rk, &d->startup, fresh->items, offsets, fresh->len, CALL_MS, err))
		return false;
	for (uint32_t i = 0; i < fresh->len; i++)
		fresh->items[i].start = offsets[i];
	if (!kafka_offsets_resolve(d->rk, &d->bound, fresh->items, offsets, fresh->len, CALL_MS, err))
		return false;
	for (uint32_t i = 0; i < fresh->len; i++)
		fresh->items[i].bound = offsets[i];
	return true;
}

static bool discover(KafkaDiscover *d, Arena *scratch, Err *err)
{
	if (d->embedded)
		for (uint32_t i = 0; i < d->topics.len; i++)
			if (!kafka_embedded_topic(d->topics.names[i], err))
				return false;
	if (!d->rk && !take_client(d, PARTITIONS_ASSUMED, err))
		return false;
	KafkaFoundList fresh = {0};
	if (!list_partitions(d, &fresh, scratch, err))
		return false;
	if (!d->lent && fresh.len > PARTITIONS_ASSUMED) {
		drop_client(d);
		if (!take_client(d, fresh.len, err))
			return false;
	}
	if (!resolve(d, &fresh, scratch, err))
		return false;
	if (!d->lent) {
		rd_kafka_poll_set_consumer(d->rk);
		d->lent = true; /* before it is seen: from here on the engine thread polls */
	}
	for (uint32_t i = 0; i < fresh.len; i++) {
		fresh.items[i].topic = arena_str(d->arena, fresh.items[i].topic);
		ARENA_PUSH(d->arena, &d->known, fresh.items[i]);
	}
	publish(d, fresh.items, fresh.len, true);
	return true;
}

static bool look_again(KafkaDiscover *d, KafkaFound *asked, uint32_t n, Err *err)
{
	if (!kafka_offsets_range(d->rk, asked, n, CALL_MS, err))
		return false;
	for (uint32_t i = 0; i < n; i++)
		asked[i].again = true;
	publish(d, asked, n, false);
	return true;
}

/* The answer says nothing new: a broker that is down shows itself elsewhere. */
static void nudge_brokers(KafkaDiscover *d, const KafkaAsked *asked)
{
	if (!asked->len)
		return;
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)asked->len);
	for (uint32_t i = 0; i < asked->len; i++) {
		char *topic = mem_cstr(asked->items[i].topic);
		rd_kafka_topic_partition_list_add(list, topic, asked->items[i].partition)->offset = RD_KAFKA_OFFSET_END;
		mem_free(topic);
	}
	rd_kafka_offsets_for_times(d->rk, list, NUDGE_MS);
	rd_kafka_topic_partition_list_destroy(list);
}

/* ---- the thread ---- */

static void note_failure(KafkaDiscover *d, Err *err, int64_t backoff_ms)
{
	bool for_good = !(err->flags & ERR_RETRIABLE);
	if (err->code == ERR_SOURCE_FAILED && !for_good) {
		if (!d->missing_since_ms)
			d->missing_since_ms = now_ms();
		for_good = d->bounded && now_ms() - d->missing_since_ms > MISSING_TOPIC_MS;
	}
	/* Said when it begins, then at each doubling. */
	d->tries++;
	if (for_good || (d->tries & (d->tries - 1)) == 0)
		LOGW("kafka",
		     for_good                         ? "source failed"
		     : err->code == ERR_SOURCE_FAILED ? "waiting for a topic that does not exist"
		                                      : "source unreachable, trying again",
		     "table=\"%s\" reason=\"%s\" tries=%u retry_ms=%lld", d->table, err->message, d->tries,
		     (long long)backoff_ms);
	pthread_mutex_lock(&d->mutex);
	snprintf(d->trouble, sizeof d->trouble, "%.250s", err->message);
	if (for_good) {
		d->failed = true;
		d->err = *err;
		d->err.flags = 0;
		if (d->wake)
			d->wake(d->wake_ctx);
	}
	pthread_mutex_unlock(&d->mutex);
}

static void note_success(KafkaDiscover *d)
{
	if (d->tries)
		LOGI("kafka", "source answers again", "table=\"%s\" tries=%u", d->table, d->tries);
	d->tries = 0;
	d->missing_since_ms = 0;
	pthread_mutex_lock(&d->mutex);
	d->rounds++;
	d->trouble[0] = 0;
	pthread_mutex_unlock(&d->mutex);
}

static void destroy(KafkaDiscover *d)
{
	drop_client(d);
	kafka_topics_deinit(&d->topics);
	pthread_mutex_destroy(&d->mutex);
	pthread_cond_destroy(&d->cond);
	mem_free(d->out);
	mem_free(d->again.items);
	mem_free(d->nudge.items);
	arena_close(d->arena);
	mem_free(d);
	count_client(-1);
}

/* What the thread was woken for. */
typedef struct Work {
	bool stop, probe;
	KafkaAsked again, nudge;
} Work;

static void wait_ms(KafkaDiscover *d, int64_t ms)
{
	struct timespec until;
	deadline_in(&until, ms < 1 ? 1 : ms);
	pthread_cond_timedwait(&d->cond, &d->mutex, &until);
}

static Work wait_for_work(KafkaDiscover *d, int64_t next_ms)
{
	Work w = {0};
	pthread_mutex_lock(&d->mutex);
	while (!d->stop && (d->failed || (!d->again.len && !d->nudge.len && !d->probe && now_ms() < next_ms)))
		wait_ms(d, d->failed || next_ms == INT64_MAX ? 60000 : next_ms - now_ms());
	w = (Work){d->stop, d->probe, d->again, d->nudge};
	d->again = d->nudge = (KafkaAsked){0};
	d->probe = false;
	pthread_mutex_unlock(&d->mutex);
	return w;
}

/* Also with a request waiting nothing is asked before the pause is over. */
static void pause_after_failure(KafkaDiscover *d, int64_t ms)
{
	int64_t end_ms = now_ms() + ms;
	pthread_mutex_lock(&d->mutex);
	while (!d->stop && now_ms() < end_ms)
		wait_ms(d, end_ms - now_ms());
	pthread_mutex_unlock(&d->mutex);
}

static void *run(void *arg)
{
	KafkaDiscover *d = arg;
	Arena *scratch = arena_open("scratch", 0);
	int64_t backoff_ms = 0, next_ms = 0; /* next discovery; INT64_MAX: never */
	for (;;) {
		Work w = wait_for_work(d, next_ms);
		Err err = {0};
		if (!w.stop)
			nudge_brokers(d, &w.nudge);
		bool ok = w.stop || w.again.len == 0 || look_again(d, w.again.items, w.again.len, &err);
		for (uint32_t i = 0; !ok && i < w.again.len; i++)
			kafka_discover_look_again(d, w.again.items[i].topic, w.again.items[i].partition);
		bool only_nudges = w.again.len == 0 && !w.probe && now_ms() < next_ms;
		mem_free(w.again.items);
		mem_free(w.nudge.items);
		if (w.stop)
			break;
		if (only_nudges)
			continue;
		if (ok && (w.probe || now_ms() >= next_ms)) {
			ok = discover(d, scratch, &err);
			next_ms = !ok ? now_ms() : d->interval_us > 0 ? now_ms() + d->interval_us / 1000 : INT64_MAX;
			arena_reset(scratch);
		}
		if (ok) {
			backoff_ms = 0;
			note_success(d);
			continue;
		}
		backoff_ms = backoff_ms == 0                   ? BACKOFF_MS_MIN
		             : backoff_ms * 2 > BACKOFF_MS_MAX ? BACKOFF_MS_MAX
		                                               : backoff_ms * 2;
		note_failure(d, &err, backoff_ms);
		pause_after_failure(d, backoff_ms);
	}
	arena_close(scratch);
	destroy(d);
	return NULL;
}

/* ---- the engine thread's side ---- */

static bool read_spec(KafkaDiscover *d, const KafkaDiscoverSpec *spec, Err *err)
{
	const Options *o = &spec->source->table->options;
	for (uint32_t i = 0; i < o->len; i++)
		options_set(&d->options, d->arena, arena_str(d->arena, o->items[i].key),
		            arena_str(d->arena, o->items[i].value));
	d->table = arena_cstr(d->arena, spec->source->table->name);
	d->embedded = kafka_config_is_embedded(&d->options);
	if (!kafka_offsets_startup(&d->options, spec->scope, d->arena, &d->startup, err) ||
	    !kafka_offsets_bounded(&d->options, spec->scope, d->arena, &d->bound, err))
		return false;
	if (spec->source->snapshot && d->bound.kind == KAFKA_UNBOUNDED)
		d->bound = (KafkaMode){.kind = KAFKA_LATEST};
	return kafka_topics_init(&d->topics, &d->options, d->arena, err);
}

bool kafka_discover_open(const KafkaDiscoverSpec *spec, KafkaDiscover **out, Err *err)
{
	KafkaDiscover *d = MEM_NEW(KafkaDiscover);
	d->arena = arena_open("kafka", 0);
	d->memory_bytes = spec->source->memory_bytes;
	d->interval_us = spec->interval_us;
	d->bounded = spec->bounded;
	d->wake = spec->source->wake;
	d->wake_ctx = spec->source->wake_ctx;
	d->on_error = spec->on_error;
	d->opaque = spec->opaque;
	if (!read_spec(d, spec, err)) {
		arena_close(d->arena);
		mem_free(d);
		return false;
	}
	pthread_mutex_init(&d->mutex, NULL);
	pthread_cond_init(&d->cond, NULL);
	count_client(1);
	if (pthread_create(&d->thread, NULL, run, d) != 0) {
		destroy(d);
		return err_set(err, ERR_SOURCE_FAILED, "no thread for the Kafka source");
	}
	pthread_detach(d->thread);
	*out = d;
	return true;
}

bool kafka_discover_take(KafkaDiscover *d, KafkaFound *out)
{
	pthread_mutex_lock(&d->mutex);
	bool any = d->out_at < d->nout;
	if (any)
		*out = d->out[d->out_at++];
	if (d->out_at == d->nout)
		d->out_at = d->nout = 0;
	pthread_mutex_unlock(&d->mutex);
	return any;
}

rd_kafka_t *kafka_discover_client(KafkaDiscover *d)
{
	pthread_mutex_lock(&d->mutex);
	rd_kafka_t *rk = d->complete ? d->rk : NULL;
	pthread_mutex_unlock(&d->mutex);
	return rk;
}

static void ask(KafkaDiscover *d, KafkaAsked *list, Str topic, int32_t partition)
{
	pthread_mutex_lock(&d->mutex);
	uint32_t i = 0;
	while (i < list->len && (list->items[i].partition != partition || !str_eq(list->items[i].topic, topic)))
		i++;
	if (i == list->cap) {
		list->cap = list->cap ? list->cap * 2 : 8;
		list->items = mem_realloc(list->items, list->cap * sizeof *list->items);
	}
	if (i == list->len)
		list->items[list->len++] = (KafkaFound){.topic = topic, .partition = partition};
	pthread_cond_signal(&d->cond);
	pthread_mutex_unlock(&d->mutex);
}

void kafka_discover_look_again(KafkaDiscover *d, Str topic, int32_t partition)
{
	ask(d, &d->again, topic, partition);
}

void kafka_discover_nudge(KafkaDiscover *d, Str topic, int32_t partition)
{
	ask(d, &d->nudge, topic, partition);
}

int64_t kafka_discover_queue_bytes(const KafkaDiscover *d)
{
	return d->queue_bytes;
}

void kafka_discover_probe(KafkaDiscover *d)
{
	pthread_mutex_lock(&d->mutex);
	d->probe = true;
	pthread_cond_signal(&d->cond);
	pthread_mutex_unlock(&d->mutex);
}

bool kafka_discover_trouble(KafkaDiscover *d, char *buf, size_t size, uint64_t *rounds, Err *err)
{
	pthread_mutex_lock(&d->mutex);
	*rounds = d->rounds;
	snprintf(buf, size, "%s", d->trouble);
	bool failed = d->failed;
	if (failed && err)
		*err = d->err;
	pthread_mutex_unlock(&d->mutex);
	return !failed;
}

void kafka_discover_close(KafkaDiscover *d)
{
	pthread_mutex_lock(&d->mutex);
	d->stop = true;
	d->wake = NULL;
	pthread_cond_signal(&d->cond);
	pthread_mutex_unlock(&d->mutex);
}
