/*
 * sql/expr/expr.h: bound expressions: typed, resolved trees over the columns of one input.
 *
 * The binder makes them; they are immutable. Implicit casts are explicit nodes. A subquery never appears here: the
 * binder turns it into a plan node that adds a column. Functions are entries of the registry
 * (sql/functions/function.h); operators, CASE, AND, CAST and so on are functions too.
 */
#ifndef WEIR_SQL_EXPR_EXPR_H
#define WEIR_SQL_EXPR_EXPR_H

#include "sql/functions/function.h"
#include "sql/types/column.h"

typedef enum ExprKind {
	EXPR_CONST,  /* constant */
	EXPR_COLUMN, /* column `index` of the input */
	EXPR_PARAM,  /* slot `index` of the parameters: $1 of a client, or a column of the outer query (correlation) */
	EXPR_CALL,   /* call.fn over args */
} ExprKind;

struct Expr {
	ExprKind kind;
	Span span;
	const Type *type;
	uint32_t index;
	Value constant;
	FunctionCall call; /* result type = type */
	const Expr **args;
	uint32_t nargs;
};

const Expr *expr_const(Arena *arena, const Type *type, Value v);
const Expr *expr_column(Arena *arena, const Type *type, uint32_t index);
const Expr *expr_param(Arena *arena, const Type *type, uint32_t index);
/* Resolves name over the arguments, adds casts where the function wants other types. ERR_NO_SUCH_FUNCTION (with "did
 * you mean"), ERR_TYPE_MISMATCH. */
const Expr *expr_call(Arena *arena, Str name, const Expr **args, uint32_t nargs, Span span, Err *err);
/* CAST / TRY_CAST; returns e itself when the types are equal. */
const Expr *expr_cast(Arena *arena, const Expr *e, const Type *to, bool try_cast, Span span, Err *err);
/* The same expression with columns renumbered: map[i] is the new number of column i (UINT32_MAX: must not occur). */
const Expr *expr_remap(Arena *arena, const Expr *e, const uint32_t *map);
/* Column i replaced by with[i]. */
const Expr *expr_substitute(Arena *arena, const Expr *e, const Expr *const *with);
bool expr_equal(const Expr *a, const Expr *b);
/* Sets used[i] for each column read. */
void expr_columns(const Expr *e, bool *used);
bool expr_is_const(const Expr *e); /* no columns, no params, all functions deterministic */
bool expr_reads_columns(const Expr *e);
bool expr_is_deterministic(const Expr *e); /* also false for functions of the clock */
bool expr_uses_params(const Expr *e);
bool expr_can_fail(const Expr *e);
/* Computes constant subtrees; one that fails is left as it is (it fails when a row meets it). env NULL: what depends on
 * the zone or on flink_arithmetic is left too. */
const Expr *expr_fold(Arena *arena, const Expr *e, const EvalEnv *env);
/* SQL-like text for EXPLAIN; names[i] for column i (NULL: $i). */
void expr_print(const Expr *e, const Str *names, StrBuf *out);

#endif
