/*
 * sql/types/type.h: the logical types of the language, and how each is stored.
 *
 * A Type is immutable and lives in an arena or is one of the constants below; two types are compared
 * by type_equal, never by address. Nullability is part of the type (not_null), as in Flink.
 *
 * Every value is held in one of five physical forms, whatever its type, so that a kernel is
 * written five times at most:
 *
 *   PHYS_BOOL  uint8_t 0/1   BOOLEAN
 *   PHYS_I64   int64_t       TINYINT SMALLINT INT BIGINT; DATE (days since 1970-01-01); TIME (microseconds
 *                            of the day); TIMESTAMP (microseconds since 1970-01-01 00:00, wall clock);
 *                            TIMESTAMP_LTZ (microseconds, an instant); INTERVAL YEAR TO MONTH (months);
 *                            INTERVAL DAY TO SECOND (microseconds)
 *   PHYS_F64   double        FLOAT (always a value of float's range and precision), DOUBLE
 *   PHYS_I128  Int128        DECIMAL (unscaled; value = unscaled / 10^scale)
 *   PHYS_STR   Str           CHAR VARCHAR STRING (UTF-8), BINARY VARBINARY BYTES, JSON (text),
 *                            ARRAY MAP ROW MULTISET (packed: sql/types/packed.h)
 */
#ifndef WEIR_SQL_TYPES_TYPE_H
#define WEIR_SQL_TYPES_TYPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef enum TypeKind {
	TYPE_NULL, /* of the bare literal NULL; coerces to everything */
	TYPE_BOOLEAN,
	TYPE_TINYINT,
	TYPE_SMALLINT,
	TYPE_INT,
	TYPE_BIGINT,
	TYPE_FLOAT,
	TYPE_DOUBLE,
	TYPE_DECIMAL,
	TYPE_CHAR,
	TYPE_VARCHAR, /* STRING is VARCHAR(TYPE_LENGTH_MAX) */
	TYPE_BINARY,
	TYPE_VARBINARY, /* BYTES is VARBINARY(TYPE_LENGTH_MAX) */
	TYPE_DATE,
	TYPE_TIME,
	TYPE_TIMESTAMP,
	TYPE_TIMESTAMP_LTZ,
	TYPE_INTERVAL_MONTHS,  /* INTERVAL YEAR TO MONTH */
	TYPE_INTERVAL_SECONDS, /* INTERVAL DAY TO SECOND */
	TYPE_ARRAY,
	TYPE_MAP,
	TYPE_ROW,
	TYPE_MULTISET,
	TYPE_JSON,
	TYPE_KINDS
} TypeKind;

typedef enum Phys { PHYS_BOOL, PHYS_I64, PHYS_F64, PHYS_I128, PHYS_STR } Phys;

enum { TYPE_LENGTH_MAX = 2147483647, TYPE_DECIMAL_MAX = 38, TYPE_TIME_PRECISION_MAX = 6 };

typedef struct Type Type;

typedef struct TypeField {
	Str name;
	const Type *type;
} TypeField;

struct Type {
	TypeKind kind;
	bool not_null;
	uint8_t precision;       /* DECIMAL 1..38; TIME, TIMESTAMP(_LTZ) 0..6 */
	uint8_t scale;           /* DECIMAL */
	uint32_t length;         /* CHAR, VARCHAR (characters), BINARY, VARBINARY (bytes) */
	const Type *elem;        /* ARRAY, MULTISET: element; MAP: value */
	const Type *key;         /* MAP: key */
	const TypeField *fields; /* ROW */
	uint32_t nfields;
};

/* Nullable constants. */
extern const Type type_null, type_boolean, type_tinyint, type_smallint, type_int, type_bigint, type_float, type_double,
    type_string, type_bytes, type_date, type_time, type_timestamp3, type_timestamp6, type_ltz3, type_ltz6,
    type_interval_months, type_interval_seconds, type_json;
/* BIGINT NOT NULL, BOOLEAN NOT NULL, TIMESTAMP(3) NOT NULL, STRING NOT NULL. */
extern const Type type_bigint_nn, type_boolean_nn, type_timestamp3_nn, type_string_nn;

const Type *type_decimal(Arena *arena, unsigned precision, unsigned scale);
const Type *type_varchar(Arena *arena, TypeKind kind, uint32_t length);     /* CHAR VARCHAR BINARY VARBINARY */
const Type *type_temporal(Arena *arena, TypeKind kind, unsigned precision); /* TIME TIMESTAMP TIMESTAMP_LTZ */
const Type *type_array(Arena *arena, const Type *elem);
const Type *type_multiset(Arena *arena, const Type *elem);
const Type *type_map(Arena *arena, const Type *key, const Type *value);
const Type *type_row(Arena *arena, const TypeField *fields, uint32_t nfields); /* copies the fields */
/* The same type with another nullability; returns the type itself when it has it. */
const Type *type_with_null(Arena *arena, const Type *type, bool nullable);
/* A deep copy into another arena. */
const Type *type_copy(Arena *arena, const Type *type);

Phys type_phys(const Type *type);
bool type_is_integer(const Type *type);   /* TINYINT .. BIGINT */
bool type_is_numeric(const Type *type);   /* integers, FLOAT, DOUBLE, DECIMAL */
bool type_is_approx(const Type *type);    /* FLOAT, DOUBLE */
bool type_is_text(const Type *type);      /* CHAR, VARCHAR */
bool type_is_binary(const Type *type);    /* BINARY, VARBINARY */
bool type_is_timestamp(const Type *type); /* TIMESTAMP, TIMESTAMP_LTZ */
bool type_is_nested(const Type *type);    /* ARRAY, MAP, ROW, MULTISET */
/* Can values be compared with = (all but none), ordered with <  (not MAP, MULTISET, JSON)? */
bool type_is_ordered(const Type *type);
/* Same kind and parameters, recursively, names of fields too; nullability ignored (also of elements). */
bool type_equal(const Type *a, const Type *b);
/* Range of an integer type. */
void type_int_range(TypeKind kind, int64_t *least, int64_t *greatest);
/* Digits of an integer type seen as DECIMAL(p,0): 3, 5, 10, 19. */
unsigned type_int_digits(TypeKind kind);

/* The least type both convert to without CAST, by Flink's rules (reference: numeric widening, CHAR to VARCHAR,
 * DATE with TIMESTAMP, decimals keep integer digits and scale, NULL with all, nested element-wise); NULL: none.
 * Result is nullable if either is. */
const Type *type_common(Arena *arena, const Type *a, const Type *b);
/* May `from` be assigned to `to` without CAST (INSERT, function arguments): safe widening only. */
bool type_assignable(const Type *from, const Type *to);
/* May CAST(from AS to) be written at all? */
bool type_castable(const Type *from, const Type *to);

/* Flink's spelling: DECIMAL(10, 2), VARCHAR(20), TIMESTAMP(3), ROW<`a` INT, `b` STRING>, ARRAY<INT>; NOT NULL is added
 * when with_null is set and the type has it. */
void type_print(const Type *type, bool with_null, StrBuf *out);
/* PostgreSQL's name for a column of this type: bigint, double precision, numeric(10,2), timestamp without time zone,
 * jsonb for MAP, ROW, MULTISET, JSON and for an ARRAY of nested values, text[] ... */
void type_print_pg(const Type *type, StrBuf *out);

#endif
