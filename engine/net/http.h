/*
 * engine/net/http.h: one HTTP request and its reply, bounded in time and size. The only door to libcurl.
 *
 * Thread: any; each call stands alone, but for those that share a session: one at a time. It blocks for up to
 * timeout_ms; *cancel (may be NULL) ends it within a second.
 */
#ifndef WEIR_ENGINE_NET_HTTP_H
#define WEIR_ENGINE_NET_HTTP_H

#include <stdatomic.h>

#include "base/err.h"
#include "base/str.h"

/* Keeps connections for the next calls. */
typedef struct HttpSession HttpSession;

/* NULL: not given. */
typedef struct HttpConfig {
	HttpSession *session;  /* NULL: a connection for each call */
	const char *user_info; /* "user:password": basic authentication */
	const char *bearer;    /* a token */
	const char *ca_file;   /* PEM: who signs the server's certificate; NULL: those that the system trusts */
	const char *cert_file; /* of the client: PEM with certificate and key, or PKCS#12 */
	bool cert_is_p12;
	const char *cert_password;
	const char *proxy; /* host:port */
	int64_t connect_ms, timeout_ms;
	int64_t stall_ms; /* ends a call whose bytes stand still that long; 0: only timeout_ms does, or that the server's
	                     machine is gone (a minute) */
} HttpConfig;

typedef struct HttpRequest {
	const char *method; /* GET, POST, PUT, DELETE, HEAD */
	const char *url;
	const char *const *headers; /* "Name: value" */
	uint32_t nheaders;
	Str body;       /* ptr NULL: none */
	size_t max_len; /* of the reply's body; more is an error. 0: 16 MB */
	bool follow;    /* redirections, up to 5 */
	bool once;      /* not on a kept connection: where that turns out to be dead the request would be sent again */
} HttpRequest;

typedef struct HttpReply {
	long status;
	StrBuf body;
	StrBuf headers; /* lines "Name: value\r\n" of the last reply */
	bool untrusted; /* of a call that failed: the server's certificate is why */
} HttpReply;

HttpSession *http_session_open(void);
void http_session_close(HttpSession *s); /* NULL is fine */
void http_reply_init(HttpReply *r);
void http_reply_deinit(HttpReply *r);
/* true: a reply came, whatever its status. false: an outage (ERR_RETRIABLE; ERR_SOURCE_UNREACHABLE), in libcurl's
 * words; a server whose certificate is not trusted counts as one. */
bool http_run(const HttpConfig *config, const HttpRequest *request, const atomic_bool *cancel, HttpReply *reply,
              Err *err);
/* The value of a header (name in any case), trimmed; empty: none. */
Str http_header(const HttpReply *r, const char *name);
/* Appends s with every byte escaped that is not A-Z a-z 0-9 - . _ ~ (and, with slashes, /). */
void http_escape(Str s, bool slashes, StrBuf *out);

#endif
