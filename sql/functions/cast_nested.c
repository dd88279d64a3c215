/*
 * sql/functions/cast_nested.c: casts of ARRAY, MAP, ROW and MULTISET, element by element.
 */
#include "sql/functions/cast.h"
#include "sql/functions/kernel.h"
#include "sql/types/packed.h"

/* A map keeps each key once: when two keys become equal, the later value stays, at the earlier place. */
static uint32_t merge_keys(const Type *key, Value *items, uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i += 2) {
		uint32_t k = 0;
		while (k < kept && !value_equal(key, items[k], items[i]))
			k += 2;
		items[k] = items[i];
		items[k + 1] = items[i + 1];
		if (k == kept)
			kept += 2;
	}
	return kept;
}

static RowErr cast_items(EvalCtx *ctx, const Type *from, const Type *to, Value in, Value *out)
{
	uint32_t n = packed_count(in.s);
	Value *items = ARENA_ARRAY(ctx->arena, Value, n);
	const Type **types = ARENA_ARRAY(ctx->arena, const Type *, n);
	for (uint32_t i = 0; i < n; i++) {
		const Type *item = packed_item_type(from, i);
		types[i] = packed_item_type(to, i);
		RowErr e = cast_value(ctx, item, types[i], packed_get(in.s, item, i), &items[i]);
		if (e)
			return e;
	}
	if (to->kind == TYPE_MAP && !cast_same_form(from->key, to->key))
		n = merge_keys(to->key, items, n);
	*out = value_str(packed_build(ctx->arena, types, false, items, n));
	return ROW_OK;
}

CastRow cast_nested_row(const Type *from, const Type *to)
{
	if (from->kind != to->kind)
		return NULL;
	bool fine = false;
	switch (from->kind) {
	case TYPE_ARRAY:
	case TYPE_MULTISET: fine = cast_row_find(from->elem, to->elem) != NULL; break;
	case TYPE_MAP: fine = cast_row_find(from->key, to->key) && cast_row_find(from->elem, to->elem); break;
	case TYPE_ROW:
		fine = from->nfields == to->nfields;
		for (uint32_t i = 0; fine && i < from->nfields; i++)
			fine = cast_row_find(from->fields[i].type, to->fields[i].type) != NULL;
		break;
	default: break;
	}
	return fine ? cast_items : NULL;
}
