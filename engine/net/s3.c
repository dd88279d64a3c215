/*
 * engine/net/s3.c: see s3.h.
 *
 * One request is: path and query escaped, body hashed, signed, sent; a reply sorted into done, not there, an outage, or
 * final. Requests may be sent twice, so each is one that can be, but for "begin": a second one would leave an upload
 * that nobody knows. Whoever asked for it has to look for those first.
 */
#include "engine/net/s3.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/net/aws_keys.h"
#include "engine/net/aws_sign.h"
#include "engine/net/http.h"
#include "engine/net/http_time.h"
#include "engine/net/s3_xml.h"

enum { TRIES = 4, CONNECT_MS = 3000, REPLY_BYTES_MAX = 16 << 20 };

/* How long a reply is waited for. */
typedef enum Patience {
	PATIENCE_SHORT, /* the server looks something up */
	PATIENCE_BYTES, /* bytes move, at 100 KB/s at least */
	PATIENCE_LONG,  /* it puts an object together, for minutes if it is large: while the connection lives */
} Patience;

static const int64_t wait_ms[] = {20000, 20000, 900000}, stall_ms[] = {0, 20000, 0};

struct S3 {
	S3Config config;
	ErrCode outage, failure;
	const atomic_bool *cancel;
	int64_t until_us; /* by the monotonous clock; 0: no end */
	AwsKeys *keys;
	HttpSession *session;
	HttpReply reply;
	Arena *arena; /* of one call */
	int64_t skew_us;
	Str host;
	const char *base; /* scheme://host */
};

typedef struct Request {
	const char *method;
	Str key;
	Str query; /* as aws_sign wants it */
	Str body;
	const char *range; /* header line, NULL: none */
	Str etag;          /* only if the object has it; empty: any */
	size_t max_len;
	const char *root; /* element of the reply that says that it is done; NULL: the status does */
	Patience patience;
	bool once; /* not sent again when nobody knows whether it was done */
} Request;

S3 *s3_open(const S3Config *config, ErrCode outage, ErrCode failure, const atomic_bool *cancel)
{
	S3 *s = MEM_NEW(S3);
	s->config = *config;
	s->outage = outage;
	s->failure = failure;
	s->cancel = cancel;
	s->keys = aws_keys_open(config->access, config->secret, config->token);
	s->session = http_session_open();
	s->arena = arena_open("s3", 0);
	http_reply_init(&s->reply);
	Str url = str_from(config->endpoint);
	bool tls = str_starts(url, STR("https://"));
	Str host = str_slice(url, tls ? 8 : 7, url.len);
	Str port = tls ? STR(":443") : STR(":80");
	if (str_ends(host, port))
		host.len -= port.len; /* libcurl leaves it out of the header Host too */
	StrBuf b;
	strbuf_init(&b);
	if (!config->path_style)
		strbuf_printf(&b, "%.*s.", STR_ARG(config->bucket));
	strbuf_put_str(&b, host);
	char *h = mem_cstr(strbuf_str(&b));
	s->host = str_from(h);
	strbuf_clear(&b);
	strbuf_printf(&b, "%s%s", tls ? "https://" : "http://", h);
	s->base = mem_cstr(strbuf_str(&b));
	strbuf_deinit(&b);
	return s;
}

void s3_until(S3 *s, int64_t until_us)
{
	s->until_us = until_us;
	s->cancel = NULL;
}

void s3_close(S3 *s)
{
	if (!s)
		return;
	aws_keys_close(s->keys);
	http_session_close(s->session);
	http_reply_deinit(&s->reply);
	arena_close(s->arena);
	mem_free((void *)(uintptr_t)s->host.ptr);
	mem_free((void *)(uintptr_t)s->base);
	mem_free(s);
}

/* ---- errors ---- */

typedef enum Fate { FATE_DONE, FATE_NOT_THERE, FATE_AGAIN, FATE_FINAL } Fate;

/* What a kind of reply means; `cure` is the hint of the error. */
typedef struct Kind {
	const char *code;
	Fate fate;
	const char *cure;
} Kind;

static const Kind kinds[] = {
    {"NoSuchBucket", FATE_FINAL, "Make the bucket, or correct the table's \"path\" or \"s3.endpoint\"."},
    {"AccessDenied", FATE_FINAL,
     "The keys need s3:ListBucket, GetObject, PutObject, DeleteObject, AbortMultipartUpload and "
     "ListBucketMultipartUploads on the path."},
    {"InvalidAccessKeyId", FATE_FINAL, "The server does not know the access key: see \"s3.access-key\"."},
    {"SignatureDoesNotMatch", FATE_FINAL, "The secret key is not that of the access key: see \"s3.secret-key\"."},
    {"PermanentRedirect", FATE_FINAL, "Give the bucket's region as \"s3.region\"."},
    {"AuthorizationHeaderMalformed", FATE_FINAL, "Give the bucket's region as \"s3.region\"."},
    {"AuthorizationQueryParametersError", FATE_FINAL, "Give the bucket's region as \"s3.region\"."},
    {"IllegalLocationConstraintException", FATE_FINAL, "Give the bucket's region as \"s3.region\"."},
    {"RequestTimeTooSkewed", FATE_AGAIN, "The clocks of this machine and of the server differ: set this machine's."},
    {"ExpiredToken", FATE_FINAL, "The session has ended: give new keys and \"s3.session-token\"."},
    {"TokenRefreshRequired", FATE_FINAL, "The session has ended: give new keys and \"s3.session-token\"."},
    {"InvalidToken", FATE_FINAL, "\"s3.session-token\" does not belong to the keys."},
    {"EntityTooSmall", FATE_FINAL, NULL},
    {"InvalidPart", FATE_FINAL, NULL},
    {"InvalidPartOrder", FATE_FINAL, NULL},
    {"RequestTimeout", FATE_AGAIN, NULL},
    {"OperationAborted", FATE_AGAIN, NULL},
    {"BadDigest", FATE_AGAIN, NULL},
    {"XAmzContentSHA256Mismatch", FATE_AGAIN, NULL},
    {"TemporaryRedirect", FATE_AGAIN,
     "The bucket is new, and its address not known everywhere yet: it is tried again."},
};

static const Kind *find_kind(Str code)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_eq_c(code, kinds[i].code))
			return &kinds[i];
	return NULL;
}

/* The code of a reply without a body (HEAD, or a server that sends none). */
static Str code_of_status(long status)
{
	switch (status) {
	case 301: return STR("PermanentRedirect");
	case 307: return STR("TemporaryRedirect");
	case 403: return STR("AccessDenied");
	case 404: return STR("NoSuchKey");
	default: return STR_EMPTY;
	}
}

static bool is_there(Str xml, const char *before, const char *root, const char *after)
{
	char text[60];
	snprintf(text, sizeof text, "%s%s%s", before, root, after);
	return str_find(xml, str_from(text), 0) >= 0;
}

/* A reply that says that it went well has the XML that was asked for, whole. Completing an upload is answered with 200
 * before it is known how it ends, so what comes then may be an error, or nothing. */
static Fate sort_done(S3 *s, const Request *r, Str body, Err *err)
{
	if (!r->root || is_there(body, "</", r->root, ">"))
		return FATE_DONE;
	bool cut = !body.len || is_there(body, "<", r->root, "");
	err_set(err, cut ? s->outage : s->failure, "S3: %.*s: %s", STR_ARG(s->config.bucket),
	        cut ? "the reply ends before it says how it went" : "the reply is not one of S3");
	err_detail(err, "%s %s/%.*s/%.*s: \"%.*s\" is missing", r->method, s->config.endpoint, STR_ARG(s->config.bucket),
	           STR_ARG(str_slice(r->key, 0, 200)), STR_ARG(str_from(r->root)));
	if (!cut)
		err_hint(err, "Is \"s3.endpoint\" the address of the S3 API, and not of a console or another service?");
	return cut ? FATE_AGAIN : FATE_FINAL;
}

static Fate sort_reply(S3 *s, const Request *r, Err *err)
{
	const HttpReply *reply = &s->reply;
	Str body = str_trim(strbuf_str(&reply->body));
	bool done = reply->status >= 200 && reply->status < 300;
	Str code = str_starts(body, STR("<")) && (!done || r->root) ? s3_xml_text(body, "Code", s->arena) : STR_EMPTY;
	if (done && !code.len)
		return sort_done(s, r, body, err);
	Str words = code.len ? s3_xml_text(body, "Message", s->arena) : STR_EMPTY;
	Str region = code.len ? s3_xml_text(body, "Region", s->arena) : STR_EMPTY;
	if (!region.len)
		region = http_header(reply, "x-amz-bucket-region");
	bool elsewhere = region.len && !str_eq_c(region, s->config.region);
	if (!code.len)
		code = code_of_status(reply->status);
	if ((reply->status == 404 && !str_eq_c(code, "NoSuchBucket")) || (reply->status == 412 && r->etag.len) ||
	    (done && str_eq_c(code, "NoSuchUpload")))
		return FATE_NOT_THERE;
	const Kind *k = find_kind(code);
	Fate fate = k                                                                              ? k->fate
	            : reply->status >= 500 || reply->status == 429 || reply->status == 408 || done ? FATE_AGAIN
	                                                                                           : FATE_FINAL;
	err_set(err, fate == FATE_AGAIN ? s->outage : s->failure, "S3: %.*s: %.*s%sHTTP status %ld",
	        STR_ARG(s->config.bucket), STR_ARG(str_slice(code, 0, 80)), code.len ? ", " : "", reply->status);
	err_detail(err, "%s %s/%.*s/%.*s: %.*s", r->method, s->config.endpoint, STR_ARG(s->config.bucket),
	           STR_ARG(str_slice(r->key, 0, 200)), STR_ARG(str_slice(words, 0, 200)));
	/* HEAD has no body, and so no code. */
	if (elsewhere && (reply->status == 301 || reply->status == 307 || reply->status == 400))
		err_hint(err, "The bucket lies in region \"%.*s\", and \"s3.region\" is \"%s\": correct it.", STR_ARG(region),
		         s->config.region);
	else if (k && k->cure)
		err_hint(err, "%s", k->cure);
	return fate;
}

/* ---- one request ---- */

static void put_path(const S3 *s, Str key, StrBuf *out)
{
	strbuf_putc(out, '/');
	if (s->config.path_style) {
		http_escape(s->config.bucket, false, out);
		if (key.len)
			strbuf_putc(out, '/');
	}
	http_escape(key, true, out);
}

static bool send_once(S3 *s, const Request *r, const char *hash, Err *err)
{
	AwsKey key;
	int64_t now_us = clock_wall_us(&clock_real) + s->skew_us;
	if (!aws_keys_get(s->keys, now_us, &key, err)) {
		err->code = err->flags & ERR_RETRIABLE ? s->outage : s->failure;
		return false;
	}
	StrBuf path, url, sign, token, match;
	strbuf_init(&path);
	strbuf_init(&url);
	strbuf_init(&sign);
	strbuf_init(&token);
	strbuf_init(&match);
	put_path(s, r->key, &path);
	strbuf_printf(&url, "%s%s%s%.*s", s->base, strbuf_cstr(&path), r->query.len ? "?" : "", STR_ARG(r->query));
	char time[AWS_TIME_TEXT], time_line[40], hash_line[100];
	aws_time(now_us, time);
	snprintf(time_line, sizeof time_line, "x-amz-date: %s", time);
	snprintf(hash_line, sizeof hash_line, "x-amz-content-sha256: %s", hash);
	strbuf_puts(&sign, "Authorization: ");
	aws_sign(&(AwsRequest){.method = r->method,
	                       .host = s->host,
	                       .path = strbuf_str(&path),
	                       .query = r->query,
	                       .headers = &r->range,
	                       .nheaders = r->range ? 1 : 0,
	                       .body_hash = hash,
	                       .access = key.access,
	                       .secret = key.secret,
	                       .token = key.token,
	                       .region = s->config.region,
	                       .service = "s3",
	                       .time_us = now_us},
	         &sign);
	const char *headers[7] = {strbuf_cstr(&sign), time_line, hash_line, "Content-Type:"};
	uint32_t n = 4;
	if (r->range)
		headers[n++] = r->range;
	if (key.token) {
		strbuf_printf(&token, "x-amz-security-token: %s", key.token);
		headers[n++] = strbuf_cstr(&token);
	}
	if (r->etag.len) {
		strbuf_printf(&match, "If-Match: %.*s", STR_ARG(r->etag));
		headers[n++] = strbuf_cstr(&match);
	}
	HttpConfig config = {
	    .session = s->session,
	    .ca_file = s->config.ca_file,
	    .connect_ms = CONNECT_MS,
	    .stall_ms = stall_ms[r->patience],
	    .timeout_ms = wait_ms[r->patience] + (int64_t)(r->body.len + r->max_len) / 100,
	};
	int64_t left_ms = (s->until_us - clock_mono_us(&clock_real)) / 1000;
	if (s->until_us && left_ms < config.timeout_ms)
		config.timeout_ms = left_ms > 1 ? left_ms : 1;
	HttpRequest request = {
	    .method = r->method,
	    .url = strbuf_cstr(&url),
	    .headers = headers,
	    .nheaders = n,
	    .body = r->body,
	    .max_len = r->max_len ? r->max_len : REPLY_BYTES_MAX,
	    .once = r->once,
	};
	Err why = {0};
	bool ok = http_run(&config, &request, s->cancel, &s->reply, &why);
	if (!ok) {
		err_set(err, s->outage, "S3: %.*s: %s", STR_ARG(s->config.bucket), why.message);
		err_detail(err, "%s %s/%.*s/%.*s", r->method, s->config.endpoint, STR_ARG(s->config.bucket),
		           STR_ARG(str_slice(r->key, 0, 200)));
		if (s->reply.untrusted)
			err_hint(err,
			         "AWS_CA_BUNDLE names the PEM file of who signed it; the name in it must be that of the endpoint.");
		else
			err_hint(err,
			         "Does the server run, and is \"s3.endpoint\" its address, with http:// or https://? It is tried "
			         "again.");
		err->flags |= ERR_RETRIABLE;
	}
	strbuf_deinit(&path);
	strbuf_deinit(&url);
	memset(sign.ptr, 0, sign.len);
	strbuf_deinit(&sign);
	strbuf_deinit(&token);
	strbuf_deinit(&match);
	return ok;
}

/* The server's clock counts. */
static bool take_clock(S3 *s)
{
	int64_t now_us, before = s->skew_us;
	if (!http_time_parse(http_header(&s->reply, "Date"), &now_us))
		return false;
	s->skew_us = now_us - clock_wall_us(&clock_real);
	LOGW("s3", "the server's clock differs from this machine's; requests carry the server's time",
	     "endpoint=\"%s\" seconds=%lld", s->config.endpoint, (long long)(s->skew_us / 1000000));
	return llabs(before - s->skew_us) > INT64_C(60000000);
}

/* true: done, or not there (then *there is false). The reply is in s->reply, the arena holds until the next call. */
static bool run(S3 *s, const Request *r, bool *there, Err *err)
{
	char hash[AWS_HASH_TEXT];
	arena_reset(s->arena);
	aws_hash(r->body, hash);
	int64_t pause_us = 100000;
	for (unsigned i = 0;; i++) {
		Err why = {0};
		Fate fate = FATE_FINAL;
		if (send_once(s, r, hash, &why))
			fate = sort_reply(s, r, &why);
		else if (why.flags & ERR_RETRIABLE)
			fate = FATE_AGAIN;
		*there = fate != FATE_NOT_THERE;
		if (fate == FATE_DONE || fate == FATE_NOT_THERE)
			return true;
		bool expired = strstr(why.message, "ExpiredToken") || strstr(why.message, "TokenRefreshRequired");
		bool again = (expired && i == 0 && aws_keys_expired(s->keys)) ||
		             (strstr(why.message, "RequestTimeTooSkewed") && take_clock(s)) || fate == FATE_AGAIN;
		if (fate == FATE_AGAIN)
			why.flags |= ERR_RETRIABLE;
		bool ends = (s->cancel && atomic_load(s->cancel)) ||
		            (s->until_us && clock_mono_us(&clock_real) + pause_us >= s->until_us);
		if (!again || i + 1 >= TRIES || (r->once && !s->reply.status) || ends) {
			*err = why;
			return false;
		}
		LOGD("s3", "again", "reason=\"%s\" detail=\"%s\"", why.message, why.detail);
		clock_sleep_us(pause_us);
		pause_us *= 3;
	}
}

/* ---- objects ---- */

static bool missing(const S3 *s, const Request *r, Err *err)
{
	err_set(err, s->failure, "S3: %.*s: no such object, HTTP status 404", STR_ARG(s->config.bucket));
	return err_detail(err, "%s %s/%.*s/%.*s", r->method, s->config.endpoint, STR_ARG(s->config.bucket),
	                  STR_ARG(str_slice(r->key, 0, 300)));
}

bool s3_put(S3 *s, Str key, Str body, Err *err)
{
	bool there;
	Request r = {.method = "PUT", .key = key, .body = body.ptr ? body : STR_EMPTY, .patience = PATIENCE_BYTES};
	return run(s, &r, &there, err) && (there || missing(s, &r, err));
}

bool s3_get(S3 *s, Str key, int64_t at, int64_t n, Str etag, StrBuf *out, bool *there, Err *err)
{
	char range[80];
	strbuf_clear(out);
	*there = true;
	if (n == 0)
		return true;
	snprintf(range, sizeof range, "range:bytes=%lld-%lld", (long long)at, (long long)(at + n - 1));
	Request r = {.method = "GET", .key = key, .range = n > 0 ? range : NULL, .etag = etag, .patience = PATIENCE_BYTES};
	r.max_len = n > 0 ? (size_t)n + REPLY_BYTES_MAX : (size_t)1 << 31;
	if (!run(s, &r, there, err))
		return false;
	if (*there && n > 0 && s->reply.status != 206 && (at > 0 || s->reply.body.len != (size_t)n)) {
		err_set(err, s->failure, "S3: %.*s: the server gives the whole object instead of a part of it",
		        STR_ARG(s->config.bucket));
		return err_hint(err, "A proxy on the way to it must hand on the header \"Range\".");
	}
	if (*there) {
		StrBuf swap = *out;
		*out = s->reply.body;
		s->reply.body = swap;
	}
	return true;
}

bool s3_head(S3 *s, Str key, S3Object *out, bool *there, Err *err)
{
	Request r = {.method = "HEAD", .key = key};
	*out = (S3Object){.key = key, .etag = STR_EMPTY};
	if (!run(s, &r, there, err))
		return false;
	if (*there && !str_to_i64(http_header(&s->reply, "Content-Length"), &out->size))
		return err_set(err, s->failure, "S3: %.*s: a reply without a length", STR_ARG(s->config.bucket));
	if (!http_time_parse(http_header(&s->reply, "Last-Modified"), &out->modified_us))
		out->modified_us = 0;
	return true;
}

bool s3_delete(S3 *s, Str key, Err *err)
{
	bool there;
	return run(s, &(Request){.method = "DELETE", .key = key}, &there, err);
}

/* ---- lists ---- */

static void put_pair(StrBuf *q, const char *name, Str value)
{
	strbuf_printf(q, "%s%s=", q->len ? "&" : "", name);
	http_escape(value, false, q);
}

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const S3Object *)a)->key, ((const S3Object *)b)->key);
}

static Str key_text(Str item, bool escaped, Arena *arena)
{
	Str t = s3_xml_text(item, "Key", arena);
	return escaped ? s3_xml_unescape_url(t, arena) : t;
}

bool s3_list(S3 *s, Str prefix, uint32_t most, Arena *arena, S3Objects *out, Err *err)
{
	StrBuf q;
	strbuf_init(&q);
	*out = (S3Objects){0};
	Str token = STR_EMPTY;
	bool ok = true, more = true;
	while (ok && more) {
		strbuf_clear(&q);
		if (token.len)
			put_pair(&q, "continuation-token", token);
		put_pair(&q, "encoding-type", STR("url"));
		put_pair(&q, "list-type", STR("2"));
		put_pair(&q, "max-keys", most ? STR("1000") : STR("1"));
		put_pair(&q, "prefix", prefix);
		Request r = {.method = "GET", .query = strbuf_str(&q), .root = "ListBucketResult"};
		bool there;
		ok = run(s, &r, &there, err) && (there || missing(s, &r, err));
		if (!ok || !most)
			break;
		Str xml = strbuf_str(&s->reply.body), item;
		bool escaped = str_eq_nocase(s3_xml_text(xml, "EncodingType", arena), STR("url"));
		more = str_eq_c(s3_xml_text(xml, "IsTruncated", arena), "true");
		token = s3_xml_text(xml, "NextContinuationToken", arena);
		while (ok && s3_xml_next(&xml, "Contents", &item)) {
			S3Object o = {.key = key_text(item, escaped, arena), .etag = s3_xml_text(item, "ETag", arena)};
			/* S3Proxy gives what stands for a folder no size. */
			if (!o.key.len || (!str_to_i64(s3_xml_text(item, "Size", arena), &o.size) && !str_ends(o.key, STR("/"))))
				ok = err_set(err, s->failure, "S3: %.*s: a list without names or sizes", STR_ARG(s->config.bucket));
			if (!http_time_parse(s3_xml_text(item, "LastModified", arena), &o.modified_us))
				o.modified_us = 0;
			if (ok && out->len == most)
				ok = err_set(err, s->failure, "S3: %.*s: more than %u objects below \"%.*s\"",
				             STR_ARG(s->config.bucket), most, STR_ARG(prefix));
			else if (ok)
				ARENA_PUSH(arena, out, o);
		}
		if (ok && more && !token.len)
			ok = err_set(err, s->failure, "S3: %.*s: a list that goes on without saying where",
			             STR_ARG(s->config.bucket));
	}
	strbuf_deinit(&q);
	if (ok && out->len > 1)
		qsort(out->items, out->len, sizeof *out->items, by_key);
	return ok;
}

/* ---- uploads in parts ---- */

bool s3_upload_begin(S3 *s, Str key, StrBuf *id, Err *err)
{
	bool there;
	Request r = {.method = "POST", .key = key, .query = STR("uploads="), .body = STR_EMPTY, .once = true};
	r.root = "InitiateMultipartUploadResult";
	if (!run(s, &r, &there, err) || (!there && !missing(s, &r, err)))
		return false;
	Str text = s3_xml_text(strbuf_str(&s->reply.body), "UploadId", s->arena);
	strbuf_clear(id);
	strbuf_put_str(id, text);
	return text.len || err_set(err, s->failure, "S3: %.*s: an upload without a number", STR_ARG(s->config.bucket));
}

bool s3_upload_part(S3 *s, Str key, Str id, uint32_t number, Str body, StrBuf *etag, bool *there, Err *err)
{
	StrBuf q;
	strbuf_init(&q);
	strbuf_printf(&q, "partNumber=%u", number);
	put_pair(&q, "uploadId", id);
	Request r = {.method = "PUT", .key = key, .query = strbuf_str(&q), .body = body, .patience = PATIENCE_BYTES};
	bool ok = run(s, &r, there, err);
	strbuf_deinit(&q);
	if (!ok || !*there)
		return ok;
	Str tag = http_header(&s->reply, "ETag");
	strbuf_clear(etag);
	strbuf_put_str(etag, tag);
	return tag.len || err_set(err, s->failure, "S3: %.*s: a part without an ETag", STR_ARG(s->config.bucket));
}

bool s3_upload_complete(S3 *s, Str key, Str id, const Str *etags, uint32_t n, bool *gone, Err *err)
{
	StrBuf q, body;
	strbuf_init(&q);
	strbuf_init(&body);
	put_pair(&q, "uploadId", id);
	strbuf_puts(&body, "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
	for (uint32_t i = 0; i < n; i++) {
		strbuf_printf(&body, "<Part><PartNumber>%u</PartNumber><ETag>", i + 1);
		s3_xml_put(&body, etags[i]);
		strbuf_puts(&body, "</ETag></Part>");
	}
	strbuf_puts(&body, "</CompleteMultipartUpload>");
	bool there;
	Request r = {.method = "POST", .key = key, .query = strbuf_str(&q), .body = strbuf_str(&body)};
	r.root = "CompleteMultipartUploadResult";
	r.patience = PATIENCE_LONG;
	bool ok = run(s, &r, &there, err);
	*gone = ok && !there;
	strbuf_deinit(&q);
	strbuf_deinit(&body);
	return ok;
}

bool s3_upload_abort(S3 *s, Str key, Str id, Err *err)
{
	StrBuf q;
	strbuf_init(&q);
	put_pair(&q, "uploadId", id);
	bool there;
	bool ok = run(s, &(Request){.method = "DELETE", .key = key, .query = strbuf_str(&q)}, &there, err);
	strbuf_deinit(&q);
	return ok;
}

bool s3_uploads(S3 *s, Str prefix, Arena *arena, S3Uploads *out, Err *err)
{
	StrBuf q;
	strbuf_init(&q);
	*out = (S3Uploads){0};
	Str key = STR_EMPTY, id = STR_EMPTY;
	bool ok = true, more = true;
	while (ok && more) {
		strbuf_clear(&q);
		put_pair(&q, "encoding-type", STR("url"));
		if (key.len)
			put_pair(&q, "key-marker", key);
		put_pair(&q, "prefix", prefix);
		if (id.len)
			put_pair(&q, "upload-id-marker", id);
		put_pair(&q, "uploads", STR_EMPTY);
		Request r = {.method = "GET", .query = strbuf_str(&q), .root = "ListMultipartUploadsResult"};
		bool there;
		ok = run(s, &r, &there, err) && (there || missing(s, &r, err));
		if (!ok)
			break;
		Str xml = strbuf_str(&s->reply.body), item;
		bool escaped = str_eq_nocase(s3_xml_text(xml, "EncodingType", arena), STR("url"));
		more = str_eq_c(s3_xml_text(xml, "IsTruncated", arena), "true");
		Str next = s3_xml_text(xml, "NextKeyMarker", arena);
		key = escaped ? s3_xml_unescape_url(next, arena) : next;
		id = s3_xml_text(xml, "NextUploadIdMarker", arena);
		while (s3_xml_next(&xml, "Upload", &item)) {
			S3Upload u = {.key = key_text(item, escaped, arena), .id = s3_xml_text(item, "UploadId", arena)};
			if (str_starts(u.key, prefix))
				ARENA_PUSH(arena, out, u);
		}
		more = more && key.len;
	}
	strbuf_deinit(&q);
	return ok;
}
