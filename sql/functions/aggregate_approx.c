/*
 * sql/functions/aggregate_approx.c: APPROX_COUNT_DISTINCT and APPROX_PERCENTILE. Both are counts of something coarser
 * than the value (AGG_COUNTS), so their state has a bound, windows merge by adding, and rows can be taken back.
 *
 * APPROX_COUNT_DISTINCT is HyperLogLog with 2^14 registers over 64-bit hashes (standard error 0.8%). What is counted is
 * the pair (register, position of the first 1 bit): the greatest position with a count above 0 is the register's value,
 * so that a retraction can lower it. The estimate is Ertl's ("New cardinality estimation algorithms for HyperLogLog
 * sketches", 2017, algorithm 6), which needs no table of corrections.
 *
 * APPROX_PERCENTILE is DDSketch (Masson, Rim, Lee, 2019): values fall into buckets whose borders are powers of gamma =
 * (1 + e) / (1 - e); the middle of a bucket is within the relative error e of each of its values.
 */
#include "sql/functions/aggregate_counts.h"

#include <math.h>

#include "base/hash.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

enum { HLL_BITS = 14, HLL_REGISTERS = 1 << HLL_BITS, HLL_RANKS = 64 - HLL_BITS };
#define HLL_SEED UINT64_C(0x7765697248797065) /* fixed: states outlive the process */

/* ---- APPROX_COUNT_DISTINCT ---- */

static void registers_of(const AggCall *call, const Column *const *args, uint32_t n, Arena *arena, Column *out)
{
	(void)call;
	column_init(out, &type_bigint_nn, n, arena);
	Str *keys = ARENA_ARRAY(arena, Str, n + 1);
	column_encode_keys(args, 1, n, arena, keys);
	for (uint32_t i = 0; i < n; i++) {
		uint64_t h = hash_bytes(keys[i].ptr, keys[i].len, HLL_SEED);
		uint64_t rest = h << HLL_BITS;
		int64_t rank = rest ? __builtin_clzll(rest) + 1 : HLL_RANKS + 1;
		out->i64[i] = (int64_t)(h >> (64 - HLL_BITS)) << 6 | rank;
	}
}

static double hll_tau(double x)
{
	if (x <= 0 || x >= 1)
		return 0;
	double y = 1, z = 1 - x, before;
	do {
		x = sqrt(x);
		before = z;
		y *= 0.5;
		z -= (1 - x) * (1 - x) * y;
	} while (z < before);
	return z / 3;
}

static double hll_sigma(double x)
{
	if (x >= 1)
		return INFINITY;
	double y = 1, z = x, before;
	do {
		x *= x;
		before = z;
		z += x * y;
		y += y;
	} while (z > before);
	return z;
}

static bool distinct_result(const AggCall *call, const EvalEnv *env, const Value *values, const int64_t *counts,
                            uint32_t n, Arena *arena, Value *out)
{
	(void)call;
	(void)env;
	(void)counts;
	(void)arena;
	uint32_t with_rank[HLL_RANKS + 2] = {HLL_REGISTERS};
	for (uint32_t i = 0; i < n; i++) {
		bool last = i + 1 == n || values[i + 1].i >> 6 != values[i].i >> 6;
		if (last) {
			with_rank[values[i].i & 63]++;
			with_rank[0]--;
		}
	}
	const double m = HLL_REGISTERS;
	double z = m * hll_tau(1 - with_rank[HLL_RANKS + 1] / m);
	for (int k = HLL_RANKS; k >= 1; k--)
		z = 0.5 * (z + with_rank[k]);
	z += m * hll_sigma(with_rank[0] / m);
	double estimate = m * m / (2 * M_LN2 * z);
	*out = value_i64(llround(estimate));
	return true;
}

static bool resolve_distinct(ResolveCtx *rc, AggCall *out, Err *err)
{
	(void)err;
	if (rc->arg_types[0]->kind == TYPE_NULL)
		rc->arg_types[0] = &type_int;
	out->type = &type_bigint_nn;
	out->count_type = &type_bigint_nn;
	out->count_of = registers_of;
	out->finish_counts = distinct_result;
	return true;
}

/* ---- APPROX_PERCENTILE ---- */

/* Bucket numbers: 0 is zero; the bucket of x > 0 is DD_MIDDLE + ceil(log_gamma x), that of -x its negative; beyond all
 * of them infinity and, greatest as everywhere, NaN. Doubles reach 2^-1074 to 2^1024. */
#define DD_MIDDLE (INT64_C(1) << 30)
#define DD_INFINITY (INT64_C(1) << 40)
#define DD_NAN (DD_INFINITY + 1)
#define DD_ERROR_MIN 0.0001
#define DD_ERROR_MAX 0.2

typedef struct Sketch {
	AggParts *parts;
	double log_gamma;
	double middle; /* what makes a bucket's upper border its middle: 2 / (1 + gamma) */
} Sketch;

static int64_t bucket_of(const Sketch *s, double x)
{
	if (isnan(x))
		return DD_NAN;
	if (x == 0)
		return 0;
	if (isinf(x))
		return x > 0 ? DD_INFINITY : -DD_INFINITY;
	int64_t b = DD_MIDDLE + (int64_t)ceil(log(fabs(x)) / s->log_gamma);
	return x > 0 ? b : -b;
}

static double bucket_value(const Sketch *s, int64_t b)
{
	if (b == DD_NAN)
		return NAN;
	if (b == 0)
		return 0;
	if (b == DD_INFINITY || b == -DD_INFINITY)
		return b > 0 ? INFINITY : -INFINITY;
	double x = exp((double)((b > 0 ? b : -b) - DD_MIDDLE) * s->log_gamma) * s->middle;
	return b > 0 ? x : -x;
}

static void buckets_of(const AggCall *call, const Column *const *args, uint32_t n, Arena *arena, Column *out)
{
	const Sketch *s = call->data;
	column_init(out, &type_bigint_nn, n, arena);
	for (uint32_t i = 0; i < n; i++)
		out->i64[i] = column_is_null(args[0], i) ? 0 : bucket_of(s, args[0]->f64[column_at(args[0], i)]);
}

static bool percentile_result(const AggCall *call, const EvalEnv *env, const Value *values, const int64_t *counts,
                              uint32_t n, Arena *arena, Value *out)
{
	(void)env;
	const Sketch *s = call->data;
	int64_t total = 0;
	for (uint32_t i = 0; i < n; i++)
		total += counts[i];
	*out = VALUE_NULL;
	if (total <= 0)
		return true;
	Value *results = ARENA_ARRAY(arena, Value, s->parts->n);
	for (uint32_t k = 0; k < s->parts->n; k++) {
		int64_t rank = (int64_t)(s->parts->at[k] * (double)(total - 1) + 0.5);
		results[k] = (Value){.f = bucket_value(s, values[aggregate_counts_at(counts, n, rank)].i)};
	}
	return aggregate_counts_result(call, s->parts, results, arena, out);
}

static bool resolve_percentile(ResolveCtx *rc, AggCall *out, Err *err)
{
	Sketch *s = ARENA_NEW(rc->arena, Sketch);
	double error = 0.01;
	if (!aggregate_counts_parts(rc, 1, &s->parts, err))
		return false;
	if (rc->nargs == 3) {
		AggParts *e;
		Err quiet = {0};
		if (!aggregate_counts_parts(rc, 2, &e, &quiet) || e->array || e->at[0] < DD_ERROR_MIN ||
		    e->at[0] > DD_ERROR_MAX)
			return err_set_at(err, ERR_BAD_VALUE, rc->span,
			                  "the relative error of APPROX_PERCENTILE must be a constant from %g to %g", DD_ERROR_MIN,
			                  DD_ERROR_MAX);
		error = e->at[0];
	}
	if (!resolve_args(rc, rc->nargs == 3 ? "daa" : "da", err))
		return false;
	double gamma = (1 + error) / (1 - error);
	s->log_gamma = log(gamma);
	s->middle = 2 / (1 + gamma);
	out->data = s;
	out->type = s->parts->array ? type_array(rc->arena, type_with_null(rc->arena, &type_double, false)) : &type_double;
	out->count_type = &type_bigint_nn;
	out->count_of = buckets_of;
	out->finish_counts = percentile_result;
	return true;
}

static const Aggregate items[] = {
    {"APPROX_COUNT_DISTINCT", "APPROX_COUNT_DISTINCT(value) -> BIGINT",
     "About how many different values there are: HyperLogLog, standard error 0.8%.", 1, 1, 0, AGG_COUNTS,
     resolve_distinct},
    {"APPROX_PERCENTILE", "APPROX_PERCENTILE(number, percentage or ARRAY of them [, error]) -> DOUBLE or ARRAY",
     "About the value below which that part (0 to 1) of the values lies: DDSketch, relative error 0.01 unless given.",
     2, 3, FN_OURS, AGG_COUNTS, resolve_percentile},
};

const AggregateTable aggregate_approx_table = {items, sizeof items / sizeof *items};
