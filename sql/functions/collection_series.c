/*
 * sql/functions/collection_series.c: GENERATE_SERIES: the numbers or times from one to another, as an array that FROM
 * unnests. The number of elements has a bound, since an array is held whole.
 */
#include "sql/functions/collection.h"

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/timestamp.h"

enum { SERIES_MAX = 1000000 };

/* Elements from `from` to `to`: months are whole ones of the calendar, counted from the first. */
static void series(EvalCtx *ctx, const FunctionCall *call, Column *out, uint32_t i, int64_t from, int64_t to,
                   int64_t step, bool months)
{
	if (step == 0) {
		kernel_fail(ctx, out, i, ROW_BAD_VALUE, "the step of GENERATE_SERIES must not be 0");
		return;
	}
	Items list = {0};
	int64_t at = from;
	for (int64_t k = 1; step > 0 ? at <= to : at >= to; k++) {
		if (list.len == SERIES_MAX) {
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "GENERATE_SERIES makes at most %d elements", SERIES_MAX);
			return;
		}
		ARENA_PUSH(ctx->arena, &list, value_i64(at));
		int64_t shift;
		if (__builtin_mul_overflow(step, k, &shift))
			break;
		if (months)
			at = timestamp_add_months(from, shift);
		else if (__builtin_add_overflow(from, shift, &at))
			break;
	}
	out->str[i] = collection_array(ctx->arena, call->type->elem, &list);
}

KERNEL(series_integers)
{
	KERNEL_EACH(i)
	series(ctx, call, out, i, kernel_i64(args[0], i), kernel_i64(args[1], i),
	       call->nargs == 3 ? kernel_i64(args[2], i) : 1, false);
}

KERNEL(series_times)
{
	bool months = call->arg_types[2]->kind == TYPE_INTERVAL_MONTHS;
	KERNEL_EACH(i)
	series(ctx, call, out, i, kernel_i64(args[0], i), kernel_i64(args[1], i), kernel_i64(args[2], i), months);
}

RESOLVE(resolve_series)
{
	const Type *elem = &type_bigint_nn;
	if (type_is_integer(rc->arg_types[0]) || rc->arg_types[0]->kind == TYPE_NULL) {
		if (!resolve_args(rc, rc->nargs == 2 ? "ii" : "iii", err))
			return false;
		for (uint32_t i = 0; i < rc->nargs; i++)
			rc->arg_types[i] = type_with_null(rc->arena, &type_bigint, !rc->arg_types[i]->not_null);
		rc->call->kernel = series_integers;
	} else {
		if (rc->nargs != 3 ||
		    (rc->arg_types[2]->kind != TYPE_INTERVAL_MONTHS && rc->arg_types[2]->kind != TYPE_INTERVAL_SECONDS))
			return resolve_mismatch(rc, err);
		const Type *step = rc->arg_types[2];
		if (!resolve_args(rc, "ppa", err))
			return false;
		bool ltz = rc->arg_types[0]->kind == TYPE_TIMESTAMP_LTZ || rc->arg_types[1]->kind == TYPE_TIMESTAMP_LTZ;
		elem = type_with_null(rc->arena, ltz ? &type_ltz6 : &type_timestamp6, false);
		for (uint32_t i = 0; i < 2; i++)
			rc->arg_types[i] = type_with_null(rc->arena, elem, !rc->arg_types[i]->not_null);
		rc->arg_types[2] = step;
		rc->call->kernel = series_times;
	}
	rc->call->type = resolve_strict_type(rc, type_array(rc->arena, elem));
	return true;
}

static const Function items[] = {
    {"GENERATE_SERIES", "collection", "GENERATE_SERIES(from, to [, step]) -> ARRAY",
     "The integers or times from one to another, both ends included; in FROM a row each.", 2, 3,
     FN_STRICT | FN_CAN_FAIL | FN_OURS, resolve_series},
};

const FunctionTable collection_series_functions = {items, sizeof items / sizeof *items};
