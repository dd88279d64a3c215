/*
 * tests/unit/sql/types/test_value.c: what holds for values of every type: the order of keys is the order of values, and
 * what was encoded or printed reads back as it was.
 */
#include "sql/types/value.h"

#include "sql/types/zone.h"
#include "tests/unit/sql/types/random_type.h"

static Str key_of(const Type *type, Value v, Arena *arena)
{
	StrBuf out;
	strbuf_init(&out);
	value_encode_key(type, v, &out);
	Str s = arena_str(arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return s;
}

static int sign(int c)
{
	return (c > 0) - (c < 0);
}

static void describe(const Type *type, Value v)
{
	StrBuf out;
	strbuf_init(&out);
	strbuf_puts(&out, "    ");
	type_print(type, true, &out);
	strbuf_puts(&out, ": ");
	value_print(type, v, VALUE_SQL, NULL, &out);
	fprintf(stderr, "%s\n", strbuf_cstr(&out));
	strbuf_deinit(&out);
}

/* memcmp of keys is value_compare, also when another value follows; equality follows the order. */
TEST(value_keys_have_the_order_of_values)
{
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 1500; round++) {
		const Type *type = random_type(arena, 3);
		Value v[12];
		Str keys[12];
		for (int i = 0; i < 12; i++) {
			v[i] = random_value(arena, type, true);
			keys[i] = key_of(type, v[i], arena);
		}
		for (int i = 0; i < 12; i++) {
			for (int j = 0; j < 12; j++) {
				int c = sign(value_compare(type, v[i], v[j]));
				bool ok = c == sign(str_cmp(keys[i], keys[j])) && c == -sign(value_compare(type, v[j], v[i])) &&
				          value_equal(type, v[i], v[j]) == (c == 0);
				/* No key is a prefix of another: what follows cannot turn the order round. */
				ok = ok && (c == 0 || !str_starts(keys[j], keys[i]));
				if (!CHECK(ok)) {
					describe(type, v[i]);
					describe(type, v[j]);
					arena_close(arena);
					return;
				}
			}
		}
		arena_reset(arena);
	}
	arena_close(arena);
}

/* A key reads back as an equal value, also written descending, with other keys around it, and not when it is cut. */
TEST(value_keys_read_back)
{
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 4000; round++) {
		const Type *type = random_type(arena, 3);
		Value v = random_value(arena, type, true);
		StrBuf out;
		strbuf_init(&out);
		value_encode_key(&type_string, value_str(STR("before")), &out);
		size_t from = out.len;
		value_encode_key(type, v, &out);
		size_t len = out.len - from;
		bool inverted = round % 2 == 1;
		if (inverted)
			codec_invert(&out, from);
		value_encode_key(&type_bigint, value_i64(7), &out);
		CodecReader r = codec_reader(strbuf_str(&out));
		Value before, got, after;
		bool ok = value_decode_key(&type_string, &r, arena, &before);
		r.inverted = inverted;
		ok = ok && value_decode_key(type, &r, arena, &got);
		r.inverted = false;
		ok = ok && value_decode_key(&type_bigint, &r, arena, &after) && after.i == 7 && r.at == r.end;
		if (!CHECK(ok && value_equal(type, v, got)))
			describe(type, v);
		for (size_t cut = 0; cut < len; cut++) {
			char *copy = mem_alloc(cut + 1);
			memcpy(copy, out.ptr + from, cut);
			r = codec_reader(str_make(copy, cut));
			r.inverted = inverted;
			CHECK(!value_decode_key(type, &r, arena, &got));
			mem_free(copy);
		}
		strbuf_deinit(&out);
		arena_reset(arena);
	}
	arena_close(arena);
}

TEST(value_equal_keys_have_equal_bytes)
{
	Arena *arena = arena_open("test", 0);
	CHECK(str_eq(key_of(&type_double, (Value){.f = 0.0}, arena), key_of(&type_double, (Value){.f = -0.0}, arena)));
	CHECK(str_eq(key_of(&type_double, (Value){.f = NAN}, arena), key_of(&type_double, (Value){.f = -NAN}, arena)));
	/* Maps are equal whatever the order of their entries. */
	const Type *map = type_map(arena, &type_string, &type_int);
	const Type *types[] = {&type_string, &type_int, &type_string, &type_int};
	Value a = value_str(STR("a")), b = value_str(STR("b"));
	Value one = value_str(packed_build(arena, types, false, (Value[]){a, value_i64(1), b, value_i64(2)}, 4));
	Value two = value_str(packed_build(arena, types, false, (Value[]){b, value_i64(2), a, value_i64(1)}, 4));
	CHECK(value_equal(map, one, two));
	CHECK(str_eq(key_of(map, one, arena), key_of(map, two, arena)));
	arena_close(arena);
}

static bool same(const Type *type, Value a, Value b)
{
	StrBuf x, y;
	strbuf_init(&x);
	strbuf_init(&y);
	value_encode(type, a, &x);
	value_encode(type, b, &y);
	bool eq = str_eq(strbuf_str(&x), strbuf_str(&y));
	strbuf_deinit(&x);
	strbuf_deinit(&y);
	return eq;
}

/* The storage form keeps every bit, and damaged bytes are refused or are another value, never read outside. */
TEST(value_storage_reads_back)
{
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 4000; round++) {
		const Type *type = random_type(arena, 3);
		Value v = random_value(arena, type, true);
		StrBuf out;
		strbuf_init(&out);
		value_encode(type, v, &out);
		CodecReader r = codec_reader(strbuf_str(&out));
		Value got;
		if (!CHECK(value_decode(type, &r, &got) && r.at == r.end && same(type, v, got)))
			describe(type, v);
		for (size_t cut = 0; cut < out.len; cut++) {
			char *copy = mem_alloc(cut + 1);
			memcpy(copy, out.ptr, cut);
			r = codec_reader(str_make(copy, cut));
			CHECK(!value_decode(type, &r, &got));
			mem_free(copy);
		}
		for (int i = 0; i < 20; i++) {
			char *copy = mem_alloc(out.len);
			memcpy(copy, out.ptr, out.len);
			copy[random_below((uint32_t)out.len)] = (char)random_below(256);
			r = codec_reader(str_make(copy, out.len));
			if (value_decode(type, &r, &got)) {
				(void)value_compare(type, v, got);
				(void)key_of(type, got, arena);
			}
			mem_free(copy);
		}
		strbuf_deinit(&out);
		arena_reset(arena);
	}
	arena_close(arena);
}

TEST(value_copy_owns_its_bytes)
{
	Arena *arena = arena_open("test", 0);
	char text[] = "abc";
	Value v = value_copy(arena, &type_string, value_str(str_make(text, 3)));
	text[0] = 'x';
	CHECK(str_eq(v.s, STR("abc")));
	CHECK(value_copy(arena, &type_string, VALUE_NULL).null);
	CHECK(value_copy(arena, &type_int, value_i64(5)).i == 5);
	arena_close(arena);
}

/* Scalars: SQL text through value_parse, PostgreSQL's through value_parse_pg; all types: JSON through value_parse_json.
 */
TEST(value_text_reads_back)
{
	Arena *arena = arena_open("test", 0);
	Err err = {0};
	const Zone *zones[] = {NULL, zone_find(STR("+05:45"), &err), zone_find(STR("-03:30"), &err)};
	for (int round = 0; round < 20000; round++) {
		const Type *type = random_type(arena, 2);
		const Zone *zone = zones[random_below(3)];
		Value v = random_value(arena, type, false);
		Value got = VALUE_NULL;
		StrBuf out;
		strbuf_init(&out);
		if (!type_is_nested(type) && !type_is_binary(type)) {
			value_print(type, v, VALUE_SQL, zone, &out);
			bool ok = value_parse(type, strbuf_str(&out), zone, arena, &got, &err) && value_equal(type, v, got);
			CHECK_FMT(ok, "    %s\n", strbuf_cstr(&out));
			strbuf_clear(&out);
		}
		value_print(type, v, VALUE_PG, zone, &out);
		bool bc = str_find(strbuf_str(&out), STR(" BC"), 0) >= 0;
		if (!bc &&
		    !CHECK(value_parse_pg(type, strbuf_str(&out), zone, arena, &got, &err) && value_equal(type, v, got))) {
			fprintf(stderr, "    %s\n", strbuf_cstr(&out));
			describe(type, v);
		}
		strbuf_clear(&out);
		value_print(type, v, VALUE_JSON, zone, &out);
		if (!CHECK(value_parse_json(type, strbuf_str(&out), arena, &got, &err) && value_equal(type, v, got))) {
			fprintf(stderr, "    %s\n", strbuf_cstr(&out));
			describe(type, v);
		}
		strbuf_deinit(&out);
		arena_reset(arena);
	}
	arena_close(arena);
}

TESTS(value_keys_have_the_order_of_values, value_keys_read_back, value_equal_keys_have_equal_bytes,
      value_storage_reads_back, value_copy_owns_its_bytes, value_text_reads_back)
