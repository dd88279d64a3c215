/*
 * engine/front/http.h: the engine over HTTP, for operators: metrics, health, and what runs, as JSON. The only place
 * that includes microhttpd.h is http.c.
 *
 *   GET /metrics                Prometheus text
 *   GET /healthz                200: the engine lives; 503: it has ended, or hangs
 *   GET /readyz                 200: the files have run and the engine lives
 *   GET /api/v1/queries         all queries, as JSON
 *   GET /api/v1/queries/NAME    one of them, with its operators, sources and sink
 *
 * Nothing here changes anything, and no row of anybody's data is shown. Two listeners: `listen` has all of it, on
 * loopback only, and answers only who asks for a loopback name (a page that a browser was lured to must not read it);
 * `metrics` has the first three, on any address. Plain HTTP, one thread of its own.
 */
#ifndef WEIR_ENGINE_FRONT_HTTP_H
#define WEIR_ENGINE_FRONT_HTTP_H

#include "engine/runtime/engine.h"

typedef struct Http Http;

typedef struct HttpOptions {
	Engine *engine;
	const char *listen;  /* "HOST:PORT"; NULL: none */
	const char *metrics; /* the same */
} HttpOptions;

/* Both may be NULL: nothing listens. */
bool http_open(const HttpOptions *options, Http **out, Err *err);
void http_ready(Http *h); /* the files have run */
void http_close(Http *h); /* NULL: nothing */

#endif
