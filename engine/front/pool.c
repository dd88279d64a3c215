/*
 * engine/front/pool.c: the query pool: threads that take jobs from one list, first in, first out.
 */
#include "engine/front/pool.h"

#include <pthread.h>

#include "base/arena.h"
#include "base/err.h"

struct Pool {
	pthread_mutex_t lock;
	pthread_cond_t more;
	PoolJob *head, **tail;
	bool stop;
	pthread_t *threads;
	uint32_t nthreads;
};

static void *pool_main(void *arg)
{
	Pool *p = arg;
	pthread_mutex_lock(&p->lock);
	for (;;) {
		while (!p->head && !p->stop)
			pthread_cond_wait(&p->more, &p->lock);
		if (p->stop)
			break;
		PoolJob *job = p->head;
		p->head = job->next;
		if (!p->head)
			p->tail = &p->head;
		pthread_mutex_unlock(&p->lock);
		job->run(job);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

Pool *pool_open(uint32_t threads)
{
	Pool *p = MEM_NEW(Pool);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->more, NULL);
	p->tail = &p->head;
	p->threads = MEM_ARRAY(pthread_t, threads);
	while (p->nthreads < threads && pthread_create(&p->threads[p->nthreads], NULL, pool_main, p) == 0)
		p->nthreads++;
	ASSERT(p->nthreads);
	return p;
}

void pool_close(Pool *p)
{
	pthread_mutex_lock(&p->lock);
	p->stop = true;
	pthread_cond_broadcast(&p->more);
	pthread_mutex_unlock(&p->lock);
	for (uint32_t i = 0; i < p->nthreads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->more);
	pthread_mutex_destroy(&p->lock);
	mem_free(p->threads);
	mem_free(p);
}

void pool_submit(Pool *p, PoolJob *job)
{
	job->next = NULL;
	pthread_mutex_lock(&p->lock);
	*p->tail = job;
	p->tail = &job->next;
	pthread_cond_signal(&p->more);
	pthread_mutex_unlock(&p->lock);
}
