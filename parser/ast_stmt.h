/*
 * parser/ast_stmt.h: the nodes of statements; a part of ast.h.
 */
#ifndef WEIR_PARSER_AST_STMT_H
#define WEIR_PARSER_AST_STMT_H

#include "parser/ast_query.h"

/* ---- tables --------------------------------------------------------------------------------- */

typedef enum AstColumnForm { AST_COLUMN_PHYSICAL, AST_COLUMN_METADATA, AST_COLUMN_COMPUTED } AstColumnForm;
typedef enum AstColumnPlace { AST_PLACE_UNSPECIFIED, AST_PLACE_FIRST, AST_PLACE_AFTER } AstColumnPlace;

typedef struct AstColumnDef {
	AstNode node;
	AstName name;
	AstColumnForm form;
	AstType *type;            /* NULL: computed, or a bare name before AS query */
	AstNode *expr;            /* AST_COLUMN_COMPUTED */
	AstLiteral *metadata_key; /* METADATA FROM 'key', or NULL */
	bool virtual_column;      /* METADATA ... VIRTUAL */
	AstNode *default_value;   /* DEFAULT e, or NULL */
	struct AstKeyDef *key;    /* PRIMARY KEY at the column, or NULL */
	AstLiteral *comment;
	AstColumnPlace place; /* ALTER TABLE: FIRST, AFTER column */
	AstName after;
} AstColumnDef;

typedef enum AstEnforced { AST_ENFORCED_UNSPECIFIED, AST_ENFORCED_YES, AST_ENFORCED_NO } AstEnforced;

typedef struct AstKeyDef {
	AstNode node;
	AstName constraint; /* CONSTRAINT name, or empty */
	AstNames columns;   /* empty at a column */
	AstEnforced enforced;
} AstKeyDef;

typedef struct AstWatermarkDef {
	AstNode node;
	AstNames column;
	AstNode *expr;
} AstWatermarkDef;

typedef enum AstLikeAction { AST_LIKE_INCLUDING, AST_LIKE_EXCLUDING, AST_LIKE_OVERWRITING } AstLikeAction;
typedef enum AstLikeWhat {
	AST_LIKE_ALL,
	AST_LIKE_CONSTRAINTS,
	AST_LIKE_DISTRIBUTION,
	AST_LIKE_PARTITIONS,
	AST_LIKE_GENERATED,
	AST_LIKE_METADATA,
	AST_LIKE_OPTIONS,
	AST_LIKE_WATERMARKS,
} AstLikeWhat;

typedef struct AstLikeOption {
	AstNode node;
	AstLikeAction action;
	AstLikeWhat what;
} AstLikeOption;

typedef enum AstDistributionKind {
	AST_DISTRIBUTION_NONE,
	AST_DISTRIBUTION_UNSPECIFIED, /* DISTRIBUTED [BY (...)] [INTO n BUCKETS] */
	AST_DISTRIBUTION_HASH,
	AST_DISTRIBUTION_RANGE,
} AstDistributionKind;

typedef struct AstCreateTable {
	AstNode node;
	bool temporary;
	bool or_replace;
	bool if_not_exists;
	AstNames path;
	AstList columns;    /* AST_COLUMN_DEF */
	AstList watermarks; /* AST_WATERMARK_DEF: the binder refuses a second */
	AstList keys;       /* AST_KEY_DEF that stand alone */
	AstLiteral *comment;
	AstDistributionKind distribution;
	AstNames distribution_columns;
	uint32_t buckets; /* 0: not given */
	AstNames partitioned_by;
	bool with_options;    /* WITH (...) was written */
	AstList options;      /* AST_OPTION */
	AstNames like;        /* LIKE src: empty: none */
	AstList like_options; /* AST_LIKE_OPTION */
	AstNode *query;       /* AS query: AST_QUERY, or NULL */
} AstCreateTable;

/* ---- views, indexes, functions, databases --------------------------------------------------- */

typedef struct AstViewColumn {
	AstNode node;
	AstName name;
	AstLiteral *comment;
} AstViewColumn;

typedef struct AstCreateView {
	AstNode node;
	bool temporary;
	bool or_replace;
	bool materialized;
	bool if_not_exists;
	AstNames path;
	AstList columns; /* AST_VIEW_COLUMN */
	AstLiteral *comment;
	AstList options; /* AST_OPTION: WITH (...) of a materialized view */
	AstNode *query;  /* AST_QUERY */
} AstCreateView;

typedef struct AstCreateIndex {
	AstNode node;
	bool unique;
	bool if_not_exists;
	AstName name; /* may be empty */
	AstNames path;
	AstList columns; /* AST_SORT_ITEM */
} AstCreateIndex;

typedef struct AstParamDef {
	AstNode node;
	AstName name;
	AstType *type;
} AstParamDef;

typedef struct AstCreateFunction {
	AstNode node;
	bool temporary;
	bool or_replace;
	bool if_not_exists;
	AstNames path;
	AstList params; /* AST_PARAM_DEF */
	AstType *returns;
	AstNode *body; /* an expression; AST_SUBQUERY where a query was written */
} AstCreateFunction;

typedef enum AstObjectKind {
	AST_OBJECT_TABLE,
	AST_OBJECT_VIEW,
	AST_OBJECT_MATERIALIZED_VIEW,
	AST_OBJECT_FUNCTION,
	AST_OBJECT_QUERY,
	AST_OBJECT_INDEX,
	AST_OBJECT_DATABASE,
	AST_OBJECT_CATALOG,
} AstObjectKind;

typedef struct AstCreateDatabase {
	AstNode node;
	AstObjectKind object; /* AST_OBJECT_DATABASE, AST_OBJECT_CATALOG */
	bool if_not_exists;
	AstNames path;
	AstLiteral *comment;
	AstList options; /* AST_OPTION */
} AstCreateDatabase;

typedef enum AstDropBehavior { AST_DROP_UNSPECIFIED, AST_DROP_RESTRICT, AST_DROP_CASCADE } AstDropBehavior;

typedef struct AstDrop {
	AstNode node;
	AstObjectKind object;
	bool temporary;
	bool if_exists;
	AstNames path;
	AstDropBehavior behavior;
} AstDrop;

typedef enum AstAlterAction {
	AST_ALTER_SET,           /* options */
	AST_ALTER_RESET,         /* options: keys without values */
	AST_ALTER_RENAME,        /* new_name */
	AST_ALTER_RENAME_COLUMN, /* column, new_name */
	AST_ALTER_ADD,           /* items */
	AST_ALTER_MODIFY,        /* items */
	AST_ALTER_DROP_COLUMNS,  /* columns */
	AST_ALTER_DROP_PRIMARY_KEY,
	AST_ALTER_DROP_CONSTRAINT, /* column: the constraint's name */
	AST_ALTER_DROP_WATERMARK,
	AST_ALTER_DROP_DISTRIBUTION,
	AST_ALTER_AS, /* query, dry_run */
} AstAlterAction;

typedef struct AstAlter {
	AstNode node;
	AstObjectKind object;
	bool if_exists;
	AstNames path;
	AstAlterAction action;
	AstList options; /* AST_OPTION */
	AstNames column; /* the column's path, or the constraint */
	AstNames new_name;
	AstNames columns;
	AstList items;  /* AST_COLUMN_DEF, AST_KEY_DEF, AST_WATERMARK_DEF */
	AstNode *query; /* AST_QUERY */
	bool dry_run;
} AstAlter;

/* ---- statements that change and read -------------------------------------------------------- */

typedef struct AstStmtQuery {
	AstNode node;
	AstNode *query; /* AST_QUERY */
} AstStmtQuery;

typedef enum AstOnConflict {
	AST_CONFLICT_UNSPECIFIED,
	AST_CONFLICT_NOTHING,
	AST_CONFLICT_ERROR,
	AST_CONFLICT_DEDUPLICATE,
} AstOnConflict;

typedef struct AstInsert {
	AstNode node;
	bool overwrite;
	AstNames path;
	AstList hints;     /* AST_HINT */
	AstList partition; /* AST_OPTION: PARTITION (k='v', k2) */
	AstNames columns;
	AstNode *query; /* AST_QUERY; its body is AST_VALUES for INSERT ... VALUES */
	AstOnConflict on_conflict;
} AstInsert;

typedef struct AstStatementSet {
	AstNode node;
	AstList inserts; /* AST_INSERT */
	bool old_form;   /* BEGIN STATEMENT SET; ... END */
} AstStatementSet;

typedef struct AstAssignment {
	AstNode node;
	AstName column;
	AstNode *value; /* AST_DEFAULT too */
} AstAssignment;

typedef struct AstUpdate {
	AstNode node;
	AstNames path;
	AstName alias;
	AstList assignments; /* AST_ASSIGNMENT */
	AstNode *where;
} AstUpdate;

typedef struct AstDelete {
	AstNode node;
	AstNames path;
	AstName alias;
	AstNode *where;
} AstDelete;

typedef struct AstNamed {
	AstNode node;
	AstNames path;
} AstNamed;

typedef struct AstSubscribe {
	AstNode node;
	AstNames path;
	AstList options; /* AST_OPTION: WITH (...) */
} AstSubscribe;

typedef enum AstCopyDirection { AST_COPY_TO_STDOUT, AST_COPY_FROM_STDIN } AstCopyDirection;

typedef struct AstCopy {
	AstNode node;
	AstNames path; /* COPY t [(columns)]; empty: source */
	AstNames columns;
	AstNode *source; /* AST_QUERY or AST_SUBSCRIBE */
	AstCopyDirection direction;
	AstList options; /* AST_OPTION with keys of kind AST_LIT_WORD */
} AstCopy;

typedef struct AstDeclare {
	AstNode node;
	AstName name;
	bool binary;
	bool with_hold;
	AstNode *source; /* AST_QUERY or AST_SUBSCRIBE */
} AstDeclare;

typedef enum AstFetchDirection {
	AST_FETCH_NEXT, /* also without a word */
	AST_FETCH_PRIOR,
	AST_FETCH_FIRST,
	AST_FETCH_LAST,
	AST_FETCH_ABSOLUTE,    /* count */
	AST_FETCH_RELATIVE,    /* count */
	AST_FETCH_FORWARD,     /* count; also FETCH n */
	AST_FETCH_FORWARD_ALL, /* also FETCH ALL */
	AST_FETCH_BACKWARD,    /* count */
	AST_FETCH_BACKWARD_ALL,
} AstFetchDirection;

typedef struct AstFetch {
	AstNode node;
	bool move; /* MOVE */
	AstFetchDirection direction;
	int64_t count;
	AstName cursor;
} AstFetch;

/* ---- the session ---------------------------------------------------------------------------- */

typedef enum AstTransactionAction {
	AST_TRANSACTION_BEGIN,       /* BEGIN, START TRANSACTION */
	AST_TRANSACTION_COMMIT,      /* COMMIT, END */
	AST_TRANSACTION_ROLLBACK,    /* ROLLBACK, ABORT */
	AST_TRANSACTION_SAVEPOINT,   /* name */
	AST_TRANSACTION_RELEASE,     /* name */
	AST_TRANSACTION_ROLLBACK_TO, /* name */
	AST_TRANSACTION_SET,         /* SET TRANSACTION modes */
	AST_TRANSACTION_SET_SESSION, /* SET SESSION CHARACTERISTICS AS TRANSACTION modes */
} AstTransactionAction;

enum {
	AST_MODE_READ_ONLY = 1,
	AST_MODE_READ_WRITE = 2,
	AST_MODE_SERIALIZABLE = 4,
	AST_MODE_REPEATABLE_READ = 8,
	AST_MODE_READ_COMMITTED = 16,
	AST_MODE_READ_UNCOMMITTED = 32,
	AST_MODE_DEFERRABLE = 64,
	AST_MODE_NOT_DEFERRABLE = 128,
};

typedef struct AstTransaction {
	AstNode node;
	AstTransactionAction action;
	AstName name;
	uint32_t modes; /* AST_MODE_* */
} AstTransaction;

typedef enum AstSetForm {
	AST_SET_FLINK,     /* SET 'k'='v'; SET alone (key NULL: list all); RESET 'k' */
	AST_SET_TO,        /* SET k TO v, v2; SET k = v: PostgreSQL's */
	AST_SET_TIME_ZONE, /* SET TIME ZONE v: key is AST_LIT_WORD "timezone" */
} AstSetForm;

typedef struct AstSet {
	AstNode node;
	AstSetForm form;
	bool local;      /* SET LOCAL; SET SESSION is the same as SET */
	AstLiteral *key; /* AST_LIT_STRING or AST_LIT_WORD (dotted names in one), or NULL */
	AstList values;  /* AST_LITERAL (also AST_LIT_WORD), AST_INTERVAL; empty with to_default */
	bool to_default; /* TO DEFAULT, TIME ZONE LOCAL | DEFAULT */
} AstSet;

typedef enum AstShowWhat {
	AST_SHOW_TABLES,
	AST_SHOW_VIEWS,
	AST_SHOW_MATERIALIZED_VIEWS,
	AST_SHOW_QUERIES,
	AST_SHOW_FUNCTIONS,
	AST_SHOW_USER_FUNCTIONS,
	AST_SHOW_INDEXES,
	AST_SHOW_SETTINGS,
	AST_SHOW_CATALOGS,
	AST_SHOW_DATABASES,
	AST_SHOW_CURRENT_CATALOG,
	AST_SHOW_CURRENT_DATABASE,
	AST_SHOW_COLUMNS,    /* in */
	AST_SHOW_PARTITIONS, /* in: the table */
	AST_SHOW_JOBS,
	AST_SHOW_MODULES,
	AST_SHOW_JARS,
	AST_SHOW_CREATE,  /* object, in: the object's path */
	AST_SHOW_SETTING, /* setting: PostgreSQL's SHOW x, e.g. "transaction_isolation", "timezone" */
	AST_SHOW_ALL,
} AstShowWhat;

typedef struct AstShow {
	AstNode node;
	AstShowWhat what;
	AstObjectKind object; /* AST_SHOW_CREATE */
	AstNames in;          /* FROM or IN path */
	Str setting;          /* AST_SHOW_SETTING: dotted words in one, as written */
	bool like_negated;
	bool ilike;
	AstLiteral *like; /* or NULL */
} AstShow;

typedef struct AstDescribe {
	AstNode node;
	bool extended;
	AstObjectKind object; /* AST_OBJECT_TABLE: any relation */
	AstNames path;
} AstDescribe;

enum {
	AST_EXPLAIN_ESTIMATED_COST = 1,
	AST_EXPLAIN_CHANGELOG_MODE = 2,
	AST_EXPLAIN_PLAN_ADVICE = 4,
	AST_EXPLAIN_JSON_PLAN = 8, /* JSON_EXECUTION_PLAN */
	AST_EXPLAIN_VERBOSE = 16,
};

typedef struct AstExplain {
	AstNode node;
	bool analyze;
	uint32_t details; /* AST_EXPLAIN_* */
	AstNode *target;  /* AST_STMT_QUERY, AST_INSERT, AST_STATEMENT_SET, AST_CREATE_*; NULL: path */
	AstNames path;    /* a running query's or view's name */
} AstExplain;

typedef struct AstUse {
	AstNode node;
	AstObjectKind object; /* AST_OBJECT_DATABASE, AST_OBJECT_CATALOG */
	AstNames path;
} AstUse;

typedef enum AstControlAction { AST_CONTROL_PAUSE, AST_CONTROL_RESUME, AST_CONTROL_CANCEL } AstControlAction;

typedef struct AstControl {
	AstNode node;
	AstControlAction action;
	bool skip; /* RESUME SKIP */
	AstNames path;
} AstControl;

typedef struct AstReplay {
	AstNode node;
	AstNames path; /* with its last part: v.bad, v.late, s.refused */
	AstNames into;
} AstReplay;

typedef struct AstBackup {
	AstNode node;
	AstLiteral *to; /* a file's name */
} AstBackup;

typedef struct AstHelp {
	AstNode node;
	Str topic;            /* words in upper case with single blanks, or empty */
	AstLiteral *argument; /* SOURCE 'file' */
} AstHelp;

typedef struct AstPrepare {
	AstNode node;
	AstName name;
	AstList types;      /* PREPARE name (types): AstType */
	AstNode *statement; /* PREPARE: a statement */
	AstList args;       /* EXECUTE name (args) */
} AstPrepare;

/* A statement of Flink's that weir never runs; text is all of it. */
typedef struct AstUnsupported {
	AstNode node;
	Str what; /* "CREATE MODEL" */
	Str hint; /* a full sentence, or empty */
	Str text;
} AstUnsupported;

/* ---- weir test ------------------------------------------------------------------------------ */

typedef enum AstPushKind { AST_PUSH_ROWS, AST_PUSH_DELETE, AST_PUSH_BYTES } AstPushKind;

typedef struct AstPush {
	AstNode node;
	AstPushKind kind;
	AstNames path;
	AstNames columns;
	AstNode *partition; /* AST_LITERAL number, or NULL */
	AstList rows;       /* AST_ROW; AST_PUSH_BYTES: AST_LITERAL strings or binaries */
} AstPush;

typedef struct AstAdvance {
	AstNode node;
	bool clock; /* ADVANCE CLOCK */
	bool by;    /* BY an interval; else TO a time */
	AstNames path;
	AstNode *partition;
	AstNode *value; /* an expression */
} AstAdvance;

typedef enum AstTestActionKind {
	AST_TEST_STEP,
	AST_TEST_CHECKPOINT,
	AST_TEST_CRASH,
	AST_TEST_FINISH
} AstTestActionKind;

typedef struct AstTestAction {
	AstNode node;
	AstTestActionKind action;
} AstTestAction;

typedef enum AstExpectWhat {
	AST_EXPECT_TABLE,     /* rows as they are now */
	AST_EXPECT_CHANGES,   /* rows with weights */
	AST_EXPECT_CHANGELOG, /* rows with kinds, in order */
	AST_EXPECT_LATE,
	AST_EXPECT_BAD,
	AST_EXPECT_REFUSED,
	AST_EXPECT_ERROR, /* code, like */
} AstExpectWhat;

typedef enum AstRowKind {
	AST_ROW_INSERT,        /* +I */
	AST_ROW_UPDATE_BEFORE, /* -U */
	AST_ROW_UPDATE_AFTER,  /* +U */
	AST_ROW_DELETE,        /* -D */
} AstRowKind;

typedef struct AstExpectRow {
	AstNode node;
	int64_t weight;  /* AST_EXPECT_CHANGES: +1, -2, ...; else 1 */
	AstRowKind kind; /* AST_EXPECT_CHANGELOG */
	AstNode *row;    /* AST_ROW */
} AstExpectRow;

/* EXPECT ERROR stands before the statement that must fail. */
typedef struct AstExpect {
	AstNode node;
	AstExpectWhat what;
	bool ordered;
	AstNames path;  /* empty if query */
	AstNode *query; /* EXPECT (SELECT ... | EXPLAIN ... | SHOW ...) rows: an AST_QUERY or such a statement; or NULL */
	AstList rows;   /* AST_EXPECT_ROW; empty: no row */
	AstLiteral *code;
	AstLiteral *like; /* or NULL; what the error or the output of `query` must match */
	bool not_like;    /* must not */
} AstExpect;

#endif
