/*
 * parser/print.h: a tree back to SQL.
 *
 * What is printed parses to an equal tree (ast_equal). Keywords are in upper case, parentheses stand only where the
 * tree needs them, comments are gone. Literals are printed as they were before ${NAME} was replaced.
 */
#ifndef WEIR_PARSER_PRINT_H
#define WEIR_PARSER_PRINT_H

#include <stdbool.h>

#include "base/str.h"
#include "parser/ast.h"

typedef struct PrintOptions {
	bool lines;    /* CREATE TABLE with one column and one option a line, as SHOW CREATE TABLE shows it */
	bool expanded; /* literals with ${NAME} replaced */
	bool flink;    /* as Flink's parser wants it: backticks, also around its reserved words; CAST for :: */
	bool masked;   /* secrets in options and settings as ***: the text no longer parses to an equal tree */
} PrintOptions;

/* Any node: a statement (without `;`), a query, an expression, a type, ... options may be NULL. */
void print_sql(const AstNode *node, const PrintOptions *options, StrBuf *out);
/* A name with backticks where it needs them. */
void print_name(Str name, StrBuf *out);

#endif
