/*
 * tests/support/http_peer.h: a server that says what a test tells it to, byte by byte: replies that are cut, slow or
 * wrong, which no real one makes on demand.
 */
#ifndef WEIR_TESTS_SUPPORT_HTTP_PEER_H
#define WEIR_TESTS_SUPPORT_HTTP_PEER_H

#include "base/str.h"

typedef struct HttpPeer HttpPeer;

typedef struct HttpPeerRequest {
	const char *method, *target; /* "GET", "/bucket/key?a=b" */
	Str body;
	unsigned number; /* from 1 */
} HttpPeerRequest;

/* Writes its reply with the functions below. Threads: one a connection, one call at a time over all of them.
 * false: the connection is closed. */
typedef bool HttpPeerAnswer(void *ctx, const HttpPeerRequest *r, int fd);

HttpPeer *http_peer_open(HttpPeerAnswer *answer, void *ctx);
void http_peer_close(HttpPeer *p);
unsigned http_peer_port(const HttpPeer *p);
unsigned http_peer_requests(HttpPeer *p); /* that have come */
/* A whole reply; headers: lines with their ends, or "". Returns true. */
bool http_peer_reply(int fd, const HttpPeerRequest *r, int status, const char *headers, const char *body);
void http_peer_bytes(int fd, const void *bytes, size_t n);

#endif
