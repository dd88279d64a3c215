/*
 * engine/runtime/source_reader_take.c: the order of arrival: which partition gives the next rows, their stamps and
 * ordinals.
 *
 * One pass over integers. Rows are taken in runs: a partition is chosen, and gives rows as long as it stays the right
 * choice.
 */
#include "engine/runtime/source_reader_int.h"

#include <limits.h>

#include "base/log.h"

/* A partition that may be asked, and its rank among those that are behind. */
typedef struct Choice {
	Reader *r;
	uint32_t reader; /* place in the list: ties go by table */
	uint32_t part;
	int64_t key; /* watermark, or timestamp of the next row */
	bool behind;
	bool has_row;
	int64_t arrival; /* of the next row; INT64_MAX: unknown */
} Choice;

static int64_t rank_key(const Reader *r, const ReaderPart *p)
{
	if (r->has_watermark)
		return p->pos.watermark_ms;
	const ReaderChunk *c = p->chunk;
	if (!c || c->at >= c->nrows || !c->src.time_us)
		return p->time_us;
	return c->src.time_us[c->message ? c->message[c->at] : c->at];
}

static bool choice_before(const Choice *a, const Choice *b)
{
	if (a->key != b->key)
		return a->key < b->key;
	if (a->reader != b->reader)
		return a->reader < b->reader;
	return a->r->parts[a->part].order < b->r->parts[b->part].order;
}

static void add_point(Reader *r, Arena *step, int64_t ord, int64_t ms)
{
	if (ms <= r->watermark_ms)
		return;
	r->watermark_ms = ms;
	if (r->npoints && r->points[r->npoints - 1].ord == ord) {
		r->points[r->npoints - 1].ms = ms;
		return;
	}
	if (r->npoints == r->points_cap) {
		uint32_t cap = r->points_cap ? r->points_cap * 2 : 64;
		r->points = arena_grow(step, r->points, r->npoints * sizeof *r->points, cap * sizeof *r->points);
		r->points_cap = cap;
	}
	r->points[r->npoints++] = (WatermarkPoint){ord, ms};
}

/* Are all partitions that are left idle? */
static bool all_idle(const Reader *r)
{
	bool any = false;
	for (uint32_t i = 0; i < r->nparts; i++)
		if (!r->parts[i].done) {
			if (!r->parts[i].pos.idle)
				return false;
			any = true;
		}
	return any && r->all_known && r->has_watermark;
}

/* Something has come. until: the last ordinal for which the reader was idle. */
static void wake(Reader *r, ReaderPart *p, int64_t until)
{
	p->pos.idle = false;
	if (r->idle.begins && r->idle.until == INT64_MAX)
		r->idle.until = until;
	r->idle.ends = false;
}

static void start_step(Reader *r, Arena *step, uint32_t max, int64_t next_ord)
{
	if (r->step_started)
		return;
	r->step_started = true;
	r->before_ms = r->watermark_ms;
	r->rows_cap = max + BATCH_ROWS_MAX;
	r->ord = ARENA_ARRAY(step, int64_t, r->rows_cap);
	r->stamp = ARENA_ARRAY(step, int64_t, r->rows_cap);
	r->idle = (ChannelIdle){.begins = all_idle(r), .until = INT64_MAX};
	add_point(r, step, next_ord, source_reader_min_watermark(r));
}

/* Is the chunk used up? Then what it said about the watermark holds, and the next one is asked for. */
static void next_chunk(Reader *r, uint32_t part, Arena *step, int64_t next_ord, int64_t now_us)
{
	ReaderPart *p = &r->parts[part];
	Err err = {0};
	while (p->chunk && p->chunk->at >= p->chunk->nrows) {
		ReaderChunk *c = p->chunk;
		p->pos.next = c->src.next;
		if (c->src.n || c->src.advance) {
			wake(r, p, next_ord - 1);
			p->last_us = now_us;
		}
		if (c->src.advance && c->src.advance_ms > p->pos.watermark_ms)
			p->pos.watermark_ms = c->src.advance_ms;
		if (c->src.idle_after) {
			p->pos.idle = true;
			bool woke = !r->idle.begins || r->idle.until != INT64_MAX;
			if (woke && all_idle(r)) {
				r->idle.ends = true;
				r->idle.from = next_ord;
			}
		}
		p->chunk = NULL;
		source_reader_chunk_retire(r, c);
		bool got = false;
		if (!source_reader_fill(r, p, &got, &err))
			break; /* the source fails again at its next service, which reports it */
		if (!got) {
			uint32_t n;
			bool all;
			const SourcePartition *sp = r->type->partitions(r->source, &n, &all);
			p->done = sp[part].done && !p->held;
			int64_t goal = sp[part].bound != SOURCE_END_NONE ? sp[part].bound : sp[part].catchup;
			p->behind = !p->done && (goal == SOURCE_END_NONE || p->pos.next < goal);
		}
		add_point(r, step, next_ord, source_reader_min_watermark(r));
	}
}

/* The least watermark of the other partitions that count. */
static int64_t others_watermark(const Reader *r, uint32_t part)
{
	int64_t least = INT64_MAX;
	for (uint32_t i = 0; i < r->nparts; i++)
		if (i != part && !r->parts[i].done && !r->parts[i].pos.idle && r->parts[i].pos.watermark_ms < least)
			least = r->parts[i].pos.watermark_ms;
	return least;
}

static void add_segment(Reader *r, Arena *step, uint32_t part, ReaderChunk *c, uint32_t from, uint32_t to, int64_t ord)
{
	if (r->nsegs) {
		ReaderSegment *last = &r->segs[r->nsegs - 1];
		if (last->chunk == c && last->to == from && last->ord + (last->to - last->from) == ord) {
			last->to = to;
			return;
		}
	}
	if (r->nsegs == r->segs_cap) {
		uint32_t cap = r->segs_cap ? r->segs_cap * 2 : 16;
		r->segs = arena_grow(step, r->segs, r->nsegs * sizeof *r->segs, cap * sizeof *r->segs);
		r->segs_cap = cap;
	}
	r->segs[r->nsegs++] = (ReaderSegment){.part = part, .chunk = c, .from = from, .to = to, .ord = ord};
}

/* A row dated further ahead than the guard allows does not move the watermark. */
static bool in_future(Reader *r, int64_t mark_ms, int64_t now_us)
{
	if (r->time.max_skew_us == INT64_MAX || mark_ms <= (now_us + r->time.max_skew_us) / 1000) {
		r->skew_since_us = 0;
		return false;
	}
	if (!r->stats.future++)
		LOGW("reader",
		     "a row is dated in the future; such rows do not move the watermark; 'weir.watermark.max-skew' = '0' "
		     "turns the guard off",
		     "table=%.*s ahead_ms=%lld", STR_ARG(r->opt.rel->name), (long long)(mark_ms - now_us / 1000));
	if (!r->skew_since_us)
		r->skew_since_us = now_us;
	else if (now_us - r->skew_since_us > 10 * INT64_C(1000000)) {
		LOGW("reader",
		     "only rows dated in the future for 10 s: the watermark stands; 'weir.watermark.max-skew' = '0' turns the "
		     "guard off",
		     "table=%.*s", STR_ARG(r->opt.rel->name));
		r->skew_since_us = now_us + 60 * INT64_C(1000000);
	}
	return true;
}

static bool message_goes_on(const ReaderChunk *c)
{
	return c->message && c->at > 0 && c->at < c->nrows && c->message[c->at] == c->message[c->at - 1];
}

/* One message can hold more rows than a step takes: an array of JSON. */
static void grow_rows(Reader *r, Arena *step)
{
	size_t old = r->rows_cap * sizeof(int64_t);
	r->rows_cap *= 2;
	r->ord = arena_grow(step, r->ord, old, 2 * old);
	r->stamp = arena_grow(step, r->stamp, old, 2 * old);
}

/* Takes rows of one partition while it is the right choice: at most max, more only to finish a message. */
static uint32_t take_run(const Choice *me, const Choice *rival, int64_t rival_arrival, uint32_t max, int64_t next_ord,
                         int64_t now_us, Arena *step)
{
	Reader *r = me->r;
	ReaderPart *p = &r->parts[me->part];
	ReaderChunk *c = p->chunk;
	int64_t others = others_watermark(r, me->part);
	uint32_t from = c->at, n = 0;
	wake(r, p, next_ord);
	p->last_us = now_us;
	while (c->at < c->nrows && (n < max || message_goes_on(c))) {
		uint32_t i = c->at;
		uint32_t m = c->message ? c->message[i] : i;
		if (n && !message_goes_on(c)) {
			if (c->src.arrival && c->src.arrival[m] > rival_arrival)
				break;
			if (rival) {
				Choice now = *me;
				now.key = rank_key(r, p);
				if (!choice_before(&now, rival))
					break;
			}
		}
		if (r->nrows == r->rows_cap)
			grow_rows(r, step);
		r->ord[r->nrows] = next_ord + n;
		r->stamp[r->nrows++] = r->watermark_ms;
		int64_t mark = c->mark_ms ? c->mark_ms[i] : INT64_MIN;
		if (mark != INT64_MIN && mark > p->pos.watermark_ms && !in_future(r, mark, now_us)) {
			p->pos.watermark_ms = mark;
			int64_t w = mark < others ? mark : others;
			if (w > r->watermark_ms)
				add_point(r, step, next_ord + n + 1, w);
		}
		if (c->src.time_us)
			p->time_us = c->src.time_us[m];
		if (c->src.mark)
			p->pos.mark = c->src.mark[m];
		c->at++;
		n++;
	}
	add_segment(r, step, me->part, c, from, c->at, next_ord);
	if (c->at < c->nrows) {
		uint32_t m = c->message ? c->message[c->at] : c->at;
		p->pos.next = c->src.position ? c->src.position[m] : p->pos.next + n;
	} else {
		p->pos.next = c->src.next;
	}
	r->stats.read += n;
	return n;
}

static bool choose(Reader *const *readers, uint32_t n, Choice *best, Choice *rival, bool *has_rival,
                   int64_t *rival_arrival)
{
	bool any_behind = false, any_tail = false;
	Choice behind = {0}, second = {0}, tail = {0};
	bool has_second = false;
	int64_t tail_arrival2 = INT64_MAX;
	for (uint32_t k = 0; k < n; k++) {
		Reader *r = readers[k];
		for (uint32_t i = 0; i < r->nparts; i++) {
			ReaderPart *p = &r->parts[i];
			bool has_row = p->chunk && p->chunk->at < p->chunk->nrows;
			if (p->done && !has_row)
				continue;
			Choice c = {r, k, i, 0, p->behind, has_row, INT64_MAX};
			if (p->behind) {
				c.key = rank_key(r, p);
				if (!any_behind || choice_before(&c, &behind)) {
					if (any_behind) {
						second = behind;
						has_second = true;
					}
					behind = c;
					any_behind = true;
				} else if (!has_second || choice_before(&c, &second)) {
					second = c;
					has_second = true;
				}
				continue;
			}
			if (!has_row)
				continue;
			if (p->chunk->src.arrival)
				c.arrival = p->chunk->src.arrival[p->chunk->message ? p->chunk->message[p->chunk->at] : p->chunk->at];
			if (!any_tail || c.arrival < tail.arrival) {
				if (any_tail)
					tail_arrival2 = tail.arrival;
				tail = c;
				any_tail = true;
			} else if (c.arrival < tail_arrival2) {
				tail_arrival2 = c.arrival;
			}
		}
	}
	*has_rival = false;
	*rival_arrival = INT64_MAX;
	if (any_behind && behind.has_row) {
		*best = behind;
		*rival = second;
		*has_rival = has_second;
		return true;
	}
	if (any_tail) {
		*best = tail;
		*rival_arrival = tail_arrival2;
		return true;
	}
	return false;
}

static bool rows_waiting(Reader *const *readers, uint32_t n)
{
	Choice best, rival;
	bool has_rival;
	int64_t arrival;
	return choose(readers, n, &best, &rival, &has_rival, &arrival);
}

static void note_taken(Reader *r)
{
	if (!r->nrows)
		return;
	r->last_us = clock_mono_us(r->opt.clock);
	if (!r->first_us)
		r->first_us = r->last_us;
	r->takes++;
}

uint32_t source_reader_take(Reader *const *readers, uint32_t n, uint32_t max, int64_t next_ord, int64_t now_us,
                            Arena *step, bool *more)
{
	uint32_t taken = 0;
	for (uint32_t k = 0; k < n; k++) {
		Reader *r = readers[k];
		start_step(r, step, max, next_ord);
		for (uint32_t i = 0; i < r->nparts; i++)
			next_chunk(r, i, step, next_ord, now_us);
		add_point(r, step, next_ord, source_reader_min_watermark(r));
	}
	while (taken < max) {
		Choice best, rival;
		bool has_rival;
		int64_t rival_arrival;
		if (!choose(readers, n, &best, &rival, &has_rival, &rival_arrival))
			break;
		taken += take_run(&best, has_rival ? &rival : NULL, rival_arrival, max - taken, next_ord + taken, now_us, step);
		next_chunk(best.r, best.part, step, next_ord + taken, now_us);
	}
	if (taken)
		for (uint32_t k = 0; k < n; k++)
			note_taken(readers[k]);
	*more = rows_waiting(readers, n);
	return taken;
}
