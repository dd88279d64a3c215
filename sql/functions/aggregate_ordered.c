/*
 * sql/functions/aggregate_ordered.c: aggregates of the rows in their order: FIRST_VALUE, LAST_VALUE, ANY_VALUE,
 * SINGLE_VALUE, LISTAGG, ARRAY_AGG, COLLECT. The operator keeps the rows; here is what is made of them in the end.
 */
#include "sql/functions/aggregate.h"

#include <stdlib.h>

#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/packed.h"

#define FINISH(name)                                                                                                   \
	static bool name(__attribute__((unused)) const AggCall *call, __attribute__((unused)) const EvalEnv *env,          \
	                 const Value *rows, uint32_t n, Arena *arena, Value *out)

static void set_ordered(AggCall *out, const Type *type, bool needs_all,
                        bool (*finish)(const AggCall *, const EvalEnv *, const Value *, uint32_t, Arena *, Value *))
{
	out->type = type;
	out->needs_all = needs_all;
	out->finish = finish;
}

static const Type *value_type(ResolveCtx *rc)
{
	if (rc->arg_types[0]->kind == TYPE_NULL)
		rc->arg_types[0] = &type_int;
	return type_with_null(rc->arena, rc->arg_types[0], true);
}

/* ---- one of the rows ---- */

FINISH(first)
{
	(void)arena;
	*out = n ? rows[0] : VALUE_NULL;
	return true;
}

FINISH(last)
{
	(void)arena;
	*out = n ? rows[n - 1] : VALUE_NULL;
	return true;
}

/* false: more than one row (ERR_MORE_THAN_ONE_ROW). */
FINISH(single)
{
	(void)arena;
	*out = n ? rows[0] : VALUE_NULL;
	return n <= 1;
}

static bool resolve_first(ResolveCtx *rc, AggCall *out, Err *err)
{
	(void)err;
	set_ordered(out, value_type(rc), false, first);
	return true;
}

static bool resolve_last(ResolveCtx *rc, AggCall *out, Err *err)
{
	(void)err;
	set_ordered(out, value_type(rc), false, last);
	out->finish_last = true;
	return true;
}

static bool resolve_single(ResolveCtx *rc, AggCall *out, Err *err)
{
	(void)err;
	set_ordered(out, value_type(rc), true, single);
	out->ignore_nulls = false;
	return true;
}

/* ---- LISTAGG ---- */

FINISH(listagg)
{
	const Str *separator = call->data;
	*out = VALUE_NULL;
	if (n == 0)
		return true;
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < n; i++) {
		if (i)
			strbuf_put_str(&b, *separator);
		strbuf_put_str(&b, rows[i].s);
	}
	*out = value_str(arena_str(arena, strbuf_str(&b)));
	strbuf_deinit(&b);
	return true;
}

static bool resolve_listagg(ResolveCtx *rc, AggCall *out, Err *err)
{
	if (!resolve_args(rc, "ss", err)) {
		err_hint(err, "LISTAGG joins texts: CAST makes a text of another value.");
		return false;
	}
	Str *separator = ARENA_NEW(rc->arena, Str);
	*separator = STR(",");
	if (rc->nargs == 2 && !resolve_const_str(rc, 1, separator))
		return err_set_at(err, ERR_TYPE_MISMATCH, rc->span, "the separator of LISTAGG must be a constant");
	*separator = arena_str(rc->arena, *separator);
	out->data = separator;
	set_ordered(out, &type_string, true, listagg);
	return true;
}

/* ---- ARRAY_AGG, COLLECT ---- */

FINISH(array_agg)
{
	*out = n ? value_str(packed_build(arena, &call->type->elem, true, rows, n)) : VALUE_NULL;
	return true;
}

static bool resolve_array_agg(ResolveCtx *rc, AggCall *out, Err *err)
{
	static const char *const words[] = {"RESPECT NULLS", "IGNORE NULLS", NULL};
	int word = rc->nargs == 2 ? resolve_word(rc, 1, words, err) : 0;
	if (word < 0)
		return false;
	const Type *elem = value_type(rc);
	out->ignore_nulls = word == 1;
	set_ordered(out, type_array(rc->arena, word == 1 ? type_with_null(rc->arena, elem, false) : elem), true, array_agg);
	return true;
}

typedef struct Counted {
	const Type *type;
	Value v;
	int64_t count;
	uint32_t place; /* of the first occurrence */
} Counted;

static int by_value(const void *a, const void *b)
{
	const Counted *x = a;
	const Counted *y = b;
	int c = value_compare(x->type, x->v, y->v);
	return c ? c : x->place < y->place ? -1 : x->place > y->place;
}

static int by_place(const void *a, const void *b)
{
	const Counted *x = a;
	const Counted *y = b;
	return x->place < y->place ? -1 : 1;
}

/* The distinct values with their counts, in order of value. */
static Counted *count_values(Arena *arena, const Type *type, const Value *rows, uint32_t n, uint32_t *distinct)
{
	Counted *all = ARENA_ARRAY(arena, Counted, n);
	for (uint32_t i = 0; i < n; i++)
		all[i] = (Counted){type, rows[i], 1, i};
	qsort(all, n, sizeof *all, by_value);
	uint32_t k = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (k > 0 && value_equal(type, all[k - 1].v, all[i].v))
			all[k - 1].count++;
		else
			all[k++] = all[i];
	}
	*distinct = k;
	return all;
}

FINISH(collect)
{
	*out = VALUE_NULL;
	if (n == 0)
		return true;
	uint32_t distinct;
	Counted *all = count_values(arena, call->arg_types[0], rows, n, &distinct);
	qsort(all, distinct, sizeof *all, by_place);
	Value *items = ARENA_ARRAY(arena, Value, (size_t)distinct * 2);
	const Type **types = ARENA_ARRAY(arena, const Type *, (size_t)distinct * 2);
	for (uint32_t k = 0; k < distinct; k++) {
		items[2 * k] = all[k].v;
		items[2 * k + 1] = value_i64(all[k].count);
		types[2 * k] = packed_item_type(call->type, 0);
		types[2 * k + 1] = packed_item_type(call->type, 1);
	}
	*out = value_str(packed_build(arena, types, false, items, distinct * 2));
	return true;
}

static bool resolve_collect(ResolveCtx *rc, AggCall *out, Err *err)
{
	(void)err;
	const Type *elem = value_type(rc);
	set_ordered(out, type_multiset(rc->arena, type_with_null(rc->arena, elem, false)), true, collect);
	return true;
}

static const Aggregate items[] = {
    {"FIRST_VALUE", "FIRST_VALUE(value) -> its type", "The first value that is not NULL.", 1, 1, 0, AGG_ORDERED,
     resolve_first},
    {"LAST_VALUE", "LAST_VALUE(value) -> its type", "The last value that is not NULL.", 1, 1, 0, AGG_ORDERED,
     resolve_last},
    {"ANY_VALUE", "ANY_VALUE(value) -> its type", "Some value that is not NULL: the first.", 1, 1, FN_OURS, AGG_ORDERED,
     resolve_first},
    {"SINGLE_VALUE", "SINGLE_VALUE(value) -> its type", "The only value; an error if there are more rows.", 1, 1,
     FN_HIDDEN, AGG_ORDERED, resolve_single},
    {"LISTAGG", "LISTAGG(string [, separator]) -> STRING", "The texts joined with a separator, a comma unless given.",
     1, 2, 0, AGG_ORDERED, resolve_listagg},
    {"STRING_AGG", "STRING_AGG(string, separator) -> STRING", "PostgreSQL's name of LISTAGG.", 2, 2, FN_OURS,
     AGG_ORDERED, resolve_listagg},
    {"ARRAY_AGG", "ARRAY_AGG(value [{RESPECT | IGNORE} NULLS]) -> ARRAY", "An array of the values.", 1, 2, 0,
     AGG_ORDERED, resolve_array_agg},
    {"COLLECT", "COLLECT(value) -> MULTISET", "The values with their counts.", 1, 1, 0, AGG_ORDERED, resolve_collect},
};

const AggregateTable aggregate_ordered_table = {items, sizeof items / sizeof *items};
