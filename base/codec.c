/*
 * base/codec.c: bytes for keys and values of the state; the forms are described in base/codec.h.
 *
 * The one idea of the ordered forms: an unsigned number in big endian compares by memcmp as it does
 * as a number, so every type is first mapped to an unsigned number of the same order. A getter that
 * fails leaves the reader and the buffer as they were.
 */
#include "base/codec.h"

#include <math.h>

#include "base/assert.h"

#define CODEC_SIGN (UINT64_C(1) << 63)
/* The one NaN that is written: quiet, positive, without payload. */
#define CODEC_NAN UINT64_C(0x7ff8000000000000)

void codec_put_null(StrBuf *b, bool present)
{
	strbuf_putc(b, present ? 1 : 0);
}

static void codec_put_u64(StrBuf *b, uint64_t v)
{
	char bytes[8];
	codec_store_be64(bytes, v);
	strbuf_put(b, bytes, sizeof bytes);
}

void codec_put_i64(StrBuf *b, int64_t v)
{
	codec_put_u64(b, codec_order_i64(v));
}

void codec_put_i128(StrBuf *b, Int128 v)
{
	UInt128 bits = (UInt128)v;
	codec_put_u64(b, (uint64_t)(bits >> 64) ^ CODEC_SIGN);
	codec_put_u64(b, (uint64_t)bits);
}

void codec_put_f64(StrBuf *b, double v)
{
	uint64_t bits;
	if (v == 0)
		v = 0.0; /* -0.0 too */
	memcpy(&bits, &v, sizeof bits);
	if (isnan(v))
		bits = CODEC_NAN;
	codec_put_u64(b, bits & CODEC_SIGN ? ~bits : bits | CODEC_SIGN);
}

void codec_put_bytes(StrBuf *b, Str s)
{
	strbuf_reserve(b, (size_t)s.len + 2);
	const char *at = s.ptr;
	size_t left = s.len;
	while (left > 0) {
		const char *zero = memchr(at, 0, left);
		if (zero == NULL) {
			strbuf_put(b, at, left);
			break;
		}
		size_t n = (size_t)(zero - at);
		strbuf_put(b, at, n);
		strbuf_put(b, "\x00\xff", 2);
		at += n + 1;
		left -= n + 1;
	}
	strbuf_put(b, "\x00\x00", 2);
}

void codec_invert(StrBuf *b, size_t from)
{
	ASSERT(from <= b->len);
	for (size_t i = from; i < b->len; i++)
		b->ptr[i] = (char)~b->ptr[i];
}

static size_t codec_left(const CodecReader *r)
{
	return (size_t)(r->end - r->at);
}

bool codec_get_null(CodecReader *r, bool *present)
{
	if (codec_left(r) < 1)
		return false;
	uint8_t byte = r->inverted ? (uint8_t) ~*r->at : *r->at;
	if (byte > 1)
		return false;
	*present = byte == 1;
	r->at++;
	return true;
}

static bool codec_get_u64(CodecReader *r, uint64_t *v)
{
	if (codec_left(r) < 8)
		return false;
	uint64_t bits = codec_load_be64(r->at);
	*v = r->inverted ? ~bits : bits;
	r->at += 8;
	return true;
}

bool codec_get_i64(CodecReader *r, int64_t *v)
{
	uint64_t bits;
	if (!codec_get_u64(r, &bits))
		return false;
	*v = (int64_t)(bits ^ CODEC_SIGN);
	return true;
}

bool codec_get_i128(CodecReader *r, Int128 *v)
{
	uint64_t high;
	uint64_t low;
	if (codec_left(r) < 16 || !codec_get_u64(r, &high) || !codec_get_u64(r, &low))
		return false;
	*v = (Int128)((UInt128)(high ^ CODEC_SIGN) << 64 | low);
	return true;
}

bool codec_get_f64(CodecReader *r, double *v)
{
	uint64_t bits;
	if (!codec_get_u64(r, &bits))
		return false;
	bits = bits & CODEC_SIGN ? bits ^ CODEC_SIGN : ~bits;
	double value;
	memcpy(&value, &bits, sizeof value);
	if (bits == CODEC_SIGN || (isnan(value) && bits != CODEC_NAN)) {
		r->at -= 8;
		return false;
	}
	*v = value;
	return true;
}

bool codec_get_bytes(CodecReader *r, StrBuf *out)
{
	const uint8_t flip = r->inverted ? 0xff : 0x00;
	const size_t out_len = out->len;
	const uint8_t *at = r->at;
	for (;;) {
		const uint8_t *zero = at < r->end ? memchr(at, flip, (size_t)(r->end - at)) : NULL;
		if (zero == NULL || r->end - zero < 2)
			break;
		size_t n = (size_t)(zero - at);
		size_t from = out->len;
		strbuf_put(out, at, n);
		if (r->inverted)
			codec_invert(out, from);
		at = zero + 2;
		uint8_t mark = zero[1] ^ flip;
		if (mark == 0x00) {
			r->at = at;
			return true;
		}
		if (mark != 0xff)
			break;
		strbuf_putc(out, '\0');
	}
	out->len = out_len;
	if (out->ptr != NULL)
		out->ptr[out_len] = '\0';
	return false;
}

void codec_put_varint(StrBuf *b, uint64_t v)
{
	char bytes[10];
	size_t n = 0;
	while (v >= 0x80) {
		bytes[n++] = (char)(v | 0x80);
		v >>= 7;
	}
	bytes[n++] = (char)v;
	strbuf_put(b, bytes, n);
}

bool codec_get_varint(CodecReader *r, uint64_t *v)
{
	uint64_t value = 0;
	const uint8_t *at = r->at;
	for (unsigned shift = 0; shift < 64 && at < r->end; shift += 7) {
		uint8_t byte = *at++;
		if (shift == 63 && byte > 1)
			return false;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*v = value;
			r->at = at;
			return true;
		}
	}
	return false;
}

void codec_put_zigzag(StrBuf *b, int64_t v)
{
	uint64_t sign = v < 0 ? UINT64_MAX : 0;
	codec_put_varint(b, (uint64_t)v << 1 ^ sign);
}

bool codec_get_zigzag(CodecReader *r, int64_t *v)
{
	uint64_t bits;
	if (!codec_get_varint(r, &bits))
		return false;
	uint64_t sign = bits & 1 ? UINT64_MAX : 0;
	*v = (int64_t)(bits >> 1 ^ sign);
	return true;
}

void codec_put_blob(StrBuf *b, Str s)
{
	codec_put_varint(b, s.len);
	strbuf_put_str(b, s);
}

bool codec_get_blob(CodecReader *r, Str *s)
{
	const uint8_t *begin = r->at;
	uint64_t len;
	if (!codec_get_varint(r, &len))
		return false;
	if (len > codec_left(r) || len > UINT32_MAX) {
		r->at = begin;
		return false;
	}
	*s = str_make((const char *)r->at, (size_t)len);
	r->at += len;
	return true;
}

void codec_put_fixed(StrBuf *b, const void *p, size_t n)
{
	strbuf_put(b, p, n);
}

bool codec_get_fixed(CodecReader *r, void *p, size_t n)
{
	if (codec_left(r) < n)
		return false;
	if (n > 0)
		memcpy(p, r->at, n);
	r->at += n;
	return true;
}

bool codec_prefix_end(StrBuf *b)
{
	size_t len = b->len;
	while (len > 0 && (uint8_t)b->ptr[len - 1] == 0xff)
		len--;
	if (len == 0)
		return false;
	b->ptr[len - 1] = (char)((uint8_t)b->ptr[len - 1] + 1);
	b->ptr[len] = '\0';
	b->len = len;
	return true;
}
