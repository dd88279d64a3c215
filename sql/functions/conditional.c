/*
 * sql/functions/conditional.c: CASE, IF, COALESCE, IFNULL, GREATEST, LEAST. (NULLIF is made into CASE by expr_call.)
 *
 * All branches are computed for all rows; then each row picks its branch, and with it that branch's value, NULL or
 * error. So an error in a branch that a row does not take is dropped: CASE WHEN x <> 0 THEN 1 / x END never fails.
 */
#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

enum { PICK_NONE = UINT16_MAX, PICK_FAILED = UINT16_MAX - 1 };

/* out[i] = args[pick[i]][i]; PICK_NONE: NULL; PICK_FAILED: set already. */
static void gather(EvalCtx *ctx, const Column *const *args, const uint16_t *pick, uint32_t n, Column *out)
{
	for (uint32_t i = 0; i < n; i++) {
		if (pick[i] == PICK_NONE)
			kernel_null(ctx, out, i);
		else if (pick[i] != PICK_FAILED)
			kernel_copy(ctx, out, i, args[pick[i]], i);
	}
}

KERNEL(case_kernel)
{
	uint16_t *pick = ARENA_ARRAY(ctx->arena, uint16_t, n);
	bool has_else = call->nargs % 2 == 1;
	uint32_t conditions = call->nargs / 2;
	uint32_t left = n;
	for (uint32_t i = 0; i < n; i++)
		pick[i] = PICK_NONE;
	for (uint32_t k = 0; k < conditions && left > 0; k++) {
		const Column *c = args[2 * k];
		if (c->constant && !c->err && (column_is_null(c, 0) || !c->b[0]))
			continue;
		for (uint32_t i = 0; i < n; i++) {
			if (pick[i] != PICK_NONE)
				continue;
			uint32_t at = column_at(c, i);
			if (c->valid && !bit_get(c->valid, at)) {
				if (!kernel_copy_err(ctx, out, i, c))
					continue;
				pick[i] = PICK_FAILED;
			} else if (c->b[at]) {
				pick[i] = (uint16_t)(2 * k + 1);
			} else {
				continue;
			}
			left--;
		}
	}
	if (has_else && left > 0)
		for (uint32_t i = 0; i < n; i++)
			if (pick[i] == PICK_NONE)
				pick[i] = (uint16_t)(call->nargs - 1);
	gather(ctx, args, pick, n, out);
}

RESOLVE(resolve_case)
{
	uint32_t n = rc->nargs;
	if (n >= PICK_FAILED)
		return err_set_at(err, ERR_TOO_DEEP, rc->span, "CASE has too many branches");
	bool nullable = n % 2 == 0;
	const Type *common = NULL;
	for (uint32_t i = 0; i < n; i++) {
		bool condition = i % 2 == 0 && i + 1 < n;
		const Type *t = rc->arg_types[i];
		if (condition) {
			if (t->kind != TYPE_BOOLEAN && t->kind != TYPE_NULL) {
				resolve_mismatch(rc, err);
				return err_hint(err, "A condition of CASE must be a BOOLEAN.");
			}
			rc->arg_types[i] = t->kind == TYPE_NULL ? &type_boolean : t;
			continue;
		}
		nullable = nullable || !t->not_null;
		common = common ? type_common(rc->arena, common, t) : t;
		if (!common) {
			resolve_mismatch(rc, err);
			return err_hint(err, "The results of CASE have no common type. Use CAST.");
		}
	}
	for (uint32_t i = 0; i < n; i++)
		if (i % 2 == 1 || i + 1 == n)
			rc->arg_types[i] = type_with_null(rc->arena, common, !rc->arg_types[i]->not_null);
	rc->call->kernel = case_kernel;
	rc->call->type = type_with_null(rc->arena, common, nullable);
	return true;
}

/* IF(c, a, b): a CASE with one condition. */
RESOLVE(resolve_if)
{
	return resolve_case(rc, err);
}

KERNEL(coalesce)
{
	uint16_t *pick = ARENA_ARRAY(ctx->arena, uint16_t, n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = 0;
		while (k < call->nargs && column_is_null(args[k], i) && !column_err(args[k], i))
			k++;
		pick[i] = k < call->nargs ? (uint16_t)k : PICK_NONE;
	}
	gather(ctx, args, pick, n, out);
}

RESOLVE(resolve_coalesce)
{
	if (rc->nargs >= PICK_FAILED)
		return err_set_at(err, ERR_TOO_DEEP, rc->span, "COALESCE has too many arguments");
	bool nullable = true;
	for (uint32_t i = 0; i < rc->nargs; i++)
		nullable = nullable && !rc->arg_types[i]->not_null;
	const Type *common = resolve_common(rc, 0, 1, err);
	if (!common)
		return false;
	rc->call->kernel = coalesce;
	rc->call->type = type_with_null(rc->arena, common, nullable);
	return true;
}

/* sign: 1 for GREATEST, -1 for LEAST. */
static void extreme(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out,
                    int sign)
{
	for (uint32_t i = 0; i < n; i++) {
		if (kernel_is_null(out, i)) {
			kernel_zero(out, i);
			continue;
		}
		uint32_t best = 0;
		for (uint32_t k = 1; k < call->nargs; k++)
			if (sign * value_compare(call->type, column_value(args[k], i), column_value(args[best], i)) > 0)
				best = k;
		kernel_copy(ctx, out, i, args[best], i);
	}
}

KERNEL(greatest)
{
	extreme(ctx, call, args, n, out, 1);
}

KERNEL(least)
{
	extreme(ctx, call, args, n, out, -1);
}

RESOLVE(resolve_extreme)
{
	const Type *common = resolve_common(rc, 0, 1, err);
	if (!common)
		return false;
	if (!type_is_ordered(common))
		return resolve_mismatch(rc, err);
	rc->call->kernel = rc->call->fn->name[0] == 'G' ? greatest : least;
	rc->call->type = resolve_strict_type(rc, common);
	return true;
}

static const Function items[] = {
    {"CASE", "conditional", "CASE WHEN condition THEN value ... [ELSE value] END",
     "The value of the first condition that is true.", 2, 255, FN_HIDDEN, resolve_case},
    {"IF", "conditional", "IF(condition, a, b) -> type of a and b", "a if the condition is true, else b.", 3, 3, 0,
     resolve_if},
    {"COALESCE", "conditional", "COALESCE(a, b, ...) -> common type", "The first argument that is not NULL.", 1, 255, 0,
     resolve_coalesce},
    {"IFNULL", "conditional", "IFNULL(a, b) -> common type", "a, or b if a is NULL.", 2, 2, 0, resolve_coalesce},
    {"NULLIF", "conditional", "NULLIF(a, b) -> type of a", "NULL if a = b, else a.", 2, 2, 0, resolve_coalesce},
    {"GREATEST", "conditional", "GREATEST(a, b, ...) -> common type", "The greatest argument; NULL if any is NULL.", 1,
     255, FN_STRICT, resolve_extreme},
    {"LEAST", "conditional", "LEAST(a, b, ...) -> common type", "The least argument; NULL if any is NULL.", 1, 255,
     FN_STRICT, resolve_extreme},
};

const FunctionTable conditional_functions = {items, sizeof items / sizeof *items};
