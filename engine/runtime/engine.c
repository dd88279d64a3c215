/*
 * engine/runtime/engine.c: opening and closing, the thread of the engine, requests of other threads.
 */
#include "engine/runtime/engine.h"

#include <time.h>

#include "base/hash.h"
#include "base/log.h"
#include "engine/runtime/engine_int.h"
#include "engine/runtime/history.h"
#include "engine/runtime/execute.h"
#include "engine/runtime/send.h"

enum { REQUESTS_A_STEP = 64 }; /* so that a flood of statements does not hold up the streams */

void engine_wake(void *engine)
{
	Engine *e = engine;
	pthread_mutex_lock(&e->lock);
	e->woken = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
}

void engine_release(Engine *e)
{
	atomic_store(&e->hold, false);
	engine_wake(e);
}

static void landed(void *ctx, uint64_t epoch, const Err *err)
{
	(void)epoch;
	(void)err;
	engine_wake(ctx);
}

Catalog *engine_catalog(Engine *e)
{
	pthread_mutex_lock(&e->lock);
	Catalog *c = catalog_ref(e->catalog);
	pthread_mutex_unlock(&e->lock);
	return c;
}

void engine_set_catalog(Engine *e, Catalog *c)
{
	pthread_mutex_lock(&e->lock);
	Catalog *old = e->catalog;
	e->catalog = c;
	pthread_mutex_unlock(&e->lock);
	catalog_unref(old);
}

Store *engine_store(Engine *e)
{
	return e->store;
}

const Clock *engine_clock(const Engine *e)
{
	return e->clock;
}

Settings *engine_settings(Engine *e)
{
	pthread_mutex_lock(&e->lock);
	Settings *copy = settings_copy(e->settings);
	pthread_mutex_unlock(&e->lock);
	return copy;
}

const EngineOptions *engine_options(const Engine *e)
{
	return &e->opt;
}

static bool open_tables(Engine *e, Err *err)
{
	StateSpec spec = {.unit = 0, .kind = STATE_ORDERED};
	spec.name = STR("weir.meta");
	if (!state_open(e->store, &spec, &e->meta, err))
		return false;
	spec.name = STR("weir.positions");
	if (!state_open(e->store, &spec, &e->positions, err))
		return false;
	spec.name = STR("weir.bad");
	if (!state_open(e->store, &spec, &e->bad_rows, err))
		return false;
	spec.name = STR("weir.missed");
	if (!state_open(e->store, &spec, &e->missed, err))
		return false;
	spec.name = STR("weir.history");
	if (!state_open(e->store, &spec, &e->history, err))
		return false;
	spec.name = STR("weir.outbox");
	if (!state_open(e->store, &spec, &e->outboxes, err))
		return false;
	spec.name = STR("weir.catalog");
	return state_open(e->store, &spec, &e->records, err);
}

static uint64_t get_counter(StateTable *t, const char *name, uint64_t otherwise)
{
	uint32_t len;
	const void *v = state_get(t, str_from(name), &len);
	uint64_t n = otherwise;
	if (v && len == sizeof n)
		memcpy(&n, v, sizeof n);
	return n;
}

bool engine_open(const EngineOptions *options, Engine **out, Err *err)
{
	Engine *e = MEM_NEW(Engine);
	e->opt = *options;
	atomic_init(&e->hold, options->hold);
	if (!e->opt.sink_accepts)
		e->opt.sink_accepts = hooks_sink_accepts;
	if (!e->opt.source_facts)
		e->opt.source_facts = hooks_source_facts;
	e->clock = options->clock ? options->clock : &clock_real;
	e->settings = options->settings ? settings_copy(options->settings) : settings_new();
	pthread_mutex_init(&e->lock, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&e->wake, &attr);
	pthread_cond_init(&e->done, &attr);
	pthread_condattr_destroy(&attr);
	e->requests_tail = &e->requests;
	e->step = arena_open("step", 0);
	map_init(&e->sides);
	e->catalog = catalog_new();
	e->next_unit = 1;
	StoreOptions so = {
	    .path = options->state_path,
	    .clock = e->clock,
	    .memory_bytes = settings_size(e->settings, "weir.memory"),
	    .wal_max_bytes = settings_size(e->settings, "weir.wal.max"),
	    .inline_writer = options->manual,
	    .on_landed = landed,
	    .on_free = engine_wake,
	    .on_landed_ctx = e,
	};
	if (!store_open(&so, &e->store, err))
		goto fail;
	if (!open_tables(e, err))
		goto fail;
	e->next_ord = (int64_t)get_counter(e->meta, "ordinal", 1);
	e->step_rows = ENGINE_STEP_ROWS;
	e->next_side = get_counter(e->meta, "side", 1);
	e->next_seq = get_counter(e->meta, "record", 1);
	e->next_version = get_counter(e->meta, "version", 1);
	if (options->state_path) /* else nobody can ask after the end, and a start costs a commit */
		history_add(e, "engine started", STR_EMPTY, NULL, STR("weir " WEIR_VERSION));
	if (!restore_all(e, err))
		goto fail;
	*out = e;
	return true;
fail:
	engine_crash(e);
	return false;
}

static void free_engine(Engine *e)
{
	catalog_unref(e->catalog);
	settings_free(e->settings);
	arena_close(e->step);
	mem_free(e->readers);
	map_deinit(&e->sides);
	pthread_cond_destroy(&e->wake);
	pthread_cond_destroy(&e->done);
	pthread_mutex_destroy(&e->lock);
	mem_free(e);
}

static void close_queries(Engine *e)
{
	while (e->queries) {
		Query *q = e->queries;
		while (q->next)
			q = q->next; /* those who read views before the views */
		query_stop(e, q, false);
	}
	while (e->tables)
		own_close(e, e->tables, false);
	side_close(e);
}

void engine_crash(Engine *e)
{
	/* what is not sealed is lost, as if the process had died */
	Err err = {0};
	for (Query *q = e->queries; e->store && q; q = q->next)
		store_discard(e->store, q->unit, &err);
	close_queries(e);
	if (e->store)
		store_crash(e->store);
	free_engine(e);
}

static bool outboxes_idle(Engine *e)
{
	for (Query *q = e->queries; q; q = q->next)
		if (q->outbox && !outbox_idle(q->outbox) && !outbox_failed(q->outbox, NULL))
			return false;
	return true;
}

bool engine_close(Engine *e, int64_t timeout_ms)
{
	int64_t until = clock_mono_us(&clock_real) + timeout_ms * 1000; /* all of it, the epoch and the delivery */
	if (e->threaded) {
		pthread_mutex_lock(&e->lock);
		e->stop = true;
		e->stop_ms = timeout_ms / 2; /* once in its thread, once more below */
		pthread_cond_signal(&e->wake);
		pthread_mutex_unlock(&e->lock);
		pthread_join(e->thread, NULL);
	}
	Err err = {0};
	if (!e->fatal && e->opt.state_path)
		history_add(e, "engine stopped", STR_EMPTY, NULL, STR_EMPTY);
	bool ok = e->fatal || engine_checkpoint(e, &err);
	if (!ok)
		LOGE("engine", "the last epoch could not be committed", "error=\"%s\"", err.message);
	while (ok && !outboxes_idle(e) && clock_mono_us(&clock_real) < until) {
		clock_sleep_us(5000);
	}
	bool idle = outboxes_idle(e);
	if (!idle)
		LOGW("engine",
		     e->opt.state_path ? "stopped before all output was delivered; it stays in the outbox"
		                       : "stopped before all output was delivered; without --state the rest of it is gone",
		     NULL);
	close_queries(e);
	store_close(e->store);
	free_engine(e);
	return ok && idle;
}

/* ---- requests ---- */

/* A request that is neither queued nor waiting is being run: only the engine's thread ends it. */
static EngineRequest *next_request(Engine *e)
{
	pthread_mutex_lock(&e->lock);
	EngineRequest *r = e->requests;
	if (r) {
		e->requests = r->next;
		if (!e->requests)
			e->requests_tail = &e->requests;
		r->next = NULL;
	}
	pthread_mutex_unlock(&e->lock);
	return r;
}

/* Runs what was asked for. true: something was done. */
static bool run_requests(Engine *e)
{
	EngineRequest *r;
	uint32_t n = 0;
	while (n < REQUESTS_A_STEP && (r = next_request(e))) {
		n++;
		atomic_store(&e->idle,
		             false); /* who asked for a query and then waits for its end must not see what was before */
		r->ok = r->run(e, r, &r->err);
		r->epoch = store_sealed_epoch(e->store);
		bool wait = r->ok && r->wait_landed;
		if (wait && engine_needs_seal(e))
			r->epoch++;
		pthread_mutex_lock(&e->lock);
		if (wait) {
			r->next = e->waiting;
			e->waiting = r;
		} else {
			r->done = true;
			pthread_cond_broadcast(&e->done);
		}
		pthread_mutex_unlock(&e->lock);
	}
	return n > 0;
}

static void finish_landed(Engine *e)
{
	uint64_t epoch = store_landed_epoch(e->store);
	/* what was to be committed may be gone with a query that failed: then no epoch is to come */
	bool none_to_come = epoch == store_sealed_epoch(e->store) && !engine_needs_seal(e);
	pthread_mutex_lock(&e->lock);
	for (EngineRequest **p = &e->waiting; *p;) {
		EngineRequest *r = *p;
		if (r->epoch > epoch && !none_to_come) {
			p = &r->next;
			continue;
		}
		*p = r->next;
		r->done = true;
		pthread_cond_broadcast(&e->done);
	}
	pthread_mutex_unlock(&e->lock);
}

static bool someone_waits(Engine *e)
{
	pthread_mutex_lock(&e->lock);
	bool waits = e->waiting != NULL;
	pthread_mutex_unlock(&e->lock);
	return waits;
}

static bool unlink_request(EngineRequest **list, const EngineRequest *r)
{
	for (; *list; list = &(*list)->next)
		if (*list == r) {
			*list = r->next;
			return true;
		}
	return false;
}

/* Takes back a request that nobody has begun, or that only waits for its epoch. The lock is held. */
static bool withdraw(Engine *e, EngineRequest *r)
{
	if (unlink_request(&e->requests, r)) {
		e->requests_tail = &e->requests;
		while (*e->requests_tail)
			e->requests_tail = &(*e->requests_tail)->next;
		r->ok = err_set(&r->err, ERR_CANCELED, "canceled");
		return true;
	}
	if (unlink_request(&e->waiting, r)) {
		r->ok =
		    err_set(&r->err, ERR_CANCELED, "canceled while waiting for the commit; the change takes effect with it");
		return true;
	}
	return false;
}

bool engine_call(Engine *e, EngineRequest *r, Err *err)
{
	r->done = false;
	r->next = NULL;
	if (!e->threaded) {
		StepResult step;
		r->ok = r->run(e, r, &r->err);
		if (r->ok && r->wait_landed)
			r->ok = engine_step(e, &step, &r->err) && engine_checkpoint(e, &r->err);
		r->epoch = store_sealed_epoch(e->store);
		if (!r->ok)
			*err = r->err;
		return r->ok;
	}
	pthread_mutex_lock(&e->lock);
	if (e->stop) {
		pthread_mutex_unlock(&e->lock);
		return e->fatal ? (*err = e->fatal_err, false) : err_set(err, ERR_CANCELED, "the engine is stopping");
	}
	*e->requests_tail = r;
	e->requests_tail = &r->next;
	e->woken = true;
	pthread_cond_signal(&e->wake);
	while (!r->done) {
		if (!r->cancel && !r->until_us) {
			pthread_cond_wait(&e->done, &e->lock);
			continue;
		}
		bool late = r->until_us && clock_mono_us(&clock_real) >= r->until_us;
		if ((late || (r->cancel && atomic_load(r->cancel))) && withdraw(e, r))
			break;
		struct timespec ts = clock_deadline(20000);
		pthread_cond_timedwait(&e->done, &e->lock, &ts);
	}
	pthread_mutex_unlock(&e->lock);
	if (!r->ok)
		*err = r->err;
	return r->ok;
}

/* ---- the thread ---- */

/* In how many us an epoch is to be closed; INT64_MAX: nothing is to be sealed, or the writer has to be free first, and
 * wakes us then. */
static int64_t seal_in_us(Engine *e)
{
	if (!engine_needs_seal(e))
		return INT64_MAX;
	if (!e->changed_us)
		e->changed_us = clock_mono_us(e->clock);
	if (!store_writer_free(e->store))
		return INT64_MAX;
	if (e->ended || someone_waits(e))
		return 0;
	bool output = false;
	for (Query *q = e->queries; q; q = q->next)
		output |= q->closed || (q->outbox && (outbox_dirty(q->outbox) || outbox_wants_proof(q->outbox)));
	int64_t interval =
	    settings_duration_us(e->settings, output ? "weir.epoch.min" : "execution.checkpointing.interval");
	int64_t passed = clock_mono_us(e->clock) - e->last_seal_us;
	return passed >= interval ? 0 : interval - passed;
}

static void wait_for_work(Engine *e, int64_t wake_us)
{
	int64_t most_us = 50000;
	int64_t seal_us = seal_in_us(e);
	if (seal_us < most_us)
		most_us = seal_us;
	int64_t now = clock_wall_us(e->clock);
	if (wake_us != INT64_MAX && wake_us - now < most_us)
		most_us = wake_us > now ? wake_us - now : 0;
	struct timespec ts = clock_deadline(most_us);
	pthread_mutex_lock(&e->lock);
	while (!e->woken && !e->stop && !e->requests)
		if (pthread_cond_timedwait(&e->wake, &e->lock, &ts))
			break;
	e->woken = false;
	pthread_mutex_unlock(&e->lock);
}

/* Nobody waits for ever: what was asked for is done and committed, or refused. */
static void end_requests(Engine *e)
{
	pthread_mutex_lock(&e->lock);
	e->stop = true;
	pthread_mutex_unlock(&e->lock);
	Err err = {0};
	if (!e->fatal) {
		while (run_requests(e))
			;
		if (engine_checkpoint(e, &err))
			finish_landed(e);
	}
	pthread_mutex_lock(&e->lock);
	*e->requests_tail = e->waiting;
	for (EngineRequest *r = e->requests; r; r = r->next) {
		r->ok = err_set(&r->err, ERR_CANCELED, "the engine stopped before this was committed");
		if (e->fatal)
			r->err = e->fatal_err;
		r->done = true;
	}
	e->requests = e->waiting = NULL;
	e->requests_tail = &e->requests;
	pthread_cond_broadcast(&e->done);
	pthread_mutex_unlock(&e->lock);
}

static void *engine_main(void *arg)
{
	Engine *e = arg;
	for (;;) {
		pthread_mutex_lock(&e->lock);
		bool stop = e->stop;
		pthread_mutex_unlock(&e->lock);
		if (stop)
			break;
		atomic_store(&e->round_us, clock_mono_us(&clock_real));
		bool asked = run_requests(e);
		StepResult step;
		Err err = {0};
		if (!engine_step(e, &step, &err)) {
			LOGE("engine", "stopped: the state file cannot be trusted", "error=\"%s\" detail=\"%s\"", err.message,
			     err.detail);
			e->fatal = true;
			e->fatal_err = err;
			atomic_store(&e->broken, true);
			break;
		}
		e->ended = step.all_done && !step.rows && !step.more;
		if (seal_in_us(e) == 0 && !engine_seal(e, &err))
			LOGE("engine", "an epoch could not be closed", "error=\"%s\"", err.message);
		finish_landed(e);
		if (!step.rows && !step.more && !asked) {
			atomic_store(&e->round_us, 0);
			wait_for_work(e, step.wake_us);
		}
		atomic_store(&e->idle, !step.rows && !step.more && step.all_done && !engine_needs_seal(e) && outboxes_idle(e));
	}
	end_requests(e);
	return NULL;
}

void engine_start(Engine *e)
{
	ASSERT(!e->opt.manual);
	e->threaded = true;
	if (pthread_create(&e->thread, NULL, engine_main, e) != 0) {
		e->threaded = false;
		e->fatal = true;
		err_set(&e->fatal_err, ERR_INTERNAL, "cannot start the engine's thread");
	}
}

bool engine_finished(Engine *e)
{
	return atomic_load(&e->idle) || atomic_load(&e->broken);
}

bool engine_reading(Engine *e)
{
	return atomic_load(&e->reading) && !atomic_load(&e->broken);
}

bool engine_endless(Engine *e)
{
	return atomic_load(&e->endless);
}

int64_t engine_round_us(Engine *e)
{
	int64_t since = atomic_load(&e->round_us);
	return since ? clock_mono_us(&clock_real) - since : 0;
}

bool engine_broken(Engine *e)
{
	return atomic_load(&e->broken);
}

bool engine_bind_context(Engine *e, const Settings *settings, Arena *arena, Str text, StrBuf *notices, BindContext *bc)
{
	*bc = (BindContext){
	    .arena = arena,
	    .catalog = e->catalog,
	    .settings = settings,
	    .text = text,
	    .notices = notices,
	    .for_test = e->opt.test_source != NULL,
	    .is_stream = e->opt.test_is_stream,
	    .is_stream_ctx = e->opt.test_ctx,
	    .sink_accepts = e->opt.sink_accepts,
	    .source_facts = e->opt.source_facts,
	};
	bc->env = bind_env(settings, clock_wall_us(e->clock));
	return true;
}

/* ---- failures ---- */

typedef struct FailuresRequest {
	EngineRequest req;
	FILE *out;
	uint32_t n;
} FailuresRequest;

static bool list_failures(Engine *e, EngineRequest *r, Err *err)
{
	(void)err;
	FailuresRequest *f = (FailuresRequest *)(void *)r;
	for (Query *q = e->queries; q; q = q->next) {
		Err why = q->error;
		bool failed = q->state == QUERY_FAILED;
		if (!failed && q->outbox)
			failed = outbox_failed(q->outbox, &why);
		if (!failed)
			continue;
		StrBuf text;
		strbuf_init(&text);
		err_print(&why, NULL, 1, NULL, 0, &text);
		fprintf(f->out, "query \"%.*s\" failed: %s", STR_ARG(q->name), strbuf_cstr(&text));
		strbuf_deinit(&text);
		f->n++;
	}
	return true;
}

uint32_t engine_failures(Engine *e, FILE *out)
{
	FailuresRequest f = {.req = {.run = list_failures}, .out = out};
	Err err = {0};
	if (!engine_call(e, &f.req, &err)) {
		fprintf(out, "the engine stopped: %s\n", err.message);
		f.n++;
	}
	return f.n;
}

typedef struct LeftRequest {
	EngineRequest req;
	const Map *declared;
} LeftRequest;

static bool list_left(Engine *e, EngineRequest *r, Err *err)
{
	const LeftRequest *l = (const LeftRequest *)(const void *)r;
	Arena *arena = arena_open("left", 0);
	RestoreRecord *list;
	uint32_t n;
	bool ok = restore_list(e, arena, &list, &n, err);
	for (uint32_t i = 0; ok && i < n; i++)
		if (list[i].from_file && list[i].kind != RECORD_ONCE && !map_get(l->declared, str_trim(list[i].sql)))
			LOGW("serve", "is in no file any more; kept until it is dropped", "%s=\"%.*s\"",
			     list[i].kind == RECORD_QUERY ? "query" : "object", STR_ARG(list[i].name));
	arena_close(arena);
	return ok;
}

void engine_report_left(Engine *e, const Map *declared)
{
	LeftRequest l = {.req = {.run = list_left}, .declared = declared};
	Err err = {0};
	if (!engine_call(e, &l.req, &err))
		LOGW("serve", "cannot list what left the files", "error=\"%s\"", err.message);
}

bool engine_first_failure(Engine *e, Err *err)
{
	for (Query *q = e->queries; q; q = q->next) {
		if (q->state == QUERY_FAILED) {
			*err = q->error;
			return true;
		}
		if (q->outbox && outbox_failed(q->outbox, err))
			return true;
	}
	return false;
}

/* ---- statements ---- */

static bool run_statement(Engine *e, EngineRequest *r, Err *err)
{
	EngineStatement *s = (EngineStatement *)(void *)r;
	bool ok = execute_statement(e, s, NULL, err);
	if (!ok && s->send)
		send_free(s);
	return ok;
}

typedef struct BackfillRequest {
	EngineRequest req;
	Str name;
	bool walking;
} BackfillRequest;

static bool ask_backfill(Engine *e, EngineRequest *r, Err *err)
{
	(void)err;
	BackfillRequest *b = (BackfillRequest *)(void *)r;
	const Query *q = query_find(e, b->name);
	b->walking = false;
	for (uint32_t i = 0; q && q->state == QUERY_RUNNING && i < q->nfeeds; i++)
		b->walking |= q->feeds[i].walking;
	return true;
}

/* A new view is ready when it has walked what its inputs hold. */
static bool wait_backfill(Engine *e, EngineStatement *s, Err *err)
{
	const AstCreateView *node = AST_CONST(AstCreateView, s->stmt);
	BackfillRequest b = {.req = {.run = ask_backfill, .wait_landed = true, .cancel = s->req.cancel},
	                     .name = execute_path_name(&node->path)};
	for (;;) {
		if (!engine_call(e, &b.req, err))
			return err->code == ERR_CANCELED ? err_hint(err, "The view is there; its backfill goes on.") : false;
		s->req.epoch = b.req.epoch;
		if (!b.walking)
			return true;
		clock_sleep_us(2000);
	}
}

bool engine_execute(Engine *e, EngineStatement *s, Err *err)
{
	s->req.run = run_statement;
	s->req.wait_landed = true;
	if (!engine_call(e, &s->req, err))
		return false;
	if (s->send)
		return send_deliver(e, s, err);
	if (s->stmt->kind == AST_REPLAY && !s->dry)
		return replay_wait(e, s, err);
	/* a statement of a client, or of a file that is run, may be followed by a SELECT */
	bool serve = s->from_file && !s->once_always;
	if (s->stmt->kind == AST_CREATE_VIEW && e->threaded && !serve && !s->dry)
		return wait_backfill(e, s, err);
	return true;
}
