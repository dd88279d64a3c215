/*
 * sql/functions/collection.c: ARRAY[..], MAP[..], ROW(..), x[i], row.field, CARDINALITY, ELEMENT; and the helpers of
 * collection.h.
 */
#include "sql/functions/collection.h"

#include "base/map.h"
#include "sql/functions/kernel.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/packed.h"

/* ---- helpers ---- */

void collection_append(Arena *arena, Items *list, const Type *elem, Str packed)
{
	uint32_t n = packed_count(packed);
	for (uint32_t i = 0; i < n; i++)
		ARENA_PUSH(arena, list, packed_get(packed, elem, i));
}

Str collection_array(Arena *arena, const Type *elem, const Items *list)
{
	return packed_build(arena, &elem, true, list->items, (uint32_t)list->len);
}

struct SeenSet {
	const Type *type;
	Map map;
	StrBuf key;
};

SeenSet *collection_seen_open(const Type *type)
{
	SeenSet *seen = MEM_NEW(SeenSet);
	seen->type = type;
	map_init(&seen->map);
	strbuf_init(&seen->key);
	return seen;
}

void collection_seen_close(SeenSet *seen)
{
	map_deinit(&seen->map);
	strbuf_deinit(&seen->key);
	mem_free(seen);
}

bool collection_seen_has(SeenSet *seen, Value v)
{
	strbuf_clear(&seen->key);
	value_encode_key(seen->type, v, &seen->key);
	return map_has(&seen->map, strbuf_str(&seen->key));
}

bool collection_seen_add(SeenSet *seen, Value v)
{
	if (collection_seen_has(seen, v))
		return false;
	map_put(&seen->map, strbuf_str(&seen->key), NULL);
	return true;
}

Str collection_map(Arena *arena, const Type *map, Value *entries, uint32_t n)
{
	StrBuf key;
	strbuf_init(&key);
	Map places;
	map_init(&places);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i += 2) {
		strbuf_clear(&key);
		value_encode_key(map->key, entries[i], &key);
		/* The place of the key, and one: NULL says there is none. */
		uintptr_t place = (uintptr_t)map_get(&places, strbuf_str(&key));
		uint32_t at = place ? (uint32_t)place - 1 : kept;
		entries[at] = entries[i];
		entries[at + 1] = entries[i + 1];
		if (!place) {
			map_put(&places, strbuf_str(&key), (void *)((uintptr_t)kept + 1));
			kept += 2;
		}
	}
	map_deinit(&places);
	strbuf_deinit(&key);
	const Type **types = ARENA_ARRAY(arena, const Type *, kept);
	for (uint32_t i = 0; i < kept; i++)
		types[i] = i % 2 ? map->elem : map->key;
	return packed_build(arena, types, false, entries, kept);
}

/* ---- constructors: not strict, NULLs are elements ---- */

/* The arguments' values; false: one has an error. */
static bool read_row(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t i, Column *out,
                     Value *items)
{
	for (uint32_t k = 0; k < call->nargs; k++) {
		if (kernel_copy_err(ctx, out, i, args[k]))
			return false;
		items[k] = column_is_null(args[k], i) ? VALUE_NULL : column_value(args[k], i);
	}
	return true;
}

KERNEL(build_items)
{
	Value *items = ARENA_ARRAY(ctx->arena, Value, call->nargs);
	for (uint32_t i = 0; i < n; i++)
		if (read_row(ctx, call, args, i, out, items))
			out->str[i] = packed_build(ctx->arena, call->arg_types, false, items, call->nargs);
}

KERNEL(build_map)
{
	Value *items = ARENA_ARRAY(ctx->arena, Value, call->nargs);
	for (uint32_t i = 0; i < n; i++)
		if (read_row(ctx, call, args, i, out, items))
			out->str[i] = collection_map(ctx->arena, call->type, items, call->nargs);
}

static const Type *element_type(ResolveCtx *rc, uint32_t from, uint32_t step, Err *err)
{
	if (rc->nargs == 0)
		return &type_null;
	const Type *common = resolve_common(rc, from, step, err);
	if (!common)
		return NULL;
	bool nullable = false;
	for (uint32_t i = from; i < rc->nargs; i += step)
		nullable = nullable || !rc->arg_types[i]->not_null;
	return type_with_null(rc->arena, common, nullable);
}

RESOLVE(resolve_array)
{
	const Type *elem = element_type(rc, 0, 1, err);
	if (!elem)
		return false;
	rc->call->kernel = build_items;
	rc->call->type = type_with_null(rc->arena, type_array(rc->arena, elem), false);
	return true;
}

RESOLVE(resolve_map)
{
	if (rc->nargs % 2)
		return resolve_mismatch(rc, err);
	const Type *key = element_type(rc, 0, 2, err);
	const Type *value = key ? element_type(rc, 1, 2, err) : NULL;
	if (!value)
		return false;
	rc->call->kernel = build_map;
	rc->call->type = type_with_null(rc->arena, type_map(rc->arena, key, value), false);
	return true;
}

RESOLVE(resolve_row)
{
	(void)err;
	TypeField *fields = ARENA_ARRAY(rc->arena, TypeField, rc->nargs);
	for (uint32_t i = 0; i < rc->nargs; i++)
		fields[i] = (TypeField){arena_printf(rc->arena, "EXPR$%u", i), rc->arg_types[i]};
	rc->call->kernel = build_items;
	rc->call->type = type_with_null(rc->arena, type_row(rc->arena, fields, rc->nargs), false);
	return true;
}

/* ---- access ---- */

static void put_value(EvalCtx *ctx, Column *out, uint32_t i, Value v)
{
	if (v.null)
		kernel_null(ctx, out, i);
	else
		column_set(out, i, v, ctx->arena);
}

KERNEL(array_item)
{
	const Type *elem = call->arg_types[0]->elem;
	KERNEL_EACH(i)
	{
		Str a = kernel_str(args[0], i);
		int64_t at = kernel_i64(args[1], i);
		put_value(ctx, out, i, at >= 1 && at <= packed_count(a) ? packed_get(a, elem, (uint32_t)at - 1) : VALUE_NULL);
	}
}

KERNEL(map_item)
{
	KERNEL_EACH(i)
	put_value(ctx, out, i, packed_map_get(kernel_str(args[0], i), call->arg_types[0], column_value(args[1], i)));
}

RESOLVE(resolve_item)
{
	const Type *t = rc->arg_types[0];
	bool texts = t->kind == TYPE_MAP && type_is_text(t->key) && type_is_text(rc->arg_types[1]); /* of any length */
	if (t->kind == TYPE_ARRAY && (type_is_integer(rc->arg_types[1]) || rc->arg_types[1]->kind == TYPE_NULL)) {
		rc->call->kernel = array_item;
		if (rc->arg_types[1]->kind == TYPE_NULL)
			rc->arg_types[1] = &type_int;
	} else if (t->kind == TYPE_MAP && (type_assignable(rc->arg_types[1], t->key) || texts)) {
		rc->call->kernel = map_item;
		if (!texts)
			rc->arg_types[1] = type_with_null(rc->arena, t->key, !rc->arg_types[1]->not_null);
	} else {
		return resolve_mismatch(rc, err);
	}
	rc->call->type = type_with_null(rc->arena, t->elem, true);
	return true;
}

/* call->data: the field's number. */
KERNEL(row_field)
{
	uint32_t at = *(const uint32_t *)call->data;
	const Type *type = call->arg_types[0]->fields[at].type;
	KERNEL_EACH(i)
	put_value(ctx, out, i, packed_get(kernel_str(args[0], i), type, at));
}

/* By position from 1, by exact name, or by a name that fits without regard to case once. */
static bool find_field(const ResolveCtx *rc, const Type *row, uint32_t *at)
{
	Str name;
	int64_t position;
	if (resolve_const_i64(rc, 1, &position)) {
		*at = (uint32_t)position - 1;
		return position >= 1 && position <= row->nfields;
	}
	if (!resolve_const_str(rc, 1, &name))
		return false;
	uint32_t fits = 0;
	for (uint32_t i = 0; i < row->nfields; i++) {
		if (str_eq(row->fields[i].name, name)) {
			*at = i;
			return true;
		}
		if (str_eq_nocase(row->fields[i].name, name)) {
			*at = i;
			fits++;
		}
	}
	return fits == 1;
}

RESOLVE(resolve_field)
{
	const Type *t = rc->arg_types[0];
	if (t->kind != TYPE_ROW)
		return resolve_mismatch(rc, err);
	uint32_t *at = ARENA_NEW(rc->arena, uint32_t);
	if (!find_field(rc, t, at)) {
		Str name = STR_EMPTY;
		resolve_const_str(rc, 1, &name);
		err_set_at(err, ERR_NO_SUCH_COLUMN, rc->span, "the row has no field \"%.*s\"", STR_ARG(name));
		StrBuf fields;
		strbuf_init(&fields);
		for (uint32_t i = 0; i < t->nfields; i++)
			strbuf_printf(&fields, "%s%.*s", i ? ", " : "", STR_ARG(t->fields[i].name));
		err_hint(err, "Its fields are %s.", strbuf_cstr(&fields));
		strbuf_deinit(&fields);
		return false;
	}
	rc->call->data = at;
	rc->call->kernel = row_field;
	const Type *type = t->fields[*at].type;
	rc->call->type = type_with_null(rc->arena, type, !type->not_null || !t->not_null);
	return true;
}

/* ---- CARDINALITY, ELEMENT ---- */

KERNEL(cardinality)
{
	uint32_t per_entry = call->arg_types[0]->kind == TYPE_ARRAY ? 1 : 2;
	KERNEL_EACH(i)
	out->i64[i] = packed_count(kernel_str(args[0], i)) / per_entry;
}

RESOLVE(resolve_cardinality)
{
	TypeKind kind = rc->arg_types[0]->kind;
	if (kind != TYPE_ARRAY && kind != TYPE_MAP && kind != TYPE_MULTISET)
		return resolve_mismatch(rc, err);
	rc->call->kernel = cardinality;
	rc->call->type = resolve_strict_type(rc, &type_int);
	return true;
}

KERNEL(element)
{
	KERNEL_EACH(i)
	{
		Str a = kernel_str(args[0], i);
		uint32_t count = packed_count(a);
		if (count > 1)
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "ELEMENT takes an array of one element, not of %u", count);
		else
			put_value(ctx, out, i, count ? packed_get(a, call->arg_types[0]->elem, 0) : VALUE_NULL);
	}
}

RESOLVE(resolve_element)
{
	if (!resolve_args(rc, "A", err))
		return false;
	rc->call->kernel = element;
	rc->call->type = type_with_null(rc->arena, rc->arg_types[0]->elem, true);
	return true;
}

static const Function items[] = {
    {"ARRAY", "collection", "ARRAY[a, b, ...]", "An array of the values.", 0, 255, FN_HIDDEN, resolve_array},
    {"MAP", "collection", "MAP[key, value, ...]", "A map of the entries.", 0, 255, FN_HIDDEN, resolve_map},
    {"ROW", "collection", "ROW(a, b, ...)", "A row of the values.", 0, 255, FN_HIDDEN, resolve_row},
    {"ITEM", "collection", "array[i] or map[key]",
     "An element of an array, from 1, or the value of a key; NULL if there is none.", 2, 2, FN_STRICT | FN_HIDDEN,
     resolve_item},
    {"FIELD", "collection", "row.name", "A field of a row.", 2, 2, FN_STRICT | FN_HIDDEN, resolve_field},
    {"CARDINALITY", "collection", "CARDINALITY(array or map) -> INT", "The number of elements or entries.", 1, 1,
     FN_STRICT, resolve_cardinality},
    {"ELEMENT", "collection", "ELEMENT(array) -> element", "The only element; NULL of an empty array.", 1, 1,
     FN_STRICT | FN_CAN_FAIL, resolve_element},
};

const FunctionTable collection_functions = {items, sizeof items / sizeof *items};
