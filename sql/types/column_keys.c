/*
 * sql/types/column_keys.c: the group keys of a whole batch.
 *
 * All keys of a batch go into one block of the arena:
 *
 *   | key 0: column a, column b | key 1: column a, column b | ...
 *
 * Columns are visited one after another: first each adds its bytes to the rows' lengths, then each writes
 * behind what the columns before it wrote. When no column has strings or NULLs all keys have one length, which
 * spares the first round. One BIGINT and one STRING, the commonest keys, have loops of their own. The bytes are
 * those of value_encode_key.
 */
#include "sql/types/column.h"

#include <math.h>

/* One column of the key, ready to be written. */
typedef struct KeyPart {
	const Column *column;
	bool pieces;        /* encoded beforehand: nested values, constants */
	bool escapes;       /* strings: some have zero bytes */
	const char *bytes;  /* of the pieces */
	const size_t *ends; /* piece i ends there; NULL: one piece for all rows */
	size_t len;         /* of the one piece */
} KeyPart;

/* Bytes of a value of this form behind the null flag; strings are counted apart. */
static uint32_t column_keys_width(Phys phys)
{
	static const uint8_t widths[] = {[PHYS_BOOL] = 1, [PHYS_I64] = 8, [PHYS_F64] = 8, [PHYS_I128] = 16, [PHYS_STR] = 0};
	return widths[phys];
}

static bool column_keys_has_zero(Str s)
{
	const char *p = s.ptr;
	uint32_t n = s.len;
	uint64_t found = 0;
	uint64_t w;
	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&w, p, sizeof w);
		found |= (w - UINT64_C(0x0101010101010101)) & ~w & UINT64_C(0x8080808080808080);
	}
	if (n > 0 && s.len >= 8) { /* the last eight once more */
		memcpy(&w, p + n - 8, sizeof w);
		found |= (w - UINT64_C(0x0101010101010101)) & ~w & UINT64_C(0x8080808080808080);
		return found != 0;
	}
	for (uint32_t i = 0; i < n; i++) {
		found |= p[i] == 0;
	}
	return found != 0;
}

/* Encoded length of a string behind the null flag. */
static size_t column_keys_string_len(Str s, bool *escapes)
{
	size_t len = (size_t)s.len + 2;
	if (column_keys_has_zero(s)) {
		*escapes = true;
		for (uint32_t i = 0; i < s.len; i++) {
			len += s.ptr[i] == 0;
		}
	}
	return len;
}

/* A string without zero bytes. */
static char *column_keys_put_clean(char *to, Str s)
{
	if (s.len > 0) {
		memcpy(to, s.ptr, s.len);
	}
	to += s.len;
	*to++ = 0;
	*to++ = 0;
	return to;
}

/* Escapes and ends a string; returns the place behind it. `encoded` is what column_keys_string_len gave. */
static char *column_keys_put_string(char *to, Str s)
{
	const char *at = s.ptr;
	size_t left = s.len;
	while (left > 0) {
		const char *zero = memchr(at, 0, left);
		size_t run = zero ? (size_t)(zero - at) : left;
		memcpy(to, at, run);
		to += run;
		at += run;
		left -= run;
		if (zero) {
			*to++ = 0;
			*to++ = (char)0xff;
			at++;
			left--;
		}
	}
	*to++ = 0;
	*to++ = 0;
	return to;
}

static uint64_t column_keys_order_f64(double v)
{
	uint64_t bits;
	if (isnan(v)) {
		bits = UINT64_C(0x7ff8000000000000);
	} else {
		v = v == 0 ? 0.0 : v;
		memcpy(&bits, &v, sizeof bits);
	}
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static char *column_keys_put_i128(char *to, Int128 v)
{
	UInt128 bits = (UInt128)v;
	codec_store_be64(to, (uint64_t)(bits >> 64) ^ UINT64_C(1) << 63);
	codec_store_be64(to + 8, (uint64_t)bits);
	return to + 16;
}

/* Nested values and constants are encoded by value_encode_key into a buffer, and copied from there. */
static void column_keys_prepare(KeyPart *part, const Column *c, uint32_t n, StrBuf *buf, Arena *arena)
{
	*part = (KeyPart){.column = c};
	if (!c->constant && !type_is_nested(c->type)) {
		return;
	}
	part->pieces = true;
	strbuf_clear(buf);
	if (c->constant) {
		value_encode_key(c->type, column_value(c, 0), buf);
		part->len = buf->len;
	} else {
		size_t *ends = ARENA_ARRAY(arena, size_t, n);
		for (uint32_t i = 0; i < n; i++) {
			value_encode_key(c->type, column_value(c, i), buf);
			ends[i] = buf->len;
		}
		part->ends = ends;
	}
	part->bytes = arena_copy(arena, buf->ptr, buf->len);
}

/* Adds the part's bytes to each row's length. */
static void column_keys_measure(KeyPart *part, uint32_t n, size_t *lens)
{
	const Column *c = part->column;
	if (part->pieces) {
		for (uint32_t i = 0; i < n; i++) {
			lens[i] += !part->ends ? part->len : part->ends[i] - (i > 0 ? part->ends[i - 1] : 0);
		}
		return;
	}
	if (c->phys == PHYS_STR) {
		for (uint32_t i = 0; i < n; i++) {
			bool null = c->valid && !bit_get(c->valid, i);
			lens[i] += null ? 1 : 1 + column_keys_string_len(c->str[i], &part->escapes);
		}
		return;
	}
	uint32_t width = column_keys_width(c->phys);
	if (!c->valid) {
		for (uint32_t i = 0; i < n; i++) {
			lens[i] += 1 + width;
		}
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		lens[i] += 1 + (bit_get(c->valid, i) ? width : 0);
	}
}

/* For each row: the null flag, then `put`, which moves `to` on. */
#define COLUMN_KEYS_WRITE(put)                                                                                         \
	for (uint32_t i = 0; i < n; i++) {                                                                                 \
		char *to = at[i];                                                                                              \
		if (c->valid && !bit_get(c->valid, i)) {                                                                       \
			*to++ = 0;                                                                                                 \
		} else {                                                                                                       \
			*to++ = 1;                                                                                                 \
			put;                                                                                                       \
		}                                                                                                              \
		at[i] = to;                                                                                                    \
	}

/* Writes the part of each row at at[i] and moves it on. */
static void column_keys_write(const KeyPart *part, uint32_t n, char **at)
{
	const Column *c = part->column;
	if (part->pieces) {
		for (uint32_t i = 0; i < n; i++) {
			size_t from = part->ends && i > 0 ? part->ends[i - 1] : 0;
			size_t len = part->ends ? part->ends[i] - from : part->len;
			memcpy(at[i], part->bytes + from, len);
			at[i] += len;
		}
		return;
	}
	switch (c->phys) {
	case PHYS_BOOL: COLUMN_KEYS_WRITE(*to++ = c->b[i] ? 1 : 0) break;
	case PHYS_I64: COLUMN_KEYS_WRITE(codec_store_be64(to, codec_order_i64(c->i64[i])); to += 8) break;
	case PHYS_F64: COLUMN_KEYS_WRITE(codec_store_be64(to, column_keys_order_f64(c->f64[i])); to += 8) break;
	case PHYS_I128: COLUMN_KEYS_WRITE(to = column_keys_put_i128(to, c->i128[i])) break;
	case PHYS_STR:
		if (part->escapes) {
			COLUMN_KEYS_WRITE(to = column_keys_put_string(to, c->str[i]))
		} else {
			COLUMN_KEYS_WRITE(to = column_keys_put_clean(to, c->str[i]))
		}
		break;
	}
}

static void column_keys_one_i64(const Column *c, uint32_t n, Arena *arena, Str *out_keys)
{
	char *to = arena_alloc(arena, (size_t)n * 9);
	for (uint32_t i = 0; i < n; i++, to += 9) {
		to[0] = 1;
		codec_store_be64(to + 1, codec_order_i64(c->i64[i]));
		out_keys[i] = (Str){to, 9};
	}
}

/* Strings without NULLs and zero bytes, the usual case; false: there is a zero byte, nothing was written. */
static bool column_keys_one_string(const Column *c, uint32_t n, Arena *arena, Str *out_keys)
{
	size_t total = (size_t)n * 3;
	for (uint32_t i = 0; i < n; i++) {
		if (column_keys_has_zero(c->str[i])) {
			return false;
		}
		total += c->str[i].len;
	}
	char *to = arena_alloc(arena, total);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t len = c->str[i].len;
		out_keys[i] = (Str){to, len + 3};
		*to++ = 1;
		if (len > 0) {
			memcpy(to, c->str[i].ptr, len);
			to += len;
		}
		*to++ = 0;
		*to++ = 0;
	}
	return true;
}

void column_encode_keys(const Column *const *cols, uint32_t ncols, uint32_t n, Arena *arena, Str *out_keys)
{
	if (n == 0) {
		return;
	}
	if (ncols == 1 && !cols[0]->constant && !cols[0]->valid) {
		if (cols[0]->phys == PHYS_I64) {
			column_keys_one_i64(cols[0], n, arena, out_keys);
			return;
		}
		if (cols[0]->phys == PHYS_STR && !type_is_nested(cols[0]->type) &&
		    column_keys_one_string(cols[0], n, arena, out_keys)) {
			return;
		}
	}
	KeyPart *parts = ARENA_ARRAY(arena, KeyPart, ncols);
	StrBuf buf;
	strbuf_init(&buf);
	bool one_length = true;
	size_t length = 0;
	for (uint32_t k = 0; k < ncols; k++) {
		const Column *c = cols[k];
		column_keys_prepare(&parts[k], c, n, &buf, arena);
		one_length = one_length && (c->constant || (c->phys != PHYS_STR && !c->valid));
		length += c->constant ? parts[k].len : 1 + column_keys_width(c->phys);
	}
	strbuf_deinit(&buf);
	char **at = ARENA_ARRAY(arena, char *, n);
	if (one_length) {
		char *to = arena_alloc(arena, n * length);
		for (uint32_t i = 0; i < n; i++, to += length) {
			at[i] = to;
			out_keys[i] = (Str){to, (uint32_t)length};
		}
	} else {
		size_t *lens = ARENA_ARRAY_ZERO(arena, size_t, n);
		for (uint32_t k = 0; k < ncols; k++) {
			column_keys_measure(&parts[k], n, lens);
		}
		size_t total = 0;
		for (uint32_t i = 0; i < n; i++) {
			total += lens[i];
		}
		char *to = arena_alloc(arena, total);
		for (uint32_t i = 0; i < n; i++) {
			ASSERT(lens[i] <= UINT32_MAX);
			at[i] = to;
			out_keys[i] = (Str){to, (uint32_t)lens[i]};
			to += lens[i];
		}
	}
	for (uint32_t k = 0; k < ncols; k++) {
		column_keys_write(&parts[k], n, at);
	}
}
