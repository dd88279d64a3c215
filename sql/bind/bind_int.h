/*
 * sql/bind/bind_int.h: what the files of the binder share.
 *
 * A Binder lives as long as one statement. A Scope is what names mean at one place: the columns of a plan, around it
 * the scope of the enclosing query.
 *
 *   SELECT a, (SELECT max(x) FROM u WHERE u.k = t.k) FROM t WHERE ...
 *          scope of the outer select: plan = Scan t        <-+ outer
 *                     scope of the subquery: plan = Scan u --+      t.k becomes a parameter, filled from the outer plan
 * by PLAN_APPLY
 *
 * In a grouped query expressions are bound over the ungrouped columns, with virtual columns (BIND_VIRTUAL + i) for
 * aggregates and subqueries; bind_agg.c replaces afterwards what equals a group key by the key, and refuses the columns
 * that are left over.
 */
#ifndef WEIR_SQL_BIND_BIND_INT_H
#define WEIR_SQL_BIND_BIND_INT_H

#include "sql/bind/bind.h"

enum {
	BIND_VIRTUAL = 1 << 24,    /* first virtual column */
	BIND_OVER = 1 << 26,       /* first virtual column of a call with OVER */
	BIND_RIGHT_COL = 1 << 28,  /* in the test of IN, ANY, ALL: first column of the subquery */
	BIND_VIEW_DEPTH_MAX = 64,  /* views and functions that expand into others */
	BIND_COLUMNS_MAX = 4096,   /* of one relation or select list */
	BIND_FROM_MAX = 1024,      /* what stands in the FROMs of a statement, WITH and views expanded */
	BIND_BYTES_MAX = 1 << 30,  /* of memory that binding a statement takes */
	BIND_SLOTS_PER_APPLY = 64, /* outer columns that one subquery may read */
};

typedef struct Binder Binder;
typedef struct Scope Scope;
typedef struct Cte Cte;
typedef struct Grouping Grouping;
typedef struct Apply Apply;
typedef struct FnCalls FnCalls;
typedef struct Overs Overs;

typedef struct ExprList {
	const Expr **items;
	uint32_t len;
	uint32_t cap;
} ExprList;

typedef struct StrList {
	Str *items;
	uint32_t len;
	uint32_t cap;
} StrList;

typedef struct U32List {
	uint32_t *items;
	uint32_t len;
	uint32_t cap;
} U32List;

typedef struct RelationList {
	const Relation **items;
	uint32_t len;
	uint32_t cap;
} RelationList;

/* What the hint STATE_TTL of a SELECT says of the names in its FROM. */
typedef struct TtlName {
	Str name;
	Span span;
	StateTtl ttl;
	bool used;
} TtlName;

typedef struct TtlHints {
	TtlName *items;
	uint32_t len;
	uint32_t cap;
	StrList tables;  /* of FROM */
	bool joins;      /* FROM joins: names are sides */
	StateTtl groups; /* else: of GROUP BY, DISTINCT */
} TtlHints;

struct Binder {
	BindContext *bc;
	Arena *arena;
	bool snapshot;    /* batch meaning; else continuous */
	bool for_view;    /* a global aggregate has its row from the start */
	bool schema_only; /* the plan will not run: sources are not asked what they can */
	bool looks_up;    /* what is bound is asked by key, and need not be readable */
	bool no_params;   /* a definition: $1 has no meaning */
	AstEmitMode emit; /* of the query being bound, until its select takes it */
	RelationList reads;
	StrList uses;
	const Type **param_types; /* NULL: not known yet */
	uint32_t nclient;
	uint32_t next_slot;
	uint32_t foreign;   /* > 0: the tree comes from another text (a view's, a function's): no spans */
	bool in_body;       /* of a function: its subqueries are evaluated once per row, and have batch meaning */
	uint32_t depth;     /* of views and functions */
	uint32_t nfrom;     /* what stood in FROM */
	size_t arena_begin; /* bytes that the arena had given before */
	TtlHints *ttl;      /* of the SELECT whose FROM is being bound; may be NULL */
};

typedef struct ScopeCol {
	Str schema, table; /* qualifier; empty: none */
	Str name;
	const Type *type;
	TimeAttr time;
	uint32_t index; /* column of the plan */
	bool hidden;    /* merged by USING: only by its qualified name, not in * */
} ScopeCol;

typedef struct ScopeCols {
	ScopeCol *items;
	uint32_t len;
	uint32_t cap;
} ScopeCols;

/* A name that stands for an expression: an alias of the select list, an argument of a function. */
typedef struct Alias {
	Str name;
	const Expr *expr;
} Alias;

typedef struct Aliases {
	Alias *items;
	uint32_t len;
	uint32_t cap;
} Aliases;

struct Scope {
	Binder *b;
	Scope *outer;
	const Cte *ctes;
	Plan *plan; /* NULL: no subqueries here (DDL) */
	ScopeCols cols;
	Aliases aliases;   /* looked at after the columns */
	bool args_only;    /* the body of a function: aliases are its arguments, nothing else is in sight */
	Overs *overs;      /* calls with OVER are allowed, and are collected here */
	Grouping *group;   /* aggregates are allowed and expressions may hold virtual columns */
	Apply *apply;      /* the subquery being bound */
	FnCalls *calls;    /* of functions with a query, that have their columns; NULL: none */
	const char *place; /* "WHERE", "the arguments of SUM" ...: for messages */
};

struct Cte {
	Str name;
	const AstCte *ast;
	Scope *outer;
	const Cte *next; /* visible in its query, too */
};

/* A call of a function whose body is a query: what its arguments are, and its value over the scope's plan. The same
 * call again is the same value: GROUP BY f(x) makes f(x) a key. */
typedef struct FnCall {
	const FunctionDef *fn;
	const Expr **args;
	const Expr *value;
} FnCall;

struct FnCalls {
	FnCall *items;
	uint32_t len, cap;
};

/* A subquery below construction: its outer scope is `scope`. */
struct Apply {
	ApplyKind kind;
	uint32_t first_param;
	ExprList params; /* over the scope's columns */
	Plan *right;
	const Expr *test;
	bool all;
	bool by_row;      /* in the body of a function */
	const Type *type; /* of the column it adds */
	Span span;
	Apply *below; /* what scope->apply was */
};

/* ---- bind.c: the binder of a statement ---- */
void bind_init(Binder *b, BindContext *bc, bool snapshot, const AstNode *stmt);
/* Fills *out from the plan and calls finish_plan. */
bool bind_finish(Binder *b, Plan *root, PlanQuery **out, Err *err);
Span bind_span(const Binder *b, const AstNode *n);
Span bind_spanned(const Binder *b, Span span);
void bind_notice(Binder *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void bind_use_relation(Binder *b, const Relation *r);
void bind_use_function(Binder *b, const FunctionDef *f);
/* Parts of a path; the last in *name. */
const Relation *bind_relation(Binder *b, const AstNames *path, Span span, Err *err);
Span bind_path_span(const Binder *b, const AstNames *path);
bool bind_unsupported(const Binder *b, Span span, Err *err, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Hint "Did you mean ...": keeps the nearest of the names it is shown. */
typedef struct Nearest {
	Str wanted;
	Str best;
	unsigned distance;
} Nearest;
Nearest bind_nearest(Str wanted);
void bind_nearest_try(Nearest *n, Str name);
bool bind_nearest_hint(const Nearest *n, Err *err);
const char *bind_type_text(Arena *arena, const Type *type);

/* ---- bind_type.c ---- */
const Type *bind_type_node(Binder *b, const AstType *node, Err *err);
/* The type behind `arg::`, PostgreSQL's: VARCHAR and NUMERIC without numbers are not bounded, FLOAT is DOUBLE. */
const Type *bind_type_colons(Binder *b, const AstType *node, const Expr *arg, Err *err);

/* ---- bind_literal.c ---- */
const Expr *bind_literal(Binder *b, const AstLiteral *lit, bool negative, Err *err);
const Expr *bind_literal_interval(Binder *b, const AstInterval *lit, Err *err);
const Expr *bind_literal_str(Binder *b, Str s);

/* ---- bind_scope.c ---- */
void bind_scope_init(Scope *s, Binder *b, Scope *outer, const Cte *ctes);
void bind_scope_push(Scope *s, ScopeCol col);
/* All columns of a plan under a qualifier. */
void bind_scope_add_plan(Scope *s, Plan *plan, Str schema, Str table, uint32_t first_index);
const Expr *bind_scope_path(Scope *s, const AstColumn *node, Err *err);
/* The one column that a path names in this scope itself (no fields, no outer scopes); NULL: none or error. */
const ScopeCol *bind_scope_find(Scope *s, const AstNames *path, Err *err);
const Expr *bind_scope_column_expr(Scope *s, const ScopeCol *col, Span span);
const Expr *bind_field(Binder *b, const Expr *row, Str name, Span span, Err *err);
/* Does `table` name columns of the scope? */
bool bind_scope_has_table(const Scope *s, Str table);

/* ---- bind_expr.c ---- */
const Expr *bind_expr(Scope *s, const AstNode *node, Err *err);
/* A condition: BOOLEAN, or an error that names `place`. */
const Expr *bind_condition(Scope *s, const AstNode *node, const char *place, Err *err);
const Expr *bind_cast_to(Binder *b, const Expr *e, const Type *type, Span span, Err *err); /* nullability follows e */
bool bind_has_aggregate(const AstNode *node); /* not inside of subqueries */
const Expr *bind_fold(Binder *b, const Expr *e);

/* ---- bind_call.c, bind_json.c, bind_param.c ---- */
const Expr *bind_call(Scope *s, const AstCall *call, Err *err);
/* A function by name over bound arguments; parameters of the client without a type get one that fits. */
const Expr *bind_call_fn(Binder *b, const char *name, const Expr **args, uint32_t nargs, Span span, Err *err);
const Expr *bind_call_named(Binder *b, Str name, const Expr **args, uint32_t nargs, Span span, Err *err);
bool bind_json_call(Scope *s, const AstCall *call, const Expr **out, bool *handled, Err *err);
const Expr *bind_function_inline(Scope *s, const FunctionDef *f, const AstCall *call, Err *err);
const Expr *bind_param(Binder *b, const AstParam *p, Err *err);
bool bind_param_open(const Binder *b, const Expr *e); /* a parameter without a type yet */
const Expr *bind_param_as(Binder *b, const Expr *e, const Type *type);
const Expr *bind_param_settle(Binder *b, const Expr *e, const Type *type); /* as it is, or as `type` (NULL: STRING) */

/* ---- bind_subquery.c ---- */
const Expr *bind_subquery(Scope *s, const AstNode *node,
                          Err *err); /* AST_SUBQUERY, AST_EXISTS, AST_IN, AST_QUANTIFIED, AST_ARRAY_OF */
/* The parameter that stands for an outer column. */
const Expr *bind_subquery_param(Scope *outer, const Expr *column, Span span, Err *err);
void bind_subquery_begin(Scope *s, Apply *a, Span span);
void bind_subquery_end(Scope *s, Apply *a);
/* plan with the apply on top; params and test over plan's columns. */
Plan *bind_subquery_apply(Binder *b, Plan *plan, const Apply *a, const Expr *const *params, const Expr *test);

/* ---- bind_plan.c: making nodes ---- */
Plan *bind_plan_new(Binder *b, PlanKind kind, Span span, Plan *left, Plan *right);
Plan *bind_plan_done(Binder *b, Plan *p); /* infers */
Plan *bind_plan_filter(Binder *b, Plan *input, const Expr *predicate, Span span);
Plan *bind_plan_project(Binder *b, Plan *input, const Expr *const *exprs, const Str *names, uint32_t n, Span span);
Plan *bind_plan_values(Binder *b, const Expr *const *cells, uint32_t nrows, const PlanCol *cols, uint32_t ncols,
                       Span span);
/* The first n columns, or those numbered. */
Plan *bind_plan_take(Binder *b, Plan *input, const uint32_t *cols, uint32_t n);
/* Only a column as it is? */
bool bind_plan_is_column(const Expr *e, uint32_t *index);
const Expr *bind_plan_column(Binder *b, const Plan *p, uint32_t index);

/* ---- bind_query.c, bind_select.c, bind_setop.c ---- */
bool bind_query(Binder *b, const AstNode *query, Scope *outer, const Cte *ctes, Plan **out, Err *err);
bool bind_query_limit(Scope *s, const AstQuery *q, const Expr **limit, const Expr **offset, Err *err);
bool bind_query_body(Binder *b, const AstNode *body, const AstQuery *around, Scope *outer, const Cte *ctes, Plan **out,
                     Err *err);
/* Column names as Flink makes them: unnamed EXPR$i, duplicates numbered. */
void bind_query_unique_names(Binder *b, Str *names, uint32_t n);
bool bind_select_core(Binder *b, const AstSelect *sel, const AstQuery *around, Scope *outer, const Cte *ctes,
                      Plan **out, Err *err);
bool bind_setop(Binder *b, const AstSetOp *so, Scope *outer, const Cte *ctes, Plan **out, Err *err);
Plan *bind_setop_cast(Binder *b, Plan *p, const Type *const *types, Span span, Err *err); /* columns brought to types */
/* Before the values of a row: the scope's plan, if the row may hold queries; it is another one behind them if it does.
 */
Plan *bind_values_row(Scope *s);
/* Rows of cells; over[r]: the plan of row r's scope; NULL: constants. */
Plan *bind_values_rows(Binder *b, Plan *const *over, const Expr *const *cells, uint32_t nrows, const PlanCol *cols,
                       uint32_t ncols, Span span);
bool bind_values(Binder *b, const AstValues *v, const Type *const *want, uint32_t nwant, Scope *outer, const Cte *ctes,
                 Plan **out, Err *err);

/* ---- bind_ttl.c ---- */
bool bind_ttl_begin(Binder *b, const AstSelect *sel, TtlHints *t, Err *err);
void bind_ttl_mark(Binder *b, Str name, Plan *plan); /* a table of FROM */
bool bind_ttl_end(Binder *b, const TtlHints *t, bool grouped, Err *err);

/* ---- bind_order.c ---- */
/* Sorts and cuts (without keys: only cuts); the first `keep` columns stay. Continuous: Top-N. */
bool bind_order_sort(Binder *b, Plan *input, const SortKey *keys, uint32_t nkeys, const Expr *limit, const Expr *offset,
                     Span span, uint32_t keep, Plan **out, Err *err);
SortKey bind_order_key(const AstSortItem *item, uint32_t col);
/* ORDER BY 2: *is; *col from 0. */
bool bind_order_position(Binder *b, const AstNode *e, uint32_t n, uint32_t *col, bool *is, Err *err);

/* ---- bind_from.c, bind_join.c, bind_scan.c ---- */
bool bind_from(Binder *b, const AstList *from, Scope *outer, const Cte *ctes, Scope *out, Err *err);
/* left: what stands before in FROM, for LATERAL; may be NULL. */
bool bind_ref(Binder *b, const AstNode *ref, Scope *outer, const Cte *ctes, Scope *left, Scope *out, Err *err);
/* No two tables of one name. */
bool bind_from_check(Binder *b, const Scope *left, const Scope *right, Span span, Err *err);
/* A table, view or CTE by path, with its columns. */
bool bind_from_path(Binder *b, const AstNames *path, const AstList *hints, const Cte *ctes, Plan **out, Str *schema,
                    Str *name, Err *err);
bool bind_alias(Scope *s, const AstRefHead *head, Str schema, Str name, Plan *plan, Err *err);
bool bind_join(Binder *b, const AstRefJoin *j, Scope *outer, const Cte *ctes, Scope *left_of, Scope *out, Err *err);
bool bind_join_is_lateral(const AstNode *ref);
/* The columns are the left's, then (not for SEMI and ANTI) the right's. on: over both; NULL: none. */
Plan *bind_join_make(Binder *b, JoinKind kind, Plan *l, Plan *r, const Expr *on, Span span);
/* The names of both sides. plan NULL: for ON. */
void bind_join_scopes(const Scope *left, const Scope *right, Plan *plan, JoinKind kind, Scope *out);
/* The two under the join's ON, as a plain join: what a lookup or temporal join is made of. */
Plan *bind_join_on(const Scope *left, const Scope *right, const AstRefJoin *j, JoinKind kind, Err *err);
/* What `made` is when its join (made itself, or below the projection that takes computed keys away) has become `p`. */
Plan *bind_join_become(Binder *b, Plan *made, Plan *p);
/* As bind_join_scopes; columns are time attributes where they are in `plan`. */
void bind_join_timed(const Scope *left, const Scope *right, Plan *plan, JoinKind kind, Scope *out);
bool bind_join_cross(Binder *b, Scope *left, Scope *right, Span span, Scope *out, Err *err);
bool bind_join_lateral(Binder *b, Scope *left, const AstNode *ref, bool outer_join, const Cte *ctes, Scope *outer,
                       Scope *out, Err *err);
bool bind_scan(Binder *b, const Relation *r, const AstList *hints, Span span, Plan **out, Err *err);
/* Metadata that a connector has; false: none of that key. */
bool bind_scan_metadata(Str connector, Str key, const Type **type, bool *writable);
void bind_scan_metadata_list(Str connector, StrBuf *out);
bool bind_scan_is_proctime(const Expr *e); /* the call PROCTIME() */
const Relation *bind_scan_with_hints(Binder *b, const Relation *r, const AstList *hints, Err *err);

/* ---- bind_temporal.c ---- */
bool bind_temporal_is(const AstNode *ref);
/* A join whose right side has FOR SYSTEM_TIME AS OF. */
bool bind_temporal(Binder *b, Scope *left, const AstRefJoin *j, JoinKind kind, Scope *outer, const Cte *ctes,
                   Scope *out, Err *err);

/* ---- bind_lookup.c ---- */
/* The same as of a processing time. */
bool bind_lookup(Binder *b, Scope *left, Scope *right, const AstRefJoin *j, JoinKind kind, Scope *out, Err *err);

/* ---- bind_unnest.c ---- */
bool bind_unnest_is(Binder *b, const AstNode *ref);
/* UNNEST over what stands before it in FROM (which becomes its input), and by itself. */
bool bind_unnest(Scope *left, const AstNode *ref, bool outer, Scope *out, Err *err);
bool bind_unnest_alone(Binder *b, const AstNode *ref, Scope *outer, const Cte *ctes, Scope *out, Err *err);

/* ---- bind_agg.c ---- */
typedef enum VirtualKind {
	VIRTUAL_AGG,
	VIRTUAL_APPLY,
	VIRTUAL_SET, /* the number of the grouping set */
	VIRTUAL_START,
	VIRTUAL_END,
	VIRTUAL_ROWTIME,
	VIRTUAL_PROCTIME
} VirtualKind;

typedef struct Virtual {
	VirtualKind kind;
	uint32_t number; /* of the aggregate or apply */
	const Type *type;
} Virtual;

typedef struct GroupKey {
	const Expr *expr;
	Str name;
} GroupKey;

typedef struct GroupAgg {
	AggCall call;
	const Expr **args;
	const Expr *filter;
	Str text;
} GroupAgg;

/* ---- bind_agg_order.c ---- */
bool bind_agg_order_check(Binder *b, const AstCall *c, Str name, Err *err);
const AstNode *bind_agg_order_argument(const AstCall *c, Str name);
/* After its arguments and FILTER: the rows and their order. */
bool bind_agg_order(Scope *base, const AstCall *c, Str name, GroupAgg *agg, Err *err);
bool bind_agg_order_same(const AggCall *x, const AggCall *y);
void bind_agg_order_print(const GroupAgg *agg, const Str *names, StrBuf *out);

/* GROUP BY TUMBLE(ts, ...): the old form. */
typedef struct GroupWindow {
	bool present;
	WindowSpec spec;
	uint32_t time_col;
	const AstCall *call;
} GroupWindow;

/* Each a mask over the keys. */
typedef struct GroupingSets {
	uint64_t *items;
	uint32_t len, cap;
} GroupingSets;

struct Grouping {
	Scope base; /* the ungrouped scope: arguments of aggregates */
	struct {
		GroupKey *items;
		uint32_t len, cap;
	} keys;
	struct {
		GroupAgg *items;
		uint32_t len, cap;
	} aggs;
	struct {
		Virtual *items;
		uint32_t len, cap;
	} virtuals;
	struct {
		Apply **items;
		uint32_t len, cap;
	} applies;
	GroupWindow window;
	GroupingSets sets; /* GROUPING SETS, ROLLUP, CUBE; len 0: all keys are the one set */
	uint64_t in_all;   /* keys that are in every set */
	bool has_group_by;
	AstEmitMode emit;
	StateTtl ttl;
	/* after bind_agg_build */
	uint32_t *key_out; /* output column of key i */
	uint32_t agg_out;  /* output column of aggregate 0 */
	bool windowed;
	uint32_t start_out, end_out, time_out, set_out;
	uint32_t *apply_out;
};

bool bind_agg_keys(Scope *s, const AstSelect *sel, Err *err); /* GROUP BY: fills s->group */
/* One key; its number, or is_window: it was a group window. */
bool bind_agg_key(Scope *s, const AstSelect *sel, const AstNode *node, uint32_t *key, bool *is_window, Err *err);
const Expr *bind_agg_call(Scope *s, const AstCall *call, Err *err);
const Expr *bind_agg_virtual(Scope *s, VirtualKind kind, uint32_t number, const Type *type, Span span);
/* Makes the aggregate's node and what is above it (subqueries); then bind_agg_map brings an expression onto its output.
 */
bool bind_agg_build(Scope *s, Span span, Err *err);
const Expr *bind_agg_map(Scope *s, const Expr *e, Err *err);
/* bind_group.c: PLAN_AGG or PLAN_WINDOW_AGG over s->group->base.plan becomes s->plan; the places of keys and aggregates
 * are noted in the group. */
bool bind_group_node(Scope *s, Span span, Err *err);
/* SELECT DISTINCT: every column is a key. */
bool bind_agg_distinct(Binder *b, Plan *input, StateTtl ttl, Span span, Plan **out, Err *err);

/* Function, arguments, FILTER of an aggregate, over the scope's columns. */
bool bind_agg_resolve(Scope *s, const AstCall *call, Str name, GroupAgg *out, Err *err);

/* ---- bind_over.c ---- */
/* Calls with OVER may stand where the scope's expressions are bound from now on. */
void bind_over_allow(Scope *s, const AstSelect *sel);
const Expr *bind_over_call(Scope *s, const AstCall *call, Err *err);
/* Makes the nodes over s->plan, after grouping; then bind_over_map brings an expression onto their output. */
bool bind_over_build(Scope *s, Err *err);
const Expr *bind_over_map(Scope *s, const Expr *e);
/* A continuous plan as a whole: is there an OVER that it cannot run? */
bool bind_over_check(Binder *b, const Plan *root, Err *err);

/* ---- bind_topn.c ---- */
/* A filter; in a continuous query that bounds ROW_NUMBER() and its like it becomes PLAN_TOPN. */
bool bind_topn_filter(Binder *b, Plan *input, const Expr *predicate, Span span, Plan **out, Err *err);
/* Continuous ORDER BY ... LIMIT, and LIMIT alone. */
bool bind_topn_limit(Binder *b, Plan *input, const SortKey *keys, uint32_t nkeys, const Expr *limit, const Expr *offset,
                     Span span, Plan **out, Err *err);
/* The plan without the rank, where only the columns used[] are read. */
Plan *bind_topn_hide_rank(Binder *b, Plan *p, const bool *used);

/* ---- bind_sets.c ---- */
bool bind_sets_has(const AstSelect *sel);
/* GROUP BY with sets: the keys, and which are in which set. */
bool bind_sets_group(Scope *s, const AstSelect *sel, Err *err);
/* The rows once per set; key_cols: the input's column of each key. Behind the input's columns come the copies, and the
 * set's number. */
Plan *bind_sets_expand(Binder *b, const Grouping *g, Plan *input, const uint32_t *key_cols, Span span);
/* The number of a key's copy; -1: the key is in all sets and has none. */
int32_t bind_sets_copy(const Grouping *g, uint32_t key);
/* GROUPING(k), GROUPING_ID(k, ...) */
bool bind_sets_grouping(Scope *s, const AstCall *call, const Expr **out, bool *handled, Err *err);

/* ---- bind_window.c, bind_window_agg.c ---- */
bool bind_window_is_tvf(const AstCall *call);
bool bind_window_tvf(Binder *b, const AstRefFunction *ref, Scope *outer, const Cte *ctes, Plan **out, Err *err);
/* GROUP BY TUMBLE(ts, ...): *handled = false when the call is something else. */
bool bind_window_group(Scope *s, const AstCall *call, bool *handled, Err *err);
/* TUMBLE_START(...) and its like in a query grouped by a window. */
bool bind_window_property(Scope *s, const AstCall *call, const Expr **out, bool *handled, Err *err);
/* One size or offset as constant. */
bool bind_window_duration(Scope *s, const AstNode *node, const char *what, bool positive, int64_t *ms, Err *err);
bool bind_window_time_ok(Binder *b, const Plan *plan, uint32_t col, Span span, Err *err);
/* Why a column is no time attribute, in words. */
void bind_window_explain_lost(const Plan *plan, uint32_t col, Err *err);
typedef struct WindowStrip {
	Plan *plan;    /* the input without the window function */
	uint32_t *map; /* old column -> new column, or one of: */
	uint32_t time_col;
	WindowSpec spec;
	uint32_t *keys; /* SESSION: columns of PARTITION BY; UINT32_MAX: not passed on */
	uint32_t nkeys;
} WindowStrip;
#define STRIP_TIME (UINT32_MAX - 2)
#define STRIP_END (UINT32_MAX - 1)
#define STRIP_START UINT32_MAX
/* Takes a window function off the plan where nothing above it needs its columns but as they are. */
bool bind_window_strip(Binder *b, const Plan *plan, WindowStrip *out);
void bind_window_cols(Arena *arena, const WindowSpec *spec, const Type *time_type, PlanCol out[3]);

/* ---- bind_table.c, bind_like.c ---- */
/* A table below construction: what stands in the statement and what LIKE brings, before names are resolved. */
typedef struct DraftColumn {
	ColumnDef def;
	const AstNode *expr; /* COLUMN_COMPUTED */
	Span span;
	bool from_like; /* its text is another statement's: no spans */
} DraftColumn;

typedef struct Draft {
	struct {
		DraftColumn *items;
		uint32_t len, cap;
	} cols;
	AstName watermark_col; /* text.ptr NULL: none */
	const AstNode *watermark;
	Str watermark_text;
	bool watermark_from_like;
	AstNames key;
	bool has_key;
	Str key_name;
	bool key_not_enforced;
	AstNames partitioned_by;
	Options options;
} Draft;

bool bind_like(Binder *b, const AstCreateTable *ct, Draft *d, Err *err);
bool bind_table_options(Binder *b, const AstList *options, Options *out, Err *err);
/* All columns of a table as a scope; no plan. */
void bind_table_scope(Scope *s, Binder *b, const TableDef *t);
Str bind_text(Binder *b, const AstNode *node, bool expanded);

/* ---- bind_view.c ---- */
bool bind_view_expand(Binder *b, const Relation *r, Span span, Plan **out, Err *err);
/* The columns of a query as a table; names from the list, where there is one. */
bool bind_view_table(Binder *b, Str name, const Plan *p, const AstList *columns, Span span, TableDef **out, Err *err);
/* The name of a new object: the default schema is the only one. */
bool bind_new_name(Binder *b, const AstNames *path, Str *name, Err *err);
/* Columns without a type (NULL) become STRING. */
Plan *bind_view_typed(Binder *b, Plan *p, Span span, Err *err);

/* ---- bind_sink.c ---- */
/* Columns of a table that can be written: physical ones and writable metadata; their number. */
uint32_t bind_sink_columns(Binder *b, const TableDef *t, uint32_t **cols);
/* One value for a column: as it is, widened, or a constant that fits. */
const Expr *bind_sink_assign(Binder *b, const Expr *e, const ColumnDef *col, bool by_position, Span span, Err *err);
/* The root of a continuous INSERT; input has the columns `cols` of the table. */
bool bind_sink_root(Binder *b, const Relation *target, Plan *input, const uint32_t *cols, uint32_t ncols, Span span,
                    Plan **out, Err *err);

#endif
