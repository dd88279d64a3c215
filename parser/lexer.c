/*
 * parser/lexer.c: cuts a text into tokens.
 *
 * Blanks and comments are passed over; a hint (a block comment that begins with a plus) is a pair
 * of tokens around its own. What the characters of a literal mean is lexer_literal.c's affair.
 */
#include "parser/lexer.h"

void lexer_init(Lexer *lexer, Str text, uint32_t offset, Err *err)
{
	*lexer = (Lexer){.text = text, .at = offset, .err = err};
}

Str lexer_text(Str text, const Token *token)
{
	return str_make(text.ptr + token->span.begin, token->span.end - token->span.begin);
}

/* The character `ahead` places from here; 0 past the end. */
static char peek(const Lexer *lexer, uint32_t ahead)
{
	uint64_t at = (uint64_t)lexer->at + ahead;
	return at < lexer->text.len ? lexer->text.ptr[at] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Every byte above ASCII may be part of a name; the name as a whole must be UTF-8. */
static bool begins_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool continues_word(char c)
{
	return begins_word(c) || is_digit(c) || c == '$';
}

static Token bad(Lexer *lexer, uint32_t begin)
{
	lexer->after_name = false;
	return (Token){.kind = TOKEN_BAD, .span = {begin, lexer->at}};
}

/* blank := white-space | "--" ... newline | "//" ... newline | "/" "*" ... "*" "/"
 * false: a block comment that has no end. */
static bool skip_blanks(Lexer *lexer)
{
	while (lexer->at < lexer->text.len) {
		char c = peek(lexer, 0), d = peek(lexer, 1);
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v') {
			lexer->at++;
		} else if ((c == '-' && d == '-') || (c == '/' && d == '/')) {
			while (lexer->at < lexer->text.len && peek(lexer, 0) != '\n')
				lexer->at++;
		} else if (c == '/' && d == '*' && peek(lexer, 2) != '+') {
			uint32_t begin = lexer->at;
			int64_t end = str_find(lexer->text, STR("*/"), begin + 2);
			if (end < 0) {
				lexer->at = lexer->text.len;
				err_set_at(lexer->err, ERR_UNTERMINATED, (Span){begin, begin + 2}, "comment without an end");
				return err_hint(lexer->err, "Close the comment with */.");
			}
			lexer->at = (uint32_t)end + 2;
		} else if (lexer->at == 0 && str_starts(lexer->text, STR("\xef\xbb\xbf"))) {
			lexer->at = 3; /* the byte order mark of a file */
		} else {
			break;
		}
	}
	return true;
}

/* What is easily taken for something else. NULL: the character is what it seems. */
static const char *look_alike(Str rest)
{
	static const struct {
		const char *bytes;
		const char *hint;
	} table[] = {
	    {"\xe2\x80\x98", "This is a typographic quote. Strings stand in straight ones: 'text'."},
	    {"\xe2\x80\x99", "This is a typographic quote. Strings stand in straight ones: 'text'."},
	    {"\xe2\x80\x9c", "This is a typographic quote. Strings stand in straight single ones: 'text'."},
	    {"\xe2\x80\x9d", "This is a typographic quote. Strings stand in straight single ones: 'text'."},
	    {"\xe2\x80\x93", "This is a dash. Minus is the character on the keyboard: -"},
	    {"\xe2\x80\x94", "This is a dash. Minus is the character on the keyboard: -"},
	    {"\xe2\x88\x92", "This is a mathematical minus sign. Write -"},
	    {"\xc2\xa0", "This is a no-break space. Replace it with an ordinary one."},
	    {"\xe2\x80\x8b", "This is a space without width. Remove it."},
	    {"\xef\xbb\xbf", "A byte order mark stands at the begin of a file only. Remove it."},
	    {"\xef\xbc\x8c", "This is a full-width comma. Write ,"},
	    {"\xef\xbc\x9b", "This is a full-width semicolon. Write ;"},
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (str_starts(rest, str_from(table[i].bytes)))
			return table[i].hint;
	return NULL;
}

/* Bytes of the UTF-8 character at `at`; 1 where there is none. */
static uint32_t character_bytes(Str text, uint32_t at)
{
	unsigned char c = (unsigned char)text.ptr[at];
	uint32_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
	return n <= text.len - at ? n : 1;
}

static Token bad_encoding(Lexer *lexer, uint32_t begin)
{
	err_set_at(lexer->err, ERR_BAD_ENCODING, (Span){begin, lexer->at}, "invalid UTF-8");
	err_hint(lexer->err, "Save the text as UTF-8.");
	return bad(lexer, begin);
}

/* word := (letter | "_" | byte above ASCII) { letter | digit | "_" | "$" | byte above ASCII } */
static Token lex_word(Lexer *lexer)
{
	uint32_t begin = lexer->at;
	bool ascii = true;
	while (continues_word(peek(lexer, 0))) {
		if ((unsigned char)peek(lexer, 0) >= 0x80) {
			Str rest = str_slice(lexer->text, lexer->at, 4);
			const char *hint = look_alike(rest);
			if (hint != NULL && lexer->at > begin)
				break;
			if (hint != NULL) {
				uint32_t n = character_bytes(lexer->text, begin);
				lexer->at += n;
				err_set_at(lexer->err, ERR_SYNTAX, (Span){begin, lexer->at}, "unexpected character \"%.*s\"", (int)n,
				           rest.ptr);
				err_hint(lexer->err, "%s", hint);
				return bad(lexer, begin);
			}
			ascii = false;
			lexer->at += character_bytes(lexer->text, lexer->at);
		} else {
			lexer->at++;
		}
	}
	Token token = {.kind = TOKEN_WORD, .span = {begin, lexer->at}};
	Str text = lexer_text(lexer->text, &token);
	if (!ascii && !str_is_utf8(text))
		return bad_encoding(lexer, begin);
	token.keyword = ascii ? keywords_find(text) : KW_NONE;
	lexer->after_name = true;
	return token;
}

/* number := digits [ "." [digits] ] [exponent] | "." digits [exponent];  exponent := ("e" | "E") ["+" | "-"] digits */
static Token lex_number(Lexer *lexer)
{
	uint32_t begin = lexer->at;
	while (is_digit(peek(lexer, 0)))
		lexer->at++;
	if (peek(lexer, 0) == '.') {
		lexer->at++;
		while (is_digit(peek(lexer, 0)))
			lexer->at++;
	}
	if (peek(lexer, 0) == 'e' || peek(lexer, 0) == 'E') {
		uint32_t sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-' ? 2 : 1;
		if (is_digit(peek(lexer, sign))) {
			lexer->at += sign;
			while (is_digit(peek(lexer, 0)))
				lexer->at++;
		}
	}
	if (continues_word(peek(lexer, 0))) {
		while (continues_word(peek(lexer, 0)))
			lexer->at++;
		Span span = {begin, lexer->at};
		err_set_at(lexer->err, ERR_SYNTAX, span, "\"%.*s\" is neither a number nor a name",
		           (int)(span.end - span.begin), lexer->text.ptr + begin);
		err_hint(lexer->err, "A name that begins with a digit stands in backticks; a number ends before a letter.");
		return bad(lexer, begin);
	}
	lexer->after_name = false;
	return (Token){.kind = TOKEN_NUMBER, .span = {begin, lexer->at}};
}

/* Passes over what stands between two `quote` characters; twice the quote is one, and with `escapes` a backslash
 * takes the next character with it. at is on the opening quote. */
static bool skip_quoted(Lexer *lexer, char quote, bool escapes)
{
	lexer->at++;
	while (lexer->at < lexer->text.len) {
		char c = peek(lexer, 0);
		if (escapes && c == '\\' && lexer->at + 1 < lexer->text.len) {
			lexer->at += 2;
		} else if (c != quote) {
			lexer->at++;
		} else if (peek(lexer, 1) == quote) {
			lexer->at += 2;
		} else {
			lexer->at++;
			return true;
		}
	}
	return false;
}

/* string := ["E" | "U&" | "X"] "'" ... "'" */
static Token lex_string(Lexer *lexer, char prefix, uint32_t prefix_bytes)
{
	uint32_t begin = lexer->at;
	lexer->at += prefix_bytes;
	if (!skip_quoted(lexer, '\'', prefix == 'E')) {
		err_set_at(lexer->err, ERR_UNTERMINATED, (Span){begin, begin + prefix_bytes + 1}, "string without an end");
		err_hint(lexer->err, "Close the string with '. A quote within a string is written twice.");
		return bad(lexer, begin);
	}
	Token token = {.kind = TOKEN_STRING, .prefix = prefix, .span = {begin, lexer->at}};
	if (!str_is_utf8(lexer_text(lexer->text, &token)))
		return bad_encoding(lexer, begin);
	lexer->after_name = false;
	return token;
}

/* name := "`" ... "`" | '"' ... '"' */
static Token lex_quoted_name(Lexer *lexer, char quote)
{
	uint32_t begin = lexer->at;
	if (!skip_quoted(lexer, quote, false)) {
		err_set_at(lexer->err, ERR_UNTERMINATED, (Span){begin, begin + 1}, "quoted name without an end");
		err_hint(lexer->err, "Close the name with %c.", quote);
		return bad(lexer, begin);
	}
	Token token = {.kind = TOKEN_NAME, .quote = quote, .span = {begin, lexer->at}};
	if (token.span.end - token.span.begin == 2) {
		err_set_at(lexer->err, ERR_SYNTAX, token.span, "a quoted name is empty");
		err_hint(lexer->err, "The empty string is written ''.");
		return bad(lexer, begin);
	}
	if (!str_is_utf8(lexer_text(lexer->text, &token)))
		return bad_encoding(lexer, begin);
	lexer->after_name = true;
	return token;
}

/* "$" digits is a parameter; "$" before a letter begins a name, as in Flink. */
static Token lex_dollar(Lexer *lexer)
{
	uint32_t begin = lexer->at++;
	if (is_digit(peek(lexer, 0))) {
		while (is_digit(peek(lexer, 0)))
			lexer->at++;
		lexer->after_name = true; /* a parameter may be a row */
		return (Token){.kind = TOKEN_PARAM, .span = {begin, lexer->at}};
	}
	if (begins_word(peek(lexer, 0)) && look_alike(str_slice(lexer->text, lexer->at, 4)) == NULL) {
		Token token = lex_word(lexer);
		token.span.begin = begin;
		token.keyword = KW_NONE;
		return token;
	}
	err_set_at(lexer->err, ERR_SYNTAX, (Span){begin, begin + 1}, "unexpected character \"$\"");
	if (peek(lexer, 0) == '{')
		err_hint(lexer->err, "${NAME} is replaced within strings in single quotes only.");
	else
		err_hint(lexer->err, "A parameter is written $1.");
	return bad(lexer, begin);
}

static const struct {
	const char *text;
	int symbol;
} long_symbols[] = {
    {"->>", SYMBOL_JSON_TEXT}, {"!~*", SYMBOL_NOT_MATCH_NOCASE},
    {"<>", SYMBOL_NE},         {"!=", SYMBOL_NE},
    {"<=", SYMBOL_LE},         {">=", SYMBOL_GE},
    {"||", SYMBOL_CONCAT},     {"=>", SYMBOL_ARROW},
    {"::", SYMBOL_COLONS},     {"==", SYMBOL_EQ2},
    {"->", SYMBOL_JSON},       {"~*", SYMBOL_MATCH_NOCASE},
    {"!~", SYMBOL_NOT_MATCH},
};

static Token lex_symbol(Lexer *lexer)
{
	uint32_t begin = lexer->at;
	Str rest = str_slice(lexer->text, begin, 3);
	lexer->after_name = false;
	if (str_starts(rest, STR("/*+"))) {
		lexer->at += 3;
		lexer->in_hint = true;
		return (Token){.kind = TOKEN_SYMBOL, .symbol = SYMBOL_HINT_BEGIN, .span = {begin, lexer->at}};
	}
	if (lexer->in_hint && str_starts(rest, STR("*/"))) {
		lexer->at += 2;
		lexer->in_hint = false;
		return (Token){.kind = TOKEN_SYMBOL, .symbol = SYMBOL_HINT_END, .span = {begin, lexer->at}};
	}
	for (size_t i = 0; i < sizeof long_symbols / sizeof long_symbols[0]; i++) {
		Str text = str_from(long_symbols[i].text);
		if (str_starts(rest, text)) {
			lexer->at += text.len;
			return (Token){.kind = TOKEN_SYMBOL, .symbol = long_symbols[i].symbol, .span = {begin, lexer->at}};
		}
	}
	char c = peek(lexer, 0);
	lexer->at++;
	if (c != '\0' && strchr("()[]{},.;=<>+-*/%?|^~", c) != NULL) {
		lexer->after_name = c == ')' || c == ']';
		return (Token){.kind = TOKEN_SYMBOL, .symbol = c, .span = {begin, lexer->at}};
	}
	static const char *const cures[128] = {
	    ['!'] = "Write NOT, or <> for \"not equal\".",
	    ['&'] = "Write AND.",
	    [':'] = "A cast is written x::type, a parameter $1.",
	    ['\\'] = "A backslash means something in E'...' strings only.",
	    ['#'] = "A comment begins with --.",
	    ['@'] = "weir has no variables of this form; SHOW SETTINGS lists the settings.",
	};
	Span span = {begin, lexer->at};
	if (c > ' ' && c < 0x7f)
		err_set_at(lexer->err, ERR_SYNTAX, span, "unexpected character \"%c\"", c);
	else
		err_set_at(lexer->err, ERR_SYNTAX, span, "unexpected character with code %d", (int)(unsigned char)c);
	if (c > 0 && cures[(int)c] != NULL)
		err_hint(lexer->err, "%s", cures[(int)c]);
	return bad(lexer, begin);
}

Token lexer_next(Lexer *lexer)
{
	uint32_t before = lexer->at;
	if (!skip_blanks(lexer))
		return bad(lexer, before);
	if (lexer->at >= lexer->text.len)
		return (Token){.kind = TOKEN_END, .span = {lexer->text.len, lexer->text.len}};
	char c = peek(lexer, 0), d = peek(lexer, 1);
	if (c == '\'')
		return lex_string(lexer, 0, 0);
	if ((c == 'E' || c == 'e') && d == '\'')
		return lex_string(lexer, 'E', 1);
	if ((c == 'X' || c == 'x') && d == '\'')
		return lex_string(lexer, 'X', 1);
	if ((c == 'U' || c == 'u') && d == '&' && peek(lexer, 2) == '\'')
		return lex_string(lexer, 'U', 2);
	if (c == '`' || c == '"')
		return lex_quoted_name(lexer, c);
	if (begins_word(c))
		return lex_word(lexer);
	if (is_digit(c) || (c == '.' && is_digit(d) && !lexer->after_name))
		return lex_number(lexer);
	if (c == '$')
		return lex_dollar(lexer);
	return lex_symbol(lexer);
}
