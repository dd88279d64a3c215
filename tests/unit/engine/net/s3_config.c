/* Tests of engine/net/s3_config.c: paths, addresses, where each value comes from. */
#include <stdlib.h>

#include "engine/net/s3.h"
#include "tests/support/check.h"

static Arena *arena;
static Options options;

static void setup(void)
{
	static const char *const names[] = {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION",
	                                    "AWS_CA_BUNDLE"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unsetenv(names[i]);
	if (!arena)
		arena = arena_open("test", 0);
	options = (Options){0};
}

static void give(const char *key, const char *value)
{
	options_set(&options, arena, str_from(key), str_from(value));
}

static S3Config read_config(const char *path)
{
	S3Config c;
	Err err = {0};
	if (!s3_config_read(&options, str_from(path), arena, &c, &err))
		fprintf(stderr, "%s\n", err.message);
	REQUIRE(err.code == 0);
	return c;
}

static ErrCode refused(const char *path)
{
	S3Config c;
	Err err = {0};
	CHECK(!s3_config_read(&options, str_from(path), arena, &c, &err));
	CHECK(err.hint[0]);
	return err.code;
}

TEST(paths)
{
	setup();
	CHECK(s3_is_path(STR(" S3A://b/x")));
	CHECK(!s3_is_path(STR("/s3://b")));
	S3Config c = read_config("s3://bucket/a=1/b c/");
	CHECK_STR(c.bucket.ptr, "bucket");
	CHECK_STR(c.prefix.ptr, "a=1/b c");
	CHECK_EQ_U64(read_config("s3://bucket").prefix.len, 0);
	CHECK_EQ_U64(read_config("s3n://bucket/").prefix.len, 0);
	CHECK_EQ_I64(refused("s3://"), ERR_BAD_OPTION);
	CHECK_EQ_I64(refused("s3://ab/x"), ERR_BAD_OPTION);
	CHECK_EQ_I64(refused("s3://a b c/x"), ERR_BAD_OPTION);
	CHECK_EQ_I64(refused("s3://bucket//x"), ERR_BAD_OPTION);
	CHECK_EQ_I64(refused("s3://bucket/x//y"), ERR_BAD_OPTION);
	arena_close(arena);
	arena = NULL;
}

TEST(addresses)
{
	setup();
	S3Config c = read_config("s3://bucket/x");
	CHECK_STR(c.endpoint, "https://s3.us-east-1.amazonaws.com");
	CHECK(!c.path_style && !c.ca_file && !c.access);
	CHECK(read_config("s3://dotted.bucket/x").path_style);
	setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
	CHECK_STR(read_config("s3://bucket/x").endpoint, "https://s3.eu-west-1.amazonaws.com");
	setenv("AWS_REGION", "eu-west-2", 1);
	CHECK_STR(read_config("s3://bucket/x").region, "eu-west-2");
	give("s3.region", "eu-west-3");
	CHECK_STR(read_config("s3://bucket/x").region, "eu-west-3");
	setenv("AWS_ENDPOINT_URL", "http://one:9000/", 1);
	CHECK_STR(read_config("s3://bucket/x").endpoint, "http://one:9000");
	CHECK(read_config("s3://bucket/x").path_style);
	setenv("AWS_ENDPOINT_URL_S3", "two", 1);
	CHECK_STR(read_config("s3://bucket/x").endpoint, "https://two");
	give("s3.endpoint", "http://[::1]:9000");
	c = read_config("s3://bucket/x");
	CHECK_STR(c.endpoint, "http://[::1]:9000");
	CHECK(c.path_style);
	give("s3.path-style", "false");
	CHECK_EQ_I64(refused("s3://bucket/x"), ERR_BAD_OPTION); /* no bucket.[::1] */
	give("s3.endpoint", "http://10.0.0.1");
	CHECK_EQ_I64(refused("s3://bucket/x"), ERR_BAD_OPTION);
	give("s3.endpoint", "http://10.example.com:9000");
	CHECK(!read_config("s3://bucket/x").path_style);
	static const char *const bad[] = {"ftp://x",    "http://",   "http://x/path", "http://user:password@x",
	                                  "http://x?y", "http://x:", "http://x:0",    "http://x:99999",
	                                  "http://x:9a"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		setup();
		give("s3.endpoint", bad[i]);
		CHECK_EQ_I64(refused("s3://bucket/x"), ERR_BAD_OPTION);
	}
	arena_close(arena);
	arena = NULL;
}

TEST(keys)
{
	setup();
	give("s3.access-key", "a");
	refused("s3://bucket/x");
	give("s3.secret-key", "s");
	S3Config c = read_config("s3://bucket/x");
	CHECK_STR(c.access, "a");
	CHECK_STR(c.secret, "s");
	CHECK(c.token == NULL);
	setup();
	give("s3.session-token", "t");
	refused("s3://bucket/x");
	arena_close(arena);
	arena = NULL;
}

TESTS(paths, addresses, keys)
