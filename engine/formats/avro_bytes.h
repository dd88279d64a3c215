/*
 * engine/formats/avro_bytes.h: Avro's binary form: reading with bounds, stepping over, writing.
 */
#ifndef WEIR_ENGINE_FORMATS_AVRO_BYTES_H
#define WEIR_ENGINE_FORMATS_AVRO_BYTES_H

#include "engine/formats/avro_schema.h"

/* Bytes being read. Getters return false, with `why`, when the bytes are not of the form. */
typedef struct AvroBytes {
	const uint8_t *begin, *at, *end;
	const char *why;
	uint64_t items_left;
	uint32_t depth;
} AvroBytes;

static inline AvroBytes avro_bytes_of(Str s)
{
	const uint8_t *p = (const uint8_t *)s.ptr;
	return (AvroBytes){.begin = p, .at = p, .end = p + s.len, .items_left = (uint64_t)s.len + AVRO_ITEMS_FREE};
}

bool avro_bytes_get_long_slow(AvroBytes *b, int64_t *v);
static inline bool avro_bytes_get_long(AvroBytes *b, int64_t *v)
{
	if (b->at < b->end && *b->at < 0x80) {
		uint8_t u = *b->at++;
		*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
		return true;
	}
	return avro_bytes_get_long_slow(b, v);
}
bool avro_bytes_get_int(AvroBytes *b, int64_t *v); /* a long in the range of an int */
bool avro_bytes_get_bytes(AvroBytes *b, Str *s);   /* a length and as many bytes */
bool avro_bytes_get_fixed(AvroBytes *b, uint32_t n, Str *s);
bool avro_bytes_get_boolean(AvroBytes *b, bool *v);
bool avro_bytes_get_float(AvroBytes *b, double *v);
bool avro_bytes_get_double(AvroBytes *b, double *v);
/* An index below n: of a union's branch, of an enum's symbol. */
bool avro_bytes_get_index(AvroBytes *b, uint32_t n, const char *why, uint32_t *index);
/* The number of items in the next block of an array or map; 0: it has ended. */
bool avro_bytes_get_block(AvroBytes *b, uint64_t *n);
bool avro_bytes_enter(AvroBytes *b); /* one level down; false: too deep. b->depth-- leaves it */
/* Steps over a value. */
bool avro_bytes_skip(AvroBytes *b, const AvroNode *node);

/* Appends. */
void avro_bytes_put_long(StrBuf *out, int64_t v);
void avro_bytes_put_bytes(StrBuf *out, Str s);
void avro_bytes_put_float(StrBuf *out, double v);
void avro_bytes_put_double(StrBuf *out, double v);
/* A default's JSON text as bytes of the node; ERR_BAD_VALUE. */
bool avro_bytes_put_preset(const AvroNode *node, Str json, StrBuf *out, Err *err);

#endif
