/*
 * engine/front/pg_catalog_psql.h: the few phrases of psql's own questions that weir's SQL has no meaning for.
 */
#ifndef WEIR_ENGINE_FRONT_PG_CATALOG_PSQL_H
#define WEIR_ENGINE_FRONT_PG_CATALOG_PSQL_H

#include "base/str.h"

/* Replaces them in place by others that mean the same here. Texts that do not look like psql's are left alone. */
void pg_catalog_psql_rewrite(StrBuf *text);

#endif
