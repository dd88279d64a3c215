/*
 * sql/functions/aggregate_count.c: COUNT, BOOL_AND (EVERY), BOOL_OR: aggregates that only count.
 *
 * BOOL_AND and BOOL_OR keep how many TRUE and FALSE there are, so that a row can be taken out again.
 */
#include "sql/functions/aggregate.h"

#include "sql/functions/aggregate_kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

typedef struct Count {
	int64_t rows;
} Count;

/* A row counts when none of the arguments is NULL. */
static bool counts(const AggCall *call, const Column *const *args, uint32_t i)
{
	for (uint32_t k = 0; k < call->nargs; k++)
		if (column_is_null(args[k], i))
			return false;
	return true;
}

static bool never_null(const AggCall *call, const Column *const *args)
{
	for (uint32_t k = 0; k < call->nargs; k++)
		if (args[k]->valid)
			return false;
	return true;
}

static bool count_update(const AggCall *call, const EvalEnv *env, const Column *const *args, const int64_t *weights,
                         uint32_t n, void *const *states, uint32_t *bad)
{
	(void)env;
	(void)bad;
	bool all = never_null(call, args);
	for (uint32_t i = 0; i < n; i++)
		if (all || counts(call, args, i))
			((Count *)states[i])->rows += weights ? weights[i] : 1;
	return true;
}

static bool count_update_one(const AggCall *call, const EvalEnv *env, const Column *const *args, const int64_t *weights,
                             uint32_t n, void *state, uint32_t *bad)
{
	(void)env;
	(void)bad;
	Count *s = state;
	bool all = never_null(call, args);
	if (all && !weights) {
		s->rows += n;
		return true;
	}
	for (uint32_t i = 0; i < n; i++)
		if (all || counts(call, args, i))
			s->rows += weights ? weights[i] : 1;
	return true;
}

static bool count_merge(const AggCall *call, const EvalEnv *env, void *into, const void *from)
{
	(void)call;
	(void)env;
	((Count *)into)->rows += ((const Count *)from)->rows;
	return true;
}

static bool count_subtract(const AggCall *call, const EvalEnv *env, void *into, const void *from)
{
	(void)call;
	(void)env;
	((Count *)into)->rows -= ((const Count *)from)->rows;
	return true;
}

static bool count_result(const AggCall *call, const EvalEnv *env, const void *state, Arena *arena, Value *out)
{
	(void)call;
	(void)env;
	(void)arena;
	*out = value_i64(((const Count *)state)->rows);
	return true;
}

static const AggregateKernels count_kernels = {sizeof(Count), count_update,   count_update_one,
                                               count_merge,   count_subtract, count_result};

static bool resolve_count(ResolveCtx *rc, AggCall *out, Err *err)
{
	(void)err;
	out->ignore_nulls = rc->nargs > 0;
	aggregate_set(out, &type_bigint_nn, &count_kernels);
	return true;
}

typedef struct Bools {
	int64_t trues;
	int64_t falses;
} Bools;

static inline bool bools_add(Bools *s, uint8_t v, int64_t weight, const EvalEnv *env)
{
	(void)env;
	s->trues += v ? weight : 0;
	s->falses += v ? 0 : weight;
	return true;
}

AGGREGATE_UPDATE(bools, Bools, uint8_t, bools_add)

static bool bools_merge(const AggCall *call, const EvalEnv *env, void *into, const void *from)
{
	(void)call;
	(void)env;
	((Bools *)into)->trues += ((const Bools *)from)->trues;
	((Bools *)into)->falses += ((const Bools *)from)->falses;
	return true;
}

static bool bools_subtract(const AggCall *call, const EvalEnv *env, void *into, const void *from)
{
	(void)call;
	(void)env;
	((Bools *)into)->trues -= ((const Bools *)from)->trues;
	((Bools *)into)->falses -= ((const Bools *)from)->falses;
	return true;
}

static bool and_result(const AggCall *call, const EvalEnv *env, const void *state, Arena *arena, Value *out)
{
	(void)call;
	(void)env;
	(void)arena;
	const Bools *s = state;
	*out = s->trues + s->falses == 0 ? VALUE_NULL : (Value){.b = s->falses == 0};
	return true;
}

static bool or_result(const AggCall *call, const EvalEnv *env, const void *state, Arena *arena, Value *out)
{
	(void)call;
	(void)env;
	(void)arena;
	const Bools *s = state;
	*out = s->trues + s->falses == 0 ? VALUE_NULL : (Value){.b = s->trues > 0};
	return true;
}

static const AggregateKernels and_kernels = {sizeof(Bools), bools_update,   bools_update_one,
                                             bools_merge,   bools_subtract, and_result};
static const AggregateKernels or_kernels = {sizeof(Bools), bools_update,   bools_update_one,
                                            bools_merge,   bools_subtract, or_result};

static bool resolve_bool_and(ResolveCtx *rc, AggCall *out, Err *err)
{
	aggregate_set(out, &type_boolean, &and_kernels);
	return resolve_args(rc, "b", err);
}

static bool resolve_bool_or(ResolveCtx *rc, AggCall *out, Err *err)
{
	aggregate_set(out, &type_boolean, &or_kernels);
	return resolve_args(rc, "b", err);
}

static const Aggregate items[] = {
    {"COUNT", "COUNT(*) or COUNT(value, ...) -> BIGINT",
     "The number of rows; with arguments, of rows where none is NULL.", 0, 255, 0, AGG_FLAT, resolve_count},
    {"BOOL_AND", "BOOL_AND(boolean) -> BOOLEAN", "Are all values true?", 1, 1, FN_OURS, AGG_FLAT, resolve_bool_and},
    {"EVERY", "EVERY(boolean) -> BOOLEAN", "Are all values true?", 1, 1, FN_OURS, AGG_FLAT, resolve_bool_and},
    {"BOOL_OR", "BOOL_OR(boolean) -> BOOLEAN", "Is any value true?", 1, 1, FN_OURS, AGG_FLAT, resolve_bool_or},
};

const AggregateTable aggregate_count_table = {items, sizeof items / sizeof *items};
