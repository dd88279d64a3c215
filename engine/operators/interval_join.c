/*
 * engine/operators/interval_join.c: left time + low <= right time <= left time + high.
 *
 *   <side>_rows   join key | time | number      whether it had a partner, the row
 *   <side>_times  time | number                 the join key: what has passed its bound is found in order of time
 *
 * A row is kept while rows of the other side may come that lie in its interval: a left one up to its time + high, a
 * right one up to its time - low. When the watermark is past that it goes; an outer one that found no partner comes out
 * alone. A row that comes when the watermark has reached that bound is late: it meets what is still there, and is not
 * kept. The key "" of left_times holds the next number.
 *
 * The output's watermark is held back by the longer of the two ways, so that what comes out is not late behind it; and
 * by a millisecond more where rows come out alone, which they do after their bound. Rows of one port between two of the
 * other, or two timers, are worked on together.
 *
 * By processing time a row's time is the step's clock reading, which is the watermark, too: what has passed its bound
 * goes before the rows of a step come.
 */
#include "engine/operators/join_clock.h"
#include "engine/operators/join_pairs.h"
#include "engine/operators/operators.h"
#include "engine/operators/row_number.h"
#include "engine/operators/ports.h"
#include "engine/operators/window_time.h"

enum { INTERVAL_TAIL = 16, INTERVAL_CANDIDATES = 4096 };

typedef struct IntervalSide {
	StateTable *rows, *times;
	bool pads;
	int64_t reach_us; /* kept until its time + this */
	int64_t next_ms;  /* the first row's bound; INT64_MAX: there is none */
	int64_t from_us;  /* rows of earlier times have gone: what is left of them in the table is not walked again */
	uint32_t time_col;
	const uint32_t *keys;
} IntervalSide;

typedef struct Candidate {
	Str row;   /* key of its entry */
	Str bytes; /* the row */
} Candidate;

typedef struct IntervalOp {
	Ports ports;
	JoinClock clock;
	JoinPairs pairs;
	IntervalSide side[2];
	const PlanJoin *join;
	int64_t hold_ms;
	int64_t now_us; /* by processing time: of the step, in whole milliseconds */
	RowNumber number;
	const Column **cols; /* scratch */
	StrBuf row;
	Str *alone; /* scratch */
	/* of the step */
	const Batch *batch[2];
	Str *keys[2];    /* ptr NULL: a NULL, which equals nothing */
	Str *kept_as[2]; /* the key in the tables, also where it equals nothing */
	struct {
		Candidate *items;
		uint32_t len, cap;
	} found;
} IntervalOp;

static int64_t add_sat(int64_t a, int64_t b)
{
	int64_t out;
	if (__builtin_add_overflow(a, b, &out))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return out;
}

/* The last watermark at which a row of this time is kept. */
static int64_t bound_ms(const IntervalSide *s, int64_t time_us)
{
	return window_time_floor_div(add_sat(time_us, s->reach_us), 1000);
}

/* The output's stamp or watermark. */
static int64_t held(const IntervalOp *j, int64_t ms)
{
	return ms == BATCH_NO_WATERMARK || ms == BATCH_END ? ms : add_sat(ms, -j->hold_ms);
}

static StateScan *scan_times(const IntervalSide *s, Arena *arena)
{
	char from[8];
	codec_store_be64(from, codec_order_i64(s->from_us));
	return state_scan_open(s->times, str_make(from, sizeof from), (Str){0}, false, true, arena);
}

static void set_next(Operator *op, IntervalSide *s)
{
	Arena *step = op->run->step ? op->run->step : op->run->arena;
	StateScan *scan = scan_times(s, step);
	Str key, value;
	s->next_ms = INT64_MAX;
	if (state_scan_next(scan, &key, &value))
		s->next_ms = bound_ms(s, codec_load_i64(key.ptr));
	state_scan_close(scan);
}

/* ---- rows that go ---- */

static Str row_key(Arena *arena, Str key, int64_t time_us, uint64_t number)
{
	char *out = arena_alloc(arena, key.len + INTERVAL_TAIL);
	memcpy(out, key.ptr, key.len);
	codec_store_be64(out + key.len, codec_order_i64(time_us));
	codec_store_be64(out + key.len + 8, number);
	return str_make(out, key.len + INTERVAL_TAIL);
}

/* The rows alone, in the order of their times. */
static bool put_alone(Operator *op, uint32_t port, const Str *rows, uint32_t n, int64_t ord, int64_t stamp, Err *err)
{
	IntervalOp *j = op->state;
	Column *cols = ARENA_ARRAY(op->run->step, Column, op->plan->inputs[port]->ncols + 1);
	if (!join_pairs_decode(op, port, rows, n, cols, err))
		return false;
	join_pairs_begin(&j->pairs, port ? NULL : cols, port ? cols : NULL);
	for (uint32_t i = 0; i < n; i++)
		join_pairs_put(&j->pairs, port ? JOIN_ALONE : i, port ? i : JOIN_ALONE, ord, stamp);
	join_pairs_end(&j->pairs);
	return true;
}

static bool forget_side(Operator *op, uint32_t port, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	IntervalOp *j = op->state;
	IntervalSide *s = &j->side[port];
	Arena *step = op->run->step;
	while (s->next_ms < ms || (ms == BATCH_END && s->next_ms != INT64_MAX)) {
		StateScan *scan = scan_times(s, step);
		Str *alone = j->alone, key, value;
		uint32_t n = 0;
		bool due = true;
		while (due && n < INTERVAL_CANDIDATES && (due = state_scan_next(scan, &key, &value))) {
			int64_t time_us = codec_load_i64(key.ptr);
			if (ms != BATCH_END && bound_ms(s, time_us) >= ms)
				break;
			Str at = row_key(step, value, time_us, codec_load_be64(key.ptr + 8));
			uint32_t len;
			const char *row = s->pads ? state_get(s->rows, at, &len) : NULL;
			if (row && !row[0])
				alone[n++] = arena_str(step, str_make(row + 1, len - 1));
			state_del(s->rows, at);
			state_del(s->times, arena_str(step, key));
			s->from_us = time_us;
		}
		state_scan_close(scan);
		if (operator_canceled(op, err) || (n && !put_alone(op, port, alone, n, ord, held(j, stamp), err)))
			return false;
		set_next(op, s);
	}
	return true;
}

static bool interval_join_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	return forget_side(op, 0, ms, ord, stamp, err) && forget_side(op, 1, ms, ord, stamp, err);
}

/* ---- rows that come ---- */

static bool time_of(const IntervalOp *j, const PortRow *r, int64_t *us)
{
	if (j->join->proctime) {
		*us = j->now_us;
		return true;
	}
	const Column *c = &j->batch[r->port]->cols[j->side[r->port].time_col];
	if (column_is_null(c, r->row))
		return false;
	*us = c->i64[column_at(c, r->row)];
	return true;
}

/* Rows of the other side with the row's key, within its interval; in the order of their times. */
static void find_candidates(Operator *op, const PortRow *r)
{
	IntervalOp *j = op->state;
	Arena *step = op->run->step;
	Str key = j->keys[r->port][r->row];
	int64_t us;
	if (!key.ptr || !time_of(j, r, &us))
		return;
	int64_t low = add_sat(us, r->port ? -j->join->high_us : j->join->low_us);
	int64_t high = add_sat(us, r->port ? -j->join->low_us : j->join->high_us);
	if (low > high)
		return;
	Str from = row_key(step, key, low, 0), to = row_key(step, key, high, UINT64_MAX);
	StateScan *scan = state_scan_open(j->side[1 - r->port].rows, from, to, false, true, step);
	Str row, value;
	while (state_scan_next(scan, &row, &value)) {
		Candidate c = {arena_str(step, row), arena_str(step, str_slice(value, 1, value.len))};
		ARENA_PUSH(step, &j->found, c);
	}
	state_scan_close(scan);
}

static void keep_row(Operator *op, const PortRow *r, int64_t us, bool matched)
{
	IntervalOp *j = op->state;
	IntervalSide *s = &j->side[r->port];
	Arena *step = op->run->step;
	Str key = j->kept_as[r->port][r->row];
	uint64_t number = row_number_take(&j->number);
	strbuf_clear(&j->row);
	strbuf_putc(&j->row, matched ? 1 : 0);
	batch_encode_row(j->batch[r->port], r->row, &j->row);
	Str at = row_key(step, key, us, number);
	state_put(s->rows, at, strbuf_str(&j->row));
	state_put(s->times, str_slice(at, key.len, at.len), key);
	int64_t bound = bound_ms(s, us);
	s->next_ms = bound < s->next_ms ? bound : s->next_ms;
}

/* Puts out what row i of a run gives: candidates [from, to) that pass, or itself alone. */
static void finish_row(Operator *op, const PortRow *r, const uint8_t *pass, uint32_t from, uint32_t to)
{
	IntervalOp *j = op->state;
	IntervalSide *own = &j->side[r->port], *other = &j->side[1 - r->port];
	int64_t stamp = held(j, r->stamp), us = 0;
	bool any = false;
	for (uint32_t k = from; k < to; k++) {
		if (!pass[k])
			continue;
		any = true;
		join_pairs_put(&j->pairs, r->port ? k : r->row, r->port ? r->row : k, r->ord, stamp);
		uint32_t len;
		const char *value = other->pads ? state_get(other->rows, j->found.items[k].row, &len) : NULL;
		if (value && !value[0])
			((char *)state_edit(other->rows, j->found.items[k].row, len, NULL, NULL))[0] = 1;
	}
	bool timed = time_of(j, r, &us);
	bool may_meet = j->keys[r->port][r->row].ptr || own->pads;
	bool kept = timed && (j->join->proctime ? j->now_us / 1000 <= bound_ms(own, us) : r->stamp < bound_ms(own, us));
	if (kept && may_meet) {
		keep_row(op, r, us, any);
	} else if (!any && own->pads) {
		join_pairs_put(&j->pairs, r->port ? JOIN_ALONE : r->row, r->port ? r->row : JOIN_ALONE, r->ord, stamp);
	}
}

/* Rows of one port that reach no timer. */
static bool take_run(Operator *op, const PortRow *rows, uint32_t n, Err *err)
{
	IntervalOp *j = op->state;
	Arena *step = op->run->step;
	uint32_t port = rows[0].port;
	for (uint32_t from = 0, to; from < n; from = to) {
		uint32_t *first = ARENA_ARRAY(step, uint32_t, n - from + 1);
		memset(&j->found, 0, sizeof j->found);
		for (to = from; to < n && j->found.len < INTERVAL_CANDIDATES; to++) {
			first[to - from] = j->found.len;
			find_candidates(op, &rows[to]);
		}
		uint32_t nrows = to - from, m = j->found.len;
		first[nrows] = m;
		Str *bytes = ARENA_ARRAY(step, Str, m + 1);
		uint32_t *own = ARENA_ARRAY(step, uint32_t, m + 1), *other = ARENA_ARRAY(step, uint32_t, m + 1);
		uint8_t *pass = ARENA_ARRAY(step, uint8_t, m + 1);
		for (uint32_t i = 0; i < nrows; i++)
			for (uint32_t k = first[i]; k < first[i + 1]; k++) {
				own[k] = rows[from + i].row;
				other[k] = k;
				bytes[k] = j->found.items[k].bytes;
			}
		Column *cols = ARENA_ARRAY(step, Column, op->plan->inputs[1 - port]->ncols + 1);
		if (operator_canceled(op, err) || !join_pairs_decode(op, 1 - port, bytes, m, cols, err))
			return false;
		join_pairs_begin(&j->pairs, port ? cols : j->batch[0]->cols, port ? j->batch[1]->cols : cols);
		if (!join_pairs_test(&j->pairs, port ? other : own, port ? own : other, m, pass, err))
			return false;
		for (uint32_t i = 0; i < nrows; i++)
			finish_row(op, &rows[from + i], pass, first[i], first[i + 1]);
		join_pairs_end(&j->pairs);
	}
	return true;
}

/* How many rows from `rows` on are of one port and meet what the first one meets. */
static uint32_t run_length(const IntervalOp *j, const PortRow *rows, uint32_t n)
{
	int64_t due = j->side[0].next_ms < j->side[1].next_ms ? j->side[0].next_ms : j->side[1].next_ms, us;
	uint32_t i = 0;
	while (j->join->proctime && i < n && rows[i].port == rows[0].port)
		i++;
	for (; i < n && rows[i].port == rows[0].port && (i == 0 || rows[i].stamp <= due); i++) {
		if (!time_of(j, &rows[i], &us))
			continue;
		int64_t bound = bound_ms(&j->side[rows[i].port], us);
		due = bound < due && rows[i].stamp < bound ? bound : due;
	}
	return i;
}

/* ---- the operator ---- */

static bool open_side(Operator *op, uint32_t port, Err *err)
{
	IntervalOp *j = op->state;
	const PlanJoin *p = j->join;
	IntervalSide *s = &j->side[port];
	s->from_us = -INT64_MAX; /* behind the key "" */
	s->pads = p->kind == JOIN_FULL || p->kind == (port ? JOIN_RIGHT : JOIN_LEFT);
	s->reach_us = port ? -p->low_us : p->high_us;
	s->time_col = port ? p->right_time : p->left_time;
	s->keys = port ? p->right_keys : p->left_keys;
	int64_t hold = p->proctime ? 0 : window_time_floor_div(s->reach_us + 999, 1000) + s->pads;
	j->hold_ms = hold > j->hold_ms ? hold : j->hold_ms;
	if (!operator_state_open(op, port ? "right_rows" : "left_rows", STATE_ORDERED, 0, &s->rows, err) ||
	    !operator_state_open(op, port ? "right_times" : "left_times", STATE_ORDERED, 0, &s->times, err))
		return false;
	set_next(op, s);
	return true;
}

static bool interval_join_open(Operator *op, Err *err)
{
	IntervalOp *j = ARENA_NEW(op->run->arena, IntervalOp);
	op->state = j;
	j->join = &op->plan->join;
	strbuf_init(&j->row);
	if (!ports_open(&j->ports, op, err))
		return false;
	join_clock_init(&j->clock, op, interval_join_fire);
	join_pairs_open(&j->pairs, op);
	j->alone = ARENA_ARRAY(op->run->arena, Str, INTERVAL_CANDIDATES);
	j->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, j->join->nkeys + 1);
	if (!open_side(op, 0, err) || !open_side(op, 1, err))
		return false;
	if (!row_number_open(&j->number, j->side[0].times, err))
		return false;
	return true;
}

static bool interval_join_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	if (b->n)
		ports_add(&((IntervalOp *)op->state)->ports, port, b);
	return true;
}

static void open_keys(Operator *op, uint32_t port, const Batch *b)
{
	IntervalOp *j = op->state;
	Arena *step = op->run->step;
	uint32_t nkeys = j->join->nkeys;
	Str *keys = ARENA_ARRAY_ZERO(step, Str, b->n + 1);
	for (uint32_t k = 0; k < nkeys; k++)
		j->cols[k] = &b->cols[j->side[port].keys[k]];
	for (uint32_t i = 0; !nkeys && i < b->n; i++)
		keys[i] = STR("k");
	if (nkeys)
		column_encode_keys(j->cols, nkeys, b->n, step, keys);
	j->kept_as[port] = arena_copy(step, keys, (b->n + 1) * sizeof *keys);
	j->keys[port] = keys;
	for (uint32_t k = 0; k < nkeys; k++)
		for (uint32_t i = 0; !(j->join->null_equal && j->join->null_equal[k]) && j->cols[k]->valid && i < b->n; i++)
			if (column_is_null(j->cols[k], i))
				keys[i].ptr = NULL;
}

static void set_curve(Operator *op)
{
	IntervalOp *j = op->state;
	WatermarkPoint *points = ARENA_ARRAY(op->run->step, WatermarkPoint, j->clock.curve.len + 1);
	Curve out = {held(j, j->clock.curve.before), points, j->clock.curve.len};
	for (uint32_t i = 0; i < out.len; i++)
		points[i] = (WatermarkPoint){j->clock.curve.points[i].ord, held(j, j->clock.curve.points[i].ms)};
	operator_set_curve(op, out);
}

static bool interval_join_flush(Operator *op, Err *err)
{
	IntervalOp *j = op->state;
	PortsStep s = ports_take(&j->ports, true);
	ports_set_curve(&j->ports);
	bool proctime = j->join->proctime;
	if (!proctime && !join_clock_begin(&j->clock, s.n ? s.rows[0].ord : op->run->next_ord, err))
		return false;
	j->now_us = window_time_floor_div(op->run->env.now_us, 1000) * 1000;
	if (proctime && !interval_join_fire(op, j->now_us / 1000, s.n ? s.rows[0].ord : op->run->next_ord,
	                                    op->in_curve[0]->before, err))
		return false;
	for (uint32_t port = 0; port < 2; port++) {
		j->batch[port] = s.batches[port];
		if (s.batches[port])
			open_keys(op, port, s.batches[port]);
	}
	for (uint32_t from = 0, n; from < s.n; from += n) {
		if (!proctime && !join_clock_until(&j->clock, s.rows[from].stamp, s.rows[from].ord, err))
			return false;
		n = run_length(j, s.rows + from, s.n - from);
		if (!take_run(op, s.rows + from, n, err))
			return false;
	}
	if (proctime) /* both inputs have ended: nothing can come any more */
		return curve_last(&op->curve) != BATCH_END ||
		       interval_join_fire(op, BATCH_END, op->run->next_ord, op->in_curve[0]->before, err);
	if (!join_clock_end(&j->clock, err))
		return false;
	set_curve(op);
	return true;
}

/* Rows that come out alone do when the clock has passed their bound. */
static int64_t interval_join_next_proctime(Operator *op)
{
	const IntervalOp *j = op->state;
	int64_t next = INT64_MAX;
	for (uint32_t port = 0; port < 2; port++)
		if (j->join->proctime && j->side[port].pads && j->side[port].next_ms < next)
			next = j->side[port].next_ms;
	return next >= INT64_MAX / 1000 - 1 ? INT64_MAX : (next + 1) * 1000;
}

static bool interval_join_checkpoint(Operator *op, Err *err)
{
	(void)err;
	IntervalOp *j = op->state;
	row_number_checkpoint(&j->number);
	return true;
}

static void interval_join_close(Operator *op)
{
	IntervalOp *j = op->state;
	if (j)
		strbuf_deinit(&j->row);
}

static void interval_join_describe(Operator *op, StrBuf *out)
{
	const IntervalOp *j = op->state;
	strbuf_printf(out, "%lld left rows, %lld right rows within their bounds", (long long)state_rows(j->side[0].rows),
	              (long long)state_rows(j->side[1].rows));
}

const OperatorType interval_join_type = {
    .name = "interval join",
    .open = interval_join_open,
    .push = interval_join_push,
    .flush = interval_join_flush,
    .checkpoint = interval_join_checkpoint,
    .close = interval_join_close,
    .describe = interval_join_describe,
    .next_proctime = interval_join_next_proctime,
};
