/*
 * engine/runtime/lookup_probe.c: see lookup_probe.h. The targets are the thread's until it is joined; only `stop`
 * reaches them meanwhile.
 */
#include "engine/runtime/lookup_probe.h"

#include <pthread.h>
#include <stdatomic.h>

struct LookupProbe {
	pthread_t thread;
	LookupTarget *targets;
	uint32_t n;
	void (*wake)(void *ctx);
	void *ctx;
	atomic_bool done; /* guards what follows */
	bool ok;
	Err err;
};

static void *run(void *arg)
{
	LookupProbe *p = arg;
	p->ok = true;
	for (uint32_t i = 0; p->ok && i < p->n; i++)
		p->ok = p->targets[i].type->probe(p->targets[i].lookup, &p->err);
	atomic_store(&p->done, true);
	p->wake(p->ctx);
	return NULL;
}

static void close_targets(LookupProbe *p)
{
	for (uint32_t i = 0; i < p->n; i++)
		p->targets[i].type->close(p->targets[i].lookup);
	mem_free(p->targets);
	mem_free(p);
}

LookupProbe *lookup_probe_start(const LookupTarget *targets, uint32_t n, void (*wake)(void *ctx), void *ctx)
{
	LookupProbe *p = MEM_NEW(LookupProbe);
	p->targets = MEM_ARRAY(LookupTarget, n + 1);
	memcpy(p->targets, targets, n * sizeof *targets);
	p->n = n;
	p->wake = wake;
	p->ctx = ctx;
	if (pthread_create(&p->thread, NULL, run, p) == 0)
		return p;
	close_targets(p);
	return NULL;
}

bool lookup_probe_done(LookupProbe *p, bool *ok, Err *err)
{
	if (!atomic_load(&p->done))
		return false;
	*ok = p->ok;
	*err = p->err;
	return true;
}

void lookup_probe_close(LookupProbe *p)
{
	if (!p)
		return;
	for (uint32_t i = 0; i < p->n; i++)
		p->targets[i].type->stop(p->targets[i].lookup);
	pthread_join(p->thread, NULL);
	close_targets(p);
}
