/*
 * engine/runtime/side_keep.c: a record or row that cannot be used becomes a row of a side table.
 *
 * Table weir.bad: (owner, partition, position, query, field) -> seq: a record that is read again (after a failure, by
 * another query, by a decoder made anew) is kept once; likewise a refused row, by its epoch and number.
 */
#include "engine/runtime/side.h"

#include <stdio.h>

#include "base/log.h"

static void code_text(const Err *err, char *buf, size_t n)
{
	snprintf(buf, n, "W%04d", (int)err->code);
}

/* "topic/3" -> topic and number; a file's path is all topic. */
static void split_partition(Str name, Value *topic, Value *number)
{
	int64_t slash = -1, n = 0;
	for (uint32_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '/')
			slash = i;
	*topic = value_str(name);
	*number = VALUE_NULL;
	if (slash >= 0 && str_to_i64(str_slice(name, (uint32_t)slash + 1, name.len), &n)) {
		*topic = value_str(str_slice(name, 0, (uint32_t)slash));
		*number = value_i64(n);
	}
}

void side_index(StrBuf *key, Str owner, Str partition, int64_t position, Str query, Str field)
{
	strbuf_clear(key);
	codec_put_bytes(key, owner);
	codec_put_bytes(key, partition);
	codec_put_i64(key, position);
	codec_put_bytes(key, query);
	codec_put_bytes(key, field);
}

/* Was it kept before, and is it still there? Then that it was met again is noted. */
static bool kept_before(Engine *e, SideTable *s, Str index)
{
	uint32_t len;
	int64_t seq;
	const void *old = state_get(e->bad_rows, index, &len);
	if (!old || len != sizeof seq)
		return false;
	memcpy(&seq, old, sizeof seq);
	StrBuf key;
	strbuf_init(&key);
	value_encode_key(&type_bigint, value_i64(seq), &key);
	SideRaw raw;
	bool there = state_get(s->rows, strbuf_str(&key), &len) && side_raw(s, strbuf_str(&key), &raw);
	if (there && raw.met < e->next_side - 1) {
		raw.met = e->next_side - 1;
		side_put_raw(s, strbuf_str(&key), &raw);
	}
	strbuf_deinit(&key);
	return there;
}

static int64_t new_seq(Engine *e, Str index)
{
	int64_t seq = (int64_t)e->next_side++;
	if (index.len)
		state_put(e->bad_rows, index, str_make((const char *)&seq, sizeof seq));
	return seq;
}

/* Said at the first one of a table, and whenever their number has doubled; each of them at level debug. */
static void tell_bad(Str table, const ReaderBad *bad, Str query, uint64_t n)
{
	log_write(n & (n - 1) ? LOG_DEBUG : LOG_WARN, "source",
	          "a record cannot be decoded; it is kept in the side table .bad",
	          "table=\"%.*s\" query=\"%.*s\" bad=%llu partition=\"%.*s\" offset=%lld field=\"%.*s\" error=\"%s\"",
	          STR_ARG(table), STR_ARG(query), (unsigned long long)n, STR_ARG(bad->partition), (long long)bad->position,
	          STR_ARG(bad->field), bad->err->message);
}

bool side_bad(Engine *e, Str table, const ReaderBad *bad, Err *err)
{
	(void)err;
	Value v[SIDE_COLUMNS_MAX];
	char code[16];
	code_text(bad->err, code, sizeof code);
	Str query = STR_EMPTY;
	if (bad->scan) {
		Feed *f = source_reader_owner(bad->scan);
		query = f->query->name;
		f->query->bad++;
	}
	v[2] = bad->scan ? value_str(query) : VALUE_NULL;
	split_partition(bad->partition, &v[3], &v[4]);
	v[5] = value_i64(bad->position);
	v[6] = bad->time_us == INT64_MIN ? VALUE_NULL : value_i64(bad->time_us);
	v[7] = bad->field.len ? value_str(bad->field) : VALUE_NULL;
	v[8] = value_str(str_from(code));
	v[9] = value_str(str_from(bad->err->message));
	v[10] = bad->key.ptr ? value_str(bad->key) : VALUE_NULL;
	v[11] = bad->value.ptr ? value_str(bad->value) : VALUE_NULL;
	v[12] = VALUE_NULL;
	SideTable *s = side_open(e, table, SIDE_BAD);
	if (!s->rows)
		return true;
	StrBuf index;
	strbuf_init(&index);
	side_index(&index, table, bad->partition, bad->position, query, bad->field);
	if (!kept_before(e, s, strbuf_str(&index))) {
		int64_t seq = new_seq(e, strbuf_str(&index));
		SideRaw raw = {
		    .index = strbuf_str(&index),
		    .partition = bad->partition,
		    .position = bad->position,
		    .time_us = bad->time_us,
		    .headers = bad->headers,
		    .passed = bad->kept_as_null,
		    .met = (uint64_t)seq,
		};
		side_put(e, s, seq, v, &raw);
		tell_bad(table, bad, query, ++s->told);
	}
	strbuf_deinit(&index);
	return true;
}

/* The row's columns as a JSON object. */
static void print_row(const PlanCol *cols, uint32_t ncols, const struct Zone *zone, Str row, StrBuf *out)
{
	CodecReader r = codec_reader(row);
	strbuf_putc(out, '{');
	for (uint32_t i = 0; i < ncols; i++) {
		Value v;
		if (!value_decode(cols[i].type, &r, &v))
			break;
		if (i)
			strbuf_putc(out, ',');
		strbuf_put_json(out, cols[i].name);
		strbuf_putc(out, ':');
		value_print(cols[i].type, v, VALUE_JSON, zone, out);
	}
	strbuf_putc(out, '}');
}

void side_bad_row(Engine *e, const Feed *f, Str row, int64_t weight, const Err *why)
{
	Query *q = f->query;
	SideTable *s = side_open(e, q->name, SIDE_BAD);
	Value v[SIDE_COLUMNS_MAX];
	char code[16];
	code_text(why, code, sizeof code);
	StrBuf json, name;
	strbuf_init(&json);
	strbuf_init(&name);
	const TableDef *t = f->rel->table;
	PlanCol *cols = ARENA_ARRAY_ZERO(e->step, PlanCol, t->ncols + 1);
	for (uint32_t i = 0; i < t->ncols; i++)
		cols[i] = (PlanCol){.name = t->cols[i].name, .type = t->cols[i].type};
	print_row(cols, t->ncols, q->plan->zone, row, &json);
	catalog_put_name(f->rel, &name);
	for (int i = 0; i < SIDE_COLUMNS_MAX; i++)
		v[i] = VALUE_NULL;
	v[SIDE_BAD_QUERY] = value_str(q->name);
	v[3] = value_str(strbuf_str(&name));
	v[SIDE_BAD_CODE] = value_str(str_from(code));
	v[SIDE_BAD_ERROR] = value_str(str_from(why->message));
	v[SIDE_BAD_VALUE] = value_str(strbuf_str(&json));
	v[12] = value_str(str_from(weight < 0 ? "-D" : "+I"));
	SideRaw raw = {.is_row = true, .node = f->scan->id, .weight = weight, .values = row};
	q->bad++;
	side_put(e, s, new_seq(e, STR_EMPTY), v, &raw);
	strbuf_deinit(&json);
	strbuf_deinit(&name);
}

void side_late(void *query, Operator *op, const LateRow *row)
{
	Query *q = query;
	Engine *e = q->engine;
	const Plan *in = op->plan->inputs[0];
	Value v[SIDE_COLUMNS_MAX];
	StrBuf json;
	strbuf_init(&json);
	print_row(in->cols, in->ncols, op->run->env.zone, row->row, &json);
	v[2] = value_i64(row->time_ms * 1000);
	v[3] = value_i64(row->watermark_ms == BATCH_END ? INT64_C(253402300799999000) : row->watermark_ms * 1000);
	bool window = row->window_start_ms || row->window_end_ms;
	v[4] = window ? value_i64(row->window_start_ms * 1000) : VALUE_NULL;
	v[5] = window ? value_i64(row->window_end_ms * 1000) : VALUE_NULL;
	v[6] = v[7] = v[8] = VALUE_NULL;
	for (uint32_t i = 0; i < q->nfeeds; i++) {
		Str partition;
		int64_t position;
		if (q->feeds[i].reader && source_reader_origin(q->feeds[i].reader, row->ord, &partition, &position)) {
			split_partition(partition, &v[6], &v[7]);
			v[8] = value_i64(position);
			break;
		}
	}
	v[9] = value_str(str_from(row->weight < 0 ? "-D" : "+I"));
	v[10] = value_str(strbuf_str(&json));
	SideTable *s = side_open(e, q->name, SIDE_LATE);
	SideRaw raw = {.is_row = true, .node = op->plan->id, .weight = row->weight < 0 ? -1 : 1, .values = row->row};
	/* equal rows that came as one are kept one by one, as far as the table's bound goes */
	int64_t n = row->weight < 0 ? -row->weight : row->weight, most = settings_int(e->settings, "weir.side-rows.max");
	q->late += (uint64_t)n;
	for (int64_t i = 0; i < n && i < most; i++)
		side_put(e, s, new_seq(e, STR_EMPTY), v, &raw);
	strbuf_deinit(&json);
}

int64_t side_refused(Engine *e, Str sink, const SinkRefused *refused, uint8_t kind, Str row, Str row_json)
{
	Value v[SIDE_COLUMNS_MAX];
	char code[16];
	code_text(&refused->err, code, sizeof code);
	v[2] = value_i64((int64_t)refused->epoch);
	v[3] = value_i64((int64_t)refused->row);
	v[4] = value_str(str_from(code));
	v[5] = value_str(str_from(refused->err.message));
	v[6] = value_str(str_from(chunk_kind_name((RowKind)kind)));
	v[7] = value_str(row_json);
	SideTable *s = side_open(e, sink, SIDE_REFUSED);
	if (!s->rows)
		return 0;
	int64_t seq = 0;
	StrBuf index;
	strbuf_init(&index);
	side_index(&index, sink, STR("\x01refused"), (int64_t)refused->epoch, STR_EMPTY, STR_EMPTY);
	codec_put_i64(&index, (int64_t)refused->row);
	if (!kept_before(e, s, strbuf_str(&index))) {
		SideRaw raw = {
		    .is_row = true,
		    .index = strbuf_str(&index),
		    .kind = kind,
		    .epoch = refused->epoch,
		    .values = row,
		};
		seq = new_seq(e, strbuf_str(&index));
		side_put(e, s, seq, v, &raw);
	}
	strbuf_deinit(&index);
	return seq;
}
