/*
 * engine/runtime/origin.h: what a CREATE TABLE took from others. CREATE TABLE ... LIKE t copies a definition, CREATE
 * TABLE ... AS query the columns of a query: the table must stay as it was made when t changes or is dropped. So the
 * record of such a table holds, beside its text, definitions that the text can be bound over again: its origin.
 *
 * Thread: engine.
 */
#ifndef WEIR_ENGINE_RUNTIME_ORIGIN_H
#define WEIR_ENGINE_RUNTIME_ORIGIN_H

#include "engine/runtime/execute.h"

/* The origin of a table that was bound just now, in the arena of x; empty: it took nothing. */
Str origin_of(Execute *x, const AstCreateTable *node, const TableDef *t);
/* Binds the statement of x, which was recorded with this origin, over it. */
bool origin_bind(Execute *x, Str origin, TableDef **out, Err *err);

#endif
