/*
 * engine/state/store_backup.c: a copy of the file at one epoch, while the engine runs.
 *
 * VACUUM INTO on a connection of its own writes a compact copy beside the target; it is checked, synced, and renamed to
 * its name, so that a backup is whole or absent.
 */
#include "engine/state/snapshot_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKUP_PROGRESS_OPS = 20000, BACKUP_SAY_US = 2000000 };

static bool store_backup_failed(const char *doing, const char *path, Err *err)
{
	return err_set(err, ERR_STATE_IO, "cannot %s backup \"%s\": %s", doing, path, strerror(errno));
}

static bool store_backup_sync(const char *path, int flags, Err *err)
{
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		return store_backup_failed("open", path, err);
	bool ok = fsync(fd) == 0 || store_backup_failed("sync", path, err);
	close(fd);
	return ok;
}

/* What SQLite asks while it copies. */
typedef struct BackupWatch {
	const StoreBackup *b;
	const char *part;
	int64_t bytes; /* of the file that is copied: about what will be written */
	int64_t next_us;
} BackupWatch;

static int store_backup_on_progress(void *arg)
{
	BackupWatch *w = arg;
	if (w->b->cancel && atomic_load_explicit(w->b->cancel, memory_order_relaxed))
		return 1;
	int64_t now = clock_mono_us(&clock_real);
	struct stat st;
	if (now < w->next_us || !w->b->progress || stat(w->part, &st) != 0)
		return 0;
	w->next_us = now + BACKUP_SAY_US;
	w->b->progress(w->b->ctx, (int64_t)st.st_size, w->bytes);
	return 0;
}

static bool store_backup_copy(const StoreBackup *b, const char *to, Err *err)
{
	sqlite3 *db;
	if (!db_open(b->from, DB_READER, &db, err))
		return false;
	int64_t pages = 0, size = 0;
	bool found,
	    ok = db_int(db, "PRAGMA page_count", &pages, &found, err) && db_int(db, "PRAGMA page_size", &size, &found, err);
	BackupWatch w = {b, to, pages * size, clock_mono_us(&clock_real) + BACKUP_SAY_US};
	sqlite3_progress_handler(db, BACKUP_PROGRESS_OPS, store_backup_on_progress, &w);
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "VACUUM INTO ");
	db_put_text(&sql, str_from(to));
	ok = ok && db_exec(db, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	db_close(db);
	if (!ok && b->cancel && atomic_load(b->cancel))
		return err_set(err, ERR_CANCELED, "canceled: no backup was made");
	return ok;
}

/* Is the copy sound and ours? */
static bool store_backup_verify(const char *path, uint64_t *made, Err *err)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	if (!db_open(path, DB_READER, &db, err))
		return false;
	int64_t app = 0, epoch = 0;
	bool found = false;
	bool ok = db_int(db, "PRAGMA application_id", &app, &found, err) &&
	          db_int(db, "SELECT value FROM \"weir$meta\" WHERE name = 'epoch'", &epoch, &found, err) &&
	          db_prepare(db, "PRAGMA quick_check(1)", &stmt, err);
	if (ok) {
		ok = sqlite3_step(stmt) == SQLITE_ROW && str_eq_c(db_column(stmt, 0), "ok") && found &&
		     app == STORE_APPLICATION_ID;
		if (!ok)
			err_set(err, ERR_STATE_CORRUPT, "the backup \"%s\" does not pass its check", path);
		sqlite3_finalize(stmt);
	}
	db_close(db);
	*made = (uint64_t)epoch;
	return ok;
}

static bool store_backup_publish(const char *from, const char *path, Err *err)
{
	if (!store_backup_sync(from, O_RDONLY, err))
		return false;
	if (rename(from, path) != 0)
		return store_backup_failed("rename", path, err);
	char *copy = mem_cstr(str_from(path));
	bool ok = store_backup_sync(dirname(copy), O_RDONLY | O_DIRECTORY, err);
	mem_free(copy);
	return ok;
}

bool store_backup_file(const StoreBackup *b, uint64_t *epoch, Err *err)
{
	struct stat ours, other;
	if (stat(b->from, &ours) == 0 && stat(b->to, &other) == 0 && ours.st_ino == other.st_ino &&
	    ours.st_dev == other.st_dev)
		return err_set(err, ERR_STATE_IO, "the backup cannot be the state file itself");
	StrBuf part;
	strbuf_init(&part);
	strbuf_printf(&part, "%s.part-%ld", b->to, (long)getpid());
	unlink(strbuf_cstr(&part));
	bool ok = store_backup_copy(b, strbuf_cstr(&part), err) && store_backup_verify(strbuf_cstr(&part), epoch, err) &&
	          store_backup_publish(strbuf_cstr(&part), b->to, err);
	if (!ok)
		unlink(strbuf_cstr(&part));
	strbuf_deinit(&part);
	return ok;
}

bool store_backup(Store *store, StoreBackup *b, uint64_t *epoch, Err *err)
{
	b->from = store->path;
	snapshot_lift_bound(store, true);
	bool ok = store_backup_file(b, epoch, err);
	snapshot_lift_bound(store, false);
	return ok;
}
