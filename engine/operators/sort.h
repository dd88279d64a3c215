/*
 * engine/operators/sort.h: ORDER BY as bytes, and what sort.c and limit.c share.
 */
#ifndef WEIR_ENGINE_OPERATORS_SORT_H
#define WEIR_ENGINE_OPERATORS_SORT_H

#include "engine/operators/operator.h"

/* Appends the bytes of a row's sort keys: memcmp orders them. */
void sort_put_key(const SortKey *keys, uint32_t nkeys, const Batch *b, uint32_t row, StrBuf *out);
void sort_put_value(const SortKey *key, const Type *type, Value v, StrBuf *out);
/* Row numbers in order of their keys, equal ones as they come. */
uint32_t *sort_by_keys(const Str *keys, uint32_t n, Arena *arena);
/* LIMIT (-1: none) and OFFSET of a PLAN_SORT or PLAN_LIMIT node. */
bool sort_bounds(Operator *op, int64_t *limit, int64_t *offset, Err *err);

#endif
