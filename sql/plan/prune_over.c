/*
 * sql/plan/prune_over.c: OVER and Top-N hand on their input's columns and add some: calls whose result nobody reads go,
 * the node goes with the last of them; a rank that nobody reads is not made.
 */
#include "sql/plan/prune_over.h"

#include "sql/plan/prune.h"

enum { GONE = UINT32_MAX };

static uint32_t *new_map(Arena *arena, uint32_t n)
{
	uint32_t *map = ARENA_ARRAY(arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		map[i] = GONE;
	return map;
}

static uint32_t *remap(Arena *arena, const uint32_t *list, uint32_t n, const uint32_t *map)
{
	uint32_t *out = ARENA_ARRAY(arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		out[i] = map[list[i]];
	return out;
}

static SortKey *remap_order(Arena *arena, const SortKey *list, uint32_t n, const uint32_t *map)
{
	SortKey *out = ARENA_ARRAY(arena, SortKey, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		out[i] = list[i];
		out[i].col = map[list[i].col];
	}
	return out;
}

static void need_order(bool *need, const uint32_t *partition, uint32_t npartition, const SortKey *order,
                       uint32_t norder)
{
	for (uint32_t i = 0; i < npartition; i++)
		need[partition[i]] = true;
	for (uint32_t i = 0; i < norder; i++)
		need[order[i].col] = true;
}

static Plan *copy_node(Arena *arena, const Plan *p)
{
	Plan *out = ARENA_NEW(arena, Plan);
	*out = *p;
	out->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, p->ninputs + 1);
	return out;
}

/* Room for `more` columns behind those of the input. */
static void output(Arena *arena, Plan *out, const Plan *p, const uint32_t *in_map, uint32_t more, uint32_t *map)
{
	const Plan *in = out->inputs[0];
	uint32_t nold = p->inputs[0]->ncols;
	out->ncols = in->ncols;
	out->cols = ARENA_ARRAY_ZERO(arena, PlanCol, in->ncols + more + 1);
	memcpy(out->cols, in->cols, in->ncols * sizeof(PlanCol));
	for (uint32_t i = 0; i < nold; i++) {
		map[i] = in_map[i];
		if (in_map[i] != GONE)
			out->cols[in_map[i]] = p->cols[i];
	}
}

static void need_call(const PlanOverCall *c, bool *need)
{
	if (c->fn == OVER_AGG) {
		for (uint32_t k = 0; k < c->agg.call.nargs; k++)
			need[c->agg.args[k]] = true;
		if (c->agg.filter >= 0)
			need[c->agg.filter] = true;
	}
	if (c->fn == OVER_LAG || c->fn == OVER_LEAD) {
		need[c->arg] = true;
		if (c->fallback >= 0)
			need[c->fallback] = true;
	}
}

static PlanOverCall remap_call(Arena *arena, PlanOverCall c, const uint32_t *map)
{
	if (c.fn == OVER_AGG) {
		c.agg.args = remap(arena, c.agg.args, c.agg.call.nargs, map);
		c.agg.filter = c.agg.filter >= 0 ? (int32_t)map[c.agg.filter] : -1;
	}
	if (c.fn == OVER_LAG || c.fn == OVER_LEAD) {
		c.arg = map[c.arg];
		c.fallback = c.fallback >= 0 ? (int32_t)map[c.fallback] : -1;
	}
	return c;
}

Plan *prune_over(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	const Plan *in = p->inputs[0];
	const PlanOver *v = &p->over;
	bool any = false;
	for (uint32_t i = in->ncols; i < p->ncols; i++)
		any |= want[i];
	/* one that follows time drops late rows, whether its results are read or not */
	if (!any && v->time_col < 0)
		return prune_node(arena, in, want, map);
	Plan *out = copy_node(arena, p);
	bool *need = ARENA_ARRAY_ZERO(arena, bool, in->ncols + 1);
	memcpy(need, want, in->ncols * sizeof *need);
	need_order(need, v->partition, v->npartition, v->order, v->norder);
	if (v->start.col >= 0)
		need[v->start.col] = true;
	if (v->end.col >= 0)
		need[v->end.col] = true;
	for (uint32_t i = 0; i < v->ncalls; i++)
		if (want[in->ncols + i])
			need_call(&v->calls[i], need);
	uint32_t *in_map = new_map(arena, in->ncols);
	out->inputs[0] = prune_node(arena, in, need, in_map);
	output(arena, out, p, in_map, v->ncalls, map);
	out->over.calls = ARENA_ARRAY_ZERO(arena, PlanOverCall, v->ncalls + 1);
	out->over.ncalls = 0;
	for (uint32_t i = 0; i < v->ncalls; i++) {
		if (!want[in->ncols + i])
			continue;
		map[in->ncols + i] = out->ncols;
		out->cols[out->ncols++] = p->cols[in->ncols + i];
		out->over.calls[out->over.ncalls++] = remap_call(arena, v->calls[i], in_map);
	}
	out->over.partition = remap(arena, v->partition, v->npartition, in_map);
	out->over.order = remap_order(arena, v->order, v->norder, in_map);
	out->over.start.col = v->start.col >= 0 ? (int32_t)in_map[v->start.col] : -1;
	out->over.end.col = v->end.col >= 0 ? (int32_t)in_map[v->end.col] : -1;
	out->over.time_col = v->time_col >= 0 ? (int32_t)in_map[v->time_col] : -1;
	return out;
}

Plan *prune_topn(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	const Plan *in = p->inputs[0];
	const PlanTopN *t = &p->topn;
	Plan *out = copy_node(arena, p);
	bool *need = ARENA_ARRAY_ZERO(arena, bool, in->ncols + 1);
	memcpy(need, want, in->ncols * sizeof *need);
	need_order(need, t->partition, t->npartition, t->order, t->norder);
	if (t->mode == TOPN_SEEN)
		need[t->forget_col] = true;
	uint32_t *in_map = new_map(arena, in->ncols);
	out->inputs[0] = prune_node(arena, in, need, in_map);
	output(arena, out, p, in_map, 1, map);
	if (t->show_rank) {
		out->topn.show_rank = want[in->ncols];
		if (out->topn.show_rank) {
			map[in->ncols] = out->ncols;
			out->cols[out->ncols++] = p->cols[in->ncols];
		}
	}
	out->topn.partition = remap(arena, t->partition, t->npartition, in_map);
	out->topn.order = remap_order(arena, t->order, t->norder, in_map);
	out->topn.time_col = t->time_col >= 0 ? (int32_t)in_map[t->time_col] : -1;
	out->topn.forget_col = t->mode == TOPN_SEEN ? (int32_t)in_map[t->forget_col] : -1;
	return out;
}
