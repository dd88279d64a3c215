/*
 * tests/unit/engine/front/test_pgwire_message.c: messages cut out of a stream, their bodies read, and what must be
 * refused.
 */
#include "engine/front/pgwire_message.h"

#include "tests/support/check.h"

#define BYTES(lit) ((Str){(lit), sizeof(lit) - 1})

TEST(frames_are_cut)
{
	char type = 1;
	Str body;
	size_t size;
	CHECK_EQ_I64(pgwire_message_frame("Q\0\0\0\7ab\0X", 9, false, &type, &body, &size), FRAME_WHOLE);
	CHECK_EQ_I64(type, 'Q');
	CHECK_EQ_I64(body.len, 3);
	CHECK_EQ_I64(size, 8);
	CHECK_EQ_I64(pgwire_message_frame("Q\0\0\0\7ab", 7, false, &type, &body, &size), FRAME_PARTIAL);
	CHECK_EQ_I64(size, 8);
	CHECK_EQ_I64(pgwire_message_frame("Q\0", 2, false, &type, &body, &size), FRAME_PARTIAL);
	CHECK_EQ_I64(pgwire_message_frame("", 0, false, &type, &body, &size), FRAME_PARTIAL);
	CHECK_EQ_I64(pgwire_message_frame("Q\0\0\0\3", 5, false, &type, &body, &size), FRAME_BAD);
	CHECK_EQ_I64(pgwire_message_frame("Q\xff\xff\xff\xff", 5, false, &type, &body, &size), FRAME_BAD);
	CHECK_EQ_I64(pgwire_message_frame("\0\0\0\x8\0\3\0\0", 8, true, &type, &body, &size), FRAME_WHOLE);
	CHECK_EQ_I64(type, 0);
	CHECK_EQ_I64(body.len, 4);
	CHECK_EQ_I64(pgwire_message_frame("\0\1\0\0", 4, true, &type, &body, &size), FRAME_BAD);
}

TEST(startups_are_read)
{
	Arena *arena = arena_open("test", 0);
	PgwireStartup m;
	Err err = {0};
	REQUIRE(pgwire_message_startup(BYTES("\0\3\0\0user\0weir\0database\0d\0\0"), arena, &m, &err));
	CHECK_EQ_I64(m.nparams, 2);
	CHECK(str_eq_c(m.names[1], "database") && str_eq_c(m.values[1], "d"));
	REQUIRE(pgwire_message_startup(BYTES("\x04\xd2\x16\x2e\0\0\0\1\0\0\0\2"), arena, &m, &err));
	CHECK_EQ_I64(m.code, PGWIRE_CANCEL);
	CHECK_EQ_I64(m.pid, 1);
	CHECK_EQ_I64(m.key, 2);
	REQUIRE(pgwire_message_startup(BYTES("\x04\xd2\x16\x2f"), arena, &m, &err));
	CHECK_EQ_I64(m.code, PGWIRE_SSL);
	CHECK(!pgwire_message_startup(BYTES(""), arena, &m, &err));
	CHECK(!pgwire_message_startup(BYTES("\0\3\0\0user\0weir\0"), arena, &m, &err));
	CHECK(!pgwire_message_startup(BYTES("\0\3\0\0user\0weir\0\0x"), arena, &m, &err));
	CHECK(!pgwire_message_startup(BYTES("\0\3\0\0user\0weir"), arena, &m, &err));
	CHECK(!pgwire_message_startup(BYTES("\x04\xd2\x16\x2e\0\0"), arena, &m, &err));
	arena_close(arena);
}

TEST(bodies_are_read)
{
	Arena *arena = arena_open("test", 0);
	Err err = {0};
	PgwireParse p;
	REQUIRE(pgwire_message_parse(BYTES("s\0SELECT $1\0\0\1\0\0\0\x17"), arena, &p, &err));
	CHECK(str_eq_c(p.name, "s") && str_eq_c(p.query, "SELECT $1"));
	CHECK_EQ_I64(p.ntypes, 1);
	CHECK_EQ_I64(p.types[0], 23);
	CHECK(!pgwire_message_parse(BYTES("s\0SELECT $1\0\0\2\0\0\0\x17"), arena, &p, &err));
	CHECK(!pgwire_message_parse(BYTES("s\0SELECT"), arena, &p, &err));
	PgwireBind b;
	REQUIRE(pgwire_message_bind(BYTES("\0s\0\0\1\0\1\0\2\0\0\0\2ab\xff\xff\xff\xff\0\1\0\1"), arena, &b, &err));
	CHECK_EQ_I64(b.nformats, 1);
	CHECK_EQ_I64(b.nvalues, 2);
	CHECK(str_eq_c(b.values[0], "ab") && !b.values[1].ptr);
	CHECK_EQ_I64(b.results[0], 1);
	CHECK(!pgwire_message_bind(BYTES("\0s\0\0\0\0\1\0\0\0\5ab\0\0"), arena, &b, &err));
	CHECK(!pgwire_message_bind(BYTES("\0s\0\0\0\xff\xff"), arena, &b, &err));
	CHECK(!pgwire_message_bind(BYTES("\0s\0\0\1\0\7\0\0\0\0"), arena, &b, &err)); /* format 7 */
	CHECK(!pgwire_message_bind(BYTES("\0s\0\0\2\0\0\0\0\0\1\0\0\0\1a\0\0"), arena, &b,
	                           &err)); /* two formats, one value */
	PgwireTarget t;
	REQUIRE(pgwire_message_target(BYTES("Sname\0"), &t, &err));
	CHECK(t.kind == 'S' && str_eq_c(t.name, "name"));
	CHECK(!pgwire_message_target(BYTES("Xname\0"), &t, &err));
	CHECK(!pgwire_message_target(BYTES(""), &t, &err));
	PgwireExecute e;
	REQUIRE(pgwire_message_execute(BYTES("\0\0\0\0\x0a"), &e, &err));
	CHECK_EQ_I64(e.most, 10);
	REQUIRE(pgwire_message_execute(BYTES("\0\xff\xff\xff\xff"), &e, &err));
	CHECK_EQ_I64(e.most, 0);
	Str mechanism, response;
	REQUIRE(pgwire_message_sasl_initial(BYTES("SCRAM-SHA-256\0\0\0\0\3n,,"), &mechanism, &response, &err));
	CHECK(str_eq_c(mechanism, "SCRAM-SHA-256") && str_eq_c(response, "n,,"));
	CHECK(!pgwire_message_sasl_initial(BYTES("SCRAM-SHA-256\0\0\0\0\4n,,"), &mechanism, &response, &err));
	arena_close(arena);
}

TEST(messages_are_written)
{
	StrBuf b;
	strbuf_init(&b);
	size_t at = pgwire_message_begin(&b, 'T');
	pgwire_message_put_i16(&b, -2);
	pgwire_message_put_i64(&b, -3);
	pgwire_message_put_text(&b, BYTES("a\0b"));
	pgwire_message_end(&b, at);
	pgwire_message_empty(&b, 'n');
	CHECK(b.len == 23 && memcmp(b.ptr,
	                            "T\0\0\0\x11\xff\xfe\xff\xff\xff\xff\xff\xff\xff\xfd"
	                            "ab\0n\0\0\0\4",
	                            23) == 0);
	strbuf_deinit(&b);
}

TESTS(frames_are_cut, startups_are_read, bodies_are_read, messages_are_written)
