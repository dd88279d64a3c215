/*
 * engine/operators/join_pairs.c: the condition over many pairs at once, and the columns of what is put out.
 */
#include "engine/operators/join_pairs.h"

void join_pairs_open(JoinPairs *p, Operator *op)
{
	const PlanJoin *j = &op->plan->join;
	Arena *arena = op->run->arena;
	uint32_t ncols = op->plan->inputs[0]->ncols + op->plan->inputs[1]->ncols;
	*p = (JoinPairs){.op = op, .semi = j->kind == JOIN_SEMI || j->kind == JOIN_ANTI};
	p->in = ARENA_ARRAY_ZERO(arena, const Column *, ncols + 1);
	p->used = ARENA_ARRAY_ZERO(arena, bool, ncols + 1);
	p->row[0] = ARENA_ARRAY(arena, uint32_t, BATCH_ROWS_MAX);
	p->row[1] = ARENA_ARRAY(arena, uint32_t, BATCH_ROWS_MAX);
	p->ord = ARENA_ARRAY(arena, int64_t, BATCH_ROWS_MAX);
	p->stamp = ARENA_ARRAY(arena, int64_t, BATCH_ROWS_MAX);
	if (j->residual) {
		p->residual = eval_open(arena, &j->residual, 1);
		expr_columns(j->residual, p->used);
	}
}

void join_pairs_begin(JoinPairs *p, const Column *left, const Column *right)
{
	join_pairs_end(p);
	p->cols[0] = left;
	p->cols[1] = right;
}

bool join_pairs_test(JoinPairs *p, const uint32_t *left, const uint32_t *right, uint32_t n, uint8_t *pass, Err *err)
{
	if (!n || !p->residual) {
		memset(pass, 1, n);
		return true;
	}
	Operator *op = p->op;
	Arena *step = op->run->step;
	const uint32_t *rows[2] = {left, right};
	uint32_t at = 0;
	for (uint32_t side = 0; side < 2; side++)
		for (uint32_t c = 0; c < op->plan->inputs[side]->ncols; c++, at++) {
			if (!p->used[at])
				continue;
			Column *col = ARENA_NEW(step, Column);
			column_gather(&p->cols[side][c], rows[side], n, col, step);
			p->in[at] = col;
		}
	const Column *keep;
	eval_run(p->residual, &op->run->env, p->in, op->run->params, n, step, &keep);
	uint32_t *sel = ARENA_ARRAY(step, uint32_t, n);
	int64_t bad;
	uint32_t m = eval_select(keep, n, sel, &bad);
	if (bad >= 0) {
		eval_report(p->residual, 0, &op->run->env, p->in, op->run->params, (uint32_t)bad, step, err);
		return false;
	}
	memset(pass, 0, n);
	for (uint32_t i = 0; i < m; i++)
		pass[sel[i]] = 1;
	return true;
}

/* Columns of one side for the rows put, NULL where there is none. */
static void gather_side(const JoinPairs *p, uint32_t side, Column *out)
{
	Arena *step = p->op->run->step;
	const Plan *in = p->op->plan->inputs[side];
	bool none = true, some = false;
	uint32_t *at = ARENA_ARRAY(step, uint32_t, p->n);
	for (uint32_t i = 0; i < p->n; i++) {
		bool alone = p->row[side][i] == JOIN_ALONE;
		none = none && alone;
		some = some || alone;
		at[i] = alone ? 0 : p->row[side][i];
	}
	for (uint32_t c = 0; c < in->ncols; c++) {
		if (none) {
			column_init_const(&out[c], in->cols[c].type, VALUE_NULL, p->n, step);
			continue;
		}
		column_gather(some ? column_flat(&p->cols[side][c], step) : &p->cols[side][c], at, p->n, &out[c], step);
		for (uint32_t i = 0; some && i < p->n; i++)
			if (p->row[side][i] == JOIN_ALONE)
				column_set_null(&out[c], i, step);
	}
}

void join_pairs_end(JoinPairs *p)
{
	if (!p->n)
		return;
	Arena *step = p->op->run->step;
	uint32_t nl = p->op->plan->inputs[0]->ncols;
	Column *cols = ARENA_ARRAY(step, Column, nl + p->op->plan->inputs[1]->ncols + 1);
	gather_side(p, 0, cols);
	if (!p->semi)
		gather_side(p, 1, cols + nl);
	Batch *b = ARENA_NEW(step, Batch);
	*b = (Batch){.n = p->n, .ncols = p->op->plan->ncols, .cols = cols};
	b->ord = arena_copy(step, p->ord, p->n * sizeof *p->ord);
	b->stamp = arena_copy(step, p->stamp, p->n * sizeof *p->stamp);
	b->weight = p->weight ? arena_copy(step, p->weight, p->n * sizeof *p->weight) : NULL;
	operator_emit(p->op, b);
	p->n = 0;
}

void join_pairs_put(JoinPairs *p, uint32_t left, uint32_t right, int64_t ord, int64_t stamp)
{
	if (p->n == BATCH_ROWS_MAX)
		join_pairs_end(p);
	p->row[0][p->n] = left;
	p->row[1][p->n] = right;
	if (p->weight)
		p->weight[p->n] = 1;
	p->ord[p->n] = ord;
	p->stamp[p->n++] = stamp;
}

void join_pairs_put_weight(JoinPairs *p, uint32_t left, uint32_t right, int64_t weight, int64_t ord, int64_t stamp)
{
	if (!p->weight)
		p->weight = ARENA_ARRAY(p->op->run->arena, int64_t, BATCH_ROWS_MAX);
	ASSERT(!p->op->plan->append_only);
	join_pairs_put(p, left, right, ord, stamp);
	p->weight[p->n - 1] = weight;
}

bool join_pairs_decode(Operator *op, uint32_t port, const Str *rows, uint32_t n, Column *cols, Err *err)
{
	const Plan *in = op->plan->inputs[port];
	Arena *step = op->run->step;
	for (uint32_t c = 0; c < in->ncols; c++)
		column_init(&cols[c], in->cols[c].type, n, step);
	for (uint32_t i = 0; i < n; i++) {
		CodecReader r = codec_reader(rows[i]);
		Value v;
		bool fine = true;
		for (uint32_t c = 0; fine && c < in->ncols; c++) {
			fine = value_decode(in->cols[c].type, &r, &v);
			if (fine)
				column_set(&cols[c], i, v, step);
		}
		if (!fine || r.at != r.end)
			return err_set(err, ERR_STATE_CORRUPT, "a row that the join of \"%.*s\" keeps is damaged",
			               STR_ARG(op->run->name));
	}
	return true;
}

/* The side table and REPLAY know the columns of a late row by the operator whose first input they are: that is the
 * exchange below the port. The row is counted here. */
void join_pairs_late(Operator *op, uint32_t port, const Batch *b, uint32_t row, int64_t time_ms, int64_t stamp,
                     int64_t start, int64_t end)
{
	Operator *in = op->inputs[port];
	if (in->plan->kind != PLAN_EXCHANGE) { /* a plan that the planner has not finished */
		operator_late(op, b, row, time_ms, stamp, start, end);
		return;
	}
	uint64_t before = in->counts.late;
	operator_late(in, b, row, time_ms, stamp, start, end);
	op->counts.late += in->counts.late - before;
	in->counts.late = before;
}
