/*
 * engine/front/pg_catalog_psql.h: the few questions of clients' own that weir's SQL has no meaning for.
 */
#ifndef WEIR_ENGINE_FRONT_PG_CATALOG_PSQL_H
#define WEIR_ENGINE_FRONT_PG_CATALOG_PSQL_H

#include "base/str.h"

/* Replaces them in place by others that mean the same here. Texts that do not look like psql's are left alone. */
void pg_catalog_psql_rewrite(StrBuf *text);
/* asyncpg asks for types with a recursive query, which is known by its beginning: *query is then the same without
 * recursion; its $1 is an array of OIDs. */
bool pg_catalog_psql_types(Str text, Str *query);

#endif
