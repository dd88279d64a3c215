/*
 * sql/functions/in.c: x IN (a, b, ...).
 *
 * A list of constants is looked up in a hash set that is built once per batch; short lists, rare types and lists with
 * columns are searched one by one. Logic is that of OR over =: a match is TRUE; else NULL if x or any element is NULL;
 * else FALSE.
 */
#include "sql/functions/comparison.h"

#include "base/hash.h"
#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

enum { SET_LEAST = 6 };

typedef struct Set {
	uint32_t *slots; /* argument index, 0: free */
	uint32_t mask;
} Set;

static uint64_t hash_value(const Column *c, uint32_t i)
{
	uint32_t at = column_at(c, i);
	if (c->phys == PHYS_I64)
		return hash_mix((uint64_t)c->i64[at]);
	return hash_bytes(c->str[at].ptr, c->str[at].len, 0);
}

static bool same(const Column *a, uint32_t i, const Column *b)
{
	uint32_t at = column_at(a, i);
	return a->phys == PHYS_I64 ? a->i64[at] == b->i64[0] : str_eq(a->str[at], b->str[0]);
}

static bool can_hash(const FunctionCall *call, const Column *const *args)
{
	const Type *t = call->arg_types[0];
	if (call->nargs - 1 < SET_LEAST || !(type_phys(t) == PHYS_I64 || (type_phys(t) == PHYS_STR && !type_is_nested(t))))
		return false;
	for (uint32_t k = 1; k < call->nargs; k++)
		if (!args[k]->constant || args[k]->err)
			return false;
	return true;
}

static Set build(EvalCtx *ctx, const FunctionCall *call, const Column *const *args)
{
	uint32_t slots = 16;
	while (slots < 2 * call->nargs)
		slots *= 2;
	Set set = {ARENA_ARRAY_ZERO(ctx->arena, uint32_t, slots), slots - 1};
	for (uint32_t k = 1; k < call->nargs; k++) {
		if (column_is_null(args[k], 0))
			continue;
		uint32_t at = (uint32_t)hash_value(args[k], 0) & set.mask;
		while (set.slots[at])
			at = (at + 1) & set.mask;
		set.slots[at] = k;
	}
	return set;
}

static bool find(const Set *set, const Column *const *args, uint32_t i)
{
	uint32_t at = (uint32_t)hash_value(args[0], i) & set->mask;
	while (set->slots[at] && !same(args[0], i, args[set->slots[at]]))
		at = (at + 1) & set->mask;
	return set->slots[at] != 0;
}

/* NULL and errors of x: true if they decide the row. */
static bool decided(EvalCtx *ctx, const Column *x, uint32_t i, Column *out)
{
	if (!column_is_null(x, i))
		return false;
	if (!kernel_copy_err(ctx, out, i, x))
		kernel_null(ctx, out, i);
	return true;
}

static void in_set(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out)
{
	Set set = build(ctx, call, args);
	bool has_null = false;
	for (uint32_t k = 1; k < call->nargs; k++)
		has_null = has_null || column_is_null(args[k], 0);
	for (uint32_t i = 0; i < n; i++) {
		if (decided(ctx, args[0], i, out))
			continue;
		out->b[i] = find(&set, args, i);
		if (!out->b[i] && has_null)
			kernel_null(ctx, out, i);
	}
}

static void in_list(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out)
{
	for (uint32_t i = 0; i < n; i++) {
		if (decided(ctx, args[0], i, out))
			continue;
		Value x = column_value(args[0], i);
		bool has_null = false;
		bool found = false;
		bool failed = false;
		for (uint32_t k = 1; k < call->nargs && !found && !failed; k++) {
			if (!column_is_null(args[k], i)) {
				found = comparison_equal(call->arg_types[0], x, call->arg_types[k], column_value(args[k], i));
			} else {
				failed = kernel_copy_err(ctx, out, i, args[k]);
				has_null = true;
			}
		}
		if (failed)
			continue;
		out->b[i] = found;
		if (!found && has_null)
			kernel_null(ctx, out, i);
	}
}

KERNEL(in_kernel)
{
	if (n > 1 && can_hash(call, args))
		in_set(ctx, call, args, n, out);
	else
		in_list(ctx, call, args, n, out);
}

RESOLVE(resolve_in)
{
	if (!comparison_coerce(rc, false, err))
		return false;
	rc->call->kernel = in_kernel;
	rc->call->type = resolve_strict_type(rc, &type_boolean);
	return true;
}

static const Function items[] = {
    {"IN", "comparison", "x IN (a, b, ...) -> BOOLEAN", "Is x equal to one of a list?", 2, 255, FN_HIDDEN, resolve_in},
};

const FunctionTable in_functions = {items, sizeof items / sizeof *items};
