/*
 * tests/unit/sql/types/test_packed.c: nested values: what was packed is found again, and damaged bytes are refused.
 */
#include "sql/types/packed.h"

#include "tests/unit/sql/types/random_type.h"

TEST(packed_items_are_found)
{
	Arena *arena = arena_open("test", 0);
	TypeField fields[] = {{STR("a"), &type_boolean}, {STR("b"), &type_bigint},
	                      {STR("c"), &type_double},  {STR("d"), type_decimal(arena, 38, 2)},
	                      {STR("e"), &type_string},  {STR("f"), &type_int}};
	const Type *row = type_row(arena, fields, 6);
	const Type *types[6];
	for (uint32_t i = 0; i < 6; i++)
		types[i] = packed_item_type(row, i);
	Value items[] = {{.b = true},           value_i64(-7), {.f = 1.5}, {.d = -(decimal_pow10(38) - 1)},
	                 value_str(STR("xyz")), VALUE_NULL};
	Str p = packed_build(arena, types, false, items, 6);
	CHECK_EQ_I64(packed_count(p), 6);
	CHECK(packed_check(p, row));
	CHECK(packed_get(p, types[0], 0).b && packed_get(p, types[1], 1).i == -7 && packed_get(p, types[2], 2).f == 1.5);
	CHECK(packed_get(p, types[3], 3).d == items[3].d);
	CHECK(str_eq(packed_get(p, types[4], 4).s, STR("xyz")));
	CHECK(packed_get(p, types[5], 5).null);
	/* Nothing in it: four bytes. */
	Str empty = packed_build(arena, NULL, true, NULL, 0);
	CHECK(empty.len == 4 && packed_count(empty) == 0 && packed_check(empty, type_array(arena, &type_int)));
	CHECK(!packed_check(empty, row));
	arena_close(arena);
}

TEST(packed_map_get_finds_values)
{
	Arena *arena = arena_open("test", 0);
	const Type *map = type_map(arena, &type_string, &type_int);
	const Type *types[] = {&type_string, &type_int, &type_string, &type_int};
	Value items[] = {value_str(STR("a")), value_i64(1), value_str(STR("b")), VALUE_NULL};
	Str p = packed_build(arena, types, false, items, 4);
	CHECK(packed_map_get(p, map, value_str(STR("a"))).i == 1);
	CHECK(packed_map_get(p, map, value_str(STR("b"))).null);
	CHECK(packed_map_get(p, map, value_str(STR("c"))).null);
	CHECK(packed_item_type(type_multiset(arena, &type_int), 1) == &type_bigint_nn);
	arena_close(arena);
}

/* Whatever the bytes: the check answers, and what it accepts can be walked through. */
TEST(packed_check_refuses_damage)
{
	Arena *arena = arena_open("test", 0);
	int refused = 0;
	for (int round = 0; round < 20000; round++) {
		const Type *type = random_type(arena, 3);
		if (!type_is_nested(type))
			continue;
		Str p = random_value(arena, type, false).s;
		CHECK(packed_check(p, type));
		uint32_t len = random_below(2) ? p.len : random_below(p.len + 1);
		char *copy = mem_alloc(len + 1u);
		memcpy(copy, p.ptr, len);
		for (uint32_t i = 0; i < 2 && len > 0; i++)
			copy[random_below(len)] = (char)random_below(256);
		Str damaged = str_make(copy, len);
		if (packed_check(damaged, type)) {
			StrBuf out;
			strbuf_init(&out);
			if (packed_count(damaged) < 1000)
				value_encode_key(type, value_str(damaged), &out);
			strbuf_deinit(&out);
		} else {
			refused++;
		}
		mem_free(copy);
		arena_reset(arena);
	}
	CHECK(refused > 1000);
	arena_close(arena);
}

TESTS(packed_items_are_found, packed_map_get_finds_values, packed_check_refuses_damage)
