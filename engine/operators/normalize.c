/*
 * engine/operators/normalize.c: upserts by key become changes.
 *
 * Per key the row alive is kept. +1 sets it: the old one goes, if another. -1 is a tombstone: what is alive goes; for
 * an unknown key nothing happens. Order decides here, row by row; nothing is merged within a step, so that each change
 * meets the watermark of its own row.
 */
#include "engine/operators/expiry.h"
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"

typedef struct NormalizeOp {
	StateTable *rows;
	OutRows out;
	const Column **cols;
	const Type **types;
	StrBuf row;
	Expiry expiry;
} NormalizeOp;

static bool normalize_open(Operator *op, Err *err)
{
	NormalizeOp *z = ARENA_NEW(op->run->arena, NormalizeOp);
	op->state = z;
	strbuf_init(&z->row);
	out_rows_init(&z->out, op);
	z->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, op->plan->target.nkey + 1);
	z->types = ARENA_ARRAY(op->run->arena, const Type *, op->plan->ncols + 1);
	for (uint32_t c = 0; c < op->plan->ncols; c++)
		z->types[c] = op->plan->inputs[0]->cols[c].type;
	return operator_state_open(op, "rows", STATE_HASH, 0, &z->rows, err) &&
	       expiry_open(&z->expiry, op, 0, "ttl", EXPIRY_SEEN, err);
}

/* Emits -1 of the row that is stored under a key. */
static bool take_back(Operator *op, Str bytes, int64_t ord, int64_t stamp, Err *err)
{
	NormalizeOp *z = op->state;
	Value *values = ARENA_ARRAY(op->run->step, Value, op->plan->ncols + 1);
	if (!batch_decode_row(arena_str(op->run->step, bytes), z->types, op->plan->ncols, values))
		return err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
		               STR_ARG(state_name(z->rows)));
	out_rows_values(&z->out, values, -1, ord, stamp);
	return true;
}

static bool normalize_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	NormalizeOp *z = op->state;
	for (uint32_t k = 0; k < op->plan->target.nkey; k++)
		z->cols[k] = &b->cols[op->plan->target.key[k]];
	Str *keys = ARENA_ARRAY(op->run->step, Str, b->n + 1);
	column_encode_keys(z->cols, op->plan->target.nkey, b->n, op->run->step, keys);
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t ord = b->ord ? b->ord[i] : 0, stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		uint32_t len = 0;
		if (z->expiry.ttl_ms && expiry_gone(&z->expiry, keys[i]))
			state_del(z->rows, keys[i]);
		const char *old = state_get(z->rows, keys[i], &len);
		if (batch_weight(b, i) < 0) {
			if (!old) {
				op->counts.duplicate++;
				continue;
			}
			if (!op->run->is_snapshot && !take_back(op, str_make(old, len), ord, stamp, err))
				return false;
			state_del(z->rows, keys[i]);
			continue;
		}
		strbuf_clear(&z->row);
		batch_encode_row(b, i, &z->row);
		if (z->expiry.ttl_ms)
			expiry_touch(&z->expiry, keys[i]);
		if (old && !op->plan->refreshes && str_eq(str_make(old, len), strbuf_str(&z->row))) {
			op->counts.duplicate++;
			continue;
		}
		if (old && !op->run->is_snapshot && !take_back(op, str_make(old, len), ord, stamp, err))
			return false;
		state_put(z->rows, keys[i], strbuf_str(&z->row));
		if (!op->run->is_snapshot)
			out_rows_copy(&z->out, b, i, 1, ord, stamp);
	}
	out_rows_flush(&z->out);
	return true;
}

/* A snapshot sees the rows that are alive in the end. */
static bool normalize_flush(Operator *op, Err *err)
{
	NormalizeOp *z = op->state;
	for (Str gone; expiry_sweep(&z->expiry, &gone);)
		state_del(z->rows, gone);
	expiry_step_end(&z->expiry);
	if (!op->run->is_snapshot)
		return true;
	Value *values = ARENA_ARRAY(op->run->step, Value, op->plan->ncols + 1);
	StateScan *s = state_scan_open(z->rows, STR_EMPTY, (Str){0}, false, false, op->run->step);
	Str key, row;
	bool fine = true;
	while (fine && state_scan_next(s, &key, &row)) {
		fine = batch_decode_row(arena_str(op->run->step, row), z->types, op->plan->ncols, values);
		if (fine)
			out_rows_values(&z->out, values, 1, 0, BATCH_NO_WATERMARK);
	}
	state_scan_close(s);
	out_rows_flush(&z->out);
	return fine || err_set(err, ERR_INTERNAL, "a row cannot be read back");
}

static void normalize_close(Operator *op)
{
	NormalizeOp *z = op->state;
	if (!z)
		return;
	strbuf_deinit(&z->row);
	expiry_close(&z->expiry);
}

static void normalize_describe(Operator *op, StrBuf *out)
{
	const NormalizeOp *z = op->state;
	strbuf_printf(out, "%lld keys", (long long)state_rows(z->rows));
}

const OperatorType normalize_type = {
    .name = "normalize",
    .open = normalize_open,
    .push = normalize_push,
    .flush = normalize_flush,
    .close = normalize_close,
    .describe = normalize_describe,
};
