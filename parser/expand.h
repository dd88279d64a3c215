/*
 * parser/expand.h: ${NAME} in string literals of query files.
 *
 *   ${NAME}            the value; an error if it is not set
 *   ${NAME:-default}   the default if not set or empty; it may hold further ${}
 *   ${NAME:+text}      the text if set and not empty, else nothing
 *   ${NAME:?message}   the value; an error with the message if not set or empty
 *
 * `$` without `{` is an ordinary character; `$${` is the text `${`. What a variable holds is not looked at again.
 */
#ifndef WEIR_PARSER_EXPAND_H
#define WEIR_PARSER_EXPAND_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* How deep defaults may nest. */
#define EXPAND_DEPTH_MAX 16
/* The longest result, in bytes. */
#define EXPAND_BYTES_MAX (1u << 20)

typedef struct Expand {
	/* The value of a variable; false: not set. The value must live until expand_text returns. */
	bool (*lookup)(void *ctx, Str name, Str *value);
	void *ctx;
	/* May be NULL: told of each variable looked up, with the value or NULL. */
	void (*used)(void *ctx, Str name, const Str *value);
} Expand;

/* Replaces in text; *out is text itself where nothing was to do. An error's span is `span`, that
 * of the literal. */
bool expand_text(Arena *arena, const Expand *expand, Str text, Span span, Str *out, Err *err);

/* Looks names up in the process's environment. */
extern const Expand expand_environment;

#endif
