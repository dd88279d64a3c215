/*
 * engine/front/pgwire.h: the network face of weir: PostgreSQL's protocol 3.0 for psql, drivers, Grafana and the shell.
 *
 * One network thread moves bytes between sockets and bounded buffers, does start-up and authentication, and hears
 * CancelRequest; whole messages go to the query pool, where each connection has a session. A local peer on the Unix
 * socket is trusted; TCP listens on loopback only and asks for a password (SCRAM-SHA-256, user "weir").
 */
#ifndef WEIR_ENGINE_FRONT_PGWIRE_H
#define WEIR_ENGINE_FRONT_PGWIRE_H

#include "engine/front/scram.h"
#include "engine/runtime/engine.h"

typedef struct Pgwire Pgwire;

typedef struct PgwireOptions {
	Engine *engine;
	const char *socket_dir;        /* folder of the Unix socket, which is made; NULL: none */
	const char *listen;            /* "HOST:PORT" or "PORT" (of 127.0.0.1); NULL: none */
	const ScramVerifier *verifier; /* of the password, for `listen` */
} PgwireOptions;

enum { PGWIRE_PORT = 5432, PGWIRE_CONNECTIONS_MAX = 500 };

bool pgwire_open(const PgwireOptions *options, Pgwire **out, Err *err);
/* Tells the clients, cancels what runs, waits for it. Before engine_close. */
void pgwire_close(Pgwire *p);          /* NULL is fine */
uint16_t pgwire_port(const Pgwire *p); /* that it listens on; 0: none */

#endif
