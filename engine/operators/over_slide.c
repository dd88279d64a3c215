/*
 * engine/operators/over_slide.c: frames that move along a time attribute, per partition.
 *
 *   positions   dropped <= removed <= added <= next
 *                  |          |         |
 *   stored         [......................)      where frames or LAG need rows again
 *   in the frame              [.........)
 *
 * A row that enters is added to the partition's block of aggregates, one that leaves is taken out of it by the same
 * kernels. Real numbers do not come back exactly: their aggregates are computed from the frame's rows each time.
 *
 * A partition of a RANGE frame is freed as Flink frees it, for this decides which late rows it still takes: a row sets
 * the time to 1.5 frames behind it, unless one more than a frame behind it is set; a timer of a time that has been
 * moved since lets nothing out, but what is not behind it is late from then on.
 */
#include "engine/operators/over_slide.h"

#include "base/map.h"

enum { SLIDE_HEAD = sizeof(SlideHead) };

static int64_t minus(int64_t a, int64_t b)
{
	int64_t r;
	return __builtin_sub_overflow(a, b, &r) ? INT64_MIN : r;
}

static bool cannot_leave(const AggCall *c)
{
	return c->kind == AGG_FLAT && !c->subtract;
}

static void find_frame(Slide *s)
{
	const PlanOver *v = s->plan;
	s->by_rows = v->rows;
	s->slides = v->start.kind != OVER_UNBOUNDED_PRECEDING;
	s->trails = v->end.kind == OVER_PRECEDING && v->end.number > 0;
	s->start = v->start.kind == OVER_PRECEDING ? v->start.number : 0;
	s->end = v->end.kind == OVER_PRECEDING ? v->end.number : 0;
}

bool over_slide_open(Slide *s, Operator *op, Err *err)
{
	const PlanOver *v = &op->plan->over;
	const Plan *in = op->plan->inputs[0];
	Arena *arena = op->run->arena;
	*s = (Slide){.op = op, .plan = v, .ncols = in->ncols};
	strbuf_init(&s->key);
	strbuf_init(&s->value);
	s->types = ARENA_ARRAY(arena, const Type *, in->ncols + 1);
	for (uint32_t c = 0; c < in->ncols; c++)
		s->types[c] = in->cols[c].type;
	s->low = INT64_MIN;
	find_frame(s);
	s->agg = (PlanAgg){.keys = v->partition, .nkeys = v->npartition, .time_col = -1};
	s->agg.aggs = ARENA_ARRAY_ZERO(arena, PlanAggCall, v->ncalls + 1);
	bool numbers = false;
	for (uint32_t i = 0; i < v->ncalls; i++) {
		const PlanOverCall *c = &v->calls[i];
		numbers |= c->fn != OVER_AGG;
		if (c->fn == OVER_LAG && c->number > s->lag)
			s->lag = c->number;
		if (c->fn == OVER_AGG) {
			s->agg.aggs[s->agg.naggs++] = c->agg;
			s->inexact |= s->slides && cannot_leave(&c->agg.call);
		}
	}
	s->agg.input_append = !s->slides;
	bool stored = s->slides || s->trails || s->lag > 0;
	return operator_state_open(op, "acc", STATE_HASH, 0, &s->blocks, err) &&
	       (!stored || operator_state_open(op, "frame", STATE_HASH, 0, &s->rows, err)) &&
	       (s->by_rows || !s->slides || numbers ||
	        operator_state_open(op, "timers", STATE_ORDERED, 0, &s->timers, err)) &&
	       agg_state_open_for(&s->st, op, &s->agg, SLIDE_HEAD, 0, err) &&
	       expiry_open(&s->expiry, op, 0, "ttl", EXPIRY_SEEN, err);
}

void over_slide_close(Slide *s)
{
	strbuf_deinit(&s->key);
	strbuf_deinit(&s->value);
	agg_state_close(&s->st);
	expiry_close(&s->expiry);
}

int64_t over_slide_partitions(const Slide *s)
{
	return state_rows(s->blocks);
}

/* ---- stored rows ---- */

static Str row_key(Slide *s, Str partition, int64_t position)
{
	strbuf_clear(&s->key);
	if (partition.len)
		strbuf_put_str(&s->key, partition);
	codec_put_i64(&s->key, position);
	return strbuf_str(&s->key);
}

static void store_row(Slide *s, Str partition, int64_t position, int64_t time_us, const Batch *b, uint32_t row)
{
	strbuf_clear(&s->value);
	strbuf_put_str(&s->value, str_make((const char *)&time_us, 8));
	batch_encode_row(b, row, &s->value);
	state_put(s->rows, row_key(s, partition, position), strbuf_str(&s->value));
}

static bool damaged(Slide *s, Err *err)
{
	return err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
	               STR_ARG(state_name(s->rows)));
}

static bool stored_time(Slide *s, Str partition, int64_t position, int64_t *time_us, Err *err)
{
	uint32_t len;
	const char *bytes = state_get(s->rows, row_key(s, partition, position), &len);
	if (!bytes || len < 8)
		return damaged(s, err);
	memcpy(time_us, bytes, 8);
	return true;
}

/* A stored row's values, in the step's arena. */
static Value *stored_row(Slide *s, Str partition, int64_t position, Value *out, Err *err)
{
	uint32_t len;
	const char *bytes = state_get(s->rows, row_key(s, partition, position), &len);
	if (!bytes || len < 8 ||
	    !batch_decode_row(arena_str(s->op->run->step, str_make(bytes + 8, len - 8)), s->types, s->ncols, out)) {
		damaged(s, err);
		return NULL;
	}
	return out;
}

/* ---- the frame ---- */

static bool update_row(Slide *s, Str partition, int64_t position, int64_t weight, char *block, Err *err)
{
	Arena *step = s->op->run->step;
	Value *values = ARENA_ARRAY(step, Value, s->ncols + 1);
	if (!stored_row(s, partition, position, values, err))
		return false;
	const Batch *b =
	    batch_from_values(s->types, s->ncols, values, 1, weight == 1 ? NULL : &weight, &position, NULL, step);
	return agg_state_update_one(&s->st, b, partition, block, err);
}

/* Has the row at a position come far enough behind the current one? */
static bool behind(Slide *s, Str partition, int64_t position, int64_t current, int64_t time_us, int64_t distance,
                   bool strictly, bool *is, Err *err)
{
	if (s->by_rows) {
		*is = strictly ? position < minus(current, distance) : position <= minus(current, distance);
		return true;
	}
	int64_t at, limit = minus(time_us, distance);
	if (!stored_time(s, partition, position, &at, err))
		return false;
	*is = strictly ? at < limit : at <= limit;
	return true;
}

static bool move_frame(Slide *s, Str partition, char *block, int64_t time_us, Err *err)
{
	SlideHead *h = (SlideHead *)(void *)block;
	int64_t current = h->next - 1;
	for (bool is = true; s->trails && h->added < h->next; h->added++) {
		if (!behind(s, partition, h->added, current, time_us, s->end, false, &is, err))
			return false;
		if (!is)
			break;
		if (!update_row(s, partition, h->added, 1, block, err))
			return false;
	}
	for (bool is = true; s->slides && h->removed < h->added; h->removed++) {
		if (!behind(s, partition, h->removed, current, time_us, s->start, true, &is, err))
			return false;
		if (!is)
			break;
		if (!update_row(s, partition, h->removed, -1, block, err))
			return false;
	}
	return true;
}

static void drop_rows(Slide *s, Str partition, SlideHead *h)
{
	int64_t keep = s->slides ? h->removed : h->added;
	if (s->lag && h->next - s->lag < keep)
		keep = h->next - s->lag;
	for (; s->rows && h->dropped < keep; h->dropped++)
		state_del(s->rows, row_key(s, partition, h->dropped));
}

/* ---- results ---- */

/* From the rows of the frame, for a state that rows cannot be taken out of. */
static bool compute_again(Slide *s, Str partition, const SlideHead *h, uint32_t item, Value *out, Err *err)
{
	Arena *step = s->op->run->step;
	const AggCall *call = s->st.items[item].call;
	const PlanAggCall *plan = s->st.items[item].plan;
	uint32_t n = (uint32_t)(h->added - h->removed), m = 0;
	Value *values = ARENA_ARRAY(step, Value, (size_t)(n + 1) * s->ncols + 1);
	Map seen;
	StrBuf key;
	map_init(&seen);
	strbuf_init(&key);
	bool fine = true;
	for (uint32_t i = 0; fine && i < n; i++) {
		Value *row = stored_row(s, partition, h->removed + i, values + (size_t)m * s->ncols, err);
		fine = row != NULL;
		if (!fine || (plan->filter >= 0 && (row[plan->filter].null || !row[plan->filter].b)))
			continue;
		if (call->distinct && call->nargs) {
			bool null = false;
			strbuf_clear(&key);
			for (uint32_t k = 0; k < call->nargs; k++) {
				null |= row[plan->args[k]].null;
				value_encode_key(s->types[plan->args[k]], row[plan->args[k]], &key);
			}
			if (null || map_put(&seen, strbuf_str(&key), values))
				continue;
		}
		m++;
	}
	strbuf_deinit(&key);
	map_deinit(&seen);
	if (!fine)
		return false;
	const Batch *b = batch_from_values(s->types, s->ncols, values, m, NULL, NULL, NULL, step);
	const Column **args = ARENA_ARRAY(step, const Column *, call->nargs + 1);
	for (uint32_t k = 0; k < call->nargs; k++)
		args[k] = &b->cols[plan->args[k]];
	void *state = ARENA_ARRAY_ZERO(step, uint64_t, call->size / 8 + 2);
	void **states = ARENA_ARRAY(step, void *, m + 1);
	for (uint32_t i = 0; i < m; i++)
		states[i] = state;
	uint32_t bad = 0;
	if (m && !call->update(call, &s->op->run->env, args, NULL, m, states, &bad))
		return agg_state_overflow(&s->st, item, b, bad, err);
	return call->result(call, &s->op->run->env, state, step, out) || agg_state_overflow(&s->st, item, NULL, 0, err);
}

static bool lag_value(Slide *s, Str partition, const PlanOverCall *c, const Batch *b, uint32_t row, int64_t position,
                      Value *out, Err *err)
{
	int64_t at = position - c->number;
	if (c->number == 0)
		*out = column_value(&b->cols[c->arg], row);
	else if (at < 0)
		*out = c->fallback >= 0 ? column_value(&b->cols[c->fallback], row) : VALUE_NULL;
	else {
		Value *values = ARENA_ARRAY(s->op->run->step, Value, s->ncols + 1);
		if (!stored_row(s, partition, at, values, err))
			return false;
		*out = values[c->arg];
	}
	return true;
}

/* One frame for all rows; LAG and ROW_NUMBER are each row's own. */
static bool fill_results(Slide *s, Str partition, char *block, const Batch *b, const uint32_t *idx, uint32_t n,
                         Value *results, Err *err)
{
	const SlideHead *h = (const SlideHead *)(const void *)block;
	Arena *step = s->op->run->step;
	Value *aggs = ARENA_ARRAY(step, Value, s->st.nitems + 1);
	if (!agg_state_results(&s->st, block, partition, NULL, 0, step, aggs, err))
		return false;
	for (uint32_t k = 0; s->inexact && k < s->st.nitems; k++)
		if (cannot_leave(s->st.items[k].call) && !compute_again(s, partition, h, k, &aggs[k], err))
			return false;
	for (uint32_t row = 0; row < n; row++) {
		Value *out = results + (size_t)row * s->plan->ncalls;
		int64_t position = h->next - n + row;
		for (uint32_t i = 0, k = 0; i < s->plan->ncalls; i++) {
			const PlanOverCall *c = &s->plan->calls[i];
			if (c->fn == OVER_AGG)
				out[i] = aggs[k++];
			else if (c->fn == OVER_ROW_NUMBER)
				out[i] = value_i64(position + 1);
			else if (!lag_value(s, partition, c, b, idx[row], position, &out[i], err))
				return false;
		}
	}
	return true;
}

/* ---- a row ---- */

static bool add_now(Slide *s, Str partition, const Batch *b, const uint32_t *idx, uint32_t n, char *block, Err *err)
{
	SlideHead *h = (SlideHead *)(void *)block;
	Batch *group = batch_gather(b, idx, n, s->op->run->step);
	int64_t *ord = ARENA_ARRAY(s->op->run->step, int64_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		ord[i] = h->added + i;
	group->ord = ord; /* rows in order are told apart by their positions */
	h->added += n;
	return agg_state_update_one(&s->st, group, partition, block, err);
}

static int64_t add_ms(int64_t ms, int64_t more)
{
	return __builtin_add_overflow(ms, more, &ms) || ms == INT64_MAX ? INT64_MAX - 1 : ms;
}

static void set_timer(Slide *s, Str partition, int64_t ms)
{
	strbuf_clear(&s->key);
	codec_put_i64(&s->key, ms);
	if (partition.len)
		strbuf_put_str(&s->key, partition);
	state_put(s->timers, strbuf_str(&s->key), STR_EMPTY);
	if (ms < s->low)
		s->low = ms;
}

static void forget(Slide *s, Str partition)
{
	uint32_t len;
	SlideHead *h = (SlideHead *)(uintptr_t)state_get(s->blocks, partition, &len);
	if (!h)
		return;
	for (int64_t at = h->dropped; s->rows && at < h->next; at++)
		state_del(s->rows, row_key(s, partition, at));
	agg_state_forget(&s->st, partition, NULL);
	state_del(s->blocks, partition);
}

void over_slide_sweep(Slide *s)
{
	for (Str gone; expiry_sweep(&s->expiry, &gone);)
		forget(s, gone);
	expiry_step_end(&s->expiry);
}

bool over_slide_next(Slide *s, Str partition, const Batch *b, const uint32_t *idx, uint32_t n, int64_t time_us,
                     Value *results, Err *err)
{
	if (s->expiry.ttl_ms && expiry_touch(&s->expiry, partition))
		forget(s, partition);
	char *block = state_edit(s->blocks, partition, s->st.size, NULL, NULL);
	SlideHead *h = (SlideHead *)(void *)block;
	for (uint32_t i = 0; s->rows && i < n; i++)
		store_row(s, partition, h->next + i, time_us, b, idx[i]);
	h->next += n;
	h->last_us = time_us;
	if (!s->trails && !add_now(s, partition, b, idx, n, block, err))
		return false;
	if (!move_frame(s, partition, block, time_us, err) || !fill_results(s, partition, block, b, idx, n, results, err))
		return false;
	drop_rows(s, partition, h);
	int64_t ms = over_slide_ms(time_us), frame = s->start / 1000;
	if (s->timers && (!h->timer || h->timer < add_ms(ms, add_ms(frame, 1)))) {
		h->timer = add_ms(ms, add_ms(frame / 2 * 3 + frame % 2, 1));
		set_timer(s, partition, h->timer);
	}
	return true;
}

int64_t over_slide_last(Slide *s, Str partition)
{
	uint32_t len;
	const SlideHead *h = state_get(s->blocks, partition, &len);
	return h ? over_slide_ms(h->last_us) : INT64_MIN;
}

/* ---- what nobody can see any more ---- */

static bool free_partition(Slide *s, Str partition, char *block, Err *err)
{
	SlideHead *h = (SlideHead *)(void *)block;
	for (; s->st.has_values && h->removed < h->added; h->removed++)
		if (!update_row(s, partition, h->removed, -1, block, err))
			return false;
	for (; h->dropped < h->next; h->dropped++)
		state_del(s->rows, row_key(s, partition, h->dropped));
	state_del(s->blocks, partition);
	s->op->counts.expired++;
	return true;
}

/* A timer has come: the partition is freed, or what is not behind the timer is late from now on. */
static bool take_timer(Slide *s, Str partition, int64_t at, Err *err)
{
	uint32_t len;
	if (!state_get(s->blocks, partition, &len))
		return true;
	char *block = state_edit(s->blocks, partition, s->st.size, NULL, NULL);
	SlideHead *h = (SlideHead *)(void *)block;
	if (h->timer <= at)
		return free_partition(s, partition, block, err);
	if (at > over_slide_ms(h->last_us))
		h->last_us = at * 1000;
	return true;
}

bool over_slide_expire(Slide *s, int64_t ms, Err *err)
{
	if (!s->timers || s->low > ms)
		return true;
	Arena *step = s->op->run->step;
	strbuf_clear(&s->key);
	codec_put_i64(&s->key, s->low);
	StateScan *scan = state_scan_open(s->timers, strbuf_str(&s->key), (Str){0}, false, true, step);
	Str key, none;
	bool fine = true;
	s->low = INT64_MAX;
	while (fine && state_scan_next(scan, &key, &none)) {
		int64_t at = codec_load_i64(key.ptr);
		if (at > ms) {
			s->low = at;
			break;
		}
		key = arena_str(step, key);
		state_del(s->timers, key);
		fine = take_timer(s, str_slice(key, 8, key.len - 8), at, err);
	}
	state_scan_close(scan);
	return fine;
}
