/*
 * engine/front/status.c: a line in the log for each query that runs, at an interval.
 *
 *   ... | status | INFO | query runs | query="v" rows_in=6000 rows_out=10 ... rows_per_s=100 ... commit_age_ms=140
 *
 * A thread of its own, so that an engine that is slow to answer delays nobody. What is counted is counted since the
 * line before; what is a size or an age is that of now. The interval is looked at twice a second: SET changes it at
 * once.
 */
#include "engine/front/status.h"

#include <inttypes.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"
#include "engine/runtime/report.h"

enum { LOOK_US = 500000 };

typedef struct Counts {
	uint64_t rows_in, rows_out, late, bad;
	uint64_t round; /* of the newest line */
} Counts;

struct Status {
	Engine *engine;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	atomic_bool stop;
	/* of the thread */
	Map seen; /* name -> Counts */
	uint64_t round;
	int64_t last_us;
};

/* A query that was made anew counts from zero again. */
static uint64_t since(uint64_t now, uint64_t before)
{
	return now >= before ? now - before : now;
}

static void put_age(StrBuf *b, const char *name, int64_t now_us, int64_t then_us)
{
	strbuf_printf(b, " %s=%" PRId64, name, (now_us - then_us) / 1000);
}

static void say(Status *s, const Report *r, const ReportQuery *q, int64_t took_us)
{
	Counts *c = map_get(&s->seen, q->name);
	if (!c) {
		c = MEM_NEW(Counts);
		map_put(&s->seen, q->name, c);
	}
	Counts now = {q->rows_in, q->rows_out, q->late, q->bad, s->round};
	uint64_t rows_in = since(now.rows_in, c->rows_in);
	double seconds = (double)took_us / 1e6;
	StrBuf b;
	strbuf_init(&b);
	strbuf_printf(&b, "rows_in=%" PRIu64 " rows_out=%" PRIu64 " late=%" PRIu64 " bad=%" PRIu64, rows_in,
	              since(now.rows_out, c->rows_out), since(now.late, c->late), since(now.bad, c->bad));
	strbuf_printf(&b, " held=%" PRId64 " rows_per_s=%.0f", q->held_rows, seconds > 0 ? (double)rows_in / seconds : 0);
	int64_t watermark_us;
	if (q->watermark_ms != BATCH_NO_WATERMARK && q->watermark_ms != BATCH_END &&
	    !__builtin_mul_overflow(q->watermark_ms, 1000, &watermark_us))
		put_age(&b, "watermark_delay_ms", r->now_us, watermark_us);
	if (q->lag_records >= 0)
		strbuf_printf(&b, " lag_records=%" PRId64 " lag_ms=%" PRId64, q->lag_records, q->lag_us / 1000);
	strbuf_printf(&b, " state_bytes=%" PRId64 " epoch=%" PRIu64, q->state_bytes, r->store.landed);
	if (r->store.landed_us)
		put_age(&b, "commit_age_ms", r->now_us, r->store.landed_us);
	LOGI("status", q->backfill ? "query reads what its inputs hold" : "query runs", "query=\"%.*s\" %s",
	     STR_ARG(q->name), strbuf_cstr(&b));
	strbuf_deinit(&b);
	*c = now;
}

static void forget_gone(Status *s)
{
	MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&s->seen, &it));) {
		Counts *c = e->value;
		if (c->round == s->round)
			continue;
		map_remove(&s->seen, e->key);
		mem_free(c);
	}
}

static void lines(Status *s, int64_t took_us)
{
	Arena *arena = arena_open("status", 0);
	Report r;
	Err err = {0};
	if (report_take_until(s->engine, arena, &r, &s->stop, &err)) {
		s->round++;
		for (uint32_t i = 0; i < r.nqueries; i++)
			if (str_eq(r.queries[i].state, STR("running")) && !str_eq(r.queries[i].kind, STR("follow")))
				say(s, &r, &r.queries[i], took_us);
		forget_gone(s);
	}
	arena_close(arena);
}

static int64_t interval_us(Engine *e)
{
	Settings *settings = engine_settings(e);
	int64_t us = settings_duration_us(settings, "weir.status.interval");
	settings_free(settings);
	return us;
}

static void *run(void *arg)
{
	Status *s = arg;
	s->last_us = clock_mono_us(&clock_real);
	while (!atomic_load(&s->stop)) {
		int64_t interval = interval_us(s->engine), now = clock_mono_us(&clock_real);
		int64_t left = s->last_us + interval - now;
		if (interval && left <= 0) {
			lines(s, now - s->last_us);
			s->last_us = now;
			left = interval;
		}
		struct timespec until = clock_deadline(interval && left < LOOK_US ? left : LOOK_US);
		pthread_mutex_lock(&s->lock);
		if (!atomic_load(&s->stop))
			pthread_cond_timedwait(&s->wake, &s->lock, &until);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}

Status *status_open(Engine *e)
{
	Status *s = MEM_NEW(Status);
	s->engine = e;
	map_init(&s->seen);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&s->thread, NULL, run, s) == 0)
		return s;
	LOGW("status", "no thread for status lines; there will be none", NULL);
	atomic_store(&s->stop, true);
	s->engine = NULL;
	status_close(s);
	return NULL;
}

void status_close(Status *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	atomic_store(&s->stop, true);
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	if (s->engine)
		pthread_join(s->thread, NULL);
	s->round++;
	forget_gone(s);
	map_deinit(&s->seen);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}
