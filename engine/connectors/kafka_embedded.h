/*
 * engine/connectors/kafka_embedded.h: the in-process broker that tables name as `embedded`: librdkafka's mock cluster,
 * for demos.
 *
 * One per process, made at first use, ended with the process. It keeps the newest 5 MiB of each partition, knows no
 * transactions, and forgets everything at exit. Thread: any.
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_EMBEDDED_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_EMBEDDED_H

#include "base/err.h"
#include "base/str.h"

/* Appends the broker's address; starts it if it does not run yet. */
bool kafka_embedded_servers(StrBuf *out, Err *err);
/* Makes a topic of one partition unless it exists. */
bool kafka_embedded_topic(Str topic, Err *err);

#endif
