/*
 * engine/operators/out_rows.c: rows made one by one. The first batch of a visit is small, the next ones larger.
 */
#include "engine/operators/out_rows.h"

enum { OUT_ROWS_FIRST = 128 };

void out_rows_init(OutRows *o, Operator *op)
{
	*o = (OutRows){.op = op, .ncols = op->plan->ncols};
}

static void open_batch(OutRows *o)
{
	Arena *step = o->op->run->step;
	uint32_t cap = o->last_cap ? o->last_cap * 4 : OUT_ROWS_FIRST;
	o->cap = o->last_cap = cap < BATCH_ROWS_MAX ? cap : BATCH_ROWS_MAX;
	o->cols = ARENA_ARRAY(step, Column, o->ncols + 1);
	for (uint32_t c = 0; c < o->ncols; c++)
		column_init(&o->cols[c], o->op->plan->cols[c].type, o->cap, step);
	o->weight = ARENA_ARRAY(step, int64_t, o->cap);
	o->ord = ARENA_ARRAY(step, int64_t, o->cap);
	o->stamp = ARENA_ARRAY(step, int64_t, o->cap);
	o->n = 0;
	o->weights = false;
}

static void close_batch(OutRows *o)
{
	if (!o->cols)
		return;
	for (uint32_t c = 0; c < o->ncols; c++)
		o->cols[c].len = o->n;
	Batch *b = ARENA_NEW(o->op->run->step, Batch);
	*b = (Batch){o->n, o->ncols, o->cols, o->weights ? o->weight : NULL, o->ord, o->stamp};
	operator_emit(o->op, b);
	o->cols = NULL;
}

uint32_t out_rows_add(OutRows *o, int64_t weight, int64_t ord, int64_t stamp)
{
	if (o->cols && o->n == o->cap)
		close_batch(o);
	if (!o->cols)
		open_batch(o);
	uint32_t row = o->n++;
	o->weight[row] = weight;
	o->weights |= weight != 1;
	o->ord[row] = ord;
	o->stamp[row] = stamp;
	return row;
}

void out_rows_undo(OutRows *o)
{
	o->n--;
}

void out_rows_flush(OutRows *o)
{
	close_batch(o);
	o->last_cap = 0;
}

/* The common string: no zero bytes inside. */
static bool set_plain_string(OutRows *o, uint32_t col, uint32_t row, CodecReader *r)
{
	const uint8_t *from = r->at + 1;
	if (from >= r->end)
		return false;
	const uint8_t *zero = memchr(from, 0, (size_t)(r->end - from));
	if (!zero || zero + 1 >= r->end || zero[1] != 0)
		return false;
	size_t n = (size_t)(zero - from);
	Value v = value_str(str_make(arena_copy(o->op->run->step, from, n), n));
	r->at = zero + 2;
	out_rows_set(o, col, row, v);
	return true;
}

void out_rows_set_key(OutRows *o, uint32_t col, uint32_t row, CodecReader *r)
{
	Column *c = &o->cols[col];
	if (r->end - r->at >= 9 && r->at[0] == 1 && c->phys == PHYS_I64) {
		c->i64[row] = codec_load_i64(r->at + 1);
		if (c->valid)
			bit_set(c->valid, row);
		r->at += 9;
		return;
	}
	if (r->at < r->end && r->at[0] == 1 && c->phys == PHYS_STR && !type_is_nested(c->type) &&
	    set_plain_string(o, col, row, r))
		return;
	Value v;
	bool fine = value_decode_key(c->type, r, o->op->run->step, &v);
	ASSERT(fine);
	out_rows_set(o, col, row, v);
}

void out_rows_copy(OutRows *o, const Batch *b, uint32_t row, int64_t weight, int64_t ord, int64_t stamp)
{
	uint32_t to = out_rows_add(o, weight, ord, stamp);
	for (uint32_t c = 0; c < o->ncols; c++)
		out_rows_set(o, c, to, column_value(&b->cols[c], row));
}

void out_rows_values(OutRows *o, const Value *values, int64_t weight, int64_t ord, int64_t stamp)
{
	uint32_t to = out_rows_add(o, weight, ord, stamp);
	for (uint32_t c = 0; c < o->ncols; c++)
		out_rows_set(o, c, to, values[c]);
}
