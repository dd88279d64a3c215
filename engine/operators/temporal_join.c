/*
 * engine/operators/temporal_join.c: the version of the right side that is valid at the time of a left row.
 *
 *   left      join key | time | number      the row: waits until the watermark reaches its time
 *   right     join key | time               1 and the row, or 0: deleted. A version, valid from its time on
 *   due       time | join key               when something is to be done for a key: at most one entry a key
 *   timer     join key                      the time of that entry
 *
 * A left row meets the version with the greatest time that is not after its own; a deleted one is none. A row that was
 * replaced (-1 beside a +1 of its key, of one cause) says nothing; one that is only taken back ends its version, from
 * its time on.
 *
 * When the watermark reaches a key's timer, the left rows come out whose time it has reached, in the order in which
 * they came, and of the versions that it has reached only the last one stays; the next timer is the time of the first
 * left row that still waits. Rows that come set the timer back to their time. So a row of the left that is late comes
 * out when the watermark moves on, with the version of its time if that is still there, as in Flink.
 *
 * The key "" of left holds the next number, the key "" of timer the watermark, when an epoch ended with late rows.
 */
#include "engine/operators/join_clock.h"

#include <stdlib.h>

#include "engine/operators/join_pairs.h"
#include "engine/operators/operators.h"
#include "engine/operators/row_number.h"
#include "engine/operators/ports.h"
#include "engine/operators/window_time.h"

enum { TEMPORAL_TIME = 8, TEMPORAL_ROWS = 4096 };

/* A left row that comes out. */
typedef struct Fired {
	uint64_t number;
	Str row, version; /* version.ptr NULL: none */
} Fired;

typedef struct TemporalOp {
	Ports ports;
	JoinClock clock;
	JoinPairs pairs;
	const PlanJoin *join;
	StateTable *left, *right, *due, *timer;
	int64_t next_due; /* ms of the first timer; INT64_MAX: none */
	int64_t due_from; /* us: earlier timers have gone */
	RowNumber number;
	const Column **cols; /* scratch */
	StrBuf row;
	Fired *fired; /* scratch */
	/* of the step */
	const Batch *batch[2];
	Str *keys[2];  /* join keys */
	bool *none[2]; /* a NULL, which equals nothing */
} TemporalOp;

static int64_t to_ms(int64_t us)
{
	return window_time_floor_div(us, 1000);
}

/* Of a table whose keys begin with a time. Entries before `from_us` have gone: what is left of them is not walked
 * again. */
static StateScan *scan_from(StateTable *t, int64_t from_us, Arena *arena)
{
	char from[TEMPORAL_TIME];
	codec_store_be64(from, codec_order_i64(from_us));
	return state_scan_open(t, str_make(from, sizeof from), (Str){0}, false, true, arena);
}

static int64_t first_time(Operator *op, StateTable *t, int64_t from_us)
{
	StateScan *scan = scan_from(t, from_us, op->run->step ? op->run->step : op->run->arena);
	Str key, value;
	int64_t ms = state_scan_next(scan, &key, &value) ? to_ms(codec_load_i64(key.ptr)) : INT64_MAX;
	state_scan_close(scan);
	return ms;
}

/* key | time, or time | key */
static Str with_time(Arena *arena, Str key, int64_t us, bool time_first)
{
	char *out = arena_alloc(arena, key.len + TEMPORAL_TIME);
	memcpy(out + (time_first ? TEMPORAL_TIME : 0), key.ptr, key.len);
	codec_store_be64(out + (time_first ? 0 : key.len), codec_order_i64(us));
	return str_make(out, key.len + TEMPORAL_TIME);
}

static Str after(Arena *arena, Str key)
{
	StrBuf b;
	strbuf_init(&b);
	strbuf_put_str(&b, key);
	Str end = codec_prefix_end(&b) ? arena_str(arena, strbuf_str(&b)) : (Str){0};
	strbuf_deinit(&b);
	return end;
}

/* ---- versions ---- */

/* The version of a key that is valid at a time; ptr NULL: none. In the step's arena. */
static Str version_at(Operator *op, Str key, int64_t us)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	Str from = with_time(step, key, INT64_MIN, false), to = after(step, with_time(step, key, us, false)), at, value;
	StateScan *scan = state_scan_open(j->right, from, to, true, true, step);
	Str out = {0};
	if (state_scan_next(scan, &at, &value) && value.ptr[0])
		out = arena_str(step, str_slice(value, 1, value.len));
	state_scan_close(scan);
	return out;
}

/* Is there a later version of the key? */
static bool has_later(Operator *op, Str key, int64_t us)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	Str at, value, from = after(step, with_time(step, key, us, false));
	StateScan *scan = state_scan_open(j->right, from, after(step, key), false, true, step);
	bool is = state_scan_next(scan, &at, &value);
	state_scan_close(scan);
	return is;
}

/* Of the versions that the watermark has reached only the last stays. */
static void free_versions(Operator *op, Str key, int64_t ms)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	Str old, unused, from = with_time(step, key, INT64_MIN, false);
	StateScan *scan = state_scan_open(j->right, from, after(step, key), true, true, step);
	for (bool has_last = false; state_scan_next(scan, &old, &unused);) {
		if (to_ms(codec_load_i64(old.ptr + key.len)) > ms)
			continue;
		if (has_last)
			state_del(j->right, arena_str(step, old));
		has_last = true;
	}
	state_scan_close(scan);
}

/* ---- timers ---- */

static void set_timer(Operator *op, Str key, int64_t us)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	uint32_t len;
	const void *stored = state_get(j->timer, key, &len);
	int64_t now = INT64_MAX;
	if (stored)
		memcpy(&now, stored, sizeof now);
	if (stored && now <= us)
		return;
	if (stored)
		state_del(j->due, with_time(step, key, now, true));
	state_put(j->timer, key, str_make((const char *)&us, sizeof us));
	state_put(j->due, with_time(step, key, us, true), STR_EMPTY);
	if (to_ms(us) < j->next_due)
		j->next_due = to_ms(us);
	if (us < j->due_from)
		j->due_from = us;
}

/* ---- what the watermark lets happen ---- */

static int by_number(const void *a, const void *b)
{
	const Fired *x = a, *y = b;
	return x->number < y->number ? -1 : x->number > y->number;
}

static bool put_rows(Operator *op, uint32_t n, int64_t ord, int64_t stamp, Err *err)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	if (!n)
		return true;
	if (operator_canceled(op, err))
		return false;
	qsort(j->fired, n, sizeof *j->fired, by_number);
	Str *rows = ARENA_ARRAY(step, Str, n + 1), *found = ARENA_ARRAY(step, Str, n + 1);
	uint32_t *l = ARENA_ARRAY(step, uint32_t, n + 1), *r = ARENA_ARRAY(step, uint32_t, n + 1), m = 0;
	for (uint32_t i = 0; i < n; i++) {
		rows[i] = j->fired[i].row;
		if (!j->fired[i].version.ptr)
			continue;
		l[m] = i;
		r[m] = m;
		found[m++] = j->fired[i].version;
	}
	Column *cols[2];
	for (uint32_t side = 0; side < 2; side++)
		cols[side] = ARENA_ARRAY(step, Column, op->plan->inputs[side]->ncols + 1);
	uint8_t *pass = ARENA_ARRAY(step, uint8_t, m + 1);
	if (!join_pairs_decode(op, 0, rows, n, cols[0], err) || !join_pairs_decode(op, 1, found, m, cols[1], err))
		return false;
	join_pairs_begin(&j->pairs, cols[0], cols[1]);
	if (!join_pairs_test(&j->pairs, l, r, m, pass, err))
		return false;
	for (uint32_t i = 0, k = 0; i < n; i++) {
		bool has = k < m && l[k] == i;
		if (has && pass[k])
			join_pairs_put(&j->pairs, i, k, ord, stamp);
		else if (j->join->kind == JOIN_LEFT)
			join_pairs_put(&j->pairs, i, JOIN_ALONE, ord, stamp);
		k += has;
	}
	join_pairs_end(&j->pairs);
	op->counts.held -= n;
	return true;
}

/* The left rows of a key up to ms, as far as there is room; *next_us: the first one that stays, INT64_MAX: none. */
static void take_waiting(Operator *op, Str key, int64_t ms, uint32_t *n, int64_t *next_us)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	StateScan *scan =
	    state_scan_open(j->left, with_time(step, key, INT64_MIN, false), after(step, key), false, true, step);
	Str at, value;
	*next_us = INT64_MAX;
	while (state_scan_next(scan, &at, &value)) {
		int64_t us = codec_load_i64(at.ptr + key.len);
		if (to_ms(us) > ms || *n == TEMPORAL_ROWS) {
			*next_us = us;
			break;
		}
		Fired *f = &j->fired[(*n)++];
		f->number = codec_load_be64(at.ptr + key.len + TEMPORAL_TIME);
		f->row = arena_str(step, str_slice(value, 1, value.len));
		f->version = value.ptr[0] ? (Str){0} : version_at(op, key, us);
		state_del(j->left, arena_str(step, at));
	}
	state_scan_close(scan);
}

static bool fire_key(Operator *op, Str key, int64_t ms, int64_t ord, int64_t stamp, uint32_t *n, Err *err)
{
	TemporalOp *j = op->state;
	int64_t next_us;
	for (;;) {
		take_waiting(op, key, ms, n, &next_us);
		if (next_us == INT64_MAX || to_ms(next_us) > ms)
			break;
		if (!put_rows(op, *n, ord, stamp, err))
			return false;
		*n = 0;
	}
	free_versions(op, key, ms);
	state_del(j->timer, key);
	if (next_us != INT64_MAX)
		set_timer(op, key, next_us);
	return true;
}

static bool temporal_join_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	if (j->next_due > ms || j->next_due == INT64_MAX)
		return true;
	StateScan *scan = scan_from(j->due, j->due_from, step);
	Str at, value;
	uint32_t n = 0;
	bool ok = true;
	int64_t passed = j->due_from;
	while (ok && state_scan_next(scan, &at, &value) && to_ms(codec_load_i64(at.ptr)) <= ms) {
		Str due = arena_str(step, at);
		passed = codec_load_i64(due.ptr);
		state_del(j->due, due);
		ok = fire_key(op, str_slice(due, TEMPORAL_TIME, due.len), ms, ord, stamp, &n, err);
	}
	state_scan_close(scan);
	if (!ok || !put_rows(op, n, ord, stamp, err))
		return false;
	j->due_from = passed;
	j->next_due = first_time(op, j->due, j->due_from);
	return true;
}

/* ---- rows that come ---- */

static void take_left(Operator *op, const PortRow *r, int64_t us)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	bool none = j->none[0][r->row];
	if (none && j->join->kind != JOIN_LEFT)
		return;
	Str key = j->keys[0][r->row];
	char *at = arena_alloc(step, key.len + TEMPORAL_TIME + 8);
	memcpy(at, key.ptr, key.len);
	codec_store_be64(at + key.len, codec_order_i64(us));
	codec_store_be64(at + key.len + TEMPORAL_TIME, row_number_take(&j->number));
	strbuf_clear(&j->row);
	strbuf_putc(&j->row, none ? 1 : 0);
	batch_encode_row(j->batch[0], r->row, &j->row);
	state_put(j->left, str_make(at, key.len + TEMPORAL_TIME + 8), strbuf_str(&j->row));
	op->counts.held++;
	set_timer(op, key, us);
}

/* Has the row's cause a new row for its key as well? */
static bool is_replaced(const TemporalOp *j, const PortRow *rows, uint32_t n, uint32_t i)
{
	const Batch *b = j->batch[1];
	Str key = j->keys[1][rows[i].row];
	for (int dir = -1; dir <= 1; dir += 2)
		for (int64_t k = (int64_t)i + dir; k >= 0 && k < n && rows[k].ord == rows[i].ord; k += dir)
			if (rows[k].port == 1 && batch_weight(b, rows[k].row) > 0 && str_eq(j->keys[1][rows[k].row], key))
				return true;
	return false;
}

static void take_right(Operator *op, const PortRow *rows, uint32_t n, uint32_t i, int64_t us)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	const PortRow *r = &rows[i];
	bool gone = batch_weight(j->batch[1], r->row) < 0;
	Str key = j->keys[1][r->row];
	if (j->none[1][r->row] || (gone && is_replaced(j, rows, n, i)) || (j->join->keep_last && has_later(op, key, us)))
		return;
	strbuf_clear(&j->row);
	strbuf_putc(&j->row, gone ? 0 : 1);
	if (!gone)
		batch_encode_row(j->batch[1], r->row, &j->row);
	state_put(j->right, with_time(step, key, us, false), strbuf_str(&j->row));
	set_timer(op, key, us);
}

/* ---- the operator ---- */

static bool temporal_join_open(Operator *op, Err *err)
{
	TemporalOp *j = ARENA_NEW(op->run->arena, TemporalOp);
	op->state = j;
	j->join = &op->plan->join;
	strbuf_init(&j->row);
	if (!ports_open(&j->ports, op, err))
		return false;
	join_clock_init(&j->clock, op, temporal_join_fire);
	join_pairs_open(&j->pairs, op);
	j->fired = ARENA_ARRAY(op->run->arena, Fired, TEMPORAL_ROWS);
	j->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, j->join->nkeys + 1);
	if (!operator_state_open(op, "left", STATE_ORDERED, 0, &j->left, err) ||
	    !operator_state_open(op, "right", STATE_ORDERED, 0, &j->right, err) ||
	    !operator_state_open(op, "due", STATE_ORDERED, 0, &j->due, err) ||
	    !operator_state_open(op, "timer", STATE_HASH, 0, &j->timer, err))
		return false;
	if (!row_number_open(&j->number, j->left, err))
		return false;
	j->due_from = -INT64_MAX;
	uint32_t len;
	const void *watermark = state_get(j->timer, STR_EMPTY, &len);
	if (watermark)
		memcpy(&j->clock.watermark, watermark, sizeof j->clock.watermark);
	op->counts.held = state_rows(j->left) - j->number.stored;
	j->next_due = first_time(op, j->due, j->due_from);
	return true;
}

static bool temporal_join_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	if (!op->inputs[port]->plan->append_only)
		b = batch_consolidate(b, true, op->run->step);
	if (b->n)
		ports_add(&((TemporalOp *)op->state)->ports, port, b);
	return true;
}

static void open_keys(Operator *op, uint32_t port, const Batch *b)
{
	TemporalOp *j = op->state;
	const uint32_t *keys = port ? j->join->right_keys : j->join->left_keys;
	j->keys[port] = ARENA_ARRAY_ZERO(op->run->step, Str, b->n + 1);
	j->none[port] = ARENA_ARRAY_ZERO(op->run->step, bool, b->n + 1);
	for (uint32_t k = 0; k < j->join->nkeys; k++)
		j->cols[k] = &b->cols[keys[k]];
	column_encode_keys(j->cols, j->join->nkeys, b->n, op->run->step, j->keys[port]);
	for (uint32_t k = 0; k < j->join->nkeys; k++)
		for (uint32_t i = 0; j->cols[k]->valid && i < b->n; i++)
			j->none[port][i] = j->none[port][i] || column_is_null(j->cols[k], i);
}

static bool time_of(Operator *op, const PortRow *r, int64_t *us, Err *err)
{
	const TemporalOp *j = op->state;
	uint32_t col = r->port ? j->join->right_time : j->join->left_time;
	const Column *c = &j->batch[r->port]->cols[col];
	if (!column_is_null(c, r->row)) {
		*us = c->i64[column_at(c, r->row)];
		return true;
	}
	operator_failed_at(op, j->batch[r->port], r->row);
	Str name = op->plan->inputs[r->port]->cols[col].name;
	err_set(err, ERR_BAD_VALUE, "the time column \"%.*s\" of a temporal join is NULL", STR_ARG(name));
	return err_hint(err, "Leave such rows out with WHERE %.*s IS NOT NULL.", STR_ARG(name));
}

static bool temporal_join_flush(Operator *op, Err *err)
{
	TemporalOp *j = op->state;
	PortsStep s = ports_take(&j->ports, true);
	ports_set_curve(&j->ports);
	if (!join_clock_begin(&j->clock, s.n ? s.rows[0].ord : op->run->next_ord, err))
		return false;
	for (uint32_t port = 0; port < 2; port++) {
		j->batch[port] = s.batches[port];
		if (s.batches[port])
			open_keys(op, port, s.batches[port]);
	}
	for (uint32_t i = 0; i < s.n; i++) {
		const PortRow *r = &s.rows[i];
		int64_t us = 0;
		if (!join_clock_until(&j->clock, r->stamp, r->ord, err) || !time_of(op, r, &us, err))
			return false;
		if (r->port == 0)
			take_left(op, r, us);
		else
			take_right(op, s.rows, s.n, i, us);
	}
	return join_clock_end(&j->clock, err);
}

static bool temporal_join_checkpoint(Operator *op, Err *err)
{
	(void)err;
	TemporalOp *j = op->state;
	row_number_checkpoint(&j->number);
	/* what is due already waits for the watermark to move on from here */
	if (j->next_due <= j->clock.watermark && j->next_due != INT64_MAX)
		state_put(j->timer, STR_EMPTY, str_make((const char *)&j->clock.watermark, sizeof j->clock.watermark));
	return true;
}

static void temporal_join_close(Operator *op)
{
	TemporalOp *j = op->state;
	if (j)
		strbuf_deinit(&j->row);
}

static void temporal_join_describe(Operator *op, StrBuf *out)
{
	const TemporalOp *j = op->state;
	strbuf_printf(out, "%lld left rows wait; %lld versions", (long long)op->counts.held,
	              (long long)state_rows(j->right));
}

const OperatorType temporal_join_type = {
    .name = "temporal join",
    .open = temporal_join_open,
    .push = temporal_join_push,
    .flush = temporal_join_flush,
    .checkpoint = temporal_join_checkpoint,
    .close = temporal_join_close,
    .describe = temporal_join_describe,
};
