/*
 * engine/operators/sink.c: the root of a continuous query that sends its rows somewhere: gives the step's net changes
 * their kinds.
 *
 *   no key    -D and +I, a row per copy
 *   upsert    by the sink's key, at most one row per key and step: -D, +U when an old row of the key went in the same
 * step, else +I retract   by the output's key: -U directly before its +U; -D and +I else
 *
 * Rows keep the order of their batches. sink_changes gives them to the outbox or to a follower, until the step's arena
 * is reset.
 */
#include "engine/operators/sink.h"

#include "base/hash.h"
#include "engine/operators/operators.h"

typedef struct SinkOp {
	BatchList pending;
	SinkChange *changes;
	uint32_t n;
	const uint32_t *key;
	uint32_t nkey;
	bool keyed, upsert, append;
} SinkOp;

/* What happens to one key in the step. */
typedef struct KeyChange {
	int64_t minus, plus; /* rows, -1: none */
} KeyChange;

static bool sink_open(Operator *op, Err *err)
{
	(void)err;
	SinkOp *s = ARENA_NEW(op->run->arena, SinkOp);
	const Plan *in = op->plan->inputs[0];
	s->append = in->append_only;
	if (op->plan->kind == PLAN_SINK && op->plan->target.upsert && op->plan->target.nkey) {
		s->key = op->plan->target.key;
		s->nkey = op->plan->target.nkey;
		s->keyed = s->upsert = true;
	} else if (in->has_key) {
		s->key = in->key;
		s->nkey = in->nkey;
		s->keyed = true;
		s->upsert = op->plan->kind == PLAN_SINK && op->plan->target.upsert;
	}
	op->state = s;
	return true;
}

static bool sink_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	(void)err;
	SinkOp *s = op->state;
	ARENA_PUSH(op->run->step, &s->pending, b);
	return true;
}

static void add_change(SinkOp *s, RowKind kind, const Batch *b, int64_t row)
{
	s->changes[s->n++] = (SinkChange){kind, b, (uint32_t)row};
}

static void rows_without_key(SinkOp *s, const Batch *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t w = batch_weight(b, i);
		for (; w > 0; w--)
			add_change(s, ROW_INSERT, b, i);
		for (; w < 0; w++)
			add_change(s, ROW_DELETE, b, i);
	}
}

/* of[i]: the change of row i's key. */
static KeyChange **group_by_key(const SinkOp *s, const Batch *b, Arena *step)
{
	const Column **cols = ARENA_ARRAY(step, const Column *, s->nkey + 1);
	for (uint32_t k = 0; k < s->nkey; k++)
		cols[k] = &b->cols[s->key[k]];
	Str *keys = ARENA_ARRAY(step, Str, b->n + 1);
	if (s->nkey)
		column_encode_keys(cols, s->nkey, b->n, step, keys);
	else
		for (uint32_t i = 0; i < b->n; i++)
			keys[i] = STR_EMPTY;
	uint32_t nslots = 16;
	while (nslots < 2 * b->n)
		nslots *= 2;
	uint32_t *slots = ARENA_ARRAY_ZERO(step, uint32_t, nslots); /* row + 1 */
	KeyChange **of = ARENA_ARRAY(step, KeyChange *, b->n + 1);
	for (uint32_t i = 0; i < b->n; i++) {
		uint32_t at = (uint32_t)state_hash(keys[i]) & (nslots - 1);
		while (slots[at] && !str_eq(keys[slots[at] - 1], keys[i]))
			at = (at + 1) & (nslots - 1);
		if (!slots[at]) {
			slots[at] = i + 1;
			of[i] = ARENA_NEW(step, KeyChange);
			*of[i] = (KeyChange){-1, -1};
		} else {
			of[i] = of[slots[at] - 1];
		}
		if (batch_weight(b, i) > 0)
			of[i]->plus = i; /* the newest wins */
		else if (of[i]->minus < 0)
			of[i]->minus = i;
	}
	return of;
}

static void rows_by_key(SinkOp *s, const Batch *b, Arena *step)
{
	KeyChange **of = group_by_key(s, b, step);
	for (uint32_t i = 0; i < b->n; i++) {
		const KeyChange *k = of[i];
		if (k->plus == i) {
			if (k->minus >= 0 && !s->upsert)
				add_change(s, ROW_UPDATE_BEFORE, b, k->minus);
			add_change(s, k->minus >= 0 ? ROW_UPDATE_AFTER : ROW_INSERT, b, i);
		} else if (k->minus == i && k->plus < 0) {
			add_change(s, ROW_DELETE, b, i);
		}
	}
}

static bool sink_flush(Operator *op, Err *err)
{
	(void)err;
	SinkOp *s = op->state;
	Arena *step = op->run->step;
	BatchList list = s->pending;
	s->pending = (BatchList){0};
	s->n = 0;
	s->changes = NULL;
	if (!list.len)
		return true;
	bool by_key = s->keyed && (s->upsert || !s->append);
	uint64_t rows = 0;
	if (!s->append || by_key) {
		const Batch *b = batch_concat(list.items, list.len, step);
		if (!s->append)
			b = batch_consolidate(b, false, step);
		list.items[0] = b;
		list.len = 1;
	}
	for (uint32_t i = 0; i < list.len; i++)
		for (uint32_t k = 0; k < list.items[i]->n; k++) {
			int64_t w = batch_weight(list.items[i], k);
			rows += (uint64_t)(w < 0 ? -w : w);
		}
	s->changes = ARENA_ARRAY(step, SinkChange, rows + 1);
	for (uint32_t i = 0; i < list.len; i++) {
		if (by_key)
			rows_by_key(s, list.items[i], step);
		else
			rows_without_key(s, list.items[i]);
	}
	op->counts.rows_out += s->n;
	return true;
}

uint32_t sink_changes(Operator *root, const SinkChange **out)
{
	ASSERT(root->type == &sink_type);
	const SinkOp *s = root->state;
	*out = s->changes;
	return s->n;
}

const OperatorType sink_type = {
    .name = "sink",
    .open = sink_open,
    .push = sink_push,
    .flush = sink_flush,
};
