/*
 * engine/front/serve_place.c: where a served engine is found: its socket's folder, its password, the one served last.
 */
#include "engine/front/serve_place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

enum { SOCKET_DIR_MAX = 90, PASSWORD_FILE_MAX = 4096 };

bool serve_place_absolute(const char *path, StrBuf *out, Err *err)
{
	char dir[PATH_MAX];
	if (path[0] != '/') {
		if (!getcwd(dir, sizeof dir))
			return err_set(err, ERR_IO, "cannot find the current folder: %s", strerror(errno));
		strbuf_printf(out, "%s/", dir);
	}
	strbuf_puts(out, path);
	return true;
}

/* A folder of this user's own, which is made. false: there is none that can be trusted. */
static bool runtime_dir(StrBuf *out)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	if (base && base[0] == '/')
		strbuf_printf(out, "%s/weir", base);
	else
		strbuf_printf(out, "/tmp/weir-%u", (unsigned)geteuid());
	const char *dir = strbuf_cstr(out);
	if (mkdir(dir, 0700) && errno != EEXIST)
		return false;
	struct stat st;
	return lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 022) == 0;
}

bool serve_place_socket(const char *state, StrBuf *dir, Err *err)
{
	StrBuf path;
	strbuf_init(&path);
	bool ok = serve_place_absolute(state, &path, err);
	if (ok && path.len + 5 <= SOCKET_DIR_MAX) {
		strbuf_printf(dir, "%s-sock", strbuf_cstr(&path));
	} else if (ok) {
		ok = runtime_dir(dir) ||
		     err_set(err, ERR_IO, "there is no private folder for a socket: %s belongs to somebody else",
		             strbuf_cstr(dir));
		strbuf_printf(dir, "/%016llx", (unsigned long long)hash_bytes(path.ptr, path.len, 0));
	}
	strbuf_deinit(&path);
	return ok;
}

void serve_place_remember(const char *dir)
{
	StrBuf link, fresh;
	strbuf_init(&link);
	strbuf_init(&fresh);
	if (runtime_dir(&link)) {
		strbuf_printf(&fresh, "%s/last.%d", strbuf_cstr(&link), (int)getpid());
		strbuf_puts(&link, "/last");
		unlink(strbuf_cstr(&fresh));
		if (symlink(dir, strbuf_cstr(&fresh)) == 0 && rename(strbuf_cstr(&fresh), strbuf_cstr(&link)))
			unlink(strbuf_cstr(&fresh));
	}
	strbuf_deinit(&link);
	strbuf_deinit(&fresh);
}

bool serve_place_last(StrBuf *dir)
{
	StrBuf link;
	strbuf_init(&link);
	char target[PATH_MAX];
	ssize_t n = -1;
	if (runtime_dir(&link)) {
		strbuf_puts(&link, "/last");
		n = readlink(strbuf_cstr(&link), target, sizeof target);
	}
	if (n > 0 && n < (ssize_t)sizeof target)
		strbuf_put(dir, target, (size_t)n);
	strbuf_deinit(&link);
	return n > 0;
}

/* ---- the password ---- */

static bool read_small(const char *path, StrBuf *out, Err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_IO, "cannot read %s: %s", path, strerror(errno));
	char buf[PASSWORD_FILE_MAX];
	ssize_t n;
	do
		n = read(fd, buf, sizeof buf);
	while (n < 0 && errno == EINTR);
	close(fd);
	if (n < 0)
		return err_set(err, ERR_IO, "cannot read %s: %s", path, strerror(errno));
	while (n && (buf[n - 1] == '\n' || buf[n - 1] == '\r'))
		n--;
	if (!n)
		return err_set(err, ERR_AUTH, "%s is empty", path);
	strbuf_put(out, buf, (size_t)n);
	return true;
}

static void make_verifier(Str password, ScramVerifier *out)
{
	uint8_t salt[16];
	hash_random(salt, sizeof salt);
	scram_verifier_make(password, salt, sizeof salt, SCRAM_ITERATIONS, out);
}

static bool write_verifier(const char *path, const ScramVerifier *v, Err *err)
{
	StrBuf text;
	strbuf_init(&text);
	scram_verifier_print(v, &text);
	strbuf_putc(&text, '\n');
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0;
	if (!ok)
		err_set(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	strbuf_deinit(&text);
	return ok;
}

static bool kept_password(const char *path, ScramVerifier *out, StrBuf *made, Err *err)
{
	if (access(path, F_OK) == 0) {
		StrBuf text;
		strbuf_init(&text);
		bool ok = read_small(path, &text, err);
		if (ok && !scram_verifier_parse(strbuf_str(&text), out)) {
			ok = err_set(err, ERR_AUTH, "%s does not hold a SCRAM-SHA-256 verifier", path);
			err_hint(err, "Remove the file: a new password is made at the next start.");
		}
		strbuf_deinit(&text);
		return ok;
	}
	char password[SCRAM_PASSWORD + 1];
	scram_password(password);
	make_verifier(str_from(password), out);
	strbuf_puts(made, password);
	return write_verifier(path, out, err);
}

bool serve_place_password(const char *state, ScramVerifier *out, StrBuf *made, Err *err)
{
	StrBuf text;
	strbuf_init(&text);
	bool ok;
	const char *file = getenv("WEIR_PASSWORD_FILE");
	if (file && *file) {
		ok = read_small(file, &text, err);
		if (ok)
			make_verifier(strbuf_str(&text), out);
	} else {
		strbuf_printf(&text, "%s-scram", state);
		ok = kept_password(strbuf_cstr(&text), out, made, err);
	}
	strbuf_deinit(&text);
	return ok;
}
