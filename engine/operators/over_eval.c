/*
 * engine/operators/over_eval.c: functions OVER a partition that is all there: frames, rankings, LAG and LEAD.
 * Aggregates over frames are over_frame.c's.
 */
#include "engine/operators/over_eval.h"

#include "engine/operators/over_frame.h"
#include "engine/operators/sort.h"

/* A partition: row i of it is row from + i of the batch. */
typedef struct Part {
	Operator *op;
	const PlanOver *over;
	const Batch *b;
	const Str *keys;
	uint32_t from, n;
	uint32_t *first, *behind; /* of the rows that are equal to row i: peers */
	uint32_t *lo, *hi;        /* the frame of row i: [lo, hi) */
} Part;

static void find_peers(Part *p)
{
	for (uint32_t i = 0, j; i < p->n; i = j) {
		for (j = i + 1; j < p->n && str_eq(p->keys[p->from + i], p->keys[p->from + j]);)
			j++;
		for (uint32_t k = i; k < j; k++) {
			p->first[k] = i;
			p->behind[k] = j;
		}
	}
}

/* Where a bound of ROWS lies, in [0, n]; `end`: behind the row. */
static uint32_t rows_bound(const Part *p, const OverBound *o, uint32_t i, bool end)
{
	int64_t at = i + (end ? 1 : 0), n = p->n;
	int64_t far = o->number < n + 1 ? o->number : n + 1;
	if (o->kind == OVER_PRECEDING)
		at -= far;
	else if (o->kind == OVER_FOLLOWING)
		at += far;
	return at < 0 ? 0 : at > n ? p->n : (uint32_t)at;
}

/* The order key's bytes at the end of the frame of row i. */
static Str bound_key(const Part *p, const OverBound *o, uint32_t i, StrBuf *buf)
{
	const Column *c = &p->b->cols[o->col];
	strbuf_clear(buf);
	sort_put_value(&p->over->order[0], p->b->cols[p->over->order[0].col].type, column_value(c, p->from + i), buf);
	return strbuf_str(buf);
}

static void find_bound(Part *p, const OverBound *o, bool end, uint32_t *out)
{
	StrBuf buf;
	strbuf_init(&buf);
	uint32_t at = 0;
	for (uint32_t i = 0; i < p->n; i++) {
		switch (o->kind) {
		case OVER_UNBOUNDED_PRECEDING: out[i] = 0; break;
		case OVER_UNBOUNDED_FOLLOWING: out[i] = p->n; break;
		case OVER_CURRENT_ROW: out[i] = p->over->rows ? i + (end ? 1 : 0) : end ? p->behind[i] : p->first[i]; break;
		case OVER_PRECEDING:
		case OVER_FOLLOWING:
			if (p->over->rows) {
				out[i] = rows_bound(p, o, i, end);
				break;
			}
			Str key = bound_key(p, o, i, &buf);
			while (at < p->n) {
				int c = str_cmp(p->keys[p->from + at], key);
				if (end ? c > 0 : c >= 0)
					break;
				at++;
			}
			out[i] = at;
			break;
		}
	}
	strbuf_deinit(&buf);
}

static void rank_rows(const Part *p, const PlanOverCall *c, Column *out)
{
	uint32_t dense = 0;
	int64_t n = p->n;
	for (uint32_t i = 0; i < p->n; i++) {
		dense += p->first[i] == i;
		uint32_t at = p->from + i;
		switch (c->fn) {
		case OVER_ROW_NUMBER: out->i64[at] = i + 1; break;
		case OVER_RANK: out->i64[at] = p->first[i] + 1; break;
		case OVER_DENSE_RANK: out->i64[at] = dense; break;
		case OVER_PERCENT_RANK: out->f64[at] = n > 1 ? (double)p->first[i] / (double)(n - 1) : 0; break;
		case OVER_CUME_DIST: out->f64[at] = (double)p->behind[i] / (double)n; break;
		case OVER_NTILE: {
			/* the first `rest` tiles have one row more */
			int64_t size = n / c->number, rest = n % c->number, large = rest * (size + 1);
			out->i64[at] = i < large ? i / (size + 1) + 1 : rest + (i - large) / (size ? size : 1) + 1;
			break;
		}
		default: break;
		}
	}
}

static void shift_rows(const Part *p, const PlanOverCall *c, Column *out)
{
	Arena *step = p->op->run->step;
	const Column *arg = &p->b->cols[c->arg];
	int64_t dir = c->fn == OVER_LAG ? -1 : 1;
	for (uint32_t i = 0; i < p->n; i++) {
		int64_t at = i;
		if (!c->ignore_nulls) {
			at = c->number > p->n ? -1 : at + dir * c->number;
		} else {
			for (int64_t left = c->number; left > 0 && at >= 0 && at < p->n;) {
				at += dir;
				if (at >= 0 && at < p->n)
					left -= !column_is_null(arg, p->from + (uint32_t)at);
			}
		}
		Value v = VALUE_NULL;
		if (at >= 0 && at < p->n)
			v = column_value(arg, p->from + (uint32_t)at);
		else if (c->fallback >= 0)
			v = column_value(&p->b->cols[c->fallback], p->from + i);
		if (v.null)
			column_set_null(out, p->from + i, step);
		else
			column_set(out, p->from + i, v, step);
	}
}

Column *over_eval_columns(Operator *op, uint32_t n)
{
	const PlanOver *v = &op->plan->over;
	Column *out = ARENA_ARRAY_ZERO(op->run->step, Column, v->ncalls + 1);
	for (uint32_t k = 0; k < v->ncalls; k++)
		column_init(&out[k], v->calls[k].type, n, op->run->step);
	return out;
}

bool over_eval_partition(Operator *op, const Batch *b, const Str *keys, uint32_t from, uint32_t to, Column *out,
                         Err *err)
{
	Arena *step = op->run->step;
	const PlanOver *v = &op->plan->over;
	uint32_t n = to - from;
	Part p = {.op = op, .over = v, .b = b, .keys = keys, .from = from, .n = n};
	p.first = ARENA_ARRAY(step, uint32_t, n + 1);
	p.behind = ARENA_ARRAY(step, uint32_t, n + 1);
	p.lo = ARENA_ARRAY(step, uint32_t, n + 1);
	p.hi = ARENA_ARRAY(step, uint32_t, n + 1);
	find_peers(&p);
	bool framed = false;
	for (uint32_t k = 0; k < v->ncalls; k++) {
		const PlanOverCall *c = &v->calls[k];
		if (c->fn == OVER_LAG || c->fn == OVER_LEAD) {
			shift_rows(&p, c, &out[k]);
		} else if (c->fn != OVER_AGG) {
			rank_rows(&p, c, &out[k]);
		} else {
			if (!framed) {
				find_bound(&p, &v->start, false, p.lo);
				find_bound(&p, &v->end, true, p.hi);
				for (uint32_t i = 0; i < n; i++)
					if (p.lo[i] > p.hi[i])
						p.lo[i] = p.hi[i];
			}
			framed = true;
			if (!over_frame_aggregate(op, &c->agg, b, from, n, p.lo, p.hi, &out[k], err))
				return false;
		}
	}
	return true;
}
