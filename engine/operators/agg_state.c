/*
 * engine/operators/agg_state.c: blocks of aggregates: laid out, fed by batches, merged, read.
 *
 * A batch is taken aggregate by aggregate: each kernel runs once over all rows.
 */
#include "engine/operators/agg_state.h"

#include "engine/operators/agg_end.h"
#include "engine/operators/agg_values.h"

static bool is_count_of_rows(const PlanAggCall *p)
{
	return strcmp(p->call.agg->name, "COUNT") == 0 && p->call.nargs == 0 && p->filter < 0;
}

static AggMode mode_of(const PlanAgg *agg, const AggCall *call)
{
	switch (call->kind) {
	case AGG_FLAT: return call->distinct && call->nargs ? AGG_MODE_DISTINCT : AGG_MODE_FLAT;
	case AGG_EXTREME: return agg->input_append && call->size ? AGG_MODE_FLAT : AGG_MODE_EXTREME;
	case AGG_COUNTS: return AGG_MODE_COUNTS;
	case AGG_ORDERED: return agg->input_append && !call->needs_all ? AGG_MODE_END : AGG_MODE_ROWS;
	}
	return AGG_MODE_FLAT;
}

bool agg_state_open(AggState *a, Operator *op, uint32_t header, uint32_t scope_len, Err *err)
{
	return agg_state_open_for(a, op, &op->plan->agg, header, scope_len, err);
}

bool agg_state_open_for(AggState *a, Operator *op, const PlanAgg *agg, uint32_t header, uint32_t scope_len, Err *err)
{
	*a = (AggState){.op = op,
	                .agg = agg,
	                .nitems = agg->naggs,
	                .size = header,
	                .header = header,
	                .scope_len = scope_len,
	                .subtracts = true};
	a->items = ARENA_ARRAY_ZERO(op->run->arena, AggItem, agg->naggs + 1);
	a->flat = ARENA_ARRAY_ZERO(op->run->arena, bool, agg->naggs + 1);
	for (uint32_t i = 0; i < agg->naggs; i++) {
		AggItem *it = &a->items[i];
		it->plan = &agg->aggs[i];
		it->call = &it->plan->call;
		it->mode = mode_of(agg, it->call);
		if (it->mode == AGG_MODE_FLAT && is_count_of_rows(it->plan))
			continue;
		if (it->mode == AGG_MODE_FLAT || it->mode == AGG_MODE_DISTINCT) {
			it->offset = a->size;
			a->size += (it->call->size + 7) & ~7u;
			a->flat[i] = it->mode == AGG_MODE_FLAT;
			a->subtracts &= it->mode != AGG_MODE_FLAT || it->call->subtract != NULL;
		}
		if (it->mode == AGG_MODE_END && agg_end_fits(a, it->call)) {
			it->offset = a->size;
			a->size += AGG_END_SIZE;
		}
		if (it->mode != AGG_MODE_FLAT) {
			a->has_values = true;
			it->values = agg_values_open(a, i, err);
			if (!it->values)
				return false;
		}
	}
	return true;
}

void agg_state_close(AggState *a)
{
	for (uint32_t i = 0; i < a->nitems; i++)
		if (a->items[i].values)
			agg_values_close(a->items[i].values);
}

bool agg_state_overflow(const AggState *a, uint32_t item, const Batch *b, int64_t row, Err *err)
{
	const AggCall *call = a->items[item].call;
	aggregate_fail(call, err);
	if (b) {
		StrBuf text;
		strbuf_init(&text);
		batch_print(batch_slice(b, (uint32_t)row, (uint32_t)row + 1, a->op->run->step), &text);
		err_detail(err, "at the row %s", strbuf_cstr(&text));
		strbuf_deinit(&text);
	}
	return false;
}

/* The rows of a batch that an aggregate gets. */
typedef struct ItemRows {
	const Column **args;
	const int64_t *weights;
	const uint32_t *sel; /* NULL: all rows */
	uint32_t n;
} ItemRows;

static void item_rows(const AggState *a, const AggItem *it, const Batch *b, ItemRows *out)
{
	Arena *step = a->op->run->step;
	uint32_t nargs = it->call->nargs;
	out->args = ARENA_ARRAY(step, const Column *, nargs + 1);
	out->weights = b->weight;
	out->sel = NULL;
	out->n = b->n;
	for (uint32_t k = 0; k < nargs; k++)
		out->args[k] = &b->cols[it->plan->args[k]];
	if (it->plan->filter < 0)
		return;
	uint32_t *sel = ARENA_ARRAY(step, uint32_t, b->n + 1);
	int64_t bad;
	out->n = eval_select(&b->cols[it->plan->filter], b->n, sel, &bad);
	if (out->n == b->n)
		return;
	out->sel = sel;
	Column *cols = ARENA_ARRAY(step, Column, nargs + 1);
	for (uint32_t k = 0; k < nargs; k++) {
		column_gather(out->args[k], sel, out->n, &cols[k], step);
		out->args[k] = &cols[k];
	}
	if (b->weight) {
		int64_t *w = ARENA_ARRAY(step, int64_t, out->n + 1);
		for (uint32_t i = 0; i < out->n; i++)
			w[i] = b->weight[sel[i]];
		out->weights = w;
	}
}

static bool update_flat(AggState *a, uint32_t item, const Batch *b, void *const *states, void **shifted, Err *err)
{
	const AggItem *it = &a->items[item];
	ItemRows r;
	item_rows(a, it, b, &r);
	if (!r.n)
		return true;
	uint32_t offset = it->offset;
	if (r.sel)
		for (uint32_t i = 0; i < r.n; i++)
			shifted[i] = (char *)states[r.sel[i]] + offset;
	else
		for (uint32_t i = 0; i < r.n; i++)
			shifted[i] = (char *)states[i] + offset;
	uint32_t bad = 0;
	if (it->call->update(it->call, &a->op->run->env, r.args, r.weights, r.n, shifted, &bad))
		return true;
	return agg_state_overflow(a, item, b, r.sel ? r.sel[bad] : bad, err);
}

static bool skips_values(const AggState *a, const AggItem *it)
{
	bool merged = a->part == AGG_MERGED || a->part == AGG_MERGED_INVERSE;
	return it->mode >= AGG_MODE_ROWS ? merged : a->part == AGG_ROWS_ONLY;
}

static bool takes_flat(const AggState *a, uint32_t item)
{
	return a->flat[item] && a->part != AGG_ROWS_ONLY &&
	       (a->part != AGG_MERGED_INVERSE || a->items[item].call->subtract);
}

/* Rows of an aggregate that keeps values. */
static bool update_values(AggState *a, const AggItem *it, const Batch *b, const ItemRows *r, const Str *keys,
                          void *const *states, Err *err)
{
	if (it->mode == AGG_MODE_END && it->offset)
		return agg_end_update(a, it, b, r->args, r->sel, r->n, keys, states, err);
	return agg_values_update(it->values, b, r->args, r->weights, r->sel, r->n, keys, states, err);
}

bool agg_state_update(AggState *a, const Batch *b, const Str *keys, void *const *states, Err *err)
{
	bool blocks = a->part != AGG_ROWS_ONLY;
	if (blocks && b->weight)
		for (uint32_t i = 0; i < b->n; i++)
			*agg_state_rows(states[i]) += b->weight[i];
	else if (blocks)
		for (uint32_t i = 0; i < b->n; i++)
			++*agg_state_rows(states[i]);
	void **shifted = ARENA_ARRAY(a->op->run->step, void *, b->n + 1);
	for (uint32_t k = 0; k < a->nitems; k++) {
		AggItem *it = &a->items[k];
		if (takes_flat(a, k) && !update_flat(a, k, b, states, shifted, err))
			return false;
		if (it->values && !skips_values(a, it)) {
			ItemRows r;
			item_rows(a, it, b, &r);
			if (r.n && !update_values(a, it, b, &r, keys, states, err))
				return false;
		}
	}
	return true;
}

bool agg_state_update_one(AggState *a, const Batch *b, Str key, void *state, Err *err)
{
	int64_t rows = b->n;
	if (b->weight) {
		rows = 0;
		for (uint32_t i = 0; i < b->n; i++)
			rows += b->weight[i];
	}
	*agg_state_rows(state) += rows;
	Str *keys = NULL;
	void **states = NULL;
	for (uint32_t k = 0; k < a->nitems; k++) {
		AggItem *it = &a->items[k];
		bool flat = takes_flat(a, k);
		if (!flat && (!it->values || skips_values(a, it)))
			continue;
		ItemRows r;
		item_rows(a, it, b, &r);
		if (!r.n)
			continue;
		if (flat && it->call->update_one) {
			uint32_t bad = 0;
			if (!it->call->update_one(it->call, &a->op->run->env, r.args, r.weights, r.n, (char *)state + it->offset,
			                          &bad))
				return agg_state_overflow(a, k, b, r.sel ? r.sel[bad] : bad, err);
			continue;
		}
		if (!states) {
			states = ARENA_ARRAY(a->op->run->step, void *, b->n + 1);
			keys = ARENA_ARRAY(a->op->run->step, Str, b->n + 1);
			for (uint32_t i = 0; i < b->n; i++) {
				states[i] = state;
				keys[i] = key;
			}
		}
		if (flat) {
			void **shifted = ARENA_ARRAY(a->op->run->step, void *, b->n + 1);
			if (!update_flat(a, k, b, states, shifted, err))
				return false;
		} else if (!update_values(a, it, b, &r, keys, states, err)) {
			return false;
		}
	}
	return true;
}

bool agg_state_merge_item(AggState *a, uint32_t item, void *into, const void *from, Err *err)
{
	const AggItem *it = &a->items[item];
	if (it->call->merge(it->call, &a->op->run->env, (char *)into + it->offset, (const char *)from + it->offset))
		return true;
	return agg_state_overflow(a, item, NULL, 0, err);
}

bool agg_state_merge(AggState *a, void *into, const void *from, Err *err)
{
	*agg_state_rows(into) += *(const int64_t *)from;
	for (uint32_t k = 0; k < a->nitems; k++)
		if (a->flat[k] && !agg_state_merge_item(a, k, into, from, err))
			return false;
	return true;
}

bool agg_state_subtract(AggState *a, void *from, const void *what, Err *err)
{
	*agg_state_rows(from) -= *(const int64_t *)what;
	for (uint32_t k = 0; k < a->nitems; k++) {
		const AggItem *it = &a->items[k];
		if (a->flat[k] && it->call->subtract &&
		    !it->call->subtract(it->call, &a->op->run->env, (char *)from + it->offset, (const char *)what + it->offset))
			return agg_state_overflow(a, k, NULL, 0, err);
	}
	return true;
}

bool agg_state_results(AggState *a, const void *state, Str key, const int64_t *slices, uint32_t nslices, Arena *arena,
                       Value *out, Err *err)
{
	for (uint32_t k = 0; k < a->nitems; k++) {
		const AggItem *it = &a->items[k];
		bool fine = true;
		switch (it->mode) {
		case AGG_MODE_FLAT:
		case AGG_MODE_DISTINCT:
			if (!it->offset)
				out[k] = value_i64(*(const int64_t *)state);
			else
				fine = it->call->result(it->call, &a->op->run->env, (const char *)state + it->offset, arena, &out[k]);
			break;
		case AGG_MODE_EXTREME: agg_values_extreme(it->values, key, arena, &out[k]); break;
		case AGG_MODE_COUNTS: fine = agg_values_counts(it->values, key, arena, &out[k]); break;
		case AGG_MODE_END:
			if (it->offset && agg_end_result(it, state, arena, &out[k]))
				break;
			/* fall through */
		case AGG_MODE_ROWS: fine = agg_values_finish(it->values, key, slices, nslices, arena, &out[k]); break;
		}
		if (!fine)
			return agg_state_overflow(a, k, NULL, 0, err);
	}
	return true;
}

bool agg_state_move_values(AggState *a, StateTable *blocks, Str from_scope, Str to_scope, int64_t sign, Err *err)
{
	for (uint32_t k = 0; k < a->nitems; k++)
		if (a->items[k].values && !agg_values_move(a->items[k].values, blocks, from_scope, to_scope, sign, err))
			return false;
	return true;
}

void agg_state_drop_scope(AggState *a, Str scope, bool keep_rows)
{
	for (uint32_t k = 0; k < a->nitems; k++) {
		const AggItem *it = &a->items[k];
		if (it->values && !(keep_rows && it->mode >= AGG_MODE_ROWS))
			agg_values_drop_scope(it->values, scope);
	}
}

void agg_state_forget(AggState *a, Str key, char *block)
{
	for (uint32_t k = 0; k < a->nitems; k++)
		if (a->items[k].values)
			agg_values_drop_key(a->items[k].values, key);
	if (!block)
		return;
	*agg_state_rows(block) = 0;
	memset(block + a->header, 0, a->size - a->header);
}

bool agg_state_check(AggState *a, Err *err)
{
	for (uint32_t k = 0; k < a->nitems; k++)
		if (a->items[k].values && !agg_values_check(a->items[k].values, err))
			return false;
	return true;
}
