/*
 * engine/net/http_time.h: times as servers write them.
 *
 * Thread: any.
 */
#ifndef WEIR_ENGINE_NET_HTTP_TIME_H
#define WEIR_ENGINE_NET_HTTP_TIME_H

#include "base/str.h"

/* "Fri, 24 May 2013 00:00:00 GMT" (HTTP) or "2013-05-24T00:00:00.000Z" (XML, JSON). false: neither. */
bool http_time_parse(Str text, int64_t *us);

#endif
