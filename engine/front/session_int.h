/*
 * engine/front/session_int.h: what the files of the session share: session.c (life, dispatch), session_select.c (snapshots and followed queries),
 * session_show.c (SHOW, DESCRIBE, HELP), session_set.c (SET, RESET, transactions), session_explain.c (EXPLAIN, WHY).
 */
#ifndef WEIR_ENGINE_FRONT_SESSION_INT_H
#define WEIR_ENGINE_FRONT_SESSION_INT_H

#include <stdatomic.h>

#include "engine/front/session.h"
#include "sql/bind/bind.h"

struct Session {
	SessionOptions opt;
	Settings *settings;
	Arena *stmt; /* of the statement being run */
	atomic_bool cancel;
	char transaction;
	bool changed_in_transaction;
	uint64_t epoch; /* of the last own change */
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
bool session_text_result(const Running *r, const char *const *names, uint32_t ncols, const Str *cells, uint32_t nrows, const char *tag);

/* session_select.c */
bool session_select(Running *r, const AstNode *query, Err *err);
bool session_follow(Running *r, const AstNode *query, Err *err);     /* EMIT CHANGES */
bool session_subscribe(Running *r, const AstSubscribe *node, Err *err);
/* session_set.c, session_show.c, session_explain.c */
bool session_set(Running *r, Err *err);
bool session_show(Running *r, Err *err);
bool session_explain(Running *r, Err *err);
/* system.c: rows of weir.* and pg_catalog relations */
bool system_rows(void *session, const Relation *rel, Arena *arena, Batch **out, Err *err);

#endif
