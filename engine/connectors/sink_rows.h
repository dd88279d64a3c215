/*
 * engine/connectors/sink_rows.h: walks the rows of the epochs that a sink is to deliver, with their numbers.
 */
#ifndef WEIR_ENGINE_CONNECTORS_SINK_ROWS_H
#define WEIR_ENGINE_CONNECTORS_SINK_ROWS_H

#include "engine/connectors/sink.h"

typedef struct SinkRows {
	const SinkEpoch *epochs;
	uint32_t n;
	const Type *const *types;
	uint32_t ncols;
	uint32_t epoch; /* index of the epoch that the row just read is in */
	uint64_t row;   /* its number in the epoch */
	Str before;     /* bytes of its chunk from the row on: a ChunkReader with left = 1 reads it again */
	uint32_t chunk;
	uint64_t next_row;
	ChunkReader reader;
	bool open;
} SinkRows;

void sink_rows_init(SinkRows *r, const SinkEpoch *epochs, uint32_t n, const Type *const *types, uint32_t ncols);
/* The next row; values (ncols) point into the chunk. false: no more, or damaged (then err is set: ERR_INTERNAL;
 * err->code is 0 otherwise). */
bool sink_rows_next(SinkRows *r, RowKind *kind, Value *values, Err *err);
uint64_t sink_rows_count(const SinkEpoch *epochs, uint32_t n);

/* What most sinks without a marker answer to recover. */
SinkResult sink_rows_no_marker(Sink *s, uint64_t *epoch, bool *known, Err *err);

#endif
