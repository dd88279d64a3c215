/*
 * engine/operators/regular_join.c: joins of continuous queries, over inputs that change: inner, outer, semi, anti.
 *
 * Both sides are kept (join_side.h). Rows are taken in the order of their ordinals, left before right: a row meets what
 * the other side holds, then it is stored, so that each pair is made once, also where both sides change in one step or
 * are the same stream. Weights multiply. A row that may come out alone (the outer side; left of SEMI and ANTI) knows
 * the weight of its partners; what it gives changes when that leaves or reaches 0:
 *
 *   LEFT   first partner    -(l, NULL) +(l, r)        last one goes   -(l, r) +(l, NULL)
 *   SEMI   first partner    +(l)                      last one goes   -(l)               ANTI: the other way round
 *
 * Rows of one port between two of the other see the same other side. They are worked on together: look-ups, decoding
 * and the residual condition over all their candidates, then row by row what comes out.
 */
#include "engine/operators/join_side.h"
#include "engine/operators/operators.h"
#include "engine/operators/ports.h"

enum {
	JOIN_PAIRS = 4096,
	JOIN_RUN = 256, /* rows of one port that are worked on together */
};
#define JOIN_NONE UINT32_MAX

typedef struct RegularJoinOp {
	Ports ports;
	JoinSide side[2];
	Eval *residual;
	bool *used; /* columns that the residual reads */
	const Column **in;
	JoinKind kind;
	bool append;
	bool pads[2]; /* rows of the side come out alone when they have no partner */
	bool semi;    /* SEMI and ANTI: only left columns */
	bool by_key;  /* of those: the right side holds one entry per key, which says whether there is a partner */
	/* of the step */
	const Batch *batch[2];
	JoinKeys keys[2];
	/* of the rows being worked on: all of one port */
	Arena *work;     /* what is needed for them alone */
	Arena *found_in; /* the candidates: `work`, or the step's arena where all of them are put out */
	uint32_t port;
	const PortRow *rows;
	JoinMatches found;
	uint32_t *first; /* found[first[i] .. first[i + 1]) are row i's */
	uint8_t *pass;   /* per candidate: the residual holds; NULL: all do */
	int8_t *edge;    /* by_key, right rows: +1 the first partner of its key, -1 the last one gone, 0 neither */
	Column *stored;  /* the candidates' columns */
	/* output */
	uint32_t *out_row, *out_match; /* row of the port's batch, candidate; JOIN_NONE: NULLs */
	int64_t *out_weight, *out_ord, *out_stamp;
	uint32_t nout;
} RegularJoinOp;

/* Are all columns of the right side keys? */
static bool only_keys(const Plan *p)
{
	for (uint32_t c = 0; c < p->inputs[1]->ncols; c++) {
		bool is = false;
		for (uint32_t k = 0; k < p->join.nkeys; k++)
			is = is || p->join.right_keys[k] == c;
		if (!is)
			return false;
	}
	return true;
}

static bool regular_join_open(Operator *op, Err *err)
{
	const PlanJoin *p = &op->plan->join;
	Arena *arena = op->run->arena;
	uint32_t ncols = op->plan->inputs[0]->ncols + op->plan->inputs[1]->ncols;
	RegularJoinOp *j = ARENA_NEW(arena, RegularJoinOp);
	op->state = j;
	if (!ports_open(&j->ports, op, err))
		return false;
	j->kind = p->kind;
	j->append = op->plan->append_only;
	j->semi = p->kind == JOIN_SEMI || p->kind == JOIN_ANTI;
	j->pads[0] = p->kind == JOIN_LEFT || p->kind == JOIN_FULL;
	j->pads[1] = p->kind == JOIN_RIGHT || p->kind == JOIN_FULL;
	/* a right key that comes again after it was forgotten is no first partner: left rows must know */
	j->by_key = j->semi && !p->residual && only_keys(op->plan) && !expiry_lenient(op);
	j->work = arena_open("join", 0);
	j->in = ARENA_ARRAY_ZERO(arena, const Column *, ncols + 1);
	j->used = ARENA_ARRAY_ZERO(arena, bool, ncols + 1);
	if (p->residual) {
		j->residual = eval_open(arena, &p->residual, 1);
		expr_columns(p->residual, j->used);
	}
	return join_side_open(&j->side[0], op, 0, "left", j->pads[0] || (j->semi && !j->by_key), err) &&
	       join_side_open(&j->side[1], op, 1, "right", j->pads[1], err);
}

static bool regular_join_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	(void)err;
	RegularJoinOp *j = op->state;
	/* what is sent again keeps its row alive */
	if (!op->inputs[port]->plan->append_only && !j->side[port].expiry.ttl_ms)
		b = batch_consolidate(b, true, op->run->step);
	if (b->n)
		ports_add(&j->ports, port, b);
	return true;
}

/* ---- output ---- */

/* Columns of the side whose rows are worked on, NULL where idx is JOIN_NONE. */
static void gather_rows(const Batch *b, const uint32_t *idx, uint32_t n, Column *out, Arena *step)
{
	bool none = false;
	uint32_t *at = ARENA_ARRAY(step, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		none = none || idx[i] == JOIN_NONE;
		at[i] = idx[i] == JOIN_NONE ? 0 : idx[i];
	}
	for (uint32_t c = 0; c < b->ncols; c++) {
		column_gather(none ? column_flat(&b->cols[c], step) : &b->cols[c], at, n, &out[c], step);
		for (uint32_t i = 0; none && i < n; i++)
			if (idx[i] == JOIN_NONE)
				column_set_null(&out[c], i, step);
	}
}

/* Columns of the other side, from the candidates. */
static void gather_stored(const RegularJoinOp *j, const Plan *p, uint32_t n, Column *out, Arena *step)
{
	bool same = n == j->found.len, none = true, some = false;
	uint32_t *at = ARENA_ARRAY(step, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		same = same && j->out_match[i] == i;
		none = none && j->out_match[i] == JOIN_NONE;
		some = some || j->out_match[i] == JOIN_NONE;
		at[i] = j->out_match[i] == JOIN_NONE ? 0 : j->out_match[i];
	}
	for (uint32_t c = 0; c < p->ncols; c++) {
		if (none) {
			column_init_const(&out[c], p->cols[c].type, VALUE_NULL, n, step);
			continue;
		}
		Column col = j->stored[c];
		if (!same)
			column_gather(&j->stored[c], at, n, &col, step);
		for (uint32_t i = 0; some && i < n; i++)
			if (j->out_match[i] == JOIN_NONE)
				column_set_null(&col, i, step);
		out[c] = col;
		if (j->found_in != step)
			column_copy(&col, &out[c], step);
	}
}

static void flush_out(Operator *op)
{
	RegularJoinOp *j = op->state;
	uint32_t n = j->nout, nl = op->plan->inputs[0]->ncols, nr = op->plan->inputs[1]->ncols;
	if (!n)
		return;
	Arena *step = op->run->step;
	Column *cols = ARENA_ARRAY(step, Column, nl + nr + 1);
	const Plan *other = op->plan->inputs[1 - j->port];
	if (!j->semi || j->port == 0)
		gather_rows(j->batch[j->port], j->out_row, n, cols + (j->port ? nl : 0), step);
	if (!j->semi || j->port == 1)
		gather_stored(j, other, n, cols + (j->port ? 0 : nl), step);
	bool ones = true;
	for (uint32_t i = 0; i < n && ones; i++)
		ones = j->out_weight[i] == 1;
	Batch *b = ARENA_NEW(step, Batch);
	*b = (Batch){.n = n, .ncols = j->semi ? nl : nl + nr, .cols = cols};
	b->ord = arena_copy(step, j->out_ord, n * sizeof *j->out_ord);
	b->stamp = arena_copy(step, j->out_stamp, n * sizeof *j->out_stamp);
	b->weight = ones ? NULL : arena_copy(step, j->out_weight, n * sizeof *j->out_weight);
	operator_emit(op, b);
	j->nout = 0;
}

static void put_out(Operator *op, uint32_t i, bool with_row, uint32_t match, int64_t weight)
{
	RegularJoinOp *j = op->state;
	/* an output that only appends has no weights: a row per copy */
	int64_t copies = j->append ? weight : 1;
	for (; copies > 0; copies--) {
		if (j->nout == JOIN_PAIRS)
			flush_out(op);
		uint32_t at = j->nout++;
		j->out_row[at] = with_row ? j->rows[i].row : JOIN_NONE;
		j->out_match[at] = match;
		j->out_weight[at] = j->append ? 1 : weight;
		j->out_ord[at] = j->rows[i].ord;
		j->out_stamp[at] = j->rows[i].stamp;
	}
}

/* ---- rows of one port ---- */

static bool test_residual(Operator *op, uint32_t nrows, Err *err)
{
	RegularJoinOp *j = op->state;
	Arena *work = j->work;
	uint32_t n = j->found.len, nl = op->plan->inputs[0]->ncols;
	j->pass = NULL;
	if (!j->residual || !n)
		return true;
	const Batch *b = j->batch[j->port];
	uint32_t own = j->port ? nl : 0, other = j->port ? 0 : nl;
	uint32_t *idx = ARENA_ARRAY(work, uint32_t, n);
	for (uint32_t i = 0; i < nrows; i++)
		for (uint32_t k = j->first[i]; k < j->first[i + 1]; k++)
			idx[k] = j->rows[i].row;
	for (uint32_t c = 0; c < b->ncols; c++) {
		if (!j->used[own + c])
			continue;
		Column *col = ARENA_NEW(work, Column);
		column_gather(&b->cols[c], idx, n, col, work);
		j->in[own + c] = col;
	}
	for (uint32_t c = 0; c < op->plan->inputs[1 - j->port]->ncols; c++)
		j->in[other + c] = &j->stored[c];
	const Column *keep;
	eval_run(j->residual, &op->run->env, j->in, op->run->params, n, work, &keep);
	uint32_t *sel = ARENA_ARRAY(work, uint32_t, n);
	int64_t bad;
	uint32_t m = eval_select(keep, n, sel, &bad);
	if (bad >= 0) {
		eval_report(j->residual, 0, &op->run->env, j->in, op->run->params, (uint32_t)bad, work, err);
		return false;
	}
	j->pass = ARENA_ARRAY_ZERO(work, uint8_t, n);
	for (uint32_t i = 0; i < m; i++)
		j->pass[sel[i]] = 1;
	return true;
}

static bool passes(const RegularJoinOp *j, uint32_t k)
{
	return !j->pass || j->pass[k];
}

static int64_t partners_of(const RegularJoinOp *j, uint32_t i)
{
	int64_t sum = 0;
	for (uint32_t k = j->first[i]; k < j->first[i + 1]; k++)
		if (passes(j, k))
			sum += j->found.items[k].weight;
	return sum;
}

static void join_row(Operator *op, uint32_t i, int64_t w)
{
	RegularJoinOp *j = op->state;
	bool other_pads = j->pads[1 - j->port];
	for (uint32_t k = j->first[i]; k < j->first[i + 1]; k++) {
		if (!passes(j, k))
			continue;
		const JoinMatch *m = &j->found.items[k];
		int64_t before = other_pads ? join_side_partner(&j->side[1 - j->port], m->row, w) : 1;
		if (before == 0)
			put_out(op, i, false, k, -m->weight);
		put_out(op, i, true, k, w * m->weight);
		if (other_pads && before + w == 0)
			put_out(op, i, false, k, m->weight);
	}
}

/* SEMI, ANTI: left rows whose partners come or go with right row i. */
static void turn_left_rows(Operator *op, uint32_t i, int64_t w)
{
	RegularJoinOp *j = op->state;
	for (uint32_t k = j->first[i]; k < j->first[i + 1]; k++) {
		if (!passes(j, k))
			continue;
		const JoinMatch *m = &j->found.items[k];
		int edge = 0;
		if (j->by_key) {
			edge = j->edge[i];
		} else {
			int64_t before = join_side_partner(&j->side[0], m->row, w);
			edge = (before + w != 0) - (before != 0);
		}
		if (edge)
			put_out(op, i, false, k, (edge > 0) == (j->kind == JOIN_SEMI) ? m->weight : -m->weight);
	}
}

static void apply_row(Operator *op, uint32_t i)
{
	RegularJoinOp *j = op->state;
	const PortRow *r = &j->rows[i];
	const Batch *b = j->batch[r->port];
	bool stored_before = j->by_key && r->port == 1;
	Str key = j->keys[r->port].rows[r->row];
	int64_t w = batch_weight(b, r->row);
	if (!stored_before && !(w = join_side_known(&j->side[r->port], key, w)))
		return;
	int64_t partners = partners_of(j, i);
	if (!j->semi) {
		join_row(op, i, w);
		if (partners == 0 && j->pads[r->port])
			put_out(op, i, true, JOIN_NONE, w);
	} else if (r->port == 0) {
		if ((partners != 0) == (j->kind == JOIN_SEMI))
			put_out(op, i, true, JOIN_NONE, w);
	} else {
		turn_left_rows(op, i, w);
	}
	if (key.ptr && !stored_before)
		join_side_add(&j->side[r->port], key, b, r->row, w, partners);
}

static void find_matches(Operator *op, uint32_t i)
{
	RegularJoinOp *j = op->state;
	const PortRow *r = &j->rows[i];
	Str key = j->keys[r->port].rows[r->row];
	if (j->edge)
		j->edge[i] = 0;
	if (!key.ptr)
		return;
	if (j->by_key && r->port == 1) {
		int64_t w = join_side_known(&j->side[1], key, batch_weight(j->batch[1], r->row));
		if (!w)
			return;
		int64_t before = join_side_add(&j->side[1], key, j->batch[1], r->row, w, 0);
		j->edge[i] = (int8_t)((before + w != 0) - (before != 0));
		if (!j->edge[i])
			return;
	}
	key.len = j->keys[r->port].key_lens[r->row];
	join_side_find(&j->side[1 - r->port], key, &j->found, j->found_in);
}

static bool work_on(Operator *op, uint32_t n, Err *err)
{
	RegularJoinOp *j = op->state;
	const Plan *other = op->plan->inputs[1 - j->port];
	j->stored = ARENA_ARRAY(j->found_in, Column, other->ncols + 1);
	bool decode = j->residual || !(j->semi && j->port == 0);
	if (decode && !join_side_decode(&j->side[1 - j->port], &j->found, j->stored, j->found_in, err))
		return false;
	if (!test_residual(op, n, err))
		return false;
	for (uint32_t i = 0; i < n; i++)
		apply_row(op, i);
	flush_out(op);
	return true;
}

/* rows[0 .. n) are of one port. */
static bool take_run(Operator *op, const PortRow *rows, uint32_t n, Err *err)
{
	RegularJoinOp *j = op->state;
	Arena *step = op->run->step;
	j->port = rows[0].port;
	j->found_in = j->residual || (j->semi && j->port == 0) ? j->work : step;
	j->first = ARENA_ARRAY(step, uint32_t, n + 1);
	j->edge = j->by_key ? ARENA_ARRAY(step, int8_t, n + 1) : NULL;
	for (uint32_t from = 0; from < n;) {
		j->rows = rows + from;
		j->found = (JoinMatches){0};
		arena_reset(j->work);
		uint32_t i = 0;
		for (; from + i < n && j->found.len < JOIN_PAIRS; i++) {
			j->first[i] = j->found.len;
			find_matches(op, i);
		}
		j->first[i] = j->found.len;
		if (operator_canceled(op, err) || !work_on(op, i, err))
			return false;
		from += i;
	}
	return true;
}

static void open_step(Operator *op, const PortsStep *s)
{
	RegularJoinOp *j = op->state;
	Arena *step = op->run->step;
	for (uint32_t port = 0; port < 2; port++) {
		j->batch[port] = s->batches[port];
		if (!s->batches[port])
			continue;
		j->keys[port] = join_side_keys(&j->side[port], s->batches[port]);
	}
	j->out_row = ARENA_ARRAY(step, uint32_t, JOIN_PAIRS);
	j->out_match = ARENA_ARRAY(step, uint32_t, JOIN_PAIRS);
	j->out_weight = ARENA_ARRAY(step, int64_t, JOIN_PAIRS);
	j->out_ord = ARENA_ARRAY(step, int64_t, JOIN_PAIRS);
	j->out_stamp = ARENA_ARRAY(step, int64_t, JOIN_PAIRS);
	j->nout = 0;
}

/* What the rows from `from` on will touch on both sides. */
static void fetch_ahead(RegularJoinOp *j, const PortRow *rows, uint32_t n)
{
	for (uint32_t port = 0; port < 2; port++) {
		Str keys[STATE_PREFETCH_MAX];
		uint32_t m = 0;
		for (uint32_t i = 0; i < n; i++) {
			Str key = rows[i].port == port ? j->keys[port].rows[rows[i].row] : (Str){0};
			if (key.ptr)
				keys[m++] = key;
		}
		state_prefetch(j->side[port].rows, keys, m);
		state_prefetch_prefixes(j->side[1 - port].rows, keys, m);
	}
}

static bool regular_join_flush(Operator *op, Err *err)
{
	RegularJoinOp *j = op->state;
	PortsStep s = ports_take(&j->ports, true);
	ports_set_curve(&j->ports);
	join_side_sweep(&j->side[0]);
	join_side_sweep(&j->side[1]);
	if (!s.n)
		return true;
	open_step(op, &s);
	for (uint32_t from = 0, to, fetched = 0; from < s.n; from = to) {
		to = from + 1;
		while (to < s.n && to - from < JOIN_RUN && s.rows[to].port == s.rows[from].port)
			to++;
		while (fetched < to) {
			uint32_t n = s.n - fetched < STATE_PREFETCH_MAX ? s.n - fetched : STATE_PREFETCH_MAX;
			fetch_ahead(j, s.rows + fetched, n);
			fetched += n;
		}
		if (!take_run(op, s.rows + from, to - from, err))
			return false;
	}
	return join_side_check(&j->side[0], err) && join_side_check(&j->side[1], err);
}

static void regular_join_close(Operator *op)
{
	RegularJoinOp *j = op->state;
	if (!j)
		return;
	join_side_close(&j->side[0]);
	join_side_close(&j->side[1]);
	arena_close(j->work);
}

static void regular_join_describe(Operator *op, StrBuf *out)
{
	const RegularJoinOp *j = op->state;
	strbuf_printf(out, "%lld left rows, %lld right rows", (long long)state_rows(j->side[0].rows),
	              (long long)state_rows(j->side[1].rows));
}

const OperatorType regular_join_type = {
    .name = "join",
    .open = regular_join_open,
    .push = regular_join_push,
    .flush = regular_join_flush,
    .close = regular_join_close,
    .describe = regular_join_describe,
};
