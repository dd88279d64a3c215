/*
 * parser/parse_json.c: the JSON functions of the SQL standard and their clauses.
 */
#include "parser/take.h"

static bool push_expr(Parse *p, AstCall *call)
{
	AstNode *arg = parse_expr(p);
	if (arg == NULL)
		return false;
	take_push(p, &call->args, arg);
	return true;
}

/* The clauses are made when the first is met. */
static AstJsonClauses *clauses_of(Parse *p, AstCall *call)
{
	if (call->json == NULL) {
		call->json = TAKE_NODE(p, AstJsonClauses, AST_JSON_CLAUSES);
		call->form = AST_CALL_JSON;
	}
	return call->json;
}

/* returning := ["RETURNING" type] */
static bool json_returning(Parse *p, AstCall *call)
{
	if (!take_peek_word(p, 0, KW_RETURNING))
		return true;
	AstJsonClauses *clauses = clauses_of(p, call);
	take_any(p);
	clauses->returning = parse_type_short(p); /* NULL behind it is a clause of its own */
	return clauses->returning != NULL && take_done(p, clauses) != NULL;
}

/* behavior := ("NULL" | "ERROR" | "DEFAULT" e | "TRUE" | "FALSE" | "UNKNOWN" | "EMPTY" ["ARRAY" | "OBJECT"])
 *             "ON" ("EMPTY" | "ERROR") */
static bool json_behaviors(Parse *p, AstCall *call)
{
	static const struct {
		Keyword kw;
		AstJsonBehavior behavior;
	} simple[] = {{KW_NULL, AST_JSON_NULL},        {KW_ERROR, AST_JSON_ERROR},     {KW_TRUE, AST_JSON_TRUE},
	              {KW_FALSE, AST_JSON_FALSE},      {KW_UNKNOWN, AST_JSON_UNKNOWN}, {KW_DEFAULT, AST_JSON_DEFAULT},
	              {KW_EMPTY, AST_JSON_EMPTY_ARRAY}};
	while (!take_peek_symbol(p, 0, ')')) {
		AstJsonBehavior behavior = AST_JSON_UNSPECIFIED;
		AstNode *value = NULL;
		for (size_t i = 0; i < sizeof simple / sizeof simple[0] && behavior == AST_JSON_UNSPECIFIED; i++)
			if (take_word_if(p, simple[i].kw))
				behavior = simple[i].behavior;
		if (behavior == AST_JSON_UNSPECIFIED)
			return true;
		AstJsonClauses *clauses = clauses_of(p, call);
		if (behavior == AST_JSON_DEFAULT) {
			value = parse_expr(p);
			if (value == NULL)
				return false;
		}
		if (behavior == AST_JSON_EMPTY_ARRAY) {
			if (take_word_if(p, KW_OBJECT))
				behavior = AST_JSON_EMPTY_OBJECT;
			else
				take_word_if(p, KW_ARRAY);
		}
		if (!take_word(p, KW_ON))
			return false;
		if (clauses->on_empty == AST_JSON_UNSPECIFIED && clauses->on_error == AST_JSON_UNSPECIFIED &&
		    take_word_if(p, KW_EMPTY)) {
			clauses->on_empty = behavior;
			clauses->empty_default = value;
		} else if (clauses->on_error == AST_JSON_UNSPECIFIED && take_word_if(p, KW_ERROR)) {
			clauses->on_error = behavior;
			clauses->error_default = value;
		} else {
			return fail_tried(p, NULL);
		}
		take_done(p, clauses);
	}
	return true;
}

/* wrapper := ["WITHOUT" ["ARRAY"] "WRAPPER" | "WITH" ["CONDITIONAL" | "UNCONDITIONAL"] ["ARRAY"] "WRAPPER"] */
static bool json_wrapper(Parse *p, AstCall *call)
{
	bool with = take_peek_word(p, 0, KW_WITH);
	if (!with && !take_peek_word(p, 0, KW_WITHOUT)) {
		take_note_tried(p, "WITH");
		take_note_tried(p, "WITHOUT");
		return true;
	}
	AstJsonClauses *clauses = clauses_of(p, call);
	take_any(p);
	if (!with)
		clauses->wrapper = AST_WRAPPER_WITHOUT;
	else if (take_word_if(p, KW_CONDITIONAL))
		clauses->wrapper = AST_WRAPPER_CONDITIONAL;
	else {
		take_word_if(p, KW_UNCONDITIONAL);
		clauses->wrapper = AST_WRAPPER_UNCONDITIONAL;
	}
	take_word_if(p, KW_ARRAY);
	if (!take_word_if(p, KW_WRAPPER))
		return fail_tried(p, NULL);
	take_done(p, clauses);
	return true;
}

/* on-null := [("NULL" | "ABSENT") "ON" "NULL"] */
static bool json_on_null(Parse *p, AstCall *call)
{
	bool null = take_peek_word(p, 0, KW_NULL);
	if (!null && !take_peek_word(p, 0, KW_ABSENT)) {
		take_note_tried(p, "NULL ON NULL");
		take_note_tried(p, "ABSENT ON NULL");
		return true;
	}
	AstJsonClauses *clauses = clauses_of(p, call);
	take_any(p);
	clauses->on_null = null ? AST_ON_NULL_NULL : AST_ON_NULL_ABSENT;
	if (!take_words(p, KW_ON, KW_NULL))
		return false;
	take_done(p, clauses);
	return true;
}

static bool at_on_null(Parse *p)
{
	return (take_peek_word(p, 0, KW_NULL) || take_peek_word(p, 0, KW_ABSENT)) && take_peek_word(p, 1, KW_ON);
}

/* read := e "," e [returning] [wrapper] { behavior } */
static bool json_read(Parse *p, AstCall *call, Keyword function)
{
	if (!push_expr(p, call) || !take_symbol(p, ',') || !push_expr(p, call))
		return false;
	if (function != KW_JSON_EXISTS && !json_returning(p, call))
		return false;
	if (function == KW_JSON_QUERY && !json_wrapper(p, call))
		return false;
	return json_behaviors(p, call);
}

/* pair := ["KEY"] e "VALUE" e */
static bool json_pair(Parse *p, AstCall *call)
{
	if (take_peek_word(p, 0, KW_KEY) && !take_peek_word(p, 1, KW_VALUE) && !take_peek_symbol(p, 1, '.'))
		take_any(p);
	if (!push_expr(p, call))
		return false;
	if (take_peek_symbol(p, 0, ',') || take_peek_symbol(p, 0, ')'))
		return fail_expected_hint(p, "VALUE", "Write KEY 'name' VALUE x.");
	return take_word(p, KW_VALUE) && push_expr(p, call);
}

/* object := [pair {"," pair}] [on-null];  objectagg := pair [on-null] */
static bool json_object(Parse *p, AstCall *call, bool one)
{
	clauses_of(p, call);
	if (!take_peek_symbol(p, 0, ')') && !at_on_null(p)) {
		do {
			if (!json_pair(p, call))
				return false;
		} while (!one && take_symbol_if(p, ','));
	}
	return json_on_null(p, call);
}

/* array := [e {"," e}] [on-null];  arrayagg := e ["ORDER" "BY" sort {"," sort}] [on-null] */
static bool json_array(Parse *p, AstCall *call, bool one)
{
	if (!take_peek_symbol(p, 0, ')') && !at_on_null(p)) {
		do {
			if (!push_expr(p, call))
				return false;
		} while (!one && take_symbol_if(p, ','));
	}
	if (one && !parse_window_order_by(p, &call->order_by))
		return false;
	return json_on_null(p, call);
}

/* json := function "(" (read | object | objectagg | array | arrayagg) ")" tail */
AstNode *parse_json(Parse *p)
{
	AstCall *call = TAKE_NODE(p, AstCall, AST_CALL);
	const Token token = *take_peek(p, 0);
	AstName name = {.text = lexer_text(p->text, &token), .span = token.span};
	Span open;
	ARENA_PUSH(p->arena, &call->name, name);
	take_any(p);
	bool ok = take_open(p, &open);
	switch (token.keyword) {
	case KW_JSON_OBJECT: ok = ok && json_object(p, call, false); break;
	case KW_JSON_OBJECTAGG: ok = ok && json_object(p, call, true); break;
	case KW_JSON_ARRAY: ok = ok && json_array(p, call, false); break;
	case KW_JSON_ARRAYAGG: ok = ok && json_array(p, call, true); break;
	default: ok = ok && json_read(p, call, token.keyword); break;
	}
	if (!ok || !take_close(p, open) || !parse_call_tail(p, call))
		return NULL;
	return &call->node;
}
