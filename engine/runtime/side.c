/*
 * engine/runtime/side.c: the tables x.bad, x.late, x.refused: opened, bounded, oldest out.
 *
 * What goes into them is made in side_keep.c, what REPLAY takes out again in replay.c.
 */
#include "engine/runtime/side.h"

#include <stdio.h>

#include "base/log.h"

static const Str bad_names[] = {{"seq", 3},    {"at", 2},           {"query", 5}, {"topic", 5}, {"partition", 9},
                                {"offset", 6}, {"record_time", 11}, {"field", 5}, {"code", 4},  {"error", 5},
                                {"key", 3},    {"value", 5},        {"kind", 4}};
static const Type *const bad_types[] = {&type_bigint, &type_ltz3,  &type_string, &type_string, &type_int,
                                        &type_bigint, &type_ltz3,  &type_string, &type_string, &type_string,
                                        &type_bytes,  &type_bytes, &type_string};
static const Str late_names[] = {{"seq", 3},           {"at", 2},          {"time", 4},  {"watermark", 9},
                                 {"window_start", 12}, {"window_end", 10}, {"topic", 5}, {"partition", 9},
                                 {"offset", 6},        {"kind", 4},        {"row", 3}};
static const Type *const late_types[] = {&type_bigint,     &type_ltz3,       &type_timestamp3, &type_timestamp3,
                                         &type_timestamp3, &type_timestamp3, &type_string,     &type_int,
                                         &type_bigint,     &type_string,     &type_json};
static const Str refused_names[] = {{"seq", 3},  {"at", 2},    {"epoch", 5}, {"row_number", 10},
                                    {"code", 4}, {"error", 5}, {"kind", 4},  {"row", 3}};
static const Type *const refused_types[] = {&type_bigint, &type_ltz3,   &type_bigint, &type_bigint,
                                            &type_string, &type_string, &type_string, &type_json};

typedef struct SideShape {
	const char *name;
	const Str *names;
	const Type *const *types;
	uint32_t ncols;
} SideShape;

static const SideShape shapes[] = {[SIDE_BAD] = {"bad", bad_names, bad_types, 13},
                                   [SIDE_LATE] = {"late", late_names, late_types, 11},
                                   [SIDE_REFUSED] = {"refused", refused_names, refused_types, 8}};
enum { SIDE_KINDS = sizeof shapes / sizeof *shapes };

/* ---- in the catalog ---- */

static void declare(CatalogEdit *ce, Str owner, SideWhat what, uint64_t version)
{
	const SideShape *shape = &shapes[what];
	Arena *arena = arena_open("side table", 0);
	Relation *r = ARENA_NEW(arena, Relation);
	TableDef *t = ARENA_NEW(arena, TableDef);
	r->kind = REL_SIDE;
	r->arena = arena;
	r->schema = arena_str(arena, owner);
	r->name = str_from(shape->name);
	r->version = version;
	r->table = t;
	r->append_only = true; /* what leaves the table does not take back what was made of it */
	t->name = r->name;
	t->watermark_col = -1;
	t->ncols = shape->ncols;
	t->cols = ARENA_ARRAY_ZERO(arena, ColumnDef, shape->ncols);
	for (uint32_t i = 0; i < shape->ncols; i++) {
		t->cols[i].name = shape->names[i];
		t->cols[i].type = shape->types[i];
	}
	t->key = ARENA_NEW(arena, uint32_t);
	t->nkey = 1;
	r->stored.kind = STORED_BY_KEY;
	r->stored.key = t->key;
	r->stored.nkey = 1;
	r->stored.state = arena_printf(arena, "%.*s.%s", STR_ARG(owner), shape->name);
	catalog_put_relation(ce, r);
}

void side_declare(CatalogEdit *ce, const Relation *r, uint64_t version)
{
	if (r->kind == REL_SOURCE || r->kind == REL_MVIEW)
		declare(ce, r->name, SIDE_BAD, version);
	if (r->kind == REL_MVIEW)
		declare(ce, r->name, SIDE_LATE, version);
}

void side_declare_query(CatalogEdit *ce, Str name, bool sink, uint64_t version)
{
	/* a query with the name of its sink shares the table's .bad */
	if (!catalog_find(catalog_edited(ce), name, STR("bad")))
		declare(ce, name, SIDE_BAD, version);
	declare(ce, name, SIDE_LATE, version);
	if (sink)
		declare(ce, name, SIDE_REFUSED, version);
}

bool side_what(const Relation *rel, SideWhat *what)
{
	for (int k = 0; rel->kind == REL_SIDE && k < SIDE_KINDS; k++)
		if (str_eq_c(rel->name, shapes[k].name)) {
			*what = (SideWhat)k;
			return true;
		}
	return false;
}

/* ---- the stored tables ---- */

uint32_t side_types(SideWhat what, const Type *const **types)
{
	*types = shapes[what].types;
	return shapes[what].ncols;
}

static StateTable *open_part(Engine *e, Str name, uint32_t unit, const StateRows *rows)
{
	StateSpec spec = {.name = name, .unit = unit, .kind = STATE_ORDERED, .rows = rows};
	StateTable *t = NULL;
	Err err = {0};
	if (state_open(e->store, &spec, &t, &err))
		return t;
	if (err.code == ERR_STATE_FORMAT && store_drop_table(e->store, name)) {
		LOGW("engine", "a side table of an earlier version has other columns and begins anew", "table=%.*s",
		     STR_ARG(name));
		if (state_open(e->store, &spec, &t, &err))
			return t;
	}
	LOGE("engine", "a side table cannot be opened", "table=%.*s error=\"%s\"", STR_ARG(name), err.message);
	return NULL;
}

SideTable *side_open(Engine *e, Str owner, SideWhat what)
{
	const SideShape *shape = &shapes[what];
	StrBuf name;
	strbuf_init(&name);
	strbuf_printf(&name, "%.*s.%s", STR_ARG(owner), shape->name);
	SideTable *s = map_get(&e->sides, strbuf_str(&name));
	if (!s) {
		s = MEM_NEW(SideTable);
		s->what = what;
		strbuf_init(&s->gone);
		strbuf_init(&s->oldest);
		StateRows rows = {strbuf_str(&name), shape->ncols, shape->names, shape->types};
		/* late rows go back with their query, which will meet them again */
		const Query *q = what == SIDE_LATE ? query_find(e, owner) : NULL;
		map_put(&e->sides, strbuf_str(&name), s);
		s->rows = open_part(e, strbuf_str(&name), q ? q->unit : 0, &rows);
		strbuf_puts(&name, ".raw");
		s->raw = s->rows ? open_part(e, strbuf_str(&name), q ? q->unit : 0, NULL) : NULL;
		if (!s->raw)
			s->rows = NULL;
	}
	strbuf_deinit(&name);
	return s;
}

SideTable *side_of(Engine *e, const Relation *rel)
{
	SideWhat what;
	return side_what(rel, &what) ? side_open(e, rel->schema, what) : NULL;
}

/* ---- rows ---- */

void side_put_raw(SideTable *s, Str key, const SideRaw *raw)
{
	StrBuf b;
	strbuf_init(&b);
	uint8_t flags[4] = {raw->is_row, raw->passed, raw->stale, raw->kind};
	uint8_t headers = raw->headers.ptr != NULL;
	codec_put_fixed(&b, flags, sizeof flags);
	codec_put_blob(&b, raw->index);
	codec_put_blob(&b, raw->partition);
	codec_put_fixed(&b, &raw->position, 8);
	codec_put_fixed(&b, &raw->time_us, 8);
	codec_put_fixed(&b, &headers, 1);
	codec_put_blob(&b, raw->headers.ptr ? raw->headers : STR_EMPTY);
	codec_put_fixed(&b, &raw->met, 8);
	codec_put_fixed(&b, &raw->node, 4);
	codec_put_fixed(&b, &raw->weight, 8);
	codec_put_fixed(&b, &raw->epoch, 8);
	codec_put_blob(&b, raw->values);
	state_put(s->raw, key, strbuf_str(&b));
	strbuf_deinit(&b);
}

bool side_raw(const SideTable *s, Str key, SideRaw *out)
{
	uint32_t len;
	const void *v = state_get(s->raw, key, &len);
	*out = (SideRaw){0};
	if (!v)
		return false;
	CodecReader r = codec_reader(str_make(v, len));
	uint8_t flags[4], headers = 0;
	bool ok = codec_get_fixed(&r, flags, sizeof flags) && codec_get_blob(&r, &out->index) &&
	          codec_get_blob(&r, &out->partition) && codec_get_fixed(&r, &out->position, 8) &&
	          codec_get_fixed(&r, &out->time_us, 8) && codec_get_fixed(&r, &headers, 1) &&
	          codec_get_blob(&r, &out->headers) && codec_get_fixed(&r, &out->met, 8) &&
	          codec_get_fixed(&r, &out->node, 4) && codec_get_fixed(&r, &out->weight, 8) &&
	          codec_get_fixed(&r, &out->epoch, 8) && codec_get_blob(&r, &out->values);
	if (!ok)
		return false;
	out->is_row = flags[0];
	out->passed = flags[1];
	out->stale = flags[2];
	out->kind = flags[3];
	if (!headers)
		out->headers = (Str){0};
	return true;
}

void side_change(SideTable *s, Str key, const Value *values)
{
	const SideShape *shape = &shapes[s->what];
	StrBuf row;
	strbuf_init(&row);
	for (uint32_t i = 0; i < shape->ncols; i++)
		value_encode(shape->types[i], values[i], &row);
	state_put(s->rows, key, strbuf_str(&row));
	strbuf_deinit(&row);
}

void side_remove(Engine *e, SideTable *s, Str key)
{
	SideRaw raw;
	if (side_raw(s, key, &raw) && raw.index.len)
		state_del(e->bad_rows, raw.index);
	state_del(s->raw, key);
	state_del(s->rows, key);
}

void side_gone(SideTable *s, Str key)
{
	codec_put_blob(&s->gone, key);
}

void side_thrown_back(Engine *e, const Query *q)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_printf(&name, "%.*s.late", STR_ARG(q->name));
	SideTable *s = map_get(&e->sides, strbuf_str(&name));
	strbuf_deinit(&name);
	if (s)
		strbuf_clear(&s->oldest);
	CodecReader r = codec_reader(s ? strbuf_str(&s->gone) : STR_EMPTY);
	Str key;
	while (s && s->rows && codec_get_blob(&r, &key))
		side_remove(e, s, key);
}

void side_sealed(Engine *e)
{
	uint32_t it = 0;
	for (MapEntry *m; (m = map_next(&e->sides, &it));) {
		SideTable *s = m->value;
		strbuf_clear(&s->gone);
	}
}

/* ---- who reads them ---- */

static bool has_row_behind(const SideTable *s, Str cursor)
{
	Arena *arena = arena_open("side", 0);
	StateScan *scan = state_scan_open(s->rows, (Str){0}, (Str){0}, true, true, arena);
	Str key, value;
	bool behind = state_scan_next(scan, &key, &value) && (!cursor.len || str_cmp(key, cursor) > 0);
	state_scan_close(scan);
	arena_close(arena);
	return behind;
}

static bool scan_unread(Engine *e, const Query *q, const Plan *scan, const SideTable *s)
{
	for (uint32_t i = 0; i < q->nfeeds; i++)
		if (q->feeds[i].scan == scan)
			return q->feeds[i].behind || has_row_behind(s, strbuf_str(&q->feeds[i].cursor));
	StrBuf cursor;
	strbuf_init(&cursor);
	feed_stored_cursor(e, q->name, scan, &cursor);
	bool unread = has_row_behind(s, strbuf_str(&cursor));
	strbuf_deinit(&cursor);
	return unread;
}

const Query *side_unread(Engine *e, const SideTable *s)
{
	for (const Query *q = e->queries; q; q = q->next)
		for (uint32_t i = 0; !q->follower && i < q->ninputs; i++) {
			const Relation *rel = q->inputs[i]->scan.rel;
			if (rel->kind == REL_SIDE && side_of(e, rel) == s && scan_unread(e, q, q->inputs[i], s))
				return q;
		}
	return NULL;
}

static void push_out_oldest(Engine *e, SideTable *s)
{
	Arena *arena = arena_open("side", 0);
	/* not from the first key: what has just been deleted would be passed over again and again */
	StateScan *scan =
	    state_scan_open(s->rows, s->oldest.len ? strbuf_str(&s->oldest) : (Str){0}, (Str){0}, false, true, arena);
	Str k, v;
	Str oldest = state_scan_next(scan, &k, &v) ? arena_str(arena, k) : STR_EMPTY;
	state_scan_close(scan);
	if (oldest.len) {
		side_remove(e, s, oldest);
		s->dropped++;
	}
	strbuf_clear(&s->oldest);
	strbuf_put_str(&s->oldest, oldest);
	arena_close(arena);
}

void side_put(Engine *e, SideTable *s, int64_t seq, Value *values, const SideRaw *raw)
{
	if (!s->rows)
		return;
	values[0] = value_i64(seq);
	values[1] = value_i64(clock_wall_us(e->clock) / 1000 * 1000);
	StrBuf key;
	strbuf_init(&key);
	value_encode_key(&type_bigint, values[0], &key);
	side_change(s, strbuf_str(&key), values);
	side_put_raw(s, strbuf_str(&key), raw);
	strbuf_deinit(&key);
	if (state_rows(s->rows) > settings_int(e->settings, "weir.side-rows.max"))
		push_out_oldest(e, s);
}

/* ---- the end ---- */

static void free_side(SideTable *s)
{
	strbuf_deinit(&s->gone);
	strbuf_deinit(&s->oldest);
	mem_free(s);
}

bool side_shares_bad(Engine *e, Str query)
{
	const Relation *table = catalog_find(e->catalog, STR_EMPTY, query);
	return table && table->kind == REL_SOURCE;
}

void side_close_one(Engine *e, Str owner, SideWhat what)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_printf(&name, "%.*s.%s", STR_ARG(owner), shapes[what].name);
	SideTable *s = map_remove(&e->sides, strbuf_str(&name));
	strbuf_deinit(&name);
	if (!s)
		return;
	if (s->rows) {
		state_close(s->rows);
		state_close(s->raw);
	}
	free_side(s);
}

/* Its query is opened again, as another unit. */
void side_let_go(Engine *e, Str owner)
{
	side_close_one(e, owner, SIDE_LATE);
}

static void forget_met(Engine *e, Str owner)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	codec_put_bytes(&from, owner);
	codec_put_bytes(&to, owner);
	if (codec_prefix_end(&to))
		state_del_range(e->bad_rows, strbuf_str(&from), strbuf_str(&to));
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}

void side_drop(Engine *e, Str owner, bool bad_too)
{
	if (bad_too)
		forget_met(e, owner);
	for (int k = bad_too ? SIDE_BAD : SIDE_LATE; k < SIDE_KINDS; k++) {
		StrBuf name;
		strbuf_init(&name);
		strbuf_printf(&name, "%.*s.%s", STR_ARG(owner), shapes[k].name);
		if (map_has(&e->sides, strbuf_str(&name)) || store_has_table(e->store, strbuf_str(&name))) {
			SideTable *s = side_open(e, owner, (SideWhat)k);
			if (s->rows) {
				state_drop(s->rows);
				state_drop(s->raw);
			}
			map_remove(&e->sides, strbuf_str(&name));
			free_side(s);
		}
		strbuf_deinit(&name);
	}
}

void side_close(Engine *e)
{
	uint32_t it = 0;
	for (MapEntry *m; (m = map_next(&e->sides, &it));)
		free_side(m->value);
}
