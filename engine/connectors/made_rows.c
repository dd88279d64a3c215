/*
 * engine/connectors/made_rows.c: rows by number. Row n exists once the clock has moved n / rows_per_second beyond the
 * opening.
 */
#include "engine/connectors/made_rows.h"

struct MadeHold {
	Arena *arena;
	MadeHold *next_free, *next_all;
};

void made_rows_open(MadeRows *m, const SourceSpec *spec, int64_t rows)
{
	int64_t stored = spec->stored ? spec->stored(spec->ctx, STR("0")) : SOURCE_POSITION_NEW;
	int64_t at = stored == SOURCE_POSITION_NEW ? 0 : stored;
	m->clock = spec->clock;
	m->opened_us = clock_mono_us(m->clock);
	m->opened_at = at;
	int64_t bound = rows == INT64_MAX ? SOURCE_END_NONE : rows;
	m->part = (SourcePartition){
	    .name = STR("0"),
	    .next = at,
	    .bound = bound,
	    .catchup = rows == INT64_MAX ? at : rows,
	    .end = bound,
	    .done = at >= bound,
	    .ready = true,
	    .time_us = INT64_MIN,
	};
}

static int64_t rows_by_now(const MadeRows *m)
{
	if (!m->rows_per_second)
		return INT64_MAX;
	Int128 n = (Int128)(clock_mono_us(m->clock) - m->opened_us) * m->rows_per_second / 1000000 + 1 + m->opened_at;
	return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static MadeHold *take_hold(MadeRows *m)
{
	MadeHold *h = m->free_holds;
	if (h) {
		m->free_holds = h->next_free;
		return h;
	}
	h = MEM_NEW(MadeHold);
	h->arena = arena_open("made rows", 0);
	h->next_all = m->all_holds;
	m->all_holds = h;
	return h;
}

void made_rows_release(MadeRows *m, void *hold)
{
	MadeHold *h = hold;
	if (!h)
		return;
	arena_reset(h->arena);
	h->next_free = m->free_holds;
	m->free_holds = h;
}

void made_rows_poll(MadeRows *m, uint32_t max, SourceChunk *chunk)
{
	int64_t from = m->part.next, to = rows_by_now(m);
	*chunk = (SourceChunk){.next = from};
	if (to > m->part.bound)
		to = m->part.bound;
	if (max > BATCH_ROWS_MAX)
		max = BATCH_ROWS_MAX;
	if (to - from > (int64_t)max)
		to = from + (int64_t)max;
	if (to <= from)
		return;
	uint32_t n = (uint32_t)(to - from);
	MadeHold *h = take_hold(m);
	int64_t *position = ARENA_ARRAY(h->arena, int64_t, n), *time_us = ARENA_ARRAY(h->arena, int64_t, n);
	for (uint32_t i = 0; i < n; i++)
		position[i] = from + i;
	Column *cols = ARENA_ARRAY_ZERO(h->arena, Column, m->ncols + 1);
	m->make(m->ctx, from, n, h->arena, time_us, cols);
	Batch *rows = ARENA_NEW(h->arena, Batch);
	*rows = (Batch){.n = n, .ncols = m->ncols, .cols = cols};
	m->part.next = to;
	m->part.time_us = time_us[n - 1];
	m->part.done = to >= m->part.bound;
	*chunk = (SourceChunk){.n = n, .position = position, .time_us = time_us, .rows = rows, .next = to, .hold = h};
}

void made_rows_seek(MadeRows *m, int64_t position)
{
	m->part.next = position;
	m->part.done = position >= m->part.bound;
}

void made_rows_close(MadeRows *m)
{
	for (MadeHold *h = m->all_holds, *next; h; h = next) {
		next = h->next_all;
		arena_close(h->arena);
		mem_free(h);
	}
}
