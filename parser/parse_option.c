/*
 * parser/parse_option.c: options ('k' = 'v', ...) and hints.
 */
#include "parser/take.h"

static AstLiteral *option_word(Parse *p)
{
	AstLiteral *lit = TAKE_NODE(p, AstLiteral, AST_LITERAL);
	lit->kind = AST_LIT_WORD;
	lit->value = lit->raw = lexer_text(p->text, take_peek(p, 0));
	take_any(p);
	take_done(p, lit);
	return lit;
}

/* key := string; value := string */
static AstLiteral *option_string(Parse *p, const char *what)
{
	return parse_literal_string(p, what);
}

/* options := "(" [ string "=" string {"," string "=" string} ] ")" */
bool parse_option_list(Parse *p, AstList *out)
{
	Span open;
	if (!take_open(p, &open))
		return false;
	if (take_peek_symbol(p, 0, ')'))
		return take_close(p, open);
	do {
		AstOption *option = TAKE_NODE(p, AstOption, AST_OPTION);
		option->key = option_string(p, "an option's name, a string");
		if (option->key == NULL || !take_symbol(p, '='))
			return false;
		option->value = option_string(p, "an option's value, a string");
		if (option->value == NULL)
			return false;
		take_push(p, out, take_done(p, option));
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

/* value := string | number | word */
static AstLiteral *option_value(Parse *p)
{
	const Token token = *take_peek(p, 0);
	if (token.kind == TOKEN_WORD)
		return option_word(p);
	if (token.kind == TOKEN_NUMBER)
		return parse_literal_number(p, "a value");
	return parse_literal_string(p, "a value");
}

/* words := "(" word [value] {"," word [value]} ")" */
bool parse_option_words(Parse *p, AstList *out)
{
	Span open;
	if (!take_open(p, &open))
		return false;
	do {
		AstOption *option = TAKE_NODE(p, AstOption, AST_OPTION);
		if (take_peek(p, 0)->kind != TOKEN_WORD)
			return fail_expected(p, "an option's name");
		option->key = option_word(p);
		if (!take_peek_symbol(p, 0, ',') && !take_peek_symbol(p, 0, ')')) {
			option->value = option_value(p);
			if (option->value == NULL)
				return false;
		}
		take_push(p, out, take_done(p, option));
	} while (take_symbol_if(p, ','));
	return take_close(p, open);
}

/* partition-item := name ["=" (string | number | word)] */
AstOption *parse_option_partition_item(Parse *p)
{
	AstOption *option = TAKE_NODE(p, AstOption, AST_OPTION);
	AstName name = {0};
	if (!take_name(p, "a partition column", &name))
		return NULL;
	option->key = TAKE_NODE_AT(p, AstLiteral, AST_LITERAL, name.span.begin);
	option->key->kind = AST_LIT_WORD;
	option->key->value = option->key->raw = name.text;
	take_done(p, option->key);
	if (take_symbol_if(p, '=')) {
		bool taken = false;
		AstNode *value = parse_literal(p, &taken);
		if (!taken)
			fail_expected(p, "a literal");
		if (value == NULL)
			return NULL;
		if (value->kind != AST_LITERAL) {
			fail_at(p, value->span, "expected a literal");
			return NULL;
		}
		option->value = AST(AstLiteral, value);
	}
	take_done(p, option);
	return option;
}

/* hint-argument := (string | word) "=" value | value */
static bool hint_argument(Parse *p, AstHint *hint)
{
	if (take_peek_symbol(p, 1, '=')) {
		AstOption *option = TAKE_NODE(p, AstOption, AST_OPTION);
		bool word = take_peek(p, 0)->kind == TOKEN_WORD;
		option->key = word ? option_word(p) : parse_literal_string(p, "a hint's key");
		if (option->key == NULL || !take_symbol(p, '='))
			return false;
		option->value = option_value(p);
		if (option->value == NULL)
			return false;
		take_push(p, &hint->options, take_done(p, option));
		return true;
	}
	bool name = take_peek(p, 0)->kind == TOKEN_WORD || take_peek(p, 0)->kind == TOKEN_NAME;
	AstNode *arg = name ? parse_primary(p) : NULL;
	if (!name) {
		AstLiteral *value = option_value(p);
		arg = value == NULL ? NULL : &value->node;
	}
	if (arg == NULL)
		return false;
	take_push(p, &hint->args, arg);
	return true;
}

/* hints := [ hint-begin hint {[","] hint} hint-end ];  hint := word ["(" [hint-argument {"," hint-argument}] ")"] */
bool parse_option_hints(Parse *p, AstList *out)
{
	if (!take_peek_symbol(p, 0, SYMBOL_HINT_BEGIN))
		return true;
	take_any(p);
	do {
		AstHint *hint = TAKE_NODE(p, AstHint, AST_HINT);
		Span open;
		if (take_peek(p, 0)->kind != TOKEN_WORD)
			return fail_expected(p, "a hint's name");
		hint->name = (AstName){.text = lexer_text(p->text, take_peek(p, 0)), .span = take_peek(p, 0)->span};
		take_any(p);
		if (take_peek_symbol(p, 0, '(')) {
			take_open(p, &open);
			if (!take_peek_symbol(p, 0, ')')) {
				do {
					if (!hint_argument(p, hint))
						return false;
				} while (take_symbol_if(p, ','));
			}
			if (!take_close(p, open))
				return false;
		}
		take_push(p, out, take_done(p, hint));
		take_symbol_if(p, ',');
	} while (!take_peek_symbol(p, 0, SYMBOL_HINT_END));
	take_any(p);
	return true;
}
