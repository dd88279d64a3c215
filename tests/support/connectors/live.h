/*
 * tests/support/connectors/live.h: what the tests of connectors against real services share: tables made in C, epochs
 * of rows, waiting.
 *
 * The programs are built and run by tests/e2e/connector_*.sh (support/connectors/build.sh), with WEIR_TEST_KAFKA and
 * WEIR_TEST_PG set.
 */
#ifndef WEIR_TESTS_SUPPORT_CONNECTORS_LIVE_H
#define WEIR_TESTS_SUPPORT_CONNECTORS_LIVE_H

#include <time.h>
#include <unistd.h>

#include "engine/connectors/sink.h"
#include "engine/connectors/source.h"
#include "sql/types/zone.h"
#include "tests/support/check.h"

enum { LIVE_COLUMNS_MAX = 32 };

/* ---- tables ---- */

typedef struct LiveTable {
	Arena *arena;
	TableDef def;
	ColumnDef cols[LIVE_COLUMNS_MAX];
	uint32_t key[LIVE_COLUMNS_MAX];
	Str names[LIVE_COLUMNS_MAX];
	const Type *types[LIVE_COLUMNS_MAX];
	const ColumnDef *refs[LIVE_COLUMNS_MAX];
} LiveTable;

static inline void live_table(LiveTable *t, const char *name, const char *connector)
{
	*t = (LiveTable){.arena = arena_open("live table", 0)};
	t->def.name = arena_str(t->arena, str_from(name));
	t->def.connector = arena_str(t->arena, str_from(connector));
	t->def.cols = t->cols;
	t->def.key = t->key;
	t->def.watermark_col = -1;
}

static inline void live_option(LiveTable *t, const char *key, const char *value)
{
	options_set(&t->def.options, t->arena, arena_str(t->arena, str_from(key)), arena_str(t->arena, str_from(value)));
}

static inline void live_column(LiveTable *t, const char *name, const Type *type)
{
	uint32_t i = t->def.ncols++;
	t->cols[i] = (ColumnDef){.name = arena_str(t->arena, str_from(name)), .type = type};
	t->names[i] = t->cols[i].name;
	t->types[i] = type;
	t->refs[i] = &t->cols[i];
}

static inline void live_metadata(LiveTable *t, const char *name, const Type *type, const char *key)
{
	live_column(t, name, type);
	t->cols[t->def.ncols - 1].kind = COLUMN_METADATA;
	t->cols[t->def.ncols - 1].metadata_key = arena_str(t->arena, str_from(key));
}

static inline void live_key(LiveTable *t, uint32_t column)
{
	t->key[t->def.nkey++] = column;
}

static inline void live_drop(LiveTable *t)
{
	arena_close(t->arena);
}

static inline SinkSpec live_sink_spec(LiveTable *t, uint64_t engine_id, const char *name, bool exactly_once)
{
	return (SinkSpec){
	    .table = &t->def,
	    .names = t->names,
	    .types = t->types,
	    .cols = t->refs,
	    .ncols = t->def.ncols,
	    .key = t->key,
	    .nkey = t->def.nkey,
	    .name = arena_str(t->arena, str_from(name)),
	    .engine_id = engine_id,
	    .exactly_once = exactly_once,
	    .zone = zone_utc,
	    .clock = &clock_real,
	};
}

/* ---- epochs ---- */

typedef struct LiveEpoch {
	StrBuf chunk;
	Str str;
	SinkEpoch epoch;
} LiveEpoch;

static inline void live_epoch(LiveEpoch *e, uint64_t number)
{
	*e = (LiveEpoch){0};
	strbuf_init(&e->chunk);
	chunk_begin(&e->chunk);
	e->epoch = (SinkEpoch){.epoch = number, .nchunks = 1};
}

static inline void live_row(LiveEpoch *e, const LiveTable *t, RowKind kind, const Value *values)
{
	chunk_add_values(&e->chunk, kind, t->types, values, t->def.ncols);
}

static inline const SinkEpoch *live_sealed(LiveEpoch *e)
{
	e->str = strbuf_str(&e->chunk);
	e->epoch.chunks = &e->str;
	return &e->epoch;
}

static inline void live_epoch_drop(LiveEpoch *e)
{
	strbuf_deinit(&e->chunk);
}

static inline Value live_text(const char *s)
{
	return s ? value_str(str_from(s)) : VALUE_NULL;
}

/* ---- time and names ---- */

static inline void live_sleep_ms(int64_t ms)
{
	struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&ts, NULL);
}

static inline int64_t live_now_ms(void)
{
	return clock_mono_us(&clock_real) / 1000;
}

/* Different in each run: services keep what earlier runs made. */
static inline const char *live_unique(Arena *arena, const char *prefix)
{
	static int count;
	return arena_printf(arena, "%s_%lld_%d_%d", prefix, (long long)(clock_wall_us(&clock_real) / 1000), (int)getpid(),
	                    count++)
	    .ptr;
}

#endif
