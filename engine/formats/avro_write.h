/*
 * engine/formats/avro_write.h: rows as Avro's binary form, by a plan of the columns against a schema; and the schema
 * that Flink derives from columns.
 */
#ifndef WEIR_ENGINE_FORMATS_AVRO_WRITE_H
#define WEIR_ENGINE_FORMATS_AVRO_WRITE_H

#include "engine/formats/avro_schema.h"
#include "engine/formats/format.h"

typedef struct AvroWrite AvroWrite;

/* The text of the schema of the columns, as Flink's AvroSchemaConverter makes it: nullable columns are unions with
 * null, DECIMAL is bytes, TIMESTAMP timestamp-millis. Beyond Flink: TIMESTAMP_LTZ, and more than 3 digits of a second
 * as microseconds. ERR_BAD_TYPE, ERR_BAD_OPTION. */
bool avro_write_derive(const FormatSchema *schema, StrBuf *out, Err *err);
/* A plan for rows of the columns, matched by name. ERR_BAD_OPTION: a column does not fit the schema. */
bool avro_write_resolve(const AvroNode *node, const FormatSchema *schema, Arena *arena, const AvroWrite **out,
                        Err *err);
/* Appends a row. false: nothing was appended; ERR_BAD_VALUE. */
bool avro_write_row(const AvroWrite *w, const Value *values, StrBuf *out, Err *err);

#endif
