/*
 * engine/batch/chunk.h: changes of a sink or follower as bytes: what the outbox holds.
 *
 *   chunk = u32 rows | row, row ...        row = u32 length | u8 kind | value_encode of each column
 *
 * One format for every sink; the connector turns the rows into what its target understands when it delivers.
 */
#ifndef WEIR_ENGINE_BATCH_CHUNK_H
#define WEIR_ENGINE_BATCH_CHUNK_H

#include "engine/batch/batch.h"

typedef enum RowKind { ROW_INSERT, ROW_UPDATE_BEFORE, ROW_UPDATE_AFTER, ROW_DELETE } RowKind;

enum { CHUNK_BYTES_MAX = 1 << 20 };

const char *chunk_kind_name(RowKind kind); /* +I -U +U -D */

/* Starts an empty chunk in buf (cleared). */
void chunk_begin(StrBuf *buf);
void chunk_add(StrBuf *buf, RowKind kind, const Batch *b, uint32_t row);
void chunk_add_values(StrBuf *buf, RowKind kind, const Type *const *types, const Value *values, uint32_t ncols);
uint32_t chunk_rows(Str chunk);

typedef struct ChunkReader {
	Str rest;
	uint32_t left;
	const Type *const *types;
	uint32_t ncols;
} ChunkReader;

bool chunk_open(ChunkReader *r, Str chunk, const Type *const *types, uint32_t ncols); /* false: damaged */
/* The next row; values point into the chunk. *damaged is set when the bytes are not a row. */
bool chunk_next(ChunkReader *r, RowKind *kind, Value *values, bool *damaged);

#endif
