/*
 * sql/types/json_scan.h: a cursor over JSON text that checks it and keeps numbers as their digits.
 *
 * Values are slices of the text: nothing is built, so integers of any size, decimals and the order of members stay as
 * they were written. Used by JSON paths and by reading values of a type; the hot path of decoding has its own
 * (engine/formats).
 */
#ifndef WEIR_SQL_TYPES_JSON_SCAN_H
#define WEIR_SQL_TYPES_JSON_SCAN_H

#include "sql/types/jsonpath.h"

enum { JSON_SCAN_DEPTH_MAX = 512 };

typedef struct JsonScan {
	const char *at;
	const char *end;
} JsonScan;

static inline JsonScan json_scan(Str text)
{
	return (JsonScan){text.ptr, text.ptr + text.len};
}

/* Reads one value of any depth up to JSON_SCAN_DEPTH_MAX, with the blanks before it; *text is the value alone. false:
 * not JSON. */
bool json_scan_value(JsonScan *s, JsonKind *kind, Str *text);
/* Only blanks are left. */
bool json_scan_end(JsonScan *s);
/* One value and nothing behind it. */
bool json_scan_whole(Str text, JsonKind *kind, Str *value);

/* Steps through a value that json_scan_value has accepted: the elements of an array, the members of an object (*key
 * with its quotes). Starts with a scan of the value's text; *first is true before the first call. */
bool json_scan_element(JsonScan *s, bool *first, JsonKind *kind, Str *text);
bool json_scan_member(JsonScan *s, bool *first, Str *key, JsonKind *kind, Str *text);

/* The characters of a string token that was accepted; without escapes it is a slice of the token, else in the arena. A
 * lone surrogate becomes U+FFFD. */
Str json_scan_string(Str token, Arena *arena);
/* Writes an accepted value without blanks between its tokens. */
void json_scan_compact(Str text, StrBuf *out);
/* The same with the members of objects in order of their names, each name once (the last wins). */
void json_scan_sorted(Str text, JsonKind kind, Arena *scratch, StrBuf *out);

#endif
