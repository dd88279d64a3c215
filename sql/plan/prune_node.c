/*
 * sql/plan/prune_node.c: maps from old columns to new ones, and lists under them.
 */
#include "sql/plan/prune_node.h"

void prune_node_keep(const PruneNode *n, uint32_t col)
{
	n->map[col] = n->out->ncols;
	n->out->cols[n->out->ncols++] = n->old->cols[col];
}

uint32_t *prune_node_map(Arena *arena, uint32_t ncols)
{
	uint32_t *map = ARENA_ARRAY(arena, uint32_t, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++)
		map[i] = PRUNE_GONE;
	return map;
}

uint32_t *prune_node_list(Arena *arena, const uint32_t *list, uint32_t n, const uint32_t *map)
{
	uint32_t *out = ARENA_ARRAY(arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		ASSERT(map[list[i]] != PRUNE_GONE);
		out[i] = map[list[i]];
	}
	return out;
}

SortKey *prune_node_order(Arena *arena, const SortKey *list, uint32_t n, const uint32_t *map)
{
	SortKey *out = ARENA_ARRAY(arena, SortKey, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		ASSERT(map[list[i].col] != PRUNE_GONE);
		out[i] = list[i];
		out[i].col = map[list[i].col];
	}
	return out;
}

void prune_node_need(bool *need, const uint32_t *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		need[list[i]] = true;
}

void prune_node_need_order(bool *need, const SortKey *list, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		need[list[i].col] = true;
}
