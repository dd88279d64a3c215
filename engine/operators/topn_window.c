/*
 * engine/operators/topn_window.c: Top-N and deduplication per window: the partition holds window_start and window_end
 * of a relation whose rows carry their window. Rows wait, in order per window and partition, and come out once, when
 * the watermark closes the window; what comes later is late. The output appends.
 *
 * Over an input that appends, what can no longer be among the first is thrown away from time to time.
 */
#include "engine/operators/topn.h"
#include "engine/operators/window_time.h"

enum { SCOPE = 8, TRIM_ROWS = 1024 };

typedef struct TopNWindowOp {
	const PlanTopN *plan;
	bool append, proctime;
	SortedRows rows; /* scope: the watermark that closes the window, ms */
	WindowTime clock;
	CurveWalk walk;
	OutRows out;
	Touched touched; /* data: rows that were added since the last trim, int64_t* */
	uint32_t start_col, end_col;
} TopNWindowOp;

static bool window_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err);

static bool topn_window_open(Operator *op, Err *err)
{
	TopNWindowOp *w = ARENA_NEW(op->run->arena, TopNWindowOp);
	op->state = w;
	const PlanTopN *p = w->plan = &op->plan->topn;
	const Plan *in = op->plan->inputs[0];
	w->append = in->append_only;
	w->proctime = in->window_cols.spec.proctime;
	w->start_col = (uint32_t)in->window_cols.start_col;
	w->end_col = (uint32_t)in->window_cols.end_col;
	window_time_init(&w->clock, &in->window_cols.spec);
	out_rows_init(&w->out, op);
	curve_walk_init(&w->walk, window_fire);
	if (!sorted_rows_open(&w->rows, op, p->partition, p->npartition, p->order, p->norder, err))
		return false;
	/* of equal times the last is the newer */
	w->rows.newest_first = p->norder == 1 && p->time_col >= 0 && p->order[0].desc && p->to == 1;
	StateScan *s = sorted_rows_scan(&w->rows, STR_EMPTY);
	Str key, row;
	while (state_scan_next(s, &key, &row))
		op->counts.held++;
	state_scan_close(s);
	return true;
}

static bool null_window(Operator *op, uint32_t col, Err *err)
{
	const PlanCol *c = &op->plan->cols[col];
	return err_set(err, ERR_BAD_VALUE, "the window's column \"%.*s\" is NULL", STR_ARG(c->name));
}

/* Deletes what cannot come out any more. */
static void trim(Operator *op, Str partition)
{
	TopNWindowOp *w = op->state;
	TopNRank rank;
	topn_rank_init(&rank, w->plan->rank);
	StateScan *s = sorted_rows_scan(&w->rows, partition);
	Str key, row;
	while (state_scan_next(s, &key, &row)) {
		if (topn_rank_next(&rank, sorted_rows_order(partition, key)) <= w->plan->to)
			continue;
		state_del(w->rows.table, arena_str(op->run->step, key));
		op->counts.held--;
		op->counts.filtered++;
	}
	state_scan_close(s);
	topn_rank_deinit(&rank);
}

static bool topn_window_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	TopNWindowOp *w = op->state;
	Arena *step = op->run->step;
	if (!w->proctime && !curve_walk_begin(&w->walk, op, b->ord ? b->ord[0] : op->run->next_ord, err))
		return false;
	int64_t *fires = ARENA_ARRAY(step, int64_t, b->n + 1);
	const Column *end = &b->cols[w->end_col], *start = &b->cols[w->start_col];
	for (uint32_t i = 0; i < b->n; i++) {
		if (column_is_null(end, i) || column_is_null(start, i))
			return null_window(op, column_is_null(end, i) ? w->end_col : w->start_col, err);
		fires[i] = window_time_fire(&w->clock, window_time_floor_div(column_value(end, i).i, 1000));
	}
	SortedKey *keys = sorted_rows_keys(&w->rows, b, fires);
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		if (!w->proctime && fires[i] <= stamp) {
			int64_t from = window_time_floor_div(column_value(start, i).i, 1000);
			int64_t to = window_time_floor_div(column_value(end, i).i, 1000);
			operator_late(op, b, i, to - 1, stamp, from, to);
			continue;
		}
		sorted_rows_change(&w->rows, keys[i].full, b, i);
		op->counts.held += batch_weight(b, i);
		if (!w->append)
			continue;
		bool created;
		TouchedPart *p = sorted_rows_touch(&w->touched, keys[i].partition, step, &created);
		if (created)
			p->data = ARENA_NEW(step, int64_t);
		if (++*(int64_t *)p->data < TRIM_ROWS)
			continue;
		*(int64_t *)p->data = 0;
		trim(op, p->key);
	}
	return true;
}

/* The windows that have closed, in order of their ends; partitions in the order of their keys. */
static bool window_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	TopNWindowOp *w = op->state;
	if (!sorted_rows_settle(&w->rows, err))
		return false;
	TopNRank rank;
	topn_rank_init(&rank, w->plan->rank);
	StrBuf part;
	strbuf_init(&part);
	strbuf_clear(&w->rows.key);
	codec_put_i64(&w->rows.key, w->proctime || stamp == BATCH_NO_WATERMARK ? INT64_MIN : stamp + 1);
	StateScan *s = sorted_rows_scan_from(&w->rows, strbuf_str(&w->rows.key));
	Str key, row;
	bool fine = true;
	while (fine && state_scan_next(s, &key, &row)) {
		CodecReader r = codec_reader(key);
		int64_t at;
		if (!codec_get_i64(&r, &at) || at > ms)
			break;
		/* where the partition ends in the key */
		Value ignored;
		for (uint32_t k = 0; k < w->plan->npartition; k++)
			if (!value_decode_key(w->rows.types[w->plan->partition[k]], &r, op->run->step, &ignored))
				fine = err_set(err, ERR_STATE_CORRUPT, "a key of the state table \"%.*s\" is damaged",
				               STR_ARG(state_name(w->rows.table)));
		if (!fine)
			break;
		Str here = str_make(key.ptr, (size_t)((const char *)r.at - key.ptr));
		if (!str_eq(here, strbuf_str(&part))) {
			strbuf_clear(&part);
			strbuf_put_str(&part, here);
			topn_rank_deinit(&rank);
			topn_rank_init(&rank, w->plan->rank);
		}
		int64_t n = topn_rank_next(&rank, sorted_rows_order(here, key));
		if (n >= w->plan->from && n <= w->plan->to)
			fine = topn_emit(&w->out, &w->rows, row, n, 1, ord, stamp, err);
		else
			op->counts.filtered++;
		op->counts.held--;
		state_del(w->rows.table, arena_str(op->run->step, key));
	}
	state_scan_close(s);
	strbuf_deinit(&part);
	topn_rank_deinit(&rank);
	return fine;
}

static bool topn_window_flush(Operator *op, Err *err)
{
	TopNWindowOp *w = op->state;
	bool fine;
	if (!w->proctime) {
		fine = curve_walk_begin(&w->walk, op, op->run->next_ord, err) && curve_walk_end(&w->walk, op, err);
	} else {
		bool ends = curve_last(op->in_curve[0]) == BATCH_END;
		fine = window_fire(op, ends ? BATCH_END : window_time_floor_div(op->run->env.now_us, 1000) - 1,
		                   op->run->next_ord, op->in_curve[0]->before, err);
	}
	fine = fine && sorted_rows_settle(&w->rows, err);
	uint32_t n;
	TouchedPart **list = sorted_rows_touched(&w->touched, &n);
	for (uint32_t i = 0; fine && i < n; i++)
		trim(op, list[i]->key);
	out_rows_flush(&w->out);
	return fine;
}

static void topn_window_close(Operator *op)
{
	TopNWindowOp *w = op->state;
	if (w)
		sorted_rows_close(&w->rows);
}

/* Whoever makes the windows wakes up when one ends; so do we. */
static int64_t topn_window_next_proctime(Operator *op)
{
	TopNWindowOp *w = op->state;
	if (!w->proctime)
		return INT64_MAX;
	StateScan *s = sorted_rows_scan(&w->rows, STR_EMPTY);
	Str key, row;
	int64_t at = INT64_MAX;
	if (state_scan_next(s, &key, &row)) {
		CodecReader r = codec_reader(key);
		if (codec_get_i64(&r, &at))
			at = (at + 1) * 1000;
	}
	state_scan_close(s);
	return at;
}

static void topn_window_describe(Operator *op, StrBuf *out)
{
	strbuf_printf(out, "%lld rows in open windows", (long long)op->counts.held);
}

const OperatorType topn_window_type = {
    .name = "window top-n",
    .open = topn_window_open,
    .push = topn_window_push,
    .flush = topn_window_flush,
    .close = topn_window_close,
    .describe = topn_window_describe,
    .next_proctime = topn_window_next_proctime,
};
