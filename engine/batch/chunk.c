/*
 * engine/batch/chunk.c: rows with their kinds as one byte string; the format is drawn in chunk.h.
 *
 * The row count at the head is kept up to date while rows are added, so a chunk is complete at any time.
 */
#include "engine/batch/chunk.h"

enum { CHUNK_HEAD = 4, CHUNK_ROW_HEAD = 4 };

const char *chunk_kind_name(RowKind kind)
{
	static const char *const names[] = {"+I", "-U", "+U", "-D"};
	ASSERT((unsigned)kind < 4);
	return names[kind];
}

static uint32_t chunk_load(const char *p)
{
	uint32_t v;
	memcpy(&v, p, 4);
	return v;
}

static void chunk_store(char *p, uint32_t v)
{
	memcpy(p, &v, 4);
}

void chunk_begin(StrBuf *buf)
{
	strbuf_clear(buf);
	strbuf_fill(buf, 0, CHUNK_HEAD);
}

/* Leaves room for the length, and returns where the row begins. */
static size_t chunk_row_begin(StrBuf *buf, RowKind kind)
{
	DCHECK(buf->len >= CHUNK_HEAD);
	size_t at = buf->len;
	strbuf_fill(buf, 0, CHUNK_ROW_HEAD);
	strbuf_putc(buf, (char)kind);
	return at;
}

static void chunk_row_end(StrBuf *buf, size_t at)
{
	size_t len = buf->len - at - CHUNK_ROW_HEAD;
	ASSERT(len <= UINT32_MAX);
	chunk_store(buf->ptr + at, (uint32_t)len);
	chunk_store(buf->ptr, chunk_load(buf->ptr) + 1);
}

void chunk_add(StrBuf *buf, RowKind kind, const Batch *b, uint32_t row)
{
	size_t at = chunk_row_begin(buf, kind);
	batch_encode_row(b, row, buf);
	chunk_row_end(buf, at);
}

void chunk_add_values(StrBuf *buf, RowKind kind, const Type *const *types, const Value *values, uint32_t ncols)
{
	size_t at = chunk_row_begin(buf, kind);
	for (uint32_t c = 0; c < ncols; c++)
		value_encode(types[c], values[c], buf);
	chunk_row_end(buf, at);
}

uint32_t chunk_rows(Str chunk)
{
	return chunk.len < CHUNK_HEAD ? 0 : chunk_load(chunk.ptr);
}

bool chunk_open(ChunkReader *r, Str chunk, const Type *const *types, uint32_t ncols)
{
	*r = (ChunkReader){.types = types, .ncols = ncols};
	if (chunk.len < CHUNK_HEAD)
		return false;
	r->left = chunk_load(chunk.ptr);
	r->rest = str_make(chunk.ptr + CHUNK_HEAD, chunk.len - CHUNK_HEAD);
	return r->left > 0 || r->rest.len == 0;
}

bool chunk_next(ChunkReader *r, RowKind *kind, Value *values, bool *damaged)
{
	*damaged = false;
	if (r->left == 0) {
		*damaged = r->rest.len != 0;
		return false;
	}
	*damaged = true;
	if (r->rest.len < CHUNK_ROW_HEAD + 1)
		return false;
	uint32_t len = chunk_load(r->rest.ptr);
	if (len < 1 || len > r->rest.len - CHUNK_ROW_HEAD)
		return false;
	uint8_t k = (uint8_t)r->rest.ptr[CHUNK_ROW_HEAD];
	Str row = str_make(r->rest.ptr + CHUNK_ROW_HEAD + 1, len - 1);
	if (k > ROW_DELETE || !batch_decode_row(row, r->types, r->ncols, values))
		return false;
	*kind = (RowKind)k;
	r->rest.ptr += CHUNK_ROW_HEAD + len;
	r->rest.len -= CHUNK_ROW_HEAD + len;
	r->left--;
	*damaged = false;
	return true;
}
