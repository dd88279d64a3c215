/*
 * engine/operators/scan_later.h: the rows of a range of a relation that weir keeps, as they were before the last
 * changes of the step (OperatorRun.later).
 */
#ifndef WEIR_ENGINE_OPERATORS_SCAN_LATER_H
#define WEIR_ENGINE_OPERATORS_SCAN_LATER_H

#include "engine/operators/scan_range.h"

/* rows[n] as batch_encode_row has them, in the order of the scan's path, in the run's arena. index: the scan's, NULL:
 * it goes by key. */
bool scan_later_rows(Operator *op, StateTable *table, StateTable *index, const ScanKeys *keys, const BatchList *later,
                     Str **rows, uint32_t *n, Err *err);

#endif
