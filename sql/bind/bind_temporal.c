/*
 * sql/bind/bind_temporal.c: a [LEFT] JOIN b FOR SYSTEM_TIME AS OF a.ts ON a.k = b.k: each row of a meets the version of
 * b that was valid at its time.
 *
 * b is versioned when it has a primary key and a time attribute: each of its rows is a version of its key, from its
 * time on. The condition compares the whole primary key; what else it says is tested on the version that was found.
 */
#include "sql/bind/bind_int.h"

#include "sql/plan/build.h"
#include "sql/plan/infer.h"
#include "sql/plan/rewrite_time_join.h"

bool bind_temporal_is(const AstNode *ref)
{
	return ref->kind == AST_REF_TABLE && AST_CONST(AstRefTable, ref)->as_of;
}

/* The left column after AS OF; *lookup: it is a processing time. */
static bool as_of_column(Scope *left, const AstNode *as_of, uint32_t *col, bool *lookup, Err *err)
{
	Binder *b = left->b;
	Span span = bind_span(b, as_of);
	left->place = "FOR SYSTEM_TIME AS OF";
	const Expr *e = bind_expr(left, as_of, err);
	if (!e)
		return false;
	TimeAttr time = bind_plan_is_column(e, col) && *col < left->plan->ncols ? left->plan->cols[*col].time : TIME_NONE;
	*lookup = time == TIME_PROCTIME;
	if (b->snapshot && !b->schema_only && !*lookup) {
		bind_unsupported(b, span, err, "FOR SYSTEM_TIME AS OF in a SELECT is, but for a processing time,");
		return err_hint(err, "CREATE MATERIALIZED VIEW v AS the query, and SELECT from v.");
	}
	if (time != TIME_NONE)
		return true;
	err_set_at(err, ERR_WINDOW_MISUSE, span,
	           "FOR SYSTEM_TIME AS OF needs a time attribute of the left side, the column itself");
	return err_hint(err, "Put the WATERMARK of the left table on that column, or take a column AS PROCTIME().");
}

static bool check_sides(Binder *b, const Plan *left, const Plan *right, Str name, Span span, uint32_t *time_col,
                        Err *err)
{
	if (!left->append_only && !b->schema_only) {
		bind_unsupported(b, span, err, "a temporal join whose left side changes is");
		return err_hint(err, "Join the stream of events before it is aggregated.");
	}
	for (*time_col = 0; *time_col < right->ncols && right->cols[*time_col].time != TIME_ROWTIME;)
		++*time_col;
	if (!right->has_key || !right->nkey) {
		err_set_at(err, ERR_WRONG_OBJECT, bind_spanned(b, span), "\"%.*s\" has no versions: it has no primary key",
		           STR_ARG(name));
		return err_hint(err, "Give the table a PRIMARY KEY (k) NOT ENFORCED, as upsert-kafka has.");
	}
	if (*time_col == right->ncols) {
		err_set_at(err, ERR_WRONG_OBJECT, bind_spanned(b, span), "\"%.*s\" has no versions: it has no time attribute",
		           STR_ARG(name));
		return err_hint(err, "Give the table a WATERMARK on the column that says from when on a row is valid.");
	}
	return true;
}

/* ---- versions ---- */

/* A versioned view: ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) = 1. */
static bool keeps_last(const Plan *p)
{
	return p->kind == PLAN_TOPN && p->topn.mode == TOPN_DEDUP && p->topn.order[0].desc && p->topn.from == 1 &&
	       p->topn.to == 1 && !p->topn.proctime;
}

/* The rows of which a versioned view keeps the last: each of them is a version. NULL: it is none. */
static Plan *all_versions(Binder *b, const Plan *p)
{
	if (keeps_last(p)) {
		const Plan *in = p->inputs[0];
		const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, p->ncols + 1);
		for (uint32_t i = 0; i < p->ncols; i++)
			exprs[i] = i < in->ncols ? bind_plan_column(b, in, i) : expr_const(b->arena, p->cols[i].type, value_i64(1));
		return (Plan *)(uintptr_t)build_project(b->arena, in, exprs, p->cols, p->ncols);
	}
	Plan *in = p->kind == PLAN_PROJECT ? all_versions(b, p->inputs[0]) : NULL;
	return in ? (Plan *)(uintptr_t)build_project(b->arena, in, p->exprs, p->cols, p->ncols) : NULL;
}

/* Do all changes of the plan come one by one? What is computed or stored gives one for all of a step. */
static bool gives_every_change(const Plan *p)
{
	while (p->kind == PLAN_PROJECT || p->kind == PLAN_FILTER)
		p = p->inputs[0];
	return p->append_only || p->kind == PLAN_NORMALIZE || (p->kind == PLAN_SCAN && p->scan.rel->kind == REL_SOURCE);
}

/* The right side as the stream of its versions. */
static bool take_versions(Binder *b, Scope *right, Span span, bool *keep_last, Err *err)
{
	Plan *all = all_versions(b, right->plan);
	*keep_last = all != NULL;
	if (all)
		right->plan = all;
	if (all || b->schema_only || gives_every_change(right->plan))
		return true;
	bind_unsupported(b, span, err,
	                 "a temporal join with a right side that is computed, or a materialized view that changes, is");
	return err_hint(err, "Join with an upsert-kafka table, or with a view that keeps the last row per key: WHERE "
	                     "ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) = 1.");
}

/* The keys are the right's primary key (r: as it is written); other equalities are conditions on the version. */
static bool set_keys(Binder *b, Plan *p, const Plan *r, Span span, Err *err)
{
	const Plan *l = p->inputs[0];
	const PlanJoin old = p->join;
	PlanJoin *j = &p->join;
	ExprVec rest = {0};
	j->left_keys = ARENA_ARRAY(b->arena, uint32_t, r->nkey + 1);
	j->right_keys = ARENA_ARRAY(b->arena, uint32_t, r->nkey + 1);
	j->null_equal = NULL;
	j->nkeys = 0;
	bool *taken = ARENA_ARRAY_ZERO(b->arena, bool, old.nkeys + 1);
	for (uint32_t k = 0; k < r->nkey; k++) {
		uint32_t i = 0;
		while (i < old.nkeys && (old.right_keys[i] != r->key[k] || (old.null_equal && old.null_equal[i])))
			i++;
		if (i == old.nkeys) {
			err_set_at(
			    err, ERR_WRONG_OBJECT, bind_spanned(b, span),
			    "the condition of a temporal join must compare the whole primary key of the right side by =, but "
			    "\"%.*s\" is missing",
			    STR_ARG(r->cols[r->key[k]].name));
			return err_hint(err, "Add left.column = right.%.*s to ON, of the same type.",
			                STR_ARG(r->cols[r->key[k]].name));
		}
		taken[i] = true;
		j->left_keys[j->nkeys] = old.left_keys[i];
		j->right_keys[j->nkeys++] = old.right_keys[i];
	}
	for (uint32_t i = 0; i < old.nkeys; i++) {
		if (taken[i])
			continue;
		const Expr *e =
		    build_call(b->arena, old.null_equal && old.null_equal[i] ? "IS NOT DISTINCT FROM" : "=",
		               expr_column(b->arena, l->cols[old.left_keys[i]].type, old.left_keys[i]),
		               expr_column(b->arena, r->cols[old.right_keys[i]].type, l->ncols + old.right_keys[i]));
		ARENA_PUSH(b->arena, &rest, e);
	}
	if (old.residual)
		build_cut(b->arena, old.residual, &rest);
	j->residual = build_all_of(b->arena, &rest);
	return true;
}

/* The join that make_join made, perhaps below the projection that takes computed keys away, as a temporal one. */
static Plan *as_temporal(Binder *b, Plan *made, const Plan *right, const PlanJoin *facts, Span span, Err *err)
{
	const Plan *join = made->kind == PLAN_JOIN ? made : made->inputs[0];
	ASSERT(join->kind == PLAN_JOIN);
	Plan *p = arena_copy(b->arena, join, sizeof *join);
	p->kind = PLAN_TEMPORAL_JOIN;
	p->join.left_time = facts->left_time;
	p->join.right_time = facts->right_time;
	p->join.keep_last = facts->keep_last;
	p->cols = arena_copy(b->arena, join->cols, join->ncols * sizeof *join->cols);
	p->cols[facts->left_time].time = TIME_ROWTIME;
	if (!set_keys(b, p, right, span, err))
		return NULL;
	return bind_join_become(b, made, p);
}

/* A snapshot has one moment: the rows of the right as of it are the rows of the right. */
static bool as_it_is_now(Scope *left, Scope *right, const AstRefJoin *j, JoinKind kind, Scope *out, Err *err)
{
	Plan *join = bind_join_on(left, right, j, kind, err);
	if (!join)
		return false;
	bind_join_scopes(left, right, join, kind, out);
	return true;
}

bool bind_temporal(Binder *b, Scope *left, const AstRefJoin *j, JoinKind kind, Scope *outer, const Cte *ctes,
                   Scope *out, Err *err)
{
	const AstRefTable *ref = AST_CONST(AstRefTable, j->right);
	Span span = j->head.node.span;
	if (kind != JOIN_INNER && kind != JOIN_LEFT) {
		bind_unsupported(b, span, err, "a temporal join other than INNER and LEFT is");
		return err_hint(err, "Write JOIN or LEFT JOIN ... FOR SYSTEM_TIME AS OF.");
	}
	if (!j->on) {
		err_set_at(err, ERR_SYNTAX, bind_spanned(b, span), "a temporal join needs ON");
		return err_hint(err, "Compare the primary key of the right side, as in ON a.k = b.k.");
	}
	const Plan *timed = rewrite_time_join(b->arena, left->plan, b->snapshot, err);
	if (!timed)
		return false;
	left->plan = (Plan *)(uintptr_t)timed;
	AstRefTable *now = arena_copy(b->arena, ref, sizeof *ref);
	now->as_of = NULL;
	Scope right;
	PlanJoin facts = {.kind = kind};
	bool lookup;
	if (!as_of_column(left, ref->as_of, &facts.left_time, &lookup, err))
		return false;
	b->looks_up = lookup && !b->snapshot;
	bool bound = bind_ref(b, &now->head.node, outer, ctes, left, &right, err);
	b->looks_up = false;
	if (!bound || !bind_from_check(b, left, &right, j->right->span, err))
		return false;
	if (lookup && b->snapshot && !b->schema_only)
		return as_it_is_now(left, &right, j, kind, out, err);
	if (lookup)
		return bind_lookup(b, left, &right, j, kind, out, err);
	Str name = ref->path.items[ref->path.len - 1].text;
	const Plan *written = right.plan;
	if (!check_sides(b, left->plan, written, name, j->right->span, &facts.right_time, err) ||
	    !take_versions(b, &right, j->right->span, &facts.keep_last, err))
		return false;
	Plan *made = bind_join_on(left, &right, j, kind, err);
	if (!made)
		return false;
	Plan *p = as_temporal(b, made, written, &facts, j->on->span, err);
	if (!p)
		return false;
	bind_join_timed(left, &right, p, kind, out);
	return true;
}
