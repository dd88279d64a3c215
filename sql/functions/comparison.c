/*
 * sql/functions/comparison.c: = <> < <= > >=, IS [NOT] DISTINCT FROM, OVERLAPS.
 *
 * One kernel per operator and physical form. Doubles compare as IEEE says (NaN is equal to nothing); the total order of
 * value_compare is for sorting and grouping. Decimals of different scales are compared without bringing them to one
 * type first.
 */
#include "sql/functions/comparison.h"

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/decimal.h"

static bool is_exact(const Type *t)
{
	return t->kind == TYPE_DECIMAL || type_is_integer(t);
}

static const Type *as_decimal(ResolveCtx *rc, const Type *t)
{
	return t->kind == TYPE_DECIMAL
	           ? t
	           : type_with_null(rc->arena, type_decimal(rc->arena, type_int_digits(t->kind), 0), !t->not_null);
}

/* The type that constant texts take: the common type of all others; NULL if the others are texts too. */
static const Type *others(ResolveCtx *rc)
{
	const Type *t = NULL;
	for (uint32_t i = 0; i < rc->nargs; i++) {
		const Type *a = rc->arg_types[i];
		if (a->kind == TYPE_NULL || (rc->consts[i] && type_is_text(a)))
			continue;
		if (type_is_text(a) || type_is_binary(a) || type_is_nested(a) || a->kind == TYPE_JSON)
			return NULL;
		t = t ? type_common(rc->arena, t, a) : a;
		if (!t)
			return NULL;
	}
	return t;
}

/* What a constant text becomes beside type t. Nothing of it is lost: '5.5' is not 5 because a column is INT. */
static const Type *literal_type(ResolveCtx *rc, const Type *t, Str text, bool not_null)
{
	unsigned precision, scale;
	int64_t integer;
	text = str_trim(text);
	if (type_is_timestamp(t) || t->kind == TYPE_TIME)
		t = type_temporal(rc->arena, t->kind, TYPE_TIME_PRECISION_MAX); /* the unit is the same */
	else if (t->kind == TYPE_DATE)
		t = &type_date;
	else if (is_exact(t) && !str_to_i64(text, &integer) && decimal_literal_type(text, &precision, &scale))
		t = type_decimal(rc->arena, precision, scale);
	else if (is_exact(t))
		t = &type_bigint;
	return type_with_null(rc->arena, t, !not_null);
}

static bool refuse(ResolveCtx *rc, bool text, Err *err)
{
	resolve_mismatch(rc, err);
	if (text)
		err_hint(err, "Texts and other types are not compared by themselves: use CAST.");
	else
		err_hint(err, "Use CAST to bring both to one type.");
	return false;
}

bool comparison_coerce(ResolveCtx *rc, bool ordered, Err *err)
{
	const Type *literals = others(rc);
	bool exact = true;
	bool decimal = false;
	bool text = false;
	for (uint32_t i = 0; i < rc->nargs; i++) {
		const Type *t = rc->arg_types[i];
		if (literals && rc->consts[i] && type_is_text(t))
			t = literal_type(rc, literals, rc->consts[i]->null ? STR_EMPTY : rc->consts[i]->s, t->not_null);
		if (literals && t->kind == TYPE_NULL)
			t = literals->not_null ? type_with_null(rc->arena, literals, true) : literals;
		if (t->kind == TYPE_JSON)
			t = type_with_null(rc->arena, &type_string, !t->not_null);
		exact = exact && is_exact(t);
		decimal = decimal || t->kind == TYPE_DECIMAL;
		text = text || type_is_text(t);
		rc->arg_types[i] = t;
	}
	if (exact && decimal) {
		for (uint32_t i = 0; i < rc->nargs; i++)
			rc->arg_types[i] = as_decimal(rc, rc->arg_types[i]);
		return true;
	}
	const Type *common = rc->arg_types[0];
	for (uint32_t i = 1; i < rc->nargs; i++) {
		common = type_common(rc->arena, common, rc->arg_types[i]);
		if (!common)
			return refuse(rc, text, err);
	}
	if (common->kind == TYPE_NULL)
		common = &type_boolean;
	if (ordered && !type_is_ordered(common))
		return refuse(rc, false, err);
	for (uint32_t i = 0; i < rc->nargs; i++) {
		const Type *t = rc->arg_types[i];
		/* Timestamps of different precision have one unit already; so have texts of different lengths. */
		bool same_form = t->kind == common->kind &&
		                 (type_is_timestamp(t) || type_is_text(t) || type_is_binary(t) || t->kind == TYPE_TIME);
		bool integers = type_is_integer(t) && type_is_integer(common);
		if (!same_form && !integers && !(type_is_text(t) && type_is_text(common)))
			rc->arg_types[i] = type_with_null(rc->arena, common, !t->not_null);
	}
	return true;
}

bool comparison_equal(const Type *ta, Value a, const Type *tb, Value b)
{
	switch (type_phys(ta)) {
	case PHYS_BOOL: return a.b == b.b;
	case PHYS_I64: return a.i == b.i;
	case PHYS_F64: return a.f == b.f;
	case PHYS_I128: return decimal_compare(a.d, ta->scale, b.d, tb->scale) == 0;
	case PHYS_STR: return type_is_nested(ta) ? value_equal(ta, a, b) : str_eq(a.s, b.s);
	}
	return false;
}

#define COMPARE_PLAIN(name, op)                                                                                        \
	KERNEL(name##_i64)                                                                                                 \
	{                                                                                                                  \
		uint8_t *o = out->b;                                                                                           \
		KERNEL_LOOP2(args[0], args[1], int64_t, int64_t, o[i] = x op y);                                               \
	}                                                                                                                  \
	KERNEL(name##_f64)                                                                                                 \
	{                                                                                                                  \
		uint8_t *o = out->b;                                                                                           \
		KERNEL_LOOP2(args[0], args[1], double, double, o[i] = x op y);                                                 \
	}                                                                                                                  \
	KERNEL(name##_bool)                                                                                                \
	{                                                                                                                  \
		uint8_t *o = out->b;                                                                                           \
		KERNEL_LOOP2(args[0], args[1], uint8_t, uint8_t, o[i] = x op y);                                               \
	}                                                                                                                  \
	KERNEL(name##_i128)                                                                                                \
	{                                                                                                                  \
		uint8_t *o = out->b;                                                                                           \
		KERNEL_LOOP2(args[0], args[1], Int128, Int128, o[i] = x op y);                                                 \
	}                                                                                                                  \
	KERNEL(name##_decimal)                                                                                             \
	{                                                                                                                  \
		uint8_t *o = out->b;                                                                                           \
		unsigned as = call->arg_types[0]->scale;                                                                       \
		unsigned bs = call->arg_types[1]->scale;                                                                       \
		KERNEL_LOOP2(args[0], args[1], Int128, Int128, o[i] = decimal_compare(x, as, y, bs) op 0);                     \
	}                                                                                                                  \
	KERNEL(name##_nested)                                                                                              \
	{                                                                                                                  \
		const Type *t = call->arg_types[0];                                                                            \
		KERNEL_EACH(i)                                                                                                 \
		out->b[i] = value_compare(t, column_value(args[0], i), column_value(args[1], i)) op 0;                         \
	}

#define COMPARE_STR(name, expr)                                                                                        \
	KERNEL(name##_str)                                                                                                 \
	{                                                                                                                  \
		KERNEL_EACH(i)                                                                                                 \
		{                                                                                                              \
			Str x = kernel_str(args[0], i);                                                                            \
			Str y = kernel_str(args[1], i);                                                                            \
			out->b[i] = (expr);                                                                                        \
		}                                                                                                              \
	}

COMPARE_PLAIN(eq, ==)
COMPARE_PLAIN(ne, !=)
COMPARE_PLAIN(lt, <)
COMPARE_PLAIN(le, <=)
COMPARE_PLAIN(gt, >)
COMPARE_PLAIN(ge, >=)
COMPARE_STR(eq, str_eq(x, y))
COMPARE_STR(ne, !str_eq(x, y))
COMPARE_STR(lt, str_cmp(x, y) < 0)
COMPARE_STR(le, str_cmp(x, y) <= 0)
COMPARE_STR(gt, str_cmp(x, y) > 0)
COMPARE_STR(ge, str_cmp(x, y) >= 0)

typedef struct CompareKernels {
	Kernel b, i64, f64, i128, decimal, str, nested;
} CompareKernels;

#define COMPARE_KERNELS(name)                                                                                          \
	{                                                                                                                  \
		name##_bool, name##_i64, name##_f64, name##_i128, name##_decimal, name##_str, name##_nested                    \
	}

static const CompareKernels eq = COMPARE_KERNELS(eq), ne = COMPARE_KERNELS(ne), lt = COMPARE_KERNELS(lt),
                            le = COMPARE_KERNELS(le), gt = COMPARE_KERNELS(gt), ge = COMPARE_KERNELS(ge);

static bool resolve_compare(ResolveCtx *rc, const CompareKernels *k, bool ordered, Err *err)
{
	if (!comparison_coerce(rc, ordered, err))
		return false;
	const Type *a = rc->arg_types[0];
	const Type *b = rc->arg_types[1];
	Kernel kernel = NULL;
	switch (type_phys(a)) {
	case PHYS_BOOL: kernel = k->b; break;
	case PHYS_I64: kernel = k->i64; break;
	case PHYS_F64: kernel = k->f64; break;
	case PHYS_I128: kernel = a->scale == b->scale ? k->i128 : k->decimal; break;
	case PHYS_STR: kernel = type_is_nested(a) ? k->nested : k->str; break;
	}
	rc->call->kernel = kernel;
	rc->call->type = resolve_strict_type(rc, &type_boolean);
	return true;
}

RESOLVE(resolve_eq)
{
	return resolve_compare(rc, &eq, false, err);
}
RESOLVE(resolve_ne)
{
	return resolve_compare(rc, &ne, false, err);
}
RESOLVE(resolve_lt)
{
	return resolve_compare(rc, &lt, true, err);
}
RESOLVE(resolve_le)
{
	return resolve_compare(rc, &le, true, err);
}
RESOLVE(resolve_gt)
{
	return resolve_compare(rc, &gt, true, err);
}
RESOLVE(resolve_ge)
{
	return resolve_compare(rc, &ge, true, err);
}

/* Not strict: NULL is a value here; errors still count. */
static void distinct_rows(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out,
                          uint8_t when)
{
	for (uint32_t i = 0; i < n; i++) {
		if (kernel_copy_err(ctx, out, i, args[0]) || kernel_copy_err(ctx, out, i, args[1]))
			continue;
		bool na = column_is_null(args[0], i);
		bool nb = column_is_null(args[1], i);
		bool distinct = na != nb;
		if (!na && !nb)
			distinct = !comparison_equal(call->arg_types[0], column_value(args[0], i), call->arg_types[1],
			                             column_value(args[1], i));
		out->b[i] = distinct ? when : (uint8_t)!when;
	}
}

KERNEL(distinct)
{
	distinct_rows(ctx, call, args, n, out, 1);
}
KERNEL(not_distinct)
{
	distinct_rows(ctx, call, args, n, out, 0);
}

RESOLVE(resolve_distinct)
{
	if (!comparison_coerce(rc, false, err))
		return false;
	rc->call->kernel = str_eq_c(str_from(rc->call->fn->name), "IS DISTINCT FROM") ? distinct : not_distinct;
	rc->call->type = &type_boolean_nn;
	return true;
}

/* (a, b) OVERLAPS (c, d), each period given by its two ends in any order. */
KERNEL(overlaps)
{
	for (uint32_t i = 0; i < n; i++) {
		int64_t a = kernel_i64(args[0], i);
		int64_t b = kernel_i64(args[1], i);
		int64_t c = kernel_i64(args[2], i);
		int64_t d = kernel_i64(args[3], i);
		/* An end given as an interval; wrapping arithmetic, as data under a NULL may be anything. */
		if (call->arg_types[1]->kind == TYPE_INTERVAL_SECONDS)
			b = (int64_t)((uint64_t)a + (uint64_t)b);
		if (call->arg_types[3]->kind == TYPE_INTERVAL_SECONDS)
			d = (int64_t)((uint64_t)c + (uint64_t)d);
		int64_t first_begin = a < b ? a : b;
		int64_t first_end = a < b ? b : a;
		int64_t second_begin = c < d ? c : d;
		int64_t second_end = c < d ? d : c;
		out->b[i] = first_end >= second_begin && second_end >= first_begin;
	}
}

RESOLVE(resolve_overlaps)
{
	const Type *t = rc->arg_types[0];
	if (!type_is_timestamp(t) && t->kind != TYPE_DATE && t->kind != TYPE_TIME)
		return resolve_mismatch(rc, err);
	for (uint32_t i = 1; i < 4; i++) {
		const Type *a = rc->arg_types[i];
		bool interval = i != 2 && a->kind == TYPE_INTERVAL_SECONDS && t->kind != TYPE_DATE;
		if (!interval && a->kind != t->kind)
			return resolve_mismatch(rc, err);
	}
	rc->call->kernel = overlaps;
	rc->call->type = resolve_strict_type(rc, &type_boolean);
	return true;
}

#define OPERATOR(op, resolve, sig, doc)                                                                                \
	{                                                                                                                  \
		op, "comparison", sig, doc, 2, 2, FN_STRICT | FN_HIDDEN, resolve                                               \
	}

static const Function items[] = {
    OPERATOR("=", resolve_eq, "a = b -> BOOLEAN", "Equal."),
    OPERATOR("<>", resolve_ne, "a <> b -> BOOLEAN", "Not equal."),
    OPERATOR("<", resolve_lt, "a < b -> BOOLEAN", "Less."),
    OPERATOR("<=", resolve_le, "a <= b -> BOOLEAN", "Less or equal."),
    OPERATOR(">", resolve_gt, "a > b -> BOOLEAN", "Greater."),
    OPERATOR(">=", resolve_ge, "a >= b -> BOOLEAN", "Greater or equal."),
    {"IS DISTINCT FROM", "comparison", "a IS DISTINCT FROM b -> BOOLEAN", "Not equal, where NULL equals NULL.", 2, 2,
     FN_HIDDEN, resolve_distinct},
    {"IS NOT DISTINCT FROM", "comparison", "a IS NOT DISTINCT FROM b -> BOOLEAN", "Equal, where NULL equals NULL.", 2,
     2, FN_HIDDEN, resolve_distinct},
    {"OVERLAPS", "comparison", "(a, b) OVERLAPS (c, d) -> BOOLEAN", "Do two periods of time have an instant in common?",
     4, 4, FN_STRICT | FN_HIDDEN, resolve_overlaps},
};

const FunctionTable comparison_functions = {items, sizeof items / sizeof *items};
