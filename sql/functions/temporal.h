/*
 * sql/functions/temporal.h: what other families need of the functions on times.
 */
#ifndef WEIR_SQL_FUNCTIONS_TEMPORAL_H
#define WEIR_SQL_FUNCTIONS_TEMPORAL_H

#include "sql/functions/function.h"

/* FLOOR(t, 'UNIT'), CEIL(t, 'UNIT'). */
bool temporal_resolve_floor(ResolveCtx *rc, bool up, Err *err);

#endif
