/*
 * engine/front/pgwire_int.h: what the files of the wire server share.
 *
 *   pgwire.c          the network thread            pgwire_auth.c      start-up, passwords, cancel
 *   pgwire_task.c     messages of one connection    pgwire_statement.c one statement: rows, COPY, or run to its end
 *   pgwire_extended.c Parse, Bind, Execute ...      pgwire_cursor.c    DECLARE, FETCH, PREPARE, EXECUTE
 *   pgwire_stream.c   rows that are sent piece by piece    pgwire_copy.c  the formats of COPY
 *   pgwire_reply.c    answers
 *
 *   socket -> in -> [ task in the query pool: message -> session -> buf ] -> out -> socket
 *
 * A task runs until it has no whole message, or `out` is full (a slow client), or a followed query has nothing new, or
 * its slice is over; then it leaves, and the network thread submits it again. So neither slow clients nor followers
 * hold a thread of the pool.
 */
#ifndef WEIR_ENGINE_FRONT_PGWIRE_INT_H
#define WEIR_ENGINE_FRONT_PGWIRE_INT_H

#include <pthread.h>
#include <stdatomic.h>

#include "engine/front/pgwire.h"
#include "engine/front/pgwire_message.h"
#include "engine/front/pool.h"
#include "engine/front/session_cursor.h"

enum {
	PGWIRE_OUT_HIGH = 1 << 20,  /* bytes that wait for the client, above which its task leaves */
	PGWIRE_OUT_LOW = 256 << 10, /* below which it goes on */
	PGWIRE_IN_HIGH = 256 << 10, /* unread bytes above which the socket is not read, but for a message that is longer */
	PGWIRE_BUF = 32 << 10,      /* handed over to `out` in pieces of this */
	PGWIRE_SLICE_US = 50000,    /* a task runs no longer at a stretch, if others wait */
	PGWIRE_FOLLOW_US = 10000,   /* how often a followed query is asked */
	PGWIRE_AUTH_US = 60000000,  /* time to log in */
	PGWIRE_FETCH_US = 1000000,  /* FETCH from a followed query waits so long for its first row */
	PGWIRE_STATUS_US = 500000,  /* the shell's status line */
	PGWIRE_STATEMENTS_MAX = 10000, /* prepared statements of a connection; likewise portals */
};

typedef struct PgwireConn PgwireConn;

typedef enum PgwirePhase { PHASE_STARTUP, PHASE_SASL, PHASE_PROOF, PHASE_READY } PgwirePhase;

/* A statement that was parsed: of Parse, or of PREPARE. Counted: portals hold one. */
typedef struct PgwirePrepared {
	uint32_t refs;
	Arena *arena;
	Str text;
	AstNode *stmt; /* NULL: nothing but blanks */
	const Type **types;
	uint32_t *oids;
	uint32_t nparams;
	PlanCol *cols;
	uint32_t ncols;
	bool follows; /* rows have their kind in front */
} PgwirePrepared;

typedef struct PgwirePortal {
	Arena *arena;
	Str name;
	PgwirePrepared *prepared; /* NULL: declared by DECLARE */
	const Type **types;
	Value *params;
	int16_t *formats;
	uint32_t nformats;
	SessionCursor *cursor; /* once it is executed */
	bool declared, hold, done;
	char transaction; /* state in which it was made */
	uint64_t at;      /* rows handed out: of a declared cursor */
} PgwirePortal;

typedef enum PgwireStreamKind { STREAM_NONE, STREAM_QUERY, STREAM_EXECUTE, STREAM_FETCH, STREAM_COPY } PgwireStreamKind;

typedef enum PgwireCopyFormat { COPY_TEXT, COPY_CSV, COPY_BINARY } PgwireCopyFormat;

typedef struct PgwireCopy {
	PgwireCopyFormat format;
	bool header;
	char delimiter, quote, escape;
	char null[64];
	bool begun; /* binary: the signature is sent */
} PgwireCopy;

/* The rows being sent. */
typedef struct PgwireStream {
	PgwireStreamKind kind;
	SessionCursor *cursor;
	bool owned;           /* closed at the end */
	PgwirePortal *portal; /* EXECUTE, FETCH */
	const int16_t *formats;
	uint32_t nformats;
	uint64_t left; /* rows still wanted; UINT64_MAX: all */
	uint64_t sent;
	bool move;        /* MOVE: rows are counted, not sent */
	int64_t until_us; /* FETCH: when it stops waiting for the first row */
	int64_t status_us;
	PgwireCopy copy;
} PgwireStream;

/* Why a task leaves. */
typedef enum PgwireLeave { LEAVE_IDLE, LEAVE_ROOM, LEAVE_WAIT, LEAVE_AGAIN, LEAVE_CLOSE } PgwireLeave;

struct PgwireConn {
	PoolJob job; /* first */
	Pgwire *server;
	uint32_t pid, key;
	bool trusted;
	bool one_too_many; /* is told so when it logs in */
	/* network thread */
	int fd;
	PgwirePhase phase;
	Scram *scram;
	bool known_user;
	Arena *start; /* of the start-up message */
	PgwireStartup startup;
	int64_t opened_us;
	PgwireConn *next;
	/* under lock */
	pthread_mutex_t lock;
	StrBuf in, out;
	size_t in_at, out_at;
	bool queued;      /* in the pool's list, or running */
	bool again;       /* something happened while it ran */
	PgwireLeave left; /* why it is not */
	bool hangup;      /* the peer has gone */
	bool closing;     /* send `out`, then close */
	Session *finish;  /* for the task's last run, which frees it and what hangs on it */
	int64_t closing_us;
	/* any thread */
	_Atomic int64_t wake_us, deadline_us; /* INT64_MAX: none */
	atomic_bool cancel, timed_out, busy;
	/* the task's */
	Session *session;
	Arena *message;
	StrBuf buf;
	int64_t slice_us;
	Map prepared, portals;
	PgwirePrepared *unnamed;
	bool skip;     /* to the next Sync, after an error */
	bool extended; /* the statement that runs came by Execute */
	bool in_query; /* statements of a Query message are left: */
	StrBuf query;
	uint32_t query_at;
	Arena *stmt;
	PgwireStream stream;
	Map reported;      /* parameters the client knows: name -> value */
	bool wants_status; /* the shell: status of followed queries */
};

struct Pgwire {
	Engine *engine;
	Pool *pool;
	bool has_verifier;
	ScramVerifier verifier;
	char socket_path[108];
	int unix_fd, tcp_fd;
	uint16_t port;
	int wake_fd;
	pthread_t thread;
	bool threaded;
	atomic_bool stop;
	PgwireConn *conns; /* network thread */
	uint32_t nconns;
	uint32_t next_pid;
};

/* pgwire.c. Thread: any */
void pgwire_wake(Pgwire *p);
bool pgwire_taken(Pgwire *p, uint32_t pid, uint32_t key); /* network: CancelRequest */
/* pgwire_listen.c */
bool pgwire_listen_unix(Pgwire *p, const char *dir, Err *err);
bool pgwire_listen_tcp(Pgwire *p, const char *address, Err *err);
bool pgwire_listen_trusts(int fd); /* is the peer of the Unix socket us, or root? */

/* pgwire_auth.c. Thread: network; false: the connection is to be closed when `out` is sent. */
bool pgwire_auth_startup(PgwireConn *c, Str body);
bool pgwire_auth_password(PgwireConn *c, char type, Str body);

/* pgwire_task.c. Thread: pool */
void pgwire_task_run(PoolJob *job);
void pgwire_task_flush(PgwireConn *c); /* buf -> out */
bool pgwire_task_full(PgwireConn *c);
void pgwire_task_begin(PgwireConn *c); /* a statement begins: its deadline */
bool pgwire_task_enter(PgwireConn *c, const AstNode *stmt, Err *err);
/* The running statement has failed: answers; the rest of the Query, or all up to Sync, is skipped. */
void pgwire_task_fail(PgwireConn *c, Err *err, const char *sqlstate, Str text);
void pgwire_task_done(PgwireConn *c); /* the statement is over */

/* pgwire_statement.c: runs a statement, or begins to send its rows. most: 0: all. */
typedef struct PgwireRun {
	const AstNode *stmt;
	Str text;
	const Type **types;
	const Value *params;
	uint32_t nparams;
	const int16_t *formats;
	uint32_t nformats;
	bool describe;        /* RowDescription before the rows: Query */
	PgwirePortal *portal; /* Execute */
	uint32_t most;
	const char *sqlstate; /* out: of the error, where Err has no code for it */
} PgwireRun;
bool pgwire_statement(PgwireConn *c, PgwireRun *r, Err *err);
Results pgwire_statement_notices(PgwireConn *c);
bool pgwire_statement_follows(const AstNode *stmt);

/* pgwire_extended.c */
/* Parse, Bind, Describe, Execute, Close. false: err; *text: what its span counts in. */
bool pgwire_extended_message(PgwireConn *c, char type, Str body, Err *err, const char **sqlstate, Str *text);
/* types: NULL entries are inferred; oids: as the client declared them, or NULL. */
PgwirePrepared *pgwire_extended_prepare(PgwireConn *c, Str text, const Type *const *types, const uint32_t *oids,
                                        uint32_t ntypes, Err *err);
void pgwire_extended_unref(PgwirePrepared *p);
void pgwire_extended_close_portal(PgwireConn *c, PgwirePortal *p);
/* Those that a transaction's end closes. */
void pgwire_extended_end_transaction(PgwireConn *c);
void pgwire_extended_free(PgwireConn *c);

/* pgwire_cursor.c: *handled: DECLARE, FETCH, MOVE, CLOSE, PREPARE, EXECUTE, DEALLOCATE. */
bool pgwire_cursor_statement(PgwireConn *c, PgwireRun *r, bool *handled, Err *err);
/* Columns of what a FETCH or EXECUTE will send. */
void pgwire_cursor_describe(PgwireConn *c, const AstNode *stmt, PgwirePrepared *out);

/* pgwire_stream.c */
void pgwire_stream_begin(PgwireConn *c, PgwireStreamKind kind, SessionCursor *cursor, bool owned);
/* Sends what can be sent. false: it is over (also when it failed); else *why to leave. */
bool pgwire_stream_run(PgwireConn *c, PgwireLeave *why);
void pgwire_stream_drop(PgwireConn *c);
void pgwire_stream_rows(const PlanCol *cols, uint32_t ncols, const CursorRows *rows, const struct Zone *zone,
                        const int16_t *formats, uint32_t nformats, StrBuf *out);

/* pgwire_copy.c */
bool pgwire_copy_options(const AstCopy *node, PgwireCopy *out, Err *err);
void pgwire_copy_begin(const PgwireCopy *o, const PlanCol *cols, uint32_t ncols, bool kinds, StrBuf *out);
void pgwire_copy_rows(PgwireCopy *o, const PlanCol *cols, uint32_t ncols, const CursorRows *rows,
                      const struct Zone *zone, StrBuf *out);
void pgwire_copy_end(PgwireCopy *o, StrBuf *out);

/* pgwire_reply.c */
void pgwire_reply_error(StrBuf *out, const Err *err, const char *severity, const char *sqlstate, Str text);
void pgwire_reply_notice(StrBuf *out, const char *text);
void pgwire_reply_tag(StrBuf *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void pgwire_reply_ready(StrBuf *out, char transaction);
void pgwire_reply_parameter(StrBuf *out, Str name, Str value);
/* Those of the settings that clients are told of and that have changed. */
void pgwire_reply_parameters(PgwireConn *c, StrBuf *out);
/* NoData if ncols is 0. follows: the kind of the row is the first column. */
void pgwire_reply_columns(StrBuf *out, const PlanCol *cols, uint32_t ncols, bool follows, const int16_t *formats,
                          uint32_t nformats);
int16_t pgwire_reply_format(const int16_t *formats, uint32_t nformats, uint32_t column);

#endif
