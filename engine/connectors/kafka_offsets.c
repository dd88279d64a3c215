/*
 * engine/connectors/kafka_offsets.c: see kafka_offsets.h.
 *
 * One ListOffsets request per broker answers for many partitions: rd_kafka_offsets_for_times hands the "timestamps" -1
 * (end) and -2 (beginning) through to the protocol, where they have just that meaning. With
 * isolation.level=read_committed the end is the last stable offset.
 */
#include "engine/connectors/kafka_offsets.h"

static bool parse_specific(const OptionValue *o, Arena *arena, KafkaMode *out, Err *err)
{
	struct {
		KafkaSpecific *items;
		uint32_t len, cap;
	} list = {0};
	Str rest = o->value, pair;
	while (str_next(&rest, ';', &pair)) {
		if (str_trim(pair).len == 0)
			continue;
		Str partition, offset;
		int64_t p, f;
		bool ok = str_next(&pair, ',', &partition) && str_next(&pair, ',', &offset) && pair.ptr == NULL;
		partition = ok ? str_trim(partition) : STR_EMPTY;
		offset = ok ? str_trim(offset) : STR_EMPTY;
		ok = ok && str_starts(partition, STR("partition:")) && str_starts(offset, STR("offset:")) &&
		     str_to_i64(str_slice(partition, 10, partition.len), &p) &&
		     str_to_i64(str_slice(offset, 7, offset.len), &f) && p >= 0 && p <= INT32_MAX && f >= 0;
		if (!ok) {
			err_set_at(err, ERR_BAD_OPTION, o->span, "\"%.*s\" is no value of \"%.*s\"", STR_ARG(o->value),
			           STR_ARG(o->key));
			return err_hint(err, "Its form is partition:0,offset:42;partition:1,offset:300.");
		}
		KafkaSpecific item = {(int32_t)p, f};
		ARENA_PUSH(arena, &list, item);
	}
	out->specific = list.items;
	out->nspecific = list.len;
	return true;
}

static const struct {
	const char *name;
	KafkaModeKind kind;
} modes[] = {
    {"earliest-offset", KAFKA_EARLIEST}, {"latest-offset", KAFKA_LATEST},      {"group-offsets", KAFKA_GROUP},
    {"timestamp", KAFKA_TIMESTAMP},      {"specific-offsets", KAFKA_SPECIFIC}, {"unbounded", KAFKA_UNBOUNDED},
};

static bool missing(const OptionValue *mode, const char *prefix, const char *what, Err *err)
{
	return err_set_at(err, ERR_MISSING_OPTION, mode->span, "\"%.*s\" = '%.*s' needs \"%s.%s\"", STR_ARG(mode->key),
	                  STR_ARG(mode->value), prefix, what);
}

/* prefix: "scan.startup" or "scan.bounded" */
static bool read_mode(const Options *options, const char *prefix, KafkaModeKind no_value, unsigned allowed,
                      Arena *arena, KafkaMode *out, Err *err)
{
	*out = (KafkaMode){.kind = no_value};
	Str key = arena_printf(arena, "%s.mode", prefix);
	const OptionValue *mode = options_find(options, key);
	if (mode) {
		size_t i = 0;
		while (i < sizeof modes / sizeof *modes &&
		       !(str_eq_nocase(mode->value, str_from(modes[i].name)) && (allowed & (1U << modes[i].kind))))
			i++;
		if (i == sizeof modes / sizeof *modes)
			return err_set_at(err, ERR_BAD_OPTION, mode->span, "\"%.*s\" is no value of \"%.*s\"", STR_ARG(mode->value),
			                  STR_ARG(key));
		out->kind = modes[i].kind;
	}
	if (out->kind == KAFKA_TIMESTAMP) {
		const OptionValue *t = options_find(options, arena_printf(arena, "%s.timestamp-millis", prefix));
		if (!t)
			return missing(mode, prefix, "timestamp-millis", err);
		if (!str_to_i64(t->value, &out->timestamp_ms) || out->timestamp_ms < 0)
			return err_set_at(err, ERR_BAD_OPTION, t->span, "\"%.*s\" is no time in milliseconds", STR_ARG(t->value));
	}
	if (out->kind == KAFKA_SPECIFIC) {
		const OptionValue *s = options_find(options, arena_printf(arena, "%s.specific-offsets", prefix));
		if (!s)
			return missing(mode, prefix, "specific-offsets", err);
		if (!parse_specific(s, arena, out, err))
			return false;
	}
	return true;
}

bool kafka_offsets_startup(const Options *options, const char *scope, Arena *arena, KafkaMode *out, Err *err)
{
	if (strcmp(scope, "upsert-kafka") == 0) {
		*out = (KafkaMode){.kind = KAFKA_EARLIEST};
		return true;
	}
	unsigned allowed =
	    1U << KAFKA_EARLIEST | 1U << KAFKA_LATEST | 1U << KAFKA_GROUP | 1U << KAFKA_TIMESTAMP | 1U << KAFKA_SPECIFIC;
	if (!read_mode(options, "scan.startup", KAFKA_GROUP, allowed, arena, out, err))
		return false;
	Str reset = options_get(options, "properties.auto.offset.reset");
	if (str_eq_c(reset, "earliest") || str_eq_c(reset, "beginning"))
		out->reset = KAFKA_RESET_EARLIEST;
	else if (str_eq_c(reset, "latest") || str_eq_c(reset, "end"))
		out->reset = KAFKA_RESET_LATEST;
	if (out->kind == KAFKA_SPECIFIC)
		out->reset = KAFKA_RESET_EARLIEST;
	return true;
}

bool kafka_offsets_bounded(const Options *options, const char *scope, Arena *arena, KafkaMode *out, Err *err)
{
	(void)scope;
	unsigned allowed =
	    1U << KAFKA_UNBOUNDED | 1U << KAFKA_LATEST | 1U << KAFKA_GROUP | 1U << KAFKA_TIMESTAMP | 1U << KAFKA_SPECIFIC;
	if (!read_mode(options, "scan.bounded", KAFKA_UNBOUNDED, allowed, arena, out, err))
		return false;
	out->reset = out->kind == KAFKA_SPECIFIC ? KAFKA_RESET_EARLIEST : KAFKA_RESET_NONE;
	return true;
}

/* ---- the broker's answers ---- */

static bool outage(Err *err, const char *what, rd_kafka_resp_err_t e)
{
	err_set(err, ERR_SOURCE_UNREACHABLE, "%s: %s", what, rd_kafka_err2str(e));
	if (err)
		err->flags |= ERR_RETRIABLE;
	return false;
}

static rd_kafka_topic_partition_list_t *list_of(const KafkaFound *parts, uint32_t n, int64_t offset)
{
	rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
	for (uint32_t i = 0; i < n; i++) {
		char *topic = mem_cstr(parts[i].topic);
		rd_kafka_topic_partition_list_add(list, topic, parts[i].partition)->offset = offset;
		mem_free(topic);
	}
	return list;
}

/* Offsets by time; the list keeps its order, so element i belongs to parts[i]. */
static bool by_time(rd_kafka_t *rk, const KafkaFound *parts, uint32_t n, int64_t time, int64_t *out, int timeout_ms,
                    Err *err)
{
	if (n == 0)
		return true;
	rd_kafka_topic_partition_list_t *list = list_of(parts, n, time);
	rd_kafka_resp_err_t e = rd_kafka_offsets_for_times(rk, list, timeout_ms);
	for (uint32_t i = 0; i < n && !e; i++) {
		rd_kafka_topic_partition_t *p = NULL;
		char *topic = mem_cstr(parts[i].topic);
		p = rd_kafka_topic_partition_list_find(list, topic, parts[i].partition);
		mem_free(topic);
		if (!p || p->err)
			e = p ? p->err : RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
		else
			out[i] = p->offset;
	}
	rd_kafka_topic_partition_list_destroy(list);
	return e ? outage(err, "the broker did not tell the offsets", e) : true;
}

bool kafka_offsets_range(rd_kafka_t *rk, KafkaFound *parts, uint32_t n, int timeout_ms, Err *err)
{
	int64_t *found = MEM_ARRAY(int64_t, n);
	bool ok = by_time(rk, parts, n, RD_KAFKA_OFFSET_BEGINNING, found, timeout_ms, err);
	for (uint32_t i = 0; ok && i < n; i++)
		parts[i].low = found[i];
	ok = ok && by_time(rk, parts, n, RD_KAFKA_OFFSET_END, found, timeout_ms, err);
	for (uint32_t i = 0; ok && i < n; i++) {
		parts[i].high = found[i];
		ok = (parts[i].low >= 0 && parts[i].high >= 0) ||
		     outage(err, "the broker did not tell the offsets", RD_KAFKA_RESP_ERR__NO_OFFSET);
	}
	mem_free(found);
	return ok;
}

static bool by_group(rd_kafka_t *rk, const KafkaMode *mode, const KafkaFound *parts, uint32_t n, int64_t *out,
                     int timeout_ms, Err *err)
{
	rd_kafka_topic_partition_list_t *list = list_of(parts, n, RD_KAFKA_OFFSET_INVALID);
	rd_kafka_resp_err_t e = rd_kafka_committed(rk, list, timeout_ms);
	for (uint32_t i = 0; i < n && !e; i++) {
		char *topic = mem_cstr(parts[i].topic);
		rd_kafka_topic_partition_t *p = rd_kafka_topic_partition_list_find(list, topic, parts[i].partition);
		mem_free(topic);
		e = p ? p->err : RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
		if (e)
			break;
		if (p->offset >= 0)
			out[i] = p->offset;
		else
			out[i] = mode->reset == KAFKA_RESET_EARLIEST ? parts[i].low
			         : mode->reset == KAFKA_RESET_LATEST ? parts[i].high
			                                             : KAFKA_OFFSET_UNKNOWN;
	}
	rd_kafka_topic_partition_list_destroy(list);
	return e ? outage(err, "the broker did not tell the group's committed offsets", e) : true;
}

static bool by_specific(rd_kafka_t *rk, const KafkaMode *mode, const KafkaFound *parts, uint32_t n, int64_t *out,
                        int timeout_ms, Err *err)
{
	bool all = true;
	for (uint32_t i = 0; i < n; i++) {
		out[i] = KAFKA_OFFSET_UNKNOWN;
		for (uint32_t k = 0; k < mode->nspecific; k++)
			if (mode->specific[k].partition == parts[i].partition)
				out[i] = mode->specific[k].offset;
		all = all && out[i] != KAFKA_OFFSET_UNKNOWN;
	}
	if (all)
		return true;
	int64_t *group = MEM_ARRAY(int64_t, n);
	bool ok = by_group(rk, mode, parts, n, group, timeout_ms, err);
	for (uint32_t i = 0; ok && i < n; i++)
		if (out[i] == KAFKA_OFFSET_UNKNOWN)
			out[i] = group[i];
	mem_free(group);
	return ok;
}

bool kafka_offsets_resolve(rd_kafka_t *rk, const KafkaMode *mode, const KafkaFound *parts, int64_t *out, uint32_t n,
                           int timeout_ms, Err *err)
{
	switch (mode->kind) {
	case KAFKA_EARLIEST:
	case KAFKA_LATEST:
	case KAFKA_UNBOUNDED:
		for (uint32_t i = 0; i < n; i++)
			out[i] = mode->kind == KAFKA_EARLIEST ? parts[i].low
			         : mode->kind == KAFKA_LATEST ? parts[i].high
			                                      : KAFKA_OFFSET_NONE;
		return true;
	case KAFKA_GROUP: return n == 0 || by_group(rk, mode, parts, n, out, timeout_ms, err);
	case KAFKA_SPECIFIC: return by_specific(rk, mode, parts, n, out, timeout_ms, err);
	case KAFKA_TIMESTAMP:
		if (!by_time(rk, parts, n, mode->timestamp_ms, out, timeout_ms, err))
			return false;
		for (uint32_t i = 0; i < n; i++)
			if (out[i] < 0) /* no record that late: the end */
				out[i] = parts[i].high;
		return true;
	}
	return true;
}
