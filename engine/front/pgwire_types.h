/*
 * engine/front/pgwire_types.h: weir's types as PostgreSQL's: OIDs, lengths, modifiers; and the rows of pg_type.
 */
#ifndef WEIR_ENGINE_FRONT_PGWIRE_TYPES_H
#define WEIR_ENGINE_FRONT_PGWIRE_TYPES_H

#include "sql/types/type.h"

enum {
	PG_BOOL = 16,
	PG_BYTEA = 17,
	PG_CHAR = 18,
	PG_NAME = 19,
	PG_INT8 = 20,
	PG_INT2 = 21,
	PG_INT4 = 23,
	PG_REGPROC = 24,
	PG_TEXT = 25,
	PG_OID = 26,
	PG_JSON = 114,
	PG_FLOAT4 = 700,
	PG_FLOAT8 = 701,
	PG_UNKNOWN = 705,
	PG_BPCHAR = 1042,
	PG_VARCHAR = 1043,
	PG_DATE = 1082,
	PG_TIME = 1083,
	PG_TIMESTAMP = 1114,
	PG_TIMESTAMPTZ = 1184,
	PG_INTERVAL = 1186,
	PG_NUMERIC = 1700,
	PG_REGCLASS = 2205,
	PG_REGTYPE = 2206,
	PG_UUID = 2950,
	PG_JSONB = 3802,
};

typedef struct PgwireType {
	uint32_t oid;
	const char *name; /* pg_type.typname */
	const char *sql;  /* format_type(oid, NULL) */
	int16_t len;      /* bytes; -1: varies */
	uint32_t array;   /* OID of its array type; 0: none */
	uint32_t elem;    /* of an array type */
	char category;    /* typcategory */
} PgwireType;

/* In order of OID; arrays too. NULL past the end. */
const PgwireType *pgwire_types_at(uint32_t index);
const PgwireType *pgwire_types_find(uint32_t oid); /* NULL: unknown */

/* How a column of this type goes over the wire. */
uint32_t pgwire_types_oid(const Type *type);
int16_t pgwire_types_len(uint32_t oid);
int32_t pgwire_types_modifier(const Type *type); /* atttypmod; -1: none */
/* Does a column of this type go as jsonb? */
bool pgwire_types_is_json(const Type *type);
/* The type of a parameter that the client declared; false: unknown OID. *out NULL: it is to be inferred. */
bool pgwire_types_declared(uint32_t oid, Arena *arena, const Type **out);

#endif
