/*
 * sql/plan/lookup_path.c: see lookup_path.h.
 */
#include "sql/plan/lookup_path.h"

#include "sql/catalog/catalog.h"

uint32_t lookup_path_pair(const PlanJoin *join, const uint32_t *cols, uint32_t ncols, uint32_t col)
{
	for (uint32_t i = 0; i < join->nkeys; i++)
		if (join->right_keys[i] < ncols && cols[join->right_keys[i]] == col &&
		    !(join->null_equal && join->null_equal[i]))
			return i;
	return UINT32_MAX;
}

/* How many of the first columns are compared. */
static uint32_t covered(const PlanJoin *join, const uint32_t *cols, uint32_t ncols, const uint32_t *path, uint32_t len)
{
	uint32_t n = 0;
	while (n < len && lookup_path_pair(join, cols, ncols, path[n]) != UINT32_MAX)
		n++;
	return n;
}

void lookup_path_choose(const Relation *r, const PlanJoin *join, const uint32_t *cols, uint32_t ncols, LookupPath *out)
{
	bool by_key = r->stored.kind == STORED_BY_KEY && r->stored.nkey;
	const uint32_t *path = by_key ? r->stored.key : NULL;
	out->index = -1;
	out->n = by_key ? covered(join, cols, ncols, path, r->stored.nkey) : 0;
	out->unique = by_key && out->n == r->stored.nkey;
	for (uint32_t i = 0; i < r->nindexes && !out->unique; i++) {
		uint32_t n = covered(join, cols, ncols, r->indexes[i].cols, r->indexes[i].ncols);
		if (n <= out->n)
			continue;
		out->n = n;
		out->index = (int32_t)i;
		path = r->indexes[i].cols;
	}
	for (uint32_t i = 0; i < out->n; i++)
		out->of[i] = lookup_path_pair(join, cols, ncols, path[i]);
}
