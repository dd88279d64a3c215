/*
 * tests/support/http_peer.c: see http_peer.h.
 */
#include "tests/support/http_peer.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "tests/support/check.h"

enum { CONNECTIONS_MAX = 64 };

typedef struct Connection {
	struct HttpPeer *peer;
	int fd;
	pthread_t thread;
} Connection;

struct HttpPeer {
	HttpPeerAnswer *answer;
	void *ctx;
	int fd;
	unsigned port;
	pthread_t thread;
	pthread_mutex_t lock; /* one answer at a time */
	atomic_uint requests;
	Connection connections[CONNECTIONS_MAX];
	unsigned n;
};

void http_peer_bytes(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;
	while (n) {
		ssize_t w = send(fd, p, n, MSG_NOSIGNAL);
		if (w <= 0)
			return;
		p += w;
		n -= (size_t)w;
	}
}

bool http_peer_reply(int fd, const HttpPeerRequest *r, int status, const char *headers, const char *body)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_printf(&b, "HTTP/1.1 %d Said\r\n%sContent-Length: %zu\r\n\r\n", status, headers, strlen(body));
	if (strcmp(r->method, "HEAD") != 0)
		strbuf_puts(&b, body);
	http_peer_bytes(fd, b.ptr, b.len);
	strbuf_deinit(&b);
	return true;
}

/* One request: its head, then its body. false: the connection has ended. */
static bool take(int fd, StrBuf *in, size_t *head, size_t *body)
{
	*head = 0;
	*body = 0;
	strbuf_clear(in);
	while (!*head || in->len < *head + *body) {
		strbuf_reserve(in, 65536);
		ssize_t n = recv(fd, in->ptr + in->len, 65535, 0);
		if (n <= 0)
			return false;
		in->len += (size_t)n;
		char *end = *head ? NULL : strstr(strbuf_cstr(in), "\r\n\r\n");
		if (end) {
			*head = (size_t)(end - in->ptr) + 4;
			const char *length = strcasestr(in->ptr, "\r\nContent-Length:");
			*body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
		}
	}
	return true;
}

static void *serve(void *arg)
{
	Connection *c = arg;
	HttpPeer *p = c->peer;
	StrBuf in;
	strbuf_init(&in);
	size_t head, body;
	for (bool open = true; open && take(c->fd, &in, &head, &body);) {
		Str line = str_make(in.ptr, head), word;
		REQUIRE(str_next(&line, ' ', &word));
		char *method = mem_cstr(word);
		REQUIRE(str_next(&line, ' ', &word));
		char *target = mem_cstr(word);
		HttpPeerRequest r = {.method = method, .target = target, .body = str_make(in.ptr + head, body)};
		pthread_mutex_lock(&p->lock);
		r.number = atomic_fetch_add(&p->requests, 1) + 1;
		open = p->answer(p->ctx, &r, c->fd);
		pthread_mutex_unlock(&p->lock);
		mem_free(method);
		mem_free(target);
	}
	shutdown(c->fd, SHUT_RDWR);
	strbuf_deinit(&in);
	return NULL;
}

static void *listen_on(void *arg)
{
	HttpPeer *p = arg;
	for (int fd; (fd = accept(p->fd, NULL, NULL)) >= 0;) {
		REQUIRE(p->n < CONNECTIONS_MAX);
		Connection *c = &p->connections[p->n];
		*c = (Connection){.peer = p, .fd = fd};
		REQUIRE(pthread_create(&c->thread, NULL, serve, c) == 0);
		p->n++;
	}
	return NULL;
}

HttpPeer *http_peer_open(HttpPeerAnswer *answer, void *ctx)
{
	HttpPeer *p = MEM_NEW(HttpPeer);
	p->answer = answer;
	p->ctx = ctx;
	pthread_mutex_init(&p->lock, NULL);
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	REQUIRE(p->fd >= 0 && bind(p->fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(p->fd, 16) == 0);
	REQUIRE(getsockname(p->fd, (struct sockaddr *)&at, &len) == 0);
	p->port = ntohs(at.sin_port);
	REQUIRE(pthread_create(&p->thread, NULL, listen_on, p) == 0);
	return p;
}

unsigned http_peer_port(const HttpPeer *p)
{
	return p->port;
}

unsigned http_peer_requests(HttpPeer *p)
{
	return atomic_load(&p->requests);
}

void http_peer_close(HttpPeer *p)
{
	shutdown(p->fd, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->fd);
	for (unsigned i = 0; i < p->n; i++) {
		shutdown(p->connections[i].fd, SHUT_RDWR);
		pthread_join(p->connections[i].thread, NULL);
		close(p->connections[i].fd);
	}
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}
