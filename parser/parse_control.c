/*
 * parser/parse_control.c: running queries: PAUSE to WHY, and following them: SUBSCRIBE, COPY.
 */
#include "parser/take.h"

static void skip_query_word(Parse *p)
{
	if (take_peek_word(p, 0, KW_QUERY) && take_peek_name(p, 1))
		take_any(p);
}

/* control := ("PAUSE" | "RESUME" ["SKIP"] | "CANCEL") ["QUERY"] path ["SKIP"] */
AstNode *parse_control(Parse *p)
{
	AstControl *out = TAKE_NODE(p, AstControl, AST_CONTROL);
	out->action = take_peek_word(p, 0, KW_PAUSE)    ? AST_CONTROL_PAUSE
	              : take_peek_word(p, 0, KW_RESUME) ? AST_CONTROL_RESUME
	                                                : AST_CONTROL_CANCEL;
	take_any(p);
	bool resume = out->action == AST_CONTROL_RESUME;
	if (resume && take_peek_word(p, 0, KW_SKIP) && take_peek_name(p, 1)) {
		take_any(p);
		out->skip = true;
	}
	skip_query_word(p);
	if (!take_path(p, "a query's name", &out->path))
		return NULL;
	if (resume && !out->skip)
		out->skip = take_word_if(p, KW_SKIP);
	return take_done(p, out);
}

/* why := "WHY" ["QUERY"] path */
AstNode *parse_control_why(Parse *p)
{
	AstNamed *out = TAKE_NODE(p, AstNamed, AST_WHY);
	take_any(p);
	skip_query_word(p);
	return take_path(p, "a query's name", &out->path) ? take_done(p, out) : NULL;
}

/* replay := "REPLAY" path ["INTO" path] */
AstNode *parse_control_replay(Parse *p)
{
	AstReplay *out = TAKE_NODE(p, AstReplay, AST_REPLAY);
	take_any(p);
	if (!take_path(p, "a side table's name", &out->path))
		return NULL;
	if (take_word_if(p, KW_INTO) && !take_path(p, "a table's name", &out->into))
		return NULL;
	return take_done(p, out);
}

/* flush := "FLUSH" */
AstNode *parse_control_flush(Parse *p)
{
	AstNode *out = TAKE_NODE(p, AstNode, AST_FLUSH);
	take_any(p);
	return take_done(p, out);
}

/* backup := "BACKUP" "TO" string */
AstNode *parse_control_backup(Parse *p)
{
	AstBackup *out = TAKE_NODE(p, AstBackup, AST_BACKUP);
	take_any(p);
	if (!take_word(p, KW_TO))
		return NULL;
	out->to = parse_literal_string(p, "a file's name, a string");
	return out->to ? take_done(p, out) : NULL;
}

/* subscribe := "SUBSCRIBE" "TO" path ["WITH" options] */
AstNode *parse_control_subscribe(Parse *p)
{
	AstSubscribe *out = TAKE_NODE(p, AstSubscribe, AST_SUBSCRIBE);
	take_any(p);
	if (!take_word(p, KW_TO) || !take_path(p, "a view's name", &out->path))
		return NULL;
	if (take_word_if(p, KW_WITH) && !parse_option_list(p, &out->options))
		return NULL;
	return take_done(p, out);
}

static AstOption *copy_option(Parse *p, const char *key, Str value)
{
	AstOption *option = TAKE_NODE(p, AstOption, AST_OPTION);
	option->key = TAKE_NODE(p, AstLiteral, AST_LITERAL);
	option->key->kind = AST_LIT_WORD;
	option->key->value = option->key->raw = str_from(key);
	if (value.ptr != NULL) {
		option->value = TAKE_NODE(p, AstLiteral, AST_LITERAL);
		option->value->kind = AST_LIT_WORD;
		option->value->value = option->value->raw = value;
	}
	return option;
}

/* old-option := "CSV" | "BINARY" | "TEXT" | "HEADER" | ("DELIMITER" | "NULL") ["AS"] string */
static bool copy_old_options(Parse *p, AstCopy *copy)
{
	while (!take_at_end(p)) {
		const Token token = *take_peek(p, 0);
		Str word = lexer_text(p->text, &token);
		AstOption *option = NULL;
		if (token.kind == TOKEN_WORD &&
		    (str_eq_nocase(word, STR("csv")) || str_eq_nocase(word, STR("binary")) || str_eq_nocase(word, STR("text"))))
			option = copy_option(p, "FORMAT", word);
		else if (token.kind == TOKEN_WORD && str_eq_nocase(word, STR("header")))
			option = copy_option(p, "HEADER", (Str){0});
		else if (token.kind == TOKEN_WORD && (str_eq_nocase(word, STR("delimiter")) || token.keyword == KW_NULL))
			option = copy_option(p, token.keyword == KW_NULL ? "NULL" : "DELIMITER", (Str){0});
		else
			return true;
		take_any(p);
		if (token.keyword == KW_NULL || str_eq_nocase(word, STR("delimiter"))) {
			take_word_if(p, KW_AS);
			option->value = parse_literal_string(p, "a string");
			if (option->value == NULL)
				return false;
		}
		take_push(p, &copy->options, take_done(p, option));
	}
	return true;
}

/* options := [["WITH"] ("(" word [value] {"," word [value]} ")" | {old-option})] */
static bool copy_options(Parse *p, AstCopy *copy)
{
	take_word_if(p, KW_WITH);
	if (take_peek_symbol(p, 0, '('))
		return parse_option_words(p, &copy->options);
	return copy_old_options(p, copy);
}

/* copy := "COPY" ("(" (query | subscribe) ")" | path ["(" name {"," name} ")"]) ("TO" "STDOUT" | "FROM" "STDIN")
 *         options */
AstNode *parse_control_copy(Parse *p)
{
	AstCopy *copy = TAKE_NODE(p, AstCopy, AST_COPY);
	Span open;
	take_any(p);
	if (take_peek_symbol(p, 0, '(')) {
		take_open(p, &open);
		copy->source = take_peek_word(p, 0, KW_SUBSCRIBE) ? parse_control_subscribe(p) : parse_query(p);
		if (copy->source == NULL || !take_close(p, open))
			return NULL;
	} else {
		if (!take_path(p, "a table's name or \"(\"", &copy->path))
			return NULL;
		if (take_peek_symbol(p, 0, '(') && !take_names(p, "a column's name", &copy->columns))
			return NULL;
	}
	if (copy->source == NULL && take_word_if(p, KW_FROM)) {
		copy->direction = AST_COPY_FROM_STDIN;
		if (!take_word(p, KW_STDIN))
			return NULL;
	} else if (take_word_if(p, KW_TO)) {
		copy->direction = AST_COPY_TO_STDOUT;
		if (!take_word(p, KW_STDOUT))
			return NULL;
	} else {
		fail_tried(p, NULL);
		return NULL;
	}
	return copy_options(p, copy) ? take_done(p, copy) : NULL;
}
