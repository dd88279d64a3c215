/*
 * engine/formats/parquet/hybrid.h: Parquet's hybrid of run lengths and packed bits, for levels and dictionary numbers.
 *
 *   run = varint n << 1, value in ceil(width / 8) bytes       n times the value
 *       | varint n << 1 | 1, n * width bytes                  n groups of 8 values, packed from the lowest bit on
 *
 * A reader hands out as many values as it is asked for: a run of a few bytes may stand for billions of values, so
 * nobody unpacks a whole page of levels.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_HYBRID_H
#define WEIR_ENGINE_FORMATS_PARQUET_HYBRID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { HYBRID_WIDTH_MAX = 32 };

/* Bits that hold 0..most. */
unsigned hybrid_width(uint32_t most);
void hybrid_put_bytes(StrBuf *out, const uint8_t *values, uint32_t n, unsigned width);
void hybrid_put(StrBuf *out, const uint32_t *values, uint32_t n, unsigned width);

typedef struct HybridReader {
	const uint8_t *at, *end;
	unsigned width;
	uint64_t left; /* values of the run at hand */
	bool packed;
	bool old;     /* BIT_PACKED, the deprecated form: packed from the highest bit on, without runs */
	unsigned bit; /* packed: bits of *at that are used up */
	uint32_t value;
} HybridReader;

void hybrid_open(HybridReader *r, Str bytes, unsigned width);
void hybrid_open_old(HybridReader *r, Str bytes, unsigned width); /* BIT_PACKED */
/* Exactly n values; false: there are fewer. out may be NULL: they are passed over. */
bool hybrid_read(HybridReader *r, uint32_t *out, uint32_t n);
bool hybrid_read_bytes(HybridReader *r, uint8_t *out, uint32_t n); /* width <= 8 */

#endif
