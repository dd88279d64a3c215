/*
 * engine/net/aws_sign.c: see aws_sign.h.
 *
 *   canonical request = method, path, query, headers, their names, hash of the body
 *   text to sign      = algorithm, time, scope (day/region/service/aws4_request), hash of the canonical request
 *   key               = HMAC of HMAC of ... "AWS4" + secret, over the parts of the scope
 */
#include "engine/net/aws_sign.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "sql/types/timestamp.h"

enum { HASH_BYTES = 32 };

static void put_hex(const unsigned char *bytes, char *out)
{
	for (unsigned i = 0; i < HASH_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

void aws_hash(Str data, char out[AWS_HASH_TEXT])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	ASSERT(EVP_Digest(data.ptr ? data.ptr : "", data.len, bytes, &len, EVP_sha256(), NULL) && len == HASH_BYTES);
	put_hex(bytes, out);
}

static void hmac(const void *key, size_t nkey, Str text, unsigned char out[HASH_BYTES])
{
	unsigned len = 0;
	ASSERT(HMAC(EVP_sha256(), key, (int)nkey, (const unsigned char *)text.ptr, text.len, out, &len) &&
	       len == HASH_BYTES);
}

void aws_time(int64_t time_us, char out[AWS_TIME_TEXT])
{
	Civil c;
	timestamp_civil(time_us, &c);
	snprintf(out, AWS_TIME_TEXT, "%04u%02u%02uT%02u%02u%02uZ", (unsigned)c.year % 10000, (unsigned)c.month % 100,
	         (unsigned)c.day % 100, (unsigned)c.hour % 100, (unsigned)c.minute % 100, (unsigned)c.second % 100);
}

static int by_name(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	return str_cmp(str_make(x, strcspn(x, ":")), str_make(y, strcspn(y, ":")));
}

/* The headers in order of their names, then the list of the names; the list again into *names. */
static void put_headers(const AwsRequest *r, const char *time, StrBuf *out, StrBuf *names)
{
	StrBuf made;
	strbuf_init(&made);
	const char *lines[AWS_HEADERS_MAX + 4];
	size_t at[4];
	uint32_t n = 0;
	at[n++] = made.len;
	strbuf_printf(&made, "host:%.*s%c", STR_ARG(r->host), 0);
	at[n++] = made.len;
	strbuf_printf(&made, "x-amz-content-sha256:%s%c", r->body_hash, 0);
	at[n++] = made.len;
	strbuf_printf(&made, "x-amz-date:%s%c", time, 0);
	if (r->token) {
		at[n++] = made.len;
		strbuf_printf(&made, "x-amz-security-token:%s%c", r->token, 0);
	}
	for (uint32_t i = 0; i < n; i++)
		lines[i] = made.ptr + at[i];
	ASSERT(r->nheaders <= AWS_HEADERS_MAX);
	for (uint32_t i = 0; i < r->nheaders; i++)
		lines[n++] = r->headers[i];
	qsort(lines, n, sizeof *lines, by_name);
	for (uint32_t i = 0; i < n; i++) {
		strbuf_printf(out, "%s\n", lines[i]);
		strbuf_printf(names, "%s%.*s", i ? ";" : "", (int)strcspn(lines[i], ":"), lines[i]);
	}
	strbuf_deinit(&made);
}

void aws_sign(const AwsRequest *r, StrBuf *out)
{
	StrBuf text, names, scope;
	char time[AWS_TIME_TEXT], hash[AWS_HASH_TEXT], signature[AWS_HASH_TEXT];
	strbuf_init(&text);
	strbuf_init(&names);
	strbuf_init(&scope);
	aws_time(r->time_us, time);
	strbuf_printf(&text, "%s\n%.*s\n%.*s\n", r->method, STR_ARG(r->path), STR_ARG(r->query));
	put_headers(r, time, &text, &names);
	strbuf_printf(&text, "\n%s\n%s", strbuf_cstr(&names), r->body_hash);
	aws_hash(strbuf_str(&text), hash);
	strbuf_printf(&scope, "%.8s/%s/%s/aws4_request", time, r->region, r->service);
	strbuf_clear(&text);
	strbuf_printf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n%s", time, strbuf_cstr(&scope), hash);

	unsigned char key[HASH_BYTES], next[HASH_BYTES];
	StrBuf secret;
	strbuf_init(&secret);
	strbuf_printf(&secret, "AWS4%s", r->secret);
	hmac(secret.ptr, secret.len, str_make(time, 8), key);
	memset(secret.ptr, 0, secret.len);
	strbuf_deinit(&secret);
	hmac(key, sizeof key, str_from(r->region), next);
	hmac(next, sizeof next, str_from(r->service), key);
	hmac(key, sizeof key, STR("aws4_request"), next);
	hmac(next, sizeof next, strbuf_str(&text), key);
	put_hex(key, signature);
	strbuf_printf(out, "AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s", r->access,
	              strbuf_cstr(&scope), strbuf_cstr(&names), signature);
	strbuf_deinit(&text);
	strbuf_deinit(&names);
	strbuf_deinit(&scope);
}
