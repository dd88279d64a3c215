/*
 * engine/operators/lookup_cache.h: what a lookup join remembers of a table elsewhere: key bytes to rows, as the options
 * lookup.partial-cache.* say. In RAM only: after a restart it is empty.
 */
#ifndef WEIR_ENGINE_OPERATORS_LOOKUP_CACHE_H
#define WEIR_ENGINE_OPERATORS_LOOKUP_CACHE_H

#include "base/arena.h"
#include "sql/catalog/options.h"

typedef struct LookupCache LookupCache;

/* NULL: the options ask for none. */
LookupCache *lookup_cache_open(const Options *options);
void lookup_cache_close(LookupCache *c); /* NULL too */
uint32_t lookup_cache_len(const LookupCache *c);
/* The rows of a key, copied into the arena; false: not there, or too old. */
bool lookup_cache_get(LookupCache *c, Str key, int64_t now_us, Arena *arena, Str **rows, uint32_t *n);
void lookup_cache_put(LookupCache *c, Str key, int64_t now_us, const Str *rows, uint32_t n);

#endif
