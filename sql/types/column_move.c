/*
 * sql/types/column_move.c: gathering, joining, cutting, spreading and copying columns.
 *
 * Only Str views are moved, never the bytes they point at, except by column_copy.
 */
#include "sql/types/column.h"

/* n bits of src from bit `from` on, as whole words; bits behind the n-th are zero. */
static void column_bits_cut(const uint64_t *src, uint32_t from, uint32_t n, uint64_t *out)
{
	uint32_t words = bit_words(n);
	uint32_t shift = from & 63;
	const uint64_t *at = src + (from >> 6);
	for (uint32_t w = 0; w < words; w++) {
		uint64_t bits = at[w] >> shift;
		/* The next word is read only when it holds bits of ours. */
		if (shift != 0 && (uint64_t)w * 64 + (64 - shift) < n) {
			bits |= at[w + 1] << (64 - shift);
		}
		out[w] = bits;
	}
	if (n & 63) {
		out[words - 1] &= (UINT64_C(1) << (n & 63)) - 1;
	}
}

/* Writes n bits to dst from bit `to` on; src NULL: ones. The bits of dst there are zero before. */
static void column_bits_put(uint64_t *dst, uint32_t to, const uint64_t *src, uint32_t n)
{
	uint32_t shift = to & 63;
	uint64_t *at = dst + (to >> 6);
	for (uint32_t done = 0; done < n; done += 64, at++) {
		uint32_t left = n - done;
		uint64_t bits = src ? src[done >> 6] : UINT64_MAX;
		if (left < 64) {
			bits &= (UINT64_C(1) << left) - 1;
		}
		at[0] |= bits << shift;
		if (shift != 0 && left > 64 - shift) {
			at[1] |= bits >> (64 - shift);
		}
	}
}

#define COLUMN_GATHER(field)                                                                                           \
	for (uint32_t i = 0; i < n; i++)                                                                                   \
	out->field[i] = c->field[idx[i]]

void column_gather(const Column *c, const uint32_t *idx, uint32_t n, Column *out, Arena *arena)
{
	if (c->constant) {
		*out = *c;
		out->len = n;
		return;
	}
	column_init(out, c->type, n, arena);
	switch (c->phys) {
	case PHYS_BOOL: COLUMN_GATHER(b); break;
	case PHYS_I64: COLUMN_GATHER(i64); break;
	case PHYS_F64: COLUMN_GATHER(f64); break;
	case PHYS_I128: COLUMN_GATHER(i128); break;
	case PHYS_STR: COLUMN_GATHER(str); break;
	}
	if (c->valid) {
		out->valid = ARENA_ARRAY(arena, uint64_t, bit_words(n));
		for (uint32_t i = 0; i < n; i += 64) {
			uint32_t end = n - i < 64 ? n - i : 64;
			uint64_t bits = 0;
			for (uint32_t j = 0; j < end; j++) {
				bits |= (uint64_t)bit_get(c->valid, idx[i + j]) << j;
			}
			out->valid[i >> 6] = bits;
		}
	}
	if (c->err) {
		out->err = ARENA_ARRAY(arena, uint8_t, n);
		COLUMN_GATHER(err);
	}
}

/* Copies the rows of a column into a flat one, from row `to` on; valid and err of `out` are zero there. */
static void column_append(const Column *c, Column *out, uint32_t to)
{
	size_t width = column_width(out->phys);
	char *data = (char *)out->data + (size_t)to * width;
	if (c->constant) {
		for (uint32_t i = 0; i < c->len; i++) {
			memcpy(data + (size_t)i * width, c->data, width);
		}
	} else if (c->len > 0) {
		memcpy(data, c->data, (size_t)c->len * width);
	}
	if (out->valid && !(c->constant && column_is_null(c, 0))) {
		column_bits_put(out->valid, to, c->constant ? NULL : c->valid, c->len);
	}
	if (c->err && c->len > 0) {
		if (c->constant) {
			memset(out->err + to, c->err[0], c->len);
		} else {
			memcpy(out->err + to, c->err, c->len);
		}
	}
}

void column_concat(const Column *const *cols, uint32_t ncols, Column *out, Arena *arena)
{
	ASSERT(ncols > 0);
	if (ncols == 1) {
		*out = *cols[0];
		return;
	}
	size_t n = 0;
	bool valid = false;
	bool err = false;
	for (uint32_t k = 0; k < ncols; k++) {
		n += cols[k]->len;
		valid = valid || cols[k]->valid;
		err = err || cols[k]->err;
	}
	ASSERT(n <= UINT32_MAX);
	column_init(out, cols[0]->type, (uint32_t)n, arena);
	if (valid) {
		out->valid = ARENA_ARRAY_ZERO(arena, uint64_t, bit_words(out->len));
	}
	if (err) {
		out->err = ARENA_ARRAY_ZERO(arena, uint8_t, out->len);
	}
	uint32_t to = 0;
	for (uint32_t k = 0; k < ncols; k++) {
		DCHECK(cols[k]->phys == out->phys);
		column_append(cols[k], out, to);
		to += cols[k]->len;
	}
}

void column_slice(const Column *c, uint32_t from, uint32_t n, Column *out, Arena *arena)
{
	ASSERT(from <= c->len && n <= c->len - from);
	*out = *c;
	out->len = n;
	if (c->constant) {
		return;
	}
	out->data = (char *)c->data + (size_t)from * column_width(c->phys);
	if (c->err) {
		out->err = c->err + from;
	}
	if (c->valid && from % 64 == 0) {
		out->valid = c->valid + (from >> 6);
	} else if (c->valid) {
		out->valid = ARENA_ARRAY(arena, uint64_t, bit_words(n));
		column_bits_cut(c->valid, from, n, out->valid);
	}
}

const Column *column_flat(const Column *c, Arena *arena)
{
	if (!c->constant) {
		return c;
	}
	Column *out = ARENA_NEW(arena, Column);
	column_init(out, c->type, c->len, arena);
	if (c->valid) {
		out->valid = ARENA_ARRAY_ZERO(arena, uint64_t, bit_words(c->len));
	}
	if (c->err) {
		out->err = ARENA_ARRAY_ZERO(arena, uint8_t, c->len);
	}
	column_append(c, out, 0);
	return out;
}

/* Moves all strings of a fresh copy into one block. What lies under a NULL may point nowhere and is not read. */
static void column_copy_strings(Column *c, uint32_t n, Arena *arena)
{
	size_t total = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (c->valid && !bit_get(c->valid, i)) {
			c->str[i] = STR_EMPTY;
		}
		total += c->str[i].len;
	}
	char *block = arena_alloc(arena, total);
	for (uint32_t i = 0; i < n; i++) {
		if (c->str[i].len > 0) {
			memcpy(block, c->str[i].ptr, c->str[i].len);
			c->str[i].ptr = block;
			block += c->str[i].len;
		} else {
			c->str[i] = STR_EMPTY;
		}
	}
}

void column_copy(const Column *c, Column *out, Arena *arena)
{
	uint32_t n = c->constant ? 1 : c->len;
	*out = *c;
	out->data = arena_copy(arena, c->data, (size_t)n * column_width(c->phys));
	if (c->valid) {
		out->valid = arena_copy(arena, c->valid, bit_words(n) * sizeof *c->valid);
	}
	if (c->err) {
		out->err = arena_copy(arena, c->err, n);
	}
	if (c->phys == PHYS_STR) {
		column_copy_strings(out, n, arena);
	}
}
