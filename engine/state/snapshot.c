/*
 * engine/state/snapshot.c: read connections with a read transaction each, and the bound on the WAL that they hold back.
 */
#include "engine/state/snapshot.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/state/snapshot_internal.h"

enum { SNAPSHOT_POOL = 4, SNAPSHOT_CACHE_KB = 4096, SNAPSHOT_PROGRESS_OPS = 2000 };

struct SnapshotPool {
	pthread_mutex_t mutex;
	sqlite3 *idle[SNAPSHOT_POOL];
	uint32_t nidle;
	Snapshot *oldest, *newest; /* open ones */
	uint32_t lifted;           /* backups running */
	int64_t foreign_said_ms;
	Map moved; /* names of renamed tables, before and after */
};

SnapshotPool *snapshot_pool_open(void)
{
	SnapshotPool *pool = MEM_NEW(SnapshotPool);
	pthread_mutex_init(&pool->mutex, NULL);
	return pool;
}

void snapshot_pool_close(SnapshotPool *pool)
{
	ASSERT(!pool->oldest);
	for (uint32_t i = 0; i < pool->nidle; i++)
		db_close(pool->idle[i]);
	MapEntry *entry;
	for (uint32_t it = 0; (entry = map_next(&pool->moved, &it));)
		mem_free(entry->value);
	map_deinit(&pool->moved);
	pthread_mutex_destroy(&pool->mutex);
	mem_free(pool);
}

static int snapshot_on_progress(void *arg)
{
	return snapshot_is_ended(arg);
}

bool snapshot_is_ended(const Snapshot *s)
{
	return atomic_load_explicit(&s->bounded, memory_order_relaxed) ||
	       (s->cancel && atomic_load_explicit(s->cancel, memory_order_relaxed));
}

bool snapshot_error(Snapshot *s, int rc, Err *err)
{
	if ((rc & 0xff) != SQLITE_INTERRUPT && rc != SQLITE_OK)
		return db_error(s->db, rc, "reading", err);
	if (!atomic_load(&s->bounded)) {
		err_set(err, ERR_CANCELED, "canceled");
		if (err)
			err->flags = ERR_CANCELED;
		return false;
	}
	err_set(err, ERR_CANCELED,
	        "the query was ended: it held back the write-ahead log of the state file, which has passed its bound");
	return err_hint(err, "Ask for fewer rows at a time, or raise 'weir.wal.max'.");
}

bool snapshot_open(Store *store, const atomic_bool *cancel, Snapshot **out, Err *err)
{
	SnapshotPool *pool = store->snapshots;
	Snapshot *s = MEM_NEW(Snapshot);
	s->store = store;
	s->cancel = cancel;
	pthread_mutex_lock(&pool->mutex);
	if (pool->nidle > 0)
		s->db = pool->idle[--pool->nidle];
	pthread_mutex_unlock(&pool->mutex);
	if (!s->db && !(db_open(store->path, DB_READER, &s->db, err) &&
	                db_execf(s->db, err, "PRAGMA cache_size=-%d", SNAPSHOT_CACHE_KB))) {
		db_close(s->db);
		mem_free(s);
		return false;
	}
	int64_t epoch;
	bool found;
	if (!db_exec(s->db, "BEGIN", err) ||
	    !db_int(s->db, "SELECT value FROM \"weir$meta\" WHERE name = 'epoch'", &epoch, &found, err)) {
		db_close(s->db);
		mem_free(s);
		return false;
	}
	s->epoch = (uint64_t)epoch;
	sqlite3_progress_handler(s->db, SNAPSHOT_PROGRESS_OPS, snapshot_on_progress, s);
	pthread_mutex_lock(&pool->mutex);
	s->older = pool->newest;
	if (pool->newest)
		pool->newest->newer = s;
	else
		pool->oldest = s;
	pool->newest = s;
	pthread_mutex_unlock(&pool->mutex);
	*out = s;
	return true;
}

void snapshot_close(Snapshot *s)
{
	if (!s)
		return;
	SnapshotPool *pool = s->store->snapshots;
	snapshot_forget_get(s);
	sqlite3_progress_handler(s->db, 0, NULL, NULL);
	sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	pthread_mutex_lock(&pool->mutex);
	if (s->older)
		s->older->newer = s->newer;
	else
		pool->oldest = s->newer;
	if (s->newer)
		s->newer->older = s->older;
	else
		pool->newest = s->older;
	if (pool->nidle < SNAPSHOT_POOL && sqlite3_get_autocommit(s->db)) {
		pool->idle[pool->nidle++] = s->db;
		s->db = NULL;
	}
	pthread_mutex_unlock(&pool->mutex);
	db_close(s->db);
	mem_free(s);
}

uint64_t snapshot_epoch(const Snapshot *s)
{
	return s->epoch;
}

void snapshot_name_moved(Store *store, Str name)
{
	SnapshotPool *pool = store->snapshots;
	pthread_mutex_lock(&pool->mutex);
	if (!map_has(&pool->moved, name)) {
		char *copy = mem_cstr(name);
		map_put(&pool->moved, str_make(copy, name.len), copy);
	}
	pthread_mutex_unlock(&pool->mutex);
}

void snapshot_name_made(Store *store, Str name)
{
	SnapshotPool *pool = store->snapshots;
	pthread_mutex_lock(&pool->mutex);
	mem_free(map_remove(&pool->moved, name));
	pthread_mutex_unlock(&pool->mutex);
}

bool snapshot_name_is_moved(Store *store, Str name)
{
	SnapshotPool *pool = store->snapshots;
	pthread_mutex_lock(&pool->mutex);
	bool moved = map_has(&pool->moved, name);
	pthread_mutex_unlock(&pool->mutex);
	return moved;
}

void snapshot_lift_bound(Store *store, bool lift)
{
	pthread_mutex_lock(&store->snapshots->mutex);
	store->snapshots->lifted += lift ? 1u : UINT32_MAX;
	pthread_mutex_unlock(&store->snapshots->mutex);
}

/* Another process with a lock on the file's index of the WAL, from the kernel's list; 0: none. (Opening and closing
 * that file ourselves would drop SQLite's locks on it.) */
static long snapshot_foreign_reader(const Store *store)
{
	StrBuf name;
	strbuf_init(&name);
	strbuf_printf(&name, "%s-shm", store->path);
	struct stat st;
	bool there = stat(strbuf_cstr(&name), &st) == 0;
	strbuf_deinit(&name);
	FILE *locks = there ? fopen("/proc/locks", "re") : NULL;
	if (!locks)
		return 0;
	char line[256];
	long pid = 0;
	/* 1: POSIX  ADVISORY  READ 4711 fe:00:123456 128 128 */
	while (!pid && fgets(line, sizeof line, locks)) {
		Str rest = str_from(line), word, words[6];
		uint32_t n = 0;
		while (n < 6 && str_next(&rest, ' ', &word)) {
			if (word.len > 0)
				words[n++] = word;
		}
		int64_t holder = 0, inode = 0;
		Str place = n == 6 ? words[5] : STR_EMPTY;
		while (str_next(&place, ':', &word))
			str_to_i64(word, &inode); /* the last of three */
		if (n == 6 && str_eq_c(words[1], "POSIX") && str_to_i64(words[4], &holder) && holder > 0 &&
		    (ino_t)inode == st.st_ino && holder != getpid())
			pid = (long)holder;
	}
	fclose(locks);
	return pid;
}

void snapshot_bound_wal(Store *store, int64_t wal_bytes)
{
	enum { SAY_AGAIN_MS = 60000 };
	SnapshotPool *pool = store->snapshots;
	if (wal_bytes <= store->options.wal_max_bytes)
		return;
	pthread_mutex_lock(&pool->mutex);
	bool ours = pool->oldest != NULL, lifted = pool->lifted > 0;
	if (ours && !lifted)
		atomic_store(&pool->oldest->bounded, true);
	pthread_mutex_unlock(&pool->mutex);
	int64_t now = clock_mono_us(&clock_real) / 1000;
	if (ours || lifted || now - pool->foreign_said_ms < SAY_AGAIN_MS)
		return;
	pool->foreign_said_ms = now;
	long pid = snapshot_foreign_reader(store);
	if (pid)
		LOGW("state", "another program reads the state file and holds back its write-ahead log",
		     "pid=%ld wal_bytes=%lld", pid, (long long)wal_bytes);
	else
		LOGW("state", "the write-ahead log has passed its bound", "wal_bytes=%lld", (long long)wal_bytes);
}
