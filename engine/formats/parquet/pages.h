/*
 * engine/formats/parquet/pages.h: a leaf column as a chunk of pages.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_PAGES_H
#define WEIR_ENGINE_FORMATS_PARQUET_PAGES_H

#include "engine/formats/parquet/compress.h"
#include "engine/formats/parquet/shred.h"

typedef struct PagesOptions {
	CompressCodec codec;
	size_t page_bytes;       /* parquet.page.size */
	size_t dictionary_bytes; /* parquet.dictionary.page.size */
	bool dictionary;         /* parquet.enable.dictionary */
} PagesOptions;

/* Appends the pages of a leaf, which begin at `offset` of the file, and describes them; what the description points at
 * is in the leaf or the arena. */
void pages_put(const SchemaLeaf *leaf, const MetaElement *element, const ShredLeaf *column, const PagesOptions *options,
               int64_t offset, Arena *arena, StrBuf *out, MetaChunk *chunk);

#endif
