/* Tests of engine/net/aws_keys.c: the places in their order, and keys that are renewed. The metadata service is asked
 * by tests/e2e/s3.sh too. */
#include "engine/net/aws_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	REQUIRE(f != NULL);
	fputs(text, f);
	fclose(f);
}

static void clear(void)
{
	static const char *const names[] = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	                                    "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE"};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unsetenv(names[i]);
	setenv("HOME", "/nonexistent", 1);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
}

static AwsKey get(AwsKeys *k)
{
	AwsKey key = {0};
	Err err = {0};
	if (!aws_keys_get(k, 0, &key, &err))
		fprintf(stderr, "%s\n", err.message);
	REQUIRE(key.access != NULL);
	return key;
}

TEST(order)
{
	Err err = {0};
	AwsKey key;
	clear();
	AwsKeys *k = aws_keys_open(NULL, NULL, NULL);
	CHECK(!aws_keys_get(k, 0, &key, &err));
	CHECK(!(err.flags & ERR_RETRIABLE) && err.hint[0]);
	setenv("AWS_ACCESS_KEY_ID", " env ", 1);
	CHECK(!aws_keys_get(k, 0, &key, &err)); /* half of them */
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	CHECK_STR(get(k).access, "env");
	CHECK(get(k).token == NULL);
	CHECK(!aws_keys_expired(k));
	aws_keys_close(k);
	setenv("AWS_SESSION_TOKEN", "t", 1);
	k = aws_keys_open(NULL, NULL, NULL);
	CHECK_STR(get(k).token, "t");
	aws_keys_close(k);
	k = aws_keys_open("option", "x", NULL);
	CHECK_STR(get(k).access, "option");
	CHECK(get(k).token == NULL);
	CHECK(!aws_keys_expired(k));
	aws_keys_close(k);
}

TEST(file)
{
	char path[200];
	Err err = {0};
	AwsKey key;
	snprintf(path, sizeof path, "%s/weir-keys-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	int fd = mkstemp(path);
	REQUIRE(fd >= 0);
	close(fd);
	clear();
	setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
	put(path,
	    "aws_access_key_id = outside\n[a]\naws_access_key_id=1\n[default]\r\nAWS_Access_Key_Id = 2\r\n# "
	    "aws_access_key_id=3\n"
	    "aws_secret_access_key = x=y\r\n[b]\naws_access_key_id=4\naws_secret_access_key=z\naws_session_token = t1");
	AwsKeys *k = aws_keys_open(NULL, NULL, NULL);
	CHECK_STR(get(k).access, "2");
	CHECK_STR(get(k).secret, "x=y");
	CHECK(get(k).token == NULL);
	aws_keys_close(k);
	setenv("AWS_PROFILE", "b", 1);
	k = aws_keys_open(NULL, NULL, NULL);
	CHECK_STR(get(k).token, "t1");
	/* Somebody renews the session in the file. */
	CHECK(!aws_keys_expired(k));
	put(path, "[b]\naws_access_key_id=4\naws_secret_access_key=z\naws_session_token = t2");
	CHECK(aws_keys_expired(k));
	CHECK_STR(get(k).token, "t2");
	aws_keys_close(k);
	setenv("AWS_PROFILE", "a", 1);
	k = aws_keys_open(NULL, NULL, NULL);
	CHECK(!aws_keys_get(k, 0, &key, &err)); /* half of them */
	CHECK(strstr(err.message, "\"a\"") != NULL);
	aws_keys_close(k);
	unlink(path);
}

/* The metadata service, whose keys have the ctx as Expiration; NULL: none. */
static bool metadata(void *ctx, const HttpPeerRequest *r, int fd)
{
	const char *end = *(const char **)ctx;
	char keys[300];
	snprintf(keys, sizeof keys, "{\"AccessKeyId\":\"%u\",\"SecretAccessKey\":\"s\",\"Token\":\"t\"%s%s%s}", r->number,
	         end ? ",\"Expiration\":\"" : "", end ? end : "", end ? "\"" : "");
	if (strcmp(r->method, "PUT") == 0)
		return http_peer_reply(fd, r, 200, "", "token");
	if (strcmp(r->target, "/latest/meta-data/iam/security-credentials/") == 0)
		return http_peer_reply(fd, r, 200, "", "role");
	return http_peer_reply(fd, r, 200, "", keys);
}

/* Keys whose end nobody knows would end in the middle: they are not taken; those at hand go on until their own end. */
TEST(expiration)
{
	const char *end = "soon";
	char url[60];
	AwsKey key;
	Err err = {0};
	clear();
	HttpPeer *p = http_peer_open(metadata, &end);
	snprintf(url, sizeof url, "http://127.0.0.1:%u/", http_peer_port(p));
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url, 1);
	setenv("AWS_EC2_METADATA_DISABLED", "false", 1);
	AwsKeys *k = aws_keys_open(NULL, NULL, NULL);
	CHECK(!aws_keys_get(k, 0, &key, &err));
	CHECK(strstr(err.message, "until when") && strstr(err.detail, "\"soon\"") && err.hint[0]);
	end = NULL;
	CHECK(!aws_keys_get(k, 0, &key, &err));
	end = "1970-01-01T01:00:00Z";
	CHECK(aws_keys_get(k, 0, &key, &err));
	CHECK_STR(key.access, "9");
	CHECK(aws_keys_get(k, INT64_C(3000) * 1000000, &key, &err));
	CHECK_STR(key.access, "9");
	end = "";
	CHECK(aws_keys_get(k, INT64_C(3590) * 1000000, &key, &err)); /* asks, and keeps what it has */
	CHECK_STR(key.access, "9");
	CHECK(!aws_keys_get(k, INT64_C(3600) * 1000000, &key, &err));
	end = "1970-01-01T02:00:00Z";
	CHECK(aws_keys_get(k, INT64_C(3601) * 1000000, &key, &err));
	CHECK_STR(key.access, "18");
	aws_keys_close(k);
	http_peer_close(p);
	clear();
}

TESTS(order, file, expiration)
