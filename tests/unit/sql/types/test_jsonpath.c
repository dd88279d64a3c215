/*
 * tests/unit/sql/types/test_jsonpath.c: JSON text: what is accepted (jansson is the reference), strings, normal forms,
 * and paths.
 */
#include "sql/types/jsonpath.h"

#include <jansson.h>

#include "sql/types/json_scan.h"
#include "tests/unit/sql/types/random_type.h"

static bool accepts(const char *text)
{
	JsonKind kind;
	return jsonpath_is_json(str_from(text), &kind);
}

TEST(json_grammar)
{
	static const char *const good[] = {"0",
	                                   "-0",
	                                   "1.5e-3",
	                                   "1E+9",
	                                   "\"\"",
	                                   "\"\\u0000\"",
	                                   " [ ] ",
	                                   "{ }",
	                                   "[1,2,[3]]",
	                                   "{\"a\":{\"b\":null}}",
	                                   "true",
	                                   "\t\r\n1",
	                                   "123456789012345678901234567890",
	                                   "1e999",
	                                   "\"\xf0\x9f\x98\x80\"",
	                                   "{\"a\":1,\"a\":2}"};
	static const char *const bad[] = {"",     " ",       "01",        "+1",           ".5",
	                                  "1.",   "1e",      "-",         "tru",          "True",
	                                  "[1,]", "[,1]",    "{\"a\"}",   "{a:1}",        "{\"a\":1,}",
	                                  "\"",   "\"\\x\"", "\"\\u12\"", "\"\n\"",       "1 2",
	                                  "[1",   "]",       "\"\xff\"",  "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
	                                  "nul",  "'a'",     "{\"a\" 1}", "[1 2]",        "\"a\" b"};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK_FMT(accepts(good[i]), "    %s\n", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK_FMT(!accepts(bad[i]), "    %s\n", bad[i]);
	char deep[2 * JSON_SCAN_DEPTH_MAX + 3];
	memset(deep, '[', JSON_SCAN_DEPTH_MAX);
	memset(deep + JSON_SCAN_DEPTH_MAX, ']', JSON_SCAN_DEPTH_MAX);
	deep[2 * JSON_SCAN_DEPTH_MAX] = 0;
	CHECK(accepts(deep));
	memset(deep, '[', JSON_SCAN_DEPTH_MAX + 1);
	memset(deep + JSON_SCAN_DEPTH_MAX + 1, ']', JSON_SCAN_DEPTH_MAX + 1);
	deep[2 * JSON_SCAN_DEPTH_MAX + 2] = 0;
	CHECK(!accepts(deep));
}

/* Random texts of JSON's characters: jansson must say the same. What it cannot hold (integers beyond 64 bits, reals
 * beyond double, \u0000) does not occur among the pieces, and of lone surrogates there are none. */
TEST(json_accepts_what_jansson_accepts)
{
	static const char *const pieces[] = {"{",     "}",  "[",  "]",     ",",        ":",    "\"a\"", "\"b\\n\"",
	                                     "1",     "-",  "0",  ".5",    "e1",       " ",    "true",  "null",
	                                     "false", "\"", "\\", "u00e4", "\xc3\xa4", "\xc3", "x",     "\n"};
	int accepted = 0;
	for (int round = 0; round < 300000; round++) {
		char text[128];
		size_t len = 0;
		/* A value in a value, so that enough of them are good. */
		uint32_t n = 1 + random_below(8);
		bool wrap = random_below(2);
		len += wrap ? (size_t)snprintf(text, sizeof text, "{\"k\":[") : 0;
		for (uint32_t i = 0; i < n; i++) {
			const char *p = pieces[random_below(sizeof pieces / sizeof *pieces)];
			memcpy(text + len, p, strlen(p));
			len += strlen(p);
		}
		if (wrap) {
			memcpy(text + len, "]}", 2);
			len += 2;
		}
		JsonKind kind;
		json_error_t error;
		json_t *json = json_loadb(text, len, JSON_DECODE_ANY, &error);
		bool got = jsonpath_is_json(str_make(text, len), &kind);
		CHECK_FMT(got == (json != NULL), "    %.*s\n", (int)len, text);
		accepted += got;
		json_decref(json);
	}
	CHECK(accepted > 5000);
}

static const char *normal(Arena *arena, const char *text, bool sorted)
{
	StrBuf out;
	JsonKind kind;
	Str value;
	strbuf_init(&out);
	REQUIRE(json_scan_whole(str_from(text), &kind, &value));
	if (sorted)
		json_scan_sorted(value, kind, arena, &out);
	else
		json_scan_compact(value, &out);
	const char *s = arena_cstr(arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return s;
}

TEST(json_normal_forms)
{
	Arena *arena = arena_open("test", 0);
	const char *text = " { \"b\" : [ 1.50 , { \"z\" : null, \"y\" : \"a b\\\" \" } ] , \"a\" : 1e3, \"b\" : 2 } ";
	CHECK_STR(normal(arena, text, false), "{\"b\":[1.50,{\"z\":null,\"y\":\"a b\\\" \"}],\"a\":1e3,\"b\":2}");
	CHECK_STR(normal(arena, text, true), "{\"a\":1e3,\"b\":2}");
	CHECK_STR(normal(arena, "[ [ ] , { } ]", true), "[[],{}]");
	CHECK_STR(normal(arena, " \" \\u0041 \" ", false), "\" \\u0041 \"");
	arena_close(arena);
}

TEST(json_strings_are_unescaped)
{
	Arena *arena = arena_open("test", 0);
	CHECK(str_eq(json_scan_string(STR("\"abc\""), arena), STR("abc")));
	CHECK(str_eq(json_scan_string(STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), arena), STR("\"\\/\b\f\n\r\t")));
	CHECK(str_eq(json_scan_string(STR("\"\\u0041\\u00e4\\u20ac\\ud83d\\ude00\""), arena),
	             STR("A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")));
	CHECK(str_eq(json_scan_string(STR("\"\\u0000\""), arena), STR("\0")));
	CHECK(str_eq(json_scan_string(STR("\"\\ud83dx\\ude00\\ud83d\\u0041\""), arena),
	             STR("\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd"
	                 "A")));
	arena_close(arena);
}

/* want: the text, "empty" or "error". */
static void check_path(const char *path, const char *json, const char *want)
{
	Arena *arena = arena_open("test", 0);
	Err err = {0};
	JsonPath *p = jsonpath_parse(str_from(path), arena, &err);
	CHECK_FMT(p != NULL, "    %s: %s\n", path, err.message);
	if (p) {
		JsonKind kind;
		Str text, scalar;
		bool many;
		JsonFound found = jsonpath_find(p, str_from(json), arena, &kind, &text, &scalar, &many);
		Str got = found == JSON_EMPTY ? STR("empty") : found == JSON_ERROR ? STR("error") : text;
		CHECK_FMT(str_eq(got, str_from(want)), "    %s of %s: got %.*s, want %s\n", path, json, STR_ARG(got), want);
		if (found == JSON_FOUND && kind == JSON_KIND_STRING)
			CHECK(scalar.len + 2 <= text.len);
		CHECK(found != JSON_FOUND || many == (strstr(path, "*") != NULL));
	}
	arena_close(arena);
}

static const char doc[] = "{\"a\": {\"b\": [10, 20, {\"c\": \"x\\ty\"}], \"n\": null}, \"x y\": 1.50, \"l\": [{\"k\": "
                          "1}, {\"k\": 2}, {}, 5], "
                          "\"o\": {\"z\": 1, \"y\": 2}}";

TEST(jsonpath_definite_paths)
{
	check_path("$.a.b[0]", doc, "10");
	check_path("$.a.b[-1].c", doc, "\"x\\ty\"");
	check_path("$.a.b[-3]", doc, "10");
	check_path("$['a']['b'][1]", doc, "20");
	check_path("$[\"x y\"]", doc, "1.50");
	check_path("a.b[1]", doc, "20");
	check_path("$.o", doc, "{\"y\":2,\"z\":1}");
	check_path("$.a.n", doc, "null");
	check_path("$", " [1, 2] ", "[1,2]");
	check_path("$", "\"s\"", "\"s\"");
	check_path("$.a", "{\"a\":1,\"a\":2}", "2");
	check_path("$.\xc3\xa4", "{\"\\u00e4\":1}", "1");
}

TEST(jsonpath_modes)
{
	check_path("$.q", doc, "error");
	check_path("strict $.q", doc, "error");
	check_path("lax $.q", doc, "empty");
	check_path("LAX  $.a.b[9]", doc, "empty");
	check_path("$.a.b[3]", doc, "error");
	check_path("$.a.b[-4]", doc, "error");
	check_path("$.a.b.c", doc, "error");
	check_path("$.a[0]", doc, "error");
	check_path("$.a.n.x", doc, "error");
	check_path("$.a", "{broken", "error");
	check_path("lax $.a", "{broken", "empty");
	check_path("lax", "{\"lax\":1}", "1");
}

TEST(jsonpath_wildcards)
{
	check_path("$.l[*].k", doc, "[1,2]");
	check_path("$.l[*]", doc, "[{\"k\":1},{\"k\":2},{},5]");
	check_path("$.o.*", doc, "[1,2]");
	check_path("$.a.b[*].c", doc, "[\"x\\ty\"]");
	check_path("$.*.*", "{\"a\":{\"b\":1},\"c\":[2,3],\"d\":4}", "[1,2,3]");
	check_path("$.l[*].k[0]", doc, "[]");
	check_path("$.q[*]", doc, "error");
	check_path("lax $.q[*]", doc, "[]");
	check_path("$['x y'][*]", doc, "[]");
}

TEST(jsonpath_bad_paths_are_refused)
{
	static const char *const bad[] = {"",           "   ",    "$.",     "$a",   "$[",        "$['a",         "$['a'",
	                                  "$['a','b']", "$[0:2]", "$[0,1]", "$..a", "$[?(@.a)]", "$.a.length()", "$[abc]",
	                                  "$.a..b",     "lax ",   "$.a b"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		Arena *arena = arena_open("test", 0);
		Err err = {0};
		bool refused = !jsonpath_parse(str_from(bad[i]), arena, &err) && err.code == ERR_BAD_VALUE && err.hint[0];
		/* "lax " is trimmed to a name. */
		CHECK_FMT(refused || strcmp(bad[i], "lax ") == 0, "    %s\n", bad[i]);
		arena_close(arena);
	}
}

TESTS(json_grammar, json_accepts_what_jansson_accepts, json_normal_forms, json_strings_are_unescaped,
      jsonpath_definite_paths, jsonpath_modes, jsonpath_wildcards, jsonpath_bad_paths_are_refused)
