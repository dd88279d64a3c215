/*
 * engine/runtime/source_reader_int.h: what the files of the reader share: reader.c (life, partitions, time),
 * source_reader_decode.c (messages to columns), source_reader_take.c (order, stamps, numbers), source_reader_emit.c
 * (rows for each scan).
 */
#ifndef WEIR_ENGINE_RUNTIME_SOURCE_READER_INT_H
#define WEIR_ENGINE_RUNTIME_SOURCE_READER_INT_H

#include "engine/runtime/source_reader.h"

typedef enum ReaderSkip { READER_SKIP_NO, READER_SKIP_EMPTY, READER_SKIP_BAD_VALUE, READER_SKIP_BAD_KEY } ReaderSkip;

/* Messages of one partition, decoded. */
typedef struct ReaderChunk {
	SourceChunk src;
	Arena *arena;
	Column *cols; /* the reader's fields */
	uint32_t nrows;
	uint32_t at;             /* first row not taken */
	const uint32_t *message; /* row -> message; NULL: the same */
	int64_t *mark_ms;        /* watermark candidate of each row; INT64_MIN: none */
	const int64_t *weight;   /* NULL: all +1 */
	uint8_t *skip;           /* ReaderSkip of rows of no use to anybody; NULL: none */
	struct ReaderChunk *next;
} ReaderChunk;

typedef struct ReaderPart {
	uint32_t id; /* in the source */
	Str name;
	uint32_t order;     /* place among the partitions, by name: topic, then number */
	ReaderChunk *chunk; /* the one being taken; NULL: none there */
	ReaderChunk *held;  /* polled, but what it needs to be decoded is not there yet; only while there is no chunk */
	ReaderPosition pos;
	int64_t last_us;      /* clock when its last row came, or when it was caught up */
	int64_t time_us;      /* record timestamp of the last row taken */
	int64_t last_time_us; /* of the next row, for order without watermarks */
	bool behind;          /* before its bound or catch-up end */
	bool done;
	uint64_t jumps; /* that were told */
} ReaderPart;

/* Rows [from, to) of a chunk, in arrival order; ordinals rise by one from ord. */
typedef struct ReaderSegment {
	uint32_t part;
	ReaderChunk *chunk;
	uint32_t from, to;
	int64_t ord;
} ReaderSegment;

struct ReaderScan {
	const Plan *scan;
	Operator *op;
	void *owner;
	uint32_t *fields; /* scan field -> reader field */
	Eval *eval;
	Arena *arena;
	uint64_t passed, bad, bad_messages;
	struct {
		Str partition;
		int64_t position;
	} * skips; /* records that are left out */
	uint32_t nskips, skips_cap;
	const Reader *again; /* of this step: source_reader_again */
	ReaderScan *next;
};

/* What of the settings decides when a row is, and when a partition is idle. Queries that differ do not share a reader.
 */
typedef struct ReaderTime {
	const struct Zone *zone; /* of watermark expressions and of partition columns */
	int64_t idle_us;
	int64_t max_skew_us; /* INT64_MAX: off */
} ReaderTime;

struct Reader {
	ReaderOptions opt;
	uint32_t depth_max; /* weir.json.max-depth */
	Arena *arena;
	const SourceType *type;
	Source *source;
	const Format *format;
	const Format *key_format;
	Decoder *decoder;
	Decoder *key_decoder;
	Arena *plan_arena; /* of the field list and decoders: made anew when a scan comes or goes */
	ScanField *fields;
	uint32_t nfields;
	uint32_t *value_slot; /* reader field -> decoder column; UINT32_MAX: not from the value */
	uint32_t *key_slot;
	uint32_t nvalue, nkey;
	bool fields_stale;
	Eval *watermark_eval;
	const Expr *watermark;
	bool has_watermark;
	bool upsert; /* tombstones are deletions */
	bool ignore_errors;
	bool fail_on_bad;
	ReaderScan *scans;
	uint32_t nscans;
	ReaderPart *parts;
	uint32_t nparts;
	uint32_t parts_cap;
	bool all_known;
	ReaderTime time;
	int64_t skew_since_us;
	int64_t watermark_ms; /* of the reader, after the last row taken */
	int64_t before_ms;    /* at the start of this step */
	bool step_started;
	/* of the step */
	ChannelIdle idle;
	ReaderSegment *segs;
	uint32_t nsegs, segs_cap;
	uint32_t nrows, rows_cap;
	int64_t *ord;
	int64_t *stamp;
	WatermarkPoint *points;
	uint32_t npoints, points_cap;
	Column *step_cols;
	bool step_cols_made;
	ReaderChunk *retired;
	char waits[512]; /* what decoding waits for, in words; empty: for nothing */
	Arena *spare[8];
	uint32_t nspare;
	ReaderStats stats;
	/* for the line in the log when a bounded read has ended */
	int64_t first_us, last_us; /* monotonic, of the first and last rows taken; 0: none */
	uint64_t takes;
	bool said_done;
};

/* source_reader_decode.c: makes the list of fields and the decoders; decodes a chunk of a partition (chunk->src
 * filled). */
bool source_reader_decode_plan(Reader *r, Err *err);
bool source_reader_decode_chunk(Reader *r, ReaderPart *p, ReaderChunk *c, Err *err);
/* May the chunk's messages be decoded now? Waits for wait_ms at most. */
FormatReady source_reader_decode_ready(Reader *r, const SourceChunk *src, int64_t wait_ms, Err *err);
/* The value that a column of PARTITIONED BY has in the file `name`; true and NULL: another column. */
bool source_reader_decode_partition(const Reader *r, Str name, const ScanField *f, Arena *arena, Value *out, Err *err);
/* The raw key and value of a row's message. */
void source_reader_decode_origin(const ReaderChunk *c, uint32_t row, Str *key, Str *value, int64_t *position,
                                 int64_t *time_us);
/* source_reader_emit.c: the batch of the step's rows for a scan; NULL: none is left. */
bool source_reader_emit_rows(Reader *r, ReaderScan *s, const EvalEnv *env, Arena *step, const Batch **out, Err *err);
/* Which rows of the step the scan can use: fills keep, returns how many, or -1 when the query fails. */
int64_t source_reader_emit_select(Reader *r, ReaderScan *s, uint32_t *keep, Arena *step, Err *err);
/* reader.c: the reader's watermark by its partitions; INT64_MAX when all are done. */
int64_t source_reader_min_watermark(const Reader *r);
ReaderChunk *source_reader_chunk_new(Reader *r);
void source_reader_chunk_retire(Reader *r, ReaderChunk *c);
/* Polls for a partition that has nothing decoded; false in *got: nothing there. */
bool source_reader_fill(Reader *r, ReaderPart *p, bool *got, Err *err);

#endif
