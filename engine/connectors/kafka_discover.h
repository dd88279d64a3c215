/*
 * engine/connectors/kafka_discover.h: the thread that asks the broker what takes waiting: topics, partitions, offsets.
 *
 *   engine thread                     discovery thread
 *   open  ------------------------->  connects, lists partitions, resolves where they begin and end; again every
 * interval take  <-- KafkaFound, complete -  (a broker that is down: says so once, tries again with back-off)
 *   look_again(partition) --------->  low and high of that partition
 *   nudge(partition) -------------->  a question to its broker, which wakes the client's thread for it
 *   close ------------------------->  destroys the client: that may take a while, and nobody waits for it
 *
 * The client (rd_kafka_t) is made here, for its memory bounds depend on the number of partitions; once the first
 * discovery is complete it is lent to the engine thread, which assigns and reads.
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_DISCOVER_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_DISCOVER_H

#include "engine/connectors/kafka_offsets.h"
#include "engine/connectors/source.h"

/* Bytes that the client keeps beside a record in a queue: an operation and malloc's share (measured, librdkafka 2.0.2).
 */
enum { KAFKA_RECORD_COST = 320 };

typedef struct KafkaDiscover KafkaDiscover;

typedef struct KafkaDiscoverSpec {
	const SourceSpec *source;
	const char *scope;   /* "kafka" or "upsert-kafka" */
	int64_t interval_us; /* of looking for new partitions; 0: once */
	bool bounded;        /* topics that do not exist fail the source after a while */
	void (*on_error)(rd_kafka_t *rk, int e, const char *reason,
	                 void *opaque); /* while the engine thread polls the client */
	void *opaque;
} KafkaDiscoverSpec;

/* Copies what it needs. Checks the options as CREATE TABLE did; does not wait. */
bool kafka_discover_open(const KafkaDiscoverSpec *spec, KafkaDiscover **out, Err *err);
/* The next finding; false: none now. The topic's name lives as long as d. Thread: engine. */
bool kafka_discover_take(KafkaDiscover *d, KafkaFound *out);
/* The client once the first discovery is complete, before that NULL. Thread: engine. */
rd_kafka_t *kafka_discover_client(KafkaDiscover *d);
void kafka_discover_look_again(KafkaDiscover *d, Str topic, int32_t partition);
/* Asks the partition's broker something of no interest. The client's thread of a broker sleeps up to a second once a
 * queue was full, and does not see that it has been read (librdkafka before 2.2); a request wakes it. Thread: engine.
 */
void kafka_discover_nudge(KafkaDiscover *d, Str topic, int32_t partition);
/* What a partition's queue of the client that was lent costs at least when it is full: the bound of its records' bytes,
 * and of KAFKA_RECORD_COST for each. Thread: engine. */
int64_t kafka_discover_queue_bytes(const KafkaDiscover *d);
/* Asks the thread to find out whether the broker answers; trouble goes away when it does. */
void kafka_discover_probe(KafkaDiscover *d);
/* Copies an outage in words into buf ("" : none); *rounds counts the questions that the broker has answered. false:
 * failed for good, err says why. */
bool kafka_discover_trouble(KafkaDiscover *d, char *buf, size_t size, uint64_t *rounds, Err *err);
/* Gives back the client (nothing of it may be in use any more) and ends the thread; does not wait. */
void kafka_discover_close(KafkaDiscover *d);

#endif
