/*
 * engine/formats/parquet/thrift.h: Thrift's compact protocol, as far as Parquet's footers and page headers need it.
 *
 *   struct   field, field ... 0x00       field = (id - last id) << 4 | type, or type and zigzag id; then the value
 *   integer  zigzag varint               binary = varint length, bytes
 *   list     count << 4 | type (count < 15), or 0xf0 | type and varint count; then the items
 *
 * A boolean's value is in its field's type. Reading trusts nothing: what does not fit the bytes that are there sets
 * `bad`, and from then on every getter gives nothing.
 */
#ifndef WEIR_ENGINE_FORMATS_PARQUET_THRIFT_H
#define WEIR_ENGINE_FORMATS_PARQUET_THRIFT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef enum ThriftType {
	THRIFT_STOP = 0,
	THRIFT_TRUE = 1,
	THRIFT_FALSE = 2,
	THRIFT_I8 = 3,
	THRIFT_I16 = 4,
	THRIFT_I32 = 5,
	THRIFT_I64 = 6,
	THRIFT_DOUBLE = 7,
	THRIFT_BINARY = 8,
	THRIFT_LIST = 9,
	THRIFT_SET = 10,
	THRIFT_MAP = 11,
	THRIFT_STRUCT = 12,
} ThriftType;

enum { THRIFT_DEPTH_MAX = 16 };

/* ---- writing ---- */

typedef struct ThriftOut {
	StrBuf *out;
	uint32_t depth;
	int16_t last[THRIFT_DEPTH_MAX];
} ThriftOut;

/* Begins with the fields of the outermost struct. */
void thrift_start(ThriftOut *t, StrBuf *out);
void thrift_put_bool(ThriftOut *t, int16_t id, bool v);
void thrift_put_i8(ThriftOut *t, int16_t id, int8_t v);
void thrift_put_i32(ThriftOut *t, int16_t id, int32_t v);
void thrift_put_i64(ThriftOut *t, int16_t id, int64_t v);
void thrift_put_binary(ThriftOut *t, int16_t id, Str v);
/* n items follow: integers and binaries by thrift_item_*, structs by thrift_begin_item and thrift_end. */
void thrift_put_list(ThriftOut *t, int16_t id, ThriftType item, uint32_t n);
void thrift_item_i32(ThriftOut *t, int32_t v);
void thrift_item_binary(ThriftOut *t, Str v);
void thrift_begin_item(ThriftOut *t);
void thrift_begin(ThriftOut *t, int16_t id); /* a struct as a field */
void thrift_end(ThriftOut *t);               /* of a struct, the outermost too */

/* ---- reading ---- */

typedef struct ThriftIn {
	const uint8_t *at, *end;
	bool bad;
	uint32_t depth;
} ThriftIn;

static inline ThriftIn thrift_in(Str bytes)
{
	return (ThriftIn){.at = (const uint8_t *)bytes.ptr, .end = (const uint8_t *)bytes.ptr + bytes.len};
}

/* The next field of a struct; *id is the last id, 0 at its start. false: its end, or bad. The field's value must be
 * taken by one of the getters below, or skipped. */
bool thrift_field(ThriftIn *t, int16_t *id, ThriftType *type);
/* Around the fields of a struct inside of a struct or list: false when it lies too deep. */
bool thrift_enter(ThriftIn *t, ThriftType type);
void thrift_leave(ThriftIn *t);
int64_t thrift_int(ThriftIn *t, ThriftType type);
int32_t thrift_i32(ThriftIn *t, ThriftType type); /* bad when it does not fit */
bool thrift_bool(ThriftIn *t, ThriftType type);
Str thrift_binary(ThriftIn *t, ThriftType type); /* points into the bytes */
/* The items of a list: at most as many as there are bytes left. */
uint32_t thrift_list(ThriftIn *t, ThriftType type, ThriftType *item);
void thrift_skip(ThriftIn *t, ThriftType type);

#endif
