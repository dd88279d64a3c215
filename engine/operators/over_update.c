/*
 * engine/operators/over_update.c: OVER over an input that takes rows back, in a continuous query: results change, too.
 *
 * All rows are kept in order per partition. A partition that a step touches is computed before the first change and at
 * the end, by the same code as in a snapshot (over_eval.c); what differs goes and comes: a change costs the rows of its
 * partition. Where state expires each row leaves by itself, and the results of its partition change.
 */
#include "engine/operators/operators.h"
#include "engine/operators/out_rows.h"
#include "engine/operators/over_eval.h"
#include "engine/operators/sorted_rows.h"

typedef struct OverUpdateOp {
	const PlanOver *plan;
	SortedRows rows;
	Touched touched;
	OutRows out;
	bool begun; /* what is over has left in this step */
} OverUpdateOp;

/* A partition with its results. */
typedef struct Computed {
	Str *keys; /* in the table */
	const Batch *batch;
	Column *results;
	uint32_t n;
} Computed;

static bool over_update_open(Operator *op, Err *err)
{
	OverUpdateOp *o = ARENA_NEW(op->run->arena, OverUpdateOp);
	op->state = o;
	const PlanOver *v = o->plan = &op->plan->over;
	out_rows_init(&o->out, op);
	return sorted_rows_open(&o->rows, op, v->partition, v->npartition, v->order, v->norder, err) &&
	       sorted_rows_expire(&o->rows, err);
}

typedef struct RowList {
	Str *items;
	uint32_t len, cap;
} RowList;

static bool compute(Operator *op, Str partition, Computed *out, Err *err)
{
	OverUpdateOp *o = op->state;
	Arena *step = op->run->step;
	RowList keys = {0}, rows = {0};
	StateScan *s = sorted_rows_scan(&o->rows, partition);
	Str key, row;
	while (state_scan_next(s, &key, &row)) {
		key = arena_str(step, key);
		row = arena_str(step, row);
		ARENA_PUSH(step, &keys, key);
		ARENA_PUSH(step, &rows, row);
	}
	state_scan_close(s);
	uint32_t n = keys.len, ncols = o->rows.ncols;
	Value *values = ARENA_ARRAY(step, Value, (size_t)n * ncols + 1);
	Str *orders = ARENA_ARRAY(step, Str, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		if (!sorted_rows_decode(&o->rows, rows.items[i], values + (size_t)i * ncols, err))
			return false;
		orders[i] = sorted_rows_order(partition, keys.items[i]);
	}
	out->n = n;
	out->keys = keys.items;
	out->batch = batch_from_values(o->rows.types, ncols, values, n, NULL, NULL, NULL, step);
	out->results = over_eval_columns(op, n);
	return n == 0 || over_eval_partition(op, out->batch, orders, 0, n, out->results, err);
}

static TouchedPart *touch(Operator *op, Str partition, bool *created, Err *err)
{
	OverUpdateOp *o = op->state;
	TouchedPart *p = sorted_rows_touch(&o->touched, partition, op->run->step, created);
	if (*created) {
		Computed *before = ARENA_NEW(op->run->step, Computed);
		if (!compute(op, p->key, before, err))
			return NULL;
		p->data = before;
	}
	return p;
}

/* Rows that are over leave before the rows of the step come. */
static bool begin_step(Operator *op, Err *err)
{
	OverUpdateOp *o = op->state;
	Str partition, key;
	while (!o->begun && sorted_rows_over(&o->rows, &partition, &key)) {
		bool created;
		TouchedPart *p = touch(op, partition, &created, err);
		if (!p)
			return false;
		if (created) {
			p->ord = op->run->next_ord;
			p->stamp = op->in_curve[0]->before;
		}
		sorted_rows_forget(&o->rows, key);
	}
	o->begun = true;
	return true;
}

static bool over_update_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	OverUpdateOp *o = op->state;
	if (!begin_step(op, err))
		return false;
	SortedKey *keys = sorted_rows_keys(&o->rows, b, NULL);
	for (uint32_t i = 0; i < b->n; i++) {
		bool created;
		TouchedPart *p = touch(op, keys[i].partition, &created, err);
		if (!p)
			return false;
		p->ord = b->ord ? b->ord[i] : 0;
		p->stamp = b->stamp ? b->stamp[i] : BATCH_NO_WATERMARK;
		sorted_rows_change(&o->rows, keys[i].full, b, i);
	}
	return true;
}

static void emit(Operator *op, const Computed *c, uint32_t i, int64_t weight, const TouchedPart *p)
{
	OverUpdateOp *o = op->state;
	uint32_t row = out_rows_add(&o->out, weight, p->ord, p->stamp), col = 0;
	for (uint32_t k = 0; k < o->rows.ncols; k++)
		out_rows_set(&o->out, col++, row, column_value(&c->batch->cols[k], i));
	for (uint32_t k = 0; k < o->plan->ncalls; k++)
		out_rows_set(&o->out, col++, row, column_value(&c->results[k], i));
}

static bool same_results(const PlanOver *v, const Computed *a, uint32_t i, const Computed *b, uint32_t k)
{
	for (uint32_t c = 0; c < v->ncalls; c++)
		if (!value_equal(v->calls[c].type, column_value(&a->results[c], i), column_value(&b->results[c], k)))
			return false;
	return true;
}

static void emit_changes(Operator *op, const Computed *old, const Computed *now, const TouchedPart *p)
{
	const OverUpdateOp *o = op->state;
	for (uint32_t i = 0, k = 0; i < old->n || k < now->n;) {
		int c = i == old->n ? 1 : k == now->n ? -1 : str_cmp(old->keys[i], now->keys[k]);
		if (c == 0 && same_results(o->plan, old, i, now, k)) {
			i++;
			k++;
			continue;
		}
		if (c <= 0)
			emit(op, old, i++, -1, p);
		if (c >= 0)
			emit(op, now, k++, 1, p);
	}
}

static bool over_update_flush(Operator *op, Err *err)
{
	OverUpdateOp *o = op->state;
	if (!begin_step(op, err) || !sorted_rows_settle(&o->rows, err))
		return false;
	o->begun = false;
	uint32_t n;
	TouchedPart **list = sorted_rows_touched(&o->touched, &n);
	for (uint32_t i = 0; i < n; i++) {
		Computed now;
		if (!compute(op, list[i]->key, &now, err))
			return false;
		emit_changes(op, list[i]->data, &now, list[i]);
	}
	out_rows_flush(&o->out);
	return true;
}

static void over_update_close(Operator *op)
{
	OverUpdateOp *o = op->state;
	if (o)
		sorted_rows_close(&o->rows);
}

static void over_update_describe(Operator *op, StrBuf *out)
{
	const OverUpdateOp *o = op->state;
	strbuf_printf(out, "%lld rows", (long long)state_rows(o->rows.table));
}

const OperatorType over_update_type = {
    .name = "over, updating",
    .open = over_update_open,
    .push = over_update_push,
    .flush = over_update_flush,
    .close = over_update_close,
    .describe = over_update_describe,
};
