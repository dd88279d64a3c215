/*
 * engine/operators/union.c: UNION ALL: merges its ports by ordinal (ports.h).
 */
#include "engine/operators/operators.h"
#include "engine/operators/ports.h"

static bool union_open(Operator *op, Err *err)
{
	Ports *p = ARENA_NEW(op->run->arena, Ports);
	op->state = p;
	return ports_open(p, op, err);
}

/* The same column types as the first input's, as far as the batch tells: nullability does not matter. */
static bool union_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	if (op->run->is_snapshot)
		operator_emit(op, b);
	else
		ports_add(op->state, port, b);
	return true;
}

static void emit_slices(Operator *op, const Batch *b)
{
	for (uint32_t from = 0; from < b->n; from += BATCH_ROWS_MAX) {
		uint32_t to = b->n - from < BATCH_ROWS_MAX ? b->n : from + BATCH_ROWS_MAX;
		operator_emit(op, from == 0 && to == b->n ? b : batch_slice(b, from, to, op->run->step));
	}
}

static void emit_merged(Operator *op, const PortsStep *s)
{
	Arena *step = op->run->step;
	const Batch **batches = ARENA_ARRAY(step, const Batch *, op->ninputs + 1);
	uint32_t *first = ARENA_ARRAY(step, uint32_t, op->ninputs + 1); /* of the port's rows among all */
	uint32_t n = 0, total = 0;
	for (uint32_t port = 0; port < op->ninputs; port++) {
		first[port] = total;
		if (!s->batches[port])
			continue;
		batches[n++] = s->batches[port];
		total += s->batches[port]->n;
	}
	const Batch *all = batch_concat(batches, n, step);
	uint32_t *idx = ARENA_ARRAY(step, uint32_t, total + 1);
	for (uint32_t i = 0; i < total; i++)
		idx[i] = first[s->rows[i].port] + s->rows[i].row;
	for (uint32_t from = 0; from < total; from += BATCH_ROWS_MAX) {
		uint32_t len = total - from < BATCH_ROWS_MAX ? total - from : BATCH_ROWS_MAX;
		operator_emit(op, batch_gather(all, idx + from, len, step));
	}
}

static bool union_flush(Operator *op, Err *err)
{
	(void)err;
	if (op->run->is_snapshot)
		return true;
	Ports *p = op->state;
	PortsStep s = ports_take(p, true);
	if (s.nports > 1)
		emit_merged(op, &s);
	else if (s.nports)
		for (uint32_t port = 0; port < op->ninputs; port++)
			if (s.batches[port])
				emit_slices(op, s.batches[port]);
	ports_set_curve(p);
	return true;
}

const OperatorType union_type = {
    .name = "union",
    .open = union_open,
    .push = union_push,
    .flush = union_flush,
};
