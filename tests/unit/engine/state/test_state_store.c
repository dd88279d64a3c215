/*
 * The state file: whose it is, what is refused, failures of the disk, readers beside the writer, backups. Faults come
 * from a VFS that stands in front of SQLite's own.
 */
#include "engine/state/store.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/state/lockfile.h"
#include "engine/state/snapshot.h"
#include "engine/state/writer.h"
#include "tests/support/check.h"
#include "tests/unit/engine/state/fault_vfs.h"

static Arena *arena;
static char path[128], copy[160];

static void remove_store(void)
{
	char name[160];
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "%s%s", path, (const char *[]){"", "-lock", "-wal", "-shm"}[i]);
		unlink(name);
	}
}

static StoreOptions options(void)
{
	return (StoreOptions){.path = path, .clock = &clock_real, .memory_bytes = 1 << 20, .wal_max_bytes = 1 << 30};
}

static Store *open_with(const StoreOptions *o)
{
	Store *store;
	Err err;
	bool ok = store_open(o, &store, &err);
	if (!ok)
		fprintf(stderr, "%s\n", err.message);
	REQUIRE(ok);
	return store;
}

static Store *open_store(void)
{
	StoreOptions o = options();
	return open_with(&o);
}

static StateTable *open_table(Store *store, const char *name)
{
	StateTable *t;
	Err err;
	StateSpec spec = {.name = str_from(name), .kind = STATE_HASH};
	REQUIRE(state_open(store, &spec, &t, &err));
	return t;
}

static void put(StateTable *t, const char *key, const char *value)
{
	state_put(t, str_from(key), str_from(value));
}

static bool has(StateTable *t, const char *key, const char *value)
{
	uint32_t len = 0;
	const char *v = state_get(t, str_from(key), &len);
	return v && str_eq(str_make(v, len), str_from(value));
}

static void seal_and_land(Store *store)
{
	Err err;
	while (!store_writer_free(store))
		usleep(100);
	bool ok = store_wait_landed(store, store_seal(store), 20000, &err);
	if (!CHECK(ok))
		fprintf(stderr, "%s\n", err.message);
	CHECK(store_poll(store, NULL));
}

static bool open_fails(ErrCode code, const char *word)
{
	Store *store;
	Err err;
	StoreOptions o = options();
	if (store_open(&o, &store, &err)) {
		store_close(store);
		return false;
	}
	bool ok = err.code == code && strstr(err.message, word);
	if (!ok)
		fprintf(stderr, "%d: %s\n", (int)err.code, err.message);
	return ok;
}

static void write_file(const char *name, const void *bytes, size_t n, long at)
{
	FILE *f = fopen(name, at < 0 ? "wb" : "r+b");
	REQUIRE(f);
	if (at > 0)
		fseek(f, at, SEEK_SET);
	CHECK(fwrite(bytes, 1, n, f) == n);
	fclose(f);
}

/* ---- tests ---- */

TEST(a_file_keeps_its_identity_and_its_tables)
{
	remove_store();
	Store *store = open_store();
	uint64_t id = store_engine_id(store), group = store_group_seed(store);
	CHECK(id != 0 && group != id && store_sealed_epoch(store) == 0);
	StateTable *t = open_table(store, "t");
	open_table(store, "T");
	CHECK(!store_has_table(store, STR("t")));
	put(t, "k", "v");
	CHECK(store_dirty(store));
	seal_and_land(store);
	CHECK(!store_dirty(store) && store_landed_epoch(store) == 1 && store_has_table(store, STR("t")));
	Str *names;
	CHECK_EQ_I64(store_tables(store, arena, &names), 2);
	store_close(store);
	store = open_store();
	CHECK(store_engine_id(store) == id && store_group_seed(store) == group && store_sealed_epoch(store) == 1);
	CHECK(store_has_table(store, STR("T")) && has(open_table(store, "t"), "k", "v"));
	CHECK_EQ_I64(state_rows(open_table(store, "T")), 0);
	CHECK(!store_dirty(store));
	store_close(store);
	remove_store();
	store = open_store();
	CHECK(store_engine_id(store) != id);
	store_close(store);
}

TEST(a_private_file_is_gone_afterwards)
{
	StoreOptions o = options();
	o.path = NULL;
	Store *store = open_with(&o);
	char *name = mem_cstr(str_from(store_path(store)));
	put(open_table(store, "t"), "k", "v");
	seal_and_land(store);
	CHECK(access(name, F_OK) == 0);
	store_close(store);
	CHECK(access(name, F_OK) != 0);
	*strrchr(name, '/') = 0;
	CHECK(access(name, F_OK) != 0);
	mem_free(name);
}

TEST(a_second_engine_is_refused_with_the_pid)
{
	remove_store();
	Store *store = open_store();
	char pid[32], link[160];
	snprintf(pid, sizeof pid, "process %ld", (long)getpid());
	CHECK(open_fails(ERR_STATE_LOCKED, pid));
	/* By another name of the file too. */
	snprintf(link, sizeof link, "%s-link", path);
	unlink(link);
	CHECK(symlink(path, link) == 0);
	StoreOptions o = options();
	o.path = link;
	Store *other;
	Err err;
	CHECK(!store_open(&o, &other, &err) && err.code == ERR_STATE_LOCKED);
	unlink(link);
	store_close(store);
	int fd;
	CHECK(lockfile_take(path, &fd, &err));
	lockfile_release(fd);
	store_close(open_store());
}

TEST(what_is_no_state_file_is_refused_untouched)
{
	remove_store();
	write_file(path,
	           "just a text file, longer than any header of a database would have to be, so that it is read as one", 90,
	           -1);
	CHECK(open_fails(ERR_STATE_FORMAT, "not a database"));
	remove_store();
	sqlite3 *db;
	REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE mine(x)", NULL, NULL, NULL);
	sqlite3_close(db);
	CHECK(open_fails(ERR_STATE_FORMAT, "not a state file"));
	remove_store();
	store_close(open_store());
	REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version=99", NULL, NULL, NULL);
	sqlite3_close(db);
	CHECK(open_fails(ERR_STATE_FORMAT, "format 99"));
	remove_store();
	store_close(open_store());
	REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
	sqlite3_exec(db, "DELETE FROM \"weir$meta\" WHERE name = 'epoch'", NULL, NULL, NULL);
	sqlite3_close(db);
	CHECK(open_fails(ERR_STATE_CORRUPT, "damaged"));
	remove_store();
	StoreOptions o = options();
	o.path = "/nonexistent/dir/x.db";
	Store *store;
	Err err;
	CHECK(!store_open(&o, &store, &err) && err.code == ERR_STATE_IO);
}

TEST(damage_is_reported_and_never_silent)
{
	remove_store();
	Store *store = open_store();
	StateTable *t = open_table(store, "t");
	char key[32], value[200];
	for (int i = 0; i < 2000; i++) {
		snprintf(key, sizeof key, "key %d", i);
		memset(value, 'a' + i % 26, sizeof value);
		state_put(t, str_from(key), str_make(value, sizeof value));
	}
	seal_and_land(store);
	store_close(store);
	struct stat st;
	stat(path, &st);
	char junk[4096];
	memset(junk, 0x5a, sizeof junk);
	for (long page = 8; page < st.st_size / 4096; page += 3)
		write_file(path, junk, sizeof junk, page * 4096);
	store = open_store();
	StateSpec spec = {.name = STR("t"), .kind = STATE_HASH};
	Err err;
	CHECK(!state_open(store, &spec, &t, &err) && err.code == ERR_STATE_CORRUPT);
	store_close(store);
	remove_store();
}

static void run_full_disk(int code, bool limit, bool inline_writer)
{
	remove_store();
	StoreOptions o = options();
	o.inline_writer = inline_writer;
	Store *store = open_with(&o);
	StateTable *t = open_table(store, "t");
	put(t, "before", "1");
	seal_and_land(store);
	if (limit)
		writer_limit_pages(store->writer, 12);
	else
		atomic_store(&fault, code);
	char key[32];
	static char value[3000];
	for (int i = 0; i < 300; i++) {
		snprintf(key, sizeof key, "key %d", i);
		state_put(t, str_from(key), str_make(value, sizeof value));
	}
	state_del(t, STR("before"));
	uint64_t epoch = store_seal(store);
	Err err;
	CHECK(!store_wait_landed(store, epoch, 300, &err));
	CHECK(err.code == (limit || code == SQLITE_FULL ? ERR_STATE_FULL : ERR_STATE_IO) && (err.flags & ERR_RETRIABLE));
	CHECK(!store_poll(store, &err) && (err.flags & ERR_RETRIABLE));
	CHECK(!store_writer_free(store));
	/* Meanwhile the engine goes on with what it has. */
	CHECK(!has(t, "before", "1") && state_get(t, STR("key 7"), NULL));
	put(t, "after", "2");
	CHECK(store_unlanded_bytes(store) > 300 * 3000);
	Snapshot *s;
	CHECK(snapshot_open(store, NULL, &s, &err));
	CHECK_EQ_U64(snapshot_epoch(s), epoch - 1);
	snapshot_close(s);
	atomic_store(&fault, 0);
	writer_limit_pages(store->writer, 0);
	for (int i = 0; i < 1000 && store_landed_epoch(store) < epoch; i++) {
		store_poll(store, NULL);
		usleep(10000);
	}
	CHECK(store_wait_landed(store, epoch, 0, &err));
	CHECK(store_poll(store, &err));
	CHECK(has(t, "after", "2"));
	seal_and_land(store);
	store_close(store);
	store = open_store();
	t = open_table(store, "t");
	CHECK(has(t, "after", "2") && !has(t, "before", "1") && state_rows(t) == 301);
	store_close(store);
	remove_store();
}

TEST(a_full_disk_is_waited_for)
{
	run_full_disk(SQLITE_FULL, false, false);
	run_full_disk(SQLITE_FULL, false, true);
	run_full_disk(SQLITE_IOERR_WRITE, false, false);
	run_full_disk(0, true, false);
}

static atomic_int landed_calls, failed_calls;

static void on_landed(void *ctx, uint64_t epoch, const Err *err)
{
	(void)ctx;
	(void)epoch;
	atomic_fetch_add(err ? &failed_calls : &landed_calls, 1);
}

TEST(a_failed_fsync_is_final)
{
	remove_store();
	StoreOptions o = options();
	o.on_landed = on_landed;
	Store *store = open_with(&o);
	StateTable *t = open_table(store, "t");
	put(t, "k", "1");
	seal_and_land(store);
	put(t, "k", "2");
	atomic_store(&fault, SQLITE_IOERR_FSYNC);
	Err err;
	CHECK(!store_wait_landed(store, store_seal(store), 10000, &err));
	CHECK(err.code == ERR_STATE_IO && (err.flags & ERR_FATAL));
	atomic_store(&fault, 0);
	usleep(200000);
	CHECK(!store_poll(store, &err) && (err.flags & ERR_FATAL) && store_landed_epoch(store) == 1);
	CHECK(!store_writer_free(store));
	CHECK(atomic_load(&landed_calls) == 1 && atomic_load(&failed_calls) == 1);
	store_close(store);
	store = open_store();
	CHECK(has(open_table(store, "t"), "k", "1"));
	store_close(store);
	remove_store();
}

TEST(another_writer_stops_the_engine)
{
	remove_store();
	Store *store = open_store();
	StateTable *t = open_table(store, "t");
	put(t, "k", "1");
	seal_and_land(store);
	sqlite3 *db;
	REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
	CHECK(sqlite3_exec(db, "DELETE FROM \"t$state\"", NULL, NULL, NULL) == SQLITE_OK);
	put(t, "k", "2");
	Err err;
	CHECK(!store_wait_landed(store, store_seal(store), 10000, &err));
	CHECK(err.code == ERR_STATE_LOCKED && (err.flags & ERR_FATAL) && strstr(err.message, "another program"));
	sqlite3_close(db);
	store_close(store);
	remove_store();
}

TEST(a_backup_is_a_state_file)
{
	remove_store();
	Store *store = open_store();
	StateTable *t = open_table(store, "t");
	put(t, "k", "1");
	seal_and_land(store);
	put(t, "k", "unsealed");
	snprintf(copy, sizeof copy, "%s.backup", path);
	Err err;
	CHECK(store_backup(store, copy, &err));
	CHECK(store_backup(store, copy, &err)); /* replaces the older one */
	CHECK(!store_backup(store, path, &err));
	CHECK(!store_backup(store, "/nonexistent/x.db", &err));
	uint64_t id = store_engine_id(store);
	StoreOptions o = options();
	o.path = copy;
	Store *restored = open_with(&o);
	CHECK(store_engine_id(restored) == id && has(open_table(restored, "t"), "k", "1"));
	put(open_table(restored, "other"), "x", "y");
	seal_and_land(restored);
	store_close(restored);
	store_close(store);
	unlink(copy);
	snprintf(copy, sizeof copy, "%s.backup-lock", path);
	unlink(copy);
	remove_store();
}

TEST(what_a_unit_changed_is_thrown_away)
{
	remove_store();
	Store *store = open_store();
	StateTable *a, *b;
	Err err;
	StateSpec spec_a = {.name = STR("a"), .unit = 1, .kind = STATE_HASH, .prefix_len = 1};
	StateSpec spec_b = {.name = STR("b"), .unit = 2, .kind = STATE_HASH};
	REQUIRE(state_open(store, &spec_a, &a, &err) && state_open(store, &spec_b, &b, &err));
	put(a, "x1", "1");
	put(b, "x1", "1");
	store_seal(store); /* perhaps not landed yet */
	put(a, "x1", "2");
	put(a, "y", "2");
	put(b, "x1", "2");
	state_del_range(a, STR("x"), (Str){0});
	CHECK(store_discard(store, 1, &err));
	CHECK(has(a, "x1", "1") && !has(a, "y", "2") && has(b, "x1", "2"));
	seal_and_land(store);
	store_close(store);
	store = open_store();
	REQUIRE(state_open(store, &spec_a, &a, &err) && state_open(store, &spec_b, &b, &err));
	CHECK(has(a, "x1", "1") && state_rows(a) == 1 && has(b, "x1", "2"));
	store_close(store);
	remove_store();
}

/* Each epoch writes its number into all rows; every snapshot must see one number, the one it says it is of. */
typedef struct Watch {
	Store *store;
	atomic_bool stop;
	atomic_int torn, snapshots;
} Watch;

static void *watch(void *arg)
{
	Watch *w = arg;
	Arena *mine = arena_open("watch", 0);
	SnapshotScanSpec spec = {.table = STR("t"), .limit = -1};
	uint64_t last = 0;
	while (!atomic_load(&w->stop)) {
		Snapshot *s;
		SnapshotScan *scan;
		Err err;
		uint32_t n;
		Column cols[2];
		if (!snapshot_open(w->store, NULL, &s, &err) || !snapshot_scan_open(s, &spec, &scan, &err)) {
			atomic_fetch_add(&w->torn, 1);
			break;
		}
		uint64_t epoch = snapshot_epoch(s), rows = 0;
		bool ok = epoch >= last;
		last = epoch;
		while (snapshot_scan_next(scan, 16, mine, cols, &n, &err) && n > 0) {
			for (uint32_t r = 0; r < n; r++, rows++) {
				uint64_t v = 0;
				memcpy(&v, column_value(&cols[1], r).s.ptr, sizeof v);
				ok = ok && v == epoch;
			}
		}
		ok = ok && (rows == 100 || epoch == 0);
		snapshot_scan_close(scan);
		snapshot_close(s);
		arena_reset(mine);
		atomic_fetch_add(ok ? &w->snapshots : &w->torn, 1);
	}
	arena_close(mine);
	return NULL;
}

TEST(snapshots_see_whole_epochs)
{
	remove_store();
	StoreOptions o = options();
	o.memory_bytes = 0;
	Store *store = open_with(&o);
	StateTable *t = open_table(store, "t");
	Watch w = {.store = store};
	pthread_t threads[3];
	for (int i = 0; i < 3; i++)
		REQUIRE(pthread_create(&threads[i], NULL, watch, &w) == 0);
	Err err;
	for (uint64_t epoch = 1; epoch <= 200; epoch++) {
		for (int i = 0; i < 100; i++) {
			char key[16];
			snprintf(key, sizeof key, "%d", i);
			uint32_t len;
			uint64_t *v = state_edit(t, str_from(key), 8, &len, NULL);
			CHECK(*v == epoch - 1);
			*v = epoch;
		}
		while (!store_writer_free(store))
			usleep(50);
		CHECK_EQ_U64(store_seal(store), epoch);
		store_poll(store, NULL);
		if (epoch % 50 == 0) {
			snprintf(copy, sizeof copy, "%s.backup", path);
			CHECK(store_backup(store, copy, &err));
			unlink(copy);
		}
	}
	while (atomic_load(&w.snapshots) < 50 && atomic_load(&w.torn) == 0)
		usleep(1000);
	atomic_store(&w.stop, true);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	CHECK_EQ_I64(atomic_load(&w.torn), 0);
	store_close(store);
	remove_store();
}

TEST(a_snapshot_can_be_canceled_and_the_wal_is_bounded)
{
	remove_store();
	StoreOptions o = options();
	o.wal_max_bytes = 20 << 20;
	Store *store = open_with(&o);
	StateTable *t = open_table(store, "t");
	static char value[4000];
	char key[32];
	put(t, "k", "v");
	seal_and_land(store);
	Err err;
	Snapshot *old, *s;
	SnapshotScan *scan;
	SnapshotScanSpec spec = {.table = STR("t"), .limit = -1};
	Column cols[2];
	uint32_t n;
	atomic_bool cancel = false;
	CHECK(snapshot_open(store, &cancel, &s, &err));
	CHECK(snapshot_scan_open(s, &spec, &scan, &err));
	atomic_store(&cancel, true);
	CHECK(!snapshot_scan_next(scan, 10, arena, cols, &n, &err) && err.code == ERR_CANCELED);
	snapshot_scan_close(scan);
	snapshot_close(s);
	CHECK(snapshot_open(store, NULL, &old, &err));
	for (int epoch = 0; epoch < 12; epoch++) {
		for (int i = 0; i < 1000; i++) {
			snprintf(key, sizeof key, "key %d", i);
			value[0] = (char)epoch;
			state_put(t, str_from(key), str_make(value, sizeof value));
		}
		seal_and_land(store);
		for (int i = 0; i < 5; i++) {
			store_poll(store, NULL);
			usleep(1000);
		}
	}
	/* The old snapshot held the WAL back until it was ended; then the WAL began anew. */
	CHECK(snapshot_scan_open(old, &spec, &scan, &err));
	CHECK(!snapshot_scan_next(scan, 10, arena, cols, &n, &err) && err.code == ERR_CANCELED &&
	      strstr(err.message, "write-ahead"));
	snapshot_scan_close(scan);
	snapshot_close(old);
	for (int epoch = 0; epoch < 12; epoch++) {
		state_put(t, STR("x"), str_make(value, (uint32_t)epoch));
		for (int i = 0; i < 1000; i++) {
			snprintf(key, sizeof key, "key %d", i);
			state_put(t, str_from(key), str_make(value, sizeof value));
		}
		seal_and_land(store);
		for (int i = 0; i < 20; i++) {
			store_poll(store, NULL);
			usleep(1000);
		}
	}
	StoreStats stats;
	store_stats(store, &stats);
	CHECK_FMT(stats.wal_bytes < 40 << 20, "WAL of %lld bytes\n", (long long)stats.wal_bytes);
	CHECK(stats.written_bytes > 80 << 20 && stats.epochs == 25 && stats.entries_written > 24000);
	store_close(store);
	remove_store();
}

TEST(an_idle_store_empties_its_wal)
{
	remove_store();
	Store *store = open_store();
	put(open_table(store, "t"), "k", "v");
	seal_and_land(store);
	StoreStats stats;
	for (int i = 0; i < 400; i++) {
		store_poll(store, NULL);
		store_stats(store, &stats);
		if (stats.wal_bytes == 0)
			break;
		usleep(10000);
	}
	CHECK_EQ_I64(stats.wal_bytes, 0);
	store_close(store);
	remove_store();
}

/* In a process of its own: five epochs, of which a fail point lets only some through. */
static int run_child(void)
{
	StoreOptions o = options();
	o.inline_writer = true;
	Store *store;
	StateTable *t;
	StateSpec spec = {.name = STR("t"), .kind = STATE_HASH};
	if (!store_open(&o, &store, NULL) || !state_open(store, &spec, &t, NULL))
		return 1;
	for (int i = 0; i < 5; i++) {
		char text[16];
		snprintf(text, sizeof text, "%d", i + 1);
		put(t, "k", text);
		store_seal(store);
	}
	return 2;
}

/* A process is killed at a fail point, by itself; what the file then holds is the epoch before or the one at hand. */
static void run_fail_point(const char *name, uint64_t want)
{
	remove_store();
	fflush(NULL);
	pid_t pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		setenv("WEIR_FAIL_POINT", name, 1);
		execl("/proc/self/exe", "test_state_store", "--child", path, (char *)NULL);
		_exit(3);
	}
	int status;
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	Store *store = open_store();
	CHECK_EQ_U64(store_landed_epoch(store), want);
	char text[16];
	snprintf(text, sizeof text, "%d", (int)want);
	CHECK(has(open_table(store, "t"), "k", text));
	store_close(store);
	remove_store();
}

TEST(a_kill_leaves_a_whole_epoch)
{
	run_fail_point("before-sqlite-commit:3", 2);
	run_fail_point("after-sqlite-commit:3", 3);
	for (int i = 0; store_fail_points[i]; i++)
		CHECK(strlen(store_fail_points[i]) > 0);
}

/* A foreign transaction keeps the write lock: tried again, and through when it ends. */
TEST(a_held_lock_is_waited_for)
{
	remove_store();
	Store *store = open_store();
	StateTable *t = open_table(store, "t");
	put(t, "k", "1");
	seal_and_land(store);
	sqlite3 *db;
	REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
	CHECK(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
	put(t, "k", "2");
	uint64_t epoch = store_seal(store);
	Err err;
	CHECK(!store_wait_landed(store, epoch, 100, &err) && (err.flags & ERR_RETRIABLE));
	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(db);
	CHECK(store_wait_landed(store, epoch, 20000, &err));
	store_close(store);
	remove_store();
}

static void ignore_log(void *ctx, const char *line)
{
	(void)ctx;
	(void)line;
}

int main(int argc, char **argv)
{
	static const CheckTest tests[] = {
	    {"identity", test_a_file_keeps_its_identity_and_its_tables},
	    {"private", test_a_private_file_is_gone_afterwards},
	    {"lock", test_a_second_engine_is_refused_with_the_pid},
	    {"format", test_what_is_no_state_file_is_refused_untouched},
	    {"damage", test_damage_is_reported_and_never_silent},
	    {"full", test_a_full_disk_is_waited_for},
	    {"fsync", test_a_failed_fsync_is_final},
	    {"foreign", test_another_writer_stops_the_engine},
	    {"busy", test_a_held_lock_is_waited_for},
	    {"backup", test_a_backup_is_a_state_file},
	    {"discard", test_what_a_unit_changed_is_thrown_away},
	    {"snapshots", test_snapshots_see_whole_epochs},
	    {"bound", test_a_snapshot_can_be_canceled_and_the_wal_is_bounded},
	    {"idle", test_an_idle_store_empties_its_wal},
	    {"kill", test_a_kill_leaves_a_whole_epoch},
	};
	if (argc == 3 && strcmp(argv[1], "--child") == 0) {
		snprintf(path, sizeof path, "%s", argv[2]);
		return run_child();
	}
	arena = arena_open("test", 0);
	log_redirect(ignore_log, NULL);
	install_faults();
	snprintf(path, sizeof path, "/tmp/weir-store-test-%ld.db", (long)getpid());
	int rc = check_main(tests, sizeof tests / sizeof tests[0], argc, argv);
	arena_close(arena);
	return rc;
}
