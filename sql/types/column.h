/*
 * sql/types/column.h: a typed vector.
 *
 * data holds `len` values in the physical form of the type, or one value for all rows (constant).
 * valid: bit i set = row i is not NULL; NULL pointer = no NULLs. The data under a NULL is defined memory, value
 * anything. err: one byte per row, 0 = fine, else a RowErr; NULL pointer = no errors. A row with an error has valid bit
 * 0. Errors are carried like NULLs and only count when something reads them in the end: so a CASE drops the error of
 * the branch it does not take, and a query does not meet a bad field that it never reads. For a constant column valid,
 * err and data have one entry.
 *
 * Columns are immutable once a batch that holds them was pushed. Memory is an arena's (of the step, or a query).
 */
#ifndef WEIR_SQL_TYPES_COLUMN_H
#define WEIR_SQL_TYPES_COLUMN_H

#include "sql/types/value.h"

typedef enum RowErr {
	ROW_OK = 0,
	ROW_BAD_FIELD, /* set by decoders: the field of the record could not be converted */
	ROW_DIV_ZERO,  /* ERR_DIVISION_BY_ZERO */
	ROW_OVERFLOW,  /* ERR_OUT_OF_RANGE */
	ROW_BAD_CAST,  /* ERR_BAD_CAST */
	ROW_BAD_VALUE, /* ERR_BAD_VALUE */
	ROW_MANY_ROWS, /* ERR_MORE_THAN_ONE_ROW */
	ROW_NOT_NULL,  /* ERR_NOT_NULL_VIOLATION */
} RowErr;

typedef struct Column {
	const Type *type;
	Phys phys;
	bool constant;
	uint32_t len;
	uint64_t *valid;
	uint8_t *err;
	union {
		void *data;
		uint8_t *b;
		int64_t *i64;
		double *f64;
		Int128 *i128;
		Str *str;
	};
} Column;

static inline bool bit_get(const uint64_t *bits, uint32_t i)
{
	return (bits[i >> 6] >> (i & 63)) & 1;
}

static inline void bit_set(uint64_t *bits, uint32_t i)
{
	bits[i >> 6] |= UINT64_C(1) << (i & 63);
}

static inline void bit_clear(uint64_t *bits, uint32_t i)
{
	bits[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}

static inline uint32_t bit_words(uint32_t n)
{
	return (n + 63) >> 6;
}

/* Index of row i's value in data, valid and err. */
static inline uint32_t column_at(const Column *c, uint32_t i)
{
	return c->constant ? 0 : i;
}

static inline bool column_is_null(const Column *c, uint32_t i)
{
	return c->valid && !bit_get(c->valid, column_at(c, i));
}

static inline uint8_t column_err(const Column *c, uint32_t i)
{
	return c->err ? c->err[column_at(c, i)] : (uint8_t)ROW_OK;
}

size_t column_width(Phys phys); /* bytes of one value */
/* An empty column of n rows: data allocated (undefined), valid and err NULL. */
void column_init(Column *c, const Type *type, uint32_t n, Arena *arena);
/* A constant column; strings are not copied. */
void column_init_const(Column *c, const Type *type, Value v, uint32_t n, Arena *arena);
/* Makes the bitmap (all valid) or the error bytes (all 0) if there are none yet. */
void column_need_valid(Column *c, Arena *arena);
void column_need_err(Column *c, Arena *arena);
/* Row by row, for the cold paths. */
Value column_value(const Column *c, uint32_t i);
void column_set(Column *c, uint32_t i, Value v, Arena *arena); /* not on constants; strings not copied */
void column_set_null(Column *c, uint32_t i, Arena *arena);
void column_set_err(Column *c, uint32_t i, RowErr e, Arena *arena);
/* The first row with an error, or -1. */
int64_t column_first_err(const Column *c);
/* out = rows idx[0..n) of c; constants stay constant; strings still point where they did. */
void column_gather(const Column *c, const uint32_t *idx, uint32_t n, Column *out, Arena *arena);
/* out = the columns' rows one after another; all of one type. */
void column_concat(const Column *const *cols, uint32_t ncols, Column *out, Arena *arena);
/* Rows [from, from + n) as a view where possible (from % 64 == 0), else a copy. */
void column_slice(const Column *c, uint32_t from, uint32_t n, Column *out, Arena *arena);
/* Spreads a constant over len rows; returns c itself if it is flat. */
const Column *column_flat(const Column *c, Arena *arena);
/* A deep copy: strings too. */
void column_copy(const Column *c, Column *out, Arena *arena);
/* For each row appends value_encode_key's bytes to bufs... as kernels over all rows: writes for row i the key bytes of
 * the ncols columns concatenated. out_keys[i] points into the arena. Used for group keys: one pass, no allocation per
 * row. */
void column_encode_keys(const Column *const *cols, uint32_t ncols, uint32_t n, Arena *arena, Str *out_keys);
/* The SQLSTATE side of an error byte. */
ErrCode column_err_code(RowErr e);

#endif
