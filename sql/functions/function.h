/*
 * sql/functions/function.h: the scalar functions and operators of the language, and how one is added.
 *
 * A family file (math.c, string.c ...) has a const table of Function entries and is listed in registry.c. An entry
 * gives its name, a signature and a doc line (SHOW FUNCTIONS and the reference page are made from them), and `resolve`,
 * which looks at the argument types, says which types it wants (the binder adds the casts), what it returns, and which
 * kernel computes it. A kernel computes all rows of a batch:
 *
 *   void kernel(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out)
 *
 * out is initialised by the caller: type and data for n rows; for a function that is `strict` valid holds the AND of
 * the arguments' bitmaps and err the arguments' errors already, and if all arguments are constant the caller computes
 * one row and makes the result constant. Kernels of strict functions may compute under NULLs (data there is defined),
 * but must not report an error for a row that is NULL. Not strict (CASE, COALESCE, AND, IS NULL ...): the kernel sets
 * valid and err itself. Arguments may be constant columns: use column_at, or the macros of kernel.h. Floating point: no
 * reassociation, every operation rounds as written; FLOAT results are rounded to float.
 */
#ifndef WEIR_SQL_FUNCTIONS_FUNCTION_H
#define WEIR_SQL_FUNCTIONS_FUNCTION_H

#include "sql/types/column.h"

typedef struct Expr Expr;
typedef struct FunctionCall FunctionCall;
struct Zone;

/* What evaluation may depend on besides its arguments. One per query and batch. */
typedef struct EvalEnv {
	const struct Zone *zone; /* table.local-time-zone */
	int64_t now_us; /* instant for NOW, CURRENT_TIMESTAMP, PROCTIME ...: of the batch in a stream, of the query in a
	                   snapshot */
	bool flink_arithmetic;    /* integers wrap instead of failing */
	bool legacy_cast;         /* table.exec.legacy-cast-behaviour: a failed cast is NULL */
	int64_t watermark_us;     /* CURRENT_WATERMARK; INT64_MIN: none yet */
	const int64_t *stamps_ms; /* the same for each row of the batch; NULL: watermark_us for all */
	uint64_t
	    *random; /* state of RAND, UUID; may be NULL: then the kernel's random source is the kernel's (getrandom) */
	const char *user; /* CURRENT_USER; may be NULL */
	const char *database;
	const struct PgLookup *pg; /* pg_functions.h: answers about the catalog; may be NULL */
} EvalEnv;

typedef struct EvalCtx {
	const EvalEnv *env;
	Arena *arena; /* for results */
	Err *report; /* not NULL: a single row is evaluated to learn the words of its error; kernels set it with kernel_fail
	              */
} EvalCtx;

typedef void (*Kernel)(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out);

struct FunctionCall {
	const struct Function *fn;
	Kernel kernel;
	const Type *type;             /* of the result */
	const Type *const *arg_types; /* after casts */
	uint32_t nargs;
	const void *data; /* made by resolve: a parsed pattern, a path, a unit ...; in the resolve arena */
	bool strict;      /* set from the function's flag; resolve may change it */
	bool can_fail;    /* likewise: may it set row errors of its own? */
};

enum {
	FN_STRICT = 1,            /* NULL in, NULL out */
	FN_CAN_FAIL = 2,          /* may set row errors */
	FN_NOT_DETERMINISTIC = 4, /* RAND, UUID */
	FN_CLOCK = 8,             /* NOW and its like: constant within a snapshot, changing in a stream */
	FN_HIDDEN = 16,           /* operators and special forms: not in SHOW FUNCTIONS */
	FN_OURS = 32,             /* Flink has no such function: check --dialect flink names it */
	FN_STAMP = 128,           /* depends on the row's watermark: never one value for a batch */
	FN_JSON_TEXT = 64, /* its STRING is JSON text: JSON_OBJECT and JSON_ARRAY take it as it is, not as a string */
};

/* What resolve sees and fills. */
typedef struct ResolveCtx {
	Arena *arena;
	Str name;
	Span span;
	uint32_t nargs;
	const Type **arg_types;     /* in: types of the arguments; out: the types the kernel wants */
	const Value *const *consts; /* consts[i] != NULL: argument i is this constant (patterns, units, paths) */
	const EvalEnv *env;         /* may be NULL */
	/* results */
	FunctionCall *call;
} ResolveCtx;

typedef struct Function {
	const char *name;      /* upper case; operators as themselves: + - * / % || = <> < <= > >= AND OR NOT ... */
	const char *family;    /* math, string, temporal, conditional, json, collection, comparison, logic, cast, hash */
	const char *signature; /* "LEFT(string, integer) -> STRING" */
	const char *doc;       /* one sentence */
	uint8_t min_args;
	uint8_t max_args; /* 255: any number */
	uint16_t flags;
	/* Sets call->kernel, call->type, call->data and arg_types. On wrong types: ERR_TYPE_MISMATCH with what it wants. */
	bool (*resolve)(ResolveCtx *rc, Err *err);
} Function;

typedef struct FunctionTable {
	const Function *items;
	uint32_t len;
} FunctionTable;

const Function *function_find(Str name); /* any case; NULL: unknown */
/* Finds and resolves; fills call wholly (fn, kernel, type, arg_types, nargs, data, strict). */
bool function_resolve(ResolveCtx *rc, Err *err);
/* All functions in order of name: index from 0, NULL past the end. */
const Function *function_at(uint32_t index);
/* The nearest known function name, or empty. Aggregates included. */
Str function_nearest(Str name);

#endif
