/*
 * engine/state/evict.h: the memory bound: clean entries that were not touched lately leave RAM.
 */
#ifndef WEIR_ENGINE_STATE_EVICT_H
#define WEIR_ENGINE_STATE_EVICT_H

#include "engine/state/store_internal.h"

/* Between steps, without open scans. */
void evict_to_bound(Store *store);

#endif
