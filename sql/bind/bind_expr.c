/*
 * sql/bind/bind_expr.c: expressions: operators and special forms become calls of functions, by the table at the top of
 * sql/functions/registry.c.
 *
 * Names are bind_scope.c's affair, calls bind_call.c's, subqueries bind_subquery.c's.
 */
#include "sql/bind/bind_int.h"

static const Expr **pair(Binder *b, const Expr *l, const Expr *r)
{
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 2);
	args[0] = l;
	args[1] = r;
	return args;
}

static const Expr *call1(Binder *b, const char *name, const Expr *arg, Span span, Err *err)
{
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 1);
	args[0] = arg;
	return arg ? bind_call_fn(b, name, args, 1, span, err) : NULL;
}

static const Expr *call2(Binder *b, const char *name, const Expr *l, const Expr *r, Span span, Err *err)
{
	return l && r ? bind_call_fn(b, name, pair(b, l, r), 2, span, err) : NULL;
}

static const Expr *negate_if(Binder *b, bool negated, const Expr *e, Span span, Err *err)
{
	return e && negated ? call1(b, "NOT", e, span, err) : e;
}

const Expr *bind_fold(Binder *b, const Expr *e)
{
	return expr_fold(b->arena, e, &b->bc->env);
}

const Expr *bind_cast_to(Binder *b, const Expr *e, const Type *type, Span span, Err *err)
{
	if (bind_param_open(b, e))
		return bind_param_as(b, e, type);
	return expr_cast(b->arena, e, type_with_null(b->arena, type, !e->type->not_null), false, span, err);
}

const Expr *bind_condition(Scope *s, const AstNode *node, const char *place, Err *err)
{
	s->place = place;
	const Expr *e = bind_expr(s, node, err);
	if (!e)
		return NULL;
	if (e->type->kind == TYPE_BOOLEAN)
		return e;
	if (e->type->kind == TYPE_NULL)
		return bind_cast_to(s->b, e, &type_boolean, bind_span(s->b, node), err);
	err_set_at(err, ERR_TYPE_MISMATCH, bind_span(s->b, node), "%s needs a condition, but this is %s", place,
	           bind_type_text(s->b->arena, e->type));
	return NULL;
}

/* ---- rows: (a, b) = (c, d) is compared part by part ---- */

static const Expr *compare(Scope *s, const char *op, const AstNode *left, const AstNode *right, Span span, Err *err);

static const Expr *compare_rows(Scope *s, const char *op, const AstItems *l, const AstItems *r, Span span, Err *err)
{
	Binder *b = s->b;
	if (l->items.len != r->items.len || l->items.len == 0) {
		err_set_at(err, ERR_TYPE_MISMATCH, span, "rows of %u and %u values cannot be compared", l->items.len,
		           r->items.len);
		return NULL;
	}
	uint32_t n = l->items.len;
	bool equal = str_eq_c(str_from(op), "="), unequal = str_eq_c(str_from(op), "<>");
	if (equal || unequal) {
		const Expr **parts = ARENA_ARRAY(b->arena, const Expr *, n);
		for (uint32_t i = 0; i < n; i++)
			if (!(parts[i] = compare(s, op, l->items.items[i], r->items.items[i], span, err)))
				return NULL;
		return n == 1 ? parts[0] : bind_call_fn(b, equal ? "AND" : "OR", parts, n, span, err);
	}
	/* (a, b) < (c, d): a < c OR (a = c AND b < d) */
	const Expr *all = NULL;
	for (uint32_t i = n; i-- > 0;) {
		char strict[2] = {op[0], 0};
		const Expr *here = compare(s, i + 1 < n ? strict : op, l->items.items[i], r->items.items[i], span, err);
		if (!here)
			return NULL;
		if (all) {
			const Expr *eq = compare(s, "=", l->items.items[i], r->items.items[i], span, err);
			all = call2(b, "AND", eq, all, span, err);
			here = call2(b, "OR", here, all, span, err);
		}
		if (!(all = here))
			return NULL;
	}
	return all;
}

static const Expr *compare(Scope *s, const char *op, const AstNode *left, const AstNode *right, Span span, Err *err)
{
	bool rows = left->kind == AST_ROW && right->kind == AST_ROW;
	if (rows && op[0] != 'I')
		return compare_rows(s, op, AST_CONST(AstItems, left), AST_CONST(AstItems, right), span, err);
	const Expr *l = bind_expr(s, left, err);
	const Expr *r = l ? bind_expr(s, right, err) : NULL;
	return call2(s->b, op, l, r, span, err);
}

/* ---- operators ---- */

static void flatten(AstOperator op, const AstNode *n, AstList *out, Arena *arena)
{
	const AstBinary *bin = AST_CONST(AstBinary, n);
	if (n->kind != AST_BINARY || bin->op != op) {
		ARENA_PUSH(arena, out, (AstNode *)n);
		return;
	}
	flatten(op, bin->left, out, arena);
	flatten(op, bin->right, out, arena);
}

static const Expr *junction(Scope *s, const AstBinary *bin, Err *err)
{
	Binder *b = s->b;
	AstList parts = {0};
	flatten(bin->op, &bin->node, &parts, b->arena);
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, parts.len);
	const char *name = bin->op == AST_OP_AND ? "AND" : "OR";
	const char *place = s->place;
	for (uint32_t i = 0; i < parts.len; i++)
		if (!(args[i] = bind_condition(s, parts.items[i], name, err)))
			return NULL;
	s->place = place;
	return bind_call_fn(b, name, args, parts.len, bind_span(b, &bin->node), err);
}

static const Expr *overlaps(Scope *s, const AstBinary *bin, Err *err)
{
	Span span = bind_span(s->b, &bin->node);
	const AstItems *rows[2] = {AST_CONST(AstItems, bin->left), AST_CONST(AstItems, bin->right)};
	const Expr **args = ARENA_ARRAY(s->b->arena, const Expr *, 4);
	for (uint32_t i = 0; i < 4; i++) {
		const AstItems *row = rows[i / 2];
		if (row->node.kind != AST_ROW || row->items.len != 2) {
			err_set_at(err, ERR_TYPE_MISMATCH, span,
			           "OVERLAPS compares two periods: (start, end) OVERLAPS (start, end)");
			return NULL;
		}
		if (!(args[i] = bind_expr(s, row->items.items[i % 2], err)))
			return NULL;
	}
	return bind_call_fn(s->b, "OVERLAPS", args, 4, span, err);
}

/* PostgreSQL's ~ and its variants. */
static const Expr *match(Scope *s, const AstBinary *bin, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &bin->node);
	const Expr *l = bind_expr(s, bin->left, err);
	const Expr *r = l ? bind_expr(s, bin->right, err) : NULL;
	if (!r)
		return NULL;
	if (bin->op == AST_OP_MATCH_NOCASE || bin->op == AST_OP_NOT_MATCH_NOCASE) {
		r = call2(b, "||", bind_literal_str(b, STR("(?i)")), r, span, err);
		r = r ? bind_fold(b, r) : NULL;
	}
	return negate_if(b, bin->op == AST_OP_NOT_MATCH || bin->op == AST_OP_NOT_MATCH_NOCASE,
	                 call2(b, "REGEXP", l, r, span, err), span, err);
}

static const Expr *binary(Scope *s, const AstBinary *bin, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &bin->node);
	switch (bin->op) {
	case AST_OP_AND:
	case AST_OP_OR: return junction(s, bin, err);
	case AST_OP_EQ: return compare(s, "=", bin->left, bin->right, span, err);
	case AST_OP_NE: return compare(s, "<>", bin->left, bin->right, span, err);
	case AST_OP_LT: return compare(s, "<", bin->left, bin->right, span, err);
	case AST_OP_LE: return compare(s, "<=", bin->left, bin->right, span, err);
	case AST_OP_GT: return compare(s, ">", bin->left, bin->right, span, err);
	case AST_OP_GE: return compare(s, ">=", bin->left, bin->right, span, err);
	case AST_OP_DISTINCT: return compare(s, "IS DISTINCT FROM", bin->left, bin->right, span, err);
	case AST_OP_NOT_DISTINCT: return compare(s, "IS NOT DISTINCT FROM", bin->left, bin->right, span, err);
	case AST_OP_OVERLAPS: return overlaps(s, bin, err);
	case AST_OP_MATCH:
	case AST_OP_MATCH_NOCASE:
	case AST_OP_NOT_MATCH:
	case AST_OP_NOT_MATCH_NOCASE: return match(s, bin, err);
	case AST_OP_AT_ZONE:
		if (!function_find(STR("AT TIME ZONE"))) {
			bind_unsupported(b, bin->op_span, err, "AT TIME ZONE is");
			err_hint(err, "CONVERT_TZ converts texts between zones; CAST between TIMESTAMP and TIMESTAMP_LTZ uses "
			              "'table.local-time-zone'.");
			return NULL;
		}
		break;
	default: break;
	}
	const Expr *l = bind_expr(s, bin->left, err);
	const Expr *r = l ? bind_expr(s, bin->right, err) : NULL;
	return call2(b, ast_operator_name(bin->op), l, r, span, err);
}

static const Expr *unary(Scope *s, const AstUnary *u, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &u->node);
	if (u->op == AST_OP_NOT)
		return call1(b, "NOT", bind_condition(s, u->arg, "NOT", err), span, err);
	const AstLiteral *lit = AST_CONST(AstLiteral, u->arg);
	if (u->op == AST_OP_NEG && u->arg->kind == AST_LITERAL && lit->kind == AST_LIT_NUMBER)
		return bind_literal(b, lit, true, err);
	const Expr *e = bind_expr(s, u->arg, err);
	if (u->op == AST_OP_NEG)
		return call1(b, "-", e, span, err);
	return e;
}

static const Expr *is_test(Scope *s, const AstIs *is, Err *err)
{
	static const char *const names[][2] = {
	    [AST_IS_NULL] = {"IS NULL", "IS NOT NULL"},
	    [AST_IS_TRUE] = {"IS TRUE", "IS NOT TRUE"},
	    [AST_IS_FALSE] = {"IS FALSE", "IS NOT FALSE"},
	    [AST_IS_UNKNOWN] = {"IS UNKNOWN", "IS NOT UNKNOWN"},
	};
	Binder *b = s->b;
	Span span = bind_span(b, &is->node);
	if (is->test == AST_IS_A_SET || is->test == AST_IS_EMPTY) {
		bind_unsupported(b, is->node.span, err, is->test == AST_IS_A_SET ? "IS A SET is" : "IS EMPTY is");
		return NULL;
	}
	const Expr *e = bind_expr(s, is->arg, err);
	if (!e)
		return NULL;
	if (is->test <= AST_IS_UNKNOWN)
		return call1(b, names[is->test][is->negated],
		             bind_param_settle(b, e, is->test == AST_IS_NULL ? NULL : &type_boolean), span, err);
	const char *kind = is->test == AST_IS_JSON_SCALAR   ? "SCALAR"
	                   : is->test == AST_IS_JSON_ARRAY  ? "ARRAY"
	                   : is->test == AST_IS_JSON_OBJECT ? "OBJECT"
	                                                    : "VALUE";
	return negate_if(b, is->negated, call2(b, "IS JSON", e, bind_literal_str(b, str_from(kind)), span, err), span, err);
}

/* x >= low AND x <= high; low first, so that its error is the one that is shown, whatever the compiler. */
static const Expr *within(Binder *b, const Expr *x, const Expr *low, const Expr *high, Span span, Err *err)
{
	const Expr *above = call2(b, ">=", x, low, span, err);
	const Expr *below = above ? call2(b, "<=", x, high, span, err) : NULL;
	return below ? call2(b, "AND", above, below, span, err) : NULL;
}

static const Expr *between(Scope *s, const AstBetween *bt, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &bt->node);
	const Expr *x = bind_expr(s, bt->arg, err);
	const Expr *low = x ? bind_expr(s, bt->low, err) : NULL;
	const Expr *high = low ? bind_expr(s, bt->high, err) : NULL;
	if (!high)
		return NULL;
	if (bind_param_open(b, x))
		x = bind_param_settle(b, x, bind_param_open(b, low) ? NULL : low->type);
	const Expr *e = within(b, x, low, high, span, err);
	if (e && bt->symmetric) {
		const Expr *other = within(b, x, high, low, span, err);
		e = other ? call2(b, "OR", e, other, span, err) : NULL;
	}
	return negate_if(b, bt->negated, e, span, err);
}

static const Expr *like(Scope *s, const AstLike *l, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &l->node);
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, 3);
	uint32_t n = l->escape ? 3 : 2;
	const AstNode *nodes[3] = {l->arg, l->pattern, l->escape};
	for (uint32_t i = 0; i < n; i++) {
		if (!(args[i] = bind_expr(s, nodes[i], err)))
			return NULL;
		args[i] = bind_param_settle(b, args[i], NULL);
	}
	const char *name = l->kind == AST_LIKE_SIMILAR ? "SIMILAR TO" : "LIKE";
	if (l->kind == AST_LIKE_ILIKE) {
		if (function_find(STR("ILIKE"))) {
			name = "ILIKE";
		} else {
			for (uint32_t i = 0; i < 2; i++)
				if (!(args[i] = call1(b, "LOWER", args[i], span, err)))
					return NULL;
			args[1] = bind_fold(b, args[1]);
		}
	}
	return negate_if(b, l->negated, bind_call_fn(b, name, args, n, span, err), span, err);
}

static const Expr *in_list(Scope *s, const AstIn *in, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &in->node);
	uint32_t n = in->items.len;
	const Expr *e;
	if (in->arg->kind == AST_ROW && !AST_CONST(AstItems, in->arg)->keyword) {
		const Expr **any = ARENA_ARRAY(b->arena, const Expr *, n);
		for (uint32_t i = 0; i < n; i++)
			if (!(any[i] = compare(s, "=", in->arg, in->items.items[i], span, err)))
				return NULL;
		e = n == 1 ? any[0] : bind_call_fn(b, "OR", any, n, span, err);
	} else {
		const Expr **args = ARENA_ARRAY(b->arena, const Expr *, n + 1);
		if (!(args[0] = bind_expr(s, in->arg, err)))
			return NULL;
		for (uint32_t i = 0; i < n; i++) {
			if (!(args[i + 1] = bind_expr(s, in->items.items[i], err)))
				return NULL;
			args[i + 1] = bind_fold(b, args[i + 1]);
		}
		e = bind_call_fn(b, "IN", args, n + 1, span, err);
	}
	return negate_if(b, in->negated, e, span, err);
}

/* x = ANY (a, b), x > ALL (a, b), and PostgreSQL's x = ANY (array). */
static const Expr *quantified_list(Scope *s, const AstQuantified *q, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &q->node);
	const char *op = ast_operator_name(q->op);
	const Expr *x = bind_expr(s, q->arg, err);
	const Expr **parts = ARENA_ARRAY(b->arena, const Expr *, q->items.len);
	for (uint32_t i = 0; i < q->items.len; i++) {
		const Expr *item = x ? bind_expr(s, q->items.items[i], err) : NULL;
		if (!item)
			return NULL;
		if (item->type->kind == TYPE_ARRAY && q->items.len == 1 && x->type->kind != TYPE_ARRAY) {
			bool any = q->op == AST_OP_EQ && !q->all, none = q->op == AST_OP_NE && q->all;
			if (!any && !none) {
				bind_unsupported(b, q->op_span, err, "%s %s with an array is", op, q->all ? "ALL" : "ANY");
				return NULL;
			}
			return negate_if(b, none, call2(b, "ARRAY_CONTAINS", item, x, span, err), span, err);
		}
		if (!(parts[i] = call2(b, op, x, item, span, err)))
			return NULL;
	}
	return q->items.len == 1 ? parts[0] : bind_call_fn(b, q->all ? "AND" : "OR", parts, q->items.len, span, err);
}

static const Expr *case_when(Scope *s, const AstCase *c, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &c->node);
	uint32_t n = c->whens.len + (c->otherwise ? 1 : 0);
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, n);
	const Expr *operand = c->operand ? bind_expr(s, c->operand, err) : NULL;
	if (c->operand && !operand)
		return NULL;
	for (uint32_t i = 0; i + 1 < c->whens.len; i += 2) {
		const AstNode *when = c->whens.items[i];
		if (operand) {
			const Expr *value = bind_expr(s, when, err);
			args[i] = call2(b, "=", operand, value, bind_span(b, when), err);
		} else {
			args[i] = bind_condition(s, when, "WHEN", err);
		}
		args[i + 1] = args[i] ? bind_expr(s, c->whens.items[i + 1], err) : NULL;
		if (!args[i + 1])
			return NULL;
	}
	if (c->otherwise && !(args[n - 1] = bind_expr(s, c->otherwise, err)))
		return NULL;
	/* parameters among the results take the type of another result */
	const Type *known = NULL;
	for (uint32_t i = 1; i < n; i += 2)
		known = bind_param_open(b, args[i]) || known ? known : args[i]->type;
	if (c->otherwise && !known && !bind_param_open(b, args[n - 1]))
		known = args[n - 1]->type;
	for (uint32_t i = 0; i < n; i++)
		if (i % 2 == 1 || i == n - 1)
			args[i] = bind_param_settle(b, args[i], known);
	return bind_call_fn(b, "CASE", args, n, span, err);
}

/* x::regclass and its like are functions here: a name becomes its OID, an OID its name. NULL: an ordinary type. */
static const char *oid_alias(const AstType *type)
{
	static const char *const names[] = {"REGCLASS", "REGTYPE", "REGNAMESPACE"};
	for (size_t i = 0; type->node.kind == AST_TYPE_NAME && i < sizeof names / sizeof names[0]; i++)
		if (str_eq_nocase(type->name.items[type->name.len - 1].text, str_from(names[i])))
			return names[i];
	return NULL;
}

static const Expr *cast(Scope *s, const AstCast *c, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &c->node);
	const char *alias = oid_alias(c->type);
	if (alias) {
		const Expr *arg = bind_expr(s, c->arg, err);
		return arg ? bind_call_fn(b, alias, &arg, 1, span, err) : NULL;
	}
	const Expr *e = bind_expr(s, c->arg, err);
	if (!e)
		return NULL;
	const Type *to =
	    c->form == AST_CAST_COLONS ? bind_type_colons(b, c->type, e, err) : bind_type_node(b, c->type, err);
	if (!to)
		return NULL;
	if (bind_param_open(b, e))
		return bind_param_as(b, e, to);
	bool try_cast = c->form == AST_CAST_TRY;
	return expr_cast(b->arena, e, type_with_null(b->arena, to, try_cast || !e->type->not_null), try_cast, span, err);
}

static const Expr *items(Scope *s, const AstItems *it, const char *name, Err *err)
{
	Binder *b = s->b;
	Span span = bind_span(b, &it->node);
	if (it->items.len == 0) {
		err_set_at(err, ERR_TYPE_MISMATCH, span, "%s needs at least one value: without one its type is not known",
		           name);
		return NULL;
	}
	const Expr **args = ARENA_ARRAY(b->arena, const Expr *, it->items.len);
	for (uint32_t i = 0; i < it->items.len; i++)
		if (!(args[i] = bind_expr(s, it->items.items[i], err)))
			return NULL;
	return bind_call_fn(b, name, args, it->items.len, span, err);
}

static const Expr *collate(Scope *s, const AstCollate *c, Err *err)
{
	Str name = c->collation.items[c->collation.len - 1].text;
	if (str_eq_nocase(name, STR("C")) || str_eq_nocase(name, STR("default")) || str_eq_nocase(name, STR("POSIX")))
		return bind_expr(s, c->arg, err);
	bind_unsupported(s->b, c->node.span, err, "collation \"%.*s\" is", STR_ARG(name));
	err_hint(err, "Texts compare by their bytes: the collation is \"C\".");
	return NULL;
}

const Expr *bind_expr(Scope *s, const AstNode *n, Err *err)
{
	Binder *b = s->b;
	const Expr *l, *r;
	switch (n->kind) {
	case AST_LITERAL: return bind_literal(b, AST_CONST(AstLiteral, n), false, err);
	case AST_INTERVAL: return bind_literal_interval(b, AST_CONST(AstInterval, n), err);
	case AST_COLUMN: return bind_scope_path(s, AST_CONST(AstColumn, n), err);
	case AST_UNARY: return unary(s, AST_CONST(AstUnary, n), err);
	case AST_BINARY: return binary(s, AST_CONST(AstBinary, n), err);
	case AST_IS: return is_test(s, AST_CONST(AstIs, n), err);
	case AST_BETWEEN: return between(s, AST_CONST(AstBetween, n), err);
	case AST_LIKE: return like(s, AST_CONST(AstLike, n), err);
	case AST_IN: return AST_CONST(AstIn, n)->query ? bind_subquery(s, n, err) : in_list(s, AST_CONST(AstIn, n), err);
	case AST_QUANTIFIED:
		return AST_CONST(AstQuantified, n)->query ? bind_subquery(s, n, err)
		                                          : quantified_list(s, AST_CONST(AstQuantified, n), err);
	case AST_EXISTS:
	case AST_SUBQUERY:
	case AST_ARRAY_OF: return bind_subquery(s, n, err);
	case AST_CASE: return case_when(s, AST_CONST(AstCase, n), err);
	case AST_CAST: return cast(s, AST_CONST(AstCast, n), err);
	case AST_CALL: return bind_call(s, AST_CONST(AstCall, n), err);
	case AST_ARRAY: return items(s, AST_CONST(AstItems, n), "ARRAY", err);
	case AST_MAP: return items(s, AST_CONST(AstItems, n), "MAP", err);
	case AST_ROW: return items(s, AST_CONST(AstItems, n), "ROW", err);
	case AST_SUBSCRIPT:
		l = bind_expr(s, AST_CONST(AstSubscript, n)->arg, err);
		r = l ? bind_expr(s, AST_CONST(AstSubscript, n)->index, err) : NULL;
		return call2(b, "ITEM", l, r, bind_span(b, n), err);
	case AST_FIELD_OF:
		l = bind_expr(s, AST_CONST(AstFieldOf, n)->arg, err);
		return l ? bind_field(b, l, AST_CONST(AstFieldOf, n)->name.text, bind_span(b, n), err) : NULL;
	case AST_PARAM: return bind_param(b, AST_CONST(AstParam, n), err);
	case AST_COLLATE: return collate(s, AST_CONST(AstCollate, n), err);
	case AST_STAR:
		err_set_at(err, ERR_SYNTAX, bind_span(b, n), "* stands only in a select list and in COUNT(*)");
		return NULL;
	case AST_DEFAULT:
		err_set_at(err, ERR_SYNTAX, bind_span(b, n), "DEFAULT stands only in INSERT ... VALUES and UPDATE ... SET");
		return NULL;
	default: err_set_at(err, ERR_SYNTAX, bind_span(b, n), "this is no value in %s", s->place); return NULL;
	}
}

/* ---- is there an aggregate? ---- */

static bool look(void *ctx, AstNode *child)
{
	(void)ctx;
	return !bind_has_aggregate(child);
}

bool bind_has_aggregate(const AstNode *n)
{
	if (!n || n->kind == AST_QUERY)
		return false;
	if (n->kind == AST_CALL) {
		const AstCall *c = AST_CONST(AstCall, n);
		if (!c->over && c->name.len > 0 && (c->star || aggregate_find(c->name.items[c->name.len - 1].text)))
			return true;
	}
	return !ast_walk((AstNode *)n, look, NULL);
}
