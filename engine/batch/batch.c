/*
 * engine/batch/batch.c: making batches from batches and from values, and rows as bytes.
 *
 * Columns do the work (sql/types/column.h); a batch adds the three arrays of weights, ordinals and stamps, each of
 * which may be absent. Consolidation and the text form have files of their own.
 */
#include "engine/batch/batch.h"

static const int64_t *batch_gather_i64(const int64_t *from, const uint32_t *idx, uint32_t n, Arena *arena)
{
	if (!from)
		return NULL;
	int64_t *out = ARENA_ARRAY(arena, int64_t, n);
	for (uint32_t i = 0; i < n; i++)
		out[i] = from[idx[i]];
	return out;
}

Batch *batch_gather(const Batch *b, const uint32_t *idx, uint32_t n, Arena *arena)
{
	Batch *out = ARENA_NEW(arena, Batch);
	Column *cols = ARENA_ARRAY_ZERO(arena, Column, b->ncols);
	for (uint32_t c = 0; c < b->ncols; c++)
		column_gather(&b->cols[c], idx, n, &cols[c], arena);
	out->n = n;
	out->ncols = b->ncols;
	out->cols = cols;
	out->weight = batch_gather_i64(b->weight, idx, n, arena);
	out->ord = batch_gather_i64(b->ord, idx, n, arena);
	out->stamp = batch_gather_i64(b->stamp, idx, n, arena);
	return out;
}

Batch *batch_slice(const Batch *b, uint32_t from, uint32_t to, Arena *arena)
{
	ASSERT(from <= to && to <= b->n);
	Batch *out = ARENA_NEW(arena, Batch);
	Column *cols = ARENA_ARRAY_ZERO(arena, Column, b->ncols);
	for (uint32_t c = 0; c < b->ncols; c++)
		column_slice(&b->cols[c], from, to - from, &cols[c], arena);
	out->n = to - from;
	out->ncols = b->ncols;
	out->cols = cols;
	out->weight = b->weight ? b->weight + from : NULL;
	out->ord = b->ord ? b->ord + from : NULL;
	out->stamp = b->stamp ? b->stamp + from : NULL;
	return out;
}

/* One of the three arrays of all batches, one after another. `missing` stands for a batch that has none; NULL if no
 * batch has one. */
static const int64_t *batch_concat_i64(const Batch *const *batches, uint32_t nbatches, uint32_t total, size_t member,
                                       int64_t missing, Arena *arena)
{
	bool any = false;
	for (uint32_t i = 0; i < nbatches; i++)
		any = any || *(const int64_t *const *)(const void *)((const char *)batches[i] + member);
	if (!any)
		return NULL;
	int64_t *out = ARENA_ARRAY(arena, int64_t, total);
	uint32_t at = 0;
	for (uint32_t i = 0; i < nbatches; i++) {
		const int64_t *from = *(const int64_t *const *)(const void *)((const char *)batches[i] + member);
		uint32_t n = batches[i]->n;
		for (uint32_t r = 0; r < n; r++)
			out[at + r] = from ? from[r] : missing;
		at += n;
	}
	return out;
}

Batch *batch_concat(const Batch *const *batches, uint32_t nbatches, Arena *arena)
{
	ASSERT(nbatches > 0);
	Batch *out = ARENA_NEW(arena, Batch);
	uint32_t ncols = batches[0]->ncols;
	uint32_t total = 0;
	for (uint32_t i = 0; i < nbatches; i++) {
		ASSERT(batches[i]->ncols == ncols);
		total += batches[i]->n;
	}
	if (nbatches == 1) {
		*out = *batches[0];
		return out;
	}
	Column *cols = ARENA_ARRAY_ZERO(arena, Column, ncols);
	const Column **parts = ARENA_ARRAY(arena, const Column *, nbatches);
	for (uint32_t c = 0; c < ncols; c++) {
		for (uint32_t i = 0; i < nbatches; i++)
			parts[i] = &batches[i]->cols[c];
		column_concat(parts, nbatches, &cols[c], arena);
	}
	out->n = total;
	out->ncols = ncols;
	out->cols = cols;
	out->weight = batch_concat_i64(batches, nbatches, total, offsetof(Batch, weight), 1, arena);
	out->ord = batch_concat_i64(batches, nbatches, total, offsetof(Batch, ord), 0, arena);
	out->stamp = batch_concat_i64(batches, nbatches, total, offsetof(Batch, stamp), BATCH_NO_WATERMARK, arena);
	return out;
}

static const int64_t *batch_copy_i64(const int64_t *from, uint32_t n, Arena *arena)
{
	return from ? arena_copy(arena, from, n * sizeof *from) : NULL;
}

Batch *batch_from_values(const Type *const *types, uint32_t ncols, const Value *rows, uint32_t n, const int64_t *weight,
                         const int64_t *ord, const int64_t *stamp, Arena *arena)
{
	Batch *out = ARENA_NEW(arena, Batch);
	Column *cols = ARENA_ARRAY_ZERO(arena, Column, ncols);
	for (uint32_t c = 0; c < ncols; c++) {
		column_init(&cols[c], types[c], n, arena);
		for (uint32_t r = 0; r < n; r++) {
			const Value *v = &rows[(size_t)r * ncols + c];
			if (v->null)
				column_set_null(&cols[c], r, arena);
			else
				column_set(&cols[c], r, *v, arena);
		}
	}
	out->n = n;
	out->ncols = ncols;
	out->cols = cols;
	out->weight = batch_copy_i64(weight, n, arena);
	out->ord = batch_copy_i64(ord, n, arena);
	out->stamp = batch_copy_i64(stamp, n, arena);
	return out;
}

void batch_encode_row(const Batch *b, uint32_t row, StrBuf *out)
{
	DCHECK(row < b->n);
	for (uint32_t c = 0; c < b->ncols; c++)
		value_encode(b->cols[c].type, column_value(&b->cols[c], row), out);
}

bool batch_decode_row(Str bytes, const Type *const *types, uint32_t ncols, Value *out)
{
	CodecReader r = codec_reader(bytes);
	for (uint32_t c = 0; c < ncols; c++) {
		if (!value_decode(types[c], &r, &out[c]))
			return false;
	}
	return r.at == r.end;
}
