/*
 * engine/state/load.h: a table's entries from the file into RAM, when it is opened and after a discard.
 */
#ifndef WEIR_ENGINE_STATE_LOAD_H
#define WEIR_ENGINE_STATE_LOAD_H

#include "engine/state/store_internal.h"

/* Fills an empty table: one scan of the file in key order up to the memory bound (behind it only prefixes and filters),
 * then the sealed layer over it. Thread: engine. */
bool load_table(StateTable *t, Err *err);
/* Makes the filters anew, from the keys of the file and of RAM. */
bool load_filters(StateTable *t, Err *err);

#endif
