/*
 * sql/functions/cast.c: CAST and TRY_CAST: choice of the kernel, the general kernel, shared data; the pairs are in
 * cast_*.c.
 *
 * A failed CAST is a row error; TRY_CAST, and CAST under env->legacy_cast, give NULL. A number that does not fit a
 * DECIMAL is NULL in both, as in Flink.
 */
#include "sql/functions/cast.h"

#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

static bool same_nested(const Type *from, const Type *to)
{
	if (from->kind != to->kind)
		return false;
	switch (from->kind) {
	case TYPE_ARRAY:
	case TYPE_MULTISET: return cast_same_form(from->elem, to->elem);
	case TYPE_MAP: return cast_same_form(from->key, to->key) && cast_same_form(from->elem, to->elem);
	case TYPE_ROW:
		if (from->nfields != to->nfields)
			return false;
		for (uint32_t i = 0; i < from->nfields; i++)
			if (!cast_same_form(from->fields[i].type, to->fields[i].type))
				return false;
		return true;
	default: return false;
	}
}

bool cast_same_form(const Type *from, const Type *to)
{
	if (type_equal(from, to))
		return true;
	if (type_is_nested(from))
		return same_nested(from, to);
	if (type_is_integer(from) && type_is_integer(to))
		return from->kind <= to->kind;
	switch (to->kind) {
	case TYPE_DOUBLE: return from->kind == TYPE_FLOAT;
	case TYPE_DECIMAL:
		return from->kind == TYPE_DECIMAL && from->scale == to->scale && from->precision <= to->precision;
	case TYPE_VARCHAR:
		return (type_is_text(from) && from->length <= to->length) ||
		       (from->kind == TYPE_JSON && to->length == TYPE_LENGTH_MAX);
	case TYPE_VARBINARY:
		return (type_is_binary(from) && from->length <= to->length) ||
		       (type_is_text(from) && to->length == TYPE_LENGTH_MAX);
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ: return from->kind == to->kind && from->precision <= to->precision;
	case TYPE_INTERVAL_MONTHS: return type_is_integer(from);
	case TYPE_BIGINT: return from->kind == TYPE_INTERVAL_MONTHS;
	default: return false;
	}
}

static RowErr row_same(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out)
{
	(void)ctx;
	(void)from;
	(void)to;
	*out = in;
	return ROW_OK;
}

static RowErr row_null(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out)
{
	(void)in;
	*out = VALUE_NULL;
	return row_same(ctx, from, to, *out, out);
}

CastRow cast_row_find(const Type *from, const Type *to)
{
	if (from->kind == TYPE_NULL)
		return row_null;
	if (cast_same_form(from, to))
		return row_same;
	CastRow row = cast_number_row(from, to);
	if (!row)
		row = cast_time_row(from, to);
	if (!row)
		row = cast_text_row(from, to);
	if (!row)
		row = cast_nested_row(from, to);
	return row;
}

RowErr cast_value(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out)
{
	if (in.null) {
		*out = VALUE_NULL;
		return ROW_OK;
	}
	CastRow row = cast_row_find(from, to);
	return row ? row(ctx, from, to, in, out) : ROW_BAD_CAST;
}

void cast_fail(EvalCtx *ctx, const CastData *d, Column *out, uint32_t i, RowErr e, Value in)
{
	if (d->try_cast || ctx->env->legacy_cast) {
		kernel_null(ctx, out, i);
		return;
	}
	if (!ctx->report) {
		kernel_fail(ctx, out, i, e, "cast failed");
		return;
	}
	StrBuf type;
	strbuf_init(&type);
	type_print(d->to, false, &type);
	Str text = kernel_text(ctx, d->from, in);
	const char *quote = type_is_numeric(d->from) ? "" : "'";
	if (e == ROW_OVERFLOW)
		kernel_fail(ctx, out, i, e, "%s%.*s%s does not fit %s", quote, STR_ARG(text), quote, strbuf_cstr(&type));
	else
		kernel_fail(ctx, out, i, e, "cannot cast %s%.*s%s to %s", quote, STR_ARG(text), quote, strbuf_cstr(&type));
	if (e == ROW_OVERFLOW)
		err_hint(ctx->report, "TRY_CAST gives NULL instead.");
	strbuf_deinit(&type);
}

/* The data is the same: share it. Validity was set by the evaluator. */
KERNEL(cast_shared)
{
	out->data = args[0]->data;
}

/* Of the bare NULL: every row is NULL already, or becomes so. */
KERNEL(cast_nothing)
{
	for (uint32_t i = 0; i < n; i++)
		if (!column_err(out, i))
			kernel_null(ctx, out, i);
}

KERNEL(cast_rows)
{
	const CastData *d = call->data;
	KERNEL_EACH(i)
	{
		Value in = column_value(args[0], i);
		Value v = VALUE_NULL;
		RowErr e = d->row(ctx, d->from, d->to, in, &v);
		if (e)
			cast_fail(ctx, d, out, i, e, in);
		else if (v.null)
			kernel_null(ctx, out, i);
		else
			column_set(out, i, v, ctx->arena);
	}
}

static bool refuse(const Type *from, const Type *to, Span span, Err *err)
{
	StrBuf a, b;
	strbuf_init(&a);
	strbuf_init(&b);
	type_print(from, false, &a);
	type_print(to, false, &b);
	err_set_at(err, ERR_TYPE_MISMATCH, span, "cannot cast %s to %s", strbuf_cstr(&a), strbuf_cstr(&b));
	bool from_time = type_is_timestamp(from) || from->kind == TYPE_DATE;
	if (type_is_numeric(from) && type_is_timestamp(to))
		err_hint(err, "TO_TIMESTAMP_LTZ(number, 0 | 3) makes a time of seconds or milliseconds.");
	else if (from_time && type_is_numeric(to))
		err_hint(err, "UNIX_TIMESTAMP gives the seconds of a time, EXTRACT its fields.");
	strbuf_deinit(&a);
	strbuf_deinit(&b);
	return false;
}

bool cast_resolve(Arena *arena, const Type *from, const Type *to, bool try_cast, Span span, FunctionCall *call,
                  Err *err)
{
	CastRow row = cast_row_find(from, to);
	bool json = from->kind == TYPE_JSON || to->kind == TYPE_JSON; /* to and from everything */
	if (!row || !(json || type_castable(from, to)))
		return refuse(from, to, span, err);
	CastData *d = ARENA_NEW(arena, CastData);
	*d = (CastData){from, to, try_cast, row};
	const Type **arg_types = ARENA_ARRAY(arena, const Type *, 1);
	arg_types[0] = from;
	*call = (FunctionCall){
	    .fn = function_find(try_cast ? STR("TRY_CAST") : STR("CAST")),
	    .arg_types = arg_types,
	    .nargs = 1,
	    .data = d,
	    .strict = true,
	    .kernel = cast_rows,
	    .can_fail = !try_cast,
	};
	bool nullable = !from->not_null;
	if (from->kind == TYPE_NULL || cast_same_form(from, to)) {
		call->kernel = from->kind == TYPE_NULL ? cast_nothing : cast_shared;
		call->can_fail = false;
	} else {
		bool can_fail = true;
		Kernel k = cast_number_kernel(from, to, &can_fail);
		if (!k)
			k = cast_text_kernel(from, to);
		if (k)
			call->kernel = k;
		/* A number, boolean or time always has a text. */
		if (type_is_text(to) || (to->kind == TYPE_JSON && !type_is_text(from)))
			can_fail = false;
		call->can_fail = can_fail && !try_cast;
		nullable = nullable || can_fail || to->kind == TYPE_DECIMAL;
		if (!try_cast && to->kind != TYPE_DECIMAL)
			nullable = !from->not_null;
	}
	call->type = type_with_null(arena, to, nullable);
	return true;
}

RESOLVE(resolve_nothing)
{
	return err_set_at(err, ERR_INTERNAL, rc->span, "\"%.*s\" is not called by name", STR_ARG(rc->name));
}

static const Function items[] = {
    {"CAST", "cast", "CAST(value AS type)", "The value as another type; an error if it has no such form.", 1, 1,
     FN_STRICT | FN_CAN_FAIL, resolve_nothing},
    {"TRY_CAST", "cast", "TRY_CAST(value AS type)", "The value as another type; NULL if it has no such form.", 1, 1,
     FN_STRICT, resolve_nothing},
};

const FunctionTable cast_functions = {items, sizeof items / sizeof *items};
