/*
 * engine/formats/parquet/shred.h: rows to leaf columns: the values that are there, and the levels that say where.
 *
 * Values are kept as the PLAIN encoding has them (booleans a byte each), so that a page of them is a copy.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_SHRED_H
#define WEIR_ENGINE_FORMATS_PARQUET_SHRED_H

#include "engine/formats/parquet/schema.h"
#include "sql/types/value.h"

typedef struct ShredLeaf {
	StrBuf def, rep; /* a byte for each entry; empty where the level can only be 0 */
	StrBuf values;   /* of the entries that have one */
	uint32_t nentries, nvalues;
} ShredLeaf;

void shred_init(ShredLeaf *leaves, uint32_t n);
void shred_clear(ShredLeaf *leaves, uint32_t n); /* memory is given back */
/* false: the row cannot be written (ERR_SINK_REFUSED); parts of it may have been added. */
bool shred_row(const Schema *s, ShredLeaf *leaves, const Value *values, const struct Zone *zone, Err *err);
/* Bytes that the leaves hold. */
size_t shred_bytes(const ShredLeaf *leaves, uint32_t n);
/* Memory that they take: of small buffers also what is not filled yet; of large ones that has never been touched. */
size_t shred_memory(const ShredLeaf *leaves, uint32_t n);

/* What was added after the mark can be taken away. */
typedef struct ShredMark {
	size_t def, rep, values;
	uint32_t nentries, nvalues;
} ShredMark;
void shred_mark(const ShredLeaf *leaves, ShredMark *marks, uint32_t n);
void shred_undo(ShredLeaf *leaves, const ShredMark *marks, uint32_t n);

/* Bytes of a value in the PLAIN form as it is kept here; 0: u32 length and bytes. */
uint32_t shred_width(const SchemaLeaf *leaf);

#endif
