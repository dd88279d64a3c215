/*
 * engine/formats/json.h: one JSON object a row, or an array of objects.
 *
 * The decoder is designed for messages that look alike: it remembers in which order the members of each object came and
 * how they were written, and compares before it reads. It converts only the wanted fields but checks every byte.
 * engine/formats/README.md tells how.
 */
#ifndef WEIR_ENGINE_FORMATS_JSON_H
#define WEIR_ENGINE_FORMATS_JSON_H

#include "engine/formats/field_text.h"
#include "engine/formats/format.h"

enum {
	JSON_DEPTH_MAX = 512,      /* objects and arrays inside of each other, unless the schema says otherwise */
	JSON_DEPTH_LIMIT = 100000, /* what it may say */
	JSON_MEMBERS_MAX = 256,    /* names that are remembered per object of the schema */
};

typedef enum JsonNullKey { JSON_NULL_KEY_FAIL, JSON_NULL_KEY_DROP, JSON_NULL_KEY_LITERAL } JsonNullKey;

/* The options of the format; the defaults of the table where none is given. Strings point into the options. */
typedef struct JsonOptions {
	bool fail_on_missing;
	FieldTime time_style;
	JsonNullKey null_key;
	Str null_key_literal;
	bool plain_decimals;
	bool ignore_nulls;
} JsonOptions;

void json_options(const Options *options, JsonOptions *out);

/* How the scanner is built; all give the same results. JSON_PLAIN and JSON_SSE2 are there on every machine that has
 * them compiled. */
typedef enum JsonKernelKind { JSON_AVX2, JSON_SSE2, JSON_PLAIN } JsonKernelKind;

/* Makes a decoder of this format use one build of the scanner, for tests; false: not on this machine. */
bool json_use_kernel(Decoder *d, JsonKernelKind kind);
/* One JSON value of any kind and nothing behind it? Same checks as the decoder's. Thread: any. */
bool json_is_valid(Str text);

extern const Format json_format;

#endif
