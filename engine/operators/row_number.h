/*
 * engine/operators/row_number.h: numbers that tell rows of equal keys apart, for operators that keep rows beside each
 * other. The next one is kept under the key "" of one of the operator's state tables, written once per epoch.
 */
#ifndef WEIR_ENGINE_OPERATORS_ROW_NUMBER_H
#define WEIR_ENGINE_OPERATORS_ROW_NUMBER_H

#include "engine/operators/operator.h"

typedef struct RowNumber {
	StateTable *table;
	uint64_t next;
	bool changed;
	bool stored; /* the table has the entry: one that is no row */
} RowNumber;

/* Goes on where the last epoch ended. ERR_STATE_CORRUPT. */
bool row_number_open(RowNumber *r, StateTable *table, Err *err);
/* Before the seal. */
void row_number_checkpoint(RowNumber *r);

static inline uint64_t row_number_take(RowNumber *r)
{
	r->changed = true;
	return r->next++;
}

#endif
