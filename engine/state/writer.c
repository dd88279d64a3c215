/*
 * engine/state/writer.c: the writing thread, its states, checkpoints. What it writes is in writer_epoch.c.
 *
 * A PASSIVE checkpoint gets to the end of the WAL only if no reader holds an older snapshot, and the next commit starts
 * the WAL from its beginning only if no reader holds any. So a checkpoint waits until the engine has let go of its
 * snapshot (between two steps), and the engine lets go again at each seal. Snapshots of queries are short.
 */
#include "engine/state/writer.h"

#include "base/log.h"
#include "engine/state/snapshot_internal.h"
#include "engine/state/writer_internal.h"

enum {
	/* A checkpoint holds up the epoch behind it for as long as it copies and syncs. So it is due when little is to be
	 * copied, but not too often; a long WAL does not wait. */
	WRITER_WAL_CHECKPOINT = 16 * 1024 * 1024, /* bytes of WAL at which it is due */
	WRITER_WAL_LEAST = 1024 * 1024,           /* at which it is due too, ... */
	WRITER_CHECKPOINT_MS = 250,               /* ... so long behind the last one */
	WRITER_RELEASE_MS = 50,                   /* how long it waits for the engine to let go */
	WRITER_IDLE_MS = 1000,                    /* then the WAL is emptied */
	WRITER_BACKOFF_MS_MIN = 50,
	WRITER_BACKOFF_MS_MAX = 5000,
	WRITER_INLINE_TRIES = 3,
};

static int64_t writer_now_ms(void)
{
	return clock_mono_us(&clock_real) / 1000;
}

/* How many frames the WAL has after a commit; it starts again from 0 when it was checkpointed. */
static int writer_on_wal(void *ctx, sqlite3 *db, const char *name, int frames)
{
	(void)db;
	(void)name;
	Writer *w = ctx;
	int64_t bytes = (int64_t)frames * STORE_WAL_FRAME;
	pthread_mutex_lock(&w->mutex);
	w->stats.written_bytes += bytes > w->stats.wal_bytes ? bytes - w->stats.wal_bytes : bytes;
	w->stats.wal_bytes = bytes;
	pthread_mutex_unlock(&w->mutex);
	w->wal_empty = false;
	return SQLITE_OK;
}

static void writer_wait_ms(Writer *w, pthread_cond_t *cond, int64_t ms)
{
	if (ms < 0) {
		pthread_cond_wait(cond, &w->mutex);
		return;
	}
	int64_t at_us = clock_mono_us(&clock_real) + ms * 1000;
	struct timespec until = {.tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000};
	pthread_cond_timedwait(cond, &w->mutex, &until);
}

/* Called without the mutex. */
static void writer_checkpoint(Writer *w, int mode)
{
	int frames = 0, done = 0;
	sqlite3_busy_timeout(w->db, 0);
	int rc = sqlite3_wal_checkpoint_v2(w->db, NULL, mode, &frames, &done);
	sqlite3_busy_timeout(w->db, WRITER_BUSY_MS);
	int code = rc & 0xff;
	pthread_mutex_lock(&w->mutex);
	w->checkpoint_ms = writer_now_ms() + WRITER_CHECKPOINT_MS;
	if (rc == SQLITE_OK && mode == SQLITE_CHECKPOINT_TRUNCATE) {
		w->stats.wal_bytes = 0;
		w->wal_empty = true;
	}
	if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC || code == SQLITE_CORRUPT) {
		db_error(w->db, rc, "checkpointing", &w->err);
		w->failed = true;
	}
	pthread_mutex_unlock(&w->mutex);
	if (rc != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED)
		LOGW("state", "checkpoint failed, trying again later", "error=\"%s\"", sqlite3_errmsg(w->db));
	if (rc == SQLITE_OK && done < frames && w->store->options.wal_max_bytes > 0)
		snapshot_bound_wal(w->store, (int64_t)frames * STORE_WAL_FRAME);
}

/* One attempt at the epoch in hand. Called without the mutex. */
static void writer_attempt(Writer *w)
{
	const Epoch *e = w->job;
	Err err;
	err_clear(&err);
	int64_t start = clock_mono_us(&clock_real);
	bool ok = writer_epoch_write(w, e, &err);
	int64_t took = clock_mono_us(&clock_real) - start;
	bool first_failure = false;
	pthread_mutex_lock(&w->mutex);
	if (ok) {
		w->stats.epochs++;
		w->stats.entries_written += e->entries;
		w->stats.commit_us_last = took;
		w->stats.landed_us = clock_wall_us(&clock_real);
		histogram_add(&w->stats.commits, took);
		if (took > w->stats.commit_us_max)
			w->stats.commit_us_max = took;
		w->job = NULL;
		w->failing = false;
		w->backoff_ms = WRITER_BACKOFF_MS_MIN;
		w->checkpoint_due = w->stats.wal_bytes > WRITER_WAL_CHECKPOINT ||
		                    (w->stats.wal_bytes > WRITER_WAL_LEAST && writer_now_ms() >= w->checkpoint_ms);
		w->engine_released = false;
		atomic_store(&w->landed, e->number);
	} else {
		first_failure = !w->failing || w->err.code != err.code;
		w->failing = true;
		w->failed = (err.flags & ERR_FATAL) != 0;
		w->err = err;
		w->retry_at_ms = writer_now_ms() + w->backoff_ms;
		w->backoff_ms = w->backoff_ms * 2 < WRITER_BACKOFF_MS_MAX ? w->backoff_ms * 2 : WRITER_BACKOFF_MS_MAX;
	}
	uint64_t number = ok ? atomic_load(&w->landed) : e->number;
	pthread_cond_broadcast(&w->done);
	pthread_mutex_unlock(&w->mutex);
	if (first_failure && !atomic_load(&w->crashing))
		LOGE("state", err.message, "epoch=%llu", (unsigned long long)number);
	if (w->store->options.on_landed && (ok || first_failure))
		w->store->options.on_landed(w->store->options.on_landed_ctx, number, ok ? NULL : &err);
}

/* Until when the thread may sleep, in ms from now; 0: there is something to do; < 0: nothing. With the mutex. */
static int64_t writer_sleep_ms(Writer *w)
{
	int64_t now = writer_now_ms();
	if (w->failed)
		return -1;
	if (w->job) {
		if (!w->failing || w->retry_at_ms <= now)
			return 0;
		return w->retry_at_ms - now;
	}
	if (w->checkpoint_due) {
		int64_t at = w->idle_since_ms + WRITER_RELEASE_MS;
		return w->engine_released || at <= now ? 0 : at - now;
	}
	if (!w->wal_empty) {
		int64_t at = w->idle_since_ms + WRITER_IDLE_MS;
		return at <= now ? 0 : at - now;
	}
	return -1;
}

static void *writer_main(void *arg)
{
	Writer *w = arg;
	pthread_mutex_lock(&w->mutex);
	while (!w->stop) {
		int64_t sleep_ms = writer_sleep_ms(w);
		if (sleep_ms != 0) {
			writer_wait_ms(w, &w->wake, sleep_ms);
			continue;
		}
		w->busy = true;
		bool job = w->job != NULL, due = w->checkpoint_due;
		pthread_mutex_unlock(&w->mutex);
		if (job)
			writer_attempt(w);
		else
			writer_checkpoint(w, due ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE);
		pthread_mutex_lock(&w->mutex);
		w->busy = false;
		w->idle_since_ms = writer_now_ms();
		if (!job)
			w->checkpoint_due = false;
		pthread_cond_broadcast(&w->done);
		if (w->store->options.on_free && !w->job && !w->checkpoint_due) {
			pthread_mutex_unlock(&w->mutex);
			w->store->options.on_free(w->store->options.on_landed_ctx);
			pthread_mutex_lock(&w->mutex);
		}
	}
	pthread_mutex_unlock(&w->mutex);
	return NULL;
}

Writer *writer_open(Store *store, sqlite3 *db, uint64_t landed)
{
	Writer *w = MEM_NEW(Writer);
	w->store = store;
	w->db = db;
	w->backoff_ms = WRITER_BACKOFF_MS_MIN;
	w->idle_since_ms = writer_now_ms();
	w->wal_empty = true;
	atomic_store(&w->landed, landed);
	writer_epoch_open(w);
	sqlite3_wal_hook(db, writer_on_wal, w);
	pthread_mutex_init(&w->mutex, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->wake, &attr);
	pthread_cond_init(&w->done, &attr);
	pthread_condattr_destroy(&attr);
	if (!store->options.inline_writer) {
		int rc = pthread_create(&w->thread, NULL, writer_main, w);
		ASSERT(rc == 0);
		w->threaded = true;
	}
	return w;
}

void writer_stop(Writer *w, bool finish)
{
	pthread_mutex_lock(&w->mutex);
	while (finish && w->threaded && w->job && !w->failing)
		writer_wait_ms(w, &w->done, -1);
	w->stop = true;
	atomic_store(&w->crashing, !finish);
	pthread_cond_broadcast(&w->wake);
	pthread_mutex_unlock(&w->mutex);
	if (w->threaded)
		pthread_join(w->thread, NULL);
	if (finish && w->job && !w->failed) {
		writer_attempt(w);
		if (w->job)
			LOGE("state", "the last epoch could not be written; the file stands at the one before", "epoch=%llu",
			     (unsigned long long)atomic_load(&w->landed));
	}
	if (!finish)
		sqlite3_db_config(w->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void writer_close(Writer *w)
{
	pthread_mutex_destroy(&w->mutex);
	pthread_cond_destroy(&w->wake);
	pthread_cond_destroy(&w->done);
	writer_epoch_close(w);
	db_close(w->db);
	mem_free(w);
}

bool writer_is_free(Writer *w)
{
	pthread_mutex_lock(&w->mutex);
	/* A checkpoint that is due comes first, or one epoch after the other would put it off. */
	bool is_free = !w->job && !w->busy && !w->failed && !(w->threaded && w->checkpoint_due);
	pthread_mutex_unlock(&w->mutex);
	return is_free;
}

void writer_submit(Writer *w, const Epoch *epoch)
{
	pthread_mutex_lock(&w->mutex);
	ASSERT(!w->job);
	w->job = epoch;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->mutex);
	if (w->threaded)
		return;
	for (int i = 0; i < WRITER_INLINE_TRIES && w->job && !w->failed; i++)
		writer_attempt(w);
}

uint64_t writer_landed(Writer *w)
{
	return atomic_load(&w->landed);
}

bool writer_wait(Writer *w, uint64_t epoch, int64_t timeout_ms, Err *err)
{
	int64_t until = writer_now_ms() + timeout_ms;
	pthread_mutex_lock(&w->mutex);
	while (atomic_load(&w->landed) < epoch && !w->failed) {
		int64_t left = timeout_ms < 0 ? -1 : until - writer_now_ms();
		if ((timeout_ms >= 0 && left <= 0) || (!w->threaded && w->failing))
			break;
		writer_wait_ms(w, &w->done, left);
	}
	bool ok = atomic_load(&w->landed) >= epoch;
	if (!ok && err && (w->failing || w->failed)) {
		*err = w->err;
	} else if (!ok) {
		err_set(err, ERR_STATE_IO, "epoch %llu was not written in time", (unsigned long long)epoch);
		if (err)
			err->flags = ERR_RETRIABLE;
	}
	pthread_mutex_unlock(&w->mutex);
	return ok;
}

void writer_between_steps(Writer *w)
{
	if (!w->threaded) {
		if (w->job && !w->failed && w->retry_at_ms <= writer_now_ms())
			writer_attempt(w);
		if (w->checkpoint_due)
			writer_checkpoint(w, SQLITE_CHECKPOINT_PASSIVE);
		w->checkpoint_due = false;
		return;
	}
	pthread_mutex_lock(&w->mutex);
	if (w->checkpoint_due && !w->engine_released) {
		w->engine_released = true;
		pthread_cond_signal(&w->wake);
	}
	pthread_mutex_unlock(&w->mutex);
}

bool writer_check(Writer *w, Err *err)
{
	pthread_mutex_lock(&w->mutex);
	bool ok = !w->failing && !w->failed;
	if (!ok && err)
		*err = w->err;
	pthread_mutex_unlock(&w->mutex);
	return ok;
}

void writer_stats(Writer *w, StoreStats *out)
{
	pthread_mutex_lock(&w->mutex);
	*out = w->stats;
	pthread_mutex_unlock(&w->mutex);
}

void writer_limit_pages(Writer *w, uint32_t pages)
{
	atomic_store(&w->max_pages, pages);
}
