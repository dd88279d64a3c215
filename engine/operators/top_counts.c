/*
 * engine/operators/top_counts.c: counts of a bounded number of values.
 */
#include "engine/operators/top_counts.h"

bool top_counts_open(TopCounts *t, Operator *op, const char *what, StateTable *counts, uint32_t max, Err *err)
{
	*t = (TopCounts){.op = op, .counts = counts, .max = max};
	strbuf_init(&t->key);
	strbuf_init(&t->end);
	return operator_state_open(op, what, STATE_ORDERED, 0, &t->order, err);
}

void top_counts_close(TopCounts *t)
{
	strbuf_deinit(&t->key);
	strbuf_deinit(&t->end);
}

static Str prefix_end(TopCounts *t, Str prefix)
{
	strbuf_clear(&t->end);
	if (prefix.len)
		strbuf_put_str(&t->end, prefix);
	return codec_prefix_end(&t->end) ? strbuf_str(&t->end) : (Str){0};
}

static Str order_key(TopCounts *t, Str key, int64_t count, Str value)
{
	strbuf_clear(&t->key);
	if (key.len)
		strbuf_put_str(&t->key, key);
	codec_put_i64(&t->key, count);
	if (value.len)
		strbuf_put_str(&t->key, value);
	return strbuf_str(&t->key);
}

/* The group has got its last free counter. */
static void put_in_order(TopCounts *t, Str key)
{
	StateScan *s = state_scan_open(t->counts, key, prefix_end(t, key), false, true, t->op->run->step);
	Str k, bytes;
	while (state_scan_next(s, &k, &bytes)) {
		int64_t count;
		memcpy(&count, bytes.ptr, 8);
		state_put(t->order, order_key(t, key, count, str_slice(k, key.len, k.len)), STR_EMPTY);
	}
	state_scan_close(s);
}

/* Takes out the value with the least count, which is returned. */
static int64_t evict(TopCounts *t, Str key)
{
	Arena *step = t->op->run->step;
	Str end = prefix_end(t, key);
	StateScan *s = state_scan_open(t->order, order_key(t, key, 0, STR_EMPTY), end, false, true, step);
	Str k, none;
	int64_t least = 0;
	if (state_scan_next(s, &k, &none)) {
		k = arena_str(step, k);
		CodecReader r = codec_reader(str_slice(k, key.len, k.len));
		codec_get_i64(&r, &least);
		Str value = str_slice(k, key.len + 8, k.len);
		state_del(t->order, k);
		strbuf_clear(&t->key);
		if (key.len)
			strbuf_put_str(&t->key, key);
		strbuf_put_str(&t->key, value);
		state_del(t->counts, strbuf_str(&t->key));
	}
	state_scan_close(s);
	return least;
}

void top_counts_add(TopCounts *t, Str key, Str counted, int64_t weight)
{
	bool created;
	int64_t *values = state_edit(t->order, order_key(t, key, INT64_MIN, STR_EMPTY), 8, NULL, NULL);
	int64_t *count = state_edit(t->counts, counted, 8, NULL, &created);
	Str value = str_slice(counted, key.len, counted.len);
	if (created && *values < t->max) {
		*count = weight;
		if (++*values == t->max)
			put_in_order(t, key);
		return;
	}
	int64_t before = created ? evict(t, key) : *count;
	*count = before + weight;
	if (*values < t->max)
		return;
	if (!created)
		state_del(t->order, order_key(t, key, before, value));
	state_put(t->order, order_key(t, key, *count, value), STR_EMPTY);
}

void top_counts_drop(TopCounts *t, Str prefix)
{
	state_del_range(t->order, prefix, prefix_end(t, prefix));
}
