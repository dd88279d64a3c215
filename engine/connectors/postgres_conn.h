/*
 * engine/connectors/postgres_conn.h: a connection to PostgreSQL on which no wait is without end.
 *
 * libpq is used in its non-blocking way, each wait is a poll with a deadline; a server that does not answer in time
 * costs the connection, not the thread. Errors come with their SQLSTATE and sorted by what to do about them.
 *
 * Thread: one at a time.
 */
#ifndef WEIR_ENGINE_CONNECTORS_POSTGRES_CONN_H
#define WEIR_ENGINE_CONNECTORS_POSTGRES_CONN_H

#include <libpq-fe.h>
#include <stdatomic.h>

#include "engine/connectors/postgres_url.h"
#include "sql/catalog/options.h"

typedef enum PostgresFault {
	POSTGRES_FINE,
	POSTGRES_OUTAGE, /* connection, shutdown, resources, deadlock, time-out: try again */
	POSTGRES_DATA,   /* a row is at fault */
	POSTGRES_HARD,   /* the statement or the rights are: trying again does not help */
} PostgresFault;

typedef struct PostgresConn {
	PGconn *pg;                    /* NULL: not connected */
	int64_t connect_ms, answer_ms; /* deadlines */
	int64_t until_ms;              /* on the monotonic clock: no wait goes beyond it; 0: only the deadlines count */
	const atomic_bool *stop;       /* ends every wait when it becomes true; NULL: none */
	PostgresFault fault;           /* of the last call */
	char sqlstate[6];
} PostgresConn;

typedef struct PostgresParam {
	const char *data; /* NULL: NULL */
	size_t len;
	Oid type;
	bool binary;
} PostgresParam;

/* Parameters and deadlines of a jdbc table: url, username, password, connection.max-retry-timeout. */
bool postgres_conn_options(const Options *options, Arena *arena, PostgresParams *params, PostgresConn *conn, Err *err);
/* Connects unless connected. false: err is ERR_SINK_UNREACHABLE (retriable), or says why not at all. */
bool postgres_conn_open(PostgresConn *c, const PostgresParams *params, Err *err);
void postgres_conn_close(PostgresConn *c);
/* Is it connected, as far as can be told without asking the server? */
bool postgres_conn_alive(PostgresConn *c);

/* One statement with parameters; text results. NULL: err and c->fault. The caller clears the result. */
PGresult *postgres_conn_query(PostgresConn *c, const char *sql, const PostgresParam *params, int n, Err *err);
/* Statements without parameters, several separated by ';'; the last one's result. */
PGresult *postgres_conn_batch(PostgresConn *c, const char *sql, Err *err);
bool postgres_conn_run(PostgresConn *c, const char *sql, Err *err);

/* COPY ... FROM STDIN: begin, put any number of times, end (or give up with a reason). */
bool postgres_conn_copy_begin(PostgresConn *c, const char *sql, Err *err);
bool postgres_conn_copy_put(PostgresConn *c, const char *data, size_t len, Err *err);
bool postgres_conn_copy_end(PostgresConn *c, Err *err);

PostgresFault postgres_conn_classify(const char *sqlstate);
/* Appends a quoted name or literal. */
void postgres_conn_quote_name(StrBuf *out, Str name);
void postgres_conn_quote_literal(StrBuf *out, Str text);

#endif
