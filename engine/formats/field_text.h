/*
 * engine/formats/field_text.h: values of a column as text inside of a record: JSON strings, CSV fields.
 *
 * The forms are those of Flink's formats, which are stricter than CAST: exactly yyyy-MM-dd, HH:mm:ss with an optional
 * fraction, and what FieldTime says for timestamps. Numbers and booleans may have blanks around them.
 */
#ifndef WEIR_ENGINE_FORMATS_FIELD_TEXT_H
#define WEIR_ENGINE_FORMATS_FIELD_TEXT_H

#include "sql/types/value.h"

typedef enum FieldTime {
	FIELD_TIME_SQL,    /* 2020-12-30 12:13:14.123; TIMESTAMP_LTZ ends in Z */
	FIELD_TIME_ISO,    /* 2020-12-30T12:13:14.123; TIMESTAMP_LTZ ends in Z */
	FIELD_TIME_OFFSET, /* as ISO; TIMESTAMP_LTZ ends in Z or +hh:mm */
} FieldTime;

/* Not for ARRAY, MAP, ROW, MULTISET. Fractions are cut to the type's precision. Character strings and JSON are taken as
 * they are; BYTES is base64, in the arena. false: not of the form, or out of range. */
bool field_text_parse(const Type *type, Str text, FieldTime style, Arena *arena, Value *out);

/* The forms that field_text_parse reads; fractions without zeros at their end. us is UTC for TIMESTAMP_LTZ. */
void field_text_print_time(const Type *type, int64_t v, FieldTime style,
                           StrBuf *out); /* DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ */
/* Java's BigDecimal without zeros at its end: toPlainString, or toString (2.7E-8, 1E+5). */
void field_text_print_decimal(Int128 v, unsigned scale, bool plain, StrBuf *out);

#endif
