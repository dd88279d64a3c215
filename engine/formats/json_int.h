/*
 * engine/formats/json_int.h: what the files of the JSON format share. Nobody else includes it.
 *
 *   message bytes -> json_walk.inc (three builds: AVX2, SSE2, plain) -> tokens -> json_value.c -> columns
 *                       |  which members are wanted, and what came next last time: json_tree.c
 *                       |  escapes and UTF-8: json_string.c
 */
#ifndef WEIR_ENGINE_FORMATS_JSON_INT_H
#define WEIR_ENGINE_FORMATS_JSON_INT_H

#include "engine/formats/json.h"

#define JSON_LIKELY(x) __builtin_expect(!!(x), 1)
#define JSON_UNLIKELY(x) __builtin_expect(!!(x), 0)

typedef enum JsonToken {
	JSON_TOKEN_NULL,
	JSON_TOKEN_FALSE,
	JSON_TOKEN_TRUE,
	JSON_TOKEN_NUMBER,
	JSON_TOKEN_STRING,
	JSON_TOKEN_ARRAY,
	JSON_TOKEN_OBJECT
} JsonToken;

/* A value as it stands in the message. */
typedef struct JsonText {
	JsonToken token;
	bool escaped; /* STRING: a backslash is inside */
	Str text;     /* STRING: without the quotes */
} JsonText;

/* Why a field has no value. */
typedef enum JsonWhy {
	JSON_WHY_NONE,
	JSON_WHY_FORM,    /* the text is not of the type */
	JSON_WHY_RANGE,   /* a number that the type cannot hold */
	JSON_WHY_KIND,    /* an array for an INT ... */
	JSON_WHY_MISSING, /* fail-on-missing-field */
	JSON_WHY_PARENT,  /* a path through something that is no object */
	JSON_WHY_ITEM,    /* an item of an ARRAY, MAP or ROW cannot be converted */
} JsonWhy;

/* What the walker does inline; the rest goes through json_value_put. */
typedef enum JsonFast { JSON_FAST_NONE, JSON_FAST_STRING, JSON_FAST_INT } JsonFast;

/* A wanted field: where its values go in the batch that is being decoded. */
typedef struct JsonTarget {
	const Type *type;
	JsonFast fast;
	int64_t least, greatest; /* integers */
	union {
		void *data;
		uint8_t *b;
		int64_t *i64;
		double *f64;
		Int128 *i128;
		Str *str;
	};
	uint64_t *valid;
	uint8_t *err;            /* NULL: no errors so far */
	struct JsonTarget *next; /* of the same node */
	const FormatField *field;
	JsonWhy why; /* of the last error, and the value that had it */
	JsonText bad;
} JsonTarget;

typedef struct JsonNode JsonNode;

enum { JSON_NAME_MAX = 32, JSON_TAIL_MAX = 224 };

/* A name that an object of a node had, wanted or not. */
typedef struct JsonMember {
	/* "name": from the quote to the first byte of the value, as it was last written: the first 32 bytes (mask has a bit
	 * for each), and the others. len 0: too long to be remembered. */
	char text[JSON_NAME_MAX];
	uint32_t mask;
	uint32_t len;
	char *tail;              /* JSON_TAIL_MAX bytes, or NULL */
	struct JsonMember *next; /* came behind it last time; NULL: was the last */
	JsonNode *node;          /* NULL: not wanted */
	Str name;
} JsonMember;

/* A wanted place in the record: the record itself, or a member of a wanted object. */
struct JsonNode {
	JsonTarget *targets; /* that take the value whole */
	JsonNode *children;  /* wanted members */
	JsonNode *sibling;
	Str name;
	uint64_t stamp; /* the row in which it was last met */
	bool was_null;
	JsonMember *first;  /* came first last time */
	JsonMember **slots; /* by hash of the name; a power of two */
	uint32_t nslots;
	uint32_t nmembers;
};

typedef struct JsonKernel {
	JsonKernelKind kind;
	bool (*usable)(void);
	/* One object, blanks around it, nothing else: fills the row d->row. */
	bool (*row)(Decoder *d, Str message);
	/* Behind the value at p, which is checked; NULL: bad. depth: of what is around it. d->begin and d->end bound it. */
	const char *(*skip)(Decoder *d, const char *p, unsigned depth);
} JsonKernel;

extern const JsonKernel json_walk_avx2, json_walk_sse2, json_walk_plain;

struct Decoder {
	const JsonKernel *kernel;
	JsonNode *root;
	JsonTarget *targets;
	uint32_t ntargets;
	JsonOptions options;
	uint32_t depth_max;
	Arena *memory; /* the decoder's own: learned names */
	FormatSchema schema;

	/* the batch */
	Arena *arena;
	uint32_t row;
	uint32_t cap; /* rows that the columns have room for */
	bool mapped;  /* rows and messages are numbered apart */
	uint32_t *message_of;

	/* the message */
	const char *begin;
	const char *end;
	uint64_t stamp;
	const char *bad_at; /* where and why it is no JSON */
	const char *bad_why;
};

/* ---- json_tree.c */
JsonNode *json_tree_make(const FormatSchema *schema, JsonTarget *targets, Arena *arena);
/* The member of this name, made if it was never met; NULL: there are too many. raw is the name between its quotes, text
 * all bytes from the quote to the value. Remembers that it came behind `before` (NULL: first). */
JsonMember *json_tree_learn(Decoder *d, JsonNode *node, JsonMember *before, Str raw, bool escaped, Str text);
/* A name came twice in one object: what the first one gave is taken back. */
void json_tree_reset(Decoder *d, JsonNode *node);
/* The value is no object (and not null): nothing below the node can be read. */
void json_tree_misfit(Decoder *d, JsonNode *node, JsonText value);
/* After a row, with fail-on-missing-field: what was not met is an error. */
void json_tree_missing(Decoder *d, JsonNode *node);

/* ---- json_string.c */
/* At a byte that ends a plain run of string content: takes the escape, or the run of characters beyond ASCII, that
 * begins there. NULL: neither (d->bad_* are set). */
const char *json_string_odd(Decoder *d, const char *p, bool *escaped);
/* The characters of checked string content. In the arena. */
Str json_string_unescape(Str raw, Arena *arena);

/* ---- json_number.c: a checked number's text to a value; false: out of range. */
bool json_number_i64(Str text, int64_t *out); /* cut towards zero */
bool json_number_f64(Str text, bool single, double *out);
bool json_number_decimal(Str text, unsigned precision, unsigned scale, Int128 *out);

/* ---- json_value.c */
/* A checked value, not null, to the type. *why says what is wrong. */
bool json_value_convert(const JsonOptions *o, const Type *type, JsonText v, Arena *arena, Value *out, JsonWhy *why);
/* The same, into the target's column at d->row. */
void json_value_put(Decoder *d, JsonTarget *t, JsonText v);
void json_value_fail(Decoder *d, JsonTarget *t, JsonWhy why, JsonText v);

/* ---- json_nested.c: ARRAY, MAP, ROW, MULTISET from the checked text of an array or object. */
bool json_nested_convert(const JsonOptions *o, const Type *type, JsonText v, Arena *arena, Value *out, JsonWhy *why);

/* ---- json.c */
void json_decode(Decoder *d, const Str *messages, uint32_t n, Arena *arena, Decoded *out);

/* ---- json_explain.c */
void json_explain(Decoder *d, Str message, Arena *arena, Str *field, Err *err);

/* ---- json_encode.c */
bool json_encode_open(const Options *options, const FormatSchema *schema, Arena *arena, Encoder **out, Err *err);
bool json_encode_row(Encoder *e, RowKind kind, const Value *values, StrBuf *out, Err *err);

#endif
