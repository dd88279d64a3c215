/*
 * engine/state/seal.h: the layers' life in the engine's thread.
 */
#ifndef WEIR_ENGINE_STATE_SEAL_H
#define WEIR_ENGINE_STATE_SEAL_H

#include "engine/state/store_internal.h"

/* Freezes the changes as store->sealed. There is no sealed layer. */
void seal_epoch(Store *store);
/* The sealed epoch has landed, and the reader holds no older snapshot: its layer goes. Returns whether one went. */
bool seal_drop_landed(Store *store);
/* Frees what was sealed, landed or not (closing). */
void seal_forget(Store *store);

#endif
