/*
 * parser/print_int.h: shared by the print_*.c files. Private to parser/.
 */
#ifndef WEIR_PARSER_PRINT_INT_H
#define WEIR_PARSER_PRINT_INT_H

#include "parser/print.h"

typedef struct Print {
	StrBuf *out;
	const PrintOptions *options;
} Print;

/* print.c */
void print_any(Print *p, const AstNode *node); /* by its kind */
void print_puts(Print *p, const char *text);
void print_ident(Print *p, const AstName *name);
void print_ident_after_dot(Print *p, const AstName *name);
void print_path(Print *p, const AstNames *path);
void print_names(Print *p, const AstNames *names); /* (a, b) */
void print_list(Print *p, const AstList *list);    /* a, b */
void print_parens(Print *p, const AstList *list);  /* (a, b) */
void print_string(Print *p, Str raw);              /* 'text' */
void print_literal(Print *p, const AstLiteral *lit);
void print_literal_value(Print *p, Str value, Str raw);  /* 'text' */
void print_comment(Print *p, const AstLiteral *comment); /* " COMMENT 'x'", or nothing */
void print_options(Print *p, const AstList *options);    /* ('k' = 'v', ...) */
void print_option(Print *p, const AstOption *option);
void print_shown(Print *p, Str key, const AstLiteral *value); /* masked, if that is wanted */
void print_if(Print *p, bool condition, const char *text);
void print_node_if(Print *p, const char *before, const AstNode *node); /* nothing for NULL */
void print_list_if(Print *p, const char *before, const AstList *list); /* nothing for an empty one */

/* print_expr.c: with parentheses if the parser's parse_expr_above(binding) would not read it as one. */
void print_expr(Print *p, const AstNode *node);
bool print_expr_kind(Print *p, const AstNode *node); /* false: no kind of print_expr.c */
/* print_call.c */
void print_call(Print *p, const AstCall *call);
bool print_call_kind(Print *p, const AstNode *node);
void print_call_window(Print *p, const AstWindow *window);
/* print_type.c */
void print_type(Print *p, const AstType *type);
void print_type_range(Print *p, AstUnit from, AstUnit to, int32_t leading, int32_t fraction);
bool print_type_kind(Print *p, const AstNode *node);
/* print_query.c, print_from.c, print_ddl.c, print_stmt.c, print_session.c, print_test.c */
bool print_query_kind(Print *p, const AstNode *node);
bool print_from_kind(Print *p, const AstNode *node);
void print_from_hints(Print *p, const AstList *hints);
bool print_ddl_kind(Print *p, const AstNode *node);
const char *print_ddl_object(AstObjectKind object);
bool print_stmt_kind(Print *p, const AstNode *node);
bool print_session_kind(Print *p, const AstNode *node);
bool print_test_kind(Print *p, const AstNode *node);

#endif
