/*
 * engine/operators/unnest.c: a row per element of its arrays, maps or multisets. Stateless: weights, ordinals and
 * stamps are those of the row; elements of one row have one ordinal and follow each other.
 *
 * Several arrays run side by side to the length of the longest. The elements point into the packed values of the input.
 */
#include "engine/operators/collect.h"
#include "engine/operators/operators.h"
#include "sql/types/packed.h"

typedef struct UnnestOp {
	const Plan *plan;
	uint32_t nin; /* columns of the input */
	/* the output rows being gathered: input row, element */
	uint32_t rows[BATCH_ROWS_MAX];
	uint32_t elems[BATCH_ROWS_MAX];
	uint32_t n;
} UnnestOp;

static bool unnest_open(Operator *op, Err *err)
{
	(void)err;
	UnnestOp *u = ARENA_NEW(op->run->arena, UnnestOp);
	op->state = u;
	u->plan = op->plan;
	u->nin = op->plan->inputs[0]->ncols;
	return true;
}

/* How many rows a value gives. */
static uint32_t length_of(const Type *type, Str packed)
{
	uint32_t n = packed_count(packed);
	if (type->kind == TYPE_MAP)
		return n / 2;
	if (type->kind != TYPE_MULTISET)
		return n;
	uint64_t total = 0;
	for (uint32_t i = 1; i < n; i += 2) {
		int64_t count = packed_get(packed, packed_item_type(type, i), i).i;
		total += count > 0 ? (uint64_t)count : 0;
	}
	return total > UINT32_MAX ? UINT32_MAX : (uint32_t)total;
}

static Value multiset_at(const Type *type, Str packed, uint32_t at)
{
	uint32_t n = packed_count(packed);
	for (uint32_t i = 1; i < n; i += 2) {
		int64_t count = packed_get(packed, packed_item_type(type, i), i).i;
		if (count > at)
			return packed_get(packed, packed_item_type(type, i - 1), i - 1);
		at -= count > 0 ? (uint32_t)count : 0;
	}
	return VALUE_NULL;
}

static uint32_t columns_of(const Type *type)
{
	return type->kind == TYPE_MAP ? 2 : type->elem->kind == TYPE_ROW ? type->elem->nfields : 1;
}

/* Columns c .. of one argument for the gathered rows. */
static void fill_argument(const UnnestOp *u, const Column *arg, Column *cols, uint32_t c, Arena *step)
{
	const Type *type = arg->type;
	uint32_t ncols = columns_of(type);
	bool row = type->kind != TYPE_MAP && type->elem->kind == TYPE_ROW;
	for (uint32_t i = 0; i < u->n; i++) {
		uint32_t in = u->rows[i], at = u->elems[i];
		bool none = column_is_null(arg, in);
		Str packed = none ? STR_EMPTY : arg->str[column_at(arg, in)];
		none = none || at >= length_of(type, packed);
		Value item = none                          ? VALUE_NULL
		             : type->kind == TYPE_MULTISET ? multiset_at(type, packed, at)
		             : type->kind == TYPE_ARRAY    ? packed_get(packed, type->elem, at)
		                                           : VALUE_NULL;
		for (uint32_t k = 0; k < ncols; k++) {
			Value v = item;
			if (type->kind == TYPE_MAP)
				v = none ? VALUE_NULL : packed_get(packed, packed_item_type(type, k), 2 * at + k);
			else if (row)
				v = item.null ? VALUE_NULL : packed_get(item.s, type->elem->fields[k].type, k);
			column_set(&cols[c + k], i, v, step);
		}
	}
}

static void emit_gathered(Operator *op, const Batch *b)
{
	UnnestOp *u = op->state;
	Arena *step = op->run->step;
	if (!u->n)
		return;
	const Plan *p = u->plan;
	const Batch *left = batch_gather(b, u->rows, u->n, step);
	Column *cols = ARENA_ARRAY(step, Column, p->ncols + 1);
	memcpy(cols, left->cols, u->nin * sizeof *cols);
	for (uint32_t c = u->nin; c < p->ncols; c++)
		column_init(&cols[c], p->cols[c].type, u->n, step);
	uint32_t c = u->nin;
	for (uint32_t a = 0; a < p->unnest.nargs; a++) {
		fill_argument(u, &b->cols[p->unnest.args[a]], cols, c, step);
		c += columns_of(b->cols[p->unnest.args[a]].type);
	}
	for (uint32_t i = 0; p->unnest.ordinality && i < u->n; i++) {
		bool none = u->elems[i] == UINT32_MAX;
		column_set(&cols[c], i, none ? VALUE_NULL : value_i64((int64_t)u->elems[i] + 1), step);
	}
	Batch *out = ARENA_NEW(step, Batch);
	*out = (Batch){u->n, p->ncols, cols, left->weight, left->ord, left->stamp};
	operator_emit(op, out);
	u->n = 0;
}

static void add(Operator *op, const Batch *b, uint32_t row, uint32_t elem)
{
	UnnestOp *u = op->state;
	u->rows[u->n] = row;
	u->elems[u->n++] = elem;
	if (u->n == BATCH_ROWS_MAX)
		emit_gathered(op, b);
}

static bool unnest_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)port;
	UnnestOp *u = op->state;
	const Plan *p = u->plan;
	for (uint32_t i = 0; i < b->n; i++) {
		uint32_t longest = 0;
		for (uint32_t a = 0; a < p->unnest.nargs; a++) {
			const Column *arg = &b->cols[p->unnest.args[a]];
			if (column_is_null(arg, i))
				continue;
			uint32_t n = length_of(arg->type, arg->str[column_at(arg, i)]);
			longest = n > longest ? n : longest;
		}
		for (uint32_t k = 0; k < longest; k++)
			add(op, b, i, k);
		if (!longest && p->unnest.outer)
			add(op, b, i, UINT32_MAX);
		if (longest && !collect_may_go_on(op, err))
			return false;
	}
	emit_gathered(op, b);
	return true;
}

const OperatorType unnest_type = {
    .name = "unnest",
    .open = unnest_open,
    .push = unnest_push,
};
