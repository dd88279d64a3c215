/*
 * engine/front/session_int.h: what the files of the session share: session.c (life, dispatch), session_select.c
 * (snapshots), session_cursor.c (results, followed queries), session_show.c (SHOW, DESCRIBE, HELP), session_set.c (SET,
 * RESET, transactions), session_explain.c (EXPLAIN), session_why.c (WHY).
 */
#ifndef WEIR_ENGINE_FRONT_SESSION_INT_H
#define WEIR_ENGINE_FRONT_SESSION_INT_H

#include <stdatomic.h>

#include "engine/front/session.h"
#include "sql/bind/bind.h"
#include "sql/functions/pg_functions.h"

/* What a SELECT read of a connector table, for EXPLAIN ANALYZE. */
typedef struct SessionScan {
	const Plan *plan;
	uint64_t rows;
	Str note; /* what was left unread; empty: nothing is known */
} SessionScan;

typedef struct SessionScans {
	SessionScan *items;
	uint32_t len, cap;
} SessionScans;

struct Session {
	SessionOptions opt;
	SessionScans *scans; /* filled by session_select_run; NULL: nobody asks */
	Settings *settings;
	Arena *stmt; /* of the statement being run */
	atomic_bool cancel;
	char transaction;
	bool changed_in_transaction;
	uint64_t epoch; /* of the last own change */
	PgLookup pg;    /* for functions that ask about the catalog */
};

/* One statement being run. */
typedef struct Running {
	Session *s;
	const AstNode *stmt;
	Str text;
	const Type **param_types;
	const Value *params;
	uint32_t nparams;
	const Results *results;
	Arena *arena;
} Running;

bool session_bind_context(Session *s, const Catalog *catalog, Arena *arena, Str text, StrBuf *notices, BindContext *bc);
void session_notices(const Running *r, StrBuf *notices);
void session_end(const Running *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A result of text rows: cells[row * ncols + col]; ptr NULL is NULL. */
bool session_text_result(const Running *r, const char *const *names, uint32_t ncols, const Str *cells, uint32_t nrows,
                         const char *tag);

/* Has each $n of the statement a value? */
bool session_params_given(const AstNode *stmt, uint32_t nparams, Err *err);

/* session_select.c: runs a snapshot plan to its end. The session must wait for nothing else meanwhile. notices (may be
 * NULL) gets a line per connector table with records that could not be decoded. */
typedef bool (*SessionRows)(void *ctx, const Batch *b, bool *done, Err *err);
bool session_select_run(Session *s, Arena *arena, const PlanQuery *plan, const Value *params, SessionRows rows,
                        void *ctx, StrBuf *notices, Err *err);
/* session_cursor.c: AST_STMT_QUERY, AST_QUERY or AST_SUBSCRIBE, pushed to its end. */
bool session_cursor_run(Running *r, const AstNode *query, Err *err);
/* SUBSCRIBE TO v as the query that it is: SELECT * FROM v EMIT CHANGES. */
bool session_cursor_subscribe(Arena *arena, const AstSubscribe *node, Str *text, const AstNode **query, Err *err);
/* session_set.c, session_show.c, session_explain.c */
bool session_set(Running *r, Err *err);
bool session_show(Running *r, Err *err);
const Relation *session_relation(const Catalog *c, const AstNames *path, Err *err);
/* session_create.c */
bool session_show_create(Running *r, const AstShow *node, const Catalog *c, Err *err);
bool session_explain(Running *r, Err *err);                                          /* WHY too */
bool session_explain_lines(Running *r, const char *name, Str text, const char *tag); /* a row per line */
bool backup_statement(Running *r, Err *err);                                         /* backup.c */
bool session_alter_dry(Running *r, Err *err);                                        /* session_alter.c */
bool session_why(Running *r, Err *err);                                              /* session_why.c */
/* system.c: rows of weir.* and pg_catalog relations. ctx begins with a Session *. */
bool system_rows(void *ctx, const Relation *rel, Arena *arena, Batch **out, Err *err);

/* pg_catalog_lookup.c: PgLookup.ask; ctx is the Session. */
bool pg_catalog_lookup(void *ctx, PgQuestion question, int64_t oid, int64_t number, Str name, Arena *arena,
                       PgAnswer *out);

#endif
