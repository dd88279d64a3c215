/*
 * parser/fail.h: how a parse fails: what was found, what was expected, and the cure. Private to parser/.
 *
 * All functions return false; those that return pointers in the parser return NULL then.
 */
#ifndef WEIR_PARSER_FAIL_H
#define WEIR_PARSER_FAIL_H

#include "parser/parse_int.h"

/* At the current token: `expected <what>, found "<token>"`. what: "a column name", "FROM". */
bool fail_expected(Parse *p, const char *what);
/* The same with a hint of the caller's instead of the guessed one. */
bool fail_expected_hint(Parse *p, const char *what, const char *hint, ...) __attribute__((format(printf, 3, 4)));
/* At the current token, where everything that was tried did not fit: names what was tried, and last `or_else`
 * (NULL: nothing more). */
bool fail_tried(Parse *p, const char *or_else);
/* Elsewhere, in words of the caller's. err_hint may follow on p->err. */
bool fail_at(Parse *p, Span span, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool fail_too_deep(Parse *p, Span span);

/* The token as messages show it: "FORM", 'text', 12, or the words "the end of the statement". */
Str fail_token_text(Parse *p, const Token *token);

#endif
