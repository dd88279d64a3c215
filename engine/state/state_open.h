/*
 * engine/state/state_open.h: the table files of a store.
 */
#ifndef WEIR_ENGINE_STATE_STATE_OPEN_H
#define WEIR_ENGINE_STATE_STATE_OPEN_H

#include "engine/state/store_internal.h"

TableFile *state_open_file(Store *store, Str name);    /* empty, entered under its name */
void state_open_free_file(TableFile *f);               /* no statements may be left */
void state_open_drop_file(Store *store, TableFile *f); /* with the next epoch; the handle is gone */
/* A free name for the readable view. */
void state_open_name_view(const Store *store, TableFile *f, Str view);
void state_open_forget(StateTable *t); /* the handle alone */

#endif
