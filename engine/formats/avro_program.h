/*
 * engine/formats/avro_program.h: messages of one schema to columns, by a flat program that is made once.
 *
 *   record {id long, note string, user [null, {name string, age int}], total double}     wanted: id, user.name, total
 *
 *   0 LONG 0     1 SKIP bytes     2 UNION -> 3, 5     3 NULL 1   4 JUMP 7     5 TEXT 1   6 SKIP varint
 *   7 DOUBLE 2   8 END
 *
 * Nested records along wanted paths are laid out flat; whatever nobody wants is stepped over, neighbours together.
 */
#ifndef WEIR_ENGINE_FORMATS_AVRO_PROGRAM_H
#define WEIR_ENGINE_FORMATS_AVRO_PROGRAM_H

#include "engine/formats/avro_read.h"
#include "engine/formats/format.h"

typedef struct AvroProgram AvroProgram;

/* reader: the schema that the table gives; NULL: none. The program lives in the arena and points to the schemas. A
 * schema that is no record is the value of the only column. false: the schema cannot be read into these columns at all
 * (ERR_BAD_RECORD). */
bool avro_program_make(const AvroNode *writer, const AvroNode *reader, const FormatSchema *schema, Arena *arena,
                       AvroProgram **out, Err *err);
/* Reads one message into row `row` of the columns, which were made for as many rows. false: the message is damaged, the
 * row's columns hold anything valid. */
bool avro_program_run(const AvroProgram *p, Str message, uint32_t row, Column *cols, Arena *arena);
/* Why avro_program_run returns false for it or makes an error of a field. */
void avro_program_explain(const AvroProgram *p, Str message, Arena *arena, Str *field, Err *err);
/* Can every wanted field be read from what the schema says? For schemas that a table gives. ERR_BAD_OPTION. */
bool avro_program_fits(const AvroProgram *p, Arena *arena, Err *err);

#endif
