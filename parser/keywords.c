/*
 * parser/keywords.c: finds words by bisection; the table in keywords.def is sorted (a test checks it).
 */
#include "parser/keywords.h"

typedef struct KeywordEntry {
	const char *text;
	KeywordClass class;
} KeywordEntry;

static const KeywordEntry keyword_table[KEYWORDS] = {
    [KW_NONE] = {"", KEYWORD_FREE},
#define KEYWORD(word, class) [KW_##word] = {#word, KEYWORD_##class},
#include "parser/keywords.def"
#undef KEYWORD
};

/* The longest word of either table, with room; longer ones are not looked up. */
#define KEYWORD_LENGTH_MAX 40

static bool keyword_upper(Str word, char *out)
{
	if (word.len == 0 || word.len >= KEYWORD_LENGTH_MAX)
		return false;
	for (uint32_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];
		out[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	}
	out[word.len] = '\0';
	return true;
}

Keyword keywords_find(Str word)
{
	char upper[KEYWORD_LENGTH_MAX];
	if (!keyword_upper(word, upper))
		return KW_NONE;
	int low = 1, high = KEYWORDS - 1;
	while (low <= high) {
		int middle = (low + high) / 2;
		int order = strcmp(upper, keyword_table[middle].text);
		if (order == 0)
			return (Keyword)middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return KW_NONE;
}

const char *keywords_text(Keyword kw)
{
	return keyword_table[kw].text;
}

KeywordClass keywords_class(Keyword kw)
{
	return keyword_table[kw].class;
}

/* Sorted. */
static const char *const flink_reserved[] = {
#define WORD(word) #word,
#include "parser/keywords_flink.def"
#undef WORD
};

bool keywords_reserved_in_flink(Str word)
{
	char upper[KEYWORD_LENGTH_MAX];
	if (!keyword_upper(word, upper))
		return false;
	size_t low = 0, high = sizeof flink_reserved / sizeof flink_reserved[0];
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(upper, flink_reserved[middle]);
		if (order == 0)
			return true;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}
