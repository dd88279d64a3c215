/*
 * engine/runtime/skip.c: RESUME ... SKIP: the row on which a query failed is left out, everything else is kept.
 *
 * After RESUME SKIP rows enter one by one until the query fails again: the one that entered then is the row. A record
 * of a source is passed over by its position. A row of a view, own table or side table is taken out of the log of
 * missed changes (or passed over by the walk, by its key), and from then on its query's input is the input without it:
 * what takes the row back later finds nothing to take back and is left out too. These weights are state of the query.
 *
 * In table weir.positions: (query, "\x01rows", scan, row) -> weight that the query does not have;
 * (query, "\x01keys", scan, k$): rows that the walk passes over.
 */
#include "engine/runtime/skip.h"

#include "base/log.h"
#include "engine/runtime/again.h"
#include "engine/runtime/missed.h"
#include "engine/runtime/side.h"

static void skip_key(StrBuf *key, Str query, const char *what, uint32_t scan)
{
	strbuf_clear(key);
	codec_put_bytes(key, query);
	codec_put_bytes(key, str_from(what));
	codec_put_i64(key, scan);
}

static void put_weight(Engine *e, Str query, uint32_t scan, Str row, int64_t weight)
{
	StrBuf key;
	strbuf_init(&key);
	skip_key(&key, query, "\x01rows", scan);
	strbuf_put_str(&key, row);
	if (weight)
		state_put(e->positions, strbuf_str(&key), str_make((const char *)&weight, sizeof weight));
	else
		state_del(e->positions, strbuf_str(&key));
	strbuf_deinit(&key);
}

static FeedSkip *find_skip(const Feed *f, Str row)
{
	for (uint32_t i = 0; i < f->nskips; i++)
		if (str_eq(f->skips[i].row, row))
			return &f->skips[i];
	return NULL;
}

static FeedSkip *add_skip(Feed *f, Str row, int64_t weight)
{
	f->skips = mem_realloc(f->skips, (f->nskips + 1) * sizeof *f->skips);
	char *copy = mem_alloc(row.len + 1);
	memcpy(copy, row.ptr, row.len);
	f->skips[f->nskips] = (FeedSkip){str_make(copy, row.len), weight, false};
	return &f->skips[f->nskips++];
}

/* Is there a row that the walk passes over? */
static bool any_key(Engine *e, const Feed *f)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	skip_key(&from, f->query->name, "\x01keys", f->scan->id);
	skip_key(&to, f->query->name, "\x01keys", f->scan->id);
	bool any = false;
	if (codec_prefix_end(&to)) {
		Arena *arena = arena_open("skips", 0);
		StateScan *s = state_scan_open(e->positions, strbuf_str(&from), strbuf_str(&to), false, true, arena);
		Str key, value;
		any = state_scan_next(s, &key, &value);
		state_scan_close(s);
		arena_close(arena);
	}
	strbuf_deinit(&from);
	strbuf_deinit(&to);
	return any;
}

void skip_open(Engine *e, Feed *f)
{
	StrBuf from, to;
	strbuf_init(&from);
	strbuf_init(&to);
	skip_key(&from, f->query->name, "\x01rows", f->scan->id);
	skip_key(&to, f->query->name, "\x01rows", f->scan->id);
	Arena *arena = arena_open("skips", 0);
	StateScan *s = codec_prefix_end(&to)
	                   ? state_scan_open(e->positions, strbuf_str(&from), strbuf_str(&to), false, true, arena)
	                   : NULL;
	Str key, value;
	f->walk_skips = f->walking && any_key(e, f);
	while (s && state_scan_next(s, &key, &value)) {
		int64_t weight = 0;
		if (value.len == sizeof weight)
			memcpy(&weight, value.ptr, sizeof weight);
		if (weight)
			add_skip(f, str_slice(key, (uint32_t)from.len, key.len), weight);
	}
	if (s)
		state_scan_close(s);
	arena_close(arena);
	strbuf_deinit(&from);
	strbuf_deinit(&to);
}

void skip_close(Feed *f)
{
	for (uint32_t i = 0; i < f->nskips; i++)
		mem_free((void *)(uintptr_t)f->skips[i].row.ptr);
	mem_free(f->skips);
	f->skips = NULL;
	f->nskips = 0;
}

void skip_sealed(Engine *e, Feed *f)
{
	for (uint32_t i = 0; i < f->nskips; i++) {
		if (!f->skips[i].changed)
			continue;
		put_weight(e, f->query->name, f->scan->id, f->skips[i].row, f->skips[i].weight);
		f->skips[i].changed = false;
	}
}

/* weight of a row that comes, less what was left out and is taken back with it. */
static int64_t left_of(FeedSkip *s, int64_t weight)
{
	if (!s || !s->weight || (s->weight > 0) == (weight > 0))
		return weight;
	int64_t both = s->weight + weight;
	bool all = (both > 0) == (s->weight > 0) || !both; /* the row's weight is used up */
	int64_t rest = all ? 0 : both;
	s->weight = all ? both : 0;
	s->changed = true;
	return rest;
}

const Batch *skip_filter(Feed *f, const Batch *b, Arena *arena)
{
	if (!f->nskips || !b->n)
		return b;
	uint32_t *idx = ARENA_ARRAY(arena, uint32_t, b->n), n = 0;
	int64_t *weight = ARENA_ARRAY(arena, int64_t, b->n);
	bool any = false;
	StrBuf row;
	strbuf_init(&row);
	for (uint32_t i = 0; i < b->n; i++) {
		strbuf_clear(&row);
		batch_encode_row(b, i, &row);
		int64_t w = batch_weight(b, i), left = left_of(find_skip(f, strbuf_str(&row)), w);
		any |= left != w;
		if (!left)
			continue;
		weight[n] = left;
		idx[n++] = i;
	}
	strbuf_deinit(&row);
	if (!any)
		return b;
	Batch *out = batch_gather(b, idx, n, arena);
	out->weight = weight;
	return out;
}

bool skip_walked(Engine *e, Feed *f, Str key, Str row)
{
	StrBuf k;
	strbuf_init(&k);
	skip_key(&k, f->query->name, "\x01keys", f->scan->id);
	strbuf_put_str(&k, key);
	uint32_t len;
	const char *old = state_get(e->positions, strbuf_str(&k), &len);
	Str was = old ? arena_str(e->step, str_make(old, len)) : STR_EMPTY;
	bool pass = old && str_eq(was, row) && skip_weight(f, row) > 0;
	if (old && !pass && skip_weight(f, was) > 0) {
		/* the row has changed before the walk came back to it: what was left out was never in the input */
		find_skip(f, was)->weight--;
		find_skip(f, was)->changed = true;
	}
	strbuf_deinit(&k);
	return pass;
}

int64_t skip_weight(const Feed *f, Str row)
{
	const FeedSkip *s = find_skip(f, row);
	return s ? s->weight : 0;
}

void skip_add(Engine *e, Feed *f, Str row, int64_t weight)
{
	FeedSkip *s = find_skip(f, row);
	if (!s)
		s = add_skip(f, row, 0);
	s->weight += weight;
	put_weight(e, f->query->name, f->scan->id, row, s->weight);
}

/* What is stored, not what this feed has in memory: the query goes back to its last epoch. */
static void leave_out(Engine *e, Feed *f, Str row, int64_t weight, const Err *why)
{
	side_bad_row(e, f, row, weight, why);
	skip_close(f);
	skip_open(e, f);
	skip_add(e, f, row, weight);
}

static bool skip_walk_rows(Engine *e, Feed *f, const Err *why)
{
	StrBuf key;
	strbuf_init(&key);
	for (uint32_t i = 0; i < f->nwalked; i++) {
		leave_out(e, f, f->walked_rows[i], 1, why);
		skip_key(&key, f->query->name, "\x01keys", f->scan->id);
		strbuf_put_str(&key, f->walked_keys[i]);
		state_put(e->positions, strbuf_str(&key), f->walked_rows[i]);
	}
	strbuf_deinit(&key);
	return true;
}

static bool skip_logged(Engine *e, Feed *f, const Err *why)
{
	Arena *arena = e->step;
	Str key = arena_str(arena, strbuf_str(&f->log_key));
	uint32_t len;
	const void *v = state_get(e->missed, key, &len);
	if (!v)
		return false;
	Str entry = arena_str(arena, str_make(v, len));
	if (f->reader) {
		ReaderRecord r;
		if (!again_decode(entry, &r))
			return false;
		ReaderBad bad = {.scan = f->scan_in,
		                 .partition = r.partition,
		                 .position = r.position,
		                 .time_us = r.time_us,
		                 .key = r.key,
		                 .value = r.value,
		                 .headers = r.headers,
		                 .err = why};
		Err ignored = {0};
		side_bad(e, f->rel->name, &bad, &ignored);
	} else {
		int64_t weight;
		Str row;
		if (!missed_only_row(entry, &weight, &row))
			return false;
		leave_out(e, f, row, weight, why);
	}
	state_del(e->missed, key);
	return true;
}

/* A record that a reader handed out. */
static bool skip_record(Engine *e, Query *q, const Feed *f, const Err *why)
{
	ReaderBad bad = {0};
	if (!source_reader_only(f->reader, &bad))
		return false;
	bad.scan = f->scan_in;
	bad.field = STR_EMPTY;
	bad.err = why;
	Err ignored = {0};
	side_bad(e, f->rel->name, &bad, &ignored);
	position_skip(e, q->name, f->rel->name, bad.partition, bad.position);
	return true;
}

bool skip_row(Engine *e, Query *q, const Err *why)
{
	if (!q->skipping)
		return false;
	q->skipping = false;
	Feed *from = NULL;
	for (uint32_t i = 0; i < q->nfeeds; i++) {
		Feed *f = &q->feeds[i];
		if (!f->step_rows && (!f->reader || !source_reader_taken(f->reader)))
			continue;
		if (from && (f->step_rows || from->step_rows || from->reader != f->reader))
			return false;
		from = f;
	}
	if (!from)
		return false;
	bool ok = from->step_rows && from->nwalked ? skip_walk_rows(e, from, why)
	          : from->step_rows                ? skip_logged(e, from, why)
	                                           : skip_record(e, q, from, why);
	if (!ok)
		return false;
	Str input = from->rel->name;
	query_fail(e, q, why);
	Err err = {0};
	ok = query_resume(e, q, false, &err);
	LOGW("engine", "a row is left out as asked for; it is in a side table .bad", "query=\"%.*s\" input=\"%.*s\"",
	     STR_ARG(q->name), STR_ARG(input));
	return ok;
}
