/*
 * engine/net/http.c: see http.h.
 */
#include "engine/net/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>

#include "base/arena.h"

enum { BODY_MAX = 16 << 20, HEADERS_MAX = 64 << 10, REDIRECTS_MAX = 5 };

typedef struct Call {
	HttpReply *reply;
	size_t max_len;
	bool too_long;
	Str body; /* that is sent */
	uint32_t sent;
	const atomic_bool *cancel;
} Call;

struct HttpSession {
	CURL *handle;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_library(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

void http_reply_init(HttpReply *r)
{
	*r = (HttpReply){0};
	strbuf_init(&r->body);
	strbuf_init(&r->headers);
}

void http_reply_deinit(HttpReply *r)
{
	strbuf_deinit(&r->body);
	strbuf_deinit(&r->headers);
}

/* ---- libcurl's callbacks ---- */

static size_t take_body(char *data, size_t size, size_t n, void *ctx)
{
	Call *c = ctx;
	if (c->reply->body.len + size * n > c->max_len) {
		c->too_long = true;
		return 0;
	}
	strbuf_put(&c->reply->body, data, size * n);
	return size * n;
}

static size_t take_header(char *data, size_t size, size_t n, void *ctx)
{
	Call *c = ctx;
	if (str_starts(str_make(data, size * n), STR("HTTP/")))
		strbuf_clear(&c->reply->headers); /* a redirection or "100 Continue" came before */
	if (c->reply->headers.len + size * n <= HEADERS_MAX)
		strbuf_put(&c->reply->headers, data, size * n);
	return size * n;
}

static size_t give_body(char *data, size_t size, size_t n, void *ctx)
{
	Call *c = ctx;
	uint32_t rest = c->body.len - c->sent;
	uint32_t len = size * n < rest ? (uint32_t)(size * n) : rest;
	memcpy(data, c->body.ptr + c->sent, len);
	c->sent += len;
	return len;
}

/* A connection that was kept can turn out to be dead when the body is on its way: it is sent again on a new one. */
static int seek_body(void *ctx, curl_off_t offset, int origin)
{
	Call *c = ctx;
	if (origin != SEEK_SET || offset < 0 || offset > (curl_off_t)c->body.len)
		return CURL_SEEKFUNC_FAIL;
	c->sent = (uint32_t)offset;
	return CURL_SEEKFUNC_OK;
}

static int ask_cancel(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)a, (void)b, (void)c, (void)d;
	const Call *call = ctx;
	return call->cancel && atomic_load(call->cancel);
}

/* ---- one call ---- */

static void set_security(CURL *h, const HttpConfig *c)
{
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(h, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (c->ca_file) {
		curl_easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
		curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
	}
	if (c->cert_file) {
		curl_easy_setopt(h, CURLOPT_SSLCERT, c->cert_file);
		curl_easy_setopt(h, CURLOPT_SSLCERTTYPE, c->cert_is_p12 ? "P12" : "PEM");
		if (!c->cert_is_p12)
			curl_easy_setopt(h, CURLOPT_SSLKEY, c->cert_file);
		if (c->cert_password)
			curl_easy_setopt(h, CURLOPT_KEYPASSWD, c->cert_password);
	}
	if (c->user_info) {
		curl_easy_setopt(h, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(h, CURLOPT_USERPWD, c->user_info);
	} else if (c->bearer) {
		curl_easy_setopt(h, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
		curl_easy_setopt(h, CURLOPT_XOAUTH2_BEARER, c->bearer);
	}
	/* Only what the table says: no proxy, password or certificate of the environment. */
	curl_easy_setopt(h, CURLOPT_PROXY, c->proxy ? c->proxy : "");
	curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
}

static void set_body(CURL *h, const HttpRequest *r, Call *call)
{
	curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, r->method);
	if (strcmp(r->method, "HEAD") == 0)
		curl_easy_setopt(h, CURLOPT_NOBODY, 1L);
	if (!r->body.ptr)
		return;
	if (strcmp(r->method, "POST") == 0) {
		curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.len);
		curl_easy_setopt(h, CURLOPT_POSTFIELDS, r->body.ptr);
		return;
	}
	call->body = r->body;
	curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->body.len);
	curl_easy_setopt(h, CURLOPT_READFUNCTION, give_body);
	curl_easy_setopt(h, CURLOPT_READDATA, call);
	curl_easy_setopt(h, CURLOPT_SEEKFUNCTION, seek_body);
	curl_easy_setopt(h, CURLOPT_SEEKDATA, call);
}

static void set_call(CURL *h, const HttpConfig *c, const HttpRequest *r, Call *call, char *words)
{
	curl_easy_setopt(h, CURLOPT_URL, r->url);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, words);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)(c->connect_ms ? c->connect_ms : 5000));
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)(c->timeout_ms ? c->timeout_ms : 10000));
	if (c->stall_ms > 0) {
		curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, (long)((c->stall_ms + 999) / 1000));
	}
	/* A machine that is gone says nothing: who waits for a slow reply has to ask whether it lives. */
	curl_easy_setopt(h, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(h, CURLOPT_TCP_KEEPIDLE, 10L);
	curl_easy_setopt(h, CURLOPT_TCP_KEEPINTVL, 5L);
	curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(h, CURLOPT_FRESH_CONNECT, r->once ? 1L : 0L);
	curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, r->follow ? 1L : 0L);
	curl_easy_setopt(h, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	curl_easy_setopt(h, CURLOPT_USERAGENT, "weir");
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(h, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, ask_cancel);
	curl_easy_setopt(h, CURLOPT_XFERINFODATA, call);
}

HttpSession *http_session_open(void)
{
	pthread_once(&once, init_library);
	HttpSession *s = MEM_NEW(HttpSession);
	s->handle = curl_easy_init();
	ASSERT(s->handle);
	return s;
}

void http_session_close(HttpSession *s)
{
	if (!s)
		return;
	curl_easy_cleanup(s->handle);
	mem_free(s);
}

bool http_run(const HttpConfig *config, const HttpRequest *request, const atomic_bool *cancel, HttpReply *reply,
              Err *err)
{
	pthread_once(&once, init_library);
	char words[CURL_ERROR_SIZE] = "";
	Call call = {.reply = reply, .max_len = request->max_len ? request->max_len : BODY_MAX, .cancel = cancel};
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:"); /* no "100 Continue": one way less to wait */
	for (uint32_t i = 0; i < request->nheaders; i++)
		headers = curl_slist_append(headers, request->headers[i]);
	CURL *h = config->session ? config->session->handle : curl_easy_init();
	ASSERT(h && headers);
	strbuf_clear(&reply->body);
	strbuf_clear(&reply->headers);
	reply->status = 0;
	reply->untrusted = false;
	set_call(h, config, request, &call, words);
	set_security(h, config);
	set_body(h, request, &call);
	curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	CURLcode code = curl_easy_perform(h);
	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &reply->status);
	if (config->session)
		curl_easy_reset(h); /* the connection stays */
	else
		curl_easy_cleanup(h);
	curl_slist_free_all(headers);
	if (code == CURLE_OK)
		return true;
	reply->status = 0; /* of a reply that did not come whole */
	reply->untrusted = code == CURLE_PEER_FAILED_VERIFICATION;
	if (call.too_long)
		err_set(err, ERR_SOURCE_UNREACHABLE, "the reply is longer than %zu bytes", call.max_len);
	else
		err_set(err, ERR_SOURCE_UNREACHABLE, "%s", words[0] ? words : curl_easy_strerror(code));
	if (err)
		err->flags |= ERR_RETRIABLE;
	return false;
}

Str http_header(const HttpReply *r, const char *name)
{
	Str rest = strbuf_str(&r->headers), line, wanted = str_from(name);
	while (rest.ptr && str_next(&rest, '\n', &line))
		if (line.len > wanted.len && line.ptr[wanted.len] == ':' && str_starts_nocase(line, wanted))
			return str_trim(str_slice(line, wanted.len + 1, line.len));
	return STR_EMPTY;
}

void http_escape(Str s, bool slashes, StrBuf *out)
{
	for (uint32_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
		             c == '.' || c == '_' || c == '~' || (slashes && c == '/');
		if (plain)
			strbuf_putc(out, c);
		else
			strbuf_printf(out, "%%%02X", (unsigned char)c);
	}
}
