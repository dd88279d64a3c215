/*
 * parser/parse_int.h: the state of a parse, shared by the parse_*.c files. Private to parser/.
 *
 * A function of the parser returns its node, or NULL (false) after a failure; the reason is then in p->err. Each
 * starts at the current token and leaves the one behind its construct current. Above each stands its production:
 * "words", [optional], { any number of times }, ( a | b ).
 */
#ifndef WEIR_PARSER_PARSE_INT_H
#define WEIR_PARSER_PARSE_INT_H

#include "base/arena.h"
#include "parser/lexer.h"
#include "parser/parser.h"

/* What was tried at one token, for "expected A, B or C". */
#define PARSE_TRIED_MAX 24

typedef struct Parse {
	Arena *arena;
	Str text;
	const Expand *expand; /* may be NULL */
	Err *err;             /* never NULL */
	Lexer lexer;
	Err lexer_err; /* of the one TOKEN_BAD */
	Token *items;  /* read so far; named for ARENA_PUSH */
	uint32_t len;
	uint32_t cap;
	uint32_t at;        /* index of the current token */
	uint32_t depth;     /* of the recursion */
	uint32_t height;    /* of the highest expression or query that was finished since the caller reset it */
	uint32_t questions; /* ? seen so far */
	uint32_t tried_at;
	uint32_t ntried;
	const char *tried[PARSE_TRIED_MAX];
	uint32_t half_at; /* index + 1 of a first word whose second did not follow; 0: none */
	uint32_t nhalf;
	const char *half[4];      /* those second words */
	uint32_t suspect_at;      /* a name that looks like a misspelled word: index + 1; 0: none */
	const char *suspect_word; /* the word */
} Parse;

/* parse_expr.c, parse_primary.c, parse_call.c, parse_special.c, parse_json.c, parse_literal.c */
AstNode *parse_expr(Parse *p);
AstNode *parse_expr_above(Parse *p, int binding); /* operators that bind tighter only; see parse_expr.c */
bool parse_expr_list(Parse *p, AstList *out);     /* e, e, ...: at least one */
AstNode *parse_primary(Parse *p);
AstNode *parse_call(Parse *p, uint32_t begin, const AstNames *name);
bool parse_call_tail(Parse *p, AstCall *call);      /* behind ")": FILTER, OVER, ... */
AstNode *parse_special(Parse *p, bool *is_special); /* EXTRACT(...), TRIM(...), ...: not special: NULL, nothing taken */
AstNode *parse_json(Parse *p);                      /* at JSON_VALUE( and its like */
AstLiteral *parse_literal_string(Parse *p, const char *what); /* a string, `what` for the message */
AstLiteral *parse_literal_number(Parse *p, const char *what);
AstNode *parse_literal_interval(Parse *p);                      /* at INTERVAL, a string or sign and string behind it */
AstNode *parse_literal(Parse *p, bool *is_literal);             /* not a literal: NULL, nothing taken */
AstUnit parse_literal_unit(const Parse *p, const Token *token); /* AST_UNIT_NONE: not the name of a unit */
bool parse_literal_uint(Parse *p, uint32_t most, const char *what, uint32_t *out);

/* parse_type.c */
AstType *parse_type(Parse *p);
AstType *parse_type_short(Parse *p); /* behind ::, without NOT NULL and the like */
bool parse_literal_range(Parse *p, AstUnit *from, AstUnit *to, int32_t *leading, int32_t *fraction);

/* parse_window.c */
AstSortItem *parse_window_sort_item(Parse *p);
bool parse_window_sort_list(Parse *p, AstList *out);
bool parse_window_order_by(Parse *p, AstList *out);     /* [ORDER BY ...] */
bool parse_window_partition_by(Parse *p, AstList *out); /* [PARTITION BY ...] */
AstWindow *parse_window_over(Parse *p);                 /* behind OVER */
AstWindow *parse_window_named(Parse *p);                /* name AS (...) */

/* parse_query.c, parse_select.c, parse_from.c, parse_match.c, parse_option.c */
AstNode *parse_query(Parse *p);
bool parse_query_begins(Parse *p);     /* SELECT, VALUES, WITH, TABLE, or "(" before one of them */
AstNode *parse_query_parens(Parse *p); /* "(" query ")" */
AstNode *parse_query_row(Parse *p);    /* a row of VALUES, of kind AST_ROW */
AstNode *parse_select(Parse *p);
bool parse_select_item_list(Parse *p, AstList *out);
bool parse_from(Parse *p, AstList *out); /* behind FROM */
bool parse_from_alias(Parse *p, AstRefHead *head);
AstNode *parse_match(Parse *p, AstNode *input);  /* at MATCH_RECOGNIZE */
bool parse_option_hints(Parse *p, AstList *out); /* none, or the hint comment */
bool parse_option_list(Parse *p, AstList *out);  /* ('k'='v', ...) */
bool parse_option_words(Parse *p, AstList *out); /* (FORMAT csv, HEADER true) */
AstOption *parse_option_partition_item(Parse *p);

/* statements: each at its first word */
AstNode *parse_statement(Parse *p);
/* Passes over the rest of a statement of Flink's that weir never runs; what: "CREATE MODEL". */
AstNode *parse_statement_unsupported(Parse *p, uint32_t begin, const char *what, const char *hint);
AstNode *parse_table(Parse *p, uint32_t begin, bool or_replace, bool temporary); /* at TABLE of CREATE TABLE */
AstNode *parse_table_item(Parse *p);                                             /* a column, a key or a watermark */
AstNode *parse_create(Parse *p);
AstNode *parse_drop(Parse *p);
AstNode *parse_alter(Parse *p);
AstNode *parse_dml_insert(Parse *p);
AstNode *parse_dml_update(Parse *p);
AstNode *parse_dml_delete(Parse *p);
AstNode *parse_dml_truncate(Parse *p);
AstNode *parse_dml_execute(Parse *p);
AstNode *parse_dml_statement_set(Parse *p, uint32_t begin); /* at STATEMENT SET */
AstNode *parse_dml_begin_statement_set(Parse *p);
AstNode *parse_session_set(Parse *p);
AstNode *parse_session_reset(Parse *p);
AstNode *parse_session_use(Parse *p);
AstNode *parse_session_help(Parse *p);
AstNode *parse_session_client(Parse *p);
AstNode *parse_session_discard(Parse *p);
AstNode *parse_transaction(Parse *p);
AstNode *parse_transaction_modes(Parse *p, uint32_t begin, AstTransactionAction action);
AstNode *parse_cursor_declare(Parse *p);
AstNode *parse_cursor_fetch(Parse *p);
AstNode *parse_cursor_close(Parse *p);
AstNode *parse_cursor_prepare(Parse *p);
AstNode *parse_cursor_execute(Parse *p);
AstNode *parse_cursor_deallocate(Parse *p);
AstNode *parse_show(Parse *p);
AstNode *parse_show_describe(Parse *p);
AstNode *parse_show_explain(Parse *p);
AstNode *parse_control(Parse *p);
AstNode *parse_control_why(Parse *p);
AstNode *parse_control_replay(Parse *p);
AstNode *parse_control_flush(Parse *p);
AstNode *parse_control_backup(Parse *p);
AstNode *parse_control_subscribe(Parse *p);
AstNode *parse_control_copy(Parse *p);
AstNode *parse_test_push(Parse *p);
AstNode *parse_test_advance(Parse *p);
AstNode *parse_test_idle(Parse *p);
AstNode *parse_test_action(Parse *p);
AstNode *parse_test_expect(Parse *p);

#endif
