/*
 * sql/functions/aggregate_counts.c: aggregates of how often each value came: TOP_K, MODE, MEDIAN, PERCENTILE,
 * PERCENTILE_CONT, PERCENTILE_DISC. The operator keeps the counts in order of value (AGG_COUNTS), so a percentile is a
 * walk to a rank, and windows merge by adding counts.
 */
#include "sql/functions/aggregate_counts.h"

#include <math.h>
#include <stdlib.h>

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/decimal.h"
#include "sql/types/packed.h"

#define FINISH(name)                                                                                                   \
	static bool name(__attribute__((unused)) const AggCall *call, __attribute__((unused)) const EvalEnv *env,          \
	                 const Value *values, const int64_t *counts, uint32_t n, __attribute__((unused)) Arena *arena,     \
	                 Value *out)

typedef bool (*FinishCounts)(const AggCall *, const EvalEnv *, const Value *, const int64_t *, uint32_t, Arena *,
                             Value *);

static void set_counts(ResolveCtx *rc, AggCall *out, const Type *type, FinishCounts finish)
{
	out->type = type;
	out->count_type = rc->arg_types[0];
	out->finish_counts = finish;
}

/* The argument's type; a bare NULL is an INT. */
static const Type *value_type(ResolveCtx *rc)
{
	if (rc->arg_types[0]->kind == TYPE_NULL)
		rc->arg_types[0] = &type_int;
	return type_with_null(rc->arena, rc->arg_types[0], true);
}

/* ---- by frequency ---- */

typedef struct Ranked {
	uint32_t at;
	int64_t count;
} Ranked;

/* The more frequent first; of equal frequency the lesser value, which is the one further to the left. */
static int by_frequency(const void *a, const void *b)
{
	const Ranked *x = a;
	const Ranked *y = b;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

FINISH(top_k)
{
	*out = VALUE_NULL;
	if (n == 0)
		return true;
	Ranked *all = ARENA_ARRAY(arena, Ranked, n);
	for (uint32_t i = 0; i < n; i++)
		all[i] = (Ranked){i, counts[i]};
	qsort(all, n, sizeof *all, by_frequency);
	int64_t k = *(const int64_t *)call->data;
	uint32_t len = k < n ? (uint32_t)k : n;
	Value *items = ARENA_ARRAY(arena, Value, len);
	for (uint32_t i = 0; i < len; i++)
		items[i] = values[all[i].at];
	*out = value_str(packed_build(arena, &call->type->elem, true, items, len));
	return true;
}

enum { TOP_K_COUNTERS = 10000 }; /* per group; more for a k of more than a tenth of it */

static bool resolve_top_k(ResolveCtx *rc, AggCall *out, Err *err)
{
	int64_t *k = ARENA_NEW(rc->arena, int64_t);
	if (!resolve_const_i64(rc, 1, k) || *k < 1)
		return err_set_at(err, ERR_BAD_VALUE, rc->span, "the number asked of TOP_K must be a positive constant");
	const Type *elem = value_type(rc);
	out->data = k;
	out->counters_max = *k <= TOP_K_COUNTERS / 10 ? TOP_K_COUNTERS
	                    : *k <= UINT32_MAX / 10   ? (uint32_t)*k * 10
	                                              : UINT32_MAX;
	set_counts(rc, out, type_array(rc->arena, type_with_null(rc->arena, elem, false)), top_k);
	return true;
}

FINISH(mode)
{
	uint32_t best = 0;
	for (uint32_t i = 1; i < n; i++)
		if (counts[i] > counts[best])
			best = i;
	*out = n ? values[best] : VALUE_NULL;
	return true;
}

static bool resolve_mode(ResolveCtx *rc, AggCall *out, Err *err)
{
	(void)err;
	set_counts(rc, out, value_type(rc), mode);
	return true;
}

/* ---- by rank ---- */

bool aggregate_counts_parts(ResolveCtx *rc, uint32_t arg, AggParts **out, Err *err)
{
	AggParts *p = ARENA_NEW(rc->arena, AggParts);
	const Type *t = rc->arg_types[arg];
	const Value *v = rc->consts[arg];
	bool fine = v && !v->null && (type_is_numeric(t) || t->kind == TYPE_ARRAY);
	const Type *elem = fine && t->kind == TYPE_ARRAY ? t->elem : t;
	p->array = t->kind == TYPE_ARRAY;
	p->n = !fine ? 0 : p->array ? packed_count(v->s) : 1;
	p->at = ARENA_ARRAY(rc->arena, double, p->n + 1);
	fine = fine && type_is_numeric(elem) && p->n > 0;
	for (uint32_t i = 0; fine && i < p->n; i++) {
		Value x = p->array ? packed_get(v->s, elem, i) : *v;
		p->at[i] = x.null                  ? -1
		           : type_is_integer(elem) ? (double)x.i
		           : type_is_approx(elem)  ? x.f
		                                   : decimal_to_f64(x.d, elem->scale);
		fine = p->at[i] >= 0 && p->at[i] <= 1;
	}
	*out = p;
	return fine ||
	       err_set_at(err, ERR_BAD_VALUE, rc->span,
	                  "the percentage of %.*s must be a constant from 0 to 1, or an ARRAY of such", STR_ARG(rc->name));
}

static int64_t total_of(const int64_t *counts, uint32_t n)
{
	int64_t total = 0;
	for (uint32_t i = 0; i < n; i++)
		total += counts[i];
	return total;
}

uint32_t aggregate_counts_at(const int64_t *counts, uint32_t n, int64_t rank)
{
	int64_t before = 0;
	uint32_t i = 0;
	while (i + 1 < n && before + counts[i] <= rank)
		before += counts[i++];
	return i;
}

bool aggregate_counts_result(const AggCall *call, const AggParts *parts, const Value *results, Arena *arena, Value *out)
{
	*out = parts->array ? value_str(packed_build(arena, &call->type->elem, true, results, parts->n)) : results[0];
	return true;
}

/* The value at a part of `total` values. */
typedef Value (*PartValue)(const Value *values, const int64_t *counts, uint32_t n, int64_t total, double part);

static bool finish_parts(const AggCall *call, const Value *values, const int64_t *counts, uint32_t n, Arena *arena,
                         PartValue value_at, Value *out)
{
	const AggParts *parts = call->data;
	*out = VALUE_NULL;
	int64_t total = total_of(counts, n);
	if (total <= 0)
		return true;
	Value *results = ARENA_ARRAY(arena, Value, parts->n);
	for (uint32_t k = 0; k < parts->n; k++)
		results[k] = value_at(values, counts, n, total, parts->at[k]);
	return aggregate_counts_result(call, parts, results, arena, out);
}

/* Between the two nearest values, in proportion. */
static Value between(const Value *values, const int64_t *counts, uint32_t n, int64_t total, double part)
{
	double at = part * (double)(total - 1), rest = at - floor(at);
	double low = values[aggregate_counts_at(counts, n, (int64_t)floor(at))].f;
	double high = values[aggregate_counts_at(counts, n, (int64_t)ceil(at))].f;
	return (Value){.f = rest == 0 ? low : (1 - rest) * low + rest * high};
}

FINISH(percentile)
{
	return finish_parts(call, values, counts, n, arena, between, out);
}

static const Type *parts_type(ResolveCtx *rc, const AggParts *parts, const Type *type)
{
	return parts->array ? type_array(rc->arena, type_with_null(rc->arena, type, false)) : type;
}

static bool resolve_percentile(ResolveCtx *rc, AggCall *out, Err *err)
{
	AggParts *parts;
	if (!aggregate_counts_parts(rc, 1, &parts, err) || !resolve_args(rc, rc->nargs == 3 ? "dai" : "da", err))
		return false;
	out->data = parts;
	out->weight_arg = rc->nargs == 3 ? 2 : 0;
	set_counts(rc, out, parts_type(rc, parts, &type_double), percentile);
	return true;
}

static bool resolve_median(ResolveCtx *rc, AggCall *out, Err *err)
{
	AggParts *parts = ARENA_NEW(rc->arena, AggParts);
	parts->n = 1;
	parts->at = ARENA_ARRAY(rc->arena, double, 1);
	parts->at[0] = 0.5;
	out->data = parts;
	if (!resolve_args(rc, "d", err))
		return false;
	set_counts(rc, out, &type_double, percentile);
	return true;
}

/* The first value at or below which the part lies. */
static Value reached(const Value *values, const int64_t *counts, uint32_t n, int64_t total, double part)
{
	int64_t rank = (int64_t)ceil(part * (double)total) - 1;
	return values[aggregate_counts_at(counts, n, rank < 0 ? 0 : rank)];
}

FINISH(percentile_disc)
{
	return finish_parts(call, values, counts, n, arena, reached, out);
}

static bool resolve_percentile_disc(ResolveCtx *rc, AggCall *out, Err *err)
{
	AggParts *parts;
	const Type *type = value_type(rc);
	if (!type_is_ordered(type))
		return resolve_mismatch(rc, err);
	if (!aggregate_counts_parts(rc, 1, &parts, err))
		return false;
	out->data = parts;
	set_counts(rc, out, parts_type(rc, parts, type), percentile_disc);
	return true;
}

static const Aggregate items[] = {
    {"TOP_K", "TOP_K(value, k) -> ARRAY",
     "The k most frequent values; of equal frequency the lesser first. In continuous queries over rows that append, "
     "without "
     "a window or by TUMBLE, a group of more than 10,000 values (10 k, if more) keeps the counts of the most frequent "
     "ones "
     "(Space-Saving).",
     2, 2, FN_OURS, AGG_COUNTS, resolve_top_k},
    {"MODE", "MODE(value) -> its type", "The most frequent value; of equal frequency the least.", 1, 1, FN_OURS,
     AGG_COUNTS, resolve_mode},
    {"MEDIAN", "MEDIAN(number) -> DOUBLE", "The middle of the values, or the mean of the two in the middle.", 1, 1,
     FN_OURS, AGG_COUNTS, resolve_median},
    {"PERCENTILE", "PERCENTILE(number, percentage or ARRAY of them [, frequency]) -> DOUBLE or ARRAY",
     "The value below which that part (0 to 1) of the values lies, interpolated.", 2, 3, 0, AGG_COUNTS,
     resolve_percentile},
    {"PERCENTILE_CONT", "PERCENTILE_CONT(percentage) WITHIN GROUP (ORDER BY number) -> DOUBLE",
     "PostgreSQL's form of PERCENTILE.", 2, 2, FN_OURS, AGG_COUNTS, resolve_percentile},
    {"PERCENTILE_DISC", "PERCENTILE_DISC(percentage) WITHIN GROUP (ORDER BY value) -> its type",
     "The first of the values at or below which that part (0 to 1) lies.", 2, 2, FN_OURS, AGG_COUNTS,
     resolve_percentile_disc},
};

const AggregateTable aggregate_counts_table = {items, sizeof items / sizeof *items};
