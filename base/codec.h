/*
 * base/codec.h: bytes for keys and values of the state.
 *
 * "ordered" forms compare by memcmp as their values do, and may be concatenated:
 *   null flag   0x00 NULL, 0x01 present (NULL is the smallest value, as in Flink)
 *   i64         8 bytes big endian, sign bit flipped
 *   i128        16 bytes likewise
 *   f64         8 bytes, bits flipped so that -Infinity < ... < Infinity < NaN; -0.0 is written as 0.0
 *   bytes       each 0x00 as 0x00 0xff, ended by 0x00 0x00
 * A descending column is written the same with every byte inverted (codec_invert).
 * "plain" forms are little endian and not comparable.
 */
#ifndef WEIR_BASE_CODEC_H
#define WEIR_BASE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

void codec_put_null(StrBuf *b, bool present);
void codec_put_i64(StrBuf *b, int64_t v);
void codec_put_i128(StrBuf *b, Int128 v);
void codec_put_f64(StrBuf *b, double v);
void codec_put_bytes(StrBuf *b, Str s);
/* Inverts the bytes from `from` to the end: descending order. */
void codec_invert(StrBuf *b, size_t from);

/* A cursor over encoded bytes. Getters return false when the bytes end too early or are not of the form. */
typedef struct CodecReader {
	const uint8_t *at;
	const uint8_t *end;
	bool inverted; /* the next ordered value was written descending */
} CodecReader;
static inline CodecReader codec_reader(Str s)
{
	return (CodecReader){(const uint8_t *)s.ptr, (const uint8_t *)s.ptr + s.len, false};
}
bool codec_get_null(CodecReader *r, bool *present);
bool codec_get_i64(CodecReader *r, int64_t *v);
bool codec_get_i128(CodecReader *r, Int128 *v);
bool codec_get_f64(CodecReader *r, double *v);
/* Appends the bytes to `out`. */
bool codec_get_bytes(CodecReader *r, StrBuf *out);

/* Plain: unsigned LEB128, zigzag, fixed. */
void codec_put_varint(StrBuf *b, uint64_t v);
bool codec_get_varint(CodecReader *r, uint64_t *v);
void codec_put_zigzag(StrBuf *b, int64_t v);
bool codec_get_zigzag(CodecReader *r, int64_t *v);
/* length as varint, then the bytes; the reader's Str points into the encoded bytes. */
void codec_put_blob(StrBuf *b, Str s);
bool codec_get_blob(CodecReader *r, Str *s);
void codec_put_fixed(StrBuf *b, const void *p, size_t n);
bool codec_get_fixed(CodecReader *r, void *p, size_t n);

static inline uint64_t codec_load_be64(const void *p)
{
	uint64_t v;
	memcpy(&v, p, 8);
	return __builtin_bswap64(v);
}

static inline void codec_store_be64(void *p, uint64_t v)
{
	v = __builtin_bswap64(v);
	memcpy(p, &v, 8);
}

/* A number whose eight bytes, big end first, sort as v does; codec_load_i64 reads them back. codec_put_i64 writes the
 * same. */
static inline uint64_t codec_order_i64(int64_t v)
{
	return (uint64_t)v ^ (UINT64_C(1) << 63);
}

static inline int64_t codec_load_i64(const void *p)
{
	return (int64_t)(codec_load_be64(p) ^ (UINT64_C(1) << 63));
}

/* The smallest byte string greater than every string with this prefix, in place; false: there is none (all 0xff). */
bool codec_prefix_end(StrBuf *b);

#endif
