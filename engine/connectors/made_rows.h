/*
 * engine/connectors/made_rows.h: what sources share that make their rows by number (datagen, nexmark): one partition
 * "0", whose positions are row numbers, the pace at which rows come into being, and the memory of chunks.
 *
 * Thread: engine.
 */
#ifndef WEIR_ENGINE_CONNECTORS_MADE_ROWS_H
#define WEIR_ENGINE_CONNECTORS_MADE_ROWS_H

#include "engine/connectors/source.h"

typedef struct MadeHold MadeHold;

typedef struct MadeRows {
	/* Makes rows [from, from + n): the columns and each row's time, in the arena. Set by the owner. */
	void (*make)(void *ctx, int64_t from, uint32_t n, Arena *arena, int64_t *time_us, Column *cols);
	void *ctx;
	uint32_t ncols;
	int64_t rows_per_second; /* 0: as fast as they are taken */
	/* its own */
	const Clock *clock;
	int64_t opened_us; /* monotonic */
	int64_t opened_at; /* row number at that time */
	SourcePartition part;
	MadeHold *free_holds, *all_holds;
} MadeRows;

/* rows: how many there are in all; INT64_MAX: no bound. Goes on at the stored position. */
void made_rows_open(MadeRows *m, const SourceSpec *spec, int64_t rows);
void made_rows_poll(MadeRows *m, uint32_t max, SourceChunk *chunk);
void made_rows_release(MadeRows *m, void *hold);
void made_rows_seek(MadeRows *m, int64_t position);
void made_rows_close(MadeRows *m);

#endif
