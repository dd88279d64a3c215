/*
 * engine/connectors/lookup.h: a connector whose tables can be asked for the rows of given keys.
 *
 * Asked by the engine thread, within a step: no call takes longer than the patience. An outage is tried again within
 * it, then it is ERR_SOURCE_UNREACHABLE with ERR_RETRIABLE, and the runtime probes in a thread of its own until the
 * table answers, and tries the query again.
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
	int64_t patience_ms; /* how long one ask may take, with all attempts */
} LookupSpec;

typedef struct LookupType {
	const char *connector;
	bool (*open)(const LookupSpec *spec, Lookup **out, Err *err); /* does not connect */
	/* The rows of n distinct keys without NULLs, in the order of the keys, fields as columns; of[i]: the key of row i.
	 */
	bool (*ask)(Lookup *l, const Column *keys, uint32_t n, Arena *arena, Batch *rows, const uint32_t **of, Err *err);
	/* Does it answer, for no keys? One attempt, which may take long. Thread: one of the caller's. */
	bool (*probe)(Lookup *l, Err *err);
	/* Ends a probe that waits. Thread: any. */
	void (*stop)(Lookup *l);
	void (*close)(Lookup *l);
} LookupType;

const LookupType *lookup_find(Str connector); /* NULL: its tables cannot be asked */

#endif
