/*
 * engine/runtime/lookup.h: what lookup joins are told about the tables they look into.
 */
#ifndef WEIR_ENGINE_RUNTIME_LOOKUP_H
#define WEIR_ENGINE_RUNTIME_LOOKUP_H

#include "engine/operators/operator.h"

/* For queries: ctx is the Query. */
extern const OperatorLookup lookup_of_query;

#endif
