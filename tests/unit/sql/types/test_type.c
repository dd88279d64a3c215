/*
 * tests/unit/sql/types/test_type.c: spelling of types, common types, assignment and casts.
 */
#include "sql/types/type.h"

#include "tests/support/check.h"

static Arena *arena;

static const char *spell(const Type *t)
{
	StrBuf out;
	if (!t)
		return "none";
	strbuf_init(&out);
	type_print(t, true, &out);
	const char *s = arena_cstr(arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return s;
}

static const char *spell_pg(const Type *t)
{
	StrBuf out;
	strbuf_init(&out);
	type_print_pg(t, &out);
	const char *s = arena_cstr(arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return s;
}

static const Type *dec(unsigned p, unsigned s)
{
	return type_decimal(arena, p, s);
}

static const Type *row2(const char *a, const Type *ta, const char *b, const Type *tb)
{
	TypeField fields[] = {{str_from(a), ta}, {str_from(b), tb}};
	return type_row(arena, fields, 2);
}

TEST(type_spelling_is_flinks)
{
	CHECK_STR(spell(&type_string), "STRING");
	CHECK_STR(spell(&type_string_nn), "STRING NOT NULL");
	CHECK_STR(spell(&type_bytes), "BYTES");
	CHECK_STR(spell(type_varchar(arena, TYPE_VARCHAR, 20)), "VARCHAR(20)");
	CHECK_STR(spell(type_varchar(arena, TYPE_CHAR, 3)), "CHAR(3)");
	CHECK_STR(spell(type_varchar(arena, TYPE_VARBINARY, 7)), "VARBINARY(7)");
	CHECK_STR(spell(dec(10, 2)), "DECIMAL(10, 2)");
	CHECK_STR(spell(&type_timestamp3), "TIMESTAMP(3)");
	CHECK_STR(spell(&type_ltz6), "TIMESTAMP_LTZ(6)");
	CHECK_STR(spell(&type_time), "TIME(0)");
	CHECK_STR(spell(&type_interval_months), "INTERVAL YEAR TO MONTH");
	CHECK_STR(spell(row2("a", &type_int, "b`c", &type_string_nn)), "ROW<`a` INT, `b``c` STRING NOT NULL>");
	CHECK_STR(spell(type_array(arena, &type_int)), "ARRAY<INT>");
	CHECK_STR(spell(type_map(arena, &type_string_nn, type_array(arena, &type_double))),
	          "MAP<STRING NOT NULL, ARRAY<DOUBLE>>");
	CHECK_STR(spell(type_multiset(arena, &type_int)), "MULTISET<INT>");
	CHECK_STR(spell(type_with_null(arena, type_array(arena, &type_int), false)), "ARRAY<INT> NOT NULL");
}

TEST(type_spelling_for_postgres)
{
	CHECK_STR(spell_pg(&type_bigint), "bigint");
	CHECK_STR(spell_pg(&type_tinyint), "smallint");
	CHECK_STR(spell_pg(&type_float), "real");
	CHECK_STR(spell_pg(dec(10, 2)), "numeric(10,2)");
	CHECK_STR(spell_pg(&type_timestamp3), "timestamp without time zone");
	CHECK_STR(spell_pg(&type_ltz3), "timestamp with time zone");
	CHECK_STR(spell_pg(&type_string), "text");
	CHECK_STR(spell_pg(type_varchar(arena, TYPE_VARCHAR, 20)), "character varying(20)");
	CHECK_STR(spell_pg(type_varchar(arena, TYPE_CHAR, 3)), "character(3)");
	CHECK_STR(spell_pg(type_array(arena, &type_string)), "text[]");
	CHECK_STR(spell_pg(type_array(arena, type_array(arena, &type_int))), "jsonb");
	CHECK_STR(spell_pg(type_map(arena, &type_int, &type_int)), "jsonb");
}

static void check_common(const Type *a, const Type *b, const char *want)
{
	CHECK_STR(spell(type_common(arena, a, b)), want);
	CHECK_STR(spell(type_common(arena, b, a)), want);
}

TEST(type_common_is_flinks)
{
	check_common(&type_int, &type_bigint, "BIGINT");
	check_common(&type_tinyint, &type_tinyint, "TINYINT");
	check_common(&type_int, dec(2, 2), "DECIMAL(12, 2)");
	check_common(&type_bigint, dec(2, 2), "DECIMAL(21, 2)");
	check_common(dec(10, 2), dec(5, 4), "DECIMAL(12, 4)");
	check_common(dec(38, 0), dec(38, 38), "DECIMAL(38, 0)");
	check_common(dec(38, 10), dec(38, 20), "DECIMAL(38, 10)");
	check_common(&type_int, &type_float, "FLOAT");
	check_common(&type_float, dec(5, 2), "DOUBLE");
	check_common(&type_double, &type_bigint, "DOUBLE");
	check_common(type_varchar(arena, TYPE_CHAR, 3), type_varchar(arena, TYPE_CHAR, 3), "CHAR(3)");
	check_common(type_varchar(arena, TYPE_CHAR, 3), type_varchar(arena, TYPE_CHAR, 5), "VARCHAR(5)");
	check_common(type_varchar(arena, TYPE_CHAR, 3), &type_string, "STRING");
	check_common(type_varchar(arena, TYPE_BINARY, 3), &type_bytes, "BYTES");
	check_common(&type_date, &type_timestamp3, "TIMESTAMP(3)");
	check_common(&type_timestamp3, &type_timestamp6, "TIMESTAMP(6)");
	check_common(&type_timestamp6, &type_ltz3, "TIMESTAMP_LTZ(6)");
	check_common(&type_date, &type_date, "DATE");
	check_common(&type_null, &type_int, "INT");
	check_common(&type_null, &type_bigint_nn, "BIGINT");
	check_common(&type_bigint_nn, &type_bigint_nn, "BIGINT NOT NULL");
	check_common(&type_bigint_nn, &type_bigint, "BIGINT");
	check_common(&type_json, &type_string, "STRING");
	check_common(type_array(arena, &type_int), type_array(arena, &type_bigint), "ARRAY<BIGINT>");
	check_common(type_map(arena, &type_string_nn, &type_int), type_map(arena, &type_string_nn, &type_double),
	             "MAP<STRING NOT NULL, DOUBLE>");
	CHECK_STR(
	    spell(type_common(arena, row2("a", &type_int, "b", &type_bigint_nn), row2("x", &type_double, "y", &type_int))),
	    "ROW<`a` DOUBLE, `b` BIGINT>");
	check_common(&type_int, &type_string, "none");
	check_common(&type_boolean, &type_int, "none");
	check_common(&type_time, &type_date, "none");
	check_common(&type_timestamp3, &type_bigint, "none");
	check_common(&type_interval_months, &type_interval_seconds, "none");
	check_common(type_array(arena, &type_int), type_array(arena, &type_string), "none");
	check_common(type_array(arena, &type_int), type_multiset(arena, &type_int), "none");
	check_common(row2("a", &type_int, "b", &type_int), type_array(arena, &type_int), "none");
}

/* One line per source: '=' assignable, 'x' only by CAST, '.' not at all. The targets have the same order as the lines.
 */
TEST(type_casts_are_flinks)
{
	static const char *const matrix[] = {
	    /* BOOL TINY SMAL INT BIG FLT DBL DEC CHAR VARC BIN VBIN DATE TIME TS LTZ IMON ISEC JSON */
	    "=xxxxxxxxx.........", /* BOOLEAN */
	    "x=======xx......xx.", /* TINYINT */
	    "xx======xx......xx.", /* SMALLINT */
	    "xxx=====xx......xx.", /* INT */
	    "xxxx====xx......xx.", /* BIGINT */
	    "xxxxx===xx.........", /* FLOAT */
	    "xxxxxx==xx.........", /* DOUBLE */
	    "xxxxx===xx......xx.", /* DECIMAL */
	    "xxxxxxxx==xxxxxxxxx", /* CHAR */
	    "xxxxxxxxx=xxxxxxxxx", /* VARCHAR */
	    "........xx==.......", /* BINARY */
	    "........xxx=.......", /* VARBINARY */
	    "........xx..=.xx...", /* DATE */
	    "........xx...=xx...", /* TIME */
	    "........xx..====...", /* TIMESTAMP */
	    "........xx..xx==...", /* TIMESTAMP_LTZ */
	    ".xxxx..xxx......=..", /* INTERVAL MONTHS */
	    ".xxxx..xxx.......=.", /* INTERVAL SECONDS */
	    "........x=........=", /* JSON */
	};
	const Type *types[] = {
	    &type_boolean,
	    &type_tinyint,
	    &type_smallint,
	    &type_int,
	    &type_bigint,
	    &type_float,
	    &type_double,
	    dec(10, 2),
	    type_varchar(arena, TYPE_CHAR, 3),
	    &type_string,
	    type_varchar(arena, TYPE_BINARY, 3),
	    &type_bytes,
	    &type_date,
	    &type_time,
	    &type_timestamp3,
	    &type_ltz3,
	    &type_interval_months,
	    &type_interval_seconds,
	    &type_json,
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		REQUIRE(strlen(matrix[i]) == sizeof types / sizeof *types);
		for (size_t j = 0; j < sizeof types / sizeof *types; j++) {
			char got = type_assignable(types[i], types[j]) ? '=' : type_castable(types[i], types[j]) ? 'x' : '.';
			CHECK_FMT(got == matrix[i][j], "    %s to %s: got %c, want %c\n", spell(types[i]), spell(types[j]), got,
			          matrix[i][j]);
			CHECK(!type_assignable(types[i], types[j]) || type_castable(types[i], types[j]));
		}
		CHECK(type_assignable(&type_null, types[i]) && type_castable(&type_null, types[i]));
		CHECK(!type_castable(types[i], type_array(arena, &type_int)));
		CHECK(!type_castable(type_array(arena, &type_int), types[i]) || type_is_text(types[i]) ||
		      types[i]->kind == TYPE_JSON);
	}
	const Type *ints = type_array(arena, &type_int);
	CHECK(type_assignable(ints, type_array(arena, &type_bigint)) &&
	      !type_assignable(ints, type_array(arena, &type_string)));
	CHECK(type_castable(ints, type_array(arena, &type_string)) && !type_castable(ints, type_array(arena, &type_date)));
	CHECK(type_castable(ints, &type_string) && type_castable(ints, &type_json));
	CHECK(type_assignable(row2("a", &type_int, "b", &type_int), row2("x", &type_bigint, "y", &type_double)));
	CHECK(!type_castable(row2("a", &type_int, "b", &type_int), type_row(arena, NULL, 0)));
}

TEST(type_equality_and_copies)
{
	const Type *t = type_map(arena, &type_string_nn, type_array(arena, row2("a", dec(5, 2), "b", &type_timestamp3)));
	Arena *other = arena_open("other", 0);
	const Type *copy = type_copy(other, t);
	CHECK(copy != t && type_equal(copy, t));
	CHECK_STR(spell(copy), spell(t));
	arena_close(other);
	CHECK(type_equal(&type_bigint, &type_bigint_nn));
	CHECK(!type_equal(dec(5, 2), dec(5, 3)) && !type_equal(&type_timestamp3, &type_timestamp6));
	CHECK(!type_equal(row2("a", &type_int, "b", &type_int), row2("a", &type_int, "c", &type_int)));
	CHECK(type_equal(type_array(arena, &type_bigint), type_array(arena, &type_bigint_nn)));
	CHECK(type_with_null(arena, &type_bigint, true) == &type_bigint);
	CHECK(type_with_null(arena, &type_bigint, false)->not_null);
	CHECK(type_is_ordered(t) == false && type_is_ordered(type_array(arena, &type_int)));
	CHECK(!type_is_ordered(row2("a", &type_int, "b", &type_json)));
	int64_t least, greatest;
	type_int_range(TYPE_SMALLINT, &least, &greatest);
	CHECK(least == -32768 && greatest == 32767);
	CHECK(type_int_digits(TYPE_TINYINT) == 3 && type_int_digits(TYPE_BIGINT) == 19);
}

__attribute__((constructor)) static void setup(void)
{
	arena = arena_open("test", 0);
}

TESTS(type_spelling_is_flinks, type_spelling_for_postgres, type_common_is_flinks, type_casts_are_flinks,
      type_equality_and_copies)
