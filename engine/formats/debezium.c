/*
 * engine/formats/debezium.c: changes of a database as JSON, read and written.
 *
 *   wanted: id, name     ->  the JSON decoder's fields:  after.id  after.name  before.id  before.name  op  before after
 *   {"before":{"id":1,"name":"a"},"after":{"id":1,"name":"b"},"op":"u"}   ->   -1 (1, a)   +1 (1, b)
 *
 * The JSON decoder reads each message once, for both sides; then rows are picked from its columns. A batch of
 * insertions alone takes the columns as they are.
 */
#include "engine/formats/debezium.h"

#include "engine/formats/json.h"

static const char scope[] = "format:debezium-json";
static const Type type_document = {.kind = TYPE_JSON};

typedef enum DebeziumMeta { META_NONE, META_TEXT, META_TIME } DebeziumMeta;

/* Where the JSON decoder has a wanted field. */
typedef struct DebeziumField {
	uint32_t after, before; /* its columns; the same one for metadata */
	DebeziumMeta meta;
	bool is_key;
} DebeziumField;

/* Why a message gives no rows. */
typedef enum DebeziumWhy {
	WHY_NONE,
	WHY_JSON,
	WHY_ARRAY,
	WHY_NO_PAYLOAD,
	WHY_NO_OP,
	WHY_OP,
	WHY_BEFORE_KIND,
	WHY_AFTER_KIND,
	WHY_NO_BEFORE,
	WHY_NO_AFTER,
	WHY_NO_KEY,
	WHY_TOMBSTONE, /* nothing is wrong */
} DebeziumWhy;

struct Decoder {
	Decoder *json;
	DebeziumField *fields;
	uint32_t nfields;
	uint32_t op, before, after, payload; /* columns of the JSON decoder */
	bool keyed, with_schema;
};

/* ---- opening */

static bool debezium_check(const Options *options, const FormatSchema *schema, Err *err)
{
	return json_format.check(options, schema, err);
}

typedef struct MetaPath {
	const char *key;
	const char *path[2];
	bool in_schema; /* beside the payload */
	DebeziumMeta meta;
} MetaPath;

static const MetaPath meta_paths[] = {
    {"schema", {"schema"}, true, META_TEXT},
    {"ingestion-timestamp", {"ts_ms"}, false, META_TIME},
    {"source.timestamp", {"source", "ts_ms"}, false, META_TIME},
    {"source.database", {"source", "db"}, false, META_TEXT},
    {"source.schema", {"source", "schema"}, false, META_TEXT},
    {"source.table", {"source", "table"}, false, META_TEXT},
    {"source.properties", {"source"}, false, META_TEXT},
};

typedef struct Paths {
	FormatField *items;
	uint32_t len, cap;
	bool with_schema;
} Paths;

static uint32_t add_path(Paths *p, bool in_payload, const char *first, const Str *rest, uint32_t nrest,
                         const Type *type, Arena *arena)
{
	Str *path = ARENA_ARRAY(arena, Str, nrest + 2);
	uint32_t n = 0;
	if (in_payload && p->with_schema)
		path[n++] = STR("payload");
	if (first)
		path[n++] = str_from(first);
	for (uint32_t i = 0; i < nrest; i++)
		path[n++] = rest[i];
	FormatField f = {.path = path, .npath = n, .type = type};
	ARENA_PUSH(arena, p, f);
	return p->len - 1;
}

static void add_meta(Paths *p, const FormatField *f, DebeziumField *out, Arena *arena)
{
	size_t i = 0;
	while (i + 1 < sizeof meta_paths / sizeof *meta_paths && !str_eq_c(f->path[0], meta_paths[i].key))
		i++;
	const MetaPath *m = &meta_paths[i];
	Str second = m->path[1] ? str_from(m->path[1]) : STR_EMPTY;
	out->meta = m->meta;
	out->after = out->before = add_path(p, !m->in_schema, m->path[0], &second, m->path[1] ? 1 : 0,
	                                    m->meta == META_TIME ? &type_bigint : f->type, arena);
}

static bool debezium_decoder_open(const Options *options, const FormatSchema *schema, Arena *arena, Decoder **out,
                                  Err *err)
{
	Decoder *d = ARENA_NEW(arena, Decoder);
	d->with_schema = options_bool(options, scope, "schema-include");
	d->keyed = schema->nkey > 0;
	d->nfields = schema->nfields;
	d->fields = ARENA_ARRAY_ZERO(arena, DebeziumField, schema->nfields + 1);
	Paths paths = {.with_schema = d->with_schema};
	/* The rows first: what is wrong with them is told before what is wrong with the old ones. */
	for (uint32_t i = 0; i < schema->nfields; i++) {
		const FormatField *f = &schema->fields[i];
		if (f->metadata)
			add_meta(&paths, f, &d->fields[i], arena);
		else
			d->fields[i].after = add_path(&paths, true, "after", f->path, f->npath, f->type, arena);
	}
	for (uint32_t i = 0; i < schema->nfields; i++) {
		const FormatField *f = &schema->fields[i];
		for (uint32_t k = 0; k < schema->nkey && !f->metadata; k++)
			d->fields[i].is_key |= f->npath == 1 && str_eq(f->path[0], schema->key[k]);
		if (!f->metadata)
			d->fields[i].before = add_path(&paths, true, "before", f->path, f->npath, f->type, arena);
	}
	d->op = add_path(&paths, true, "op", NULL, 0, &type_document, arena);
	d->before = add_path(&paths, true, "before", NULL, 0, &type_document, arena);
	d->after = add_path(&paths, true, "after", NULL, 0, &type_document, arena);
	if (d->with_schema)
		d->payload = add_path(&paths, true, NULL, NULL, 0, &type_document, arena);
	FormatSchema inner = *schema;
	inner.fields = paths.items;
	inner.nfields = paths.len;
	*out = d;
	return json_format.decoder_open(options, &inner, arena, &d->json, err);
}

static void debezium_decoder_close(Decoder *d)
{
	if (d)
		json_format.decoder_close(d->json);
}

/* ---- a batch */

static bool is_array(Str message)
{
	uint32_t i = str_starts(message, STR("\xef\xbb\xbf")) ? 3 : 0;
	while (i < message.len && strchr(" \n\r\t", message.ptr[i]) && message.ptr[i])
		i++;
	return i < message.len && message.ptr[i] == '[';
}

static bool has_name(Str message, const char *quoted)
{
	return str_find(message, str_from(quoted), 0) >= 0;
}

static Str text_at(const Decoded *jd, uint32_t col, uint32_t m)
{
	const Column *c = &jd->cols[col];
	return column_is_null(c, m) ? (Str){0} : c->str[column_at(c, m)];
}

static bool cell_empty(const Column *c, uint32_t m)
{
	return column_is_null(c, m) && !column_err(c, m);
}

static bool key_missing(const Decoder *d, const Decoded *jd, uint32_t m, bool before)
{
	for (uint32_t i = 0; i < d->nfields; i++)
		if (d->fields[i].is_key && cell_empty(&jd->cols[before ? d->fields[i].before : d->fields[i].after], m))
			return true;
	return false;
}

/* Has the update another key than the row before it? What is not there of the old key is as it was. */
static bool key_changed(const Decoder *d, const Decoded *jd, uint32_t m)
{
	for (uint32_t i = 0; i < d->nfields; i++) {
		const Column *a = &jd->cols[d->fields[i].after], *b = &jd->cols[d->fields[i].before];
		if (d->fields[i].is_key && !column_is_null(a, m) && !column_is_null(b, m) &&
		    !value_equal(a->type, column_value(a, m), column_value(b, m)))
			return true;
	}
	return false;
}

/* What the message says. *minus, *plus: its rows. */
static DebeziumWhy classify(const Decoder *d, const Decoded *jd, Str message, uint32_t m, bool *minus, bool *plus)
{
	*minus = *plus = false;
	if (!message.ptr || message.len == 0)
		return WHY_TOMBSTONE;
	if (is_array(message))
		return WHY_ARRAY;
	if (jd->bad && jd->bad[m])
		return WHY_JSON;
	if (d->with_schema) {
		Str payload = text_at(jd, d->payload, m);
		if (!payload.ptr && has_name(message, "\"payload\""))
			return WHY_TOMBSTONE;
		if (!payload.ptr || payload.ptr[0] != '{')
			return WHY_NO_PAYLOAD;
	}
	Str op = text_at(jd, d->op, m), before = text_at(jd, d->before, m), after = text_at(jd, d->after, m);
	if (!op.ptr)
		return WHY_NO_OP;
	if (op.len != 3 || op.ptr[0] != '"' || !op.ptr[1] || !strchr("crud", op.ptr[1]))
		return WHY_OP;
	if (before.ptr && before.ptr[0] != '{')
		return WHY_BEFORE_KIND;
	if (after.ptr && after.ptr[0] != '{')
		return WHY_AFTER_KIND;
	*plus = op.ptr[1] != 'd';
	*minus = op.ptr[1] == 'd' || (op.ptr[1] == 'u' && (!d->keyed || (before.ptr && key_changed(d, jd, m))));
	if (*minus && !before.ptr)
		return WHY_NO_BEFORE;
	if (*plus && !after.ptr)
		return WHY_NO_AFTER;
	if (d->keyed && ((*minus && key_missing(d, jd, m, true)) || (*plus && key_missing(d, jd, m, false))))
		return WHY_NO_KEY;
	return WHY_NONE;
}

/* Rows to be picked: row i is from message of[i], from its old side (weight -1) or its new one. */
typedef struct Picked {
	uint32_t n, nminus;
	uint32_t *of;
	int64_t *weight;
} Picked;

static void classify_all(const Decoder *d, const Decoded *jd, const Str *messages, uint32_t n, Arena *arena,
                         Picked *rows, Decoded *out)
{
	uint8_t *bad = NULL;
	rows->of = ARENA_ARRAY(arena, uint32_t, 2 * (size_t)n + 1);
	rows->weight = ARENA_ARRAY(arena, int64_t, 2 * (size_t)n + 1);
	for (uint32_t m = 0; m < n; m++) {
		bool minus, plus;
		DebeziumWhy why = classify(d, jd, messages[m], m, &minus, &plus);
		if (why == WHY_TOMBSTONE)
			continue;
		if (why != WHY_NONE) {
			if (!bad)
				bad = ARENA_ARRAY_ZERO(arena, uint8_t, n);
			bad[m] = 1;
			out->nbad++;
			minus = false;
			plus = true; /* a row that stands for the message */
		}
		rows->of[rows->n] = m;
		rows->weight[rows->n] = -1;
		rows->n += minus;
		rows->nminus += minus;
		rows->of[rows->n] = m;
		rows->weight[rows->n] = 1;
		rows->n += plus;
	}
	out->bad = bad;
}

/* Milliseconds since 1970 as a time. */
static void make_time(const Column *ms, const Type *type, Column *out, Arena *arena)
{
	column_init(out, type, ms->len, arena);
	for (uint32_t i = 0; i < ms->len; i++) {
		int64_t us = 0;
		if (column_err(ms, i) ||
		    (!column_is_null(ms, i) && __builtin_mul_overflow(ms->i64[column_at(ms, i)], 1000, &us)))
			column_set_err(out, i, ROW_BAD_FIELD, arena);
		out->i64[i] = us;
		if (column_is_null(ms, i))
			column_set_null(out, i, arena);
	}
}

/* Of a deleted row only the key counts: the row is known by it, and the rest may be left out or be defaults. */
static void forget_rest(const Picked *rows, Column *c, Arena *arena)
{
	for (uint32_t i = 0; i < rows->n; i++) {
		if (rows->weight[i] > 0)
			continue;
		column_set_null(c, i, arena);
		if (c->err)
			c->err[i] = ROW_OK;
	}
}

static void pick_column(const Decoder *d, const DebeziumField *f, const Type *type, const Decoded *jd, uint32_t n,
                        const Picked *rows, const uint32_t *idx, Arena *arena, Column *out)
{
	Column time;
	const Column *after = &jd->cols[f->after];
	if (f->meta == META_TIME) {
		make_time(after, type, &time, arena);
		after = &time;
	}
	if (rows->n == n && rows->nminus == 0) {
		*out = *after;
		return;
	}
	if (rows->nminus == 0 || f->meta != META_NONE) {
		column_gather(after, rows->of, rows->n, out, arena);
	} else {
		const Column *sides[] = {after, &jd->cols[f->before]};
		Column both;
		column_concat(sides, 2, &both, arena);
		column_gather(&both, idx, rows->n, out, arena);
	}
	if (d->keyed && !f->is_key && rows->nminus > 0)
		forget_rest(rows, out, arena);
}

static void debezium_decode(Decoder *d, const Str *messages, uint32_t n, Arena *arena, Decoded *out)
{
	Str *objects = ARENA_ARRAY(arena, Str, n + 1);
	Decoded jd;
	Picked rows = {0};
	for (uint32_t i = 0; i < n; i++)
		objects[i] = messages[i].len > 0 && !is_array(messages[i]) ? messages[i] : (Str){0};
	json_format.decode(d->json, objects, n, arena, &jd);
	*out = (Decoded){0};
	classify_all(d, &jd, messages, n, arena, &rows, out);
	out->nrows = rows.n;
	uint32_t *idx = NULL;
	if (rows.nminus > 0) {
		idx = ARENA_ARRAY(arena, uint32_t, rows.n + 1);
		for (uint32_t i = 0; i < rows.n; i++)
			idx[i] = rows.of[i] + (rows.weight[i] < 0 ? n : 0);
		out->weight = rows.weight;
	}
	if (rows.n != n || rows.nminus > 0)
		out->message = rows.of;
	out->cols = ARENA_ARRAY(arena, Column, d->nfields + 1);
	for (uint32_t i = 0; i < d->nfields; i++) {
		const DebeziumField *f = &d->fields[i];
		const Type *type = f->meta == META_TIME ? &type_ltz3 : jd.cols[f->after].type;
		pick_column(d, f, type, &jd, n, &rows, idx, arena, &out->cols[i]);
	}
}

/* ---- what is wrong */

static void explain_why(const Decoder *d, DebeziumWhy why, Str message, Str op, Err *err)
{
	bool deletion = str_eq(op, STR("\"d\""));
	switch (why) {
	case WHY_ARRAY: err_set(err, ERR_BAD_RECORD, "the message is an array, and a change is one object"); return;
	case WHY_NO_PAYLOAD:
		err_set(err, ERR_BAD_RECORD, "the message has no \"payload\"");
		err_hint(err, "Without a schema in the messages: 'debezium-json.schema-include' = 'false'.");
		return;
	case WHY_NO_OP:
		err_set(err, ERR_BAD_RECORD, "the message has no \"op\"");
		if (!d->with_schema && has_name(message, "\"payload\""))
			err_hint(err, "With a schema in the messages: 'debezium-json.schema-include' = 'true'.");
		return;
	case WHY_OP:
		err_set(err, ERR_BAD_RECORD, "\"op\" is %.*s, and neither \"c\", \"r\", \"u\" nor \"d\"",
		        (int)(op.len < 40 ? op.len : 40), op.ptr);
		return;
	case WHY_BEFORE_KIND: err_set(err, ERR_BAD_RECORD, "\"before\" is no object"); return;
	case WHY_AFTER_KIND: err_set(err, ERR_BAD_RECORD, "\"after\" is no object"); return;
	case WHY_NO_BEFORE:
		err_set(err, ERR_BAD_RECORD, "%s has no \"before\"", deletion ? "a deletion (\"d\")" : "an update (\"u\")");
		err_hint(err, deletion || d->keyed
		                  ? "In PostgreSQL, ALTER TABLE ... REPLICA IDENTITY FULL makes Debezium write the old row."
		                  : "In PostgreSQL, ALTER TABLE ... REPLICA IDENTITY FULL makes Debezium write the old row; or "
		                    "declare the table's PRIMARY KEY, and weir keeps the old rows.");
		return;
	case WHY_NO_AFTER: err_set(err, ERR_BAD_RECORD, "a change \"op\" = %.*s has no \"after\"", STR_ARG(op)); return;
	case WHY_NO_KEY:
		err_set(err, ERR_BAD_RECORD, "a column of the PRIMARY KEY is NULL or missing in \"%s\"",
		        deletion ? "before" : "after");
		return;
	case WHY_NONE:
	case WHY_JSON:
	case WHY_TOMBSTONE: break;
	}
}

static void debezium_explain(Decoder *d, Str message, Arena *arena, Str *field, Err *err)
{
	Decoded jd;
	bool minus, plus;
	*field = STR_EMPTY;
	Str object = message.len > 0 && !is_array(message) ? message : (Str){0};
	json_format.decode(d->json, &object, 1, arena, &jd);
	DebeziumWhy why = classify(d, &jd, message, 0, &minus, &plus);
	if (why == WHY_NONE || why == WHY_JSON) {
		json_format.explain(d->json, message, arena, field, err);
		return;
	}
	if (why == WHY_TOMBSTONE) {
		err_set(err, ERR_BAD_RECORD, "the message can be decoded");
		return;
	}
	explain_why(d, why, message, object.ptr ? text_at(&jd, d->op, 0) : STR_EMPTY, err);
}

/* ---- writing */

struct Encoder {
	Encoder *json;
};

static bool debezium_encoder_open(const Options *options, const FormatSchema *schema, Arena *arena, Encoder **out,
                                  Err *err)
{
	if (options_bool(options, scope, "schema-include")) {
		err_set(err, ERR_NOT_SUPPORTED, "changes cannot be written with 'debezium-json.schema-include' = 'true'");
		return err_hint(err, "Leave the option out: the schema is Kafka Connect's, and only read.");
	}
	Encoder *e = ARENA_NEW(arena, Encoder);
	*out = e;
	return json_format.encoder_open(options, schema, arena, &e->json, err);
}

/* A change of a row is the deletion of the old one and the creation of the new one, as Flink writes it. */
static bool debezium_encode(Encoder *e, RowKind kind, const Value *values, StrBuf *out, Err *err)
{
	bool gone = kind == ROW_DELETE || kind == ROW_UPDATE_BEFORE;
	size_t from = out->len;
	strbuf_puts(out, gone ? "{\"before\":" : "{\"before\":null,\"after\":");
	if (!json_format.encode(e->json, ROW_INSERT, values, out, err)) {
		out->len = from;
		out->ptr[from] = '\0';
		return false;
	}
	strbuf_puts(out, gone ? ",\"after\":null,\"op\":\"d\"}" : ",\"op\":\"c\"}");
	return true;
}

static void debezium_encoder_close(Encoder *e)
{
	json_format.encoder_close(e->json);
}

static uint32_t debezium_split(const Options *options, Str data, bool at_end, Str *messages, uint32_t max, size_t *used)
{
	return json_format.split(options, data, at_end, messages, max, used);
}

const Format debezium_format = {
    .name = "debezium-json",
    .check = debezium_check,
    .split = debezium_split,
    .decoder_open = debezium_decoder_open,
    .decode = debezium_decode,
    .explain = debezium_explain,
    .decoder_close = debezium_decoder_close,
    .encoder_open = debezium_encoder_open,
    .encode = debezium_encode,
    .encoder_close = debezium_encoder_close,
    .changelog_in = true,
    .changelog_out = true,
};
