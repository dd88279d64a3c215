/*
 * parser/parse_call.c: calls of functions and what may follow their arguments.
 */
#include "parser/take.h"

/* Does a list behind PARTITION BY end at this comma, because the next argument of the call comes? */
static bool next_argument_follows(Parse *p)
{
	const Token next = *take_peek(p, 1);
	if (take_peek_symbol(p, 2, SYMBOL_ARROW))
		return true;
	if (next.kind != TOKEN_WORD)
		return false;
	return (next.keyword == KW_DESCRIPTOR && take_peek_symbol(p, 2, '(')) || next.keyword == KW_TABLE ||
	       (next.keyword == KW_INTERVAL && take_peek(p, 2)->kind == TOKEN_STRING);
}

/* partition := e {"," e} | "(" e {"," e} ")" */
static bool table_partition_by(Parse *p, AstList *out)
{
	bool parens = take_peek_symbol(p, 0, '(');
	for (;;) {
		AstNode *item = parse_expr(p);
		if (item == NULL)
			return false;
		if (parens && item->kind == AST_ROW && !AST(AstItems, item)->keyword) {
			*out = AST(AstItems, item)->items;
			return true;
		}
		take_push(p, out, item);
		if (parens || !take_peek_symbol(p, 0, ',') || next_argument_follows(p))
			return true;
		take_any(p);
	}
}

static bool table_order_by(Parse *p, AstList *out)
{
	Span open = take_peek(p, 0)->span;
	bool parens = take_peek_symbol(p, 0, '(');
	if (parens)
		take_any(p);
	for (;;) {
		AstSortItem *item = parse_window_sort_item(p);
		if (item == NULL)
			return false;
		take_push(p, out, item);
		if (!take_peek_symbol(p, 0, ',') || (!parens && next_argument_follows(p)))
			break;
		take_any(p);
	}
	return !parens || take_close(p, open);
}

/* table := "TABLE" (path | "(" query ")") ["PARTITION" "BY" partition] ["ORDER" "BY" sort {"," sort}] */
static AstNode *call_table_arg(Parse *p)
{
	AstTableArg *out = TAKE_NODE(p, AstTableArg, AST_TABLE_ARG);
	take_any(p);
	if (take_peek_symbol(p, 0, '(')) {
		out->query = parse_query_parens(p);
		if (out->query == NULL)
			return NULL;
	} else if (!take_path(p, "a table's name", &out->path)) {
		return NULL;
	}
	bool partition = false, order = false;
	if (!take_by_if(p, KW_PARTITION, &partition) || (partition && !table_partition_by(p, &out->partition_by)))
		return NULL;
	if (!take_by_if(p, KW_ORDER, &order) || (order && !table_order_by(p, &out->order_by)))
		return NULL;
	return take_done(p, out);
}

/* descriptor := "DESCRIPTOR" "(" name {"," name} ")" */
static AstNode *call_descriptor(Parse *p)
{
	AstDescriptor *out = TAKE_NODE(p, AstDescriptor, AST_DESCRIPTOR);
	take_any(p);
	return take_names(p, "a column's name", &out->columns) ? take_done(p, out) : NULL;
}

/* argument := (name | any word) "=>" argument | table | descriptor | e */
static AstNode *call_argument(Parse *p)
{
	const Token token = *take_peek(p, 0);
	if ((token.kind == TOKEN_WORD || token.kind == TOKEN_NAME) && take_peek_symbol(p, 1, SYMBOL_ARROW)) {
		AstNamedArg *out = TAKE_NODE(p, AstNamedArg, AST_NAMED_ARG);
		out->name = (AstName){
		    .text = token.kind == TOKEN_NAME ? lexer_name(p->arena, p->text, &token) : lexer_text(p->text, &token),
		    .quote = token.quote,
		    .span = token.span,
		};
		take_any(p);
		take_any(p);
		out->value = take_peek_symbol(p, 1, SYMBOL_ARROW) ? parse_expr(p) : call_argument(p);
		return out->value == NULL ? NULL : take_done(p, out);
	}
	if (take_peek_word(p, 0, KW_TABLE))
		return call_table_arg(p);
	if (take_peek_word(p, 0, KW_DESCRIPTOR) && take_peek_symbol(p, 1, '('))
		return call_descriptor(p);
	return parse_expr(p);
}

/* nulls := ["RESPECT" "NULLS" | "IGNORE" "NULLS"] */
static void call_nulls(Parse *p, AstCall *call)
{
	if (take_words_if(p, KW_RESPECT, KW_NULLS))
		call->nulls = AST_NULLS_RESPECT;
	else if (take_words_if(p, KW_IGNORE, KW_NULLS))
		call->nulls = AST_NULLS_IGNORE;
}

/* tail := nulls ["WITHIN" "GROUP" "(" order-by ")"] ["FILTER" "(" "WHERE" e ")"] nulls ["OVER" over] */
bool parse_call_tail(Parse *p, AstCall *call)
{
	Span open;
	call_nulls(p, call);
	if (take_words_if(p, KW_WITHIN, KW_GROUP)) {
		if (!take_open(p, &open) || !take_words(p, KW_ORDER, KW_BY) ||
		    !parse_window_sort_list(p, &call->within_group) || !take_close(p, open))
			return false;
	}
	if (take_peek_word(p, 0, KW_FILTER) && take_peek_symbol(p, 1, '(')) {
		take_any(p);
		if (!take_open(p, &open) || !take_word(p, KW_WHERE))
			return false;
		call->filter = parse_expr(p);
		if (call->filter == NULL || !take_close(p, open))
			return false;
	}
	call_nulls(p, call);
	if (take_word_if(p, KW_OVER)) {
		call->over = parse_window_over(p);
		if (call->over == NULL)
			return false;
	}
	take_done(p, call);
	return true;
}

/* call := path "(" [ "*" | ["DISTINCT" | "ALL"] argument {"," argument} ["ORDER" "BY" sort {"," sort}] nulls ] ")" tail
 */
AstNode *parse_call(Parse *p, uint32_t begin, const AstNames *name)
{
	AstCall *call = TAKE_NODE_AT(p, AstCall, AST_CALL, begin);
	Span open;
	call->name = *name;
	if (!take_open(p, &open))
		return NULL;
	if (take_peek_symbol(p, 0, '*') && take_peek_symbol(p, 1, ')')) {
		take_any(p);
		call->star = true;
	} else if (!take_peek_symbol(p, 0, ')')) {
		call->distinct = take_word_if(p, KW_DISTINCT);
		if (!call->distinct)
			take_word_if(p, KW_ALL);
		do {
			AstNode *argument = call_argument(p);
			if (argument == NULL)
				return NULL;
			take_push(p, &call->args, argument);
		} while (take_symbol_if(p, ','));
		if (!parse_window_order_by(p, &call->order_by))
			return NULL;
		call_nulls(p, call);
	}
	if (!take_close(p, open) || !parse_call_tail(p, call))
		return NULL;
	return &call->node;
}
