/*
 * engine/connectors/kafka_int.h: what the files of the Kafka source share: kafka_source.c (life, assignment, trouble)
 * and kafka_fetch.c (messages).
 */
#ifndef WEIR_ENGINE_CONNECTORS_KAFKA_INT_H
#define WEIR_ENGINE_CONNECTORS_KAFKA_INT_H

#include "engine/connectors/kafka_discover.h"

enum {
	KAFKA_POLL_MAX = BATCH_ROWS_MAX, /* messages of one chunk */
	KAFKA_BAD_TRIES_MAX = 5,         /* damaged or unreachable position: reading starts there again this often */
};

typedef enum KafkaPartState {
	KAFKA_PART_IDLE,    /* read to its bound, or failed: not assigned */
	KAFKA_PART_RUNNING, /* assigned at pub.next */
	KAFKA_PART_LOST,    /* the broker says there is nothing at pub.next; discovery looks */
	KAFKA_PART_RESTART, /* to be assigned again at pub.next */
} KafkaPartState;

/* Beside SourcePartition, same index. */
typedef struct KafkaPart {
	Str topic;
	const char *ctopic;
	int32_t number;
	KafkaPartState state;
	rd_kafka_queue_t *queue; /* NULL: not assigned */
	uint32_t bad_tries;
	bool gap_said;
	int64_t taken_bytes;         /* since its broker's thread was woken last */
	int64_t said_us;             /* when an error of it was logged last */
	int64_t reported, committed; /* positions for the group; -1: none */
} KafkaPart;

/* The messages of one chunk, kept until release. Arrays of KAFKA_POLL_MAX. */
typedef struct KafkaHold {
	rd_kafka_message_t **messages;
	uint32_t n;
	Str *value, *key, *headers;
	int64_t *position, *time_us;
	Arena *arena; /* headers; NULL: not asked for */
	struct KafkaHold *next_free, *next_all;
} KafkaHold;

struct Source {
	Arena *arena;
	SourceSpec spec;
	const char *scope;
	KafkaDiscover *discover;
	rd_kafka_t *rk; /* NULL until discovered */
	SourcePartition *parts;
	KafkaPart *kparts;
	uint32_t nparts, parts_cap;
	KafkaFound *first; /* findings of the first discovery, until it is complete */
	uint32_t nfirst, first_cap;
	bool all_known, fail_on_loss, bound_may_come, commits, down;
	int64_t down_since_us, said_us, say_after_us, probed_us, ends_us, committed_us;
	int64_t queue_bytes; /* least cost of a partition's queue that is full */
	uint64_t rounds;     /* answered by the broker so far */
	char asking[300];    /* what keeps the discovery from getting answers; "" : nothing */
	char trouble[300];   /* since when no broker answers; "" : they do */
	char last_error[200];
	KafkaHold *free_holds, *all_holds;
};

/* Reads what lies in the partition's queue; see SourceType.poll. */
bool kafka_fetch_poll(Source *s, uint32_t id, uint32_t max, SourceChunk *chunk, Err *err);
void kafka_fetch_release(Source *s, void *hold);
/* Frees all holds, given back or not. */
void kafka_fetch_close(Source *s);
/* Throws away what lies in the queue. */
void kafka_fetch_drain(KafkaPart *p);
/* Something came from the brokers: an outage, if there was one, is over. */
void kafka_source_alive(Source *s);

#endif
