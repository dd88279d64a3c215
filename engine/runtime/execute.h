/*
 * engine/runtime/execute.h: statements that change something, run by the engine thread between two steps.
 *
 * execute.c: dispatch, tables, views, functions, indexes; execute_query.c: INSERT, statement sets, pause, resume;
 * execute_drop.c: DROP and what depends on it.
 */
#ifndef WEIR_ENGINE_RUNTIME_EXECUTE_H
#define WEIR_ENGINE_RUNTIME_EXECUTE_H

#include "engine/runtime/engine_int.h"

/* Given when the statement comes from the state file: nothing is recorded again, queries go on from their last epoch.
 */
typedef struct ExecuteRestore {
	Str name;
	uint64_t plan_hash;
	uint32_t group;
	bool fresh; /* queries begin anew */
	Str origin; /* of a table: what its text is bound over, see origin.h */
} ExecuteRestore;

/* One statement being executed: its text was copied into the arena of what it makes, and parsed again there. */
typedef struct Execute {
	Engine *e;
	EngineStatement *s;
	const ExecuteRestore *restore;
	Arena *arena; /* of the new object; closed by the executor unless `kept` */
	bool kept;
	Str text;
	const AstNode *stmt;
	BindContext bc;
	Str origin; /* of a recorded table */
	uint32_t group;
} Execute;

bool execute_statement(Engine *e, EngineStatement *s, const ExecuteRestore *restore, Err *err);
void execute_tag(Execute *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void execute_notice(Execute *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
Str execute_path_name(const AstNames *path); /* last part */
/* Declarative files: is the recorded definition the same text? */
bool execute_same(Execute *x, RecordKind kind, Str name);
/* Says that it does, and which of its settings are not those of today. */
void execute_goes_on(Execute *x, RecordKind kind, Str name, const char *what);

/* What the statement defines, bound and not entered anywhere. */
bool execute_table(Execute *x, const AstCreateTable *node, Relation **out, Err *err);
bool execute_view(Execute *x, const AstCreateView *node, Relation **out, Err *err);
bool execute_function(Execute *x, FunctionDef **out, Err *err);
bool execute_insert(Execute *x, Str name, QueryDef **out, Err *err); /* execute_query.c */
/* Records that a statement of a served file has run. */
void execute_ran_once(Engine *e, Str text, const Settings *settings);
void execute_plan_changed(Execute *x, Query *q);

/* execute_query.c */
bool execute_query_insert(Execute *x, const AstInsert *node, Err *err);
bool execute_query_set(Execute *x, const AstStatementSet *node, Err *err);
bool execute_query_change(Execute *x, Err *err); /* UPDATE, DELETE, TRUNCATE */
bool execute_query_control(Execute *x, const AstControl *node, Err *err);

/* execute_drop.c */
bool execute_drop(Execute *x, const AstDrop *node, Err *err);
bool execute_drop_relation(Engine *e, const Relation *r, bool cascade, Err *err);
/* Dropped, to be made again. keep_bad: the records that the old definition could not use stay for the new one. */
bool execute_replace_relation(Engine *e, const Relation *r, bool keep_bad, bool cascade, Err *err);
bool execute_drop_query(Engine *e, Query *q, bool cascade, Err *err);
bool execute_drop_function(Engine *e, const FunctionDef *f, bool cascade, Err *err);

/* execute_alter.c */
bool execute_alter(Execute *x, const AstAlter *node, Err *err);

/* execute_index.c */
/* The relation with the new index, entered nowhere; index may be NULL. */
bool execute_index(Execute *x, Relation **out, IndexDef *index, Err *err);
bool execute_index_create(Execute *x, const AstCreateIndex *node, Err *err);
bool execute_index_drop(Execute *x, Str name, bool *found, Err *err); /* true and !*found: there is none */

#endif
