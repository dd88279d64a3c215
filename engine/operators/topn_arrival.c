/*
 * engine/operators/topn_arrival.c: the first rows of each partition to come, over an input that appends: LIMIT without
 * ORDER BY, deduplication that keeps the first by processing time. A row that came cannot be pushed out, so a counter
 * per partition is all that is kept, and the output appends.
 *
 *   partition -> | rows so far 8 | time of the row 8, where the partition is forgotten `within` behind it |
 */
#include "engine/operators/topn.h"

typedef struct ArrivalOp {
	const PlanTopN *plan;
	StateTable *counts;
	TopNTimers timers;
	bool bound, within;
	CurveWalk walk;
	OutRows out;
	const Column **cols;
	Expiry expiry; /* of partitions */
} ArrivalOp;

static bool arrival_expire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err);

static bool topn_arrival_open(Operator *op, Err *err)
{
	ArrivalOp *a = ARENA_NEW(op->run->arena, ArrivalOp);
	op->state = a;
	a->plan = &op->plan->topn;
	a->bound = a->plan->bound_col >= 0;
	/* without a partition there is only one key, and a LIMIT never begins again */
	a->within = plan_topn_forgets(a->plan) && a->plan->npartition;
	a->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, a->plan->npartition + 1);
	curve_walk_init(&a->walk, arrival_expire);
	return operator_state_open(op, "counts", STATE_HASH, 0, &a->counts, err) &&
	       expiry_open(&a->expiry, op, 0, "ttl", EXPIRY_SEEN, err) &&
	       (!(a->bound || a->within) || topn_timers_open(&a->timers, op, err));
}

static int64_t now_ms(const Operator *op)
{
	return op->run->env.now_us / 1000;
}

/* A key is about to get its first row. */
static void begin_key(Operator *op, const Batch *b, uint32_t row, Str key, int64_t *block)
{
	ArrivalOp *a = op->state;
	if (a->within) {
		block[1] = now_ms(op);
		topn_timers_set(&a->timers, now_ms(op) + a->plan->within_us / 1000, key);
	} else if (a->bound) {
		topn_timers_bound(&a->timers, &b->cols[a->plan->bound_col], row, key);
	}
}

static void emit(Operator *op, const Batch *b, const uint32_t *sel, const int64_t *ranks, uint32_t n)
{
	Arena *step = op->run->step;
	Batch *out = batch_gather(b, sel, n, step);
	if (op->plan->topn.show_rank) {
		Column *cols = ARENA_ARRAY(step, Column, b->ncols + 1);
		memcpy(cols, out->cols, b->ncols * sizeof *cols);
		column_init(&cols[b->ncols], op->plan->cols[b->ncols].type, n, step);
		memcpy(cols[b->ncols].i64, ranks, n * sizeof *ranks);
		out->cols = cols;
		out->ncols++;
	}
	operator_emit(op, out);
}

static bool topn_arrival_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	ArrivalOp *a = op->state;
	const PlanTopN *p = a->plan;
	Arena *step = op->run->step;
	if (a->bound && !curve_walk_begin(&a->walk, op, b->ord ? b->ord[0] : op->run->next_ord, err))
		return false;
	Str *keys = ARENA_ARRAY_ZERO(step, Str, b->n + 1);
	for (uint32_t k = 0; k < p->npartition; k++)
		a->cols[k] = &b->cols[p->partition[k]];
	if (p->npartition)
		column_encode_keys(a->cols, p->npartition, b->n, step, keys);
	uint32_t *sel = ARENA_ARRAY(step, uint32_t, b->n + 1), n = 0;
	int64_t *ranks = ARENA_ARRAY(step, int64_t, b->n + 1);
	bool dedup = p->npartition && p->to == 1;
	for (uint32_t i = 0; i < b->n; i++) {
		if (a->bound && topn_behind(op, b, i, (uint32_t)p->bound_col))
			continue;
		if (a->expiry.ttl_ms && expiry_gone(&a->expiry, keys[i]))
			state_del(a->counts, keys[i]);
		int64_t *block = state_edit(a->counts, p->npartition ? keys[i] : STR_EMPTY, 16, NULL, NULL);
		if (a->within && block[0] && now_ms(op) >= block[1] + p->within_us / 1000)
			block[0] = 0;
		if (block[0] >= p->to) {
			if (dedup)
				op->counts.duplicate++;
			else
				op->counts.filtered++;
			continue;
		}
		if (!block[0])
			begin_key(op, b, i, keys[i], block);
		if (a->expiry.ttl_ms)
			expiry_touch(&a->expiry, keys[i]);
		if (++block[0] < p->from)
			continue;
		ranks[n] = block[0];
		sel[n++] = i;
	}
	if (n)
		emit(op, b, sel, ranks, n);
	return true;
}

static bool arrival_expire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	(void)ord;
	(void)stamp;
	(void)err;
	ArrivalOp *a = op->state;
	int64_t due;
	Str key;
	while (topn_timers_next(&a->timers, ms, &due, &key, op->run->step)) {
		uint32_t len;
		const int64_t *block = state_get(a->counts, key, &len);
		if (block && (!a->within || block[1] + a->plan->within_us / 1000 <= ms))
			state_del(a->counts, key);
	}
	return true;
}

static bool topn_arrival_flush(Operator *op, Err *err)
{
	ArrivalOp *a = op->state;
	for (Str gone; expiry_sweep(&a->expiry, &gone);)
		state_del(a->counts, gone);
	expiry_step_end(&a->expiry);
	if (a->within)
		return arrival_expire(op, now_ms(op), 0, 0, err);
	return !a->bound || (curve_walk_begin(&a->walk, op, op->run->next_ord, err) && curve_walk_end(&a->walk, op, err));
}

static void topn_arrival_close(Operator *op)
{
	ArrivalOp *a = op->state;
	if (!a)
		return;
	topn_timers_close(&a->timers);
	expiry_close(&a->expiry);
}

static void topn_arrival_describe(Operator *op, StrBuf *out)
{
	const ArrivalOp *a = op->state;
	strbuf_printf(out, "%lld counters", (long long)state_rows(a->counts));
}

const OperatorType topn_arrival_type = {
    .name = "first rows",
    .open = topn_arrival_open,
    .push = topn_arrival_push,
    .flush = topn_arrival_flush,
    .close = topn_arrival_close,
    .describe = topn_arrival_describe,
};
