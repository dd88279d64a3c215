/*
 * engine/runtime/source_reader_emit.c: from the rows taken in this step to the batch of one scan.
 *
 * The taken segments become columns once per step; each scan then drops the rows that are of no use to it, reports
 * them, and computes its own columns.
 */
#include "engine/runtime/source_reader_int.h"
#include "engine/operators/scan.h"

/* The step's rows of all segments as columns of the reader's fields: without copying when they are one whole chunk. */
static void make_columns(Reader *r, Arena *step)
{
	if (r->step_cols_made)
		return;
	r->step_cols_made = true;
	r->step_cols = ARENA_ARRAY_ZERO(step, Column, r->nfields + 1);
	for (uint32_t f = 0; f < r->nfields; f++) {
		Column *parts = ARENA_ARRAY(step, Column, r->nsegs);
		const Column **list = ARENA_ARRAY(step, const Column *, r->nsegs);
		for (uint32_t s = 0; s < r->nsegs; s++) {
			const ReaderSegment *g = &r->segs[s];
			if (g->from == 0 && g->to == g->chunk->nrows)
				parts[s] = g->chunk->cols[f];
			else
				column_slice(&g->chunk->cols[f], g->from, g->to - g->from, &parts[s], step);
			list[s] = &parts[s];
		}
		if (r->nsegs == 1)
			r->step_cols[f] = parts[0];
		else
			column_concat(list, r->nsegs, &r->step_cols[f], step);
	}
}

static const ReaderSegment *segment_of(const Reader *r, uint32_t row, uint32_t *chunk_row)
{
	for (uint32_t s = 0; s < r->nsegs; s++) {
		uint32_t n = r->segs[s].to - r->segs[s].from;
		if (row < n) {
			*chunk_row = r->segs[s].from + row;
			return &r->segs[s];
		}
		row -= n;
	}
	ASSERT(row == UINT32_MAX); /* not a row of the step */
	return NULL;
}

/* on-bad-record = fail */
static bool fail_for(const Reader *r, const ReaderBad *bad, Err *err)
{
	*err = *bad->err;
	err->code = ERR_BAD_RECORD;
	return err_detail(err, "table \"%.*s\", partition %.*s, offset %lld%s%.*s%s", STR_ARG(r->opt.rel->name),
	                  STR_ARG(bad->partition), (long long)bad->position, bad->field.len ? ", field \"" : "",
	                  STR_ARG(bad->field), bad->field.len ? "\"" : "");
}

/* A message that is bad as a whole was kept in the side table when it was decoded. */
static bool fail_message(const Reader *r, const ReaderSegment *g, uint32_t at, Arena *step, Err *err)
{
	Err why = {0};
	ReaderBad bad = {.partition = r->parts[g->part].name, .err = &why};
	source_reader_decode_origin(g->chunk, at, &bad.key, &bad.value, &bad.position, &bad.time_us);
	if (g->chunk->skip[at] == READER_SKIP_BAD_KEY)
		r->key_format->explain(r->key_decoder, bad.key, step, &bad.field, &why);
	else
		r->format->explain(r->decoder, bad.value, step, &bad.field, &why);
	return fail_for(r, &bad, err);
}

static bool report_row(Reader *r, ReaderScan *s, uint32_t row, uint32_t field, Arena *step, Err *err)
{
	uint32_t at;
	const ReaderSegment *g = segment_of(r, row, &at);
	Err why = {0};
	Str name = STR_EMPTY;
	ReaderBad bad = {.scan = s, .partition = r->parts[g->part].name, .err = &why};
	source_reader_decode_origin(g->chunk, at, &bad.key, &bad.value, &bad.position, &bad.time_us);
	if (g->chunk->src.headers)
		bad.headers = g->chunk->src.headers[g->chunk->message ? g->chunk->message[at] : at];
	bool key = r->fields[field].kind == SCAN_KEY;
	Value none;
	if (!source_reader_decode_partition(r, bad.partition, &r->fields[field], step, &none, &why))
		name = r->fields[field].path[0];
	else if (key && bad.key.ptr)
		r->key_format->explain(r->key_decoder, bad.key, step, &name, &why);
	else if (bad.value.ptr && r->format)
		r->format->explain(r->decoder, bad.value, step, &name, &why);
	if (!why.code)
		err_set(&why, ERR_BAD_RECORD, "field \"%.*s\" cannot be converted", STR_ARG(r->fields[field].path[0]));
	bad.field = name.len ? name : r->fields[field].path[r->fields[field].npath - 1];
	s->bad++;
	r->stats.bad++;
	if (r->fail_on_bad)
		return fail_for(r, &bad, err);
	return !r->opt.bad || r->opt.bad(r->opt.ctx, &bad, err);
}

/* Rows of the records that the scan leaves out; NULL: none. */
static uint8_t *drop_skipped(const Reader *r, const ReaderScan *s, Arena *step)
{
	uint8_t *drop = NULL;
	Str key, value;
	int64_t position, time_us;
	for (uint32_t k = 0; k < s->nskips; k++)
		for (uint32_t g = 0, at = 0; g < r->nsegs; at += r->segs[g].to - r->segs[g].from, g++) {
			const ReaderSegment *seg = &r->segs[g];
			if (!str_eq(r->parts[seg->part].name, s->skips[k].partition))
				continue;
			for (uint32_t i = seg->from; i < seg->to; i++) {
				source_reader_decode_origin(seg->chunk, i, &key, &value, &position, &time_us);
				if (position != s->skips[k].position)
					continue;
				if (!drop)
					drop = ARENA_ARRAY_ZERO(step, uint8_t, r->nrows);
				drop[at + (i - seg->from)] = 1;
			}
		}
	return drop;
}

/* A message of a changelog is one change: with one of its rows goes the other, or a row would be gone and nothing in
 * its place. */
static void drop_row(const Reader *r, uint8_t *drop, uint32_t row)
{
	uint32_t at;
	const ReaderSegment *g = segment_of(r, row, &at);
	const uint32_t *message = g->chunk->message;
	drop[row] = 1;
	if (!message || !g->chunk->weight)
		return;
	for (uint32_t i = at; i > g->from && message[i - 1] == message[at]; i--)
		drop[row - (at - i) - 1] = 1;
	for (uint32_t i = at + 1; i < g->to && message[i] == message[at]; i++)
		drop[row + (i - at)] = 1;
}

int64_t source_reader_emit_select(Reader *r, ReaderScan *s, uint32_t *keep, Arena *step, Err *err)
{
	uint8_t *drop = drop_skipped(r, s, step);
	make_columns(r, step);
	for (uint32_t g = 0, at = 0; g < r->nsegs; at += r->segs[g].to - r->segs[g].from, g++) {
		const ReaderSegment *seg = &r->segs[g];
		const uint8_t *skip = seg->chunk->skip;
		if (skip && !drop)
			drop = ARENA_ARRAY_ZERO(step, uint8_t, r->nrows);
		for (uint32_t i = seg->from; skip && i < seg->to; i++) {
			uint8_t *d = &drop[at + (i - seg->from)];
			if (!*d && r->fail_on_bad && skip[i] >= READER_SKIP_BAD_VALUE) {
				fail_message(r, seg, i, step, err);
				return -1;
			}
			s->bad_messages += !*d && skip[i] >= READER_SKIP_BAD_VALUE;
			*d |= skip[i] != READER_SKIP_NO;
		}
	}
	for (uint32_t f = 0; f < s->scan->scan.nfields; f++) {
		const Column *c = &r->step_cols[s->fields[f]];
		if (!c->err)
			continue;
		if (!drop)
			drop = ARENA_ARRAY_ZERO(step, uint8_t, r->nrows);
		for (uint32_t i = 0; i < r->nrows; i++)
			if (!drop[i] && column_err(c, i)) {
				drop_row(r, drop, i);
				if (!report_row(r, s, i, s->fields[f], step, err))
					return -1;
			}
	}
	if (!drop)
		return r->nrows;
	uint32_t n = 0;
	for (uint32_t i = 0; i < r->nrows; i++)
		if (!drop[i])
			keep[n++] = i;
	return n;
}

static const int64_t *step_weights(Reader *r, Arena *step)
{
	bool any = false;
	for (uint32_t g = 0; g < r->nsegs; g++)
		any |= r->segs[g].chunk->weight != NULL;
	if (!any)
		return NULL;
	int64_t *w = ARENA_ARRAY(step, int64_t, r->nrows);
	uint32_t at = 0;
	for (uint32_t g = 0; g < r->nsegs; g++)
		for (uint32_t i = r->segs[g].from; i < r->segs[g].to; i++)
			w[at++] = r->segs[g].chunk->weight ? r->segs[g].chunk->weight[i] : 1;
	return w;
}

bool source_reader_emit(Reader *r, ReaderScan *s, const EvalEnv *env, Arena *step, Err *err)
{
	Curve curve = {r->before_ms, r->points, r->npoints};
	const Batch *b = NULL;
	if (r->nrows && !source_reader_emit_rows(r, s, env, step, &b, err))
		return false;
	scan_feed(s->op, &b, b ? 1 : 0, curve);
	s->op->idle = r->idle;
	return true;
}

bool source_reader_emit_rows(Reader *r, ReaderScan *s, const EvalEnv *env, Arena *step, const Batch **out, Err *err)
{
	*out = NULL;
	uint32_t *keep = ARENA_ARRAY(step, uint32_t, r->nrows);
	int64_t n = source_reader_emit_select(r, s, keep, step, err);
	if (n < 0)
		return false;
	const int64_t *weight = step_weights(r, step);
	const int64_t *ord = r->ord, *stamp = r->stamp;
	uint32_t nf = s->scan->scan.nfields;
	const Column **in = ARENA_ARRAY(step, const Column *, nf + 1);
	for (uint32_t f = 0; f < nf; f++)
		in[f] = &r->step_cols[s->fields[f]];
	if (n < (int64_t)r->nrows) {
		uint32_t k = (uint32_t)n;
		Column *cols = ARENA_ARRAY(step, Column, nf + 1);
		for (uint32_t f = 0; f < nf; f++) {
			column_gather(in[f], keep, k, &cols[f], step);
			cols[f].err = NULL;
			in[f] = &cols[f];
		}
		int64_t *o = ARENA_ARRAY(step, int64_t, k + 1), *t = ARENA_ARRAY(step, int64_t, k + 1), *w = NULL;
		if (weight)
			w = ARENA_ARRAY(step, int64_t, k + 1);
		for (uint32_t i = 0; i < k; i++) {
			o[i] = ord[keep[i]];
			t[i] = stamp[keep[i]];
			if (w)
				w[i] = weight[keep[i]];
		}
		ord = o;
		stamp = t;
		weight = w;
	}
	s->passed += (uint64_t)n;
	if (!n)
		return true;
	uint32_t ncols = s->scan->ncols;
	const Column **outs = ARENA_ARRAY(step, const Column *, ncols + 1);
	eval_run(s->eval, env, in, NULL, (uint32_t)n, step, outs);
	Column *cols = ARENA_ARRAY(step, Column, ncols + 1);
	for (uint32_t c = 0; c < ncols; c++) {
		cols[c] = *outs[c];
		int64_t bad = column_first_err(outs[c]);
		if (bad >= 0) {
			eval_report(s->eval, c, env, in, NULL, (uint32_t)bad, step, err);
			uint32_t row = n < (int64_t)r->nrows ? keep[bad] : (uint32_t)bad, at;
			const ReaderSegment *g = segment_of(r, row, &at);
			Str key, value;
			int64_t position, time_us;
			source_reader_decode_origin(g->chunk, at, &key, &value, &position, &time_us);
			return err_detail(err, "computed column \"%.*s\" of table \"%.*s\", partition %.*s, offset %lld",
			                  STR_ARG(s->scan->cols[c].name), STR_ARG(r->opt.rel->name),
			                  STR_ARG(r->parts[g->part].name), (long long)position);
		}
	}
	Batch *b = ARENA_NEW(step, Batch);
	*b = (Batch){(uint32_t)n, ncols, cols, weight, ord, stamp};
	*out = b;
	return true;
}

void source_reader_skip(ReaderScan *s, Str partition, int64_t position)
{
	if (s->nskips == s->skips_cap) {
		uint32_t cap = s->skips_cap ? s->skips_cap * 2 : 4;
		s->skips = arena_grow(s->arena, s->skips, s->nskips * sizeof *s->skips, cap * sizeof *s->skips);
		s->skips_cap = cap;
	}
	s->skips[s->nskips].partition = arena_str(s->arena, partition);
	s->skips[s->nskips++].position = position;
}

void source_reader_unskip(ReaderScan *s, Str partition, int64_t position)
{
	for (uint32_t i = 0; i < s->nskips;)
		if (s->skips[i].position == position && str_eq(s->skips[i].partition, partition))
			s->skips[i] = s->skips[--s->nskips];
		else
			i++;
}

uint32_t source_reader_taken(const Reader *r)
{
	return r->nrows;
}

bool source_reader_only(const Reader *r, ReaderBad *out)
{
	if (r->nsegs != 1)
		return false;
	const ReaderSegment *g = &r->segs[0];
	int64_t last;
	out->partition = r->parts[g->part].name;
	source_reader_decode_origin(g->chunk, g->to - 1, &out->key, &out->value, &last, &out->time_us);
	source_reader_decode_origin(g->chunk, g->from, &out->key, &out->value, &out->position, &out->time_us);
	if (g->chunk->src.headers)
		out->headers = g->chunk->src.headers[g->chunk->message ? g->chunk->message[g->from] : g->from];
	return last == out->position; /* several rows, but of one message */
}

bool source_reader_origin(const Reader *r, int64_t ord, Str *partition, int64_t *position)
{
	for (uint32_t s = 0; s < r->nsegs; s++) {
		const ReaderSegment *g = &r->segs[s];
		if (ord < g->ord || ord >= g->ord + (g->to - g->from))
			continue;
		Str key, value;
		int64_t time_us;
		*partition = r->parts[g->part].name;
		source_reader_decode_origin(g->chunk, g->from + (uint32_t)(ord - g->ord), &key, &value, position, &time_us);
		return true;
	}
	for (const ReaderScan *s = r->scans; s && r->scans; s = s->next)
		if (s->again && s->again != r && ord >= s->again->ord[0] && ord < s->again->ord[0] + s->again->nrows)
			return source_reader_origin(s->again, ord, partition, position);
	return false;
}
