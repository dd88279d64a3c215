/*
 * engine/operators/agg.c: GROUP BY without a window, and DISTINCT.
 *
 * A block of aggregates per group (agg_state.h). The groups that a step touches remember what they were; flush compares
 * and emits -old and +new, once per group and step, in order of the row that touched it last. A group without rows is
 * gone, but for the one row of a global aggregate.
 *
 *   | rows 8 | touched 4, of this step: number + 1; 0 in the file | 4 unused | states ... |
 *
 * A snapshot emits every group once, at the end.
 *
 * Where state expires (expiry.h) a group is forgotten as a whole, with the values beside its block; the time of its
 * last write stands behind the states. Rows that are taken back may be unknown then, of this node or from one below: a
 * group never has fewer than no rows, and begins anew when it has none, row by row, so that it is the same for every
 * step size.
 *
 *   ... states | written, ms 8 | 0, but while a batch is taken 8 |
 */
#include "engine/operators/agg_state.h"
#include "engine/operators/expiry.h"
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"

#include <stdlib.h>

enum { AGG_HEADER = 16 };

typedef struct Touched {
	Str key;
	char *block;
	char *old;      /* the block before the step; NULL: there was none */
	Value *results; /* of `old`, where values beside the block count; else NULL */
	int64_t ord, stamp;
	const Batch *batch; /* of the last row */
	uint32_t row;
	uint32_t number; /* order of the first touch */
} Touched;

typedef struct AggOp {
	const PlanAgg *agg;
	AggState st;
	StateTable *groups;
	OutRows out;
	const Column **cols; /* scratch */
	struct {
		Touched *items;
		uint32_t len, cap;
	} touched;
	bool one_row_made;
	bool lenient;
	uint32_t size; /* of a block with what stands behind the states */
	Expiry expiry;
} AggOp;

static int64_t *written(const AggOp *g, char *block)
{
	return (int64_t *)(void *)(block + g->st.size);
}

/* Rows that the batch being taken has added so far. */
static int64_t *added(const AggOp *g, char *block)
{
	return written(g, block) + 1;
}

static bool agg_open(Operator *op, Err *err)
{
	AggOp *g = ARENA_NEW(op->run->arena, AggOp);
	op->state = g;
	g->agg = &op->plan->agg;
	g->cols = ARENA_ARRAY_ZERO(op->run->arena, const Column *, g->agg->nkeys + 1);
	out_rows_init(&g->out, op);
	if (!operator_state_open(op, "agg", STATE_HASH, 0, &g->groups, err) ||
	    !agg_state_open(&g->st, op, AGG_HEADER, 0, err) || !expiry_open(&g->expiry, op, 0, "ttl", EXPIRY_OWN, err))
		return false;
	g->lenient = expiry_lenient(op);
	g->size = g->st.size + (g->lenient ? 16 : 0);
	return true;
}

/* The group's first row of the step: is it over, so that it begins anew? */
static bool begin_anew(Operator *op, Str key, char *block, bool created)
{
	AggOp *g = op->state;
	if (!created && expiry_over(&g->expiry, *written(g, block))) {
		agg_state_forget(&g->st, key, block);
		op->counts.expired++;
		created = true;
	}
	*written(g, block) = expiry_now(&g->expiry);
	if (created && g->agg->nkeys) /* a block alone does not grow */
		expiry_begin(&g->expiry, key);
	return created;
}

static Touched *touch(Operator *op, Str key, char *block, bool created, Err *err)
{
	AggOp *g = op->state;
	Arena *step = op->run->step;
	Touched t = {.key = arena_str(step, key), .block = block, .number = g->touched.len};
	if (g->expiry.ttl_ms)
		created = begin_anew(op, key, block, created);
	if (!created) {
		t.old = arena_copy(step, block, g->st.size);
		if (g->st.has_values) {
			t.results = ARENA_ARRAY(step, Value, g->st.nitems + 1);
			if (!agg_state_results(&g->st, block, key, NULL, 0, step, t.results, err))
				return NULL;
		}
	}
	ARENA_PUSH(step, &g->touched, t);
	uint32_t number = g->touched.len;
	memcpy(block + 8, &number, 4);
	return &g->touched.items[number - 1];
}

static bool touch_rows(Operator *op, const Batch *b, const Str *keys, void *const *blocks, const uint8_t *created,
                       Err *err)
{
	AggOp *g = op->state;
	for (uint32_t i = 0; i < b->n; i++) {
		uint32_t number;
		memcpy(&number, (char *)blocks[i] + 8, 4);
		if (number && !g->st.nitems && !b->weight)
			continue; /* DISTINCT: a row appears with the first of its kind */
		Touched *t = number ? &g->touched.items[number - 1] : touch(op, keys[i], blocks[i], created[i], err);
		if (!t)
			return false;
		t->ord = b->ord ? b->ord[i] : 0;
		t->stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		t->batch = b;
		t->row = i;
	}
	return true;
}

/* Rows sel[0 .. n) with their weights. */
static bool take_rows(Operator *op, const Batch *b, const uint32_t *sel, const int64_t *weight, uint32_t n,
                      const Str *keys, void *const *blocks, Err *err)
{
	AggOp *g = op->state;
	Arena *step = op->run->step;
	if (!n)
		return true;
	Batch *part = batch_gather(b, sel, n, step);
	part->weight = arena_copy(step, weight, n * sizeof *weight);
	Str *k = ARENA_ARRAY(step, Str, n);
	void **s = ARENA_ARRAY(step, void *, n);
	for (uint32_t i = 0; i < n; i++) {
		k[i] = keys[sel[i]];
		s[i] = blocks[sel[i]];
		*added(g, s[i]) = 0;
	}
	return agg_state_update(&g->st, part, k, s, err);
}

/* Rows of which some may take back what is not known. */
static bool take_lenient(Operator *op, const Batch *b, const Str *keys, void *const *blocks, Err *err)
{
	AggOp *g = op->state;
	uint32_t *sel = ARENA_ARRAY(op->run->step, uint32_t, b->n + 1), n = 0;
	int64_t *weight = ARENA_ARRAY(op->run->step, int64_t, b->n + 1);
	for (uint32_t i = 0; i < b->n; i++) {
		int64_t w = batch_weight(b, i), have = *agg_state_rows(blocks[i]) + *added(g, blocks[i]);
		if (have + w < 0) {
			op->counts.unknown += (uint64_t) - (have + w);
			w = -have;
		}
		if (!w)
			continue;
		sel[n] = i;
		weight[n++] = w;
		*added(g, blocks[i]) += w;
		if (have + w)
			continue;
		if (!take_rows(op, b, sel, weight, n, keys, blocks, err))
			return false;
		n = 0;
		agg_state_forget(&g->st, keys[i], blocks[i]);
	}
	return take_rows(op, b, sel, weight, n, keys, blocks, err);
}

static bool agg_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	AggOp *g = op->state;
	Arena *step = op->run->step;
	uint32_t nkeys = g->agg->nkeys;
	if (!nkeys) {
		bool made;
		char *block = state_edit(g->groups, STR_EMPTY, g->size, NULL, &made);
		uint32_t number;
		memcpy(&number, block + 8, 4);
		if (!op->run->is_snapshot) {
			Touched *t = number ? &g->touched.items[number - 1] : touch(op, STR_EMPTY, block, made, err);
			if (!t)
				return false;
			t->ord = b->ord ? b->ord[b->n - 1] : 0;
			t->stamp = b->stamp ? b->stamp[b->n - 1] : BATCH_NO_WATERMARK;
			t->batch = b;
			t->row = b->n - 1;
		}
		if (!g->lenient || !b->weight)
			return agg_state_update_one(&g->st, b, STR_EMPTY, block, err);
		Str *none = ARENA_ARRAY(step, Str, b->n + 1);
		void **same = ARENA_ARRAY(step, void *, b->n + 1);
		for (uint32_t i = 0; i < b->n; i++) {
			none[i] = STR_EMPTY;
			same[i] = block;
		}
		return take_lenient(op, b, none, same, err);
	}
	for (uint32_t k = 0; k < nkeys; k++)
		g->cols[k] = &b->cols[g->agg->keys[k]];
	Str *keys = ARENA_ARRAY(step, Str, b->n + 1);
	void **blocks = ARENA_ARRAY(step, void *, b->n + 1);
	uint8_t *created = ARENA_ARRAY(step, uint8_t, b->n + 1);
	column_encode_keys(g->cols, nkeys, b->n, step, keys);
	state_edit_many(g->groups, keys, NULL, b->n, g->size, blocks, created);
	if (!op->run->is_snapshot && !touch_rows(op, b, keys, blocks, created, err))
		return false;
	return g->lenient && b->weight ? take_lenient(op, b, keys, blocks, err)
	                               : agg_state_update(&g->st, b, keys, blocks, err);
}

static void emit_row(AggOp *g, Str key, const Value *results, int64_t weight, int64_t ord, int64_t stamp)
{
	uint32_t row = out_rows_add(&g->out, weight, ord, stamp), c = 0;
	CodecReader r = codec_reader(key);
	for (uint32_t k = 0; k < g->agg->nkeys; k++)
		out_rows_set_key(&g->out, c++, row, &r);
	for (uint32_t k = 0; k < g->st.nitems; k++)
		out_rows_set(&g->out, c++, row, results[k]);
}

static bool unknown_row(Operator *op, const Touched *t, Err *err)
{
	StrBuf text;
	strbuf_init(&text);
	err_set(err, ERR_RETRACT_UNKNOWN, "an aggregate of \"%.*s\" was told to take back a row that it does not hold",
	        STR_ARG(op->run->name));
	if (t->batch) {
		batch_print(batch_slice(t->batch, t->row, t->row + 1, op->run->step), &text);
		err_detail(err, "the last row of its group: %s", strbuf_cstr(&text));
	}
	strbuf_deinit(&text);
	return false;
}

static bool flush_group(Operator *op, Touched *t, Err *err)
{
	AggOp *g = op->state;
	Arena *step = op->run->step;
	uint32_t n = g->st.nitems;
	int64_t rows = *agg_state_rows(t->block);
	memset(t->block + 8, 0, 4);
	if (rows < 0)
		return unknown_row(op, t, err);
	Value *before = t->results, *after = NULL;
	if (t->old && !before) {
		before = ARENA_ARRAY(step, Value, n + 1);
		if (!agg_state_results(&g->st, t->old, t->key, NULL, 0, step, before, err))
			return false;
	}
	if (rows == 0 && g->agg->one_row)
		memset(t->block, 0, g->st.size);
	if (rows > 0 || g->agg->one_row) {
		after = ARENA_ARRAY(step, Value, n + 1);
		if (!agg_state_results(&g->st, t->block, t->key, NULL, 0, step, after, err))
			return false;
	} else {
		state_del(g->groups, t->key);
	}
	bool same = before && after;
	for (uint32_t k = 0; k < n && same; k++)
		same = value_equal(g->st.items[k].call->type, before[k], after[k]);
	if (same && (op->plan->append_only || !op->plan->refreshes))
		return true;
	if (before)
		emit_row(g, t->key, before, -1, t->ord, t->stamp);
	if (after)
		emit_row(g, t->key, after, 1, t->ord, t->stamp);
	return true;
}

static int compare_touched(const void *a, const void *b)
{
	const Touched *x = a, *y = b;
	if (x->ord != y->ord)
		return x->ord < y->ord ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* The row of a global aggregate over nothing. */
static bool make_one_row(Operator *op, Err *err)
{
	AggOp *g = op->state;
	if (!g->agg->one_row || g->one_row_made)
		return true;
	g->one_row_made = true;
	bool made;
	char *block = state_edit(g->groups, STR_EMPTY, g->size, NULL, &made);
	if (!made)
		return true;
	Touched *t = touch(op, STR_EMPTY, block, true, err);
	if (!t)
		return false;
	t->ord = op->run->next_ord;
	t->stamp = op->in_curve[0]->before;
	return true;
}

static bool flush_snapshot(Operator *op, Err *err)
{
	AggOp *g = op->state;
	bool made;
	if (g->agg->one_row)
		state_edit(g->groups, STR_EMPTY, g->size, NULL, &made);
	Value *results = ARENA_ARRAY(op->run->step, Value, g->st.nitems + 1);
	StateScan *s = state_scan_open(g->groups, STR_EMPTY, (Str){0}, false, false, op->run->step);
	Str key, block;
	bool fine = true;
	while (fine && state_scan_next(s, &key, &block)) {
		fine = agg_state_results(&g->st, block.ptr, key, NULL, 0, op->run->step, results, err);
		if (fine)
			emit_row(g, key, results, 1, 0, BATCH_NO_WATERMARK);
	}
	state_scan_close(s);
	out_rows_flush(&g->out);
	return fine;
}

static void sweep(Operator *op)
{
	AggOp *g = op->state;
	Str key;
	while (expiry_next(&g->expiry, &key)) {
		uint32_t len;
		char *block = (char *)(uintptr_t)state_get(g->groups, key, &len);
		if (!block)
			continue;
		if (!expiry_over(&g->expiry, *written(g, block))) {
			expiry_renew(&g->expiry, key, *written(g, block));
			continue;
		}
		agg_state_forget(&g->st, key, NULL);
		state_del(g->groups, key);
		op->counts.expired++;
	}
	expiry_step_end(&g->expiry);
}

static bool agg_flush(Operator *op, Err *err)
{
	AggOp *g = op->state;
	if (op->run->is_snapshot)
		return flush_snapshot(op, err);
	if (!make_one_row(op, err))
		return false;
	uint32_t n = g->touched.len;
	Touched *list = g->touched.items;
	bool sorted = true;
	for (uint32_t i = 1; i < n && sorted; i++)
		sorted = list[i - 1].ord <= list[i].ord;
	if (!sorted)
		qsort(list, n, sizeof *list, compare_touched);
	g->touched.items = NULL;
	g->touched.len = g->touched.cap = 0;
	for (uint32_t i = 0; i < n; i++)
		if (!flush_group(op, &list[i], err))
			return false;
	out_rows_flush(&g->out);
	sweep(op);
	return agg_state_check(&g->st, err);
}

static void agg_close(Operator *op)
{
	AggOp *g = op->state;
	if (!g)
		return;
	agg_state_close(&g->st);
	expiry_close(&g->expiry);
}

static void agg_describe(Operator *op, StrBuf *out)
{
	const AggOp *g = op->state;
	strbuf_printf(out, "%lld groups", (long long)state_rows(g->groups));
}

const OperatorType agg_type = {
    .name = "aggregate",
    .open = agg_open,
    .push = agg_push,
    .flush = agg_flush,
    .close = agg_close,
    .describe = agg_describe,
};
