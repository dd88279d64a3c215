/*
 * engine/connectors/postgres_marker.c: see postgres_marker.h.
 */
#include "engine/connectors/postgres_marker.h"

#include <stdlib.h>

enum { IDLE_SLACK_MS = 30000 };

void postgres_marker_init(PostgresMarker *m, uint64_t engine_id, Str sink, Arena *arena)
{
	StrBuf name;
	strbuf_init(&name);
	postgres_conn_quote_literal(&name, sink);
	m->where = arena_printf(arena, " WHERE engine = '%016llx' AND sink = %s", (unsigned long long)engine_id,
	                        strbuf_cstr(&name))
	               .ptr;
	m->values = arena_printf(arena, "'%016llx', %s", (unsigned long long)engine_id, strbuf_cstr(&name)).ptr;
	strbuf_deinit(&name);
}

static bool make_table(PostgresConn *c, Err *err)
{
	PGresult *r = postgres_conn_batch(c, "SELECT to_regclass('weir_sink_progress') IS NOT NULL", err);
	if (!r)
		return false;
	bool there = PQgetvalue(r, 0, 0)[0] == 't';
	PQclear(r);
	if (there || postgres_conn_run(
	                 c,
	                 "CREATE TABLE IF NOT EXISTS weir_sink_progress (engine text, sink text, epoch bigint NOT NULL, "
	                 "PRIMARY KEY (engine, sink))",
	                 err))
		return true;
	/* Another sink made it at the same moment. */
	if (strcmp(c->sqlstate, "23505") == 0 || strcmp(c->sqlstate, "42P07") == 0)
		return true;
	return c->fault == POSTGRES_HARD ? err_hint(err, "The sink's user must be able to create the table "
	                                                 "weir_sink_progress, or to write the one that is there.")
	                                 : false;
}

bool postgres_marker_read(const PostgresMarker *m, PostgresConn *c, uint64_t *epoch, bool *found, Err *err)
{
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_printf(&sql, "SELECT epoch FROM weir_sink_progress%s", m->where);
	PGresult *r = postgres_conn_batch(c, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	if (!r)
		return false;
	*found = PQntuples(r) == 1;
	*epoch = *found ? strtoull(PQgetvalue(r, 0, 0), NULL, 10) : 0;
	PQclear(r);
	return true;
}

bool postgres_marker_recover(const PostgresMarker *m, PostgresConn *c, uint64_t *epoch, bool *found, Err *err)
{
	return make_table(c, err) && postgres_marker_read(m, c, epoch, found, err);
}

bool postgres_marker_reset(const PostgresMarker *m, PostgresConn *c, Err *err)
{
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_printf(&sql,
	              "INSERT INTO weir_sink_progress VALUES (%s, 0) ON CONFLICT (engine, sink) DO UPDATE SET epoch = 0",
	              m->values);
	bool ok = postgres_conn_run(c, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	return ok;
}

/* SET LOCAL, so that nothing stays behind on a connection that a pooler shares. */
static void put_begin(StrBuf *sql, const PostgresConn *c)
{
	strbuf_printf(
	    sql,
	    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = %lld; "
	    "SET LOCAL idle_in_transaction_session_timeout = %lld; "
	    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'",
	    (long long)c->answer_ms, (long long)c->answer_ms + IDLE_SLACK_MS);
}

bool postgres_marker_begin_plain(PostgresConn *c, Err *err)
{
	StrBuf sql;
	strbuf_init(&sql);
	put_begin(&sql, c);
	bool ok = postgres_conn_run(c, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	return ok;
}

bool postgres_marker_begin(const PostgresMarker *m, PostgresConn *c, uint64_t old, uint64_t new, bool *moved, Err *err)
{
	StrBuf sql;
	strbuf_init(&sql);
	put_begin(&sql, c);
	strbuf_printf(&sql, "; UPDATE weir_sink_progress SET epoch = %llu%s AND epoch = %llu", (unsigned long long)new,
	              m->where, (unsigned long long)old);
	PGresult *r = postgres_conn_batch(c, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	if (!r)
		return false;
	*moved = strcmp(PQcmdTuples(r), "1") == 0;
	PQclear(r);
	return true;
}
