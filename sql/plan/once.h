/*
 * sql/plan/once.h: expressions of the clock or of chance (NOW, RAND, UUID, CURRENT_WATERMARK) over rows that may be
 * taken back.
 *
 * Evaluated again when the row goes they would give something else, and take back a row that was never there. So they
 * are evaluated once, when the row comes: a node Once above keeps what they gave with the row
 * (engine/operators/once.c). A condition becomes a column first, for the same reason. Functions whose body reads tables
 * (PlanApply.by_row) are kept likewise.
 */
#ifndef WEIR_SQL_PLAN_ONCE_H
#define WEIR_SQL_PLAN_ONCE_H

#include "sql/plan/plan.h"

/* Continuous plans, bottom up: the node, whose inputs are settled, keeps what must be the same when its rows go. It
 * becomes the top of what takes its place; *next_id numbers the nodes that are new. */
void once_node(Arena *arena, Plan *p, int64_t ttl_us, uint32_t *next_id);

/* Does the node take rows by the key alone, so that what its input would keep is not looked at? */
bool once_upserts(const Plan *p);

#endif
