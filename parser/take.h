/*
 * parser/take.h: looking at tokens and taking them. Private to parser/.
 *
 * take_x must find x, and fails with a message else; take_x_if takes x where it stands, and remembers that it was
 * tried; peek_x only looks.
 */
#ifndef WEIR_PARSER_TAKE_H
#define WEIR_PARSER_TAKE_H

#include "parser/fail.h"
#include "parser/parse_int.h"

/* The n-th token from the current one. The pointer holds until the next call. */
const Token *take_peek(Parse *p, uint32_t n);
bool take_peek_word(Parse *p, uint32_t n, Keyword kw);
bool take_peek_symbol(Parse *p, uint32_t n, int symbol);
bool take_peek_name(Parse *p, uint32_t n); /* a word that is not reserved, or a quoted name */
bool take_at_end(Parse *p);                /* `;` or the end of the text */

void take_any(Parse *p);
bool take_word(Parse *p, Keyword kw);
bool take_word_if(Parse *p, Keyword kw);
/* Two or three words in a row, or none of them is taken. */
bool take_words_if(Parse *p, Keyword a, Keyword b);
bool take_words3_if(Parse *p, Keyword a, Keyword b, Keyword c);
bool take_words(Parse *p, Keyword a, Keyword b);
/* ORDER BY, PARTITION BY: *there tells whether the clause stands here; its first word without BY is an error. */
bool take_by_if(Parse *p, Keyword first, bool *there);
bool take_symbol(Parse *p, int symbol);
bool take_symbol_if(Parse *p, int symbol);
/* "(": *open is its place, for take_close, which names it if ")" is missing. */
bool take_open(Parse *p, Span *open);
bool take_close(Parse *p, Span open);
/* One that is only good as a test of what is next; remembered for the message. */
void take_note_tried(Parse *p, const char *what);

/* what: "a table name". Behind a dot every word is a name. */
bool take_name(Parse *p, const char *what, AstName *out);
bool take_path(Parse *p, const char *what, AstNames *out);
bool take_names(Parse *p, const char *what, AstNames *out); /* (a, b, c) */
/* An alias without AS: a quoted name, or a word of the free class. Nothing there: out->text.ptr is NULL. */
void take_alias_if(Parse *p, AstName *out);
bool take_if_not_exists(Parse *p, bool *out);
bool take_if_exists(Parse *p, bool *out);

/* A node that begins at the current token (take_node_at: at `begin`), all zero. */
void *take_node(Parse *p, size_t size, AstKind kind);
void *take_node_at(Parse *p, size_t size, AstKind kind, uint32_t begin);
#define TAKE_NODE(p, T, kind) ((T *)take_node((p), sizeof(T), (kind)))
#define TAKE_NODE_AT(p, T, kind, begin) ((T *)take_node_at((p), sizeof(T), (kind), (begin)))
uint32_t take_begin(Parse *p);
uint32_t take_end(const Parse *p); /* of the token that was taken last */
/* Sets the end of the node's span and returns it; NULL stays NULL. */
AstNode *take_done(Parse *p, void *node);
void take_push(Parse *p, AstList *list, void *node);

#endif
