/*
 * Tests of engine/net/s3.c against a server that answers as told: replies that are errors with status 200, cut in the
 * middle, slow, redirected, or from no S3 at all; lists in pages with odd keys. Against a real one: tests/e2e/s3.sh.
 * timeout: 120
 */
#include "engine/net/s3.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/support/check.h"
#include "tests/support/http_peer.h"

static char endpoint[60];
static S3Config config;
static HttpPeer *peer;
static S3 *s3;
static Arena *arena;
static Err err;

static void begin(HttpPeerAnswer *answer, void *ctx, const atomic_bool *cancel)
{
	peer = http_peer_open(answer, ctx);
	snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", http_peer_port(peer));
	config = (S3Config){.bucket = STR("bucket"), .endpoint = endpoint, .region = "us-east-1", .path_style = true};
	config.access = "key";
	config.secret = "secret";
	err = (Err){0};
	arena = arena_open("test", 0);
	s3 = s3_open(&config, ERR_SINK_UNREACHABLE, ERR_SINK_FAILED, cancel);
}

static void end(void)
{
	s3_close(s3);
	http_peer_close(peer);
	arena_close(arena);
}

static void check_error(ErrCode code, bool again, const char *message, const char *hint)
{
	CHECK_EQ_I64(err.code, code);
	CHECK_EQ_I64(!!(err.flags & ERR_RETRIABLE), again);
	if (!strstr(err.message, message) || !strstr(err.hint, hint))
		fprintf(stderr, "%s | %s | %s\n", err.message, err.detail, err.hint);
	CHECK(strstr(err.message, message) && strstr(err.hint, hint));
	err = (Err){0};
}

#define DONE "<?xml version=\"1.0\"?>\n<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
#define FAULT(code) "<?xml version=\"1.0\"?>\n<Error><Code>" code "</Code><Message>as told</Message></Error>"

/* The replies of a test, one after the other; the last one for all that follow. "!": the connection is closed before a
 * reply, "!N": after N bytes of the body that follows. */
typedef struct Script {
	const struct {
		int status;
		const char *headers, *body;
	} * replies;
	unsigned n;
} Script;

static bool say(void *ctx, const HttpPeerRequest *r, int fd)
{
	const Script *s = ctx;
	unsigned i = r->number <= s->n ? r->number - 1 : s->n - 1;
	const char *body = s->replies[i].body;
	if (*body != '!')
		return http_peer_reply(fd, r, s->replies[i].status, s->replies[i].headers, body);
	char *rest;
	unsigned long n = strtoul(body + 1, &rest, 10);
	if (rest == body + 1)
		return false;
	char head[200];
	int len = snprintf(head, sizeof head, "HTTP/1.1 %d Said\r\nContent-Length: %zu\r\n\r\n", s->replies[i].status,
	                   strlen(rest));
	http_peer_bytes(fd, head, (size_t)len);
	http_peer_bytes(fd, rest, n);
	return false;
}

#define SCRIPT(name, ...)                                                                                              \
	static const struct {                                                                                              \
		int status;                                                                                                    \
		const char *headers, *body;                                                                                    \
	} name##_replies[] = __VA_ARGS__;                                                                                  \
	Script name = {(const void *)name##_replies, sizeof name##_replies / sizeof name##_replies[0]}

static bool complete(bool *gone)
{
	Str etags[] = {STR("\"a\""), STR("\"b\"")};
	return s3_upload_complete(s3, STR("k"), STR("id"), etags, 2, gone, &err);
}

/* 200 is no promise: an error, nothing, half a result, or a closed connection may follow. */
TEST(complete_says_200_and_fails)
{
	bool gone;
	SCRIPT(again, {{200, "", FAULT("InternalError")}, {200, "", ""}, {200, "", "!60" DONE}, {200, "", DONE}});
	begin(say, &again, NULL);
	CHECK(complete(&gone) && !gone);
	CHECK_EQ_U64(http_peer_requests(peer), 4);
	end();
	SCRIPT(cut, {{200, "", "<CompleteMultipartUploadResult><ETag>"}});
	begin(say, &cut, NULL);
	CHECK(!complete(&gone));
	check_error(ERR_SINK_UNREACHABLE, true, "ends before", "");
	end();
	SCRIPT(final, {{200, "", FAULT("EntityTooSmall")}});
	begin(say, &final, NULL);
	CHECK(!complete(&gone));
	check_error(ERR_SINK_FAILED, false, "EntityTooSmall", "");
	CHECK_EQ_U64(http_peer_requests(peer), 1);
	end();
	SCRIPT(unknown, {{200, "", FAULT("NoSuchUpload")}, {404, "", FAULT("NoSuchUpload")}});
	begin(say, &unknown, NULL);
	CHECK(complete(&gone) && gone);
	CHECK(complete(&gone) && gone);
	end();
}

/* A server that puts a large object together sends blanks, for longer than any other request may take. */
static bool slowly(void *ctx, const HttpPeerRequest *r, int fd)
{
	(void)r;
	static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
	char tail[300];
	http_peer_bytes(fd, head, sizeof head - 1);
	for (int i = 0; i < *(int *)ctx; i++) {
		http_peer_bytes(fd, "1\r\n \r\n", 6);
		sleep(1);
	}
	int n = snprintf(tail, sizeof tail, "%zx\r\n%s\r\n0\r\n\r\n", sizeof DONE - 1, DONE);
	http_peer_bytes(fd, tail, (size_t)n);
	return true;
}

TEST(complete_takes_long)
{
	int seconds = 22;
	bool gone;
	begin(slowly, &seconds, NULL);
	CHECK(complete(&gone) && !gone);
	CHECK_EQ_U64(http_peer_requests(peer), 1);
	end();
}

static void *cancel_soon(void *flag)
{
	usleep(300000);
	atomic_store((atomic_bool *)flag, true);
	return NULL;
}

/* Never answers. */
static bool hang(void *ctx, const HttpPeerRequest *r, int fd)
{
	(void)ctx, (void)r;
	char byte;
	while (recv(fd, &byte, 1, 0) > 0)
		;
	return false;
}

TEST(ends_when_told)
{
	atomic_bool cancel = false;
	bool gone;
	pthread_t thread;
	begin(hang, NULL, &cancel);
	REQUIRE(pthread_create(&thread, NULL, cancel_soon, &cancel) == 0);
	int64_t from = clock_mono_us(&clock_real);
	CHECK(!complete(&gone));
	CHECK(clock_mono_us(&clock_real) - from < 2500000);
	check_error(ERR_SINK_UNREACHABLE, true, "", "");
	pthread_join(thread, NULL);
	/* and at the time told, though the end was asked for before */
	from = clock_mono_us(&clock_real);
	s3_until(s3, from + 1000000);
	CHECK(!complete(&gone));
	int64_t took = clock_mono_us(&clock_real) - from;
	CHECK(took > 700000 && took < 2500000);
	err = (Err){0};
	CHECK(!complete(&gone)); /* past it */
	CHECK(clock_mono_us(&clock_real) - from < 3000000);
	end();
}

TEST(slow_down)
{
	SCRIPT(some, {{503, "", FAULT("SlowDown")}, {500, "", ""}, {429, "", ""}, {200, "", ""}});
	begin(say, &some, NULL);
	CHECK(s3_put(s3, STR("k"), STR("x"), &err));
	CHECK_EQ_U64(http_peer_requests(peer), 4);
	end();
	SCRIPT(always, {{503, "", FAULT("SlowDown")}});
	begin(say, &always, NULL);
	CHECK(!s3_put(s3, STR("k"), STR("x"), &err));
	check_error(ERR_SINK_UNREACHABLE, true, "SlowDown, HTTP status 503", "");
	CHECK_EQ_U64(http_peer_requests(peer), 4);
	end();
}

/* An upload that may have been begun is not begun again: nobody would know the first one. */
TEST(begin_is_not_repeated)
{
	StrBuf id;
	strbuf_init(&id);
	SCRIPT(lost, {{200, "", "!"}});
	begin(say, &lost, NULL);
	CHECK(!s3_upload_begin(s3, STR("k"), &id, &err));
	check_error(ERR_SINK_UNREACHABLE, true, "", "");
	CHECK_EQ_U64(http_peer_requests(peer), 1);
	end();
	SCRIPT(half,
	       {{200, "", "!40<InitiateMultipartUploadResult><UploadId>7</UploadId></InitiateMultipartUploadResult>"}});
	begin(say, &half, NULL);
	CHECK(!s3_upload_begin(s3, STR("k"), &id, &err));
	check_error(ERR_SINK_UNREACHABLE, true, "", "");
	CHECK_EQ_U64(http_peer_requests(peer), 1);
	end();
	/* nor by libcurl, on a kept connection that turns out to be dead */
	SCRIPT(kept, {{200, "", ""},
	              {200, "", "!"},
	              {200, "", "<InitiateMultipartUploadResult><UploadId>7</UploadId></InitiateMultipartUploadResult>"}});
	begin(say, &kept, NULL);
	CHECK(s3_put(s3, STR("k"), STR("x"), &err));
	CHECK(!s3_upload_begin(s3, STR("k"), &id, &err));
	check_error(ERR_SINK_UNREACHABLE, true, "", "");
	CHECK_EQ_U64(http_peer_requests(peer), 2);
	end();
	SCRIPT(fine, {{503, "", ""},
	              {200, "",
	               "<InitiateMultipartUploadResult><UploadId>a&amp;b</UploadId>"
	               "</InitiateMultipartUploadResult>"}});
	begin(say, &fine, NULL);
	CHECK(s3_upload_begin(s3, STR("k"), &id, &err));
	CHECK_STR(strbuf_cstr(&id), "a&b");
	end();
	strbuf_deinit(&id);
}

TEST(other_region)
{
	S3Object o;
	S3Objects list;
	bool there;
	SCRIPT(moved, {{301, "x-amz-bucket-region: eu-north-1\r\n", FAULT("PermanentRedirect")},
	               {301, "x-amz-bucket-region: eu-north-1\r\n", ""},
	               {400, "x-amz-bucket-region: eu-north-1\r\n", ""},
	               {400, "", "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-north-1</Region></Error>"},
	               {307, "x-amz-bucket-region: eu-north-1\r\nLocation: http://127.0.0.1:9/\r\n", ""}});
	begin(say, &moved, NULL);
	static const char cure[] = "lies in region \"eu-north-1\", and \"s3.region\" is \"us-east-1\"";
	CHECK(!s3_put(s3, STR("k"), STR("x"), &err));
	check_error(ERR_SINK_FAILED, false, "PermanentRedirect", cure);
	CHECK(!s3_head(s3, STR("k"), &o, &there, &err));
	check_error(ERR_SINK_FAILED, false, "301", cure);
	CHECK(!s3_head(s3, STR("k"), &o, &there, &err));
	check_error(ERR_SINK_FAILED, false, "400", cure);
	CHECK(!s3_list(s3, STR(""), 9, arena, &list, &err));
	check_error(ERR_SINK_FAILED, false, "AuthorizationHeaderMalformed", cure);
	CHECK(!s3_list(s3, STR(""), 9, arena, &list, &err)); /* keys are not sent to another address */
	check_error(ERR_SINK_UNREACHABLE, true, "TemporaryRedirect", cure);
	end();
}

TEST(expired_token)
{
	char path[200];
	snprintf(path, sizeof path, "%s/weir-s3-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	int fd = mkstemp(path);
	REQUIRE(fd >= 0);
	static const char old[] = "[default]\naws_access_key_id=a\naws_secret_access_key=b\naws_session_token=old\n";
	static const char new[] = "[default]\naws_access_key_id=a\naws_secret_access_key=b\naws_session_token=new\n";
	REQUIRE(write(fd, old, sizeof old - 1) == (ssize_t)(sizeof old - 1));
	unsetenv("AWS_ACCESS_KEY_ID");
	unsetenv("AWS_PROFILE");
	setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	SCRIPT(expired, {{400, "", FAULT("ExpiredToken")}, {400, "", FAULT("ExpiredToken")}, {200, "", ""}});
	begin(say, &expired, NULL);
	s3_close(s3);
	config.access = config.secret = NULL;
	s3 = s3_open(&config, ERR_SINK_UNREACHABLE, ERR_SINK_FAILED, NULL);
	CHECK(!s3_put(s3, STR("k"), STR("x"), &err));
	check_error(ERR_SINK_FAILED, false, "ExpiredToken", "give new keys");
	REQUIRE(pwrite(fd, new, sizeof new - 1, 0) == (ssize_t)(sizeof new - 1));
	CHECK(s3_put(s3, STR("k"), STR("x"), &err)); /* the file has new ones */
	CHECK_EQ_U64(http_peer_requests(peer), 3);
	end();
	unlink(path);
	close(fd);
}

TEST(body_is_cut)
{
	StrBuf out;
	bool there;
	strbuf_init(&out);
	SCRIPT(cut, {{206, "", "!3abcdef"}, {206, "", "!5abcdef"}, {206, "", "abcdef"}});
	begin(say, &cut, NULL);
	CHECK(s3_get(s3, STR("k"), 0, 6, STR_EMPTY, &out, &there, &err) && there);
	CHECK_MEM(out.ptr, out.len, "abcdef");
	CHECK_EQ_U64(http_peer_requests(peer), 3);
	end();
	SCRIPT(always, {{206, "", "!3abcdef"}});
	begin(say, &always, NULL);
	CHECK(!s3_get(s3, STR("k"), 0, 6, STR_EMPTY, &out, &there, &err));
	check_error(ERR_SINK_UNREACHABLE, true, "", "");
	end();
	SCRIPT(whole, {{200, "", "abcdefghij"}}); /* who does not know ranges */
	begin(say, &whole, NULL);
	CHECK(!s3_get(s3, STR("k"), 4, 6, STR_EMPTY, &out, &there, &err));
	check_error(ERR_SINK_FAILED, false, "the whole object", "Range");
	CHECK(s3_get(s3, STR("k"), 0, 10, STR_EMPTY, &out, &there, &err) && there);
	end();
	strbuf_deinit(&out);
}

#define ITEM(key, size)                                                                                                \
	"<Contents><Key>" key "</Key><Size>" size "</Size><LastModified>2024-01-02T03:04:05.000Z</LastModified>"           \
	"<ETag>&quot;x&quot;</ETag></Contents>"

static bool list_pages(void *ctx, const HttpPeerRequest *r, int fd)
{
	(void)ctx;
	const char *body;
	CHECK(strstr(r->target, "/bucket?") == r->target && strstr(r->target, "prefix=a%3D1%2F%C3%BC"));
	if (!strstr(r->target, "continuation-token"))
		body = "<ListBucketResult><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType>"
		       "<NextContinuationToken>1/t+=&amp;&quot;</NextContinuationToken>" ITEM("a%3D1/%C3%BC+%2B%26%3Cb%3E", "1")
		           ITEM("a%3D1/%C3%BC%25", "4294967296") "</ListBucketResult>";
	else if (strstr(r->target, "continuation-token=1%2Ft%2B%3D%26%22"))
		/* who does not escape has entities */
		body = "<ListBucketResult><IsTruncated>false</IsTruncated>" ITEM("a=1/ü +%20&amp;&#xfc;&lt;&#60;",
		                                                                 "0") "</ListBucketResult>";
	else
		return http_peer_reply(fd, r, 400, "", FAULT("InvalidArgument"));
	return http_peer_reply(fd, r, 200, "", body);
}

TEST(list_with_odd_keys)
{
	S3Objects list;
	begin(list_pages, NULL, NULL);
	REQUIRE(s3_list(s3, STR("a=1/ü"), 100, arena, &list, &err));
	REQUIRE(list.len == 3);
	CHECK_STR(list.items[0].key.ptr, "a=1/ü +%20&ü<<");
	CHECK_STR(list.items[1].key.ptr, "a=1/ü +&<b>");
	CHECK_STR(list.items[2].key.ptr, "a=1/ü%");
	CHECK_EQ_I64(list.items[2].size, 4294967296);
	CHECK_STR(list.items[1].etag.ptr, "\"x\"");
	CHECK_EQ_I64(list.items[1].modified_us, 1704164645000000);
	CHECK(!s3_list(s3, STR("a=1/ü"), 2, arena, &list, &err));
	check_error(ERR_SINK_FAILED, false, "more than 2 objects", "");
	end();
}

/* Half a list must not be taken for all of it. */
TEST(list_is_broken)
{
	S3Objects list;
	S3Uploads uploads;
	SCRIPT(broken,
	       {{200, "", "<ListBucketResult>" ITEM("a", "1") "<Contents><Key>b"},
	        {200, "", "<ListBucketResult>" ITEM("a", "1") "<Contents><Key>b"},
	        {200, "", "<ListBucketResult><IsTruncated>false</IsTruncated>" ITEM("a", "1") "</ListBucketResult>"},
	        {200, "", "<ListBucketResult><IsTruncated>true</IsTruncated>" ITEM("a", "1") "</ListBucketResult>"},
	        {200, "", "<ListBucketResult>" ITEM("a", "x") "</ListBucketResult>"},
	        {200, "Content-Type: text/html\r\n", "<!DOCTYPE html><html>Console</html>"},
	        {200, "", FAULT("AccessDenied")},
	        {200, "", "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>"}});
	begin(say, &broken, NULL);
	CHECK(s3_list(s3, STR(""), 9, arena, &list, &err));
	CHECK_EQ_U64(list.len, 1);
	CHECK(!s3_list(s3, STR(""), 9, arena, &list, &err));
	check_error(ERR_SINK_FAILED, false, "goes on without saying where", "");
	CHECK(!s3_list(s3, STR(""), 9, arena, &list, &err));
	check_error(ERR_SINK_FAILED, false, "without names or sizes", "");
	CHECK(!s3_list(s3, STR(""), 9, arena, &list, &err));
	check_error(ERR_SINK_FAILED, false, "not one of S3", "\"s3.endpoint\"");
	CHECK(!s3_list(s3, STR(""), 9, arena, &list, &err));
	check_error(ERR_SINK_FAILED, false, "AccessDenied", "s3:ListBucket");
	CHECK(!s3_uploads(s3, STR(""), arena, &uploads, &err));
	check_error(ERR_SINK_UNREACHABLE, true, "ends before", "");
	end();
}

/* A connection that was kept and is closed under the next request is no fault. */
static bool close_each_second(void *ctx, const HttpPeerRequest *r, int fd)
{
	(void)ctx;
	if (r->number % 3 == 2)
		return false;
	return http_peer_reply(fd, r, 200, "ETag: \"e\"\r\n", "");
}

TEST(connection_is_closed)
{
	StrBuf etag;
	bool there;
	strbuf_init(&etag);
	begin(close_each_second, NULL, NULL);
	char *part = mem_alloc(1 << 20);
	memset(part, 'x', 1 << 20);
	for (unsigned i = 1; i <= 4; i++) {
		CHECK(s3_upload_part(s3, STR("k"), STR("id"), i, str_make(part, 1 << 20), &etag, &there, &err) && there);
		CHECK_STR(strbuf_cstr(&etag), "\"e\"");
	}
	mem_free(part);
	end();
	strbuf_deinit(&etag);
}

TEST(not_there)
{
	S3Object o;
	StrBuf out;
	bool there;
	strbuf_init(&out);
	SCRIPT(gone, {{404, "", FAULT("NoSuchKey")},
	              {404, "", ""},
	              {412, "", FAULT("PreconditionFailed")},
	              {404, "", FAULT("NoSuchBucket")},
	              {403, "", FAULT("RequestTimeTooSkewed")}});
	begin(say, &gone, NULL);
	CHECK(s3_get(s3, STR("k"), 0, -1, STR_EMPTY, &out, &there, &err) && !there);
	CHECK(s3_head(s3, STR("k"), &o, &there, &err) && !there);
	CHECK(s3_get(s3, STR("k"), 0, 5, STR("\"e\""), &out, &there, &err) && !there);
	CHECK(!s3_get(s3, STR("k"), 0, -1, STR_EMPTY, &out, &there, &err));
	check_error(ERR_SINK_FAILED, false, "NoSuchBucket", "Make the bucket");
	CHECK(!s3_get(s3, STR("k"), 0, -1, STR_EMPTY, &out, &there, &err)); /* no date to go by */
	check_error(ERR_SINK_UNREACHABLE, true, "RequestTimeTooSkewed", "clocks");
	end();
	strbuf_deinit(&out);
}

TESTS(complete_says_200_and_fails, slow_down, begin_is_not_repeated, other_region, expired_token, body_is_cut,
      list_with_odd_keys, list_is_broken, connection_is_closed, not_there, ends_when_told, complete_takes_long)
