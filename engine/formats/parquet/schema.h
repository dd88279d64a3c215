/*
 * engine/formats/parquet/schema.h: columns of a table as a tree of Parquet nodes, for writing and for reading.
 *
 *   a ARRAY<ROW<x INT>>      optional group a (LIST)            def 1
 *                              repeated group list              item_def 2, rep 1
 *                                optional group element         def 3
 *                                  optional int32 x             def 4   <- the leaf: its values, each with a repetition
 *                                                                          and a definition level
 *
 * def is the definition level at which a node is there (not NULL); below it, it or something above it is NULL. A list
 * or map has an item where the level reaches item_def, and goes on where the repetition level is rep.
 *
 * When writing the tree follows the types, as Flink's writer does. When reading it is what of the file's schema the
 * columns ask for: matched by name, types that hold the same values; a column that the file does not have is NULL.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_SCHEMA_H
#define WEIR_ENGINE_FORMATS_PARQUET_SCHEMA_H

#include "engine/formats/parquet/meta.h"
#include "sql/types/type.h"

enum { SCHEMA_DEPTH_MAX = 64, SCHEMA_FIXED_MAX = 16, SCHEMA_NO_LEAF = -1 };

typedef enum SchemaKind { SCHEMA_LEAF, SCHEMA_ROW, SCHEMA_LIST, SCHEMA_MAP, SCHEMA_ABSENT } SchemaKind;

/* How a leaf's stored value becomes a value of the type (or is made from it). */
typedef enum SchemaConvert {
	SCHEMA_BOOL,
	SCHEMA_INT,      /* as stored, sign extended */
	SCHEMA_UINT,     /* INT32 without sign */
	SCHEMA_MULTIPLY, /* times factor: milliseconds */
	SCHEMA_DIVIDE,   /* by factor, downwards: nanoseconds */
	SCHEMA_REAL,     /* FLOAT, DOUBLE */
	SCHEMA_DECIMAL,  /* unscaled, big endian in bytes, times 10^scale_up */
	SCHEMA_UDECIMAL, /* INT64 without sign */
	SCHEMA_TEXT,     /* checked to be UTF-8 */
	SCHEMA_JSON,     /* checked to be JSON */
	SCHEMA_RAW,      /* bytes */
	SCHEMA_INT96,    /* a timestamp */
} SchemaConvert;

typedef struct SchemaNode SchemaNode;
struct SchemaNode {
	SchemaKind kind;
	Str name;
	const Type *type;
	bool optional; /* may be NULL */
	uint8_t def, item_def, rep;
	SchemaNode *kids; /* ROW: fields; LIST: the element; MAP: key, value */
	uint32_t nkids;
	int32_t leaf;  /* SCHEMA_LEAF: number among the leaves; else a leaf below, whose levels tell what is there */
	uint32_t slot; /* for the reader: which of its streams reads that leaf */
	SchemaConvert convert;
	int64_t factor;
	unsigned scale_up;
	int64_t cut;  /* timestamps: a multiple of so many microseconds */
	bool instant; /* timestamps: the stored value is an instant, the column is not, or the other way round */
};

/* A leaf column of the file. */
typedef struct SchemaLeaf {
	MetaType type;
	int32_t length;
	uint8_t max_def, max_rep;
	uint32_t element; /* among the file's */
	const Str *path;
	uint32_t npath;
} SchemaLeaf;

typedef struct Schema {
	SchemaNode *cols; /* one for each column asked for */
	uint32_t ncols;
	SchemaLeaf *leaves; /* all of the file */
	uint32_t nleaves;
	MetaElement *elements;
	uint32_t nelements;
} Schema;

typedef struct SchemaOptions {
	bool int64_timestamps; /* parquet.write.int64.timestamp */
	MetaUnit unit;         /* parquet.timestamp.time.unit */
	bool utc;              /* parquet.utc-timezone */
} SchemaOptions;

/* For writing. ERR_NOT_SUPPORTED, ERR_BAD_TYPE for what Parquet has no form for. */
bool schema_of_types(const Str *names, const Type *const *types, uint32_t n, const SchemaOptions *options, Arena *arena,
                     Schema *out, Err *err);
/* For reading: the leaves of a file's schema (false: it is no tree), then the columns of the table in it. */
bool schema_of_file(const MetaFile *file, Arena *arena, Schema *out, Err *err);
bool schema_match(Schema *s, const Str *names, const Type *const *types, uint32_t n, const SchemaOptions *options,
                  Arena *arena, Err *err);
#endif
