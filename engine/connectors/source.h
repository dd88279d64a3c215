/*
 * engine/connectors/source.h: what a connector that reads offers to the readers (engine/runtime).
 *
 * A source has partitions; each is a sequence of messages (bytes to decode) or rows (columns, decoded already) with
 * positions that rise. The connector fetches in threads of its own (librdkafka's, or none); everything here is called
 * by the engine thread. The reader decides from which partition the next rows are taken and how many: holding a
 * partition back is simply not polling it.
 *
 * Positions: int64, the position of the next message to read: Kafka offsets, byte offsets of lines in a file, row
 * numbers of datagen.
 */
#ifndef WEIR_ENGINE_CONNECTORS_SOURCE_H
#define WEIR_ENGINE_CONNECTORS_SOURCE_H

#include "base/clock.h"
#include "engine/batch/batch.h"
#include "sql/catalog/table.h"

#define SOURCE_POSITION_NEW INT64_MIN /* no stored position: the startup mode decides */
#define SOURCE_END_NONE INT64_MAX

typedef struct Source Source;

typedef struct SourcePartition {
	Str name;            /* stable: "topic/3", a file's path; the key of the stored position */
	uint32_t id;         /* index into the source's partitions; never reused */
	int64_t next;        /* position after the last message handed out (resolved once known) */
	int64_t bound;       /* bounded reading ends before this position; SOURCE_END_NONE: unbounded, or not known yet */
	int64_t catchup;     /* end at the time the reading started (kafka: end offset); SOURCE_END_NONE: unknown yet */
	int64_t end;         /* newest known end (for lag); SOURCE_END_NONE: unknown */
	bool done;           /* bounded and read to its bound */
	bool ready;          /* position and bounds are resolved */
	int64_t time_us;     /* timestamp of the last message handed out; INT64_MIN: none */
	uint64_t jumps;      /* records that are gone were passed over, which is allowed to go on */
	int64_t jumped_from; /* the newest time */
	int64_t jumped_to;
	uint64_t gaps; /* positions passed over that hold nothing to read (kafka: compacted records, transaction markers) */
	uint64_t dropped; /* messages seen again and dropped */
} SourcePartition;

/* Some messages or rows of one partition. Memory stays valid until source->release(hold). */
typedef struct SourceChunk {
	uint32_t n;
	const Str *value;        /* ptr NULL: a null value (tombstone). NULL array: rows come decoded in `rows` */
	const Str *key;          /* NULL array: not asked for; ptr NULL: null key */
	const int64_t *position; /* of each message */
	const int64_t *time_us;  /* record timestamp; INT64_MIN: none; NULL array: none */
	const uint64_t *mark;    /* what is stored with the position behind each message; NULL array: nothing */
	const Str *headers;      /* packed MAP<STRING,BYTES>; NULL array: not asked for */
	const Batch *rows;       /* decoded rows: all physical columns of the table in order (weight may be set); n rows */
	const int64_t *arrival;  /* sequence numbers over all partitions of all sources, where the source knows them (weir
	                            test); NULL: none */
	bool advance; /* after the chunk the partition's watermark is at least advance_ms; the chunk may be empty */
	int64_t advance_ms;
	bool idle_after; /* after the chunk the partition is idle */
	int64_t next;    /* position after the chunk */
	void *hold;
} SourceChunk;

typedef struct SourceAsk {
	uint32_t column; /* physical */
	const char *op;  /* "=", "<", ">", "<=", ">=" */
	const Type *type;
	Value value; /* never NULL */
} SourceAsk;

/* What the reader tells at open. */
typedef struct SourceSpec {
	const TableDef *table;
	const Clock *clock;
	bool want_keys, want_headers, want_times;
	int64_t memory_bytes; /* weir.source.memory */
	/* Stored position of a partition that the source discovers, SOURCE_POSITION_NEW if there is none. */
	int64_t (*stored)(void *ctx, Str partition);
	/* The bound that was resolved when a bounded read began, and stored with its position; SOURCE_END_NONE: none. */
	int64_t (*stored_bound)(void *ctx, Str partition);
	/* The mark that was stored with the position; 0: none. */
	uint64_t (*stored_mark)(void *ctx, Str partition);
	void *ctx;
	/* Wakes the engine thread when messages arrived. Thread: any. May be NULL. */
	void (*wake)(void *wake_ctx);
	void *wake_ctx;
	const struct Zone *zone; /* table.local-time-zone of the query; NULL: UTC */
	bool snapshot;           /* a bounded read for one SELECT: ends at what is there now */
	/* Of a snapshot, hints that a source may use: the physical columns that are read (NULL: all), and comparisons that
	 * are made afterwards anyway (rows for which one is not true may be left out). */
	const bool *wanted;
	const SourceAsk *asks;
	uint32_t nasks;
} SourceSpec;

typedef struct SourceType {
	const char *connector;
	/* Option checks beyond the option table (combinations); at CREATE TABLE. May be NULL. */
	bool (*check)(const TableDef *table, Err *err);
	bool (*is_bounded)(const TableDef *table);
	bool (*open)(const SourceSpec *spec, Source **out, Err *err); /* does not wait for the broker */
	/* Housekeeping between steps: discovers partitions, resolves positions, notices errors. New partitions appear in
	 * partitions(). false: failed for good (ERR_DATA_LOSS, ERR_SOURCE_FAILED); outages are not failures: they are
	 * logged and tried again. */
	bool (*service)(Source *s, Err *err);
	/* The array grows, elements stay at their index (the array may move at service). all_known is false until the first
	 * discovery is complete. */
	const SourcePartition *(*partitions)(Source *s, uint32_t *n, bool *all_known);
	/* Takes up to max messages of a partition without waiting; chunk->n == 0: nothing there now. */
	bool (*poll)(Source *s, uint32_t partition, uint32_t max, SourceChunk *chunk, Err *err);
	/* Sources that decode by columns: fills these of a chunk's rows (numbers among the table's physical columns, each
	 * once); poll leaves them undefined. It may be asked again while the chunk is held, for further ones. Those in the
	 * names of folders are the reader's. NULL: rows come complete. */
	bool (*fill)(Source *s, SourceChunk *chunk, const uint32_t *cols, uint32_t ncols, Err *err);
	void (*release)(Source *s, void *hold);
	/* Starts a partition again at another position (skip, replay). May be NULL: not possible. */
	bool (*seek)(Source *s, uint32_t partition, int64_t position, Err *err);
	/* Positions that are safely committed, for lag tools (Kafka group offsets). May be NULL. Does not wait. */
	void (*report)(Source *s, uint32_t partition, int64_t position);
	/* An outage in words for WHY, or NULL. */
	const char *(*trouble)(Source *s);
	/* What was left unread for the asks, in words for EXPLAIN ANALYZE, or NULL. May be NULL. */
	const char *(*note)(Source *s);
	void (*close)(Source *s);
} SourceType;

const SourceType *source_find(Str connector); /* NULL: unknown, or cannot be read */

#endif
