/*
 * engine/front/status.h: a line in the log for each query that runs, at an interval (weir.status.interval).
 */
#ifndef WEIR_ENGINE_FRONT_STATUS_H
#define WEIR_ENGINE_FRONT_STATUS_H

#include "engine/runtime/engine.h"

typedef struct Status Status;

/* NULL when there can be no thread for it, which is logged: nothing depends on these lines. */
Status *status_open(Engine *e);
/* Before the engine is closed; does not wait for one that hangs. NULL is fine. */
void status_close(Status *s);

#endif
