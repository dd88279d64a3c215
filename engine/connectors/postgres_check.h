/*
 * engine/connectors/postgres_check.h: the table in PostgreSQL that a sink writes to: found, compared with what is
 * declared, or made.
 *
 * Names are looked up as PostgreSQL would fold them (Flink sends them unquoted), then as they are written.
 */
#ifndef WEIR_ENGINE_CONNECTORS_POSTGRES_CHECK_H
#define WEIR_ENGINE_CONNECTORS_POSTGRES_CHECK_H

#include "engine/connectors/postgres_conn.h"
#include "engine/connectors/sink.h"

/* How a value is written for its target column. */
typedef enum PostgresForm {
	POSTGRES_TEXT,            /* VALUE_PG */
	POSTGRES_JSON,            /* VALUE_JSON */
	POSTGRES_WALL_TO_INSTANT, /* TIMESTAMP into timestamptz */
	POSTGRES_INSTANT_TO_WALL, /* TIMESTAMP_LTZ into timestamp */
} PostgresForm;

typedef struct PostgresColumn {
	const char *name; /* quoted */
	const char *cast; /* its type without length, so that an assignment checks lengths instead of a cast cutting them */
	PostgresForm form;
} PostgresColumn;

typedef struct PostgresTarget {
	const char *table;    /* schema and name, quoted */
	PostgresColumn *cols; /* of the sink's columns, in order */
	uint32_t ncols;
	const uint32_t *key;
	uint32_t nkey;
} PostgresTarget;

/* Finds and checks the target; made if it is missing and 'weir.create-table' is set. In the arena. false:
 * ERR_SINK_SCHEMA, or c->fault and err. */
bool postgres_check_target(PostgresConn *c, const SinkSpec *spec, Arena *arena, PostgresTarget *out, Err *err);

/* A table that is read: its columns as they are declared here. */
typedef struct PostgresFields {
	const char *table;  /* schema and name, quoted */
	bool has_pages;     /* tables and their partitions: a scan of all rows can follow the pages */
	const char **names; /* quoted, of the physical columns in order */
	const char **casts; /* their types without length */
	bool *is_text;      /* of those: a kind of text */
	Str *declared;
	const Type **types;
	uint32_t n;
} PostgresFields;

/* Finds the table and the physical columns of t. false: ERR_SINK_SCHEMA, or c->fault and err. */
bool postgres_check_source(PostgresConn *c, const TableDef *t, Arena *arena, PostgresFields *out, Err *err);

#endif
