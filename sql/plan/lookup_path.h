/*
 * sql/plan/lookup_path.h: by which key or index the rows of a join's right side can be looked up, where weir keeps
 * them.
 *
 * A path is the primary key of the relation, or an index. It serves if its first columns are compared by = with the
 * left side. The whole key wins, for it finds one row at most; else the path of which most columns are compared.
 */
#ifndef WEIR_SQL_PLAN_LOOKUP_PATH_H
#define WEIR_SQL_PLAN_LOOKUP_PATH_H

#include "sql/plan/plan.h"

typedef struct LookupPath {
	uint32_t *of;  /* the join's pair that is key i */
	uint32_t n;    /* 0: there is no path */
	int32_t index; /* of the relation; -1: its key */
	bool unique;   /* at most one row is found */
} LookupPath;

/* cols: of the relation, one per column of the right side; pairs with a right key at ncols or behind were computed.
 * out->of has room for join->nkeys. */
void lookup_path_choose(const struct Relation *r, const PlanJoin *join, const uint32_t *cols, uint32_t ncols,
                        LookupPath *out);
/* The pair that compares column `col` of the relation; UINT32_MAX: none. */
uint32_t lookup_path_pair(const PlanJoin *join, const uint32_t *cols, uint32_t ncols, uint32_t col);

#endif
