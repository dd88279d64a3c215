/*
 * The state file: whose it is, what is refused, readers beside the writer, backups.
 */
#include "engine/state/store.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/state/lockfile.h"
#include "engine/state/snapshot.h"
#include "tests/unit/engine/state/store_helper.h"

static char copy[160];

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
	StoreBackup b = {.to = copy};
	uint64_t epoch = 0;
	CHECK(store_backup(store, &b, &epoch, &err) && epoch == store_landed_epoch(store));
	CHECK(store_backup(store, &b, &epoch, &err)); /* replaces the older one */
	b.to = path;
	CHECK(!store_backup(store, &b, &epoch, &err));
	b.to = "/nonexistent/x.db";
	CHECK(!store_backup(store, &b, &epoch, &err));
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
			StoreBackup b = {.to = copy};
			uint64_t made;
			CHECK(store_backup(store, &b, &made, &err));
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

/* In a process of its own: a shell that reads and does not end. */
static int run_reader(void)
{
	sqlite3 *db;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "BEGIN; SELECT * FROM \"weir$meta\"", NULL, NULL, NULL) != SQLITE_OK)
		return 1;
	char byte = 'r';
	if (write(1, &byte, 1) != 1)
		return 1;
	while (read(0, &byte, 1) > 0)
		;
	sqlite3_close(db);
	return 0;
}

static char foreign_pid[32];
static atomic_bool foreign_named;

static void look_for_pid(void *ctx, const char *line)
{
	(void)ctx;
	if (strstr(line, "another program reads") && strstr(line, foreign_pid))
		atomic_store(&foreign_named, true);
}

TEST(a_foreign_reader_is_named)
{
	remove_store();
	StoreOptions o = options();
	o.wal_max_bytes = 17 << 20;
	Store *store = open_with(&o);
	StateTable *t = open_table(store, "t");
	put(t, "k", "v");
	seal_and_land(store);
	int to[2], from[2];
	REQUIRE(pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0);
	pid_t pid = fork();
	REQUIRE(pid >= 0);
	if (pid == 0) {
		dup2(to[0], 0);
		dup2(from[1], 1);
		execl("/proc/self/exe", "test_state_store", "--reader", path, (char *)NULL);
		_exit(3);
	}
	char byte;
	CHECK(read(from[0], &byte, 1) == 1);
	snprintf(foreign_pid, sizeof foreign_pid, "pid=%ld ", (long)pid);
	log_redirect(look_for_pid, NULL);
	static char value[4000];
	for (int epoch = 0; epoch < 20 && !atomic_load(&foreign_named); epoch++) {
		for (int i = 0; i < 1000; i++) {
			char key[32];
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
	CHECK(atomic_load(&foreign_named));
	log_redirect(ignore_log, NULL);
	close(to[1]);
	int status;
	waitpid(pid, &status, 0);
	CHECK_EQ_I64(status, 0);
	close(to[0]);
	close(from[0]);
	close(from[1]);
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

int main(int argc, char **argv)
{
	static const CheckTest tests[] = {
	    {"identity", test_a_file_keeps_its_identity_and_its_tables},
	    {"private", test_a_private_file_is_gone_afterwards},
	    {"lock", test_a_second_engine_is_refused_with_the_pid},
	    {"format", test_what_is_no_state_file_is_refused_untouched},
	    {"foreign", test_another_writer_stops_the_engine},
	    {"backup", test_a_backup_is_a_state_file},
	    {"discard", test_what_a_unit_changed_is_thrown_away},
	    {"snapshots", test_snapshots_see_whole_epochs},
	    {"bound", test_a_snapshot_can_be_canceled_and_the_wal_is_bounded},
	    {"reader", test_a_foreign_reader_is_named},
	    {"idle", test_an_idle_store_empties_its_wal},
	};
	if (argc == 3 && strcmp(argv[1], "--reader") == 0) {
		snprintf(path, sizeof path, "%s", argv[2]);
		return run_reader();
	}
	arena = arena_open("test", 0);
	log_redirect(ignore_log, NULL);
	snprintf(path, sizeof path, "/tmp/weir-store-test-%ld.db", (long)getpid());
	int rc = check_main(tests, sizeof tests / sizeof tests[0], argc, argv);
	arena_close(arena);
	return rc;
}
