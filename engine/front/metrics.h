/*
 * engine/front/metrics.h: what the engine is doing as text for Prometheus (exposition format 0.0.4).
 *
 * Names, types and units are the tables in metrics.c; counters count since the process started. Thread: any but the
 * engine's.
 */
#ifndef WEIR_ENGINE_FRONT_METRICS_H
#define WEIR_ENGINE_FRONT_METRICS_H

#include "engine/runtime/report.h"

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

void metrics_print(const Report *r, StrBuf *out);

#endif
