/*
 * sql/functions/aggregate.c: looks aggregates up and resolves calls; the families are in aggregate_*.c.
 */
#include "sql/functions/aggregate.h"

#include <stdlib.h>

#include "sql/functions/registry.h"

enum { AGGREGATES_MAX = 128 };

static const Aggregate *sorted[AGGREGATES_MAX];
static uint32_t nsorted;

static int by_name(const void *a, const void *b)
{
	const Aggregate *const *x = a;
	const Aggregate *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

/* Before main: the index is constant for all threads. */
__attribute__((constructor)) static void build(void)
{
	for (uint32_t t = 0; registry_aggregates[t]; t++) {
		for (uint32_t i = 0; i < registry_aggregates[t]->len; i++) {
			ASSERT(nsorted < AGGREGATES_MAX);
			sorted[nsorted++] = &registry_aggregates[t]->items[i];
		}
	}
	qsort(sorted, nsorted, sizeof *sorted, by_name);
}

const Aggregate *aggregate_at(uint32_t index)
{
	return index < nsorted ? sorted[index] : NULL;
}

const Aggregate *aggregate_find(Str name)
{
	for (uint32_t i = 0; i < nsorted; i++)
		if (str_eq_nocase(name, str_from(sorted[i]->name)))
			return sorted[i];
	return NULL;
}

bool aggregate_resolve(ResolveCtx *rc, AggCall *out, Err *err)
{
	const Aggregate *agg = aggregate_find(rc->name);
	if (!agg) {
		err_set_at(err, ERR_NO_SUCH_FUNCTION, rc->span, "aggregate \"%.*s\" does not exist", STR_ARG(rc->name));
		Str near = function_nearest(rc->name);
		return near.len ? err_hint(err, "Did you mean \"%.*s\"?", STR_ARG(near)) : false;
	}
	if (rc->nargs < agg->min_args || (agg->max_args != 255 && rc->nargs > agg->max_args)) {
		err_set_at(err, ERR_NO_SUCH_FUNCTION, rc->span, "aggregate \"%s\" does not take %u argument%s", agg->name,
		           rc->nargs, rc->nargs == 1 ? "" : "s");
		return err_hint(err, "Its form is %s.", agg->signature);
	}
	*out = (AggCall){.agg = agg, .kind = agg->kind, .nargs = rc->nargs, .ignore_nulls = true};
	rc->call = NULL;
	if (!agg->resolve(rc, out, err)) {
		if (err && !err->hint[0])
			err_hint(err, "Its form is %s.", agg->signature);
		return false;
	}
	out->arg_types = rc->arg_types;
	ASSERT(out->type && out->size % 8 == 0);
	return true;
}

bool aggregate_fail(const AggCall *call, Err *err)
{
	if (strcmp(call->agg->name, "SINGLE_VALUE") == 0)
		return err_set(err, ERR_MORE_THAN_ONE_ROW, "a subquery used as a value returned more than one row");
	if (strcmp(call->agg->name, "JSON_OBJECTAGG") == 0) {
		err_set(err, ERR_NOT_NULL_VIOLATION, "a key of JSON_OBJECTAGG is NULL");
		return err_hint(err, "FILTER (WHERE key IS NOT NULL) behind it leaves such rows out.");
	}
	StrBuf type;
	strbuf_init(&type);
	type_print(call->type, false, &type);
	err_set(err, ERR_OUT_OF_RANGE, "the result of %s does not fit %s", call->agg->name, strbuf_cstr(&type));
	strbuf_deinit(&type);
	return err_hint(err, "CAST the argument to a wider type, BIGINT or DECIMAL.");
}

int64_t aggregate_weight(const AggCall *call, const Column *const *args, uint32_t row)
{
	if (!call->weight_arg)
		return 1;
	const Column *c = args[call->weight_arg];
	int64_t w = column_is_null(c, row) ? 0 : c->i64[column_at(c, row)];
	return w > 0 ? w : 0;
}
