/*
 * engine/front/pgwire_types.c: weir's types as PostgreSQL's, with PostgreSQL's own OIDs
 * (src/include/catalog/pg_type.dat).
 */
#include "engine/front/pgwire_types.h"

static const PgwireType types[] = {
    {PG_BOOL, "bool", "boolean", 1, 1000, 0, 'B'},
    {PG_BYTEA, "bytea", "bytea", -1, 1001, 0, 'U'},
    {PG_CHAR, "char", "\"char\"", 1, 1002, 0, 'Z'},
    {PG_NAME, "name", "name", 64, 1003, 0, 'S'},
    {PG_INT8, "int8", "bigint", 8, 1016, 0, 'N'},
    {PG_INT2, "int2", "smallint", 2, 1005, 0, 'N'},
    {22, "int2vector", "int2vector", -1, 1006, PG_INT2, 'A'},
    {PG_INT4, "int4", "integer", 4, 1007, 0, 'N'},
    {PG_REGPROC, "regproc", "regproc", 4, 1008, 0, 'N'},
    {PG_TEXT, "text", "text", -1, 1009, 0, 'S'},
    {PG_OID, "oid", "oid", 4, 1028, 0, 'N'},
    {30, "oidvector", "oidvector", -1, 1013, PG_OID, 'A'},
    {PG_JSON, "json", "json", -1, 199, 0, 'U'},
    {199, "_json", "json[]", -1, 0, PG_JSON, 'A'},
    {PG_FLOAT4, "float4", "real", 4, 1021, 0, 'N'},
    {PG_FLOAT8, "float8", "double precision", 8, 1022, 0, 'N'},
    {PG_UNKNOWN, "unknown", "unknown", -2, 0, 0, 'X'},
    {1000, "_bool", "boolean[]", -1, 0, PG_BOOL, 'A'},
    {1001, "_bytea", "bytea[]", -1, 0, PG_BYTEA, 'A'},
    {1002, "_char", "\"char\"[]", -1, 0, PG_CHAR, 'A'},
    {1003, "_name", "name[]", -1, 0, PG_NAME, 'A'},
    {1005, "_int2", "smallint[]", -1, 0, PG_INT2, 'A'},
    {1006, "_int2vector", "int2vector[]", -1, 0, 22, 'A'},
    {1007, "_int4", "integer[]", -1, 0, PG_INT4, 'A'},
    {1008, "_regproc", "regproc[]", -1, 0, PG_REGPROC, 'A'},
    {1009, "_text", "text[]", -1, 0, PG_TEXT, 'A'},
    {1013, "_oidvector", "oidvector[]", -1, 0, 30, 'A'},
    {1014, "_bpchar", "character[]", -1, 0, PG_BPCHAR, 'A'},
    {1015, "_varchar", "character varying[]", -1, 0, PG_VARCHAR, 'A'},
    {1016, "_int8", "bigint[]", -1, 0, PG_INT8, 'A'},
    {1021, "_float4", "real[]", -1, 0, PG_FLOAT4, 'A'},
    {1022, "_float8", "double precision[]", -1, 0, PG_FLOAT8, 'A'},
    {1028, "_oid", "oid[]", -1, 0, PG_OID, 'A'},
    {PG_BPCHAR, "bpchar", "character", -1, 1014, 0, 'S'},
    {PG_VARCHAR, "varchar", "character varying", -1, 1015, 0, 'S'},
    {PG_DATE, "date", "date", 4, 1182, 0, 'D'},
    {PG_TIME, "time", "time without time zone", 8, 1183, 0, 'D'},
    {PG_TIMESTAMP, "timestamp", "timestamp without time zone", 8, 1115, 0, 'D'},
    {1115, "_timestamp", "timestamp without time zone[]", -1, 0, PG_TIMESTAMP, 'A'},
    {1182, "_date", "date[]", -1, 0, PG_DATE, 'A'},
    {1183, "_time", "time without time zone[]", -1, 0, PG_TIME, 'A'},
    {PG_TIMESTAMPTZ, "timestamptz", "timestamp with time zone", 8, 1185, 0, 'D'},
    {1185, "_timestamptz", "timestamp with time zone[]", -1, 0, PG_TIMESTAMPTZ, 'A'},
    {PG_INTERVAL, "interval", "interval", 16, 1187, 0, 'T'},
    {1187, "_interval", "interval[]", -1, 0, PG_INTERVAL, 'A'},
    {1231, "_numeric", "numeric[]", -1, 0, PG_NUMERIC, 'A'},
    {PG_NUMERIC, "numeric", "numeric", -1, 1231, 0, 'N'},
    {PG_REGCLASS, "regclass", "regclass", 4, 2210, 0, 'N'},
    {PG_REGTYPE, "regtype", "regtype", 4, 2211, 0, 'N'},
    {2210, "_regclass", "regclass[]", -1, 0, PG_REGCLASS, 'A'},
    {2211, "_regtype", "regtype[]", -1, 0, PG_REGTYPE, 'A'},
    {2249, "record", "record", -1, 2287, 0, 'P'},
    {2278, "void", "void", 4, 0, 0, 'P'},
    {2287, "_record", "record[]", -1, 0, 2249, 'P'},
    {PG_UUID, "uuid", "uuid", 16, 2951, 0, 'U'},
    {2951, "_uuid", "uuid[]", -1, 0, PG_UUID, 'A'},
    {PG_JSONB, "jsonb", "jsonb", -1, 3807, 0, 'U'},
    {3807, "_jsonb", "jsonb[]", -1, 0, PG_JSONB, 'A'},
};

enum { NTYPES = sizeof types / sizeof *types };

const PgwireType *pgwire_types_at(uint32_t index)
{
	return index < NTYPES ? &types[index] : NULL;
}

const PgwireType *pgwire_types_find(uint32_t oid)
{
	uint32_t low = 0, high = NTYPES;
	while (low < high) {
		uint32_t mid = (low + high) / 2;
		if (types[mid].oid < oid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < NTYPES && types[low].oid == oid ? &types[low] : NULL;
}

bool pgwire_types_is_json(const Type *type)
{
	return type->kind == TYPE_MAP || type->kind == TYPE_ROW || type->kind == TYPE_MULTISET || type->kind == TYPE_JSON ||
	       (type->kind == TYPE_ARRAY && type_is_nested(type->elem));
}

/* As type_print_pg: longer ones PostgreSQL has no varchar for. */
static bool is_text(const Type *type)
{
	return type->length == 0 || type->length > 10485760;
}

uint32_t pgwire_types_oid(const Type *type)
{
	static const uint16_t oids[TYPE_KINDS] = {
	    [TYPE_NULL] = PG_TEXT,
	    [TYPE_BOOLEAN] = PG_BOOL,
	    [TYPE_TINYINT] = PG_INT2,
	    [TYPE_SMALLINT] = PG_INT2,
	    [TYPE_INT] = PG_INT4,
	    [TYPE_BIGINT] = PG_INT8,
	    [TYPE_FLOAT] = PG_FLOAT4,
	    [TYPE_DOUBLE] = PG_FLOAT8,
	    [TYPE_DECIMAL] = PG_NUMERIC,
	    [TYPE_CHAR] = PG_BPCHAR,
	    [TYPE_VARCHAR] = PG_VARCHAR,
	    [TYPE_BINARY] = PG_BYTEA,
	    [TYPE_VARBINARY] = PG_BYTEA,
	    [TYPE_DATE] = PG_DATE,
	    [TYPE_TIME] = PG_TIME,
	    [TYPE_TIMESTAMP] = PG_TIMESTAMP,
	    [TYPE_TIMESTAMP_LTZ] = PG_TIMESTAMPTZ,
	    [TYPE_INTERVAL_MONTHS] = PG_INTERVAL,
	    [TYPE_INTERVAL_SECONDS] = PG_INTERVAL,
	};
	if (pgwire_types_is_json(type))
		return PG_JSONB;
	if (type->kind == TYPE_ARRAY)
		return pgwire_types_find(pgwire_types_oid(type->elem))->array;
	if (type->kind == TYPE_VARCHAR && is_text(type))
		return PG_TEXT;
	return oids[type->kind];
}

int16_t pgwire_types_len(uint32_t oid)
{
	const PgwireType *t = pgwire_types_find(oid);
	return t ? t->len : -1;
}

int32_t pgwire_types_modifier(const Type *type)
{
	switch (type->kind) {
	case TYPE_DECIMAL: return (type->precision << 16 | type->scale) + 4;
	case TYPE_CHAR: return (int32_t)(type->length ? type->length : 1) + 4;
	case TYPE_VARCHAR: return is_text(type) ? -1 : (int32_t)type->length + 4;
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: return type->precision;
	case TYPE_ARRAY: return pgwire_types_is_json(type) ? -1 : pgwire_types_modifier(type->elem);
	default: return -1;
	}
}

bool pgwire_types_declared(uint32_t oid, Arena *arena, const Type **out)
{
	static const struct {
		uint32_t oid;
		const Type *type;
	} declared[] = {
	    {0, NULL},
	    {PG_UNKNOWN, NULL},
	    {PG_BOOL, &type_boolean},
	    {PG_INT2, &type_smallint},
	    {PG_INT4, &type_int},
	    {PG_INT8, &type_bigint},
	    {PG_OID, &type_bigint},
	    {PG_FLOAT4, &type_float},
	    {PG_FLOAT8, &type_double},
	    {PG_TEXT, &type_string},
	    {PG_VARCHAR, &type_string},
	    {PG_BPCHAR, &type_string},
	    {PG_NAME, &type_string},
	    {PG_CHAR, &type_string},
	    {PG_UUID, &type_string},
	    {PG_BYTEA, &type_bytes},
	    {PG_DATE, &type_date},
	    {PG_TIMESTAMP, &type_timestamp6},
	    {PG_TIMESTAMPTZ, &type_ltz6},
	    {PG_INTERVAL, &type_interval_seconds},
	    {PG_JSON, &type_json},
	    {PG_JSONB, &type_json},
	};
	for (size_t i = 0; i < sizeof declared / sizeof *declared; i++)
		if (declared[i].oid == oid) {
			*out = declared[i].type;
			return true;
		}
	if (oid == PG_NUMERIC) {
		/* Bind replaces it by the type that its value has. */
		*out = type_decimal(arena, 38, 18);
		return true;
	}
	if (oid == PG_TIME) {
		*out = type_temporal(arena, TYPE_TIME, TYPE_TIME_PRECISION_MAX);
		return true;
	}
	const PgwireType *t = pgwire_types_find(oid);
	const Type *elem;
	if (!t || !t->elem || !pgwire_types_declared(t->elem, arena, &elem) || !elem)
		return false;
	*out = type_array(arena, elem);
	return true;
}
