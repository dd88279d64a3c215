/*
 * engine/runtime/send.h: INSERT INTO connector_table VALUES: rows that are sent once, without a query.
 *
 * The engine computes them between two steps; the session hands them to the connector itself and returns when the
 * target has them. Nothing of it is state: a statement that was not answered may be sent again (at-least-once).
 */
#ifndef WEIR_ENGINE_RUNTIME_SEND_H
#define WEIR_ENGINE_RUNTIME_SEND_H

#include "engine/runtime/engine_int.h"

/* Thread: engine. Leaves the rows in s->send, behind those that are there (a STATEMENT SET has several). once: the text
 * of a statement that is recorded when they are sent, see execute_ran_once; empty: it is not. */
bool send_collect(Engine *e, EngineStatement *s, const PlanQuery *plan, const Relation *target, Str once, Err *err);
/* Waits until the targets have them, or *s->req.cancel. A refused row refuses the statement and what is behind it.
 * Thread: the session's. */
bool send_deliver(Engine *e, EngineStatement *s, Err *err);
void send_free(EngineStatement *s);

#endif
