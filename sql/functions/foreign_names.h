/*
 * sql/functions/foreign_names.h: functions and types of other databases under the names they have there, and what
 * stands for them here. For hints only: none of them is known to the binder.
 */
#ifndef WEIR_SQL_FUNCTIONS_FOREIGN_NAMES_H
#define WEIR_SQL_FUNCTIONS_FOREIGN_NAMES_H

#include "base/str.h"

/* A sentence, or NULL. A name that weir has is never asked for. */
const char *foreign_names_function(Str name);
const char *foreign_names_type(Str name);

#endif
