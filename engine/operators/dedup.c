/*
 * engine/operators/dedup.c: deduplication by time: one row per partition, the first or the last, over an input that
 * appends.
 *
 *   partition -> | time, us 8 | state 1 | the row, where it may be needed again |
 *
 *   updating   the kept row may be replaced: once per partition and step the change comes out. The last by either time
 *              (of equal times the newer), the first by event time (of equal times the older).
 *   at once    the partition holds the time itself: the first row is final
 *   held       weir.dedup.within: a first row waits until the watermark reaches its time, when nothing earlier can come
 *              any more, and is final then
 *
 * A key is forgotten when the watermark (of processing time: the clock) has passed its row by weir.dedup.within; or
 * when it has passed the time that the partition holds, since what comes then is late.
 */
#include "engine/operators/topn.h"

enum { KEPT, HELD, SENT };
enum { DEDUP_HEADER = 9 };

typedef struct DedupEntry {
	int64_t time_us;
	uint8_t state;
	Str row;
} DedupEntry;

typedef struct DedupOp {
	const PlanTopN *plan;
	StateTable *keys;
	SortedRows format; /* rows as values; its table is not used */
	TopNTimers timers;
	bool last, updating, at_once, held, bound, within;
	bool walks; /* has timers of the watermark */
	CurveWalk walk;
	OutRows out;
	Touched touched; /* data: the row before, Str* */
	StrBuf value, row;
	const Column **cols;
	Expiry expiry; /* of keys */
} DedupOp;

static bool dedup_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err);

static bool dedup_open(Operator *op, Err *err)
{
	DedupOp *d = ARENA_NEW(op->run->arena, DedupOp);
	op->state = d;
	const PlanTopN *p = d->plan = &op->plan->topn;
	const Plan *in = op->plan->inputs[0];
	d->last = p->order[0].desc;
	d->bound = p->bound_col >= 0;
	d->within = p->within_us > 0;
	d->at_once = !d->last && p->bound_col == p->time_col;
	d->held = !d->last && !p->proctime && !d->at_once && d->within;
	d->updating = !d->at_once && !d->held;
	d->walks = d->bound || (d->within && !p->proctime);
	strbuf_init(&d->value);
	strbuf_init(&d->row);
	out_rows_init(&d->out, op);
	curve_walk_init(&d->walk, dedup_fire);
	d->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, p->npartition + 1);
	d->format = (SortedRows){.op = op, .ncols = in->ncols};
	d->format.types = ARENA_ARRAY(op->run->arena, const Type *, in->ncols + 1);
	for (uint32_t c = 0; c < in->ncols; c++)
		d->format.types[c] = in->cols[c].type;
	if (!operator_state_open(op, "keys", STATE_HASH, 0, &d->keys, err) ||
	    !expiry_open(&d->expiry, op, 0, "ttl", EXPIRY_SEEN, err))
		return false;
	d->format.table = d->keys;
	if ((d->bound || d->within) && !topn_timers_open(&d->timers, op, err))
		return false;
	if (!d->held)
		return true;
	StateScan *s = state_scan_open(d->keys, STR_EMPTY, (Str){0}, false, false, op->run->arena);
	Str key, value;
	while (state_scan_next(s, &key, &value))
		op->counts.held += value.ptr[8] == HELD;
	state_scan_close(s);
	return true;
}

/* ---- entries ---- */

static bool find(DedupOp *d, Str key, DedupEntry *out)
{
	uint32_t len;
	const char *bytes = state_get(d->keys, key, &len);
	if (!bytes)
		return false;
	memcpy(&out->time_us, bytes, 8);
	out->state = (uint8_t)bytes[8];
	out->row = str_make(bytes + DEDUP_HEADER, len - DEDUP_HEADER);
	return true;
}

static void keep(DedupOp *d, Str key, int64_t time_us, uint8_t state, Str row)
{
	strbuf_clear(&d->value);
	strbuf_put_str(&d->value, str_make((const char *)&time_us, 8));
	strbuf_putc(&d->value, (char)state);
	if (row.len)
		strbuf_put_str(&d->value, row);
	state_put(d->keys, key, strbuf_str(&d->value));
}

static int64_t floor_ms(int64_t us)
{
	return us / 1000 - (us % 1000 < 0);
}

/* When the watermark has passed a row by `within`. */
static int64_t forget_ms(const DedupOp *d, int64_t time_us)
{
	int64_t us;
	if (__builtin_add_overflow(time_us, d->plan->within_us + 999, &us))
		return INT64_MAX - 1;
	return floor_ms(us);
}

/* ---- output ---- */

static bool settle(Operator *op, Err *err)
{
	DedupOp *d = op->state;
	uint32_t n;
	TouchedPart **list = sorted_rows_touched(&d->touched, &n);
	for (uint32_t i = 0; i < n; i++) {
		const TouchedPart *p = list[i];
		const Str *old = p->data;
		DedupEntry now = {0};
		bool found = find(d, p->key, &now);
		if (old->ptr && found && !op->plan->refreshes && str_eq(*old, now.row))
			continue;
		if (old->ptr && !topn_emit(&d->out, &d->format, *old, 1, -1, p->ord, p->stamp, err))
			return false;
		if (found && !topn_emit(&d->out, &d->format, now.row, 1, 1, p->ord, p->stamp, err))
			return false;
	}
	return true;
}

/* A timer of the key is due. */
static bool due(Operator *op, Str key, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	DedupOp *d = op->state;
	DedupEntry e;
	if (!find(d, key, &e))
		return true;
	if (e.state == HELD) {
		if (floor_ms(e.time_us) > ms)
			return true; /* an earlier row has taken its place and its own timer */
		if (!topn_emit(&d->out, &d->format, e.row, 1, 1, ord, stamp, err))
			return false;
		op->counts.held--;
		keep(d, key, e.time_us, SENT, (Str){0});
		topn_timers_set(&d->timers, forget_ms(d, e.time_us), key);
		return true;
	}
	if (d->within && !d->bound && forget_ms(d, e.time_us) > ms) {
		topn_timers_set(&d->timers, forget_ms(d, e.time_us), key);
		return true;
	}
	state_del(d->keys, key);
	op->counts.expired++;
	return true;
}

static bool dedup_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	DedupOp *d = op->state;
	int64_t at;
	Str key;
	bool settled = !d->updating;
	while (topn_timers_next(&d->timers, ms, &at, &key, op->run->step)) {
		/* what has changed comes out before its key is forgotten */
		if (!settled && !settle(op, err))
			return false;
		settled = true;
		if (!due(op, key, ms, ord, stamp, err))
			return false;
	}
	return true;
}

/* ---- rows in ---- */

static bool null_time(Operator *op, Err *err)
{
	const PlanCol *c = &op->plan->cols[op->plan->topn.time_col];
	err_set(err, ERR_BAD_VALUE, "the time column \"%.*s\" of a deduplication is NULL", STR_ARG(c->name));
	return err_hint(err, "Leave such rows out with WHERE %.*s IS NOT NULL.", STR_ARG(c->name));
}

static void begin_key(Operator *op, const Batch *b, uint32_t row, Str key, int64_t time_us)
{
	DedupOp *d = op->state;
	if (d->held)
		topn_timers_set(&d->timers, floor_ms(time_us), key);
	else if (d->bound)
		topn_timers_bound(&d->timers, &b->cols[d->plan->bound_col], row, key);
	else if (d->within)
		topn_timers_set(&d->timers, forget_ms(d, time_us), key);
}

static void take_row(Operator *op, const Batch *b, uint32_t row, Str key, int64_t time_us)
{
	DedupOp *d = op->state;
	Arena *step = op->run->step;
	DedupEntry e;
	if (d->expiry.ttl_ms && expiry_gone(&d->expiry, key))
		state_del(d->keys, key);
	bool found = find(d, key, &e);
	bool better = !found || (d->last ? time_us >= e.time_us : time_us < e.time_us && e.state != SENT);
	if (!better) {
		op->counts.duplicate++;
		return;
	}
	if (d->expiry.ttl_ms)
		expiry_touch(&d->expiry, key);
	strbuf_clear(&d->row);
	if (!d->at_once)
		batch_encode_row(b, row, &d->row);
	if (d->updating) {
		bool created;
		TouchedPart *p = sorted_rows_touch(&d->touched, key, step, &created);
		if (created) {
			Str *old = ARENA_NEW(step, Str);
			*old = found ? arena_str(step, e.row) : (Str){0};
			p->data = old;
		}
		p->ord = b->ord ? b->ord[row] : 0;
		p->stamp = b->stamp ? b->stamp[row] : BATCH_NO_WATERMARK;
	}
	if (found && d->held)
		op->counts.duplicate++;
	else if (d->held)
		op->counts.held++;
	if (!found || d->held)
		begin_key(op, b, row, key, time_us);
	keep(d, key, time_us, d->at_once ? SENT : d->held ? HELD : KEPT, strbuf_str(&d->row));
	if (d->at_once) {
		uint32_t to = out_rows_add(&d->out, 1, b->ord ? b->ord[row] : 0, b->stamp ? b->stamp[row] : BATCH_NO_WATERMARK);
		for (uint32_t c = 0; c < b->ncols; c++)
			out_rows_set(&d->out, c, to, column_value(&b->cols[c], row));
		if (d->plan->show_rank)
			out_rows_set_i64(&d->out, b->ncols, to, 1);
	}
}

static bool dedup_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	DedupOp *d = op->state;
	const PlanTopN *p = d->plan;
	if (d->walks && !curve_walk_begin(&d->walk, op, b->ord ? b->ord[0] : op->run->next_ord, err))
		return false;
	if (d->within && p->proctime && !dedup_fire(op, op->run->env.now_us / 1000, b->ord ? b->ord[0] : 0, 0, err))
		return false;
	Str *keys = ARENA_ARRAY_ZERO(op->run->step, Str, b->n + 1);
	for (uint32_t k = 0; k < p->npartition; k++)
		d->cols[k] = &b->cols[p->partition[k]];
	if (p->npartition)
		column_encode_keys(d->cols, p->npartition, b->n, op->run->step, keys);
	const Column *time = &b->cols[p->time_col];
	for (uint32_t i = 0; i < b->n; i++) {
		if (!p->proctime && column_is_null(time, i))
			return null_time(op, err);
		if (d->walks && b->stamp && b->stamp[i] > d->walk.watermark &&
		    !curve_walk_until(&d->walk, op, b->stamp[i], b->ord ? b->ord[i] : 0, err))
			return false;
		if (d->bound && topn_behind(op, b, i, (uint32_t)p->bound_col))
			continue;
		if (d->held && topn_late(op, b, i, (uint32_t)p->time_col))
			continue;
		take_row(op, b, i, p->npartition ? keys[i] : STR_EMPTY,
		         p->proctime ? op->run->env.now_us : column_value(time, i).i);
	}
	return true;
}

static bool dedup_flush(Operator *op, Err *err)
{
	DedupOp *d = op->state;
	bool fine =
	    !d->walks || (curve_walk_begin(&d->walk, op, op->run->next_ord, err) && curve_walk_end(&d->walk, op, err));
	fine = fine && settle(op, err);
	out_rows_flush(&d->out);
	for (Str gone; expiry_sweep(&d->expiry, &gone);)
		state_del(d->keys, gone);
	expiry_step_end(&d->expiry);
	return fine;
}

static void dedup_close(Operator *op)
{
	DedupOp *d = op->state;
	if (!d)
		return;
	topn_timers_close(&d->timers);
	strbuf_deinit(&d->value);
	strbuf_deinit(&d->row);
	expiry_close(&d->expiry);
}

static void dedup_describe(Operator *op, StrBuf *out)
{
	const DedupOp *d = op->state;
	strbuf_printf(out, "%lld keys", (long long)state_rows(d->keys));
	if (d->held)
		strbuf_printf(out, ", %lld rows that wait for the watermark", (long long)op->counts.held);
}

const OperatorType dedup_type = {
    .name = "deduplicate",
    .open = dedup_open,
    .push = dedup_push,
    .flush = dedup_flush,
    .close = dedup_close,
    .describe = dedup_describe,
};
