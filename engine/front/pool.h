/*
 * engine/front/pool.h: the query pool: a few threads that run what sessions have to do.
 *
 * A job lies in its owner and is queued at most once. It runs for a bounded time and is submitted again when there is
 * more to do: so a client that reads slowly, or follows a query for days, holds no thread.
 */
#ifndef WEIR_ENGINE_FRONT_POOL_H
#define WEIR_ENGINE_FRONT_POOL_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Pool Pool;

typedef struct PoolJob {
	void (*run)(struct PoolJob *job); /* Thread: one of the pool. May submit itself again as its last act */
	struct PoolJob *next;
} PoolJob;

Pool *pool_open(uint32_t threads);
/* Waits for the jobs that run; what is queued is not run. */
void pool_close(Pool *p);
void pool_submit(Pool *p, PoolJob *job); /* Thread: any. The job must not be queued */

#endif
