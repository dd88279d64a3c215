/*
 * parser/parse_expr.c: operators, by precedence climbing.
 *
 * Each infix and postfix operator has a binding; parse_expr_above(b) reads an operand and then goes on as long as the
 * next operator binds tighter than b. The bindings are those of Calcite, on which Flink's parser rests, loosest first:
 *
 *    10 OR   20 AND   30 NOT   40 IS   50 = <> < <= > >= OVERLAPS   60 LIKE IN BETWEEN ~   70 + -
 *    80 * / % ||   90 AT TIME ZONE   100 unary + -   110 COLLATE   120 ::   130 [] .
 */
#include "parser/depth.h"
#include "parser/take.h"

enum {
	BIND_NONE = 0,
	BIND_OR = 10,
	BIND_AND = 20,
	BIND_NOT = 30,
	BIND_IS = 40,
	BIND_COMPARE = 50,
	BIND_MATCH = 60,
	BIND_ADD = 70,
	BIND_MUL = 80,
	BIND_ZONE = 90,
	BIND_SIGN = 100,
	BIND_COLLATE = 110,
	BIND_CAST = 120,
	BIND_FIELD = 130,
};

typedef struct Infix {
	int binding;
	AstOperator op; /* of plain binary operators; else AST_OP_NONE */
} Infix;

static Infix symbol_infix(int symbol)
{
	switch (symbol) {
	case '=': return (Infix){BIND_COMPARE, AST_OP_EQ};
	case SYMBOL_NE: return (Infix){BIND_COMPARE, AST_OP_NE};
	case '<': return (Infix){BIND_COMPARE, AST_OP_LT};
	case SYMBOL_LE: return (Infix){BIND_COMPARE, AST_OP_LE};
	case '>': return (Infix){BIND_COMPARE, AST_OP_GT};
	case SYMBOL_GE: return (Infix){BIND_COMPARE, AST_OP_GE};
	case '~': return (Infix){BIND_MATCH, AST_OP_MATCH};
	case SYMBOL_MATCH_NOCASE: return (Infix){BIND_MATCH, AST_OP_MATCH_NOCASE};
	case SYMBOL_NOT_MATCH: return (Infix){BIND_MATCH, AST_OP_NOT_MATCH};
	case SYMBOL_NOT_MATCH_NOCASE: return (Infix){BIND_MATCH, AST_OP_NOT_MATCH_NOCASE};
	case '+': return (Infix){BIND_ADD, AST_OP_ADD};
	case '-': return (Infix){BIND_ADD, AST_OP_SUB};
	case '*': return (Infix){BIND_MUL, AST_OP_MUL};
	case '/': return (Infix){BIND_MUL, AST_OP_DIV};
	case '%': return (Infix){BIND_MUL, AST_OP_MOD};
	case SYMBOL_CONCAT: return (Infix){BIND_MUL, AST_OP_CONCAT};
	case SYMBOL_COLONS: return (Infix){BIND_CAST, AST_OP_NONE};
	case '[':
	case '.': return (Infix){BIND_FIELD, AST_OP_NONE};
	default: return (Infix){BIND_NONE, AST_OP_NONE};
	}
}

static bool begins_match(Keyword kw)
{
	return kw == KW_LIKE || kw == KW_ILIKE || kw == KW_SIMILAR || kw == KW_IN || kw == KW_BETWEEN;
}

static Infix next_infix(Parse *p)
{
	const Token token = *take_peek(p, 0);
	if (token.kind == TOKEN_SYMBOL)
		return symbol_infix(token.symbol);
	if (token.kind != TOKEN_WORD)
		return (Infix){BIND_NONE, AST_OP_NONE};
	switch (token.keyword) {
	case KW_OR: return (Infix){BIND_OR, AST_OP_OR};
	case KW_AND: return (Infix){BIND_AND, AST_OP_AND};
	case KW_IS: return (Infix){BIND_IS, AST_OP_NONE};
	case KW_OVERLAPS: return (Infix){BIND_COMPARE, AST_OP_OVERLAPS};
	case KW_COLLATE: return (Infix){BIND_COLLATE, AST_OP_NONE};
	case KW_AT: return (Infix){take_peek_word(p, 1, KW_TIME) ? BIND_ZONE : BIND_NONE, AST_OP_NONE};
	case KW_OPERATOR: return (Infix){take_peek_symbol(p, 1, '(') ? BIND_MATCH : BIND_NONE, AST_OP_NONE};
	/* NOT NULL behind a value belongs to what is around it: DEFAULT 1 NOT NULL */
	case KW_NOT: return (Infix){take_peek_word(p, 1, KW_NULL) ? BIND_NONE : BIND_MATCH, AST_OP_NONE};
	default: return (Infix){begins_match(token.keyword) ? BIND_MATCH : BIND_NONE, AST_OP_NONE};
	}
}

bool parse_expr_list(Parse *p, AstList *out)
{
	do {
		AstNode *item = parse_expr(p);
		if (item == NULL)
			return false;
		take_push(p, out, item);
	} while (take_symbol_if(p, ','));
	return true;
}

static bool is_comparison(AstOperator op)
{
	return op >= AST_OP_EQ && op <= AST_OP_GE;
}

/* quantified := e comparison ("ANY" | "SOME" | "ALL") "(" (query | e {"," e}) ")"; at ANY */
static AstNode *expr_quantified(Parse *p, AstNode *left, AstOperator op, Span op_span)
{
	AstQuantified *out = TAKE_NODE_AT(p, AstQuantified, AST_QUANTIFIED, left->span.begin);
	Span open;
	out->op = op;
	out->op_span = op_span;
	out->arg = left;
	out->all = take_peek_word(p, 0, KW_ALL);
	take_any(p);
	if (!take_open(p, &open))
		return NULL;
	if (parse_query_begins(p))
		out->query = parse_query(p);
	else if (!parse_expr_list(p, &out->items))
		return NULL;
	if ((out->query == NULL && out->items.len == 0) || !take_close(p, open))
		return NULL;
	return take_done(p, out);
}

static AstNode *expr_binary(Parse *p, AstNode *left, Infix infix)
{
	Span op_span = take_peek(p, 0)->span;
	take_any(p);
	if (is_comparison(infix.op) && take_peek_symbol(p, 1, '(') &&
	    (take_peek_word(p, 0, KW_ANY) || take_peek_word(p, 0, KW_SOME) || take_peek_word(p, 0, KW_ALL)))
		return expr_quantified(p, left, infix.op, op_span);
	AstBinary *out = TAKE_NODE_AT(p, AstBinary, AST_BINARY, left->span.begin);
	out->op = infix.op;
	out->op_span = op_span;
	out->left = left;
	out->right = parse_expr_above(p, infix.binding);
	return out->right == NULL ? NULL : take_done(p, out);
}

/* is := e "IS" ["NOT"] ("NULL" | "TRUE" | "FALSE" | "UNKNOWN" | "DISTINCT" "FROM" e | "A" "SET" | "EMPTY"
 *       | "JSON" ["VALUE" | "SCALAR" | "ARRAY" | "OBJECT"]) */
static AstNode *expr_is(Parse *p, AstNode *left)
{
	static const struct {
		Keyword kw;
		AstIsTest test;
	} tests[] = {{KW_NULL, AST_IS_NULL},       {KW_TRUE, AST_IS_TRUE}, {KW_FALSE, AST_IS_FALSE},
	             {KW_UNKNOWN, AST_IS_UNKNOWN}, {KW_JSON, AST_IS_JSON}, {KW_EMPTY, AST_IS_EMPTY}},
	  json[] = {{KW_VALUE, AST_IS_JSON},
	            {KW_SCALAR, AST_IS_JSON_SCALAR},
	            {KW_ARRAY, AST_IS_JSON_ARRAY},
	            {KW_OBJECT, AST_IS_JSON_OBJECT}};
	Span op_span = take_peek(p, 0)->span;
	take_any(p);
	bool negated = take_word_if(p, KW_NOT);
	if (take_word_if(p, KW_DISTINCT)) {
		if (!take_word(p, KW_FROM))
			return NULL;
		AstBinary *out = TAKE_NODE_AT(p, AstBinary, AST_BINARY, left->span.begin);
		op_span.end = take_end(p);
		out->op = negated ? AST_OP_NOT_DISTINCT : AST_OP_DISTINCT;
		out->op_span = op_span;
		out->left = left;
		out->right = parse_expr_above(p, BIND_COMPARE);
		return out->right == NULL ? NULL : take_done(p, out);
	}
	AstIs *out = TAKE_NODE_AT(p, AstIs, AST_IS, left->span.begin);
	out->arg = left;
	out->negated = negated;
	for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
		if (!take_word_if(p, tests[i].kw))
			continue;
		out->test = tests[i].test;
		for (size_t k = 0; out->test == AST_IS_JSON && k < sizeof json / sizeof json[0]; k++) {
			if (take_word_if(p, json[k].kw)) {
				out->test = json[k].test;
				break;
			}
		}
		return take_done(p, out);
	}
	if (str_eq_nocase(lexer_text(p->text, take_peek(p, 0)), STR("A")) && take_peek_word(p, 1, KW_SET)) {
		take_any(p);
		take_any(p);
		out->test = AST_IS_A_SET;
		return take_done(p, out);
	}
	fail_tried(p, NULL);
	return NULL;
}

/* between := e ["NOT"] "BETWEEN" ["ASYMMETRIC" | "SYMMETRIC"] e "AND" e */
static AstNode *expr_between(Parse *p, AstNode *left, bool negated)
{
	AstBetween *out = TAKE_NODE_AT(p, AstBetween, AST_BETWEEN, left->span.begin);
	out->arg = left;
	out->negated = negated;
	out->symmetric = take_word_if(p, KW_SYMMETRIC);
	if (!out->symmetric)
		take_word_if(p, KW_ASYMMETRIC);
	out->low = parse_expr_above(p, BIND_MATCH);
	if (out->low == NULL || !take_word(p, KW_AND))
		return NULL;
	out->high = parse_expr_above(p, BIND_MATCH);
	return out->high == NULL ? NULL : take_done(p, out);
}

/* like := e ["NOT"] ("LIKE" | "ILIKE" | "SIMILAR" "TO") e ["ESCAPE" e] */
static AstNode *expr_like(Parse *p, AstNode *left, bool negated, AstLikeKind kind)
{
	AstLike *out = TAKE_NODE_AT(p, AstLike, AST_LIKE, left->span.begin);
	if (kind == AST_LIKE_SIMILAR && !take_word(p, KW_TO))
		return NULL;
	out->arg = left;
	out->negated = negated;
	out->kind = kind;
	out->pattern = parse_expr_above(p, BIND_MATCH);
	if (out->pattern == NULL)
		return NULL;
	if (take_word_if(p, KW_ESCAPE)) {
		out->escape = parse_expr_above(p, BIND_MATCH);
		if (out->escape == NULL)
			return NULL;
	}
	return take_done(p, out);
}

/* in := e ["NOT"] "IN" "(" (query | e {"," e}) ")" */
static AstNode *expr_in(Parse *p, AstNode *left, bool negated)
{
	AstIn *out = TAKE_NODE_AT(p, AstIn, AST_IN, left->span.begin);
	Span open;
	out->arg = left;
	out->negated = negated;
	if (!take_open(p, &open))
		return NULL;
	if (parse_query_begins(p))
		out->query = parse_query(p);
	else if (!parse_expr_list(p, &out->items))
		return NULL;
	if ((out->query == NULL && out->items.len == 0) || !take_close(p, open))
		return NULL;
	return take_done(p, out);
}

static AstNode *expr_match(Parse *p, AstNode *left)
{
	bool negated = take_word_if(p, KW_NOT);
	if (take_word_if(p, KW_BETWEEN))
		return expr_between(p, left, negated);
	if (take_word_if(p, KW_IN))
		return expr_in(p, left, negated);
	if (take_word_if(p, KW_LIKE))
		return expr_like(p, left, negated, AST_LIKE_LIKE);
	if (take_word_if(p, KW_ILIKE))
		return expr_like(p, left, negated, AST_LIKE_ILIKE);
	if (take_word_if(p, KW_SIMILAR))
		return expr_like(p, left, negated, AST_LIKE_SIMILAR);
	fail_tried(p, NULL);
	return NULL;
}

/* operator := "OPERATOR" "(" [name "."] symbol ")", as psql writes it */
static AstNode *expr_operator(Parse *p, AstNode *left)
{
	AstBinary *out = TAKE_NODE_AT(p, AstBinary, AST_BINARY, left->span.begin);
	Span open;
	take_any(p);
	if (!take_open(p, &open))
		return NULL;
	if (take_peek_symbol(p, 1, '.')) {
		take_any(p);
		take_any(p);
	}
	const Token token = *take_peek(p, 0);
	out->op = token.kind == TOKEN_SYMBOL ? symbol_infix(token.symbol).op : AST_OP_NONE;
	out->op_span = token.span;
	if (out->op == AST_OP_NONE) {
		fail_expected(p, "an operator");
		return NULL;
	}
	take_any(p);
	if (!take_close(p, open))
		return NULL;
	out->left = left;
	out->right = parse_expr_above(p, BIND_MATCH);
	return out->right == NULL ? NULL : take_done(p, out);
}

/* field := e "." (name | any word | "*");  subscript := e "[" e "]" */
static AstNode *expr_field(Parse *p, AstNode *left)
{
	if (take_peek_symbol(p, 0, '[')) {
		AstSubscript *out = TAKE_NODE_AT(p, AstSubscript, AST_SUBSCRIPT, left->span.begin);
		take_any(p);
		out->arg = left;
		out->index = parse_expr(p);
		return out->index == NULL || !take_symbol(p, ']') ? NULL : take_done(p, out);
	}
	take_any(p);
	const Token token = *take_peek(p, 0);
	if (token.kind == TOKEN_SYMBOL && token.symbol == '*') {
		AstStar *out = TAKE_NODE_AT(p, AstStar, AST_STAR, left->span.begin);
		take_any(p);
		out->arg = left;
		return take_done(p, out);
	}
	if (token.kind != TOKEN_WORD && token.kind != TOKEN_NAME) {
		fail_expected(p, "a field's name after \".\"");
		return NULL;
	}
	AstFieldOf *out = TAKE_NODE_AT(p, AstFieldOf, AST_FIELD_OF, left->span.begin);
	out->arg = left;
	out->name = (AstName){
	    .text = token.kind == TOKEN_NAME ? lexer_name(p->arena, p->text, &token) : lexer_text(p->text, &token),
	    .quote = token.quote,
	    .span = token.span,
	};
	take_any(p);
	return take_done(p, out);
}

/* cast := e "::" type;  collate := e "COLLATE" path;  zone := e "AT" "TIME" "ZONE" e */
static AstNode *expr_postfix(Parse *p, AstNode *left, int binding)
{
	if (binding == BIND_FIELD)
		return expr_field(p, left);
	Span op_span = take_peek(p, 0)->span;
	take_any(p);
	if (binding == BIND_CAST) {
		AstCast *out = TAKE_NODE_AT(p, AstCast, AST_CAST, left->span.begin);
		out->form = AST_CAST_COLONS;
		out->arg = left;
		out->type = parse_type_short(p);
		return out->type == NULL ? NULL : take_done(p, out);
	}
	if (binding == BIND_COLLATE) {
		AstCollate *out = TAKE_NODE_AT(p, AstCollate, AST_COLLATE, left->span.begin);
		out->arg = left;
		if (take_peek_word(p, 0, KW_DEFAULT)) { /* pg_catalog.default may stand without its schema */
			AstName name = {.text = lexer_text(p->text, take_peek(p, 0)), .span = take_peek(p, 0)->span};
			ARENA_PUSH(p->arena, &out->collation, name);
			take_any(p);
			return take_done(p, out);
		}
		return take_path(p, "a collation", &out->collation) ? take_done(p, out) : NULL;
	}
	AstBinary *out = TAKE_NODE_AT(p, AstBinary, AST_BINARY, left->span.begin);
	if (!take_words(p, KW_TIME, KW_ZONE))
		return NULL;
	op_span.end = take_end(p);
	out->op = AST_OP_AT_ZONE;
	out->op_span = op_span;
	out->left = left;
	out->right = parse_expr_above(p, BIND_ZONE);
	return out->right == NULL ? NULL : take_done(p, out);
}

static AstNode *expr_infix(Parse *p, AstNode *left, Infix infix)
{
	if (infix.op != AST_OP_NONE)
		return expr_binary(p, left, infix);
	if (infix.binding == BIND_IS)
		return expr_is(p, left);
	if (infix.binding == BIND_MATCH)
		return take_peek_word(p, 0, KW_OPERATOR) ? expr_operator(p, left) : expr_match(p, left);
	return expr_postfix(p, left, infix.binding);
}

/* prefix := "NOT" e | "-" e | "+" e | primary */
static AstNode *expr_prefix(Parse *p, int binding)
{
	AstOperator op = take_peek_symbol(p, 0, '-')                          ? AST_OP_NEG
	                 : take_peek_symbol(p, 0, '+')                        ? AST_OP_POS
	                 : take_peek_word(p, 0, KW_NOT) && binding < BIND_NOT ? AST_OP_NOT
	                                                                      : AST_OP_NONE;
	if (op == AST_OP_NONE)
		return parse_primary(p);
	AstUnary *out = TAKE_NODE(p, AstUnary, AST_UNARY);
	out->op = op;
	take_any(p);
	out->arg = parse_expr_above(p, op == AST_OP_NOT ? BIND_NOT - 1 : BIND_SIGN);
	return out->arg == NULL ? NULL : take_done(p, out);
}

AstNode *parse_expr_above(Parse *p, int binding)
{
	Depth depth = depth_begin(p);
	AstNode *left = depth_enter(p) ? expr_prefix(p, binding) : NULL;
	bool ok = left != NULL && depth_add(p, &depth);
	while (ok) {
		Infix infix = next_infix(p);
		if (infix.binding <= binding)
			break;
		left = expr_infix(p, left, infix);
		ok = left != NULL && depth_add(p, &depth);
	}
	depth_leave(p);
	depth_end(p, &depth);
	return ok ? left : NULL;
}

AstNode *parse_expr(Parse *p)
{
	return parse_expr_above(p, BIND_NONE);
}
