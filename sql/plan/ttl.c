/*
 * sql/plan/ttl.c: state that expires: table.exec.state.ttl and the hint STATE_TTL.
 *
 * Expires what nothing else bounds: groups, sides of regular joins, Top-N, deduplication, set operations, OVER without
 * a bound by time, the rows of LastWins, the keys of ChangelogNormalize. What the watermark frees (windows, joins by
 * time) has no TTL, nor has a view: it is the result, as a sink's table is.
 */
#include "sql/plan/ttl.h"

/* What a hint says of the table whose rows come in here, perhaps filtered and projected. */
static StateTtl side_ttl(const Plan *p)
{
	while (!p->side_ttl.hint && (p->kind == PLAN_FILTER || p->kind == PLAN_PROJECT || p->kind == PLAN_EXCHANGE))
		p = p->inputs[0];
	return p->side_ttl;
}

static void settle(PlanQuery *q, Plan *p, bool wanted)
{
	for (uint32_t side = 0; side < 2; side++) {
		if (!p->ttl[side].hint)
			p->ttl[side].us = q->ttl_us;
		if (p->kind != PLAN_JOIN)
			continue;
		StateTtl said = side_ttl(p->inputs[side]);
		if (said.hint)
			p->ttl[side] = said;
	}
	bool expires = plan_ttl_us(p, 0) > 0 || plan_ttl_us(p, 1) > 0;
	q->forgets = q->forgets || expires;
	p->refreshes = p->refreshes || (wanted && expires); /* one of its readers is enough */
	for (uint32_t i = 0; i < p->ninputs; i++)
		if (p->kind != PLAN_APPLY || i == 0)
			settle(q, (Plan *)(uintptr_t)p->inputs[i], wanted || expires);
}

void ttl_settle(PlanQuery *q, Plan *root)
{
	settle(q, root, false);
}
