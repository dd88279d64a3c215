/*
 * engine/formats/avro_schema.h: the text of an Avro schema as a graph of nodes.
 *
 * Nodes are immutable once parsed. A record may contain itself, so walks over nodes follow the data, not the schema.
 * Logical types that are unknown or do not fit their type are ignored, as the specification says.
 */
#ifndef WEIR_ENGINE_FORMATS_AVRO_SCHEMA_H
#define WEIR_ENGINE_FORMATS_AVRO_SCHEMA_H

#include "base/arena.h"
#include "base/err.h"

enum {
	AVRO_DEPTH_MAX = 256,      /* values inside of each other, in a schema's text and in a message */
	AVRO_ITEMS_FREE = 1 << 16, /* items of arrays and maps in a message: as many as it has bytes, and this many more */
	AVRO_NODES_MAX = 1 << 16,  /* of a schema */
};

typedef enum AvroKind {
	AVRO_NULL,
	AVRO_BOOLEAN,
	AVRO_INT,
	AVRO_LONG,
	AVRO_FLOAT,
	AVRO_DOUBLE,
	AVRO_BYTES,
	AVRO_STRING,
	AVRO_RECORD,
	AVRO_ENUM,
	AVRO_ARRAY,
	AVRO_MAP,
	AVRO_UNION,
	AVRO_FIXED,
	AVRO_KINDS
} AvroKind;

typedef enum AvroLogical {
	AVRO_PLAIN,
	AVRO_DECIMAL,
	AVRO_DATE,
	AVRO_TIME_MILLIS,
	AVRO_TIME_MICROS,
	AVRO_TIMESTAMP_MILLIS,
	AVRO_TIMESTAMP_MICROS,
	AVRO_TIMESTAMP_NANOS,
	AVRO_LOCAL_MILLIS,
	AVRO_LOCAL_MICROS,
	AVRO_LOCAL_NANOS,
	AVRO_UUID,
	AVRO_LOGICALS
} AvroLogical;

typedef struct AvroNode AvroNode;

typedef struct AvroField {
	Str name;
	const AvroNode *type;
	const Str *aliases;
	uint32_t naliases;
	Str preset; /* the default as JSON text; ptr NULL: none */
} AvroField;

struct AvroNode {
	AvroKind kind;
	AvroLogical logical;
	uint8_t precision, scale; /* of a decimal; a precision above 38 is kept as 255 */
	uint32_t size;            /* of a fixed */
	Str name;                 /* full name of record, enum, fixed */
	const AvroField *fields;  /* of a record */
	const AvroNode **items;   /* branches of a union; the one of array and map */
	const Str *symbols;       /* of an enum */
	uint32_t n;               /* fields, branches, symbols */
};

/* Parses schemas one after another, later ones may use names of earlier ones; *out is the last one. Memory is the
 * arena's; texts may go. ERR_BAD_VALUE. */
bool avro_schema_parse(const Str *texts, uint32_t n, Arena *arena, const AvroNode **out, Err *err);
/* The index of a field of a record, by its name; -1: none. */
int32_t avro_schema_field(const AvroNode *record, Str name);
/* "long", "timestamp-millis", "record a.b.c": for messages. */
Str avro_schema_words(const AvroNode *node, Arena *arena);

#endif
