/*
 * parser/parse_session.c: settings, USE, HELP, and the commands of shells.
 */
#include "parser/take.h"

static AstLiteral *word_of(Parse *p, uint32_t begin, Str value)
{
	AstLiteral *lit = TAKE_NODE_AT(p, AstLiteral, AST_LITERAL, begin);
	lit->kind = AST_LIT_WORD;
	lit->value = lit->raw = value;
	take_done(p, lit);
	return lit;
}

/* The same for a key whose words are still to be taken. */
static AstLiteral *key_of_words(Parse *p, uint32_t nwords, Str value)
{
	uint32_t begin = take_begin(p);
	for (uint32_t i = 0; i < nwords; i++)
		take_any(p);
	return word_of(p, begin, value);
}

/* key := string | word {"." word} */
static AstLiteral *session_key(Parse *p)
{
	const Token token = *take_peek(p, 0);
	if (token.kind == TOKEN_STRING)
		return parse_literal_string(p, "a setting's name");
	if (token.kind != TOKEN_WORD && token.kind != TOKEN_NAME) {
		fail_expected(p, "a setting's name");
		return NULL;
	}
	StrBuf key;
	strbuf_init(&key);
	for (;;) {
		const Token part = *take_peek(p, 0);
		strbuf_put_str(&key,
		               part.kind == TOKEN_NAME ? lexer_name(p->arena, p->text, &part) : lexer_text(p->text, &part));
		take_any(p);
		const TokenKind next = take_peek(p, 1)->kind;
		if (!take_peek_symbol(p, 0, '.') || (next != TOKEN_WORD && next != TOKEN_NAME))
			break;
		take_any(p);
		strbuf_putc(&key, '.');
	}
	AstLiteral *out = word_of(p, token.span.begin, arena_str(p->arena, strbuf_str(&key)));
	strbuf_deinit(&key);
	return out;
}

/* value := word {"." word} | string | ["+" | "-"] number | interval */
static AstNode *session_value(Parse *p)
{
	const Token token = *take_peek(p, 0);
	uint32_t begin = token.span.begin;
	if (token.kind == TOKEN_SYMBOL && (token.symbol == '-' || token.symbol == '+')) {
		take_any(p);
		const Token number = *take_peek(p, 0);
		if (number.kind != TOKEN_NUMBER) {
			fail_expected(p, "a number");
			return NULL;
		}
		take_any(p);
		const char *sign = token.symbol == '-' ? "-" : "";
		Str digits = lexer_text(p->text, &number);
		AstLiteral *lit = word_of(p, begin, arena_printf(p->arena, "%s%.*s", sign, STR_ARG(digits)));
		lit->kind = AST_LIT_NUMBER;
		return &lit->node;
	}
	if (token.kind == TOKEN_WORD && token.keyword == KW_INTERVAL && take_peek(p, 1)->kind == TOKEN_STRING)
		return parse_literal_interval(p);
	if (token.kind == TOKEN_NUMBER) {
		AstLiteral *lit = parse_literal_number(p, "a value");
		return lit == NULL ? NULL : &lit->node;
	}
	if (token.kind == TOKEN_STRING || token.kind == TOKEN_WORD || token.kind == TOKEN_NAME) {
		AstLiteral *lit = session_key(p);
		return lit == NULL ? NULL : &lit->node;
	}
	fail_expected(p, "a value");
	return NULL;
}

/* values := "DEFAULT" | value {"," value} */
static AstNode *session_values(Parse *p, AstSet *set)
{
	if (take_word_if(p, KW_DEFAULT)) {
		set->to_default = true;
		return take_done(p, set);
	}
	do {
		AstNode *value = session_value(p);
		if (value == NULL)
			return NULL;
		take_push(p, &set->values, value);
	} while (take_symbol_if(p, ','));
	return take_done(p, set);
}

/* zone := "SET" ["SESSION" | "LOCAL"] "TIME" "ZONE" ("LOCAL" | "DEFAULT" | value) */
static AstNode *session_time_zone(Parse *p, AstSet *set)
{
	set->form = AST_SET_TIME_ZONE;
	set->key = key_of_words(p, 2, STR("timezone"));
	if (take_word_if(p, KW_LOCAL)) {
		set->to_default = true;
		return take_done(p, set);
	}
	return session_values(p, set);
}

/* Flink once took SET key = value without quotes; such keys and values seldom are names and numbers. */
static AstNode *session_failed(Parse *p, const AstSet *set)
{
	if (p->err->code == ERR_SYNTAX && set->key != NULL && set->key->kind == AST_LIT_WORD &&
	    memchr(set->key->value.ptr, '.', set->key->value.len) != NULL)
		err_hint(p->err, "Settings with other characters than letters stand in quotes: SET 'key' = 'value'.");
	return NULL;
}

/* set := "SET" [ string "=" string | ["SESSION" | "LOCAL"] key ("TO" | "=") values | zone | "NAMES" value
 *        | "ROLE" value | "SESSION" "AUTHORIZATION" value | ["SESSION" "CHARACTERISTICS" "AS"] "TRANSACTION" modes ] */
AstNode *parse_session_set(Parse *p)
{
	AstSet *set = TAKE_NODE(p, AstSet, AST_SET);
	uint32_t begin = take_begin(p);
	take_any(p);
	if (take_at_end(p))
		return take_done(p, set);
	if (take_peek(p, 0)->kind == TOKEN_STRING) {
		set->key = session_key(p);
		if (set->key == NULL || !take_symbol(p, '='))
			return NULL;
		AstLiteral *value = parse_literal_string(p, "a value, a string");
		if (value == NULL)
			return NULL;
		take_push(p, &set->values, value);
		return take_done(p, set);
	}
	if (take_words3_if(p, KW_SESSION, KW_CHARACTERISTICS, KW_AS)) {
		if (!take_word(p, KW_TRANSACTION))
			return NULL;
		return parse_transaction_modes(p, begin, AST_TRANSACTION_SET_SESSION);
	}
	bool plain = take_peek_symbol(p, 1, '=') || take_peek_word(p, 1, KW_TO) || take_peek_symbol(p, 1, '.');
	if (!plain && take_word_if(p, KW_TRANSACTION))
		return parse_transaction_modes(p, begin, AST_TRANSACTION_SET);
	set->form = AST_SET_TO;
	if (!plain && take_peek_word(p, 0, KW_SESSION) && take_peek_word(p, 1, KW_AUTHORIZATION)) {
		take_any(p);
		set->key = key_of_words(p, 1, STR("session_authorization"));
		return session_values(p, set);
	}
	if (!plain && !take_word_if(p, KW_SESSION))
		set->local = take_word_if(p, KW_LOCAL);
	if (take_peek_word(p, 0, KW_TIME) && take_peek_word(p, 1, KW_ZONE))
		return session_time_zone(p, set);
	plain = take_peek_symbol(p, 1, '=') || take_peek_word(p, 1, KW_TO) || take_peek_symbol(p, 1, '.');
	if (!plain && (take_peek_word(p, 0, KW_NAMES) || take_peek_word(p, 0, KW_ROLE))) {
		bool names = take_peek_word(p, 0, KW_NAMES);
		set->key = key_of_words(p, 1, names ? STR("client_encoding") : STR("role"));
		return session_values(p, set);
	}
	set->key = session_key(p);
	if (set->key == NULL)
		return NULL;
	if (!take_symbol_if(p, '=') && !take_word_if(p, KW_TO)) {
		fail_tried(p, NULL);
		return session_failed(p, set);
	}
	return session_values(p, set) != NULL ? &set->node : session_failed(p, set);
}

/* reset := "RESET" [string | "ALL" | key] */
AstNode *parse_session_reset(Parse *p)
{
	AstSet *set = TAKE_NODE(p, AstSet, AST_RESET);
	take_any(p);
	if (take_at_end(p) || take_word_if(p, KW_ALL))
		return take_done(p, set);
	if (take_peek(p, 0)->kind == TOKEN_WORD)
		set->form = AST_SET_TO;
	set->key = session_key(p);
	return set->key == NULL ? NULL : take_done(p, set);
}

/* use := "USE" ["CATALOG"] path */
AstNode *parse_session_use(Parse *p)
{
	AstUse *use = TAKE_NODE(p, AstUse, AST_USE);
	uint32_t begin = take_begin(p);
	take_any(p);
	use->object = AST_OBJECT_DATABASE;
	if (take_peek_word(p, 0, KW_MODULES))
		return parse_statement_unsupported(p, begin, "USE MODULES", "");
	if (take_peek_word(p, 0, KW_CATALOG) && take_peek_name(p, 1)) {
		take_any(p);
		use->object = AST_OBJECT_CATALOG;
	}
	return take_path(p, "a database's name", &use->path) ? take_done(p, use) : NULL;
}

/* Words to the end of the statement, in upper case. */
static Str session_topic(Parse *p)
{
	StrBuf topic;
	strbuf_init(&topic);
	while (take_peek(p, 0)->kind == TOKEN_WORD) {
		Str word = lexer_text(p->text, take_peek(p, 0));
		if (topic.len > 0)
			strbuf_putc(&topic, ' ');
		for (uint32_t i = 0; i < word.len; i++) {
			char c = word.ptr[i];
			strbuf_putc(&topic, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
		}
		take_any(p);
	}
	Str out = arena_str(p->arena, strbuf_str(&topic));
	strbuf_deinit(&topic);
	return out;
}

/* help := "HELP" {word} */
AstNode *parse_session_help(Parse *p)
{
	AstHelp *help = TAKE_NODE(p, AstHelp, AST_HELP);
	take_any(p);
	help->topic = session_topic(p);
	return take_done(p, help);
}

/* client := "QUIT" | "EXIT" | "CLEAR" | "SOURCE" string */
AstNode *parse_session_client(Parse *p)
{
	AstHelp *out = TAKE_NODE(p, AstHelp, AST_CLIENT);
	bool source = take_peek_word(p, 0, KW_SOURCE);
	out->topic = str_from(keywords_text(take_peek(p, 0)->keyword));
	take_any(p);
	if (source) {
		out->argument = parse_literal_string(p, "a file's name, a string");
		if (out->argument == NULL)
			return NULL;
	}
	return take_done(p, out);
}

/* discard := "DISCARD" ("ALL" | "PLANS" | "SEQUENCES" | "TEMP" | "TEMPORARY") */
AstNode *parse_session_discard(Parse *p)
{
	static const Keyword words[] = {KW_ALL, KW_PLANS, KW_SEQUENCES, KW_TEMP, KW_TEMPORARY};
	AstHelp *out = TAKE_NODE(p, AstHelp, AST_DISCARD);
	take_any(p);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (take_word_if(p, words[i])) {
			out->topic = str_from(keywords_text(words[i] == KW_TEMPORARY ? KW_TEMP : words[i]));
			return take_done(p, out);
		}
	}
	fail_tried(p, NULL);
	return NULL;
}
