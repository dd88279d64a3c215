/*
 * engine/operators/collect.c: rows kept over the rounds of a snapshot.
 */
#include "engine/operators/collect.h"

static const Batch *one_per_copy(const Batch *b, Arena *arena)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < b->n; i++)
		n += b->weight[i] > 0 ? (uint64_t)b->weight[i] : 0;
	uint32_t *idx = ARENA_ARRAY(arena, uint32_t, n + 1);
	uint32_t at = 0;
	for (uint32_t i = 0; i < b->n; i++)
		for (int64_t w = b->weight[i]; w > 0; w--)
			idx[at++] = i;
	Batch *out = batch_gather(b, idx, at, arena);
	out->weight = NULL;
	return out;
}

static const int64_t *copy_i64(const int64_t *from, uint32_t n, Arena *arena)
{
	return from ? arena_copy(arena, from, n * sizeof *from) : NULL;
}

void collect_add(Collected *c, const Batch *b, bool weights, Arena *arena)
{
	if (b->weight && !weights)
		b = one_per_copy(b, arena);
	if (!b->n)
		return;
	Column *cols = ARENA_ARRAY(arena, Column, b->ncols + 1);
	for (uint32_t i = 0; i < b->ncols; i++)
		column_copy(&b->cols[i], &cols[i], arena);
	Batch *copy = ARENA_NEW(arena, Batch);
	*copy = (Batch){b->n, b->ncols, cols, copy_i64(b->weight, b->n, arena), copy_i64(b->ord, b->n, arena), NULL};
	ARENA_PUSH(arena, c, copy);
	c->rows += b->n;
}

const Batch *collect_null_rows(const Plan *p, uint32_t n, Arena *arena)
{
	Column *cols = ARENA_ARRAY(arena, Column, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		column_init_const(&cols[i], p->cols[i].type, VALUE_NULL, n, arena);
	Batch *b = ARENA_NEW(arena, Batch);
	*b = (Batch){.n = n, .ncols = p->ncols, .cols = cols};
	return b;
}

bool collect_all(Collected *c, const Plan *p, Arena *arena, const Batch **out, Err *err)
{
	if (c->rows >= UINT32_MAX / 2)
		return err_set(err, ERR_OUT_OF_MEMORY, "the statement has to hold more than %u rows at once", UINT32_MAX / 2);
	*out = c->len ? batch_concat(c->items, c->len, arena) : collect_null_rows(p, 0, arena);
	*c = (Collected){0};
	return true;
}

bool collect_may_go_on(const Operator *op, Err *err)
{
	if (operator_canceled(op, err))
		return false;
	int64_t held = 0;
	for (uint32_t i = 0; op->run->memory && i < op->nstates; i++)
		held += state_bytes(op->states[i]);
	if (held > op->run->memory || arena_over_limit(op->run->arena) || arena_over_limit(op->run->step))
		return err_set(err, ERR_OUT_OF_MEMORY, "the statement needs more memory than 'weir.query.memory' allows") ||
		       err_hint(err, "Read fewer rows, with WHERE or LIMIT, or aggregate before a join; or SET "
		                     "'weir.query.memory' = '1 GB'.");
	return true;
}
