/*
 * parser/print_query.c: queries.
 */
#include "parser/print_int.h"

/* A side of a set operation; on the right one of the same level needs parentheses. */
static void print_side(Print *p, const AstNode *side, AstSetOpKind op, bool right)
{
	bool parens = side->kind == AST_QUERY;
	if (side->kind == AST_SETOP) {
		bool tight = AST_CONST(AstSetOp, side)->op == AST_SETOP_INTERSECT;
		parens = op == AST_SETOP_INTERSECT ? !tight || right : right && !tight;
	}
	print_if(p, parens, "(");
	print_any(p, side);
	print_if(p, parens, ")");
}

static void print_setop(Print *p, const AstSetOp *q)
{
	static const char *const words[] = {" UNION ", " INTERSECT ", " EXCEPT "};
	print_side(p, q->left, q->op, false);
	print_puts(p, words[q->op]);
	print_if(p, q->all, "ALL ");
	print_side(p, q->right, q->op, true);
}

static void print_query(Print *p, const AstQuery *q)
{
	static const char *const emits[] = {"", " EMIT CHANGES", " EMIT ON WINDOW CLOSE"};
	if (q->with.len > 0) {
		print_puts(p, q->recursive ? "WITH RECURSIVE " : "WITH ");
		print_list(p, &q->with);
		print_puts(p, " ");
	}
	bool parens = q->body->kind == AST_QUERY;
	print_if(p, parens, "(");
	print_any(p, q->body);
	print_if(p, parens, ")");
	print_list_if(p, " ORDER BY ", &q->order_by);
	if (!q->fetch)
		print_node_if(p, " LIMIT ", q->limit);
	print_node_if(p, " OFFSET ", q->offset);
	if (q->fetch) {
		bool parens_count = q->limit->kind != AST_LITERAL && q->limit->kind != AST_PARAM;
		print_puts(p, parens_count ? " FETCH FIRST (" : " FETCH FIRST ");
		print_any(p, q->limit);
		print_puts(p, parens_count ? ") ROWS ONLY" : " ROWS ONLY");
	}
	print_puts(p, emits[q->emit]);
}

static void print_select(Print *p, const AstSelect *q)
{
	print_puts(p, "SELECT ");
	if (q->hints.len > 0) {
		print_from_hints(p, &q->hints);
		print_puts(p, " ");
	}
	print_if(p, q->distinct, "DISTINCT ");
	print_list(p, &q->items);
	print_list_if(p, " FROM ", &q->from);
	print_node_if(p, " WHERE ", q->where);
	print_list_if(p, " GROUP BY ", &q->group_by);
	print_node_if(p, " HAVING ", q->having);
	print_list_if(p, " WINDOW ", &q->windows);
	print_node_if(p, " QUALIFY ", q->qualify);
}

static void print_cte(Print *p, const AstCte *cte)
{
	print_ident(p, &cte->name);
	if (cte->columns.len > 0) {
		print_puts(p, " ");
		print_names(p, &cte->columns);
	}
	print_puts(p, " AS (");
	print_any(p, cte->query);
	print_puts(p, ")");
}

static void print_values(Print *p, const AstValues *q)
{
	print_puts(p, "VALUES ");
	for (uint32_t i = 0; i < q->rows.len; i++) {
		print_if(p, i > 0, ", ");
		print_parens(p, &AST_CONST(AstItems, q->rows.items[i])->items);
	}
}

static void print_group_sets(Print *p, const AstGroupSets *sets)
{
	static const char *const words[] = {"GROUPING SETS ", "ROLLUP ", "CUBE "};
	print_puts(p, words[sets->kind]);
	print_parens(p, &sets->items);
}

bool print_query_kind(Print *p, const AstNode *node)
{
	switch (node->kind) {
	case AST_QUERY: print_query(p, AST_CONST(AstQuery, node)); return true;
	case AST_SELECT: print_select(p, AST_CONST(AstSelect, node)); return true;
	case AST_SETOP: print_setop(p, AST_CONST(AstSetOp, node)); return true;
	case AST_VALUES: print_values(p, AST_CONST(AstValues, node)); return true;
	case AST_TABLE_QUERY:
		print_puts(p, "TABLE ");
		print_path(p, &AST_CONST(AstTableQuery, node)->path);
		return true;
	case AST_CTE: print_cte(p, AST_CONST(AstCte, node)); return true;
	case AST_SELECT_ITEM:
		print_any(p, AST_CONST(AstSelectItem, node)->expr);
		if (AST_CONST(AstSelectItem, node)->alias.text.ptr != NULL) {
			print_puts(p, " AS ");
			print_ident(p, &AST_CONST(AstSelectItem, node)->alias);
		}
		return true;
	case AST_GROUP_SETS: print_group_sets(p, AST_CONST(AstGroupSets, node)); return true;
	default: return false;
	}
}
