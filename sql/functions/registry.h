/*
 * sql/functions/registry.h: the families, for function.c and aggregate.c alone; users include function.h or
 * aggregate.h.
 */
#ifndef WEIR_SQL_FUNCTIONS_REGISTRY_H
#define WEIR_SQL_FUNCTIONS_REGISTRY_H

#include "sql/functions/aggregate.h"
#include "sql/functions/function.h"

/* Ended by a NULL pointer. */
extern const FunctionTable *const registry_families[];

typedef struct AggregateTable {
	const Aggregate *items;
	uint32_t len;
} AggregateTable;

extern const AggregateTable *const registry_aggregates[];

#endif
