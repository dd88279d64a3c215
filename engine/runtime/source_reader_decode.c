/*
 * engine/runtime/source_reader_decode.c: messages of one partition to columns of the reader's fields.
 *
 * The reader's fields are the union of what its scans read; adding a scan never changes what another one sees, for
 * errors belong to (row, field).
 */
#include "engine/runtime/source_reader_int.h"

#include <stdio.h>

#include "engine/connectors/filesystem_path.h"
#include "sql/types/packed.h"
#include "sql/types/zone.h"

static bool same_field(const ScanField *a, const ScanField *b)
{
	if (a->kind != b->kind || a->npath != b->npath || a->position != b->position || !type_equal(a->type, b->type))
		return false;
	for (uint32_t i = 0; i < a->npath; i++)
		if (!str_eq(a->path[i], b->path[i]))
			return false;
	return true;
}

static uint32_t add_field(Reader *r, uint32_t *cap, const ScanField *f)
{
	for (uint32_t i = 0; i < r->nfields; i++)
		if (same_field(&r->fields[i], f))
			return i;
	if (r->nfields == *cap) {
		uint32_t cap2 = *cap ? *cap * 2 : 16;
		r->fields = arena_grow(r->plan_arena, r->fields, *cap * sizeof *r->fields, cap2 * sizeof *r->fields);
		*cap = cap2;
	}
	r->fields[r->nfields] = *f;
	return r->nfields++;
}

/* Columns of PARTITIONED BY are in the folders' names and not in the file. */
static bool is_partition_column(const Reader *r, Str name)
{
	const TableDef *t = r->opt.rel->table;
	for (uint32_t i = 0; i < t->npartitioned_by; i++)
		if (str_eq(t->cols[t->partitioned_by[i]].name, name))
			return str_eq_c(t->connector, "filesystem");
	return false;
}

static bool partition_field(const Reader *r, const ScanField *f)
{
	return f->kind == SCAN_VALUE && is_partition_column(r, f->path[0]);
}

bool source_reader_decode_partition(const Reader *r, Str name, const ScanField *f, Arena *arena, Value *out, Err *err)
{
	Str none = options_get(&r->opt.rel->table->options, "partition.default-name");
	*out = VALUE_NULL;
	return !partition_field(r, f) ||
	       filesystem_path_partition_value(name, f->path[0], f->type, none.len ? none : STR("__DEFAULT_PARTITION__"),
	                                       r->time.zone, arena, out, err);
}

/* A folder whose name is no value of the column makes its rows bad for those who read the column. */
static void fill_partition(Reader *r, const ReaderPart *p, const ScanField *f, ReaderChunk *c, Column *out)
{
	Value v;
	Err why = {0};
	if (source_reader_decode_partition(r, p->name, f, c->arena, &v, &why)) {
		column_init_const(out, f->type, v, c->nrows, c->arena);
		return;
	}
	column_init(out, f->type, c->nrows, c->arena);
	column_need_err(out, c->arena);
	for (uint32_t i = 0; i < c->nrows; i++) {
		column_set_null(out, i, c->arena);
		out->err[i] = ROW_BAD_FIELD;
	}
}

/* Physical columns that the value (or the key) of a record holds. */
static void record_columns(Reader *r, bool key, FormatSchema *schema)
{
	const TableDef *t = r->opt.rel->table;
	Options o = t->options;
	Str list = options_get(&o, "key.fields");
	bool except_key = str_eq_c(options_get(&o, "value.fields-include"), "EXCEPT_KEY");
	Str prefix = options_get(&o, "key.fields-prefix");
	Str *names = ARENA_ARRAY(r->plan_arena, Str, t->ncols + 1);
	const Type **types = ARENA_ARRAY(r->plan_arena, const Type *, t->ncols + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->cols[i];
		if (c->kind != COLUMN_PHYSICAL || is_partition_column(r, c->name))
			continue;
		bool is_key = false;
		if (r->upsert) {
			for (uint32_t k = 0; k < t->nkey; k++)
				is_key |= t->key[k] == i;
		} else {
			Str rest = list, part;
			while (list.len && str_next(&rest, ';', &part))
				is_key |= str_eq(str_trim(part), c->name);
		}
		if (key ? !is_key : is_key && except_key)
			continue;
		names[n] =
		    key && prefix.len && str_starts(c->name, prefix) ? str_slice(c->name, prefix.len, c->name.len) : c->name;
		types[n++] = c->type;
	}
	schema->names = names;
	schema->types = types;
	schema->ncols = n;
	schema->zone = NULL;
	if (!key && r->format->changelog_in) {
		Str *names_of_key = ARENA_ARRAY(r->plan_arena, Str, t->nkey + 1);
		schema->key = names_of_key;
		for (uint32_t k = 0; k < t->nkey; k++)
			names_of_key[schema->nkey++] = t->cols[t->key[k]].name;
	}
	schema->depth_max = r->depth_max;
}

/* Metadata that stands in the message: "value.source.table". */
static bool of_format(const ScanField *f)
{
	return f->kind == SCAN_METADATA && f->npath && str_starts(f->path[0], STR("value."));
}

static bool open_decoder(Reader *r, bool key, Err *err)
{
	const Format *f = key ? r->key_format : r->format;
	ScanFieldKind kind = key ? SCAN_KEY : SCAN_VALUE;
	FormatSchema schema = {0};
	record_columns(r, key, &schema);
	FormatField *ff = ARENA_ARRAY(r->plan_arena, FormatField, r->nfields + 1);
	uint32_t n = 0;
	uint32_t *slot = ARENA_ARRAY(r->plan_arena, uint32_t, r->nfields + 1);
	for (uint32_t i = 0; i < r->nfields; i++) {
		slot[i] = UINT32_MAX;
		bool metadata = !key && of_format(&r->fields[i]);
		if ((r->fields[i].kind != kind && !metadata) || partition_field(r, &r->fields[i]))
			continue;
		FormatField x = {.path = r->fields[i].path, .npath = r->fields[i].npath, .type = r->fields[i].type};
		if (metadata) {
			Str *name = ARENA_NEW(r->plan_arena, Str);
			*name = str_slice(x.path[0], 6, x.path[0].len);
			x.path = name;
			x.metadata = true;
		}
		for (uint32_t c = 0; c < schema.ncols; c++)
			if (str_eq(schema.names[c], x.path[0]))
				x.position = c;
		slot[i] = n;
		ff[n++] = x;
	}
	schema.fields = ff;
	schema.nfields = n;
	schema.wake = r->opt.wake;
	schema.wake_ctx = r->opt.wake_ctx;
	schema.is_key = key;
	char prefix[80];
	const Options *o = &r->opt.rel->table->options;
	snprintf(prefix, sizeof prefix, "%s%s.", key ? "key." : options_has(o, "value.format") ? "value." : "", f->name);
	Options fo = options_with_prefix(o, str_from(prefix), r->plan_arena);
	if (key) {
		r->key_slot = slot;
		r->nkey = n;
		if (r->key_decoder)
			f->decoder_close(r->key_decoder);
		r->key_decoder = NULL;
		return n == 0 || f->decoder_open(&fo, &schema, r->plan_arena, &r->key_decoder, err);
	}
	r->value_slot = slot;
	r->nvalue = n;
	return f->decoder_open(&fo, &schema, r->plan_arena, &r->decoder, err);
}

bool source_reader_decode_plan(Reader *r, Err *err)
{
	if (r->decoder)
		r->format->decoder_close(r->decoder);
	if (r->key_decoder)
		r->key_format->decoder_close(r->key_decoder);
	r->decoder = NULL;
	r->key_decoder = NULL;
	/* chunks that are decoded already were made for the old fields: decode them again */
	Arena *old = r->plan_arena;
	r->plan_arena = arena_open("reader fields", 0);
	r->fields = NULL;
	r->nfields = 0;
	r->watermark = NULL;
	uint32_t cap = 0;
	for (ReaderScan *s = r->scans; s; s = s->next) {
		const PlanScan *ps = &s->scan->scan;
		s->fields = ARENA_ARRAY(s->arena, uint32_t, ps->nfields + 1);
		for (uint32_t i = 0; i < ps->nfields; i++)
			s->fields[i] = add_field(r, &cap, &ps->fields[i]);
		if (ps->watermark && !r->watermark)
			r->watermark = expr_remap(r->plan_arena, ps->watermark, s->fields);
	}
	bool ok = true;
	if (r->format)
		ok = open_decoder(r, false, err);
	if (ok && r->key_format)
		ok = open_decoder(r, true, err);
	if (ok && r->watermark)
		r->watermark_eval = eval_open(r->plan_arena, &r->watermark, 1);
	arena_close(old);
	if (!ok)
		return false;
	r->fields_stale = false;
	for (uint32_t i = 0; i < r->nparts && ok; i++)
		for (ReaderChunk *c = r->parts[i].chunk; c && ok; c = c->next) {
			uint32_t at = c->at;
			ok = source_reader_decode_chunk(r, &r->parts[i], c, err);
			c->at = at;
		}
	return ok;
}

static void fill_metadata(const ReaderPart *p, const ScanField *f, ReaderChunk *c, Column *out)
{
	uint32_t n = c->nrows;
	Str key = f->npath ? f->path[0] : STR_EMPTY;
	Str name = p->name;
	int64_t slash = -1;
	for (uint32_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '/')
			slash = i;
	if (str_eq_c(key, "topic") && slash >= 0) {
		column_init_const(out, f->type, value_str(str_slice(name, 0, (uint32_t)slash)), n, c->arena);
		return;
	}
	if (str_eq_c(key, "partition")) {
		int64_t number = 0;
		if (slash >= 0)
			str_to_i64(str_slice(name, (uint32_t)slash + 1, name.len), &number);
		else
			number = p->id;
		column_init_const(out, f->type, value_i64(number), n, c->arena);
		return;
	}
	if (str_eq_c(key, "file.path") || str_eq_c(key, "file.name")) {
		Str v = str_eq_c(key, "file.path") || slash < 0 ? name : str_slice(name, (uint32_t)slash + 1, name.len);
		column_init_const(out, f->type, value_str(v), n, c->arena);
		return;
	}
	column_init(out, f->type, n, c->arena);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t m = c->message ? c->message[i] : i;
		if (str_eq_c(key, "offset") && c->src.position)
			out->i64[i] = c->src.position[m];
		else if (str_eq_c(key, "timestamp") && c->src.time_us && c->src.time_us[m] != INT64_MIN)
			out->i64[i] = c->src.time_us[m];
		else if (str_eq_c(key, "key") && c->src.key && c->src.key[m].ptr)
			out->str[i] = c->src.key[m];
		else if (str_eq_c(key, "headers") && c->src.headers && c->src.headers[m].ptr)
			out->str[i] = c->src.headers[m];
		else if (str_eq_c(key, "timestamp-type"))
			out->str[i] = STR("CreateTime");
		else
			column_set_null(out, i, c->arena);
	}
}

static void report_message(Reader *r, const ReaderPart *p, ReaderChunk *c, uint32_t m, bool key)
{
	Err why = {0};
	Str field = STR_EMPTY;
	if (key)
		r->key_format->explain(r->key_decoder, c->src.key[m], c->arena, &field, &why);
	else
		r->format->explain(r->decoder, c->src.value[m], c->arena, &field, &why);
	ReaderBad bad = {.partition = p->name, .field = field, .err = &why, .time_us = INT64_MIN};
	bad.position = c->src.position ? c->src.position[m] : 0;
	if (c->src.time_us)
		bad.time_us = c->src.time_us[m];
	bad.key = c->src.key ? c->src.key[m] : (Str){0};
	bad.value = c->src.value[m];
	bad.headers = c->src.headers ? c->src.headers[m] : (Str){0};
	if (r->opt.bad)
		r->opt.bad(r->opt.ctx, &bad, NULL);
}

/* Values (and keys) of the chunk's messages to columns; which rows exist follows from the value's format. */
static void decode_records(Reader *r, ReaderPart *p, ReaderChunk *c)
{
	uint32_t n = c->src.n;
	Decoded value = {0}, key = {0};
	r->format->decode(r->decoder, c->src.value, n, c->arena, &value);
	if (r->key_decoder && c->src.key)
		r->key_format->decode(r->key_decoder, c->src.key, n, c->arena, &key);
	c->nrows = value.nrows;
	c->message = value.message;
	int64_t *weight = NULL;
	if (value.weight) {
		weight = ARENA_ARRAY(c->arena, int64_t, c->nrows + 1);
		memcpy(weight, value.weight, c->nrows * sizeof *weight);
	}
	c->skip = NULL;
	for (uint32_t i = 0; i < c->nrows; i++) {
		uint32_t m = c->message ? c->message[i] : i;
		bool tombstone = !c->src.value[m].ptr;
		bool bad = !tombstone && value.bad && value.bad[m];
		bool bad_key = key.bad && key.bad[m];
		if (tombstone && r->upsert && !bad_key) {
			if (!weight) {
				weight = ARENA_ARRAY(c->arena, int64_t, c->nrows + 1);
				for (uint32_t k = 0; k < c->nrows; k++)
					weight[k] = 1;
			}
			weight[i] = -1;
		} else if (tombstone || bad || bad_key) {
			if (!c->skip)
				c->skip = ARENA_ARRAY_ZERO(c->arena, uint8_t, c->nrows);
			c->skip[i] = bad ? READER_SKIP_BAD_VALUE : bad_key ? READER_SKIP_BAD_KEY : READER_SKIP_EMPTY;
			bool told = i > 0 && c->message && c->message[i - 1] == m;
			if ((bad || bad_key) && !told)
				report_message(r, p, c, m, !bad);
			r->stats.bad += (bad || bad_key) && !told;
		}
	}
	c->weight = weight;
	for (uint32_t f = 0; f < r->nfields; f++) {
		Column *out = &c->cols[f];
		switch (r->fields[f].kind) {
		case SCAN_VALUE:
			if (partition_field(r, &r->fields[f]))
				fill_partition(r, p, &r->fields[f], c, out);
			else
				*out = value.cols[r->value_slot[f]];
			break;
		case SCAN_KEY:
			if (!key.cols)
				column_init_const(out, r->fields[f].type, VALUE_NULL, c->nrows, c->arena);
			else if (c->message)
				column_gather(&key.cols[r->key_slot[f]], c->message, c->nrows, out, c->arena);
			else
				*out = key.cols[r->key_slot[f]];
			break;
		case SCAN_METADATA:
			if (of_format(&r->fields[f]))
				*out = value.cols[r->value_slot[f]];
			else
				fill_metadata(p, &r->fields[f], c, out);
			break;
		case SCAN_PROCTIME:
			column_init_const(out, r->fields[f].type, value_i64(clock_wall_us(r->opt.clock) / 1000 * 1000), c->nrows,
			                  c->arena);
			break;
		}
	}
}

/* Of a source that decodes by columns: those that somebody reads. */
static bool fill_columns(Reader *r, ReaderChunk *c, Err *err)
{
	uint32_t *cols = ARENA_ARRAY(c->arena, uint32_t, r->nfields + 1), n = 0;
	for (uint32_t f = 0; f < r->nfields; f++) {
		const ScanField *sf = &r->fields[f];
		bool wanted = sf->kind == SCAN_VALUE && !partition_field(r, sf);
		for (uint32_t i = 0; wanted && i < n; i++)
			wanted = cols[i] != sf->position;
		if (wanted)
			cols[n++] = sf->position;
	}
	return r->type->fill(r->source, &c->src, cols, n, err);
}

/* Rows that come decoded: the physical columns in order; nested paths are taken apart here. */
static void take_rows(Reader *r, ReaderPart *p, ReaderChunk *c)
{
	const Batch *b = c->src.rows;
	c->nrows = b->n;
	c->message = NULL;
	c->weight = b->weight;
	c->skip = NULL;
	for (uint32_t f = 0; f < r->nfields; f++) {
		const ScanField *sf = &r->fields[f];
		Column *out = &c->cols[f];
		if (sf->kind == SCAN_METADATA) {
			fill_metadata(p, sf, c, out);
			continue;
		}
		if (sf->kind == SCAN_PROCTIME) {
			column_init_const(out, sf->type, value_i64(clock_wall_us(r->opt.clock) / 1000 * 1000), c->nrows, c->arena);
			continue;
		}
		if (partition_field(r, sf)) {
			fill_partition(r, p, sf, c, out);
			continue;
		}
		const Column *top = &b->cols[sf->position];
		if (sf->npath == 1) {
			*out = *top;
			continue;
		}
		column_init(out, sf->type, c->nrows, c->arena);
		for (uint32_t i = 0; i < c->nrows; i++) {
			Value v = column_value(top, i);
			const Type *t = top->type;
			for (uint32_t k = 1; k < sf->npath && !v.null; k++) {
				uint32_t at = 0;
				while (at < t->nfields && !str_eq(t->fields[at].name, sf->path[k]))
					at++;
				ASSERT(at < t->nfields);
				v = packed_get(v.s, t->fields[at].type, at);
				t = t->fields[at].type;
			}
			column_set(out, i, v, c->arena);
		}
	}
}

/* ignore-parse-errors: the field becomes NULL, the record is kept in the side table. */
static void forgive(Reader *r, ReaderPart *p, ReaderChunk *c)
{
	for (uint32_t f = 0; f < r->nfields; f++) {
		Column *col = &c->cols[f];
		if (!col->err || partition_field(r, &r->fields[f])) /* the format does not speak for folders */
			continue;
		for (uint32_t i = 0; i < c->nrows; i++) {
			if (!column_err(col, i) || (c->skip && c->skip[i]))
				continue;
			uint32_t m = c->message ? c->message[i] : i;
			Err why = {0};
			Str field = STR_EMPTY;
			r->format->explain(r->decoder, c->src.value[m], c->arena, &field, &why);
			ReaderBad bad = {
			    .partition = p->name, .field = field, .err = &why, .kept_as_null = true, .time_us = INT64_MIN};
			bad.position = c->src.position ? c->src.position[m] : 0;
			bad.value = c->src.value[m];
			bad.key = c->src.key ? c->src.key[m] : (Str){0};
			bad.headers = c->src.headers ? c->src.headers[m] : (Str){0};
			if (c->src.time_us)
				bad.time_us = c->src.time_us[m];
			if (r->opt.bad)
				r->opt.bad(r->opt.ctx, &bad, NULL);
			r->stats.field_nulls++;
		}
		col->err = NULL;
	}
}

static void compute_marks(Reader *r, ReaderChunk *c)
{
	c->mark_ms = NULL;
	if (!r->watermark || !c->nrows)
		return;
	const Column **in = ARENA_ARRAY(c->arena, const Column *, r->nfields + 1);
	for (uint32_t f = 0; f < r->nfields; f++)
		in[f] = &c->cols[f];
	EvalEnv env = {.zone = r->time.zone, .now_us = clock_wall_us(r->opt.clock), .watermark_us = INT64_MIN};
	const Column *w;
	eval_run(r->watermark_eval, &env, in, NULL, c->nrows, c->arena, &w);
	c->mark_ms = ARENA_ARRAY(c->arena, int64_t, c->nrows);
	for (uint32_t i = 0; i < c->nrows; i++) {
		bool none = column_is_null(w, i) || column_err(w, i) || (c->skip && c->skip[i]);
		int64_t us = none ? 0 : w->i64[column_at(w, i)];
		int64_t ms = us / 1000 - (us % 1000 < 0);
		c->mark_ms[i] = none ? INT64_MIN : ms;
	}
}

FormatReady source_reader_decode_ready(Reader *r, const SourceChunk *src, int64_t wait_ms, Err *err)
{
	FormatReady ready = FORMAT_READY;
	if (r->format && r->format->ready && src->n && src->value)
		ready = r->format->ready(r->decoder, src->value, src->n, wait_ms, err);
	if (ready == FORMAT_READY && r->key_decoder && r->key_format->ready && src->n && src->key)
		ready = r->key_format->ready(r->key_decoder, src->key, src->n, wait_ms, err);
	return ready;
}

bool source_reader_decode_chunk(Reader *r, ReaderPart *p, ReaderChunk *c, Err *err)
{
	c->at = 0;
	c->nrows = 0;
	c->cols = ARENA_ARRAY_ZERO(c->arena, Column, r->nfields + 1);
	if (c->src.n) {
		if (c->src.rows && r->type->fill && !fill_columns(r, c, err))
			return false;
		if (c->src.value)
			decode_records(r, p, c);
		else
			take_rows(r, p, c);
		if (r->ignore_errors)
			forgive(r, p, c);
		compute_marks(r, c);
	}
	return true;
}

void source_reader_decode_origin(const ReaderChunk *c, uint32_t row, Str *key, Str *value, int64_t *position,
                                 int64_t *time_us)
{
	uint32_t m = c->message ? c->message[row] : row;
	*key = c->src.key ? c->src.key[m] : (Str){0};
	*value = c->src.value ? c->src.value[m] : (Str){0};
	*position = c->src.position ? c->src.position[m] : (int64_t)m;
	*time_us = c->src.time_us ? c->src.time_us[m] : INT64_MIN;
}
