/*
 * sql/catalog/options_int.h: what options.c and options_check.c share. Nobody else includes it.
 */
#ifndef WEIR_SQL_CATALOG_OPTIONS_INT_H
#define WEIR_SQL_CATALOG_OPTIONS_INT_H

#include "sql/catalog/options.h"

/* The row for a key in a scope ("kafka", "format:json"); an exact name goes before a pattern. NULL: none. */
const OptionDef *options_def_find(Str scope, Str key);
/* Is the scope in the list "kafka,upsert-kafka"? */
bool options_scope_has(const char *scopes, Str scope);
/* The choice that the value means (case ignored), as the table spells it; empty: none. */
Str options_choice(const OptionDef *def, Str value);

#endif
