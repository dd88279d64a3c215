/*
 * engine/runtime/source_reader.h: rows in arrival order from one source table, for all scans that stand at the same
 * positions.
 *
 * A reader owns a Source (partitions of messages), decodes for each partition ahead into columns, and hands out rows
 * one prefix at a time:
 *
 *   poll -> decode (per partition) -> order, stamp, number (source_reader_take) -> one batch per scan
 * (source_reader_emit)
 *
 * Order. While a partition is behind its end (of a bounded read, or of the time the reading started), the next row
 * comes from the partition with the smallest watermark (without WATERMARK: the smallest record timestamp), ties by
 * table, then by partition; one whose queue is empty is waited for. At the tail rows come as they arrive. Readers whose
 * rows meet in one query are taken together (source_reader_take gets all of them), so this order holds across tables.
 *
 * Watermarks. One per partition, the running maximum of the watermark expression in milliseconds; the reader's is their
 * minimum, partitions that are idle or at their bound left out. Each row is stamped with the reader's watermark before
 * it.
 *
 * Thread: engine.
 */
#ifndef WEIR_ENGINE_RUNTIME_SOURCE_READER_H
#define WEIR_ENGINE_RUNTIME_SOURCE_READER_H

#include "engine/connectors/source.h"
#include "engine/formats/format.h"
#include "engine/operators/graph.h"

typedef struct Reader Reader;
typedef struct ReaderScan ReaderScan;

/* What is stored per (query, table, partition). */
typedef struct ReaderPosition {
	int64_t next;
	int64_t watermark_ms;
	int64_t bound; /* of a bounded read, resolved once: it ends before this position; SOURCE_END_NONE: none */
	int64_t first; /* where the reading began */
	uint64_t mark; /* the source's, of the last record that was read; 0: none */
	bool idle;
	bool known;
} ReaderPosition;

/* A record that could not be used. field, text: as far as known. */
typedef struct ReaderBad {
	ReaderScan *scan; /* the query that met it; NULL: nobody can read the record */
	Str partition;
	int64_t position;
	int64_t time_us;
	Str key, value; /* raw bytes; ptr NULL: none */
	Str headers;    /* as SourceChunk has them; ptr NULL: none */
	Str field;
	const Err *err;
	bool kept_as_null; /* ignore-parse-errors: the row went on without the field */
} ReaderBad;

/* A record as it was read. ptr NULL: none. */
typedef struct ReaderRecord {
	Str partition;
	int64_t position;
	int64_t time_us; /* INT64_MIN: none */
	Str key, value, headers;
} ReaderRecord;

/* What is wrong with a record, as one scan sees it. */
typedef struct ReaderCheck {
	bool bad;
	ErrCode code;
	Str field, error;
} ReaderCheck;

typedef struct ReaderOptions {
	const Relation *rel;
	const SourceType *source; /* NULL: found by the connector */
	void *source_ctx;         /* handed to SourceSpec.ctx of a given source */
	const Clock *clock;
	const Settings *settings;
	int64_t memory_bytes;
	bool snapshot;    /* a bounded read for one SELECT */
	const Plan *only; /* the only scan that will read here, of a snapshot; NULL: not known */
	bool skew_guard;
	int64_t watermark_ms; /* from which it goes on; BATCH_NO_WATERMARK: none yet */
	/* Stored positions of the query that the reader is opened for. */
	bool (*stored)(void *ctx, Str partition, ReaderPosition *out);
	/* Told of records that cannot be used, when no query fails for them. false: the query fails. */
	bool (*bad)(void *ctx, const ReaderBad *bad, Err *err);
	void *ctx;
	void (*wake)(void *wake_ctx);
	void *wake_ctx;
} ReaderOptions;

typedef struct ReaderStats {
	uint64_t read, bad, field_nulls, future, passed;
	int64_t lag_records; /* -1: unknown */
	int64_t lag_us;      /* age of the newest row taken while behind; 0 at the tail */
} ReaderStats;

bool source_reader_open(const ReaderOptions *options, Reader **out, Err *err);
/* Would a reader with these options give its rows the same times (zone, idle timeout, skew guard) and do the same with
 * bad records? */
bool source_reader_suits(const Reader *r, const ReaderOptions *options);
bool source_reader_alike(const Reader *a, const Reader *b); /* in the same things */
void source_reader_close(Reader *r);

/* A scan that reads here from the next step on. run and op are for errors and output; the scan gets its own counters.
 */
ReaderScan *source_reader_attach(Reader *r, const Plan *scan, Operator *op, void *owner, Err *err);
void source_reader_detach(Reader *r, ReaderScan *s);
uint32_t source_reader_nscans(const Reader *r);
/* Are rows decoded for the scans that are attached? Not after one has come or gone, until the next service. */
bool source_reader_planned(const Reader *r);
/* The scan leaves out a record, for good (RESUME ... SKIP). */
void source_reader_skip(ReaderScan *s, Str partition, int64_t position);
void source_reader_unskip(ReaderScan *s, Str partition, int64_t position);
/* Feeds the scan's operator with records that it had not, behind the rows of this step: they are numbered from ord, and
 * meet the watermark of the reader. The records live until the step ends. false: the query fails with err. */
bool source_reader_again(Reader *r, ReaderScan *s, const ReaderRecord *records, uint32_t n, int64_t ord,
                         const EvalEnv *env, Arena *step, uint32_t *rows, Err *err);
/* Would the scan take them? Nothing is fed or reported. */
bool source_reader_check(Reader *r, ReaderScan *s, const ReaderRecord *records, uint32_t n, Arena *arena,
                         ReaderCheck *out, Err *err);
/* Rows taken in this step. */
uint32_t source_reader_taken(const Reader *r);
/* The only row taken in this step: where it is from, and its bytes. */
bool source_reader_only(const Reader *r, ReaderBad *out);
void *source_reader_owner(const ReaderScan *s);
/* Messages that were bad as a whole and left out, since it was asked last. */
uint64_t source_reader_bad_messages(ReaderScan *s);
const Plan *source_reader_plan(const ReaderScan *s);
Operator *source_reader_operator(const ReaderScan *s);

/* Between steps: partitions, outages, idle timeouts by the clock, decoding ahead. */
bool source_reader_service(Reader *r, int64_t now_us, Err *err);
/* Takes up to max rows from the readers together, numbered from next_ord; returns how many, in *more whether rows are
 * waiting. */
uint32_t source_reader_take(Reader *const *readers, uint32_t n, uint32_t max, int64_t next_ord, int64_t now_us,
                            Arena *step, bool *more);
/* Feeds the scan's operator with the rows just taken (and its curve), whether or not there are any. false: the query
 * fails with err. */
bool source_reader_emit(Reader *r, ReaderScan *s, const EvalEnv *env, Arena *step, Err *err);
/* The step is over: memory of consumed messages goes back. */
void source_reader_end_step(Reader *r);

/* Records are gone, and the source went on behind them: one such place that was not told yet. */
bool source_reader_jump(Reader *r, Str *part, int64_t *from, int64_t *to);
bool source_reader_done(const Reader *r); /* bounded, and everything was taken */
int64_t source_reader_watermark(const Reader *r);
/* Partitions: index from 0; false past the end. */
bool source_reader_partition(const Reader *r, uint32_t i, Str *name, ReaderPosition *pos, const SourcePartition **info);
void source_reader_stats(const Reader *r, ReaderStats *out);
/* Partitions whose position is resolved. */
uint32_t source_reader_known(const Reader *r);
const char *source_reader_trouble(Reader *r);
/* What the source left unread because nobody asks for it, in words, or NULL. */
const char *source_reader_note(const Reader *r);
const Relation *source_reader_relation(const Reader *r);
/* Which partition holds the watermark back: its name, or empty. */
Str source_reader_blame(const Reader *r);
/* Which record of this step has the ordinal; false: none of this reader. */
bool source_reader_origin(const Reader *r, int64_t ord, Str *partition, int64_t *position);
/* Tells the source which positions are committed. */
void source_reader_report(Reader *r, Str partition, int64_t position);
/* Wall time at which a partition would become idle; INT64_MAX: none. */
int64_t source_reader_next_clock(const Reader *r);

#endif
