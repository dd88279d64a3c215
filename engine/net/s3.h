/*
 * engine/net/s3.h: objects in a bucket of S3 or of a server that speaks its protocol.
 *
 * A call tries again by itself for a moment (outages, 5xx, too many requests, expired keys, a clock that is off); what
 * it reports then is an outage (ERR_RETRIABLE), or final. Errors name the bucket, the server's words and the cure.
 *
 * Thread: one at a time. Each call waits: 20 s for a server that does not answer, longer for bytes that move,
 * minutes for an upload to be completed while the connection lives; the end is in s3_until and *cancel.
 */
#ifndef WEIR_ENGINE_NET_S3_H
#define WEIR_ENGINE_NET_S3_H

#include <stdatomic.h>

#include "base/arena.h"
#include "sql/catalog/options.h"

typedef struct S3Config {
	Str bucket;
	Str prefix;           /* without a slash at its ends; empty: the whole bucket */
	const char *endpoint; /* http://host:port, no slash at its end */
	const char *region;
	bool path_style;                     /* endpoint/bucket/key, else bucket.endpoint/key */
	const char *access, *secret, *token; /* of the options; access NULL: none */
	const char *ca_file;                 /* AWS_CA_BUNDLE; NULL: whom the system trusts */
} S3Config;

/* "s3://", "s3a://", "s3n://" */
bool s3_is_path(Str path);
/* The texts lie in the arena. false: ERR_BAD_OPTION. */
bool s3_config_read(const Options *o, Str path, Arena *arena, S3Config *out, Err *err);

typedef struct S3 S3;
typedef struct S3Object {
	Str key, etag;
	int64_t size;
	int64_t modified_us;
} S3Object;
typedef struct S3Objects {
	S3Object *items;
	uint32_t len, cap;
} S3Objects;
typedef struct S3Upload {
	Str key, id;
} S3Upload;
typedef struct S3Uploads {
	S3Upload *items;
	uint32_t len, cap;
} S3Uploads;

/* The config's texts must outlive it. outage, failure: the codes of errors. *cancel (may be NULL) ends a call. */
S3 *s3_open(const S3Config *config, ErrCode outage, ErrCode failure, const atomic_bool *cancel);
/* From now on calls end at that time of the monotonous clock, and *cancel is not looked at any more. */
void s3_until(S3 *s, int64_t until_us);
void s3_close(S3 *s); /* NULL is fine */

/* Keys below the bucket, not escaped. */
bool s3_put(S3 *s, Str key, Str body, Err *err);
/* Replaces *out with n bytes from `at` on (n < 0: all of it). *there false: no such object, or it is another one than
 * that of the etag (empty: any). */
bool s3_get(S3 *s, Str key, int64_t at, int64_t n, Str etag, StrBuf *out, bool *there, Err *err);
bool s3_head(S3 *s, Str key, S3Object *out, bool *there, Err *err);
bool s3_delete(S3 *s, Str key, Err *err); /* one that is not there is fine */
/* All objects whose keys begin with prefix, sorted by key; texts in the arena. most: an error beyond; 0: only whether
 * it can be listed. */
bool s3_list(S3 *s, Str prefix, uint32_t most, Arena *arena, S3Objects *out, Err *err);

/* Uploads in parts: nothing is visible until the upload is completed. */
bool s3_upload_begin(S3 *s, Str key, StrBuf *id, Err *err);
/* number from 1; *there false: the server knows no such upload. */
bool s3_upload_part(S3 *s, Str key, Str id, uint32_t number, Str body, StrBuf *etag, bool *there, Err *err);
/* *gone: the server knows no such upload: it was completed or aborted before. */
bool s3_upload_complete(S3 *s, Str key, Str id, const Str *etags, uint32_t n, bool *gone, Err *err);
bool s3_upload_abort(S3 *s, Str key, Str id, Err *err); /* one that is not there is fine */
bool s3_uploads(S3 *s, Str prefix, Arena *arena, S3Uploads *out, Err *err);

#endif
