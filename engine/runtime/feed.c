/*
 * engine/runtime/feed.c: what feeds the scans of a query: a reader, or the changes of a view or own table.
 *
 * A new query over stored rows walks them in the order of their keys, a chunk a step, while it runs (backfill): changes
 * at or below the cursor flow on, those above are skipped, for the walk will find them. The cursor is state of the
 * query, so a crash goes on where it was.
 *
 * A side table is walked for ever: its keys rise with every row that is kept, so what lies behind the cursor is what is
 * new. What leaves it (pushed out, replayed) is not taken back.
 */
#include "base/log.h"
#include "engine/runtime/again.h"
#include "engine/runtime/side.h"
#include "engine/runtime/skip.h"
#include "engine/operators/materialize.h"
#include "engine/operators/scan.h"

enum { FEED_WALK_ROWS = 4096, FEED_LOG_ROWS = 16384 };

typedef struct ReaderOwner {
	Engine *engine;
	Str query, positions; /* whose stored positions count for partitions that are found: one that reads here */
	Str table;
} ReaderOwner;

static bool stored_position(void *ctx, Str partition, ReaderPosition *out)
{
	ReaderOwner *o = ctx;
	return position_load(o->engine, o->query, o->positions, partition, out);
}

static bool source_reader_bad_row(void *ctx, const ReaderBad *bad, Err *err)
{
	ReaderOwner *o = ctx;
	return side_bad(o->engine, o->table, bad, err);
}

/* Do two queries stand at the same stored positions of a table? Both without any counts as the same. */
static bool equal_stored(Engine *e, Str a, Str a_positions, Str b, Str b_positions)
{
	Arena *arena = arena_open("positions", 0);
	StrBuf fa, ta, fb, tb;
	StrBuf *bufs[4] = {&fa, &ta, &fb, &tb};
	for (int i = 0; i < 4; i++) {
		strbuf_init(bufs[i]);
		codec_put_bytes(bufs[i], i < 2 ? a : b);
		codec_put_bytes(bufs[i], i < 2 ? a_positions : b_positions);
	}
	codec_prefix_end(&ta);
	codec_prefix_end(&tb);
	StateScan *sa = state_scan_open(e->positions, strbuf_str(&fa), strbuf_str(&ta), false, true, arena);
	StateScan *sb = state_scan_open(e->positions, strbuf_str(&fb), strbuf_str(&tb), false, true, arena);
	bool same = true;
	for (;;) {
		Str ka, va, kb, vb;
		bool ma = state_scan_next(sa, &ka, &va), mb = state_scan_next(sb, &kb, &vb);
		if (!ma || !mb) {
			same = ma == mb;
			break;
		}
		Str pa = str_slice(ka, (uint32_t)fa.len, ka.len), pb = str_slice(kb, (uint32_t)fb.len, kb.len);
		if (!str_eq(pa, pb) || !str_eq(va, vb)) {
			same = false;
			break;
		}
	}
	state_scan_close(sa);
	state_scan_close(sb);
	for (int i = 0; i < 4; i++)
		strbuf_deinit(bufs[i]);
	arena_close(arena);
	return same;
}

/* A table that is read with several sets of options is several relations of one name. */
static void number_feed(const Query *q, Feed *f)
{
	f->number = 1;
	for (const Feed *g = q->feeds; g < f; g++) {
		if (!g->number || !str_eq(g->rel->name, f->rel->name))
			continue;
		f->number = g->rel == f->rel ? g->number : g->number >= f->number ? g->number + 1 : f->number;
		if (g->rel == f->rel)
			break;
	}
	f->positions =
	    f->number == 1 ? f->rel->name : arena_printf(q->arena, "%.*s\x01%u", STR_ARG(f->rel->name), f->number);
}

static void free_owner(ReaderOwner *o)
{
	mem_free((void *)(uintptr_t)o->query.ptr);
	mem_free((void *)(uintptr_t)o->positions.ptr);
	mem_free((void *)(uintptr_t)o->table.ptr);
	mem_free(o);
}

static bool open_reader(Engine *e, Query *q, Feed *f, Err *err)
{
	number_feed(q, f);
	ReaderOptions ro = {
	    .rel = f->rel,
	    .source = e->opt.test_source,
	    .source_ctx = e->opt.test_ctx,
	    .clock = e->clock,
	    .settings = q->settings,
	    .memory_bytes = settings_size(e->settings, "weir.source.memory"),
	    .skew_guard = !e->opt.test_source && str_ends(f->rel->table->connector, STR("kafka")),
	    .stored = stored_position,
	    .bad = source_reader_bad_row,
	    .wake = engine_wake,
	    .wake_ctx = e,
	    .watermark_ms = position_watermark(e, q->name, f->positions),
	};
	/* a reader of the table that has not moved from where this query stands */
	for (uint32_t i = 0; i < e->nreaders; i++) {
		ReaderSlot *s = &e->readers[i];
		if (s->rel != f->rel || s->started || !s->owner || !source_reader_suits(s->reader, &ro))
			continue;
		ReaderOwner *o = s->owner;
		if (!equal_stored(e, q->name, f->positions, o->query, o->positions) ||
		    position_watermark(e, q->name, f->positions) != position_watermark(e, o->query, o->positions))
			continue;
		f->reader = s->reader;
		f->scan_in = source_reader_attach(f->reader, f->scan, f->op, f, err);
		position_skips(e, q->name, f->rel->name, f->scan_in);
		return f->scan_in != NULL;
	}
	ReaderOwner *o = MEM_NEW(ReaderOwner);
	o->engine = e;
	o->query = str_from(mem_cstr(q->name));
	o->positions = str_from(mem_cstr(f->positions));
	o->table = str_from(mem_cstr(f->rel->name));
	ro.ctx = o;
	if (!source_reader_open(&ro, &f->reader, err)) {
		free_owner(o);
		return false;
	}
	f->scan_in = source_reader_attach(f->reader, f->scan, f->op, f, err);
	position_skips(e, q->name, f->rel->name, f->scan_in);
	if (e->nreaders == e->readers_cap) {
		e->readers_cap = e->readers_cap ? e->readers_cap * 2 : 8;
		e->readers = mem_realloc(e->readers, e->readers_cap * sizeof *e->readers);
	}
	e->readers[e->nreaders] = (ReaderSlot){.reader = f->reader, .rel = f->rel, .group = e->nreaders, .owner = o};
	e->nreaders++;
	return true;
}

static void cursor_key(Str query, const Plan *scan, StrBuf *key)
{
	codec_put_bytes(key, query);
	codec_put_bytes(key, STR("\x01walk"));
	codec_put_i64(key, scan->id);
}

/* absent: from the start; a byte 1: ended */
bool feed_stored_cursor(Engine *e, Str query, const Plan *scan, StrBuf *cursor)
{
	StrBuf key;
	strbuf_init(&key);
	cursor_key(query, scan, &key);
	uint32_t len;
	const char *v = state_get(e->positions, strbuf_str(&key), &len);
	bool walking = !v || !len || v[0] == 0;
	if (v && len && walking)
		strbuf_put(cursor, v + 1, len - 1);
	strbuf_deinit(&key);
	return walking;
}

static bool open_stored(Engine *e, Query *q, Feed *f, StateTable *rows)
{
	if (f->scan->scan.lookup)
		return true;
	f->walk = rows;
	f->walking = feed_stored_cursor(e, q->name, f->scan, &f->cursor);
	missed_open(e, f);
	skip_open(e, f);
	return true;
}

Query *feed_maker(Engine *e, const Relation *rel)
{
	SideWhat what;
	if (rel->kind == REL_MVIEW)
		return query_find(e, rel->name);
	return side_what(rel, &what) && what == SIDE_LATE ? query_find(e, rel->schema) : NULL;
}

static bool open_side(Engine *e, Query *q, Feed *f, Err *err)
{
	const SideTable *s = side_of(e, f->rel);
	if (!s || !s->rows)
		return err_set(err, ERR_INTERNAL, "side table \"%.*s.%.*s\" is not open", STR_ARG(f->rel->schema),
		               STR_ARG(f->rel->name));
	f->view = feed_maker(e, f->rel);
	if (f->view && f->view->state != QUERY_RUNNING)
		return err_set(err, ERR_WRONG_OBJECT, "query \"%.*s\" is not running", STR_ARG(f->view->name));
	f->tail = true;
	return open_stored(e, q, f, s->rows);
}

bool feed_open(Engine *e, Query *q, Feed *f, Err *err)
{
	if (f->scan->scan.lookup && f->rel->kind == REL_SOURCE)
		return true; /* asked by key */
	switch (f->rel->kind) {
	case REL_SOURCE: {
		bool readable, bounded = true, changelog;
		if (e->opt.source_facts && !e->opt.test_source &&
		    !e->opt.source_facts(f->rel->table, &readable, &bounded, &changelog, err))
			return false;
		f->endless = !bounded;
		if (!open_reader(e, q, f, err))
			return false;
		missed_open(e, f);
		return true;
	}
	case REL_MVIEW: {
		Query *v = query_find(e, f->rel->name);
		if (!v)
			return err_set(err, ERR_INTERNAL, "view \"%.*s\" has no query", STR_ARG(f->rel->name));
		if (v->state != QUERY_RUNNING)
			return err_set(err, ERR_WRONG_OBJECT, "view \"%.*s\" is not running", STR_ARG(f->rel->name));
		f->view = v;
		return open_stored(e, q, f, graph_view_rows(v->graph));
	}
	case REL_OWN: {
		OwnTable *t = own_find(e, f->rel);
		if (!t)
			return err_set(err, ERR_INTERNAL, "table \"%.*s\" is not open", STR_ARG(f->rel->name));
		f->table = t;
		return open_stored(e, q, f, t->rows);
	}
	case REL_SIDE: return open_side(e, q, f, err);
	default:
		return err_set(err, ERR_NOT_SUPPORTED, "continuous queries over \"%.*s\" are not supported yet",
		               STR_ARG(f->rel->name));
	}
}

void feed_close(Engine *e, Feed *f)
{
	strbuf_deinit(&f->cursor);
	strbuf_deinit(&f->fed);
	strbuf_deinit(&f->log_at);
	strbuf_deinit(&f->log_key);
	skip_close(f);
	feed_detach(e, f);
}

const Feed *feed_of_reader(const Engine *e, const Reader *r)
{
	for (const Query *q = e->queries; q; q = q->next)
		for (uint32_t i = 0; i < q->nfeeds; i++)
			if (q->feeds[i].reader == r && !q->follower)
				return &q->feeds[i];
	return NULL;
}

/* The positions of a query that goes may be dropped: those of one that stays are the same. */
static void hand_over(Engine *e, const Reader *r, ReaderOwner *o)
{
	const Feed *stays = feed_of_reader(e, r);
	if (!stays || str_eq(o->query, stays->query->name))
		return;
	mem_free((void *)(uintptr_t)o->query.ptr);
	mem_free((void *)(uintptr_t)o->positions.ptr);
	o->query = str_from(mem_cstr(stays->query->name));
	o->positions = str_from(mem_cstr(stays->positions));
}

void feed_detach(Engine *e, Feed *f)
{
	if (!f->reader)
		return;
	Reader *r = f->reader;
	f->reader = NULL;
	source_reader_detach(r, f->scan_in);
	f->scan_in = NULL;
	for (uint32_t i = 0; i < e->nreaders; i++)
		if (e->readers[i].reader == r) {
			ReaderOwner *o = e->readers[i].owner;
			if (source_reader_nscans(r)) {
				hand_over(e, r, o);
				return;
			}
			e->readers[i] = e->readers[--e->nreaders];
			source_reader_close(r);
			free_owner(o);
			return;
		}
}

/* The scan's columns of rows of the relation. */
static const Batch *pick_columns(const Feed *f, const Batch *b, bool hide_time, Arena *arena)
{
	const PlanScan *s = &f->scan->scan;
	Column *cols = ARENA_ARRAY(arena, Column, f->scan->ncols + 1);
	for (uint32_t i = 0; i < f->scan->ncols; i++)
		cols[i] = b->cols[s->cols[i]];
	Batch *out = ARENA_NEW(arena, Batch);
	*out = (Batch){b->n, f->scan->ncols, cols, b->weight, b->ord, hide_time ? NULL : b->stamp};
	return out;
}

const Batch *feed_seen_rows(const Relation *rel, Str cursor, const Batch *b, Arena *arena)
{
	const Stored *st = &rel->stored;
	Str *keys = ARENA_ARRAY(arena, Str, b->n + 1);
	materialize_keys(st, b, arena, keys);
	uint32_t *idx = ARENA_ARRAY(arena, uint32_t, b->n + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < b->n; i++) {
		/* a key by hash lacks the copy's number: the walk never stops between two copies */
		Str c = str_slice(cursor, 0, keys[i].len);
		if (cursor.len && str_cmp(keys[i], c) <= 0)
			idx[n++] = i;
	}
	return n == b->n ? b : batch_gather(b, idx, n, arena);
}

/* Rows of a chunk of the walk. */
typedef struct Walked {
	Value *values;
	Str *keys, *rows;
	int64_t *weight;
	uint32_t n, cap;
} Walked;

static void grow_walked(Walked *w, uint32_t ncols, Arena *arena)
{
	uint32_t old = w->cap;
	w->cap = old ? old * 2 : FEED_WALK_ROWS;
	w->values =
	    arena_grow(arena, w->values, (size_t)old * ncols * sizeof(Value), (size_t)w->cap * ncols * sizeof(Value));
	w->keys = arena_grow(arena, w->keys, old * sizeof(Str), w->cap * sizeof(Str));
	w->rows = arena_grow(arena, w->rows, old * sizeof(Str), w->cap * sizeof(Str));
	w->weight = arena_grow(arena, w->weight, old * sizeof(int64_t), w->cap * sizeof(int64_t));
}

/* Of a row that is kept by its hash: two copies of one row? */
static bool same_hash(Str a, Str b)
{
	return a.len > 16 && b.len > 16 && memcmp(a.ptr, b.ptr, 16) == 0;
}

/* The next rows of the walk. It never stops between two copies of a row, which could not say which of their changes it
 * has seen: they come as one row with their number as weight, or all, where one of them may be left out. */
static bool walk_chunk(Engine *e, Feed *f, int64_t next_ord, uint32_t max, const Batch **out, Err *err)
{
	Arena *arena = e->step;
	const TableDef *t = f->rel->table;
	bool by_hash = f->rel->stored.kind == STORED_BY_HASH, merge = by_hash && !f->query->skipping;
	/* just behind the cursor: its bytes and a zero byte more */
	StrBuf lower;
	strbuf_init(&lower);
	if (f->cursor.len) {
		strbuf_put_str(&lower, strbuf_str(&f->cursor));
		strbuf_putc(&lower, 0);
	}
	const Type **types = ARENA_ARRAY(arena, const Type *, t->ncols + 1);
	for (uint32_t i = 0; i < t->ncols; i++)
		types[i] = t->cols[i].type;
	StateScan *s = state_scan_open(f->walk, lower.len ? strbuf_str(&lower) : (Str){0}, (Str){0}, false, true, arena);
	Walked w = {0};
	Str key, value;
	bool ok = true;
	f->walking = false;
	while (ok && state_scan_next(s, &key, &value)) {
		bool copy = by_hash && same_hash(key, strbuf_str(&f->cursor));
		if (w.n >= max && !copy) {
			f->walking = true;
			break;
		}
		strbuf_clear(&f->cursor);
		strbuf_put_str(&f->cursor, key);
		if (f->walk_skips && skip_walked(e, f, arena_str(arena, key), arena_str(arena, value)))
			continue;
		if (merge && w.n && same_hash(key, w.keys[w.n - 1])) {
			w.weight[w.n - 1]++;
			continue;
		}
		if (w.n == w.cap)
			grow_walked(&w, t->ncols, arena);
		w.keys[w.n] = arena_str(arena, key);
		w.rows[w.n] = arena_str(arena, value);
		w.weight[w.n] = 1;
		ok = batch_decode_row(w.rows[w.n], types, t->ncols, w.values + (size_t)w.n * t->ncols) ||
		     err_set(err, ERR_STATE_CORRUPT, "a row of \"%.*s\" in the state file is damaged", STR_ARG(f->rel->name));
		w.n++;
	}
	state_scan_close(s);
	strbuf_deinit(&lower);
	f->step_rows += w.n;
	f->query->walked_unsealed += w.n;
	if (f->query->skipping) {
		f->walked_keys = w.keys;
		f->walked_rows = w.rows;
		f->nwalked = w.n;
		f->query->skip_walk_left -= w.n;
	}
	int64_t *ord = ARENA_ARRAY(arena, int64_t, w.n + 1);
	for (uint32_t i = 0; i < w.n; i++)
		ord[i] = next_ord + i;
	*out =
	    ok && w.n ? batch_from_values(types, t->ncols, w.values, w.n, merge ? w.weight : NULL, ord, NULL, arena) : NULL;
	return ok;
}

/* A query that looks for the row to skip takes one row a step, from all that feeds it. */
static uint32_t rows_allowed(const Feed *f, uint32_t most)
{
	const Query *q = f->query;
	if (!q->skipping)
		return most < q->engine->step_rows ? most : q->engine->step_rows;
	for (uint32_t i = 0; i < q->nfeeds; i++)
		if (q->feeds[i].step_rows || (q->feeds[i].reader && source_reader_taken(q->feeds[i].reader)))
			return 0;
	return 1;
}

static bool step_reader(Engine *e, Feed *f, int64_t next_ord, uint32_t *rows, Err *err)
{
	if (!source_reader_emit(f->reader, f->scan_in, &f->query->run.env, e->step, err))
		return false;
	f->query->bad += source_reader_bad_messages(f->scan_in);
	/* not between a scan that went and the reader's next service: others have yet to take their rows of this step */
	uint32_t max = f->behind && source_reader_planned(f->reader) ? rows_allowed(f, BATCH_ROWS_MAX) : 0;
	return !max || again_feed(e, f, next_ord, max, rows, err);
}

/* What waits in the log, as the scan's columns. */
static bool take_log(Engine *e, Feed *f, int64_t next_ord, BatchList *out, uint32_t *n, Err *err)
{
	BatchList missed = {0};
	uint32_t max = rows_allowed(f, FEED_LOG_ROWS);
	*n = 0;
	if (max && !missed_take(e, f, next_ord, max, &missed, n, err))
		return false;
	f->step_rows += *n;
	for (uint32_t i = 0; i < missed.len; i++) {
		const Batch *b = skip_filter(f, missed.items[i], e->step);
		if (b->n)
			ARENA_PUSH(e->step, out, pick_columns(f, b, true, e->step));
	}
	return true;
}

/* *walked: rows of the step so far, which give the next one its ordinal. */
static bool take_walk(Engine *e, Feed *f, int64_t next_ord, BatchList *out, uint32_t *walked, Err *err)
{
	uint32_t max = rows_allowed(f, FEED_WALK_ROWS);
	const Batch *b = NULL;
	if (max && !walk_chunk(e, f, next_ord + *walked, max, &b, err))
		return false;
	if (b) {
		*walked += b->n;
		ARENA_PUSH(e->step, out, pick_columns(f, b, true, e->step));
	}
	return true;
}

static bool step_tail(Engine *e, Feed *f, int64_t next_ord, uint32_t *walked, Err *err)
{
	BatchList list = {0};
	if (f->behind && !take_log(e, f, next_ord, &list, walked, err))
		return false;
	if (!f->behind && !take_walk(e, f, next_ord, &list, walked, err))
		return false;
	scan_feed(f->op, list.items, list.len, (Curve){BATCH_NO_WATERMARK, NULL, 0});
	return true;
}

/* The changes of this step. A query that looks for the row to skip gets them through the log. */
static void take_changes(Engine *e, Feed *f, const BatchList *in, bool walking, bool hide, BatchList *out)
{
	for (uint32_t i = 0; i < in->len && !f->behind; i++) {
		const Batch *b = in->items[i], *fed = skip_filter(f, b, e->step);
		if (walking) {
			bool same = fed == b;
			b = feed_seen_rows(f->rel, strbuf_str(&f->cursor), b, e->step);
			fed = same ? b : feed_seen_rows(f->rel, strbuf_str(&f->cursor), fed, e->step);
		}
		if (b->n && !f->query->follower)
			missed_note(f, b);
		if (fed->n)
			ARENA_PUSH(e->step, out, pick_columns(f, fed, hide, e->step));
	}
}

/* The right side of a lookup join has its rows; what changes in this step is told, for rows that came before. */
static bool step_lookup(Engine *e, Feed *f)
{
	static const BatchList none = {0};
	const BatchList *in = f->view    ? &f->view->graph->ops[f->view->graph->nops - 1]->out
	                      : f->table ? &f->table->changes
	                                 : &none;
	BatchList list = {0};
	for (uint32_t i = 0; i < in->len; i++)
		ARENA_PUSH(e->step, &list, pick_columns(f, in->items[i], true, e->step));
	scan_feed(f->op, list.items, list.len, (Curve){BATCH_NO_WATERMARK, NULL, 0});
	return true;
}

bool feed_step(Engine *e, Feed *f, int64_t next_ord, uint32_t *walked, Err *err)
{
	*walked = 0;
	if (f->scan->scan.lookup)
		return step_lookup(e, f);
	if (f->reader)
		return step_reader(e, f, next_ord, walked, err);
	if (f->tail)
		return step_tail(e, f, next_ord, walked, err);
	const BatchList *in = f->view ? &f->view->graph->ops[f->view->graph->nops - 1]->out : &f->table->changes;
	Curve up = {BATCH_NO_WATERMARK, NULL, 0};
	if (f->view)
		up = f->view->graph->ops[f->view->graph->nops - 1]->curve;
	BatchList list = {0};
	bool was_behind = f->behind, was_walking = f->walking, hide = was_behind || was_walking;
	Curve curve = {f->watermark_ms, NULL, 0};
	if (was_behind && !take_log(e, f, next_ord, &list, walked, err))
		return false;
	if (f->query->skipping && in->len)
		f->behind = true;
	take_changes(e, f, in, was_walking, hide, &list);
	if (hide) {
		if (was_walking && !f->behind && !take_walk(e, f, next_ord, &list, walked, err))
			return false;
		if (!f->walking && !f->behind && curve_last(&up) > f->watermark_ms) {
			WatermarkPoint *p = ARENA_NEW(e->step, WatermarkPoint);
			*p = (WatermarkPoint){next_ord + *walked, curve_last(&up)};
			curve.points = p;
			curve.len = 1;
		}
	} else if (!f->behind && (up.len || up.before > f->watermark_ms)) {
		curve = up;
	}
	f->watermark_ms = curve_last(&curve);
	scan_feed(f->op, list.items, list.len, curve);
	f->op->idle =
	    f->view && !hide && !f->behind ? f->view->graph->ops[f->view->graph->nops - 1]->idle : (ChannelIdle){0};
	return true;
}

void feed_checkpoint(Engine *e, Feed *f)
{
	missed_sealed(e, f);
	if (!f->walk)
		return;
	skip_sealed(e, f);
	StrBuf key, value;
	strbuf_init(&key);
	strbuf_init(&value);
	cursor_key(f->query->name, f->scan, &key);
	bool goes_on = f->walking || f->tail;
	strbuf_putc(&value, goes_on ? 0 : 1);
	if (goes_on)
		strbuf_put_str(&value, strbuf_str(&f->cursor));
	uint32_t len;
	const void *old = state_get(e->positions, strbuf_str(&key), &len);
	if (!old || len != value.len || memcmp(old, value.ptr, len) != 0)
		state_put(e->positions, strbuf_str(&key), strbuf_str(&value));
	strbuf_deinit(&key);
	strbuf_deinit(&value);
}
