/*
 * engine/operators/join.c: joins of a snapshot. The right side is a hash table on the key columns (or, without any, is
 * walked for each row), the left side is walked in its order; both are held until they have ended.
 *
 * Candidate pairs are gathered, the residual condition is computed over thousands of them at once, and what passes is
 * emitted in the order of the left rows.
 */
#include "engine/operators/collect.h"
#include "engine/operators/operators.h"

enum { JOIN_PAIRS = 4096, JOIN_PART_ROWS = 8 * JOIN_PAIRS };
#define JOIN_NONE UINT32_MAX

typedef struct JoinOp {
	Collected side[2];
	Eval *residual;
	/* at the end */
	const Batch *left, *right;
	uint32_t *heads, *next; /* heads[hash]: first right row + 1; next[row]: the following one with that hash, + 1 */
	uint32_t mask;
	Str *lkeys, *rkeys; /* ptr NULL: never matches */
	uint8_t *lmatched, *rmatched;
	uint32_t *pl, *pr; /* candidates */
	uint32_t npairs;
	uint32_t *out_left, *out_right; /* output */
	uint32_t nout;
	uint32_t closed; /* left rows before this one are done */
	uint32_t at;     /* the next left row to find partners for */
	bool begun;
	const Column **in;
} JoinOp;

static bool join_open(Operator *op, Err *err)
{
	(void)err;
	const PlanJoin *p = &op->plan->join;
	JoinOp *j = ARENA_NEW(op->run->arena, JoinOp);
	op->state = j;
	j->in =
	    ARENA_ARRAY_ZERO(op->run->arena, const Column *, op->plan->inputs[0]->ncols + op->plan->inputs[1]->ncols + 1);
	if (p->residual)
		j->residual = eval_open(op->run->arena, &p->residual, 1);
	return true;
}

static bool join_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	JoinOp *j = op->state;
	collect_add(&j->side[port], b, false, op->run->arena);
	return true;
}

static Str *side_keys(const Batch *b, const uint32_t *keys, const PlanJoin *p, Arena *step)
{
	const Column **cols = ARENA_ARRAY(step, const Column *, p->nkeys + 1);
	for (uint32_t k = 0; k < p->nkeys; k++)
		cols[k] = &b->cols[keys[k]];
	Str *out = ARENA_ARRAY(step, Str, b->n + 1);
	column_encode_keys(cols, p->nkeys, b->n, step, out);
	for (uint32_t k = 0; k < p->nkeys; k++)
		for (uint32_t i = 0; cols[k]->valid && !(p->null_equal && p->null_equal[k]) && i < b->n; i++)
			if (column_is_null(cols[k], i))
				out[i].ptr = NULL;
	return out;
}

static void build_hash(JoinOp *j, const PlanJoin *p, Arena *step)
{
	j->lkeys = side_keys(j->left, p->left_keys, p, step);
	j->rkeys = side_keys(j->right, p->right_keys, p, step);
	uint32_t n = 16;
	while (n < j->right->n && n < (1u << 30))
		n *= 2;
	j->mask = n - 1;
	j->heads = ARENA_ARRAY_ZERO(step, uint32_t, n);
	j->next = ARENA_ARRAY_ZERO(step, uint32_t, j->right->n + 1);
	for (uint32_t i = j->right->n; i-- > 0;) {
		if (!j->rkeys[i].ptr)
			continue;
		uint32_t *head = &j->heads[(uint32_t)state_hash(j->rkeys[i]) & j->mask];
		j->next[i] = *head;
		*head = i + 1;
	}
}

/* Columns of a side at idx, NULL where idx is JOIN_NONE. */
static void gather_side(const Batch *b, const Plan *p, uint32_t *idx, uint32_t n, Column *cols, Arena *step)
{
	bool none = false;
	for (uint32_t i = 0; i < n && !none; i++)
		none = idx[i] == JOIN_NONE;
	if (none && !b->n) {
		memcpy(cols, collect_null_rows(p, n, step)->cols, p->ncols * sizeof *cols);
		return;
	}
	uint32_t *at = idx;
	if (none) {
		at = ARENA_ARRAY(step, uint32_t, n);
		for (uint32_t i = 0; i < n; i++)
			at[i] = idx[i] == JOIN_NONE ? 0 : idx[i];
	}
	for (uint32_t c = 0; c < p->ncols; c++) {
		Column col;
		column_gather(none ? column_flat(&b->cols[c], step) : &b->cols[c], at, n, &col, step);
		for (uint32_t i = 0; none && i < n; i++)
			if (idx[i] == JOIN_NONE)
				column_set_null(&col, i, step);
		cols[c] = col;
	}
}

static void flush_out(Operator *op)
{
	JoinOp *j = op->state;
	if (!j->nout)
		return;
	Arena *step = op->run->step;
	const Plan *lp = op->plan->inputs[0], *rp = op->plan->inputs[1];
	bool semi = op->plan->join.kind == JOIN_SEMI || op->plan->join.kind == JOIN_ANTI;
	Column *cols = ARENA_ARRAY(step, Column, lp->ncols + rp->ncols + 1);
	gather_side(j->left, lp, j->out_left, j->nout, cols, step);
	if (!semi)
		gather_side(j->right, rp, j->out_right, j->nout, cols + lp->ncols, step);
	Batch *b = ARENA_NEW(step, Batch);
	*b = (Batch){.n = j->nout, .ncols = semi ? lp->ncols : lp->ncols + rp->ncols, .cols = cols};
	operator_emit(op, b);
	j->nout = 0;
}

static void put_out(Operator *op, uint32_t l, uint32_t r)
{
	JoinOp *j = op->state;
	if (j->nout == JOIN_PAIRS)
		flush_out(op);
	j->out_left[j->nout] = l;
	j->out_right[j->nout++] = r;
}

/* What a left row without partners gives; `until` is the first row that may still find some. */
static void close_left(Operator *op, uint32_t until)
{
	JoinOp *j = op->state;
	JoinKind kind = op->plan->join.kind;
	for (; j->closed < until; j->closed++) {
		bool matched = j->lmatched[j->closed];
		if ((kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_ANTI) && !matched)
			put_out(op, j->closed, JOIN_NONE);
		else if (kind == JOIN_SEMI && matched)
			put_out(op, j->closed, JOIN_NONE);
	}
}

static void pass_pair(Operator *op, uint32_t l, uint32_t r)
{
	JoinOp *j = op->state;
	JoinKind kind = op->plan->join.kind;
	close_left(op, l);
	j->lmatched[l] = 1;
	if (j->rmatched)
		j->rmatched[r] = 1;
	if (kind != JOIN_SEMI && kind != JOIN_ANTI)
		put_out(op, l, r);
}

/* Computes the residual over the candidates. */
static bool test_pairs(Operator *op, Err *err)
{
	JoinOp *j = op->state;
	uint32_t n = j->npairs;
	j->npairs = 0;
	if (!n)
		return true;
	if (!collect_may_go_on(op, err))
		return false;
	if (!j->residual) {
		for (uint32_t i = 0; i < n; i++)
			pass_pair(op, j->pl[i], j->pr[i]);
		return true;
	}
	Arena *step = op->run->step;
	ArenaMark mark = arena_mark(op->run->arena);
	Arena *scratch = op->run->arena; /* nothing else is put there meanwhile */
	const Plan *lp = op->plan->inputs[0], *rp = op->plan->inputs[1];
	Column *cols = ARENA_ARRAY(scratch, Column, lp->ncols + rp->ncols + 1);
	gather_side(j->left, lp, j->pl, n, cols, scratch);
	gather_side(j->right, rp, j->pr, n, cols + lp->ncols, scratch);
	for (uint32_t c = 0; c < lp->ncols + rp->ncols; c++)
		j->in[c] = &cols[c];
	const Column *keep;
	eval_run(j->residual, &op->run->env, j->in, op->run->params, n, scratch, &keep);
	uint32_t *sel = ARENA_ARRAY(scratch, uint32_t, n);
	int64_t bad;
	uint32_t m = eval_select(keep, n, sel, &bad);
	if (bad >= 0)
		eval_report(j->residual, 0, &op->run->env, j->in, op->run->params, (uint32_t)bad, step, err);
	else
		for (uint32_t i = 0; i < m; i++)
			pass_pair(op, j->pl[sel[i]], j->pr[sel[i]]);
	arena_rewind(op->run->arena, mark);
	return bad < 0;
}

static bool add_pair(Operator *op, uint32_t l, uint32_t r, Err *err)
{
	JoinOp *j = op->state;
	j->pl[j->npairs] = l;
	j->pr[j->npairs++] = r;
	return j->npairs < JOIN_PAIRS || test_pairs(op, err);
}

static bool find_pairs(Operator *op, uint32_t l, Err *err)
{
	JoinOp *j = op->state;
	bool first_only = !j->residual && (op->plan->join.kind == JOIN_SEMI || op->plan->join.kind == JOIN_ANTI);
	if (!j->heads) {
		for (uint32_t r = 0; r < j->right->n; r++) {
			if (!add_pair(op, l, r, err))
				return false;
			if (first_only)
				break;
		}
		return true;
	}
	Str key = j->lkeys[l];
	if (!key.ptr)
		return true;
	for (uint32_t r = j->heads[(uint32_t)state_hash(key) & j->mask]; r; r = j->next[r - 1]) {
		if (!str_eq(j->rkeys[r - 1], key))
			continue;
		if (!add_pair(op, l, r - 1, err))
			return false;
		if (first_only)
			break;
	}
	return true;
}

/* All that lives until the end is in the arena of the query. */
static bool begin(Operator *op, Err *err)
{
	JoinOp *j = op->state;
	const PlanJoin *p = &op->plan->join;
	Arena *arena = op->run->arena;
	if (!collect_all(&j->side[0], op->plan->inputs[0], arena, &j->left, err) ||
	    !collect_all(&j->side[1], op->plan->inputs[1], arena, &j->right, err))
		return false;
	if (p->nkeys)
		build_hash(j, p, arena);
	j->lmatched = ARENA_ARRAY_ZERO(arena, uint8_t, j->left->n + 1);
	if (p->kind == JOIN_RIGHT || p->kind == JOIN_FULL)
		j->rmatched = ARENA_ARRAY_ZERO(arena, uint8_t, j->right->n + 1);
	j->pl = ARENA_ARRAY(arena, uint32_t, JOIN_PAIRS);
	j->pr = ARENA_ARRAY(arena, uint32_t, JOIN_PAIRS);
	j->out_left = ARENA_ARRAY(arena, uint32_t, JOIN_PAIRS);
	j->out_right = ARENA_ARRAY(arena, uint32_t, JOIN_PAIRS);
	j->begun = true;
	return true;
}

/* Gives its rows in parts: a product of two tables may be larger than memory, and those behind may want few of them. */
static bool join_flush(Operator *op, Err *err)
{
	JoinOp *j = op->state;
	if (!j->begun && !begin(op, err))
		return false;
	uint64_t before = op->counts.rows_out;
	while (j->at < j->left->n && !op->enough) {
		if (op->counts.rows_out - before >= JOIN_PART_ROWS) {
			op->more = true;
			return true;
		}
		if (!find_pairs(op, j->at++, err))
			return false;
	}
	if (op->enough)
		return true;
	if (!test_pairs(op, err))
		return false;
	close_left(op, j->left->n);
	for (uint32_t r = 0; j->rmatched && r < j->right->n; r++)
		if (!j->rmatched[r])
			put_out(op, JOIN_NONE, r);
	flush_out(op);
	return true;
}

const OperatorType join_type = {
    .name = "join",
    .open = join_open,
    .push = join_push,
    .flush = join_flush,
};
