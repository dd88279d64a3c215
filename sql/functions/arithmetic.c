/*
 * sql/functions/arithmetic.c: + - * / % and unary minus over numbers, by Flink's result types.
 *
 * Integers: the wider type of the two, for % and MOD the type of the divisor; the loop computes with wide registers and
 * only notes whether any row left the type's range, a second pass over the rows then finds which ones (overflow is
 * rare). Under flink_arithmetic they wrap in the type's width. Decimals: Flink's rules of precision and scale
 * (sql/types/decimal.h); what does not fit is NULL. FLOAT rounds each result. Times and intervals are in interval.c.
 */
#include "sql/functions/arithmetic.h"

#include <math.h>

#include "sql/functions/interval.h"
#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/decimal.h"

int64_t arithmetic_wrap(TypeKind kind, int64_t v)
{
	switch (kind) {
	case TYPE_TINYINT: return (int8_t)(uint8_t)v;
	case TYPE_SMALLINT: return (int16_t)(uint16_t)v;
	case TYPE_INT: return (int32_t)(uint32_t)v;
	default: return v;
	}
}

void arithmetic_overflow(EvalCtx *ctx, const FunctionCall *call, Column *out, uint32_t i, int64_t x, int64_t y)
{
	StrBuf type;
	strbuf_init(&type);
	if (ctx->report)
		type_print(call->type, false, &type);
	if (call->nargs == 1)
		kernel_fail(ctx, out, i, ROW_OVERFLOW, "-(%lld) does not fit %s", (long long)x, strbuf_cstr(&type));
	else
		kernel_fail(ctx, out, i, ROW_OVERFLOW, "%lld %s %lld does not fit %s", (long long)x, call->fn->name,
		            (long long)y, strbuf_cstr(&type));
	if (ctx->report)
		err_hint(ctx->report,
		         "Cast an operand to a wider type, or SET 'weir.arithmetic'='flink' to let integers wrap.");
	strbuf_deinit(&type);
}

/* ---- integers ---- */

#define INT_KERNEL(name, builtin)                                                                                      \
	KERNEL(name)                                                                                                       \
	{                                                                                                                  \
		int64_t *o = out->i64;                                                                                         \
		int64_t least, greatest;                                                                                       \
		type_int_range(call->type->kind, &least, &greatest);                                                           \
		bool left = false;                                                                                             \
		KERNEL_LOOP2(args[0], args[1], int64_t, int64_t, {                                                             \
			int64_t r;                                                                                                 \
			left |= builtin(x, y, &r);                                                                                 \
			left |= r < least || r > greatest;                                                                         \
			o[i] = r;                                                                                                  \
		});                                                                                                            \
		if (!left)                                                                                                     \
			return;                                                                                                    \
		for (uint32_t i = 0; i < n; i++) {                                                                             \
			int64_t x = kernel_i64(args[0], i);                                                                        \
			int64_t y = kernel_i64(args[1], i);                                                                        \
			int64_t r;                                                                                                 \
			bool over = builtin(x, y, &r) || r < least || r > greatest;                                                \
			if (over && ctx->env->flink_arithmetic)                                                                    \
				o[i] = arithmetic_wrap(call->type->kind, r);                                                           \
			else if (over && !kernel_is_null(out, i))                                                                  \
				arithmetic_overflow(ctx, call, out, i, x, y);                                                          \
		}                                                                                                              \
	}

INT_KERNEL(add_int, __builtin_add_overflow)
INT_KERNEL(sub_int, __builtin_sub_overflow)
INT_KERNEL(mul_int, __builtin_mul_overflow)

KERNEL(div_int)
{
	int64_t *o = out->i64;
	int64_t least, greatest;
	type_int_range(call->type->kind, &least, &greatest);
	bool wrap = ctx->env->flink_arithmetic;
	KERNEL_LOOP2(args[0], args[1], int64_t, int64_t, {
		if (y > 0 || y < -1) {
			o[i] = x / y;
		} else if (y == 0) {
			o[i] = 0;
			if (!kernel_is_null(out, i))
				kernel_fail(ctx, out, i, ROW_DIV_ZERO, "%lld was divided by zero", (long long)x);
		} else if (x > least) {
			o[i] = -x;
		} else if (wrap || kernel_is_null(out, i)) {
			o[i] = x;
		} else {
			arithmetic_overflow(ctx, call, out, i, x, y);
		}
	});
}

KERNEL(mod_int)
{
	int64_t *o = out->i64;
	KERNEL_LOOP2(args[0], args[1], int64_t, int64_t, {
		if (y > 0 || y < -1) {
			o[i] = x % y;
		} else {
			o[i] = 0;
			if (y == 0 && !kernel_is_null(out, i))
				kernel_fail(ctx, out, i, ROW_DIV_ZERO, "%lld was divided by zero", (long long)x);
		}
	});
}

KERNEL(neg_int)
{
	int64_t least, greatest;
	type_int_range(call->type->kind, &least, &greatest);
	KERNEL_LOOP1(int64_t, {
		if (x > least)
			out->i64[i] = -x;
		else if (ctx->env->flink_arithmetic || kernel_is_null(out, i))
			out->i64[i] = x;
		else
			arithmetic_overflow(ctx, call, out, i, x, 0);
	});
}

/* ---- DOUBLE and FLOAT ---- */

#define REAL_KERNEL(name, expr)                                                                                        \
	KERNEL(name##_double)                                                                                              \
	{                                                                                                                  \
		double *o = out->f64;                                                                                          \
		KERNEL_LOOP2(args[0], args[1], double, double, o[i] = (expr));                                                 \
	}                                                                                                                  \
	KERNEL(name##_float)                                                                                               \
	{                                                                                                                  \
		double *o = out->f64;                                                                                          \
		KERNEL_LOOP2(args[0], args[1], double, double, o[i] = (double)(float)(expr));                                  \
	}

/* Two floats added, multiplied or divided in double and rounded to float give the correctly rounded float result:
 * 53 bits are more than twice 24 and two (Figueroa, "When is double rounding innocuous?"). */
REAL_KERNEL(add, x + y)
REAL_KERNEL(sub, x - y)
REAL_KERNEL(mul, x *y)
REAL_KERNEL(mod, fmod(x, y))

/* IEEE division: by zero it gives an infinity or NaN. The sanitizer's float-divide-by-zero is not on. */
REAL_KERNEL(div, x / y)

KERNEL(neg_real)
{
	KERNEL_LOOP1(double, out->f64[i] = -x);
}

/* ---- DECIMAL ---- */

#define DECIMAL_KERNEL(name, function, divides)                                                                        \
	KERNEL(name)                                                                                                       \
	{                                                                                                                  \
		unsigned as = call->arg_types[0]->scale;                                                                       \
		unsigned bs = call->arg_types[1]->scale;                                                                       \
		unsigned p = call->type->precision;                                                                            \
		unsigned s = call->type->scale;                                                                                \
		KERNEL_LOOP2(args[0], args[1], Int128, Int128, {                                                               \
			if (kernel_is_null(out, i)) {                                                                              \
				out->i128[i] = 0;                                                                                      \
			} else if ((divides) && y == 0) {                                                                          \
				kernel_fail(ctx, out, i, ROW_DIV_ZERO, "a decimal was divided by zero");                               \
			} else if (!function(x, as, y, bs, p, s, &out->i128[i])) {                                                 \
				kernel_null(ctx, out, i);                                                                              \
			}                                                                                                          \
		});                                                                                                            \
	}

DECIMAL_KERNEL(add_decimal, decimal_add, false)
DECIMAL_KERNEL(sub_decimal, decimal_sub, false)
DECIMAL_KERNEL(mul_decimal, decimal_mul, false)
DECIMAL_KERNEL(div_decimal, decimal_div, true)
DECIMAL_KERNEL(mod_decimal, decimal_mod, true)

KERNEL(neg_decimal)
{
	KERNEL_LOOP1(Int128, out->i128[i] = (Int128)(-(UInt128)x));
}

/* ---- resolution ---- */

typedef struct Operator {
	char op;
	Kernel on_int, on_double, on_float, on_decimal;
	bool int_fails;
	bool decimal_fails;
} Operator;

static const Operator operators[] = {
    {'+', add_int, add_double, add_float, add_decimal, true, false},
    {'-', sub_int, sub_double, sub_float, sub_decimal, true, false},
    {'*', mul_int, mul_double, mul_float, mul_decimal, true, false},
    {'/', div_int, div_double, div_float, div_decimal, true, true},
    {'%', mod_int, mod_double, mod_float, mod_decimal, true, true},
};

static const Operator *operator_of(const Function *fn)
{
	char op = str_eq_c(str_from(fn->name), "MOD") ? '%' : fn->name[0];
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (operators[i].op == op)
			return &operators[i];
	return NULL;
}

static const Type *as_decimal(ResolveCtx *rc, const Type *t)
{
	if (t->kind == TYPE_DECIMAL)
		return t;
	return type_with_null(rc->arena, type_decimal(rc->arena, type_int_digits(t->kind), 0), !t->not_null);
}

static bool resolve_decimal(ResolveCtx *rc, const Operator *o)
{
	const Type *a = rc->arg_types[0] = as_decimal(rc, rc->arg_types[0]);
	const Type *b = rc->arg_types[1] = as_decimal(rc, rc->arg_types[1]);
	unsigned p, s;
	decimal_result(o->op, a->precision, a->scale, b->precision, b->scale, &p, &s);
	rc->call->kernel = o->on_decimal;
	rc->call->can_fail = o->decimal_fails;
	/* Overflow is NULL, so the result may be NULL whatever the arguments are; but only where 38 digits do not hold all.
	 */
	const Type *t = type_decimal(rc->arena, p, s);
	rc->call->type = p < TYPE_DECIMAL_MAX ? resolve_strict_type(rc, t) : t;
	return true;
}

static bool resolve_binary(ResolveCtx *rc, Err *err)
{
	const Operator *o = operator_of(rc->call->fn);
	for (uint32_t i = 0; i < 2; i++)
		if (rc->arg_types[i]->kind == TYPE_NULL)
			rc->arg_types[i] =
			    rc->arg_types[!i]->kind == TYPE_NULL ? &type_int : type_with_null(rc->arena, rc->arg_types[!i], true);
	const Type *a = rc->arg_types[0];
	const Type *b = rc->arg_types[1];
	if (!type_is_numeric(a) || !type_is_numeric(b)) {
		resolve_mismatch(rc, err);
		if (o->op == '+' && (type_is_text(a) || type_is_text(b)))
			err_hint(err, "Texts are joined with ||; CAST makes a number of a text.");
		return false;
	}
	if (type_is_approx(a) || type_is_approx(b)) {
		/* FLOAT with an integer stays FLOAT, with a decimal it is DOUBLE. */
		const Type *t = type_common(rc->arena, a, b);
		rc->call->kernel = t->kind == TYPE_FLOAT ? o->on_float : o->on_double;
		rc->call->can_fail = false;
		for (uint32_t i = 0; i < 2; i++)
			rc->arg_types[i] = type_with_null(rc->arena, t, !rc->arg_types[i]->not_null);
		rc->call->type = resolve_strict_type(rc, t);
		return true;
	}
	if (a->kind == TYPE_DECIMAL || b->kind == TYPE_DECIMAL)
		return resolve_decimal(rc, o);
	rc->call->kernel = o->on_int;
	rc->call->can_fail = o->int_fails;
	/* A remainder is smaller than the divisor. */
	const Type *t = o->op == '%' || b->kind > a->kind ? b : a;
	rc->call->type = type_with_null(rc->arena, t, resolve_any_null(rc));
	return true;
}

static bool resolve_negate(ResolveCtx *rc, Err *err)
{
	const Type *t = rc->arg_types[0];
	if (t->kind == TYPE_NULL)
		t = rc->arg_types[0] = &type_int;
	rc->call->can_fail = type_is_integer(t);
	if (type_is_integer(t))
		rc->call->kernel = neg_int;
	else if (type_is_approx(t))
		rc->call->kernel = neg_real;
	else if (t->kind == TYPE_DECIMAL)
		rc->call->kernel = neg_decimal;
	else
		return resolve_mismatch(rc, err);
	rc->call->type = t;
	return true;
}

RESOLVE(resolve_arithmetic)
{
	bool handled;
	if (!interval_resolve(rc, &handled, err))
		return false;
	if (handled)
		return true;
	return rc->nargs == 1 ? resolve_negate(rc, err) : resolve_binary(rc, err);
}

#define OPERATOR(op, least, sig, doc)                                                                                  \
	{                                                                                                                  \
		op, "math", sig, doc, least, 2, FN_STRICT | FN_CAN_FAIL | FN_HIDDEN, resolve_arithmetic                        \
	}

static const Function items[] = {
    OPERATOR("+", 2, "a + b", "The sum; a time moved by an interval."),
    OPERATOR("-", 1, "a - b", "The difference; a time moved back by an interval; the interval between two times."),
    OPERATOR("*", 2, "a * b", "The product."),
    OPERATOR("/", 2, "a / b", "The quotient; of integers, cut toward zero."),
    OPERATOR("%", 2, "a % b", "The remainder, with the sign of a."),
    {"MOD", "math", "MOD(a, b) -> number", "The remainder of a / b, with the sign of a.", 2, 2, FN_STRICT | FN_CAN_FAIL,
     resolve_arithmetic},
};

const FunctionTable arithmetic_functions = {items, sizeof items / sizeof *items};
