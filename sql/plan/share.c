/*
 * sql/plan/share.c: equal subtrees become one.
 *
 * A view that is named twice is bound twice, into two equal trees. Here, before columns are pruned and filters sink
 * (both would make them differ), the second becomes a reader of the first. Two trees are equal when each node of one is
 * of the same kind as its counterpart, with equal columns, expressions and settings; only the slots of parameters may
 * differ, which are numbered through the whole statement.
 *
 * What is shared has the columns that any reader wants. So a record of which one of these columns cannot be read is bad
 * for all readers of the shared part; that is why bare scans stay apart.
 */
#include "sql/plan/share.h"

#include "sql/catalog/catalog.h"

typedef struct Known {
	const Plan *original;
	Plan *copy;
} Known;

/* An APPLY of either tree around the nodes that are compared: its slots mean the same. */
typedef struct Slots {
	uint32_t a, b, n;
	const struct Slots *outer;
} Slots;

typedef struct Sharing {
	Arena *arena;
	struct {
		Known *items;
		uint32_t len, cap;
	} known;
	bool *grown;
} Sharing;

static bool same(Arena *arena, const Plan *a, const Plan *b, const Slots *slots);

/* ---- parts ---- */

static bool same_list(const uint32_t *a, uint32_t na, const uint32_t *b, uint32_t nb)
{
	return na == nb && (!na || memcmp(a, b, na * sizeof *a) == 0);
}

/* b with the slots of a. */
static const Expr *renumbered(Arena *arena, const Expr *e, const Slots *slots)
{
	if (e->kind == EXPR_PARAM) {
		for (const Slots *s = slots; s; s = s->outer)
			if (e->index >= s->b && e->index < s->b + s->n)
				return expr_param(arena, e->type, s->a + (e->index - s->b));
		return e;
	}
	if (e->kind != EXPR_CALL || !expr_uses_params(e))
		return e;
	Expr *copy = arena_copy(arena, e, sizeof *e);
	copy->args = ARENA_ARRAY(arena, const Expr *, e->nargs + 1);
	for (uint32_t i = 0; i < e->nargs; i++)
		copy->args[i] = renumbered(arena, e->args[i], slots);
	return copy;
}

static bool same_expr(Arena *arena, const Expr *a, const Expr *b, const Slots *slots)
{
	if (!a || !b)
		return a == b;
	return expr_is_deterministic(a) && expr_equal(a, renumbered(arena, b, slots));
}

static bool same_exprs(Arena *arena, const Expr *const *a, const Expr *const *b, uint32_t n, const Slots *slots)
{
	for (uint32_t i = 0; i < n; i++)
		if (!same_expr(arena, a[i], b[i], slots))
			return false;
	return true;
}

static bool same_window(const WindowSpec *a, const WindowSpec *b)
{
	return a->kind == b->kind && a->size_ms == b->size_ms && a->slide_ms == b->slide_ms &&
	       a->offset_ms == b->offset_ms && a->ltz == b->ltz && a->proctime == b->proctime &&
	       a->only_on_update == b->only_on_update && a->zone == b->zone;
}

static bool same_order(const SortKey *a, uint32_t na, const SortKey *b, uint32_t nb)
{
	bool same = na == nb;
	for (uint32_t i = 0; same && i < na; i++)
		same = a[i].col == b[i].col && a[i].desc == b[i].desc && a[i].nulls_first == b[i].nulls_first;
	return same;
}

static bool same_call(const PlanAggCall *x, const PlanAggCall *y)
{
	const AggCall *a = &x->call, *b = &y->call;
	bool same = a->agg == b->agg && a->nargs == b->nargs && a->distinct == b->distinct && a->norder == b->norder &&
	            x->filter == y->filter && type_equal(a->type, b->type) && str_eq(x->text, y->text);
	for (uint32_t i = 0; same && i < a->nargs; i++)
		same = x->args[i] == y->args[i] && type_equal(a->arg_types[i], b->arg_types[i]);
	for (uint32_t i = 0; same && i < a->norder; i++)
		same = a->order[i].desc == b->order[i].desc && a->order[i].nulls_first == b->order[i].nulls_first;
	/* what `data` holds (a separator, a K) the text tells */
	return same && (!a->norder || type_equal(a->row_type, b->row_type));
}

static bool same_bound(const OverBound *a, const OverBound *b)
{
	return a->kind == b->kind && a->number == b->number && a->col == b->col;
}

/* ---- nodes ---- */

static bool same_scan(Arena *arena, const Plan *p, const Plan *q, const Slots *slots)
{
	const PlanScan *a = &p->scan, *b = &q->scan;
	if (a->rel != b->rel || a->lookup || b->lookup || !str_eq(a->side, b->side) || a->nfields != b->nfields ||
	    !a->exprs != !b->exprs || !a->cols != !b->cols || a->range.neq || b->range.neq || a->range.low ||
	    a->range.high || b->range.low || b->range.high)
		return false;
	for (uint32_t f = 0; f < a->nfields; f++) {
		const ScanField *x = &a->fields[f], *y = &b->fields[f];
		if (x->kind != y->kind || x->npath != y->npath || x->position != y->position || !type_equal(x->type, y->type))
			return false;
		for (uint32_t i = 0; i < x->npath; i++)
			if (!str_eq(x->path[i], y->path[i]))
				return false;
	}
	if (a->exprs && !same_exprs(arena, a->exprs, b->exprs, p->ncols, slots))
		return false;
	return (!a->cols || same_list(a->cols, p->ncols, b->cols, q->ncols)) &&
	       same_expr(arena, a->watermark, b->watermark, slots);
}

static bool same_agg(const PlanAgg *a, const PlanAgg *b)
{
	if (!same_list(a->keys, a->nkeys, b->keys, b->nkeys) || a->naggs != b->naggs || a->one_row != b->one_row ||
	    !same_window(&a->window, &b->window) || a->time_col != b->time_col || a->attached != b->attached ||
	    a->start_col != b->start_col || a->end_col != b->end_col || a->emit != b->emit)
		return false;
	for (uint32_t i = 0; i < a->naggs; i++)
		if (!same_call(&a->aggs[i], &b->aggs[i]))
			return false;
	return true;
}

static bool same_join(Arena *arena, const PlanJoin *a, const PlanJoin *b, const Slots *slots)
{
	if (a->kind != b->kind || !same_list(a->left_keys, a->nkeys, b->left_keys, b->nkeys) ||
	    !same_list(a->right_keys, a->nkeys, b->right_keys, b->nkeys) || !a->null_equal != !b->null_equal)
		return false;
	for (uint32_t i = 0; a->null_equal && i < a->nkeys; i++)
		if (a->null_equal[i] != b->null_equal[i])
			return false;
	return a->left_time == b->left_time && a->right_time == b->right_time && a->unique == b->unique &&
	       a->keep_last == b->keep_last && a->proctime == b->proctime && a->low_us == b->low_us &&
	       a->high_us == b->high_us && same_window(&a->window, &b->window) && a->left_start == b->left_start &&
	       a->left_end == b->left_end && a->right_start == b->right_start && a->right_end == b->right_end &&
	       same_expr(arena, a->residual, b->residual, slots);
}

static bool same_over(const PlanOver *a, const PlanOver *b)
{
	if (!same_list(a->partition, a->npartition, b->partition, b->npartition) ||
	    !same_order(a->order, a->norder, b->order, b->norder) || a->rows != b->rows ||
	    !same_bound(&a->start, &b->start) || !same_bound(&a->end, &b->end) || a->ncalls != b->ncalls ||
	    a->time_col != b->time_col || a->proctime != b->proctime)
		return false;
	for (uint32_t i = 0; i < a->ncalls; i++) {
		const PlanOverCall *x = &a->calls[i], *y = &b->calls[i];
		if (x->fn != y->fn || x->arg != y->arg || x->fallback != y->fallback || x->number != y->number ||
		    x->ignore_nulls != y->ignore_nulls || !type_equal(x->type, y->type) || !str_eq(x->text, y->text) ||
		    (x->fn == OVER_AGG && !same_call(&x->agg, &y->agg)))
			return false;
	}
	return true;
}

static bool same_topn(const PlanTopN *a, const PlanTopN *b)
{
	return a->rank == b->rank && same_list(a->partition, a->npartition, b->partition, b->npartition) &&
	       same_order(a->order, a->norder, b->order, b->norder) && a->from == b->from && a->to == b->to &&
	       a->show_rank == b->show_rank && a->from_limit == b->from_limit && a->within_us == b->within_us &&
	       a->time_col == b->time_col && a->proctime == b->proctime && a->by_watermark == b->by_watermark &&
	       (!a->by_watermark || a->forget_col == b->forget_col);
}

static bool same_apply(Arena *arena, const Plan *p, const Plan *q, const Slots *slots)
{
	const PlanApply *a = &p->apply, *b = &q->apply;
	Slots own = {a->first_param, b->first_param, a->nparams, slots};
	return a->kind == b->kind && a->all == b->all && a->pure && b->pure &&
	       same_list(a->params, a->nparams, b->params, b->nparams) && same_expr(arena, a->test, b->test, &own) &&
	       same(arena, p->inputs[0], q->inputs[0], slots) && same(arena, p->inputs[1], q->inputs[1], &own);
}

static bool same_expand(const PlanExpand *a, const PlanExpand *b)
{
	return same_list(a->cols, a->ncols, b->cols, b->ncols) && a->nsets == b->nsets &&
	       memcmp(a->left_out, b->left_out, a->nsets * sizeof *a->left_out) == 0 &&
	       memcmp(a->ids, b->ids, a->nsets * sizeof *a->ids) == 0;
}

static bool same_node(Arena *arena, const Plan *p, const Plan *q, const Slots *slots)
{
	switch (p->kind) {
	case PLAN_SCAN: return same_scan(arena, p, q, slots);
	case PLAN_VALUES:
		return p->values.nrows == q->values.nrows &&
		       same_exprs(arena, p->values.cells, q->values.cells, p->values.nrows * p->ncols, slots);
	case PLAN_FILTER: return same_expr(arena, p->predicate, q->predicate, slots);
	case PLAN_PROJECT: return same_exprs(arena, p->exprs, q->exprs, p->ncols, slots);
	case PLAN_UNION: return true;
	case PLAN_WINDOW:
		return same_window(&p->window.spec, &q->window.spec) && p->window.time_col == q->window.time_col &&
		       same_list(p->window.keys, p->window.nkeys, q->window.keys, q->window.nkeys);
	case PLAN_UNNEST:
		return same_list(p->unnest.args, p->unnest.nargs, q->unnest.args, q->unnest.nargs) &&
		       p->unnest.outer == q->unnest.outer && p->unnest.ordinality == q->unnest.ordinality;
	case PLAN_AGG:
	case PLAN_WINDOW_AGG: return same_agg(&p->agg, &q->agg);
	case PLAN_EXPAND: return same_expand(&p->expand, &q->expand);
	case PLAN_JOIN:
	case PLAN_INTERVAL_JOIN:
	case PLAN_WINDOW_JOIN:
	case PLAN_TEMPORAL_JOIN: return same_join(arena, &p->join, &q->join, slots);
	case PLAN_SETOP: return p->setop.op == q->setop.op && p->setop.all == q->setop.all;
	case PLAN_OVER: return same_over(&p->over, &q->over);
	case PLAN_TOPN: return same_topn(&p->topn, &q->topn);
	case PLAN_NORMALIZE: return same_list(p->target.key, p->target.nkey, q->target.key, q->target.nkey);
	default: return false;
	}
}

static bool same(Arena *arena, const Plan *a, const Plan *b, const Slots *slots)
{
	if (a == b && !slots)
		return true;
	if (a->kind != b->kind || a->ncols != b->ncols || a->ninputs != b->ninputs ||
	    a->side_ttl.hint != b->side_ttl.hint || a->side_ttl.us != b->side_ttl.us)
		return false;
	for (uint32_t i = 0; i < a->ncols; i++)
		if (!str_eq(a->cols[i].name, b->cols[i].name) || a->cols[i].time != b->cols[i].time ||
		    !type_equal(a->cols[i].type, b->cols[i].type))
			return false;
	for (uint32_t i = 0; i < 2; i++)
		if (a->ttl[i].hint != b->ttl[i].hint || a->ttl[i].us != b->ttl[i].us)
			return false;
	if (a->kind == PLAN_APPLY)
		return same_apply(arena, a, b, slots);
	if (!same_node(arena, a, b, slots))
		return false;
	for (uint32_t i = 0; i < a->ninputs; i++)
		if (!same(arena, a->inputs[i], b->inputs[i], slots))
			return false;
	return true;
}

/* ---- the tree ---- */

/* Is there something in it that costs more than reading the rows? */
static bool is_work(const Plan *p)
{
	switch (p->kind) {
	case PLAN_SCAN:
	case PLAN_VALUES: return false;
	case PLAN_PROJECT:
		for (uint32_t i = 0; i < p->ncols; i++)
			if (p->exprs[i]->kind == EXPR_CALL)
				return true;
		break;
	case PLAN_FILTER: break;
	default: return true;
	}
	return is_work(p->inputs[0]);
}

void share_mark(Arena *arena, Plan *p, bool *grown)
{
	p->share = ARENA_NEW(arena, PlanShare);
	p->share->want = ARENA_ARRAY_ZERO(arena, bool, p->ncols + 1);
	p->share->grown = grown;
}

static Plan *copy(Sharing *s, const Plan *p)
{
	bool work = is_work(p);
	for (uint32_t i = 0; work && i < s->known.len; i++) {
		Known *k = &s->known.items[i];
		if (!same(s->arena, k->original, p, NULL))
			continue;
		if (!k->copy->share)
			share_mark(s->arena, k->copy, s->grown);
		return k->copy;
	}
	Plan *out = arena_copy(s->arena, p, sizeof *p);
	out->inputs = ARENA_ARRAY_ZERO(s->arena, const Plan *, p->ninputs + 1);
	for (uint32_t i = 0; i < p->ninputs; i++)
		out->inputs[i] = p->kind == PLAN_APPLY && i ? p->inputs[i] : copy(s, p->inputs[i]);
	if (work) {
		Known k = {p, out};
		ARENA_PUSH(s->arena, &s->known, k);
	}
	return out;
}

Plan *share_plan(Arena *arena, const Plan *root)
{
	Sharing s = {.arena = arena, .grown = ARENA_NEW(arena, bool)};
	return copy(&s, root);
}

Plan *share_own(Arena *arena, const Plan *p)
{
	Plan *out = arena_copy(arena, p, sizeof *p);
	out->share = NULL;
	out->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, p->ninputs + 1);
	for (uint32_t i = 0; i < p->ninputs; i++)
		out->inputs[i] = share_own(arena, p->inputs[i]);
	return out;
}
