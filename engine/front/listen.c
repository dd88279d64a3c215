/*
 * engine/front/listen.c: TCP addresses that servers of weir listen on.
 */
#include "engine/front/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"

enum { BACKLOG = 1024 };

static bool is_loopback(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)a;
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)a;
	return a->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
}

static bool split(const char *text, uint16_t example, char *host, size_t size, const char **port, Err *err)
{
	const char *colon = strrchr(text, ':');
	*port = colon ? colon + 1 : text;
	const char *from = text;
	size_t n = colon ? (size_t)(colon - text) : 0;
	if (n > 1 && text[0] == '[' && text[n - 1] == ']') {
		from++;
		n -= 2;
	}
	int64_t number;
	if (n >= size || !str_to_i64(str_from(*port), &number) || number < 0 || number > 65535) {
		err_set(err, ERR_BAD_OPTION, "not an address to listen on: \"%s\"", text);
		return err_hint(err, "Write HOST:PORT, for example 127.0.0.1:%u.", example);
	}
	snprintf(host, size, "%.*s", (int)n, n ? from : "");
	if (!n)
		snprintf(host, size, "127.0.0.1");
	return true;
}

bool listen_find(const char *text, uint16_t example, ListenAddress *out, Err *err)
{
	char host[256];
	const char *port;
	if (!split(text, example, host, sizeof host, &port, err))
		return false;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_PASSIVE}, *found = NULL;
	int why = getaddrinfo(strcmp(host, "*") ? host : NULL, port, &hints, &found);
	if (why)
		return err_set(err, ERR_BAD_OPTION, "cannot listen on \"%s\": %s", text, gai_strerror(why));
	*out = (ListenAddress){.len = found->ai_addrlen, .loopback = is_loopback(found->ai_addr), .text = text};
	memcpy(&out->at, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return true;
}

bool listen_open(const ListenAddress *a, int *fd, uint16_t *port, Err *err)
{
	*fd = socket(a->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int on = 1;
	if (*fd >= 0)
		setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (*fd < 0 || bind(*fd, (const struct sockaddr *)&a->at, a->len) || listen(*fd, BACKLOG)) {
		err_set(err, ERR_IO, "cannot listen on %s: %s", a->text, strerror(errno));
		if (*fd >= 0)
			close(*fd);
		*fd = -1;
		return false;
	}
	struct sockaddr_storage bound;
	socklen_t len = sizeof bound;
	if (getsockname(*fd, (struct sockaddr *)&bound, &len) == 0)
		*port = ntohs(bound.ss_family == AF_INET ? ((struct sockaddr_in *)(void *)&bound)->sin_port
		                                         : ((struct sockaddr_in6 *)(void *)&bound)->sin6_port);
	return true;
}
