/*
 * engine/connectors/postgres_lookup.c: rows of a table of PostgreSQL by their keys, for lookup joins.
 *
 *   SELECT u.n, d.a, d.b FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(k1, k2, n)
 *   JOIN t AS d ON d.x = u.k1::bigint AND d.y = u.k2::text ORDER BY u.n
 *
 * All keys of a batch are asked for in one statement. Values go as text and are cast to our type, so that a number too
 * large for the column finds nothing; for a column of text to the column's, which keeps its index usable.
 */
#include "engine/connectors/connectors.h"

#include <stdlib.h>

#include "engine/connectors/postgres_array.h"
#include "engine/connectors/postgres_check.h"
#include "engine/connectors/postgres_read.h"

enum {
	PROBE_MS = 15000,
	FIRST_WAIT_MS = 100,
	LAST_WAIT_MS = 1000,
};

struct Lookup {
	LookupSpec spec;
	Arena *arena;       /* of the lookup */
	Arena *table_arena; /* of the table as it was found on this connection */
	PostgresParams params;
	PostgresConn conn;
	PostgresFields fields;
	const char *sql; /* NULL: the table has not been looked at */
	int64_t retries;
	StrBuf *values; /* one parameter a key column */
	atomic_bool stop;
};

static void postgres_lookup_close(Lookup *l)
{
	for (uint32_t k = 0; k < l->spec.nkeys; k++)
		strbuf_deinit(&l->values[k]);
	postgres_conn_close(&l->conn);
	arena_close(l->table_arena);
	arena_close(l->arena);
	mem_free(l);
}

static bool postgres_lookup_open(const LookupSpec *spec, Lookup **out, Err *err)
{
	Lookup *l = MEM_NEW(Lookup);
	l->arena = arena_open("postgres lookup", 0);
	l->table_arena = arena_open("postgres lookup table", 0);
	l->spec = *spec;
	l->spec.keys = arena_copy(l->arena, spec->keys, spec->nkeys * sizeof *spec->keys);
	l->spec.key_types = arena_copy(l->arena, spec->key_types, spec->nkeys * sizeof *spec->key_types);
	l->spec.fields = arena_copy(l->arena, spec->fields, (spec->nfields + 1) * sizeof *spec->fields);
	l->values = ARENA_ARRAY_ZERO(l->arena, StrBuf, spec->nkeys + 1);
	for (uint32_t k = 0; k < spec->nkeys; k++)
		strbuf_init(&l->values[k]);
	const Options *o = &spec->table->options;
	l->retries = options_has(o, "lookup.max-retries") ? options_int(o, "jdbc", "lookup.max-retries") : 3;
	if (!postgres_conn_options(o, l->arena, &l->params, &l->conn, err)) {
		postgres_lookup_close(l);
		return false;
	}
	l->conn.stop = &l->stop;
	*out = l;
	return true;
}

static void write_sql(Lookup *l)
{
	const LookupSpec *s = &l->spec;
	StrBuf b;
	strbuf_init(&b);
	strbuf_puts(&b, "SELECT u.n");
	for (uint32_t i = 0; i < s->nfields; i++)
		strbuf_printf(&b, ", d.%s", l->fields.names[s->fields[i]]);
	strbuf_puts(&b, " FROM unnest(");
	for (uint32_t k = 0; k < s->nkeys; k++)
		strbuf_printf(&b, "%s$%u::text[]", k ? ", " : "", k + 1);
	strbuf_puts(&b, ") WITH ORDINALITY AS u(");
	for (uint32_t k = 0; k < s->nkeys; k++)
		strbuf_printf(&b, "k%u, ", k + 1);
	strbuf_printf(&b, "n) JOIN %s AS d ON ", l->fields.table);
	for (uint32_t k = 0; k < s->nkeys; k++) {
		uint32_t c = s->keys[k];
		strbuf_printf(&b, "%sd.%s = u.k%u::", k ? " AND " : "", l->fields.names[c], k + 1);
		if (type_is_text(s->key_types[k]))
			strbuf_puts(&b, l->fields.casts[c]);
		else
			type_print_pg(type_with_null(l->table_arena, s->key_types[k], true), &b);
	}
	strbuf_puts(&b, " ORDER BY u.n");
	l->sql = arena_cstr(l->table_arena, strbuf_str(&b));
	strbuf_deinit(&b);
}

/* A connection, and the table looked at on it. */
static bool get_ready(Lookup *l, Err *err)
{
	bool connected = l->conn.pg != NULL && postgres_conn_alive(&l->conn);
	if (connected && l->sql)
		return true;
	l->sql = NULL;
	arena_reset(l->table_arena);
	if (!postgres_read_connect(&l->conn, &l->params, err) ||
	    !postgres_check_source(&l->conn, l->spec.table, l->table_arena, &l->fields, err))
		return false;
	write_sql(l);
	return true;
}

static void put_values(Lookup *l, const Column *keys, uint32_t n, PostgresParam *params)
{
	for (uint32_t k = 0; k < l->spec.nkeys; k++) {
		StrBuf *b = &l->values[k];
		postgres_array_begin(b);
		for (uint32_t i = 0; i < n; i++) {
			size_t at = postgres_array_open(b);
			value_print(l->spec.key_types[k], column_value(&keys[k], i), VALUE_PG, NULL, b);
			postgres_array_close(b, at);
		}
		postgres_array_end(b, n);
		params[k] = (PostgresParam){b->ptr, b->len, POSTGRES_TEXT_ARRAY_OID, true};
	}
}

static bool bad_value(const Lookup *l, const PGresult *r, uint32_t field, int64_t row, Err *err)
{
	uint32_t c = l->spec.fields[field];
	StrBuf type;
	strbuf_init(&type);
	type_print(l->fields.types[c], false, &type);
	err_set(err, ERR_BAD_VALUE, "column \"%.*s\" of \"%.*s\" holds \"%.60s\", which is no %s",
	        STR_ARG(l->fields.declared[c]), STR_ARG(l->spec.table->name), PQgetvalue(r, (int)row, (int)field + 1),
	        strbuf_cstr(&type));
	strbuf_deinit(&type);
	return err_hint(err, "Declare the column as it is in PostgreSQL (any type can be read as STRING), or correct the "
	                     "row, and RESUME the query.");
}

static bool read_rows(const Lookup *l, const PGresult *r, Arena *arena, Batch *rows, const uint32_t **of, Err *err)
{
	uint32_t n = (uint32_t)PQntuples(r);
	Column *cols = ARENA_ARRAY(arena, Column, l->spec.nfields + 1);
	for (uint32_t i = 0; i < l->spec.nfields; i++) {
		postgres_read_column(r, (int)i + 1, 0, l->fields.types[l->spec.fields[i]], arena, &cols[i]);
		int64_t bad = column_first_err(&cols[i]);
		if (bad >= 0)
			return bad_value(l, r, i, bad, err);
	}
	uint32_t *keys = ARENA_ARRAY(arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		keys[i] = (uint32_t)strtoul(PQgetvalue(r, (int)i, 0), NULL, 10) - 1;
	*rows = (Batch){.n = n, .ncols = l->spec.nfields, .cols = cols};
	*of = keys;
	return true;
}

static int64_t now_ms(void)
{
	return clock_mono_us(&clock_real) / 1000;
}

static bool give_up(Lookup *l, Err *err)
{
	postgres_read_failed(err);
	if (err->code == ERR_SOURCE_UNREACHABLE)
		err_hint(err, "The query is tried again by itself until PostgreSQL answers; RESUME tries at once.");
	postgres_conn_close(&l->conn);
	return false;
}

static bool postgres_lookup_ask(Lookup *l, const Column *keys, uint32_t n, Arena *arena, Batch *rows,
                                const uint32_t **of, Err *err)
{
	PostgresParam *params = ARENA_ARRAY(arena, PostgresParam, l->spec.nkeys + 1);
	put_values(l, keys, n, params);
	int64_t end = now_ms() + l->spec.patience_ms, wait = FIRST_WAIT_MS;
	l->conn.until_ms = end;
	for (int64_t tries = 0;; tries++) {
		PGresult *r = get_ready(l, err) ? postgres_conn_query(&l->conn, l->sql, params, (int)l->spec.nkeys, err) : NULL;
		if (r) {
			bool ok = read_rows(l, r, arena, rows, of, err);
			PQclear(r);
			return ok;
		}
		bool outage = l->conn.fault == POSTGRES_OUTAGE;
		if (!outage || tries >= l->retries || now_ms() + wait >= end)
			return give_up(l, err);
		postgres_conn_close(&l->conn);
		err_clear(err);
		clock_sleep_us(wait * 1000);
		wait = wait * 2 > LAST_WAIT_MS ? LAST_WAIT_MS : wait * 2;
	}
}

static bool postgres_lookup_probe(Lookup *l, Err *err)
{
	PostgresParam *params = ARENA_ARRAY(l->arena, PostgresParam, l->spec.nkeys + 1);
	l->conn.until_ms = now_ms() + PROBE_MS;
	put_values(l, NULL, 0, params);
	PGresult *r = get_ready(l, err) ? postgres_conn_query(&l->conn, l->sql, params, (int)l->spec.nkeys, err) : NULL;
	PQclear(r);
	return r != NULL || postgres_read_failed(err);
}

static void postgres_lookup_stop(Lookup *l)
{
	atomic_store(&l->stop, true);
}

const LookupType postgres_lookup_type = {
    .connector = "jdbc",
    .open = postgres_lookup_open,
    .ask = postgres_lookup_ask,
    .probe = postgres_lookup_probe,
    .stop = postgres_lookup_stop,
    .close = postgres_lookup_close,
};
