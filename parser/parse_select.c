/*
 * parser/parse_select.c: SELECT with its clauses from the list to QUALIFY.
 */
#include "parser/depth.h"
#include "parser/take.h"

/* item := "*" | path "." "*" | e [["AS"] name] */
static AstNode *select_item(Parse *p)
{
	AstSelectItem *item = TAKE_NODE(p, AstSelectItem, AST_SELECT_ITEM);
	if (take_peek_symbol(p, 0, '*')) {
		AstStar *star = TAKE_NODE(p, AstStar, AST_STAR);
		take_any(p);
		item->expr = take_done(p, star);
		return take_done(p, item);
	}
	item->expr = parse_expr(p);
	if (item->expr == NULL)
		return NULL;
	if (take_peek_word(p, 0, KW_AS)) {
		take_any(p);
		if (!take_name(p, "an alias", &item->alias))
			return NULL;
	} else {
		take_alias_if(p, &item->alias);
	}
	return take_done(p, item);
}

bool parse_select_item_list(Parse *p, AstList *out)
{
	do {
		AstNode *item = select_item(p);
		if (item == NULL)
			return false;
		take_push(p, out, item);
	} while (take_symbol_if(p, ','));
	return true;
}

static bool select_group_list(Parse *p, AstList *out);

/* sets := ("GROUPING" "SETS" | "ROLLUP" | "CUBE") "(" group {"," group} ")" */
static AstNode *select_group_sets(Parse *p)
{
	AstGroupSets *out = TAKE_NODE(p, AstGroupSets, AST_GROUP_SETS);
	Span open;
	if (take_peek_word(p, 0, KW_ROLLUP)) {
		out->kind = AST_GROUP_ROLLUP;
	} else if (take_peek_word(p, 0, KW_CUBE)) {
		out->kind = AST_GROUP_CUBE;
	} else {
		out->kind = AST_GROUP_GROUPING_SETS;
		take_any(p);
	}
	take_any(p);
	if (!take_open(p, &open) || !select_group_list(p, &out->items) || !take_close(p, open))
		return NULL;
	return take_done(p, out);
}

/* group := "(" ")" | sets | e */
static AstNode *select_group(Parse *p)
{
	if (take_peek_symbol(p, 0, '(') && take_peek_symbol(p, 1, ')')) {
		AstItems *empty = TAKE_NODE(p, AstItems, AST_ROW);
		take_any(p);
		take_any(p);
		return take_done(p, empty);
	}
	if ((take_peek_word(p, 0, KW_GROUPING) && take_peek_word(p, 1, KW_SETS)) ||
	    ((take_peek_word(p, 0, KW_ROLLUP) || take_peek_word(p, 0, KW_CUBE)) && take_peek_symbol(p, 1, '(')))
		return select_group_sets(p);
	return parse_expr(p);
}

/* groups := group {"," group}; GROUPING SETS nest without an expression in between, so they count by themselves */
static bool select_group_list(Parse *p, AstList *out)
{
	bool ok = depth_enter(p);
	do {
		AstNode *item = ok ? select_group(p) : NULL;
		ok = item != NULL;
		if (ok)
			take_push(p, out, item);
	} while (ok && take_symbol_if(p, ','));
	depth_leave(p);
	return ok;
}

/* The mistakes that come from other databases' SELECT. */
static bool check_foreign_select(Parse *p)
{
	if (take_peek_word(p, 0, KW_TOP) && take_peek(p, 1)->kind == TOKEN_NUMBER)
		return fail_expected_hint(p, "an expression", "Write LIMIT %.*s at the end of the query.",
		                          STR_ARG(lexer_text(p->text, take_peek(p, 1))));
	if (take_peek_word(p, 0, KW_DISTINCT) && take_peek_word(p, 1, KW_ON)) {
		take_any(p);
		return fail_expected_hint(
		    p, "an expression",
		    "For one row of each key number them: ROW_NUMBER() OVER (PARTITION BY key ORDER BY ...) "
		    "AS rn, and keep WHERE rn = 1.");
	}
	return true;
}

/* clause := word e */
static bool select_condition(Parse *p, Keyword kw, AstNode **out)
{
	if (!take_word_if(p, kw))
		return true;
	*out = parse_expr(p);
	return *out != NULL;
}

/* windows := ["WINDOW" named {"," named}] */
static bool select_windows(Parse *p, AstSelect *select)
{
	if (!take_word_if(p, KW_WINDOW))
		return true;
	do {
		AstWindow *window = parse_window_named(p);
		if (window == NULL)
			return false;
		take_push(p, &select->windows, window);
	} while (take_symbol_if(p, ','));
	return true;
}

/* select := "SELECT" [hints] ["ALL" | "DISTINCT"] item {"," item} ["FROM" from] ["WHERE" e]
 *           ["GROUP" "BY" group {"," group}] ["HAVING" e] windows ["QUALIFY" e] */
AstNode *parse_select(Parse *p)
{
	AstSelect *select = TAKE_NODE(p, AstSelect, AST_SELECT);
	take_any(p);
	if (!parse_option_hints(p, &select->hints) || !check_foreign_select(p))
		return NULL;
	select->distinct = take_word_if(p, KW_DISTINCT);
	if (!select->distinct)
		take_word_if(p, KW_ALL);
	if (take_peek_word(p, 0, KW_FROM)) {
		fail_expected_hint(p, "a list of columns", "Write * for all columns.");
		return NULL;
	}
	if (!parse_select_item_list(p, &select->items))
		return NULL;
	if (take_word_if(p, KW_FROM) && !parse_from(p, &select->from))
		return NULL;
	if (!select_condition(p, KW_WHERE, &select->where))
		return NULL;
	if (take_word_if(p, KW_GROUP)) {
		select->grouped = true;
		if (!take_word(p, KW_BY) || !select_group_list(p, &select->group_by))
			return NULL;
	}
	if (!select_condition(p, KW_HAVING, &select->having) || !select_windows(p, select) ||
	    !select_condition(p, KW_QUALIFY, &select->qualify))
		return NULL;
	return take_done(p, select);
}
