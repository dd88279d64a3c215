/*
 * engine/operators/lookup_join.c: joins of continuous queries with the rows that the right side holds when a left row
 * comes (FOR SYSTEM_TIME AS OF a processing time). What has been put out stays, however the right side changes later.
 *
 * The keys of a batch are looked up together, each once (lookup_find.h). Then the condition beside the keys is
 * evaluated over all pairs at once.
 *
 * A left side that only appends needs no state. One that takes rows back does: a look-up made again could find other
 * rows, so what a left row was joined to is kept until the row goes:
 *
 *   given     hash of the left row | number     the right rows, one blob each; none: it found nothing
 *
 * Of equal left rows the oldest is taken back first.
 *
 * In what is run for the rows of a batch (the body of a function) the left rows are those of the run, and the right
 * side is as the run has it; nothing is kept, and each batch is joined as it comes.
 */
#include "base/hash.h"
#include "engine/operators/join_pairs.h"
#include "engine/operators/lookup_find.h"
#include "engine/operators/operators.h"

enum { LOOKUP_PAIRS = 16384, LOOKUP_HASH = 16, LOOKUP_KEY = LOOKUP_HASH + 8 };

typedef struct LookupJoinOp {
	LookupFind find;
	JoinPairs pairs;
	bool outer; /* LEFT */
	StateTable *given;
	BatchList left, right; /* of the step */
	StrBuf bytes;
	/* of the rows being worked on: pairs of left row and found row, in the order of the left rows */
	uint32_t *l, *r;
	uint32_t n, cap;
	/* what comes out where rows may be taken back: left row, right row (ptr NULL: none), weight */
	uint32_t *out_row;
	Str *out_right;
	int64_t *out_weight;
	uint32_t nout, out_cap;
} LookupJoinOp;

static bool lookup_join_open(Operator *op, Err *err)
{
	LookupJoinOp *j = ARENA_NEW(op->run->arena, LookupJoinOp);
	op->state = j;
	strbuf_init(&j->bytes);
	j->outer = op->plan->join.kind == JOIN_LEFT;
	join_pairs_open(&j->pairs, op);
	if (!op->run->is_snapshot && !op->plan->inputs[0]->append_only &&
	    !operator_state_open(op, "given", STATE_ORDERED, 0, &j->given, err))
		return false;
	op->counts.held = j->given ? state_rows(j->given) : 0;
	return lookup_find_open(&j->find, op, err);
}

static bool join_batch(Operator *op, const Batch *b, Err *err);

static bool lookup_join_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	LookupJoinOp *j = op->state;
	if (op->run->is_snapshot)
		return lookup_find_step(&j->find, NULL, err) && join_batch(op, b, err);
	if (port == 0 && j->given)
		b = batch_consolidate(b, true, op->run->step);
	if (b->n)
		ARENA_PUSH(op->run->step, port ? &j->right : &j->left, b);
	return true;
}

/* ---- a left side that appends ---- */

static void put_appended(Operator *op, const Batch *b, uint32_t from, uint32_t to, const uint8_t *pass)
{
	LookupJoinOp *j = op->state;
	for (uint32_t i = from, k = 0; i < to; i++) {
		bool any = false;
		int64_t ord = b->ord ? b->ord[i] : 0, stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		for (; k < j->n && j->l[k] == i; k++)
			if (pass[k]) {
				join_pairs_put(&j->pairs, i, j->r[k], ord, stamp);
				any = true;
			}
		if (!any && j->outer)
			join_pairs_put(&j->pairs, i, JOIN_ALONE, ord, stamp);
	}
}

/* ---- one that takes rows back ---- */

static void add_out(LookupJoinOp *j, Arena *step, uint32_t row, Str right, int64_t weight)
{
	if (j->nout == j->out_cap) {
		uint32_t old = j->out_cap, cap = old ? old * 2 : 256;
		j->out_row = arena_grow(step, j->out_row, old * sizeof(uint32_t), cap * sizeof(uint32_t));
		j->out_right = arena_grow(step, j->out_right, old * sizeof(Str), cap * sizeof(Str));
		j->out_weight = arena_grow(step, j->out_weight, old * sizeof(int64_t), cap * sizeof(int64_t));
		j->out_cap = cap;
	}
	j->out_row[j->nout] = row;
	j->out_right[j->nout] = right;
	j->out_weight[j->nout++] = weight;
}

/* The oldest (or newest) entry of a left row; false: there is none. */
static bool entry_of(LookupJoinOp *j, Str hash, bool newest, Arena *step, uint64_t *number, Str *value)
{
	StrBuf end;
	strbuf_init(&end);
	strbuf_put_str(&end, hash);
	Str to = codec_prefix_end(&end) ? arena_str(step, strbuf_str(&end)) : (Str){0};
	strbuf_deinit(&end);
	StateScan *s = state_scan_open(j->given, hash, to, newest, true, step);
	Str key, v;
	bool found = state_scan_next(s, &key, &v) && key.len == LOOKUP_KEY;
	if (found) {
		*number = codec_load_be64(key.ptr + LOOKUP_HASH);
		*value = newest ? (Str){0} : arena_str(step, v);
	}
	state_scan_close(s);
	return found;
}

static Str entry_key(Str hash, uint64_t number, Arena *step)
{
	char *at = arena_alloc(step, LOOKUP_KEY);
	memcpy(at, hash.ptr, LOOKUP_HASH);
	codec_store_be64(at + LOOKUP_HASH, number);
	return str_make(at, LOOKUP_KEY);
}

static void give(Operator *op, Str hash, uint32_t row, const Str *rights, uint32_t n, int64_t weight)
{
	LookupJoinOp *j = op->state;
	Arena *step = op->run->step;
	uint64_t number;
	Str unused;
	number = entry_of(j, hash, true, step, &number, &unused) ? number + 1 : 0;
	strbuf_clear(&j->bytes);
	for (uint32_t i = 0; i < n; i++) {
		codec_put_blob(&j->bytes, rights[i]);
		add_out(j, step, row, rights[i], weight);
	}
	if (!n && j->outer)
		add_out(j, step, row, (Str){0}, weight);
	for (int64_t w = 0; w < weight; w++)
		state_put(j->given, entry_key(hash, number++, step), strbuf_str(&j->bytes));
	op->counts.held += weight;
}

static bool take_back(Operator *op, const Batch *b, Str hash, uint32_t row, Err *err)
{
	LookupJoinOp *j = op->state;
	Arena *step = op->run->step;
	for (int64_t w = batch_weight(b, row); w < 0; w++) {
		uint64_t number;
		Str value, right;
		if (!entry_of(j, hash, false, step, &number, &value)) {
			operator_failed_at(op, b, row);
			StrBuf text;
			strbuf_init(&text);
			batch_print(batch_slice(b, row, row + 1, step), &text);
			err_set(err, ERR_RETRACT_UNKNOWN, "a lookup join was told to take back a row that it has not had");
			err_detail(err, "%s", strbuf_cstr(&text));
			strbuf_deinit(&text);
			return false;
		}
		CodecReader r = codec_reader(value);
		uint32_t n = 0;
		for (; r.at != r.end && codec_get_blob(&r, &right); n++)
			add_out(j, step, row, right, -1);
		if (r.at != r.end)
			return err_set(err, ERR_STATE_CORRUPT, "the state table \"%.*s\" is damaged",
			               STR_ARG(state_name(j->given)));
		if (!n && j->outer)
			add_out(j, step, row, (Str){0}, -1);
		state_del(j->given, entry_key(hash, number, step));
		op->counts.held--;
	}
	return true;
}

/* Puts out what add_out has collected. */
static bool put_given(Operator *op, const Batch *b, Err *err)
{
	LookupJoinOp *j = op->state;
	Arena *step = op->run->step;
	Str *rights = ARENA_ARRAY(step, Str, j->nout + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < j->nout; i++)
		if (j->out_right[i].ptr)
			rights[n++] = j->out_right[i];
	Column *cols = ARENA_ARRAY(step, Column, op->plan->inputs[1]->ncols + 1);
	if (!join_pairs_decode(op, 1, rights, n, cols, err))
		return false;
	join_pairs_begin(&j->pairs, b->cols, cols);
	for (uint32_t i = 0, k = 0; i < j->nout; i++) {
		uint32_t row = j->out_row[i], right = j->out_right[i].ptr ? k++ : JOIN_ALONE;
		join_pairs_put_weight(&j->pairs, row, right, j->out_weight[i], b->ord[row],
		                      b->stamp ? b->stamp[row] : BATCH_NO_WATERMARK);
	}
	join_pairs_end(&j->pairs);
	return true;
}

static Str *hash_rows(Operator *op, const Batch *b)
{
	Arena *step = op->run->step;
	const Column **cols = ARENA_ARRAY(step, const Column *, b->ncols + 1);
	Str *keys = ARENA_ARRAY(step, Str, b->n + 1);
	for (uint32_t c = 0; c < b->ncols; c++)
		cols[c] = &b->cols[c];
	column_encode_keys(cols, b->ncols, b->n, step, keys);
	char *bytes = arena_alloc(step, (size_t)b->n * LOOKUP_HASH + 1);
	for (uint32_t i = 0; i < b->n; i++) {
		Hash128 h = hash_bytes128(keys[i].ptr, keys[i].len, 0);
		codec_store_be64(bytes + (size_t)i * LOOKUP_HASH, h.high);
		codec_store_be64(bytes + (size_t)i * LOOKUP_HASH + 8, h.low);
		keys[i] = str_make(bytes + (size_t)i * LOOKUP_HASH, LOOKUP_HASH);
	}
	return keys;
}

static bool put_changed(Operator *op, const Batch *b, uint32_t from, uint32_t to, const Str *hashes,
                        const uint8_t *pass, Err *err)
{
	LookupJoinOp *j = op->state;
	Arena *step = op->run->step;
	Str *rights = ARENA_ARRAY(step, Str, j->n + 1);
	j->nout = j->out_cap = 0;
	for (uint32_t i = from, k = 0; i < to; i++) {
		uint32_t n = 0;
		for (; k < j->n && j->l[k] == i; k++)
			if (pass[k])
				rights[n++] = j->find.rows[j->r[k]];
		int64_t w = batch_weight(b, i);
		if (w > 0)
			give(op, hashes[i], i, rights, n, w);
		else if (!take_back(op, b, hashes[i], i, err))
			return false;
	}
	return put_given(op, b, err);
}

/* ---- the step ---- */

static bool work(Operator *op, const Batch *b, uint32_t from, uint32_t to, const Column *cols, const Str *hashes,
                 Err *err)
{
	LookupJoinOp *j = op->state;
	uint8_t *pass = ARENA_ARRAY(op->run->step, uint8_t, j->n + 1);
	join_pairs_begin(&j->pairs, b->cols, cols);
	if (!join_pairs_test(&j->pairs, j->l, j->r, j->n, pass, err))
		return false;
	if (j->given)
		return put_changed(op, b, from, to, hashes, pass, err);
	put_appended(op, b, from, to, pass);
	join_pairs_end(&j->pairs);
	return true;
}

static void add_pair(LookupJoinOp *j, Arena *step, uint32_t l, uint32_t r)
{
	if (j->n == j->cap) {
		uint32_t cap = j->cap ? j->cap * 2 : BATCH_ROWS_MAX;
		j->l = arena_grow(step, j->l, j->cap * sizeof(uint32_t), cap * sizeof(uint32_t));
		j->r = arena_grow(step, j->r, j->cap * sizeof(uint32_t), cap * sizeof(uint32_t));
		j->cap = cap;
	}
	j->l[j->n] = l;
	j->r[j->n++] = r;
}

static bool join_batch(Operator *op, const Batch *b, Err *err)
{
	LookupJoinOp *j = op->state;
	Arena *step = op->run->step;
	if (!lookup_find_batch(&j->find, b, err))
		return false;
	Column *cols = ARENA_ARRAY(step, Column, op->plan->inputs[1]->ncols + 1);
	if (!join_pairs_decode(op, 1, j->find.rows, j->find.nrows, cols, err))
		return false;
	const Str *hashes = j->given ? hash_rows(op, b) : NULL;
	j->l = j->r = NULL;
	j->n = j->cap = 0;
	uint32_t from = 0;
	for (uint32_t i = 0; i < b->n; i++) {
		for (uint32_t k = 0; k < j->find.count[i]; k++)
			add_pair(j, step, i, j->find.first[i] + k);
		if (j->n < LOOKUP_PAIRS && i + 1 < b->n)
			continue;
		if (operator_canceled(op, err) || !work(op, b, from, i + 1, cols, hashes, err))
			return false;
		from = i + 1;
		j->n = 0;
	}
	return true;
}

static bool lookup_join_flush(Operator *op, Err *err)
{
	LookupJoinOp *j = op->state;
	BatchList left = j->left, right = j->right;
	j->left = j->right = (BatchList){0};
	if (!left.len)
		return true;
	if (!lookup_find_step(&j->find, &right, err))
		return false;
	for (uint32_t i = 0; i < left.len; i++)
		if (!join_batch(op, left.items[i], err))
			return false;
	return true;
}

static void lookup_join_close(Operator *op)
{
	LookupJoinOp *j = op->state;
	if (!j)
		return;
	lookup_find_close(&j->find);
	strbuf_deinit(&j->bytes);
}

static void lookup_join_describe(Operator *op, StrBuf *out)
{
	const LookupJoinOp *j = op->state;
	lookup_find_describe(&j->find, out);
	if (j->given)
		strbuf_printf(out, "; %lld left rows kept", (long long)op->counts.held);
}

const OperatorType lookup_join_type = {
    .name = "lookup join",
    .open = lookup_join_open,
    .push = lookup_join_push,
    .flush = lookup_join_flush,
    .close = lookup_join_close,
    .describe = lookup_join_describe,
};
