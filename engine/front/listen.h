/*
 * engine/front/listen.h: TCP addresses that servers of weir listen on.
 */
#ifndef WEIR_ENGINE_FRONT_LISTEN_H
#define WEIR_ENGINE_FRONT_LISTEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

typedef struct ListenAddress {
	struct sockaddr_storage at;
	socklen_t len;
	bool loopback;
	const char *text; /* as it was written */
} ListenAddress;

/* "HOST:PORT", "[HOST]:PORT", "*:PORT", or "PORT" of 127.0.0.1. example: the port that the hint names. */
bool listen_find(const char *text, uint16_t example, ListenAddress *out, Err *err);
/* A listening socket that does not block, and the port it got (0 asks for any). */
bool listen_open(const ListenAddress *a, int *fd, uint16_t *port, Err *err);

#endif
