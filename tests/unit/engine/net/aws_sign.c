/* Tests of engine/net/aws_sign.c: the examples of the documentation of Amazon S3 ("Signature Calculations for the
 * Authorization Header"), with their keys, time and signatures. */
#include "engine/net/aws_sign.h"

#include "tests/support/check.h"

static const char no_body[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

static AwsRequest example(const char *method, const char *path, const char *query)
{
	return (AwsRequest){
	    .method = method,
	    .host = STR("examplebucket.s3.amazonaws.com"),
	    .path = str_from(path),
	    .query = str_from(query),
	    .body_hash = no_body,
	    .access = "AKIAIOSFODNN7EXAMPLE",
	    .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	    .region = "us-east-1",
	    .service = "s3",
	    .time_us = INT64_C(1369353600000000),
	};
}

static void check_signed(const AwsRequest *r, const char *names, const char *signature)
{
	StrBuf got, want;
	strbuf_init(&got);
	strbuf_init(&want);
	strbuf_printf(&want,
	              "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
	              "SignedHeaders=%s,Signature=%s",
	              names, signature);
	aws_sign(r, &got);
	CHECK_STR(strbuf_cstr(&got), strbuf_cstr(&want));
	strbuf_deinit(&got);
	strbuf_deinit(&want);
}

TEST(hash)
{
	char hash[AWS_HASH_TEXT], time[AWS_TIME_TEXT];
	aws_hash(STR_EMPTY, hash);
	CHECK_STR(hash, no_body);
	aws_hash((Str){0}, hash);
	CHECK_STR(hash, no_body);
	aws_time(INT64_C(1369353600999999), time);
	CHECK_STR(time, "20130524T000000Z");
}

TEST(get_range)
{
	AwsRequest r = example("GET", "/test.txt", "");
	r.headers = (const char *const[]){"range:bytes=0-9"};
	r.nheaders = 1;
	check_signed(&r, "host;range;x-amz-content-sha256;x-amz-date",
	             "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(put)
{
	AwsRequest r = example("PUT", "/test%24file.text", "");
	char hash[AWS_HASH_TEXT];
	aws_hash(STR("Welcome to Amazon S3."), hash);
	r.body_hash = hash;
	r.headers = (const char *const[]){"x-amz-storage-class:REDUCED_REDUNDANCY", "date:Fri, 24 May 2013 00:00:00 GMT"};
	r.nheaders = 2;
	check_signed(&r, "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
	             "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(query)
{
	AwsRequest r = example("GET", "/", "lifecycle=");
	check_signed(&r, "host;x-amz-content-sha256;x-amz-date",
	             "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
	r = example("GET", "/", "max-keys=2&prefix=J");
	check_signed(&r, "host;x-amz-content-sha256;x-amz-date",
	             "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(token)
{
	AwsRequest r = example("GET", "/", "lifecycle=");
	StrBuf got;
	strbuf_init(&got);
	r.token = "t";
	aws_sign(&r, &got);
	CHECK(str_find(strbuf_str(&got), STR("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,"),
	               0) > 0);
	strbuf_deinit(&got);
}

TESTS(hash, get_range, put, query, token)
