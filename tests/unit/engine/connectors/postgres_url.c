/*
 * Tests of engine/connectors/postgres_url.c, and of how postgres_conn.c sorts errors.
 */
#include "engine/connectors/postgres_conn.h"
#include "tests/support/check.h"

static const char *parse(const char *url, Arena *arena)
{
	PostgresParams p;
	Err err = {0};
	if (!postgres_url_parse(str_from(url), (Span){0, 0}, arena, &p, &err))
		return arena_printf(arena, "%d %s", (int)err.code, err.hint).ptr;
	StrBuf b;
	strbuf_init(&b);
	for (uint32_t i = 0; i < p.len; i++)
		strbuf_printf(&b, "%s%s=%s", i ? " " : "", p.names[i], p.values[i]);
	CHECK(p.names[p.len] == NULL && p.values[p.len] == NULL);
	if (p.socket_timeout_ms)
		strbuf_printf(&b, " timeout %lld", (long long)p.socket_timeout_ms);
	const char *s = arena_cstr(arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return s;
}

TEST(urls)
{
	Arena *a = arena_open("test", 0);
	CHECK_STR(parse("jdbc:postgresql://db:5433/shop", a), "dbname=shop host=db port=5433");
	CHECK_STR(parse("jdbc:postgresql:shop", a), "dbname=shop host=localhost port=5432");
	CHECK_STR(parse("jdbc:postgresql:/", a), "host=localhost port=5432");
	CHECK_STR(parse("jdbc:postgresql:///shop", a), "dbname=shop host=localhost port=5432");
	CHECK_STR(parse("jdbc:postgresql://a:1,[::1]:2,b/x%20y?user=u%40v&password=p+q", a),
	          "dbname=x y host=a,::1,b port=1,2,5432 user=u@v password=p q");
	CHECK_STR(parse("jdbc:postgresql://db/x?ssl=true&sslrootcert=/"
	                "ca.pem&ApplicationName=app&connectTimeout=3&socketTimeout=7&stringtype=unspecified",
	                a),
	          "dbname=x host=db port=5432 sslmode=verify-full sslrootcert=/ca.pem application_name=app "
	          "connect_timeout=3 timeout 7000");
	CHECK_STR(parse("jdbc:postgresql://db/x?sslmode=require&ssl=true&ssl=false", a),
	          "dbname=x host=db port=5432 sslmode=require");
	CHECK_STR(parse("jdbc:postgresql://db/x?currentSchema=a,b c&options=", a), "dbname=x host=db port=5432 options=");
	CHECK_STR(parse("jdbc:postgresql://db/x?currentSchema=a,b%20c", a),
	          "dbname=x host=db port=5432 options=-c search_path=a,b\\ c");
	CHECK_STR(parse("jdbc:postgresql://db/x?targetServerType=primary&tcpKeepAlive=true", a),
	          "dbname=x host=db port=5432 target_session_attrs=read-write keepalives=1");
	CHECK_STR(parse("jdbc:postgresql://db/x?host=/run/postgresql", a), "dbname=x host=/run/postgresql port=5432");
	CHECK_STR(parse("postgresql:///x?host=/run", a), "dbname=postgresql:///x?host=/run");
	CHECK_STR(parse("jdbc:postgresql://db/x?sslmod=require", a), "1401 Did you mean \"sslmode\"?");
	CHECK(strncmp(parse("jdbc:mysql://db/x", a), "1301", 4) == 0);
	CHECK(strncmp(parse("http://db/x", a), "1402", 4) == 0);
	CHECK(strncmp(parse("jdbc:postgresql://db:x/y", a), "1402", 4) == 0);
	CHECK(strncmp(parse("jdbc:postgresql://db:0/y", a), "1402", 4) == 0);
	CHECK(strncmp(parse("jdbc:postgresql://db/y%2", a), "1402", 4) == 0);
	CHECK(strncmp(parse("jdbc:postgresql://db/y%00", a), "1402", 4) == 0);
	CHECK(strncmp(parse("jdbc:postgresql://db/y?connectTimeout=-1", a), "1402", 4) == 0);
	arena_close(a);
}

/* What cannot be understood is not quoted: neither here nor later by libpq. */
TEST(passwords_are_not_told)
{
	static const char *const urls[] = {
	    "jdbc:postgresql://u:hunter2@db/x",      "jdbc:postgresql://u@db/x",      "postgresql://u:hunter/2@db/x",
	    "postgresql://u:hun@ter2@db/x",          "postgresql://u:hunter2@db:5x/", "postgresql://u:hunter2%@db/x",
	    "postgresql://u:p@db/x?passwrd=hunter2",
	};
	Arena *a = arena_open("test", 0);
	CHECK_STR(parse("postgresql://u:p%40q@db:5432,b/x", a), "dbname=postgresql://u:p%40q@db:5432,b/x");
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		PostgresParams p;
		Err err = {0};
		CHECK(!postgres_url_parse(str_from(urls[i]), (Span){0, 0}, a, &p, &err) && err.code == ERR_BAD_OPTION);
		CHECK(!strstr(err.message, "hun") && !strstr(err.detail, "hun") && !strstr(err.hint, "hun"));
	}
	arena_close(a);
}

TEST(options)
{
	Arena *a = arena_open("test", 0);
	Options o = {0};
	PostgresParams p;
	PostgresConn c;
	Err err = {0};
	CHECK(!postgres_conn_options(&o, a, &p, &c, &err) && err.code == ERR_MISSING_OPTION);
	options_set(&o, a, STR("url"), STR("jdbc:postgresql://db/x?user=u&connectTimeout=4"));
	options_set(&o, a, STR("username"), STR("me"));
	options_set(&o, a, STR("password"), STR("secret"));
	options_set(&o, a, STR("connection.max-retry-timeout"), STR("5 s"));
	REQUIRE(postgres_conn_options(&o, a, &p, &c, &err));
	CHECK_STR(postgres_url_get(&p, "user"), "me");
	CHECK_STR(postgres_url_get(&p, "password"), "secret");
	CHECK_STR(postgres_url_get(&p, "client_encoding"), "UTF8");
	CHECK_EQ_I64(c.connect_ms, 4000);
	CHECK_EQ_I64(c.answer_ms, 5000);
	arena_close(a);
}

TEST(faults)
{
	static const struct {
		const char *state;
		PostgresFault fault;
	} cases[] = {
	    {"", POSTGRES_OUTAGE},      {"08006", POSTGRES_OUTAGE}, {"40P01", POSTGRES_OUTAGE}, {"40001", POSTGRES_OUTAGE},
	    {"53300", POSTGRES_OUTAGE}, {"57014", POSTGRES_OUTAGE}, {"25006", POSTGRES_OUTAGE}, {"55P03", POSTGRES_OUTAGE},
	    {"22003", POSTGRES_DATA},   {"23505", POSTGRES_DATA},   {"P0001", POSTGRES_DATA},   {"44000", POSTGRES_DATA},
	    {"54000", POSTGRES_DATA},   {"42P01", POSTGRES_HARD},   {"42501", POSTGRES_HARD},   {"0A000", POSTGRES_HARD},
	    {"25P02", POSTGRES_HARD},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_FMT(postgres_conn_classify(cases[i].state) == cases[i].fault, "    %s\n", cases[i].state);
}

TEST(quoting)
{
	StrBuf b;
	strbuf_init(&b);
	postgres_conn_quote_name(&b, STR("a\"b"));
	postgres_conn_quote_literal(&b, STR("it's \\"));
	CHECK_STR(strbuf_cstr(&b), "\"a\"\"b\"E'it''s \\\\'");
	strbuf_deinit(&b);
}

TESTS(urls, passwords_are_not_told, options, faults, quoting)
