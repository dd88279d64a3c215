/*
 * engine/formats/parquet/assemble.h: leaf columns of a row group back to a column of the table.
 *
 * A column of plain values is decoded straight into the array of the result. A nested one is put together row by row:
 * each of its leaves is a stream of entries, and the levels of the next entry say what is there.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_ASSEMBLE_H
#define WEIR_ENGINE_FORMATS_PARQUET_ASSEMBLE_H

#include "engine/formats/parquet/leaf.h"

enum { ASSEMBLE_ENTRIES = 1024, ASSEMBLE_BYTES_MAX = 512 << 20 };

typedef struct AssembleStream {
	LeafReader reader;
	uint8_t rep[ASSEMBLE_ENTRIES], def[ASSEMBLE_ENTRIES];
	uint32_t n, at;    /* entries decoded, and taken */
	LeafValues values; /* of them; for ASSEMBLE_ENTRIES */
	uint32_t value_at;
	Arena *strings; /* that had to be built for them */
} AssembleStream;

typedef struct Assemble {
	SchemaNode *node;
	AssembleStream *streams;
	uint32_t nstreams;
	bool flat;
	LeafReader *failed; /* the one whose `why` is the error */
} Assemble;

/* Finds the leaves of the node and gives each a stream; the node's slots are set. */
void assemble_open(Assemble *a, SchemaNode *node, const Schema *schema, const FormatInput *in, const struct Zone *zone,
                   Arena *arena);
bool assemble_start(Assemble *a, const MetaGroup *group);
/* The next n <= LEAF_ENTRIES_MAX rows. false: a->failed says why, or err. Strings point into pages, which are pinned,
 * or into the arena. */
bool assemble_rows(Assemble *a, uint32_t n, Column *out, Arena *arena, FormatPins *pins, Err *err);
bool assemble_skip(Assemble *a, int64_t rows, Err *err);
void assemble_close(Assemble *a);

#endif
