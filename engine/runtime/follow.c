/*
 * engine/runtime/follow.c: followers.
 */
#include "engine/runtime/follow.h"

#include <stdio.h>
#include <time.h>

#include "engine/runtime/engine_int.h"
#include "engine/operators/sink.h"

enum { FOLLOW_BYTES_MAX = 64 << 20 };

typedef struct Piece {
	Str chunk;
	struct Piece *next;
} Piece;

struct Follower {
	Engine *engine;
	const PlanQuery *plan;
	const Settings *settings;
	pthread_mutex_t lock;
	pthread_cond_t more;
	Piece *head, **tail;
	int64_t bytes;
	bool failed, ended;
	Err err;
	Query *query; /* engine thread only */
	int64_t watermark_ms;
	uint64_t rows_in, late;
	char name[32];
};

typedef struct FollowRequest {
	EngineRequest req;
	Follower *f;
} FollowRequest;

static bool start(Engine *e, EngineRequest *r, Err *err)
{
	Follower *f = ((FollowRequest *)(void *)r)->f;
	snprintf(f->name, sizeof f->name, "follow-%llu", (unsigned long long)e->next_version++);
	QueryStart qs = {.name = str_from(f->name), .plan = f->plan, .settings = f->settings, .follower = f};
	return query_start(e, &qs, &f->query, err);
}

static bool stop(Engine *e, EngineRequest *r, Err *err)
{
	(void)err;
	Follower *f = ((FollowRequest *)(void *)r)->f;
	if (f->query)
		query_stop(e, f->query, true);
	f->query = NULL;
	return true;
}

bool follow_open(Engine *e, const PlanQuery *plan, const Settings *settings, Follower **out, Err *err)
{
	Follower *f = MEM_NEW(Follower);
	f->engine = e;
	f->plan = plan;
	f->settings = settings;
	f->tail = &f->head;
	f->watermark_ms = BATCH_NO_WATERMARK;
	pthread_mutex_init(&f->lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&f->more, &attr);
	pthread_condattr_destroy(&attr);
	FollowRequest r = {.req = {.run = start}, .f = f};
	if (!engine_call(e, &r.req, err)) {
		f->query = NULL;
		follow_close(f);
		return false;
	}
	*out = f;
	return true;
}

void follow_collect(Follower *f, Operator *root)
{
	const SinkChange *changes;
	uint32_t n = sink_changes(root, &changes);
	Query *q = f->query;
	StrBuf b;
	strbuf_init(&b);
	if (n) {
		chunk_begin(&b);
		for (uint32_t i = 0; i < n; i++)
			chunk_add(&b, changes[i].kind, changes[i].batch, changes[i].row);
	}
	pthread_mutex_lock(&f->lock);
	f->watermark_ms = curve_last(&root->curve);
	if (q) {
		f->rows_in = 0;
		for (uint32_t i = 0; i < q->graph->nscans; i++)
			f->rows_in += q->graph->scans[i]->counts.rows_out;
		f->late = q->late;
	}
	if (n && !f->failed) {
		if (f->bytes + (int64_t)b.len > FOLLOW_BYTES_MAX) {
			f->failed = true;
			err_set(&f->err, ERR_OUT_OF_MEMORY,
			        "the client reads more slowly than rows arrive, and fell too far behind");
		} else {
			Piece *p = MEM_NEW(Piece);
			char *copy = mem_alloc(b.len);
			memcpy(copy, b.ptr, b.len);
			p->chunk = str_make(copy, b.len);
			*f->tail = p;
			f->tail = &p->next;
			f->bytes += (int64_t)b.len;
		}
	}
	if (root->run->at_end)
		f->ended = true;
	if (n || f->ended || f->failed)
		pthread_cond_signal(&f->more);
	pthread_mutex_unlock(&f->lock);
	strbuf_deinit(&b);
}

void follow_fail(Follower *f, const Err *err)
{
	pthread_mutex_lock(&f->lock);
	if (!f->failed) {
		f->failed = true;
		f->err = *err;
	}
	pthread_cond_signal(&f->more);
	pthread_mutex_unlock(&f->lock);
}

bool follow_next(Follower *f, int64_t timeout_ms, Str *chunk, bool *ended, Err *err)
{
	*ended = false;
	struct timespec ts = clock_deadline(timeout_ms * 1000);
	pthread_mutex_lock(&f->lock);
	while (!f->head && !f->failed && !f->ended)
		if (pthread_cond_timedwait(&f->more, &f->lock, &ts))
			break;
	bool got = f->head != NULL;
	if (got) {
		Piece *p = f->head;
		f->head = p->next;
		if (!f->head)
			f->tail = &f->head;
		f->bytes -= p->chunk.len;
		*chunk = p->chunk;
		mem_free(p);
	} else if (f->failed) {
		*err = f->err;
	} else {
		*ended = f->ended;
	}
	pthread_mutex_unlock(&f->lock);
	return got;
}

void follow_status(Follower *f, int64_t *watermark_ms, uint64_t *rows_in, uint64_t *late)
{
	pthread_mutex_lock(&f->lock);
	*watermark_ms = f->watermark_ms;
	*rows_in = f->rows_in;
	*late = f->late;
	pthread_mutex_unlock(&f->lock);
}

void follow_close(Follower *f)
{
	FollowRequest r = {.req = {.run = stop}, .f = f};
	Err err = {0};
	if (f->query)
		engine_call(f->engine, &r.req, &err);
	while (f->head) {
		Piece *p = f->head;
		f->head = p->next;
		mem_free((void *)(uintptr_t)p->chunk.ptr);
		mem_free(p);
	}
	pthread_cond_destroy(&f->more);
	pthread_mutex_destroy(&f->lock);
	mem_free(f);
}
