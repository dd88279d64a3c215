/*
 * engine/connectors/kafka_sink.c: Kafka topics as sinks (connectors kafka and upsert-kafka).
 *
 * Exactly-once: each delivery is one transaction that holds the records of its epochs and the marker (kafka_txn.c).
 * At-least-once, and always on the in-process broker: an idempotent producer, flushed. Records the broker refuses for
 * what they are (too large) end the attempt without effect and are handed back.
 */
#include "base/log.h"
#include "engine/connectors/connectors.h"
#include "engine/connectors/kafka_config.h"
#include "engine/connectors/kafka_topics.h"
#include "engine/connectors/kafka_txn.h"
#include "engine/connectors/sink_marker.h"
#include "engine/connectors/sink_rows.h"

#define MARKER_RENEW_US                                                                                                \
	INT64_C(86400000000) /* brokers forget a group after offsets.retention.minutes, a week by default */

struct Sink {
	SinkSpec spec;
	KafkaEncode *encode;
	KafkaTxn *txn;
	Value *values;
	bool transactional;
	bool ready; /* recovered, and nothing went wrong since */
	bool known; /* the marker was there, or has been made by us */
	uint64_t marker;
	int64_t marked_us;
};

/* ---- options ---- */

static bool check(const TableDef *table, bool upsert, unsigned *accepts, Err *err)
{
	const Options *o = &table->options;
	if (options_has(o, "topic-pattern") || !options_has(o, "topic"))
		return err_set(err, ERR_BAD_OPTION, "a table that is written needs \"topic\"");
	Arena *arena = arena_open("scratch", 0);
	KafkaTopics topics;
	bool ok = kafka_topics_init(&topics, o, arena, err);
	if (ok && topics.len != 1)
		ok = err_set(err, ERR_BAD_OPTION, "a table that is written has one topic, not %u", topics.len);
	arena_close(arena);
	bool changelog;
	ok = ok && kafka_config_check(o, err) && kafka_encode_check(table, upsert, &changelog, err);
	if (ok && upsert && table->nkey == 0)
		ok = err_set(err, ERR_MISSING_OPTION, "an upsert-kafka table needs a PRIMARY KEY");
	Str guarantee = options_get(o, "sink.delivery-guarantee"), acks = kafka_config_property(o, "acks");
	if (ok && str_eq_nocase(guarantee, STR("exactly-once")) && acks.len && !str_eq_nocase(acks, STR("all")) &&
	    !str_eq_c(acks, "-1")) {
		err_set(err, ERR_BAD_OPTION, "'properties.acks' = '%.*s' does not go with exactly-once", STR_ARG(acks));
		ok = err_hint(err, "Leave it out, or set 'sink.delivery-guarantee' = 'at-least-once'.");
	}
	if (ok)
		*accepts = upsert      ? SINK_APPEND | SINK_UPSERT
		           : changelog ? SINK_APPEND | SINK_UPSERT | SINK_RETRACT
		                       : SINK_APPEND;
	return ok;
}

static bool kafka_check(const TableDef *table, unsigned *accepts, Err *err)
{
	return check(table, false, accepts, err);
}

static bool upsert_check(const TableDef *table, unsigned *accepts, Err *err)
{
	return check(table, true, accepts, err);
}

static bool kafka_keeps_promise(const TableDef *table)
{
	return !kafka_config_is_embedded(&table->options);
}

/* The broker is not asked: topics may come later, or be made by the first record. */
static bool kafka_check_target(const SinkSpec *spec, Err *err)
{
	Str acks = kafka_config_property(&spec->table->options, "acks");
	if (!spec->exactly_once || !kafka_keeps_promise(spec->table) || !acks.len || str_eq_nocase(acks, STR("all")) ||
	    str_eq_c(acks, "-1"))
		return true;
	err_set(err, ERR_BAD_OPTION, "'properties.acks' = '%.*s' does not go with exactly-once", STR_ARG(acks));
	return err_hint(err, "Leave it out, or set 'sink.delivery-guarantee' = 'at-least-once' on the table.");
}

static bool open_sink(const SinkSpec *spec, bool upsert, Sink **out, Err *err)
{
	Sink *s = MEM_NEW(Sink);
	s->spec = *spec;
	s->transactional = spec->exactly_once && kafka_keeps_promise(spec->table);
	s->values = MEM_ARRAY(Value, spec->ncols + 1);
	if (!kafka_check_target(spec, err) || !kafka_encode_open(spec, upsert, &s->encode, err) ||
	    !kafka_txn_open(spec, s->transactional, &s->txn, err)) {
		kafka_encode_close(s->encode);
		mem_free(s->values);
		mem_free(s);
		return false;
	}
	if (spec->exactly_once && !s->transactional)
		LOGI("kafka", "the in-process broker knows no transactions: the sink is at-least-once", "sink=\"%.*s\"",
		     STR_ARG(spec->name));
	*out = s;
	return true;
}

static bool kafka_open(const SinkSpec *spec, Sink **out, Err *err)
{
	return open_sink(spec, false, out, err);
}

static bool upsert_open(const SinkSpec *spec, Sink **out, Err *err)
{
	return open_sink(spec, true, out, err);
}

static void kafka_close(Sink *s)
{
	kafka_txn_close(s->txn);
	kafka_encode_close(s->encode);
	mem_free(s->values);
	mem_free(s);
}

/* ---- delivery ---- */

static SinkResult result_of(Sink *s, KafkaOutcome o)
{
	if (o != KAFKA_OK)
		s->ready = false;
	return o == KAFKA_OK ? SINK_DELIVERED : o == KAFKA_AGAIN ? SINK_RETRY : SINK_FAILED;
}

static SinkResult kafka_recover(Sink *s, uint64_t *epoch, bool *known, Err *err)
{
	SinkResult r = result_of(s, kafka_txn_recover(s->txn, epoch, known, err));
	if (r != SINK_DELIVERED)
		return r;
	s->ready = true;
	s->known = *known;
	s->marker = *epoch;
	s->marked_us = clock_mono_us(&clock_real);
	return r;
}

static void refuse(SinkRefused *refused, uint32_t max, uint32_t *n, uint64_t epoch, uint64_t row, const Err *why)
{
	if (*n == max)
		return;
	refused[*n] = (SinkRefused){.epoch = epoch, .row = row, .err = *why};
	refused[*n].err.code = ERR_SINK_REFUSED;
	(*n)++;
}

/* The epoch's index and the row's number in one word, as the producer hands it back. */
static uint64_t tag_of(uint32_t epoch, uint64_t row)
{
	return ((uint64_t)epoch & 0xffff) << 32 | (row & UINT32_MAX);
}

/* Sends the rows of epochs [from, n). */
static KafkaOutcome send_rows(Sink *s, const SinkEpoch *epochs, uint32_t from, uint32_t n, SinkRefused *refused,
                              uint32_t max, uint32_t *nrefused, Err *err)
{
	SinkRows rows;
	sink_rows_init(&rows, epochs, n, s->spec.types, s->spec.ncols);
	rows.epoch = from;
	RowKind kind;
	Err bad = {0};
	while (*nrefused < max && sink_rows_next(&rows, &kind, s->values, &bad)) {
		KafkaRecord record;
		bool skip;
		Err why = {0};
		KafkaOutcome out = KAFKA_OK;
		if (!kafka_encode_row(s->encode, kind, s->values, &record, &skip, &why)) {
			refuse(refused, max, nrefused, epochs[rows.epoch].epoch, rows.row, &why);
			continue;
		}
		if (skip || kafka_txn_send(s->txn, &record, tag_of(rows.epoch, rows.row), &out, &why))
			continue;
		if (out != KAFKA_OK) {
			*err = why;
			return out;
		}
		refuse(refused, max, nrefused, epochs[rows.epoch].epoch, rows.row, &why);
	}
	if (bad.code) {
		*err = bad;
		return KAFKA_NEVER;
	}
	return KAFKA_OK;
}

/* A transaction of the marker alone. */
static SinkResult renew_marker(Sink *s, Err *err)
{
	KafkaOutcome o = kafka_txn_begin(s->txn, err);
	if (o == KAFKA_OK)
		o = kafka_txn_commit(s->txn, s->marker, err);
	if (o == KAFKA_OK)
		s->marked_us = clock_mono_us(&clock_real);
	return result_of(s, o);
}

static SinkResult heartbeat(Sink *s, Err *err)
{
	kafka_txn_idle(s->txn);
	if (!s->transactional || !s->ready || !s->known || clock_mono_us(&clock_real) - s->marked_us < MARKER_RENEW_US)
		return SINK_DELIVERED;
	return renew_marker(s, err);
}

static SinkResult kafka_reset(Sink *s, Err *err)
{
	s->marker = 0;
	return s->transactional ? renew_marker(s, err) : SINK_DELIVERED;
}

static SinkResult kafka_deliver(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
                                uint32_t max_refused, uint32_t *nrefused, Err *err)
{
	*nrefused = 0;
	if (n == 0)
		return heartbeat(s, err);
	if (!s->ready) {
		uint64_t epoch;
		bool known;
		SinkResult r = kafka_recover(s, &epoch, &known, err);
		if (r != SINK_DELIVERED)
			return r;
	}
	uint32_t from = 0;
	if (s->transactional && s->known &&
	    !sink_marker_check(s->spec.name, "the topic's marker", s->marker, last, epochs, n, &from, err))
		return SINK_FAILED;
	if (from == n)
		return SINK_DELIVERED;
	FormatReady ready = kafka_encode_ready(s->encode, err);
	if (ready != FORMAT_READY)
		return ready == FORMAT_WAITS ? SINK_RETRY : SINK_FAILED;
	KafkaOutcome o = kafka_txn_begin(s->txn, err);
	if (o == KAFKA_OK)
		o = send_rows(s, epochs, from, n, refused, max_refused, nrefused, err);
	if (o == KAFKA_OK)
		o = kafka_txn_flush(s->txn, err);
	/* The broker's refusals make the transaction fail; they are told apart from outages by being there. */
	uint64_t tag;
	Err why = {0};
	for (uint32_t i = 0; kafka_txn_refused(s->txn, i, &tag, &why); i++)
		refuse(refused, max_refused, nrefused, epochs[tag >> 32].epoch, tag & UINT32_MAX, &why);
	if (*nrefused) {
		kafka_txn_restart(s->txn);
		s->ready = false;
		*err = refused[0].err;
		return SINK_REFUSED;
	}
	if (o == KAFKA_OK)
		o = kafka_txn_commit(s->txn, epochs[n - 1].epoch, err);
	if (o != KAFKA_OK) {
		kafka_txn_abort(s->txn);
		return result_of(s, o);
	}
	s->known = true;
	s->marker = epochs[n - 1].epoch;
	s->marked_us = clock_mono_us(&clock_real);
	return SINK_DELIVERED;
}

#define KAFKA_SINK(name, check_, open_)                                                                                \
	{                                                                                                                  \
		.connector = name, .check = check_, .check_target = kafka_check_target, .open = open_,                         \
		.recover = kafka_recover, .reset = kafka_reset, .deliver = kafka_deliver, .close = kafka_close,                \
		.exactly_once = true, .keeps_promise = kafka_keeps_promise,                                                    \
	}

const SinkType kafka_sink_type = KAFKA_SINK("kafka", kafka_check, kafka_open);
const SinkType kafka_sink_upsert_type = KAFKA_SINK("upsert-kafka", upsert_check, upsert_open);
