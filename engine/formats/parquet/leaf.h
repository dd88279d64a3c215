/*
 * engine/formats/parquet/leaf.h: one leaf column of a row group, read page by page.
 *
 * An entry is a repetition level, a definition level, and a value where the definition level is the highest one. As
 * many entries are decoded as are asked for; no size in the file is believed before the bytes are seen, and none is
 * larger than the bounds below. Strings point into pages; a page lives as long as somebody holds it.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_LEAF_H
#define WEIR_ENGINE_FORMATS_PARQUET_LEAF_H

#include "engine/formats/format.h"
#include "engine/formats/parquet/delta.h"
#include "engine/formats/parquet/hybrid.h"
#include "engine/formats/parquet/schema.h"

enum {
	LEAF_PAGE_BYTES_MAX = 512 << 20,
	LEAF_DICTIONARY_BYTES_MAX = 64 << 20,
	LEAF_HEAD_BYTES_MAX = 16 << 20,
	LEAF_ENTRIES_MAX = 4096, /* of one call */
};

typedef struct LeafPage {
	uint32_t refs;
	char *data;
	size_t len;
} LeafPage;

/* Dense values in the physical form of the node's type. */
typedef union LeafValues {
	void *data;
	uint8_t *b;
	int64_t *i64;
	double *f64;
	Int128 *i128;
	Str *str;
} LeafValues;

typedef struct LeafReader {
	const FormatInput *in;
	const SchemaLeaf *leaf;
	uint32_t chunk;         /* which of the row group's is the leaf's */
	const SchemaNode *node; /* NULL: only its levels are wanted */
	Phys phys;
	const struct Zone *zone;
	int codec;
	int64_t at, end; /* the rest of the chunk in the file */
	int64_t left;    /* entries of the chunk that are not handed out */
	int64_t page_at; /* where the page at hand began, for errors */
	LeafPage *page;  /* decompressed; NULL: none at hand */
	uint32_t page_left;
	int encoding;
	const char *value, *value_end; /* PLAIN, BYTE_STREAM_SPLIT */
	uint32_t split_at, split_n;
	unsigned bit; /* PLAIN booleans */
	HybridReader rep, def, index;
	DeltaReader delta;
	DeltaStrings strings;
	bool strings_open;
	LeafPage *dictionary; /* its bytes */
	LeafValues entries;   /* decoded */
	uint32_t nentries;
	StrBuf window; /* what was read of the file, from window_at on */
	int64_t window_at;
	const char *why; /* what is wrong, in words */
} LeafReader;

void leaf_init(LeafReader *r, const FormatInput *in, const SchemaLeaf *leaf, const SchemaNode *node,
               const struct Zone *zone);
/* Begins with a chunk. */
bool leaf_start(LeafReader *r, const MetaChunk *chunk);
/* Reads n <= LEAF_ENTRIES_MAX entries: rep and def (not filled where the level can only be 0; def is then the highest),
 * and *nvalues values into out, which has room for n. arena: for strings that had to be built. false: r->why, or *err
 * is an error of reading. May end early where *got < n: the page's strings end there, so that it can be held. */
bool leaf_read(LeafReader *r, uint32_t n, uint8_t *rep, uint8_t *def, LeafValues out, uint32_t *got, uint32_t *nvalues,
               Arena *arena, size_t *budget, Err *err);
/* Passes over entries of a leaf without repetition. */
bool leaf_skip(LeafReader *r, int64_t n, Err *err);
void leaf_deinit(LeafReader *r);
void leaf_page_drop(LeafPage *page); /* NULL is fine */

/* leaf_values.c: n values of the page at hand, converted; out NULL: passed over. */
bool leaf_values_read(LeafReader *r, LeafValues out, uint32_t n, Arena *arena, size_t *budget);
bool leaf_values_start(LeafReader *r, Str bytes); /* the page's values, by r->encoding */
bool leaf_values_dictionary(LeafReader *r, Str bytes, uint32_t n);

#endif
