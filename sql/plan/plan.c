/*
 * sql/plan/plan.c: names of nodes and columns.
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
	    "Exchange",       "LastWins",
	    "Materialize",    "Sink",
	    "Result",
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
