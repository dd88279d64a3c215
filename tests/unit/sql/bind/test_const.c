/*
 * tests/unit/sql/bind/test_const.c: constants and types by themselves, as tests and the wire use them.
 */
#include "sql/bind/bind.h"

#include "sql/types/zone.h"
#include "tests/support/check.h"

static Arena *arena;
static BindContext bc;

static void begin(void)
{
	arena = arena_open("const", 0);
	bc = (BindContext){.arena = arena, .catalog = catalog_new(), .settings = settings_new()};
	bc.env.zone = zone_utc;
	bc.env.now_us = 1000000;
	bc.env.watermark_us = INT64_MIN;
}

static void end(void)
{
	catalog_unref((Catalog *)bc.catalog);
	settings_free((Settings *)bc.settings);
	arena_close(arena);
}

/* The value as text, "error: ..." if there is none. */
static const char *value(const char *sql, const Type *want)
{
	AstNode *e;
	Err err = {0};
	Value v;
	const Type *type;
	if (!parser_expr(arena, str_from(sql), NULL, &e, &err) || !bind_const(&bc, e, want, &type, &v, &err))
		return arena_cstr(arena, arena_printf(arena, "error: %s", err.message));
	if (v.null)
		return "NULL";
	StrBuf b;
	strbuf_init(&b);
	value_print(type, v, VALUE_SQL, zone_utc, &b);
	const char *text = arena_cstr(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return text;
}

TEST(constants_have_values)
{
	begin();
	CHECK_STR(value("1 + 2 * 3", NULL), "7");
	CHECK_STR(value("'a' || 'b'", NULL), "ab");
	CHECK_STR(value("NULL", NULL), "NULL");
	CHECK_STR(value("TIMESTAMP '2020-01-01 00:00:00' + INTERVAL '1' DAY", NULL), "2020-01-02 00:00:00");
	CHECK_STR(value("CURRENT_DATE", NULL), "1970-01-01");
	CHECK_STR(value("1 / 0", NULL), "error: 1 was divided by zero");
	CHECK_STR(value("x", NULL), "error: unknown column \"x\"");
	CHECK_STR(value("(SELECT 1)", NULL), "error: no subquery may stand in a constant");
	end();
}

TEST(constants_of_a_wanted_type)
{
	begin();
	CHECK_STR(value("1", &type_bigint), "1");
	CHECK_STR(value("'12'", &type_int), "12");
	CHECK_STR(value("'2020-01-01 10:00:00'", &type_timestamp3), "2020-01-01 10:00:00.000");
	CHECK_STR(value("DEFAULT", &type_int), "NULL");
	CHECK_STR(value("NULL", &type_int), "NULL");
	CHECK_STR(value("TRUE", &type_timestamp3), "error: cannot cast BOOLEAN to TIMESTAMP(3)");
	end();
}

TEST(rows_of_constants)
{
	begin();
	const Type *types[] = {&type_int, &type_string, &type_timestamp3};
	AstNode *row;
	Err err = {0};
	Value v[3];
	REQUIRE(parser_expr(arena, STR("ROW(1, 'x', '2020-01-01 00:00:00')"), NULL, &row, &err));
	CHECK(bind_const_row(&bc, row, types, 3, v, &err));
	CHECK(v[0].i == 1 && str_eq_c(v[1].s, "x") && v[2].i == INT64_C(1577836800000000));
	CHECK(!bind_const_row(&bc, row, types, 2, v, &err));
	CHECK_STR(err.message, "this row has 3 values where 2 are wanted");
	REQUIRE(parser_expr(arena, STR("5"), NULL, &row, &err));
	CHECK(bind_const_row(&bc, row, types, 1, v, &err) && v[0].i == 5);
	end();
}

TEST(types_by_themselves)
{
	begin();
	AstType *node;
	const Type *type;
	Err err = {0};
	REQUIRE(parser_type(arena, STR("MAP<STRING, ARRAY<INT NOT NULL>> NOT NULL"), &node, &err));
	REQUIRE(bind_type(&bc, node, &type, &err));
	StrBuf b;
	strbuf_init(&b);
	type_print(type, true, &b);
	CHECK_STR(strbuf_cstr(&b), "MAP<STRING, ARRAY<INT NOT NULL>> NOT NULL");
	strbuf_deinit(&b);
	REQUIRE(parser_type(arena, STR("VARCHR(5)"), &node, &err));
	CHECK(!bind_type(&bc, node, &type, &err));
	CHECK_STR(err.hint, "Did you mean \"VARCHAR\"?");
	end();
}

TESTS(constants_have_values, constants_of_a_wanted_type, rows_of_constants, types_by_themselves)
