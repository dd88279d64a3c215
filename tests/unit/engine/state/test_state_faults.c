/*
 * What goes wrong around the state file: a full disk, failed writes and syncs, damage, locks, kills. Faults come from a
 * VFS that stands in front of SQLite's own.
 */
#include "engine/state/store.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/log.h"
#include "engine/state/snapshot.h"
#include "engine/state/store_internal.h"
#include "engine/state/writer.h"
#include "tests/unit/engine/state/fault_vfs.h"
#include "tests/unit/engine/state/store_helper.h"

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

int main(int argc, char **argv)
{
	static const CheckTest tests[] = {
	    {"damage", test_damage_is_reported_and_never_silent},
	    {"full", test_a_full_disk_is_waited_for},
	    {"fsync", test_a_failed_fsync_is_final},
	    {"busy", test_a_held_lock_is_waited_for},
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
