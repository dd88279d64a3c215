/*
 * engine/operators/temporal_join.c: the version of the right side that is valid at the time of a left row.
 *
 *   left      time | number                  the join key, the row: waits until the watermark reaches its time
 *   right     join key | time                1 and the row, or 0: deleted. A version, valid from its time on
 *   ends      time | join key                a version begins: those before it are free when the watermark has passed
 *
 * A left row meets the version with the greatest time that is not after its own; a deleted one is none. A row that was
 * replaced (-1 beside a +1 of its key, of one cause) says nothing; one that is only taken back ends its version, from
 * its time on. A left row is late when the watermark has reached its time: it is dropped, also of a LEFT JOIN, for the
 * version of its time may be gone. A late version counts if no later one is valid at the watermark already.
 *
 * The key "" of left holds the next number.
 */
#include "engine/operators/join_clock.h"
#include "engine/operators/join_pairs.h"
#include "engine/operators/operators.h"
#include "engine/operators/row_number.h"
#include "engine/operators/ports.h"
#include "engine/operators/window_time.h"

enum { TEMPORAL_TIME = 8, TEMPORAL_ROWS = 4096 };

typedef struct TemporalOp {
	Ports ports;
	JoinClock clock;
	JoinPairs pairs;
	const PlanJoin *join;
	StateTable *left, *right, *ends;
	int64_t next_left, next_end;  /* ms of the first left row and of the first end; INT64_MAX: none */
	int64_t left_from, ends_from; /* us: earlier ones have gone */
	RowNumber number;
	const Column **cols; /* scratch */
	StrBuf row;
	Str *rows, *versions; /* scratch */
	/* of the step */
	const Batch *batch[2];
	Str *keys[2];  /* join keys */
	bool *none[2]; /* a NULL, which equals nothing */
} TemporalOp;

static int64_t to_ms(int64_t us)
{
	return window_time_floor_div(us, 1000);
}

static int64_t key_time(const char *at)
{
	return (int64_t)(codec_load_be64(at) ^ (UINT64_C(1) << 63));
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
	int64_t ms = state_scan_next(scan, &key, &value) ? to_ms(key_time(key.ptr)) : INT64_MAX;
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

/* Is a version of the key valid at the watermark that is later than `us`? keep_last: is there a later one? */
static bool is_outdated(Operator *op, Str key, int64_t us, int64_t watermark)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	bool last = j->join->keep_last;
	if (!last && (watermark == BATCH_NO_WATERMARK || to_ms(us) > watermark))
		return false;
	Str at, value, from = after(step, with_time(step, key, us, false));
	StateScan *scan = state_scan_open(j->right, from, after(step, key), false, true, step);
	bool is = state_scan_next(scan, &at, &value) && (last || to_ms(key_time(at.ptr + key.len)) <= watermark);
	state_scan_close(scan);
	return is;
}

/* What a version that is valid at the watermark makes free: those before it. A deletion stays, too: else a late older
 * version would count again. */
static void free_before(Operator *op, Str key, int64_t us)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	Str at = with_time(step, key, us, false);
	StateScan *scan = state_scan_open(j->right, with_time(step, key, INT64_MIN, false), at, true, true, step);
	Str old, unused;
	while (state_scan_next(scan, &old, &unused))
		state_del(j->right, arena_str(step, old));
	state_scan_close(scan);
}

/* ---- what the watermark lets happen ---- */

static bool put_rows(Operator *op, const Str *rows, const Str *versions, uint32_t n, int64_t ord, int64_t stamp,
                     Err *err)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	Str *found = ARENA_ARRAY(step, Str, n + 1);
	uint32_t *l = ARENA_ARRAY(step, uint32_t, n + 1), *r = ARENA_ARRAY(step, uint32_t, n + 1), m = 0;
	for (uint32_t i = 0; i < n; i++) {
		if (!versions[i].ptr)
			continue;
		l[m] = i;
		r[m] = m;
		found[m++] = versions[i];
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
	return true;
}

static bool fire_left(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	while (j->next_left <= ms && j->next_left != INT64_MAX) {
		Str *rows = j->rows, *versions = j->versions;
		StateScan *scan = scan_from(j->left, j->left_from, step);
		Str at, value, key;
		uint32_t n = 0;
		bool ok = true;
		while (ok && n < TEMPORAL_ROWS && state_scan_next(scan, &at, &value) && to_ms(key_time(at.ptr)) <= ms) {
			CodecReader r = codec_reader(arena_str(step, str_slice(value, 1, value.len)));
			ok = codec_get_blob(&r, &key);
			if (!ok)
				break;
			rows[n] = str_make((const char *)r.at, (size_t)(r.end - r.at));
			versions[n++] = value.ptr[0] ? (Str){0} : version_at(op, key, key_time(at.ptr));
			j->left_from = key_time(at.ptr);
			state_del(j->left, arena_str(step, at));
		}
		state_scan_close(scan);
		if (!ok)
			return err_set(err, ERR_STATE_CORRUPT, "the state table \"%.*s\" is damaged", STR_ARG(state_name(j->left)));
		if (operator_canceled(op, err) || !put_rows(op, rows, versions, n, ord, stamp, err))
			return false;
		op->counts.held -= n;
		j->next_left = first_time(op, j->left, j->left_from);
	}
	return true;
}

static bool temporal_join_fire(Operator *op, int64_t ms, int64_t ord, int64_t stamp, Err *err)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	if (!fire_left(op, ms, ord, stamp, err))
		return false;
	if (j->next_end > ms || j->next_end == INT64_MAX)
		return true;
	StateScan *scan = scan_from(j->ends, j->ends_from, step);
	Str at, value;
	while (state_scan_next(scan, &at, &value) && to_ms(key_time(at.ptr)) <= ms) {
		Str end = arena_str(step, at);
		free_before(op, str_slice(end, TEMPORAL_TIME, end.len), key_time(end.ptr));
		state_del(j->ends, end);
		j->ends_from = key_time(end.ptr);
	}
	state_scan_close(scan);
	j->next_end = first_time(op, j->ends, j->ends_from);
	return true;
}

/* ---- rows that come ---- */

static void take_left(Operator *op, const PortRow *r, int64_t us)
{
	TemporalOp *j = op->state;
	Arena *step = op->run->step;
	if (to_ms(us) <= r->stamp) {
		join_pairs_late(op, 0, j->batch[0], r->row, to_ms(us), r->stamp, 0, 0);
		return;
	}
	bool none = j->none[0][r->row];
	if (none && j->join->kind != JOIN_LEFT)
		return;
	char at[TEMPORAL_TIME + 8];
	codec_store_be64(at, codec_order_i64(us));
	codec_store_be64(at + TEMPORAL_TIME, row_number_take(&j->number));
	strbuf_clear(&j->row);
	strbuf_putc(&j->row, none ? 1 : 0);
	codec_put_blob(&j->row, j->keys[0][r->row]);
	batch_encode_row(j->batch[0], r->row, &j->row);
	state_put(j->left, arena_str(step, str_make(at, sizeof at)), strbuf_str(&j->row));
	op->counts.held++;
	if (to_ms(us) < j->next_left)
		j->next_left = to_ms(us);
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
	if (j->none[1][r->row] || (gone && is_replaced(j, rows, n, i)) || is_outdated(op, key, us, r->stamp))
		return;
	strbuf_clear(&j->row);
	strbuf_putc(&j->row, gone ? 0 : 1);
	if (!gone)
		batch_encode_row(j->batch[1], r->row, &j->row);
	state_put(j->right, with_time(step, key, us, false), strbuf_str(&j->row));
	if (to_ms(us) <= r->stamp) {
		free_before(op, key, us);
		return;
	}
	state_put(j->ends, with_time(step, key, us, true), STR_EMPTY);
	if (to_ms(us) < j->next_end)
		j->next_end = to_ms(us);
}

/* ---- the operator ---- */

static bool temporal_join_open(Operator *op, Err *err)
{
	TemporalOp *j = ARENA_NEW(op->run->arena, TemporalOp);
	op->state = j;
	j->join = &op->plan->join;
	strbuf_init(&j->row);
	ports_init(&j->ports, op);
	join_clock_init(&j->clock, op, temporal_join_fire);
	join_pairs_open(&j->pairs, op);
	j->rows = ARENA_ARRAY(op->run->arena, Str, TEMPORAL_ROWS);
	j->versions = ARENA_ARRAY(op->run->arena, Str, TEMPORAL_ROWS);
	j->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, j->join->nkeys + 1);
	if (!operator_state_open(op, "left", STATE_ORDERED, 0, &j->left, err) ||
	    !operator_state_open(op, "right", STATE_ORDERED, 0, &j->right, err) ||
	    !operator_state_open(op, "ends", STATE_ORDERED, 0, &j->ends, err))
		return false;
	if (!row_number_open(&j->number, j->left, err))
		return false;
	j->left_from = j->ends_from = -INT64_MAX; /* behind the key "" */
	op->counts.held = state_rows(j->left) - j->number.stored;
	j->next_left = first_time(op, j->left, j->left_from);
	j->next_end = first_time(op, j->ends, j->ends_from);
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
