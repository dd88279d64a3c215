/*
 * sql/plan/prune_node.h: a node while it loses columns: what prune.c asks of the kinds that have one input, and what
 * they do it with.
 *
 * A kind says which columns it needs of its input; its input is pruned; then it makes its own columns anew. Columns
 * that are gone are PRUNE_GONE in a map.
 */
#ifndef WEIR_SQL_PLAN_PRUNE_NODE_H
#define WEIR_SQL_PLAN_PRUNE_NODE_H

#include "sql/plan/plan.h"

enum { PRUNE_GONE = UINT32_MAX };

typedef struct PruneNode {
	Arena *arena;
	const Plan *old;
	const bool *want;       /* of old's columns: somebody reads it */
	const uint32_t *in_map; /* old number of a column of the input -> the new one */
	Plan *out;              /* copy of old over the pruned input */
	uint32_t *map;          /* old number of a column of the node -> the new one */
} PruneNode;

typedef struct PruneKind {
	/* The first columns are the input's: prune.c hands on those that are left, and `make` adds the others. Else `make`
	 * makes all. */
	bool hands_on;
	/* Marks what the node reads itself; with hands_on the wanted ones are marked already. */
	void (*need)(const Plan *p, const bool *want, bool *need);
	void (*make)(const PruneNode *n);
} PruneKind;

/* The node's column `col` is kept, as the next one. */
void prune_node_keep(const PruneNode *n, uint32_t col);

/* All gone. */
uint32_t *prune_node_map(Arena *arena, uint32_t ncols);
/* Numbers of columns, none of them gone. */
uint32_t *prune_node_list(Arena *arena, const uint32_t *list, uint32_t n, const uint32_t *map);
SortKey *prune_node_order(Arena *arena, const SortKey *list, uint32_t n, const uint32_t *map);
/* col < 0: there is none. */
static inline int32_t prune_node_col(int32_t col, const uint32_t *map)
{
	return col >= 0 ? (int32_t)map[col] : -1;
}

void prune_node_need(bool *need, const uint32_t *list, uint32_t n);
void prune_node_need_order(bool *need, const SortKey *list, uint32_t n);
static inline void prune_node_need_col(bool *need, int32_t col)
{
	if (col >= 0)
		need[col] = true;
}

#endif
