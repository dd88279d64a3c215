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

static bool store_backup_copy(Store *store, const char *to, Err *err)
{
	sqlite3 *db;
	if (!db_open(store->path, DB_READER, &db, err))
		return false;
	StrBuf sql;
	strbuf_init(&sql);
	strbuf_puts(&sql, "VACUUM INTO ");
	db_put_text(&sql, str_from(to));
	bool ok = db_exec(db, strbuf_cstr(&sql), err);
	strbuf_deinit(&sql);
	db_close(db);
	return ok;
}

/* Is the copy sound and ours? */
static bool store_backup_verify(const char *path, Err *err)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	if (!db_open(path, DB_READER, &db, err))
		return false;
	int64_t app = 0, epoch;
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

bool store_backup(Store *store, const char *path, Err *err)
{
	struct stat ours, other;
	if (stat(store->path, &ours) == 0 && stat(path, &other) == 0 && ours.st_ino == other.st_ino &&
	    ours.st_dev == other.st_dev)
		return err_set(err, ERR_STATE_IO, "the backup cannot be the state file itself");
	StrBuf part;
	strbuf_init(&part);
	strbuf_printf(&part, "%s.part-%ld", path, (long)getpid());
	unlink(strbuf_cstr(&part));
	snapshot_lift_bound(store, true);
	bool ok = store_backup_copy(store, strbuf_cstr(&part), err);
	snapshot_lift_bound(store, false);
	ok = ok && store_backup_verify(strbuf_cstr(&part), err) && store_backup_publish(strbuf_cstr(&part), path, err);
	if (!ok)
		unlink(strbuf_cstr(&part));
	strbuf_deinit(&part);
	return ok;
}
