/*
 * engine/runtime/history.h: what happened to the engine and its queries: weir.history.
 */
#ifndef WEIR_ENGINE_RUNTIME_HISTORY_H
#define WEIR_ENGINE_RUNTIME_HISTORY_H

#include "engine/runtime/engine.h"

typedef struct HistoryEvent {
	int64_t seq; /* rises */
	int64_t at_us;
	uint64_t epoch; /* the newest closed one at that time */
	Str event;      /* "engine started", "statement", "query failed" ... */
	Str name;       /* of the object; empty: none */
	Str error_code;
	Str detail;
} HistoryEvent;

/* Oldest first; all in the arena. Thread: any but the engine's. */
bool history_take(Engine *e, Arena *arena, HistoryEvent **out, uint32_t *n, Err *err);

/* Lands with the epoch that is open. Above weir.history.max the oldest go. Thread: engine. */
void history_add(Engine *e, const char *event, Str name, const Err *error, Str detail);
/* A statement that has changed something, without its secrets. */
void history_add_statement(Engine *e, const AstNode *stmt, const Catalog *before);

#endif
