/*
 * engine/runtime/follow.h: a client that follows a query or view: SELECT ... EMIT CHANGES, SUBSCRIBE TO v.
 *
 * The engine puts the changes of each step into a bounded ring of chunks and never waits for the client: who falls
 * behind gets an error and is ended.
 */
#ifndef WEIR_ENGINE_RUNTIME_FOLLOW_H
#define WEIR_ENGINE_RUNTIME_FOLLOW_H

#include "engine/runtime/engine.h"
#include "sql/plan/plan.h"

typedef struct Follower Follower;

/* Starts following: plan has the root PLAN_RESULT (bind_select with follow). settings and plan live as long as the
 * follower. Thread: any but the engine's. */
bool follow_open(Engine *e, const PlanQuery *plan, const Settings *settings, Follower **out, Err *err);
/* The next chunk (engine/batch/chunk.h; mem_free its ptr), or false: nothing within timeout_ms (err->code is 0), the
 * end (*ended: bounded input), or an error. */
bool follow_next(Follower *f, int64_t timeout_ms, Str *chunk, bool *ended, Err *err);
/* Watermark (ms), rows read and late so far: for a status line. */
void follow_status(Follower *f, int64_t *watermark_ms, uint64_t *rows_in, uint64_t *late);
void follow_close(Follower *f);

#endif
