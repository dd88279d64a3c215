/*
 * sql/functions/interval.h: + - * / with times and intervals.
 */
#ifndef WEIR_SQL_FUNCTIONS_INTERVAL_H
#define WEIR_SQL_FUNCTIONS_INTERVAL_H

#include "sql/functions/function.h"

/* Resolves rc->call when an argument is a time or an interval; *handled = false: none is, numbers follow. */
bool interval_resolve(ResolveCtx *rc, bool *handled, Err *err);

#endif
