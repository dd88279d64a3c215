/*
 * sql/functions/resolve.h: what the resolve functions of the families share: argument patterns, result nullability,
 * constants.
 */
#ifndef WEIR_SQL_FUNCTIONS_RESOLVE_H
#define WEIR_SQL_FUNCTIONS_RESOLVE_H

#include "sql/functions/function.h"

#define RESOLVE(name) static bool name(ResolveCtx *rc, Err *err)

/*
 * One letter per argument; '+' after the last: it repeats.
 *   s text (also JSON)   y binary   Y text or binary   b BOOLEAN   i integer, any width   n number, as it is
 *   d number, made DOUBLE   t DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ   p TIMESTAMP or TIMESTAMP_LTZ or DATE   a anything
 *   A array   M map
 * A bare NULL fits everywhere.
 */
bool resolve_args(ResolveCtx *rc, const char *spec, Err *err);
/* resolve_args, then sets the kernel and the result: `result`, NOT NULL when the function is strict and all arguments
 * are. */
bool resolve_simple(ResolveCtx *rc, const char *spec, const Type *result, Kernel kernel, Err *err);
/* Defines a resolve function that is only that. */
#define RESOLVE_SIMPLE(name, spec, result, kernel)                                                                     \
	static bool name(ResolveCtx *rc, Err *err)                                                                         \
	{                                                                                                                  \
		return resolve_simple(rc, spec, result, kernel, err);                                                          \
	}
/* The same for a result that may be NULL though no argument is. */
bool resolve_nullable(ResolveCtx *rc, const char *spec, const Type *result, Kernel kernel, Err *err);
#define RESOLVE_NULLABLE(name, spec, result, kernel)                                                                   \
	static bool name(ResolveCtx *rc, Err *err)                                                                         \
	{                                                                                                                  \
		return resolve_nullable(rc, spec, result, kernel, err);                                                        \
	}

/* ERR_TYPE_MISMATCH: "LEFT does not take (INT, STRING)", the signature as the hint; false. */
bool resolve_mismatch(const ResolveCtx *rc, Err *err);
/* Is any argument nullable? */
bool resolve_any_null(const ResolveCtx *rc);
/* `type`, nullable if any argument is. */
const Type *resolve_strict_type(const ResolveCtx *rc, const Type *type);
/* The common type of arguments from, from + step ..., by type_common; all of them are set to it. NULL: none, err is
 * set. */
const Type *resolve_common(ResolveCtx *rc, uint32_t from, uint32_t step, Err *err);
/* Is argument i a constant that is not NULL? Of a text: *out is it. */
bool resolve_const_str(const ResolveCtx *rc, uint32_t i, Str *out);
bool resolve_const_i64(const ResolveCtx *rc, uint32_t i, int64_t *out);
/* A constant word out of `words` (NULL at the end; any case); its index, or -1 with err set. */
int resolve_word(const ResolveCtx *rc, uint32_t i, const char *const *words, Err *err);

#endif
