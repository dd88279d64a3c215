/*
 * engine/front/pg_catalog.h: OIDs of what PostgreSQL's catalogs show of weir.
 *
 * OIDs are made from names, so they are the same in every statement and after a restart; a name that is dropped and
 * made again keeps its own.
 */
#ifndef WEIR_ENGINE_FRONT_PG_CATALOG_H
#define WEIR_ENGINE_FRONT_PG_CATALOG_H

#include "sql/catalog/catalog.h"

enum {
	PG_OWNER = 10, /* user weir */
	PG_DATABASE = 16383,
	PG_SCHEMA_CATALOG = 11, /* pg_catalog, as in PostgreSQL */
	PG_SCHEMA_PUBLIC = 2200,
	PG_SCHEMA_INFORMATION = 13000,
	PG_SCHEMA_WEIR = 13001,
	PG_OID_FIRST = 16384,
	PG_TABLESPACE = 1663,
	PG_AM_HEAP = 2,
	PG_AM_BTREE = 403,
};

int64_t pg_catalog_schema_oid(Str schema);
const char *pg_catalog_schema_name(Str schema); /* "public" for the default one */
int64_t pg_catalog_oid(const Relation *r);
/* Of an index of the relation; the primary key's is named <relation>_pkey. */
int64_t pg_catalog_index_oid(const Relation *r, Str index);
int64_t pg_catalog_constraint_oid(const Relation *r, Str name); /* of the primary key, as pg_constraint has it */
/* Is it shown: not the tables of bad, late and refused rows. */
bool pg_catalog_shows(const Relation *r);
char pg_catalog_kind(const Relation *r); /* pg_class.relkind */

/* Functions, aggregates and the user's own, in that order. false: past the end. */
typedef struct PgFunction {
	int64_t oid;
	Str name, arguments, result, body;
	const char *doc;
	bool own, aggregate, hidden;
} PgFunction;
bool pg_catalog_function_at(const Catalog *c, uint32_t index, Arena *arena, PgFunction *out);

#endif
