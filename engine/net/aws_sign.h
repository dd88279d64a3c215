/*
 * engine/net/aws_sign.h: AWS Signature Version 4 of a request, as S3 wants it (the path is escaped once, and signed as
 * it is sent).
 *
 * Thread: any.
 */
#ifndef WEIR_ENGINE_NET_AWS_SIGN_H
#define WEIR_ENGINE_NET_AWS_SIGN_H

#include "base/str.h"

enum { AWS_HASH_TEXT = 65, AWS_TIME_TEXT = 17, AWS_HEADERS_MAX = 12 };

typedef struct AwsRequest {
	const char *method;
	Str host;  /* as in the header Host: without the scheme's own port */
	Str path;  /* escaped, begins with a slash */
	Str query; /* escaped, "a=1&b=", sorted by name, each name with its "="; empty: none */
	/* Headers that are signed beside Host, x-amz-date, x-amz-content-sha256 and x-amz-security-token: names in lower
	 * case, "name:value". */
	const char *const *headers;
	uint32_t nheaders;
	const char *body_hash;               /* aws_hash of the body */
	const char *access, *secret, *token; /* token NULL: none */
	const char *region, *service;
	int64_t time_us;
} AwsRequest;

/* SHA-256 in hexadecimal digits. */
void aws_hash(Str data, char out[AWS_HASH_TEXT]);
/* "20130524T000000Z" */
void aws_time(int64_t time_us, char out[AWS_TIME_TEXT]);
/* Appends the value of the header Authorization. */
void aws_sign(const AwsRequest *r, StrBuf *out);

#endif
