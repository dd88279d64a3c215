/*
 * engine/connectors/kafka_source.c: Kafka topics as a source (connectors kafka and upsert-kafka).
 *
 * Partitions are assigned by hand, one incremental assignment each; nobody joins a group. Each partition has a queue of
 * its own, which is simply not read when the partition is held back: pause and seek are never called, and another
 * position is another assignment. Questions that the broker must answer are asked by a thread of its own
 * (kafka_discover.c); messages come in kafka_fetch.c.
 *
 *   service: found partition -> stored position or startup mode -> assign
 *            lost position   -> look at the range that is left -> fail, or go on at its beginning and say what is gone
 *            committed positions -> group offsets, for lag tools
 */
#include "engine/connectors/connectors.h"

#include <stdio.h>

#include "base/config.h"
#include "base/log.h"
#include "engine/connectors/kafka_config.h"
#include "engine/connectors/kafka_int.h"
#include "engine/connectors/kafka_topics.h"
#include "engine/formats/format.h"

enum {
	SERVE_MAX = 100,        /* events of the client in one service */
	SAY_FIRST_US = 1000000, /* an outage is logged after this, then at doubling distances */
	SAY_LAST_US = 60000000,
	PROBE_US = 2000000,
	ENDS_US = 500000,    /* how often the ends (lag) are read */
	COMMIT_US = 1000000, /* how often the group's offsets are sent */
	COMMIT_CLOSE_MS = 1000,
};

/* ---- options ---- */

/* The options of a format that asks a server. */
static bool check_server(const Options *o, bool key, Arena *arena, Err *err)
{
	Options own;
	FormatSchema none = {0};
	const Format *f = format_find(options_format(o, key, arena, &own));
	return !f || !f->ready || f->check(&own, &none, err);
}

/* Which change a record is, is said by the value of a "kafka" table. */
static bool check_formats(const Options *o, const char *scope, Arena *arena, Err *err)
{
	const OptionValue *key = options_find(o, STR("key.format")), *value = options_find(o, STR("value.format"));
	const Format *k = key ? format_find(key->value) : NULL, *v = value ? format_find(value->value) : NULL;
	const OptionValue *plain = options_find(o, STR("format"));
	const OptionValue *whole = k && k->files ? key : v && v->files ? value : plain;
	const Format *w = whole ? format_find(whole->value) : NULL;
	if (w && w->files) {
		err_set_at(err, ERR_BAD_OPTION, whole->span, "the format \"%.*s\" is for files, not for messages",
		           STR_ARG(whole->value));
		return err_hint(err, "Use \"json\", \"csv\" or \"raw\".");
	}
	if (k && k->changelog_in)
		return err_set(err, ERR_BAD_OPTION, "\"%.*s\" is no format of a key", STR_ARG(key->value));
	if (!check_server(o, false, arena, err) || !check_server(o, true, arena, err))
		return false;
	if (!v || !v->changelog_in || strcmp(scope, "upsert-kafka") != 0)
		return true;
	err_set(err, ERR_BAD_OPTION, "upsert-kafka needs a format without row kinds");
	return err_hint(err, "Use 'connector' = 'kafka' with 'format' = '%.*s'.", STR_ARG(value->value));
}

static bool check(const TableDef *table, const char *scope, Err *err)
{
	const Options *o = &table->options;
	Arena *arena = arena_open("scratch", 0);
	KafkaTopics topics;
	KafkaMode mode;
	bool ok = kafka_topics_init(&topics, o, arena, err);
	if (ok)
		kafka_topics_deinit(&topics);
	ok = ok && kafka_offsets_startup(o, scope, arena, &mode, err) &&
	     kafka_offsets_bounded(o, scope, arena, &mode, err) && kafka_config_check(o, err);
	if (ok && kafka_config_property(o, "bootstrap.servers").len == 0)
		ok = err_set(err, ERR_MISSING_OPTION, "\"properties.bootstrap.servers\" is missing");
	if (ok && strcmp(scope, "upsert-kafka") == 0 && table->nkey == 0)
		ok = err_set(err, ERR_MISSING_OPTION, "an upsert-kafka table needs a PRIMARY KEY");
	ok = ok && check_formats(o, scope, arena, err);
	arena_close(arena);
	return ok;
}

static bool kafka_check(const TableDef *table, Err *err)
{
	return check(table, "kafka", err);
}

static bool upsert_check(const TableDef *table, Err *err)
{
	return check(table, "upsert-kafka", err);
}

static bool kafka_is_bounded(const TableDef *table)
{
	const OptionValue *o = options_find(&table->options, STR("scan.bounded.mode"));
	return o && !str_eq_c(o->value, "unbounded");
}

/* ---- outages ---- */

void kafka_source_alive(Source *s)
{
	if (!s->down)
		return;
	int64_t now = clock_mono_us(&clock_real);
	LOGI("kafka", "broker answers again", "table=\"%.*s\" down_ms=%lld", STR_ARG(s->spec.table->name),
	     (long long)((now - s->down_since_us) / 1000));
	s->down = false;
	s->trouble[0] = s->last_error[0] = 0;
}

static void note_down(Source *s, const char *reason)
{
	int64_t now = clock_mono_us(&clock_real);
	if (!s->down) {
		s->down = true;
		s->down_since_us = s->said_us = now;
		s->probed_us = 0;
		s->say_after_us = SAY_FIRST_US;
	}
	snprintf(s->trouble, sizeof s->trouble, "no broker has answered for %lld s: %s",
	         (long long)((now - s->down_since_us) / 1000000), reason);
	if (now - s->said_us >= s->say_after_us) {
		LOGW("kafka", "broker is down, trying again", "table=\"%.*s\" reason=\"%s\" down_ms=%lld",
		     STR_ARG(s->spec.table->name), reason, (long long)((now - s->down_since_us) / 1000));
		s->said_us = now;
		s->say_after_us = s->say_after_us * 2 > SAY_LAST_US ? SAY_LAST_US : s->say_after_us * 2;
	}
}

/* Called while service polls the client. */
static void on_error(rd_kafka_t *rk, int e, const char *reason, void *opaque)
{
	(void)rk;
	Source *s = opaque;
	switch (e) {
	case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN: note_down(s, s->last_error[0] ? s->last_error : reason); break;
	case RD_KAFKA_RESP_ERR__TRANSPORT:
	case RD_KAFKA_RESP_ERR__RESOLVE:
	case RD_KAFKA_RESP_ERR__TIMED_OUT: snprintf(s->last_error, sizeof s->last_error, "%s", reason); break;
	case RD_KAFKA_RESP_ERR__AUTHENTICATION:
	case RD_KAFKA_RESP_ERR__SSL:
		snprintf(s->last_error, sizeof s->last_error, "%s", reason);
		note_down(s, reason);
		break;
	case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
		break; /* the group is only looked up by the client; committing says it better */
	default: LOGW("kafka", "error of the client", "table=\"%.*s\" reason=\"%s\"", STR_ARG(s->spec.table->name), reason);
	}
}

/* ---- partitions ---- */

static void on_messages(rd_kafka_t *rk, void *opaque)
{
	(void)rk;
	Source *s = opaque;
	s->spec.wake(s->spec.wake_ctx);
}

static void stop_partition(Source *s, KafkaPart *p)
{
	if (!p->queue)
		return;
	rd_kafka_queue_cb_event_enable(p->queue, NULL, NULL);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, p->ctopic, p->number);
	rd_kafka_error_t *e = rd_kafka_incremental_unassign(s->rk, list);
	if (e)
		rd_kafka_error_destroy(e);
	rd_kafka_topic_partition_list_destroy(list);
	/* A second question to the client's main thread: when it is answered, the removal has been carried out. */
	if (rd_kafka_assignment(s->rk, &list) == RD_KAFKA_RESP_ERR_NO_ERROR)
		rd_kafka_topic_partition_list_destroy(list);
	kafka_fetch_drain(p);
	rd_kafka_queue_destroy(p->queue);
	p->queue = NULL;
	p->state = KAFKA_PART_IDLE;
}

static bool start_partition(Source *s, uint32_t id, Err *err)
{
	SourcePartition *pub = &s->parts[id];
	KafkaPart *p = &s->kparts[id];
	stop_partition(s, p);
	pub->ready = true;
	pub->done = pub->next >= pub->bound;
	if (pub->done)
		return true;
	p->queue = rd_kafka_queue_get_partition(s->rk, p->ctopic, p->number);
	if (!p->queue)
		return err_set(err, ERR_SOURCE_FAILED, "partition \"%.*s\" has no queue", STR_ARG(pub->name));
	rd_kafka_queue_forward(p->queue, NULL);
	if (s->spec.wake)
		rd_kafka_queue_cb_event_enable(p->queue, on_messages, s);
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_list_add(list, p->ctopic, p->number)->offset = pub->next;
	rd_kafka_error_t *e = rd_kafka_incremental_assign(s->rk, list);
	rd_kafka_topic_partition_list_destroy(list);
	if (e) {
		err_set(err, ERR_SOURCE_FAILED, "partition \"%.*s\" cannot be read: %s", STR_ARG(pub->name),
		        rd_kafka_error_string(e));
		rd_kafka_error_destroy(e);
		return false;
	}
	p->state = KAFKA_PART_RUNNING;
	return true;
}

/* The position lies outside of what the broker has. */
static bool lose(Source *s, uint32_t id, int64_t low, int64_t high, Err *err)
{
	SourcePartition *pub = &s->parts[id];
	bool beyond = pub->next > high;
	if (s->fail_on_loss) {
		s->kparts[id].state = KAFKA_PART_IDLE;
		err_set(err, ERR_DATA_LOSS, "\"%.*s\" is read up to offset %lld, but the broker has only %lld to %lld",
		        STR_ARG(pub->name), (long long)pub->next, (long long)low, (long long)high);
		err_detail(err, beyond ? "The topic ends before the position: it was made again, or lost its end."
		                       : "Retention has removed the records in between.");
		return err_hint(err, "Set 'weir.kafka.on-data-loss' = 'continue' on the table to go on with what is there.");
	}
	LOGW("kafka", "records are gone, going on with what is there",
	     "partition=\"%.*s\" position=%lld low=%lld high=%lld lost=%lld", STR_ARG(pub->name), (long long)pub->next,
	     (long long)low, (long long)high, beyond ? -1LL : (long long)(low - pub->next));
	pub->jumps++;
	pub->jumped_from = pub->next;
	pub->jumped_to = low;
	pub->next = low;
	return start_partition(s, id, err);
}

static void grow(Source *s)
{
	if (s->nparts < s->parts_cap)
		return;
	s->parts_cap = s->parts_cap ? s->parts_cap * 2 : 8;
	s->parts = mem_realloc(s->parts, s->parts_cap * sizeof *s->parts);
	s->kparts = mem_realloc(s->kparts, s->parts_cap * sizeof *s->kparts);
}

static bool no_offset(const KafkaFound *f, Err *err)
{
	err_set(err, ERR_SOURCE_FAILED, "the group has no committed offset for \"%.*s/%d\"", STR_ARG(f->topic),
	        f->partition);
	return err_hint(err, "Set 'scan.startup.mode' = 'earliest-offset' (or latest-offset), or "
	                     "'properties.auto.offset.reset' = 'earliest'.");
}

/* The end of a bounded read is found once: after a restart it is the stored one, and a partition that has come since
 * holds nothing of it. */
static bool keep_bound(Source *s, KafkaFound *f, Str name, bool resumed, Err *err)
{
	if (f->bound == KAFKA_OFFSET_NONE || !resumed || !s->spec.stored_bound)
		return true;
	int64_t bound = s->spec.stored_bound(s->spec.ctx, name);
	bool is_new = s->spec.stored(s->spec.ctx, name) == SOURCE_POSITION_NEW;
	if (is_new || bound == SOURCE_END_NONE) {
		f->bound = is_new ? f->low : f->bound;
		return true;
	}
	f->bound = bound;
	if (bound <= f->high || s->bound_may_come)
		return true;
	if (s->fail_on_loss) {
		err_set(err, ERR_DATA_LOSS, "\"%.*s\" is to be read up to offset %lld, but the broker has only %lld to %lld",
		        STR_ARG(name), (long long)bound, (long long)f->low, (long long)f->high);
		err_detail(err, "The topic was made again, or lost its end, since the bounded read began.");
		return err_hint(err, "Set 'weir.kafka.on-data-loss' = 'continue' on the table to end with what is there.");
	}
	f->bound = f->high;
	return true;
}

static bool add_partition(Source *s, KafkaFound *f, int64_t stored, bool resumed, Err *err)
{
	int64_t start = stored;
	if (stored == SOURCE_POSITION_NEW)
		start = f->first && !resumed ? f->start : f->low;
	Str name = arena_printf(s->arena, "%.*s/%d", STR_ARG(f->topic), f->partition);
	if (!keep_bound(s, f, name, resumed, err))
		return false;
	if (start == KAFKA_OFFSET_UNKNOWN || f->bound == KAFKA_OFFSET_UNKNOWN)
		return no_offset(f, err);
	grow(s);
	uint32_t id = s->nparts++;
	KafkaPart *p = &s->kparts[id];
	SourcePartition *pub = &s->parts[id];
	*p = (KafkaPart){.topic = f->topic,
	                 .ctopic = arena_cstr(s->arena, f->topic),
	                 .number = f->partition,
	                 .reported = -1,
	                 .committed = -1};
	*pub = (SourcePartition){
	    .name = name,
	    .id = id,
	    .next = start,
	    .bound = f->bound,
	    .catchup = f->high,
	    .end = f->high,
	    .time_us = INT64_MIN,
	};
	if (!f->first)
		LOGI("kafka", "new partition", "partition=\"%.*s\"", STR_ARG(pub->name));
	if (start < f->low || (start > f->high && stored != SOURCE_POSITION_NEW))
		return lose(s, id, f->low, f->high, err);
	return start_partition(s, id, err);
}

/* A startup offset below the first record (specific-offsets, timestamp) is no loss: reading begins at the first one. */
static void clamp_start(KafkaFound *f)
{
	if (f->start < f->low)
		f->start = f->low;
}

static bool found_again(Source *s, const KafkaFound *f, Err *err)
{
	for (uint32_t id = 0; id < s->nparts; id++) {
		KafkaPart *p = &s->kparts[id];
		SourcePartition *pub = &s->parts[id];
		if (p->number != f->partition || !str_eq(p->topic, f->topic) || p->state != KAFKA_PART_LOST)
			continue;
		stop_partition(s, p);
		if (pub->next < f->low || pub->next > f->high || ++p->bad_tries >= KAFKA_BAD_TRIES_MAX)
			return lose(s, id, f->low, f->high, err);
		return start_partition(s, id, err); /* a replica was behind for a moment */
	}
	return true;
}

/* If one partition has a stored position, the query is going on: those without are new and begin at their beginning. */
static bool start_first(Source *s, Err *err)
{
	int64_t *stored = MEM_ARRAY(int64_t, s->nfirst + 1);
	bool resumed = false, ok = true;
	for (uint32_t i = 0; i < s->nfirst; i++) {
		char name[300];
		int n = snprintf(name, sizeof name, "%.*s/%d", STR_ARG(s->first[i].topic), s->first[i].partition);
		stored[i] = s->spec.stored ? s->spec.stored(s->spec.ctx, str_make(name, (size_t)n)) : SOURCE_POSITION_NEW;
		resumed = resumed || stored[i] != SOURCE_POSITION_NEW;
	}
	for (uint32_t i = 0; ok && i < s->nfirst; i++) {
		clamp_start(&s->first[i]);
		ok = add_partition(s, &s->first[i], stored[i], resumed, err);
	}
	mem_free(stored);
	mem_free(s->first);
	s->first = NULL;
	s->nfirst = s->first_cap = 0;
	s->all_known = true;
	return ok;
}

static bool take_findings(Source *s, Err *err)
{
	bool had = s->rk != NULL;
	rd_kafka_t *rk =
	    s->rk ? s->rk
	          : kafka_discover_client(s->discover); /* before the findings: then all of the first discovery are there */
	KafkaFound f;
	while (kafka_discover_take(s->discover, &f)) {
		if (f.again) {
			if (!found_again(s, &f, err))
				return false;
		} else if (f.first) {
			if (s->nfirst == s->first_cap) {
				s->first_cap = s->first_cap ? s->first_cap * 2 : 16;
				s->first = mem_realloc(s->first, s->first_cap * sizeof *s->first);
			}
			s->first[s->nfirst++] = f;
		} else {
			char name[300];
			int n = snprintf(name, sizeof name, "%.*s/%d", STR_ARG(f.topic), f.partition);
			int64_t stored =
			    s->spec.stored ? s->spec.stored(s->spec.ctx, str_make(name, (size_t)n)) : SOURCE_POSITION_NEW;
			if (!add_partition(s, &f, stored, true, err))
				return false;
		}
	}
	s->rk = rk;
	if (!had && rk)
		s->queue_bytes = kafka_discover_queue_bytes(s->discover);
	return had || !rk || start_first(s, err);
}

/* ---- housekeeping ---- */

static void serve_client(Source *s)
{
	for (int i = 0; i < SERVE_MAX; i++) {
		rd_kafka_message_t *m = rd_kafka_consumer_poll(s->rk, 0);
		if (!m)
			break;
		/* Messages come through the partitions' queues; one here would be missing there. */
		for (uint32_t id = 0; !m->err && m->rkt && id < s->nparts; id++)
			if (s->kparts[id].number == m->partition && str_eq_c(s->kparts[id].topic, rd_kafka_topic_name(m->rkt)) &&
			    s->kparts[id].state == KAFKA_PART_RUNNING)
				s->kparts[id].state = KAFKA_PART_RESTART;
		rd_kafka_message_destroy(m);
	}
}

static void read_ends(Source *s)
{
	for (uint32_t id = 0; id < s->nparts; id++) {
		int64_t low, high;
		if (s->kparts[id].queue &&
		    rd_kafka_get_watermark_offsets(s->rk, s->kparts[id].ctopic, s->kparts[id].number, &low, &high) ==
		        RD_KAFKA_RESP_ERR_NO_ERROR &&
		    high >= 0 && (s->parts[id].end == SOURCE_END_NONE || high > s->parts[id].end))
			s->parts[id].end = high;
	}
}

static rd_kafka_topic_partition_list_t *to_commit(Source *s)
{
	rd_kafka_topic_partition_list_t *list = NULL;
	for (uint32_t id = 0; s->commits && id < s->nparts; id++) {
		KafkaPart *p = &s->kparts[id];
		if (p->reported < 0 || p->reported == p->committed)
			continue;
		if (!list)
			list = rd_kafka_topic_partition_list_new((int)s->nparts);
		rd_kafka_topic_partition_list_add(list, p->ctopic, p->number)->offset = p->reported;
		p->committed = p->reported;
	}
	return list;
}

static void commit(Source *s)
{
	rd_kafka_topic_partition_list_t *list = to_commit(s);
	if (!list)
		return;
	rd_kafka_commit(s->rk, list, 1);
	rd_kafka_topic_partition_list_destroy(list);
}

static bool kafka_service(Source *s, Err *err)
{
	uint64_t rounds;
	if (!kafka_discover_trouble(s->discover, s->asking, sizeof s->asking, &rounds, err) || !take_findings(s, err))
		return false;
	if (rounds != s->rounds && s->down && s->probed_us)
		kafka_source_alive(s);
	s->rounds = rounds;
	if (!s->rk)
		return true;
	serve_client(s);
	int64_t now = clock_mono_us(&clock_real);
	if (s->down && now - s->probed_us > PROBE_US) {
		s->probed_us = now;
		note_down(s, s->last_error[0] ? s->last_error : "all brokers are down");
		kafka_discover_probe(s->discover);
	}
	for (uint32_t id = 0; id < s->nparts; id++) {
		KafkaPart *p = &s->kparts[id];
		if (p->state == KAFKA_PART_RESTART && !start_partition(s, id, err))
			return false;
		if (p->state == KAFKA_PART_RUNNING && s->parts[id].done)
			stop_partition(s, p);
	}
	if (now - s->ends_us > ENDS_US) {
		s->ends_us = now;
		read_ends(s);
	}
	if (now - s->committed_us > COMMIT_US) {
		s->committed_us = now;
		commit(s);
	}
	return true;
}

static const SourcePartition *kafka_partitions(Source *s, uint32_t *n, bool *all_known)
{
	*n = s->nparts;
	*all_known = s->all_known;
	return s->parts;
}

static bool kafka_seek(Source *s, uint32_t id, int64_t position, Err *err)
{
	s->parts[id].next = position;
	s->kparts[id].bad_tries = 0;
	return s->kparts[id].state == KAFKA_PART_LOST || start_partition(s, id, err);
}

static void kafka_report(Source *s, uint32_t id, int64_t position)
{
	s->kparts[id].reported = position;
}

static const char *kafka_trouble(Source *s)
{
	return s->trouble[0] ? s->trouble : s->asking[0] ? s->asking : NULL;
}

static bool open_source(const SourceSpec *spec, const char *scope, Source **out, Err *err)
{
	const Options *o = &spec->table->options;
	Source *s = MEM_NEW(Source);
	s->arena = arena_open("kafka source", 0);
	s->spec = *spec;
	s->scope = scope;
	Str on_loss = options_str(o, scope, "weir.kafka.on-data-loss");
	bool fails;
	s->fail_on_loss = !str_eq_c(on_loss, "continue") && !(config_bool(on_loss, &fails) && !fails);
	bool commits = kafka_config_property(o, "group.id").len > 0, wanted;
	s->commits = commits &&
	             !(config_bool(kafka_config_property(o, "commit.offsets.on.checkpoint"), &wanted) && !wanted) &&
	             !spec->snapshot;
	/* an offset that somebody wrote down may lie ahead of the topic's end; it is waited for */
	s->bound_may_come = str_eq_c(options_get(o, "scan.bounded.mode"), "specific-offsets");
	KafkaDiscoverSpec d = {
	    .source = spec,
	    .scope = scope,
	    .interval_us = kafka_is_bounded(spec->table) || spec->snapshot
	                       ? 0
	                       : options_duration_us(o, scope, "scan.topic-partition-discovery.interval"),
	    .bounded = kafka_is_bounded(spec->table) || spec->snapshot,
	    .on_error = on_error,
	    .opaque = s,
	};
	if (!kafka_discover_open(&d, &s->discover, err)) {
		arena_close(s->arena);
		mem_free(s);
		return false;
	}
	*out = s;
	return true;
}

static bool kafka_open(const SourceSpec *spec, Source **out, Err *err)
{
	return open_source(spec, "kafka", out, err);
}

static bool upsert_open(const SourceSpec *spec, Source **out, Err *err)
{
	return open_source(spec, "upsert-kafka", out, err);
}

static void kafka_close(Source *s)
{
	kafka_fetch_close(s);
	rd_kafka_topic_partition_list_t *list = s->rk ? to_commit(s) : NULL;
	if (list) {
		rd_kafka_queue_t *answer = rd_kafka_queue_new(s->rk);
		if (!s->down && rd_kafka_commit_queue(s->rk, list, answer, NULL, NULL) == RD_KAFKA_RESP_ERR_NO_ERROR)
			rd_kafka_event_destroy(rd_kafka_queue_poll(answer, COMMIT_CLOSE_MS));
		rd_kafka_queue_destroy(answer);
		rd_kafka_topic_partition_list_destroy(list);
	}
	for (uint32_t id = 0; id < s->nparts; id++)
		if (s->kparts[id].queue) {
			rd_kafka_queue_cb_event_enable(s->kparts[id].queue, NULL, NULL);
			rd_kafka_queue_destroy(s->kparts[id].queue);
		}
	kafka_discover_close(s->discover);
	mem_free(s->first);
	mem_free(s->parts);
	mem_free(s->kparts);
	arena_close(s->arena);
	mem_free(s);
}

#define KAFKA_SOURCE(name, check_, open_)                                                                              \
	{                                                                                                                  \
		.connector = name, .check = check_, .is_bounded = kafka_is_bounded, .open = open_, .service = kafka_service,   \
		.partitions = kafka_partitions, .poll = kafka_fetch_poll, .release = kafka_fetch_release, .seek = kafka_seek,  \
		.report = kafka_report, .trouble = kafka_trouble, .close = kafka_close,                                        \
	}

const SourceType kafka_source_type = KAFKA_SOURCE("kafka", kafka_check, kafka_open);
const SourceType kafka_source_upsert_type = KAFKA_SOURCE("upsert-kafka", upsert_check, upsert_open);
