/*
 * parser/ast.h: the syntax tree of the whole language.
 *
 * Each struct begins with a AstNode: its kind, and the bytes of the text that it came from. `AstNode *`
 * stands for "any of"; the comment beside a field says which. The tree says what was written and
 * nothing more: no name is resolved, no literal has a type yet. Everything lies in one arena, the
 * strings included (or in the text that was parsed: it must live as long as the tree).
 *
 * Four headers hold the structs: ast_node.h, ast_expr.h, ast_query.h, ast_stmt.h. A field added to
 * a struct is also added to the table in ast_shape.c: from that table come the dump, the comparison and
 * the walk.
 */
#ifndef WEIR_PARSER_AST_H
#define WEIR_PARSER_AST_H

#include "parser/ast_expr.h"
#include "parser/ast_node.h"
#include "parser/ast_query.h"
#include "parser/ast_stmt.h"

/* ---- what holds for every node -------------------------------------------------------------- */

bool ast_is_expr(const AstNode *n);
bool ast_is_query_body(const AstNode *n);
bool ast_is_ref(const AstNode *n);
bool ast_is_stmt(const AstNode *n);
/* "AST_CALL", as in the enum. */
const char *ast_kind_name(AstKind kind);
/* "DAY", "+", "IS DISTINCT FROM": as in SQL. */
const char *ast_unit_name(AstUnit unit);
const char *ast_operator_name(AstOperator op);

/* Equal but for spans. Either may be NULL. */
bool ast_equal(const AstNode *a, const AstNode *b);

/* Calls visit for each child of n, in the order of the text; stops when it returns false and then
 * returns false. Children of children are the visitor's own affair: it calls ast_walk again. */
typedef bool (*AstVisit)(void *ctx, AstNode *child);
bool ast_walk(AstNode *n, AstVisit visit, void *ctx);

/* Calls visit for each name and each part of a path that stands in n itself, not in its children. */
typedef void (*AstVisitName)(void *ctx, const AstNode *n, const AstName *name);
void ast_walk_names(const AstNode *n, AstVisitName visit, void *ctx);

#endif
