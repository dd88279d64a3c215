/*
 * engine/connectors/kafka_offsets.h: where reading of a topic begins and ends: scan.startup.mode and scan.bounded.mode,
 * as Flink has them.
 *
 * kafka_offsets_startup and _bounded read the options (no broker needed); kafka_offsets_resolve asks the broker and
 * waits, so it is for the discovery thread.
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_OFFSETS_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_OFFSETS_H

#include <librdkafka/rdkafka.h>

#include "sql/catalog/options.h"

#define KAFKA_OFFSET_NONE INT64_MAX          /* no end */
#define KAFKA_OFFSET_UNKNOWN (INT64_MAX - 1) /* group-offsets: nothing is committed and no reset is given */

typedef enum KafkaModeKind {
	KAFKA_EARLIEST,
	KAFKA_LATEST,
	KAFKA_GROUP,
	KAFKA_TIMESTAMP,
	KAFKA_SPECIFIC,
	KAFKA_UNBOUNDED
} KafkaModeKind;
typedef enum KafkaReset { KAFKA_RESET_NONE, KAFKA_RESET_EARLIEST, KAFKA_RESET_LATEST } KafkaReset;

typedef struct KafkaSpecific {
	int32_t partition;
	int64_t offset;
} KafkaSpecific;

typedef struct KafkaMode {
	KafkaModeKind kind;
	int64_t timestamp_ms;    /* KAFKA_TIMESTAMP */
	KafkaSpecific *specific; /* KAFKA_SPECIFIC; partitions that are not listed: committed offset, else the earliest */
	uint32_t nspecific;
	KafkaReset reset; /* KAFKA_GROUP: without committed offset */
} KafkaMode;

/* scope: "kafka" or "upsert-kafka" (which always starts at the earliest offset). */
bool kafka_offsets_startup(const Options *options, const char *scope, Arena *arena, KafkaMode *out, Err *err);
bool kafka_offsets_bounded(const Options *options, const char *scope, Arena *arena, KafkaMode *out, Err *err);

/* A partition and what was found out about it. */
typedef struct KafkaFound {
	Str topic;
	int32_t partition;
	bool first; /* of the first discovery: the startup mode counts; later ones start at their beginning */
	bool again; /* known already: low and high were looked up again on request */
	int64_t low, high;
	int64_t start; /* by the startup mode; KAFKA_OFFSET_UNKNOWN */
	int64_t bound; /* by the bounded mode; KAFKA_OFFSET_NONE */
} KafkaFound;

/* Fills low and high of n partitions. Waits up to timeout_ms a call. false: an outage (ERR_RETRIABLE). */
bool kafka_offsets_range(rd_kafka_t *rk, KafkaFound *parts, uint32_t n, int timeout_ms, Err *err);
/* Fills out[i] by the mode; low and high are known. */
bool kafka_offsets_resolve(rd_kafka_t *rk, const KafkaMode *mode, const KafkaFound *parts, int64_t *out, uint32_t n,
                           int timeout_ms, Err *err);

#endif
