/*
 * sql/functions/comparison.h: how operands of a comparison are brought together; shared by = < IN, IS DISTINCT FROM and
 * CASE x WHEN.
 */
#ifndef WEIR_SQL_FUNCTIONS_COMPARISON_H
#define WEIR_SQL_FUNCTIONS_COMPARISON_H

#include "sql/functions/function.h"

/* Sets the types of all arguments so that they can be compared with each other: one type, or decimals each with its own
 * scale. A constant text takes the type of the others. ordered: < is wanted, not only =. */
bool comparison_coerce(ResolveCtx *rc, bool ordered, Err *err);
/* Are two values equal that comparison_coerce brought together? Neither is NULL. Doubles by IEEE. */
bool comparison_equal(const Type *ta, Value a, const Type *tb, Value b);

#endif
