/*
 * sql/types/type.c: the constants, the constructors and the questions one asks of a type.
 *
 * Which type two others meet in, and what may be cast to what, is type_rules.c; the spellings are type_print.c.
 */
#include "sql/types/type.h"

#define NULLABLE(name, ...) const Type name = {__VA_ARGS__}
#define NOT_NULL(name, ...) const Type name = {.not_null = true, __VA_ARGS__}

NULLABLE(type_null, .kind = TYPE_NULL);
NULLABLE(type_boolean, .kind = TYPE_BOOLEAN);
NULLABLE(type_tinyint, .kind = TYPE_TINYINT);
NULLABLE(type_smallint, .kind = TYPE_SMALLINT);
NULLABLE(type_int, .kind = TYPE_INT);
NULLABLE(type_bigint, .kind = TYPE_BIGINT);
NULLABLE(type_float, .kind = TYPE_FLOAT);
NULLABLE(type_double, .kind = TYPE_DOUBLE);
NULLABLE(type_string, .kind = TYPE_VARCHAR, .length = TYPE_LENGTH_MAX);
NULLABLE(type_bytes, .kind = TYPE_VARBINARY, .length = TYPE_LENGTH_MAX);
NULLABLE(type_date, .kind = TYPE_DATE);
NULLABLE(type_time, .kind = TYPE_TIME);
NULLABLE(type_timestamp3, .kind = TYPE_TIMESTAMP, .precision = 3);
NULLABLE(type_timestamp6, .kind = TYPE_TIMESTAMP, .precision = 6);
NULLABLE(type_ltz3, .kind = TYPE_TIMESTAMP_LTZ, .precision = 3);
NULLABLE(type_ltz6, .kind = TYPE_TIMESTAMP_LTZ, .precision = 6);
NULLABLE(type_interval_months, .kind = TYPE_INTERVAL_MONTHS);
NULLABLE(type_interval_seconds, .kind = TYPE_INTERVAL_SECONDS);
NULLABLE(type_json, .kind = TYPE_JSON);
NOT_NULL(type_bigint_nn, .kind = TYPE_BIGINT);
NOT_NULL(type_boolean_nn, .kind = TYPE_BOOLEAN);
NOT_NULL(type_timestamp3_nn, .kind = TYPE_TIMESTAMP, .precision = 3);
NOT_NULL(type_string_nn, .kind = TYPE_VARCHAR, .length = TYPE_LENGTH_MAX);

static const Type *type_new(Arena *arena, Type t)
{
	return arena_copy(arena, &t, sizeof t);
}

const Type *type_decimal(Arena *arena, unsigned precision, unsigned scale)
{
	ASSERT(precision >= 1 && precision <= TYPE_DECIMAL_MAX && scale <= precision);
	return type_new(arena, (Type){.kind = TYPE_DECIMAL, .precision = (uint8_t)precision, .scale = (uint8_t)scale});
}

const Type *type_varchar(Arena *arena, TypeKind kind, uint32_t length)
{
	ASSERT(kind >= TYPE_CHAR && kind <= TYPE_VARBINARY && length <= TYPE_LENGTH_MAX);
	return type_new(arena, (Type){.kind = kind, .length = length});
}

const Type *type_temporal(Arena *arena, TypeKind kind, unsigned precision)
{
	ASSERT(kind >= TYPE_TIME && kind <= TYPE_TIMESTAMP_LTZ && precision <= TYPE_TIME_PRECISION_MAX);
	return type_new(arena, (Type){.kind = kind, .precision = (uint8_t)precision});
}

const Type *type_array(Arena *arena, const Type *elem)
{
	return type_new(arena, (Type){.kind = TYPE_ARRAY, .elem = elem});
}

const Type *type_multiset(Arena *arena, const Type *elem)
{
	return type_new(arena, (Type){.kind = TYPE_MULTISET, .elem = elem});
}

const Type *type_map(Arena *arena, const Type *key, const Type *value)
{
	return type_new(arena, (Type){.kind = TYPE_MAP, .key = key, .elem = value});
}

const Type *type_row(Arena *arena, const TypeField *fields, uint32_t nfields)
{
	const TypeField *copy = arena_copy(arena, fields, nfields * sizeof *fields);
	return type_new(arena, (Type){.kind = TYPE_ROW, .fields = copy, .nfields = nfields});
}

const Type *type_with_null(Arena *arena, const Type *type, bool nullable)
{
	if (type->not_null == !nullable) {
		return type;
	}
	Type copy = *type;
	copy.not_null = !nullable;
	return type_new(arena, copy);
}

const Type *type_copy(Arena *arena, const Type *type)
{
	Type copy = *type;
	if (type->elem) {
		copy.elem = type_copy(arena, type->elem);
	}
	if (type->key) {
		copy.key = type_copy(arena, type->key);
	}
	if (type->nfields > 0) {
		TypeField *fields = ARENA_ARRAY(arena, TypeField, type->nfields);
		for (uint32_t i = 0; i < type->nfields; i++) {
			fields[i].name = arena_str(arena, type->fields[i].name);
			fields[i].type = type_copy(arena, type->fields[i].type);
		}
		copy.fields = fields;
	}
	return type_new(arena, copy);
}

Phys type_phys(const Type *type)
{
	static const uint8_t phys[TYPE_KINDS] = {
	    [TYPE_NULL] = PHYS_I64,
	    [TYPE_BOOLEAN] = PHYS_BOOL,
	    [TYPE_TINYINT] = PHYS_I64,
	    [TYPE_SMALLINT] = PHYS_I64,
	    [TYPE_INT] = PHYS_I64,
	    [TYPE_BIGINT] = PHYS_I64,
	    [TYPE_FLOAT] = PHYS_F64,
	    [TYPE_DOUBLE] = PHYS_F64,
	    [TYPE_DECIMAL] = PHYS_I128,
	    [TYPE_CHAR] = PHYS_STR,
	    [TYPE_VARCHAR] = PHYS_STR,
	    [TYPE_BINARY] = PHYS_STR,
	    [TYPE_VARBINARY] = PHYS_STR,
	    [TYPE_DATE] = PHYS_I64,
	    [TYPE_TIME] = PHYS_I64,
	    [TYPE_TIMESTAMP] = PHYS_I64,
	    [TYPE_TIMESTAMP_LTZ] = PHYS_I64,
	    [TYPE_INTERVAL_MONTHS] = PHYS_I64,
	    [TYPE_INTERVAL_SECONDS] = PHYS_I64,
	    [TYPE_ARRAY] = PHYS_STR,
	    [TYPE_MAP] = PHYS_STR,
	    [TYPE_ROW] = PHYS_STR,
	    [TYPE_MULTISET] = PHYS_STR,
	    [TYPE_JSON] = PHYS_STR,
	};
	return (Phys)phys[type->kind];
}

bool type_is_integer(const Type *type)
{
	return type->kind >= TYPE_TINYINT && type->kind <= TYPE_BIGINT;
}

bool type_is_numeric(const Type *type)
{
	return type->kind >= TYPE_TINYINT && type->kind <= TYPE_DECIMAL;
}

bool type_is_approx(const Type *type)
{
	return type->kind == TYPE_FLOAT || type->kind == TYPE_DOUBLE;
}

bool type_is_text(const Type *type)
{
	return type->kind == TYPE_CHAR || type->kind == TYPE_VARCHAR;
}

bool type_is_binary(const Type *type)
{
	return type->kind == TYPE_BINARY || type->kind == TYPE_VARBINARY;
}

bool type_is_timestamp(const Type *type)
{
	return type->kind == TYPE_TIMESTAMP || type->kind == TYPE_TIMESTAMP_LTZ;
}

bool type_is_nested(const Type *type)
{
	return type->kind >= TYPE_ARRAY && type->kind <= TYPE_MULTISET;
}

bool type_is_ordered(const Type *type)
{
	switch (type->kind) {
	case TYPE_MAP:
	case TYPE_MULTISET:
	case TYPE_JSON: return false;
	case TYPE_ARRAY: return type_is_ordered(type->elem);
	case TYPE_ROW:
		for (uint32_t i = 0; i < type->nfields; i++) {
			if (!type_is_ordered(type->fields[i].type)) {
				return false;
			}
		}
		return true;
	default: return true;
	}
}

bool type_equal(const Type *a, const Type *b)
{
	if (a == b) {
		return true;
	}
	if (a->kind != b->kind || a->precision != b->precision || a->scale != b->scale || a->length != b->length ||
	    a->nfields != b->nfields) {
		return false;
	}
	if (a->elem && !type_equal(a->elem, b->elem)) {
		return false;
	}
	if (a->key && !type_equal(a->key, b->key)) {
		return false;
	}
	for (uint32_t i = 0; i < a->nfields; i++) {
		if (!str_eq(a->fields[i].name, b->fields[i].name) || !type_equal(a->fields[i].type, b->fields[i].type)) {
			return false;
		}
	}
	return true;
}

void type_int_range(TypeKind kind, int64_t *least, int64_t *greatest)
{
	switch (kind) {
	case TYPE_TINYINT:
		*least = INT8_MIN;
		*greatest = INT8_MAX;
		return;
	case TYPE_SMALLINT:
		*least = INT16_MIN;
		*greatest = INT16_MAX;
		return;
	case TYPE_INT:
		*least = INT32_MIN;
		*greatest = INT32_MAX;
		return;
	default:
		ASSERT(kind == TYPE_BIGINT);
		*least = INT64_MIN;
		*greatest = INT64_MAX;
	}
}

unsigned type_int_digits(TypeKind kind)
{
	static const unsigned digits[] = {3, 5, 10, 19};
	ASSERT(kind >= TYPE_TINYINT && kind <= TYPE_BIGINT);
	return digits[kind - TYPE_TINYINT];
}
