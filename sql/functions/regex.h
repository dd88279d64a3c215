/*
 * sql/functions/regex.h: regular expressions, by PCRE2, with bounds on the steps of a match.
 *
 * A Regex is immutable and lives in an arena (no code is generated, so nothing is to be freed). A Matcher holds the
 * memory of matching: one per kernel call, opened and closed.
 */
#ifndef WEIR_SQL_FUNCTIONS_REGEX_H
#define WEIR_SQL_FUNCTIONS_REGEX_H

#include "base/arena.h"
#include "base/str.h"

typedef struct Regex Regex;
typedef struct Matcher Matcher;

enum { REGEX_STEPS_MAX = 1000000, REGEX_HEAP_KB_MAX = 20000 };

/* NULL: not a valid pattern. whole: it must match the whole text, and . matches line breaks too. */
const Regex *regex_compile(Str pattern, bool whole, Arena *arena);
uint32_t regex_groups(const Regex *regex);

Matcher *regex_open(void);
void regex_close(Matcher *m);

typedef enum RegexFound { REGEX_NONE, REGEX_FOUND, REGEX_LIMIT } RegexFound;
/* Searches from byte `from`. REGEX_LIMIT: too many steps. */
RegexFound regex_find(Matcher *m, const Regex *regex, Str text, uint32_t from);
/* Group 0 is the match itself; false: the group took no part or does not exist. Offsets in bytes. */
bool regex_group(const Matcher *m, uint32_t group, uint32_t *begin, uint32_t *end);

#endif
