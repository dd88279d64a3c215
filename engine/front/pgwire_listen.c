/*
 * engine/front/pgwire_listen.c: where the wire server listens: a Unix socket in a private folder, TCP on loopback.
 */
#include "engine/front/pgwire_int.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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

static bool is_loopback(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)a;
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)a;
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
}

static bool split(const char *address, char *host, size_t size, const char **port, Err *err)
{
	const char *colon = strrchr(address, ':');
	*port = colon ? colon + 1 : address;
	size_t n = colon ? (size_t)(colon - address) : 0;
	if (n > 1 && address[0] == '[' && address[n - 1] == ']') {
		address++;
		n -= 2;
	}
	int64_t number;
	if (n >= size || !str_to_i64(str_from(*port), &number) || number < 0 || number > 65535)
		return err_set(err, ERR_BAD_OPTION, "not an address to listen on: \"%s\"", address) ||
		       err_hint(err, "Write HOST:PORT, for example 127.0.0.1:5433.");
	snprintf(host, size, "%.*s", (int)n, n ? address : "");
	if (!n)
		snprintf(host, size, "127.0.0.1");
	return true;
}

static int open_tcp(const struct addrinfo *a)
{
	int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	int on = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, a->ai_addr, a->ai_addrlen) || listen(fd, LISTEN_BACKLOG)) {
		int why = errno;
		close(fd);
		errno = why;
		return -1;
	}
	return fd;
}

bool pgwire_listen_tcp(Pgwire *p, const char *address, Err *err)
{
	char host[256];
	const char *port;
	if (!split(address, host, sizeof host, &port, err))
		return false;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_PASSIVE}, *found = NULL;
	int why = getaddrinfo(strcmp(host, "*") ? host : NULL, port, &hints, &found);
	if (why)
		return err_set(err, ERR_BAD_OPTION, "cannot listen on \"%s\": %s", address, gai_strerror(why));
	bool ok;
	if (!is_loopback(found->ai_addr)) {
		err_set(err, ERR_NOT_SUPPORTED, "listening on \"%s\" needs TLS, not supported yet", address);
		ok = err_hint(err, "Listen on 127.0.0.1, and reach it through ssh -L or a proxy that speaks TLS.");
	} else {
		p->tcp_fd = open_tcp(found);
		ok = p->tcp_fd >= 0 || failed(err, "listen on", address);
	}
	freeaddrinfo(found);
	if (!ok)
		return false;
	struct sockaddr_storage bound;
	socklen_t len = sizeof bound;
	if (getsockname(p->tcp_fd, (struct sockaddr *)&bound, &len) == 0)
		p->port = ntohs(bound.ss_family == AF_INET ? ((struct sockaddr_in *)(void *)&bound)->sin_port
		                                           : ((struct sockaddr_in6 *)(void *)&bound)->sin6_port);
	return true;
}
