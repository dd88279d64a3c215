/*
 * Tests of base/arena.c: sizes and alignment, marks against a model, poison, limits, growing arrays.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "tests/support/check.h"

#if defined(__SANITIZE_ADDRESS__)
#define TEST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TEST_ASAN 1
#endif
#endif
#ifdef TEST_ASAN
#include <sanitizer/asan_interface.h>
#endif

static uint64_t seed = 1;

static uint64_t rnd(uint64_t below)
{
	return hash_mix(++seed) % below;
}

TEST(alloc_aligned_and_apart)
{
	Arena *arena = arena_open("test", 0);
	char *last = NULL;
	for (size_t i = 0; i < 20000; i++) {
		size_t n = (size_t)rnd(200);
		char *p = arena_alloc(arena, n);
		REQUIRE(p != NULL && (uintptr_t)p % 16 == 0);
		CHECK(n == 0 || p != last);
		memset(p, (int)i, n);
		last = n > 0 ? p : NULL;
	}
	CHECK(arena_bytes(arena) >= 20000 * 90);
	arena_close(arena);
	arena_close(NULL);
}

TEST(alloc_zero_after_reset)
{
	Arena *arena = arena_open("test", 0);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 100; i++) {
			unsigned char *p = arena_alloc_zero(arena, 1000);
			for (int j = 0; j < 1000; j++)
				REQUIRE(p[j] == 0);
			memset(p, 0xff, 1000);
		}
		arena_reset(arena);
		CHECK_EQ_U64(arena_bytes(arena), 0);
	}
	arena_close(arena);
}

TEST(big_objects)
{
	Arena *arena = arena_open("test", 0);
	const size_t sizes[] = {1, 70000, 16, 5000000, 3, 20000000, 65536, 0};
	for (int round = 0; round < 3; round++) {
		char *objects[8];
		for (size_t i = 0; i < 8; i++) {
			objects[i] = arena_alloc(arena, sizes[i]);
			memset(objects[i], (int)i + 1, sizes[i]);
		}
		for (size_t i = 0; i < 7; i++) {
			CHECK_EQ_I64(objects[i][0], i + 1);
			CHECK_EQ_I64(objects[i][sizes[i] - 1], i + 1);
		}
		arena_reset(arena);
	}
	arena_close(arena);
}

TEST(copies)
{
	Arena *arena = arena_open("test", 0);
	Str s = arena_str(arena, STR("abc"));
	CHECK_EQ_U64(s.len, 3);
	CHECK_STR(s.ptr, "abc");
	CHECK_STR(arena_cstr(arena, (Str){NULL, 0}), "");
	CHECK(arena_copy(arena, NULL, 0) != NULL);
	CHECK(memcmp(arena_copy(arena, "a\0b", 3), "a\0b", 3) == 0);
	CHECK_STR(arena_printf(arena, "%d-%s", 5, "x").ptr, "5-x");
	Str wide = arena_printf(arena, "%*d", 5000, 7);
	CHECK_EQ_U64(wide.len, 5000);
	CHECK(wide.ptr[4999] == '7' && wide.ptr[5000] == '\0');
	wide = arena_printf(arena, "%*d", 256, 7);
	CHECK_EQ_U64(wide.len, 256);
	CHECK(wide.ptr[255] == '7' && wide.ptr[256] == '\0');
	arena_close(arena);
}

/* A stack of marks: what lies below the top mark is never touched by a rewind or by what comes after. */
TEST(marks_against_model)
{
	enum { OBJECTS = 4000, DEPTH = 20 };
	static struct {
		unsigned char *p;
		size_t n;
		unsigned char fill;
	} objects[OBJECTS];
	struct {
		ArenaMark mark;
		size_t objects;
		size_t bytes;
	} marks[DEPTH];
	size_t nobjects = 0;
	size_t depth = 0;
	Arena *arena = arena_open("test", 0);
	for (int step = 0; step < 20000; step++) {
		uint64_t what = rnd(100);
		if (what < 70 && nobjects < OBJECTS) {
			size_t n = (size_t)rnd(rnd(50) == 0 ? 100000 : 300);
			unsigned char fill = (unsigned char)rnd(256);
			objects[nobjects].p = arena_alloc(arena, n);
			objects[nobjects].n = n;
			objects[nobjects].fill = fill;
			memset(objects[nobjects].p, fill, n);
			nobjects++;
		} else if (what < 84 && depth < DEPTH) {
			marks[depth].mark = arena_mark(arena);
			marks[depth].objects = nobjects;
			marks[depth].bytes = arena_bytes(arena);
			depth++;
		} else if (what < 99 && depth > 0) {
			depth--;
			arena_rewind(arena, marks[depth].mark);
			nobjects = marks[depth].objects;
			CHECK_EQ_U64(arena_bytes(arena), marks[depth].bytes);
		} else if (depth == 0) {
			arena_reset(arena);
			nobjects = 0;
		}
		if (step % 100 != 0)
			continue;
		for (size_t i = 0; i < nobjects; i++)
			for (size_t j = 0; j < objects[i].n; j++)
				REQUIRE(objects[i].p[j] == objects[i].fill);
	}
	arena_close(arena);
}

TEST(rewind_gives_the_same_memory_again)
{
	Arena *arena = arena_open("test", 0);
	ArenaMark empty = arena_mark(arena);
	void *first = arena_alloc(arena, 100);
	ArenaMark mark = arena_mark(arena);
	void *second = arena_alloc(arena, 100);
	arena_alloc(arena, 1000000);
	arena_rewind(arena, mark);
	CHECK(arena_alloc(arena, 100) == second);
	arena_rewind(arena, empty);
	CHECK_EQ_U64(arena_bytes(arena), 0);
	CHECK(arena_alloc(arena, 100) == first);
	arena_close(arena);
}

TEST(poison)
{
	Arena *arena = arena_open("test", 0);
	unsigned char *keep = arena_alloc(arena, 32);
	memset(keep, 1, 32);
	ArenaMark mark = arena_mark(arena);
	unsigned char *gone = arena_alloc(arena, 100);
	memset(gone, 1, 100);
	arena_rewind(arena, mark);
	CHECK(keep[31] == 1);
#ifdef TEST_ASAN
	CHECK(__asan_address_is_poisoned(gone) && __asan_address_is_poisoned(gone + 99));
	CHECK(!__asan_address_is_poisoned(keep + 31));
	CHECK(__asan_address_is_poisoned(keep + 32));
	arena_reset(arena);
	CHECK(__asan_address_is_poisoned(keep));
#elif !defined(NDEBUG)
	CHECK(gone[0] == 0xa5 && gone[99] == 0xa5);
	arena_reset(arena);
	CHECK(keep[0] == 0xa5 && keep[31] == 0xa5);
#endif
	arena_close(arena);
}

TEST(limit_is_soft)
{
	Arena *arena = arena_open("test", 1000);
	CHECK(!arena_over_limit(arena));
	arena_alloc(arena, 500);
	CHECK(!arena_over_limit(arena));
	CHECK(arena_alloc(arena, 5000) != NULL);
	CHECK(arena_over_limit(arena));
	arena_reset(arena);
	CHECK(!arena_over_limit(arena));
	arena_close(arena);
	arena = arena_open("test", 0);
	arena_alloc(arena, 10000000);
	CHECK(!arena_over_limit(arena));
	arena_close(arena);
}

typedef struct Numbers {
	uint32_t *items;
	uint32_t len;
	uint32_t cap;
} Numbers;

TEST(push_alone_and_interleaved)
{
	Arena *arena = arena_open("test", 0);
	Numbers alone = {0};
	for (uint32_t i = 0; i < 100000; i++)
		ARENA_PUSH(arena, &alone, i);
	Numbers odd = {0};
	Numbers even = {0};
	for (uint32_t i = 0; i < 100000; i++)
		ARENA_PUSH(arena, i % 2 ? &odd : &even, i);
	for (uint32_t i = 0; i < 100000; i++)
		REQUIRE(alone.items[i] == i && (i % 2 ? &odd : &even)->items[i / 2] == i);
	arena_close(arena);
}

TEST(grow_in_place)
{
	Arena *arena = arena_open("test", 0);
	char *p = arena_alloc(arena, 24);
	memset(p, 7, 24);
	CHECK(arena_grow(arena, p, 24, 4000) == p);
	memset(p, 7, 4000);
	arena_alloc(arena, 1);
	char *q = arena_grow(arena, p, 4000, 8000);
	CHECK(q != p);
	CHECK(q[0] == 7 && q[3999] == 7);
	CHECK(arena_grow(arena, NULL, 0, 16) != NULL);
	arena_close(arena);
}

TESTS(alloc_aligned_and_apart, alloc_zero_after_reset, big_objects, copies, marks_against_model,
      rewind_gives_the_same_memory_again, poison, limit_is_soft, push_alone_and_interleaved, grow_in_place)
