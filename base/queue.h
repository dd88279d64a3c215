/*
 * base/queue.h: a bounded queue of pointers between threads; pushing moves the ownership.
 *
 * Thread: all functions from any thread, except init and deinit.
 */
#ifndef WEIR_BASE_QUEUE_H
#define WEIR_BASE_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Queue {
	pthread_mutex_t mutex;
	pthread_cond_t not_empty;
	pthread_cond_t not_full;
	void **items;
	uint32_t cap;
	uint32_t head;
	uint32_t len;
	bool closed;
} Queue;

void queue_init(Queue *q, uint32_t cap);
void queue_deinit(Queue *q);
/* timeout_ms < 0: for ever; 0: try. false: full (timed out) or closed. */
bool queue_push(Queue *q, void *item, int64_t timeout_ms);
/* NULL: empty (timed out), or closed and empty. */
void *queue_pop(Queue *q, int64_t timeout_ms);
void queue_close(Queue *q); /* wakes everybody; what is queued may still be popped */
uint32_t queue_len(Queue *q);

#endif
