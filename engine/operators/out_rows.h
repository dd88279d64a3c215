/*
 * engine/operators/out_rows.h: rows that an operator makes one by one, gathered into batches of the step.
 *
 * A row's cells are set with out_rows_set or out_rows_set_key after out_rows_add; strings must live as long as the
 * step. Rows come out in the order in which they were added; out_rows_flush hands the last batch on, and must be called
 * before the operator's visit ends.
 */
#ifndef WEIR_ENGINE_OPERATORS_OUT_ROWS_H
#define WEIR_ENGINE_OPERATORS_OUT_ROWS_H

#include "engine/operators/operator.h"

typedef struct OutRows {
	Operator *op;
	uint32_t ncols;
	Column *cols; /* of the open batch, in the step's arena; NULL: none is open */
	int64_t *weight, *ord, *stamp;
	uint32_t n, cap, last_cap;
	bool weights; /* some weight is not +1 */
} OutRows;

void out_rows_init(OutRows *o, Operator *op);
/* A new row; returns its number in the open batch. */
uint32_t out_rows_add(OutRows *o, int64_t weight, int64_t ord, int64_t stamp);
/* Takes back the row that was added last. */
void out_rows_undo(OutRows *o);
void out_rows_flush(OutRows *o);
/* Reads the next value of a canonical key (value_encode_key) into a cell. */
void out_rows_set_key(OutRows *o, uint32_t col, uint32_t row, CodecReader *r);
/* A whole row of a batch with the same columns. */
void out_rows_copy(OutRows *o, const Batch *b, uint32_t row, int64_t weight, int64_t ord, int64_t stamp);
/* A row of values. */
void out_rows_values(OutRows *o, const Value *values, int64_t weight, int64_t ord, int64_t stamp);

static inline void out_rows_set(OutRows *o, uint32_t col, uint32_t row, Value v)
{
	column_set(&o->cols[col], row, v, o->op->run->step);
}

static inline void out_rows_set_i64(OutRows *o, uint32_t col, uint32_t row, int64_t v)
{
	o->cols[col].i64[row] = v;
}

#endif
