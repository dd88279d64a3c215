/*
 * parser/ast_node.h: the kinds of nodes, and what every node has; a part of ast.h.
 *
 * The comment at an enumerator of AstKind names the struct.
 */
#ifndef WEIR_PARSER_AST_NODE_H
#define WEIR_PARSER_AST_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

typedef enum AstKind {
	AST_NONE,

	/* expressions: ast_is_expr */
	AST_LITERAL,      /* AstLiteral */
	AST_INTERVAL,     /* AstInterval */
	AST_COLUMN,       /* AstColumn */
	AST_STAR,         /* AstStar */
	AST_UNARY,        /* AstUnary */
	AST_BINARY,       /* AstBinary */
	AST_IS,           /* AstIs */
	AST_BETWEEN,      /* AstBetween */
	AST_LIKE,         /* AstLike */
	AST_IN,           /* AstIn */
	AST_EXISTS,       /* AstSubquery */
	AST_SUBQUERY,     /* AstSubquery: a query as a value */
	AST_QUANTIFIED,   /* AstQuantified: x = ANY (...) */
	AST_CASE,         /* AstCase */
	AST_CAST,         /* AstCast */
	AST_CALL,         /* AstCall: functions, aggregates, and their special forms */
	AST_NAMED_ARG,    /* AstNamedArg: name => value, only in AstCall.args */
	AST_ARRAY,        /* AstItems: ARRAY[...] */
	AST_ARRAY_OF,     /* AstSubquery: ARRAY(query) */
	AST_MAP,          /* AstItems: MAP[...]; items alternate key, value */
	AST_ROW,          /* AstItems: ROW(...) or (a, b) */
	AST_SUBSCRIPT,    /* AstSubscript */
	AST_FIELD_OF,     /* AstFieldOf: (e).name; a.b.c of plain names is an AstColumn */
	AST_PARAM,        /* AstParam */
	AST_UNIT_ARG,     /* AstUnitArg: a time unit, only in AstCall.args */
	AST_DESCRIPTOR,   /* AstDescriptor: only in AstCall.args */
	AST_TABLE_ARG,    /* AstTableArg: TABLE t, only in AstCall.args */
	AST_DEFAULT,      /* AstNode: DEFAULT in VALUES and UPDATE */
	AST_COLLATE,      /* AstCollate */
	AST_JSON_CLAUSES, /* AstJsonClauses: only AstCall.json */

	/* types */
	AST_TYPE_NAME,     /* AstType: a word with parameters */
	AST_TYPE_ARRAY,    /* AstType: elem */
	AST_TYPE_MULTISET, /* AstType: elem */
	AST_TYPE_MAP,      /* AstType: key, elem */
	AST_TYPE_ROW,      /* AstType: fields */
	AST_TYPE_INTERVAL, /* AstType: from, to, leading, fraction */
	AST_TYPE_FIELD,    /* AstTypeField */

	/* queries: ast_is_query_body for the first four and AST_QUERY */
	AST_QUERY,       /* AstQuery */
	AST_SELECT,      /* AstSelect */
	AST_SETOP,       /* AstSetOp */
	AST_VALUES,      /* AstValues */
	AST_TABLE_QUERY, /* AstTableQuery: TABLE t */
	AST_CTE,         /* AstCte */
	AST_SELECT_ITEM, /* AstSelectItem */
	AST_SORT_ITEM,   /* AstSortItem */
	AST_GROUP_SETS,  /* AstGroupSets: GROUPING SETS, ROLLUP, CUBE */
	AST_WINDOW,      /* AstWindow */
	AST_FRAME,       /* AstFrame */
	AST_HINT,        /* AstHint */
	AST_OPTION,      /* AstOption: key and value, in WITH, SET, hints, COPY */

	/* what stands in FROM: ast_is_ref; each struct begins with an AstRefHead */
	AST_REF_TABLE,    /* AstRefTable */
	AST_REF_FUNCTION, /* AstRefFunction: TUMBLE(...), TABLE(f(...)), f(...) */
	AST_REF_UNNEST,   /* AstRefUnnest */
	AST_REF_SUBQUERY, /* AstRefSubquery */
	AST_REF_JOIN,     /* AstRefJoin */
	AST_REF_MATCH,    /* AstRefMatch: MATCH_RECOGNIZE */

	/* row patterns of MATCH_RECOGNIZE */
	AST_PATTERN_VAR,     /* AstPatternVar; also the anchors ^ and $ */
	AST_PATTERN_SEQ,     /* AstPatternGroup */
	AST_PATTERN_ALT,     /* AstPatternGroup */
	AST_PATTERN_PERMUTE, /* AstPatternGroup */
	AST_PATTERN_EXCLUDE, /* AstPatternGroup with one item: {- ... -} */
	AST_PATTERN_QUANT,   /* AstPatternQuant */
	AST_PATTERN_BINDING, /* AstPatternBinding: DEFINE a AS e, SUBSET u = (a, b) */

	/* parts of statements */
	AST_COLUMN_DEF,    /* AstColumnDef */
	AST_KEY_DEF,       /* AstKeyDef */
	AST_WATERMARK_DEF, /* AstWatermarkDef */
	AST_VIEW_COLUMN,   /* AstViewColumn */
	AST_LIKE_OPTION,   /* AstLikeOption */
	AST_PARAM_DEF,     /* AstParamDef */
	AST_ASSIGNMENT,    /* AstAssignment */
	AST_EXPECT_ROW,    /* AstExpectRow */

	/* statements: ast_is_stmt */
	AST_STMT_QUERY,      /* AstStmtQuery */
	AST_CREATE_TABLE,    /* AstCreateTable */
	AST_CREATE_VIEW,     /* AstCreateView: materialized ones too */
	AST_CREATE_INDEX,    /* AstCreateIndex */
	AST_CREATE_FUNCTION, /* AstCreateFunction */
	AST_CREATE_DATABASE, /* AstCreateDatabase: catalogs too */
	AST_DROP,            /* AstDrop */
	AST_ALTER,           /* AstAlter */
	AST_INSERT,          /* AstInsert */
	AST_STATEMENT_SET,   /* AstStatementSet */
	AST_UPDATE,          /* AstUpdate */
	AST_DELETE,          /* AstDelete */
	AST_TRUNCATE,        /* AstNamed: TRUNCATE [TABLE] t */
	AST_SUBSCRIBE,       /* AstSubscribe */
	AST_COPY,            /* AstCopy */
	AST_DECLARE,         /* AstDeclare */
	AST_FETCH,           /* AstFetch: MOVE too */
	AST_CLOSE,           /* AstNamed: empty path: ALL */
	AST_TRANSACTION,     /* AstTransaction */
	AST_SET,             /* AstSet */
	AST_RESET,           /* AstSet without values; key NULL: all */
	AST_SHOW,            /* AstShow */
	AST_DESCRIBE,        /* AstDescribe */
	AST_EXPLAIN,         /* AstExplain */
	AST_USE,             /* AstUse */
	AST_WHY,             /* AstNamed: WHY q */
	AST_CONTROL,         /* AstControl: PAUSE, RESUME, CANCEL */
	AST_REPLAY,          /* AstReplay */
	AST_FLUSH,           /* AstNode */
	AST_BACKUP,          /* AstBackup */
	AST_HELP,            /* AstHelp */
	AST_CLIENT,          /* AstHelp: QUIT, EXIT, CLEAR, SOURCE 'file': topic is the command */
	AST_DISCARD,         /* AstHelp: topic ALL, PLANS, SEQUENCES, TEMP */
	AST_PREPARE,         /* AstPrepare */
	AST_EXECUTE,         /* AstPrepare: EXECUTE name(args) */
	AST_DEALLOCATE,      /* AstNamed; empty path: ALL */
	AST_UNSUPPORTED,     /* AstUnsupported: known in Flink, parsed over, never run by weir */

	/* statements of `weir test` */
	AST_PUSH,        /* AstPush */
	AST_ADVANCE,     /* AstAdvance */
	AST_IDLE,        /* AstAdvance without value */
	AST_TEST_ACTION, /* AstTestAction: STEP, CHECKPOINT, CRASH, FINISH */
	AST_EXPECT,      /* AstExpect */

	AST_KINDS
} AstKind;

typedef struct AstNode {
	AstKind kind;
	Span span;
} AstNode;

/* The node's own struct; the kind must fit. */
#define AST(T, node) ((T *)(void *)(node))
#define AST_CONST(T, node) ((const T *)(const void *)(node))

typedef struct AstList {
	AstNode **items;
	uint32_t len;
	uint32_t cap;
} AstList;

/* A name as written, without its quotes; text.ptr NULL: there is none. */
typedef struct AstName {
	Str text;
	char quote; /* 0, '`' or '"' */
	Span span;
} AstName;

/* A list of names; as a path its parts, outermost first: catalog.database.table. */
typedef struct AstNames {
	AstName *items;
	uint32_t len;
	uint32_t cap;
} AstNames;

typedef enum AstUnit {
	AST_UNIT_NONE,
	AST_UNIT_YEAR,
	AST_UNIT_QUARTER,
	AST_UNIT_MONTH,
	AST_UNIT_WEEK,
	AST_UNIT_DAY,
	AST_UNIT_HOUR,
	AST_UNIT_MINUTE,
	AST_UNIT_SECOND,
	AST_UNIT_MILLISECOND,
	AST_UNIT_MICROSECOND,
	AST_UNIT_NANOSECOND,
	AST_UNIT_DECADE,
	AST_UNIT_CENTURY,
	AST_UNIT_MILLENNIUM,
	AST_UNIT_EPOCH,
	AST_UNIT_DOW,
	AST_UNIT_DOY,
	AST_UNIT_ISODOW,
	AST_UNIT_ISOYEAR,
	AST_UNITS
} AstUnit;

#endif
