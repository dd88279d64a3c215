/*
 * engine/connectors/postgres_url.h: a jdbc:postgresql URL as libpq's connection parameters.
 *
 *   jdbc:postgresql://host1:5432,[::1]:5433/database?user=u&sslmode=verify-full
 *
 * Properties have the names of PostgreSQL's JDBC driver; libpq's own names are taken too, as are postgresql:// URIs.
 */
#ifndef WEIR_ENGINE_CONNECTORS_POSTGRES_URL_H
#define WEIR_ENGINE_CONNECTORS_POSTGRES_URL_H

#include "base/arena.h"
#include "base/err.h"

enum { POSTGRES_PARAMS_MAX = 64 };

/* For PQconnectStartParams: both arrays end with NULL. */
typedef struct PostgresParams {
	const char *names[POSTGRES_PARAMS_MAX + 1];
	const char *values[POSTGRES_PARAMS_MAX + 1];
	uint32_t len;
	int64_t socket_timeout_ms; /* socketTimeout: longest wait for an answer; 0: not given */
} PostgresParams;

/* span: of the url in the statement. ERR_BAD_OPTION, ERR_NO_SUCH_OPTION. */
bool postgres_url_parse(Str url, Span span, Arena *arena, PostgresParams *out, Err *err);
/* Sets a parameter, replacing what the URL said. */
bool postgres_url_set(PostgresParams *p, Arena *arena, const char *name, Str value);
/* The value of a parameter, or NULL. */
const char *postgres_url_get(const PostgresParams *p, const char *name);

#endif
