/*
 * engine/connectors/kafka_fetch.c: messages out of the queue of one partition.
 *
 *   queue:   41 42 43 | 46 | EOF 48       expected 42
 *             ^ seen before: dropped
 *                       ^ gap: 44 and 45 hold nothing for us (compaction, transaction markers): counted
 *                              ^ the end: expected becomes 48
 *
 * Nothing is allocated for a message: holds, with arrays for a whole chunk, go back to a free list.
 */
#include "base/log.h"
#include "engine/connectors/kafka_int.h"
#include "sql/types/packed.h"

enum { HEADERS_MAX = 1024, SAY_AGAIN_US = 10000000 };

static KafkaHold *take_hold(Source *s)
{
	KafkaHold *h = s->free_holds;
	if (h) {
		s->free_holds = h->next_free;
		return h;
	}
	h = MEM_NEW(KafkaHold);
	h->messages = MEM_ARRAY(rd_kafka_message_t *, KAFKA_POLL_MAX);
	h->value = MEM_ARRAY(Str, KAFKA_POLL_MAX);
	h->position = MEM_ARRAY(int64_t, KAFKA_POLL_MAX);
	h->time_us = MEM_ARRAY(int64_t, KAFKA_POLL_MAX);
	if (s->spec.want_keys)
		h->key = MEM_ARRAY(Str, KAFKA_POLL_MAX);
	if (s->spec.want_headers) {
		h->headers = MEM_ARRAY(Str, KAFKA_POLL_MAX);
		h->arena = arena_open("kafka headers", 0);
	}
	h->next_all = s->all_holds;
	s->all_holds = h;
	return h;
}

static void drop_messages(KafkaHold *h)
{
	for (uint32_t i = 0; i < h->n; i++)
		rd_kafka_message_destroy(h->messages[i]);
	h->n = 0;
	if (h->arena)
		arena_reset(h->arena);
}

void kafka_fetch_release(Source *s, void *hold)
{
	KafkaHold *h = hold;
	if (!h)
		return;
	drop_messages(h);
	h->next_free = s->free_holds;
	s->free_holds = h;
}

void kafka_fetch_close(Source *s)
{
	for (KafkaHold *h = s->all_holds, *next; h; h = next) {
		next = h->next_all;
		drop_messages(h);
		mem_free(h->messages);
		mem_free(h->value);
		mem_free(h->key);
		mem_free(h->headers);
		mem_free(h->position);
		mem_free(h->time_us);
		arena_close(h->arena);
		mem_free(h);
	}
	s->all_holds = s->free_holds = NULL;
}

void kafka_fetch_drain(KafkaPart *p)
{
	rd_kafka_message_t *some[64];
	ssize_t n;
	while (p->queue && (n = rd_kafka_consume_batch_queue(p->queue, 0, some, 64)) > 0)
		for (ssize_t i = 0; i < n; i++)
			rd_kafka_message_destroy(some[i]);
}

/* MAP<STRING, BYTES>; of headers with one name the last one counts. */
static Str pack_headers(const rd_kafka_message_t *m, Arena *arena)
{
	static const Type *const pair[2] = {&type_string_nn, &type_bytes};
	rd_kafka_headers_t *headers = NULL;
	size_t n = 0;
	if (rd_kafka_message_headers(m, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR)
		n = rd_kafka_header_cnt(headers);
	if (n > HEADERS_MAX)
		n = HEADERS_MAX;
	Value *items = ARENA_ARRAY(arena, Value, 2 * n);
	const Type **types = ARENA_ARRAY(arena, const Type *, 2 * n);
	uint32_t len = 0;
	for (size_t i = 0; i < n; i++) {
		const char *name;
		const void *data;
		size_t size;
		if (rd_kafka_header_get_all(headers, i, &name, &data, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
			break;
		uint32_t at = 0;
		while (at < len && !str_eq_c(items[at].s, name))
			at += 2;
		items[at] = value_str(str_from(name));
		items[at + 1] = data ? value_str(str_make(data, size)) : VALUE_NULL;
		if (at == len) {
			types[len] = pair[0];
			types[len + 1] = pair[1];
			len += 2;
		}
	}
	return packed_build(arena, types, false, items, len);
}

static void pass_over(SourcePartition *pub, KafkaPart *p, int64_t to)
{
	pub->gaps += (uint64_t)(to - pub->next);
	if (!p->gap_said) {
		p->gap_said = true;
		LOGD("kafka", "offsets without records", "partition=\"%.*s\" from=%lld to=%lld", STR_ARG(pub->name),
		     (long long)pub->next, (long long)to);
	}
	pub->next = to;
}

/* An error that came in place of a message. false: the source has failed. */
static bool handle_error(Source *s, SourcePartition *pub, KafkaPart *p, const rd_kafka_message_t *m, Err *err)
{
	switch (m->err) {
	case RD_KAFKA_RESP_ERR__PARTITION_EOF:
		kafka_source_alive(s);
		if (m->offset > pub->next)
			pass_over(pub, p, m->offset < pub->bound ? m->offset : pub->bound);
		if (pub->next > pub->end || pub->end == SOURCE_END_NONE)
			pub->end = pub->next;
		p->bad_tries = 0;
		return true;
	case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
	case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
		p->state = KAFKA_PART_LOST;
		kafka_discover_look_again(s->discover, p->topic, p->number);
		return true;
	case RD_KAFKA_RESP_ERR__BAD_MSG:
	case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
	case RD_KAFKA_RESP_ERR_INVALID_MSG:
		/* The client would go on behind it, and records would be missing. It may be the network's fault, so ask again.
		 */
		p->state = KAFKA_PART_RESTART;
		if (++p->bad_tries < KAFKA_BAD_TRIES_MAX)
			return true;
		err_set(err, ERR_SOURCE_FAILED, "the records of \"%.*s\" from offset %lld on are damaged", STR_ARG(pub->name),
		        (long long)pub->next);
		err_detail(err, "%s", rd_kafka_message_errstr(m));
		return err_hint(
		    err, "RESUME ... SKIP goes on behind the damaged record; restoring the topic from a replica cures it.");
	default:
		snprintf(s->last_error, sizeof s->last_error, "%.*s: %s", STR_ARG(pub->name), rd_kafka_message_errstr(m));
		if (!s->down && (!p->said_us || clock_mono_us(&clock_real) - p->said_us > SAY_AGAIN_US)) {
			p->said_us = clock_mono_us(&clock_real);
			LOGW("kafka", "error of a partition, trying again", "partition=\"%.*s\" reason=\"%s\"", STR_ARG(pub->name),
			     rd_kafka_message_errstr(m));
		}
		kafka_discover_probe(s->discover);
		return true;
	}
}

static void keep(KafkaHold *h, rd_kafka_message_t *m, SourcePartition *pub, KafkaPart *p)
{
	uint32_t i = h->n++;
	h->messages[i] = m;
	h->value[i] = (Str){m->payload, (uint32_t)m->len};
	h->position[i] = m->offset;
	rd_kafka_timestamp_type_t kind;
	int64_t ms = rd_kafka_message_timestamp(m, &kind);
	h->time_us[i] = kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE || ms < 0 ? INT64_MIN : ms * 1000;
	if (h->key)
		h->key[i] = (Str){m->key, (uint32_t)m->key_len};
	if (h->headers)
		h->headers[i] = pack_headers(m, h->arena);
	pub->next = m->offset + 1;
	pub->time_us = h->time_us[i];
	p->taken_bytes += (int64_t)(m->len + m->key_len) + KAFKA_RECORD_COST;
}

bool kafka_fetch_poll(Source *s, uint32_t id, uint32_t max, SourceChunk *chunk, Err *err)
{
	SourcePartition *pub = &s->parts[id];
	KafkaPart *p = &s->kparts[id];
	*chunk = (SourceChunk){.next = pub->next};
	if (p->state != KAFKA_PART_RUNNING)
		return true;
	KafkaHold *h = take_hold(s);
	if (max > KAFKA_POLL_MAX)
		max = KAFKA_POLL_MAX;
	ssize_t got = rd_kafka_consume_batch_queue(p->queue, 0, h->messages, max);
	bool ok = true;
	for (ssize_t i = 0; i < got; i++) {
		rd_kafka_message_t *m = h->messages[i];
		if (ok && m->err && p->state == KAFKA_PART_RUNNING)
			ok = handle_error(s, pub, p, m, err);
		/* After an error at a position nothing behind it is taken: it will be read again from there. */
		if (!ok || m->err || p->state != KAFKA_PART_RUNNING || m->offset >= pub->bound) {
			if (!m->err && p->state == KAFKA_PART_RUNNING && ok)
				pub->next = pub->bound;
			rd_kafka_message_destroy(m);
			continue;
		}
		if (m->offset < pub->next) {
			pub->dropped++;
			rd_kafka_message_destroy(m);
			continue;
		}
		if (m->offset > pub->next)
			pass_over(pub, p, m->offset);
		keep(h, m, pub, p);
	}
	if (got > 0 && s->down && h->n)
		kafka_source_alive(s);
	if (pub->next >= pub->bound)
		pub->done = true;
	chunk->next = pub->next;
	if (!ok || h->n == 0) {
		kafka_fetch_release(s, h);
		return ok;
	}
	p->bad_tries = 0;
	/* Twice in a queue's length: whenever it was full, a wake-up comes while half of it is still there to be read. */
	if (p->taken_bytes >= s->queue_bytes / 2) {
		p->taken_bytes = 0;
		kafka_discover_nudge(s->discover, p->topic, p->number);
	}
	*chunk = (SourceChunk){.n = h->n,
	                       .value = h->value,
	                       .key = h->key,
	                       .position = h->position,
	                       .time_us = h->time_us,
	                       .headers = h->headers,
	                       .next = pub->next,
	                       .hold = h};
	return true;
}
