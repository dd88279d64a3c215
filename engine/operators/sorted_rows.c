/*
 * engine/operators/sorted_rows.c: rows kept in an order per partition.
 */
#include "engine/operators/sorted_rows.h"

#include <stdlib.h>

#include "engine/operators/sort.h"

enum { ROW_SUFFIX = 16 }; /* ordinal and number */

bool sorted_rows_open(SortedRows *s, Operator *op, const uint32_t *partition, uint32_t npartition, const SortKey *order,
                      uint32_t norder, Err *err)
{
	const Plan *in = op->plan->inputs[0];
	*s = (SortedRows){.op = op,
	                  .partition = partition,
	                  .npartition = npartition,
	                  .order = order,
	                  .norder = norder,
	                  .ncols = in->ncols,
	                  .last_ord = INT64_MIN};
	strbuf_init(&s->key);
	strbuf_init(&s->row);
	s->types = ARENA_ARRAY(op->run->arena, const Type *, in->ncols + 1);
	for (uint32_t c = 0; c < in->ncols; c++)
		s->types[c] = in->cols[c].type;
	s->lenient = expiry_lenient(op);
	return operator_state_open(op, "rows", STATE_ORDERED, 0, &s->table, err);
}

bool sorted_rows_expire(SortedRows *s, Err *err)
{
	return expiry_open(&s->expiry, s->op, 0, "ttl", EXPIRY_EXACT, err);
}

void sorted_rows_close(SortedRows *s)
{
	strbuf_deinit(&s->key);
	strbuf_deinit(&s->row);
	expiry_close(&s->expiry);
}

SortedKey *sorted_rows_keys(SortedRows *s, const Batch *b, const int64_t *scopes)
{
	Arena *step = s->op->run->step;
	SortedKey *out = ARENA_ARRAY(step, SortedKey, b->n + 1);
	Str *parts = ARENA_ARRAY_ZERO(step, Str, b->n + 1);
	if (s->npartition) {
		const Column **cols = ARENA_ARRAY(step, const Column *, s->npartition + 1);
		for (uint32_t k = 0; k < s->npartition; k++)
			cols[k] = &b->cols[s->partition[k]];
		column_encode_keys(cols, s->npartition, b->n, step, parts);
	}
	for (uint32_t i = 0; i < b->n; i++) {
		strbuf_clear(&s->key);
		if (scopes)
			codec_put_i64(&s->key, scopes[i]);
		if (parts[i].len)
			strbuf_put_str(&s->key, parts[i]);
		size_t len = s->key.len;
		sort_put_key(s->order, s->norder, b, i, &s->key);
		out[i].full = arena_str(step, strbuf_str(&s->key));
		out[i].partition = str_make(out[i].full.ptr, len);
	}
	return out;
}

static void insert_row(SortedRows *s, Str full, Str row, int64_t ord)
{
	s->seq = ord == s->last_ord ? s->seq + 1 : 0;
	s->last_ord = ord;
	for (;; s->seq++) {
		strbuf_clear(&s->key);
		strbuf_put_str(&s->key, full);
		size_t from = s->key.len;
		codec_put_i64(&s->key, ord);
		codec_put_i64(&s->key, s->seq);
		if (s->newest_first)
			codec_invert(&s->key, from);
		uint32_t len;
		if (!state_get(s->table, strbuf_str(&s->key), &len))
			break;
	}
	state_put(s->table, strbuf_str(&s->key), row);
	if (s->expiry.ttl_ms)
		expiry_begin(&s->expiry, strbuf_str(&s->key));
}

static Str prefix_end(SortedRows *s, Str prefix)
{
	strbuf_clear(&s->key);
	strbuf_put_str(&s->key, prefix);
	return codec_prefix_end(&s->key) ? strbuf_str(&s->key) : (Str){0};
}

static bool remove_row(SortedRows *s, Str full, Str row)
{
	StateScan *scan = state_scan_open(s->table, full, prefix_end(s, full), s->newest_first, true, s->op->run->step);
	Str k, value;
	bool found = false;
	while (!found && state_scan_next(scan, &k, &value))
		if (k.len == full.len + ROW_SUFFIX && str_eq(value, row)) {
			strbuf_clear(&s->key);
			strbuf_put_str(&s->key, k);
			found = true;
		}
	state_scan_close(scan);
	return found && state_del(s->table, strbuf_str(&s->key));
}

void sorted_rows_change(SortedRows *s, Str full, const Batch *b, uint32_t at)
{
	strbuf_clear(&s->row);
	batch_encode_row(b, at, &s->row);
	int64_t w = batch_weight(b, at), ord = b->ord ? b->ord[at] : 0;
	for (; w > 0; w--)
		insert_row(s, full, strbuf_str(&s->row), ord);
	for (; w < 0; w++)
		if (!remove_row(s, full, strbuf_str(&s->row))) {
			if (s->lenient) { /* what comes later in the step is another row */
				s->op->counts.unknown += (uint64_t)-w;
				break;
			}
			Arena *step = s->op->run->step;
			SortedPending p = {full, arena_str(step, strbuf_str(&s->row)), w, b, at};
			ARENA_PUSH(step, &s->pending, p);
			break;
		}
}

bool sorted_rows_settle(SortedRows *s, Err *err)
{
	uint32_t n = s->pending.len;
	const SortedPending *list = s->pending.items;
	s->pending.items = NULL;
	s->pending.len = s->pending.cap = 0;
	for (uint32_t i = 0; i < n; i++)
		for (int64_t w = list[i].weight; w < 0; w++)
			if (!remove_row(s, list[i].full, list[i].row)) {
				StrBuf text;
				strbuf_init(&text);
				batch_print(batch_slice(list[i].batch, list[i].at, list[i].at + 1, s->op->run->step), &text);
				err_set(err, ERR_RETRACT_UNKNOWN, "%s of \"%.*s\" was told to take back a row that it does not hold",
				        s->op->plan->kind == PLAN_OVER ? "OVER" : "Top-N", STR_ARG(s->op->run->name));
				err_detail(err, "%s", strbuf_cstr(&text));
				strbuf_deinit(&text);
				return false;
			}
	return true;
}

/* ---- rows that are over ---- */

static Str partition_of(const SortedRows *s, Str key)
{
	CodecReader r = codec_reader(key);
	for (uint32_t k = 0; k < s->npartition; k++) {
		Value v;
		if (!value_decode_key(s->types[s->partition[k]], &r, s->op->run->step, &v))
			return key;
	}
	return str_make(key.ptr, (size_t)((const char *)r.at - key.ptr));
}

bool sorted_rows_over(SortedRows *s, Str *partition, Str *key)
{
	while (expiry_next(&s->expiry, key)) {
		uint32_t len;
		if (!state_get(s->table, *key, &len))
			continue;
		*partition = partition_of(s, *key);
		return true;
	}
	return false;
}

void sorted_rows_forget(SortedRows *s, Str key)
{
	if (state_del(s->table, key))
		s->op->counts.expired++;
}

void sorted_rows_drop(SortedRows *s, Str partition)
{
	Arena *step = s->op->run->step;
	StateScan *scan = state_scan_open(s->table, partition, prefix_end(s, partition), false, true, step);
	Str key, row;
	while (state_scan_next(scan, &key, &row))
		state_del(s->table, arena_str(step, key));
	state_scan_close(scan);
}

StateScan *sorted_rows_scan(SortedRows *s, Str prefix)
{
	return state_scan_open(s->table, prefix, prefix_end(s, prefix), false, true, s->op->run->step);
}

StateScan *sorted_rows_scan_from(SortedRows *s, Str from)
{
	return state_scan_open(s->table, from, (Str){0}, false, true, s->op->run->step);
}

bool sorted_rows_decode(SortedRows *s, Str row, Value *out, Err *err)
{
	if (batch_decode_row(row, s->types, s->ncols, out))
		return true;
	return err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
	               STR_ARG(state_name(s->table)));
}

/* ---- what the step touches ---- */

static void grow_slots(Touched *t, Arena *step)
{
	t->nslots = t->nslots ? t->nslots * 2 : 64;
	t->slots = ARENA_ARRAY_ZERO(step, uint32_t, t->nslots);
	for (uint32_t i = 0; i < t->len; i++) {
		uint32_t at = (uint32_t)state_hash(t->items[i]->key) & (t->nslots - 1);
		while (t->slots[at])
			at = (at + 1) & (t->nslots - 1);
		t->slots[at] = i + 1;
	}
}

TouchedPart *sorted_rows_touch(Touched *t, Str key, Arena *step, bool *created)
{
	if (t->len * 2 >= t->nslots)
		grow_slots(t, step);
	uint32_t at = (uint32_t)state_hash(key) & (t->nslots - 1);
	while (t->slots[at] && !str_eq(t->items[t->slots[at] - 1]->key, key))
		at = (at + 1) & (t->nslots - 1);
	*created = !t->slots[at];
	if (*created) {
		TouchedPart *p = ARENA_NEW(step, TouchedPart);
		*p = (TouchedPart){.key = key, .number = t->len};
		ARENA_PUSH(step, t, p);
		t->slots[at] = t->len;
	}
	return t->items[t->slots[at] - 1];
}

static int compare_parts(const void *a, const void *b)
{
	const TouchedPart *x = *(TouchedPart *const *)a, *y = *(TouchedPart *const *)b;
	if (x->ord != y->ord)
		return x->ord < y->ord ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

TouchedPart **sorted_rows_touched(Touched *t, uint32_t *n)
{
	TouchedPart **list = t->items;
	*n = t->len;
	if (t->len > 1)
		qsort(list, t->len, sizeof *list, compare_parts);
	*t = (Touched){0};
	return list;
}
