/*
 * tests/unit/parser/test_keywords.c: the tables of words.
 */
#include "parser/keywords.h"

#include "tests/support/check.h"

TEST(every_word_is_found_in_any_case)
{
	for (Keyword kw = (Keyword)(KW_NONE + 1); kw < KEYWORDS; kw = (Keyword)(kw + 1)) {
		char lower[64];
		const char *text = keywords_text(kw);
		size_t n = strlen(text);
		REQUIRE(n < sizeof lower);
		for (size_t i = 0; i <= n; i++)
			lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
		CHECK_FMT(keywords_find(str_from(text)) == kw, "%s: is keywords.def in the order of strcmp?\n", text);
		CHECK(keywords_find(str_from(lower)) == kw);
	}
}

TEST(tables_are_sorted)
{
	for (Keyword kw = (Keyword)(KW_NONE + 2); kw < KEYWORDS; kw = (Keyword)(kw + 1))
		CHECK_FMT(strcmp(keywords_text((Keyword)(kw - 1)), keywords_text(kw)) < 0, "%s\n", keywords_text(kw));
	static const char *const flink[] = {
#define WORD(word) #word,
#include "parser/keywords_flink.def"
#undef WORD
	};
	for (size_t i = 0; i < sizeof flink / sizeof flink[0]; i++) {
		CHECK_FMT(keywords_reserved_in_flink(str_from(flink[i])), "%s\n", flink[i]);
		CHECK(i == 0 || strcmp(flink[i - 1], flink[i]) < 0);
	}
}

TEST(other_words_are_not_found)
{
	CHECK(keywords_find(STR("")) == KW_NONE);
	CHECK(keywords_find(STR("selec")) == KW_NONE);
	CHECK(keywords_find(STR("a_word_that_is_longer_than_any_of_those_in_the_table")) == KW_NONE);
	CHECK(keywords_class(KW_NONE) == KEYWORD_FREE);
	CHECK(!keywords_reserved_in_flink(STR("order_id")));
	CHECK(!keywords_reserved_in_flink(STR("key")));
}

TEST(classes_are_as_the_grammar_needs)
{
	CHECK(keywords_class(KW_SELECT) == KEYWORD_RESERVED);
	CHECK(keywords_class(KW_LIMIT) == KEYWORD_NOT_ALIAS);
	CHECK(keywords_class(KW_VALUE) == KEYWORD_FREE);
	CHECK(keywords_reserved_in_flink(STR("value")));
	CHECK(keywords_reserved_in_flink(STR("Timestamp")));
}

TESTS(every_word_is_found_in_any_case, tables_are_sorted, other_words_are_not_found, classes_are_as_the_grammar_needs)
