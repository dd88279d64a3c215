/*
 * sql/plan/once.c: which columns must be kept, and the nodes that do it.
 */
#include "sql/plan/once.h"

#include "sql/plan/build.h"
#include "sql/plan/infer.h"

static bool is_fixed(const Expr *e)
{
	return expr_is_deterministic(e);
}

/* A sink with a key gets no old rows: the new row of a key takes the place of what is there, a deletion names the key.
 * That holds where the key itself is fixed. */
bool once_upserts(const Plan *p)
{
	if (p->kind != PLAN_SINK || !p->target.upsert || p->target.retract || !p->target.nkey)
		return false;
	const Plan *in = p->inputs[0];
	for (uint32_t i = 0; in->kind == PLAN_PROJECT && i < p->target.nkey; i++)
		if (!is_fixed(in->exprs[p->target.key[i]]))
			return false;
	return in->kind == PLAN_PROJECT;
}

static void keep(Arena *arena, Plan *once, const Plan *project, int64_t ttl_us)
{
	once->kind = PLAN_ONCE;
	once->once.cols = ARENA_ARRAY(arena, uint32_t, project->ncols + 1);
	once->once.ncols = 0;
	for (uint32_t i = 0; i < project->ncols; i++)
		if (project->kind == PLAN_APPLY ? i >= project->inputs[0]->ncols : !is_fixed(project->exprs[i]))
			once->once.cols[once->once.ncols++] = i;
	once->ttl[0] = (StateTtl){.us = ttl_us};
	infer_plan(arena, once);
}

/* Filter(c) becomes Project(columns), Filter(kept c), Once, Project(columns, c). */
static void keep_condition(Arena *arena, Plan *p, int64_t ttl_us, uint32_t *next_id)
{
	const Plan *in = p->inputs[0];
	uint32_t n = in->ncols;
	const Expr **exprs = ARENA_ARRAY(arena, const Expr *, n + 1);
	PlanCol *cols = ARENA_ARRAY(arena, PlanCol, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		exprs[i] = build_column(arena, in, i);
		cols[i] = in->cols[i];
	}
	exprs[n] = p->predicate;
	cols[n] = (PlanCol){STR("$passes"), p->predicate->type, TIME_NONE};
	Plan *project = (Plan *)(uintptr_t)build_project(arena, in, exprs, cols, n + 1);
	project->id = p->id;
	Plan *once = (Plan *)(uintptr_t)build_on(arena, project, project);
	keep(arena, once, project, ttl_us);
	once->id = (*next_id)++;
	Plan *filter = (Plan *)(uintptr_t)build_filter(arena, once, build_column(arena, once, n));
	filter->id = (*next_id)++;
	p->kind = PLAN_PROJECT;
	p->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, 2);
	p->inputs[0] = filter;
	p->exprs = ARENA_ARRAY(arena, const Expr *, n + 1);
	for (uint32_t i = 0; i < n; i++)
		p->exprs[i] = build_column(arena, filter, i);
	infer_plan(arena, p);
	p->id = (*next_id)++;
}

void once_node(Arena *arena, Plan *p, int64_t ttl_us, uint32_t *next_id)
{
	if (p->kind == PLAN_FILTER && !p->inputs[0]->append_only && !is_fixed(p->predicate)) {
		keep_condition(arena, p, ttl_us, next_id);
		return;
	}
	bool fixed = p->kind != PLAN_APPLY || !p->apply.by_row;
	for (uint32_t i = 0; p->kind == PLAN_PROJECT && i < p->ncols; i++)
		fixed = fixed && is_fixed(p->exprs[i]);
	if (fixed || p->append_only)
		return;
	Plan *project = ARENA_NEW(arena, Plan);
	*project = *p;
	project->share = NULL;
	p->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, 2);
	p->inputs[0] = project;
	p->ninputs = 1;
	p->id = (*next_id)++;
	keep(arena, p, project, ttl_us);
}
