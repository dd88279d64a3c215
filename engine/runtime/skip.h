/*
 * engine/runtime/skip.h: rows of stored inputs that a query leaves out (RESUME ... SKIP). Thread: engine.
 */
#ifndef WEIR_ENGINE_RUNTIME_SKIP_H
#define WEIR_ENGINE_RUNTIME_SKIP_H

#include "engine/runtime/engine_int.h"

void skip_open(Engine *e, Feed *f);
void skip_close(Feed *f);
void skip_sealed(Engine *e, Feed *f); /* with the feed's checkpoint */
/* Changes of the input, all its columns, without what takes back a row that was left out. */
const Batch *skip_filter(Feed *f, const Batch *b, Arena *arena);
/* Does the walk pass over this row? Only where feed->walk_skips. */
bool skip_walked(Engine *e, Feed *f, Str key, Str row);
/* The weight of a row (encoded) that the query does not have, and a change of it. */
int64_t skip_weight(const Feed *f, Str row);
void skip_add(Engine *e, Feed *f, Str row, int64_t weight);

#endif
