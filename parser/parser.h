/*
 * parser/parser.h: text in, tree out.
 *
 * The one entry of this layer. A text may hold many statements; parser_statement takes them one by
 * one, and after an error goes on behind the statement that had it. All nodes go into the arena
 * and point into the text, so the text must live as long. Spans count from the text's first byte.
 * Thread: any; nothing is shared.
 */
#ifndef WEIR_PARSER_PARSER_H
#define WEIR_PARSER_PARSER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "parser/ast.h"
#include "parser/expand.h"

/* How deep expressions, queries and types may nest; deeper is ERR_TOO_DEEP. */
#define PARSER_DEPTH_MAX 200
/* How high a tree may grow, chains such as a + b + c ... included; higher is ERR_TOO_DEEP too. */
#define PARSER_HEIGHT_MAX 1000
/* How long a text may be; spans are 32 bits wide. */
#define PARSER_TEXT_MAX (64u << 20)

typedef struct ParserOptions {
	const Expand *expand; /* replaces ${NAME} in single-quoted literals; NULL: the text stays */
} ParserOptions;

/* Parses the first statement at or after `offset`. options may be NULL.
 * *next: where the following statement begins, behind the `;`; also set on failure.
 * *stmt: NULL (and true) when only blanks, comments and `;` are left. */
bool parser_statement(Arena *arena, Str text, uint32_t offset, const ParserOptions *options, AstNode **stmt,
                      uint32_t *next, Err *err);

/* The whole text is one expression, one type. */
bool parser_expr(Arena *arena, Str text, const ParserOptions *options, AstNode **expr, Err *err);
bool parser_type(Arena *arena, Str text, AstType **type, Err *err);

/* Looks for the end of the statement at `offset`: the first `;` outside of strings, quoted names,
 * comments and BEGIN .. END of a statement set. *next is behind it. false: the text ends before
 * (*next is the text's end); a shell then asks for another line. *blank: nothing but blanks and
 * comments stood there. blank may be NULL. */
bool parser_statement_end(Str text, uint32_t offset, uint32_t *next, bool *blank);

#endif
