/*
 * engine/operators/over_time.c: OVER along a time attribute, in a continuous query, over an input that appends.
 *
 * Event time: rows wait until the watermark reaches their time; then they come out in order of time, rows of equal time
 * as they arrived, and nothing can come between any more. Frames of RANGE give all rows of one time the same result.
 * Processing time: rows come out at once. What a row adds to and takes out of its partition's frame is over_slide.c's.
 *
 * A row at or below the watermark is late. Where Flink does not drop it, neither do we: with a frame that begins at a
 * row or time before the current one, and in ORDER BY time, it comes out when the watermark moves on, unless a row of
 * its partition that is not before it has come out already.
 */
#include "engine/operators/over_slide.h"

#include "engine/operators/curve_walk.h"
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"
#include "engine/operators/sort.h"
#include "engine/operators/sorted_rows.h"

enum { CHUNK_ROWS = 1024, CHUNK_ROWS_FIRST = 64 };

typedef struct OverTimeOp {
	const PlanOver *plan;
	Slide slide;
	SortedRows waiting; /* by time */
	SortKey by_time;
	int64_t due_ms; /* no row that waits has an earlier time; INT64_MIN: not known */
	CurveWalk walk;
	OutRows out;
	const Column **cols;
	StateTable *mark; /* "": the watermark of the last epoch; NULL: late rows are dropped */
	int64_t late_us;  /* time of the first late row that waits; INT64_MAX: none */
} OverTimeOp;

static bool over_time_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err);

static bool over_time_open(Operator *op, Err *err)
{
	OverTimeOp *o = ARENA_NEW(op->run->arena, OverTimeOp);
	op->state = o;
	o->plan = &op->plan->over;
	o->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, o->plan->npartition + 1);
	out_rows_init(&o->out, op);
	curve_walk_init(&o->walk, over_time_fire);
	if (!over_slide_open(&o->slide, op, err))
		return false;
	if (o->plan->proctime)
		return true;
	o->due_ms = INT64_MIN;
	o->by_time = (SortKey){.col = (uint32_t)o->plan->time_col, .nulls_first = true};
	if (!sorted_rows_open(&o->waiting, op, NULL, 0, &o->by_time, 1, err))
		return false;
	StateScan *s = sorted_rows_scan(&o->waiting, STR_EMPTY);
	Str key, row;
	while (state_scan_next(s, &key, &row))
		op->counts.held++;
	state_scan_close(s);
	o->late_us = op->counts.held ? INT64_MIN : INT64_MAX;
	if (o->plan->ncalls && !o->slide.slides)
		return true;
	if (!operator_state_open(op, "watermark", STATE_HASH, 0, &o->mark, err))
		return false;
	uint32_t len;
	const void *watermark = state_get(o->mark, STR_EMPTY, &len);
	if (watermark)
		memcpy(&o->walk.watermark, watermark, sizeof o->walk.watermark);
	return true;
}

/* What is late waits for the watermark to move on from where it is now. */
static bool over_time_checkpoint(Operator *op, Err *err)
{
	(void)err;
	const OverTimeOp *o = op->state;
	if (o->mark && o->late_us != INT64_MAX)
		state_put(o->mark, STR_EMPTY, str_make((const char *)&o->walk.watermark, sizeof o->walk.watermark));
	return true;
}

/* ---- rows out ---- */

static void emit(Operator *op, const Batch *b, uint32_t row, const Value *results, int64_t ord, int64_t stamp)
{
	OverTimeOp *o = op->state;
	uint32_t to = out_rows_add(&o->out, 1, ord, stamp);
	for (uint32_t c = 0; c < b->ncols; c++)
		out_rows_set(&o->out, c, to, column_value(&b->cols[c], row));
	for (uint32_t k = 0; k < o->plan->ncalls; k++)
		out_rows_set(&o->out, b->ncols + k, to, results[k]);
}

static Str *partition_keys(Operator *op, const Batch *b)
{
	OverTimeOp *o = op->state;
	Str *keys = ARENA_ARRAY(op->run->step, Str, b->n + 1);
	for (uint32_t i = 0; i < b->n; i++)
		keys[i] = STR_EMPTY;
	for (uint32_t k = 0; k < o->plan->npartition; k++)
		o->cols[k] = &b->cols[o->plan->partition[k]];
	if (o->plan->npartition)
		column_encode_keys(o->cols, o->plan->npartition, b->n, op->run->step, keys);
	return keys;
}

/* The rows of one partition among those of equal time. */
typedef struct TimeGroup {
	uint32_t *rows;
	uint32_t n;
	Value *results;
} TimeGroup;

/* Rows [from, to) have one time: each partition's come together. */
static bool next_together(Operator *op, const Batch *b, const Str *keys, uint32_t from, uint32_t to, int64_t time_us,
                          int64_t ord, int64_t stamp, Err *err)
{
	OverTimeOp *o = op->state;
	Arena *step = op->run->step;
	Touched parts = {0};
	TimeGroup **of = ARENA_ARRAY(step, TimeGroup *, to - from + 1);
	uint32_t *at = ARENA_ARRAY(step, uint32_t, to - from + 1);
	uint32_t ncalls = o->plan->ncalls;
	for (uint32_t i = from; i < to; i++) {
		bool created;
		TouchedPart *p = sorted_rows_touch(&parts, keys[i], step, &created);
		if (created)
			p->data = ARENA_NEW(step, TimeGroup);
		of[i - from] = p->data;
		of[i - from]->n++;
	}
	for (uint32_t i = from; i < to; i++) {
		TimeGroup *g = of[i - from];
		if (!g->rows) {
			g->rows = ARENA_ARRAY(step, uint32_t, g->n);
			g->results = ARENA_ARRAY(step, Value, (size_t)g->n * ncalls + 1);
			g->n = 0;
		}
		at[i - from] = g->n;
		g->rows[g->n++] = i;
	}
	for (uint32_t i = 0; i < parts.len; i++) {
		TimeGroup *g = parts.items[i]->data;
		if (!over_slide_next(&o->slide, parts.items[i]->key, b, g->rows, g->n, time_us, g->results, err))
			return false;
	}
	for (uint32_t i = from; i < to; i++)
		emit(op, b, i, of[i - from]->results + (size_t)at[i - from] * ncalls, ord, stamp);
	return true;
}

static bool next_alone(Operator *op, const Batch *b, const Str *keys, uint32_t row, int64_t time_us, int64_t ord,
                       int64_t stamp, Err *err)
{
	OverTimeOp *o = op->state;
	Value *results = ARENA_ARRAY(op->run->step, Value, o->plan->ncalls + 1);
	if (!over_slide_next(&o->slide, keys[row], b, &row, 1, time_us, results, err))
		return false;
	emit(op, b, row, results, ord, stamp);
	return true;
}

/* A batch of rows in order of time that has come out of waiting. */
static bool release(Operator *op, const Batch *b, int64_t ord, int64_t stamp, Err *err)
{
	OverTimeOp *o = op->state;
	const int64_t *time = b->cols[o->plan->time_col].i64;
	Str *keys = partition_keys(op, b);
	for (uint32_t i = 0, j; i < b->n; i = j) {
		for (j = i + 1; !o->plan->rows && j < b->n && time[j] == time[i];)
			j++;
		bool fine = j - i == 1 ? next_alone(op, b, keys, i, time[i], ord, stamp, err)
		                       : next_together(op, b, keys, i, j, time[i], ord, stamp, err);
		if (!fine)
			return false;
	}
	return true;
}

/* Takes the next rows out of waiting, from a time on, which is moved: about CHUNK_ROWS, never a part of those of one
 * time. */
static bool next_chunk(Operator *op, int64_t ms, int64_t *from_us, const Batch **out, Err *err)
{
	OverTimeOp *o = op->state;
	Arena *step = op->run->step;
	*out = NULL;
	if (o->due_ms > ms)
		return true;
	uint32_t n = 0, cap = CHUNK_ROWS_FIRST, ncols = o->waiting.ncols, col = (uint32_t)o->plan->time_col;
	Value *values = ARENA_ARRAY(step, Value, (size_t)cap * ncols + 1);
	int64_t last = 0;
	bool fine = true;
	strbuf_clear(&o->waiting.key);
	sort_put_value(&o->by_time, o->waiting.types[col], value_i64(*from_us), &o->waiting.key);
	StateScan *s = sorted_rows_scan_from(&o->waiting, strbuf_str(&o->waiting.key));
	Str key, row;
	o->due_ms = INT64_MAX;
	while (fine && state_scan_next(s, &key, &row)) {
		if (n == cap) {
			values = arena_grow(step, values, (size_t)cap * ncols * sizeof *values,
			                    (size_t)cap * 2 * ncols * sizeof *values);
			cap *= 2;
		}
		Value *at = values + (size_t)n * ncols;
		fine = sorted_rows_decode(&o->waiting, arena_str(step, row), at, err);
		if (!fine)
			break;
		if (over_slide_ms(at[col].i) > ms || (n >= CHUNK_ROWS && at[col].i != last)) {
			o->due_ms = over_slide_ms(at[col].i);
			break;
		}
		last = at[col].i;
		n++;
		state_del(o->waiting.table, arena_str(step, key));
		op->counts.held--;
	}
	state_scan_close(s);
	if (n)
		*from_us = last + 1;
	*out = fine && n ? batch_from_values(o->waiting.types, ncols, values, n, NULL, NULL, NULL, step) : NULL;
	return fine;
}

static bool over_time_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	OverTimeOp *o = op->state;
	int64_t from_us;
	if (__builtin_mul_overflow(stamp, INT64_C(1000), &from_us))
		from_us = INT64_MIN; /* nothing was let out yet */
	if (o->late_us < from_us)
		from_us = o->late_us;
	o->late_us = INT64_MAX;
	for (;;) {
		const Batch *b;
		if (operator_canceled(op, err) || !next_chunk(op, ms, &from_us, &b, err))
			return false;
		if (!b)
			break;
		if (!release(op, b, ord, stamp, err))
			return false;
	}
	return over_slide_expire(&o->slide, ms, err);
}

/* ---- rows in ---- */

static bool null_time(Operator *op, Err *err)
{
	const PlanCol *c = &op->plan->cols[op->plan->over.time_col];
	err_set(err, ERR_BAD_VALUE, "the time column \"%.*s\" of an OVER is NULL", STR_ARG(c->name));
	return err_hint(err, "Leave such rows out with WHERE %.*s IS NOT NULL.", STR_ARG(c->name));
}

static bool push_now(Operator *op, const Batch *b, Err *err)
{
	Str *keys = partition_keys(op, b);
	for (uint32_t i = 0; i < b->n; i++)
		if (!next_alone(op, b, keys, i, op->run->env.now_us, b->ord ? b->ord[i] : 0,
		                b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK, err))
			return false;
	return true;
}

/* A row at or below the watermark: may it come out all the same? Everything before it has happened. */
static bool take_late(Operator *op, const Batch *b, uint32_t row, Str **partitions, bool *takes, Err *err)
{
	OverTimeOp *o = op->state;
	*takes = false;
	if (!o->mark)
		return true;
	if (!curve_walk_until(&o->walk, op, b->stamp[row], b->ord ? b->ord[row] : op->run->next_ord, err))
		return false;
	if (!*partitions)
		*partitions = partition_keys(op, b);
	int64_t us = column_value(&b->cols[o->plan->time_col], row).i;
	*takes = over_slide_ms(us) > over_slide_last(&o->slide, (*partitions)[row]);
	if (*takes && us < o->late_us)
		o->late_us = us;
	return true;
}

static bool over_time_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	OverTimeOp *o = op->state;
	if (o->plan->proctime)
		return push_now(op, b, err);
	if (!curve_walk_begin(&o->walk, op, b->ord ? b->ord[0] : op->run->next_ord, err))
		return false;
	const Column *time = &b->cols[o->plan->time_col];
	SortedKey *keys = sorted_rows_keys(&o->waiting, b, NULL);
	Str *partitions = NULL;
	for (uint32_t i = 0; i < b->n; i++) {
		if (column_is_null(time, i))
			return null_time(op, err);
		int64_t ms = over_slide_ms(column_value(time, i).i), stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		bool takes = ms > stamp;
		if (!takes && !take_late(op, b, i, &partitions, &takes, err))
			return false;
		if (!takes) {
			operator_late(op, b, i, ms, stamp, 0, 0);
			continue;
		}
		sorted_rows_change(&o->waiting, keys[i].full, b, i);
		o->due_ms = ms < o->due_ms ? ms : o->due_ms;
		op->counts.held++;
	}
	return true;
}

static bool over_time_flush(Operator *op, Err *err)
{
	OverTimeOp *o = op->state;
	bool fine;
	if (o->plan->proctime)
		fine = over_slide_expire(&o->slide, over_slide_ms(op->run->env.now_us) - 1, err);
	else
		fine = curve_walk_begin(&o->walk, op, op->run->next_ord, err) && curve_walk_end(&o->walk, op, err);
	out_rows_flush(&o->out);
	over_slide_sweep(&o->slide);
	return fine && agg_state_check(&o->slide.st, err);
}

static void over_time_close(Operator *op)
{
	OverTimeOp *o = op->state;
	if (!o)
		return;
	over_slide_close(&o->slide);
	sorted_rows_close(&o->waiting);
}

static void over_time_describe(Operator *op, StrBuf *out)
{
	const OverTimeOp *o = op->state;
	if (!o->plan->proctime)
		strbuf_printf(out, "%lld rows that wait for the watermark, ", (long long)op->counts.held);
	strbuf_printf(out, "%lld partitions", (long long)over_slide_partitions(&o->slide));
}

const OperatorType over_time_type = {
    .name = "over",
    .open = over_time_open,
    .push = over_time_push,
    .flush = over_time_flush,
    .checkpoint = over_time_checkpoint,
    .close = over_time_close,
    .describe = over_time_describe,
};
