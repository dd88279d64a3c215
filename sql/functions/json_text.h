/*
 * sql/functions/json_text.h: JSON text as the JSON functions write it: no blanks, members sorted by key.
 */
#ifndef WEIR_SQL_FUNCTIONS_JSON_TEXT_H
#define WEIR_SQL_FUNCTIONS_JSON_TEXT_H

#include "sql/types/value.h"

typedef struct JsonMember {
	Str key;
	Str text; /* of the value, canonical */
} JsonMember;

/* The canonical form of JSON text; false: it is not JSON. */
bool json_text_canonical(Str text, Arena *arena, StrBuf *out);
/* A JSON number as Flink shows it: a real number is a double. */
void json_text_number(Str text, StrBuf *out);
/* A value as the JSON functions show it: times as ISO text, bytes as base64, a JSON value as it is. */
void json_text_value(const Type *type, Value v, Arena *arena, StrBuf *out);
/* An object; of equal keys the last value stays. Sorts the members. */
void json_text_object(JsonMember *members, size_t n, StrBuf *out);

#endif
