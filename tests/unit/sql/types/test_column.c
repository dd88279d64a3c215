/*
 * tests/unit/sql/types/test_column.c: moving rows of columns against moving them value by value, and the keys of a
 * batch against the keys of its values.
 */
#include "sql/types/column.h"

#include "tests/unit/sql/types/random_type.h"

static bool same_row(const Column *a, uint32_t i, const Column *b, uint32_t j)
{
	return value_equal(a->type, column_value(a, i), column_value(b, j)) && column_err(a, i) == column_err(b, j);
}

/* nulls and errors: one in how many rows; 0: none. */
static void random_column(Column *c, const Type *type, uint32_t n, uint32_t nulls, uint32_t errors, Arena *arena)
{
	if (random_below(6) == 0) {
		column_init_const(c, type, random_value(arena, type, nulls > 0), n, arena);
		return;
	}
	column_init(c, type, n, arena);
	for (uint32_t i = 0; i < n; i++) {
		if (errors && random_below(errors) == 0)
			column_set_err(c, i, ROW_DIV_ZERO, arena);
		else if (nulls && random_below(nulls) == 0)
			column_set_null(c, i, arena);
		else
			column_set(c, i, random_value(arena, type, false), arena);
	}
}

TEST(column_rows_are_set_and_read)
{
	Arena *arena = arena_open("test", 0);
	Column c;
	column_init(&c, &type_int, 130, arena);
	for (uint32_t i = 0; i < 130; i++)
		column_set(&c, i, value_i64(i), arena);
	CHECK(c.valid == NULL && c.err == NULL && column_first_err(&c) == -1);
	column_set_null(&c, 64, arena);
	CHECK(column_is_null(&c, 64) && !column_is_null(&c, 63) && !column_is_null(&c, 129));
	column_set_err(&c, 100, ROW_BAD_CAST, arena);
	column_set_err(&c, 129, ROW_OVERFLOW, arena);
	CHECK(column_is_null(&c, 100) && column_err(&c, 100) == ROW_BAD_CAST && column_first_err(&c) == 100);
	column_set(&c, 100, value_i64(5), arena);
	CHECK(!column_is_null(&c, 100) && column_first_err(&c) == 129);
	column_set_null(&c, 129, arena);
	CHECK(column_first_err(&c) == -1);
	column_init_const(&c, &type_string, value_str(STR("x")), 1000, arena);
	CHECK(c.constant && str_eq(column_value(&c, 999).s, STR("x")));
	column_init_const(&c, &type_string, VALUE_NULL, 5, arena);
	CHECK(column_value(&c, 4).null);
	CHECK(column_err_code(ROW_DIV_ZERO) == ERR_DIVISION_BY_ZERO && column_err_code(ROW_OK) == ERR_OK);
	arena_close(arena);
}

TEST(column_gather_takes_rows)
{
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 400; round++) {
		Column c, out;
		uint32_t idx[200];
		uint32_t len = 1 + random_below(200);
		uint32_t n = random_below(200);
		random_column(&c, random_type(arena, 1), len, random_below(2) * 3, random_below(2) * 7, arena);
		for (uint32_t i = 0; i < n; i++)
			idx[i] = random_below(len);
		column_gather(&c, idx, n, &out, arena);
		CHECK(out.len == n);
		for (uint32_t i = 0; i < n; i++)
			CHECK(same_row(&c, idx[i], &out, i));
		arena_reset(arena);
	}
	arena_close(arena);
}

TEST(column_slice_and_concat_keep_rows)
{
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 400; round++) {
		const Type *type = random_type(arena, 1);
		Column c, parts[4], out;
		const Column *list[4];
		uint32_t len = 1 + random_below(300);
		random_column(&c, type, len, random_below(2) * 3, random_below(2) * 7, arena);
		uint32_t at = 0;
		for (int k = 0; k < 4; k++) {
			uint32_t n = k == 3 ? len - at : random_below(len - at + 1);
			if (random_below(2))
				n = n / 64 * 64;
			if (k == 3)
				n = len - at;
			column_slice(&c, at, n, &parts[k], arena);
			CHECK(parts[k].len == n);
			for (uint32_t i = 0; i < n; i++)
				CHECK(same_row(&c, at + i, &parts[k], i));
			list[k] = &parts[k];
			at += n;
		}
		/* One part of another kind: constants among flat columns. */
		Column other;
		random_column(&other, type, 1 + random_below(100), 3, 0, arena);
		const Column *all[5] = {list[0], list[1], &other, list[2], list[3]};
		column_concat(all, 5, &out, arena);
		CHECK(out.len == len + other.len);
		uint32_t to = 0;
		for (int k = 0; k < 5; k++) {
			for (uint32_t i = 0; i < all[k]->len; i++)
				CHECK(same_row(all[k], i, &out, to + i));
			to += all[k]->len;
		}
		arena_reset(arena);
	}
	arena_close(arena);
}

TEST(column_flat_and_copy)
{
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 400; round++) {
		Arena *other = arena_open("other", 0);
		Column c, copy;
		uint32_t n = 1 + random_below(100);
		random_column(&c, random_type(other, 2), n, 3, 5, other);
		column_copy(&c, &copy, arena);
		const Column *flat = column_flat(&c, other);
		CHECK(!flat->constant && (flat == &c) == !c.constant);
		for (uint32_t i = 0; i < n; i++)
			CHECK(same_row(&c, i, &copy, i) && same_row(&c, i, flat, i));
		/* The copy needs nothing of the old arena but the type. */
		copy.type = type_copy(arena, copy.type);
		arena_close(other);
		StrBuf key;
		strbuf_init(&key);
		for (uint32_t i = 0; i < n; i++)
			value_encode_key(copy.type, column_value(&copy, i), &key);
		strbuf_deinit(&key);
		arena_reset(arena);
	}
	arena_close(arena);
}

static void check_keys(Column *cols, uint32_t ncols, uint32_t n, Arena *arena)
{
	const Column *list[6];
	Str *keys = ARENA_ARRAY(arena, Str, n);
	StrBuf want;
	strbuf_init(&want);
	for (uint32_t k = 0; k < ncols; k++)
		list[k] = &cols[k];
	column_encode_keys(list, ncols, n, arena, keys);
	for (uint32_t i = 0; i < n; i++) {
		strbuf_clear(&want);
		for (uint32_t k = 0; k < ncols; k++)
			value_encode_key(cols[k].type, column_value(&cols[k], i), &want);
		CHECK(str_eq(keys[i], strbuf_str(&want)));
	}
	strbuf_deinit(&want);
}

TEST(column_keys_are_the_keys_of_values)
{
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 3000; round++) {
		Column cols[6];
		uint32_t ncols = random_below(5);
		uint32_t n = random_below(100);
		uint32_t nulls = random_below(2) * 4;
		for (uint32_t k = 0; k < ncols; k++)
			random_column(&cols[k], random_type(arena, random_below(3) == 0 ? 2 : 0), n, nulls, 0, arena);
		check_keys(cols, ncols, n, arena);
		arena_reset(arena);
	}
	/* The loops of their own: one BIGINT, one STRING with and without zero bytes. */
	for (int zeros = 0; zeros < 2; zeros++) {
		Column c;
		column_init(&c, &type_bigint, 50, arena);
		for (uint32_t i = 0; i < 50; i++)
			c.i64[i] = random_in(INT64_MIN, INT64_MAX);
		check_keys(&c, 1, 50, arena);
		column_init(&c, &type_string, 50, arena);
		for (uint32_t i = 0; i < 50; i++)
			c.str[i] = i == 0 ? (Str){NULL, 0} : random_string(arena, 20, zeros == 0);
		check_keys(&c, 1, 50, arena);
	}
	arena_close(arena);
}

TESTS(column_rows_are_set_and_read, column_gather_takes_rows, column_slice_and_concat_keep_rows, column_flat_and_copy,
      column_keys_are_the_keys_of_values)
