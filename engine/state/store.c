/*
 * engine/state/store.c: opening and closing a state file.
 *
 * A file is ours if its application id says so, and of this program if its format (user_version) does. Both, the
 * engine's id and the tables of weir$meta and weir$tables are made in the first transaction: a file without them is
 * empty or somebody else's.
 */
#include "engine/state/store.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "engine/state/lockfile.h"
#include "engine/state/reader.h"
#include "engine/state/seal.h"
#include "engine/state/snapshot_internal.h"
#include "engine/state/state_open.h"
#include "engine/state/writer.h"

enum { STORE_WRITER_CACHE_KB = 8192 };

/* The file's absolute path without links, so that two names of one file have one lock. */
static bool store_real_path(const char *path, char **out, Err *err)
{
	char *real = realpath(path, NULL);
	if (real) {
		*out = mem_cstr(str_from(real));
		free(real);
		return true;
	}
	const char *slash = strrchr(path, '/');
	StrBuf dir;
	strbuf_init(&dir);
	if (slash)
		strbuf_put(&dir, path, (size_t)(slash - path) + 1);
	else
		strbuf_puts(&dir, ".");
	real = errno == ENOENT ? realpath(strbuf_cstr(&dir), NULL) : NULL;
	bool ok = real != NULL;
	if (ok) {
		strbuf_clear(&dir);
		strbuf_printf(&dir, "%s/%s", strcmp(real, "/") == 0 ? "" : real, slash ? slash + 1 : path);
		*out = mem_cstr(strbuf_str(&dir));
		free(real);
	} else {
		err_set(err, ERR_STATE_IO, "cannot open state file \"%s\": %s", path, strerror(errno));
	}
	strbuf_deinit(&dir);
	return ok;
}

static bool store_private_path(Store *store, Err *err)
{
	const char *tmp = getenv("TMPDIR");
	StrBuf path;
	strbuf_init(&path);
	strbuf_printf(&path, "%s/weir-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	store->private_dir = mem_cstr(strbuf_str(&path));
	bool ok = mkdtemp(store->private_dir) != NULL;
	if (ok) {
		strbuf_clear(&path);
		strbuf_printf(&path, "%s/state.db", store->private_dir);
		store->path = mem_cstr(strbuf_str(&path));
	} else {
		err_set(err, ERR_STATE_IO, "cannot make a directory for the private state file: %s", strerror(errno));
		mem_free(store->private_dir);
		store->private_dir = NULL;
	}
	strbuf_deinit(&path);
	return ok;
}

static void store_remove_private(Store *store)
{
	static const char *const tails[] = {"", "-wal", "-shm", "-journal", "-lock"};
	StrBuf name;
	strbuf_init(&name);
	for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
		strbuf_clear(&name);
		strbuf_printf(&name, "%s%s", store->path, tails[i]);
		unlink(strbuf_cstr(&name));
	}
	strbuf_deinit(&name);
	rmdir(store->private_dir);
}

static bool store_make_file(Store *store, sqlite3 *db, Err *err)
{
	hash_random(&store->engine_id, sizeof store->engine_id);
	hash_random(&store->group_seed, sizeof store->group_seed);
	return db_execf(
	    db, err,
	    "BEGIN IMMEDIATE;"
	    "PRAGMA application_id=%d; PRAGMA user_version=%d;"
	    "CREATE TABLE \"weir$meta\"(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
	    "CREATE TABLE \"weir$tables\"(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,"
	    " prefix_len INTEGER NOT NULL, sql_table TEXT NOT NULL, sql_view TEXT, columns TEXT NOT NULL);"
	    "INSERT INTO \"weir$meta\" VALUES ('engine_id', %lld), ('group_seed', %lld), ('epoch', 0);"
	    "COMMIT",
	    STORE_APPLICATION_ID, STORE_FORMAT, (long long)store->engine_id, (long long)store->group_seed);
}

/* Is it ours? Makes it if it is new. */
static bool store_check_file(Store *store, sqlite3 *db, Err *err)
{
	int64_t app, format, objects;
	bool found;
	if (!db_int(db, "PRAGMA application_id", &app, &found, err) ||
	    !db_int(db, "PRAGMA user_version", &format, &found, err) ||
	    !db_int(db, "SELECT count(*) FROM sqlite_schema", &objects, &found, err))
		return false;
	bool fresh = app == 0 && objects == 0;
	if (!fresh && app != STORE_APPLICATION_ID) {
		err_set(err, ERR_STATE_FORMAT, "\"%s\" is an SQLite database, but not a state file of weir", store->path);
		return err_hint(err, "Name another file; weir makes it if it does not exist.");
	}
	if (!fresh && format != STORE_FORMAT) {
		err_set(err, ERR_STATE_FORMAT, "state file \"%s\" has format %lld, this program writes format %d", store->path,
		        (long long)format, STORE_FORMAT);
		return err_hint(err, "Use the version of weir that made the file.");
	}
	if (!db_execf(db, err,
	              "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=%s; PRAGMA cache_size=-%d",
	              store->private_dir ? "OFF" : "FULL", STORE_WRITER_CACHE_KB))
		return false;
	return !fresh || store_make_file(store, db, err);
}

static bool store_damaged(const Store *store, const char *what, Err *err)
{
	err_set(err, ERR_STATE_CORRUPT, "state file \"%s\" is damaged: %s", store->path, what);
	return err_hint(err, "Restore a backup of the state file.");
}

static bool store_read_meta(Store *store, sqlite3 *db, Err *err)
{
	int64_t id, seed, epoch;
	bool have_id, have_seed, have_epoch;
	if (!db_int(db, "SELECT value FROM \"weir$meta\" WHERE name = 'engine_id'", &id, &have_id, err) ||
	    !db_int(db, "SELECT value FROM \"weir$meta\" WHERE name = 'group_seed'", &seed, &have_seed, err) ||
	    !db_int(db, "SELECT value FROM \"weir$meta\" WHERE name = 'epoch'", &epoch, &have_epoch, err))
		return false;
	if (!have_id || !have_seed || !have_epoch || epoch < 0)
		return store_damaged(store, "its identity is missing", err);
	store->engine_id = (uint64_t)id;
	store->group_seed = (uint64_t)seed;
	store->sealed_epoch = (uint64_t)epoch;
	return true;
}

static bool store_read_tables(Store *store, sqlite3 *db, Err *err)
{
	sqlite3_stmt *stmt;
	if (!db_prepare(
	        db,
	        "SELECT id, name, kind, prefix_len, sql_table, sql_view, columns, "
	        "EXISTS (SELECT 1 FROM sqlite_schema s WHERE s.name = t.sql_table) FROM \"weir$tables\" t ORDER BY id",
	        &stmt, err))
		return false;
	int rc;
	bool ok = true;
	while (ok && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		TableFile *f = state_open_file(store, db_column(stmt, 1));
		int64_t kind = sqlite3_column_int64(stmt, 2);
		f->id = sqlite3_column_int64(stmt, 0);
		f->kind = kind == STATE_ORDERED ? STATE_ORDERED : STATE_HASH;
		f->prefix_len = (uint32_t)sqlite3_column_int64(stmt, 3);
		f->sql_table = arena_str(f->arena, db_column(stmt, 4));
		if (sqlite3_column_type(stmt, 5) != SQLITE_NULL)
			f->sql_view = arena_str(f->arena, db_column(stmt, 5));
		f->columns = arena_str(f->arena, db_column(stmt, 6));
		f->made = store->sealed_epoch;
		if (f->id >= store->next_id)
			store->next_id = f->id + 1;
		ok = f->made > 0 && (kind == STATE_HASH || kind == STATE_ORDERED) && sqlite3_column_int(stmt, 7);
		if (!ok)
			store_damaged(store, "its list of tables does not fit its tables", err);
	}
	if (ok && rc != SQLITE_DONE)
		ok = db_error(db, rc, "reading", err);
	sqlite3_finalize(stmt);
	return ok;
}

static void store_free(Store *store)
{
	MapEntry *entry;
	for (uint32_t it = 0; (entry = map_next(&store->files, &it));)
		state_open_free_file(entry->value);
	map_deinit(&store->files);
	for (uint32_t i = 0; i < store->drops.len; i++)
		state_open_free_file(store->drops.items[i]);
	mem_free(store->tables.items);
	mem_free(store->changed.items);
	mem_free(store->creates.items);
	mem_free(store->drops.items);
	mem_free(store->renames.items);
	arena_close(store->seal_arena);
	lockfile_release(store->lock_fd);
	mem_free(store->path);
	mem_free(store->private_dir);
	mem_free(store);
}

bool store_open(const StoreOptions *options, Store **out, Err *err)
{
	Store *store = MEM_NEW(Store);
	store->options = *options;
	store->options.path = NULL; /* the caller's memory */
	store->lock_fd = -1;
	store->epoch = 1;
	store->next_id = 1;
	store->hash_seed = hash_process_seed();
	map_init(&store->files);
	store->seal_arena = arena_open("sealed epoch", 0);
	sqlite3 *db = NULL;
	bool ok = options->path ? store_real_path(options->path, &store->path, err) : store_private_path(store, err);
	ok = ok && lockfile_take(store->path, &store->lock_fd, err) && db_open(store->path, DB_WRITER, &db, err) &&
	     db_execf(db, err, "PRAGMA page_size=%d", STORE_PAGE_BYTES) && store_check_file(store, db, err) &&
	     store_read_meta(store, db, err) && store_read_tables(store, db, err) && reader_open(store, err);
	if (!ok) {
		reader_close(store);
		db_close(db);
		if (store->private_dir)
			store_remove_private(store);
		store_free(store);
		return false;
	}
	store->snapshots = snapshot_pool_open();
	store->writer = writer_open(store, db, store->sealed_epoch);
	*out = store;
	return true;
}

static void store_end(Store *store, bool finish)
{
	while (store->tables.len > 0) {
		StateTable *t = store->tables.items[store->tables.len - 1];
		state_open_forget(t);
	}
	MapEntry *entry;
	for (uint32_t it = 0; (entry = map_next(&store->files, &it));)
		reader_forget(entry->value);
	writer_stop(store->writer, finish);
	reader_close(store);
	snapshot_pool_close(store->snapshots);
	writer_close(store->writer);
	seal_forget(store);
	if (finish && store->private_dir)
		store_remove_private(store);
	store_free(store);
}

void store_close(Store *store)
{
	if (store)
		store_end(store, true);
}

void store_crash(Store *store)
{
	if (store)
		store_end(store, false);
}

const char *store_path(const Store *store)
{
	return store->path;
}

uint64_t store_engine_id(const Store *store)
{
	return store->engine_id;
}

uint64_t store_group_seed(const Store *store)
{
	return store->group_seed;
}

void store_stats(Store *store, StoreStats *out)
{
	writer_stats(store->writer, out);
	out->ram_bytes = store->ram_bytes;
	out->evicted = store->evicted;
	out->reloaded = store->reloaded;
}
