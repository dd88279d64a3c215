/*
 * parser/parse_primary.c: the operands of expressions: literals, names, parentheses, CASE, CAST, constructors.
 */
#include "parser/depth.h"
#include "parser/take.h"

/* parens := "(" (query | e {"," e}) ")" */
static AstNode *primary_parens(Parse *p)
{
	uint32_t begin = take_begin(p);
	Span open;
	take_open(p, &open);
	if (parse_query_begins(p)) {
		AstSubquery *out = TAKE_NODE_AT(p, AstSubquery, AST_SUBQUERY, begin);
		out->query = parse_query(p);
		return out->query == NULL || !take_close(p, open) ? NULL : take_done(p, out);
	}
	AstItems *row = TAKE_NODE_AT(p, AstItems, AST_ROW, begin);
	if (!parse_expr_list(p, &row->items) || !take_close(p, open))
		return NULL;
	return row->items.len == 1 ? row->items.items[0] : take_done(p, row);
}

/* case := "CASE" [e] "WHEN" e "THEN" e { "WHEN" e "THEN" e } ["ELSE" e] "END" */
static AstNode *primary_case(Parse *p)
{
	AstCase *out = TAKE_NODE(p, AstCase, AST_CASE);
	take_any(p);
	if (!take_peek_word(p, 0, KW_WHEN)) {
		out->operand = parse_expr(p);
		if (out->operand == NULL)
			return NULL;
	}
	if (!take_peek_word(p, 0, KW_WHEN)) {
		take_note_tried(p, "WHEN");
		fail_tried(p, NULL);
		return NULL;
	}
	while (take_word_if(p, KW_WHEN)) {
		AstNode *when = parse_expr(p);
		if (when == NULL || !take_word(p, KW_THEN))
			return NULL;
		AstNode *then = parse_expr(p);
		if (then == NULL)
			return NULL;
		take_push(p, &out->whens, when);
		take_push(p, &out->whens, then);
	}
	if (take_word_if(p, KW_ELSE)) {
		out->otherwise = parse_expr(p);
		if (out->otherwise == NULL)
			return NULL;
	}
	if (!take_word_if(p, KW_END)) {
		fail_tried(p, NULL);
		return NULL;
	}
	return take_done(p, out);
}

/* cast := ("CAST" | "TRY_CAST") "(" e "AS" type ")" */
static AstNode *primary_cast(Parse *p)
{
	AstCast *out = TAKE_NODE(p, AstCast, AST_CAST);
	Span open;
	out->form = take_peek_word(p, 0, KW_CAST) ? AST_CAST_CAST : AST_CAST_TRY;
	take_any(p);
	if (!take_open(p, &open))
		return NULL;
	out->arg = parse_expr(p);
	if (out->arg == NULL)
		return NULL;
	if (take_peek_symbol(p, 0, ',')) {
		fail_expected_hint(p, "AS", "A cast is written CAST(x AS type).");
		return NULL;
	}
	if (!take_word(p, KW_AS))
		return NULL;
	out->type = parse_type(p);
	return out->type == NULL || !take_close(p, open) ? NULL : take_done(p, out);
}

/* exists := "EXISTS" "(" query ")";  array := "ARRAY" "(" query ")" */
static AstNode *primary_query(Parse *p, AstKind kind)
{
	AstSubquery *out = TAKE_NODE(p, AstSubquery, kind);
	take_any(p);
	out->query = parse_query_parens(p);
	return out->query == NULL ? NULL : take_done(p, out);
}

/* array := "ARRAY" "[" [e {"," e}] "]";  map := "MAP" "[" [e "," e {"," e "," e}] "]" */
static AstNode *primary_brackets(Parse *p, AstKind kind)
{
	AstItems *out = TAKE_NODE(p, AstItems, kind);
	take_any(p);
	take_any(p);
	if (!take_symbol_if(p, ']')) {
		if (!parse_expr_list(p, &out->items) || !take_symbol(p, ']'))
			return NULL;
	}
	take_done(p, out);
	if (kind == AST_MAP && out->items.len % 2 != 0) {
		fail_at(p, out->node.span, "a key without a value in MAP[...]");
		err_hint(p->err, "Keys and values alternate: MAP['a', 1, 'b', 2].");
		return NULL;
	}
	return &out->node;
}

/* row := "ROW" "(" [e {"," e}] ")" */
static AstNode *primary_row(Parse *p)
{
	AstItems *out = TAKE_NODE(p, AstItems, AST_ROW);
	Span open;
	out->keyword = true;
	take_any(p);
	if (!take_open(p, &open))
		return NULL;
	if (take_peek_symbol(p, 0, ')')) {
		take_any(p);
		return take_done(p, out);
	}
	return !parse_expr_list(p, &out->items) || !take_close(p, open) ? NULL : take_done(p, out);
}

/* param := "$" digits | "?" */
static AstNode *primary_param(Parse *p)
{
	AstParam *out = TAKE_NODE(p, AstParam, AST_PARAM);
	const Token token = *take_peek(p, 0);
	take_any(p);
	if (token.kind == TOKEN_PARAM) {
		Str digits = lexer_text(p->text, &token);
		int64_t number = 0;
		if (!str_to_i64(str_slice(digits, 1, digits.len), &number) || number < 1 || number > UINT16_MAX) {
			fail_at(p, token.span, "parameters are numbered from $1 to $65535");
			return NULL;
		}
		out->number = (uint32_t)number;
	} else {
		out->number = ++p->questions;
		out->question = true;
	}
	return take_done(p, out);
}

/* The functions that are called without parentheses. */
static bool is_bare_function(Keyword kw)
{
	switch (kw) {
	case KW_CURRENT_DATE:
	case KW_CURRENT_TIME:
	case KW_CURRENT_TIMESTAMP:
	case KW_LOCALTIME:
	case KW_LOCALTIMESTAMP:
	case KW_CURRENT_USER:
	case KW_CURRENT_ROLE:
	case KW_CURRENT_SCHEMA:
	case KW_CURRENT_CATALOG:
	case KW_SESSION_USER: return true;
	default: return false;
	}
}

/* Reserved words that are functions before "(". */
static bool is_reserved_function(Parse *p)
{
	return (take_peek_word(p, 0, KW_LEFT) || take_peek_word(p, 0, KW_RIGHT)) && take_peek_symbol(p, 1, '(');
}

static AstName name_of_token(Parse *p)
{
	const Token token = *take_peek(p, 0);
	take_any(p);
	return (AstName){
	    .text = token.kind == TOKEN_NAME ? lexer_name(p->arena, p->text, &token) : lexer_text(p->text, &token),
	    .quote = token.quote,
	    .span = token.span,
	};
}

/* name := path | path "." "*" | path "(" ... a call */
static AstNode *primary_name(Parse *p)
{
	const Token first = *take_peek(p, 0);
	uint32_t begin = first.span.begin;
	AstNames path = {0};
	AstName name = name_of_token(p);
	ARENA_PUSH(p->arena, &path, name);
	while (take_peek_symbol(p, 0, '.')) {
		const Token next = *take_peek(p, 1);
		take_any(p);
		if (next.kind == TOKEN_SYMBOL && next.symbol == '*') {
			AstStar *star = TAKE_NODE_AT(p, AstStar, AST_STAR, begin);
			take_any(p);
			star->path = path;
			return take_done(p, star);
		}
		if (next.kind != TOKEN_WORD && next.kind != TOKEN_NAME) {
			fail_expected(p, "a name after \".\"");
			return NULL;
		}
		name = name_of_token(p);
		ARENA_PUSH(p->arena, &path, name);
	}
	if (take_peek_symbol(p, 0, '('))
		return parse_call(p, begin, &path);
	if (path.len == 1 && first.kind == TOKEN_WORD && is_bare_function(first.keyword)) {
		AstCall *call = TAKE_NODE_AT(p, AstCall, AST_CALL, begin);
		call->name = path;
		call->form = AST_CALL_BARE;
		return take_done(p, call);
	}
	AstColumn *column = TAKE_NODE_AT(p, AstColumn, AST_COLUMN, begin);
	column->path = path;
	return take_done(p, column);
}

/* Words that begin or join clauses are rarely meant as a column's name. */
static bool is_clause_word(Parse *p, Keyword kw)
{
	static const Keyword words[] = {KW_FROM,  KW_WHERE, KW_HAVING, KW_UNION, KW_INTERSECT, KW_EXCEPT,  KW_JOIN, KW_ON,
	                                KW_USING, KW_INTO,  KW_AND,    KW_OR,    KW_THEN,      KW_WHEN,    KW_ELSE, KW_AS,
	                                KW_IN,    KW_IS,    KW_LIKE,   KW_NOT,   KW_BETWEEN,   KW_DISTINCT};
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (kw == words[i])
			return true;
	return (kw == KW_GROUP || kw == KW_ORDER) && take_peek_word(p, 1, KW_BY);
}

static AstNode *primary_failed(Parse *p)
{
	const Token token = *take_peek(p, 0);
	const Token *before = p->at > 0 ? &p->items[p->at - 1] : NULL;
	Keyword last = before != NULL && before->kind == TOKEN_WORD ? before->keyword : KW_NONE;
	bool reserved = token.kind == TOKEN_WORD && keywords_class(token.keyword) == KEYWORD_RESERVED;
	if (reserved && (token.keyword == KW_SELECT || token.keyword == KW_WITH))
		fail_expected_hint(p, "an expression", "A query as a value stands in parentheses: (SELECT ...).");
	else if (reserved && !is_clause_word(p, token.keyword) &&
	         (last == KW_SELECT || keywords_class(last) != KEYWORD_RESERVED))
		fail_expected_hint(p, "an expression", "%s is a reserved word. As a name it stands in backticks: `%.*s`.",
		                   keywords_text(token.keyword), STR_ARG(lexer_text(p->text, &token)));
	else
		fail_expected(p, "an expression");
	return NULL;
}

/* primary := literal | parens | case | cast | exists | array | map | row | param | "DEFAULT" | special | name */
AstNode *parse_primary(Parse *p)
{
	bool taken = false;
	AstNode *out = parse_literal(p, &taken);
	if (taken)
		return out;
	const Token token = *take_peek(p, 0);
	if (token.kind == TOKEN_PARAM)
		return primary_param(p);
	if (token.kind == TOKEN_SYMBOL) {
		if (token.symbol == '(')
			return primary_parens(p);
		if (token.symbol == '?')
			return primary_param(p);
		return primary_failed(p);
	}
	if (token.kind == TOKEN_WORD) {
		bool parens = take_peek_symbol(p, 1, '('), brackets = take_peek_symbol(p, 1, '[');
		switch (token.keyword) {
		case KW_CASE: return primary_case(p);
		case KW_CAST: return primary_cast(p);
		case KW_EXISTS: return primary_query(p, AST_EXISTS);
		case KW_DEFAULT: {
			AstNode *node = TAKE_NODE(p, AstNode, AST_DEFAULT);
			take_any(p);
			return take_done(p, node);
		}
		case KW_TRY_CAST:
			if (parens)
				return primary_cast(p);
			break;
		case KW_ARRAY:
			if (brackets)
				return primary_brackets(p, AST_ARRAY);
			if (parens)
				return primary_query(p, AST_ARRAY_OF);
			break;
		case KW_MAP:
			if (brackets)
				return primary_brackets(p, AST_MAP);
			break;
		case KW_ROW:
			if (parens)
				return primary_row(p);
			break;
		default: break;
		}
		out = parse_special(p, &taken);
		if (taken)
			return out;
	}
	if (take_peek_name(p, 0) || is_reserved_function(p))
		return primary_name(p);
	return primary_failed(p);
}
