/*
 * engine/operators/window_join.c: rows of one window and one key, when the window has ended.
 *
 *   left, right   end | start | 0 or 1: a key that equals nothing | join key | number      the row
 *
 * Both sides wait. A window that the watermark has reached is walked on both sides at once, in the order of keys: what
 * lies under one key is a product, tested by the condition beside the keys; then its rows go. A row of a window that
 * has ended is late and lies in the side table. The key "" of left holds the next number.
 *
 * Ends and starts are milliseconds of the clock that windows live on (window_time.h).
 */
#include "engine/operators/join_clock.h"
#include "engine/operators/join_pairs.h"
#include "engine/operators/operators.h"
#include "engine/operators/row_number.h"
#include "engine/operators/ports.h"
#include "engine/operators/window_time.h"

enum { WINDOW_PREFIX = 17, WINDOW_NUMBER = 8, WINDOW_ROWS = 4096 };

/* Rows [left, left_end) and [right, right_end) of those being worked on have one window and key. */
typedef struct Group {
	uint32_t left, left_end, right, right_end;
	bool equal; /* keys without NULL: the rows are candidates */
} Group;

typedef struct Rows {
	Str *items;
	uint32_t len, cap;
} Rows;

typedef struct WindowJoinOp {
	Ports ports;
	JoinClock clock;
	JoinPairs pairs;
	WindowTime time;
	const PlanJoin *join;
	StateTable *rows[2];
	bool keeps[2];               /* rows whose key equals nothing may come out */
	int64_t next_end, next_fire; /* the first window; INT64_MAX: there is none */
	RowNumber number;
	const Column **cols; /* scratch */
	StrBuf row;
	Rows work[2]; /* of the groups */
	struct {
		Group *items;
		uint32_t len, cap;
	} groups;
} WindowJoinOp;

/* ---- windows that end ---- */

static void set_next(Operator *op)
{
	WindowJoinOp *j = op->state;
	Arena *arena = op->run->step ? op->run->step : op->run->arena;
	j->next_end = j->next_fire = INT64_MAX;
	for (uint32_t side = 0; side < 2; side++) {
		StateScan *scan = state_scan_open(j->rows[side], str_make("\0", 1), (Str){0}, false, true, arena);
		Str key, value;
		if (state_scan_next(scan, &key, &value)) {
			int64_t end = codec_load_i64(key.ptr);
			j->next_end = end < j->next_end ? end : j->next_end;
		}
		state_scan_close(scan);
	}
	if (j->next_end != INT64_MAX)
		j->next_fire = window_time_fire(&j->time, j->next_end);
}

static void put_pair(WindowJoinOp *j, uint32_t l, uint32_t r, int64_t ord, int64_t stamp)
{
	join_pairs_put(&j->pairs, l, r, ord, stamp);
}

/* What comes out of a group, when it is known which of its pairs (left by left) are partners. */
static void finish_group(WindowJoinOp *j, const Group *g, const uint8_t *pass, int64_t ord, int64_t stamp)
{
	JoinKind kind = j->join->kind;
	uint32_t nr = g->right_end - g->right;
	bool outer = kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_ANTI;
	for (uint32_t l = g->left; l < g->left_end; l++) {
		bool any = false;
		for (uint32_t r = g->right; g->equal && r < g->right_end; r++) {
			if (!pass[(size_t)(l - g->left) * nr + (r - g->right)])
				continue;
			any = true;
			if (!j->pairs.semi)
				put_pair(j, l, r, ord, stamp);
		}
		if (any ? kind == JOIN_SEMI : outer)
			put_pair(j, l, JOIN_ALONE, ord, stamp);
	}
	if (kind != JOIN_RIGHT && kind != JOIN_FULL)
		return;
	for (uint32_t r = g->right; r < g->right_end; r++) {
		bool any = false;
		for (uint32_t l = g->left; g->equal && l < g->left_end; l++)
			any = any || pass[(size_t)(l - g->left) * nr + (r - g->right)];
		if (!any)
			put_pair(j, JOIN_ALONE, r, ord, stamp);
	}
}

/* The pairs of a group, tested part by part. NULL: err. */
static uint8_t *test_group(Operator *op, const Group *g, Err *err)
{
	WindowJoinOp *j = op->state;
	Arena *step = op->run->step;
	size_t nl = g->left_end - g->left, nr = g->right_end - g->right, n = g->equal ? nl * nr : 0;
	uint8_t *pass = ARENA_ARRAY(step, uint8_t, n + 1);
	if (!j->pairs.residual) {
		memset(pass, 1, n);
		return pass;
	}
	size_t part = n < WINDOW_ROWS ? n : WINDOW_ROWS;
	uint32_t *l = ARENA_ARRAY(step, uint32_t, part + 1), *r = ARENA_ARRAY(step, uint32_t, part + 1);
	for (size_t from = 0; from < n; from += WINDOW_ROWS) {
		uint32_t m = n - from < WINDOW_ROWS ? (uint32_t)(n - from) : WINDOW_ROWS;
		for (uint32_t i = 0; i < m; i++) {
			l[i] = g->left + (uint32_t)((from + i) / nr);
			r[i] = g->right + (uint32_t)((from + i) % nr);
		}
		if (operator_canceled(op, err) || !join_pairs_test(&j->pairs, l, r, m, pass + from, err))
			return NULL;
	}
	return pass;
}

static bool work_on(Operator *op, int64_t ord, int64_t stamp, Err *err)
{
	WindowJoinOp *j = op->state;
	Column *cols[2];
	for (uint32_t side = 0; side < 2; side++) {
		cols[side] = ARENA_ARRAY(op->run->step, Column, op->plan->inputs[side]->ncols + 1);
		if (!join_pairs_decode(op, side, j->work[side].items, j->work[side].len, cols[side], err))
			return false;
	}
	join_pairs_begin(&j->pairs, cols[0], cols[1]);
	for (uint32_t i = 0; i < j->groups.len; i++) {
		const uint8_t *pass = test_group(op, &j->groups.items[i], err);
		if (!pass)
			return false;
		finish_group(j, &j->groups.items[i], pass, ord, stamp);
	}
	join_pairs_end(&j->pairs);
	memset(&j->groups, 0, sizeof j->groups);
	memset(j->work, 0, sizeof j->work);
	return true;
}

/* A place in one side's rows of a window. */
typedef struct Walk {
	StateScan *scan;
	Str key, value; /* key: without the number */
	bool more;
} Walk;

static void walk_on(Walk *w)
{
	w->more = state_scan_next(w->scan, &w->key, &w->value);
	if (w->more)
		w->key.len -= WINDOW_NUMBER;
}

/* The rows under `key` go to the work; returns how many there are then. */
static uint32_t take_rows(Operator *op, uint32_t side, Walk *w, Str key)
{
	WindowJoinOp *j = op->state;
	Arena *step = op->run->step;
	while (w->more && str_eq(w->key, key)) {
		Str row = arena_str(step, w->value);
		ARENA_PUSH(step, &j->work[side], row);
		walk_on(w);
	}
	return j->work[side].len;
}

static bool fire_window(Operator *op, int64_t end, int64_t ord, int64_t stamp, Err *err)
{
	WindowJoinOp *j = op->state;
	Arena *step = op->run->step;
	char *bounds = arena_alloc(step, 16);
	codec_store_be64(bounds, codec_order_i64(end));
	codec_store_be64(bounds + 8, codec_order_i64(end + 1));
	Str from = str_make(bounds, 8), to = str_make(bounds + 8, 8);
	Walk w[2];
	for (uint32_t side = 0; side < 2; side++) {
		w[side].scan = state_scan_open(j->rows[side], from, to, false, true, step);
		walk_on(&w[side]);
	}
	bool ok = true;
	while (ok && (w[0].more || w[1].more)) {
		bool left = w[0].more && (!w[1].more || str_cmp(w[0].key, w[1].key) <= 0);
		Str key = arena_str(step, w[!left].key);
		Group g = {.left = j->work[0].len, .right = j->work[1].len, .equal = key.ptr[WINDOW_PREFIX - 1] == 0};
		g.left_end = take_rows(op, 0, &w[0], key);
		g.right_end = take_rows(op, 1, &w[1], key);
		ARENA_PUSH(step, &j->groups, g);
		if (g.left_end + g.right_end >= WINDOW_ROWS)
			ok = work_on(op, ord, stamp, err);
	}
	for (uint32_t side = 0; side < 2; side++)
		state_scan_close(w[side].scan);
	if (!ok || !work_on(op, ord, stamp, err))
		return false;
	for (uint32_t side = 0; side < 2; side++)
		state_del_range(j->rows[side], from, to);
	set_next(op);
	return true;
}

static bool window_join_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	WindowJoinOp *j = op->state;
	while (j->next_end != INT64_MAX && j->next_fire <= ms)
		if (operator_canceled(op, err) || !fire_window(op, j->next_end, ord, stamp, err))
			return false;
	return true;
}

/* ---- rows that come ---- */

static bool window_of(Operator *op, const Batch *b, uint32_t port, uint32_t row, int64_t *start, int64_t *end)
{
	const PlanJoin *p = ((WindowJoinOp *)op->state)->join;
	const Column *s = &b->cols[port ? p->right_start : p->left_start], *e = &b->cols[port ? p->right_end : p->left_end];
	if (column_is_null(s, row) || column_is_null(e, row))
		return false;
	*start = window_time_floor_div(s->i64[column_at(s, row)], 1000);
	*end = window_time_floor_div(e->i64[column_at(e, row)], 1000);
	return true;
}

/* Join keys of a batch; none[i]: it has a NULL that equals nothing. */
static Str *keys_of(Operator *op, const Batch *b, uint32_t port, bool *none)
{
	WindowJoinOp *j = op->state;
	const uint32_t *keys = port ? j->join->right_keys : j->join->left_keys;
	Str *out = ARENA_ARRAY_ZERO(op->run->step, Str, b->n + 1);
	for (uint32_t k = 0; k < j->join->nkeys; k++)
		j->cols[k] = &b->cols[keys[k]];
	for (uint32_t i = 0; !j->join->nkeys && i < b->n; i++)
		out[i] = STR_EMPTY;
	if (j->join->nkeys)
		column_encode_keys(j->cols, j->join->nkeys, b->n, op->run->step, out);
	for (uint32_t k = 0; k < j->join->nkeys; k++)
		for (uint32_t i = 0; !(j->join->null_equal && j->join->null_equal[k]) && j->cols[k]->valid && i < b->n; i++)
			none[i] = none[i] || column_is_null(j->cols[k], i);
	return out;
}

static void keep_row(Operator *op, const Batch *b, uint32_t port, uint32_t row, Str key, bool none, int64_t start,
                     int64_t end)
{
	WindowJoinOp *j = op->state;
	if (none && !j->keeps[port])
		return;
	char *at = arena_alloc(op->run->step, WINDOW_PREFIX + key.len + WINDOW_NUMBER);
	codec_store_be64(at, codec_order_i64(end));
	codec_store_be64(at + 8, codec_order_i64(start));
	at[16] = none ? 1 : 0;
	memcpy(at + WINDOW_PREFIX, key.ptr, key.len);
	codec_store_be64(at + WINDOW_PREFIX + key.len, row_number_take(&j->number));
	strbuf_clear(&j->row);
	batch_encode_row(b, row, &j->row);
	state_put(j->rows[port], str_make(at, WINDOW_PREFIX + key.len + WINDOW_NUMBER), strbuf_str(&j->row));
	if (end < j->next_end) {
		j->next_end = end;
		j->next_fire = window_time_fire(&j->time, end);
	}
}

/* ---- the operator ---- */

static bool window_join_open(Operator *op, Err *err)
{
	WindowJoinOp *j = ARENA_NEW(op->run->arena, WindowJoinOp);
	op->state = j;
	j->join = &op->plan->join;
	strbuf_init(&j->row);
	JoinKind kind = j->join->kind;
	j->keeps[0] = kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_ANTI;
	j->keeps[1] = kind == JOIN_RIGHT || kind == JOIN_FULL;
	if (!ports_open(&j->ports, op, err))
		return false;
	join_clock_init(&j->clock, op, window_join_fire);
	join_pairs_open(&j->pairs, op);
	window_time_init(&j->time, &j->join->window);
	j->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, j->join->nkeys + 1);
	if (!operator_state_open(op, "left", STATE_ORDERED, 0, &j->rows[0], err) ||
	    !operator_state_open(op, "right", STATE_ORDERED, 0, &j->rows[1], err))
		return false;
	if (!row_number_open(&j->number, j->rows[0], err))
		return false;
	set_next(op);
	return true;
}

static bool window_join_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	if (b->n)
		ports_add(&((WindowJoinOp *)op->state)->ports, port, b);
	return true;
}

static bool window_join_flush(Operator *op, Err *err)
{
	WindowJoinOp *j = op->state;
	PortsStep s = ports_take(&j->ports, true);
	ports_set_curve(&j->ports);
	if (!join_clock_begin(&j->clock, s.n ? s.rows[0].ord : op->run->next_ord, err))
		return false;
	Str *keys[2] = {NULL, NULL};
	bool *none[2] = {NULL, NULL};
	for (uint32_t port = 0; port < 2; port++) {
		if (!s.batches[port])
			continue;
		none[port] = ARENA_ARRAY_ZERO(op->run->step, bool, s.batches[port]->n + 1);
		keys[port] = keys_of(op, s.batches[port], port, none[port]);
	}
	for (uint32_t i = 0; i < s.n; i++) {
		const PortRow *r = &s.rows[i];
		const Batch *b = s.batches[r->port];
		int64_t start, end;
		if (!join_clock_until(&j->clock, r->stamp, r->ord, err))
			return false;
		if (!window_of(op, b, r->port, r->row, &start, &end)) {
			operator_failed_at(op, b, r->row);
			err_set(err, ERR_BAD_VALUE, "a row of a window join has no window: its window_start or window_end is NULL");
			return err_hint(err, "Leave such rows out with WHERE window_start IS NOT NULL.");
		}
		if (window_time_fire(&j->time, end) <= r->stamp)
			join_pairs_late(op, r->port, b, r->row, window_time_fire(&j->time, end), r->stamp, start, end);
		else
			keep_row(op, b, r->port, r->row, keys[r->port][r->row], none[r->port][r->row], start, end);
	}
	return join_clock_end(&j->clock, err);
}

static bool window_join_checkpoint(Operator *op, Err *err)
{
	(void)err;
	WindowJoinOp *j = op->state;
	row_number_checkpoint(&j->number);
	return true;
}

static void window_join_close(Operator *op)
{
	WindowJoinOp *j = op->state;
	if (j)
		strbuf_deinit(&j->row);
}

static void window_join_describe(Operator *op, StrBuf *out)
{
	const WindowJoinOp *j = op->state;
	strbuf_printf(out, "%lld left rows, %lld right rows in open windows", (long long)state_rows(j->rows[0]),
	              (long long)state_rows(j->rows[1]));
}

const OperatorType window_join_type = {
    .name = "window join",
    .open = window_join_open,
    .push = window_join_push,
    .flush = window_join_flush,
    .checkpoint = window_join_checkpoint,
    .close = window_join_close,
    .describe = window_join_describe,
};
