/*
 * engine/front/pgwire_binary.h: values in PostgreSQL's binary forms, both ways; and parameters in either form.
 *
 * Source of the forms: PostgreSQL's send and receive functions (src/backend/utils/adt/numeric.c, arrayfuncs.c,
 * timestamp.c ...).
 */
#ifndef WEIR_ENGINE_FRONT_PGWIRE_BINARY_H
#define WEIR_ENGINE_FRONT_PGWIRE_BINARY_H

#include "sql/types/value.h"

/* Appends the value (not NULL) of a column as pgwire_types_oid(type) says. */
void pgwire_binary_encode(const Type *type, Value v, StrBuf *out);

/* A parameter as the client sent it. oid: that it declared, or that it was told. type: in: of the parameter; out: may
 * be one that holds the value exactly (the digits of a decimal, months of an interval). Strings point into bytes or lie
 * in the arena. */
struct Zone;
bool pgwire_binary_param(uint32_t oid, bool binary, Str bytes, const struct Zone *zone, Arena *arena, const Type **type,
                         Value *out, Err *err);

#endif
