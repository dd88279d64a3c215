/*
 * engine/formats/avro_read.h: how a value that was written with one type is read as another: Avro's schema resolution
 * against the types of columns.
 *
 *   written                              read as
 *   boolean                              BOOLEAN
 *   int, long                            integers (an int as TINYINT ... with a range check), FLOAT, DOUBLE
 *   float, double                        FLOAT, DOUBLE (a double only as DOUBLE)
 *   string, bytes, enum, uuid            STRING; string as JSON
 *   bytes, fixed, string                 BYTES
 *   bytes, fixed (decimal)               DECIMAL, rescaled; without a logical type the column's scale counts, as in
 * Flink int (date), int, long (time-*)       DATE, TIME long (timestamp-*, local-timestamp-*)  TIMESTAMP,
 * TIMESTAMP_LTZ; without a logical type milliseconds, as in Flink array, map, record                   ARRAY, MAP with
 * text keys (of int: MULTISET too), ROW by the fields' names union                                whatever its branch
 * can be read as
 *
 * A plan of it is made once per schema and column; what does not fit is a plan too, one that steps over the value and
 * makes an error of the field.
 */
#ifndef WEIR_ENGINE_FORMATS_AVRO_READ_H
#define WEIR_ENGINE_FORMATS_AVRO_READ_H

#include "engine/formats/avro_bytes.h"
#include "sql/types/value.h"

typedef enum AvroReadKind {
	AVRO_READ_NULL,
	AVRO_READ_NOT_NULL, /* a null for a column that is NOT NULL */
	AVRO_READ_MISFIT,   /* no such conversion */
	AVRO_READ_BOOLEAN,
	AVRO_READ_LONG, /* an integer: v * mul, in [least, greatest], down to a multiple of grain, / div */
	AVRO_READ_LONG_REAL,
	AVRO_READ_FLOAT,
	AVRO_READ_DOUBLE,
	AVRO_READ_TEXT,
	AVRO_READ_JSON,
	AVRO_READ_BYTES,
	AVRO_READ_FIXED,
	AVRO_READ_UUID,
	AVRO_READ_ENUM,
	AVRO_READ_DECIMAL,
	AVRO_READ_ARRAY,
	AVRO_READ_MAP,
	AVRO_READ_ROW,
	AVRO_READ_UNION,
} AvroReadKind;

typedef struct AvroRead AvroRead;

/* What stands in for a field that the writer does not have. */
typedef struct AvroMissing {
	bool there; /* false: nothing does, the row's field is an error */
	Value value;
} AvroMissing;

struct AvroRead {
	AvroReadKind kind;
	const Type *type;
	const AvroNode *node; /* the writer's */
	int64_t mul, div, grain, least, greatest;
	uint8_t scale;          /* of a decimal, the writer's */
	const AvroRead **items; /* branches; the one of array and map; of a record's fields, NULL: stepped over */
	uint32_t *target;       /* of a record's fields: which of the ROW's */
	AvroMissing *missing;   /* of the ROW's fields that the record has not */
	const Type **types;     /* of the ROW's fields */
};

/* reader: the schema that the table gives for the same value (defaults, aliases); NULL: none. */
const AvroRead *avro_read_resolve(const AvroNode *writer, const AvroNode *reader, const Type *type, Arena *arena);
/* What a field is that the writer does not have: its default in the reader's schema, or NULL. */
AvroMissing avro_read_missing(const AvroNode *reader_record, Str name, const Type *type, Arena *arena);
/* The writer's field for a wanted name: the same name, or one of its aliases in the reader's schema; -1: none. */
int32_t avro_read_field(const AvroNode *writer, const AvroNode *reader, Str name);
/* The reader's type of a field; NULL: not known. */
const AvroNode *avro_read_reader_field(const AvroNode *reader, Str name);
/* A union's branch that is not null; else the node itself. NULL for NULL. */
const AvroNode *avro_read_inner(const AvroNode *node);

typedef struct AvroCursor {
	AvroBytes b;
	Arena *arena;
	const AvroRead *at; /* the first value that could not be converted; NULL: none */
	const char *why;    /* NULL: there is no such conversion */
} AvroCursor;

/* Reads a value; strings point into the message. false: the message is damaged (c->b.why). *ok: it could be
 * converted; it is only ever set to false. */
bool avro_read_value(AvroCursor *c, const AvroRead *r, Value *out, bool *ok);
/* v in the range and unit of the plan; false: out of range. */
bool avro_read_long(const AvroRead *r, int64_t v, int64_t *out);

#endif
