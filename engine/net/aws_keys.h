/*
 * engine/net/aws_keys.h: the keys that requests to AWS and its like are signed with, from the first place that has
 * some:
 *
 *   1. the table's options
 *   2. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
 *   3. the credentials file (AWS_SHARED_CREDENTIALS_FILE, else ~/.aws/credentials), section AWS_PROFILE, else default
 *   4. the metadata service of the machine (IMDSv2; AWS_EC2_METADATA_SERVICE_ENDPOINT; not with
 *      AWS_EC2_METADATA_DISABLED=true)
 *
 * Keys that expire are asked for again some minutes before they do; a file is read again when the server says that its
 * keys have expired.
 *
 * Thread: one at a time. The metadata service is waited for, for seconds.
 */
#ifndef WEIR_ENGINE_NET_AWS_KEYS_H
#define WEIR_ENGINE_NET_AWS_KEYS_H

#include "base/err.h"
#include "base/str.h"

typedef struct AwsKeys AwsKeys;

typedef struct AwsKey {
	const char *access, *secret, *token; /* token NULL: none */
	const char *from;                    /* in words: "the table's options" */
} AwsKey;

/* From the options; access NULL: they have none. The texts are copied. */
AwsKeys *aws_keys_open(const char *access, const char *secret, const char *token);
void aws_keys_close(AwsKeys *k); /* NULL is fine */
/* The keys of now; valid until the next call. false: there are none, or (ERR_RETRIABLE) their place does not answer. */
bool aws_keys_get(AwsKeys *k, int64_t now_us, AwsKey *out, Err *err);
/* The server said that the keys have expired: they are looked up again. false: they cannot have changed. */
bool aws_keys_expired(AwsKeys *k);

#endif
