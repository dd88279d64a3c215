/*
 * engine/runtime/lookup.h: what lookup joins are told about the tables they look into.
 */
#ifndef WEIR_ENGINE_RUNTIME_LOOKUP_H
#define WEIR_ENGINE_RUNTIME_LOOKUP_H

#include "engine/runtime/engine_int.h"

/* For queries: ctx is the Query. */
extern const OperatorLookup lookup_of_query;

/* The rows of a relation that weir keeps, as they are now, and an index of it; NULL: not open, gone. ctx: the Query. */
StateTable *lookup_rows_of(void *ctx, const Relation *rel);
StateTable *lookup_index_of(void *ctx, const Relation *rel, uint32_t index);

/* q has failed: if it was for an outage of what it looks into, it is tried again after a while. */
void lookup_failed(Query *q, const Err *err);
/* It is not tried again by itself (any more). */
void lookup_stop(Query *q);
/* Those for whom the time has come go on, when the table answers. */
void lookup_retry(Engine *e, int64_t now_us);

#endif
