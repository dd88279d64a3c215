/*
 * sql/bind/bind_order.c: ORDER BY: positions, directions, and the node that sorts.
 */
#include "sql/bind/bind_int.h"

SortKey bind_order_key(const AstSortItem *item, uint32_t col)
{
	bool desc = item->direction == AST_SORT_DESC;
	/* NULL is the smallest value, unless said otherwise */
	bool first = item->nulls == AST_SORT_NULLS_UNSPECIFIED ? !desc : item->nulls == AST_SORT_NULLS_FIRST;
	return (SortKey){.col = col, .desc = desc, .nulls_first = first};
}

bool bind_order_position(Binder *b, const AstNode *e, uint32_t n, uint32_t *col, bool *is, Err *err)
{
	const AstLiteral *lit = AST_CONST(AstLiteral, e);
	int64_t at;
	*is = e->kind == AST_LITERAL && lit->kind == AST_LIT_NUMBER && str_to_i64(lit->value, &at);
	if (!*is)
		return true;
	if (at < 1 || at > n)
		return err_set_at(err, ERR_NO_SUCH_COLUMN, bind_span(b, e),
		                  "position %lld is not in the select list of %u column%s", (long long)at, n,
		                  n == 1 ? "" : "s");
	*col = (uint32_t)at - 1;
	return true;
}

bool bind_order_sort(Binder *b, Plan *input, const SortKey *keys, uint32_t nkeys, const Expr *limit, const Expr *offset,
                     Span span, uint32_t keep, Plan **out, Err *err)
{
	for (uint32_t i = 0; i < nkeys; i++) {
		const PlanCol *c = &input->cols[keys[i].col];
		if (!type_is_ordered(c->type)) {
			err_set_at(err, ERR_TYPE_MISMATCH, bind_spanned(b, span), "values of type %s have no order",
			           bind_type_text(b->arena, c->type));
			return err_hint(err, "Sort by a field of it, or by CAST(x AS STRING).");
		}
	}
	if (!b->snapshot) {
		Plan *top;
		if (!bind_topn_limit(b, input, keys, nkeys, limit, offset, span, &top, err))
			return false;
		*out = bind_plan_take(b, top, NULL, keep);
		return true;
	}
	Plan *p = bind_plan_new(b, nkeys ? PLAN_SORT : PLAN_LIMIT, span, input, NULL);
	p->sort = (PlanSort){
	    .keys = arena_copy(b->arena, keys, nkeys * sizeof *keys), .nkeys = nkeys, .limit = limit, .offset = offset};
	*out = bind_plan_take(b, bind_plan_done(b, p), NULL, keep);
	return true;
}
