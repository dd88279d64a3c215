/*
 * engine/operators/agg_values.c: DISTINCT, MIN and MAX that forget, counts of values, rows in order.
 */
#include "engine/operators/agg_values.h"

#include <stdlib.h>

#include "engine/operators/expiry.h"
#include "engine/operators/operator.h"
#include "engine/operators/top_counts.h"
#include "sql/types/packed.h"

typedef struct StrList {
	Str *items;
	uint32_t len, cap;
} StrList;

struct AggValues {
	AggState *a;
	const AggItem *item;
	uint32_t number;
	StateTable *table;
	bool single;    /* EXTREME: only the best value is kept */
	bool by_ord;    /* END in a session, which may become part of another: the ordinal stands before the value */
	TopCounts *top; /* COUNTS: at most so many values */
	bool lenient;   /* what is taken back may be unknown */
	StateKind kind;
	StrList suspects; /* counts that fell below 0 in this step, in its arena */
	StrBuf key, value;
	int64_t last_ord;
	uint32_t seq;    /* rows of one ordinal */
	int64_t arrival; /* stands for the ordinal where none is carried */
	const Type **group_types;
	uint32_t ngroup;
};

AggValues *agg_values_open(AggState *a, uint32_t item, Err *err)
{
	Operator *op = a->op;
	const PlanAgg *agg = a->agg;
	AggValues *v = ARENA_NEW(op->run->arena, AggValues);
	v->a = a;
	v->item = &a->items[item];
	v->number = item;
	v->last_ord = INT64_MIN;
	strbuf_init(&v->key);
	strbuf_init(&v->value);
	bool merged = a->scope_len && !agg->attached && agg->window.kind != WINDOW_TUMBLE;
	v->single = v->item->mode == AGG_MODE_EXTREME && agg->input_append && !merged;
	v->by_ord = v->item->mode == AGG_MODE_END && merged && agg->window.kind == WINDOW_SESSION;
	v->lenient = expiry_lenient(op);
	bool forgets = !op->run->is_snapshot && plan_ttl_us(op->plan, 0) > 0; /* then values are found by their key */
	bool distinct = v->item->mode == AGG_MODE_DISTINCT && !forgets;
	bool hash = v->single || distinct || v->item->mode == AGG_MODE_END;
	v->kind = hash ? STATE_HASH : STATE_ORDERED;
	v->ngroup = agg->nkeys + (agg->attached ? 1 : 0);
	v->group_types = ARENA_ARRAY(op->run->arena, const Type *, v->ngroup + 1);
	uint32_t n = 0;
	if (agg->attached)
		v->group_types[n++] = op->plan->inputs[0]->cols[agg->start_col].type;
	for (uint32_t k = 0; k < agg->nkeys; k++)
		v->group_types[n++] = op->plan->inputs[0]->cols[agg->keys[k]].type;
	char name[24] = "v";
	StrBuf text;
	strbuf_init(&text);
	strbuf_printf(&text, "v%u", item);
	memcpy(name, text.ptr, text.len + 1);
	strbuf_deinit(&text);
	if (!operator_state_open(op, name, v->kind, hash ? a->scope_len : 0, &v->table, err))
		return NULL;
	const AggCall *call = v->item->call;
	if (!call->counters_max || !agg->input_append || merged || call->distinct || op->run->is_snapshot)
		return v;
	name[0] = 't';
	v->top = ARENA_NEW(op->run->arena, TopCounts);
	return top_counts_open(v->top, op, name, v->table, call->counters_max, err) ? v : NULL;
}

void agg_values_close(AggValues *v)
{
	strbuf_deinit(&v->key);
	strbuf_deinit(&v->value);
	if (v->top)
		top_counts_close(v->top);
}

/* A row with a NULL that the function does not want to see. */
static bool is_ignored(const AggValues *v, const Column *const *args, uint32_t row)
{
	const AggCall *call = v->item->call;
	if (call->kind == AGG_EXTREME || call->kind == AGG_COUNTS)
		return column_is_null(args[0], row);
	if (!call->ignore_nulls && v->item->mode != AGG_MODE_DISTINCT)
		return false;
	for (uint32_t k = 0; k < call->nargs; k++)
		if (column_is_null(args[k], row))
			return true;
	return false;
}

static void suspect(AggValues *v, Str key)
{
	Arena *step = v->a->op->run->step;
	ARENA_PUSH(step, &v->suspects, arena_str(step, key));
}

/* ---- counts of values ---- */

/* Group key and values of the arguments, for each row. */
static Str *count_keys(AggValues *v, const Column *const *args, uint32_t nargs, const uint32_t *sel, uint32_t n,
                       const Str *keys)
{
	Arena *step = v->a->op->run->step;
	Str *out = ARENA_ARRAY(step, Str, n + 1);
	column_encode_keys(args, nargs, n, step, out);
	size_t total = 0;
	for (uint32_t i = 0; i < n; i++)
		total += out[i].len + keys[sel ? sel[i] : i].len;
	char *at = arena_alloc(step, total + 1);
	for (uint32_t i = 0; i < n; i++) {
		Str k = keys[sel ? sel[i] : i];
		char *from = at;
		memcpy(at, k.ptr, k.len);
		memcpy(at + k.len, out[i].ptr, out[i].len);
		at += k.len + out[i].len;
		out[i] = str_make(from, k.len + out[i].len);
	}
	return out;
}

/* Adds to a count. Returns +1 or -1 when the value has appeared or gone, else 0. */
static int64_t add_count(AggValues *v, int64_t *count, int64_t w, Str key)
{
	int64_t before = *count;
	if (v->lenient && before + w < 0) {
		v->a->op->counts.unknown += (uint64_t) - (before + w);
		w = -before;
	}
	*count += w;
	if (*count < 0)
		suspect(v, key);
	return (before <= 0 && *count > 0) - (before > 0 && *count <= 0);
}

static bool update_distinct(AggValues *v, const Batch *b, const Column *const *args, const int64_t *weights,
                            const uint32_t *sel, uint32_t n, const Str *keys, void *const *states, Err *err)
{
	Arena *step = v->a->op->run->step;
	Str *ck = count_keys(v, args, v->item->call->nargs, sel, n, keys);
	uint32_t *idx = ARENA_ARRAY(step, uint32_t, n + 1);
	uint32_t m = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!is_ignored(v, args, i)) {
			ck[m] = ck[i];
			idx[m++] = i;
		}
	void **counts = ARENA_ARRAY(step, void *, m + 1);
	state_edit_many(v->table, ck, NULL, m, 8, counts, NULL);
	uint32_t *edge = ARENA_ARRAY(step, uint32_t, m + 1);
	int64_t *edge_weight = ARENA_ARRAY(step, int64_t, m + 1);
	void **edge_state = ARENA_ARRAY(step, void *, m + 1);
	uint32_t nedges = 0;
	for (uint32_t i = 0; i < m; i++) {
		int64_t e = add_count(v, counts[i], weights ? weights[idx[i]] : 1, ck[i]);
		if (!e)
			continue;
		edge[nedges] = idx[i];
		edge_weight[nedges] = e;
		edge_state[nedges++] = (char *)states[sel ? sel[idx[i]] : idx[i]] + v->item->offset;
	}
	/* what is 0 goes; each entry once */
	StrList gone = {0};
	for (uint32_t i = 0; weights && i < m; i++)
		if (*(int64_t *)counts[i] == 0) {
			*(int64_t *)counts[i] = INT64_MIN;
			ARENA_PUSH(step, &gone, ck[i]);
		}
	for (uint32_t i = 0; i < gone.len; i++)
		state_del(v->table, gone.items[i]);
	if (!nedges)
		return true;
	const AggCall *call = v->item->call;
	Column *cols = ARENA_ARRAY(step, Column, call->nargs + 1);
	const Column **in = ARENA_ARRAY(step, const Column *, call->nargs + 1);
	for (uint32_t k = 0; k < call->nargs; k++) {
		column_gather(args[k], edge, nedges, &cols[k], step);
		in[k] = &cols[k];
	}
	uint32_t bad = 0;
	if (call->update(call, &v->a->op->run->env, in, edge_weight, nedges, edge_state, &bad))
		return true;
	uint32_t row = edge[bad];
	return agg_state_overflow(v->a, v->number, b, sel ? sel[row] : row, err);
}

static void update_extreme(AggValues *v, const Column *const *args, const int64_t *weights, const uint32_t *sel,
                           uint32_t n, const Str *keys)
{
	Str *ck = count_keys(v, args, v->item->call->nargs, sel, n, keys);
	for (uint32_t i = 0; i < n; i++) {
		if (is_ignored(v, args, i))
			continue;
		Str key = keys[sel ? sel[i] : i];
		if (v->single) {
			Str value = str_slice(ck[i], key.len, ck[i].len - key.len);
			uint32_t len;
			const char *best = state_get(v->table, key, &len);
			if (best) {
				int c = str_cmp(value, str_make(best, len));
				if (v->item->call->extreme_last ? c <= 0 : c >= 0)
					continue;
			}
			state_put(v->table, key, value);
			continue;
		}
		int64_t *count = state_edit(v->table, ck[i], 8, NULL, NULL);
		add_count(v, count, weights ? weights[i] : 1, ck[i]);
		if (*count == 0)
			state_del(v->table, ck[i]);
	}
}

static void update_counts(AggValues *v, const Column *const *args, const int64_t *weights, const uint32_t *sel,
                          uint32_t n, const Str *keys)
{
	const AggCall *call = v->item->call;
	Column made;
	const Column *counted = args[0];
	if (call->count_of) {
		call->count_of(call, args, n, v->a->op->run->step, &made);
		counted = &made;
	}
	Str *ck = count_keys(v, &counted, 1, sel, n, keys);
	for (uint32_t i = 0; i < n; i++) {
		int64_t w = is_ignored(v, args, i) ? 0 : aggregate_weight(call, args, i);
		if (!w)
			continue;
		if (v->top) {
			top_counts_add(v->top, keys[sel ? sel[i] : i], ck[i], w);
			continue;
		}
		int64_t *count = state_edit(v->table, ck[i], 8, NULL, NULL);
		add_count(v, count, weights ? weights[i] * w : w, ck[i]);
		if (*count == 0)
			state_del(v->table, ck[i]);
	}
}

static Str prefix_end(AggValues *v, Str prefix)
{
	strbuf_clear(&v->key);
	strbuf_put_str(&v->key, prefix);
	return codec_prefix_end(&v->key) ? strbuf_str(&v->key) : (Str){0};
}

static void decode_value(const Type *type, Str bytes, Arena *arena, Value *out)
{
	CodecReader r = codec_reader(bytes);
	if (!value_decode_key(type, &r, arena, out))
		*out = VALUE_NULL;
}

void agg_values_extreme(AggValues *v, Str key, Arena *arena, Value *out)
{
	*out = VALUE_NULL;
	const Type *type = v->item->call->arg_types[0];
	if (v->single) {
		uint32_t len;
		const char *best = state_get(v->table, key, &len);
		if (best)
			decode_value(type, str_make(best, len), arena, out);
		return;
	}
	Arena *step = v->a->op->run->step;
	Str k, count;
	StateScan *s = state_scan_open(v->table, key, prefix_end(v, key), v->item->call->extreme_last, true, step);
	while (state_scan_next(s, &k, &count)) {
		int64_t c;
		memcpy(&c, count.ptr, 8);
		if (c <= 0)
			continue;
		decode_value(type, str_slice(k, key.len, k.len - key.len), arena, out);
		break;
	}
	state_scan_close(s);
}

bool agg_values_counts(AggValues *v, Str key, Arena *arena, Value *out)
{
	const AggCall *call = v->item->call;
	struct {
		Value *items;
		uint32_t len, cap;
	} values = {0};
	struct {
		int64_t *items;
		uint32_t len, cap;
	} counts = {0};
	Str k, bytes;
	StateScan *s = state_scan_open(v->table, key, prefix_end(v, key), false, true, v->a->op->run->step);
	while (state_scan_next(s, &k, &bytes)) {
		int64_t c;
		memcpy(&c, bytes.ptr, 8);
		if (c <= 0)
			continue;
		Value value;
		decode_value(call->count_type, str_slice(k, key.len, k.len - key.len), arena, &value);
		ARENA_PUSH(arena, &values, value);
		ARENA_PUSH(arena, &counts, call->distinct ? 1 : c);
	}
	state_scan_close(s);
	return call->finish_counts(call, &v->a->op->run->env, values.items, counts.items, values.len, arena, out);
}

/* ---- rows in order ---- */

static void row_key(AggValues *v, Str key, int64_t ord, uint32_t seq)
{
	strbuf_clear(&v->key);
	strbuf_put_str(&v->key, key);
	codec_put_i64(&v->key, ord);
	codec_put_i64(&v->key, seq);
}

static void insert_row(AggValues *v, Str key, int64_t ord)
{
	v->seq = ord == v->last_ord ? v->seq + 1 : 0;
	v->last_ord = ord;
	for (;; v->seq++) {
		row_key(v, key, ord, v->seq);
		bool created;
		state_edit(v->table, strbuf_str(&v->key), (uint32_t)v->value.len, NULL, &created);
		if (created)
			break;
	}
	state_put(v->table, strbuf_str(&v->key), strbuf_str(&v->value));
}

/* As Flink's functions do. */
static bool remove_oldest(AggValues *v, Str key)
{
	Arena *step = v->a->op->run->step;
	StateScan *s = state_scan_open(v->table, key, prefix_end(v, key), false, true, step);
	Str k, value;
	bool found = false;
	while (!found && state_scan_next(s, &k, &value))
		if (str_eq(value, strbuf_str(&v->value))) {
			strbuf_clear(&v->key);
			strbuf_put_str(&v->key, k);
			found = true;
		}
	state_scan_close(s);
	return found && state_del(v->table, strbuf_str(&v->key));
}

static bool unknown_value(AggValues *v, const Batch *b, uint32_t row, Err *err)
{
	StrBuf text;
	strbuf_init(&text);
	batch_print(batch_slice(b, row, row + 1, v->a->op->run->step), &text);
	err_set(err, ERR_RETRACT_UNKNOWN, "%s was told to take back a row that it does not hold", v->item->call->agg->name);
	err_detail(err, "%s", strbuf_cstr(&text));
	strbuf_deinit(&text);
	return false;
}

static bool update_rows(AggValues *v, const Batch *b, const Column *const *args, const int64_t *weights,
                        const uint32_t *sel, uint32_t n, const Str *keys, Err *err)
{
	for (uint32_t i = 0; i < n; i++) {
		if (is_ignored(v, args, i))
			continue;
		uint32_t row = sel ? sel[i] : i;
		strbuf_clear(&v->value);
		if (v->by_ord)
			codec_put_i64(&v->value, b->ord ? b->ord[row] : v->arrival++);
		value_encode(args[0]->type, column_value(args[0], i), &v->value);
		if (v->item->mode == AGG_MODE_END) {
			uint32_t len;
			if (v->item->call->finish_last || !state_get(v->table, keys[row], &len))
				state_put(v->table, keys[row], strbuf_str(&v->value));
			continue;
		}
		int64_t w = weights ? weights[i] : 1;
		for (; w > 0; w--)
			insert_row(v, keys[row], b->ord ? b->ord[row] : v->arrival++);
		for (; w < 0; w++)
			if (!remove_oldest(v, keys[row])) {
				if (!v->lenient)
					return unknown_value(v, b, row, err);
				v->a->op->counts.unknown++;
			}
	}
	return true;
}

bool agg_values_update(AggValues *v, const Batch *b, const Column *const *args, const int64_t *weights,
                       const uint32_t *sel, uint32_t n, const Str *keys, void *const *states, Err *err)
{
	switch (v->item->mode) {
	case AGG_MODE_DISTINCT: return update_distinct(v, b, args, weights, sel, n, keys, states, err);
	case AGG_MODE_EXTREME: update_extreme(v, args, weights, sel, n, keys); return true;
	case AGG_MODE_COUNTS: update_counts(v, args, weights, sel, n, keys); return true;
	case AGG_MODE_ROWS:
	case AGG_MODE_END: return update_rows(v, b, args, weights, sel, n, keys, err);
	case AGG_MODE_FLAT: break;
	}
	return true;
}

typedef struct ValueList {
	Value *items;
	uint32_t len, cap;
} ValueList;

static void collect_rows(AggValues *v, Str key, Arena *arena, ValueList *list)
{
	const AggCall *call = v->item->call;
	const Type *type = call->norder ? call->row_type : call->arg_types[0];
	Value value;
	if (v->item->mode == AGG_MODE_END) {
		uint32_t len;
		const char *bytes = state_get(v->table, key, &len);
		if (!bytes)
			return;
		CodecReader r = codec_reader(str_make(bytes, len));
		int64_t ord;
		if ((!v->by_ord || codec_get_i64(&r, &ord)) && value_decode(type, &r, &value))
			ARENA_PUSH(arena, list, value_copy(arena, type, value));
		return;
	}
	Arena *step = v->a->op->run->step;
	StateScan *s =
	    state_scan_open(v->table, key, prefix_end(v, key), !call->needs_all && call->finish_last, true, step);
	Str k, bytes;
	while (state_scan_next(s, &k, &bytes)) {
		CodecReader r = codec_reader(bytes);
		if (!value_decode(type, &r, &value))
			continue;
		ARENA_PUSH(arena, list, value_copy(arena, type, value));
		if (!call->needs_all)
			break;
	}
	state_scan_close(s);
}

/* By the sort keys of ORDER BY; equal rows stay as they came. */
static int by_order(const void *a, const void *b, void *ctx)
{
	const AggCall *call = ctx;
	const Value *x = a;
	const Value *y = b;
	for (uint32_t k = 0; k < call->norder; k++) {
		const Type *type = call->row_type->fields[k + 1].type;
		Value p = packed_get(x[0].s, type, k + 1), q = packed_get(y[0].s, type, k + 1);
		int c = value_compare(type, p, q);
		if (!c)
			continue;
		if (p.null || q.null)
			return p.null == call->order[k].nulls_first ? -1 : 1;
		return call->order[k].desc ? -c : c;
	}
	return x[1].i < y[1].i ? -1 : 1;
}

static void sort_rows(const AggCall *call, ValueList *list, Arena *arena)
{
	Value *pairs = ARENA_ARRAY(arena, Value, (size_t)list->len * 2 + 1); /* row, its place */
	for (uint32_t i = 0; i < list->len; i++) {
		pairs[2 * i] = list->items[i];
		pairs[2 * i + 1] = value_i64(i);
	}
	qsort_r(pairs, list->len, 2 * sizeof *pairs, by_order, (void *)call);
	for (uint32_t i = 0; i < list->len; i++)
		list->items[i] = packed_get(pairs[2 * i].s, call->row_type->fields[0].type, 0);
}

/* Keeps the first of equal values. */
static void drop_doubles(const AggValues *v, ValueList *list)
{
	const Type *type = v->item->call->arg_types[0];
	Map seen;
	map_init(&seen);
	StrBuf key;
	strbuf_init(&key);
	uint32_t n = 0;
	for (uint32_t i = 0; i < list->len; i++) {
		strbuf_clear(&key);
		value_encode_key(type, list->items[i], &key);
		if (!map_put(&seen, strbuf_str(&key), list))
			list->items[n++] = list->items[i];
	}
	list->len = n;
	strbuf_deinit(&key);
	map_deinit(&seen);
}

bool agg_values_finish(AggValues *v, Str key, const int64_t *slices, uint32_t nslices, Arena *arena, Value *out)
{
	const AggCall *call = v->item->call;
	ValueList list = {0};
	if (!slices) {
		collect_rows(v, key, arena, &list);
	} else {
		char *bytes = arena_copy(arena, key.ptr, key.len);
		bool backwards = !call->needs_all && call->finish_last;
		for (uint32_t i = 0; i < nslices && (call->needs_all || !list.len); i++) {
			codec_store_be64(bytes, codec_order_i64(slices[backwards ? nslices - 1 - i : i]));
			collect_rows(v, str_make(bytes, key.len), arena, &list);
		}
	}
	if (call->norder)
		sort_rows(call, &list, arena);
	if (call->distinct)
		drop_doubles(v, &list);
	return call->finish(call, &v->a->op->run->env, list.items, list.len, arena, out);
}

/* ---- scopes ---- */

/* Values that have appeared in or gone from a scope, gathered for one call of the kernel. */
typedef struct Edges {
	ValueList args; /* nargs each */
	struct {
		int64_t *items;
		uint32_t len, cap;
	} weights;
	struct {
		void **items;
		uint32_t len, cap;
	} states;
} Edges;

static void add_edge(AggValues *v, StateTable *blocks, Str key, int64_t weight, Edges *e)
{
	Arena *step = v->a->op->run->step;
	CodecReader r = codec_reader(str_slice(key, v->a->scope_len, key.len));
	Value value;
	for (uint32_t i = 0; i < v->ngroup; i++)
		if (!value_decode_key(v->group_types[i], &r, step, &value))
			return;
	Str group = str_make(key.ptr, (size_t)((const char *)r.at - key.ptr));
	void *block = state_edit(blocks, group, v->a->size, NULL, NULL);
	for (uint32_t k = 0; k < v->item->call->nargs; k++) {
		if (!value_decode_key(v->item->call->arg_types[k], &r, step, &value))
			return;
		ARENA_PUSH(step, &e->args, value);
	}
	ARENA_PUSH(step, &e->weights, weight);
	ARENA_PUSH(step, &e->states, (void *)((char *)block + v->item->offset));
}

static bool apply_edges(AggValues *v, const Edges *e, Err *err)
{
	const AggCall *call = v->item->call;
	uint32_t n = e->weights.len;
	if (!n)
		return true;
	const Batch *b =
	    batch_from_values(call->arg_types, call->nargs, e->args.items, n, NULL, NULL, NULL, v->a->op->run->step);
	const Column **in = ARENA_ARRAY(v->a->op->run->step, const Column *, call->nargs + 1);
	for (uint32_t k = 0; k < call->nargs; k++)
		in[k] = &b->cols[k];
	uint32_t bad = 0;
	return call->update(call, &v->a->op->run->env, in, e->weights.items, n, e->states.items, &bad) ||
	       agg_state_overflow(v->a, v->number, NULL, 0, err);
}

/* Rows in order of a session that becomes part of another: each keeps its ordinal. */
static void move_rows(AggValues *v, Str from, Str to)
{
	Arena *step = v->a->op->run->step;
	bool all = v->item->mode == AGG_MODE_ROWS, last = v->item->call->finish_last;
	StateScan *s = state_scan_open(v->table, from, all ? prefix_end(v, from) : (Str){0}, false, all, step);
	Str key, value;
	StrBuf to_key;
	strbuf_init(&to_key);
	while (state_scan_next(s, &key, &value)) {
		strbuf_clear(&to_key);
		strbuf_put_str(&to_key, to);
		strbuf_put(&to_key, key.ptr + from.len, key.len - from.len);
		Str bytes = arena_str(step, value);
		uint32_t len;
		const char *old = state_get(v->table, strbuf_str(&to_key), &len);
		char *seq = to_key.ptr + to_key.len - 8;
		while (all && old) { /* rows of one ordinal in both */
			codec_store_be64(seq, codec_load_be64(seq) + 1);
			old = state_get(v->table, strbuf_str(&to_key), &len);
		}
		if (!old || (last ? memcmp(bytes.ptr, old, 8) >= 0 : memcmp(bytes.ptr, old, 8) < 0))
			state_put(v->table, strbuf_str(&to_key), bytes);
	}
	state_scan_close(s);
	strbuf_deinit(&to_key);
}

bool agg_values_move(AggValues *v, StateTable *blocks, Str from, Str to, int64_t sign, Err *err)
{
	if (v->item->mode >= AGG_MODE_ROWS) {
		if (v->a->op->plan->agg.window.kind == WINDOW_SESSION)
			move_rows(v, from, to);
		return true;
	}
	Arena *step = v->a->op->run->step;
	Edges edges = {0};
	bool ordered = v->kind == STATE_ORDERED;
	Str end = ordered ? prefix_end(v, from) : (Str){0};
	bool in_order = ordered || !v->item->call->subtract; /* sums of real numbers depend on it */
	StateScan *s = state_scan_open(v->table, from, end, false, in_order, step);
	Str key, value;
	StrBuf to_key;
	strbuf_init(&to_key);
	while (state_scan_next(s, &key, &value)) {
		int64_t c;
		memcpy(&c, value.ptr, 8);
		if (!c)
			continue;
		strbuf_clear(&to_key);
		strbuf_put_str(&to_key, to);
		strbuf_put(&to_key, key.ptr + from.len, key.len - from.len);
		int64_t *count = state_edit(v->table, strbuf_str(&to_key), 8, NULL, NULL);
		int64_t edge = add_count(v, count, sign * c, strbuf_str(&to_key));
		if (edge && v->item->mode == AGG_MODE_DISTINCT)
			add_edge(v, blocks, strbuf_str(&to_key), edge, &edges);
		if (*count == 0)
			state_del(v->table, strbuf_str(&to_key));
	}
	state_scan_close(s);
	strbuf_deinit(&to_key);
	return apply_edges(v, &edges, err);
}

void agg_values_drop_scope(AggValues *v, Str scope)
{
	if (v->top)
		top_counts_drop(v->top, scope);
	if (v->kind == STATE_HASH)
		state_del_range(v->table, scope, (Str){0});
	else
		state_del_range(v->table, scope, prefix_end(v, scope));
}

void agg_values_drop_key(AggValues *v, Str key)
{
	if (v->kind == STATE_HASH) {
		state_del(v->table, key);
		return;
	}
	if (v->top)
		top_counts_drop(v->top, key);
	StateScan *s = state_scan_open(v->table, key, prefix_end(v, key), false, true, v->a->op->run->step);
	Str k, value;
	while (state_scan_next(s, &k, &value))
		state_del(v->table, arena_str(v->a->op->run->step, k));
	state_scan_close(s);
}

bool agg_values_check(AggValues *v, Err *err)
{
	StrList list = v->suspects;
	v->suspects = (StrList){0};
	for (uint32_t i = 0; i < list.len; i++) {
		uint32_t len;
		const void *value = state_get(v->table, list.items[i], &len);
		int64_t count = 0;
		if (value && len == 8)
			memcpy(&count, value, 8);
		if (count < 0)
			return err_set(err, ERR_RETRACT_UNKNOWN, "%s was told to take back a value that it does not hold",
			               v->item->call->agg->name);
	}
	return true;
}
