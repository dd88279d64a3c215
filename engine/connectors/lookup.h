/*
 * engine/connectors/lookup.h: a connector whose tables can be asked for the rows of given keys.
 *
 * Called by the engine thread, within a step: no call waits for long. An outage is tried again a few times, then it is
 * ERR_SOURCE_UNREACHABLE with ERR_RETRIABLE, and the runtime tries the query again later.
 */
#ifndef WEIR_ENGINE_CONNECTORS_LOOKUP_H
#define WEIR_ENGINE_CONNECTORS_LOOKUP_H

#include "engine/batch/batch.h"
#include "sql/catalog/table.h"

typedef struct Lookup Lookup;

/* Columns are numbers among the table's physical columns. Copied as far as needed; the table outlives the Lookup. */
typedef struct LookupSpec {
	const TableDef *table;
	const uint32_t *keys;
	const Type *const *key_types; /* of the values that are asked for */
	uint32_t nkeys;
	const uint32_t *fields; /* wanted */
	uint32_t nfields;
} LookupSpec;

typedef struct LookupType {
	const char *connector;
	bool (*open)(const LookupSpec *spec, Lookup **out, Err *err); /* does not connect */
	/* The rows of n distinct keys without NULLs, in the order of the keys, fields as columns; of[i]: the key of row i.
	 */
	bool (*ask)(Lookup *l, const Column *keys, uint32_t n, Arena *arena, Batch *rows, const uint32_t **of, Err *err);
	/* Does it answer? One attempt. */
	bool (*probe)(Lookup *l, Err *err);
	void (*close)(Lookup *l);
} LookupType;

const LookupType *lookup_find(Str connector); /* NULL: its tables cannot be asked */

#endif
