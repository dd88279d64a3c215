/*
 * engine/runtime/missed.c: what views and own tables changed while a query that reads them stood still.
 *
 * A query that fails goes back to its last epoch, alone: the view it reads does not, and never emits those changes
 * again. So a feed keeps the changes of the current epoch, and a standing query has a log; after RESUME (or a restart)
 * the log is fed first, then what comes.
 *
 *   running:   changes -> feed, and a copy in feed->fed until the seal
 *   failing:   fed -> log               standing:  changes -> log               resumed:  log -> feed, then changes
 *
 * Table weir.missed: (query, scan, seq) -> rows; entries that were fed go with the seal that holds their effects.
 */
#include "engine/runtime/engine_int.h"

enum { MISSED_ROWS_A_STEP = 16384 };

static void entry_key(StrBuf *key, Str query, uint32_t scan, int64_t seq)
{
	strbuf_clear(key);
	codec_put_bytes(key, query);
	codec_put_i64(key, scan);
	codec_put_i64(key, seq);
}

static const Type **relation_types(const Relation *rel, Arena *arena)
{
	const Type **types = ARENA_ARRAY(arena, const Type *, rel->table->ncols + 1);
	for (uint32_t i = 0; i < rel->table->ncols; i++)
		types[i] = rel->table->cols[i].type;
	return types;
}

static void put_rows(const Batch *b, StrBuf *out)
{
	StrBuf row;
	strbuf_init(&row);
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t weight = b->weight ? b->weight[i] : 1, ord = b->ord ? b->ord[i] : 0;
		strbuf_clear(&row);
		batch_encode_row(b, i, &row);
		codec_put_fixed(out, &weight, 8);
		codec_put_fixed(out, &ord, 8);
		codec_put_blob(out, strbuf_str(&row));
	}
	strbuf_deinit(&row);
}

/* Up to BATCH_ROWS_MAX rows; NULL: none left, or damaged. */
static Batch *get_rows(CodecReader *r, const Relation *rel, Arena *arena)
{
	uint32_t ncols = rel->table->ncols, n = 0;
	const Type **types = relation_types(rel, arena);
	Value *values = ARENA_ARRAY(arena, Value, (size_t)BATCH_ROWS_MAX * ncols + 1);
	int64_t *weight = ARENA_ARRAY(arena, int64_t, BATCH_ROWS_MAX), *ord = ARENA_ARRAY(arena, int64_t, BATCH_ROWS_MAX);
	Str row;
	while (n < BATCH_ROWS_MAX && codec_get_fixed(r, &weight[n], 8) && codec_get_fixed(r, &ord[n], 8) &&
	       codec_get_blob(r, &row) && batch_decode_row(arena_str(arena, row), types, ncols, values + (size_t)n * ncols))
		n++;
	return n ? batch_from_values(types, ncols, values, n, weight, ord, NULL, arena) : NULL;
}

void missed_note(Feed *f, const Batch *b)
{
	put_rows(b, &f->fed);
}

/* Only rows that the walk has passed: the others it will find. */
static void append(Engine *e, Str query, const Plan *scan, const Relation *rel, const Batch *b)
{
	Arena *arena = e->step;
	StrBuf cursor, key, value;
	strbuf_init(&cursor);
	if (feed_stored_cursor(e, query, scan, &cursor))
		b = feed_seen_rows(rel, strbuf_str(&cursor), b, arena);
	strbuf_deinit(&cursor);
	if (!b->n)
		return;
	strbuf_init(&key);
	strbuf_init(&value);
	put_rows(b, &value);
	entry_key(&key, query, scan->id, (int64_t)e->next_side++);
	state_put(e->missed, strbuf_str(&key), strbuf_str(&value));
	strbuf_deinit(&key);
	strbuf_deinit(&value);
}

void missed_keep(Engine *e, Query *q)
{
	for (uint32_t i = 0; i < q->nfeeds; i++) {
		Feed *f = &q->feeds[i];
		if (!f->walk)
			continue;
		/* the view goes back too, and will emit its changes again */
		bool again = f->view && f->view->state != QUERY_RUNNING;
		size_t len = e->in_run ? f->fed_before : f->fed.len;
		CodecReader r = codec_reader(str_slice(strbuf_str(&f->fed), 0, (uint32_t)(again ? 0 : len)));
		Batch *b;
		while ((b = get_rows(&r, f->rel, e->step)))
			append(e, q->name, f->scan, f->rel, b);
		strbuf_clear(&f->fed);
		f->fed_before = 0;
	}
}

static const BatchList *changes_of(Engine *e, const Relation *rel)
{
	if (rel->kind == REL_OWN) {
		OwnTable *t = own_find(e, rel);
		return t ? &t->changes : NULL;
	}
	if (rel->kind == REL_SIDE)
		return NULL; /* its rows stay behind the cursor */
	Query *v = query_find(e, rel->name);
	if (!v || v->state != QUERY_RUNNING || !v->graph || !v->graph->nops)
		return NULL;
	return &v->graph->ops[v->graph->nops - 1]->out;
}

void missed_step(Engine *e)
{
	for (Query *q = e->queries; q; q = q->next) {
		if (q->follower)
			continue;
		for (uint32_t i = 0; i < q->ninputs; i++) {
			bool log = q->state != QUERY_RUNNING;
			for (uint32_t k = 0; k < q->nfeeds && !log; k++)
				log = q->feeds[k].scan == q->inputs[i] && q->feeds[k].behind;
			const BatchList *list = log ? changes_of(e, q->inputs[i]->scan.rel) : NULL;
			for (uint32_t b = 0; list && b < list->len; b++)
				append(e, q->name, q->inputs[i], q->inputs[i]->scan.rel, list->items[b]);
		}
		for (uint32_t k = 0; k < q->nfeeds; k++)
			q->feeds[k].fed_before = q->feeds[k].fed.len;
	}
}

static StateScan *open_log(Engine *e, const Feed *f, Arena *arena)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	entry_key(&from, f->query->name, f->scan->id, f->missed_next);
	entry_key(&to, f->query->name, f->scan->id, INT64_MAX);
	StateScan *s = state_scan_open(e->missed, arena_str(arena, strbuf_str(&from)), arena_str(arena, strbuf_str(&to)),
	                               false, true, arena);
	strbuf_deinit(&from);
	strbuf_deinit(&to);
	return s;
}

void missed_open(Engine *e, Feed *f)
{
	Arena *arena = arena_open("missed", 0);
	StateScan *s = open_log(e, f, arena);
	Str key, value;
	f->behind = state_scan_next(s, &key, &value);
	state_scan_close(s);
	arena_close(arena);
}

uint32_t missed_take(Engine *e, Feed *f, int64_t next_ord, BatchList *out)
{
	Arena *arena = e->step;
	StateScan *s = open_log(e, f, arena);
	Str key, value;
	uint32_t n = 0;
	while (f->behind) {
		if (n >= MISSED_ROWS_A_STEP)
			break;
		f->behind = state_scan_next(s, &key, &value);
		if (!f->behind)
			break;
		CodecReader k = codec_reader(str_slice(key, key.len - 8, key.len));
		int64_t seq;
		if (!codec_get_i64(&k, &seq))
			break;
		f->missed_next = seq + 1;
		CodecReader r = codec_reader(arena_str(arena, value));
		Batch *b;
		while ((b = get_rows(&r, f->rel, arena))) {
			int64_t *ord = ARENA_ARRAY(arena, int64_t, b->n);
			for (uint32_t i = 0; i < b->n; i++)
				ord[i] = next_ord + n + i;
			b->ord = ord;
			n += b->n;
			ARENA_PUSH(arena, out, b);
		}
	}
	state_scan_close(s);
	/* what came and went meanwhile is not met: a row that made the query fail may have been mended */
	if (out->len) {
		const Batch *all = batch_consolidate(batch_concat(out->items, out->len, arena), false, arena);
		out->items[0] = all;
		out->len = 1;
	}
	return n;
}

void missed_sealed(Engine *e, Feed *f)
{
	strbuf_clear(&f->fed);
	f->fed_before = 0;
	if (!f->missed_next || !f->walk)
		return;
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	entry_key(&from, f->query->name, f->scan->id, 0);
	entry_key(&to, f->query->name, f->scan->id, f->missed_next);
	state_del_range(e->missed, strbuf_str(&from), strbuf_str(&to));
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}

void missed_drop(Engine *e, Str query)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	codec_put_bytes(&from, query);
	codec_put_bytes(&to, query);
	if (codec_prefix_end(&to))
		state_del_range(e->missed, strbuf_str(&from), strbuf_str(&to));
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}
