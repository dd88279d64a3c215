/*
 * sql/functions/pg_functions.h: what PostgreSQL's own functions (pg_get_viewdef, format_type, regclass ...) ask of the
 * catalog, which is above this floor.
 *
 * The session gives the answers through EvalEnv.pg.
 */
#ifndef WEIR_SQL_FUNCTIONS_PG_FUNCTIONS_H
#define WEIR_SQL_FUNCTIONS_PG_FUNCTIONS_H

#include "base/arena.h"

typedef enum PgQuestion {
	PG_ASK_RELATION,     /* OID -> its name, with the schema where it must be written */
	PG_ASK_RELATION_OID, /* name -> OID */
	PG_ASK_VISIBLE,      /* OID of a relation -> may its schema be left out */
	PG_ASK_VIEW,         /* OID -> the query of a view */
	PG_ASK_INDEX,        /* OID, column or 0 -> CREATE INDEX, or the column */
	PG_ASK_CONSTRAINT,   /* OID -> PRIMARY KEY (...) */
	PG_ASK_COMMENT,      /* OID, column or 0 */
	PG_ASK_TYPE,         /* OID, modifier -> SQL's name */
	PG_ASK_TYPE_OID,     /* name -> OID */
	PG_ASK_SCHEMA,       /* OID -> name */
	PG_ASK_SETTING,      /* name -> value */
	PG_ASK_ARGUMENTS,    /* OID of a function -> its arguments */
	PG_ASK_RESULT,       /* OID of a function -> its result */
} PgQuestion;

typedef struct PgAnswer {
	Str text;
	int64_t number; /* OIDs and truth values */
} PgAnswer;

typedef struct PgLookup {
	void *ctx;
	/* false: the answer is NULL. */
	bool (*ask)(void *ctx, PgQuestion question, int64_t oid, int64_t number, Str name, Arena *arena, PgAnswer *out);
} PgLookup;

#endif
