/*
 * sql/functions/logic.c: AND, OR, NOT, IS [NOT] NULL | TRUE | FALSE | UNKNOWN: three-valued logic.
 *
 * AND and OR go from left to right and stop where the result is known, as Flink's generated code does: FALSE AND error
 * is FALSE, error AND FALSE is the error. Over columns that means: all arguments are computed, errors to the right of a
 * deciding value are dropped.
 */
#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

static bool is_plain(const Column *const *args, uint32_t nargs)
{
	for (uint32_t k = 0; k < nargs; k++)
		if (args[k]->valid || args[k]->err)
			return false;
	return true;
}

/* decides: the value that settles it: 0 for AND, 1 for OR. */
static void junction(EvalCtx *ctx, uint32_t nargs, const Column *const *args, uint32_t n, Column *out, uint8_t decides)
{
	if (is_plain(args, nargs)) {
		memset(out->b, !decides, n);
		for (uint32_t k = 0; k < nargs; k++) {
			const Column *a = args[k];
			if (a->constant && n > 1) {
				if (a->b[0] == decides)
					memset(out->b, decides, n);
			} else if (decides) {
				for (uint32_t i = 0; i < n; i++)
					out->b[i] |= a->b[i];
			} else {
				for (uint32_t i = 0; i < n; i++)
					out->b[i] &= a->b[i];
			}
		}
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		bool unknown = false;
		bool done = false;
		for (uint32_t k = 0; k < nargs && !done; k++) {
			uint32_t at = column_at(args[k], i);
			if (args[k]->valid && !bit_get(args[k]->valid, at)) {
				done = kernel_copy_err(ctx, out, i, args[k]);
				unknown = true;
			} else if (args[k]->b[at] == decides) {
				out->b[i] = decides;
				done = true;
			}
		}
		if (done)
			continue;
		if (unknown)
			kernel_null(ctx, out, i);
		else
			out->b[i] = !decides;
	}
}

KERNEL(and_kernel)
{
	junction(ctx, call->nargs, args, n, out, 0);
}

KERNEL(or_kernel)
{
	junction(ctx, call->nargs, args, n, out, 1);
}

KERNEL(not_kernel)
{
	const uint8_t *a = args[0]->b;
	for (uint32_t i = 0; i < n; i++)
		out->b[i] = !a[i];
}

RESOLVE(resolve_junction)
{
	if (!resolve_args(rc, "b+", err))
		return false;
	rc->call->kernel = rc->call->fn->name[0] == 'A' ? and_kernel : or_kernel;
	rc->call->type = resolve_strict_type(rc, &type_boolean);
	return true;
}

RESOLVE_SIMPLE(resolve_not, "b", &type_boolean, not_kernel)

/* The result for a row whose argument is NULL, FALSE, TRUE; errors go through. */
static void test_rows(EvalCtx *ctx, const Column *a, uint32_t n, Column *out, uint8_t null, uint8_t is_false,
                      uint8_t is_true)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = column_at(a, i);
		if (!a->valid || bit_get(a->valid, at))
			out->b[i] = a->phys == PHYS_BOOL && !a->b[at] ? is_false : is_true;
		else if (!kernel_copy_err(ctx, out, i, a))
			out->b[i] = null;
	}
}

#define TEST(name, null, is_false, is_true)                                                                            \
	KERNEL(name)                                                                                                       \
	{                                                                                                                  \
		test_rows(ctx, args[0], n, out, null, is_false, is_true);                                                      \
	}

TEST(is_null, 1, 0, 0)
TEST(is_not_null, 0, 1, 1)
TEST(is_true, 0, 0, 1)
TEST(is_not_true, 1, 1, 0)
TEST(is_false, 0, 1, 0)
TEST(is_not_false, 1, 0, 1)

RESOLVE_NULLABLE(resolve_is_null, "a", &type_boolean_nn, is_null)
RESOLVE_NULLABLE(resolve_is_not_null, "a", &type_boolean_nn, is_not_null)
RESOLVE_NULLABLE(resolve_is_true, "b", &type_boolean_nn, is_true)
RESOLVE_NULLABLE(resolve_is_not_true, "b", &type_boolean_nn, is_not_true)
RESOLVE_NULLABLE(resolve_is_false, "b", &type_boolean_nn, is_false)
RESOLVE_NULLABLE(resolve_is_not_false, "b", &type_boolean_nn, is_not_false)
RESOLVE_NULLABLE(resolve_is_unknown, "b", &type_boolean_nn, is_null)
RESOLVE_NULLABLE(resolve_is_not_unknown, "b", &type_boolean_nn, is_not_null)

#define TEST_ENTRY(name, resolve, doc)                                                                                 \
	{                                                                                                                  \
		name, "logic", "a " name " -> BOOLEAN", doc, 1, 1, FN_HIDDEN, resolve                                          \
	}

static const Function items[] = {
    {"AND", "logic", "a AND b -> BOOLEAN", "Both are true.", 2, 255, FN_HIDDEN, resolve_junction},
    {"OR", "logic", "a OR b -> BOOLEAN", "One is true.", 2, 255, FN_HIDDEN, resolve_junction},
    {"NOT", "logic", "NOT a -> BOOLEAN", "True if a is false.", 1, 1, FN_STRICT | FN_HIDDEN, resolve_not},
    TEST_ENTRY("IS NULL", resolve_is_null, "Is there no value?"),
    TEST_ENTRY("IS NOT NULL", resolve_is_not_null, "Is there a value?"),
    TEST_ENTRY("IS TRUE", resolve_is_true, "True; not false, not unknown."),
    TEST_ENTRY("IS NOT TRUE", resolve_is_not_true, "False or unknown."),
    TEST_ENTRY("IS FALSE", resolve_is_false, "False; not true, not unknown."),
    TEST_ENTRY("IS NOT FALSE", resolve_is_not_false, "True or unknown."),
    TEST_ENTRY("IS UNKNOWN", resolve_is_unknown, "Neither true nor false."),
    TEST_ENTRY("IS NOT UNKNOWN", resolve_is_not_unknown, "True or false."),
};

const FunctionTable logic_functions = {items, sizeof items / sizeof *items};
