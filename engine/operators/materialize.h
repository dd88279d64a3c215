/*
 * engine/operators/materialize.h: the root of a view: its rows and indexes, for who reads or changes them from outside.
 */
#ifndef WEIR_ENGINE_OPERATORS_MATERIALIZE_H
#define WEIR_ENGINE_OPERATORS_MATERIALIZE_H

#include "engine/operators/operator.h"

/* The view's rows. */
StateTable *materialize_rows(Operator *op);
StateTable *materialize_index(Operator *op, uint32_t at);
/* Between steps. rel: the view's new version, whose last index is new; the caller fills it. */
bool materialize_add_index(Operator *op, const Relation *rel, StateTable **out, Err *err);
/* rel: the new version, without the index that was number `at`. */
void materialize_drop_index(Operator *op, const Relation *rel, uint32_t at);
/* k$ of each row of a batch of the relation's columns; for STORED_BY_HASH without the copy's number. */
void materialize_keys(const Stored *stored, const Batch *b, Arena *arena, Str *keys);

#endif
