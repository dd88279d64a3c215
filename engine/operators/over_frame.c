/*
 * engine/operators/over_frame.c: one aggregate over frames that move forwards.
 */
#include "engine/operators/over_frame.h"

#include <stdlib.h>

#include "base/map.h"
#include "engine/operators/agg_state.h"
#include "engine/operators/collect.h"

typedef struct Frame {
	Operator *op;
	const PlanAggCall *plan;
	const AggCall *call;
	const Batch *b;
	uint32_t from, n;
	const Column *args[8];
	bool *counts; /* row i passes FILTER */
	Column *out;
	Err *err;
} Frame;

enum { FRAME_ARGS_MAX = 8 };

static bool overflow(const Frame *f, uint32_t row)
{
	StrBuf text;
	strbuf_init(&text);
	aggregate_fail(f->call, f->err);
	batch_print(batch_slice(f->b, f->from + row, f->from + row + 1, f->op->run->step), &text);
	err_detail(f->err, "at the row %s", strbuf_cstr(&text));
	strbuf_deinit(&text);
	return false;
}

static void set(const Frame *f, uint32_t i, Value v)
{
	if (v.null)
		column_set_null(f->out, f->from + i, f->op->run->step);
	else
		column_set(f->out, f->from + i, v, f->op->run->step);
}

static bool ignored(const Frame *f, uint32_t i, bool all)
{
	if (!f->counts[i])
		return true;
	for (uint32_t k = 0; k < (all ? f->call->nargs : f->call->nargs > 0); k++)
		if (column_is_null(f->args[k], f->from + i))
			return true;
	return false;
}

/* Adds row i to a state, or takes it out. */
static bool update(const Frame *f, void *state, uint32_t i, int64_t weight)
{
	Column one[FRAME_ARGS_MAX];
	const Column *in[FRAME_ARGS_MAX];
	uint64_t valid[FRAME_ARGS_MAX];
	for (uint32_t k = 0; k < f->call->nargs; k++) {
		/* one row as a column of its own, without copying strings */
		const Column *c = f->args[k];
		uint32_t at = column_at(c, f->from + i);
		one[k] = (Column){.type = c->type, .phys = c->phys, .len = 1};
		one[k].data = (char *)c->data + (size_t)at * column_width(c->phys);
		if (c->valid) {
			valid[k] = bit_get(c->valid, at);
			one[k].valid = &valid[k];
		}
		in[k] = &one[k];
	}
	void *states[1] = {state};
	uint32_t bad = 0;
	return f->call->update(f->call, &f->op->run->env, in, &weight, 1, states, &bad) || overflow(f, i);
}

static bool result(const Frame *f, const void *state, uint32_t i)
{
	Value v;
	if (!f->call->result(f->call, &f->op->run->env, state, f->op->run->step, &v))
		return overflow(f, i);
	set(f, i, v);
	return true;
}

static void *new_state(const Frame *f, uint32_t n)
{
	return ARENA_ARRAY_ZERO(f->op->run->step, uint64_t, ((f->call->size + 7) / 8 + 1) * n);
}

/* ---- states that rows can be taken out of, or frames that only grow ---- */

static bool slide_flat(const Frame *f, const uint32_t *lo, const uint32_t *hi)
{
	char *state = new_state(f, 1);
	for (uint32_t i = 0, a = 0, z = 0; i < f->n; i++) {
		if (hi[i] <= lo[i]) {
			if (!result(f, new_state(f, 1), i))
				return false;
			continue;
		}
		for (; z < hi[i]; z++)
			if (f->counts[z] && !update(f, state, z, 1))
				return false;
		for (; a < lo[i]; a++)
			if (f->counts[a] && !update(f, state, a, -1))
				return false;
		if (!result(f, state, i))
			return false;
	}
	return true;
}

/* ---- two stacks: what lies before the pivot is added up from its end backwards ---- */

static bool slide_stacks(const Frame *f, const uint32_t *lo, const uint32_t *hi)
{
	uint32_t size = ((f->call->size + 7) / 8) * 8, pivot = 0, z = 0, base = 0;
	char *back = new_state(f, 1), *front = NULL, *both = new_state(f, 1);
	for (uint32_t i = 0; i < f->n; i++) {
		if (hi[i] <= lo[i]) {
			if (!result(f, new_state(f, 1), i))
				return false;
			continue;
		}
		if (z < lo[i]) { /* nothing of what was added is wanted any more */
			z = pivot = base = lo[i];
			front = NULL;
			memset(back, 0, size);
		}
		for (; z < hi[i]; z++)
			if (f->counts[z] && !update(f, back, z, 1))
				return false;
		if (lo[i] >= pivot) {
			base = lo[i];
			pivot = z;
			front = new_state(f, pivot - base + 1);
			for (uint32_t k = pivot; k-- > base;) {
				char *s = front + (size_t)(k - base) * size;
				if (k + 1 < pivot)
					memcpy(s, s + size, size);
				if (f->counts[k] && !update(f, s, k, 1))
					return false;
			}
			memset(back, 0, size);
		}
		memcpy(both, front + (size_t)(lo[i] - base) * size, size);
		if (!f->call->merge(f->call, &f->op->run->env, both, back))
			return overflow(f, i);
		if (!result(f, both, i))
			return false;
	}
	return true;
}

/* ---- MIN and MAX: rows that may still be the answer, the best one first ---- */

static void slide_extreme(const Frame *f, const uint32_t *lo, const uint32_t *hi)
{
	const Type *type = f->call->arg_types[0];
	uint32_t *queue = ARENA_ARRAY(f->op->run->step, uint32_t, f->n + 1), head = 0, tail = 0, z = 0;
	for (uint32_t i = 0; i < f->n; i++) {
		for (; z < hi[i]; z++) {
			if (ignored(f, z, false))
				continue;
			Value v = column_value(f->args[0], f->from + z);
			for (; tail > head; tail--) {
				int c = value_compare(type, column_value(f->args[0], f->from + queue[tail - 1]), v);
				if (f->call->extreme_last ? c >= 0 : c <= 0)
					break;
			}
			queue[tail++] = z;
		}
		while (head < tail && queue[head] < lo[i])
			head++;
		bool any = head < tail && queue[head] < hi[i] && lo[i] < hi[i];
		set(f, i, any ? column_value(f->args[0], f->from + queue[head]) : VALUE_NULL);
	}
}

/* ---- the first or last row of the frame ---- */

static bool slide_ends(const Frame *f, const uint32_t *lo, const uint32_t *hi)
{
	bool last = f->call->finish_last;
	/* next[i]: the first row from i on that counts; before[i]: the last one before i */
	uint32_t *next = ARENA_ARRAY(f->op->run->step, uint32_t, f->n + 1),
	         *before = ARENA_ARRAY(f->op->run->step, uint32_t, f->n + 1);
	next[f->n] = f->n;
	before[0] = UINT32_MAX;
	for (uint32_t i = f->n; i-- > 0;)
		next[i] = (f->call->ignore_nulls ? ignored(f, i, false) : !f->counts[i]) ? next[i + 1] : i;
	for (uint32_t i = 0; i < f->n; i++)
		before[i + 1] = next[i] == i ? i : before[i];
	for (uint32_t i = 0; i < f->n; i++) {
		uint32_t at = last ? before[hi[i]] : next[lo[i]];
		bool in = lo[i] < hi[i] && (last ? at != UINT32_MAX && at >= lo[i] : at < hi[i]);
		Value v = in ? column_value(f->args[0], f->from + at) : VALUE_NULL, out;
		if (!f->call->finish(f->call, &f->op->run->env, &v, in ? 1 : 0, f->op->run->step, &out))
			return overflow(f, i);
		set(f, i, out);
	}
	return true;
}

/* ---- the frame as a whole ---- */

/* The rows of a frame that count; of DISTINCT the first of equal ones. */
static uint32_t frame_rows(const Frame *f, uint32_t lo, uint32_t hi, uint32_t *rows)
{
	bool distinct = f->call->distinct && f->call->nargs;
	uint32_t n = 0;
	Map seen;
	StrBuf key;
	map_init(&seen);
	strbuf_init(&key);
	for (uint32_t i = lo; i < hi; i++) {
		bool skip = f->call->ignore_nulls || (distinct && f->call->kind != AGG_ORDERED) ? ignored(f, i, distinct)
		                                                                                : !f->counts[i];
		if (skip)
			continue;
		if (distinct) {
			strbuf_clear(&key);
			for (uint32_t k = 0; k < f->call->nargs; k++)
				value_encode_key(f->args[k]->type, column_value(f->args[k], f->from + i), &key);
			if (map_put(&seen, strbuf_str(&key), rows))
				continue;
		}
		rows[n++] = i;
	}
	strbuf_deinit(&key);
	map_deinit(&seen);
	return n;
}

static bool whole_frames(const Frame *f, const uint32_t *lo, const uint32_t *hi)
{
	Arena *step = f->op->run->step;
	uint32_t *rows = ARENA_ARRAY(step, uint32_t, f->n + 1);
	Value *values = ARENA_ARRAY(step, Value, f->n + 1);
	bool ordered = f->call->kind == AGG_ORDERED;
	for (uint32_t i = 0; i < f->n; i++) {
		if (i && lo[i] == lo[i - 1] && hi[i] == hi[i - 1]) {
			set(f, i, column_value(f->out, f->from + i - 1));
			continue;
		}
		if (!collect_may_go_on(f->op, f->err)) /* a frame and its result may be large */
			return false;
		uint32_t m = frame_rows(f, lo[i], hi[i], rows);
		if (ordered) {
			Value v;
			for (uint32_t k = 0; k < m; k++)
				values[k] = column_value(f->args[0], f->from + rows[k]);
			if (!f->call->finish(f->call, &f->op->run->env, values, m, step, &v))
				return overflow(f, i);
			set(f, i, v);
			continue;
		}
		char *state = new_state(f, 1);
		for (uint32_t k = 0; k < m; k++)
			if (!update(f, state, rows[k], 1))
				return false;
		if (!result(f, state, i))
			return false;
	}
	return true;
}

/* DISTINCT whose values can be taken out: counts of values, in map order. */
typedef struct Seen {
	uint32_t rows; /* of the frame with this value */
} Seen;

static bool slide_distinct(const Frame *f, const uint32_t *lo, const uint32_t *hi)
{
	Arena *step = f->op->run->step;
	Seen **of = ARENA_ARRAY_ZERO(step, Seen *, f->n + 1);
	Map map;
	StrBuf key;
	map_init(&map);
	strbuf_init(&key);
	for (uint32_t i = 0; i < f->n; i++) {
		if (ignored(f, i, true))
			continue;
		strbuf_clear(&key);
		for (uint32_t k = 0; k < f->call->nargs; k++)
			value_encode_key(f->args[k]->type, column_value(f->args[k], f->from + i), &key);
		if (!(of[i] = map_get(&map, strbuf_str(&key)))) {
			of[i] = ARENA_NEW(step, Seen);
			map_put(&map, strbuf_str(&key), of[i]);
		}
	}
	strbuf_deinit(&key);
	map_deinit(&map);
	char *state = new_state(f, 1);
	for (uint32_t i = 0, a = 0, z = 0; i < f->n; i++) {
		if (hi[i] <= lo[i]) {
			if (!result(f, new_state(f, 1), i))
				return false;
			continue;
		}
		for (; z < hi[i]; z++)
			if (of[z] && of[z]->rows++ == 0 && !update(f, state, z, 1))
				return false;
		for (; a < lo[i]; a++)
			if (of[a] && --of[a]->rows == 0 && !update(f, state, a, -1))
				return false;
		if (!result(f, state, i))
			return false;
	}
	return true;
}

/* ---- how often which value is in the frame ---- */

typedef struct Counted {
	Str key; /* the value's bytes, in the order of values */
	uint32_t row;
} Counted;

static int counted_compare(const void *a, const void *b)
{
	return str_cmp(((const Counted *)a)->key, ((const Counted *)b)->key);
}

static bool slide_counts(const Frame *f, const uint32_t *lo, const uint32_t *hi)
{
	const AggCall *call = f->call;
	Arena *step = f->op->run->step;
	uint32_t *at = ARENA_ARRAY(step, uint32_t, f->n + 1), *rank = ARENA_ARRAY(step, uint32_t, f->n + 1);
	Column cols[FRAME_ARGS_MAX], made;
	const Column *args[FRAME_ARGS_MAX], *counted = &cols[0];
	for (uint32_t i = 0; i < f->n; i++)
		at[i] = f->from + i;
	for (uint32_t k = 0; k < call->nargs; k++) {
		column_gather(f->args[k], at, f->n, &cols[k], step);
		args[k] = &cols[k];
	}
	if (call->count_of) {
		call->count_of(call, args, f->n, step, &made);
		counted = &made;
	}
	Str *keys = ARENA_ARRAY(step, Str, f->n + 1);
	column_encode_keys(&counted, 1, f->n, step, keys);
	Counted *sorted = ARENA_ARRAY(step, Counted, f->n + 1);
	for (uint32_t i = 0; i < f->n; i++)
		sorted[i] = (Counted){keys[i], i};
	qsort(sorted, f->n, sizeof *sorted, counted_compare);
	uint32_t nvalues = 0;
	Value *values = ARENA_ARRAY(step, Value, f->n + 1), *in = ARENA_ARRAY(step, Value, f->n + 1);
	int64_t *counts = ARENA_ARRAY_ZERO(step, int64_t, f->n + 1), *of = ARENA_ARRAY(step, int64_t, f->n + 1),
	        *weight = ARENA_ARRAY(step, int64_t, f->n + 1);
	for (uint32_t i = 0; i < f->n; i++) {
		if (!i || !str_eq(sorted[i - 1].key, sorted[i].key))
			values[nvalues++] = column_value(counted, sorted[i].row);
		rank[sorted[i].row] = nvalues - 1;
		weight[i] = ignored(f, i, false) ? 0 : aggregate_weight(call, args, i);
	}
	for (uint32_t i = 0, a = 0, z = 0; i < f->n; i++) {
		bool empty = hi[i] <= lo[i];
		for (; !empty && z < hi[i]; z++)
			counts[rank[z]] += weight[z];
		for (; !empty && a < lo[i]; a++)
			counts[rank[a]] -= weight[a];
		if (i && lo[i] == lo[i - 1] && hi[i] == hi[i - 1]) {
			set(f, i, column_value(f->out, f->from + i - 1));
			continue;
		}
		if (!collect_may_go_on(f->op, f->err))
			return false;
		uint32_t m = 0;
		for (uint32_t k = 0; !empty && k < nvalues; k++) {
			if (counts[k] <= 0)
				continue;
			in[m] = values[k];
			of[m++] = call->distinct ? 1 : counts[k];
		}
		Value v;
		if (!call->finish_counts(call, &f->op->run->env, in, of, m, step, &v))
			return overflow(f, i);
		set(f, i, v);
	}
	return true;
}

bool over_frame_aggregate(Operator *op, const PlanAggCall *agg, const Batch *b, uint32_t from, uint32_t n,
                          const uint32_t *lo, const uint32_t *hi, Column *out, Err *err)
{
	const AggCall *call = &agg->call;
	Frame f = {.op = op, .plan = agg, .call = call, .b = b, .from = from, .n = n, .out = out, .err = err};
	ASSERT(call->nargs <= FRAME_ARGS_MAX);
	for (uint32_t k = 0; k < call->nargs; k++)
		f.args[k] = &b->cols[agg->args[k]];
	f.counts = ARENA_ARRAY(op->run->step, bool, n + 1);
	bool grows = true; /* nothing ever leaves a frame */
	for (uint32_t i = 0; i < n; i++) {
		Value v = agg->filter < 0 ? (Value){.b = true} : column_value(&b->cols[agg->filter], from + i);
		f.counts[i] = !v.null && v.b;
		grows = grows && lo[i] == 0;
	}
	if (call->kind == AGG_EXTREME) {
		slide_extreme(&f, lo, hi);
		return true;
	}
	if (call->kind == AGG_ORDERED)
		return call->needs_all ? whole_frames(&f, lo, hi) : slide_ends(&f, lo, hi);
	if (call->kind == AGG_COUNTS)
		return slide_counts(&f, lo, hi);
	bool out_again = grows || call->subtract;
	if (call->distinct && call->nargs)
		return out_again ? slide_distinct(&f, lo, hi) : whole_frames(&f, lo, hi);
	return out_again ? slide_flat(&f, lo, hi) : slide_stacks(&f, lo, hi);
}
