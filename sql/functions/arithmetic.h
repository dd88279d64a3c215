/*
 * sql/functions/arithmetic.h: what arithmetic on numbers, on times and casts share.
 */
#ifndef WEIR_SQL_FUNCTIONS_ARITHMETIC_H
#define WEIR_SQL_FUNCTIONS_ARITHMETIC_H

#include "sql/functions/function.h"

/* The low bits of v as an integer of this type: Java's narrowing. */
int64_t arithmetic_wrap(TypeKind kind, int64_t v);
/* Row i fails: "x op y does not fit INT". */
void arithmetic_overflow(EvalCtx *ctx, const FunctionCall *call, Column *out, uint32_t i, int64_t x, int64_t y);

#endif
