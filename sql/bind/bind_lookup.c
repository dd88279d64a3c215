/*
 * sql/bind/bind_lookup.c: a [LEFT] JOIN b FOR SYSTEM_TIME AS OF a.proctime ON a.k = b.k: each row of a meets the rows
 * that b holds when it comes.
 *
 * b is read by key. A table that weir keeps, or a materialized view, has a primary key or an index whose first columns
 * the condition compares by =; a table of PostgreSQL is asked by whatever columns are compared. What else the condition
 * says is tested on the rows that were found.
 */
#include "sql/bind/bind_int.h"

#include "sql/plan/build.h"
#include "sql/plan/infer.h"
#include "sql/plan/lookup_path.h"

static bool is_kept(const Relation *r)
{
	return r->kind == REL_OWN || r->kind == REL_MVIEW;
}

static bool check_right(Binder *b, const Plan *p, Str name, Span span, Err *err)
{
	const Relation *r = p->kind == PLAN_SCAN ? p->scan.rel : NULL;
	if (r && (is_kept(r) || (r->kind == REL_SOURCE && str_eq_c(r->table->connector, "jdbc"))))
		return true;
	err_set_at(err, ERR_WRONG_OBJECT, bind_spanned(b, span), "\"%.*s\" cannot be looked up in", STR_ARG(name));
	if (r && r->kind == REL_SOURCE)
		return err_hint(err,
		                "CREATE MATERIALIZED VIEW v AS SELECT ... FROM %.*s keeps its rows, by key: join v. Or join on "
		                "the event time, FOR SYSTEM_TIME AS OF the WATERMARK column.",
		                STR_ARG(name));
	return err_hint(err, "A lookup join reads a jdbc table, a materialized view or a table that weir keeps itself, by "
	                     "name; conditions on it can stand in ON.");
}

/* ---- which pairs of the condition are keys ---- */

typedef struct Keys {
	const PlanJoin *pairs; /* as the condition has them */
	uint32_t nright;       /* columns of the right: pairs beyond were computed */
	uint32_t *of;          /* pair of key i */
	uint32_t n;
	int32_t index;
	bool unique;
} Keys;

static const uint32_t *identity(Binder *b, uint32_t n)
{
	uint32_t *cols = ARENA_ARRAY(b->arena, uint32_t, n + 1);
	for (uint32_t i = 0; i < n; i++)
		cols[i] = i;
	return cols;
}

/* The pair that compares a column of the right; UINT32_MAX: none. */
static uint32_t pair_of(Binder *b, const Keys *k, uint32_t col)
{
	return lookup_path_pair(k->pairs, identity(b, k->nright), k->nright, col);
}

static bool choose_path(Binder *b, Keys *k, const Relation *r, Span span, Err *err)
{
	LookupPath path = {.of = k->of};
	lookup_path_choose(r, k->pairs, identity(b, k->nright), k->nright, &path);
	k->n = path.n;
	k->index = path.index;
	k->unique = path.unique;
	if (k->n || b->schema_only)
		return true;
	StrBuf cols;
	strbuf_init(&cols);
	for (uint32_t i = 0; i < k->pairs->nkeys; i++) {
		uint32_t c = k->pairs->right_keys[i];
		if (c < k->nright)
			strbuf_printf(&cols, "%s%.*s", cols.len ? ", " : "", STR_ARG(r->table->cols[c].name));
	}
	if (!cols.len) {
		err_set_at(err, ERR_WRONG_OBJECT, bind_spanned(b, span),
		           "the condition of a lookup join must compare a column of \"%.*s\" by =", STR_ARG(r->name));
		err_hint(err, "Write ON left.column = %.*s.column, of the same type: a CAST can stand on the left.",
		         STR_ARG(r->name));
	} else {
		err_set_at(
		    err, ERR_WRONG_OBJECT, bind_spanned(b, span),
		    "\"%.*s\" cannot be looked up by (%s): it has neither a primary key nor an index that begins with it",
		    STR_ARG(r->name), strbuf_cstr(&cols));
		err_hint(err, "CREATE INDEX ON %.*s (%s).", STR_ARG(r->name), strbuf_cstr(&cols));
	}
	strbuf_deinit(&cols);
	return false;
}

/* A table elsewhere is asked by all columns that are compared, in their order. */
static bool choose_remote(Binder *b, Keys *k, const Plan *right, Span span, Err *err)
{
	const TableDef *t = right->scan.rel->table;
	for (uint32_t i = 0; i < k->pairs->nkeys; i++) {
		uint32_t col = k->pairs->right_keys[i];
		if (col >= k->nright || t->cols[col].kind != COLUMN_PHYSICAL || pair_of(b, k, col) != i ||
		    !type_is_ordered(t->cols[col].type))
			continue;
		k->of[k->n++] = i;
	}
	uint32_t found = 0;
	for (uint32_t i = 0; i < t->nkey; i++)
		found += pair_of(b, k, t->key[i]) != UINT32_MAX;
	k->unique = t->nkey && found == t->nkey;
	if (k->n)
		return true;
	err_set_at(err, ERR_WRONG_OBJECT, bind_spanned(b, span),
	           "the condition of a lookup join must compare a column of \"%.*s\" by =", STR_ARG(t->name));
	return err_hint(err, "Write ON left.column = %.*s.column, of the same type: a CAST can stand on the left.",
	                STR_ARG(t->name));
}

/* ---- the node ---- */

/* Pairs that are no keys become conditions; right: as it was, without the columns computed for the join. */
static void set_keys(Binder *b, Plan *p, const Keys *k, const Plan *right)
{
	const Plan *l = p->inputs[0], *r = p->inputs[1];
	const PlanJoin *old = k->pairs;
	PlanJoin *j = &p->join;
	ExprVec rest = {0};
	bool *taken = ARENA_ARRAY_ZERO(b->arena, bool, old->nkeys + 1);
	j->left_keys = ARENA_ARRAY(b->arena, uint32_t, k->n + 1);
	j->right_keys = ARENA_ARRAY(b->arena, uint32_t, k->n + 1);
	j->null_equal = NULL;
	j->nkeys = k->n;
	j->unique = k->unique;
	for (uint32_t i = 0; i < k->n; i++) {
		taken[k->of[i]] = true;
		j->left_keys[i] = old->left_keys[k->of[i]];
		j->right_keys[i] = old->right_keys[k->of[i]];
	}
	const Expr **of = ARENA_ARRAY_ZERO(b->arena, const Expr *, l->ncols + r->ncols + 1);
	for (uint32_t i = 0; i < right->ncols; i++)
		of[i] = expr_column(b->arena, right->cols[i].type, l->ncols + i);
	for (uint32_t i = 0; i < old->nkeys; i++) {
		if (taken[i])
			continue;
		uint32_t c = old->right_keys[i];
		const Expr *e = c < right->ncols ? of[c] : expr_substitute(b->arena, r->exprs[c], of);
		const char *fn = old->null_equal && old->null_equal[i] ? "IS NOT DISTINCT FROM" : "=";
		ARENA_PUSH(
		    b->arena, &rest,
		    build_call(b->arena, fn, expr_column(b->arena, l->cols[old->left_keys[i]].type, old->left_keys[i]), e));
	}
	if (old->residual)
		build_cut(b->arena, old->residual, &rest);
	j->residual = build_all_of(b->arena, &rest);
}

/* The join that make_join made, perhaps below the projection that takes computed keys away, as a lookup. */
static Plan *as_lookup(Binder *b, Plan *made, const Plan *left, Plan *right, Span span, Err *err)
{
	const Plan *join = made->kind == PLAN_JOIN ? made : made->inputs[0];
	ASSERT(join->kind == PLAN_JOIN);
	const PlanJoin pairs = join->join;
	Keys k = {.pairs = &pairs, .nright = right->ncols, .index = -1};
	k.of = ARENA_ARRAY(b->arena, uint32_t, pairs.nkeys + right->ncols + 1);
	if (is_kept(right->scan.rel) ? !choose_path(b, &k, right->scan.rel, span, err)
	                             : !choose_remote(b, &k, right, span, err))
		return NULL;
	Plan *p = arena_copy(b->arena, join, sizeof *join);
	p->kind = PLAN_LOOKUP_JOIN;
	set_keys(b, p, &k, right);
	Plan *scan = arena_copy(b->arena, right, sizeof *right);
	scan->scan.lookup = true;
	scan->scan.whole = false;
	scan->scan.index = k.index;
	p->inputs = ARENA_ARRAY(b->arena, const Plan *, 2);
	p->inputs[0] = join->inputs[0];
	p->inputs[1] = scan;
	p->ncols = p->inputs[0]->ncols + scan->ncols;
	p->cols = arena_copy(b->arena, join->cols, join->ncols * sizeof *join->cols);
	for (uint32_t i = 0; i < left->ncols; i++)
		p->cols[i].time = left->cols[i].time;
	return bind_join_become(b, made, p);
}

bool bind_lookup(Binder *b, Scope *left, Scope *right, const AstRefJoin *j, JoinKind kind, Scope *out, Err *err)
{
	const AstRefTable *ref = AST_CONST(AstRefTable, j->right);
	Str name = ref->path.items[ref->path.len - 1].text;
	if (!check_right(b, right->plan, name, j->right->span, err))
		return false;
	Plan *made = bind_join_on(left, right, j, kind, err);
	if (!made)
		return false;
	Plan *p = as_lookup(b, made, left->plan, right->plan, j->on->span, err);
	if (!p)
		return false;
	bind_join_timed(left, right, p, kind, out);
	return true;
}
