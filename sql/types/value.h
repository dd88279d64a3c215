/*
 * sql/types/value.h: one value, outside of a column: literals, keys, results of a group, test rows.
 *
 * A value does not know its type; the type travels beside it. Strings point elsewhere.
 */
#ifndef WEIR_SQL_TYPES_VALUE_H
#define WEIR_SQL_TYPES_VALUE_H

#include "base/codec.h"
#include "sql/types/type.h"

typedef struct Value {
	bool null;
	union {
		bool b;
		int64_t i;
		double f;
		Int128 d;
		Str s;
	};
} Value;

#define VALUE_NULL ((Value){.null = true})

static inline Value value_i64(int64_t i)
{
	return (Value){.i = i};
}

static inline Value value_str(Str s)
{
	return (Value){.s = s};
}

/* Copies what the value points at into the arena. */
Value value_copy(Arena *arena, const Type *type, Value v);

/* Total order of values of one type: NULL first, NaN last and equal to itself, -0.0 = 0.0, strings bytewise (UTF-8
 * order), arrays and rows element by element, maps by their sorted entries. <0, 0, >0 */
int value_compare(const Type *type, Value a, Value b);
bool value_equal(const Type *type, Value a, Value b); /* NULL equals NULL */

/* Bytes that compare (memcmp) as value_compare does, null flag first; see base/codec.h. One canonical form per value:
 * decimals of one type have one scale, -0.0 is 0.0, one NaN. Nested values are written element by element. The same
 * bytes serve as group keys and as keys of views. */
void value_encode_key(const Type *type, Value v, StrBuf *out);
/* Reads one value back; strings are copied into the arena. false: the bytes are damaged. */
bool value_decode_key(const Type *type, CodecReader *r, Arena *arena, Value *out);

/* A compact form for storage, not ordered: null flag, then little endian fixed or varint length and bytes. -0.0 is
 * kept. The decoded value points into the encoded bytes. */
void value_encode(const Type *type, Value v, StrBuf *out);
bool value_decode(const Type *type, CodecReader *r, Value *out);

/* How values are written. SQL: as Flink's CAST to STRING and sql-client show them (TRUE, 2020-01-01
 * 10:00:00.000, 1.0E10); JAVA: as Flink's print connector (true, 2020-01-01T10:00, +I[..] for rows); JSON: as a JSON
 * value; PG: PostgreSQL's text output (t, {1,2}, \x00ff, 2020-01-01 10:00:00+00 for TIMESTAMP_LTZ), SQLITE: for
 * readable views (timestamps to the microsecond, nested values as JSON). zone: for TIMESTAMP_LTZ; NULL is UTC; JSON
 * writes UTC with a Z always. NULL is NULL, in JAVA and JSON null. BYTES: SQL x'00ff' (as sql-client; CAST takes the
 * bytes as text), JAVA [0, -1], JSON base64. */
typedef enum ValueStyle { VALUE_SQL, VALUE_JAVA, VALUE_JSON, VALUE_PG, VALUE_SQLITE } ValueStyle;
struct Zone;
void value_print(const Type *type, Value v, ValueStyle style, const struct Zone *zone, StrBuf *out);

/* Reads text as CAST(text AS type) does (trimmed; Flink's forms of booleans, dates, timestamps). ERR_BAD_CAST or
 * ERR_OUT_OF_RANGE (for DECIMAL too, where Flink's CAST gives NULL). Strings are cut to their length, CHAR(n) and
 * BINARY(n) filled up, and copied into the arena. Integers may have a fraction, which is dropped. TIMESTAMP_LTZ may end
 * in Z or an offset. Not for ARRAY, MAP, ROW, MULTISET. */
bool value_parse(const Type *type, Str text, const struct Zone *zone, Arena *arena, Value *out, Err *err);
/* Reads a JSON value as type (all types, nested too): for tests' rows, wire parameters, JSON side inputs. A ROW is an
 * object (what is missing is NULL) or an array of all its fields; any value becomes text for a string; numbers may be
 * strings; null is NULL. */
bool value_parse_json(const Type *type, Str json, Arena *arena, Value *out, Err *err);
/* Reads PostgreSQL's text input form ({1,2,NULL} for arrays, t/f, \x..), for wire parameters. */
bool value_parse_pg(const Type *type, Str text, const struct Zone *zone, Arena *arena, Value *out, Err *err);

#endif
