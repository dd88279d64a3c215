/*
 * sql/types/type_rules.c: which types meet in which, and what converts to what.
 *
 * Two tables of bit sets, one bit per kind, say what may become what by itself and by CAST; they are Flink's
 * (LogicalTypeCasts), less CAST between numbers and timestamps, which Flink's planner refuses. The common type is
 * Flink's too (LogicalTypeMerging).
 */
#include "sql/types/type.h"

#define BIT(kind) (1u << (kind))
#define INTEGERS (BIT(TYPE_TINYINT) | BIT(TYPE_SMALLINT) | BIT(TYPE_INT) | BIT(TYPE_BIGINT))
#define EXACT (INTEGERS | BIT(TYPE_DECIMAL))
#define NUMBERS (EXACT | BIT(TYPE_FLOAT) | BIT(TYPE_DOUBLE))
#define TEXTS (BIT(TYPE_CHAR) | BIT(TYPE_VARCHAR))
#define BINARIES (BIT(TYPE_BINARY) | BIT(TYPE_VARBINARY))
#define TIMESTAMPS (BIT(TYPE_TIMESTAMP) | BIT(TYPE_TIMESTAMP_LTZ))
#define INTERVALS (BIT(TYPE_INTERVAL_MONTHS) | BIT(TYPE_INTERVAL_SECONDS))
#define NESTED (BIT(TYPE_ARRAY) | BIT(TYPE_MAP) | BIT(TYPE_ROW) | BIT(TYPE_MULTISET))
#define ANYTHING (BIT(TYPE_KINDS) - 1u)

/* type_assign_from[to]: the kinds that become `to` without CAST. Nested kinds are decided element-wise. */
static const uint32_t type_assign_from[TYPE_KINDS] = {
    [TYPE_NULL] = 0,
    [TYPE_BOOLEAN] = BIT(TYPE_BOOLEAN),
    [TYPE_TINYINT] = BIT(TYPE_TINYINT),
    [TYPE_SMALLINT] = BIT(TYPE_TINYINT) | BIT(TYPE_SMALLINT),
    [TYPE_INT] = BIT(TYPE_TINYINT) | BIT(TYPE_SMALLINT) | BIT(TYPE_INT),
    [TYPE_BIGINT] = INTEGERS,
    [TYPE_FLOAT] = EXACT | BIT(TYPE_FLOAT),
    [TYPE_DOUBLE] = NUMBERS,
    [TYPE_DECIMAL] = NUMBERS,
    [TYPE_CHAR] = BIT(TYPE_CHAR),
    [TYPE_VARCHAR] = TEXTS | BIT(TYPE_JSON),
    [TYPE_BINARY] = BIT(TYPE_BINARY),
    [TYPE_VARBINARY] = BINARIES,
    [TYPE_DATE] = BIT(TYPE_DATE) | BIT(TYPE_TIMESTAMP),
    [TYPE_TIME] = BIT(TYPE_TIME) | BIT(TYPE_TIMESTAMP),
    [TYPE_TIMESTAMP] = TIMESTAMPS,
    [TYPE_TIMESTAMP_LTZ] = TIMESTAMPS,
    [TYPE_INTERVAL_MONTHS] = BIT(TYPE_INTERVAL_MONTHS),
    [TYPE_INTERVAL_SECONDS] = BIT(TYPE_INTERVAL_SECONDS),
    [TYPE_JSON] = BIT(TYPE_JSON),
};

/* type_cast_from[to]: what only CAST converts. */
static const uint32_t type_cast_from[TYPE_KINDS] = {
    [TYPE_NULL] = 0,
    [TYPE_BOOLEAN] = TEXTS | NUMBERS,
    [TYPE_TINYINT] = TEXTS | NUMBERS | BIT(TYPE_BOOLEAN) | INTERVALS,
    [TYPE_SMALLINT] = TEXTS | NUMBERS | BIT(TYPE_BOOLEAN) | INTERVALS,
    [TYPE_INT] = TEXTS | NUMBERS | BIT(TYPE_BOOLEAN) | INTERVALS,
    [TYPE_BIGINT] = TEXTS | NUMBERS | BIT(TYPE_BOOLEAN) | INTERVALS,
    [TYPE_FLOAT] = TEXTS | NUMBERS | BIT(TYPE_BOOLEAN),
    [TYPE_DOUBLE] = TEXTS | BIT(TYPE_BOOLEAN),
    [TYPE_DECIMAL] = TEXTS | BIT(TYPE_BOOLEAN) | INTERVALS,
    [TYPE_CHAR] = ANYTHING,
    [TYPE_VARCHAR] = ANYTHING,
    [TYPE_BINARY] = TEXTS | BINARIES,
    [TYPE_VARBINARY] = TEXTS,
    [TYPE_DATE] = TEXTS | TIMESTAMPS,
    [TYPE_TIME] = TEXTS | TIMESTAMPS,
    [TYPE_TIMESTAMP] = TEXTS | BIT(TYPE_DATE) | BIT(TYPE_TIME),
    [TYPE_TIMESTAMP_LTZ] = TEXTS | BIT(TYPE_DATE) | BIT(TYPE_TIME),
    [TYPE_INTERVAL_MONTHS] = TEXTS | EXACT,
    [TYPE_INTERVAL_SECONDS] = TEXTS | EXACT,
    [TYPE_JSON] = TEXTS | NESTED,
};

typedef bool TypeRule(const Type *from, const Type *to);

/* Same kind of nesting and every part by the rule. */
static bool type_nested_rule(const Type *from, const Type *to, TypeRule *rule)
{
	if (from->kind != to->kind || from->nfields != to->nfields) {
		return false;
	}
	if (from->elem && !rule(from->elem, to->elem)) {
		return false;
	}
	if (from->key && !rule(from->key, to->key)) {
		return false;
	}
	for (uint32_t i = 0; i < from->nfields; i++) {
		if (!rule(from->fields[i].type, to->fields[i].type)) {
			return false;
		}
	}
	return true;
}

bool type_assignable(const Type *from, const Type *to)
{
	if (from->kind == TYPE_NULL) {
		return true;
	}
	if (type_is_nested(to)) {
		return type_nested_rule(from, to, type_assignable);
	}
	return (type_assign_from[to->kind] & BIT(from->kind)) != 0;
}

bool type_castable(const Type *from, const Type *to)
{
	if (from->kind == TYPE_NULL) {
		return true;
	}
	if (type_is_nested(to)) {
		return type_nested_rule(from, to, type_castable);
	}
	return ((type_assign_from[to->kind] | type_cast_from[to->kind]) & BIT(from->kind)) != 0;
}

static unsigned type_digits(const Type *t)
{
	return t->kind == TYPE_DECIMAL ? t->precision : type_int_digits(t->kind);
}

static const Type *type_common_number(Arena *arena, const Type *a, const Type *b)
{
	if (type_is_approx(a) || type_is_approx(b)) {
		bool wide =
		    a->kind == TYPE_DOUBLE || b->kind == TYPE_DOUBLE || a->kind == TYPE_DECIMAL || b->kind == TYPE_DECIMAL;
		return wide ? &type_double : &type_float;
	}
	if (a->kind != TYPE_DECIMAL && b->kind != TYPE_DECIMAL) {
		static const Type *const integers[] = {&type_tinyint, &type_smallint, &type_int, &type_bigint};
		TypeKind kind = a->kind > b->kind ? a->kind : b->kind;
		return integers[kind - TYPE_TINYINT];
	}
	unsigned whole_a = type_digits(a) - a->scale;
	unsigned whole_b = type_digits(b) - b->scale;
	unsigned whole = whole_a > whole_b ? whole_a : whole_b;
	unsigned scale = a->scale > b->scale ? a->scale : b->scale;
	if (scale > TYPE_DECIMAL_MAX - whole) {
		scale = TYPE_DECIMAL_MAX - whole;
	}
	return type_decimal(arena, whole + scale, scale);
}

/* CHARs of different length meet in a VARCHAR, so that nothing is padded. */
static const Type *type_common_string(Arena *arena, const Type *a, const Type *b, TypeKind fixed, TypeKind variable)
{
	uint32_t length = a->length > b->length ? a->length : b->length;
	bool same = a->kind == fixed && b->kind == fixed && a->length == b->length;
	if (!same && length == TYPE_LENGTH_MAX) {
		return variable == TYPE_VARCHAR ? &type_string : &type_bytes;
	}
	return type_varchar(arena, same ? fixed : variable, length);
}

static const Type *type_common_nullable(Arena *arena, const Type *a, const Type *b);

/* The common type of two parts, nullable if either is. */
static const Type *type_common_part(Arena *arena, const Type *a, const Type *b)
{
	const Type *t = type_common_nullable(arena, a, b);
	return t ? type_with_null(arena, t, !(a->not_null && b->not_null)) : NULL;
}

static const Type *type_common_nested(Arena *arena, const Type *a, const Type *b)
{
	if (a->kind != b->kind || a->nfields != b->nfields) {
		return NULL;
	}
	Type t = {.kind = a->kind, .nfields = a->nfields};
	if (a->elem && !(t.elem = type_common_part(arena, a->elem, b->elem))) {
		return NULL;
	}
	if (a->key && !(t.key = type_common_part(arena, a->key, b->key))) {
		return NULL;
	}
	if (a->nfields > 0) {
		TypeField *fields = ARENA_ARRAY(arena, TypeField, a->nfields);
		for (uint32_t i = 0; i < a->nfields; i++) {
			fields[i].name = a->fields[i].name;
			fields[i].type = type_common_part(arena, a->fields[i].type, b->fields[i].type);
			if (!fields[i].type) {
				return NULL;
			}
		}
		t.fields = fields;
	}
	return arena_copy(arena, &t, sizeof t);
}

static const Type *type_common_temporal(Arena *arena, const Type *a, const Type *b)
{
	bool ltz = a->kind == TYPE_TIMESTAMP_LTZ || b->kind == TYPE_TIMESTAMP_LTZ;
	unsigned precision = a->precision > b->precision ? a->precision : b->precision;
	return type_temporal(arena, ltz ? TYPE_TIMESTAMP_LTZ : TYPE_TIMESTAMP, precision);
}

/* Ignores the nullability of a and b themselves; the result's own is not set. */
static const Type *type_common_nullable(Arena *arena, const Type *a, const Type *b)
{
	if (a->kind == TYPE_NULL || b->kind == TYPE_NULL) {
		return a->kind == TYPE_NULL ? b : a;
	}
	if (type_equal(a, b) && !type_is_nested(a)) {
		return a;
	}
	if (type_is_nested(a)) {
		return type_common_nested(arena, a, b);
	}
	if (type_is_numeric(a) && type_is_numeric(b)) {
		return type_common_number(arena, a, b);
	}
	if (type_is_text(a) && type_is_text(b)) {
		return type_common_string(arena, a, b, TYPE_CHAR, TYPE_VARCHAR);
	}
	if (type_is_binary(a) && type_is_binary(b)) {
		return type_common_string(arena, a, b, TYPE_BINARY, TYPE_VARBINARY);
	}
	uint32_t kinds = BIT(a->kind) | BIT(b->kind);
	if (a->kind == TYPE_TIME && b->kind == TYPE_TIME) {
		return a->precision > b->precision ? a : b;
	}
	/* A DATE has precision 0, so that the timestamp's is taken. */
	if ((kinds & TIMESTAMPS) != 0 && (kinds & ~(TIMESTAMPS | BIT(TYPE_DATE))) == 0) {
		return type_common_temporal(arena, a, b);
	}
	if (kinds == (BIT(TYPE_JSON) | BIT(TYPE_VARCHAR)) || kinds == (BIT(TYPE_JSON) | BIT(TYPE_CHAR))) {
		return &type_string;
	}
	return NULL;
}

const Type *type_common(Arena *arena, const Type *a, const Type *b)
{
	return type_common_part(arena, a, b);
}
