/*
 * sql/functions/collection_array.c: functions on arrays: search, change, sort, set operations.
 *
 * Elements are compared as GROUP BY does: NULL equals NULL. Set operations keep the order of first occurrence.
 */
#include "sql/functions/collection.h"

#include <stdlib.h>

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/packed.h"

static const Type *elem_of(const FunctionCall *call)
{
	return call->arg_types[0]->elem;
}

/* The first place of v from 0, or -1. */
static int64_t find(Str a, const Type *elem, Value v)
{
	uint32_t count = packed_count(a);
	for (uint32_t k = 0; k < count; k++)
		if (value_equal(elem, packed_get(a, elem, k), v))
			return k;
	return -1;
}

static Value value_or_null(const Column *c, uint32_t i)
{
	return column_is_null(c, i) ? VALUE_NULL : column_value(c, i);
}

/* Errors of any argument, NULL of the array: the row is settled. The element may be NULL. */
static bool settled(EvalCtx *ctx, const Column *const *args, uint32_t i, Column *out)
{
	if (kernel_copy_err(ctx, out, i, args[0]) || kernel_copy_err(ctx, out, i, args[1]))
		return true;
	if (!column_is_null(args[0], i))
		return false;
	kernel_null(ctx, out, i);
	return true;
}

KERNEL(array_contains)
{
	for (uint32_t i = 0; i < n; i++)
		if (!settled(ctx, args, i, out))
			out->b[i] = find(kernel_str(args[0], i), elem_of(call), value_or_null(args[1], i)) >= 0;
}

KERNEL(array_position)
{
	KERNEL_EACH(i)
	out->i64[i] = find(kernel_str(args[0], i), elem_of(call), column_value(args[1], i)) + 1;
}

KERNEL(array_append)
{
	Items list = {0};
	for (uint32_t i = 0; i < n; i++) {
		if (settled(ctx, args, i, out))
			continue;
		list.len = 0;
		collection_append(ctx->arena, &list, elem_of(call), kernel_str(args[0], i));
		ARENA_PUSH(ctx->arena, &list, value_or_null(args[1], i));
		out->str[i] = collection_array(ctx->arena, elem_of(call), &list);
	}
}

KERNEL(array_prepend)
{
	Items list = {0};
	for (uint32_t i = 0; i < n; i++) {
		if (settled(ctx, args, i, out))
			continue;
		list.len = 0;
		ARENA_PUSH(ctx->arena, &list, value_or_null(args[1], i));
		collection_append(ctx->arena, &list, elem_of(call), kernel_str(args[0], i));
		out->str[i] = collection_array(ctx->arena, elem_of(call), &list);
	}
}

KERNEL(array_remove)
{
	Items list = {0};
	for (uint32_t i = 0; i < n; i++) {
		if (settled(ctx, args, i, out))
			continue;
		Str a = kernel_str(args[0], i);
		Value gone = value_or_null(args[1], i);
		list.len = 0;
		for (uint32_t k = 0; k < packed_count(a); k++) {
			Value v = packed_get(a, elem_of(call), k);
			if (!value_equal(elem_of(call), v, gone))
				ARENA_PUSH(ctx->arena, &list, v);
		}
		out->str[i] = collection_array(ctx->arena, elem_of(call), &list);
	}
}

/* ---- set operations ---- */

typedef enum SetOp { SET_DISTINCT, SET_UNION, SET_INTERSECT, SET_EXCEPT } SetOp;

/* Appends what is in a, not yet in the list, and (in `other` or not) as asked. */
static void collect(EvalCtx *ctx, Items *list, SeenSet *seen, SeenSet *other, bool in_other, const Type *elem, Str a)
{
	for (uint32_t k = 0; k < packed_count(a); k++) {
		Value v = packed_get(a, elem, k);
		if ((!other || collection_seen_has(other, v) == in_other) && collection_seen_add(seen, v))
			ARENA_PUSH(ctx->arena, list, v);
	}
}

static void set_rows(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out,
                     SetOp op)
{
	const Type *elem = elem_of(call);
	Items list = {0};
	KERNEL_EACH(i)
	{
		SeenSet *seen = collection_seen_open(elem);
		SeenSet *other = NULL;
		list.len = 0;
		if (op == SET_INTERSECT || op == SET_EXCEPT) {
			Str b = kernel_str(args[1], i);
			other = collection_seen_open(elem);
			for (uint32_t k = 0; k < packed_count(b); k++)
				collection_seen_add(other, packed_get(b, elem, k));
		}
		collect(ctx, &list, seen, other, op == SET_INTERSECT, elem, kernel_str(args[0], i));
		if (op == SET_UNION)
			collect(ctx, &list, seen, NULL, false, elem, kernel_str(args[1], i));
		out->str[i] = collection_array(ctx->arena, elem, &list);
		collection_seen_close(seen);
		if (other)
			collection_seen_close(other);
	}
}

KERNEL(array_distinct)
{
	set_rows(ctx, call, args, n, out, SET_DISTINCT);
}

KERNEL(array_union)
{
	set_rows(ctx, call, args, n, out, SET_UNION);
}

KERNEL(array_intersect)
{
	set_rows(ctx, call, args, n, out, SET_INTERSECT);
}

KERNEL(array_except)
{
	set_rows(ctx, call, args, n, out, SET_EXCEPT);
}

/* ---- whole arrays ---- */

KERNEL(array_concat)
{
	Items list = {0};
	KERNEL_EACH(i)
	{
		list.len = 0;
		for (uint32_t k = 0; k < call->nargs; k++)
			collection_append(ctx->arena, &list, elem_of(call), kernel_str(args[k], i));
		out->str[i] = collection_array(ctx->arena, elem_of(call), &list);
	}
}

KERNEL(array_reverse)
{
	Items list = {0};
	KERNEL_EACH(i)
	{
		Str a = kernel_str(args[0], i);
		list.len = 0;
		for (uint32_t k = packed_count(a); k > 0; k--)
			ARENA_PUSH(ctx->arena, &list, packed_get(a, elem_of(call), k - 1));
		out->str[i] = collection_array(ctx->arena, elem_of(call), &list);
	}
}

/* Bounds from 1, both included; 0 is 1, below 0 counts from the end. */
KERNEL(array_slice)
{
	Items list = {0};
	KERNEL_EACH(i)
	{
		Str a = kernel_str(args[0], i);
		int64_t count = packed_count(a);
		int64_t from = kernel_i64(args[1], i);
		int64_t to = call->nargs == 3 ? kernel_i64(args[2], i) : count;
		from = from < 0 ? count + from + 1 : from;
		to = to < 0 ? count + to + 1 : to == 0 ? 1 : to;
		list.len = 0;
		for (int64_t k = from < 1 ? 1 : from; k <= to && k <= count; k++)
			ARENA_PUSH(ctx->arena, &list, packed_get(a, elem_of(call), (uint32_t)k - 1));
		out->str[i] = collection_array(ctx->arena, elem_of(call), &list);
	}
}

typedef struct SortItem {
	const Type *type;
	Value v;
	int sign;
	int nulls; /* of a NULL against a value */
} SortItem;

static int compare(const void *a, const void *b)
{
	const SortItem *x = a;
	const SortItem *y = b;
	if (x->v.null || y->v.null)
		return x->v.null == y->v.null ? 0 : x->v.null ? x->nulls : -x->nulls;
	return x->sign * value_compare(x->type, x->v, y->v);
}

KERNEL(array_sort)
{
	const Type *elem = elem_of(call);
	KERNEL_EACH(i)
	{
		Str a = kernel_str(args[0], i);
		bool ascending = call->nargs < 2 || kernel_bool(args[1], i);
		bool nulls_first = call->nargs < 3 ? ascending : kernel_bool(args[2], i);
		uint32_t count = packed_count(a);
		SortItem *sorted = ARENA_ARRAY(ctx->arena, SortItem, count);
		for (uint32_t k = 0; k < count; k++)
			sorted[k] = (SortItem){elem, packed_get(a, elem, k), ascending ? 1 : -1, nulls_first ? -1 : 1};
		qsort(sorted, count, sizeof *sorted, compare);
		Value *values = ARENA_ARRAY(ctx->arena, Value, count);
		for (uint32_t k = 0; k < count; k++)
			values[k] = sorted[k].v;
		out->str[i] = packed_build(ctx->arena, &elem, true, values, count);
	}
}

static void extreme_rows(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out,
                         int sign)
{
	const Type *elem = elem_of(call);
	KERNEL_EACH(i)
	{
		Str a = kernel_str(args[0], i);
		Value best = VALUE_NULL;
		for (uint32_t k = 0; k < packed_count(a); k++) {
			Value v = packed_get(a, elem, k);
			if (!v.null && (best.null || sign * value_compare(elem, v, best) > 0))
				best = v;
		}
		if (best.null)
			kernel_null(ctx, out, i);
		else
			column_set(out, i, best, ctx->arena);
	}
}

KERNEL(array_max)
{
	extreme_rows(ctx, call, args, n, out, 1);
}

KERNEL(array_min)
{
	extreme_rows(ctx, call, args, n, out, -1);
}

/* NULL elements are left out, or replaced by the third argument. */
KERNEL(array_join)
{
	StrBuf b;
	strbuf_init(&b);
	KERNEL_EACH(i)
	{
		Str a = kernel_str(args[0], i);
		bool first = true;
		strbuf_clear(&b);
		for (uint32_t k = 0; k < packed_count(a); k++) {
			Value v = packed_get(a, elem_of(call), k);
			if (v.null && call->nargs < 3)
				continue;
			if (!first)
				strbuf_put_str(&b, kernel_str(args[1], i));
			first = false;
			strbuf_put_str(&b, v.null ? kernel_str(args[2], i) : v.s);
		}
		out->str[i] = kernel_keep(ctx, &b);
	}
	strbuf_deinit(&b);
}

/* ---- resolution ---- */

/* An array and an element: both of the common type. */
static bool with_element(ResolveCtx *rc, const Type *result, bool keeps_array, Kernel kernel, Err *err)
{
	const Type *a = rc->arg_types[0];
	if (a->kind != TYPE_ARRAY)
		return resolve_mismatch(rc, err);
	const Type *elem = type_common(rc->arena, a->elem, rc->arg_types[1]);
	if (!elem)
		return resolve_mismatch(rc, err);
	/* Appending to ARRAY<INT NOT NULL> must not make its type narrower than its elements. */
	const Type *array = type_with_null(rc->arena, type_array(rc->arena, elem), !a->not_null);
	rc->arg_types[0] = array;
	rc->arg_types[1] = type_with_null(rc->arena, elem, !rc->arg_types[1]->not_null);
	rc->call->kernel = kernel;
	rc->call->type =
	    keeps_array ? array : type_with_null(rc->arena, result, rc->call->strict ? resolve_any_null(rc) : !a->not_null);
	return true;
}

RESOLVE(resolve_contains)
{
	return with_element(rc, &type_boolean, false, array_contains, err);
}

RESOLVE(resolve_position)
{
	return with_element(rc, &type_int, false, array_position, err);
}

RESOLVE(resolve_append)
{
	return with_element(rc, NULL, true, array_append, err);
}

RESOLVE(resolve_prepend)
{
	return with_element(rc, NULL, true, array_prepend, err);
}

RESOLVE(resolve_remove)
{
	return with_element(rc, NULL, true, array_remove, err);
}

/* One or more arrays of a common type, the result is one too. */
static bool arrays(ResolveCtx *rc, Kernel kernel, Err *err)
{
	for (uint32_t i = 0; i < rc->nargs; i++)
		if (rc->arg_types[i]->kind != TYPE_ARRAY)
			return resolve_mismatch(rc, err);
	const Type *common = resolve_common(rc, 0, 1, err);
	if (!common)
		return false;
	rc->call->kernel = kernel;
	rc->call->type = resolve_strict_type(rc, common);
	return true;
}

RESOLVE(resolve_arrays)
{
	static const struct {
		const char *name;
		Kernel kernel;
	} kernels[] = {
	    {"ARRAY_DISTINCT", array_distinct}, {"ARRAY_UNION", array_union},   {"ARRAY_INTERSECT", array_intersect},
	    {"ARRAY_EXCEPT", array_except},     {"ARRAY_CONCAT", array_concat}, {"ARRAY_REVERSE", array_reverse},
	};
	for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++)
		if (strcmp(rc->call->fn->name, kernels[k].name) == 0)
			return arrays(rc, kernels[k].kernel, err);
	return resolve_mismatch(rc, err);
}

RESOLVE(resolve_slice)
{
	return resolve_args(rc, "Aii", err) && resolve_simple(rc, "Aii", rc->arg_types[0], array_slice, err);
}

RESOLVE(resolve_sort)
{
	if (!resolve_args(rc, "Abb", err))
		return false;
	if (!type_is_ordered(rc->arg_types[0]->elem))
		return resolve_mismatch(rc, err);
	return resolve_simple(rc, "Abb", rc->arg_types[0], array_sort, err);
}

RESOLVE(resolve_extreme)
{
	if (!resolve_args(rc, "A", err))
		return false;
	const Type *elem = rc->arg_types[0]->elem;
	if (!type_is_ordered(elem))
		return resolve_mismatch(rc, err);
	bool max = strcmp(rc->call->fn->name, "ARRAY_MAX") == 0;
	return resolve_nullable(rc, "A", type_with_null(rc->arena, elem, true), max ? array_max : array_min, err);
}

RESOLVE(resolve_join)
{
	if (!resolve_args(rc, "Ass", err))
		return false;
	const Type *elem = rc->arg_types[0]->elem;
	if (!type_is_text(elem)) {
		resolve_mismatch(rc, err);
		return err_hint(err, "The elements must be texts: CAST(x AS ARRAY<STRING>).");
	}
	return resolve_simple(rc, "Ass", &type_string, array_join, err);
}

#define ENTRY(name, sig, doc, least, most, flags, resolve)                                                             \
	{                                                                                                                  \
		name, "collection", sig, doc, least, most, flags, resolve                                                      \
	}

static const Function items[] = {
    ENTRY("ARRAY_CONTAINS", "ARRAY_CONTAINS(array, element) -> BOOLEAN", "Is the element in the array?", 2, 2, 0,
          resolve_contains),
    ENTRY("ARRAY_POSITION", "ARRAY_POSITION(array, element) -> INT",
          "The first place of the element, from 1; 0 if it is not there.", 2, 2, FN_STRICT, resolve_position),
    ENTRY("ARRAY_APPEND", "ARRAY_APPEND(array, element) -> array", "With the element at the end.", 2, 2, 0,
          resolve_append),
    ENTRY("ARRAY_PREPEND", "ARRAY_PREPEND(array, element) -> array", "With the element at the begin.", 2, 2, 0,
          resolve_prepend),
    ENTRY("ARRAY_REMOVE", "ARRAY_REMOVE(array, element) -> array", "Without all that equal the element.", 2, 2, 0,
          resolve_remove),
    ENTRY("ARRAY_DISTINCT", "ARRAY_DISTINCT(array) -> array", "Each element once.", 1, 1, FN_STRICT, resolve_arrays),
    ENTRY("ARRAY_UNION", "ARRAY_UNION(a, b) -> array", "The elements of both, each once.", 2, 2, FN_STRICT,
          resolve_arrays),
    ENTRY("ARRAY_INTERSECT", "ARRAY_INTERSECT(a, b) -> array", "The elements that are in both, each once.", 2, 2,
          FN_STRICT, resolve_arrays),
    ENTRY("ARRAY_EXCEPT", "ARRAY_EXCEPT(a, b) -> array", "The elements of a that are not in b, each once.", 2, 2,
          FN_STRICT, resolve_arrays),
    ENTRY("ARRAY_CONCAT", "ARRAY_CONCAT(a, b, ...) -> array", "The arrays one after another.", 1, 255, FN_STRICT,
          resolve_arrays),
    ENTRY("ARRAY_REVERSE", "ARRAY_REVERSE(array) -> array", "In reverse order.", 1, 1, FN_STRICT, resolve_arrays),
    ENTRY("ARRAY_SLICE", "ARRAY_SLICE(array, from [, to]) -> array", "A part of the array, from 1, both ends included.",
          2, 3, FN_STRICT, resolve_slice),
    ENTRY("ARRAY_SORT", "ARRAY_SORT(array [, ascending [, nulls_first]]) -> array", "In order.", 1, 3, FN_STRICT,
          resolve_sort),
    ENTRY("ARRAY_MAX", "ARRAY_MAX(array) -> element", "The greatest element.", 1, 1, FN_STRICT, resolve_extreme),
    ENTRY("ARRAY_MIN", "ARRAY_MIN(array) -> element", "The least element.", 1, 1, FN_STRICT, resolve_extreme),
    ENTRY("ARRAY_JOIN", "ARRAY_JOIN(array, separator [, null_text]) -> STRING", "The texts joined with a separator.", 2,
          3, FN_STRICT, resolve_join),
};

const FunctionTable collection_array_functions = {items, sizeof items / sizeof *items};
