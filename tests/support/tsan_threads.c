/*
 * tests/support/tsan_threads.c: C11 threads, mutexes and conditions as calls of pthreads, for builds with
 * ThreadSanitizer.
 *
 * librdkafka uses <threads.h>. The sanitizer intercepts pthread_create and its kin alone, and glibc's thrd_create does
 * not call them: such a thread has no state in the sanitizer, and the first instrumented function that it enters (a
 * callback of ours, an interceptor of malloc) reads a null pointer. The definitions here come before glibc's for the
 * whole program, its libraries included. In glibc the types of both are the same memory (bits/thread-shared-types.h).
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

_Static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t), "glibc: one memory");
_Static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t), "glibc: one memory");
_Static_assert(sizeof(once_flag) == sizeof(pthread_once_t), "glibc: one memory");
_Static_assert(sizeof(thrd_t) == sizeof(pthread_t), "glibc: one memory");

typedef struct Begin {
	thrd_start_t run;
	void *arg;
} Begin;

static int result(int rc)
{
	switch (rc) {
	case 0: return thrd_success;
	case EBUSY: return thrd_busy;
	case ETIMEDOUT: return thrd_timedout;
	case ENOMEM: return thrd_nomem;
	default: return thrd_error;
	}
}

static pthread_mutex_t *mutex(mtx_t *m)
{
	return (pthread_mutex_t *)(void *)m;
}

static pthread_cond_t *cond(cnd_t *c)
{
	return (pthread_cond_t *)(void *)c;
}

static void *begin(void *arg)
{
	Begin b = *(Begin *)arg;
	free(arg);
	return (void *)(intptr_t)b.run(b.arg);
}

int thrd_create(thrd_t *thread, thrd_start_t run, void *arg)
{
	Begin *b = malloc(sizeof *b);
	if (!b)
		return thrd_nomem;
	*b = (Begin){run, arg};
	int rc = pthread_create(thread, NULL, begin, b);
	if (rc != 0)
		free(b);
	return rc == EAGAIN ? thrd_nomem : result(rc);
}

int thrd_join(thrd_t thread, int *out)
{
	void *value;
	int rc = pthread_join(thread, &value);
	if (rc == 0 && out)
		*out = (int)(intptr_t)value;
	return result(rc);
}

int thrd_detach(thrd_t thread)
{
	return result(pthread_detach(thread));
}

void thrd_exit(int value)
{
	pthread_exit((void *)(intptr_t)value);
}

int mtx_init(mtx_t *m, int type)
{
	pthread_mutexattr_t attr;
	pthread_mutexattr_init(&attr);
	if (type & mtx_recursive)
		pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	int rc = pthread_mutex_init(mutex(m), &attr);
	pthread_mutexattr_destroy(&attr);
	return result(rc);
}

int mtx_lock(mtx_t *m)
{
	return result(pthread_mutex_lock(mutex(m)));
}

int mtx_trylock(mtx_t *m)
{
	return result(pthread_mutex_trylock(mutex(m)));
}

int mtx_timedlock(mtx_t *restrict m, const struct timespec *restrict until)
{
	return result(pthread_mutex_timedlock(mutex(m), until));
}

int mtx_unlock(mtx_t *m)
{
	return result(pthread_mutex_unlock(mutex(m)));
}

void mtx_destroy(mtx_t *m)
{
	pthread_mutex_destroy(mutex(m));
}

int cnd_init(cnd_t *c)
{
	return result(pthread_cond_init(cond(c), NULL));
}

int cnd_signal(cnd_t *c)
{
	return result(pthread_cond_signal(cond(c)));
}

int cnd_broadcast(cnd_t *c)
{
	return result(pthread_cond_broadcast(cond(c)));
}

int cnd_wait(cnd_t *c, mtx_t *m)
{
	return result(pthread_cond_wait(cond(c), mutex(m)));
}

int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict until)
{
	return result(pthread_cond_timedwait(cond(c), mutex(m), until));
}

void cnd_destroy(cnd_t *c)
{
	pthread_cond_destroy(cond(c));
}

void call_once(once_flag *flag, void (*run)(void))
{
	pthread_once((pthread_once_t *)(void *)flag, run);
}
