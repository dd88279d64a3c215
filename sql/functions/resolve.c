/*
 * sql/functions/resolve.c: argument patterns and result types; see resolve.h.
 */
#include "sql/functions/resolve.h"

bool resolve_mismatch(const ResolveCtx *rc, Err *err)
{
	StrBuf types;
	strbuf_init(&types);
	for (uint32_t i = 0; i < rc->nargs; i++) {
		if (i)
			strbuf_puts(&types, ", ");
		type_print(rc->arg_types[i], false, &types);
	}
	err_set_at(err, ERR_TYPE_MISMATCH, rc->span, "\"%.*s\" does not take (%s)", STR_ARG(rc->name), strbuf_cstr(&types));
	strbuf_deinit(&types);
	const Function *fn = rc->call ? rc->call->fn : NULL;
	if (fn && fn->signature)
		err_hint(err, "Its form is %s. CAST converts an argument.", fn->signature);
	return false;
}

static bool is_time_point(const Type *t)
{
	return t->kind == TYPE_DATE || type_is_timestamp(t);
}

/* The type the kernel wants for letter `c`, NULL: does not fit. */
static const Type *fit(char c, const Type *t)
{
	bool null = t->kind == TYPE_NULL;
	switch (c) {
	case 's': return null ? &type_string : type_is_text(t) || t->kind == TYPE_JSON ? t : NULL;
	case 'y': return null ? &type_bytes : type_is_binary(t) ? t : NULL;
	case 'Y': return null ? &type_string : type_is_text(t) || type_is_binary(t) ? t : NULL;
	case 'b': return null ? &type_boolean : t->kind == TYPE_BOOLEAN ? t : NULL;
	case 'i': return null ? &type_bigint : type_is_integer(t) ? t : NULL;
	case 'n': return null ? &type_double : type_is_numeric(t) ? t : NULL;
	case 'd': return null ? &type_double : t->kind == TYPE_DOUBLE ? t : type_is_numeric(t) ? &type_double : NULL;
	case 't': return null ? &type_timestamp6 : is_time_point(t) || t->kind == TYPE_TIME ? t : NULL;
	case 'p': return null ? &type_timestamp6 : is_time_point(t) ? t : NULL;
	case 'A': return t->kind == TYPE_ARRAY ? t : NULL;
	case 'M': return t->kind == TYPE_MAP ? t : NULL;
	case 'a': return t;
	default: return NULL;
	}
}

bool resolve_args(ResolveCtx *rc, const char *spec, Err *err)
{
	char c = 'a';
	for (uint32_t i = 0; i < rc->nargs; i++) {
		if (*spec && *spec != '+')
			c = *spec++;
		else if (!*spec)
			return resolve_mismatch(rc, err);
		const Type *want = fit(c, rc->arg_types[i]);
		if (!want)
			return resolve_mismatch(rc, err);
		if (want != rc->arg_types[i])
			rc->arg_types[i] = type_with_null(rc->arena, want, !rc->arg_types[i]->not_null);
	}
	return true;
}

bool resolve_any_null(const ResolveCtx *rc)
{
	for (uint32_t i = 0; i < rc->nargs; i++)
		if (!rc->arg_types[i]->not_null)
			return true;
	return false;
}

const Type *resolve_strict_type(const ResolveCtx *rc, const Type *type)
{
	return type_with_null(rc->arena, type, resolve_any_null(rc));
}

bool resolve_simple(ResolveCtx *rc, const char *spec, const Type *result, Kernel kernel, Err *err)
{
	if (!resolve_args(rc, spec, err))
		return false;
	rc->call->kernel = kernel;
	rc->call->type = rc->call->strict ? resolve_strict_type(rc, result) : result;
	return true;
}

bool resolve_nullable(ResolveCtx *rc, const char *spec, const Type *result, Kernel kernel, Err *err)
{
	if (!resolve_args(rc, spec, err))
		return false;
	rc->call->kernel = kernel;
	rc->call->type = result;
	return true;
}

const Type *resolve_common(ResolveCtx *rc, uint32_t from, uint32_t step, Err *err)
{
	const Type *common = NULL;
	for (uint32_t i = from; i < rc->nargs; i += step) {
		const Type *t = common ? type_common(rc->arena, common, rc->arg_types[i]) : rc->arg_types[i];
		if (!t) {
			resolve_mismatch(rc, err);
			return NULL;
		}
		common = t;
	}
	for (uint32_t i = from; i < rc->nargs; i += step)
		rc->arg_types[i] = type_with_null(rc->arena, common, !rc->arg_types[i]->not_null);
	return common;
}

bool resolve_const_str(const ResolveCtx *rc, uint32_t i, Str *out)
{
	if (i >= rc->nargs || !rc->consts[i] || rc->consts[i]->null || type_phys(rc->arg_types[i]) != PHYS_STR)
		return false;
	*out = rc->consts[i]->s;
	return true;
}

bool resolve_const_i64(const ResolveCtx *rc, uint32_t i, int64_t *out)
{
	if (i >= rc->nargs || !rc->consts[i] || rc->consts[i]->null || !type_is_integer(rc->arg_types[i]))
		return false;
	*out = rc->consts[i]->i;
	return true;
}

int resolve_word(const ResolveCtx *rc, uint32_t i, const char *const *words, Err *err)
{
	Str s;
	if (!resolve_const_str(rc, i, &s)) {
		err_set_at(err, ERR_TYPE_MISMATCH, rc->span, "argument %u of \"%.*s\" must be a constant word", i + 1,
		           STR_ARG(rc->name));
		return -1;
	}
	for (int k = 0; words[k]; k++)
		if (str_eq_nocase(s, str_from(words[k])))
			return k;
	err_set_at(err, ERR_BAD_VALUE, rc->span, "\"%.*s\" does not know '%.*s'", STR_ARG(rc->name), STR_ARG(s));
	return -1;
}
