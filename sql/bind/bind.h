/*
 * sql/bind/bind.h: from the tree of a statement to its meaning: names resolved, types known, a plan for every query.
 *
 * One file per region of the grammar: bind_expr.c, bind_query.c, bind_agg.c, bind_window.c, bind_subquery.c,
 * bind_table.c (DDL), bind_dml.c ... The binder asks the catalog version it is given and changes nothing. What the
 * grammar has and weir does not run yet is refused here with ERR_NOT_SUPPORTED. All results live in the arena.
 */
#ifndef WEIR_SQL_BIND_BIND_H
#define WEIR_SQL_BIND_BIND_H

#include "parser/parser.h"
#include "sql/catalog/catalog.h"
#include "sql/plan/plan.h"

typedef struct BindContext {
	Arena *arena;
	const Catalog *catalog;
	const Settings *settings;
	Str text;                 /* of the statements, for spans and canonical texts */
	EvalEnv env;              /* for folding constants: zone, now */
	const Type **param_types; /* types the client declared for $1 ...; NULL entries: to be inferred */
	uint32_t nparams;
	StrBuf *notices;                         /* lines for the user; may be NULL */
	bool for_test;                           /* weir test: tables need no connector */
	bool (*is_stream)(void *ctx, Str table); /* weir test: is the table without WITH fed by PUSH */
	void *is_stream_ctx;
	bool unfinished; /* tests of the binder: the plan as bound, without finish_plan */
	/* What a sink takes (connectors are above this layer): a set of 1 append, 2 upsert, 4 retract. */
	bool (*sink_accepts)(const TableDef *table, unsigned *accepts, Err *err);
	/* Is the table's connector bounded, can it be read at all, does its format give a changelog. */
	bool (*source_facts)(const TableDef *table, bool *readable, bool *bounded, bool *changelog, Err *err);
} BindContext;

/* SELECT, VALUES ... as a snapshot (root PLAN_RESULT). follow: for EMIT CHANGES, SUBSCRIBE: a continuous plan with root
 * PLAN_RESULT. */
bool bind_select(BindContext *bc, const AstNode *query, bool follow, PlanQuery **out, Err *err);
/* CREATE TABLE: also LIKE; with AS query *select receives the query's node. name checks against the catalog are the
 * caller's. */
bool bind_create_table(BindContext *bc, const AstNode *stmt, TableDef **out, Err *err);
/* CREATE VIEW: the query is bound once to find errors; columns get their names and types. */
bool bind_create_view(BindContext *bc, const AstNode *stmt, TableDef **out, Err *err);
/* CREATE MATERIALIZED VIEW: continuous plan with root PLAN_MATERIALIZE; the Relation is complete but for its arena. */
bool bind_create_mview(BindContext *bc, const AstNode *stmt, Relation *out, Err *err);
/* CREATE FUNCTION, CREATE INDEX. */
bool bind_create_function(BindContext *bc, const AstNode *stmt, FunctionDef *out, Err *err);
bool bind_create_index(BindContext *bc, const AstNode *stmt, const Relation **rel, IndexDef *out, Err *err);
/* INSERT INTO a connector table: continuous plan with root PLAN_SINK (with PLAN_LAST_WINS below it where keys differ).
 * INSERT INTO an own table: a snapshot plan with root PLAN_RESULT whose columns are the table's, *target the table,
 * *continuous false. INSERT of VALUES into a connector table: likewise. */
bool bind_insert(BindContext *bc, const AstNode *stmt, PlanQuery **out, const Relation **target, bool *continuous,
                 Err *err);
/* UPDATE, DELETE: a snapshot plan over the table; its rows are: all columns before (table order) [, for UPDATE all
 * columns after]. */
bool bind_update(BindContext *bc, const AstNode *stmt, PlanQuery **out, const Relation **target, Err *err);
bool bind_delete(BindContext *bc, const AstNode *stmt, PlanQuery **out, const Relation **target, Err *err);
/* A row of constants as values of the given types (PUSH, EXPECT, PARTITION). */
bool bind_const_row(BindContext *bc, const AstNode *row, const Type *const *types, uint32_t ntypes, Value *out,
                    Err *err);
/* A constant expression with a wanted type (NULL: its own). */
bool bind_const(BindContext *bc, const AstNode *expr, const Type *want, const Type **type, Value *out, Err *err);
bool bind_type(BindContext *bc, const AstType *node, const Type **out, Err *err);
/* What evaluation depends on, as the settings say it: zone, arithmetic, casts. No watermark. */
EvalEnv bind_env(const Settings *settings, int64_t now_us);

#endif
