/*
 * parser/ast_query.h: the nodes of queries, of what stands in FROM, and of row patterns; a part of
 * ast.h.
 */
#ifndef WEIR_PARSER_AST_QUERY_H
#define WEIR_PARSER_AST_QUERY_H

#include "parser/ast_expr.h"

/* ---- queries -------------------------------------------------------------------------------- */

typedef enum AstEmitMode { AST_EMIT_UNSPECIFIED, AST_EMIT_CHANGES, AST_EMIT_ON_CLOSE } AstEmitMode;

/* A query with what may stand around it. A pair of parentheses with nothing around is not kept. */
typedef struct AstQuery {
	AstNode node;
	AstList with;   /* AST_CTE */
	bool recursive; /* WITH RECURSIVE */
	/* AST_SELECT, AST_SETOP, AST_VALUES, AST_TABLE_QUERY, or AST_QUERY in parentheses */
	AstNode *body;
	AstList order_by; /* AST_SORT_ITEM */
	AstNode *limit;   /* LIMIT n or FETCH FIRST n; NULL: none, LIMIT ALL */
	AstNode *offset;
	bool fetch; /* limit was written FETCH FIRST n ROWS ONLY */
	AstEmitMode emit;
	Span emit_span;
} AstQuery;

typedef struct AstCte {
	AstNode node;
	AstName name;
	AstNames columns;
	AstNode *query; /* AST_QUERY */
} AstCte;

typedef enum AstSetOpKind { AST_SETOP_UNION, AST_SETOP_INTERSECT, AST_SETOP_EXCEPT } AstSetOpKind;

typedef struct AstSetOp {
	AstNode node;
	AstSetOpKind op;
	bool all;
	AstNode *left; /* as AstQuery.body */
	AstNode *right;
} AstSetOp;

typedef struct AstSelect {
	AstNode node;
	AstList hints; /* AST_HINT */
	bool distinct;
	AstList items; /* AST_SELECT_ITEM */
	AstList from;  /* AST_REF_*: more than one where commas stood */
	AstNode *where;
	bool grouped;     /* GROUP BY was written */
	AstList group_by; /* expressions, AST_ROW (also the empty one), AST_GROUP_SETS */
	AstNode *having;
	AstList windows; /* AST_WINDOW with names */
	AstNode *qualify;
} AstSelect;

typedef struct AstSelectItem {
	AstNode node;
	AstNode *expr; /* AST_STAR too */
	AstName alias;
} AstSelectItem;

typedef struct AstValues {
	AstNode node;
	AstList rows; /* AST_ROW; a bare value is a row of one */
} AstValues;

typedef struct AstTableQuery {
	AstNode node;
	AstNames path;
} AstTableQuery;

typedef enum AstSortDirection { AST_SORT_UNSPECIFIED, AST_SORT_ASC, AST_SORT_DESC } AstSortDirection;
typedef enum AstSortNulls { AST_SORT_NULLS_UNSPECIFIED, AST_SORT_NULLS_FIRST, AST_SORT_NULLS_LAST } AstSortNulls;

typedef struct AstSortItem {
	AstNode node;
	AstNode *expr;
	AstSortDirection direction;
	AstSortNulls nulls;
} AstSortItem;

typedef enum AstGroupSetsKind { AST_GROUP_GROUPING_SETS, AST_GROUP_ROLLUP, AST_GROUP_CUBE } AstGroupSetsKind;

typedef struct AstGroupSets {
	AstNode node;
	AstGroupSetsKind kind;
	AstList items; /* expressions, AST_ROW, and within GROUPING SETS also AST_GROUP_SETS */
} AstGroupSets;

typedef enum AstFrameUnit { AST_FRAME_ROWS, AST_FRAME_RANGE, AST_FRAME_GROUPS } AstFrameUnit;
typedef enum AstFrameBound {
	AST_BOUND_UNBOUNDED_PRECEDING,
	AST_BOUND_PRECEDING, /* with an expression */
	AST_BOUND_CURRENT_ROW,
	AST_BOUND_FOLLOWING, /* with an expression */
	AST_BOUND_UNBOUNDED_FOLLOWING,
} AstFrameBound;
typedef enum AstFrameExclude {
	AST_EXCLUDE_UNSPECIFIED,
	AST_EXCLUDE_CURRENT_ROW,
	AST_EXCLUDE_GROUP,
	AST_EXCLUDE_TIES,
	AST_EXCLUDE_NO_OTHERS,
} AstFrameExclude;

typedef struct AstFrame {
	AstNode node;
	AstFrameUnit unit;
	bool between; /* false: only the start was written, the end is CURRENT ROW */
	AstFrameBound start;
	AstNode *start_value;
	AstFrameBound end;
	AstNode *end_value;
	AstFrameExclude exclude;
} AstFrame;

typedef struct AstWindow {
	AstNode node;
	AstName name; /* WINDOW name AS (...) */
	AstName base; /* OVER base, OVER (base ...), WINDOW w AS (base ...) */
	bool bare;    /* OVER base without parentheses */
	AstList partition_by;
	AstList order_by; /* AST_SORT_ITEM */
	AstFrame *frame;
} AstWindow;

/* name, name(a, 'b', 3) or name('k'='v', k=v) */
typedef struct AstHint {
	AstNode node;
	AstName name;
	AstList args;    /* AST_LITERAL, AST_COLUMN */
	AstList options; /* AST_OPTION */
} AstHint;

typedef struct AstOption {
	AstNode node;
	AstLiteral *key;   /* AST_LIT_STRING or AST_LIT_WORD */
	AstLiteral *value; /* AST_LIT_STRING, AST_LIT_WORD, AST_LIT_NUMBER, AST_LIT_TRUE, ...; NULL: none was written */
} AstOption;

/* ---- FROM ----------------------------------------------------------------------------------- */

typedef struct AstRefHead {
	AstNode node;
	AstName alias;    /* text.ptr NULL: none */
	AstNames columns; /* AS alias(columns) */
	bool lateral;
} AstRefHead;

typedef struct AstRefTable {
	AstRefHead head;
	AstNames path;
	AstList hints;  /* AST_HINT */
	AstNode *as_of; /* FOR SYSTEM_TIME AS OF e, or NULL */
} AstRefTable;

typedef struct AstRefFunction {
	AstRefHead head;
	AstCall *call;
	bool wrapped;    /* TABLE(f(...)) */
	bool ordinality; /* WITH ORDINALITY */
} AstRefFunction;

typedef struct AstRefUnnest {
	AstRefHead head;
	AstList args;
	bool ordinality;
} AstRefUnnest;

typedef struct AstRefSubquery {
	AstRefHead head;
	AstNode *query; /* AST_QUERY */
} AstRefSubquery;

typedef enum AstJoinKind {
	AST_JOIN_INNER,
	AST_JOIN_LEFT,
	AST_JOIN_RIGHT,
	AST_JOIN_FULL,
	AST_JOIN_CROSS,
	AST_JOIN_SEMI, /* LEFT SEMI JOIN */
	AST_JOIN_ANTI, /* LEFT ANTI JOIN */
} AstJoinKind;

typedef struct AstRefJoin {
	AstRefHead head;
	AstJoinKind kind;
	bool natural;
	AstNode *left; /* AST_REF_* */
	AstNode *right;
	AstNode *on;    /* or NULL */
	AstNames using; /* empty: none */
} AstRefJoin;

typedef enum AstMatchRows { AST_MATCH_ROWS_UNSPECIFIED, AST_MATCH_ONE_ROW, AST_MATCH_ALL_ROWS } AstMatchRows;
typedef enum AstMatchSkip {
	AST_SKIP_UNSPECIFIED,
	AST_SKIP_PAST_LAST_ROW,
	AST_SKIP_TO_NEXT_ROW,
	AST_SKIP_TO_FIRST, /* with skip_to */
	AST_SKIP_TO_LAST,  /* with skip_to */
	AST_SKIP_TO_VAR,   /* with skip_to */
} AstMatchSkip;

typedef struct AstRefMatch {
	AstRefHead head;
	AstNode *input; /* AST_REF_* */
	AstList partition_by;
	AstList order_by; /* AST_SORT_ITEM */
	AstList measures; /* AST_SELECT_ITEM */
	AstMatchRows rows;
	AstMatchSkip skip;
	AstName skip_to;
	AstNode *pattern; /* AST_PATTERN_* */
	AstNode *within;  /* or NULL */
	AstList subsets;  /* AST_PATTERN_BINDING with names */
	AstList defines;  /* AST_PATTERN_BINDING with expr */
} AstRefMatch;

typedef struct AstPatternVar {
	AstNode node;
	AstName name; /* ^ and $ stand here as names too */
	bool anchor;
} AstPatternVar;

typedef struct AstPatternGroup {
	AstNode node;
	AstList items; /* AST_PATTERN_* */
} AstPatternGroup;

typedef struct AstPatternQuant {
	AstNode node;
	AstNode *item;
	uint32_t min;
	int64_t max; /* -1: no bound */
	bool reluctant;
} AstPatternQuant;

typedef struct AstPatternBinding {
	AstNode node;
	AstName name;
	AstNode *expr;  /* DEFINE */
	AstNames names; /* SUBSET */
} AstPatternBinding;

#endif
