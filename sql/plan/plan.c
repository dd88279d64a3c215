/*
 * sql/plan/plan.c: names of nodes and columns; what of a node expires; what it never takes away.
 */
#include "sql/plan/plan.h"

const char *plan_kind_name(PlanKind kind)
{
	static const char *const names[PLAN_KINDS] = {
	    "Scan",           "Values",
	    "Filter",         "Project",
	    "Union",          "Window",
	    "Unnest",         "WindowAggregate",
	    "GroupAggregate", "Expand",
	    "Join",           "IntervalJoin",
	    "WindowJoin",     "TemporalJoin",
	    "LookupJoin",     "Apply",
	    "SetOperation",   "Sort",
	    "Limit",          "OverAggregate",
	    "Rank",           "ChangelogNormalize",
	    "Once",           "Exchange",
	    "LastWins",       "Materialize",
	    "Sink",           "Result",
	};
	return kind < PLAN_KINDS ? names[kind] : "?";
}

int32_t plan_column(const Plan *p, Str name)
{
	for (uint32_t i = 0; i < p->ncols; i++)
		if (str_eq(p->cols[i].name, name))
			return (int32_t)i;
	return -1;
}

bool plan_topn_forgets(const PlanTopN *t)
{
	bool dedup = t->from == t->to && (t->mode == TOPN_DEDUP || t->mode == TOPN_ARRIVAL || t->mode == TOPN_SEEN);
	bool copies = t->from > 1 && t->mode == TOPN_ARRIVAL;
	return t->within_us > 0 && t->time_col >= 0 && (dedup || copies);
}

/* ---- what expires: see ttl.c ---- */

static bool topn_expires(const PlanTopN *t)
{
	bool timed = plan_topn_forgets(t);
	/* a counter alone does not grow, and a LIMIT never begins again */
	bool counter = t->mode == TOPN_ARRIVAL && t->npartition == 0;
	return t->mode != TOPN_WINDOW && t->bound_col < 0 && !timed && !counter;
}

/* Frames of RANGE with a start go with the clock or the watermark. */
static bool over_expires(const PlanOver *v)
{
	bool numbers = false;
	for (uint32_t i = 0; i < v->ncalls; i++)
		numbers = numbers || v->calls[i].fn != OVER_AGG;
	if (v->time_col < 0)
		return true;
	return v->ncalls > 0 && (v->rows || v->start.kind == OVER_UNBOUNDED_PRECEDING || numbers);
}

int64_t plan_ttl_us(const Plan *p, uint32_t side)
{
	bool is = false;
	switch (p->kind) {
	case PLAN_AGG:
	case PLAN_SETOP:
	case PLAN_ONCE:
	case PLAN_NORMALIZE: is = side == 0; break;
	case PLAN_LAST_WINS: is = side == 0 && !p->inputs[0]->append_only; break;
	case PLAN_TOPN: is = side == 0 && topn_expires(&p->topn); break;
	case PLAN_OVER: is = side == 0 && over_expires(&p->over); break;
	case PLAN_JOIN: is = true; break;
	default: break;
	}
	return is ? p->ttl[side].us : 0;
}

bool plan_never_deletes(const Plan *p)
{
	if (p->append_only)
		return true;
	switch (p->kind) {
	/* a group of rows that are only added does not become empty; one that is forgotten begins anew beside its last row
	 */
	case PLAN_AGG: return p->inputs[0]->append_only && plan_ttl_us(p, 0) == 0;
	case PLAN_PROJECT: return p->has_key && plan_never_deletes(p->inputs[0]);
	case PLAN_MATERIALIZE:
	case PLAN_SINK:
	case PLAN_RESULT: return p->inputs[0]->has_key && plan_never_deletes(p->inputs[0]);
	default: return false;
	}
}
