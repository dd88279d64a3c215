/*
 * engine/front/http.c: the protocol, by libmicrohttpd: listeners, methods, headers.
 */
#include "engine/front/http.h"

#include <microhttpd.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/front/http_answer.h"
#include "engine/front/listen.h"

enum {
	EXAMPLE_PORT = 8080,
	CONNECTIONS_MAX = 64,
	TIMEOUT_S = 15,
};

typedef struct Listener {
	Http *http;
	bool open_only; /* metrics and health alone */
	struct MHD_Daemon *daemon;
} Listener;

struct Http {
	Engine *engine;
	atomic_bool ready;
	Listener all, metrics;
};

static enum MHD_Result answer_with(struct MHD_Connection *c, HttpAnswer *a)
{
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(a->body.len, (void *)strbuf_cstr(&a->body), MHD_RESPMEM_MUST_COPY);
	enum MHD_Result ok = MHD_NO;
	if (r) {
		MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, a->content_type);
		MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
		if (a->status == MHD_HTTP_METHOD_NOT_ALLOWED)
			MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
		ok = MHD_queue_response(c, a->status, r);
		MHD_destroy_response(r);
	}
	strbuf_deinit(&a->body);
	return ok;
}

/* Does the request ask for this machine by a loopback name? Else a name of somebody's own points here. */
static bool asks_loopback(struct MHD_Connection *c)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	const char *host = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
	if (!host)
		return true; /* HTTP/1.0, no browser */
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t n = strlen(names[i]);
		if (!strncasecmp(host, names[i], n) && (!host[n] || host[n] == ':'))
			return true;
	}
	return false;
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_len, void **state)
{
	static int seen;
	const Listener *l = ctx;
	(void)version, (void)upload;
	if (!*state) { /* the headers; the body, which nobody reads, comes later */
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_len) {
		*upload_len = 0;
		return MHD_YES;
	}
	HttpAnswer a = {.content_type = "text/plain; charset=utf-8"};
	strbuf_init(&a.body);
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD)) {
		a.status = MHD_HTTP_METHOD_NOT_ALLOWED;
		strbuf_puts(&a.body, "only GET and HEAD: nothing is changed from here\n");
	} else if (!l->open_only && !asks_loopback(c)) {
		a.status = MHD_HTTP_FORBIDDEN;
		strbuf_puts(&a.body, "ask for localhost or 127.0.0.1\n");
	} else {
		http_answer(l->http->engine, atomic_load(&l->http->ready), l->open_only, url, &a);
	}
	return answer_with(c, &a);
}

static bool open_listener(Listener *l, const char *address, Err *err)
{
	ListenAddress a;
	int fd;
	uint16_t port = 0;
	if (!listen_find(address, EXAMPLE_PORT, &a, err))
		return false;
	if (!a.loopback && !l->open_only) {
		err_set(err, ERR_NOT_SUPPORTED, "the HTTP server listens on loopback only, not on \"%s\"", address);
		return err_hint(err, "Give --metrics that address: it has /metrics, /healthz and /readyz.");
	}
	if (!listen_open(&a, &fd, &port, err))
		return false;
	l->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_AUTO, 0, NULL, NULL, handle, l,
	                             MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
	                             MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)TIMEOUT_S, MHD_OPTION_END);
	if (!l->daemon) {
		close(fd);
		return err_set(err, ERR_IO, "cannot start the HTTP server on %s", address);
	}
	LOGI("http", "listening", "address=\"%s\" port=%u%s", address, port, l->open_only ? " paths=metrics,health" : "");
	if (!a.loopback)
		LOGW("http", "metrics and health can be read by whoever reaches this address, in plain", "address=\"%s\"",
		     address);
	return true;
}

bool http_open(const HttpOptions *options, Http **out, Err *err)
{
	Http *h = mem_alloc_zero(sizeof *h);
	h->engine = options->engine;
	h->all = (Listener){.http = h};
	h->metrics = (Listener){.http = h, .open_only = true};
	if ((options->listen && !open_listener(&h->all, options->listen, err)) ||
	    (options->metrics && !open_listener(&h->metrics, options->metrics, err))) {
		http_close(h);
		return false;
	}
	*out = h;
	return true;
}

void http_ready(Http *h)
{
	atomic_store(&h->ready, true);
}

void http_close(Http *h)
{
	if (!h)
		return;
	if (h->all.daemon)
		MHD_stop_daemon(h->all.daemon);
	if (h->metrics.daemon)
		MHD_stop_daemon(h->metrics.daemon);
	mem_free(h);
}
