/*
 * engine/front/session.h: text in, results out: the one way to run SQL. The wire server, the shell, files and tests are
 * faces of it.
 *
 * A session has settings of its own and runs one statement at a time in the thread that calls it; what changes
 * something goes to the engine as a request, what reads runs here on a snapshot of the committed file, after the epoch
 * of the session's own last change has landed.
 *
 * Thread: a session belongs to one thread at a time; session_cancel from any.
 */
#ifndef WEIR_ENGINE_FRONT_SESSION_H
#define WEIR_ENGINE_FRONT_SESSION_H

#include "engine/runtime/engine.h"
#include "sql/plan/plan.h"

typedef struct Session Session;

/* Where results go. Functions may be NULL where nobody cares. false from begin or rows: stop this result (not an
 * error). */
typedef struct Results {
	void *ctx;
	bool (*begin)(void *ctx, const PlanCol *cols, uint32_t ncols, const struct Zone *zone);
	/* kinds: of a followed query, one per row; NULL for snapshots. */
	bool (*rows)(void *ctx, const Batch *b, const RowKind *kinds);
	/* tag as in PostgreSQL: "SELECT 3", "CREATE TABLE". */
	void (*end)(void *ctx, const char *tag);
	void (*notice)(void *ctx, const char *text);
	/* text: the whole text that the error's span counts in. */
	void (*error)(void *ctx, const Err *err, Str text);
	/* Asked while waiting for a followed query's rows, about every 100 ms; false: stop. */
	bool (*idle)(void *ctx);
} Results;

typedef struct SessionOptions {
	Engine *engine;
	const Settings *settings; /* to start from; copied; NULL: the engine's */
	const char *user;
	bool from_file;   /* statements are a query file: ${} is replaced, definitions are declarative */
	bool once_always; /* weir run: INSERT ... VALUES of files runs each time */
	bool serve;       /* SELECT, UPDATE, DELETE are refused in files */
	bool is_owner;    /* the client is the user that the engine runs as: it may have files written */
	bool settle;      /* a SELECT waits for the queries whose inputs end: files give the same answer each time */
	void (*waiting)(void *ctx, bool over); /* asked again and again while settling; may be NULL */
	void *waiting_ctx;
	bool dry;            /* weir check: bind everything, run nothing */
	const Map *declared; /* serve: the texts of all statements of all files, trimmed */
} SessionOptions;

Session *session_open(const SessionOptions *options);
void session_close(Session *s);
/* Runs every statement of the text in order; goes on after errors unless stop_at_error, but not after session_cancel.
 * Returns how many failed. */
uint32_t session_run(Session *s, Str text, bool stop_at_error, const Results *results);
/* Runs one parsed statement. text is what its spans count in. params: values of $1 ... of the given types. */
bool session_statement(Session *s, const AstNode *stmt, Str text, const Type **param_types, const Value *params,
                       uint32_t nparams, const Results *results, Err *err);
/* Columns of the result of a statement without running it, and the types of its parameters (inferred where
 * param_types[i] is NULL). ncols 0: no rows come. Everything in the arena. For the extended protocol. */
bool session_describe(Session *s, const AstNode *stmt, Str text, const Type **param_types, uint32_t nparams,
                      Arena *arena, PlanCol **cols, uint32_t *ncols, const Type ***params_out, uint32_t *nparams_out,
                      Err *err);
/* What session_statement does around each statement; for those who run one through a cursor (session_cursor.h). */
bool session_enter(Session *s, const AstNode *stmt, Err *err); /* false: the transaction has failed */
void session_fail(Session *s);
void session_cancel(Session *s); /* Thread: any */
const Settings *session_settings(const Session *s);
Settings *session_settings_edit(Session *s);
/* The text of a statement with the values of options that hold secrets as ***. */
Str session_without_secrets(Str sql, Arena *arena);
/* Likewise the query of a view, as it was written where no hint of it can hold one. */
Str session_shown_query(Str sql, Arena *arena);
const Settings *session_settings_fresh(Session *s); /* with what holds for the engine now, for showing */
/* 'I' idle, 'T' in a transaction block, 'E' failed one: for the wire protocol. */
char session_transaction(const Session *s);

#endif
