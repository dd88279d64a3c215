/*
 * engine/formats/parquet/dictionary.h: the distinct values of a column, numbered in the order in which they came.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_DICTIONARY_H
#define WEIR_ENGINE_FORMATS_PARQUET_DICTIONARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef struct Dictionary {
	StrBuf page; /* the values, PLAIN */
	uint32_t n;
	uint32_t *index; /* of each value of the column */
} Dictionary;

/* values: nvalues in the PLAIN form, width bytes each (0: u32 length and bytes). false: it would be larger than
 * most_bytes, or save nothing. */
bool dictionary_make(Dictionary *d, Str values, uint32_t nvalues, uint32_t width, size_t most_bytes);
void dictionary_free(Dictionary *d); /* in any case */

#endif
