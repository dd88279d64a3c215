/*
 * engine/connectors/postgres_source.c: jdbc as a source: the rows of a table as they are when the reading begins, then
 * the end.
 *
 * One partition; a position is the number of a row, stored with the mark of the row before it (postgres_scan.h).
 */
#include "engine/connectors/connectors.h"
#include "engine/connectors/postgres_scan.h"

struct Source {
	SourceSpec spec;
	PostgresScan *scan; /* NULL: not begun, or everything was read */
	SourcePartition part;
	uint64_t mark; /* stored with the position it goes on from */
};

#define PART_NAME STR("0")

static bool postgres_source_check(const TableDef *table, Err *err)
{
	return postgres_scan_check(table, err);
}

static bool postgres_source_is_bounded(const TableDef *table)
{
	(void)table;
	return true;
}

static bool postgres_source_open(const SourceSpec *spec, Source **out, Err *err)
{
	(void)err;
	Source *s = MEM_NEW(Source);
	s->spec = *spec;
	int64_t at = spec->stored ? spec->stored(spec->ctx, PART_NAME) : SOURCE_POSITION_NEW;
	int64_t bound = SOURCE_END_NONE;
	if (at == SOURCE_POSITION_NEW) {
		at = 0;
	} else {
		s->mark = spec->stored_mark ? spec->stored_mark(spec->ctx, PART_NAME) : 0;
		bound = spec->stored_bound ? spec->stored_bound(spec->ctx, PART_NAME) : SOURCE_END_NONE;
	}
	s->part = (SourcePartition){
	    .name = PART_NAME,
	    .next = at,
	    .bound = bound,
	    .catchup = bound,
	    .end = bound,
	    .done = at >= bound,
	    .ready = true,
	    .time_us = INT64_MIN,
	};
	*out = s;
	return true;
}

static bool begin(Source *s, Err *err)
{
	if (s->scan || s->part.done)
		return true;
	PostgresScanSpec scan = {
	    .table = s->spec.table,
	    .had = s->part.next,
	    .mark = s->mark,
	    .memory_bytes = s->spec.memory_bytes,
	    .once = s->spec.snapshot,
	    .wanted = s->spec.wanted,
	    .asks = s->spec.asks,
	    .nasks = s->spec.nasks,
	    .wake = s->spec.wake,
	    .wake_ctx = s->spec.wake_ctx,
	};
	return postgres_scan_open(&scan, &s->scan, err);
}

static bool postgres_source_service(Source *s, Err *err)
{
	return begin(s, err) && !(s->scan && postgres_scan_failed(s->scan, err));
}

static const SourcePartition *postgres_source_partitions(Source *s, uint32_t *n, bool *all_known)
{
	*n = 1;
	*all_known = true;
	return &s->part;
}

static void finish(Source *s)
{
	s->part.done = true;
	s->part.bound = s->part.catchup = s->part.end = s->part.next;
	postgres_scan_close(s->scan);
	s->scan = NULL;
}

static bool postgres_source_poll(Source *s, uint32_t partition, uint32_t max, SourceChunk *chunk, Err *err)
{
	(void)partition;
	*chunk = (SourceChunk){.next = s->part.next};
	if (!begin(s, err))
		return false;
	PostgresRows *rows = s->part.done ? NULL : postgres_scan_take(s->scan);
	if (!rows)
		return true;
	ASSERT(rows->batch.n <= max);
	uint32_t n = rows->batch.n;
	bool last = rows->last;
	int64_t *position = ARENA_ARRAY(rows->arena, int64_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		position[i] = s->part.next + i;
	s->part.next += n;
	if (n)
		*chunk = (SourceChunk){.n = n,
		                       .position = position,
		                       .mark = rows->marks,
		                       .rows = &rows->batch,
		                       .next = s->part.next,
		                       .hold = rows};
	else
		postgres_scan_give_back(rows);
	if (last)
		finish(s);
	return true;
}

static void postgres_source_release(Source *s, void *hold)
{
	(void)s;
	postgres_scan_give_back(hold);
}

static const char *postgres_source_trouble(Source *s)
{
	return s->scan ? postgres_scan_trouble(s->scan) : NULL;
}

static void postgres_source_close(Source *s)
{
	if (s->scan)
		postgres_scan_close(s->scan);
	mem_free(s);
}

const SourceType postgres_source_type = {
    .connector = "jdbc",
    .check = postgres_source_check,
    .is_bounded = postgres_source_is_bounded,
    .open = postgres_source_open,
    .service = postgres_source_service,
    .partitions = postgres_source_partitions,
    .poll = postgres_source_poll,
    .release = postgres_source_release,
    .trouble = postgres_source_trouble,
    .close = postgres_source_close,
};
