/*
 * engine/front/system_int.h: how system relations are declared and filled.
 *
 * A table is a list of columns ("name:type name:type ...") and a function that puts its cells, row by row, column by
 * column.
 *
 *   types: s STRING, i BIGINT, n INT, b BOOLEAN, d DOUBLE, t TIMESTAMP_LTZ(3), w TIMESTAMP(3), a ARRAY<STRING>, k
 * ARRAY<BIGINT>
 */
#ifndef WEIR_ENGINE_FRONT_SYSTEM_INT_H
#define WEIR_ENGINE_FRONT_SYSTEM_INT_H

#include "engine/front/session.h"

typedef struct SystemRows {
	Arena *arena;
	Engine *engine;
	Session *session;
	const Catalog *catalog;
	uint32_t ncols;
	Value *items;
	size_t len, cap;
} SystemRows;

typedef struct SystemTable {
	const char *schema, *name;
	const char *cols;
	bool (*fill)(SystemRows *r, Err *err); /* NULL: always empty */
} SystemTable;

void system_put(SystemRows *r, Value v);
void system_null(SystemRows *r);
void system_str(SystemRows *r, Str s);          /* the memory outlives the query, or is in r->arena; ptr NULL: NULL */
void system_text(SystemRows *r, const char *s); /* NULL: NULL */
void system_opt(SystemRows *r, Str s);          /* empty: NULL */
void system_i64(SystemRows *r, int64_t v);
void system_u64(SystemRows *r, uint64_t v);
void system_bool(SystemRows *r, bool v);
void system_ms(SystemRows *r, int64_t ms); /* a watermark in milliseconds; none yet, or the end: NULL */
void system_us(SystemRows *r, int64_t us); /* an instant; INT64_MIN: NULL */

/* Ended by a NULL name. */
extern const SystemTable system_weir_tables[];
extern const SystemTable pg_catalog_tables[], pg_catalog_type_tables[], pg_catalog_schema_tables[];

/* Columns of a system table; index past the end: NULL. */
const SystemTable *system_table_at(uint32_t index);

#endif
