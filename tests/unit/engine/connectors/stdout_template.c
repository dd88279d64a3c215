/*
 * Tests of engine/connectors/stdout_template.c: texts with places, tables in frames, places that cannot be filled.
 */
#include "engine/connectors/stdout_template.h"

#include "sql/types/packed.h"
#include "sql/types/type.h"
#include "tests/support/check.h"

static Arena *arena;
static Str names[3];
static const Type *types[3];

static void setup(void)
{
	arena = arena_open("test", 0);
	TypeField fields[] = {{STR("name"), &type_string}, {STR("n"), &type_bigint}};
	names[0] = STR("title");
	names[1] = STR("rows");
	names[2] = STR("a:b");
	types[0] = &type_string;
	types[1] = type_array(arena, type_row(arena, fields, 2));
	types[2] = &type_bigint;
}

static const char *put(const char *text, const Value *values)
{
	static StrBuf out;
	StdoutTemplate *t = NULL;
	Err err = {0};
	REQUIRE(stdout_template_open(str_from(text), names, types, 3, &t, &err));
	strbuf_clear(&out);
	stdout_template_put(t, 7, values, NULL, &out);
	stdout_template_close(t);
	return strbuf_cstr(&out);
}

static Value row(Value name, Value n)
{
	const Type *t[2] = {&type_string, &type_bigint};
	return value_str(packed_build(arena, t, false, (Value[]){name, n}, 2));
}

TEST(texts_and_values)
{
	setup();
	Value v[3] = {value_str(STR("a\nb")), VALUE_NULL, value_i64(5)};
	CHECK_STR(put("no place", v), "no place\n");
	CHECK_STR(put("", v), "\n");
	CHECK_STR(put("{title}|{n}|{{n}|{a:b}|{a:b:left}\n", v), "a\nb|7|{n}|5|5\n");
	v[0] = VALUE_NULL;
	CHECK_STR(put("{title}", v), "NULL\n");
	arena_close(arena);
}

TEST(tables)
{
	setup();
	const Type *item[1] = {types[1]->elem};
	Value rows[] = {row(value_str(STR("h\xc3\xb6gby\n")), value_i64(12345)), row(VALUE_NULL, value_i64(1)), VALUE_NULL};
	Value v[3] = {VALUE_NULL, value_str(packed_build(arena, item, true, rows, 3)), VALUE_NULL};
	CHECK_STR(put("{rows:left}", v),
	          "+-------+-----+\n|name   |n    |\n+-------+-----+\n|h\xc3\xb6gby\\n|12345|\n|NULL   |1    |\n"
	          "|NULL   |NULL |\n+-------+-----+\n");
	CHECK_STR(put("<{rows}>\n", v),
	          "<+-------+-----+\n|   name|    n|\n+-------+-----+\n|h\xc3\xb6gby\\n|12345|\n|   NULL|    1|\n"
	          "|   NULL| NULL|\n+-------+-----+>\n");
	/* a wide character takes two columns of a terminal, a joining one none */
	Value wide[] = {row(value_str(STR("\xe6\x97\xa5\xe6\x9c\xac")), value_i64(1)),
	                row(value_str(STR("e\xcc\x81")), value_i64(2))};
	v[1] = value_str(packed_build(arena, item, true, wide, 2));
	CHECK_STR(put("{rows:left}", v),
	          "+----+---+\n|name|n  |\n+----+---+\n|\xe6\x97\xa5\xe6\x9c\xac|1  |\n|e\xcc\x81   |2  |\n+----+---+\n");
	v[1] = VALUE_NULL;
	CHECK_STR(put("{rows:right}", v), "+----+---+\n|name|  n|\n+----+---+\n+----+---+\n");
	arena_close(arena);
}

static void refused(const char *text, const char *message)
{
	StdoutTemplate *t = NULL;
	Err err = {0};
	CHECK(!stdout_template_open(str_from(text), names, types, 3, &t, &err));
	CHECK_STR(err.message, message);
}

TEST(places_that_cannot_be_filled)
{
	setup();
	refused("{title", "a \"{\" in the template has no \"}\"");
	refused("{what}", "\"{what}\" in the template is no column of the table");
	refused("{}", "\"{}\" in the template is no column of the table");
	refused("{title:up}", "\"{title:up}\" in the template: behind the colon stands left or right");
	refused("{what:left}", "\"{what:left}\" in the template is no column of the table");
	arena_close(arena);
}

TESTS(texts_and_values, tables, places_that_cannot_be_filled)
