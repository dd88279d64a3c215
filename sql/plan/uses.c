/*
 * sql/plan/uses.c: what a plan reads and names, for the catalog, which cannot look into plans.
 */
#include "sql/catalog/uses.h"

#include "sql/plan/plan.h"

Uses uses_of_plan(const PlanQuery *q)
{
	if (!q)
		return (Uses){0};
	return (Uses){.reads = q->reads, .nreads = q->nreads, .names = q->uses, .nnames = q->nuses};
}
