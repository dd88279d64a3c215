/*
 * sql/types/value_internal.h: what the value_*.c files share.
 */
#ifndef WEIR_SQL_TYPES_VALUE_INTERNAL_H
#define WEIR_SQL_TYPES_VALUE_INTERNAL_H

#include "sql/types/value.h"

/* The entries of a MAP or MULTISET in order of their keys: entry numbers, to be freed with mem_free. */
uint32_t *value_sorted_entries(const Type *type, Str packed, uint32_t *nentries);

#endif
