/*
 * parser/parse_special.c: functions with words between their arguments: EXTRACT, POSITION, TRIM, SUBSTRING, OVERLAY,
 * FLOOR and CEIL to a unit, TIMESTAMPADD, TIMESTAMPDIFF.
 *
 * Each gives an ordinary call with the arguments in the order of the plain function, and the form it was written in.
 * Written as a plain function it is left to parse_call.
 */
#include "parser/take.h"

static AstCall *special_begin(Parse *p, AstCallForm form, Span *open)
{
	AstCall *call = TAKE_NODE(p, AstCall, AST_CALL);
	const Token token = *take_peek(p, 0);
	AstName name = {.text = lexer_text(p->text, &token), .span = token.span};
	ARENA_PUSH(p->arena, &call->name, name);
	call->form = form;
	take_any(p);
	take_open(p, open);
	return call;
}

static bool push_expr(Parse *p, AstCall *call)
{
	AstNode *arg = parse_expr(p);
	if (arg == NULL)
		return false;
	take_push(p, &call->args, arg);
	return true;
}

static AstNode *unit_arg(Parse *p)
{
	AstUnitArg *out = TAKE_NODE(p, AstUnitArg, AST_UNIT_ARG);
	out->unit = parse_literal_unit(p, take_peek(p, 0));
	if (out->unit == AST_UNIT_NONE) {
		fail_expected_hint(p, "a unit of time", "Units are YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, ...");
		return NULL;
	}
	take_any(p);
	return take_done(p, out);
}

static AstNode *special_end(Parse *p, AstCall *call, Span open)
{
	return !take_close(p, open) || !parse_call_tail(p, call) ? NULL : &call->node;
}

/* extract := "EXTRACT" "(" unit "FROM" e ")" */
static AstNode *special_extract(Parse *p)
{
	Span open;
	AstCall *call = special_begin(p, AST_CALL_EXTRACT, &open);
	AstNode *unit = unit_arg(p);
	if (unit == NULL)
		return NULL;
	take_push(p, &call->args, unit);
	return !take_word(p, KW_FROM) || !push_expr(p, call) ? NULL : special_end(p, call, open);
}

/* add := ("TIMESTAMPADD" | "TIMESTAMPDIFF") "(" unit "," e "," e ")" */
static AstNode *special_timestamp(Parse *p)
{
	Span open;
	AstCall *call = special_begin(p, AST_CALL_PLAIN, &open);
	AstNode *unit = unit_arg(p);
	if (unit == NULL)
		return NULL;
	take_push(p, &call->args, unit);
	if (!take_symbol(p, ',') || !push_expr(p, call) || !take_symbol(p, ',') || !push_expr(p, call))
		return NULL;
	return special_end(p, call, open);
}

/* What follows "(" as the first argument of a function that may also be plain: the rest is read by one of these. */
typedef AstNode *(*SpecialRest)(Parse *p, AstCall *call, Span open);

/* Goes on as a plain call: one argument is there already. */
static AstNode *plain_rest(Parse *p, AstCall *call, Span open)
{
	call->form = AST_CALL_PLAIN;
	while (take_symbol_if(p, ','))
		if (!push_expr(p, call))
			return NULL;
	return special_end(p, call, open);
}

/* position := "POSITION" "(" e "IN" e ["FROM" e] ")" */
static AstNode *position_rest(Parse *p, AstCall *call, Span open)
{
	if (!take_word_if(p, KW_IN))
		return plain_rest(p, call, open);
	if (!push_expr(p, call) || (take_word_if(p, KW_FROM) && !push_expr(p, call)))
		return NULL;
	return special_end(p, call, open);
}

/* substring := "SUBSTRING" "(" e "FROM" e ["FOR" e] ")" */
static AstNode *substring_rest(Parse *p, AstCall *call, Span open)
{
	if (!take_word_if(p, KW_FROM))
		return plain_rest(p, call, open);
	if (!push_expr(p, call) || (take_word_if(p, KW_FOR) && !push_expr(p, call)))
		return NULL;
	return special_end(p, call, open);
}

/* overlay := "OVERLAY" "(" e "PLACING" e "FROM" e ["FOR" e] ")" */
static AstNode *overlay_rest(Parse *p, AstCall *call, Span open)
{
	if (!take_word_if(p, KW_PLACING))
		return plain_rest(p, call, open);
	if (!push_expr(p, call) || !take_word(p, KW_FROM) || !push_expr(p, call) ||
	    (take_word_if(p, KW_FOR) && !push_expr(p, call)))
		return NULL;
	return special_end(p, call, open);
}

/* floor := ("FLOOR" | "CEIL" | "CEILING") "(" e "TO" unit ")" */
static AstNode *to_unit_rest(Parse *p, AstCall *call, Span open)
{
	if (!take_word_if(p, KW_TO))
		return plain_rest(p, call, open);
	AstNode *unit = unit_arg(p);
	if (unit == NULL)
		return NULL;
	take_push(p, &call->args, unit);
	return special_end(p, call, open);
}

static AstNode *special_after_first(Parse *p, AstCallForm form, int binding, SpecialRest rest)
{
	Span open;
	AstCall *call = special_begin(p, form, &open);
	if (take_peek_symbol(p, 0, ')')) {
		call->form = AST_CALL_PLAIN;
		return special_end(p, call, open);
	}
	AstNode *first = parse_expr_above(p, binding);
	if (first == NULL)
		return NULL;
	take_push(p, &call->args, first);
	return rest(p, call, open);
}

/* trim := "TRIM" "(" ["BOTH" | "LEADING" | "TRAILING"] [e] "FROM" e ")" */
static AstNode *special_trim(Parse *p)
{
	static const struct {
		Keyword kw;
		AstTrimSide side;
	} sides[] = {{KW_BOTH, AST_TRIM_BOTH}, {KW_LEADING, AST_TRIM_LEADING}, {KW_TRAILING, AST_TRIM_TRAILING}};
	Span open;
	AstCall *call = special_begin(p, AST_CALL_TRIM, &open);
	for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
		bool is_name = take_peek_symbol(p, 1, ')') || take_peek_symbol(p, 1, ',') || take_peek_symbol(p, 1, '.');
		if (take_peek_word(p, 0, sides[i].kw) && !is_name) {
			take_any(p);
			call->trim = sides[i].side;
			break;
		}
	}
	AstNode *chars = NULL;
	if (!take_peek_word(p, 0, KW_FROM)) {
		if (take_peek_symbol(p, 0, ')')) {
			call->form = AST_CALL_PLAIN;
			return special_end(p, call, open);
		}
		chars = parse_expr(p);
		if (chars == NULL)
			return NULL;
		if (call->trim == AST_TRIM_UNSPECIFIED && !take_peek_word(p, 0, KW_FROM)) {
			take_push(p, &call->args, chars);
			return plain_rest(p, call, open);
		}
	}
	if (!take_word(p, KW_FROM) || !push_expr(p, call))
		return NULL;
	if (chars != NULL)
		take_push(p, &call->args, chars);
	return special_end(p, call, open);
}

/* The binding of IN and LIKE in parse_expr.c: POSITION's first argument ends before IN. */
#define BIND_BEFORE_IN 60

AstNode *parse_special(Parse *p, bool *is_special)
{
	*is_special = take_peek_symbol(p, 1, '(');
	if (!*is_special)
		return NULL;
	switch (take_peek(p, 0)->keyword) {
	case KW_EXTRACT: return special_extract(p);
	case KW_TIMESTAMPADD:
	case KW_TIMESTAMPDIFF: return special_timestamp(p);
	case KW_POSITION: return special_after_first(p, AST_CALL_POSITION, BIND_BEFORE_IN, position_rest);
	case KW_SUBSTRING: return special_after_first(p, AST_CALL_SUBSTRING, 0, substring_rest);
	case KW_OVERLAY: return special_after_first(p, AST_CALL_OVERLAY, 0, overlay_rest);
	case KW_FLOOR:
	case KW_CEIL:
	case KW_CEILING: return special_after_first(p, AST_CALL_TO_UNIT, 0, to_unit_rest);
	case KW_TRIM: return special_trim(p);
	case KW_JSON_VALUE:
	case KW_JSON_QUERY:
	case KW_JSON_EXISTS:
	case KW_JSON_OBJECT:
	case KW_JSON_ARRAY:
	case KW_JSON_OBJECTAGG:
	case KW_JSON_ARRAYAGG: return parse_json(p);
	default: *is_special = false; return NULL;
	}
}
