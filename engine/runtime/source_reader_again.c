/*
 * engine/runtime/source_reader_again.c: records that were read before, decoded once more for one scan.
 *
 * A copy of the reader plays the step: it holds the given records instead of those that were taken, so decoding,
 * errors and columns are what they are for rows of the source. Positions and watermarks of the reader do not move; the
 * rows meet the watermark as it is now.
 */
#include "engine/runtime/source_reader_int.h"
#include "engine/operators/scan.h"

#include <stdio.h>

enum { READY_MS = 3000 }; /* how long records wait for what they need to be decoded */

/* The run of records of one partition from `at` on, as a chunk. */
static uint32_t fill_chunk(const ReaderRecord *records, uint32_t n, uint32_t at, ReaderChunk *c)
{
	uint32_t len = 0;
	while (at + len < n && len < BATCH_ROWS_MAX && str_eq(records[at + len].partition, records[at].partition))
		len++;
	Arena *arena = c->arena;
	Str *key = ARENA_ARRAY(arena, Str, len), *value = ARENA_ARRAY(arena, Str, len),
	    *headers = ARENA_ARRAY(arena, Str, len);
	int64_t *position = ARENA_ARRAY(arena, int64_t, len), *time_us = ARENA_ARRAY(arena, int64_t, len);
	for (uint32_t i = 0; i < len; i++) {
		key[i] = records[at + i].key;
		value[i] = records[at + i].value;
		headers[i] = records[at + i].headers;
		position[i] = records[at + i].position;
		time_us[i] = records[at + i].time_us;
	}
	c->src = (SourceChunk){
	    .n = len, .key = key, .value = value, .headers = headers, .position = position, .time_us = time_us};
	return len;
}

/* Makes view a copy of r whose step holds the records. */
static bool load(Reader *view, Reader *r, const ReaderRecord *records, uint32_t n, int64_t ord, Arena *step, Err *err)
{
	view->fields = r->fields;
	view->nfields = r->nfields;
	view->segs = ARENA_ARRAY(step, ReaderSegment, n + 1);
	view->parts = ARENA_ARRAY_ZERO(step, ReaderPart, n + 1);
	view->nsegs = view->nparts = view->nrows = 0;
	view->step_cols = NULL;
	view->step_cols_made = false;
	for (uint32_t at = 0; at < n;) {
		ReaderPart *p = &view->parts[view->nparts];
		p->name = records[at].partition;
		for (uint32_t i = 0; i < r->nparts; i++)
			if (str_eq(r->parts[i].name, p->name))
				p->id = r->parts[i].id;
		ReaderChunk *c = ARENA_NEW(step, ReaderChunk);
		c->arena = step;
		at += fill_chunk(records, n, at, c);
		if (source_reader_decode_ready(r, &c->src, READY_MS, err) != FORMAT_READY)
			return false;
		if (!source_reader_decode_chunk(view, p, c, err))
			return false;
		view->segs[view->nsegs++] =
		    (ReaderSegment){.part = view->nparts++, .chunk = c, .from = 0, .to = c->nrows, .ord = ord + view->nrows};
		view->nrows += c->nrows;
	}
	view->ord = ARENA_ARRAY(step, int64_t, view->nrows + 1);
	view->stamp = ARENA_ARRAY(step, int64_t, view->nrows + 1);
	for (uint32_t i = 0; i < view->nrows; i++) {
		view->ord[i] = ord + i;
		view->stamp[i] = r->watermark_ms;
	}
	return true;
}

bool source_reader_again(Reader *r, ReaderScan *s, const ReaderRecord *records, uint32_t n, int64_t ord,
                         const EvalEnv *env, Arena *step, uint32_t *rows, Err *err)
{
	ASSERT(source_reader_planned(r));
	Reader *view = arena_copy(step, r, sizeof *r);
	if (!load(view, r, records, n, ord, step, err))
		return false;
	*rows = view->nrows;
	s->again = view;
	const Batch *b = NULL;
	bool ok = !view->nrows || source_reader_emit_rows(view, s, env, step, &b, err);
	r->stats.bad = view->stats.bad;
	Curve curve = {r->before_ms, r->points, r->npoints};
	if (ok)
		scan_feed(s->op, &b, b ? 1 : 0, curve);
	return ok;
}

/* ---- would they be taken? ---- */

typedef struct Check {
	const ReaderRecord *records;
	uint32_t n, at;
	Arena *arena;
	ReaderCheck *out;
} Check;

/* Told in the order of the records, once per reason: the search goes on where the last one ended. */
static bool note_bad(void *ctx, const ReaderBad *bad, Err *err)
{
	(void)err;
	Check *c = ctx;
	for (uint32_t i = 0; i < c->n; i++, c->at++) {
		if (c->at >= c->n)
			c->at = 0;
		const ReaderRecord *r = &c->records[c->at];
		if (r->position != bad->position || !str_eq(r->partition, bad->partition))
			continue;
		ReaderCheck *out = &c->out[c->at];
		if (bad->kept_as_null || out->bad)
			return true;
		out->bad = true;
		out->code = bad->err->code;
		out->field = arena_str(c->arena, bad->field);
		out->error = arena_str(c->arena, str_from(bad->err->message));
		return true;
	}
	return true;
}

bool source_reader_check(Reader *r, ReaderScan *s, const ReaderRecord *records, uint32_t n, Arena *arena,
                         ReaderCheck *out, Err *err)
{
	if (r->fields_stale && !source_reader_decode_plan(r, err))
		return false;
	Check check = {.records = records, .n = n, .arena = arena, .out = out};
	Reader *view = arena_copy(arena, r, sizeof *r);
	view->opt.bad = note_bad;
	view->opt.ctx = &check;
	view->fail_on_bad = false;
	memset(out, 0, n * sizeof *out);
	uint64_t bad = s->bad, messages = s->bad_messages;
	bool ok = load(view, r, records, n, 0, arena, err) &&
	          (!view->nrows ||
	           source_reader_emit_select(view, s, ARENA_ARRAY(arena, uint32_t, view->nrows), arena, err) >= 0);
	s->bad = bad;
	s->bad_messages = messages;
	return ok;
}
