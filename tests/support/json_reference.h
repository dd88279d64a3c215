/*
 * tests/support/json_reference.h: what decoding JSON means, slowly: the judge of engine/formats/json*.
 *
 * A message is parsed into a tree by plain recursion, one byte at a time, numbers kept as their text; then each wanted
 * field is looked up and converted by the rules of the language's manual. Shares no code with the decoder: of sql/ it
 * uses types, values and packed values only.
 */
#ifndef WEIR_TESTS_SUPPORT_JSON_REFERENCE_H
#define WEIR_TESTS_SUPPORT_JSON_REFERENCE_H

#include "engine/formats/format.h"

typedef enum JsonReferenceTime { JSON_REFERENCE_SQL, JSON_REFERENCE_ISO, JSON_REFERENCE_OFFSET } JsonReferenceTime;

typedef struct JsonReferenceRules {
	bool fail_on_missing;
	JsonReferenceTime time;
} JsonReferenceRules;

typedef enum JsonReferenceKind {
	JSON_REFERENCE_NULL,
	JSON_REFERENCE_BOOL,
	JSON_REFERENCE_NUMBER,
	JSON_REFERENCE_STRING,
	JSON_REFERENCE_ARRAY,
	JSON_REFERENCE_OBJECT,
} JsonReferenceKind;

typedef struct JsonReferenceValue JsonReferenceValue;

struct JsonReferenceValue {
	JsonReferenceKind kind;
	bool truth;
	Str raw;                    /* as written */
	Str text;                   /* STRING: its characters */
	JsonReferenceValue **items; /* of arrays and objects */
	Str *names;                 /* of objects; a name may come twice */
	uint32_t len;
};

/* The tree of a whole message; NULL: no JSON, or deeper than depth_max (0: 512). */
JsonReferenceValue *json_reference_parse(Str message, unsigned depth_max, Arena *arena);
/* The member that counts; NULL: absent. */
const JsonReferenceValue *json_reference_member(const JsonReferenceValue *object, Str name);

/* Converts; false: the field is an error. */
bool json_reference_convert(const JsonReferenceRules *rules, const Type *type, const JsonReferenceValue *v,
                            Arena *arena, Value *out);

typedef struct JsonReferenceRows {
	bool bad;
	bool is_array;
	uint32_t nrows;
	Value *values; /* nrows * nfields */
	bool *errors;
} JsonReferenceRows;

void json_reference_decode(const JsonReferenceRules *rules, const FormatSchema *schema, Str message, Arena *arena,
                           JsonReferenceRows *out);

#endif
