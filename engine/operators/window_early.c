/*
 * engine/operators/window_early.c: results of windows that are still open, and their corrections (EMIT CHANGES).
 *
 * What was sent of a group is kept beside its block. At the end of a step the groups that got rows send -old and +new
 * where the results differ; when a window closes, it settles what is left to say. Rows of HOP and CUMULATE are spread
 * over their open windows first, since each of those is shown: then a window is its own slice.
 */
#include "engine/operators/window_agg.h"

#include <stdlib.h>

bool window_early_open(Operator *op, Err *err)
{
	WindowAggOp *w = op->state;
	return operator_state_open(op, "early", STATE_HASH, WINDOW_SCOPE, &w->early, err);
}

void window_early_touch(Operator *op, const Str *keys, uint32_t n)
{
	WindowAggOp *w = op->state;
	for (uint32_t i = 0; i < n; i++)
		ARENA_PUSH(op->run->step, &w->touched, keys[i]);
}

/* ---- rows over their windows ---- */

/* (row, window) pairs on their way in. */
typedef struct Spread {
	uint32_t idx[BATCH_ROWS_MAX];
	int64_t start[BATCH_ROWS_MAX], end[BATCH_ROWS_MAX];
	uint8_t counted[BATCH_ROWS_MAX]; /* a row is held in the last of its windows */
	uint32_t n;
} Spread;

static bool take_spread(Operator *op, const Batch *b, Spread *s, Err *err)
{
	Arena *step = op->run->step;
	uint32_t n = s->n;
	s->n = 0;
	if (!n)
		return true;
	const Batch *rows = batch_gather(b, s->idx, n, step);
	Column *cols = ARENA_ARRAY(step, Column, b->ncols + 2);
	memcpy(cols, rows->cols, b->ncols * sizeof *cols);
	for (uint32_t k = 0; k < 2; k++) {
		Column *c = &cols[b->ncols + k];
		*c = (Column){.type = &type_timestamp3, .phys = PHYS_I64, .len = n};
		c->i64 = arena_copy(step, k ? s->end : s->start, n * sizeof *c->i64);
	}
	Batch *out = ARENA_NEW(step, Batch);
	*out = (Batch){n, b->ncols + 2, cols, rows->weight, rows->ord, rows->stamp};
	return window_agg_take(op, out, arena_copy(step, s->counted, n), err);
}

static bool spread_row(Operator *op, const Batch *b, uint32_t row, int64_t value, int64_t stamp, Spread *s, Err *err)
{
	WindowAggOp *w = op->state;
	WindowRange r;
	window_time_windows(&w->agg->window, window_time_local(&w->clock, value), &r);
	uint32_t open = 0;
	int64_t start = r.start, end = r.end;
	for (uint32_t k = 0; k < r.n; k++) {
		start = w->cut.kind == WINDOW_HOP ? r.start + (int64_t)k * w->cut.slide : r.start;
		end = r.end + (int64_t)k * w->cut.slide;
		if (window_time_fire(&w->clock, end) <= stamp)
			continue;
		if (s->n == BATCH_ROWS_MAX && !take_spread(op, b, s, err))
			return false;
		s->idx[s->n] = row;
		s->start[s->n] = start * 1000;
		s->end[s->n] = end * 1000;
		s->counted[s->n++] = k + 1 == r.n;
		open++;
	}
	int64_t weight = batch_weight(b, row);
	if (!r.n)
		op->counts.filtered += (uint64_t)(weight < 0 ? -weight : weight);
	else if (!open)
		window_agg_late(op, b, row, window_time_floor_div(value, 1000), stamp, start, end);
	else if (open < r.n)
		op->counts.partly_late += (uint64_t)(weight < 0 ? -weight : weight);
	return true;
}

bool window_early_push(Operator *op, const Batch *b, Err *err)
{
	WindowAggOp *w = op->state;
	Spread *s = ARENA_NEW(op->run->step, Spread);
	const Column *time = &b->cols[w->agg->time_col];
	bool proctime = w->agg->window.proctime;
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t stamp = proctime ? w->watermark : b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		int64_t value = proctime ? op->run->env.now_us : time->i64[column_at(time, i)];
		if (!spread_row(op, b, i, value, stamp, s, err))
			return false;
	}
	return take_spread(op, b, s, err);
}

/* ---- what is sent ---- */

static bool read_sent(WindowAggOp *w, Str key, Value *out, Arena *step)
{
	uint32_t len;
	const char *bytes = state_get(w->early, key, &len);
	if (!bytes)
		return false;
	CodecReader r = codec_reader(arena_str(step, str_make(bytes, len)));
	for (uint32_t k = 0; k < w->st.nitems; k++) {
		bool fine = value_decode(w->st.items[k].call->type, &r, &out[k]);
		ASSERT(fine);
	}
	return true;
}

void window_early_settle(Operator *op, const Firing *f, Str key, int64_t rows, const Value *results)
{
	WindowAggOp *w = op->state;
	Value *sent = ARENA_ARRAY(op->run->step, Value, w->st.nitems + 1);
	bool was = read_sent(w, key, sent, op->run->step), same = was && rows > 0;
	for (uint32_t k = 0; same && k < w->st.nitems; k++)
		same = value_equal(w->st.items[k].call->type, sent[k], results[k]);
	if (same)
		return;
	if (was)
		window_fire_row(op, f, key, sent, -1);
	if (rows > 0)
		window_fire_row(op, f, key, results, 1);
}

static int compare_keys(const void *a, const void *b)
{
	return str_cmp(*(const Str *)a, *(const Str *)b);
}

static bool flush_group(Operator *op, Firing *f, Str key, StrBuf *bytes, Err *err)
{
	WindowAggOp *w = op->state;
	uint32_t len;
	const char *block = state_get(w->blocks, key, &len);
	if (!block)
		return true; /* its window has closed */
	int64_t rows;
	memcpy(&rows, block, 8);
	if (rows > 0 && !agg_state_results(&w->st, block, key, NULL, 0, op->run->step, f->results, err))
		return false;
	window_early_settle(op, f, key, rows, f->results);
	if (rows <= 0) {
		state_del(w->early, key);
		return true;
	}
	strbuf_clear(bytes);
	strbuf_puts(bytes, "");
	for (uint32_t k = 0; k < w->st.nitems; k++)
		value_encode(w->st.items[k].call->type, f->results[k], bytes);
	state_put(w->early, key, strbuf_str(bytes));
	return true;
}

bool window_early_flush(Operator *op, Err *err)
{
	WindowAggOp *w = op->state;
	uint32_t n = w->touched.len;
	Str *keys = w->touched.items;
	w->touched.items = NULL;
	w->touched.len = w->touched.cap = 0;
	if (!n)
		return true;
	qsort(keys, n, sizeof *keys, compare_keys);
	Firing f = {0};
	StrBuf bytes;
	strbuf_init(&bytes);
	bool fine = true;
	for (uint32_t i = 0; fine && i < n; i++) {
		if (i && str_eq(keys[i], keys[i - 1]))
			continue;
		int64_t end = codec_load_i64(keys[i].ptr);
		if (!f.results || end != f.end)
			f = window_fire_make(op, end, op->run->next_ord, w->watermark);
		fine = flush_group(op, &f, keys[i], &bytes, err);
	}
	strbuf_deinit(&bytes);
	return fine;
}
