/*
 * engine/operators/dedup_arrival.c: deduplication that keeps the first row to come, over an input that appends; a key
 * is forgotten when the watermark has passed its row by weir.dedup.within. The output appends, and a row goes on at
 * once. What is kept of a key is that it was there (seen_keys.h).
 *
 * A row without a time counts as one of the watermark that it meets; while there is none its key is kept until there is
 * one.
 */
#include "engine/operators/seen_keys.h"
#include "engine/operators/topn.h"

enum { AHEAD = 16 };

typedef struct DedupArrivalOp {
	const PlanTopN *plan;
	SeenKeys seen;
	const Column **cols;
} DedupArrivalOp;

static bool dedup_arrival_open(Operator *op, Err *err)
{
	DedupArrivalOp *d = ARENA_NEW(op->run->arena, DedupArrivalOp);
	op->state = d;
	d->plan = &op->plan->topn;
	d->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, d->plan->npartition + 1);
	return seen_keys_open(&d->seen, op, (d->plan->within_us + 999) / 1000, err);
}

static void emit(Operator *op, const Batch *b, const uint32_t *sel, uint32_t n)
{
	Arena *step = op->run->step;
	if (n == b->n && !op->plan->topn.show_rank) {
		operator_emit(op, b);
		return;
	}
	Batch *out = batch_gather(b, sel, n, step);
	if (op->plan->topn.show_rank) {
		Column *cols = ARENA_ARRAY(step, Column, b->ncols + 1);
		memcpy(cols, out->cols, b->ncols * sizeof *cols);
		column_init_const(&cols[b->ncols], op->plan->cols[b->ncols].type, value_i64(1), n, step);
		out->cols = cols;
		out->ncols++;
	}
	operator_emit(op, out);
}

static bool dedup_arrival_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	(void)err;
	DedupArrivalOp *d = op->state;
	const PlanTopN *p = d->plan;
	Arena *step = op->run->step;
	for (uint32_t k = 0; k < p->npartition; k++)
		d->cols[k] = &b->cols[p->partition[k]];
	Str *keys = ARENA_ARRAY(step, Str, b->n + 1);
	column_encode_keys(d->cols, p->npartition, b->n, step, keys);
	uint64_t *hashes = ARENA_ARRAY(step, uint64_t, b->n + 1);
	for (uint32_t i = 0; i < b->n; i++)
		hashes[i] = state_hash(keys[i]);
	seen_keys_reserve(&d->seen, b->n);
	for (uint32_t i = 0; i < b->n && i < AHEAD; i++)
		seen_keys_prefetch(&d->seen, hashes[i]);
	const Column *time = &b->cols[p->forget_col];
	uint32_t *sel = ARENA_ARRAY(step, uint32_t, b->n + 1), n = 0;
	for (uint32_t i = 0; i < b->n; i++) {
		if (i + AHEAD < b->n)
			seen_keys_prefetch(&d->seen, hashes[i + AHEAD]);
		int64_t stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		int64_t us = column_is_null(time, i) ? 0 : time->i64[column_at(time, i)];
		int64_t ms = column_is_null(time, i) ? stamp : us / 1000 - (us % 1000 < 0);
		if (seen_keys_before(&d->seen, keys[i], hashes[i], ms, stamp))
			op->counts.duplicate++;
		else
			sel[n++] = i;
	}
	if (n)
		emit(op, b, sel, n);
	return true;
}

static bool dedup_arrival_flush(Operator *op, Err *err)
{
	(void)err;
	DedupArrivalOp *d = op->state;
	op->counts.expired += (uint64_t)seen_keys_forget(&d->seen, curve_last(op->in_curve[0]));
	seen_keys_count(&d->seen);
	return true;
}

static bool dedup_arrival_checkpoint(Operator *op, Err *err)
{
	(void)err;
	seen_keys_save(&((DedupArrivalOp *)op->state)->seen);
	return true;
}

static void dedup_arrival_close(Operator *op)
{
	if (op->state)
		seen_keys_close(&((DedupArrivalOp *)op->state)->seen);
}

static void dedup_arrival_describe(Operator *op, StrBuf *out)
{
	const DedupArrivalOp *d = op->state;
	strbuf_printf(out, "%lld keys", (long long)d->seen.keys);
}

const OperatorType dedup_arrival_type = {
    .name = "deduplicate",
    .open = dedup_arrival_open,
    .push = dedup_arrival_push,
    .flush = dedup_arrival_flush,
    .checkpoint = dedup_arrival_checkpoint,
    .close = dedup_arrival_close,
    .describe = dedup_arrival_describe,
};
