/*
 * engine/operators/apply.c: for each row of the left a run of the right: subqueries and LATERAL, in snapshots; in
 * continuous queries where the right reads nothing but its parameters.
 *
 * The right side is a graph of its own, run with the left row's values in its parameter slots. Its rows are remembered
 * per tuple of parameters, so a subquery without correlation runs once, and one over few distinct values a few times. A
 * continuous query forgets them when they are many, between two steps. A scalar whose right reads nothing but its
 * parameters is run once for all rows of a batch, where the planner has found a plan for that (apply.many).
 * `x IN (subquery)` by plain equality looks x up in a set.
 *
 * The body of a function may read tables that weir keeps (apply.by_row): a row sees them as they are when it comes.
 * Left rows wait for the end of the step then; the changes that the tables had in it come in at the ports behind the
 * left's. Between two changes the tables stand still, so the rows between them are run together, with what changes
 * later taken back (OperatorRun.later). A row that goes is not run: PLAN_ONCE above knows what it was given.
 */
#include "base/map.h"
#include "engine/operators/collect.h"
#include "engine/operators/graph.h"
#include "engine/operators/operators.h"
#include "sql/types/packed.h"

enum { APPLY_ANSWERS_MAX = 8192 }; /* that a continuous query remembers over a step */

/* The rows of one run of the right. */
typedef struct Answer {
	const Batch *rows;
	Map *set;      /* IN by equality: the keys of its column; NULL: not made yet */
	bool has_null; /* in the column */
} Answer;

typedef struct ApplyOp {
	const PlanApply *apply;
	Map memo; /* encoded parameters -> Answer */
	uint32_t answers;
	Answer *last;
	Arena *arena;  /* of the answers */
	bool new_step; /* what was emitted has been taken */
	PlanQuery right;
	Value *params;
	Eval *test;
	const Column **in;
	BatchList left;        /* of the step */
	OperatorLater *tables; /* that the right reads, with their changes of the step */
	OperatorLater *later;  /* those behind the rows being worked on */
	uint32_t ntables;
	bool by_set; /* test is left column `set_col` = right column */
	uint32_t set_col;
	StrBuf key;
} ApplyOp;

static void find_set(ApplyOp *a, const Plan *left)
{
	const Expr *t = a->apply->test;
	if (a->apply->all || !t || t->kind != EXPR_CALL || t->nargs != 2 || strcmp(t->call.fn->name, "=") != 0)
		return;
	const Expr *l = t->args[0], *r = t->args[1];
	if (l->kind != EXPR_COLUMN || r->kind != EXPR_COLUMN)
		return;
	if (l->index >= left->ncols) {
		const Expr *x = l;
		l = r;
		r = x;
	}
	if (l->index >= left->ncols || r->index != left->ncols || !type_equal(l->type, r->type))
		return;
	a->by_set = true;
	a->set_col = l->index;
}

static bool apply_open(Operator *op, Err *err)
{
	(void)err;
	ApplyOp *a = ARENA_NEW(op->run->arena, ApplyOp);
	Arena *arena = op->run->arena;
	op->state = a;
	a->apply = &op->plan->apply;
	map_init(&a->memo);
	strbuf_init(&a->key);
	a->arena = op->run->is_snapshot ? arena : arena_open("subqueries", 0);
	a->right = *op->run->plan;
	a->right.nclient_params =
	    a->right.nparams; /* to the right all slots have values: those of this row, and of the rows around it */
	a->params = ARENA_ARRAY_ZERO(arena, Value, op->run->plan->nparams + 1);
	ASSERT(a->apply->first_param + a->apply->nparams <= op->run->plan->nparams);
	if (op->run->params)
		memcpy(a->params, op->run->params, op->run->plan->nclient_params * sizeof *a->params);
	a->in = ARENA_ARRAY_ZERO(arena, const Column *, op->plan->inputs[0]->ncols + op->plan->inputs[1]->ncols + 1);
	if (op->ninputs > 1) {
		a->ntables = op->ninputs - 1;
		a->tables = ARENA_ARRAY_ZERO(arena, OperatorLater, a->ntables);
		a->later = ARENA_ARRAY_ZERO(arena, OperatorLater, a->ntables);
		for (uint32_t i = 0; i < a->ntables; i++)
			a->tables[i].rel = a->later[i].rel = op->inputs[1 + i]->plan->scan.rel;
	}
	if (a->apply->test) {
		a->test = eval_open(arena, &a->apply->test, 1);
		find_set(a, op->plan->inputs[0]);
	}
	return true;
}

/* ---- the right side ---- */

typedef struct RightRows {
	Operator *op;
	Collected rows;
} RightRows;

static bool keep_rows(void *ctx, const Batch *b, bool *done, Err *err)
{
	RightRows *r = ctx;
	const ApplyOp *a = r->op->state;
	collect_add(&r->rows, b, false, a->arena);
	*done =
	    (a->apply->kind == APPLY_EXISTS && r->rows.rows > 0) || (a->apply->kind == APPLY_SCALAR && r->rows.rows > 1);
	return collect_may_go_on(r->op, err);
}

/* A run of the right of its own. */
static bool run_plan(Operator *op, const Plan *root, const Batch *given,
                     bool (*rows)(void *ctx, const Batch *b, bool *done, Err *err), void *ctx, Err *err)
{
	ApplyOp *a = op->state;
	OperatorRun run = *op->run;
	run.arena = arena_open("subquery", 0);
	run.step = arena_open("subquery step", 0);
	run.params = a->params;
	a->right.root = root;
	run.plan = &a->right;
	run.given = given;
	run.is_snapshot = true;
	if (a->ntables) {
		run.later = a->later;
		run.nlater = a->ntables;
	}
	bool ok = graph_run_snapshot(&run, &a->right, rows, ctx, err);
	arena_close(run.arena);
	arena_close(run.step);
	return ok;
}

static Answer *run_right(Operator *op, Err *err)
{
	ApplyOp *a = op->state;
	RightRows r = {.op = op};
	Answer *answer = ARENA_NEW(a->arena, Answer);
	bool ok = run_plan(op, op->plan->inputs[1], NULL, keep_rows, &r, err) &&
	          collect_all(&r.rows, op->plan->inputs[1], a->arena, &answer->rows, err);
	return ok ? answer : NULL;
}

static void forget_answers(ApplyOp *a)
{
	const MapEntry *e;
	for (uint32_t it = 0; (e = map_next(&a->memo, &it));) {
		Answer *answer = e->value;
		if (answer->set)
			map_deinit(answer->set);
	}
	map_deinit(&a->memo);
	map_init(&a->memo);
	a->answers = 0;
	a->last = NULL;
}

static Answer *answer_for(Operator *op, const Batch *b, uint32_t row, Err *err)
{
	ApplyOp *a = op->state;
	if (!a->apply->nparams && a->last && !a->apply->fresh)
		return a->last;
	strbuf_clear(&a->key);
	strbuf_puts(&a->key, "");
	for (uint32_t i = 0; i < a->apply->nparams; i++) {
		const Column *c = &b->cols[a->apply->params[i]];
		Value v = column_value(c, row);
		a->params[a->apply->first_param + i] = v;
		value_encode_key(c->type, v, &a->key);
	}
	if (a->apply->fresh)
		forget_answers(a);
	Answer *answer = map_get(&a->memo, strbuf_str(&a->key));
	if (!answer) {
		answer = run_right(op, err);
		if (!answer)
			return NULL;
		map_put(&a->memo, strbuf_str(&a->key), answer);
		a->answers++;
	}
	a->last = answer;
	return answer;
}

/* ---- what it adds to a left row ---- */

static void make_set(Operator *op, Answer *answer)
{
	const Column *c = &answer->rows->cols[0];
	const ApplyOp *a = op->state;
	answer->set = ARENA_NEW(a->arena, Map);
	map_init(answer->set);
	StrBuf key;
	strbuf_init(&key);
	for (uint32_t i = 0; i < answer->rows->n; i++) {
		if (column_is_null(c, i)) {
			answer->has_null = true;
			continue;
		}
		strbuf_clear(&key);
		value_encode_key(c->type, column_value(c, i), &key);
		map_put(answer->set, strbuf_str(&key), answer);
	}
	strbuf_deinit(&key);
}

static bool in_set(Operator *op, Answer *answer, const Batch *b, uint32_t row, Value *out)
{
	ApplyOp *a = op->state;
	if (!answer->set)
		make_set(op, answer);
	Value v = column_value(&b->cols[a->set_col], row);
	*out = (Value){.b = false};
	if (!answer->rows->n)
		return true;
	if (v.null) {
		*out = VALUE_NULL;
		return true;
	}
	if (type_phys(b->cols[a->set_col].type) == PHYS_F64 && v.f != v.f)
		return false; /* NaN: what = says of it is the kernel's business */
	strbuf_clear(&a->key);
	value_encode_key(b->cols[a->set_col].type, v, &a->key);
	if (map_has(answer->set, strbuf_str(&a->key)))
		*out = (Value){.b = true};
	else if (answer->has_null)
		*out = VALUE_NULL;
	return true;
}

/* IN, ANY, ALL in three-valued logic: the test over all rows of the right at once. */
static bool quantified(Operator *op, Answer *answer, const Batch *b, uint32_t row, Value *out, Err *err)
{
	ApplyOp *a = op->state;
	if (a->by_set && in_set(op, answer, b, row, out))
		return true;
	bool all = a->apply->all;
	uint32_t n = answer->rows->n;
	*out = (Value){.b = all};
	if (!n)
		return true;
	Arena *step = op->run->step;
	Column *cols = ARENA_ARRAY(step, Column, b->ncols + 1);
	for (uint32_t c = 0; c < b->ncols; c++) {
		column_init_const(&cols[c], b->cols[c].type, column_value(&b->cols[c], row), n, step);
		a->in[c] = &cols[c];
	}
	for (uint32_t c = 0; c < answer->rows->ncols; c++)
		a->in[b->ncols + c] = &answer->rows->cols[c];
	const Column *r;
	eval_run(a->test, &op->run->env, a->in, a->params, n, step, &r);
	int64_t bad = column_first_err(r);
	if (bad >= 0) {
		eval_report(a->test, 0, &op->run->env, a->in, a->params, (uint32_t)bad, step, err);
		return false;
	}
	bool null = false;
	for (uint32_t i = 0; i < n; i++) {
		if (column_is_null(r, i)) {
			null = true;
		} else if ((r->b[column_at(r, i)] != 0) != all) {
			*out = (Value){.b = !all};
			return true;
		}
	}
	if (null)
		*out = VALUE_NULL;
	return true;
}

static Value array_of(Operator *op, const Answer *answer)
{
	const Batch *b = answer->rows;
	Value *items = ARENA_ARRAY(op->run->step, Value, b->n + 1);
	for (uint32_t i = 0; i < b->n; i++)
		items[i] = column_value(&b->cols[0], i);
	const Type *elem = b->cols[0].type;
	return value_str(packed_build(op->run->step, &elem, true, items, b->n));
}

/* ---- all rows of a batch at once ---- */

typedef struct ManyRows {
	Column *out;
	uint8_t *seen; /* has row i had a row of the right? */
	Arena *step;
} ManyRows;

/* Column 0: the value; column 1: the number of the left row. */
static bool put_many(void *ctx, const Batch *b, bool *done, Err *err)
{
	(void)done;
	(void)err;
	ManyRows *m = ctx;
	for (uint32_t i = 0; i < b->n; i++) {
		uint32_t row = (uint32_t)column_value(&b->cols[1], i).i;
		Value v = column_value(&b->cols[0], i);
		if (m->seen[row]++) {
			m->seen[row] = 1;
			column_set_err(m->out, row, ROW_MANY_ROWS, m->step);
			continue;
		}
		if (!v.null && type_phys(m->out->type) == PHYS_STR)
			v.s = arena_str(m->step, v.s);
		column_set(m->out, row, v, m->step);
	}
	return true;
}

/* false: some row failed, it is not known which. */
static bool many_values(Operator *op, const Batch *b, Column *out, Err *err)
{
	const ApplyOp *a = op->state;
	Arena *step = op->run->step;
	uint32_t n = a->apply->nparams;
	Column *cols = ARENA_ARRAY(step, Column, n + 1);
	column_init(&cols[0], a->apply->many->cols[1].type, b->n, step);
	for (uint32_t i = 0; i < b->n; i++)
		column_set(&cols[0], i, value_i64(i), step);
	for (uint32_t i = 0; i < n; i++)
		cols[1 + i] = b->cols[a->apply->params[i]];
	Batch given = {.n = b->n, .ncols = n + 1, .cols = cols};
	ManyRows m = {.out = out, .seen = ARENA_ARRAY_ZERO(step, uint8_t, b->n + 1), .step = step};
	column_init(out, op->plan->cols[b->ncols].type, b->n, step);
	if (!run_plan(op, a->apply->many, &given, put_many, &m, err))
		return false;
	for (uint32_t i = 0; i < b->n; i++)
		if (!m.seen[i])
			column_set_null(out, i, step);
	return true;
}

static bool emit_column(Operator *op, const Batch *b, Column *cols)
{
	Batch *rows = ARENA_NEW(op->run->step, Batch);
	*rows = (Batch){b->n, b->ncols + 1, cols, b->weight, b->ord, b->stamp};
	operator_emit(op, rows);
	return true;
}

static bool add_column(Operator *op, const Batch *b, Err *err)
{
	ApplyOp *a = op->state;
	Arena *step = op->run->step;
	Column *cols = ARENA_ARRAY(step, Column, b->ncols + 1);
	memcpy(cols, b->cols, b->ncols * sizeof *cols);
	Column *out = &cols[b->ncols];
	Err one_by_one = {0};
	if (a->apply->many && many_values(op, b, out, &one_by_one))
		return emit_column(op, b, cols);
	column_init(out, op->plan->cols[b->ncols].type, b->n, step);
	for (uint32_t i = 0; i < b->n; i++) {
		Answer *answer = answer_for(op, b, i, err);
		if (!answer || !collect_may_go_on(op, err))
			return false;
		Value v = VALUE_NULL;
		switch (a->apply->kind) {
		case APPLY_SCALAR:
			if (answer->rows->n > 1) {
				column_set_err(out, i, ROW_MANY_ROWS, step);
				continue;
			}
			if (answer->rows->n)
				v = column_value(&answer->rows->cols[0], 0);
			break;
		case APPLY_EXISTS: v = (Value){.b = answer->rows->n > 0}; break;
		case APPLY_IN:
			if (!quantified(op, answer, b, i, &v, err))
				return false;
			break;
		case APPLY_ARRAY: v = array_of(op, answer); break;
		case APPLY_CROSS:
		case APPLY_LEFT: break;
		}
		column_set(out, i, v, step);
	}
	return emit_column(op, b, cols);
}

static const int64_t *repeat(const int64_t *list, uint32_t i, uint32_t n, Arena *step)
{
	if (!list)
		return NULL;
	int64_t *out = ARENA_ARRAY(step, int64_t, n);
	for (uint32_t k = 0; k < n; k++)
		out[k] = list[i];
	return out;
}

/* LATERAL: the rows of the right beside the left row. */
static bool add_rows(Operator *op, const Batch *b, Err *err)
{
	Arena *step = op->run->step;
	const Plan *rp = op->plan->inputs[1];
	for (uint32_t i = 0; i < b->n; i++) {
		const Answer *answer = answer_for(op, b, i, err);
		if (!answer || !collect_may_go_on(op, err))
			return false;
		const Batch *r = answer->rows;
		if (!r->n) {
			if (op->plan->apply.kind != APPLY_LEFT)
				continue;
			r = collect_null_rows(rp, 1, step);
		}
		for (uint32_t from = 0; from < r->n; from += BATCH_ROWS_MAX) {
			uint32_t n = r->n - from < BATCH_ROWS_MAX ? r->n - from : BATCH_ROWS_MAX;
			Column *cols = ARENA_ARRAY(step, Column, b->ncols + rp->ncols + 1);
			for (uint32_t c = 0; c < b->ncols; c++)
				column_init_const(&cols[c], b->cols[c].type, column_value(&b->cols[c], i), n, step);
			for (uint32_t c = 0; c < rp->ncols; c++)
				column_slice(&r->cols[c], from, n, &cols[b->ncols + c], step);
			Batch *rows = ARENA_NEW(step, Batch);
			*rows = (Batch){.n = n, .ncols = b->ncols + rp->ncols, .cols = cols};
			rows->weight = repeat(b->weight, i, n, step);
			rows->ord = repeat(b->ord, i, n, step);
			rows->stamp = repeat(b->stamp, i, n, step);
			operator_emit(op, rows);
		}
	}
	return true;
}

static bool work(Operator *op, const Batch *b, Err *err)
{
	ApplyKind kind = op->plan->apply.kind;
	return kind == APPLY_CROSS || kind == APPLY_LEFT ? add_rows(op, b, err) : add_column(op, b, err);
}

/* ---- tables that change ---- */

/* The rows with the ordinals behind `ord`. */
static const Batch *behind(const Batch *b, int64_t ord, Arena *step)
{
	uint32_t *rows = ARENA_ARRAY(step, uint32_t, b->n + 1), n = 0;
	for (uint32_t i = 0; i < b->n; i++)
		if (b->ord[i] > ord)
			rows[n++] = i;
	return n == b->n ? b : n ? batch_gather(b, rows, n, step) : NULL;
}

/* Makes the tables what they are for a row of this ordinal; *until: of the first change that it does not see. */
static void stand_at(Operator *op, int64_t ord, int64_t *until)
{
	ApplyOp *a = op->state;
	*until = INT64_MAX;
	for (uint32_t t = 0; t < a->ntables; t++) {
		a->later[t].changes = (BatchList){0};
		for (uint32_t k = 0; k < a->tables[t].changes.len; k++) {
			const Batch *b = behind(a->tables[t].changes.items[k], ord, op->run->step);
			for (uint32_t i = 0; b && i < b->n; i++)
				*until = b->ord[i] < *until ? b->ord[i] : *until;
			if (b)
				ARENA_PUSH(op->run->step, &a->later[t].changes, b);
		}
	}
	forget_answers(a);
}

/* Left rows in runs that see the same tables. */
static bool work_in_parts(Operator *op, const Batch *b, Err *err)
{
	for (uint32_t from = 0, to; from < b->n; from = to) {
		int64_t until;
		stand_at(op, b->ord[from], &until);
		for (to = from + 1; to < b->n && b->ord[to] >= b->ord[from] && b->ord[to] < until;)
			to++;
		if (!work(op, to - from == b->n ? b : batch_slice(b, from, to, op->run->step), err))
			return false;
	}
	return true;
}

/* Rows that go keep what they were given: nothing is asked for them. */
static bool work_over_tables(Operator *op, const Batch *b, Err *err)
{
	Arena *step = op->run->step;
	if (op->plan->append_only)
		return work_in_parts(op, b, err);
	for (uint32_t from = 0, to; from < b->n; from = to) {
		bool goes = batch_weight(b, from) < 0;
		for (to = from + 1; to < b->n && (batch_weight(b, to) < 0) == goes;)
			to++;
		const Batch *part = batch_slice(b, from, to, step);
		if (!goes) {
			if (!work_in_parts(op, part, err))
				return false;
			continue;
		}
		Column *cols = ARENA_ARRAY(step, Column, b->ncols + 1);
		memcpy(cols, part->cols, b->ncols * sizeof *cols);
		column_init_const(&cols[b->ncols], op->plan->cols[b->ncols].type, VALUE_NULL, part->n, step);
		emit_column(op, part, cols);
	}
	return true;
}

static bool apply_push(Operator *op, uint32_t port, const Batch *b, Err *err)
{
	ApplyOp *a = op->state;
	if (port) {
		ARENA_PUSH(op->run->step, &a->tables[port - 1].changes, b);
		return true;
	}
	if (a->new_step && (a->answers > APPLY_ANSWERS_MAX || a->ntables) && !op->run->is_snapshot) {
		forget_answers(a);
		arena_reset(a->arena);
	}
	a->new_step = false;
	if (!a->ntables)
		return work(op, b, err);
	ARENA_PUSH(op->run->step, &a->left, b);
	return true;
}

/* Consumers take this step's rows before the next one begins. */
static bool apply_flush(Operator *op, Err *err)
{
	ApplyOp *a = op->state;
	BatchList left = a->left;
	a->left = (BatchList){0};
	for (uint32_t i = 0; i < left.len; i++)
		if (!work_over_tables(op, left.items[i], err))
			return false;
	for (uint32_t t = 0; t < a->ntables; t++)
		a->tables[t].changes = a->later[t].changes = (BatchList){0};
	a->new_step = true;
	return true;
}

static void apply_close(Operator *op)
{
	ApplyOp *a = op->state;
	if (!a)
		return;
	forget_answers(a);
	map_deinit(&a->memo);
	strbuf_deinit(&a->key);
	if (!op->run->is_snapshot)
		arena_close(a->arena);
}

const OperatorType apply_type = {
    .name = "apply",
    .open = apply_open,
    .push = apply_push,
    .flush = apply_flush,
    .close = apply_close,
};
