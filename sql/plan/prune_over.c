/*
 * sql/plan/prune_over.c: OVER and Top-N hand on their input's columns and add some: calls whose result nobody reads go,
 * the node goes with the last of them; a rank that nobody reads is not made.
 */
#include "sql/plan/prune_over.h"

static void need_call(const PlanOverCall *c, bool *need)
{
	if (c->fn == OVER_AGG) {
		prune_node_need(need, c->agg.args, c->agg.call.nargs);
		prune_node_need_col(need, c->agg.filter);
	}
	if (c->fn == OVER_LAG || c->fn == OVER_LEAD) {
		need[c->arg] = true;
		prune_node_need_col(need, c->fallback);
	}
}

static PlanOverCall remap_call(const PruneNode *n, PlanOverCall c)
{
	if (c.fn == OVER_AGG) {
		c.agg.args = prune_node_list(n->arena, c.agg.args, c.agg.call.nargs, n->in_map);
		c.agg.filter = prune_node_col(c.agg.filter, n->in_map);
	}
	if (c.fn == OVER_LAG || c.fn == OVER_LEAD) {
		c.arg = n->in_map[c.arg];
		c.fallback = prune_node_col(c.fallback, n->in_map);
	}
	return c;
}

bool prune_over_is_needed(const Plan *p, const bool *want)
{
	/* one that follows time drops late rows, whether its results are read or not */
	bool any = p->over.time_col >= 0;
	for (uint32_t i = p->inputs[0]->ncols; i < p->ncols; i++)
		any = any || want[i];
	return any;
}

static void need_over(const Plan *p, const bool *want, bool *need)
{
	const PlanOver *v = &p->over;
	prune_node_need(need, v->partition, v->npartition);
	prune_node_need_order(need, v->order, v->norder);
	prune_node_need_col(need, v->start.col);
	prune_node_need_col(need, v->end.col);
	for (uint32_t i = 0; i < v->ncalls; i++)
		if (want[p->inputs[0]->ncols + i])
			need_call(&v->calls[i], need);
}

static void make_over(const PruneNode *n)
{
	const PlanOver *v = &n->old->over;
	PlanOver *out = &n->out->over;
	uint32_t first = n->old->inputs[0]->ncols;
	out->calls = ARENA_ARRAY_ZERO(n->arena, PlanOverCall, v->ncalls + 1);
	out->ncalls = 0;
	for (uint32_t i = 0; i < v->ncalls; i++) {
		if (!n->want[first + i])
			continue;
		prune_node_keep(n, first + i);
		out->calls[out->ncalls++] = remap_call(n, v->calls[i]);
	}
	out->partition = prune_node_list(n->arena, v->partition, v->npartition, n->in_map);
	out->order = prune_node_order(n->arena, v->order, v->norder, n->in_map);
	out->start.col = prune_node_col(v->start.col, n->in_map);
	out->end.col = prune_node_col(v->end.col, n->in_map);
	out->time_col = prune_node_col(v->time_col, n->in_map);
}

static void need_topn(const Plan *p, const bool *want, bool *need)
{
	(void)want;
	const PlanTopN *t = &p->topn;
	prune_node_need(need, t->partition, t->npartition);
	prune_node_need_order(need, t->order, t->norder);
	if (t->mode == TOPN_SEEN)
		need[t->forget_col] = true;
}

static void make_topn(const PruneNode *n)
{
	const PlanTopN *t = &n->old->topn;
	PlanTopN *out = &n->out->topn;
	uint32_t rank = n->old->inputs[0]->ncols;
	out->show_rank = t->show_rank && n->want[rank];
	if (out->show_rank)
		prune_node_keep(n, rank);
	out->partition = prune_node_list(n->arena, t->partition, t->npartition, n->in_map);
	out->order = prune_node_order(n->arena, t->order, t->norder, n->in_map);
	out->time_col = prune_node_col(t->time_col, n->in_map);
	out->forget_col = t->mode == TOPN_SEEN ? (int32_t)n->in_map[t->forget_col] : -1;
}

const PruneKind prune_over = {.hands_on = true, .need = need_over, .make = make_over};
const PruneKind prune_over_topn = {.hands_on = true, .need = need_topn, .make = make_topn};
