/*
 * sql/plan/prune.c: projection down to the decoder.
 *
 * prune(node, wanted) returns a copy of the node that has (at least) the wanted columns, and a map from old column
 * numbers to new ones (PRUNE_GONE: gone). A node may keep more than is wanted when dropping would cost a projection of
 * its own.
 */
#include "sql/plan/prune.h"

#include "sql/catalog/catalog.h"
#include "sql/plan/infer.h"
#include "sql/plan/prune_kinds.h"
#include "sql/plan/prune_lift.h"
#include "sql/plan/prune_over.h"
#include "sql/plan/share.h"

static Plan *prune(Arena *arena, const Plan *p, const bool *want, uint32_t *map);

static bool *no_columns(Arena *arena, const Plan *p)
{
	return ARENA_ARRAY_ZERO(arena, bool, p->ncols + 1);
}

static bool *all_columns(Arena *arena, const Plan *p)
{
	bool *want = no_columns(arena, p);
	for (uint32_t i = 0; i < p->ncols; i++)
		want[i] = true;
	return want;
}

static Plan *copy_node(Arena *arena, const Plan *p)
{
	Plan *out = ARENA_NEW(arena, Plan);
	*out = *p;
	out->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, p->ninputs + 1);
	return out;
}

/* ---- scans ---- */

static Plan *prune_stored_scan(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	Plan *out = copy_node(arena, p);
	out->cols = ARENA_ARRAY_ZERO(arena, PlanCol, p->ncols + 1);
	out->scan.cols = ARENA_ARRAY_ZERO(arena, uint32_t, p->ncols + 1);
	out->ncols = 0;
	for (uint32_t i = 0; i < p->ncols; i++) {
		if (!want[i])
			continue;
		map[i] = out->ncols;
		out->cols[out->ncols] = p->cols[i];
		out->scan.cols[out->ncols++] = p->scan.cols[i];
	}
	return out;
}

static Plan *prune_source_scan(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	Plan *out = copy_node(arena, p);
	const PlanScan *s = &p->scan;
	bool *used = ARENA_ARRAY_ZERO(arena, bool, s->nfields + 1);
	out->cols = ARENA_ARRAY_ZERO(arena, PlanCol, p->ncols + 1);
	const Expr **exprs = ARENA_ARRAY_ZERO(arena, const Expr *, p->ncols + 1);
	out->ncols = 0;
	for (uint32_t i = 0; i < p->ncols; i++) {
		if (!want[i])
			continue;
		map[i] = out->ncols;
		out->cols[out->ncols] = p->cols[i];
		exprs[out->ncols++] = s->exprs[i];
		expr_columns(s->exprs[i], used);
	}
	if (s->watermark)
		expr_columns(s->watermark, used);
	uint32_t *fmap = prune_node_map(arena, s->nfields);
	out->scan.fields = ARENA_ARRAY_ZERO(arena, ScanField, s->nfields + 1);
	out->scan.nfields = 0;
	for (uint32_t f = 0; f < s->nfields; f++)
		if (used[f]) {
			fmap[f] = out->scan.nfields;
			out->scan.fields[out->scan.nfields++] = s->fields[f];
		}
	for (uint32_t i = 0; i < out->ncols; i++)
		exprs[i] = expr_remap(arena, exprs[i], fmap);
	out->scan.exprs = exprs;
	if (s->watermark)
		out->scan.watermark = expr_remap(arena, s->watermark, fmap);
	return out;
}

/* ---- nodes with one input ---- */

/* The node's first columns are what is left of its input's. */
static void hand_on(const PruneNode *n)
{
	const Plan *in = n->out->inputs[0];
	memcpy(n->out->cols, in->cols, in->ncols * sizeof(PlanCol));
	n->out->ncols = in->ncols;
	for (uint32_t i = 0; i < n->old->inputs[0]->ncols; i++) {
		n->map[i] = n->in_map[i];
		if (n->in_map[i] != PRUNE_GONE)
			n->out->cols[n->in_map[i]] = n->old->cols[i];
	}
}

static Plan *prune_one_input(Arena *arena, const Plan *p, const PruneKind *kind, const bool *want, uint32_t *map)
{
	const Plan *in = p->inputs[0];
	bool *need = no_columns(arena, in);
	if (kind->hands_on)
		memcpy(need, want, in->ncols * sizeof *need);
	kind->need(p, want, need);
	uint32_t *in_map = prune_node_map(arena, in->ncols);
	PruneNode n = {.arena = arena, .old = p, .want = want, .in_map = in_map, .out = copy_node(arena, p), .map = map};
	n.out->inputs[0] = prune(arena, in, need, in_map);
	n.out->cols = ARENA_ARRAY_ZERO(arena, PlanCol, p->ncols + n.out->inputs[0]->ncols + 1);
	n.out->ncols = 0;
	if (kind->hands_on)
		hand_on(&n);
	kind->make(&n);
	return n.out;
}

/* ---- the other nodes ---- */

/* A projection that leaves exactly the wanted columns, in order. */
static Plan *narrow(Arena *arena, Plan *p, const uint32_t *map, const bool *want, uint32_t n)
{
	uint32_t kept = 0;
	bool exact = true;
	for (uint32_t i = 0; i < n; i++)
		if (want[i])
			exact &= map[i] == kept++;
	if (exact && kept == p->ncols)
		return p;
	Plan *out = ARENA_NEW(arena, Plan);
	out->kind = PLAN_PROJECT;
	out->span = p->span;
	out->ninputs = 1;
	out->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, 2);
	out->inputs[0] = p;
	out->cols = ARENA_ARRAY_ZERO(arena, PlanCol, kept + 1);
	out->exprs = ARENA_ARRAY_ZERO(arena, const Expr *, kept + 1);
	for (uint32_t i = 0; i < n; i++)
		if (want[i]) {
			out->cols[out->ncols] = p->cols[map[i]];
			out->exprs[out->ncols++] = expr_column(arena, p->cols[map[i]].type, map[i]);
		}
	infer_plan(arena, out);
	return out;
}

static Plan *prune_union(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	Plan *out = copy_node(arena, p);
	for (uint32_t i = 0; i < p->ninputs; i++) {
		uint32_t *in_map = prune_node_map(arena, p->ncols);
		Plan *in = prune(arena, p->inputs[i], want, in_map);
		infer_plan(arena, in);
		out->inputs[i] = narrow(arena, in, in_map, want, p->ncols);
	}
	out->cols = ARENA_ARRAY_ZERO(arena, PlanCol, p->ncols + 1);
	out->ncols = 0;
	for (uint32_t i = 0; i < p->ncols; i++)
		if (want[i]) {
			map[i] = out->ncols;
			out->cols[out->ncols++] = p->cols[i];
		}
	return out;
}

/* A side of a join is kept: no column more than is needed. */
static Plan *prune_side(Arena *arena, const Plan *p, const bool *need, uint32_t *map)
{
	Plan *out = prune(arena, p, need, map);
	infer_plan(arena, out);
	uint32_t kept = 0;
	for (uint32_t i = 0; i < p->ncols; i++)
		kept += need[i];
	if (!kept)
		return out;
	out = narrow(arena, out, map, need, p->ncols);
	kept = 0;
	for (uint32_t i = 0; i < p->ncols; i++)
		map[i] = need[i] ? kept++ : (uint32_t)PRUNE_GONE;
	return out;
}

static Plan *prune_join(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	Plan *out = copy_node(arena, p);
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	bool one_side = p->join.kind == JOIN_SEMI || p->join.kind == JOIN_ANTI;
	bool *need = ARENA_ARRAY_ZERO(arena, bool, l->ncols + r->ncols + 1);
	memcpy(need, want, p->ncols * sizeof *need);
	for (uint32_t i = 0; i < p->join.nkeys; i++) {
		need[p->join.left_keys[i]] = true;
		need[l->ncols + p->join.right_keys[i]] = true;
	}
	if (p->join.residual)
		expr_columns(p->join.residual, need);
	/* a row that is taken back is told from the others by all that it has, but the clock */
	for (uint32_t i = 0; p->kind == PLAN_LOOKUP_JOIN && !l->append_only && i < l->ncols; i++)
		need[i] = need[i] || l->cols[i].time != TIME_PROCTIME;
	if (p->kind == PLAN_INTERVAL_JOIN || p->kind == PLAN_TEMPORAL_JOIN)
		need[p->join.left_time] = need[l->ncols + p->join.right_time] = true;
	if (p->kind == PLAN_WINDOW_JOIN) {
		need[p->join.left_start] = need[p->join.left_end] = true;
		need[l->ncols + p->join.right_start] = need[l->ncols + p->join.right_end] = true;
	}
	uint32_t *lmap = prune_node_map(arena, l->ncols), *rmap = prune_node_map(arena, r->ncols);
	out->inputs[0] = prune_side(arena, l, need, lmap);
	out->inputs[1] = prune_side(arena, r, need + l->ncols, rmap);
	uint32_t nl = out->inputs[0]->ncols, nr = out->inputs[1]->ncols;
	out->join.left_keys = prune_node_list(arena, p->join.left_keys, p->join.nkeys, lmap);
	out->join.right_keys = prune_node_list(arena, p->join.right_keys, p->join.nkeys, rmap);
	if (p->kind == PLAN_INTERVAL_JOIN || p->kind == PLAN_TEMPORAL_JOIN) {
		out->join.left_time = lmap[p->join.left_time];
		out->join.right_time = rmap[p->join.right_time];
	}
	if (p->kind == PLAN_WINDOW_JOIN) {
		out->join.left_start = lmap[p->join.left_start];
		out->join.left_end = lmap[p->join.left_end];
		out->join.right_start = rmap[p->join.right_start];
		out->join.right_end = rmap[p->join.right_end];
	}
	uint32_t *both = prune_node_map(arena, l->ncols + r->ncols);
	for (uint32_t i = 0; i < l->ncols; i++)
		both[i] = lmap[i];
	for (uint32_t i = 0; i < r->ncols; i++)
		both[l->ncols + i] = rmap[i] == PRUNE_GONE ? (uint32_t)PRUNE_GONE : nl + rmap[i];
	if (p->join.residual)
		out->join.residual = expr_remap(arena, p->join.residual, both);
	out->ncols = nl + (one_side ? 0 : nr);
	out->cols = ARENA_ARRAY_ZERO(arena, PlanCol, nl + nr + 1);
	for (uint32_t i = 0; i < nl; i++)
		out->cols[i] = out->inputs[0]->cols[i];
	for (uint32_t i = 0; !one_side && i < nr; i++)
		out->cols[nl + i] = out->inputs[1]->cols[i];
	for (uint32_t i = 0; i < p->ncols; i++) {
		map[i] = both[i];
		if (both[i] != PRUNE_GONE)
			out->cols[both[i]] = p->cols[i];
	}
	return out;
}

static Plan *prune_apply(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	/* a value that nobody reads, of a right that has no second row to fail for */
	if (p->apply.kind == APPLY_SCALAR && (p->apply.pure || p->apply.by_row) && !want[l->ncols] && r->has_key &&
	    !r->nkey)
		return prune(arena, l, want, map);
	Plan *out = copy_node(arena, p);
	bool *need = ARENA_ARRAY_ZERO(arena, bool, l->ncols + r->ncols + 2);
	memcpy(need, want, l->ncols * sizeof *need);
	/* what a row was given is known by the whole row: two that differ in what nobody reads were given different things
	 */
	for (uint32_t i = 0; p->apply.by_row && !l->append_only && i < l->ncols; i++)
		need[i] = true;
	for (uint32_t i = 0; i < p->apply.nparams; i++)
		need[p->apply.params[i]] = true;
	if (p->apply.test)
		expr_columns(p->apply.test, need);
	uint32_t *lmap = prune_node_map(arena, l->ncols), *rmap = prune_node_map(arena, r->ncols);
	out->inputs[0] = prune(arena, l, need, lmap);
	out->inputs[1] = prune(arena, r, all_columns(arena, r), rmap);
	out->inputs[1] = narrow(arena, (Plan *)(uintptr_t)out->inputs[1], rmap, all_columns(arena, r), r->ncols);
	out->apply.params = prune_node_list(arena, p->apply.params, p->apply.nparams, lmap);
	uint32_t nl = out->inputs[0]->ncols;
	uint32_t *both = prune_node_map(arena, l->ncols + r->ncols + 1);
	for (uint32_t i = 0; i < l->ncols; i++)
		both[i] = lmap[i];
	for (uint32_t i = 0; i < r->ncols; i++)
		both[l->ncols + i] = nl + i;
	if (p->apply.test)
		out->apply.test = expr_remap(arena, p->apply.test, both);
	uint32_t extra = p->ncols - l->ncols;
	out->ncols = nl + extra;
	out->cols = ARENA_ARRAY_ZERO(arena, PlanCol, out->ncols + 1);
	for (uint32_t i = 0; i < nl; i++)
		out->cols[i] = out->inputs[0]->cols[i];
	for (uint32_t i = 0; i < l->ncols; i++)
		map[i] = lmap[i];
	for (uint32_t i = 0; i < extra; i++) {
		out->cols[nl + i] = p->cols[l->ncols + i];
		map[l->ncols + i] = nl + i;
	}
	return out;
}

/* Kinds that need all columns of their inputs, exactly in order. */
static Plan *prune_whole(Arena *arena, const Plan *p, uint32_t *map)
{
	Plan *out = copy_node(arena, p);
	for (uint32_t i = 0; i < p->ninputs; i++) {
		const Plan *in = p->inputs[i];
		bool *all = all_columns(arena, in);
		uint32_t *in_map = prune_node_map(arena, in->ncols);
		Plan *pruned = prune(arena, in, all, in_map);
		infer_plan(arena, pruned);
		out->inputs[i] = narrow(arena, pruned, in_map, all, in->ncols);
	}
	for (uint32_t i = 0; i < p->ncols; i++)
		map[i] = i;
	return out;
}

static Plan *prune_kind(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	if (p->kind == PLAN_OVER && !prune_over_is_needed(p, want))
		return prune(arena, p->inputs[0], want, map);
	if (p->kind == PLAN_PROJECT)
		p = prune_lift_fields(arena, p);
	const PruneKind *kind = prune_kinds_of(p);
	if (kind)
		return prune_one_input(arena, p, kind, want, map);
	switch (p->kind) {
	case PLAN_SCAN:
		return p->scan.rel->kind == REL_SOURCE && !p->scan.cols ? prune_source_scan(arena, p, want, map)
		       : p->scan.cols                                   ? prune_stored_scan(arena, p, want, map)
		                                                        : prune_whole(arena, p, map);
	case PLAN_UNION: return prune_union(arena, p, want, map);
	case PLAN_INTERVAL_JOIN:
	case PLAN_WINDOW_JOIN:
	case PLAN_TEMPORAL_JOIN:
	case PLAN_LOOKUP_JOIN:
	case PLAN_JOIN: return prune_join(arena, p, want, map);
	case PLAN_APPLY: return prune_apply(arena, p, want, map);
	default: return prune_whole(arena, p, map);
	}
}

/* One copy for all readers, with what any of them wants: a reader that wants more has the pass begin again. */
static Plan *prune_shared(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	PlanShare *s = p->share;
	bool more = false;
	for (uint32_t i = 0; i < p->ncols; i++) {
		more = more || (want[i] && !s->want[i]);
		s->want[i] = s->want[i] || want[i];
	}
	if (!s->out || more) {
		*s->grown = *s->grown || s->out;
		s->map = prune_node_map(arena, p->ncols);
		s->out = prune_kind(arena, p, s->want, s->map);
		if (!s->out->share || s->out->share == s)
			share_mark(arena, s->out, s->grown);
	}
	memcpy(map, s->map, p->ncols * sizeof *map);
	return s->out;
}

static Plan *prune(Arena *arena, const Plan *p, const bool *want, uint32_t *map)
{
	return p->share ? prune_shared(arena, p, want, map) : prune_kind(arena, p, want, map);
}

static bool *begin_shared(const Plan *p)
{
	bool *grown = NULL;
	if (p->share) {
		p->share->out = NULL;
		grown = p->share->grown;
		*grown = false;
	}
	for (uint32_t i = 0; i < p->ninputs; i++) {
		bool *below = begin_shared(p->inputs[i]);
		grown = grown ? grown : below;
	}
	return grown;
}

Plan *prune_plan(Arena *arena, const Plan *root)
{
	uint32_t *map = prune_node_map(arena, root->ncols);
	Plan *out;
	bool *grown;
	do {
		grown = begin_shared(root);
		out = prune(arena, root, all_columns(arena, root), map);
	} while (grown && *grown);
	return out;
}
