/*
 * engine/connectors/sink_marker.h: the epoch marker in a target against what is to be delivered.
 *
 *   marker = last      go on                      marker among the epochs given   those up to it are there already
 *   marker < last      the target lost commits    marker beyond the newest        an old state file was restored
 */
#ifndef WEIR_ENGINE_CONNECTORS_SINK_MARKER_H
#define WEIR_ENGINE_CONNECTORS_SINK_MARKER_H

#include "engine/connectors/sink.h"

/* *from: the first epoch that is not in the target yet (n: all are). false: ERR_SINK_MARKER. target: "PostgreSQL", a
 * topic ... */
bool sink_marker_check(Str sink, const char *target, uint64_t marker, uint64_t last, const SinkEpoch *epochs,
                       uint32_t n, uint32_t *from, Err *err);

#endif
