/*
 * engine/front/pg_catalog_function.c: functions as pg_proc shows them: the language's, its aggregates, the user's own.
 */
#include "engine/front/pg_catalog.h"

#include "sql/functions/aggregate.h"
#include "sql/functions/function.h"

static int64_t oid_of(Str name)
{
	int64_t h = 0;
	for (uint32_t i = 0; i < name.len; i++)
		h = (h * 31 + (unsigned char)name.ptr[i]) % 1000000007;
	return PG_OID_FIRST + h;
}

/* "LEFT(string, integer) -> STRING": what is in the parentheses, and what is behind the arrow. */
static void split_signature(Str s, PgFunction *out)
{
	int64_t open = str_find(s, STR("("), 0), arrow = str_find(s, STR(" -> "), 0), close = arrow;
	while (close > 0 && s.ptr[close] != ')')
		close--;
	if (open >= 0 && close > open)
		out->arguments = str_slice(s, (uint32_t)open + 1, (uint32_t)(close - open - 1));
	if (arrow >= 0)
		out->result = str_slice(s, (uint32_t)arrow + 4, s.len);
}

static void own_function(const FunctionDef *d, Arena *arena, PgFunction *out)
{
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t p = 0; p < d->nparams; p++) {
		strbuf_printf(&b, "%s%.*s ", p ? ", " : "", STR_ARG(d->params[p]));
		type_print_pg(d->param_types[p], &b);
	}
	out->arguments = arena_str(arena, strbuf_str(&b));
	strbuf_clear(&b);
	type_print_pg(d->returns, &b);
	out->result = arena_str(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	out->name = d->name;
	out->body = d->body_sql;
	out->own = true;
}

static uint32_t count_functions(void)
{
	uint32_t n = 0;
	while (function_at(n))
		n++;
	return n;
}

static uint32_t count_aggregates(void)
{
	uint32_t n = 0;
	while (aggregate_at(n))
		n++;
	return n;
}

bool pg_catalog_function_at(const Catalog *c, uint32_t index, Arena *arena, PgFunction *out)
{
	*out = (PgFunction){.arguments = STR_EMPTY, .result = STR_EMPTY, .body = STR_EMPTY};
	uint32_t functions = count_functions(), aggregates = count_aggregates();
	if (index < functions) {
		const Function *f = function_at(index);
		out->name = str_from(f->name);
		out->doc = f->doc;
		out->hidden = f->flags & FN_HIDDEN;
		split_signature(str_from(f->signature), out);
	} else if (index < functions + aggregates) {
		const Aggregate *a = aggregate_at(index - functions);
		out->name = str_from(a->name);
		out->doc = a->doc;
		out->aggregate = true;
		out->hidden = a->flags & FN_HIDDEN;
		split_signature(str_from(a->signature), out);
	} else {
		const FunctionDef *d = catalog_function_at(c, index - functions - aggregates);
		if (!d)
			return false;
		own_function(d, arena, out);
	}
	out->oid = oid_of(out->name);
	return true;
}
