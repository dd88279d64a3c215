/*
 * engine/runtime/again.h: records of a source that a query gets again (REPLAY): they wait in the query's log, table
 * weir.missed, until the epoch that holds their effects. Thread: engine.
 */
#ifndef WEIR_ENGINE_RUNTIME_AGAIN_H
#define WEIR_ENGINE_RUNTIME_AGAIN_H

#include "engine/runtime/engine_int.h"

void again_put(Engine *e, Feed *f, const ReaderRecord *record);
bool again_decode(Str entry, ReaderRecord *out); /* points into the entry */
/* Feeds what waits, at most max records, behind the rows of the reader. *rows: how many. false: the query fails. */
bool again_feed(Engine *e, Feed *f, int64_t next_ord, uint32_t max, uint32_t *rows, Err *err);

#endif
