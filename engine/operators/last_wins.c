/*
 * engine/operators/last_wins.c: before a sink whose primary key is not the query's: per sink key the newest row alive.
 *
 * All rows alive are kept under (sink key, ordinal, number); the last entry of a key is what the target holds. A
 * retraction takes the oldest equal row. Once per key and step the change of that last entry is emitted. Over an input
 * that only appends the newest row of the step wins, which the sink finds by itself: nothing is kept. Where state
 * expires the rows of a key are forgotten together.
 */
#include "engine/operators/expiry.h"
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"

#include <stdlib.h>

typedef struct TouchedKey {
	Str key;
	Str old; /* the row that the target holds; ptr NULL: none */
	int64_t ord, stamp;
	uint32_t number;
} TouchedKey;

typedef struct LastWinsOp {
	bool append;
	StateTable *rows;
	OutRows out;
	const Column **cols;
	const Type **types;
	StrBuf key, row;
	int64_t last_ord;
	int64_t seq;
	struct {
		TouchedKey *items;
		uint32_t len, cap;
	} touched;
	uint32_t *slots; /* of the step: number + 1 in touched */
	uint32_t nslots;
	Expiry expiry; /* of sink keys */
} LastWinsOp;

static bool last_wins_open(Operator *op, Err *err)
{
	LastWinsOp *l = ARENA_NEW(op->run->arena, LastWinsOp);
	op->state = l;
	strbuf_init(&l->key);
	strbuf_init(&l->row);
	out_rows_init(&l->out, op);
	l->last_ord = INT64_MIN;
	l->append = op->plan->inputs[0]->append_only;
	if (l->append)
		return true;
	l->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, op->plan->target.nkey + 1);
	l->types = ARENA_ARRAY(op->run->arena, const Type *, op->plan->ncols + 1);
	for (uint32_t c = 0; c < op->plan->ncols; c++)
		l->types[c] = op->plan->inputs[0]->cols[c].type;
	return operator_state_open(op, "rows", STATE_ORDERED, 0, &l->rows, err) &&
	       expiry_open(&l->expiry, op, 0, "ttl", EXPIRY_SEEN, err);
}

static Str prefix_end(LastWinsOp *l, Str prefix)
{
	strbuf_clear(&l->key);
	strbuf_put_str(&l->key, prefix);
	return codec_prefix_end(&l->key) ? strbuf_str(&l->key) : (Str){0};
}

/* The newest row of a sink key, in the step's arena. */
static Str newest(Operator *op, Str key)
{
	LastWinsOp *l = op->state;
	StateScan *s = state_scan_open(l->rows, key, prefix_end(l, key), true, true, op->run->step);
	Str k, row, found = {0};
	if (state_scan_next(s, &k, &row))
		found = arena_str(op->run->step, row);
	state_scan_close(s);
	return found;
}

static void grow_slots(Operator *op)
{
	LastWinsOp *l = op->state;
	l->nslots = l->nslots ? l->nslots * 2 : 64;
	l->slots = ARENA_ARRAY_ZERO(op->run->step, uint32_t, l->nslots);
	for (uint32_t i = 0; i < l->touched.len; i++) {
		uint32_t at = (uint32_t)state_hash(l->touched.items[i].key) & (l->nslots - 1);
		while (l->slots[at])
			at = (at + 1) & (l->nslots - 1);
		l->slots[at] = i + 1;
	}
}

static void forget(Operator *op, Str key)
{
	LastWinsOp *l = op->state;
	StateScan *s = state_scan_open(l->rows, key, prefix_end(l, key), false, true, op->run->step);
	Str k, row;
	while (state_scan_next(s, &k, &row))
		state_del(l->rows, arena_str(op->run->step, k));
	state_scan_close(s);
}

static TouchedKey *touch(Operator *op, Str key)
{
	LastWinsOp *l = op->state;
	if (l->touched.len * 2 >= l->nslots)
		grow_slots(op);
	uint32_t at = (uint32_t)state_hash(key) & (l->nslots - 1);
	while (l->slots[at] && !str_eq(l->touched.items[l->slots[at] - 1].key, key))
		at = (at + 1) & (l->nslots - 1);
	if (!l->slots[at]) {
		if (l->expiry.ttl_ms && expiry_touch(&l->expiry, key))
			forget(op, key);
		TouchedKey t = {.key = key, .old = newest(op, key), .number = l->touched.len};
		ARENA_PUSH(op->run->step, &l->touched, t);
		l->slots[at] = l->touched.len;
	}
	return &l->touched.items[l->slots[at] - 1];
}

static void insert_row(LastWinsOp *l, Str key, int64_t ord)
{
	l->seq = ord == l->last_ord ? l->seq + 1 : 0;
	l->last_ord = ord;
	for (;; l->seq++) {
		strbuf_clear(&l->key);
		strbuf_put_str(&l->key, key);
		codec_put_i64(&l->key, ord);
		codec_put_i64(&l->key, l->seq);
		uint32_t len;
		if (!state_get(l->rows, strbuf_str(&l->key), &len))
			break;
	}
	state_put(l->rows, strbuf_str(&l->key), strbuf_str(&l->row));
}

static bool remove_oldest(Operator *op, Str key)
{
	LastWinsOp *l = op->state;
	StateScan *s = state_scan_open(l->rows, key, prefix_end(l, key), false, true, op->run->step);
	Str k, row;
	bool found = false;
	while (!found && state_scan_next(s, &k, &row))
		if (str_eq(row, strbuf_str(&l->row))) {
			strbuf_clear(&l->key);
			strbuf_put_str(&l->key, k);
			found = true;
		}
	state_scan_close(s);
	return found && state_del(l->rows, strbuf_str(&l->key));
}

static bool last_wins_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	LastWinsOp *l = op->state;
	if (l->append) {
		operator_emit(op, b);
		return true;
	}
	Arena *step = op->run->step;
	for (uint32_t k = 0; k < op->plan->target.nkey; k++)
		l->cols[k] = &b->cols[op->plan->target.key[k]];
	Str *keys = ARENA_ARRAY(step, Str, b->n + 1);
	column_encode_keys(l->cols, op->plan->target.nkey, b->n, step, keys);
	for (uint32_t i = 0; i < b->n; i++) {
		TouchedKey *t = touch(op, keys[i]);
		t->ord = b->ord ? b->ord[i] : 0;
		t->stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		strbuf_clear(&l->row);
		batch_encode_row(b, i, &l->row);
		int64_t w = batch_weight(b, i);
		for (; w > 0; w--)
			insert_row(l, keys[i], t->ord);
		for (; w < 0; w++)
			if (!remove_oldest(op, keys[i])) {
				if (expiry_lenient(op)) {
					op->counts.unknown++;
					continue;
				}
				StrBuf text;
				strbuf_init(&text);
				batch_print(batch_slice(b, i, i + 1, step), &text);
				err_set(err, ERR_RETRACT_UNKNOWN, "sink \"%.*s\" was told to take back a row that it does not hold",
				        STR_ARG(op->run->name));
				err_detail(err, "%s", strbuf_cstr(&text));
				strbuf_deinit(&text);
				return false;
			}
	}
	return true;
}

static int compare_touched(const void *a, const void *b)
{
	const TouchedKey *x = a, *y = b;
	if (x->ord != y->ord)
		return x->ord < y->ord ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static bool emit_row(Operator *op, Str bytes, int64_t weight, const TouchedKey *t, Err *err)
{
	LastWinsOp *l = op->state;
	if (!bytes.ptr)
		return true;
	Value *values = ARENA_ARRAY(op->run->step, Value, op->plan->ncols + 1);
	if (!batch_decode_row(bytes, l->types, op->plan->ncols, values))
		return err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
		               STR_ARG(state_name(l->rows)));
	out_rows_values(&l->out, values, weight, t->ord, t->stamp);
	return true;
}

static bool last_wins_flush(Operator *op, Err *err)
{
	LastWinsOp *l = op->state;
	uint32_t n = l->touched.len;
	TouchedKey *list = l->touched.items;
	l->touched.items = NULL;
	l->touched.len = l->touched.cap = 0;
	l->slots = NULL;
	l->nslots = 0;
	if (n > 1)
		qsort(list, n, sizeof *list, compare_touched);
	for (uint32_t i = 0; i < n; i++) {
		Str now = newest(op, list[i].key);
		if (now.ptr && list[i].old.ptr && str_eq(now, list[i].old))
			continue;
		if (!emit_row(op, list[i].old, -1, &list[i], err) || !emit_row(op, now, 1, &list[i], err))
			return false;
	}
	out_rows_flush(&l->out);
	for (Str key; expiry_sweep(&l->expiry, &key);)
		forget(op, key);
	expiry_step_end(&l->expiry);
	return true;
}

static void last_wins_close(Operator *op)
{
	LastWinsOp *l = op->state;
	if (!l)
		return;
	strbuf_deinit(&l->key);
	strbuf_deinit(&l->row);
	expiry_close(&l->expiry);
}

const OperatorType last_wins_type = {
    .name = "last wins",
    .open = last_wins_open,
    .push = last_wins_push,
    .flush = last_wins_flush,
    .close = last_wins_close,
};
