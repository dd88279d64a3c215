/*
 * engine/operators/scan_range.h: the key range of a scan: from equalities and a range on columns of the key or of an
 * index to bytes.
 */
#ifndef WEIR_ENGINE_OPERATORS_SCAN_RANGE_H
#define WEIR_ENGINE_OPERATORS_SCAN_RANGE_H

#include "engine/operators/operator.h"

typedef struct ScanKeys {
	Str from, to; /* [from, to); ptr NULL: open. In the query's arena */
} ScanKeys;

/* nothing: some bound is NULL, so no row can fit. */
bool scan_range_keys(Operator *op, ScanKeys *out, bool *nothing, Err *err);
/* Does a row of the relation lie in a range of the index? */
bool scan_range_has(const ScanKeys *keys, const IndexDef *index, const Type *const *types, const Value *row,
                    StrBuf *scratch);

#endif
