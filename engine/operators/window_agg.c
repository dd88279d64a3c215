/*
 * engine/operators/window_agg.c: GROUP BY window: a window function and its aggregates in one.
 *
 * Rows are added to slices (slices.h): key = slice end | group key, value = block of aggregates (agg_state.h). A window
 * fires when the watermark reaches its end; its rows come out in the order of their keys.
 *
 *   TUMBLE, attached  a window is one slice: it is read and dropped
 *   HOP               one running block per key, under a scope of its own: a slice is added when the window's end
 *                     reaches it and taken out when the window leaves it. What cannot be taken out (real numbers, MIN,
 *                     MAX) is merged again from the slices (window_fire.c)
 *   CUMULATE          the same, but nothing is taken out: the running blocks go when their window is over
 *
 * A row into a slice that was added already goes to the slice and to the running block. Rows that only meet windows
 * that have fired are late. This file takes rows in; window_fire.c lets windows out.
 */
#include "engine/operators/window_agg.h"

#include "engine/operators/operators.h"
#include "sql/types/timestamp.h"

static bool open_tables(Operator *op, WindowAggOp *w, Err *err)
{
	StateTable *dir;
	return operator_state_open(op, "agg", STATE_HASH, WINDOW_SCOPE, &w->blocks, err) &&
	       operator_state_open(op, "slices", STATE_ORDERED, 0, &dir, err) && (slices_init(&w->slices, dir), true) &&
	       agg_state_open(&w->st, op, w->on_update ? 16 : 8, WINDOW_SCOPE, err);
}

/* What is not in the tables but follows from them. */
static bool restore(Operator *op, WindowAggOp *w, Err *err)
{
	if (!slices_load(&w->slices, op->run->arena, err))
		return false;
	op->counts.held = slices_rows(&w->slices);
	if (!w->runs)
		return true;
	StateScan *s =
	    state_scan_open(w->blocks, window_scope(WINDOW_RUNNING, w->scope), (Str){0}, false, false, op->run->arena);
	Str key, value;
	while (state_scan_next(s, &key, &value))
		w->running++;
	state_scan_close(s);
	return true;
}

static bool window_agg_open(Operator *op, Err *err)
{
	const PlanAgg *agg = &op->plan->agg;
	WindowAggOp *w = ARENA_NEW(op->run->arena, WindowAggOp);
	op->state = w;
	w->agg = agg;
	slices_cut(&w->cut, &agg->window);
	window_time_init(&w->clock, &agg->window);
	bool early = agg->emit == EMIT_EARLY && !op->run->is_snapshot;
	w->spread = early && !agg->attached && agg->window.kind != WINDOW_TUMBLE;
	w->attached = agg->attached || w->spread;
	w->start_col = w->spread ? op->plan->inputs[0]->ncols : agg->start_col;
	w->end_col = w->spread ? op->plan->inputs[0]->ncols + 1 : agg->end_col;
	w->runs = !w->attached && agg->window.kind != WINDOW_TUMBLE;
	w->on_update = w->runs && agg->window.only_on_update;
	w->watermark = BATCH_NO_WATERMARK;
	w->next_fire = INT64_MAX;
	w->at = (WindowPlace){.end = INT64_MIN};
	w->nkeys = agg->nkeys + (w->attached ? 1 : 0);
	w->keys = ARENA_ARRAY(op->run->arena, uint32_t, w->nkeys + 1);
	if (w->attached)
		w->keys[0] = w->start_col;
	memcpy(w->keys + (w->attached ? 1 : 0), agg->keys, agg->nkeys * sizeof *agg->keys);
	out_rows_init(&w->out, op);
	if (!open_tables(op, w, err) || (early && !window_early_open(op, err)))
		return false;
	if (w->runs && agg->window.kind == WINDOW_HOP && !w->st.subtracts && !window_front_open(op, err))
		return false;
	if (!restore(op, w, err))
		return false;
	window_fire_schedule(w);
	return true;
}

/* ---- rows in ---- */

/* What all rows of a slice have in common. */
static void find_place(WindowAggOp *w, int64_t local_ms)
{
	WindowPlace *p = &w->at;
	p->end = slices_end_of(&w->cut, local_ms);
	p->start = p->end - w->cut.width;
	int64_t first = slices_first_window(&w->cut, p->end);
	p->last_window = slices_last_window(&w->cut, p->end);
	p->none = first > p->last_window;
	p->first_fire = window_time_fire(&w->clock, first);
	p->last_fire = p->last_window == first ? p->first_fire : window_time_fire(&w->clock, p->last_window);
}

static void find_attached(WindowAggOp *w, int64_t start, int64_t end)
{
	int64_t fire = window_time_fire(&w->clock, end);
	w->at = (WindowPlace){.start = start, .end = end, .last_window = end, .first_fire = fire, .last_fire = fire};
}

void window_agg_late(Operator *op, const Batch *b, uint32_t row, int64_t time_ms, int64_t stamp, int64_t start,
                     int64_t end)
{
	operator_late(op, b, row, time_ms, stamp, start, end);
}

/* Keys of the state: the scope of each row (or the one of all), then its group key. */
static Str *scoped_keys(const Str *groups, const int64_t *ends, int64_t one, uint32_t n, Arena *step)
{
	Str *keys = ARENA_ARRAY(step, Str, n + 1);
	size_t total = 0;
	for (uint32_t i = 0; i < n; i++)
		total += groups[i].len + WINDOW_SCOPE;
	char *at = arena_alloc(step, total + 16);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len = groups[i].len;
		codec_store_be64(at, codec_order_i64(ends ? ends[i] : one));
		if (len == 9)
			memcpy(at + WINDOW_SCOPE, groups[i].ptr, 9);
		else
			memcpy(at + WINDOW_SCOPE, groups[i].ptr, len);
		keys[i] = (Str){at, len + WINDOW_SCOPE};
		at += len + WINDOW_SCOPE;
	}
	return keys;
}

static void note_suspects(Operator *op, WindowAggOp *w, const Batch *b, const Str *keys, void *const *blocks)
{
	for (uint32_t i = 0; i < b->n; i++)
		if (*agg_state_rows(blocks[i]) < 0) {
			WindowSuspect s = {arena_str(op->run->step, keys[i]), b, i};
			ARENA_PUSH(op->run->step, &w->suspects, s);
		}
}

/* Running blocks that hold nothing any more. Keys may repeat. */
static void drop_empty_running(WindowAggOp *w, const Str *keys, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len;
		const int64_t *rows = state_get(w->blocks, keys[i], &len);
		if (rows && *rows == 0) {
			state_del(w->blocks, keys[i]);
			w->running--;
			if (w->front)
				window_front_drop_key(w, str_slice(keys[i], WINDOW_SCOPE, keys[i].len));
		}
	}
}

/* Adds rows to the blocks of their slices, or to the running blocks (ends NULL). */
static bool add_rows(Operator *op, WindowAggOp *w, const Batch *b, const Str *groups, const int64_t *ends, AggPart part,
                     Err *err)
{
	Arena *step = op->run->step;
	Str *keys = scoped_keys(groups, ends, WINDOW_RUNNING, b->n, step);
	void **blocks = ARENA_ARRAY(step, void *, b->n + 1);
	uint8_t *created = ends ? NULL : ARENA_ARRAY(step, uint8_t, b->n + 1);
	state_edit_many(w->blocks, keys, NULL, b->n, w->st.size, blocks, created);
	for (uint32_t i = 0; created && i < b->n; i++) {
		w->running += created[i];
		window_mark_update(w, blocks[i]);
	}
	w->st.part = part;
	if (!agg_state_update(&w->st, b, keys, blocks, err))
		return false;
	if (w->early)
		window_early_touch(op, keys, b->n);
	if (b->weight) {
		note_suspects(op, w, b, keys, blocks);
		if (!ends)
			drop_empty_running(w, keys, b->n);
	}
	return true;
}

/* Without group keys: one block for each run of rows of one slice. */
static bool add_runs(Operator *op, WindowAggOp *w, const Batch *b, const int64_t *ends, AggPart part, Err *err)
{
	for (uint32_t i = 0, j; i < b->n; i = j) {
		for (j = i + 1; j < b->n && (!ends || ends[j] == ends[i]);)
			j++;
		Str key = arena_str(op->run->step, window_scope(ends ? ends[i] : WINDOW_RUNNING, w->scope));
		bool created;
		void *block = state_edit(w->blocks, key, w->st.size, NULL, &created);
		if (!ends) {
			w->running += created;
			window_mark_update(w, block);
		}
		w->st.part = part;
		const Batch *run = i == 0 && j == b->n ? b : batch_slice(b, i, j, op->run->step);
		if (!agg_state_update_one(&w->st, run, key, block, err))
			return false;
		if (w->early)
			window_early_touch(op, &key, 1);
		if (b->weight) {
			Str keys[1] = {key};
			void *blocks[1] = {block};
			note_suspects(op, w, batch_slice(b, i, i + 1, op->run->step), keys, blocks);
			if (!ends)
				drop_empty_running(w, keys, 1);
		}
	}
	return true;
}

static void note_slices(Operator *op, WindowAggOp *w, const Batch *b, const int64_t *ends, const uint8_t *counted)
{
	for (uint32_t i = 0, j; i < b->n; i = j) {
		int64_t rows = 0;
		for (j = i; j < b->n && ends[j] == ends[i]; j++)
			rows += counted && !counted[j] ? 0 : batch_weight(b, j);
		bool created;
		Slice *s = slices_need(&w->slices, ends[i], &created);
		s->rows += rows;
		s->changed = true;
		op->counts.held += rows;
	}
}

/* Rows and what goes with them, by number. */
typedef struct RowSet {
	const Batch *batch;
	Str *groups;
	int64_t *ends;
} RowSet;

static RowSet pick_rows(const RowSet *r, const uint32_t *idx, uint32_t n, Arena *step)
{
	RowSet out = {batch_gather(r->batch, idx, n, step), ARENA_ARRAY(step, Str, n + 1),
	              ARENA_ARRAY(step, int64_t, n + 1)};
	for (uint32_t i = 0; i < n; i++) {
		out.groups[i] = r->groups[idx[i]];
		out.ends[i] = r->ends[idx[i]];
	}
	return out;
}

/* part: AGG_WHOLE into the slices, else into the running blocks. */
static bool add_set(Operator *op, WindowAggOp *w, const RowSet *r, AggPart part, Err *err)
{
	if (!r->batch->n)
		return true;
	const int64_t *ends = part == AGG_WHOLE ? r->ends : NULL;
	return w->nkeys ? add_rows(op, w, r->batch, r->groups, ends, part, err)
	                : add_runs(op, w, r->batch, ends, part, err);
}

/* Into the running blocks, with an eye on what lies before the pivot of the two stacks. */
static bool add_running(Operator *op, WindowAggOp *w, const RowSet *r, Err *err)
{
	if (!w->front)
		return add_set(op, w, r, AGG_MERGED, err);
	uint32_t *before = ARENA_ARRAY(op->run->step, uint32_t, r->batch->n + 1),
	         *behind = ARENA_ARRAY(op->run->step, uint32_t, r->batch->n + 1);
	uint32_t nbefore = 0, nbehind = 0;
	for (uint32_t i = 0; i < r->batch->n; i++) {
		if (r->ends[i] <= w->slices.pivot)
			before[nbefore++] = i;
		else
			behind[nbehind++] = i;
	}
	RowSet old = pick_rows(r, before, nbefore, op->run->step), fresh = pick_rows(r, behind, nbehind, op->run->step);
	window_front_spoil(w, old.groups, nbefore);
	return add_set(op, w, &old, AGG_MERGED_INVERSE, err) && add_set(op, w, &fresh, AGG_MERGED, err);
}

/* Rows whose slice is part of the running blocks already. The slices of CUMULATE are gone then, but for their rows in
 * order. */
static bool add_again(Operator *op, WindowAggOp *w, const RowSet *all, const uint32_t *added, uint32_t nadded, Err *err)
{
	Arena *step = op->run->step;
	RowSet again = pick_rows(all, added, nadded, step);
	if (w->cut.kind != WINDOW_CUMULATE)
		return add_set(op, w, all, AGG_WHOLE, err) && add_running(op, w, &again, err);
	uint32_t *idx = ARENA_ARRAY(step, uint32_t, all->batch->n + 1);
	uint32_t n = 0;
	for (uint32_t i = 0, k = 0; i < all->batch->n; i++) {
		if (k < nadded && added[k] == i)
			k++;
		else
			idx[n++] = i;
	}
	RowSet fresh = pick_rows(all, idx, n, step);
	if (!add_set(op, w, &fresh, AGG_WHOLE, err) || !add_set(op, w, &again, AGG_MERGED, err))
		return false;
	if (!w->st.has_values)
		return true;
	w->st.part = AGG_ROWS_ONLY;
	return agg_state_update(&w->st, again.batch, scoped_keys(again.groups, again.ends, 0, nadded, step), NULL, err);
}

/* Accepted rows; ends[i] is the slice of row i. added[]: those whose slice is part of the running blocks already. */
static bool take_rows(Operator *op, WindowAggOp *w, const Batch *b, int64_t *ends, const uint8_t *counted,
                      const uint32_t *added, uint32_t nadded, Err *err)
{
	Arena *step = op->run->step;
	note_slices(op, w, b, ends, counted);
	RowSet all = {b, ARENA_ARRAY(step, Str, b->n + 1), ends};
	const Column **cols = ARENA_ARRAY(step, const Column *, w->nkeys + 1);
	for (uint32_t k = 0; k < w->nkeys; k++)
		cols[k] = &b->cols[w->keys[k]];
	if (w->nkeys)
		column_encode_keys(cols, w->nkeys, b->n, step, all.groups);
	for (uint32_t i = 0; !w->nkeys && nadded && i < b->n; i++)
		all.groups[i] = STR_EMPTY;
	return nadded ? add_again(op, w, &all, added, nadded, err) : add_set(op, w, &all, AGG_WHOLE, err);
}

static bool null_time(Operator *op, const Batch *b, uint32_t row, uint32_t col, Err *err)
{
	operator_failed_at(op, b, row);
	const PlanCol *c = &op->plan->inputs[0]->cols[col];
	err_set(err, ERR_BAD_VALUE, "the time column \"%.*s\" of a window is NULL", STR_ARG(c->name));
	return err_hint(err, "Leave such rows out with WHERE %.*s IS NOT NULL.", STR_ARG(c->name));
}

/* The rows of a batch on their way into slices. */
typedef struct Intake {
	const Column *time; /* attached: window_end */
	const Column *start;
	const int64_t *stamp;
	int64_t one_stamp; /* where there are none */
	uint32_t *sel;     /* accepted rows */
	int64_t *ends;     /* their slices */
	uint32_t *added;   /* accepted rows (numbers into sel) that the running blocks get too */
	uint32_t n, nadded;
} Intake;

/* A row whose first windows have fired: is the slice in the running blocks? */
static void partly_late(Operator *op, WindowAggOp *w, int64_t weight, int64_t stamp)
{
	op->counts.partly_late += (uint64_t)(weight < 0 ? -weight : weight);
	if (w->running || stamp == BATCH_END) /* behind the end of all input no window is open */
		return;
	/* nothing ran, so nothing noted how far the windows have come; some window of the row is still open */
	int64_t end = slices_first_window(&w->cut, w->at.end);
	while (window_time_fire(&w->clock, end + w->cut.slide) <= stamp)
		end += w->cut.slide;
	if (end > w->slices.fired)
		slices_set_fired(&w->slices, end);
}

/* Takes rows from `from` on until one meets a watermark that closes a window. Returns its number, or b->n. */
static uint32_t accept_rows(Operator *op, WindowAggOp *w, const Batch *b, uint32_t from, Intake *in)
{
	uint32_t n = 0, nadded = 0, i = from;
	const int64_t *time = in->time->i64;
	bool constant = in->time->constant;
	for (; i < b->n; i++) {
		int64_t stamp = in->stamp ? in->stamp[i] : in->one_stamp;
		if (stamp >= w->next_fire && w->next_fire != INT64_MAX)
			break;
		int64_t value = time[constant ? 0 : i];
		int64_t local = window_time_local(&w->clock, value);
		if (w->attached) {
			int64_t start = window_time_floor_div(in->start->i64[column_at(in->start, i)], 1000);
			local = window_time_floor_div(value, 1000);
			if (local != w->at.end || start != w->at.start)
				find_attached(w, start, local);
		} else if (local >= w->at.end || local < w->at.start) {
			find_place(w, local);
		}
		const WindowPlace *p = &w->at;
		if (p->none) {
			int64_t weight = batch_weight(b, i);
			op->counts.filtered += (uint64_t)(weight < 0 ? -weight : weight);
			continue;
		}
		if (stamp >= p->first_fire) {
			if (stamp >= p->last_fire) {
				int64_t last = p->last_window;
				window_agg_late(op, b, i, window_time_floor_div(value, 1000), stamp,
				                w->attached ? p->start : slices_window_start(&w->cut, last), last);
				continue;
			}
			partly_late(op, w, batch_weight(b, i), stamp);
			in->added[nadded++] = n;
			w->next_fire = window_time_fire(&w->clock, w->slices.fired + w->cut.slide);
		} else if (p->first_fire < w->next_fire) {
			w->next_fire = p->first_fire;
		}
		in->sel[n] = i;
		in->ends[n++] = p->end;
	}
	in->n = n;
	in->nadded = nadded;
	return i;
}

/* Takes in a batch whose rows have the columns that this operator reads. counted: rows that count as held (NULL: all);
 * only without late rows. */
bool window_agg_take(Operator *op, const Batch *b, const uint8_t *counted, Err *err)
{
	WindowAggOp *w = op->state;
	Arena *step = op->run->step;
	bool proctime = w->agg->window.proctime && !op->run->is_snapshot;
	Intake in = {.time = &b->cols[w->attached ? w->end_col : (uint32_t)w->agg->time_col],
	             .stamp = proctime ? NULL : b->stamp};
	in.start = w->attached ? &b->cols[w->start_col] : NULL;
	in.one_stamp = proctime ? w->watermark : BATCH_NO_WATERMARK;
	Column now;
	if (proctime && !w->attached) {
		column_init_const(&now, &type_ltz3, value_i64(op->run->env.now_us), b->n, step);
		in.time = &now;
	}
	in.sel = ARENA_ARRAY(step, uint32_t, b->n);
	in.ends = ARENA_ARRAY(step, int64_t, b->n);
	in.added = ARENA_ARRAY(step, uint32_t, b->n);
	for (uint32_t from = 0; from < b->n;) {
		uint32_t to = accept_rows(op, w, b, from, &in);
		if (in.n) {
			const Batch *rows = b;
			if (in.n == to - from && in.n < b->n)
				rows = batch_slice(b, from, to, step);
			else if (in.n < b->n)
				rows = batch_gather(b, in.sel, in.n, step);
			if (!take_rows(op, w, rows, in.ends, counted ? counted + from : NULL, in.added, in.nadded, err))
				return false;
		}
		if (to < b->n && !window_fire_until(op, in.stamp ? in.stamp[to] : in.one_stamp, b->ord ? b->ord[to] : 0, err))
			return false;
		from = to;
	}
	return true;
}

static bool window_agg_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	WindowAggOp *w = op->state;
	if (!window_fire_begin(op, b->ord ? b->ord[0] : op->run->next_ord, err))
		return false;
	uint32_t time_col = w->agg->attached ? w->end_col : (uint32_t)w->agg->time_col;
	const Column *time = &b->cols[time_col];
	for (uint32_t i = 0; time->valid && i < b->n; i++)
		if (column_is_null(time, i))
			return null_time(op, b, i, time_col, err);
	return w->spread ? window_early_push(op, b, err) : window_agg_take(op, b, NULL, err);
}

/* ---- the end of a step ---- */

/* Rows that were taken back and never there: trap for wrong inputs. */
static bool check_suspects(Operator *op, WindowAggOp *w, Err *err)
{
	for (uint32_t i = 0; i < w->suspects.len; i++) {
		const WindowSuspect *s = &w->suspects.items[i];
		uint32_t len;
		const int64_t *rows = state_get(w->blocks, s->key, &len);
		if (rows && *rows < 0)
			return window_fire_unknown(op, s->batch, s->row, err);
	}
	w->suspects.len = w->suspects.cap = 0;
	w->suspects.items = NULL;
	return agg_state_check(&w->st, err);
}

static bool window_agg_flush(Operator *op, Err *err)
{
	WindowAggOp *w = op->state;
	bool fine = window_fire_begin(op, op->run->next_ord, err) && window_fire_end(op, err) &&
	            check_suspects(op, w, err) && (!w->early || window_early_flush(op, err));
	out_rows_flush(&w->out);
	w->begun = false;
	return fine;
}

static bool window_agg_checkpoint(Operator *op, Err *err)
{
	(void)err;
	slices_save(&((WindowAggOp *)op->state)->slices);
	return true;
}

static void window_agg_close(Operator *op)
{
	WindowAggOp *w = op->state;
	if (!w)
		return;
	slices_deinit(&w->slices);
	agg_state_close(&w->st);
}

static int64_t window_agg_next_proctime(Operator *op)
{
	const WindowAggOp *w = op->state;
	if (!w->agg->window.proctime || w->next_fire == INT64_MAX)
		return INT64_MAX;
	return (w->next_fire + 1) * 1000;
}

static void window_agg_describe(Operator *op, StrBuf *out)
{
	const WindowAggOp *w = op->state;
	strbuf_printf(out, "%lld rows in %u open slices", (long long)op->counts.held, slices_count(&w->slices));
	if (w->next_fire == INT64_MAX)
		return;
	strbuf_puts(out, "; the next window ends at ");
	timestamp_print(w->next_end * 1000, 3, ' ', out);
	strbuf_puts(out, w->agg->window.proctime ? " by the clock" : " and closes when the watermark reaches ");
	if (!w->agg->window.proctime)
		timestamp_print(w->next_fire * 1000, 3, ' ', out);
}

const OperatorType window_agg_type = {
    .name = "window aggregate",
    .open = window_agg_open,
    .push = window_agg_push,
    .flush = window_agg_flush,
    .checkpoint = window_agg_checkpoint,
    .close = window_agg_close,
    .describe = window_agg_describe,
    .next_proctime = window_agg_next_proctime,
};
