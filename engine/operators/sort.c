/*
 * engine/operators/sort.c: ORDER BY, with LIMIT and OFFSET, of a snapshot.
 *
 * Sort keys become bytes once (memcmp orders them; NULLs where the key says), then rows are sorted by bytes and, among
 * equals, by arrival. With a LIMIT what cannot come out any more is thrown away from time to time.
 */
#include "engine/operators/sort.h"

#include <stdlib.h>

#include "engine/operators/collect.h"
#include "engine/operators/operators.h"

enum { SORT_PRUNE_ROWS = 65536 };

typedef struct SortOp {
	Collected rows;
	int64_t limit; /* -1: none */
	int64_t offset;
	bool top; /* only the first few are wanted: rows lie in an arena of our own, and pruning moves the survivors to
	             another */
	Arena *own[2];
	uint32_t in_use;
} SortOp;

bool sort_bounds(Operator *op, int64_t *limit, int64_t *offset, Err *err)
{
	const PlanSort *s = &op->plan->sort;
	*limit = -1;
	*offset = 0;
	const Expr *exprs[2] = {s->limit, s->offset};
	int64_t *outs[2] = {limit, offset};
	for (int i = 0; i < 2; i++) {
		Value v;
		if (!exprs[i])
			continue;
		if (!eval_const(exprs[i], &op->run->env, op->run->params, op->run->arena, &v, err))
			return false;
		if (v.null)
			continue; /* LIMIT NULL is no limit, as in PostgreSQL */
		if (v.i < 0)
			return err_set_at(err, ERR_BAD_VALUE, exprs[i]->span, "%s must not be negative", i ? "OFFSET" : "LIMIT");
		*outs[i] = v.i;
	}
	return true;
}

static bool sort_open(Operator *op, Err *err)
{
	SortOp *s = ARENA_NEW(op->run->arena, SortOp);
	op->state = s;
	if (!sort_bounds(op, &s->limit, &s->offset, err))
		return false;
	s->top = s->limit >= 0 && s->limit <= SORT_PRUNE_ROWS && s->offset <= SORT_PRUNE_ROWS - s->limit;
	for (int i = 0; s->top && i < 2; i++)
		s->own[i] = arena_open("sort", 0);
	return true;
}

typedef struct SortRow {
	uint64_t head; /* first 8 bytes of the key */
	Str key;
	uint32_t row;
} SortRow;

static int compare_rows(const void *a, const void *b)
{
	const SortRow *x = a, *y = b;
	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	int c = str_cmp(x->key, y->key);
	if (c)
		return c;
	return (x->row > y->row) - (x->row < y->row);
}

static uint64_t head_of(Str key)
{
	char bytes[8] = {0};
	memcpy(bytes, key.ptr, key.len < 8 ? key.len : 8);
	return codec_load_be64(bytes);
}

void sort_put_key(const SortKey *keys, uint32_t nkeys, const Batch *b, uint32_t row, StrBuf *out)
{
	for (uint32_t k = 0; k < nkeys; k++) {
		const Column *c = &b->cols[keys[k].col];
		sort_put_value(&keys[k], c->type, column_value(c, row), out);
	}
}

void sort_put_value(const SortKey *key, const Type *type, Value v, StrBuf *out)
{
	strbuf_putc(out, v.null ? (key->nulls_first ? 0 : 2) : 1);
	if (v.null)
		return;
	size_t from = out->len;
	value_encode_key(type, v, out);
	if (key->desc)
		codec_invert(out, from);
}

uint32_t *sort_by_keys(const Str *keys, uint32_t n, Arena *arena)
{
	SortRow *rows = ARENA_ARRAY(arena, SortRow, n + 1);
	for (uint32_t i = 0; i < n; i++)
		rows[i] = (SortRow){.head = head_of(keys[i]), .key = keys[i], .row = i};
	qsort(rows, n, sizeof *rows, compare_rows);
	uint32_t *idx = ARENA_ARRAY(arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		idx[i] = rows[i].row;
	return idx;
}

/* Row numbers in order. */
static uint32_t *sort_order(const PlanSort *p, const Batch *b, Arena *arena)
{
	StrBuf buf;
	strbuf_init(&buf);
	Str *keys = ARENA_ARRAY(arena, Str, b->n + 1);
	for (uint32_t i = 0; i < b->n; i++) {
		strbuf_clear(&buf);
		sort_put_key(p->keys, p->nkeys, b, i, &buf);
		keys[i] = arena_str(arena, strbuf_str(&buf));
	}
	strbuf_deinit(&buf);
	return sort_by_keys(keys, b->n, arena);
}

/* Keeps the best limit + offset rows, in their order. */
static bool prune(Operator *op, Err *err)
{
	SortOp *s = op->state;
	Arena *from = s->own[s->in_use], *to = s->own[!s->in_use];
	const Batch *all;
	if (!collect_all(&s->rows, op->plan->inputs[0], from, &all, err))
		return false;
	uint32_t *idx = sort_order(&op->plan->sort, all, from);
	collect_add(&s->rows, batch_gather(all, idx, (uint32_t)(s->limit + s->offset), from), false, to);
	arena_reset(from);
	s->in_use = !s->in_use;
	return true;
}

static bool sort_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	SortOp *s = op->state;
	collect_add(&s->rows, b, false, s->top ? s->own[s->in_use] : op->run->arena);
	return !s->top || s->rows.rows < SORT_PRUNE_ROWS * 2 || prune(op, err);
}

static bool sort_flush(Operator *op, Err *err)
{
	SortOp *s = op->state;
	Arena *step = op->run->step;
	const Batch *all;
	if (!collect_all(&s->rows, op->plan->inputs[0], s->top ? s->own[s->in_use] : op->run->arena, &all, err))
		return false;
	uint32_t *idx = sort_order(&op->plan->sort, all, step);
	int64_t from = s->offset < all->n ? s->offset : all->n;
	int64_t to = s->limit >= 0 && s->limit < all->n - from ? from + s->limit : all->n;
	for (int64_t at = from; at < to; at += BATCH_ROWS_MAX) {
		if (!collect_may_go_on(op, err))
			return false;
		int64_t n = to - at < BATCH_ROWS_MAX ? to - at : BATCH_ROWS_MAX;
		operator_emit(op, batch_gather(all, idx + at, (uint32_t)n, step));
	}
	return true;
}

static void sort_close(Operator *op)
{
	SortOp *s = op->state;
	for (int i = 0; s && i < 2; i++)
		arena_close(s->own[i]);
}

const OperatorType sort_type = {
    .name = "sort",
    .open = sort_open,
    .push = sort_push,
    .flush = sort_flush,
    .close = sort_close,
};
