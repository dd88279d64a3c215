/*
 * engine/front/http_answer.h: a request in, an answer out: what the paths of http.h say, without the protocol.
 */
#ifndef WEIR_ENGINE_FRONT_HTTP_ANSWER_H
#define WEIR_ENGINE_FRONT_HTTP_ANSWER_H

#include "engine/runtime/engine.h"

typedef struct HttpAnswer {
	unsigned status;
	const char *content_type;
	StrBuf body; /* of the caller */
} HttpAnswer;

/* path: decoded, without the query string. open_only: the listener that has metrics and health alone. */
void http_answer(Engine *e, bool ready, bool open_only, const char *path, HttpAnswer *out);

#endif
