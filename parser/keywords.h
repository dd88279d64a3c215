/*
 * parser/keywords.h: the words of the grammar and what else they may be.
 */
#ifndef WEIR_PARSER_KEYWORDS_H
#define WEIR_PARSER_KEYWORDS_H

#include <stdbool.h>

#include "base/str.h"

typedef enum Keyword {
	KW_NONE,
#define KEYWORD(word, class) KW_##word,
#include "parser/keywords.def"
#undef KEYWORD
	KEYWORDS
} Keyword;

typedef enum KeywordClass { KEYWORD_FREE, KEYWORD_NOT_ALIAS, KEYWORD_RESERVED } KeywordClass;

/* Letters' case is ignored. KW_NONE: the grammar does not know the word. */
Keyword keywords_find(Str word);
const char *keywords_text(Keyword kw);   /* in upper case */
KeywordClass keywords_class(Keyword kw); /* FREE for KW_NONE */

/* Must Flink have quotes around this name? It reserves far more words than weir. */
bool keywords_reserved_in_flink(Str word);

#endif
