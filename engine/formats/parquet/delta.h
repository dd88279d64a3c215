/*
 * engine/formats/parquet/delta.h: reads DELTA_BINARY_PACKED and the two encodings of strings that are made of it.
 *
 *   varint block size | varint miniblocks a block | varint values | zigzag first value
 *   block = zigzag least difference | a width for each miniblock | miniblocks, packed from the lowest bit on
 *
 *   DELTA_LENGTH_BYTE_ARRAY   lengths | all bytes
 *   DELTA_BYTE_ARRAY          lengths of what is shared with the string before | the rest of each, as above
 *
 * Sums wrap, as the format says. A few bytes may stand for billions of values, so nothing is unpacked ahead.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_DELTA_H
#define WEIR_ENGINE_FORMATS_PARQUET_DELTA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct DeltaReader {
	const uint8_t *at, *end;
	uint32_t block, minis, per_mini;
	uint64_t left; /* values not handed out */
	bool first;    /* the next value is the first one */
	int64_t value; /* the last one handed out, or the first */
	int64_t least;
	const uint8_t *widths; /* of the block at hand */
	uint32_t mini;         /* at hand, minis: none */
	uint32_t mini_left;
	unsigned width, bit;
} DeltaReader;

/* false: the head is broken. */
bool delta_open(DeltaReader *r, Str bytes);
/* Exactly n values; false: there are fewer, or the bytes end. out may be NULL. */
bool delta_read(DeltaReader *r, int64_t *out, uint32_t n);
/* Where the encoded values end; reads over all of them. false: the bytes end before. */
bool delta_end(const DeltaReader *r, const uint8_t **end);

typedef struct DeltaStrings {
	DeltaReader prefix, length;
	const uint8_t *at, *end;
	bool prefixed; /* DELTA_BYTE_ARRAY */
	StrBuf last;
} DeltaStrings;

bool delta_strings_open(DeltaStrings *r, Str bytes, bool prefixed); /* to be closed in any case */
/* Exactly n strings, which point into the bytes or into the arena; *budget is how many bytes may be built. */
bool delta_strings_read(DeltaStrings *r, Str *out, uint32_t n, Arena *arena, size_t *budget);
void delta_strings_close(DeltaStrings *r);

#endif
