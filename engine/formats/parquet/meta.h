/*
 * engine/formats/parquet/meta.h: the structures of a Parquet file: its footer, and the heads of its pages.
 *
 *   "PAR1" | row group, row group ... | footer | u32 length of the footer | "PAR1"
 *   row group = a chunk for each leaf column        chunk = dictionary page? | data page, data page ...
 *   page = head | bytes
 *
 * Names and numbers are those of the format's definition (parquet.thrift). What is read is checked for its form only;
 * what it means is looked at by schema.h and pages.h.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_META_H
#define WEIR_ENGINE_FORMATS_PARQUET_META_H

#include "base/arena.h"
#include "base/err.h"

#define META_MAGIC "PAR1"
enum { META_MAGIC_BYTES = 4, META_TAIL_BYTES = 8 };

typedef enum MetaType {
	META_BOOLEAN,
	META_INT32,
	META_INT64,
	META_INT96,
	META_FLOAT,
	META_DOUBLE,
	META_BYTES,
	META_FIXED,
} MetaType;

typedef enum MetaRepetition { META_REQUIRED, META_OPTIONAL, META_REPEATED } MetaRepetition;

/* What a column means, from its logical type, or else from the older converted type. */
typedef enum MetaLogical {
	META_NONE,
	META_STRING,
	META_MAP,
	META_LIST,
	META_ENUM,
	META_DECIMAL,
	META_DATE,
	META_TIME,
	META_TIMESTAMP,
	META_INTEGER,
	META_NULL,
	META_JSON,
	META_BSON,
	META_UUID,
	META_FLOAT16,
	META_INTERVAL,
	META_OTHER,
} MetaLogical;

typedef enum MetaUnit { META_MILLIS, META_MICROS, META_NANOS } MetaUnit;

typedef enum MetaEncoding {
	META_PLAIN = 0,
	META_PLAIN_DICTIONARY = 2,
	META_RLE = 3,
	META_BIT_PACKED = 4,
	META_DELTA_BINARY_PACKED = 5,
	META_DELTA_LENGTH_BYTE_ARRAY = 6,
	META_DELTA_BYTE_ARRAY = 7,
	META_RLE_DICTIONARY = 8,
	META_BYTE_STREAM_SPLIT = 9,
} MetaEncoding;

typedef enum MetaPageType { META_DATA_PAGE, META_INDEX_PAGE, META_DICTIONARY_PAGE, META_DATA_PAGE_V2 } MetaPageType;

/* A node of the schema; the tree is in depth-first order. */
typedef struct MetaElement {
	Str name;
	bool leaf;
	MetaType type;
	int32_t length; /* META_FIXED */
	MetaRepetition repetition;
	uint32_t nchildren;
	MetaLogical logical;
	int32_t scale, precision; /* META_DECIMAL */
	MetaUnit unit;            /* META_TIME, META_TIMESTAMP */
	bool utc;                 /* an instant, not a wall clock */
	int bits;                 /* META_INTEGER */
	bool is_signed;
} MetaElement;

typedef struct MetaStats {
	bool has_nulls, has_range;
	int64_t nulls;
	Str least, most; /* min_value, max_value: maybe cut, and then beyond the values */
} MetaStats;

typedef struct MetaChunk {
	MetaType type;
	int codec;
	int64_t values;                 /* NULLs too */
	int64_t plain_bytes, bytes;     /* of all its pages with their heads */
	int64_t data_at, dictionary_at; /* dictionary_at 0: none */
	bool elsewhere;                 /* in another file, or encrypted */
	MetaStats stats;
	/* for writing */
	const Str *path;
	uint32_t npath;
	int encodings[4];
	uint32_t nencodings;
} MetaChunk;

typedef struct MetaGroup {
	MetaChunk *chunks;
	uint32_t nchunks;
	int64_t rows;
	int64_t plain_bytes, bytes;
} MetaGroup;

typedef struct MetaFile {
	MetaElement *elements;
	uint32_t nelements;
	int64_t rows;
	MetaGroup *groups;
	uint32_t ngroups;
	Str created_by;
	const bool *ordered; /* for each leaf: bounds are in the order of its type */
	uint32_t nordered;
} MetaFile;

typedef struct MetaPage {
	MetaPageType type;
	int32_t plain_bytes, bytes; /* without and with compression */
	bool has_crc;
	uint32_t crc;
	int32_t values; /* NULLs too; of a dictionary: its entries */
	int encoding, def_encoding, rep_encoding;
	int32_t nulls, rows, def_bytes, rep_bytes; /* META_DATA_PAGE_V2 */
	bool compressed;                           /* META_DATA_PAGE_V2 */
} MetaPage;

/* Strings point into the bytes. false: they are no footer. */
bool meta_read_file(Str bytes, Arena *arena, MetaFile *out);
bool meta_read_group(Str bytes, Arena *arena, MetaGroup *out);
/* *used: bytes of the head. *more: the bytes end before the head does. */
bool meta_read_page(Str bytes, MetaPage *out, size_t *used, bool *more);

/* A row group as the footer holds it. */
void meta_put_group(const MetaGroup *group, StrBuf *out);
/* The footer with its length and magic; groups[i] as of meta_put_group. */
void meta_put_file(const MetaFile *file, const Str *groups, uint32_t ngroups, uint32_t nleaves, StrBuf *out);
void meta_put_page(const MetaPage *page, StrBuf *out);

#endif
