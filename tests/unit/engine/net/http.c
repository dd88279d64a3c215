/* Tests of engine/net/http.c without a server: escapes, headers, refused connections. With one:
 * tests/e2e/avro_confluent*.sh. */
#include "engine/net/http.h"

#include "tests/support/check.h"

TEST(escape)
{
	StrBuf b;
	strbuf_init(&b);
	http_escape(STR("a/b c=\xc3\xa4~"), false, &b);
	CHECK_STR(strbuf_cstr(&b), "a%2Fb%20c%3D%C3%A4~");
	strbuf_clear(&b);
	http_escape(STR("a/b=1"), true, &b);
	CHECK_STR(strbuf_cstr(&b), "a/b%3D1");
	strbuf_deinit(&b);
}

TEST(header)
{
	HttpReply r;
	http_reply_init(&r);
	strbuf_puts(&r.headers, "HTTP/1.1 200 OK\r\nETagged: no\r\netag:  \"x\" \r\n\r\n");
	Str s = http_header(&r, "ETag");
	CHECK_MEM(s.ptr, s.len, "\"x\"");
	CHECK_EQ_U64(http_header(&r, "Location").len, 0);
	http_reply_deinit(&r);
}

TEST(refused)
{
	HttpReply r;
	Err err = {0};
	HttpConfig config = {.connect_ms = 500, .timeout_ms = 1000};
	http_reply_init(&r);
	CHECK(!http_run(&config, &(HttpRequest){.method = "GET", .url = "http://127.0.0.1:9/"}, NULL, &r, &err));
	CHECK_EQ_I64(err.code, ERR_SOURCE_UNREACHABLE);
	CHECK(err.flags & ERR_RETRIABLE);
	CHECK(!http_run(&config, &(HttpRequest){.method = "GET", .url = "file:///etc/hostname"}, NULL, &r, &err));
	http_reply_deinit(&r);
}

TESTS(escape, header, refused)
