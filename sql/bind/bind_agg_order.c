/*
 * sql/bind/bind_agg_order.c: ORDER BY within an aggregate, and WITHIN GROUP (ORDER BY ...).
 *
 *   ARRAY_AGG(x ORDER BY y DESC, z)                   its rows are ROW(x, y, z), sorted by y and z in the end
 *   LISTAGG(x) WITHIN GROUP (ORDER BY y)              the same in the standard's words
 *   PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x)      an aggregate of x: PERCENTILE_CONT(x, p)
 *
 * Where the order cannot change the result (SUM, MAX) it is checked and forgotten.
 */
#include "sql/bind/bind_int.h"

static bool is_ordered_set(Str name)
{
	return str_eq_nocase(name, STR("PERCENTILE_CONT")) || str_eq_nocase(name, STR("PERCENTILE_DISC")) ||
	       str_eq_nocase(name, STR("MODE"));
}

bool bind_agg_order_check(Binder *b, const AstCall *c, Str name, Err *err)
{
	bool set = is_ordered_set(name);
	const AstNode *first = c->within_group.len ? c->within_group.items[0]
	                       : c->order_by.len   ? c->order_by.items[0]
	                                           : NULL;
	if (c->within_group.len && c->order_by.len)
		return err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, first),
		                  "%.*s has an ORDER BY already: WITHIN GROUP would be a second one", STR_ARG(name));
	if (c->star && first)
		return err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, first), "COUNT(*) takes no ORDER BY");
	if (!set)
		return true;
	bool plain = str_eq_nocase(name, STR("MODE")) && c->args.len == 1 && !c->within_group.len;
	if (plain)
		return true;
	uint32_t direct = str_eq_nocase(name, STR("MODE")) ? 0 : 1;
	if (c->within_group.len != 1 || c->args.len != direct) {
		err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, &c->node), "%.*s needs WITHIN GROUP (ORDER BY value)%s",
		           STR_ARG(name), direct ? " and one percentage" : "");
		return err_hint(err, "For example: %.*s(%s) WITHIN GROUP (ORDER BY x).", STR_ARG(name), direct ? "0.5" : "");
	}
	const AstSortItem *item = AST_CONST(AstSortItem, first);
	if (item->direction == AST_SORT_DESC && direct) {
		err_set_at(err, ERR_AGGREGATE_MISUSE, bind_span(b, first), "%.*s counts from the least value", STR_ARG(name));
		return err_hint(err, "Leave DESC out and write 1 - p for the percentage p.");
	}
	return true;
}

/* The argument that an ordered-set aggregate takes from WITHIN GROUP, or NULL. */
const AstNode *bind_agg_order_argument(const AstCall *c, Str name)
{
	return is_ordered_set(name) && c->within_group.len ? AST_CONST(AstSortItem, c->within_group.items[0])->expr : NULL;
}

static bool add_filter(Binder *b, const Expr *value, GroupAgg *agg, Span span, Err *err)
{
	const Expr *one[1] = {value};
	const Expr *known = bind_call_fn(b, "IS NOT NULL", one, 1, span, err);
	if (!known)
		return false;
	const Expr *both[2] = {agg->filter, known};
	agg->filter = agg->filter ? bind_call_fn(b, "AND", both, 2, span, err) : known;
	return agg->filter != NULL;
}

bool bind_agg_order(Scope *base, const AstCall *c, Str name, GroupAgg *agg, Err *err)
{
	Binder *b = base->b;
	const AstList *list = c->order_by.len ? &c->order_by : &c->within_group;
	if (!list->len || is_ordered_set(name))
		return true;
	AggOrder *order = ARENA_ARRAY_ZERO(b->arena, AggOrder, list->len);
	const Expr **items = ARENA_ARRAY(b->arena, const Expr *, list->len + 1);
	for (uint32_t i = 0; i < list->len; i++) {
		const AstSortItem *item = AST_CONST(AstSortItem, list->items[i]);
		SortKey key = bind_order_key(item, 0);
		order[i] = (AggOrder){key.desc, key.nulls_first};
		const Expr *e = bind_expr(base, item->expr, err);
		if (!e)
			return false;
		items[i + 1] = bind_param_settle(b, e, NULL);
		if (!type_is_ordered(items[i + 1]->type)) {
			err_set_at(err, ERR_TYPE_MISMATCH, bind_span(b, item->expr), "values of type %s have no order",
			           bind_type_text(b->arena, items[i + 1]->type));
			return err_hint(err, "Sort by a field of it, or by CAST(x AS STRING).");
		}
	}
	if (agg->call.kind != AGG_ORDERED)
		return true;
	Span span = bind_span(b, &c->node);
	items[0] = agg->args[0];
	if (agg->call.ignore_nulls && !add_filter(b, items[0], agg, span, err))
		return false;
	const Expr *row = bind_call_fn(b, "ROW", items, list->len + 1, span, err);
	if (!row)
		return false;
	agg->args[0] = row;
	agg->call.order = order;
	agg->call.norder = list->len;
	agg->call.row_type = row->type;
	agg->call.needs_all = true;
	return true;
}

bool bind_agg_order_same(const AggCall *x, const AggCall *y)
{
	bool same = x->norder == y->norder;
	for (uint32_t i = 0; same && i < x->norder; i++)
		same = x->order[i].desc == y->order[i].desc && x->order[i].nulls_first == y->order[i].nulls_first;
	return same;
}

void bind_agg_order_print(const GroupAgg *agg, const Str *names, StrBuf *out)
{
	for (uint32_t i = 0; i < agg->call.norder; i++) {
		strbuf_puts(out, i ? ", " : " ORDER BY ");
		expr_print(agg->args[0]->args[i + 1], names, out);
		const AggOrder *o = &agg->call.order[i];
		strbuf_puts(out, o->desc ? " DESC" : "");
		if (o->nulls_first == o->desc)
			strbuf_puts(out, o->nulls_first ? " NULLS FIRST" : " NULLS LAST");
	}
}
