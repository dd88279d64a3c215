/*
 * engine/front/pgwire_listen.c: where the wire server listens: a Unix socket in a private folder, TCP on loopback.
 */
#include "engine/front/pgwire_int.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/front/listen.h"

enum { LISTEN_BACKLOG = 1024 };

static bool failed(Err *err, const char *what, const char *where)
{
	return err_set(err, ERR_IO, "cannot %s %s: %s", what, where, strerror(errno));
}

bool pgwire_listen_unix(Pgwire *p, const char *dir, Err *err)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int n = snprintf(a.sun_path, sizeof a.sun_path, "%s/.s.PGSQL.%d", dir, PGWIRE_PORT);
	if (n < 0 || (size_t)n >= sizeof a.sun_path) {
		err_set(err, ERR_BAD_OPTION, "the name of the socket's folder is too long: %s", dir);
		return err_hint(err, "A socket's name has at most 107 bytes; choose another folder with --socket.");
	}
	if (mkdir(dir, 0700) && errno != EEXIST)
		return failed(err, "make the folder", dir);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return failed(err, "make a socket in", dir);
	/* One that answers belongs to somebody; one that does not was left behind. */
	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 || errno == EAGAIN) {
		close(fd);
		return err_set(err, ERR_STATE_LOCKED, "another server listens on %s", a.sun_path);
	}
	close(fd);
	unlink(a.sun_path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t mask = umask(0077);
	bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof a) == 0 && listen(fd, LISTEN_BACKLOG) == 0;
	umask(mask);
	if (!ok) {
		failed(err, "listen on", a.sun_path);
		if (fd >= 0)
			close(fd);
		return false;
	}
	memcpy(p->socket_path, a.sun_path, (size_t)n + 1);
	p->unix_fd = fd;
	return true;
}

bool pgwire_listen_trusts(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof peer;
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && (peer.uid == 0 || peer.uid == geteuid());
}

bool pgwire_listen_tcp(Pgwire *p, const char *address, Err *err)
{
	ListenAddress a;
	if (!listen_find(address, 5433, &a, err))
		return false;
	if (!a.loopback) {
		err_set(err, ERR_NOT_SUPPORTED, "listening on \"%s\" needs TLS, not supported yet", address);
		return err_hint(err, "Listen on 127.0.0.1, and reach it through ssh -L or a proxy that speaks TLS.");
	}
	return listen_open(&a, &p->tcp_fd, &p->port, err);
}
