/*
 * engine/batch/batch_consolidate.c: adds up the weights of equal rows.
 *
 * One pass over each column mixes its values into a hash per row; an open table of row numbers then finds the first row
 * that each one equals. "Equal" is value_equal for every column (-0.0 is 0.0, NaN is NaN, NULL is NULL) and the same
 * error, so nested values are hashed and compared in their canonical key form, everything else in place.
 */
#include "engine/batch/batch.h"

#include "base/hash.h"

#define CONSOLIDATE_NULL UINT64_C(0x9e3779b97f4a7c15)

typedef struct Consolidate {
	const Batch *b;
	Str **nested; /* per column: canonical bytes of each row; NULL: not a nested column */
	bool by_ordinal;
	uint64_t seed;
} Consolidate;

static uint64_t batch_consolidate_f64_bits(double d)
{
	uint64_t bits;
	if (d != d)
		return UINT64_C(0x7ff8000000000000);
	if (d == 0)
		return 0;
	memcpy(&bits, &d, 8);
	return bits;
}

static uint64_t batch_consolidate_cell_hash(const Consolidate *k, uint32_t c, uint32_t row)
{
	const Column *col = &k->b->cols[c];
	uint32_t at = column_at(col, row);
	if (column_is_null(col, row))
		return CONSOLIDATE_NULL + column_err(col, row);
	switch (col->phys) {
	case PHYS_BOOL: return hash_mix((uint64_t)(col->b[at] != 0) + 1);
	case PHYS_I64: return hash_mix((uint64_t)col->i64[at] + 1);
	case PHYS_F64: return hash_mix(batch_consolidate_f64_bits(col->f64[at]) + 1);
	case PHYS_I128: return hash_mix((uint64_t)col->i128[at] ^ hash_mix((uint64_t)((UInt128)col->i128[at] >> 64)));
	case PHYS_STR: {
		Str s = k->nested[c] ? k->nested[c][row] : col->str[at];
		return hash_bytes(s.ptr, s.len, k->seed);
	}
	}
	return 0;
}

static void batch_consolidate_hashes(const Consolidate *k, uint64_t *hashes)
{
	const Batch *b = k->b;
	for (uint32_t r = 0; r < b->n; r++)
		hashes[r] = k->by_ordinal ? (uint64_t)b->ord[r] : 0;
	for (uint32_t c = 0; c < b->ncols; c++) {
		if (b->cols[c].constant)
			continue; /* the same for all rows */
		for (uint32_t r = 0; r < b->n; r++)
			hashes[r] = (hashes[r] ^ batch_consolidate_cell_hash(k, c, r)) * UINT64_C(0x9fb21c651e98df25);
	}
}

static bool batch_consolidate_equal(const Consolidate *k, uint32_t x, uint32_t y)
{
	const Batch *b = k->b;
	if (k->by_ordinal && b->ord[x] != b->ord[y])
		return false;
	for (uint32_t c = 0; c < b->ncols; c++) {
		const Column *col = &b->cols[c];
		if (col->constant)
			continue;
		bool null = column_is_null(col, x);
		if (null != column_is_null(col, y) || column_err(col, x) != column_err(col, y))
			return false;
		if (null)
			continue;
		bool same = false;
		switch (col->phys) {
		case PHYS_BOOL: same = !col->b[x] == !col->b[y]; break;
		case PHYS_I64: same = col->i64[x] == col->i64[y]; break;
		case PHYS_F64: same = batch_consolidate_f64_bits(col->f64[x]) == batch_consolidate_f64_bits(col->f64[y]); break;
		case PHYS_I128: same = col->i128[x] == col->i128[y]; break;
		case PHYS_STR:
			same = k->nested[c] ? str_eq(k->nested[c][x], k->nested[c][y]) : str_eq(col->str[x], col->str[y]);
			break;
		}
		if (!same)
			return false;
	}
	return true;
}

/* Canonical bytes of a nested column's rows. */
static Str *batch_consolidate_canonical(const Column *col, uint32_t n, Arena *arena)
{
	Str *out = ARENA_ARRAY_ZERO(arena, Str, n);
	StrBuf buf;
	strbuf_init(&buf);
	for (uint32_t r = 0; r < n; r++) {
		if (column_is_null(col, r))
			continue;
		strbuf_clear(&buf);
		value_encode_key(col->type, column_value(col, r), &buf);
		out[r] = arena_str(arena, strbuf_str(&buf));
	}
	strbuf_deinit(&buf);
	return out;
}

Batch *batch_consolidate(const Batch *b, bool by_ordinal, Arena *arena)
{
	uint32_t n = b->n;
	if (n == 0 || (n == 1 && batch_weight(b, 0) != 0))
		return (Batch *)b;
	Consolidate k = {.b = b, .by_ordinal = by_ordinal && b->ord, .seed = hash_process_seed()};
	k.nested = ARENA_ARRAY_ZERO(arena, Str *, b->ncols);
	for (uint32_t c = 0; c < b->ncols; c++) {
		if (type_is_nested(b->cols[c].type) && !b->cols[c].constant)
			k.nested[c] = batch_consolidate_canonical(&b->cols[c], n, arena);
	}
	uint64_t *hashes = ARENA_ARRAY(arena, uint64_t, n);
	batch_consolidate_hashes(&k, hashes);

	uint32_t nslots = 16;
	while (nslots < n * 2)
		nslots *= 2;
	uint32_t *slots = ARENA_ARRAY_ZERO(arena, uint32_t, nslots); /* row + 1 */
	uint32_t *first = ARENA_ARRAY(arena, uint32_t, n);           /* rows that others were added to, in order */
	int64_t *sums = ARENA_ARRAY(arena, int64_t, n);              /* by row */
	uint32_t nfirst = 0;
	bool zero = false;
	for (uint32_t r = 0; r < n; r++) {
		uint32_t at = (uint32_t)hash_mix(hashes[r]) & (nslots - 1);
		int64_t w = batch_weight(b, r);
		while (slots[at]) {
			uint32_t other = slots[at] - 1;
			if (hashes[other] == hashes[r] && batch_consolidate_equal(&k, other, r))
				break;
			at = (at + 1) & (nslots - 1);
		}
		if (slots[at]) {
			uint32_t other = slots[at] - 1;
			sums[other] = (int64_t)((uint64_t)sums[other] + (uint64_t)w);
		} else {
			slots[at] = r + 1;
			sums[r] = w;
			first[nfirst++] = r;
		}
	}
	uint32_t kept = 0;
	for (uint32_t i = 0; i < nfirst; i++) {
		zero = zero || sums[first[i]] == 0;
		if (sums[first[i]] != 0)
			first[kept++] = first[i];
	}
	if (kept == n && !zero)
		return (Batch *)b;
	Batch *out = batch_gather(b, first, kept, arena);
	bool ones = true;
	int64_t *weight = ARENA_ARRAY(arena, int64_t, kept);
	for (uint32_t i = 0; i < kept; i++) {
		weight[i] = sums[first[i]];
		ones = ones && weight[i] == 1;
	}
	out->weight = ones ? NULL : weight;
	return out;
}
