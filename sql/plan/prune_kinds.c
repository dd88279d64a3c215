/*
 * sql/plan/prune_kinds.c: the kinds with one input: what each needs of it, and its own columns.
 */
#include "sql/plan/prune_kinds.h"

#include "sql/plan/prune_over.h"

static void need_project(const Plan *p, const bool *want, bool *need)
{
	for (uint32_t i = 0; i < p->ncols; i++)
		if (want[i])
			expr_columns(p->exprs[i], need);
}

static void make_project(const PruneNode *n)
{
	const Plan *p = n->old;
	n->out->exprs = ARENA_ARRAY_ZERO(n->arena, const Expr *, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		if (n->want[i]) {
			n->out->exprs[n->out->ncols] = expr_remap(n->arena, p->exprs[i], n->in_map);
			prune_node_keep(n, i);
		}
}

static void need_filter(const Plan *p, const bool *want, bool *need)
{
	(void)want;
	expr_columns(p->predicate, need);
}

static void make_filter(const PruneNode *n)
{
	n->out->predicate = expr_remap(n->arena, n->old->predicate, n->in_map);
}

/* What a node adds to its input's columns stays together. */
static void keep_added(const PruneNode *n)
{
	for (uint32_t i = n->old->inputs[0]->ncols; i < n->old->ncols; i++)
		prune_node_keep(n, i);
}

static void need_window(const Plan *p, const bool *want, bool *need)
{
	(void)want;
	need[p->window.time_col] = true;
	prune_node_need(need, p->window.keys, p->window.nkeys);
}

static void make_window(const PruneNode *n)
{
	const PlanWindow *w = &n->old->window;
	n->out->window.time_col = n->in_map[w->time_col];
	n->out->window.keys = prune_node_list(n->arena, w->keys, w->nkeys, n->in_map);
	keep_added(n);
}

static void need_unnest(const Plan *p, const bool *want, bool *need)
{
	(void)want;
	prune_node_need(need, p->unnest.args, p->unnest.nargs);
}

static void make_unnest(const PruneNode *n)
{
	n->out->unnest.args = prune_node_list(n->arena, n->old->unnest.args, n->old->unnest.nargs, n->in_map);
	keep_added(n);
}

static void need_expand(const Plan *p, const bool *want, bool *need)
{
	(void)want;
	prune_node_need(need, p->expand.cols, p->expand.ncols);
}

static void make_expand(const PruneNode *n)
{
	n->out->expand.cols = prune_node_list(n->arena, n->old->expand.cols, n->old->expand.ncols, n->in_map);
	keep_added(n);
}

static void need_agg(const Plan *p, const bool *want, bool *need)
{
	const PlanAgg *a = &p->agg;
	prune_node_need(need, a->keys, a->nkeys);
	if (p->kind == PLAN_WINDOW_AGG) {
		if (a->attached)
			need[a->start_col] = need[a->end_col] = true;
		prune_node_need_col(need, a->time_col);
	}
	for (uint32_t i = 0; i < a->naggs; i++) {
		if (!want[a->nkeys + i])
			continue;
		prune_node_need(need, a->aggs[i].args, a->aggs[i].call.nargs);
		prune_node_need_col(need, a->aggs[i].filter);
	}
}

static void make_agg(const PruneNode *n)
{
	const PlanAgg *a = &n->old->agg;
	PlanAgg *out = &n->out->agg;
	out->keys = prune_node_list(n->arena, a->keys, a->nkeys, n->in_map);
	for (uint32_t i = 0; i < a->nkeys; i++)
		prune_node_keep(n, i);
	out->aggs = ARENA_ARRAY_ZERO(n->arena, PlanAggCall, a->naggs + 1);
	out->naggs = 0;
	for (uint32_t i = 0; i < a->naggs; i++) {
		if (!n->want[a->nkeys + i])
			continue;
		prune_node_keep(n, a->nkeys + i);
		PlanAggCall *c = &out->aggs[out->naggs++];
		*c = a->aggs[i];
		c->args = prune_node_list(n->arena, c->args, c->call.nargs, n->in_map);
		c->filter = prune_node_col(c->filter, n->in_map);
	}
	for (uint32_t i = a->nkeys + a->naggs; i < n->old->ncols; i++)
		prune_node_keep(n, i);
	if (n->old->kind != PLAN_WINDOW_AGG)
		return;
	if (a->attached) {
		out->start_col = n->in_map[a->start_col];
		out->end_col = n->in_map[a->end_col];
	}
	out->time_col = prune_node_col(a->time_col, n->in_map);
}

static void need_sort(const Plan *p, const bool *want, bool *need)
{
	(void)want;
	prune_node_need_order(need, p->sort.keys, p->sort.nkeys);
}

static void make_sort(const PruneNode *n)
{
	n->out->sort.keys = prune_node_order(n->arena, n->old->sort.keys, n->old->sort.nkeys, n->in_map);
}

const PruneKind *prune_kinds_of(const Plan *p)
{
	static const PruneKind project = {.need = need_project, .make = make_project};
	static const PruneKind filter = {.hands_on = true, .need = need_filter, .make = make_filter};
	static const PruneKind window = {.hands_on = true, .need = need_window, .make = make_window};
	static const PruneKind unnest = {.hands_on = true, .need = need_unnest, .make = make_unnest};
	static const PruneKind expand = {.hands_on = true, .need = need_expand, .make = make_expand};
	static const PruneKind agg = {.need = need_agg, .make = make_agg};
	static const PruneKind sort = {.hands_on = true, .need = need_sort, .make = make_sort};
	switch (p->kind) {
	case PLAN_PROJECT: return &project;
	case PLAN_FILTER: return &filter;
	case PLAN_WINDOW: return &window;
	case PLAN_UNNEST: return &unnest;
	case PLAN_EXPAND: return &expand;
	case PLAN_WINDOW_AGG:
	case PLAN_AGG: return &agg;
	case PLAN_SORT:
	case PLAN_LIMIT: return &sort;
	case PLAN_OVER: return &prune_over;
	case PLAN_TOPN: return &prune_over_topn;
	default: return NULL;
	}
}
