/*
 * sql/types/jsonpath.h: JSON text as values: checking, normal form, and paths ($.a[0].b, lax and strict).
 *
 * Used by JSON_VALUE, JSON_QUERY, IS JSON, and casts to JSON. Numbers keep the digits they were written with (Flink
 * reads them as BigDecimal), which jansson would lose: so the text is scanned by json_scan.h. Not on the hot path of
 * decoding.
 */
#ifndef WEIR_SQL_TYPES_JSONPATH_H
#define WEIR_SQL_TYPES_JSONPATH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef struct JsonPath JsonPath;

typedef enum JsonFound {
	JSON_FOUND, /* one value */
	JSON_EMPTY, /* lax: nothing there, or not JSON */
	JSON_ERROR, /* strict, which is the default: nothing there, or not JSON */
} JsonFound;

typedef enum JsonKind {
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_NUMBER,
	JSON_KIND_STRING,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT
} JsonKind;

/* ERR_BAD_VALUE with what is wrong. The path lives in the arena. */
JsonPath *jsonpath_parse(Str path, Arena *arena, Err *err);
/* Finds the value; *text is its JSON text (without blanks, members in order of their names, as Flink prints objects),
 * *scalar its text without quotes if it is a scalar. In the arena. With [*] the matches are returned as one array,
 * *many set. A JSON null is found, with its kind; Flink's JSON_VALUE and JSON_QUERY take it for empty. */
JsonFound jsonpath_find(const JsonPath *path, Str json, Arena *arena, JsonKind *kind, Str *text, Str *scalar,
                        bool *many);
bool jsonpath_is_json(Str text, JsonKind *kind);

#endif
