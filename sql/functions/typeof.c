/*
 * sql/functions/typeof.c: TYPEOF: the type of an expression as text.
 */
#include "sql/functions/kernel.h"

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"

/* call->data: the text. The argument's value is not looked at. */
KERNEL(type_of)
{
	for (uint32_t i = 0; i < n; i++)
		out->str[i] = *(const Str *)call->data;
}

RESOLVE(resolve_type_of)
{
	if (rc->nargs == 2 && rc->arg_types[1]->kind != TYPE_BOOLEAN)
		return resolve_mismatch(rc, err);
	StrBuf b;
	strbuf_init(&b);
	type_print(rc->arg_types[0], true, &b);
	Str *text = ARENA_NEW(rc->arena, Str);
	*text = arena_str(rc->arena, strbuf_str(&b));
	strbuf_deinit(&b);
	rc->call->data = text;
	rc->call->kernel = type_of;
	rc->call->type = &type_string_nn;
	return true;
}

static const Function items[] = {
    {"TYPEOF", "conversion", "TYPEOF(value [, force]) -> STRING", "The type of the value.", 1, 2, 0, resolve_type_of},
};

const FunctionTable typeof_functions = {items, sizeof items / sizeof *items};
