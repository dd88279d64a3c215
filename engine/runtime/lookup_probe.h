/*
 * engine/runtime/lookup_probe.h: do the tables elsewhere that a plan looks into answer? Asked by a thread, for a server
 * that hangs must not hold the engine.
 *
 * Thread: engine.
 */
#ifndef WEIR_ENGINE_RUNTIME_LOOKUP_PROBE_H
#define WEIR_ENGINE_RUNTIME_LOOKUP_PROBE_H

#include "engine/connectors/lookup.h"

typedef struct LookupProbe LookupProbe;

typedef struct LookupTarget {
	const LookupType *type;
	Lookup *lookup;
} LookupTarget;

/* Takes the targets. wake: called when it is known. NULL: no thread. */
LookupProbe *lookup_probe_start(const LookupTarget *targets, uint32_t n, void (*wake)(void *ctx), void *ctx);
/* false: not known yet. *ok, and if it is not: err. */
bool lookup_probe_done(LookupProbe *p, bool *ok, Err *err);
/* Ends it, known or not, and closes the targets. NULL is fine. */
void lookup_probe_close(LookupProbe *p);

#endif
