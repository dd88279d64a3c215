/*
 * parser/lexer.h: text to tokens, one at a time; and the values of literals and quoted names.
 */
#ifndef WEIR_PARSER_LEXER_H
#define WEIR_PARSER_LEXER_H

#include "base/arena.h"
#include "parser/token.h"

typedef struct Lexer {
	Str text;
	uint32_t at;
	bool in_hint;    /* between the hint's begin and its end */
	bool after_name; /* the last token may have a field: then ".5" is no number */
	Err *err;        /* holds the error after a TOKEN_BAD; may be NULL */
} Lexer;

void lexer_init(Lexer *lexer, Str text, uint32_t offset, Err *err);
/* After TOKEN_END always TOKEN_END. After TOKEN_BAD goes on behind it; one that is not closed
 * (ERR_UNTERMINATED) reaches to the end of the text. */
Token lexer_next(Lexer *lexer);

/* The token's text as written. */
Str lexer_text(Str text, const Token *token);
/* TOKEN_NAME: without its quotes. */
Str lexer_name(Arena *arena, Str text, const Token *token);
/* TOKEN_STRING: the value. escape: the character of UESCAPE, for U&'..'; else ignored. */
bool lexer_string(Arena *arena, Str text, const Token *token, char escape, Str *out, Err *err);

#endif
