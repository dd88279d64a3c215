/*
 * engine/formats/parquet/hybrid.c: see hybrid.h. Values are read 64 bits at a time where the bytes allow it.
 */
#include "engine/formats/parquet/hybrid.h"

#include "base/arena.h"
#include "base/err.h"

unsigned hybrid_width(uint32_t most)
{
	unsigned w = 0;
	for (; most; most >>= 1)
		w++;
	return w;
}

/* ---- writing ---- */

static void put_varint(StrBuf *out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		strbuf_putc(out, (char)(v | 0x80));
	strbuf_putc(out, (char)v);
}

static void put_run(StrBuf *out, uint32_t value, uint64_t n, unsigned width)
{
	put_varint(out, n << 1);
	for (unsigned b = 0; b < width; b += 8)
		strbuf_putc(out, (char)(value >> b));
}

/* n values, filled up with zeros to whole groups of 8. */
static void put_packed(StrBuf *out, const uint32_t *values, uint32_t n, unsigned width)
{
	uint32_t groups = (n + 7) / 8;
	put_varint(out, (uint64_t)groups << 1 | 1);
	size_t bytes = (size_t)groups * width;
	strbuf_reserve(out, bytes + 9);
	uint8_t *to = (uint8_t *)out->ptr + out->len;
	uint64_t held = 0;
	unsigned bits = 0;
	for (uint32_t i = 0; i < groups * 8; i++) {
		held |= (uint64_t)(i < n ? values[i] : 0) << bits;
		for (bits += width; bits >= 8; bits -= 8) {
			*to++ = (uint8_t)held;
			held >>= 8;
		}
	}
	out->len += bytes;
	out->ptr[out->len] = 0;
}

/* Runs of 8 and more are run lengths; what is between them is packed, in whole groups. */
void hybrid_put(StrBuf *out, const uint32_t *values, uint32_t n, unsigned width)
{
	uint32_t from = 0, i = 0; /* values[from..i) wait to be packed */
	while (i < n) {
		uint32_t run = 1;
		while (i + run < n && values[i + run] == values[i])
			run++;
		uint32_t fill = (8 - (i - from) % 8) % 8; /* of the run, to end a group */
		if (run < fill + 8) {
			i += run;
			continue;
		}
		i += fill;
		if (i > from)
			put_packed(out, values + from, i - from, width);
		put_run(out, values[i], run - fill, width);
		i += run - fill;
		from = i;
	}
	if (i > from)
		put_packed(out, values + from, i - from, width);
}

void hybrid_put_bytes(StrBuf *out, const uint8_t *values, uint32_t n, unsigned width)
{
	uint32_t run = 1;
	while (run < n && values[run] == values[0])
		run++;
	if (n && run == n) { /* levels are mostly all the same */
		put_run(out, values[0], n, width);
		return;
	}
	uint32_t *wide = MEM_ARRAY(uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		wide[i] = values[i];
	hybrid_put(out, wide, n, width);
	mem_free(wide);
}

/* ---- reading ---- */

void hybrid_open(HybridReader *r, Str bytes, unsigned width)
{
	*r = (HybridReader){.at = (const uint8_t *)bytes.ptr, .width = width};
	r->end = r->at + bytes.len;
}

void hybrid_open_old(HybridReader *r, Str bytes, unsigned width)
{
	hybrid_open(r, bytes, width);
	r->old = r->packed = true;
	r->left = width ? (uint64_t)bytes.len * 8 / width : UINT64_MAX;
}

static bool next_run(HybridReader *r)
{
	if (r->old)
		return false;
	uint64_t head = 0;
	unsigned shift = 0;
	do {
		if (r->at >= r->end || shift > 56)
			return false;
		head |= (uint64_t)(*r->at & 0x7f) << shift;
		shift += 7;
	} while (*r->at++ >= 0x80);
	r->packed = head & 1;
	r->left = head >> 1;
	r->bit = 0;
	if (r->packed) {
		/* The last run may claim more groups than there are bytes for: what is there counts. */
		uint64_t there = r->width ? (uint64_t)(r->end - r->at) * 8 / r->width : UINT64_MAX;
		if (r->left > UINT64_MAX / 8)
			return false;
		r->left *= 8;
		if (r->left > there)
			r->left = there;
		return r->left > 0;
	}
	unsigned bytes = (r->width + 7) / 8;
	if ((size_t)(r->end - r->at) < bytes)
		return false;
	r->value = 0;
	for (unsigned b = 0; b < bytes; b++)
		r->value |= (uint32_t)*r->at++ << (8 * b);
	if (r->width < 32 && r->value >> r->width)
		return false;
	return true;
}

static void skip_packed(HybridReader *r, uint64_t n)
{
	uint64_t bits = r->bit + n * r->width;
	r->at += bits / 8;
	r->bit = (unsigned)(bits % 8);
}

static uint32_t one_packed(HybridReader *r)
{
	uint64_t v = 0;
	unsigned bytes = (r->bit + r->width + 7) / 8;
	for (unsigned b = 0; b < bytes; b++)
		v |= (uint64_t)r->at[b] << (8 * b);
	uint32_t out = (uint32_t)(v >> r->bit & ((UINT64_C(1) << r->width) - 1));
	skip_packed(r, 1);
	return out;
}

static uint32_t one_old(HybridReader *r)
{
	uint32_t v = 0;
	for (unsigned b = 0; b < r->width; b++) {
		v = v << 1 | (uint32_t)(*r->at >> (7 - r->bit) & 1);
		if (++r->bit == 8) {
			r->bit = 0;
			r->at++;
		}
	}
	return v;
}

static void unpack(HybridReader *r, uint32_t *out, uint32_t n)
{
	uint32_t i = 0;
	uint64_t mask = (UINT64_C(1) << r->width) - 1;
	for (; i < n && r->end - r->at >= 8; i++) {
		uint64_t v;
		memcpy(&v, r->at, 8);
		out[i] = (uint32_t)(v >> r->bit & mask);
		unsigned bits = r->bit + r->width;
		r->at += bits >> 3;
		r->bit = bits & 7;
	}
	for (; i < n; i++)
		out[i] = one_packed(r);
}

bool hybrid_read(HybridReader *r, uint32_t *out, uint32_t n)
{
	while (n) {
		if (!r->left && !next_run(r))
			return false;
		uint32_t m = r->left < n ? (uint32_t)r->left : n;
		if (!out) {
			if (r->packed)
				skip_packed(r, m);
		} else if (!r->packed) {
			for (uint32_t i = 0; i < m; i++)
				out[i] = r->value;
		} else if (r->width == 0) {
			memset(out, 0, m * sizeof *out);
		} else if (r->old) {
			for (uint32_t i = 0; i < m; i++)
				out[i] = one_old(r);
		} else {
			unpack(r, out, m);
		}
		out = out ? out + m : NULL;
		n -= m;
		r->left -= m;
	}
	return true;
}

bool hybrid_read_bytes(HybridReader *r, uint8_t *out, uint32_t n)
{
	DCHECK(r->width <= 8);
	while (n) {
		if (!r->left && !next_run(r))
			return false;
		uint32_t m = r->left < n ? (uint32_t)r->left : n;
		if (!r->packed) {
			memset(out, (int)r->value, m);
			r->left -= m;
		} else {
			enum { PIECE = 256 };
			uint32_t wide[PIECE];
			m = m < PIECE ? m : PIECE;
			if (!hybrid_read(r, wide, m))
				return false;
			for (uint32_t i = 0; i < m; i++)
				out[i] = (uint8_t)wide[i];
		}
		out += m;
		n -= m;
	}
	return true;
}
