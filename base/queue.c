/*
 * base/queue.c: a ring of pointers under one mutex.
 *
 * Waiting uses the monotonic clock, so that a change of the wall clock does not stretch a timeout.
 */
#include "base/queue.h"

#include <errno.h>
#include <time.h>

#include "base/arena.h"
#include "base/assert.h"

void queue_init(Queue *q, uint32_t cap)
{
	ASSERT(cap > 0);
	*q = (Queue){.cap = cap};
	q->items = MEM_ARRAY(void *, cap);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	ASSERT(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	ASSERT(pthread_mutex_init(&q->mutex, NULL) == 0);
	ASSERT(pthread_cond_init(&q->not_empty, &attr) == 0);
	ASSERT(pthread_cond_init(&q->not_full, &attr) == 0);
	pthread_condattr_destroy(&attr);
}

void queue_deinit(Queue *q)
{
	pthread_cond_destroy(&q->not_full);
	pthread_cond_destroy(&q->not_empty);
	pthread_mutex_destroy(&q->mutex);
	mem_free(q->items);
	*q = (Queue){0};
}

static struct timespec queue_deadline(int64_t timeout_ms)
{
	/* More than a year is for ever, and does not overflow. */
	const int64_t longest_ms = INT64_C(400) * 24 * 3600 * 1000;
	if (timeout_ms > longest_ms)
		timeout_ms = longest_ms;
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += (time_t)(timeout_ms / 1000);
	t.tv_nsec += (long)(timeout_ms % 1000) * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

/* Waits once, the mutex being held; false: the time is up. */
static bool queue_wait(Queue *q, pthread_cond_t *cond, int64_t timeout_ms, const struct timespec *deadline)
{
	if (timeout_ms == 0)
		return false;
	if (timeout_ms < 0) {
		pthread_cond_wait(cond, &q->mutex);
		return true;
	}
	return pthread_cond_timedwait(cond, &q->mutex, deadline) != ETIMEDOUT;
}

bool queue_push(Queue *q, void *item, int64_t timeout_ms)
{
	ASSERT(item != NULL);
	struct timespec deadline = {0};
	if (timeout_ms > 0)
		deadline = queue_deadline(timeout_ms);
	pthread_mutex_lock(&q->mutex);
	while (q->len == q->cap && !q->closed && queue_wait(q, &q->not_full, timeout_ms, &deadline)) {
	}
	bool pushed = q->len < q->cap && !q->closed;
	if (pushed) {
		q->items[((uint64_t)q->head + q->len) % q->cap] = item;
		q->len++;
		pthread_cond_signal(&q->not_empty);
	}
	pthread_mutex_unlock(&q->mutex);
	return pushed;
}

void *queue_pop(Queue *q, int64_t timeout_ms)
{
	struct timespec deadline = {0};
	if (timeout_ms > 0)
		deadline = queue_deadline(timeout_ms);
	pthread_mutex_lock(&q->mutex);
	while (q->len == 0 && !q->closed && queue_wait(q, &q->not_empty, timeout_ms, &deadline)) {
	}
	void *item = NULL;
	if (q->len > 0) {
		item = q->items[q->head];
		q->head = (q->head + 1) % q->cap;
		q->len--;
		pthread_cond_signal(&q->not_full);
	}
	pthread_mutex_unlock(&q->mutex);
	return item;
}

void queue_close(Queue *q)
{
	pthread_mutex_lock(&q->mutex);
	q->closed = true;
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->mutex);
}

uint32_t queue_len(Queue *q)
{
	pthread_mutex_lock(&q->mutex);
	uint32_t len = q->len;
	pthread_mutex_unlock(&q->mutex);
	return len;
}
