/*
 * engine/batch/batch.h: the unit that flows between operators: columns, a weight, an ordinal and a stamp per row.
 *
 *   weight  how many times the row appears (> 0) or disappears (< 0); NULL: all +1. Never 0.
 *   ord     arrival ordinal: the number of the row that caused this one. Never falls within a batch, nor from one batch
 *           of a channel to the next within a step. May be NULL in snapshots.
 *   stamp   the channel's watermark before this row, in milliseconds (engine/operators/README.md, the exact rule).
 * Never falls. NULL: BATCH_NO_WATERMARK for all (snapshots before their end).
 *
 * Immutable once pushed; all memory is the step's arena, strings may point into messages that are held until the step
 * ends. What outlives the step is copied into state.
 */
#ifndef WEIR_ENGINE_BATCH_BATCH_H
#define WEIR_ENGINE_BATCH_BATCH_H

#include "sql/types/column.h"

#define BATCH_NO_WATERMARK INT64_MIN /* nothing known yet */
#define BATCH_END INT64_MAX          /* no more rows: everything closes */

enum { BATCH_ROWS_MAX = 4096 };

typedef struct Batch {
	uint32_t n;
	uint32_t ncols;
	const Column *cols;
	const int64_t *weight;
	const int64_t *ord;
	const int64_t *stamp;
} Batch;

static inline int64_t batch_weight(const Batch *b, uint32_t i)
{
	return b->weight ? b->weight[i] : 1;
}

/* The watermark curve of a channel in one step: from ordinal ord[i] on (that row included) the watermark is ms[i]. Both
 * rise strictly. Before ord[0] it is what the step before ended with. */
typedef struct WatermarkPoint {
	int64_t ord;
	int64_t ms;
} WatermarkPoint;

typedef struct Curve {
	int64_t before; /* at the start of the step */
	const WatermarkPoint *points;
	uint32_t len;
} Curve;

static inline int64_t curve_last(const Curve *c)
{
	return c->len ? c->points[c->len - 1].ms : c->before;
}

/* Rows idx[0..n) in that order. */
Batch *batch_gather(const Batch *b, const uint32_t *idx, uint32_t n, Arena *arena);
/* Rows [from, to). */
Batch *batch_slice(const Batch *b, uint32_t from, uint32_t to, Arena *arena);
Batch *batch_concat(const Batch *const *batches, uint32_t nbatches, Arena *arena);
/* A batch of rows given as values: rows[i * ncols + c]. weight, ord and stamp may be NULL; strings are not copied. */
Batch *batch_from_values(const Type *const *types, uint32_t ncols, const Value *rows, uint32_t n, const int64_t *weight,
                         const int64_t *ord, const int64_t *stamp, Arena *arena);
/* Adds up the weights of equal rows and drops those of weight 0; rows keep the place of their first occurrence. With
 * by_ordinal only rows of the same ordinal are merged. Returns b itself when nothing changes. */
Batch *batch_consolidate(const Batch *b, bool by_ordinal, Arena *arena);
/* Text form used by every test: one line per row, "+1 (1, 'a', NULL)". */
void batch_print(const Batch *b, StrBuf *out);

/* Rows as bytes for storage and the outbox: value_encode of each column, one after another. */
void batch_encode_row(const Batch *b, uint32_t row, StrBuf *out);
bool batch_decode_row(Str bytes, const Type *const *types, uint32_t ncols, Value *out);

#endif
