/*
 * engine/state/lockfile.c: flock on a file of its own: the database file is never opened but by SQLite, whose locks a
 * second descriptor would drop when it is closed.
 */
#include "engine/state/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/str.h"

enum { LOCKFILE_PID_BYTES = 32 };

/* The pid in the file; 0: none. */
static int64_t lockfile_holder(int fd)
{
	char text[LOCKFILE_PID_BYTES];
	ssize_t n = pread(fd, text, sizeof text, 0);
	int64_t pid = 0;
	if (n <= 0 || !str_to_i64(str_trim(str_make(text, (size_t)n)), &pid))
		return 0;
	return pid;
}

bool lockfile_take(const char *path, int *fd, Err *err)
{
	StrBuf name, pid;
	strbuf_init(&name);
	strbuf_init(&pid);
	strbuf_printf(&name, "%s-lock", path);
	bool ok = false;
	*fd = open(strbuf_cstr(&name), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (*fd < 0) {
		err_set(err, ERR_STATE_IO, "cannot open \"%s\": %s", strbuf_cstr(&name), strerror(errno));
	} else if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		int64_t holder = lockfile_holder(*fd);
		if (errno == EWOULDBLOCK && holder)
			err_set(err, ERR_STATE_LOCKED, "state file \"%s\" is in use by process %lld", path, (long long)holder);
		else if (errno == EWOULDBLOCK)
			err_set(err, ERR_STATE_LOCKED, "state file \"%s\" is in use", path);
		else
			err_set(err, ERR_STATE_IO, "cannot lock \"%s\": %s", strbuf_cstr(&name), strerror(errno));
		err_hint(err, "Stop the other engine, or connect to it.");
	} else {
		strbuf_printf(&pid, "%ld\n", (long)getpid());
		ok = ftruncate(*fd, 0) == 0 && pwrite(*fd, pid.ptr, pid.len, 0) == (ssize_t)pid.len;
		if (!ok)
			err_set(err, ERR_STATE_IO, "cannot write \"%s\": %s", strbuf_cstr(&name), strerror(errno));
	}
	if (!ok && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	strbuf_deinit(&name);
	strbuf_deinit(&pid);
	return ok;
}

void lockfile_release(int fd)
{
	if (fd < 0)
		return;
	if (ftruncate(fd, 0) != 0) {
		/* The pid stays in it; the lock is what counts. */
	}
	close(fd);
}
