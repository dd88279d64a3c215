/*
 * engine/connectors/postgres_read.c: see postgres_read.h.
 */
#include "engine/connectors/postgres_read.h"

bool postgres_read_connect(PostgresConn *c, const PostgresParams *params, Err *err)
{
	if (c->pg && postgres_conn_alive(c))
		return true;
	postgres_conn_close(c);
	return postgres_conn_open(c, params, err) &&
	       postgres_conn_run(c,
	                         "SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC'; "
	                         "SET bytea_output = 'hex'; SET extra_float_digits = 1",
	                         err);
}

static bool is_json(const Type *type)
{
	return type->kind == TYPE_JSON || type->kind == TYPE_MAP || type->kind == TYPE_ROW || type->kind == TYPE_MULTISET;
}

static bool read_value(const Type *type, Str text, Arena *arena, Value *out)
{
	Err why = {0};
	bool json = is_json(type) || (type->kind == TYPE_ARRAY && text.len && text.ptr[0] == '[');
	if (type->kind == TYPE_VARCHAR && type->length == TYPE_LENGTH_MAX) {
		*out = value_str(arena_str(arena, text));
		return true;
	}
	return json ? value_parse_json(type, arena_str(arena, text), arena, out, &why)
	            : value_parse_pg(type, text, NULL, arena, out, &why);
}

void postgres_read_column(const PGresult *r, int at, uint32_t from, const Type *type, Arena *arena, Column *out)
{
	uint32_t n = (uint32_t)PQntuples(r) - from;
	column_init(out, type, n, arena);
	if (n)
		memset(out->data, 0, n * column_width(out->phys));
	for (uint32_t i = 0; i < n; i++) {
		int row = (int)(from + i);
		if (PQgetisnull(r, row, at)) {
			column_set_null(out, i, arena);
			continue;
		}
		Str text = str_make(PQgetvalue(r, row, at), (size_t)PQgetlength(r, row, at));
		Value v = VALUE_NULL;
		if (read_value(type, text, arena, &v))
			column_set(out, i, v, arena);
		else
			column_set_err(out, i, ROW_BAD_FIELD, arena);
	}
}

bool postgres_read_failed(Err *err)
{
	if (!err)
		return false;
	if (err->code == ERR_SINK_UNREACHABLE)
		err->code = ERR_SOURCE_UNREACHABLE;
	else if (err->code == ERR_SINK_SCHEMA || err->code == ERR_SINK_FAILED || err->code == ERR_SINK_REFUSED)
		err->code = ERR_SOURCE_FAILED;
	return false;
}
