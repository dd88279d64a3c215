/*
 * sql/plan/prune_lift.c: access to a field of a ROW column right above a scan becomes a field of the scan.
 */
#include "sql/plan/prune_lift.h"

#include "sql/catalog/catalog.h"

static Plan *copy_node(Arena *arena, const Plan *p)
{
	Plan *out = ARENA_NEW(arena, Plan);
	*out = *p;
	out->inputs = ARENA_ARRAY_ZERO(arena, const Plan *, p->ninputs + 1);
	return out;
}

/* FIELD(FIELD(column, a), b): the column, and the path below it (outermost first). */
static bool field_path(const Expr *e, uint32_t *col, Str *path, uint32_t *n, uint32_t max)
{
	if (e->kind == EXPR_COLUMN) {
		*col = e->index;
		*n = 0;
		return true;
	}
	if (e->kind != EXPR_CALL || strcmp(e->call.fn->name, "FIELD") != 0 || e->args[1]->kind != EXPR_CONST)
		return false;
	if (!field_path(e->args[0], col, path, n, max) || *n == max)
		return false;
	const Type *row = e->args[0]->type;
	const Expr *name = e->args[1];
	if (row->kind != TYPE_ROW)
		return false;
	if (type_phys(name->type) == PHYS_STR) {
		path[(*n)++] = name->constant.s;
		return true;
	}
	int64_t at = name->constant.i;
	if (at < 1 || at > row->nfields)
		return false;
	path[(*n)++] = row->fields[at - 1].name;
	return true;
}

/* Columns that are read otherwise than through their fields. */
static void whole_uses(const Expr *e, bool *whole)
{
	uint32_t col, n;
	Str path[16];
	if (e->kind == EXPR_COLUMN) {
		whole[e->index] = true;
		return;
	}
	if (field_path(e, &col, path, &n, 16))
		return;
	for (uint32_t i = 0; i < e->nargs; i++)
		whole_uses(e->args[i], whole);
}

typedef struct Lift {
	Arena *arena;
	Plan *scan;
	const bool *whole;
} Lift;

/* The scan's output column for a path below output column `col`; added where it is new. */
static uint32_t lifted_column(Lift *l, uint32_t col, const Str *path, uint32_t n, const Type *type)
{
	PlanScan *s = &l->scan->scan;
	const Expr *root = s->exprs[col];
	const ScanField *base = &s->fields[root->index];
	for (uint32_t c = 0; c < l->scan->ncols; c++) {
		if (s->exprs[c]->kind != EXPR_COLUMN)
			continue;
		const ScanField *f = &s->fields[s->exprs[c]->index];
		if (f->kind != base->kind || f->npath != base->npath + n || !str_eq(f->path[0], base->path[0]))
			continue;
		bool same = true;
		for (uint32_t i = 0; i < n; i++)
			same &= str_eq(f->path[base->npath + i], path[i]);
		for (uint32_t i = 0; i < base->npath; i++)
			same &= str_eq(f->path[i], base->path[i]);
		if (same)
			return c;
	}
	ScanField f = *base;
	f.npath = base->npath + n;
	f.path = ARENA_ARRAY(l->arena, Str, f.npath);
	memcpy(f.path, base->path, base->npath * sizeof *f.path);
	memcpy(f.path + base->npath, path, n * sizeof *f.path);
	f.type = type_with_null(l->arena, type, true);
	s->fields = arena_grow(l->arena, s->fields, s->nfields * sizeof f, (s->nfields + 1) * sizeof f);
	s->fields[s->nfields] = f;
	uint32_t at = l->scan->ncols;
	s->exprs = arena_grow(l->arena, s->exprs, at * sizeof *s->exprs, (at + 1) * sizeof *s->exprs);
	s->exprs[at] = expr_column(l->arena, f.type, s->nfields++);
	l->scan->cols = arena_grow(l->arena, l->scan->cols, at * sizeof(PlanCol), (at + 1) * sizeof(PlanCol));
	l->scan->cols[at] = (PlanCol){path[n - 1], f.type, TIME_NONE};
	l->scan->ncols++;
	return at;
}

static const Expr *lift(Lift *l, const Expr *e)
{
	uint32_t col, n;
	Str path[16];
	if (e->kind != EXPR_CALL)
		return e;
	if (field_path(e, &col, path, &n, 16) && n && !l->whole[col]) {
		const Expr *root = l->scan->scan.exprs[col];
		if (root->kind == EXPR_COLUMN && l->scan->scan.fields[root->index].kind == SCAN_VALUE)
			return expr_column(l->arena, e->type, lifted_column(l, col, path, n, e->type));
	}
	Expr *out = ARENA_NEW(l->arena, Expr);
	*out = *e;
	out->args = ARENA_ARRAY(l->arena, const Expr *, e->nargs + 1);
	for (uint32_t i = 0; i < e->nargs; i++)
		out->args[i] = lift(l, e->args[i]);
	return out;
}

/* A PROJECT, with FILTERs below it, over the scan of a connector table: fields of ROW columns are read as columns of
 * their own. The names of the scan's new columns are not seen above. */
const Plan *prune_lift_fields(Arena *arena, const Plan *p)
{
	if (p->kind != PLAN_PROJECT)
		return p;
	const Plan *at = p->inputs[0];
	uint32_t depth = 0;
	while (at->kind == PLAN_FILTER && depth < 16 && !at->share) {
		at = at->inputs[0];
		depth++;
	}
	if (at->kind != PLAN_SCAN || at->scan.rel->kind != REL_SOURCE || at->share)
		return p;
	bool any = false;
	for (uint32_t i = 0; i < at->ncols; i++)
		any |= at->cols[i].type->kind == TYPE_ROW;
	if (!any)
		return p;
	bool *whole = ARENA_ARRAY_ZERO(arena, bool, at->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		whole_uses(p->exprs[i], whole);
	for (const Plan *f = p->inputs[0]; f->kind == PLAN_FILTER; f = f->inputs[0])
		whole_uses(f->predicate, whole);
	Plan *scan = copy_node(arena, at);
	Lift l = {arena, scan, whole};
	Plan *top = copy_node(arena, p);
	top->exprs = ARENA_ARRAY(arena, const Expr *, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++)
		top->exprs[i] = lift(&l, p->exprs[i]);
	Plan *above = top;
	Plan *filters[16];
	uint32_t nf = 0;
	for (const Plan *f = p->inputs[0]; f->kind == PLAN_FILTER; f = f->inputs[0]) {
		Plan *c = copy_node(arena, f);
		c->predicate = lift(&l, f->predicate);
		above->inputs[0] = c;
		filters[nf++] = c;
		above = c;
	}
	above->inputs[0] = scan;
	for (uint32_t i = 0; i < nf; i++) {
		filters[i]->cols = scan->cols;
		filters[i]->ncols = scan->ncols;
	}
	return top;
}
