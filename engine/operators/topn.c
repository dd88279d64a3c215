/*
 * engine/operators/topn.c: Top-N in any order: per partition the rows whose rank lies between two numbers.
 *
 * All rows that may count are kept in order (sorted_rows.h): over an input that retracts all of them, over one that
 * appends those at the top. There each full partition has its last row's order in a table of its own, so that most rows
 * are turned away by one look-up. What a step touches is compared once, at its end, with what it was:
 *
 *   with the rank     by rank: the row that had it goes, the row that has it comes
 *   without           the rows that have left go, those that have entered come
 *
 * Where state expires: over an input that appends a partition is forgotten as a whole, silently; over one that retracts
 * each row leaves by itself, and the result with it, since what stands behind it moves up.
 */
#include "engine/operators/topn.h"

typedef struct TopRow {
	Str key; /* in the table */
	Str row;
	int64_t rank;
} TopRow;

typedef struct TopRows {
	TopRow *items;
	uint32_t len, cap;
} TopRows;

typedef struct TopNOp {
	const PlanTopN *plan;
	bool append;
	SortedRows rows;
	StateTable *worst; /* append: partition -> order of its last row, where it is full */
	Touched touched;
	TopNTimers timers; /* bound_col: partitions that go with the watermark */
	CurveWalk walk;
	OutRows out;
	Expiry expiry; /* append: of partitions */
	bool begun;    /* what is over has left in this step */
} TopNOp;

/* ---- shared ---- */

void topn_rank_init(TopNRank *r, RankKind kind)
{
	*r = (TopNRank){.kind = kind};
	strbuf_init(&r->last);
}

void topn_rank_deinit(TopNRank *r)
{
	strbuf_deinit(&r->last);
}

int64_t topn_rank_next(TopNRank *r, Str order)
{
	r->rows++;
	if (r->kind == RANK_ROW_NUMBER)
		return r->rank = r->rows;
	bool same = r->rows > 1 && str_eq(order, strbuf_str(&r->last));
	if (!same) {
		r->rank = r->kind == RANK_RANK ? r->rows : r->rank + 1;
		strbuf_clear(&r->last);
		strbuf_put_str(&r->last, order);
	}
	return r->rank;
}

bool topn_emit(OutRows *out, SortedRows *rows, Str row, int64_t rank, int64_t weight, int64_t ord, int64_t stamp,
               Err *err)
{
	Operator *op = out->op;
	Arena *step = op->run->step;
	Value *values = ARENA_ARRAY(step, Value, rows->ncols + 2);
	if (!sorted_rows_decode(rows, arena_str(step, row), values, err))
		return false;
	if (op->plan->topn.show_rank)
		values[rows->ncols] = value_i64(rank);
	out_rows_values(out, values, weight, ord, stamp);
	return true;
}

static int64_t time_ms(const Batch *b, uint32_t row, uint32_t col)
{
	int64_t us = column_value(&b->cols[col], row).i;
	return us / 1000 - (us % 1000 < 0);
}

static bool late(Operator *op, const Batch *b, uint32_t row, uint32_t col, bool at_watermark)
{
	int64_t stamp = b->stamp ? b->stamp[row] : BATCH_NO_WATERMARK;
	if (stamp == BATCH_NO_WATERMARK || column_is_null(&b->cols[col], row))
		return false;
	int64_t ms = time_ms(b, row, col);
	if (ms > stamp || (ms == stamp && !at_watermark))
		return false;
	operator_late(op, b, row, ms, stamp, 0, 0);
	return true;
}

bool topn_late(Operator *op, const Batch *b, uint32_t row, uint32_t col)
{
	return late(op, b, row, col, true);
}

bool topn_behind(Operator *op, const Batch *b, uint32_t row, uint32_t col)
{
	return late(op, b, row, col, false);
}

/* ---- timers ---- */

bool topn_timers_open(TopNTimers *t, Operator *op, Err *err)
{
	strbuf_init(&t->key);
	strbuf_init(&t->from);
	t->low = INT64_MIN;
	return operator_state_open(op, "timers", STATE_ORDERED, 0, &t->table, err);
}

void topn_timers_close(TopNTimers *t)
{
	strbuf_deinit(&t->key);
	strbuf_deinit(&t->from);
}

static void begin_at(TopNTimers *t, Str key)
{
	strbuf_clear(&t->from);
	strbuf_put_str(&t->from, key);
}

void topn_timers_set(TopNTimers *t, int64_t ms, Str key)
{
	strbuf_clear(&t->key);
	codec_put_i64(&t->key, ms);
	strbuf_put_str(&t->key, key);
	state_put(t->table, strbuf_str(&t->key), STR_EMPTY);
	if (ms < t->low)
		t->low = ms;
	if (str_cmp(strbuf_str(&t->key), strbuf_str(&t->from)) < 0)
		begin_at(t, strbuf_str(&t->key));
}

void topn_timers_bound(TopNTimers *t, const Column *time, uint32_t row, Str key)
{
	if (column_is_null(time, row))
		return;
	int64_t us = column_value(time, row).i;
	topn_timers_set(t, us / 1000 - (us % 1000 < 0) + 1, key);
}

bool topn_timers_next(TopNTimers *t, int64_t ms, int64_t *due, Str *key, Arena *arena)
{
	if (t->low > ms)
		return false;
	StateScan *s = state_scan_open(t->table, strbuf_str(&t->from), (Str){0}, false, true, arena);
	Str k, v;
	bool found = false;
	*due = INT64_MAX;
	if (state_scan_next(s, &k, &v)) {
		CodecReader r = codec_reader(k);
		found = codec_get_i64(&r, due) && *due <= ms;
		if (found)
			*key = arena_str(arena, k);
	}
	state_scan_close(s);
	t->low = *due;
	if (!found)
		return false;
	state_del(t->table, *key);
	begin_at(t, *key);
	*key = str_slice(*key, 8, key->len - 8);
	return true;
}

/* ---- the operator ---- */

static bool topn_expire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err);

static bool topn_open(Operator *op, Err *err)
{
	TopNOp *t = ARENA_NEW(op->run->arena, TopNOp);
	op->state = t;
	t->plan = &op->plan->topn;
	t->append = op->plan->inputs[0]->append_only;
	out_rows_init(&t->out, op);
	curve_walk_init(&t->walk, topn_expire);
	return sorted_rows_open(&t->rows, op, t->plan->partition, t->plan->npartition, t->plan->order, t->plan->norder,
	                        err) &&
	       (!t->append || operator_state_open(op, "worst", STATE_HASH, 0, &t->worst, err)) &&
	       (t->append ? expiry_open(&t->expiry, op, 0, "ttl", EXPIRY_SEEN, err) : sorted_rows_expire(&t->rows, err)) &&
	       (t->plan->bound_col < 0 || topn_timers_open(&t->timers, op, err));
}

/* The rows of a partition up to the last rank that is asked for, copied. In trim mode what lies behind is deleted, and
 * the order of the last row noted. */
static TopRows top_rows(Operator *op, Str partition, bool trim)
{
	TopNOp *t = op->state;
	Arena *step = op->run->step;
	TopRows list = {0};
	TopNRank rank;
	topn_rank_init(&rank, t->plan->rank);
	StateScan *s = sorted_rows_scan(&t->rows, partition);
	Str key, row, last = {0};
	int64_t r = 0;
	while (state_scan_next(s, &key, &row)) {
		Str order = sorted_rows_order(partition, key);
		int64_t here = topn_rank_next(&rank, order);
		if (here > t->plan->to) {
			if (!trim)
				break;
			state_del(t->rows.table, arena_str(step, key));
			continue;
		}
		r = here;
		TopRow top = {arena_str(step, key), {0}, here};
		last = sorted_rows_order(partition, top.key);
		if (here < t->plan->from)
			continue;
		top.row = arena_str(step, row);
		ARENA_PUSH(step, &list, top);
	}
	state_scan_close(s);
	topn_rank_deinit(&rank);
	/* RANK: with ties the rank of the last row may be lower, and the partition be full all the same */
	bool full = t->plan->rank == RANK_RANK ? rank.rows >= t->plan->to : r >= t->plan->to;
	if (trim && full)
		state_put(t->worst, partition, last);
	return list;
}

/* Can the row not come in any more? */
static bool beyond(const TopNOp *t, const SortedKey *k)
{
	uint32_t len;
	const char *worst = state_get(t->worst, k->partition, &len);
	if (!worst)
		return false;
	int c = str_cmp(str_slice(k->full, k->partition.len, k->full.len - k->partition.len), str_make(worst, len));
	return t->plan->rank == RANK_ROW_NUMBER ? c >= 0 : c > 0;
}

static TouchedPart *touch(Operator *op, Str partition, bool *created)
{
	TopNOp *t = op->state;
	TouchedPart *p = sorted_rows_touch(&t->touched, partition, op->run->step, created);
	if (*created) {
		TopRows *before = ARENA_NEW(op->run->step, TopRows);
		*before = top_rows(op, p->key, false);
		p->data = before;
	}
	return p;
}

/* Rows that are over leave before the rows of the step come. */
static void begin_step(Operator *op)
{
	TopNOp *t = op->state;
	Str partition, key;
	while (!t->begun && sorted_rows_over(&t->rows, &partition, &key)) {
		bool created;
		TouchedPart *p = touch(op, partition, &created);
		if (created) {
			p->ord = op->run->next_ord;
			p->stamp = op->in_curve[0]->before;
		}
		sorted_rows_forget(&t->rows, key);
	}
	t->begun = true;
}

static void forget_partition(TopNOp *t, Str partition)
{
	sorted_rows_drop(&t->rows, partition);
	state_del(t->worst, partition);
}

/* Is the row of no interest? A partition that is over begins anew. */
static bool turned_away(TopNOp *t, const SortedKey *k)
{
	bool gone = t->expiry.ttl_ms && expiry_gone(&t->expiry, k->partition);
	if (!gone && beyond(t, k))
		return true;
	if (t->expiry.ttl_ms && expiry_touch(&t->expiry, k->partition))
		forget_partition(t, k->partition);
	return false;
}

static bool topn_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	TopNOp *t = op->state;
	int32_t bound = t->plan->bound_col;
	begin_step(op);
	if (bound >= 0 && !curve_walk_begin(&t->walk, op, b->ord ? b->ord[0] : op->run->next_ord, err))
		return false;
	SortedKey *keys = sorted_rows_keys(&t->rows, b, NULL);
	for (uint32_t i = 0; i < b->n; i++) {
		if (bound >= 0 && topn_behind(op, b, i, (uint32_t)bound))
			continue;
		if (t->append && turned_away(t, &keys[i]))
			continue;
		bool created;
		TouchedPart *p = touch(op, keys[i].partition, &created);
		if (created && bound >= 0)
			topn_timers_bound(&t->timers, &b->cols[bound], i, p->key);
		p->ord = b->ord ? b->ord[i] : 0;
		p->stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		sorted_rows_change(&t->rows, keys[i].full, b, i);
	}
	return true;
}

static bool same_row(const TopRow *a, const TopRow *b)
{
	return str_eq(a->row, b->row) && a->rank == b->rank;
}

/* Rank by rank: each has one row. */
static bool emit_by_rank(TopNOp *t, const TouchedPart *p, const TopRows *old, const TopRows *now, Err *err)
{
	for (uint32_t i = 0; i < old->len || i < now->len; i++) {
		const TopRow *o = i < old->len ? &old->items[i] : NULL, *n = i < now->len ? &now->items[i] : NULL;
		if (o && n && same_row(o, n))
			continue;
		if ((o && !topn_emit(&t->out, &t->rows, o->row, o->rank, -1, p->ord, p->stamp, err)) ||
		    (n && !topn_emit(&t->out, &t->rows, n->row, n->rank, 1, p->ord, p->stamp, err)))
			return false;
	}
	return true;
}

/* The rows of `a` that `b` does not have, both in order of their keys. */
static bool emit_missing(TopNOp *t, const TouchedPart *p, const TopRows *a, const TopRows *b, int64_t weight, Err *err)
{
	bool ranked = t->plan->show_rank;
	for (uint32_t i = 0, k = 0; i < a->len; i++) {
		while (k < b->len && str_cmp(b->items[k].key, a->items[i].key) < 0)
			k++;
		bool there = k < b->len && str_eq(b->items[k].key, a->items[i].key);
		if (there && (!ranked || b->items[k].rank == a->items[i].rank))
			continue;
		if (!topn_emit(&t->out, &t->rows, a->items[i].row, a->items[i].rank, weight, p->ord, p->stamp, err))
			return false;
	}
	return true;
}

static bool topn_flush(Operator *op, Err *err)
{
	TopNOp *t = op->state;
	begin_step(op);
	t->begun = false;
	if (!sorted_rows_settle(&t->rows, err))
		return false;
	uint32_t n;
	TouchedPart **list = sorted_rows_touched(&t->touched, &n);
	for (uint32_t i = 0; i < n; i++) {
		TopRows now = top_rows(op, list[i]->key, t->append);
		const TopRows *old = list[i]->data;
		bool fine = t->plan->show_rank && t->plan->rank == RANK_ROW_NUMBER
		                ? emit_by_rank(t, list[i], old, &now, err)
		                : emit_missing(t, list[i], old, &now, -1, err) && emit_missing(t, list[i], &now, old, 1, err);
		if (!fine)
			return false;
	}
	out_rows_flush(&t->out);
	for (Str key; expiry_sweep(&t->expiry, &key);)
		forget_partition(t, key);
	expiry_step_end(&t->expiry);
	return t->plan->bound_col < 0 ||
	       (curve_walk_begin(&t->walk, op, op->run->next_ord, err) && curve_walk_end(&t->walk, op, err));
}

/* Partitions whose time has passed: their rows stand, and none can come any more. */
static bool topn_expire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	(void)ord;
	(void)stamp;
	(void)err;
	TopNOp *t = op->state;
	int64_t due;
	Str key;
	while (topn_timers_next(&t->timers, ms, &due, &key, op->run->step)) {
		strbuf_clear(&t->rows.key);
		strbuf_put_str(&t->rows.key, key);
		Str end = codec_prefix_end(&t->rows.key) ? strbuf_str(&t->rows.key) : (Str){0};
		state_del_range(t->rows.table, key, end);
		if (t->append)
			state_del(t->worst, key);
	}
	return true;
}

static void topn_close(Operator *op)
{
	TopNOp *t = op->state;
	if (!t)
		return;
	sorted_rows_close(&t->rows);
	expiry_close(&t->expiry);
	topn_timers_close(&t->timers);
}

static void topn_describe(Operator *op, StrBuf *out)
{
	const TopNOp *t = op->state;
	strbuf_printf(out, "%lld rows", (long long)state_rows(t->rows.table));
}

const OperatorType topn_type = {
    .name = "top-n",
    .open = topn_open,
    .push = topn_push,
    .flush = topn_flush,
    .close = topn_close,
    .describe = topn_describe,
};
