/*
 * sql/dialect/dialect_query.c: rules of queries: clauses, joins, windows, what stands in FROM.
 */
#include "sql/dialect/dialect_int.h"

/* ---- joins ---------------------------------------------------------------------------------------------------- */

static bool find_column(void *ctx, AstNode *n)
{
	bool *found = ctx;
	*found = *found || n->kind == AST_COLUMN;
	return n->kind != AST_QUERY && ast_walk(n, find_column, ctx);
}

static bool has_column(AstNode *n)
{
	bool found = false;
	find_column(&found, n);
	return found;
}

/* Is a conjunct an equality of two columns' expressions? */
static bool has_equality(AstNode *condition)
{
	if (condition == NULL || condition->kind != AST_BINARY)
		return false;
	const AstBinary *b = AST_CONST(AstBinary, condition);
	if (b->op == AST_OP_AND)
		return has_equality(b->left) || has_equality(b->right);
	return (b->op == AST_OP_EQ || b->op == AST_OP_NOT_DISTINCT) && has_column(b->left) && has_column(b->right);
}

/* A relation that needs no equality: a function of the left row, UNNEST, LATERAL, an aggregate's one row. */
static bool joins_freely(const AstNode *ref)
{
	if (ref->kind == AST_REF_UNNEST || ref->kind == AST_REF_FUNCTION)
		return true;
	if (ref->kind != AST_REF_SUBQUERY)
		return false;
	const AstRefSubquery *s = AST_CONST(AstRefSubquery, ref);
	const AstNode *body = AST_CONST(AstQuery, s->query)->body;
	if (s->head.lateral || body->kind == AST_VALUES)
		return true;
	const AstSelect *q = body->kind == AST_SELECT ? AST_CONST(AstSelect, body) : NULL;
	return q != NULL && !q->grouped && q->items.len == 1 &&
	       AST_CONST(AstSelectItem, q->items.items[0])->expr->kind == AST_CALL;
}

static void check_joins(Dialect *d, AstNode *ref, AstNode *where)
{
	if (ref->kind != AST_REF_JOIN)
		return;
	const AstRefJoin *j = AST_CONST(AstRefJoin, ref);
	check_joins(d, j->left, where);
	check_joins(d, j->right, where);
	bool inner = j->kind == AST_JOIN_INNER || j->kind == AST_JOIN_CROSS;
	if (j->kind == AST_JOIN_SEMI || j->kind == AST_JOIN_ANTI)
		dialect_error(d, "join", ref->span, "Write WHERE [NOT] EXISTS (...).", "Flink has no SEMI JOIN and ANTI JOIN");
	else if (!j->natural && j->using.len == 0 && !joins_freely(j->right) && !has_equality(j->on) &&
	         !(inner && has_equality(where)))
		dialect_error(d, "join", ref->span, "Add an equality between columns of both sides.",
		              "Flink joins streams only by an equality");
}

/* ---- OVER ----------------------------------------------------------------------------------------------------- */

typedef struct Windows {
	const AstSelect *select;
	const AstWindow *first, *other;
} Windows;

static const AstWindow *resolve_window(const AstSelect *s, const AstWindow *w)
{
	for (uint32_t i = 0; w->bare && i < s->windows.len; i++) {
		const AstWindow *named = AST_CONST(AstWindow, s->windows.items[i]);
		if (str_eq_nocase(named->name.text, w->base.text))
			return named;
	}
	return w;
}

static bool same_window(const AstWindow *a, const AstWindow *b)
{
	AstWindow x = *a, y = *b;
	x.name = y.name = (AstName){0};
	return ast_equal(&x.node, &y.node);
}

static bool find_windows(void *ctx, AstNode *n)
{
	Windows *w = ctx;
	if (n->kind == AST_QUERY)
		return true;
	if (n->kind == AST_CALL && AST_CONST(AstCall, n)->over != NULL) {
		const AstWindow *over = resolve_window(w->select, AST_CONST(AstCall, n)->over);
		if (w->first == NULL)
			w->first = over;
		else if (!same_window(w->first, over))
			w->other = AST_CONST(AstCall, n)->over;
	}
	return ast_walk(n, find_windows, ctx);
}

static void check_windows(Dialect *d, const AstSelect *s)
{
	Windows w = {.select = s};
	for (uint32_t i = 0; i < s->items.len; i++)
		find_windows(&w, s->items.items[i]);
	if (w.other != NULL)
		dialect_error(d, "over", w.other->node.span, "Use one window, or one SELECT after the other.",
		              "Flink takes one OVER window in a SELECT");
}

static bool has_row_number(const AstSelect *s)
{
	for (uint32_t i = 0; i < s->items.len; i++) {
		const AstNode *e = AST_CONST(AstSelectItem, s->items.items[i])->expr;
		if (e->kind == AST_CALL && AST_CONST(AstCall, e)->over != NULL &&
		    str_eq_nocase(AST_CONST(AstCall, e)->name.items[0].text, STR("ROW_NUMBER")))
			return true;
	}
	return false;
}

static const AstSelect *select_of(const AstNode *ref)
{
	const AstNode *body =
	    ref->kind == AST_REF_SUBQUERY ? AST_CONST(AstQuery, AST_CONST(AstRefSubquery, ref)->query)->body : ref;
	return body->kind == AST_SELECT ? AST_CONST(AstSelect, body) : NULL;
}

/* May the rows of this relation change later: groups without a window function, the best of a ROW_NUMBER? */
static bool may_change(const AstNode *ref)
{
	const AstSelect *s = select_of(ref);
	if (s == NULL || s->from.len != 1)
		return false;
	const AstSelect *inner = select_of(s->from.items[0]);
	return (s->grouped && s->from.items[0]->kind != AST_REF_FUNCTION) ||
	       (inner != NULL && s->where != NULL && has_row_number(inner));
}

static void check_over_input(Dialect *d, const AstSelect *s)
{
	Windows w = {.select = s};
	for (uint32_t i = 0; i < s->items.len; i++)
		find_windows(&w, s->items.items[i]);
	if (w.first != NULL && !has_row_number(s) && s->from.len == 1 && may_change(s->from.items[0]))
		dialect_warn(d, "over-changes", w.first->node.span, "Compute it where rows are only added.",
		             "Flink's OVER takes only rows that never change, and these may");
}

static void check_frame(Dialect *d, const AstFrame *f)
{
	if (f->unit == AST_FRAME_GROUPS || f->exclude != AST_EXCLUDE_UNSPECIFIED || f->start == AST_BOUND_FOLLOWING ||
	    (f->between && f->end != AST_BOUND_CURRENT_ROW))
		dialect_error(d, "over", f->node.span, "Write ROWS or RANGE BETWEEN ... PRECEDING AND CURRENT ROW.",
		              "Flink's OVER frames over streams end at the current row");
}

/* ---- SELECT --------------------------------------------------------------------------------------------------- */

static void check_group(Dialect *d, const AstSelect *s)
{
	for (uint32_t i = 0; i < s->group_by.len; i++) {
		const AstNode *g = s->group_by.items[i];
		if (g->kind == AST_LITERAL)
			dialect_error(d, "group-by", g->span, "Write the expression itself.",
			              "Flink does not take positions in GROUP BY");
		if (g->kind != AST_COLUMN || AST_CONST(AstColumn, g)->path.len != 1)
			continue;
		for (uint32_t k = 0; k < s->items.len; k++) {
			const AstSelectItem *item = AST_CONST(AstSelectItem, s->items.items[k]);
			Str name = AST_CONST(AstColumn, g)->path.items[0].text;
			if (item->alias.text.ptr != NULL && str_eq(item->alias.text, name) && item->expr->kind != AST_COLUMN)
				dialect_warn(d, "group-by", g->span, "If no column has that name, write the expression itself.",
				             "\"%.*s\" is an alias too, which Flink does not take in GROUP BY", STR_ARG(name));
		}
	}
}

static void check_select(Dialect *d, const AstSelect *s)
{
	if (s->qualify != NULL)
		dialect_error(d, "qualify", s->qualify->span, "Put ROW_NUMBER() into a subquery, and its condition into WHERE.",
		              "Flink 1.20 has no QUALIFY");
	for (uint32_t i = 0; i < s->from.len; i++) {
		check_joins(d, s->from.items[i], s->where);
		if (i > 0 && !joins_freely(s->from.items[i]) && !has_equality(s->where))
			dialect_error(d, "join", s->from.items[i]->span, "Add an equality between columns of both sides.",
			              "Flink joins streams only by an equality");
	}
	check_windows(d, s);
	check_over_input(d, s);
	check_group(d, s);
	if (s->grouped || s->distinct)
		dialect_touch(d, DIFFERENCE_MERGED, (Span){s->node.span.begin, s->node.span.begin + 6});
}

static void check_query(Dialect *d, const AstQuery *q)
{
	if (q->emit == AST_EMIT_ON_CLOSE)
		dialect_mended(d, "emit", q->emit_span, "Leave it out: it is what Flink does.", "Flink has no EMIT clause");
	else if (q->emit == AST_EMIT_CHANGES)
		dialect_error(d, "emit", q->emit_span, "Leave it out: windows show their results when they close.",
		              "Flink has no EMIT clause");
	if (q->recursive)
		dialect_error(d, "recursive", q->node.span, "Write WITH.", "Flink has no WITH RECURSIVE");
}

static void check_table(Dialect *d, const AstNames *path, Span span)
{
	static const char *const sides[] = {"late", "bad", "refused"};
	static const char *const schemas[] = {"weir", "pg_catalog", "information_schema"};
	for (size_t i = 0; path->len > 1 && i < 3; i++) {
		if (str_eq_nocase(path->items[path->len - 1].text, str_from(sides[i])))
			dialect_error(d, "side-table", span, "Flink drops late rows and fails at bad ones.",
			              "Flink has no side tables: \"%s\"", sides[i]);
		if (str_eq_nocase(path->items[0].text, str_from(schemas[i])))
			dialect_error(d, "system-table", span, "Look at the job in Flink's web interface.",
			              "Flink has no system tables: \"%s\"", schemas[i]);
	}
}

void dialect_query(Dialect *d, AstNode *n)
{
	switch (n->kind) {
	case AST_QUERY: check_query(d, AST_CONST(AstQuery, n)); break;
	case AST_SELECT: check_select(d, AST_CONST(AstSelect, n)); break;
	case AST_FRAME:
		check_frame(d, AST_CONST(AstFrame, n));
		if (AST_CONST(AstFrame, n)->start == AST_BOUND_PRECEDING)
			dialect_touch(d, DIFFERENCE_LATE, n->span);
		break;
	case AST_REF_TABLE:
		check_table(d, &AST_CONST(AstRefTable, n)->path, n->span);
		if (AST_CONST(AstRefTable, n)->as_of)
			dialect_touch(d, DIFFERENCE_LATE, n->span);
		break;
	case AST_REF_UNNEST:
		if (AST_CONST(AstRefUnnest, n)->ordinality)
			dialect_error(d, "ordinality", n->span, "Leave it out.", "Flink 1.20 has no WITH ORDINALITY");
		break;
	case AST_REF_FUNCTION:
		if (AST_CONST(AstRefFunction, n)->ordinality)
			dialect_error(d, "ordinality", n->span, "Leave it out.", "Flink 1.20 has no WITH ORDINALITY");
		break;
	default: break;
	}
}
