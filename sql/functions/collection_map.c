/*
 * sql/functions/collection_map.c: functions on maps: MAP_KEYS, MAP_VALUES, MAP_ENTRIES, MAP_FROM_ARRAYS, MAP_UNION,
 * STR_TO_MAP.
 */
#include "sql/functions/collection.h"

#include "sql/functions/kernel.h"
#include "sql/functions/regex.h"
#include "sql/functions/registry.h"
#include "sql/functions/resolve.h"
#include "sql/types/packed.h"

static void pick_rows(EvalCtx *ctx, const FunctionCall *call, const Column *const *args, uint32_t n, Column *out,
                      uint32_t which)
{
	const Type *elem = call->type->elem;
	Items list = {0};
	KERNEL_EACH(i)
	{
		Str m = kernel_str(args[0], i);
		list.len = 0;
		for (uint32_t k = which; k < packed_count(m); k += 2)
			ARENA_PUSH(ctx->arena, &list, packed_get(m, elem, k));
		out->str[i] = collection_array(ctx->arena, elem, &list);
	}
}

KERNEL(map_keys)
{
	pick_rows(ctx, call, args, n, out, 0);
}

KERNEL(map_values)
{
	pick_rows(ctx, call, args, n, out, 1);
}

static bool resolve_pick(ResolveCtx *rc, bool keys, Err *err)
{
	if (!resolve_args(rc, "M", err))
		return false;
	const Type *t = rc->arg_types[0];
	return resolve_simple(rc, "M", type_array(rc->arena, keys ? t->key : t->elem), keys ? map_keys : map_values, err);
}

RESOLVE(resolve_keys)
{
	return resolve_pick(rc, true, err);
}

RESOLVE(resolve_values)
{
	return resolve_pick(rc, false, err);
}

KERNEL(map_entries)
{
	const Type *map = call->arg_types[0];
	const Type *row = call->type->elem;
	const Type *types[2] = {map->key, map->elem};
	Items list = {0};
	KERNEL_EACH(i)
	{
		Str m = kernel_str(args[0], i);
		list.len = 0;
		for (uint32_t k = 0; k < packed_count(m); k += 2) {
			Value entry[2] = {packed_get(m, map->key, k), packed_get(m, map->elem, k + 1)};
			ARENA_PUSH(ctx->arena, &list, value_str(packed_build(ctx->arena, types, false, entry, 2)));
		}
		out->str[i] = collection_array(ctx->arena, row, &list);
	}
}

RESOLVE(resolve_entries)
{
	if (!resolve_args(rc, "M", err))
		return false;
	const Type *t = rc->arg_types[0];
	TypeField fields[2] = {{STR("key"), t->key}, {STR("value"), t->elem}};
	return resolve_simple(rc, "M", type_array(rc->arena, type_row(rc->arena, fields, 2)), map_entries, err);
}

KERNEL(map_from_arrays)
{
	const Type *map = call->type;
	KERNEL_EACH(i)
	{
		Str keys = kernel_str(args[0], i);
		Str values = kernel_str(args[1], i);
		uint32_t count = packed_count(keys);
		if (count != packed_count(values)) {
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "MAP_FROM_ARRAYS got %u keys and %u values", count,
			            packed_count(values));
			continue;
		}
		Value *entries = ARENA_ARRAY(ctx->arena, Value, (size_t)count * 2);
		for (uint32_t k = 0; k < count; k++) {
			entries[2 * k] = packed_get(keys, map->key, k);
			entries[2 * k + 1] = packed_get(values, map->elem, k);
		}
		out->str[i] = collection_map(ctx->arena, map, entries, 2 * count);
	}
}

RESOLVE(resolve_from_arrays)
{
	if (!resolve_args(rc, "AA", err))
		return false;
	const Type *map = type_map(rc->arena, rc->arg_types[0]->elem, rc->arg_types[1]->elem);
	return resolve_simple(rc, "AA", map, map_from_arrays, err);
}

KERNEL(map_union)
{
	const Type *map = call->type;
	Items list = {0};
	KERNEL_EACH(i)
	{
		list.len = 0;
		for (uint32_t a = 0; a < call->nargs; a++) {
			Str m = kernel_str(args[a], i);
			for (uint32_t k = 0; k < packed_count(m); k++)
				ARENA_PUSH(ctx->arena, &list, packed_get(m, k % 2 ? map->elem : map->key, k));
		}
		out->str[i] = collection_map(ctx->arena, map, list.items, (uint32_t)list.len);
	}
}

RESOLVE(resolve_union)
{
	if (!resolve_args(rc, "M+", err))
		return false;
	const Type *common = resolve_common(rc, 0, 1, err);
	return common && resolve_simple(rc, "M+", common, map_union, err);
}

/* ---- STR_TO_MAP: delimiters are regular expressions, as of Java's split ---- */

/* The next part up to a match; false: none is left. An empty match splits nothing off. */
static bool next_part(Matcher *m, const Regex *r, Str s, uint32_t *from, Str *part)
{
	if (*from > s.len)
		return false;
	uint32_t begin, end;
	bool found = regex_find(m, r, s, *from) == REGEX_FOUND && regex_group(m, 0, &begin, &end) && end > begin;
	*part = str_make(s.ptr + *from, (found ? begin : s.len) - *from);
	*from = found ? end : s.len + 1;
	return true;
}

static Str split_map(EvalCtx *ctx, const Type *map, Matcher *m, const Regex *pairs, const Regex *keys, Str s)
{
	Items list = {0};
	uint32_t from = 0;
	Str pair;
	while (s.len && next_part(m, pairs, s, &from, &pair)) {
		if (pair.len == 0 && from > s.len)
			break; /* nothing behind the last delimiter */
		uint32_t begin, end;
		bool found = regex_find(m, keys, pair, 0) == REGEX_FOUND && regex_group(m, 0, &begin, &end);
		ARENA_PUSH(ctx->arena, &list, value_str(found ? str_make(pair.ptr, begin) : pair));
		ARENA_PUSH(ctx->arena, &list, found ? value_str(str_make(pair.ptr + end, pair.len - end)) : VALUE_NULL);
	}
	return collection_map(ctx->arena, map, list.items, (uint32_t)list.len);
}

KERNEL(str_to_map)
{
	Matcher *m = regex_open();
	KERNEL_EACH(i)
	{
		const Regex *pairs = regex_compile(call->nargs > 1 ? kernel_str(args[1], i) : STR(","), false, ctx->arena);
		const Regex *keys = regex_compile(call->nargs > 2 ? kernel_str(args[2], i) : STR("="), false, ctx->arena);
		if (pairs && keys)
			out->str[i] = split_map(ctx, call->type, m, pairs, keys, kernel_str(args[0], i));
		else
			kernel_fail(ctx, out, i, ROW_BAD_VALUE, "a delimiter of STR_TO_MAP is not a regular expression");
	}
	regex_close(m);
}

RESOLVE(resolve_str_to_map)
{
	return resolve_simple(rc, "sss", type_map(rc->arena, &type_string, &type_string), str_to_map, err);
}

#define ENTRY(name, sig, doc, least, most, flags, resolve)                                                             \
	{                                                                                                                  \
		name, "collection", sig, doc, least, most, FN_STRICT | (flags), resolve                                        \
	}

static const Function items[] = {
    ENTRY("MAP_KEYS", "MAP_KEYS(map) -> ARRAY", "The keys.", 1, 1, 0, resolve_keys),
    ENTRY("MAP_VALUES", "MAP_VALUES(map) -> ARRAY", "The values, in the order of MAP_KEYS.", 1, 1, 0, resolve_values),
    ENTRY("MAP_ENTRIES", "MAP_ENTRIES(map) -> ARRAY<ROW<key, value>>", "The entries.", 1, 1, 0, resolve_entries),
    ENTRY("MAP_FROM_ARRAYS", "MAP_FROM_ARRAYS(keys, values) -> MAP", "A map of keys and values at equal places.", 2, 2,
          FN_CAN_FAIL, resolve_from_arrays),
    ENTRY("MAP_UNION", "MAP_UNION(a, b, ...) -> MAP", "The entries of all maps; of equal keys the last.", 1, 255, 0,
          resolve_union),
    ENTRY("STR_TO_MAP", "STR_TO_MAP(string [, pair_delimiter [, key_delimiter]]) -> MAP<STRING, STRING>",
          "The map in a text such as 'a=1,b=2'.", 1, 3, FN_CAN_FAIL, resolve_str_to_map),
};

const FunctionTable collection_map_functions = {items, sizeof items / sizeof *items};
