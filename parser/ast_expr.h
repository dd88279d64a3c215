/*
 * parser/ast_expr.h: the nodes of expressions and types; a part of ast.h.
 */
#ifndef WEIR_PARSER_AST_EXPR_H
#define WEIR_PARSER_AST_EXPR_H

#include "parser/ast_node.h"

/* ---- expressions ---------------------------------------------------------------------------- */

typedef enum AstLiteralKind {
	AST_LIT_NULL,
	AST_LIT_TRUE,
	AST_LIT_FALSE,
	AST_LIT_UNKNOWN, /* the BOOLEAN NULL */
	AST_LIT_NUMBER,  /* value: the text without sign: 1, 1.5, .5, 1e3 */
	AST_LIT_STRING,  /* value: the content */
	AST_LIT_BINARY,  /* value: the bytes of X'..' */
	AST_LIT_DATE,    /* value: the text in the quotes, unchecked; likewise: */
	AST_LIT_TIME,
	AST_LIT_TIMESTAMP,
	AST_LIT_WORD, /* value: a bare word or dotted name; only as key or value of a setting or option */
} AstLiteralKind;

typedef struct AstLiteral {
	AstNode node;
	AstLiteralKind kind;
	Str value;
	Str raw;       /* as value, before ${NAME} was replaced: what the catalog keeps */
	bool expanded; /* value differs in origin from raw: it came through ${NAME} */
} AstLiteral;

/* INTERVAL [-]'value' from[(leading)] [TO to[(fraction)]] */
typedef struct AstInterval {
	AstNode node;
	Str value;
	Str raw;
	bool expanded;
	bool negative;    /* the sign before the quotes */
	AstUnit from;     /* AST_UNIT_NONE: PostgreSQL's form, the unit is in the text */
	AstUnit to;       /* AST_UNIT_NONE: no range */
	int32_t leading;  /* digits; -1: not given */
	int32_t fraction; /* digits of SECOND; -1: not given */
} AstInterval;

typedef struct AstColumn {
	AstNode node;
	AstNames path; /* at least one; the last may be a field of a row: the binder decides */
} AstColumn;

typedef struct AstStar {
	AstNode node;
	AstNames path; /* t.*: t; empty for * alone */
	AstNode *arg;  /* (e).*; else NULL */
} AstStar;

typedef enum AstOperator {
	AST_OP_NONE,
	AST_OP_OR,
	AST_OP_AND,
	AST_OP_NOT, /* unary */
	AST_OP_EQ,
	AST_OP_NE,
	AST_OP_LT,
	AST_OP_LE,
	AST_OP_GT,
	AST_OP_GE,
	AST_OP_DISTINCT,     /* a IS DISTINCT FROM b */
	AST_OP_NOT_DISTINCT, /* a IS NOT DISTINCT FROM b */
	AST_OP_OVERLAPS,     /* operands are AST_ROW of two */
	AST_OP_MATCH,        /* PostgreSQL's ~, and its three variants */
	AST_OP_MATCH_NOCASE,
	AST_OP_NOT_MATCH,
	AST_OP_NOT_MATCH_NOCASE,
	AST_OP_ADD,
	AST_OP_SUB,
	AST_OP_MUL,
	AST_OP_DIV,
	AST_OP_MOD,
	AST_OP_CONCAT,
	AST_OP_NEG,     /* unary */
	AST_OP_POS,     /* unary */
	AST_OP_AT_ZONE, /* ts AT TIME ZONE 'x' */
	AST_OPERATORS
} AstOperator;

typedef struct AstUnary {
	AstNode node;
	AstOperator op; /* AST_OP_NOT, AST_OP_NEG, AST_OP_POS */
	AstNode *arg;
} AstUnary;

typedef struct AstBinary {
	AstNode node;
	AstOperator op;
	Span op_span; /* the operator alone, for messages */
	AstNode *left;
	AstNode *right;
} AstBinary;

typedef enum AstIsTest {
	AST_IS_NULL,
	AST_IS_TRUE,
	AST_IS_FALSE,
	AST_IS_UNKNOWN,
	AST_IS_JSON, /* IS JSON and IS JSON VALUE */
	AST_IS_JSON_SCALAR,
	AST_IS_JSON_ARRAY,
	AST_IS_JSON_OBJECT,
	AST_IS_A_SET, /* multisets */
	AST_IS_EMPTY,
} AstIsTest;

typedef struct AstIs {
	AstNode node;
	AstNode *arg;
	bool negated;
	AstIsTest test;
} AstIs;

typedef struct AstBetween {
	AstNode node;
	AstNode *arg;
	bool negated;
	bool symmetric;
	AstNode *low;
	AstNode *high;
} AstBetween;

typedef enum AstLikeKind { AST_LIKE_LIKE, AST_LIKE_ILIKE, AST_LIKE_SIMILAR } AstLikeKind;

typedef struct AstLike {
	AstNode node;
	AstNode *arg;
	bool negated;
	AstLikeKind kind;
	AstNode *pattern;
	AstNode *escape; /* or NULL */
} AstLike;

/* arg [NOT] IN (items) or (query); exactly one of the two is there. */
typedef struct AstIn {
	AstNode node;
	AstNode *arg;
	bool negated;
	AstList items;
	AstNode *query; /* AST_QUERY */
} AstIn;

typedef struct AstSubquery {
	AstNode node;
	AstNode *query; /* AST_QUERY */
} AstSubquery;

typedef struct AstQuantified {
	AstNode node;
	AstOperator op; /* a comparison */
	Span op_span;
	bool all; /* ALL; else ANY or SOME */
	AstNode *arg;
	AstNode *query; /* AST_QUERY, or NULL: */
	AstList items;  /* a list, or one array: PostgreSQL's = ANY(array) */
} AstQuantified;

/* CASE [operand] WHEN a THEN b ... [ELSE otherwise] END; whens alternate condition, result. */
typedef struct AstCase {
	AstNode node;
	AstNode *operand;
	AstList whens;
	AstNode *otherwise;
} AstCase;

typedef enum AstCastForm { AST_CAST_CAST, AST_CAST_TRY, AST_CAST_COLONS } AstCastForm;

typedef struct AstCast {
	AstNode node;
	AstCastForm form;
	AstNode *arg;
	struct AstType *type;
} AstCast;

/* How a call was written. The arguments always stand in the order of the plain function, so that
 * only the printer has to look at this:
 *   AST_CALL_EXTRACT    EXTRACT(unit FROM x)             args: AST_UNIT_ARG, x
 *   AST_CALL_POSITION   POSITION(a IN b [FROM n])        args: a, b [, n]
 *   AST_CALL_TRIM       TRIM([side] [chars] FROM s)      args: s [, chars]; side in trim
 *   AST_CALL_SUBSTRING  SUBSTRING(s FROM i [FOR n])      args: s, i [, n]
 *   AST_CALL_OVERLAY    OVERLAY(s PLACING r FROM i [FOR n])   args: s, r, i [, n]
 *   AST_CALL_TO_UNIT    FLOOR(x TO unit), CEIL(x TO unit)     args: x, AST_UNIT_ARG
 *   AST_CALL_BARE       CURRENT_TIMESTAMP                no parentheses, no args
 *   AST_CALL_JSON       one of the JSON functions with clauses: see AstJsonClauses
 * TIMESTAMPADD(unit, n, t) and TIMESTAMPDIFF are AST_CALL_PLAIN with an AST_UNIT_ARG in front. */
typedef enum AstCallForm {
	AST_CALL_PLAIN,
	AST_CALL_EXTRACT,
	AST_CALL_POSITION,
	AST_CALL_TRIM,
	AST_CALL_SUBSTRING,
	AST_CALL_OVERLAY,
	AST_CALL_TO_UNIT,
	AST_CALL_BARE,
	AST_CALL_JSON,
} AstCallForm;

typedef enum AstTrimSide { AST_TRIM_UNSPECIFIED, AST_TRIM_BOTH, AST_TRIM_LEADING, AST_TRIM_TRAILING } AstTrimSide;
typedef enum AstNullTreatment { AST_NULLS_UNSPECIFIED, AST_NULLS_RESPECT, AST_NULLS_IGNORE } AstNullTreatment;

typedef enum AstJsonBehavior {
	AST_JSON_UNSPECIFIED,
	AST_JSON_NULL,
	AST_JSON_ERROR,
	AST_JSON_DEFAULT, /* with an expression */
	AST_JSON_TRUE,
	AST_JSON_FALSE,
	AST_JSON_UNKNOWN,
	AST_JSON_EMPTY_ARRAY,
	AST_JSON_EMPTY_OBJECT,
} AstJsonBehavior;

typedef enum AstJsonWrapper {
	AST_WRAPPER_UNSPECIFIED,
	AST_WRAPPER_WITHOUT,
	AST_WRAPPER_CONDITIONAL,
	AST_WRAPPER_UNCONDITIONAL,
} AstJsonWrapper;

typedef enum AstJsonOnNull { AST_ON_NULL_UNSPECIFIED, AST_ON_NULL_NULL, AST_ON_NULL_ABSENT } AstJsonOnNull;

/* The clauses of JSON_VALUE, JSON_QUERY, JSON_EXISTS, JSON_OBJECT, JSON_ARRAY, JSON_OBJECTAGG and
 * JSON_ARRAYAGG. args of the call: document, path for the first three; key, value, key, value, ...
 * for JSON_OBJECT; key, value for JSON_OBJECTAGG. */
typedef struct AstJsonClauses {
	AstNode node;              /* AST_JSON_CLAUSES */
	struct AstType *returning; /* or NULL */
	AstJsonWrapper wrapper;
	AstJsonBehavior on_empty;
	AstNode *empty_default;
	AstJsonBehavior on_error;
	AstNode *error_default;
	AstJsonOnNull on_null;
	bool unique_keys;
} AstJsonClauses;

typedef struct AstCall {
	AstNode node;
	AstNames name;
	AstCallForm form;
	bool distinct;
	bool star;              /* COUNT(*): no args */
	AstList args;           /* expressions, AST_NAMED_ARG, AST_UNIT_ARG, AST_DESCRIPTOR, AST_TABLE_ARG */
	AstList order_by;       /* AST_SORT_ITEM: within the parentheses */
	AstNullTreatment nulls; /* RESPECT or IGNORE NULLS, within or after the parentheses */
	AstList within_group;   /* AST_SORT_ITEM: WITHIN GROUP (ORDER BY ...) */
	AstNode *filter;        /* FILTER (WHERE ...), or NULL */
	struct AstWindow *over; /* OVER (...) or OVER w, or NULL */
	AstTrimSide trim;
	AstJsonClauses *json; /* AST_CALL_JSON only; without any clause a call is AST_CALL_PLAIN */
} AstCall;

typedef struct AstNamedArg {
	AstNode node;
	AstName name;
	AstNode *value;
} AstNamedArg;

typedef struct AstItems {
	AstNode node;
	AstList items;
	bool keyword; /* AST_ROW: written ROW(...) */
} AstItems;

typedef struct AstSubscript {
	AstNode node;
	AstNode *arg;
	AstNode *index;
} AstSubscript;

typedef struct AstFieldOf {
	AstNode node;
	AstNode *arg;
	AstName name;
} AstFieldOf;

typedef struct AstParam {
	AstNode node;
	uint32_t number; /* $n from 1; ? are counted from 1 in their order */
	bool question;
} AstParam;

typedef struct AstUnitArg {
	AstNode node;
	AstUnit unit;
} AstUnitArg;

typedef struct AstDescriptor {
	AstNode node;
	AstNames columns;
} AstDescriptor;

/* TABLE path, or TABLE(query), or a query alone as DATA argument; [PARTITION BY ...] [ORDER BY ...] */
typedef struct AstTableArg {
	AstNode node;
	AstNames path;  /* empty if query */
	AstNode *query; /* AST_QUERY, or NULL */
	AstList partition_by;
	AstList order_by; /* AST_SORT_ITEM */
} AstTableArg;

typedef struct AstCollate {
	AstNode node;
	AstNode *arg;
	AstNames collation;
} AstCollate;

/* ---- types ---------------------------------------------------------------------------------- */

typedef enum AstTypeZone { AST_ZONE_UNSPECIFIED, AST_ZONE_WITHOUT, AST_ZONE_WITH, AST_ZONE_WITH_LOCAL } AstTypeZone;
typedef enum AstNullability { AST_NULL_UNSPECIFIED, AST_NULL_YES, AST_NULL_NOT } AstNullability;

/* AST_TYPE_NAME: the name as written, except that DOUBLE PRECISION is DOUBLE, CHAR[ACTER] VARYING is
 * VARCHAR, BINARY VARYING is VARBINARY. params: the numbers in parentheses. */
typedef struct AstType {
	AstNode node;
	AstNames name;
	uint32_t nparams;
	uint32_t params[2];
	AstTypeZone zone; /* TIME, TIMESTAMP */
	AstNullability nullability;
	struct AstType *key;  /* AST_TYPE_MAP */
	struct AstType *elem; /* AST_TYPE_ARRAY, AST_TYPE_MULTISET; the value of AST_TYPE_MAP */
	AstList fields;       /* AST_TYPE_ROW: AST_TYPE_FIELD */
	AstUnit from;         /* AST_TYPE_INTERVAL; AST_UNIT_NONE: INTERVAL alone */
	AstUnit to;
	int32_t leading; /* -1: not given */
	int32_t fraction;
} AstType;

typedef struct AstTypeField {
	AstNode node;
	AstName name; /* text.ptr NULL: ROW(INT, STRING) */
	AstType *type;
	AstLiteral *comment; /* or NULL */
} AstTypeField;

#endif
