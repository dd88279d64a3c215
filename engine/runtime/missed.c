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
 * Table weir.missed: (query, scan, seq) -> rows; entries that were fed go with the seal that holds their effects. An
 * entry that is taken row by row is split: (query, scan, seq, n). REPLAY appends to the log too: rows, and of a scan of
 * a connector table records (again.c).
 *
 * The log of a query is bounded by weir.missed.max. With more it is given up: one empty entry stands for all that was
 * not kept, and a query that meets it fails, until it is built anew. What it would show would be wrong.
 */
#include "engine/runtime/missed.h"

#include "base/log.h"

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

/* Up to BATCH_ROWS_MAX rows; NULL: none left, or (then r is not at its end) damaged. */
static Batch *get_rows(CodecReader *r, const Relation *rel, Arena *arena)
{
	uint32_t ncols = rel->table->ncols, n = 0;
	const Type **types = relation_types(rel, arena);
	Value *values = ARENA_ARRAY(arena, Value, (size_t)BATCH_ROWS_MAX * ncols + 1);
	int64_t *weight = ARENA_ARRAY(arena, int64_t, BATCH_ROWS_MAX), *ord = ARENA_ARRAY(arena, int64_t, BATCH_ROWS_MAX);
	Str row;
	bool fine = true;
	while (fine && n < BATCH_ROWS_MAX && r->at < r->end) {
		CodecReader before = *r;
		fine = codec_get_fixed(r, &weight[n], 8) && codec_get_fixed(r, &ord[n], 8) && codec_get_blob(r, &row) &&
		       batch_decode_row(arena_str(arena, row), types, ncols, values + (size_t)n * ncols);
		n += fine;
		if (!fine)
			*r = before;
	}
	return n ? batch_from_values(types, ncols, values, n, weight, ord, NULL, arena) : NULL;
}

void missed_note(Feed *f, const Batch *b)
{
	put_rows(b, &f->fed);
}

static void query_range(Str query, StrBuf *from, StrBuf *to)
{
	codec_put_bytes(from, query);
	codec_put_bytes(to, query);
	bool some = codec_prefix_end(to);
	ASSERT(some); /* names do not consist of 0xff */
}

static void count(Engine *e, Query *q)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	query_range(q->name, &from, &to);
	Arena *arena = arena_open("missed", 0);
	StateScan *s = state_scan_open(e->missed, strbuf_str(&from), strbuf_str(&to), false, true, arena);
	Str key, value;
	q->missed_bytes = 0;
	while (state_scan_next(s, &key, &value)) {
		q->missed_bytes += key.len + value.len;
		q->missed_lost |= value.len == 0;
	}
	state_scan_close(s);
	arena_close(arena);
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}

bool missed_is_lost(Engine *e, Str query)
{
	Query *q = query_find(e, query);
	if (q && q->missed_bytes < 0)
		count(e, q);
	return q && q->missed_lost;
}

static void give_up(Engine *e, Query *q, int64_t most)
{
	missed_drop(e, q->name);
	StrBuf key;
	strbuf_init(&key);
	for (uint32_t i = 0; i < q->ninputs; i++) {
		if (q->inputs[i]->scan.lookup)
			continue;
		entry_key(&key, q->name, q->inputs[i]->id, INT64_MIN);
		state_put(e->missed, strbuf_str(&key), STR_EMPTY);
	}
	strbuf_deinit(&key);
	for (uint32_t i = 0; i < q->nfeeds; i++) {
		Feed *f = &q->feeds[i];
		strbuf_clear(&f->log_at);
		strbuf_clear(&f->log_key);
		f->log_bytes = 0;
		f->behind |= f->walk != NULL;
	}
	q->missed_lost = true;
	q->missed_bytes = 0;
	LOGW("engine", "a query stood still for too long: what it missed is not kept any more, it must be built anew",
	     "query=\"%.*s\" missed_max_bytes=%lld", STR_ARG(q->name), (long long)most);
}

/* Only rows that the walk has passed: the others it will find. f: the feed, where it goes on from here. */
static void append(Engine *e, Query *q, const Plan *scan, const Relation *rel, const Feed *f, const Batch *b)
{
	Arena *arena = e->step;
	StrBuf cursor, key, value;
	if (q->missed_bytes < 0)
		count(e, q);
	if (q->missed_lost)
		return;
	strbuf_init(&cursor);
	if (f ? f->walking : feed_stored_cursor(e, q->name, scan, &cursor))
		b = feed_seen_rows(rel, f ? strbuf_str(&f->cursor) : strbuf_str(&cursor), b, arena);
	strbuf_deinit(&cursor);
	if (!b->n)
		return;
	strbuf_init(&key);
	strbuf_init(&value);
	put_rows(b, &value);
	entry_key(&key, q->name, scan->id, (int64_t)e->next_side++);
	int64_t most = settings_size(e->settings, "weir.missed.max");
	q->missed_bytes += (int64_t)(key.len + value.len);
	if (q->missed_bytes > most)
		give_up(e, q, most);
	else
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
			append(e, q, f->scan, f->rel, NULL, b);
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
			const Feed *f = NULL;
			if (q->inputs[i]->scan.lookup)
				continue; /* what the join looks into is there as it is */
			for (uint32_t k = 0; k < q->nfeeds && q->state == QUERY_RUNNING; k++)
				if (q->feeds[k].scan == q->inputs[i] && q->feeds[k].behind)
					f = &q->feeds[k];
			bool log = f || q->state != QUERY_RUNNING;
			const BatchList *list = log ? changes_of(e, q->inputs[i]->scan.rel) : NULL;
			for (uint32_t b = 0; list && b < list->len; b++)
				append(e, q, q->inputs[i], q->inputs[i]->scan.rel, f, list->items[b]);
		}
		for (uint32_t k = 0; k < q->nfeeds; k++)
			q->feeds[k].fed_before = q->feeds[k].fed.len;
	}
}

/* All entries of a scan lie between. */
static void log_range(const Feed *f, StrBuf *from, StrBuf *to)
{
	codec_put_bytes(from, f->query->name);
	codec_put_i64(from, f->scan->id);
	codec_put_bytes(to, f->query->name);
	codec_put_i64(to, f->scan->id);
	bool some = codec_prefix_end(to);
	ASSERT(some); /* names do not consist of 0xff */
}

static StateScan *open_log(Engine *e, const Feed *f, Arena *arena)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	log_range(f, &from, &to);
	StateScan *s = state_scan_open(e->missed, f->log_at.len ? strbuf_str(&f->log_at) : strbuf_str(&from),
	                               strbuf_str(&to), false, true, arena);
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
	/* opened within a step: the changes of that step are for the log */
	f->behind |= f->walk && e->in_run;
}

void missed_put(Engine *e, Feed *f, Str entry)
{
	StrBuf key;
	strbuf_init(&key);
	entry_key(&key, f->query->name, f->scan->id, (int64_t)e->next_side++);
	state_put(e->missed, strbuf_str(&key), entry);
	strbuf_deinit(&key);
	f->behind = true;
}

static void put_row(int64_t weight, Str row, StrBuf *out)
{
	int64_t ord = 0;
	codec_put_fixed(out, &weight, 8);
	codec_put_fixed(out, &ord, 8);
	codec_put_blob(out, row);
}

static bool get_row(CodecReader *r, int64_t *weight, Str *row)
{
	int64_t ord;
	return codec_get_fixed(r, weight, 8) && codec_get_fixed(r, &ord, 8) && codec_get_blob(r, row);
}

void missed_put_row(Engine *e, Feed *f, int64_t weight, Str row)
{
	StrBuf entry;
	strbuf_init(&entry);
	put_row(weight, row, &entry);
	missed_put(e, f, strbuf_str(&entry));
	strbuf_deinit(&entry);
}

bool missed_only_row(Str entry, int64_t *weight, Str *row)
{
	CodecReader r = codec_reader(entry);
	int64_t more;
	Str next;
	return get_row(&r, weight, row) && !get_row(&r, &more, &next);
}

StateScan *missed_scan(Engine *e, const Feed *f)
{
	return open_log(e, f, e->step);
}

bool missed_next(Engine *e, Feed *f, StateScan *s, Str *entry)
{
	Str key, value;
	f->behind = state_scan_next(s, &key, &value);
	if (f->behind) {
		*entry = arena_str(e->step, value);
		strbuf_clear(&f->log_key);
		strbuf_put_str(&f->log_key, key);
		strbuf_clear(&f->log_at);
		strbuf_put_str(&f->log_at, key);
		strbuf_putc(&f->log_at, 0);
		f->log_bytes += key.len + value.len;
	}
	return f->behind;
}

/* The entry just taken becomes one entry a row; the first of them is taken. */
static Str split(Engine *e, Feed *f, Str entry)
{
	Arena *arena = e->step;
	Str old = arena_str(arena, strbuf_str(&f->log_key));
	CodecReader r = codec_reader(entry);
	StrBuf key, value;
	strbuf_init(&key);
	strbuf_init(&value);
	int64_t weight, n = 0;
	Str row, first = entry;
	state_del(e->missed, old);
	while (get_row(&r, &weight, &row)) {
		strbuf_clear(&key);
		strbuf_put_str(&key, old);
		codec_put_i64(&key, n);
		strbuf_clear(&value);
		put_row(weight, row, &value);
		state_put(e->missed, strbuf_str(&key), strbuf_str(&value));
		if (n++)
			continue;
		first = arena_str(arena, strbuf_str(&value));
		strbuf_clear(&f->log_key);
		strbuf_put_str(&f->log_key, strbuf_str(&key));
		strbuf_clear(&f->log_at);
		strbuf_put_str(&f->log_at, strbuf_str(&key));
		strbuf_putc(&f->log_at, 0);
	}
	strbuf_deinit(&key);
	strbuf_deinit(&value);
	return first;
}

bool missed_searching(const Feed *f)
{
	if (!f->behind)
		return false;
	if (!f->log_key.len)
		return true;
	StrBuf prefix;
	strbuf_init(&prefix);
	codec_put_bytes(&prefix, f->query->name);
	codec_put_i64(&prefix, f->scan->id);
	CodecReader r = codec_reader(str_slice(strbuf_str(&f->log_key), (uint32_t)prefix.len, (uint32_t)f->log_key.len));
	int64_t seq = 0;
	bool before = codec_get_i64(&r, &seq) && seq < f->log_until;
	strbuf_deinit(&prefix);
	return before;
}

bool missed_take(Engine *e, Feed *f, int64_t next_ord, uint32_t max, BatchList *out, uint32_t *rows, Err *err)
{
	Arena *arena = e->step;
	uint32_t n = 0;
	bool fine = true;
	Str entry;
	StateScan *scan = missed_scan(e, f);
	while (fine && n < max && missed_next(e, f, scan, &entry)) {
		int64_t weight;
		Str row;
		if (!entry.len) {
			state_scan_close(scan);
			err_set(err, ERR_MISSED,
			        "the query stood still for too long: changes of \"%.*s\" that it missed are not kept",
			        STR_ARG(f->rel->name));
			return err_hint(err,
			                "ALTER MATERIALIZED VIEW, or DROP and CREATE, builds it anew from what its inputs hold; "
			                "\"weir.missed.max\" is how much is kept.");
		}
		if (max == 1 && !missed_only_row(entry, &weight, &row))
			entry = split(e, f, entry);
		CodecReader r = codec_reader(entry);
		Batch *b;
		while ((b = get_rows(&r, f->rel, arena))) {
			int64_t *ord = ARENA_ARRAY(arena, int64_t, b->n);
			for (uint32_t i = 0; i < b->n; i++)
				ord[i] = next_ord + n + i;
			b->ord = ord;
			n += b->n;
			ARENA_PUSH(arena, out, b);
		}
		fine = r.at == r.end;
	}
	state_scan_close(scan);
	*rows = n;
	if (!fine)
		return err_set(err, ERR_STATE_CORRUPT, "changes of \"%.*s\" that the query missed are damaged",
		               STR_ARG(f->rel->name)) ||
		       err_hint(
		           err,
		           "ALTER MATERIALIZED VIEW, or DROP and CREATE, builds the query anew from what its inputs hold.");
	/* what came and went meanwhile is not met: a row that made the query fail may have been mended */
	if (out->len) {
		const Batch *all = batch_consolidate(batch_concat(out->items, out->len, arena), false, arena);
		out->items[0] = all;
		out->len = 1;
	}
	return true;
}

void missed_sealed(Engine *e, Feed *f)
{
	strbuf_clear(&f->fed);
	f->fed_before = 0;
	if (!f->log_at.len)
		return;
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	log_range(f, &from, &to);
	state_del_range(e->missed, strbuf_str(&from), strbuf_str(&f->log_at));
	strbuf_clear(&f->log_at); /* what follows is the first entry now */
	Query *q = f->query;
	if (q->missed_bytes >= 0)
		q->missed_bytes = q->missed_bytes > f->log_bytes ? q->missed_bytes - f->log_bytes : 0;
	f->log_bytes = 0;
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}

void missed_drop(Engine *e, Str query)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	query_range(query, &from, &to);
	state_del_range(e->missed, strbuf_str(&from), strbuf_str(&to));
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}
