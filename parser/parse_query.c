/*
 * parser/parse_query.c: what stands around selects: WITH, set operations, VALUES, ORDER BY, LIMIT, EMIT.
 */
#include "parser/depth.h"
#include "parser/take.h"

static bool begins_query(const Token *token)
{
	return token->kind == TOKEN_WORD && (token->keyword == KW_SELECT || token->keyword == KW_VALUES ||
	                                     token->keyword == KW_WITH || token->keyword == KW_TABLE);
}

/* What may follow a query in parentheses if the whole is a query: a set operation, or a clause of the outer one. */
static bool continues_query(const Token *token)
{
	if (token->kind != TOKEN_WORD)
		return token->kind == TOKEN_END || token->kind == TOKEN_BAD;
	switch (token->keyword) {
	case KW_UNION:
	case KW_INTERSECT:
	case KW_EXCEPT:
	case KW_ORDER:
	case KW_LIMIT:
	case KW_OFFSET:
	case KW_FETCH:
	case KW_EMIT: return true;
	default: return false;
	}
}

/* The parenthesis that closes the one `open` tokens from here; past the last token if there is none. */
static uint32_t matching_close(Parse *p, uint32_t open)
{
	uint32_t level = 1, n = open + 1;
	for (;; n++) {
		const Token *token = take_peek(p, n);
		if (token->kind == TOKEN_END || token->kind == TOKEN_BAD)
			return n;
		if (token->kind == TOKEN_SYMBOL && token->symbol == '(')
			level++;
		if (token->kind == TOKEN_SYMBOL && token->symbol == ')' && --level == 0)
			return n;
	}
}

/* ((SELECT 1) + 1) is an expression and ((SELECT 1) UNION (SELECT 2)) a query: what follows the inner parentheses
 * decides. Looking costs less than trying: attempts in attempts double with each level. */
bool parse_query_begins(Parse *p)
{
	uint32_t parens = 0;
	while (take_peek_symbol(p, parens, '('))
		parens++;
	if (!begins_query(take_peek(p, parens)))
		return false;
	if (parens == 0)
		return true;
	uint32_t after = matching_close(p, parens - 1) + 1;
	for (uint32_t open = parens - 1;; open--, after++) {
		if (continues_query(take_peek(p, after)))
			return true;
		if (!take_peek_symbol(p, after, ')'))
			return false;
		if (open == 0)
			return true;
	}
}

static bool is_bare(const AstQuery *q)
{
	return q->with.len == 0 && q->order_by.len == 0 && q->limit == NULL && q->offset == NULL &&
	       q->emit == AST_EMIT_UNSPECIFIED;
}

AstNode *parse_query_parens(Parse *p)
{
	Span open;
	if (!take_open(p, &open))
		return NULL;
	if (!begins_query(take_peek(p, 0)) && !take_peek_symbol(p, 0, '(')) {
		fail_expected(p, "a query");
		return NULL;
	}
	AstNode *query = parse_query(p);
	return query == NULL || !take_close(p, open) ? NULL : query;
}

/* row := "(" e {"," e} ")" | "ROW" "(" e {"," e} ")" | e; what is no list is a row of one. ((1, 2)) is a row of one
 * that holds a row: the outer parentheses begin before the inner row does. */
AstNode *parse_query_row(Parse *p)
{
	uint32_t begin = take_begin(p);
	AstNode *item = parse_expr(p);
	if (item == NULL)
		return NULL;
	if (item->kind == AST_ROW && item->span.begin == begin) {
		AST(AstItems, item)->keyword = false;
		return item;
	}
	AstItems *row = TAKE_NODE_AT(p, AstItems, AST_ROW, begin);
	take_push(p, &row->items, item);
	return take_done(p, row);
}

/* values := "VALUES" row {"," row} */
static AstNode *query_values(Parse *p)
{
	AstValues *out = TAKE_NODE(p, AstValues, AST_VALUES);
	take_any(p);
	do {
		AstNode *row = parse_query_row(p);
		if (row == NULL)
			return NULL;
		take_push(p, &out->rows, row);
	} while (take_symbol_if(p, ','));
	return take_done(p, out);
}

/* primary := select | values | "TABLE" path | "(" query ")" */
static AstNode *query_primary(Parse *p)
{
	if (take_peek_word(p, 0, KW_SELECT))
		return parse_select(p);
	if (take_peek_word(p, 0, KW_VALUES))
		return query_values(p);
	if (take_peek_word(p, 0, KW_TABLE)) {
		AstTableQuery *out = TAKE_NODE(p, AstTableQuery, AST_TABLE_QUERY);
		take_any(p);
		return take_path(p, "a table's name", &out->path) ? take_done(p, out) : NULL;
	}
	if (!take_peek_symbol(p, 0, '(')) {
		take_note_tried(p, "SELECT");
		take_note_tried(p, "VALUES");
		take_note_tried(p, "TABLE");
		take_note_tried(p, "\"(\"");
		fail_tried(p, NULL);
		return NULL;
	}
	AstNode *query = parse_query_parens(p);
	if (query == NULL)
		return NULL;
	return is_bare(AST(AstQuery, query)) ? AST(AstQuery, query)->body : query;
}

static AstNode *set_operation(Parse *p, AstNode *left, AstSetOpKind op, AstNode *(*operand)(Parse *))
{
	AstSetOp *out = TAKE_NODE_AT(p, AstSetOp, AST_SETOP, left->span.begin);
	take_any(p);
	out->op = op;
	out->all = take_word_if(p, KW_ALL);
	if (!out->all)
		take_word_if(p, KW_DISTINCT);
	out->left = left;
	out->right = operand(p);
	return out->right == NULL ? NULL : take_done(p, out);
}

/* term := primary { "INTERSECT" ["ALL" | "DISTINCT"] primary } */
static AstNode *query_term(Parse *p)
{
	Depth depth = depth_begin(p);
	AstNode *left = query_primary(p);
	bool ok = left != NULL && depth_add(p, &depth);
	take_note_tried(p, "INTERSECT");
	while (ok && take_peek_word(p, 0, KW_INTERSECT)) {
		left = set_operation(p, left, AST_SETOP_INTERSECT, query_primary);
		ok = left != NULL && depth_add(p, &depth);
	}
	depth_end(p, &depth);
	return ok ? left : NULL;
}

/* body := term { ("UNION" | "EXCEPT") ["ALL" | "DISTINCT"] term } */
static AstNode *query_body(Parse *p)
{
	Depth depth = depth_begin(p);
	AstNode *left = query_term(p);
	bool ok = left != NULL && depth_add(p, &depth);
	while (ok && (take_peek_word(p, 0, KW_UNION) || take_peek_word(p, 0, KW_EXCEPT))) {
		AstSetOpKind op = take_peek_word(p, 0, KW_UNION) ? AST_SETOP_UNION : AST_SETOP_EXCEPT;
		left = set_operation(p, left, op, query_term);
		ok = left != NULL && depth_add(p, &depth);
	}
	take_note_tried(p, "UNION");
	take_note_tried(p, "EXCEPT");
	depth_end(p, &depth);
	return ok ? left : NULL;
}

/* with := "WITH" ["RECURSIVE"] name ["(" name {"," name} ")"] "AS" "(" query ")" {"," ...} */
static bool query_with(Parse *p, AstQuery *q)
{
	if (!take_word_if(p, KW_WITH))
		return true;
	if (take_peek_word(p, 0, KW_RECURSIVE) && take_peek_name(p, 1)) {
		take_any(p);
		q->recursive = true;
	}
	do {
		AstCte *cte = TAKE_NODE(p, AstCte, AST_CTE);
		if (!take_name(p, "a name for the query", &cte->name))
			return false;
		if (take_peek_symbol(p, 0, '(') && !take_names(p, "a column's name", &cte->columns))
			return false;
		if (!take_word(p, KW_AS))
			return false;
		cte->query = parse_query_parens(p);
		if (cte->query == NULL)
			return false;
		take_push(p, &q->with, take_done(p, cte));
	} while (take_symbol_if(p, ','));
	return true;
}

/* limit := "LIMIT" ("ALL" | e) */
static bool query_limit(Parse *p, AstQuery *q)
{
	if (take_word_if(p, KW_ALL))
		return true;
	q->limit = parse_expr(p);
	if (q->limit == NULL)
		return false;
	if (take_peek_symbol(p, 0, ',')) {
		Str offset = str_make(p->text.ptr + q->limit->span.begin, q->limit->span.end - q->limit->span.begin);
		const Token *count = take_peek(p, 1);
		return fail_expected_hint(p, "OFFSET or the end of the query", "Write LIMIT %.*s OFFSET %.*s.",
		                          STR_ARG(lexer_text(p->text, count)), STR_ARG(offset));
	}
	return true;
}

static void skip_rows(Parse *p)
{
	if (!take_word_if(p, KW_ROW))
		take_word_if(p, KW_ROWS);
}

/* fetch := "FETCH" ("FIRST" | "NEXT") [e] ("ROW" | "ROWS") "ONLY" */
static bool query_fetch(Parse *p, AstQuery *q)
{
	if (!take_word_if(p, KW_FIRST) && !take_word_if(p, KW_NEXT))
		return fail_tried(p, NULL);
	q->fetch = true;
	if (take_peek_word(p, 0, KW_ROW) || take_peek_word(p, 0, KW_ROWS)) {
		AstLiteral *one = TAKE_NODE(p, AstLiteral, AST_LITERAL);
		one->kind = AST_LIT_NUMBER;
		one->value = one->raw = STR("1");
		q->limit = &one->node;
	} else {
		q->limit = parse_primary(p);
	}
	if (q->limit == NULL)
		return false;
	if (!take_word_if(p, KW_ROW) && !take_word_if(p, KW_ROWS))
		return fail_tried(p, NULL);
	return take_word(p, KW_ONLY);
}

/* emit := "EMIT" ("CHANGES" | "ON" "WINDOW" "CLOSE") */
static bool query_emit(Parse *p, AstQuery *q)
{
	q->emit_span = take_peek(p, 0)->span;
	take_any(p);
	if (take_word_if(p, KW_CHANGES)) {
		q->emit = AST_EMIT_CHANGES;
	} else if (take_peek_word(p, 0, KW_ON)) {
		take_any(p);
		if (!take_words(p, KW_WINDOW, KW_CLOSE))
			return false;
		q->emit = AST_EMIT_ON_CLOSE;
	} else {
		return fail_expected_hint(p, "CHANGES or ON WINDOW CLOSE",
		                          "EMIT CHANGES follows every change; EMIT ON WINDOW CLOSE gives closed windows only.");
	}
	q->emit_span.end = take_end(p);
	return true;
}

/* tail := ["ORDER" "BY" sort {"," sort}] { limit | "OFFSET" e ["ROW" | "ROWS"] | fetch | emit }, each once */
static bool query_tail(Parse *p, AstQuery *q)
{
	if (!parse_window_order_by(p, &q->order_by))
		return false;
	bool limited = false;
	for (;;) {
		if (!limited && take_word_if(p, KW_LIMIT)) {
			limited = true;
			if (!query_limit(p, q))
				return false;
		} else if (q->offset == NULL && take_word_if(p, KW_OFFSET)) {
			q->offset = parse_expr(p);
			if (q->offset == NULL)
				return false;
			skip_rows(p);
		} else if (!limited && take_word_if(p, KW_FETCH)) {
			limited = true;
			if (!query_fetch(p, q))
				return false;
		} else if (q->emit == AST_EMIT_UNSPECIFIED && take_peek_word(p, 0, KW_EMIT)) {
			if (!query_emit(p, q))
				return false;
		} else {
			take_note_tried(p, "EMIT");
			return true;
		}
	}
}

/* query := [with] body tail */
AstNode *parse_query(Parse *p)
{
	AstQuery *q = TAKE_NODE(p, AstQuery, AST_QUERY);
	bool ok = depth_enter(p) && query_with(p, q);
	if (ok) {
		q->body = query_body(p);
		ok = q->body != NULL && query_tail(p, q);
	}
	depth_leave(p);
	if (!ok)
		return NULL;
	take_done(p, q);
	if (is_bare(q) && q->body->kind == AST_QUERY)
		return q->body;
	return &q->node;
}
