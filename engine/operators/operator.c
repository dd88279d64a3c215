/*
 * engine/operators/operator.c: what every operator uses: output lists, curves, state tables.
 */
#include "engine/operators/operator.h"

uint64_t operator_weight(const Batch *b)
{
	if (!b->weight)
		return b->n;
	uint64_t rows = 0;
	for (uint32_t i = 0; i < b->n; i++)
		rows += (uint64_t)(b->weight[i] < 0 ? -b->weight[i] : b->weight[i]);
	return rows;
}

const BatchList *operator_later(const OperatorRun *run, const Relation *rel)
{
	for (uint32_t i = 0; i < run->nlater; i++)
		if (run->later[i].rel == rel || str_eq(run->later[i].rel->name, rel->name))
			return run->later[i].changes.len ? &run->later[i].changes : NULL;
	return NULL;
}

void operator_emit(Operator *op, const Batch *b)
{
	if (!b || !b->n)
		return;
	ARENA_PUSH(op->run->step, &op->out, b);
	op->counts.batches++;
	op->counts.rows_out += operator_weight(b);
}

void operator_failed_at(Operator *op, const Batch *b, uint32_t row)
{
	op->run->failed_ord = b->ord ? b->ord[row] : -1;
}

void operator_set_curve(Operator *op, Curve curve)
{
	op->curve = curve;
}

void operator_want_no_more(Operator *op)
{
	if (op->nconsumers > 1 || op->enough)
		return;
	op->enough = true;
	for (uint32_t i = 0; i < op->ninputs; i++)
		operator_want_no_more(op->inputs[i]);
}

Str *operator_row_keys(const Batch *b, Arena *arena)
{
	const Column **cols = ARENA_ARRAY(arena, const Column *, b->ncols + 1);
	for (uint32_t c = 0; c < b->ncols; c++)
		cols[c] = &b->cols[c];
	Str *keys = ARENA_ARRAY(arena, Str, b->n + 1);
	column_encode_keys(cols, b->ncols, b->n, arena, keys);
	return keys;
}

Str operator_state_name(Operator *op, const char *what)
{
	return arena_printf(op->run->arena, "%.*s.%u.%s", STR_ARG(op->run->name), op->plan->id, what);
}

bool operator_state_open(Operator *op, const char *what, StateKind kind, uint32_t prefix_len, StateTable **out,
                         Err *err)
{
	StateSpec spec = {
	    .name = operator_state_name(op, what), .unit = op->run->unit, .kind = kind, .prefix_len = prefix_len};
	bool ok = op->run->is_snapshot ? state_open_memory(&spec, out, err) : state_open(op->run->store, &spec, out, err);
	if (!ok)
		return false;
	operator_state_adopt(op, *out);
	return true;
}

void operator_state_adopt(Operator *op, StateTable *t)
{
	if (op->nstates == op->states_cap) {
		uint32_t cap = op->states_cap ? op->states_cap * 2 : 4;
		StateTable **states = ARENA_ARRAY(op->run->arena, StateTable *, cap);
		if (op->nstates)
			memcpy(states, op->states, op->nstates * sizeof(StateTable *));
		op->states = states;
		op->states_cap = cap;
	}
	op->states[op->nstates++] = t;
}

void operator_state_drop(Operator *op)
{
	for (uint32_t i = 0; i < op->nstates; i++)
		state_drop(op->states[i]);
	op->nstates = 0;
}

void operator_state_close(Operator *op)
{
	for (uint32_t i = 0; i < op->nstates; i++) {
		if (op->run->is_snapshot)
			state_close_memory(op->states[i]);
		else
			state_close(op->states[i]);
	}
	op->nstates = 0;
}

void operator_late(Operator *op, const Batch *b, uint32_t row, int64_t time_ms, int64_t stamp, int64_t start,
                   int64_t end)
{
	int64_t weight = batch_weight(b, row);
	op->counts.late += (uint64_t)(weight < 0 ? -weight : weight);
	if (!op->run->late)
		return;
	StrBuf text;
	strbuf_init(&text);
	batch_encode_row(b, row, &text);
	LateRow late = {
	    .ord = b->ord ? b->ord[row] : 0,
	    .time_ms = time_ms,
	    .watermark_ms = stamp,
	    .window_start_ms = start,
	    .window_end_ms = end,
	    .weight = weight,
	    .row = strbuf_str(&text),
	};
	op->run->late(op->run->ctx, op, &late);
	strbuf_deinit(&text);
}

bool operator_canceled(const Operator *op, Err *err)
{
	if (op->run->cancel && atomic_load(op->run->cancel))
		return !err_set(err, ERR_CANCELED, "canceled by the user");
	return false;
}
