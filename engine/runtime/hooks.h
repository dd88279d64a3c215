/*
 * engine/runtime/hooks.h: what connectors and formats say about a table, asked by the binder (which is a floor below).
 */
#ifndef WEIR_ENGINE_RUNTIME_HOOKS_H
#define WEIR_ENGINE_RUNTIME_HOOKS_H

#include "sql/catalog/table.h"

/* Do the records of the table say which change they are (debezium-json)? */
bool hooks_is_capture(const TableDef *table);
bool hooks_sink_accepts(const TableDef *table, unsigned *accepts, Err *err);
bool hooks_source_facts(const TableDef *table, bool *readable, bool *bounded, bool *changelog, Err *err);

#endif
