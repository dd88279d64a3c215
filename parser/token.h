/*
 * parser/token.h: what the lexer cuts a text into.
 */
#ifndef WEIR_PARSER_TOKEN_H
#define WEIR_PARSER_TOKEN_H

#include "base/err.h"
#include "parser/keywords.h"

typedef enum TokenKind {
	TOKEN_END,    /* of the text */
	TOKEN_BAD,    /* the lexer's error says why */
	TOKEN_WORD,   /* unquoted; keyword may be set */
	TOKEN_NAME,   /* in backticks or double quotes: `quote` */
	TOKEN_STRING, /* prefix 0 '..', 'E' E'..', 'U' U&'..', 'X' X'..' */
	TOKEN_NUMBER,
	TOKEN_PARAM, /* $1 */
	TOKEN_SYMBOL,
} TokenKind;

/* One character is its own symbol; longer ones: */
enum {
	SYMBOL_NE = 256,         /* <> and != */
	SYMBOL_LE,               /* <= */
	SYMBOL_GE,               /* >= */
	SYMBOL_CONCAT,           /* || */
	SYMBOL_ARROW,            /* => */
	SYMBOL_COLONS,           /* :: */
	SYMBOL_EQ2,              /* == : refused with a hint */
	SYMBOL_JSON,             /* -> : refused with a hint */
	SYMBOL_JSON_TEXT,        /* ->> : refused with a hint */
	SYMBOL_MATCH_NOCASE,     /* ~* */
	SYMBOL_NOT_MATCH,        /* !~ */
	SYMBOL_NOT_MATCH_NOCASE, /* !~* */
	SYMBOL_HINT_BEGIN,       /* the comment with a plus */
	SYMBOL_HINT_END,
};

typedef struct Token {
	TokenKind kind;
	Keyword keyword;
	int symbol;
	char quote;  /* TOKEN_NAME */
	char prefix; /* TOKEN_STRING */
	Span span;
} Token;

#endif
