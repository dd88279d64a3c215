/*
 * engine/operators/once.c: what the clock or chance gave a row, until the row is taken back.
 *
 * The node below computes all columns anew for each change. For a row that comes what it computed is handed on and
 * kept; for a row that goes the kept values stand in the place of those computed now. Equal rows are copies, the newest
 * goes first:
 *
 *   hash of the other columns 16             number of copies 4, kept values of the first one
 *   hash of the other columns 16, number 4   kept values of a further one
 *
 * Within a step a row may be taken back before it comes (a diamond): its number is below 0 until then, and nothing is
 * handed on for the two. What is below 0 at the end of the step was never there.
 */
#include "base/hash.h"
#include "engine/operators/expiry.h"
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"

enum { ONCE_HASH = 16, ONCE_COUNT = 4 };

typedef struct OnceOp {
	StateTable *rows;
	OutRows out;
	uint32_t *same; /* the columns that are not kept */
	uint32_t nsame;
	const Type **types; /* of the kept ones */
	const Column **cols;
	StrBuf key, row;
	struct {
		Str *items; /* keys whose number went below 0 in this step */
		uint32_t len, cap;
	} owed;
	Expiry expiry;
} OnceOp;

static bool once_open(Operator *op, Err *err)
{
	const Plan *p = op->plan;
	Arena *arena = op->run->arena;
	OnceOp *o = ARENA_NEW(arena, OnceOp);
	op->state = o;
	strbuf_init(&o->key);
	strbuf_init(&o->row);
	out_rows_init(&o->out, op);
	o->same = ARENA_ARRAY(arena, uint32_t, p->ncols + 1);
	o->types = ARENA_ARRAY(arena, const Type *, p->ncols + 1);
	o->cols = ARENA_ARRAY_ZERO(arena, const Column *, p->ncols + 1);
	for (uint32_t c = 0, k = 0; c < p->ncols; c++) {
		if (k < p->once.ncols && p->once.cols[k] == c)
			o->types[k++] = p->cols[c].type;
		else
			o->same[o->nsame++] = c;
	}
	return operator_state_open(op, "rows", STATE_HASH, 0, &o->rows, err) &&
	       expiry_open(&o->expiry, op, 0, "ttl", EXPIRY_SEEN, err);
}

/* The key of a further copy; in the buffer. */
static Str copy_key(OnceOp *o, Str hash, int64_t number)
{
	char bytes[8];
	codec_store_be64(bytes, (uint64_t)number);
	strbuf_clear(&o->key);
	strbuf_put_str(&o->key, hash);
	strbuf_put(&o->key, bytes + 4, ONCE_COUNT);
	return strbuf_str(&o->key);
}

static int64_t count_of(const OnceOp *o, Str hash)
{
	uint32_t len;
	const char *found = state_get(o->rows, hash, &len);
	int32_t n = 0;
	if (found)
		memcpy(&n, found, ONCE_COUNT);
	return n;
}

/* Another number; above 0 only where one above 0 is stored, whose values stay. */
static void put_count(OnceOp *o, Str hash, int64_t n)
{
	int32_t count = (int32_t)n;
	if (n > 0)
		memcpy(state_edit(o->rows, hash, ONCE_COUNT, NULL, NULL), &count, ONCE_COUNT);
	else
		state_put(o->rows, hash, str_make((const char *)&count, ONCE_COUNT));
}

static void forget(OnceOp *o, Str hash)
{
	for (int64_t n = count_of(o, hash); n > 1; n--)
		state_del(o->rows, copy_key(o, hash, n - 1));
	state_del(o->rows, hash);
}

/* kept: the batch's columns to keep. */
static void add_row(Operator *op, const Batch *b, const Batch *kept, uint32_t row, Str hash, int64_t ord, int64_t stamp)
{
	OnceOp *o = op->state;
	if (o->expiry.ttl_ms && expiry_touch(&o->expiry, hash))
		forget(o, hash);
	int64_t have = count_of(o, hash), more = batch_weight(b, row), shown = have < 0 ? have + more : more;
	if (shown > 0)
		out_rows_copy(&o->out, b, row, shown, ord, stamp);
	int64_t now = have + more;
	int32_t count = (int32_t)now;
	strbuf_clear(&o->row);
	strbuf_put(&o->row, (const char *)&count, ONCE_COUNT);
	batch_encode_row(kept, row, &o->row);
	Str first = strbuf_str(&o->row), values = str_slice(first, ONCE_COUNT, first.len - ONCE_COUNT);
	for (int64_t n = have < 1 ? 1 : have; n < now; n++)
		state_put(o->rows, copy_key(o, hash, n), values);
	if (now == 0)
		state_del(o->rows, hash);
	else if (have > 0 || now < 0)
		put_count(o, hash, now);
	else
		state_put(o->rows, hash, first);
}

static bool take_copy(Operator *op, const Batch *b, uint32_t row, Str hash, int64_t have, int64_t ord, int64_t stamp,
                      Err *err)
{
	OnceOp *o = op->state;
	const Plan *p = op->plan;
	Str key = have > 1 ? copy_key(o, hash, have - 1) : hash;
	uint32_t len = 0, skip = have > 1 ? 0 : ONCE_COUNT;
	const char *found = state_get(o->rows, key, &len);
	Value *values = ARENA_ARRAY(op->run->step, Value, p->once.ncols + 1);
	if (!found || !batch_decode_row(arena_str(op->run->step, str_make(found + skip, len - skip)), o->types,
	                                p->once.ncols, values))
		return err_set(err, ERR_STATE_CORRUPT, "a row of the state table \"%.*s\" is damaged",
		               STR_ARG(state_name(o->rows)));
	uint32_t at = out_rows_add(&o->out, -1, ord, stamp);
	for (uint32_t i = 0; i < o->nsame; i++)
		out_rows_set(&o->out, o->same[i], at, column_value(&b->cols[o->same[i]], row));
	for (uint32_t k = 0; k < p->once.ncols; k++)
		out_rows_set(&o->out, p->once.cols[k], at, values[k]);
	state_del(o->rows, key);
	return true;
}

static bool take_row(Operator *op, const Batch *b, uint32_t row, Str hash, int64_t ord, int64_t stamp, Err *err)
{
	OnceOp *o = op->state;
	if (o->expiry.ttl_ms && expiry_gone(&o->expiry, hash))
		forget(o, hash);
	int64_t had = count_of(o, hash), have = had;
	for (int64_t w = batch_weight(b, row); w < 0; w++, have--)
		if (have > 0 && !take_copy(op, b, row, hash, have, ord, stamp, err))
			return false;
	if (had >= 0 && have < 0)
		ARENA_PUSH(op->run->step, &o->owed, arena_str(op->run->step, hash));
	if (have)
		put_count(o, hash, have);
	return true;
}

/* A value that is kept is one: the subquery of a function's body may have found too many rows. */
static bool check_values(Operator *op, const Batch *b, const Column *c, Err *err)
{
	if (column_first_err(c) < 0)
		return true;
	for (uint32_t i = 0; i < b->n; i++) {
		uint8_t bad = column_err(c, i);
		if (!bad || batch_weight(b, i) < 0)
			continue;
		operator_failed_at(op, b, i);
		return bad == ROW_MANY_ROWS
		           ? err_set(err, ERR_MORE_THAN_ONE_ROW, "a subquery used as a value returned more than one row")
		           : err_set(err, column_err_code((RowErr)bad), "a value that a function gave is not valid: %s",
		                     err_title(column_err_code((RowErr)bad)));
	}
	return true;
}

static bool once_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	OnceOp *o = op->state;
	Arena *step = op->run->step;
	for (uint32_t k = 0; k < op->plan->once.ncols; k++)
		if (!check_values(op, b, &b->cols[op->plan->once.cols[k]], err))
			return false;
	for (uint32_t i = 0; i < o->nsame; i++)
		o->cols[i] = &b->cols[o->same[i]];
	Str *keys = ARENA_ARRAY(step, Str, b->n + 1);
	column_encode_keys(o->cols, o->nsame, b->n, step, keys);
	Column *cols = ARENA_ARRAY(step, Column, op->plan->once.ncols + 1);
	for (uint32_t k = 0; k < op->plan->once.ncols; k++)
		cols[k] = b->cols[op->plan->once.cols[k]];
	const Batch kept = {.n = b->n, .ncols = op->plan->once.ncols, .cols = cols};
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t ord = b->ord ? b->ord[i] : 0, stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		char bytes[ONCE_HASH];
		Hash128 h = hash_bytes128(keys[i].ptr, keys[i].len, 0);
		codec_store_be64(bytes, h.high);
		codec_store_be64(bytes + 8, h.low);
		Str hash = str_make(bytes, ONCE_HASH);
		if (batch_weight(b, i) > 0)
			add_row(op, b, &kept, i, hash, ord, stamp);
		else if (!take_row(op, b, i, hash, ord, stamp, err))
			return false;
	}
	out_rows_flush(&o->out);
	return true;
}

/* What is still owed was never there, or is forgotten. */
static bool once_flush(Operator *op, Err *err)
{
	OnceOp *o = op->state;
	for (uint32_t i = 0; i < o->owed.len; i++) {
		int64_t n = count_of(o, o->owed.items[i]);
		if (n >= 0)
			continue;
		if (!expiry_lenient(op))
			return err_set(err, ERR_RETRACT_UNKNOWN, "\"%.*s\" was told to take back a row that it does not hold",
			               STR_ARG(op->run->name));
		op->counts.unknown += (uint64_t)-n;
		state_del(o->rows, o->owed.items[i]);
	}
	o->owed.items = NULL;
	o->owed.len = o->owed.cap = 0;
	for (Str gone; expiry_sweep(&o->expiry, &gone);)
		forget(o, gone);
	expiry_step_end(&o->expiry);
	return true;
}

static void once_close(Operator *op)
{
	OnceOp *o = op->state;
	if (!o)
		return;
	strbuf_deinit(&o->key);
	strbuf_deinit(&o->row);
	expiry_close(&o->expiry);
}

static void once_describe(Operator *op, StrBuf *out)
{
	const OnceOp *o = op->state;
	strbuf_printf(out, "%lld rows", (long long)state_rows(o->rows));
}

const OperatorType once_type = {
    .name = "once",
    .open = once_open,
    .push = once_push,
    .flush = once_flush,
    .close = once_close,
    .describe = once_describe,
};
