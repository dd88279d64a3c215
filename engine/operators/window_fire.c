/*
 * engine/operators/window_fire.c: windows that the watermark has closed, in order of their ends, keys in canonical
 * order within a window.
 *
 * Which point of the curve closes a window decides the ordinal and the stamp of its rows, so the curve is walked point
 * by point; a window that nothing closes costs one comparison per batch.
 */
#include "engine/operators/window_agg.h"

void window_fire_schedule(WindowAggOp *w)
{
	w->next_fire = INT64_MAX;
	if (w->running) {
		w->next_end = w->slices.fired + w->cut.slide;
	} else {
		const Slice *s = slices_after(&w->slices, w->runs ? w->slices.fired : INT64_MIN);
		if (!s)
			return;
		w->next_end = w->attached ? s->end : slices_first_window(&w->cut, s->end);
	}
	w->next_fire = window_time_fire(&w->clock, w->next_end);
}

bool window_fire_unknown(Operator *op, const Batch *b, uint32_t row, Err *err)
{
	err_set(err, ERR_RETRACT_UNKNOWN, "a window of \"%.*s\" was told to take back a row that it does not hold",
	        STR_ARG(op->run->name));
	if (b) {
		StrBuf text;
		strbuf_init(&text);
		batch_print(batch_slice(b, row, row + 1, op->run->step), &text);
		err_detail(err, "%s", strbuf_cstr(&text));
		strbuf_deinit(&text);
	}
	return false;
}

void window_fire_row(Operator *op, const Firing *f, Str key, const Value *results, int64_t weight)
{
	WindowAggOp *w = op->state;
	OutRows *o = &w->out;
	CodecReader r = codec_reader(str_make(key.ptr + WINDOW_SCOPE, key.len - WINDOW_SCOPE));
	uint32_t row = out_rows_add(o, weight, f->ord, f->stamp), c = 0;
	int64_t start = f->start;
	if (w->attached) {
		Value v;
		bool fine = value_decode_key(&type_timestamp3, &r, op->run->step, &v);
		ASSERT(fine);
		start = window_time_floor_div(v.i, 1000);
	}
	for (uint32_t k = 0; k < w->agg->nkeys; k++)
		out_rows_set_key(o, c++, row, &r);
	for (uint32_t k = 0; k < w->st.nitems; k++)
		out_rows_set(o, c++, row, results[k]);
	out_rows_set_i64(o, c++, row, start * 1000);
	out_rows_set_i64(o, c++, row, f->end * 1000);
	out_rows_set_i64(o, c, row, f->time_us);
}

static bool emit_group(Operator *op, Firing *f, Str key, const char *block, int64_t rows, Err *err)
{
	WindowAggOp *w = op->state;
	if ((uintptr_t)block & 7 || w->front)
		block = memcpy(f->block, block, w->st.size);
	if (w->front && !window_front_merge(op, f, str_slice(key, WINDOW_SCOPE, key.len), f->block, err))
		return false;
	if (rows > 0 &&
	    !agg_state_results(&w->st, block, key, w->runs ? f->slices : NULL, f->nslices, op->run->step, f->results, err))
		return false;
	if (w->early)
		window_early_settle(op, f, key, rows, f->results);
	else
		window_fire_row(op, f, key, f->results, 1);
	return true;
}

/* CUMULATE, only on update: has the running block of a key got rows since it was asked last? */
static bool take_update(WindowAggOp *w, Str key)
{
	int64_t *block = state_edit(w->blocks, key, w->st.size, NULL, NULL);
	bool updated = block[1] != 0;
	block[1] = 0;
	return updated;
}

/* The groups of a scope as rows of the window. */
static bool emit_scope(Operator *op, Firing *f, int64_t scope, Err *err)
{
	WindowAggOp *w = op->state;
	StateScan *s = state_scan_open(w->blocks, window_scope(scope, w->scope), (Str){0}, false, true, op->run->step);
	Str key, value;
	bool fine = true;
	while (fine && state_scan_next(s, &key, &value)) {
		int64_t rows;
		ASSERT(value.len == w->st.size);
		memcpy(&rows, value.ptr, 8);
		if (rows < 0)
			fine = window_fire_unknown(op, NULL, 0, err);
		else if ((rows > 0 || w->early) && (!w->on_update || take_update(w, key)))
			fine = emit_group(op, f, key, value.ptr, rows, err);
	}
	state_scan_close(s);
	return fine;
}

static void drop_scope(WindowAggOp *w, int64_t scope)
{
	Str prefix = window_scope(scope, w->scope);
	if (w->st.has_values)
		agg_state_drop_scope(&w->st, prefix, false);
	state_del_range(w->blocks, prefix, (Str){0});
	if (w->early)
		state_del_range(w->early, prefix, (Str){0});
}

/* ---- running blocks ---- */

/* Adds the blocks of a slice to the running ones (sign 1), or takes them out. */
static bool move_blocks(Operator *op, int64_t end, int64_t sign, Err *err)
{
	WindowAggOp *w = op->state;
	StateScan *s = state_scan_open(w->blocks, window_scope(end, w->scope), (Str){0}, false, false, op->run->step);
	Str key, value;
	bool fine = true;
	char *run = NULL;
	uint32_t room = 0;
	char *copy = NULL;
	while (fine && state_scan_next(s, &key, &value)) {
		const char *block = value.ptr;
		if ((uintptr_t)block & 7) {
			copy = copy ? copy : arena_alloc(op->run->step, w->st.size);
			block = memcpy(copy, block, w->st.size);
		}
		if (*(const int64_t *)(const void *)block == 0)
			continue;
		if (key.len > room) {
			room = key.len + 32;
			run = arena_alloc(op->run->step, room);
			window_scope(WINDOW_RUNNING, run);
		}
		memcpy(run + WINDOW_SCOPE, key.ptr + WINDOW_SCOPE, key.len - WINDOW_SCOPE);
		Str run_key = str_make(run, key.len);
		bool created;
		void *into = state_edit(w->blocks, run_key, w->st.size, NULL, &created);
		w->running += created;
		window_mark_update(w, into);
		fine = sign > 0 ? agg_state_merge(&w->st, into, block, err) : agg_state_subtract(&w->st, into, block, err);
		if (fine && *agg_state_rows(into) == 0) {
			state_del(w->blocks, run_key);
			w->running--;
			if (w->front)
				window_front_drop_key(w, str_slice(run_key, WINDOW_SCOPE, run_key.len));
		}
	}
	state_scan_close(s);
	return fine;
}

static bool move_values(Operator *op, int64_t end, int64_t sign, Err *err)
{
	WindowAggOp *w = op->state;
	if (!w->st.has_values)
		return true;
	char from[WINDOW_SCOPE], to[WINDOW_SCOPE];
	return agg_state_move_values(&w->st, w->blocks, window_scope(end, from), window_scope(WINDOW_RUNNING, to), sign,
	                             err);
}

static bool add_slice(Operator *op, int64_t end, Err *err)
{
	WindowAggOp *w = op->state;
	if (!move_blocks(op, end, 1, err) || !move_values(op, end, 1, err))
		return false;
	if (w->cut.kind != WINDOW_CUMULATE)
		return true;
	/* never taken out again: only rows in order are still read by slice */
	if (w->st.has_values)
		agg_state_drop_scope(&w->st, window_scope(end, w->scope), true);
	state_del_range(w->blocks, window_scope(end, w->scope), (Str){0});
	return true;
}

static bool take_slice_out(Operator *op, int64_t end, Err *err)
{
	return move_values(op, end, -1, err) && move_blocks(op, end, -1, err);
}

/* Takes the slices up to `limit` out of state; `out`: out of the running blocks first. */
static bool drop_slices(Operator *op, int64_t limit, bool out, Err *err)
{
	WindowAggOp *w = op->state;
	for (const Slice *s = slices_after(&w->slices, INT64_MIN); s && s->end <= limit;
	     s = slices_after(&w->slices, INT64_MIN)) {
		int64_t end = s->end;
		op->counts.held -= s->rows;
		if (out && !take_slice_out(op, end, err))
			return false;
		drop_scope(w, end);
		slices_drop_until(&w->slices, end);
	}
	return true;
}

static void list_slices(Operator *op, Firing *f)
{
	WindowAggOp *w = op->state;
	f->slices = ARENA_ARRAY(op->run->step, int64_t, (f->end - f->start) / w->cut.width + 1);
	for (const Slice *s = slices_after(&w->slices, f->start); s && s->end <= f->end;
	     s = slices_after(&w->slices, s->end))
		f->slices[f->nslices++] = s->end;
}

static bool fire_running(Operator *op, Firing *f, Err *err)
{
	WindowAggOp *w = op->state;
	for (const Slice *s = slices_after(&w->slices, w->slices.fired); s && s->end <= f->end;) {
		int64_t end = s->end;
		if (!add_slice(op, end, err))
			return false;
		s = slices_after(&w->slices, end);
	}
	slices_set_fired(&w->slices, f->end);
	if (w->front || w->st.has_values)
		list_slices(op, f);
	if (w->front && !window_front_prepare(op, f, err))
		return false;
	if (w->running && !emit_scope(op, f, WINDOW_RUNNING, err))
		return false;
	if (w->cut.kind == WINDOW_HOP) {
		int64_t limit = f->end + w->cut.slide - w->cut.size;
		if (!drop_slices(op, limit < f->end ? limit : f->end, true, err))
			return false;
		if (w->front && !w->running)
			window_front_clear(w);
		return true;
	}
	if (f->end < f->start + w->cut.size)
		return true;
	if (!drop_slices(op, f->end, false, err))
		return false;
	drop_scope(w, WINDOW_RUNNING);
	w->running = 0;
	return true;
}

Firing window_fire_make(Operator *op, int64_t end, int64_t ord, int64_t stamp)
{
	WindowAggOp *w = op->state;
	return (Firing){
	    .start = w->attached ? 0 : slices_window_start(&w->cut, end),
	    .end = end,
	    .time_us = window_time_value(&w->clock, end),
	    .ord = ord,
	    .stamp = stamp,
	    .results = ARENA_ARRAY(op->run->step, Value, w->st.nitems + 1),
	    .block = arena_alloc(op->run->step, (size_t)w->st.size * 2),
	};
}

static bool fire(Operator *op, int64_t ord, int64_t stamp, Err *err)
{
	WindowAggOp *w = op->state;
	int64_t end = w->next_end;
	Firing f = window_fire_make(op, end, ord, stamp);
	if (w->runs)
		return fire_running(op, &f, err);
	return emit_scope(op, &f, end, err) && drop_slices(op, end, false, err);
}

/* ---- which windows ---- */

static bool fire_all(Operator *op, int64_t watermark, int64_t ord, int64_t stamp, Err *err)
{
	WindowAggOp *w = op->state;
	for (;;) {
		window_fire_schedule(w);
		if (w->next_fire > watermark || w->next_fire == INT64_MAX)
			return true;
		if (operator_canceled(op, err) || !fire(op, ord, stamp, err))
			return false;
	}
}

bool window_fire_until(Operator *op, int64_t to, int64_t ord, Err *err)
{
	WindowAggOp *w = op->state;
	const Curve *c = op->in_curve[0];
	window_fire_schedule(w);
	for (;;) {
		int64_t ms = to, at = ord;
		if (w->point < c->len && c->points[w->point].ms <= to) {
			ms = c->points[w->point].ms;
			at = c->points[w->point++].ord;
		} else if (to <= w->watermark) {
			return true;
		}
		if (w->next_fire <= ms && !fire_all(op, ms, at, w->watermark, err))
			return false;
		if (ms > w->watermark)
			w->watermark = ms;
	}
}

bool window_fire_begin(Operator *op, int64_t ord, Err *err)
{
	WindowAggOp *w = op->state;
	if (w->begun)
		return true;
	w->begun = true;
	w->point = 0;
	int64_t before = op->in_curve[0]->before;
	int64_t stamp = w->watermark;
	if (w->agg->window.proctime && !op->run->is_snapshot) {
		/* Who attached the window closes it by the same clock, in this step: its rows come first. */
		if (w->agg->attached)
			return true;
		stamp = before;
		before = window_time_floor_div(op->run->env.now_us, 1000) - 1;
	}
	if (before <= w->watermark)
		return true;
	if (!fire_all(op, before, ord, stamp, err))
		return false;
	w->watermark = before;
	return true;
}

bool window_fire_end(Operator *op, Err *err)
{
	WindowAggOp *w = op->state;
	int64_t last = curve_last(op->in_curve[0]);
	if (w->agg->window.proctime && !op->run->is_snapshot) {
		int64_t now_ms = window_time_floor_div(op->run->env.now_us, 1000) - 1;
		if (last != BATCH_END && w->agg->attached && now_ms > w->watermark) {
			if (!fire_all(op, now_ms, op->run->next_ord, op->in_curve[0]->before, err))
				return false;
			w->watermark = now_ms;
		}
		if (last != BATCH_END)
			return (window_fire_schedule(w), true);
		return fire_all(op, BATCH_END, op->run->next_ord, op->in_curve[0]->before, err);
	}
	if (!window_fire_until(op, last, op->run->next_ord, err))
		return false;
	window_fire_schedule(w);
	return true;
}
