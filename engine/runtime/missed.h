/*
 * engine/runtime/missed.h: the log of a scan, as its readers and writers beside missed.c see it. Thread: engine.
 */
#ifndef WEIR_ENGINE_RUNTIME_MISSED_H
#define WEIR_ENGINE_RUNTIME_MISSED_H

#include "engine/runtime/engine_int.h"

/* Appends an entry; the feed is behind then. */
void missed_put(Engine *e, Feed *f, Str entry);
/* An entry of one row of the relation, all columns encoded. */
void missed_put_row(Engine *e, Feed *f, int64_t weight, Str row);
/* Over what was not fed; state_scan_close. */
StateScan *missed_scan(Engine *e, const Feed *f);
/* The next entry, in the step's arena, and its key in f->log_key; false: none is left, the feed is not behind. */
bool missed_next(Engine *e, Feed *f, StateScan *s, Str *entry);
/* The row of an entry that holds one; false: it holds another number. */
bool missed_only_row(Str entry, int64_t *weight, Str *row);

#endif
