/*
 * engine/runtime/engine_int.h: what the files of the runtime share. All of it belongs to the engine thread, but for
 * what says otherwise.
 *
 *   engine.c    life, thread, requests          engine_step.c      one step, epochs
 *   query.c     continuous queries: start, fail, resume, drop    feed.c  changes of views and own tables to those who
 * read them; backfill outbox.c    output of sinks, per epoch      delivery.c  one thread per sink position.c  stored
 * positions                side*.c     bad, late, refused rows execute.c   statements that change something    own.c
 * INSERT, UPDATE, DELETE on own tables restore.c   the catalog in the state file   follow.c    EMIT CHANGES, SUBSCRIBE
 */
#ifndef WEIR_ENGINE_RUNTIME_ENGINE_INT_H
#define WEIR_ENGINE_RUNTIME_ENGINE_INT_H

#include <pthread.h>

#include "engine/operators/graph.h"
#include "engine/runtime/lookup_probe.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/hooks.h"
#include "engine/runtime/source_reader.h"
#include "sql/bind/bind.h"
#include "sql/types/zone.h"

typedef struct Query Query;
typedef struct Feed Feed;
typedef struct Outbox Outbox;
typedef struct Delivery Delivery;
typedef struct OwnTable OwnTable;
typedef struct Follower Follower;

typedef enum QueryState { QUERY_RUNNING, QUERY_PAUSED, QUERY_FAILED, QUERY_HELD } QueryState;

/* A row of a stored input that its query leaves out, and how often. */
typedef struct FeedSkip {
	Str row; /* all columns, encoded */
	int64_t weight;
	bool changed; /* since the last seal */
} FeedSkip;

/* Where a scan's rows come from. */
struct Feed {
	Query *query;
	Operator *op;
	const Plan *scan;
	const Relation *rel;
	/* connector tables */
	Reader *reader;
	ReaderScan *scan_in;
	uint32_t number;      /* from 1: the query may read the table more than once, with other options */
	Str positions;        /* what they are stored under: the table's name, with the number from 2 on */
	uint32_t known_saved; /* partitions whose positions are stored: where a read begins and ends is decided once */
	bool endless;
	/* views and own tables */
	Query *view;
	OwnTable *table;
	StateTable *walk; /* rows of the input, while the backfill goes on */
	StrBuf cursor;    /* k$ of the last row walked; everything at or below was seen */
	bool walking;
	const Str *walked_keys, *walked_rows; /* of this step, while the query looks for a row to skip */
	uint32_t nwalked;
	bool tail;            /* a side table: new rows come behind the cursor, and are walked for ever */
	int64_t watermark_ms; /* that the scan had at the end of the last step */
	StrBuf fed;           /* missed.c: changes fed since the last seal */
	size_t fed_before;    /* of them, before this step */
	bool behind;          /* the log holds changes to be fed first */
	StrBuf log_at;        /* behind the last entry of the log that was fed; empty: none was */
	StrBuf log_key;       /* of that entry */
	int64_t log_bytes;    /* of the entries before log_at */
	int64_t log_until;    /* skipping: the row that is looked for is in entries before this number */
	uint32_t step_rows;   /* fed in this step from the log or by the walk */
	FeedSkip *skips;      /* skip.c */
	uint32_t nskips;
	bool walk_skips;
};

struct Query {
	Engine *engine;
	Str name;
	Arena *arena;
	const PlanQuery *plan;
	const Relation *rel; /* the view, or the sink's table */
	const QueryDef *def; /* INSERT */
	Settings *settings;
	OperatorRun run;
	Graph *graph;
	Feed *feeds;
	uint32_t nfeeds;
	const Plan **inputs; /* scans of views and own tables, also while it stands */
	uint32_t ninputs;
	int64_t missed_bytes;   /* of its log; -1: to be counted */
	bool missed_lost;       /* there was too much to keep */
	bool plan_changed;      /* FAILED: its state was made with another plan */
	bool skipping;          /* RESUME SKIP: goes row by row until the failing one is found */
	int64_t skip_left;      /* rows of its readers in which it must come */
	int64_t skip_walk_left; /* rows of walks */
	int64_t rows_unsealed;  /* taken since the last seal */
	int64_t walked_unsealed;
	uint32_t unit;
	QueryState state;
	Err error;           /* FAILED */
	int64_t retry_us;    /* FAILED for an outage: when it is tried again; 0: not */
	int64_t wait_us;     /* before the last attempt; 0: it has gone on since */
	LookupProbe *probe;  /* one is on its way; NULL: none */
	bool probed;         /* it goes on since the table answered */
	int64_t patience_ms; /* with the tables it looks into; 0: the first one */
	Query *held_by;      /* HELD: waits for it */
	Outbox *outbox;      /* sinks */
	Follower *follower;
	bool prompt;          /* a view whose rows are there when windows close: they do not wait for a long epoch */
	bool closed;          /* prompt: it has such rows since the last seal */
	bool positions_stale; /* the readers' positions are not those of the last checkpoint */
	bool endless;         /* an input has no end */
	bool reading;         /* all inputs have an end, and it has not been reached */
	uint64_t rows_in, rows_out, late, bad, filtered;
	int64_t started_us;
	uint32_t group;
	Query *next; /* in order of creation: inputs before those who read them */
};

struct OwnTable {
	Str name;
	const Relation *rel;
	StateTable *rows;
	StateTable **index;
	BatchList changes; /* of the step to come */
	OwnTable *next;
};

/* A step's reader and whether it is shared. */
typedef struct ReaderSlot {
	Reader *reader;
	const Relation *rel;
	uint32_t group; /* readers whose rows meet in a query have the same number */
	bool started;   /* has handed out rows */
	void *owner;    /* feed.c's */
} ReaderSlot;

enum { ENGINE_STEP_ROWS = 1 << 20 }; /* weir.step.rows is never more */

struct Engine {
	EngineOptions opt;
	const Clock *clock;
	Settings *settings;
	Store *store;
	Arena *step;
	pthread_mutex_t lock; /* catalog pointer, requests, stop, writing of settings */
	pthread_cond_t wake;
	pthread_cond_t done;
	Catalog *catalog;
	EngineRequest *requests, **requests_tail;
	EngineRequest *waiting; /* done, but for the epoch that has to land */
	bool woken;
	bool stop;
	int64_t stop_ms; /* when it stops: how long it waits for the last epoch */
	bool threaded;
	pthread_t thread;
	bool fatal;
	Err fatal_err;
	atomic_bool hold;             /* sources are not read yet */
	atomic_bool broken;           /* fatal, for other threads */
	atomic_bool idle;             /* the last step found nothing to do, and every source is done */
	atomic_bool reading, endless; /* some query is so */
	_Atomic int64_t round_us;     /* since when the engine's thread is in its round, monotonic; 0: it sleeps */

	Query *queries;
	OwnTable *tables;
	ReaderSlot *readers;
	uint32_t nreaders, readers_cap;
	uint32_t next_unit;
	int64_t next_ord;
	uint32_t step_rows; /* so many rows from one input make what a step may hold, as far as the last steps tell */
	uint64_t next_seq;  /* of catalog records */
	uint64_t next_side; /* of side rows */
	uint64_t next_version;
	int64_t last_seal_us;
	int64_t changed_us;     /* since when there is something to seal; 0: nothing */
	int64_t last_report_us; /* of positions to the sources */
	Histogram epochs_age;   /* from changed_us to the seal */
	bool in_run;            /* the queries are being run */
	bool ended;             /* the last step found every source read to its end */
	bool store_trouble;

	StateTable *meta; /* counters */
	StateTable *positions;
	StateTable *bad_rows; /* side.c */
	StateTable *missed;   /* missed.c */
	StateTable *history;  /* history.c */
	StateTable *outboxes; /* (sink, epoch, n) -> chunk */
	StateTable *records;  /* catalog: sequence number -> record */
	Map sides;            /* "x.bad" -> SideTable */
};

/* engine.c */
void engine_wake(void *engine); /* Thread: any */
void engine_set_catalog(Engine *e, Catalog *c);
bool engine_bind_context(Engine *e, const Settings *settings, Arena *arena, Str text, StrBuf *notices, BindContext *bc);

/* query.c */
typedef struct QueryStart {
	Str name;
	const PlanQuery *plan;
	const Relation *rel;
	const QueryDef *def;
	const Settings *settings;
	Follower *follower;
	bool restored;
} QueryStart;
bool query_start(Engine *e, const QueryStart *qs, Query **out, Err *err);
void query_stop(Engine *e, Query *q, bool drop_state);
/* Who follows the table's changes has nothing to follow any more. */
void query_end_followers(Engine *e, const OwnTable *t);
/* The query fails: it and all that read its view go back to their last epoch. */
void query_fail(Engine *e, Query *q, const Err *err);
bool query_resume(Engine *e, Query *q, bool skip, Err *err);
bool query_pause(Engine *e, Query *q, Err *err);
/* skip.c: q failed in this step with `why`. true: it is asked to skip that row, which is known, and goes on. */
bool skip_row(Engine *e, Query *q, const Err *why);
void query_rename_paused(Engine *e, Str name, Str to);
Query *query_find(Engine *e, Str name); /* by DIALECT's rule for names */
/* Readers that are connected through queries, as groups. */
void query_regroup(Engine *e);
/* Do readers of the group bring rows to q, themselves or through views? */
bool query_in_group(Engine *e, const Query *q, uint32_t group);
void query_join_readers(Engine *e); /* readers of one table at equal positions become one */

/* feed.c */
/* The query whose failure takes back what the relation holds: a view's, or that of late rows; NULL: none. */
Query *feed_maker(Engine *e, const Relation *rel);
bool feed_open(Engine *e, Query *q, Feed *f, Err *err);
void feed_close(Engine *e, Feed *f);
const Feed *feed_of_reader(const Engine *e, const Reader *r); /* of a query that keeps positions; NULL: none */
void feed_detach(Engine *e, Feed *f);                         /* from its reader, which ends with its last scan */
bool feed_step(Engine *e, Feed *f, int64_t next_ord, uint32_t *walked, Err *err);
void feed_checkpoint(Engine *e, Feed *f);
/* How far the walk of a scan is stored: true with the cursor, false when it has ended. */
bool feed_stored_cursor(Engine *e, Str query, const Plan *scan, StrBuf *cursor);
/* The rows of b at or below the cursor. */
const Batch *feed_seen_rows(const Relation *rel, Str cursor, const Batch *b, Arena *arena);

/* missed.c */
void missed_open(Engine *e, Feed *f);      /* sets behind */
void missed_note(Feed *f, const Batch *b); /* fed to a running query */
void missed_sealed(Engine *e, Feed *f);    /* with the feed's checkpoint */
void missed_keep(Engine *e, Query *q);     /* q is about to be thrown back */
void missed_step(Engine *e);               /* at the end of a step, before its changes go */
bool missed_take(Engine *e, Feed *f, int64_t next_ord, uint32_t max, BatchList *out, uint32_t *n,
                 Err *err); /* n rows */
/* Is the log still to be searched for the row to skip? */
bool missed_searching(const Feed *f);
void missed_drop(Engine *e, Str query);
bool missed_is_lost(Engine *e, Str query); /* it must be built anew */

/* position.c */
/* table: Feed.positions. */
bool position_load(Engine *e, Str query, Str table, Str partition, ReaderPosition *out);
/* The partitions of which a position is stored, in the arena. */
uint32_t position_list(Engine *e, Str query, Str table, Arena *arena, Str **partitions);
/* The watermark that the query has seen of the whole table. */
int64_t position_watermark(Engine *e, Str query, Str table);
void position_save(Engine *e, Query *q);
void position_drop(Engine *e, Str query);
/* What the tables of positions and missed changes hold of a query goes on under another name. */
void position_rename(Engine *e, Str query, Str to);
/* Tells the sources what has landed, for tools that look at lag. Only while the writer is free. */
void position_report(Engine *e);
/* Where the reading began, kept while the query lives. */
void position_note_first(Engine *e, const Feed *f);
void position_note_born(Engine *e, Str query);
/* A record that was kept in .bad and met last when there were `met` side rows: has the query read it since? */
typedef enum PositionPassed { POSITION_TO_COME, POSITION_READ, POSITION_NOT_READ } PositionPassed;
PositionPassed position_passed(Engine *e, const Feed *f, Str partition, int64_t position, uint64_t met);
/* Records that a query skips. */
/* table: its name; a record is skipped by all of the query's reads of it. */
void position_skip(Engine *e, Str query, Str table, Str partition, int64_t position);
void position_unskip(Engine *e, Feed *f, Str partition, int64_t position);
void position_skips(Engine *e, Str query, Str table, ReaderScan *scan);

/* side_keep.c */
bool side_bad(Engine *e, Str table, const ReaderBad *bad, Err *err);
/* A row of a stored input (all columns, encoded) that its query leaves out. */
void side_bad_row(Engine *e, const Feed *f, Str row, int64_t weight, const Err *why);
void side_late(void *query, Operator *op, const LateRow *row);
/* Its seq; 0: it was kept before. */
int64_t side_refused(Engine *e, Str sink, const SinkRefused *refused, uint8_t kind, Str row, Str row_json);

/* side.c */
/* Adds the side relations of an object to a catalog edit. */
void side_declare(CatalogEdit *ce, const Relation *r, uint64_t version);
void side_declare_query(CatalogEdit *ce, Str name, bool sink, uint64_t version);
void side_drop(Engine *e, Str owner, bool bad_too); /* not bad_too: the owner's table stays */
void side_close(Engine *e);
/* .bad of a query with the name of its sink is the table's too, and stays with it. */
bool side_shares_bad(Engine *e, Str query);
/* All rows and what is known of them go on under another name; the owner's query does not run. */
void side_rename(Engine *e, Str owner, Str to);
void side_let_go(Engine *e, Str owner);           /* the handles of what belongs to its query's unit; all is sealed */
void side_thrown_back(Engine *e, const Query *q); /* behind store_discard */
void side_sealed(Engine *e);

/* outbox.c */
Outbox *outbox_open(Engine *e, Query *q, bool restored, Err *err);
/* What a connector is told about a table that is written; name and zone are left to the caller. */
void outbox_spec(Engine *e, const TableDef *t, const Settings *settings, Arena *arena, SinkSpec *spec);
void outbox_close(Engine *e, Outbox *o, bool drop);
void outbox_take_settings(Outbox *o);                     /* the engine's have changed */
bool outbox_collect(Outbox *o, Operator *root, Err *err); /* the step's output */
bool outbox_dirty(const Outbox *o);
void outbox_seal(Engine *e, Outbox *o, uint64_t epoch); /* before store_seal */
void outbox_discard(Outbox *o);                         /* what is not sealed */
bool outbox_full(const Outbox *o);
/* Part of sealing that epoch. */
void outbox_trim(Engine *e, Outbox *o, uint64_t epoch);
/* The target's marker was seen, and an epoch must say so before anything is sent. */
bool outbox_wants_proof(const Outbox *o);
int64_t outbox_bytes(const Outbox *o);
const Delivery *outbox_delivery(const Outbox *o);
bool outbox_idle(const Outbox *o); /* all that was sealed is delivered */
bool outbox_failed(const Outbox *o, Err *err);
/* A row that was refused, once more: output of the epoch to come, whatever becomes of the query. false: damaged. */
bool outbox_again(Outbox *o, uint8_t kind, Str values);
const SinkSpec *outbox_columns(const Outbox *o);            /* names, types and key of what is sent */
void outbox_deliver_inline(Engine *e, Outbox *o, Err *err); /* manual */

/* replay.c: waits until what was replayed has had its effect, as far as target and queries answer. Thread: the
 * session's. */
bool replay_wait(Engine *e, EngineStatement *s, Err *err);

/* own.c */
OwnTable *own_find(Engine *e, const Relation *rel);
bool own_open(Engine *e, const Relation *rel, OwnTable **out, Err *err);
void own_close(Engine *e, OwnTable *t, bool drop);
void own_let_go(Engine *e, OwnTable *t); /* the handles; all is sealed */
bool own_insert(EngineStatement *s, Engine *e, const PlanQuery *plan, const Relation *rel, uint64_t *rows, Err *err);
/* Rows of all the table's columns, all or none. */
bool own_put_rows(Engine *e, const Relation *rel, const Value *rows, uint32_t n, Err *err);
bool own_change(EngineStatement *s, Engine *e, const PlanQuery *plan, const Relation *rel, bool update, uint64_t *rows,
                Err *err);
/* Runs a statement's plan once over the current state. */
bool own_run(EngineStatement *s, Engine *e, const PlanQuery *plan,
             bool (*rows)(void *ctx, const Batch *b, bool *done, Err *err), void *ctx, Err *err);
bool own_truncate(Engine *e, const Relation *rel, uint64_t *rows, Err *err);

/* restore.c */
typedef enum RecordKind {
	RECORD_OBJECT, /* a table or view */
	RECORD_QUERY,  /* an INSERT */
	RECORD_ONCE,   /* an INSERT ... VALUES of a file that has run */
	RECORD_FUNCTION,
	RECORD_INDEX,
} RecordKind;
/* The record of an object, in the arena of who asked; settings: k=v, one a line. */
typedef struct RestoreRecord {
	Str key; /* records are in the order in which they were bound */
	RecordKind kind;
	bool from_file;
	uint32_t group;
	uint64_t plan_hash;
	Str name;
	Str sql;
	Str settings;
	Str origin; /* of a table: see origin.h */
} RestoreRecord;
bool restore_list(Engine *e, Arena *arena, RestoreRecord **out, uint32_t *n, Err *err);
bool restore_get(Engine *e, RecordKind kind, Str name, Arena *arena, RestoreRecord *out);
/* Last in the order; the record of that key, if it has one, is gone. */
void restore_put_last(Engine *e, RestoreRecord *r, Arena *arena);
/* Executes the record's statement. fresh: a query begins anew; else it goes on from its last epoch. */
bool restore_run(Engine *e, const RestoreRecord *r, bool fresh, Err *err);
/* What a recorded query starts from: what it was not made with is the default, whatever the engine was started with
 * now. */
Settings *restore_base(Engine *e);
bool restore_settings(Settings *s, Str text, Err *err);
Str restore_settings_text(const Settings *s, Arena *arena); /* the same the other way */
void restore_record(Engine *e, RecordKind kind, Str name, Str sql, const Settings *settings, bool from_file,
                    uint64_t plan_hash, uint32_t group, Str origin);
void restore_forget(Engine *e, RecordKind kind, Str name);
bool restore_find(Engine *e, RecordKind kind, Str name, Arena *arena, Str *sql, uint64_t *plan_hash);
bool restore_all(Engine *e, Err *err);

/* engine_step.c */
bool engine_seal(Engine *e, Err *err);
bool engine_needs_seal(Engine *e);
/* For a statement that must begin at an epoch: what earlier statements changed goes through a step, and all is sealed.
 */
bool engine_settle(Engine *e, Err *err);

/* follow.c */
void follow_collect(Follower *f, Operator *root);
void follow_fail(Follower *f, const Err *err);

#endif
