/*
 * sql/functions/cast.h: CAST and TRY_CAST: between which types, and by which kernel.
 *
 * A pair of types has a row function (one value, all pairs, used for the elements of nested types too) and for the
 * frequent pairs a loop over columns as well (cast_number.c). Pairs whose data is the same in both types (INT to
 * BIGINT, VARCHAR(5) to STRING) share the memory.
 */
#ifndef WEIR_SQL_FUNCTIONS_CAST_H
#define WEIR_SQL_FUNCTIONS_CAST_H

#include "sql/functions/function.h"

typedef struct CastData {
	const Type *from;
	const Type *to;
	bool try_cast;
	RowErr (*row)(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out);
} CastData;

typedef RowErr (*CastRow)(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out);

/* Fills `call` wholly. ERR_TYPE_MISMATCH when the cast may not be written. */
bool cast_resolve(Arena *arena, const Type *from, const Type *to, bool try_cast, Span span, FunctionCall *call,
                  Err *err);
/* Has a value the same data in both types? */
bool cast_same_form(const Type *from, const Type *to);
/* One value; NULL stays NULL. */
RowErr cast_value(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out);
/* NULL: no such cast. */
CastRow cast_row_find(const Type *from, const Type *to);
/* Row i failed: an error, or NULL for TRY_CAST and under the legacy behaviour. */
void cast_fail(EvalCtx *ctx, const CastData *d, Column *out, uint32_t i, RowErr e, Value in);

/* cast_number.c: between numbers and booleans. */
CastRow cast_number_row(const Type *from, const Type *to);
Kernel cast_number_kernel(const Type *from, const Type *to, bool *can_fail);
/* cast_time.c: between dates, times, timestamps and intervals. */
CastRow cast_time_row(const Type *from, const Type *to);
/* cast_text.c: from and to texts, bytes and JSON. */
CastRow cast_text_row(const Type *from, const Type *to);
Kernel cast_text_kernel(const Type *from, const Type *to); /* NULL: the general one */
/* cast_nested.c: element by element. */
CastRow cast_nested_row(const Type *from, const Type *to);

#endif
