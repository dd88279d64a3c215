/*
 * engine/operators/regular_setop.c: INTERSECT and EXCEPT, with and without ALL, of continuous queries.
 *
 * Per distinct row the number of copies on either side; from the two follows how often the row is in the result, and a
 * change of that is what comes out: a row that only gets more copies on both sides sends nothing.
 *
 *   key  canonical bytes of the row     value  left 8 | right 8
 */
#include "engine/operators/expiry.h"
#include "engine/operators/operators.h"
#include "engine/operators/ports.h"

typedef struct SetopBelow {
	Str key;
	uint32_t row;
} SetopBelow;

typedef struct RegularSetopOp {
	Ports ports;
	StateTable *rows;
	bool intersect, all;
	Expiry expiry;
	struct {
		SetopBelow *items;
		uint32_t len, cap;
	} below; /* rows of this step of which one side had fewer than no copies */
} RegularSetopOp;

static bool regular_setop_open(Operator *op, Err *err)
{
	RegularSetopOp *s = ARENA_NEW(op->run->arena, RegularSetopOp);
	op->state = s;
	if (!ports_open(&s->ports, op, err))
		return false;
	s->intersect = op->plan->setop.op == SETOP_INTERSECT;
	s->all = op->plan->setop.all;
	return operator_state_open(op, "rows", STATE_HASH, 0, &s->rows, err) &&
	       expiry_open(&s->expiry, op, 0, "ttl", EXPIRY_SEEN, err);
}

static bool regular_setop_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	RegularSetopOp *s = op->state;
	ports_add(&s->ports, port, b);
	return true;
}

static int64_t copies(const RegularSetopOp *s, const int64_t *count)
{
	int64_t l = count[0], r = count[1];
	if (!s->all)
		return l > 0 && (r > 0) == s->intersect;
	if (s->intersect)
		return l < r ? l : r;
	return l > r ? l - r : 0;
}

/* The step's rows in order, as one batch. */
static const Batch *merged(Operator *op, const PortsStep *s)
{
	Arena *step = op->run->step;
	if (s->nports == 1)
		return s->batches[s->batches[0] ? 0 : 1];
	uint32_t *idx = ARENA_ARRAY(step, uint32_t, s->n + 1);
	for (uint32_t i = 0; i < s->n; i++)
		idx[i] = s->rows[i].row + (s->rows[i].port ? s->batches[0]->n : 0);
	return batch_gather(batch_concat(s->batches, 2, step), idx, s->n, step);
}

/* What the row at `at` changes; the weight of what comes out. */
static int64_t take_row(Operator *op, uint32_t port, int64_t weight, Str key, uint32_t at)
{
	RegularSetopOp *s = op->state;
	if (s->expiry.ttl_ms && expiry_touch(&s->expiry, key))
		state_del(s->rows, key);
	int64_t *count = state_edit(s->rows, key, 16, NULL, NULL);
	int64_t before = copies(s, count);
	if (count[port] + weight < 0 && expiry_lenient(op)) {
		op->counts.unknown += (uint64_t) - (count[port] + weight);
		weight = -count[port];
	}
	count[port] += weight;
	int64_t change = copies(s, count) - before;
	if (count[port] < 0) {
		SetopBelow below = {key, at};
		ARENA_PUSH(op->run->step, &s->below, below);
	}
	if (!count[0] && !count[1])
		state_del(s->rows, key);
	return change;
}

static bool check(Operator *op, const Batch *b, Err *err)
{
	RegularSetopOp *s = op->state;
	uint32_t n = s->below.len, len;
	const SetopBelow *list = s->below.items;
	s->below.items = NULL;
	s->below.len = s->below.cap = 0;
	for (uint32_t i = 0; i < n; i++) {
		const int64_t *count = state_get(s->rows, list[i].key, &len);
		if (!count || (count[0] >= 0 && count[1] >= 0))
			continue;
		StrBuf text;
		strbuf_init(&text);
		batch_print(batch_slice(b, list[i].row, list[i].row + 1, op->run->step), &text);
		err_set(err, ERR_RETRACT_UNKNOWN, "%s of \"%.*s\" was told to take back a row that it does not hold",
		        s->intersect ? "INTERSECT" : "EXCEPT", STR_ARG(op->run->name));
		err_detail(err, "%s", strbuf_cstr(&text));
		strbuf_deinit(&text);
		return false;
	}
	return true;
}

static void emit(Operator *op, const Batch *b, const uint32_t *idx, const int64_t *weight, uint32_t n)
{
	for (uint32_t from = 0; from < n; from += BATCH_ROWS_MAX) {
		uint32_t len = n - from < BATCH_ROWS_MAX ? n - from : BATCH_ROWS_MAX;
		Batch *out = batch_gather(b, idx + from, len, op->run->step);
		bool ones = true;
		for (uint32_t i = 0; i < len && ones; i++)
			ones = weight[from + i] == 1;
		out->weight = ones ? NULL : weight + from;
		operator_emit(op, out);
	}
}

static bool regular_setop_flush(Operator *op, Err *err)
{
	RegularSetopOp *s = op->state;
	Arena *step = op->run->step;
	PortsStep in = ports_take(&s->ports, true);
	ports_set_curve(&s->ports);
	for (Str gone; expiry_sweep(&s->expiry, &gone);)
		state_del(s->rows, gone);
	expiry_step_end(&s->expiry);
	if (!in.n)
		return true;
	const Batch *b = merged(op, &in);
	Str *keys = operator_row_keys(b, step);
	uint32_t *idx = ARENA_ARRAY(step, uint32_t, in.n + 1), n = 0;
	int64_t *weight = ARENA_ARRAY(step, int64_t, in.n + 1);
	state_warm(s->rows, keys, in.n);
	for (uint32_t i = 0; i < in.n; i++) {
		int64_t change = take_row(op, in.rows[i].port, batch_weight(b, i), keys[i], i);
		if (!change)
			continue;
		idx[n] = i;
		weight[n++] = change;
	}
	emit(op, b, idx, weight, n);
	return check(op, b, err);
}

static void regular_setop_close(Operator *op)
{
	RegularSetopOp *s = op->state;
	if (s)
		expiry_close(&s->expiry);
}

static void regular_setop_describe(Operator *op, StrBuf *out)
{
	const RegularSetopOp *s = op->state;
	strbuf_printf(out, "%lld distinct rows", (long long)state_rows(s->rows));
}

const OperatorType regular_setop_type = {
    .name = "set operation",
    .open = regular_setop_open,
    .push = regular_setop_push,
    .flush = regular_setop_flush,
    .close = regular_setop_close,
    .describe = regular_setop_describe,
};
