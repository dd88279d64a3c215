/*
 * sql/bind/bind_dml.c: INSERT, UPDATE, DELETE.
 *
 * INSERT into a connector's table of a query that reads something is continuous; INSERT of VALUES, and everything into
 * a table that weir keeps itself, is a snapshot whose rows are the table's. UPDATE gives each row before and after,
 * DELETE each row before.
 */
#include "sql/bind/bind_int.h"

/* ---- which columns ---- */

typedef struct Target {
	const Relation *rel;
	const TableDef *table;
	uint32_t *cols; /* that can be written */
	uint32_t ncols;
	int32_t *from;   /* for each of them the query's column; -1: NULL, -2 - i: partition value i */
	uint32_t nquery; /* columns that the query must have */
	const Expr **fixed;
} Target;

static bool find_target(Binder *b, const AstNames *path, const AstList *hints, bool own, Target *t, const char *verb,
                        Err *err)
{
	Span span = bind_path_span(b, path);
	const Relation *r = bind_relation(b, path, span, err);
	if (!r || !(r = bind_scan_with_hints(b, r, hints, err)))
		return false;
	static const char *const kinds[] = {"table of a connector", "table",        "view",
	                                    "materialized view",    "system table", "side table"};
	if (r->kind != REL_OWN && (own || r->kind != REL_SOURCE)) {
		err_set_at(err, ERR_WRONG_OBJECT, span, "%s is not possible: \"%.*s\" is a %s", verb, STR_ARG(r->name),
		           kinds[r->kind]);
		if (r->kind == REL_SOURCE)
			err_hint(err, "Only tables that weir keeps itself (CREATE TABLE without WITH) can be changed in place.");
		return false;
	}
	t->rel = r;
	t->table = r->table;
	t->ncols = bind_sink_columns(b, r->table, &t->cols);
	t->from = ARENA_ARRAY(b->arena, int32_t, t->ncols);
	bind_use_relation(b, r);
	b->reads.len = 0;
	return true;
}

static int32_t position_of(const Target *t, uint32_t col)
{
	for (uint32_t i = 0; i < t->ncols; i++)
		if (t->cols[i] == col)
			return (int32_t)i;
	return -1;
}

static int64_t find_writable(Binder *b, const Target *t, const AstName *name, Err *err)
{
	Scope s;
	bind_table_scope(&s, b, t->table);
	AstColumn node = {.node = {.kind = AST_COLUMN, .span = name->span}, .path = {.items = (AstName *)name, .len = 1}};
	const Expr *e = bind_scope_path(&s, &node, err);
	if (!e)
		return -1;
	int32_t at = position_of(t, e->index);
	if (at < 0)
		err_set_at(err, ERR_SINK_SCHEMA, bind_spanned(b, name->span), "column \"%.*s\" is %s and cannot be written",
		           STR_ARG(t->table->cols[e->index].name),
		           t->table->cols[e->index].kind == COLUMN_COMPUTED ? "computed" : "VIRTUAL metadata");
	return at;
}

static bool take_partitions(Binder *b, const AstInsert *ins, Target *t, Err *err)
{
	t->fixed = ARENA_ARRAY(b->arena, const Expr *, ins->partition.len);
	for (uint32_t i = 0; i < ins->partition.len; i++) {
		const AstOption *o = AST_CONST(AstOption, ins->partition.items[i]);
		AstName name = {.text = o->key->value, .span = o->key->node.span};
		int64_t at = find_writable(b, t, &name, err);
		if (at < 0)
			return false;
		if (!o->value)
			continue; /* dynamic: the query gives it */
		const Expr *e = bind_literal(b, o->value, false, err);
		if (!e)
			return false;
		const Type *to = t->table->cols[t->cols[at]].type;
		if (!(t->fixed[i] = bind_cast_to(b, e, to, e->span, err)))
			return false;
		t->from[at] = -2 - (int32_t)i;
	}
	return true;
}

/* Which column of the query goes where. */
static bool match_columns(Binder *b, const AstInsert *ins, Target *t, Err *err)
{
	const int32_t unset = INT32_MIN;
	for (uint32_t i = 0; i < t->ncols; i++)
		t->from[i] = unset;
	if (!take_partitions(b, ins, t, err))
		return false;
	for (uint32_t i = 0; i < ins->columns.len; i++) {
		int64_t at = find_writable(b, t, &ins->columns.items[i], err);
		if (at < 0)
			return false;
		if (t->from[at] != unset)
			return err_set_at(err, ERR_DUPLICATE_COLUMN, bind_spanned(b, ins->columns.items[i].span),
			                  "column \"%.*s\" is named twice", STR_ARG(ins->columns.items[i].text));
		t->from[at] = (int32_t)t->nquery++;
	}
	for (uint32_t i = 0; i < t->ncols; i++) {
		if (t->from[i] != unset)
			continue;
		const ColumnDef *c = &t->table->cols[t->cols[i]];
		if (ins->columns.len == 0) {
			t->from[i] = (int32_t)t->nquery++;
		} else if (c->type->not_null) {
			return err_set_at(err, ERR_NOT_NULL_VIOLATION, bind_path_span(b, &ins->columns),
			                  "column \"%.*s\" is NOT NULL and gets no value", STR_ARG(c->name));
		} else {
			t->from[i] = -1;
		}
	}
	return true;
}

static void put_columns(const PlanCol *cols, uint32_t n, StrBuf *out)
{
	for (uint32_t i = 0; i < n; i++) {
		strbuf_printf(out, "%s%.*s ", i ? ", " : "", STR_ARG(cols[i].name));
		type_print(cols[i].type, false, out);
	}
}

static bool fail_count(Binder *b, const Target *t, const Plan *p, Span span, Err *err)
{
	err_set_at(err, ERR_SINK_SCHEMA, bind_spanned(b, span), "\"%.*s\" takes %u column%s, the query has %u",
	           STR_ARG(t->table->name), t->nquery, t->nquery == 1 ? "" : "s", p->ncols);
	StrBuf q;
	strbuf_init(&q);
	strbuf_puts(&q, "query: ");
	put_columns(p->cols, p->ncols, &q);
	strbuf_printf(&q, "; \"%.*s\": ", STR_ARG(t->table->name));
	PlanCol *cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, t->ncols);
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->ncols; i++)
		if (t->from[i] >= 0)
			cols[n++] = (PlanCol){.name = t->table->cols[t->cols[i]].name, .type = t->table->cols[t->cols[i]].type};
	put_columns(cols, n, &q);
	err_detail(err, "%s", strbuf_cstr(&q));
	strbuf_deinit(&q);
	return err_hint(err, "Columns match by position; INSERT INTO %.*s (a, b) names some of them.",
	                STR_ARG(t->table->name));
}

static const AstValues *bare_values(const AstNode *query)
{
	const AstQuery *q = AST_CONST(AstQuery, query);
	while (q->node.kind == AST_QUERY && q->order_by.len == 0 && !q->limit && !q->offset && q->with.len == 0) {
		if (q->body->kind == AST_VALUES)
			return AST_CONST(AstValues, q->body);
		q = AST_CONST(AstQuery, q->body);
	}
	return NULL;
}

/* The query's columns in the order of the writable ones, with their types. */
static Plan *fit(Binder *b, const Target *t, Plan *p, Span span, Err *err)
{
	const Expr **exprs = ARENA_ARRAY(b->arena, const Expr *, t->ncols);
	Str *names = ARENA_ARRAY(b->arena, Str, t->ncols);
	bool same = t->ncols == p->ncols;
	for (uint32_t i = 0; i < t->ncols; i++) {
		const ColumnDef *c = &t->table->cols[t->cols[i]];
		names[i] = c->name;
		if (t->from[i] <= -2) {
			exprs[i] = t->fixed[-2 - t->from[i]];
		} else if (t->from[i] == -1) {
			exprs[i] = expr_const(b->arena, c->type, VALUE_NULL);
		} else {
			const Expr *col = bind_plan_column(b, p, (uint32_t)t->from[i]);
			/* a constant in the list may fit a narrower column */
			const Plan *at = p;
			if (at->kind == PLAN_PROJECT && at->exprs[t->from[i]]->kind == EXPR_CONST)
				col = at->exprs[t->from[i]];
			if (at->kind == PLAN_VALUES && at->values.nrows == 1 && at->values.cells[t->from[i]]->kind == EXPR_CONST)
				col = at->values.cells[t->from[i]];
			exprs[i] = bind_sink_assign(b, col, c, true,
			                            bind_spanned(b, p->kind == PLAN_PROJECT && p->exprs[t->from[i]]->span.end
			                                                ? p->exprs[t->from[i]]->span
			                                                : span),
			                            err);
		}
		if (!exprs[i])
			return NULL;
		uint32_t col;
		same = same && bind_plan_is_column(exprs[i], &col) && col == i && str_eq(names[i], p->cols[i].name);
	}
	return same ? p : bind_plan_project(b, p, exprs, names, t->ncols, span);
}

/* VALUES: each cell on its own, so that a literal may fit the column. */
static bool fit_values(Binder *b, const Target *t, const AstValues *v, Plan **out, Err *err)
{
	Scope s;
	bind_scope_init(&s, b, NULL, NULL);
	s.place = "VALUES";
	uint32_t n = v->rows.len;
	const Expr **cells = ARENA_ARRAY(b->arena, const Expr *, (size_t)n * t->ncols);
	PlanCol *cols = ARENA_ARRAY_ZERO(b->arena, PlanCol, t->ncols);
	for (uint32_t i = 0; i < t->ncols; i++)
		cols[i] = (PlanCol){.name = t->table->cols[t->cols[i]].name, .type = t->table->cols[t->cols[i]].type};
	Plan **over = ARENA_ARRAY_ZERO(b->arena, Plan *, n + 1);
	for (uint32_t r = 0; r < n; r++) {
		const AstNode *row = v->rows.items[r];
		const Plan *none = bind_values_row(&s);
		AstNode *single[1] = {(AstNode *)row};
		AstList list = row->kind == AST_ROW ? AST_CONST(AstItems, row)->items : (AstList){.items = single, .len = 1};
		if (list.len != t->nquery)
			return err_set_at(err, ERR_SINK_SCHEMA, bind_span(b, row), "\"%.*s\" takes %u column%s, this row has %u",
			                  STR_ARG(t->table->name), t->nquery, t->nquery == 1 ? "" : "s", list.len);
		for (uint32_t i = 0; i < t->ncols; i++) {
			const ColumnDef *c = &t->table->cols[t->cols[i]];
			const AstNode *node = t->from[i] >= 0 ? list.items[t->from[i]] : NULL;
			const Expr *e = t->from[i] <= -2 ? t->fixed[-2 - t->from[i]] : NULL;
			if (!e && (!node || node->kind == AST_DEFAULT))
				e = expr_const(b->arena, &type_null, VALUE_NULL);
			if (!e && !(e = bind_expr(&s, node, err)))
				return false;
			if (!(e = bind_sink_assign(b, bind_fold(b, e), c, true, node ? bind_span(b, node) : bind_span(b, row),
			                           err)))
				return false;
			if (e->type->kind == TYPE_NULL)
				e = expr_const(b->arena, c->type, VALUE_NULL);
			cells[r * t->ncols + i] = e;
		}
		over[r] = s.plan == none ? NULL : s.plan;
	}
	*out = bind_values_rows(b, over, cells, n, cols, t->ncols, v->node.span);
	return true;
}

/* An own table's rows: the written columns and what is computed from them, in the table's order. */
static Plan *whole_row(Binder *b, const TableDef *t, Plan *p, const Expr *const *written, Span span)
{
	const Expr **of = ARENA_ARRAY_ZERO(b->arena, const Expr *, t->ncols);
	Str *names = ARENA_ARRAY(b->arena, Str, t->ncols);
	uint32_t n = 0;
	for (uint32_t i = 0; i < t->ncols; i++) {
		names[i] = t->cols[i].name;
		if (t->cols[i].kind != COLUMN_COMPUTED)
			of[i] = written[n++];
	}
	for (uint32_t i = 0; i < t->ncols; i++)
		if (t->cols[i].kind == COLUMN_COMPUTED)
			of[i] = expr_substitute(b->arena, t->cols[i].computed, of);
	return n == t->ncols ? p : bind_plan_project(b, p, of, names, t->ncols, span);
}

/* ---- INSERT ---- */

static bool finish_snapshot(Binder *b, const Target *t, Plan *p, Span span, PlanQuery **out, Err *err)
{
	if (t->rel->kind == REL_OWN) {
		const Expr **written = ARENA_ARRAY(b->arena, const Expr *, p->ncols);
		for (uint32_t i = 0; i < p->ncols; i++)
			written[i] = bind_plan_column(b, p, i);
		p = whole_row(b, t->table, p, written, span);
	}
	Plan *root = bind_plan_new(b, PLAN_RESULT, span, p, NULL);
	return bind_finish(b, bind_plan_done(b, root), out, err);
}

static bool refuse_insert(const Binder *b, const AstInsert *ins, Err *err)
{
	if (ins->overwrite)
		return bind_unsupported(b, ins->node.span, err, "INSERT OVERWRITE is");
	if (ins->on_conflict == AST_CONFLICT_NOTHING || ins->on_conflict == AST_CONFLICT_ERROR)
		return bind_unsupported(b, ins->node.span, err, "ON CONFLICT DO %s is",
		                        ins->on_conflict == AST_CONFLICT_NOTHING ? "NOTHING" : "ERROR");
	return true;
}

static bool insert(BindContext *bc, const AstInsert *ins, bool snapshot, PlanQuery **out, const Relation **target,
                   bool *reads, Err *err)
{
	Binder b;
	Target t = {0};
	bind_init(&b, bc, snapshot, &ins->node);
	b.no_params = !snapshot;
	if (!refuse_insert(&b, ins, err) || !find_target(&b, &ins->path, &ins->hints, false, &t, "INSERT", err) ||
	    !match_columns(&b, ins, &t, err))
		return false;
	*target = t.rel;
	const AstValues *values = bare_values(ins->query);
	Plan *p;
	if (values) {
		if (!fit_values(&b, &t, values, &p, err))
			return false;
	} else {
		if (!bind_query(&b, ins->query, NULL, NULL, &p, err))
			return false;
		if (p->ncols != t.nquery)
			return fail_count(&b, &t, p, ins->query->span, err);
		if (!(p = fit(&b, &t, p, ins->query->span, err)))
			return false;
	}
	*reads = b.reads.len > 0;
	if (snapshot)
		return finish_snapshot(&b, &t, p, ins->query->span, out, err);
	if (!*reads)
		return true; /* the caller starts again with a snapshot */
	Plan *root;
	return bind_sink_root(&b, t.rel, p, t.cols, t.ncols, ins->path.items[0].span, &root, err) &&
	       bind_finish(&b, root, out, err);
}

/* Is the target one of weir's own tables? Errors come later, with the whole statement. */
static bool is_own(BindContext *bc, const AstInsert *ins)
{
	Binder b;
	bind_init(&b, bc, true, NULL);
	const Relation *r = bind_relation(&b, &ins->path, ins->node.span, NULL);
	return r && r->kind == REL_OWN;
}

bool bind_insert(BindContext *bc, const AstNode *stmt, PlanQuery **out, const Relation **target, bool *continuous,
                 Err *err)
{
	const AstInsert *ins = AST_CONST(AstInsert, stmt);
	bool reads;
	*continuous = !is_own(bc, ins) && !bare_values(ins->query);
	if (!insert(bc, ins, !*continuous, out, target, &reads, err))
		return false;
	if (!*continuous || reads)
		return true;
	*continuous = false; /* a query without a table: SELECT 1 */
	return insert(bc, ins, true, out, target, &reads, err);
}

/* ---- UPDATE and DELETE ---- */

static bool scan_target(Binder *b, const AstNames *path, const AstName *alias, const AstNode *where, Target *t,
                        const char *verb, Scope *s, Err *err)
{
	Plan *p;
	if (!find_target(b, path, NULL, true, t, verb, err) ||
	    !bind_scan(b, t->rel, NULL, bind_path_span(b, path), &p, err))
		return false;
	bind_use_relation(b, t->rel);
	bind_scope_init(s, b, NULL, NULL);
	s->plan = p;
	bind_scope_add_plan(s, p, STR_EMPTY, alias->text.ptr ? alias->text : t->rel->name, 0);
	if (!where)
		return true;
	const Expr *e = bind_condition(s, where, "WHERE", err);
	if (!e)
		return false;
	s->plan = bind_plan_filter(b, s->plan, e, where->span);
	return true;
}

static bool assign(Scope *s, const Target *t, const AstUpdate *u, const Expr **after, Err *err)
{
	Binder *b = s->b;
	bool *set = ARENA_ARRAY_ZERO(b->arena, bool, t->ncols);
	for (uint32_t i = 0; i < u->assignments.len; i++) {
		const AstAssignment *a = AST_CONST(AstAssignment, u->assignments.items[i]);
		int64_t at = find_writable(b, t, &a->column, err);
		if (at < 0)
			return false;
		if (set[at])
			return err_set_at(err, ERR_DUPLICATE_COLUMN, bind_spanned(b, a->column.span),
			                  "column \"%.*s\" is set twice", STR_ARG(a->column.text));
		set[at] = true;
		s->place = "SET";
		const ColumnDef *c = &t->table->cols[t->cols[at]];
		const Expr *e =
		    a->value->kind == AST_DEFAULT ? expr_const(b->arena, &type_null, VALUE_NULL) : bind_expr(s, a->value, err);
		if (!e || !(e = bind_sink_assign(b, bind_fold(b, e), c, false, bind_span(b, a->value), err)))
			return false;
		after[at] = e->type->kind == TYPE_NULL ? expr_const(b->arena, c->type, VALUE_NULL) : e;
	}
	return true;
}

bool bind_update(BindContext *bc, const AstNode *stmt, PlanQuery **out, const Relation **target, Err *err)
{
	const AstUpdate *u = AST_CONST(AstUpdate, stmt);
	Binder b;
	Target t = {0};
	Scope s;
	bind_init(&b, bc, true, stmt);
	if (!scan_target(&b, &u->path, &u->alias, u->where, &t, "UPDATE", &s, err))
		return false;
	uint32_t n = t.table->ncols;
	const Expr **exprs = ARENA_ARRAY(b.arena, const Expr *, 2 * n);
	const Expr **after = ARENA_ARRAY(b.arena, const Expr *, t.ncols);
	const Expr **of = exprs + n;
	Str *names = ARENA_ARRAY(b.arena, Str, 2 * n);
	for (uint32_t i = 0; i < t.ncols; i++)
		after[i] = bind_plan_column(&b, s.plan, t.cols[i]);
	if (!assign(&s, &t, u, after, err))
		return false;
	for (uint32_t i = 0; i < n; i++) {
		exprs[i] = bind_plan_column(&b, s.plan, i);
		of[i] = NULL;
		names[i] = t.table->cols[i].name;
		names[n + i] = arena_printf(b.arena, "new.%.*s", STR_ARG(names[i]));
	}
	for (uint32_t i = 0; i < t.ncols; i++)
		of[t.cols[i]] = after[i];
	for (uint32_t i = 0; i < n; i++)
		if (t.table->cols[i].kind == COLUMN_COMPUTED)
			of[i] = expr_substitute(b.arena, t.table->cols[i].computed, of);
	*target = t.rel;
	Plan *p = bind_plan_project(&b, s.plan, exprs, names, 2 * n, stmt->span);
	return bind_finish(&b, bind_plan_done(&b, bind_plan_new(&b, PLAN_RESULT, stmt->span, p, NULL)), out, err);
}

bool bind_delete(BindContext *bc, const AstNode *stmt, PlanQuery **out, const Relation **target, Err *err)
{
	const AstDelete *d = AST_CONST(AstDelete, stmt);
	Binder b;
	Target t = {0};
	Scope s;
	bind_init(&b, bc, true, stmt);
	if (!scan_target(&b, &d->path, &d->alias, d->where, &t, "DELETE", &s, err))
		return false;
	*target = t.rel;
	Plan *p = bind_plan_take(&b, s.plan, NULL, t.table->ncols); /* subqueries of WHERE added columns */
	return bind_finish(&b, bind_plan_done(&b, bind_plan_new(&b, PLAN_RESULT, stmt->span, p, NULL)), out, err);
}
