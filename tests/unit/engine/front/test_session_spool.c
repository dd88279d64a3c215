/*
 * tests/unit/engine/front/test_session_spool.c: rows come back in their order, from memory and from the file, again
 * after a rewind; and the bound holds.
 */
#include "engine/front/session_spool.h"

#include "base/arena.h"
#include "base/hash.h"
#include "tests/support/check.h"

static Str row(Arena *arena, uint32_t i)
{
	uint32_t len = i % 1000 == 999 ? 300000 : i % 97; /* some are longer than a window */
	char *p = arena_alloc(arena, len + 1);
	for (uint32_t k = 0; k < len; k++)
		p[k] = (char)(i * 31 + k);
	return str_make(p, len);
}

static void check_rows(SessionSpool *sp, Arena *arena, uint32_t n)
{
	Err err = {0};
	Str got;
	for (uint32_t i = 0; i < n; i++) {
		REQUIRE(session_spool_next(sp, &got, &err));
		CHECK(str_eq(got, row(arena, i)));
		arena_reset(arena);
	}
	CHECK(!session_spool_next(sp, &got, &err));
	CHECK_EQ_I64(err.code, 0);
}

static void run(int64_t memory, uint32_t n)
{
	Arena *arena = arena_open("test", 0);
	SessionSpool *sp = session_spool_open(memory, 1 << 30);
	Err err = {0};
	for (uint32_t i = 0; i < n; i++)
		REQUIRE(session_spool_put(sp, row(arena, i), &err));
	CHECK_EQ_U64(session_spool_rows(sp), n);
	check_rows(sp, arena, n);
	session_spool_rewind(sp);
	check_rows(sp, arena, n);
	session_spool_close(sp);
	arena_close(arena);
}

TEST(spool_in_memory)
{
	run(1 << 30, 3000);
	run(1 << 30, 0);
}

TEST(spool_in_a_file)
{
	run(0, 3000);
	run(5000, 3000);
	run(100000, 5000);
}

TEST(spool_has_a_bound)
{
	SessionSpool *sp = session_spool_open(1000, 10000);
	Err err = {0};
	uint32_t i = 0;
	while (i < 1000 && session_spool_put(sp, STR("a row of some length, which fills the file"), &err))
		i++;
	CHECK(i > 200 && i < 300);
	CHECK_EQ_I64(err.code, ERR_OUT_OF_MEMORY);
	session_spool_close(sp);
}

TESTS(spool_in_memory, spool_in_a_file, spool_has_a_bound)
