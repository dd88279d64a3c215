/*
 * engine/operators/session_rows.c: rows of open sessions by key and time.
 */
#include "engine/operators/session_rows.h"

#include <stdlib.h>

enum { ROW_TAIL = 16 }; /* ordinal, number */

bool session_rows_open(SessionRows *r, Operator *op, Err *err)
{
	const Plan *in = op->plan->inputs[0];
	*r = (SessionRows){.op = op, .ncols = in->ncols, .last_ord = INT64_MIN};
	r->types = ARENA_ARRAY(op->run->arena, const Type *, in->ncols + 1);
	for (uint32_t c = 0; c < in->ncols; c++)
		r->types[c] = in->cols[c].type;
	strbuf_init(&r->key);
	return operator_state_open(op, "rows", STATE_ORDERED, 0, &r->table, err);
}

void session_rows_close(SessionRows *r)
{
	strbuf_deinit(&r->key);
}

static Str time_key(SessionRows *r, Str group, int64_t time)
{
	strbuf_clear(&r->key);
	strbuf_put_str(&r->key, group);
	codec_put_i64(&r->key, time);
	return strbuf_str(&r->key);
}

static Str row_key(SessionRows *r, Str group, int64_t time, const Batch *b, uint32_t row)
{
	time_key(r, group, time);
	batch_encode_row(b, row, &r->key);
	return strbuf_str(&r->key);
}

static SessionDebt *debt_of(SessionRows *r, Str key)
{
	for (uint32_t i = 0; i < r->debts.len; i++)
		if (r->debts.items[i].count && str_eq(r->debts.items[i].key, key))
			return &r->debts.items[i];
	return NULL;
}

/* One copy in; false: a retraction had waited for it, and both are gone. */
static bool add(SessionRows *r, Str group, int64_t time, const Batch *b, uint32_t row)
{
	Str key = row_key(r, group, time, b, row);
	SessionDebt *debt = r->debts.len ? debt_of(r, key) : NULL;
	if (debt) {
		debt->count--;
		return false;
	}
	int64_t ord = b->ord ? b->ord[row] : r->arrival++;
	r->seq = ord == r->last_ord ? r->seq + 1 : 0;
	r->last_ord = ord;
	codec_put_i64(&r->key, ord);
	size_t len = r->key.len;
	for (;; r->seq++) {
		bool created;
		r->key.len = len;
		codec_put_i64(&r->key, r->seq);
		state_edit(r->table, strbuf_str(&r->key), 0, NULL, &created);
		if (created)
			return true;
	}
}

/* One copy out; false: there is none. */
static bool take_out(SessionRows *r, Str group, int64_t time, const Batch *b, uint32_t row)
{
	Str prefix = row_key(r, group, time, b, row), key, value;
	StateScan *s = state_scan_open(r->table, prefix, (Str){0}, false, true, r->op->run->step);
	bool found = state_scan_next(s, &key, &value) && key.len == prefix.len + ROW_TAIL &&
	             memcmp(key.ptr, prefix.ptr, prefix.len) == 0;
	if (found)
		state_del(r->table, arena_str(r->op->run->step, key));
	state_scan_close(s);
	return found;
}

static void owe(SessionRows *r, Str group, int64_t time, const Batch *b, uint32_t row)
{
	Str key = row_key(r, group, time, b, row);
	SessionDebt *debt = debt_of(r, key);
	if (debt) {
		debt->count++;
		return;
	}
	SessionDebt d = {arena_str(r->op->run->step, key), 1};
	ARENA_PUSH(r->op->run->step, &r->debts, d);
}

static int64_t time_of(Str key, uint32_t group_len)
{
	return codec_load_i64(key.ptr + group_len);
}

/* The nearest time with rows before `time`. */
static bool find_before(SessionRows *r, Str group, int64_t time, int64_t *out)
{
	Arena *step = r->op->run->step;
	Str to = arena_str(step, time_key(r, group, time)), from = time_key(r, group, INT64_MIN), key, value;
	StateScan *s = state_scan_open(r->table, from, to, true, true, step);
	bool found = state_scan_next(s, &key, &value);
	if (found)
		*out = time_of(key, group.len);
	state_scan_close(s);
	return found;
}

/* The end of a range that goes up to the rows at `last`. */
static Str range_end(SessionRows *r, Str group, int64_t last)
{
	time_key(r, group, last);
	return codec_prefix_end(&r->key) ? arena_str(r->op->run->step, strbuf_str(&r->key)) : (Str){0};
}

/* The nearest time with rows that is not before `time`. */
static bool find_from(SessionRows *r, Str group, int64_t time, int64_t *out)
{
	Str end = range_end(r, group, INT64_MAX), from = time_key(r, group, time), key, value;
	StateScan *s = state_scan_open(r->table, from, end, false, true, r->op->run->step);
	bool found = state_scan_next(s, &key, &value);
	if (found)
		*out = time_of(key, group.len);
	state_scan_close(s);
	return found;
}

/* Puts the sessions right when perhaps no row is left at a time. */
static void close_gap(SessionRows *r, Sessions *s, Str group, int64_t time)
{
	int64_t before, after;
	bool right = find_from(r, group, time, &after);
	if (right && after == time)
		return;
	bool left = find_before(r, group, time, &before);
	sessions_remove(s, group, time, left ? &before : NULL, right ? &after : NULL);
}

/* Copies of a row in. false: it is late. */
static bool add_row(SessionRows *r, Sessions *s, const Batch *b, uint32_t row, Str group, int64_t time, int64_t stamp)
{
	if (sessions_add(s, group, time, stamp).late)
		return false;
	bool waited = false;
	for (int64_t w = batch_weight(b, row); w > 0; w--) {
		bool added = add(r, group, time, b, row);
		r->op->counts.held += added;
		waited |= !added;
	}
	if (waited)
		close_gap(r, s, group, time);
	return true;
}

/* Copies of a row out. false: the first of them is late. */
static bool remove_row(SessionRows *r, Sessions *s, const Batch *b, uint32_t row, Str group, int64_t time,
                       int64_t stamp)
{
	bool some = false;
	for (int64_t w = batch_weight(b, row); w < 0; w++) {
		if (take_out(r, group, time, b, row)) {
			some = true;
			r->op->counts.held--;
		} else if (!sessions_is_past(s, time, stamp)) {
			owe(r, group, time, b, row);
		} else if (!some) {
			return false;
		} else {
			r->op->counts.late++;
		}
		if (some)
			close_gap(r, s, group, time);
	}
	return true;
}

bool session_rows_take(SessionRows *r, Sessions *s, const Batch *b, uint32_t row, Str group, int64_t time, bool *late,
                       Err *err)
{
	int64_t stamp = sessions_stamp(s, b, row), ord = b->ord ? b->ord[row] : 0;
	if (sessions_due(s, stamp) && !sessions_until(s, stamp, ord, err))
		return false;
	if (batch_weight(b, row) > 0) {
		*late = !add_row(r, s, b, row, group, time, stamp);
		return true;
	}
	*late = !remove_row(r, s, b, row, group, time, stamp);
	return !sessions_due(s, stamp) || sessions_overdue(s, stamp, ord, err);
}

typedef struct Kept {
	int64_t ord, seq;
	uint32_t number; /* in order of time */
} Kept;

static int compare_kept(const void *a, const void *b)
{
	const Kept *x = a, *y = b;
	if (x->ord != y->ord)
		return x->ord < y->ord ? -1 : 1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

bool session_rows_read(SessionRows *r, Str group, int64_t start, int64_t last, bool take, Batch **out, Err *err)
{
	Arena *step = r->op->run->step;
	Str end = range_end(r, group, last), from = arena_str(step, time_key(r, group, start)), key, value;
	struct {
		Kept *items;
		uint32_t len, cap;
	} kept = {0};
	struct {
		Value *items;
		uint32_t len, cap;
	} cells = {0};
	StateScan *s = state_scan_open(r->table, from, end, false, true, step);
	bool fine = true;
	while (fine && state_scan_next(s, &key, &value)) {
		uint32_t skip = group.len + 8;
		fine = key.len >= skip + ROW_TAIL;
		if (!fine)
			break;
		const char *tail = key.ptr + key.len - ROW_TAIL;
		Kept k = {codec_load_i64(tail), codec_load_i64(tail + 8), kept.len};
		ARENA_PUSH(step, &kept, k);
		Value *row = ARENA_ARRAY(step, Value, r->ncols + 1);
		fine =
		    batch_decode_row(arena_str(step, str_slice(key, skip, key.len - skip - ROW_TAIL)), r->types, r->ncols, row);
		for (uint32_t c = 0; fine && c < r->ncols; c++)
			ARENA_PUSH(step, &cells, row[c]);
	}
	state_scan_close(s);
	if (!fine)
		return err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
		               STR_ARG(state_name(r->table)));
	if (kept.len)
		qsort(kept.items, kept.len, sizeof *kept.items, compare_kept);
	Value *rows = ARENA_ARRAY(step, Value, (size_t)kept.len * r->ncols + 1);
	int64_t *ords = ARENA_ARRAY(step, int64_t, kept.len + 1);
	for (uint32_t i = 0; i < kept.len; i++) {
		if (r->ncols)
			memcpy(rows + (size_t)i * r->ncols, cells.items + (size_t)kept.items[i].number * r->ncols,
			       r->ncols * sizeof *rows);
		ords[i] = kept.items[i].ord;
	}
	*out = batch_from_values(r->types, r->ncols, rows, kept.len, NULL, ords, NULL, step);
	if (take)
		state_del_range(r->table, from, end);
	return true;
}

bool session_rows_check(SessionRows *r, Err *err)
{
	bool owes = false;
	for (uint32_t i = 0; i < r->debts.len; i++)
		owes |= r->debts.items[i].count > 0;
	r->debts.items = NULL;
	r->debts.len = r->debts.cap = 0;
	if (!owes)
		return true;
	err_set(err, ERR_RETRACT_UNKNOWN, "a session of \"%.*s\" was told to take back a row that it does not hold",
	        STR_ARG(r->op->run->name));
	return false;
}
