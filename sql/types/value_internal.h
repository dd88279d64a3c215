/*
 * sql/types/value_internal.h: what the value_*.c files share.
 */
#ifndef WEIR_SQL_TYPES_VALUE_INTERNAL_H
#define WEIR_SQL_TYPES_VALUE_INTERNAL_H

#include "sql/types/value.h"
#include "sql/types/zone.h"

/* The entries of a MAP or MULTISET in order of their keys: entry numbers, to be freed with mem_free. */
uint32_t *value_sorted_entries(const Type *type, Str packed, uint32_t *nentries);

/* The wall clock of an instant; zone NULL: UTC. */
int64_t value_local_us(int64_t instant_us, const Zone *zone);
void value_print_hex(Str s, StrBuf *out);
void value_print_json(const Type *type, Value v, const Zone *zone, StrBuf *out);
void value_print_pg(const Type *type, Value v, const Zone *zone, StrBuf *out); /* not NULL */

/* "cannot read '...' as INT", code as given; returns false. */
bool value_parse_failed(const Type *type, Str text, ErrCode code, Err *err);
/* Cuts an int of microseconds to the digits of the type, downwards. */
int64_t value_cut_us(const Type *type, int64_t us);
/* Reads the digits of \x... ; false: odd or no hex. */
bool value_parse_hex(Str digits, Arena *arena, Str *out);

#endif
