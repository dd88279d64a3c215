/*
 * sql/catalog/uses.h: what a planned query reads and names, as the catalog needs it: to keep what a plan points at, and
 * to know who depends on whom.
 *
 * Plans are a floor above the catalog, which only carries them: so the one function here is defined in sql/plan/uses.c.
 */
#ifndef WEIR_SQL_CATALOG_USES_H
#define WEIR_SQL_CATALOG_USES_H

#include <stdint.h>

#include "base/str.h"

struct PlanQuery;
struct Relation;

typedef struct Uses {
	const struct Relation *const *reads;
	uint32_t nreads;
	const Str *names; /* "t", "weir.queries", "f()" for a function */
	uint32_t nnames;
} Uses;

/* Points into the plan; q may be NULL. */
Uses uses_of_plan(const struct PlanQuery *q);

#endif
