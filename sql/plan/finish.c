/*
 * sql/plan/finish.c: the passes over a new plan: rewrites, inference, exchange edges, numbers, the hash.
 */
#include "sql/plan/finish.h"

#include "base/hash.h"
#include "sql/catalog/catalog.h"
#include "sql/plan/infer.h"
#include "sql/plan/once.h"
#include "sql/plan/prune.h"
#include "sql/plan/rewrite_filter.h"
#include "sql/plan/rewrite_lookup.h"
#include "sql/plan/rewrite_scan.h"
#include "sql/plan/share.h"
#include "sql/plan/spread.h"
#include "sql/plan/ttl.h"

static void add_exchange(Arena *arena, Plan *p, uint32_t port, const uint32_t *keys, uint32_t nkeys, uint32_t *next_id)
{
	const Plan *in = p->inputs[port];
	if (in->kind == PLAN_EXCHANGE)
		return;
	Plan *x = ARENA_NEW(arena, Plan);
	x->kind = PLAN_EXCHANGE;
	x->span = in->span;
	x->ninputs = 1;
	x->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, 2);
	x->inputs[0] = in;
	x->cols = in->cols;
	x->ncols = in->ncols;
	x->exchange.nkeys = nkeys;
	x->exchange.keys = ARENA_ARRAY(arena, uint32_t, nkeys + 1);
	if (nkeys)
		memcpy(x->exchange.keys, keys, nkeys * sizeof *keys);
	infer_plan(arena, x);
	x->id = (*next_id)++;
	p->inputs[port] = x;
}

/* ---- what is run for each row ---- */

static bool is_read(const Plan *p, const Relation *r)
{
	for (uint32_t i = 2; i < p->ninputs; i++)
		if (p->inputs[i]->scan.rel == r)
			return true;
	return false;
}

/* The relations in `in` as inputs of p: all their columns. */
static void add_reads_of(Arena *arena, Plan *p, const Plan *in, uint32_t *next_id)
{
	if (in->kind == PLAN_SCAN && !is_read(p, in->scan.rel)) {
		const Relation *r = in->scan.rel;
		uint32_t n = r->table->ncols;
		Plan *scan = arena_copy(arena, in, sizeof *in);
		scan->scan = (PlanScan){.rel = r, .index = -1, .limit = -1, .lookup = true};
		scan->share = NULL;
		scan->ncols = n;
		scan->cols = ARENA_ARRAY_ZERO(arena, PlanCol, n + 1);
		scan->scan.cols = ARENA_ARRAY(arena, uint32_t, n + 1);
		for (uint32_t i = 0; i < n; i++) {
			scan->cols[i] = (PlanCol){.name = r->table->cols[i].name, .type = r->table->cols[i].type};
			scan->scan.cols[i] = i;
		}
		infer_plan(arena, scan);
		scan->id = (*next_id)++;
		const Plan **inputs = ARENA_ARRAY_ZERO(arena, const Plan *, p->ninputs + 2);
		memcpy(inputs, p->inputs, p->ninputs * sizeof *inputs);
		inputs[p->ninputs++] = scan;
		p->inputs = inputs;
	}
	for (uint32_t i = 0; i < in->ninputs; i++)
		add_reads_of(arena, p, in->inputs[i], next_id);
}

static void add_reads(Arena *arena, Plan *p, uint32_t *next_id)
{
	add_reads_of(arena, p, p->inputs[1], next_id);
}

static Plan *with_paths(Arena *arena, const Plan *p)
{
	return rewrite_lookup_plan(arena, rewrite_scan_plan(arena, prune_plan(arena, p)));
}

/* The right side for many rows at once. */
static void find_many_of(Arena *arena, Plan *p, bool by_row)
{
	PlanApply *a = &p->apply;
	if (p->kind != PLAN_APPLY || a->many || !(a->pure || (by_row && a->by_row)) || a->kind != APPLY_SCALAR ||
	    !a->nparams)
		return;
	a->many = spread_right(arena, p);
	if (a->many && a->by_row)
		a->many = with_paths(arena, a->many);
}

static void find_many(Arena *arena, Plan *p, bool by_row)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		find_many(arena, (Plan *)(uintptr_t)p->inputs[i], by_row);
	find_many_of(arena, p, by_row);
}

/* Snapshots: the right sides for one row. */
static void find_paths(Arena *arena, Plan *p)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		find_paths(arena, (Plan *)(uintptr_t)p->inputs[i]);
	if (p->kind == PLAN_APPLY && p->apply.by_row)
		p->inputs[1] = rewrite_lookup_plan(arena, (Plan *)(uintptr_t)p->inputs[1]);
}

/* Bottom up over the fresh copy of the tree: exchange edges below what works by key, what is evaluated once, facts of
 * each node, numbers. */
static void settle(Arena *arena, Plan *p, const PlanQuery *q, bool snapshot, uint32_t *next_id)
{
	if (p->share && p->share->settled)
		return;
	if (p->share)
		p->share->settled = true;
	for (uint32_t i = 0; i < p->ninputs; i++) {
		Plan *in = (Plan *)(uintptr_t)p->inputs[i];
		bool run = snapshot || (p->kind == PLAN_APPLY && i > 0);
		settle(arena, in, q, run, next_id);
		if (!run && !once_upserts(p))
			once_node(arena, in, q->ttl_us, next_id);
	}
	if (!snapshot) {
		switch (p->kind) {
		case PLAN_AGG:
		case PLAN_WINDOW_AGG: add_exchange(arena, p, 0, p->agg.keys, p->agg.nkeys, next_id); break;
		case PLAN_WINDOW:
			if (p->window.spec.kind == WINDOW_SESSION)
				add_exchange(arena, p, 0, p->window.keys, p->window.nkeys, next_id);
			break;
		case PLAN_OVER: add_exchange(arena, p, 0, p->over.partition, p->over.npartition, next_id); break;
		case PLAN_TOPN: add_exchange(arena, p, 0, p->topn.partition, p->topn.npartition, next_id); break;
		case PLAN_LAST_WINS:
		case PLAN_NORMALIZE: add_exchange(arena, p, 0, p->target.key, p->target.nkey, next_id); break;
		case PLAN_INTERVAL_JOIN:
		case PLAN_WINDOW_JOIN:
		case PLAN_TEMPORAL_JOIN:
		case PLAN_JOIN:
			add_exchange(arena, p, 0, p->join.left_keys, p->join.nkeys, next_id);
			add_exchange(arena, p, 1, p->join.right_keys, p->join.nkeys, next_id);
			break;
		case PLAN_SETOP: {
			uint32_t *all = ARENA_ARRAY(arena, uint32_t, p->ncols + 1);
			for (uint32_t i = 0; i < p->ncols; i++)
				all[i] = i;
			add_exchange(arena, p, 0, all, p->ncols, next_id);
			add_exchange(arena, p, 1, all, p->ncols, next_id);
			break;
		}
		default: break;
		}
	}
	if (p->kind == PLAN_APPLY && p->apply.many)
		settle(arena, (Plan *)(uintptr_t)p->apply.many, q, true, next_id);
	if (p->kind == PLAN_APPLY && p->apply.by_row && !snapshot)
		add_reads(arena, p, next_id);
	if (p->kind == PLAN_AGG || p->kind == PLAN_WINDOW_AGG)
		p->agg.input_append = p->inputs[0]->append_only;
	infer_plan(arena, p);
	p->id = (*next_id)++;
}

static const Expr *fold(Arena *arena, const Expr *e)
{
	return e ? expr_fold(arena, e, NULL) : NULL;
}

static void fold_tree(Arena *arena, Plan *p)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		fold_tree(arena, (Plan *)(uintptr_t)p->inputs[i]);
	if (p->kind == PLAN_FILTER)
		p->predicate = fold(arena, p->predicate);
	else if (plan_is_join(p))
		p->join.residual = fold(arena, p->join.residual);
	else if (p->kind == PLAN_PROJECT)
		for (uint32_t i = 0; i < p->ncols; i++)
			p->exprs[i] = fold(arena, p->exprs[i]);
}

/* ---- the hash: of a text that names all that decides the meaning of the state ---- */

static void describe_call(const PlanAggCall *c, StrBuf *b)
{
	strbuf_printf(b, "%s%s(", c->call.agg->name, c->call.distinct ? " distinct" : "");
	for (uint32_t k = 0; k < c->call.nargs; k++)
		strbuf_printf(b, "%u,", c->args[k]);
	strbuf_printf(b, ")%d", c->filter);
	for (uint32_t k = 0; k < c->call.norder; k++)
		strbuf_printf(b, "%d%d", (int)c->call.order[k].desc, (int)c->call.order[k].nulls_first);
}

static void describe_order(const uint32_t *partition, uint32_t npartition, const SortKey *order, uint32_t norder,
                           StrBuf *b)
{
	for (uint32_t i = 0; i < npartition; i++)
		strbuf_printf(b, "k%u", partition[i]);
	for (uint32_t i = 0; i < norder; i++)
		strbuf_printf(b, "o%u %d %d", order[i].col, (int)order[i].desc, (int)order[i].nulls_first);
}

static void describe_over(const PlanOver *v, StrBuf *b)
{
	describe_order(v->partition, v->npartition, v->order, v->norder, b);
	strbuf_printf(b, "%d %d %lld %d %d %lld %d %d %d", (int)v->rows, (int)v->start.kind, (long long)v->start.number,
	              v->start.col, (int)v->end.kind, (long long)v->end.number, v->end.col, v->time_col, (int)v->proctime);
	for (uint32_t i = 0; i < v->ncalls; i++) {
		const PlanOverCall *c = &v->calls[i];
		strbuf_printf(b, "f%d %lld %u %d %d", (int)c->fn, (long long)c->number, c->arg, c->fallback,
		              (int)c->ignore_nulls);
		if (c->fn == OVER_AGG)
			describe_call(&c->agg, b);
	}
}

/* Does FIRST_VALUE or LAST_VALUE lie in the blocks of windows? An older version had tables for it. */
static bool ends_in_blocks(const PlanAgg *agg)
{
	for (uint32_t i = 0; i < agg->naggs; i++)
		if (agg->aggs[i].call.kind == AGG_ORDERED && !agg->aggs[i].call.needs_all && agg->input_append &&
		    (agg->attached || agg->window.kind == WINDOW_TUMBLE))
			return true;
	return false;
}

static void describe(const Plan *p, StrBuf *b)
{
	if (p->share && p->share->described) {
		strbuf_printf(b, "^%u", p->id);
		return;
	}
	if (p->share)
		p->share->described = true;
	strbuf_printf(b, "%s#%u(", plan_kind_name(p->kind), p->id);
	for (uint32_t i = 0; i < p->ninputs; i++)
		describe(p->inputs[i], b);
	strbuf_puts(b, ")[");
	for (uint32_t i = 0; i < p->ncols; i++) {
		type_print(p->cols[i].type, true, b);
		strbuf_putc(b, ',');
	}
	strbuf_puts(b, "]");
	switch (p->kind) {
	case PLAN_SCAN:
		strbuf_put_str(b, p->scan.rel->name);
		for (uint32_t f = 0; f < p->scan.nfields; f++)
			for (uint32_t k = 0; k < p->scan.fields[f].npath; k++) {
				strbuf_putc(b, '.');
				strbuf_put_str(b, p->scan.fields[f].path[k]);
			}
		for (uint32_t i = 0; p->scan.exprs && i < p->ncols; i++)
			expr_print(p->scan.exprs[i], NULL, b);
		if (p->scan.watermark)
			expr_print(p->scan.watermark, NULL, b);
		break;
	case PLAN_FILTER: expr_print(p->predicate, NULL, b); break;
	case PLAN_PROJECT:
		for (uint32_t i = 0; i < p->ncols; i++) {
			expr_print(p->exprs[i], NULL, b);
			strbuf_putc(b, ',');
		}
		break;
	case PLAN_UNNEST:
		for (uint32_t i = 0; i < p->unnest.nargs; i++)
			strbuf_printf(b, "%u,", p->unnest.args[i]);
		strbuf_printf(b, "%d%d", (int)p->unnest.outer, (int)p->unnest.ordinality);
		break;
	case PLAN_WINDOW:
		strbuf_printf(b, "%d %lld %lld %lld %d", (int)p->window.spec.kind, (long long)p->window.spec.size_ms,
		              (long long)p->window.spec.slide_ms, (long long)p->window.spec.offset_ms, (int)p->window.spec.ltz);
		for (uint32_t i = 0; i < p->window.nkeys; i++)
			strbuf_printf(b, "k%u", p->window.keys[i]);
		break;
	case PLAN_EXPAND:
		for (uint32_t i = 0; i < p->expand.ncols; i++)
			strbuf_printf(b, "k%u", p->expand.cols[i]);
		for (uint32_t i = 0; i < p->expand.nsets; i++)
			strbuf_printf(b, "s%llx", (unsigned long long)p->expand.ids[i]);
		break;
	case PLAN_AGG:
	case PLAN_WINDOW_AGG:
		for (uint32_t i = 0; i < p->agg.nkeys; i++)
			strbuf_printf(b, "k%u", p->agg.keys[i]);
		for (uint32_t i = 0; i < p->agg.naggs; i++)
			describe_call(&p->agg.aggs[i], b);
		strbuf_printf(b, "%d %lld %lld %lld %d %d", (int)p->agg.window.kind, (long long)p->agg.window.size_ms,
		              (long long)p->agg.window.slide_ms, (long long)p->agg.window.offset_ms, (int)p->agg.window.ltz,
		              (int)p->agg.emit);
		strbuf_puts(b, p->agg.window.only_on_update ? " on update" : "");
		strbuf_puts(b, ends_in_blocks(&p->agg) ? " ends in blocks" : "");
		break;
	case PLAN_INTERVAL_JOIN:
	case PLAN_WINDOW_JOIN:
	case PLAN_TEMPORAL_JOIN:
	case PLAN_LOOKUP_JOIN:
	case PLAN_JOIN:
		strbuf_printf(b, "%d", (int)p->join.kind);
		if (p->kind == PLAN_INTERVAL_JOIN || p->kind == PLAN_TEMPORAL_JOIN)
			strbuf_printf(b, "t%u-%u %lld %lld%s", p->join.left_time, p->join.right_time, (long long)p->join.low_us,
			              (long long)p->join.high_us, p->join.proctime ? " proctime" : "");
		if (p->kind == PLAN_TEMPORAL_JOIN)
			strbuf_puts(b, p->join.keep_last ? "timers last" : "timers");
		if (p->kind == PLAN_WINDOW_JOIN)
			strbuf_printf(b, "w%u,%u-%u,%u %d", p->join.left_start, p->join.left_end, p->join.right_start,
			              p->join.right_end, (int)p->join.window.kind);
		for (uint32_t i = 0; i < p->join.nkeys; i++)
			strbuf_printf(b, "k%u=%u%s", p->join.left_keys[i], p->join.right_keys[i],
			              p->join.null_equal && p->join.null_equal[i] ? "n" : "");
		if (p->join.residual)
			expr_print(p->join.residual, NULL, b);
		break;
	case PLAN_VALUES:
		for (uint32_t i = 0; i < p->values.nrows * p->ncols; i++)
			expr_print(p->values.cells[i], NULL, b);
		break;
	case PLAN_APPLY:
		strbuf_printf(b, "%d %u", (int)p->apply.kind, p->apply.first_param);
		for (uint32_t i = 0; i < p->apply.nparams; i++)
			strbuf_printf(b, "p%u", p->apply.params[i]);
		if (p->apply.test)
			expr_print(p->apply.test, NULL, b);
		strbuf_puts(b, p->apply.all ? " all" : "");
		break;
	case PLAN_SETOP: strbuf_printf(b, "%d %d", (int)p->setop.op, p->setop.all); break;
	case PLAN_OVER: describe_over(&p->over, b); break;
	case PLAN_TOPN:
		describe_order(p->topn.partition, p->topn.npartition, p->topn.order, p->topn.norder, b);
		strbuf_printf(b, "%d %lld %lld %d %lld %d %d %d %d", (int)p->topn.rank, (long long)p->topn.from,
		              (long long)p->topn.to, (int)p->topn.show_rank, (long long)p->topn.within_us, p->topn.time_col,
		              (int)p->topn.proctime, (int)p->topn.mode, p->topn.bound_col);
		if (p->topn.mode == TOPN_SEEN)
			strbuf_printf(b, " %d", p->topn.forget_col);
		break;
	case PLAN_MATERIALIZE:
	case PLAN_SINK:
	case PLAN_LAST_WINS:
	case PLAN_NORMALIZE:
		for (uint32_t i = 0; i < p->target.nkey; i++)
			strbuf_printf(b, "k%u", p->target.key[i]);
		break;
	case PLAN_ONCE:
		for (uint32_t i = 0; i < p->once.ncols; i++)
			strbuf_printf(b, "o%u", p->once.cols[i]);
		break;
	default: break;
	}
	/* what expires carries its time; how long it lives may change */
	if (plan_ttl_us(p, 0) || plan_ttl_us(p, 1))
		strbuf_printf(b, "ttl%d%d", plan_ttl_us(p, 0) > 0, plan_ttl_us(p, 1) > 0);
}

/* A condition is evaluated when either row comes and again when it goes: it must give the same each time. */
static bool check_joins(const Plan *p, Err *err)
{
	uint32_t n = p->kind == PLAN_APPLY ? 1 : p->ninputs; /* the right is run anew each time */
	for (uint32_t i = 0; i < n; i++)
		if (!check_joins(p->inputs[i], err))
			return false;
	if (!plan_is_join(p) || !p->join.residual || expr_is_deterministic(p->join.residual))
		return true;
	err_set_at(err, ERR_NOT_SUPPORTED, p->join.residual->span,
	           "a join condition that reads the clock or a random number is not supported in a continuous query");
	return err_hint(err, "Compute the value in a column of one of the joined queries, and compare that column.");
}

/* Continuous queries: how the right sides that read tables are run. Indexes decide it, and they come and go: so it is
 * found when the numbers and the hash, by which the state is known, are there already. */
static void settle_runs(Arena *arena, Plan *p, const PlanQuery *q, uint32_t *next_id)
{
	for (uint32_t i = 0; i < p->ninputs; i++)
		settle_runs(arena, (Plan *)(uintptr_t)p->inputs[i], q, next_id);
	PlanApply *a = &p->apply;
	if (p->kind != PLAN_APPLY || !a->by_row || p->ninputs < 3 || a->found)
		return;
	a->found = true;
	find_many(arena, (Plan *)(uintptr_t)p->inputs[1], true);
	find_many_of(arena, p, true);
	if (a->many)
		settle(arena, (Plan *)(uintptr_t)a->many, q, true, next_id);
	Plan *right = with_paths(arena, p->inputs[1]);
	settle(arena, right, q, true, next_id);
	p->inputs[1] = right;
}

bool finish_plan(Arena *arena, PlanQuery *q, Err *err)
{
	Plan *root = prune_plan(arena, q->snapshot ? q->root : share_plan(arena, q->root));
	fold_tree(arena, root);
	/* a filter that has gone down leaves columns that nobody reads above it */
	root = prune_plan(arena, rewrite_filter_plan(arena, root));
	find_many(arena, root, q->snapshot);
	if (q->snapshot)
		root = rewrite_scan_plan(arena, root);
	else if (!check_joins(root, err))
		return false;
	if (q->snapshot)
		find_paths(arena, root);
	if (!q->snapshot)
		ttl_settle(q, root);
	uint32_t next = 0;
	settle(arena, root, q, q->snapshot, &next);
	q->root = root;
	q->nnodes = next;
	StrBuf b;
	strbuf_init(&b);
	describe(root, &b);
	q->hash = hash_bytes(b.ptr, b.len, 0);
	strbuf_deinit(&b);
	if (!q->snapshot) {
		settle_runs(arena, root, q, &next);
		q->nnodes = next;
	}
	return true;
}
