/*
 * engine/connectors/postgres_read.h: what is read from PostgreSQL, as columns.
 *
 * The server sends text, in forms that a session of ours fixes; a value that its type cannot hold (NaN in a DECIMAL,
 * infinity in a TIMESTAMP, text that is no number) carries the error ROW_BAD_FIELD.
 */
#ifndef WEIR_ENGINE_CONNECTORS_POSTGRES_READ_H
#define WEIR_ENGINE_CONNECTORS_POSTGRES_READ_H

#include "engine/connectors/postgres_conn.h"
#include "sql/types/column.h"

/* Connects unless connected, and sets how values are shown. */
bool postgres_read_connect(PostgresConn *c, const PostgresParams *params, Err *err);
/* Column `at` of a result, the rows from number `from` on; texts are copied into the arena. */
void postgres_read_column(const PGresult *r, int at, uint32_t from, const Type *type, Arena *arena, Column *out);
/* Errors of reading have the codes of sources. */
bool postgres_read_failed(Err *err); /* false */

#endif
