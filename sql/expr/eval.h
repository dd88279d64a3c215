/*
 * sql/expr/eval.h: evaluation of expressions over columns.
 *
 * eval_open compiles a list of expressions to flat steps (each a kernel over columns; equal subexpressions are computed
 * once); eval_run computes them for n rows. Results live in the arena given to eval_run, or are the input columns
 * themselves. Errors are bytes in the result columns (sql/types/column.h); eval_report turns one row's error into
 * words.
 *
 * Thread: an Eval belongs to one thread; the expressions are shared.
 */
#ifndef WEIR_SQL_EXPR_EVAL_H
#define WEIR_SQL_EXPR_EVAL_H

#include "sql/expr/expr.h"

typedef struct Eval Eval;

/* The Eval is allocated in `arena`. */
Eval *eval_open(Arena *arena, const Expr *const *exprs, uint32_t nexprs);
/* inputs[i] is column i; params may be NULL when no expression uses them. out[j] receives expression j. */
void eval_run(Eval *eval, const EvalEnv *env, const Column *const *inputs, const Value *params, uint32_t n,
              Arena *arena, const Column **out);
/* Rows for which the boolean column is TRUE: fills sel, returns how many. A row with an error stops: *bad is its index
 * (else -1). */
uint32_t eval_select(const Column *c, uint32_t n, uint32_t *sel, int64_t *bad);
/* The error of expression `expr` for one row, in words ("cannot cast 'abc' to INT"); err is set. */
void eval_report(Eval *eval, uint32_t expr, const EvalEnv *env, const Column *const *inputs, const Value *params,
                 uint32_t row, Arena *arena, Err *err);
/* One value without input columns. */
bool eval_const(const Expr *e, const EvalEnv *env, const Value *params, Arena *arena, Value *out, Err *err);

#endif
