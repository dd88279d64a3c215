/*
 * tests/unit/parser/test_expand.c: ${NAME} in string literals.
 */
#include "parser/expand.h"

#include "parser/parser.h"
#include "parser/print.h"
#include "tests/support/check.h"

/* A is "alpha", EMPTY is set and empty, DEEP holds a reference that is not followed; the rest is not set. */
static bool lookup(void *ctx, Str name, Str *value)
{
	(void)ctx;
	if (str_eq_c(name, "A"))
		*value = STR("alpha");
	else if (str_eq_c(name, "EMPTY"))
		*value = STR("");
	else if (str_eq_c(name, "DEEP"))
		*value = STR("${A}");
	else
		return false;
	return true;
}

static unsigned used_count;
static void used(void *ctx, Str name, const Str *value)
{
	(void)ctx;
	(void)name;
	(void)value;
	used_count++;
}

static const Expand expand = {.lookup = lookup, .used = used};

static const char *expanded(const char *text, Err *err)
{
	static char out[512];
	Arena *arena = arena_open("test", 0);
	Str value = STR_EMPTY;
	memset(err, 0, sizeof *err);
	bool ok = expand_text(arena, &expand, str_from(text), (Span){3, 9}, &value, err);
	if (ok)
		snprintf(out, sizeof out, "%.*s", STR_ARG(value));
	else
		snprintf(out, sizeof out, "ERROR %.500s", err->message);
	arena_close(arena);
	return out;
}

#define CHECK_EXPANDED(text, want)                                                                                     \
	do {                                                                                                               \
		Err err;                                                                                                       \
		CHECK_STR(expanded(text, &err), want);                                                                         \
	} while (0)

TEST(forms_give_their_values)
{
	CHECK_EXPANDED("plain", "plain");
	CHECK_EXPANDED("", "");
	CHECK_EXPANDED("$A $ {A} $.x", "$A $ {A} $.x");
	CHECK_EXPANDED("${A}", "alpha");
	CHECK_EXPANDED("x${A}y${A}z", "xalphayalphaz");
	CHECK_EXPANDED("${EMPTY}", "");
	CHECK_EXPANDED("${DEEP}", "${A}");
	CHECK_EXPANDED("${NO:-default}", "default");
	CHECK_EXPANDED("${EMPTY:-default}", "default");
	CHECK_EXPANDED("${A:-default}", "alpha");
	CHECK_EXPANDED("${NO:-}", "");
	CHECK_EXPANDED("${NO:-a${A}b${NO2:-c}}", "aalphabc");
	CHECK_EXPANDED("${A:+text}", "text");
	CHECK_EXPANDED("${EMPTY:+text}", "");
	CHECK_EXPANDED("${NO:+text}", "");
	CHECK_EXPANDED("${A:+<${A}>}", "<alpha>");
	CHECK_EXPANDED("${A:?message}", "alpha");
	CHECK_EXPANDED("$${A} ${A}", "${A} alpha");
}

TEST(errors_name_the_variable)
{
	CHECK_EXPANDED("${NO}", "ERROR the environment variable \"NO\" is not set");
	CHECK_EXPANDED("${NO:?set it}", "ERROR \"NO\" is not set: set it");
	CHECK_EXPANDED("${EMPTY:?fill it}", "ERROR \"EMPTY\" is not set: fill it");
	CHECK_EXPANDED("${NO:-${NO2}}", "ERROR the environment variable \"NO2\" is not set");
	CHECK_EXPANDED("${A", "ERROR \"${A\" is not of the form ${NAME}");
	CHECK_EXPANDED("${}", "ERROR \"${}\" is not of the form ${NAME}");
	CHECK_EXPANDED("${1A}", "ERROR \"${1A}\" is not of the form ${NAME}");
	CHECK_EXPANDED("${A B}", "ERROR \"${A B}\" is not of the form ${NAME}");
	CHECK_EXPANDED("${A:=x}", "ERROR \"${A:=x}\" is not of the form ${NAME}");
	Err err;
	expanded("${NO}", &err);
	CHECK(err.code == ERR_UNSET_VARIABLE);
	CHECK(err.span.begin == 3 && err.span.end == 9);
	CHECK(err.hint[0] != '\0');
}

TEST(depth_and_length_are_bounded)
{
	char text[4096];
	size_t n = 0;
	for (int i = 0; i < EXPAND_DEPTH_MAX + 2; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "${NO:-");
	for (int i = 0; i < EXPAND_DEPTH_MAX + 2; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "}");
	Err err;
	CHECK(strncmp(expanded(text, &err), "ERROR", 5) == 0);
}

TEST(only_single_quoted_literals_are_replaced)
{
	Arena *arena = arena_open("test", 0);
	ParserOptions options = {.expand = &expand};
	AstNode *node = NULL;
	uint32_t next = 0;
	Err err;
	StrBuf raw, replaced;
	strbuf_init(&raw);
	strbuf_init(&replaced);
	const char *sql = "SELECT '${A}', \"${A}\", E'${A}', INTERVAL '${NO:-5}' DAY, X'00' FROM `${A}` -- ${NO}";
	used_count = 0;
	REQUIRE(parser_statement(arena, str_from(sql), 0, &options, &node, &next, &err));
	CHECK_EQ_U64(used_count, 3);
	print_sql(node, NULL, &raw);
	print_sql(node, &(PrintOptions){.expanded = true}, &replaced);
	CHECK_STR(strbuf_cstr(&raw), "SELECT '${A}', \"${A}\", '${A}', INTERVAL '${NO:-5}' DAY, X'00' FROM `${A}`");
	CHECK_STR(strbuf_cstr(&replaced), "SELECT 'alpha', \"${A}\", 'alpha', INTERVAL '5' DAY, X'00' FROM `${A}`");
	CHECK(!parser_statement(arena, STR("SELECT '${NO}'"), 0, &options, &node, &next, &err));
	CHECK(err.code == ERR_UNSET_VARIABLE && err.span.begin == 7 && err.span.end == 14);
	CHECK(parser_statement(arena, STR("SELECT '${NO}'"), 0, NULL, &node, &next, &err));
	strbuf_deinit(&raw);
	strbuf_deinit(&replaced);
	arena_close(arena);
}

TEST(the_environment_is_read)
{
	Str value;
	setenv("WEIR_TEST_EXPAND", "found", 1);
	CHECK(expand_environment.lookup(NULL, STR("WEIR_TEST_EXPAND"), &value));
	CHECK_MEM(value.ptr, value.len, "found");
	CHECK(!expand_environment.lookup(NULL, STR("WEIR_TEST_EXPAND_NOT_SET"), &value));
}

TESTS(forms_give_their_values, errors_name_the_variable, depth_and_length_are_bounded,
      only_single_quoted_literals_are_replaced, the_environment_is_read)
