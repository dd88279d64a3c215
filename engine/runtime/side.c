/*
 * engine/runtime/side.c: rows that could not be used: x.bad, x.late, x.refused: tables of their own, bounded, oldest
 * out.
 *
 * A side table is a stored relation with the key `seq`; its state table is made with the first row.
 */
#include "engine/runtime/engine_int.h"

#include <stdio.h>

#include "base/log.h"

typedef struct SideTable {
	StateTable *rows;
	uint64_t dropped;
} SideTable;

static const Str bad_names[] = {{"seq", 3},       {"at", 2},     {"query", 5},        {"topic", 5},
                                {"partition", 9}, {"offset", 6}, {"record_time", 11}, {"field", 5},
                                {"code", 4},      {"error", 5},  {"key", 3},          {"value", 5}};
static const Type *const bad_types[] = {&type_bigint, &type_ltz3,   &type_string, &type_string,
                                        &type_int,    &type_bigint, &type_ltz3,   &type_string,
                                        &type_string, &type_string, &type_bytes,  &type_bytes};
static const Str late_names[] = {{"seq", 3},           {"at", 2},          {"time", 4},  {"watermark", 9},
                                 {"window_start", 12}, {"window_end", 10}, {"topic", 5}, {"partition", 9},
                                 {"offset", 6},        {"row", 3}};
static const Type *const late_types[] = {&type_bigint,     &type_ltz3,       &type_timestamp3, &type_timestamp3,
                                         &type_timestamp3, &type_timestamp3, &type_string,     &type_int,
                                         &type_bigint,     &type_json};
static const Str refused_names[] = {{"seq", 3},  {"at", 2},    {"epoch", 5}, {"row_number", 10},
                                    {"code", 4}, {"error", 5}, {"row", 3}};
static const Type *const refused_types[] = {&type_bigint, &type_ltz3,   &type_bigint, &type_bigint,
                                            &type_string, &type_string, &type_json};

typedef struct SideKind {
	const char *name;
	const Str *names;
	const Type *const *types;
	uint32_t ncols;
} SideKind;

static const SideKind kinds[] = {{"bad", bad_names, bad_types, 12},
                                 {"late", late_names, late_types, 10},
                                 {"refused", refused_names, refused_types, 7}};

static void declare(CatalogEdit *ce, Str owner, const SideKind *kind, uint64_t version)
{
	Arena *arena = arena_open("side table", 0);
	Relation *r = ARENA_NEW(arena, Relation);
	TableDef *t = ARENA_NEW(arena, TableDef);
	r->kind = REL_SIDE;
	r->arena = arena;
	r->schema = arena_str(arena, owner);
	r->name = str_from(kind->name);
	r->version = version;
	r->table = t;
	t->name = r->name;
	t->watermark_col = -1;
	t->ncols = kind->ncols;
	t->cols = ARENA_ARRAY_ZERO(arena, ColumnDef, kind->ncols);
	for (uint32_t i = 0; i < kind->ncols; i++) {
		t->cols[i].name = kind->names[i];
		t->cols[i].type = kind->types[i];
	}
	t->key = ARENA_NEW(arena, uint32_t);
	t->nkey = 1;
	r->stored.kind = STORED_BY_KEY;
	r->stored.key = t->key;
	r->stored.nkey = 1;
	r->stored.state = arena_printf(arena, "%.*s.%s", STR_ARG(owner), kind->name);
	catalog_put_relation(ce, r);
}

void side_declare(CatalogEdit *ce, const Relation *r, uint64_t version)
{
	if (r->kind == REL_SOURCE)
		declare(ce, r->name, &kinds[0], version);
	if (r->kind == REL_MVIEW)
		declare(ce, r->name, &kinds[1], version);
}

void side_declare_query(CatalogEdit *ce, Str name, bool sink, uint64_t version)
{
	declare(ce, name, &kinds[1], version);
	if (sink)
		declare(ce, name, &kinds[2], version);
}

static SideTable *open_side(Engine *e, Str owner, const SideKind *kind)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_printf(&name, "%.*s.%s", STR_ARG(owner), kind->name);
	SideTable *s = map_get(&e->sides, strbuf_str(&name));
	if (!s) {
		s = MEM_NEW(SideTable);
		StateRows rows = {strbuf_str(&name), kind->ncols, kind->names, kind->types};
		/* late rows go back with their query, which will meet them again */
		const Query *q = kind == &kinds[1] ? query_find(e, owner) : NULL;
		StateSpec spec = {.name = strbuf_str(&name), .unit = q ? q->unit : 0, .kind = STATE_ORDERED, .rows = &rows};
		Err err = {0};
		if (!state_open(e->store, &spec, &s->rows, &err))
			LOGE("engine", "a side table cannot be opened", "table=%s error=\"%s\"", strbuf_cstr(&name), err.message);
		map_put(&e->sides, strbuf_str(&name), s);
	}
	strbuf_deinit(&name);
	return s;
}

/* seq: the row's key; the same seq again changes nothing. */
static void put_row(Engine *e, Str owner, const SideKind *kind, int64_t seq, Value *values)
{
	SideTable *s = open_side(e, owner, kind);
	if (!s->rows)
		return;
	values[0] = value_i64(seq);
	values[1] = value_i64(clock_wall_us(e->clock) / 1000 * 1000);
	StrBuf key, row;
	strbuf_init(&key);
	strbuf_init(&row);
	value_encode_key(&type_bigint, values[0], &key);
	for (uint32_t i = 0; i < kind->ncols; i++)
		value_encode(kind->types[i], values[i], &row);
	state_put(s->rows, strbuf_str(&key), strbuf_str(&row));
	strbuf_deinit(&key);
	strbuf_deinit(&row);
	int64_t most = settings_int(e->settings, "weir.side-rows.max");
	if (state_rows(s->rows) > most) {
		Arena *arena = arena_open("side", 0);
		StateScan *scan = state_scan_open(s->rows, (Str){0}, (Str){0}, false, true, arena);
		Str k, v;
		if (state_scan_next(scan, &k, &v)) {
			Str copy = arena_str(arena, k);
			state_scan_close(scan);
			state_del(s->rows, copy);
			s->dropped++;
		} else {
			state_scan_close(scan);
		}
		arena_close(arena);
	}
}

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

/* A record that is read again (after a failure, by another query, by a decoder made anew) is kept once.
 * Table weir.bad: (table, partition, position, query, field) -> seq. */
static bool new_bad(Engine *e, Str table, const ReaderBad *bad, Str query, int64_t *seq)
{
	SideTable *s = open_side(e, table, &kinds[0]);
	if (!s->rows)
		return false;
	StrBuf key, row;
	strbuf_init(&key);
	strbuf_init(&row);
	codec_put_bytes(&key, table);
	codec_put_bytes(&key, bad->partition);
	codec_put_i64(&key, bad->position);
	codec_put_bytes(&key, query);
	codec_put_bytes(&key, bad->field);
	uint32_t len;
	const void *old = state_get(e->bad_rows, strbuf_str(&key), &len);
	bool fresh = true;
	if (old && len == sizeof *seq) {
		memcpy(seq, old, sizeof *seq);
		value_encode_key(&type_bigint, value_i64(*seq), &row);
		fresh = !state_get(s->rows, strbuf_str(&row), &len);
	}
	if (fresh) {
		*seq = (int64_t)e->next_side++;
		state_put(e->bad_rows, strbuf_str(&key), str_make((const char *)seq, sizeof *seq));
	}
	strbuf_deinit(&key);
	strbuf_deinit(&row);
	return fresh;
}

static void forget_bad(Engine *e, Str table)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	codec_put_bytes(&from, table);
	codec_put_bytes(&to, table);
	if (codec_prefix_end(&to))
		state_del_range(e->bad_rows, strbuf_str(&from), strbuf_str(&to));
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}

bool side_bad(Engine *e, Str table, const ReaderBad *bad, Err *err)
{
	(void)err;
	Value v[12];
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
	int64_t seq;
	if (new_bad(e, table, bad, query, &seq))
		put_row(e, table, &kinds[0], seq, v);
	return true;
}

static void print_row_json(Operator *op, Str row, StrBuf *out)
{
	const Plan *in = op->plan->inputs[0];
	CodecReader r = codec_reader(row);
	strbuf_putc(out, '{');
	for (uint32_t i = 0; i < in->ncols; i++) {
		Value v;
		if (!value_decode(in->cols[i].type, &r, &v))
			break;
		if (i)
			strbuf_putc(out, ',');
		strbuf_put_json(out, in->cols[i].name);
		strbuf_putc(out, ':');
		value_print(in->cols[i].type, v, VALUE_JSON, op->run->env.zone, out);
	}
	strbuf_putc(out, '}');
}

void side_late(void *query, Operator *op, const LateRow *row)
{
	Query *q = query;
	Engine *e = q->engine;
	Value v[10];
	StrBuf json;
	strbuf_init(&json);
	print_row_json(op, row->row, &json);
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
	v[9] = value_str(strbuf_str(&json));
	q->late++;
	put_row(e, q->name, &kinds[1], (int64_t)e->next_side++, v);
	strbuf_deinit(&json);
}

void side_refused(Engine *e, Str sink, const SinkRefused *refused, Str row_json)
{
	Value v[7];
	char code[16];
	code_text(&refused->err, code, sizeof code);
	v[2] = value_i64((int64_t)refused->epoch);
	v[3] = value_i64((int64_t)refused->row);
	v[4] = value_str(str_from(code));
	v[5] = value_str(str_from(refused->err.message));
	v[6] = value_str(row_json);
	put_row(e, sink, &kinds[2], (int64_t)(refused->epoch << 24 | refused->row), v);
}

void side_drop(Engine *e, Str owner)
{
	forget_bad(e, owner);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		StrBuf name;
		strbuf_init(&name);
		strbuf_printf(&name, "%.*s.%s", STR_ARG(owner), kinds[k].name);
		if (map_has(&e->sides, strbuf_str(&name)) || store_has_table(e->store, strbuf_str(&name))) {
			SideTable *s = open_side(e, owner, &kinds[k]);
			if (s->rows)
				state_drop(s->rows);
			map_remove(&e->sides, strbuf_str(&name));
			mem_free(s);
		}
		strbuf_deinit(&name);
	}
}

void side_close(Engine *e)
{
	uint32_t it = 0;
	for (MapEntry *m; (m = map_next(&e->sides, &it));)
		mem_free(m->value);
}
