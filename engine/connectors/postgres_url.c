/*
 * engine/connectors/postgres_url.c: see postgres_url.h.
 */
#include "engine/connectors/postgres_url.h"

#include <libpq-fe.h>

typedef enum UrlHow {
	URL_PASS,
	URL_SECONDS,  /* a number of seconds, 0: for ever */
	URL_SSL,      /* ssl=true is sslmode=verify-full */
	URL_SCHEMA,   /* currentSchema: search_path */
	URL_BOOL,     /* true, false as 1, 0 */
	URL_TARGET,   /* targetServerType */
	URL_DEADLINE, /* socketTimeout */
	URL_IGNORE,   /* concerns the driver's own working */
} UrlHow;

typedef struct UrlName {
	const char *jdbc;
	const char *native; /* libpq's name; NULL: the same */
	UrlHow how;
} UrlName;

static const UrlName url_names[] = {
    {"user", NULL, URL_PASS},
    {"password", NULL, URL_PASS},
    {"host", NULL, URL_PASS},
    {"port", NULL, URL_PASS},
    {"dbname", NULL, URL_PASS},
    {"passfile", NULL, URL_PASS},
    {"ssl", NULL, URL_SSL},
    {"sslmode", NULL, URL_PASS},
    {"sslrootcert", NULL, URL_PASS},
    {"sslcert", NULL, URL_PASS},
    {"sslkey", NULL, URL_PASS},
    {"sslpassword", NULL, URL_PASS},
    {"sslcrl", NULL, URL_PASS},
    {"gssEncMode", "gssencmode", URL_PASS},
    {"gssencmode", NULL, URL_PASS},
    {"channelBinding", "channel_binding", URL_PASS},
    {"channel_binding", NULL, URL_PASS},
    {"kerberosServerName", "krbsrvname", URL_PASS},
    {"krbsrvname", NULL, URL_PASS},
    {"ApplicationName", "application_name", URL_PASS},
    {"application_name", NULL, URL_PASS},
    {"options", NULL, URL_PASS},
    {"currentSchema", NULL, URL_SCHEMA},
    {"connectTimeout", "connect_timeout", URL_SECONDS},
    {"connect_timeout", NULL, URL_SECONDS},
    {"loginTimeout", "connect_timeout", URL_SECONDS},
    {"socketTimeout", NULL, URL_DEADLINE},
    {"tcpKeepAlive", "keepalives", URL_BOOL},
    {"keepalives", NULL, URL_PASS},
    {"keepalives_idle", NULL, URL_PASS},
    {"keepalives_interval", NULL, URL_PASS},
    {"keepalives_count", NULL, URL_PASS},
    {"tcp_user_timeout", NULL, URL_PASS},
    {"targetServerType", NULL, URL_TARGET},
    {"target_session_attrs", NULL, URL_PASS},
    {"stringtype", NULL, URL_IGNORE}, /* texts are always cast to the column's type here */
    {"reWriteBatchedInserts", NULL, URL_IGNORE},
    {"prepareThreshold", NULL, URL_IGNORE},
    {"preparedStatementCacheQueries", NULL, URL_IGNORE},
    {"preparedStatementCacheSizeMiB", NULL, URL_IGNORE},
    {"binaryTransfer", NULL, URL_IGNORE},
    {"defaultRowFetchSize", NULL, URL_IGNORE},
    {"loadBalanceHosts", NULL, URL_IGNORE},
    {"hostRecheckSeconds", NULL, URL_IGNORE},
    {"autosave", NULL, URL_IGNORE},
    {"cleanupSavepoints", NULL, URL_IGNORE},
    {"preferQueryMode", NULL, URL_IGNORE},
    {"assumeMinServerVersion", NULL, URL_IGNORE},
    {"allowEncodingChanges", NULL, URL_IGNORE},
    {"logUnclosedConnections", NULL, URL_IGNORE},
    {"logServerErrorDetail", NULL, URL_IGNORE},
    {"disableColumnSanitiser", NULL, URL_IGNORE},
    {"readOnly", NULL, URL_IGNORE},
    {"receiveBufferSize", NULL, URL_IGNORE},
    {"sendBufferSize", NULL, URL_IGNORE},
    {"cancelSignalTimeout", NULL, URL_IGNORE},
    {"sslfactory", NULL, URL_IGNORE},
};

enum { URL_NAMES = sizeof url_names / sizeof *url_names };

const char *postgres_url_get(const PostgresParams *p, const char *name)
{
	for (uint32_t i = 0; i < p->len; i++)
		if (strcmp(p->names[i], name) == 0)
			return p->values[i];
	return NULL;
}

bool postgres_url_set(PostgresParams *p, Arena *arena, const char *name, Str value)
{
	uint32_t i = 0;
	while (i < p->len && strcmp(p->names[i], name) != 0)
		i++;
	if (i == POSTGRES_PARAMS_MAX)
		return false;
	p->names[i] = arena_cstr(arena, str_from(name));
	p->values[i] = arena_cstr(arena, value);
	if (i == p->len) {
		p->len++;
		p->names[p->len] = p->values[p->len] = NULL;
	}
	return true;
}

static int hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* %41 is A; in the query part '+' is a blank, as the JDBC driver reads it. false: a bad escape or a zero byte. */
static bool decode(Str s, bool plus, Arena *arena, Str *out)
{
	char *p = arena_alloc(arena, s.len + 1);
	uint32_t n = 0;
	for (uint32_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < s.len ? hex(s.ptr[i + 1]) : -1, low = high >= 0 ? hex(s.ptr[i + 2]) : -1;
			if (low < 0 || (high == 0 && low == 0))
				return false;
			c = (char)(high * 16 + low);
			i += 2;
		}
		p[n++] = c;
	}
	p[n] = 0;
	*out = str_make(p, n);
	return true;
}

static bool bad(Span span, const char *why, Err *err)
{
	err_set_at(err, ERR_BAD_OPTION, span, "\"url\": %s", why);
	return err_hint(err, "Its form is jdbc:postgresql://host:port/database?name=value&name=value.");
}

static bool parse_property(PostgresParams *p, Arena *arena, Str name, Str value, Span span, Err *err)
{
	const UrlName *n = NULL, *best = NULL;
	unsigned least = 4;
	for (size_t i = 0; i < URL_NAMES && !n; i++) {
		unsigned d = str_distance(name, str_from(url_names[i].jdbc), least);
		if (str_eq_c(name, url_names[i].jdbc))
			n = &url_names[i];
		else if (d < least) {
			least = d;
			best = &url_names[i];
		}
	}
	if (!n) {
		err_set_at(err, ERR_NO_SUCH_OPTION, span, "\"url\": unknown property \"%.*s\"", STR_ARG(name));
		return best ? err_hint(err, "Did you mean \"%s\"?", best->jdbc) : false;
	}
	const char *native = n->native ? n->native : n->jdbc;
	bool truth = value.len == 0 || str_eq_nocase(value, STR("true")) || str_eq_c(value, "1");
	int64_t seconds = 0;
	if ((n->how == URL_SECONDS || n->how == URL_DEADLINE) &&
	    (!str_to_i64(value, &seconds) || seconds < 0 || seconds > 1000000))
		return bad(span, "a timeout is a number of seconds", err);
	switch (n->how) {
	case URL_IGNORE: return true;
	case URL_DEADLINE: p->socket_timeout_ms = seconds * 1000; return true;
	case URL_SSL:
		return (postgres_url_get(p, "sslmode") || !truth) ? true
		                                                  : postgres_url_set(p, arena, "sslmode", STR("verify-full"));
	case URL_SCHEMA: {
		const char *old = postgres_url_get(p, "options");
		StrBuf b;
		strbuf_init(&b);
		strbuf_printf(&b, "%s%s-c search_path=", old ? old : "", old ? " " : "");
		for (uint32_t i = 0; i < value.len; i++) {
			if (value.ptr[i] == ' ' || value.ptr[i] == '\\')
				strbuf_putc(&b, '\\');
			strbuf_putc(&b, value.ptr[i]);
		}
		bool ok = postgres_url_set(p, arena, "options", strbuf_str(&b));
		strbuf_deinit(&b);
		return ok;
	}
	case URL_BOOL: return postgres_url_set(p, arena, native, truth ? STR("1") : STR("0"));
	case URL_TARGET: {
		bool primary = str_eq_nocase(value, STR("primary")) || str_eq_nocase(value, STR("master"));
		bool standby = str_eq_nocase(value, STR("secondary")) || str_eq_nocase(value, STR("slave"));
		return postgres_url_set(p, arena, "target_session_attrs",
		                        primary                                        ? STR("read-write")
		                        : standby                                      ? STR("standby")
		                        : str_eq_nocase(value, STR("preferSecondary")) ? STR("prefer-standby")
		                                                                       : STR("any"));
	}
	case URL_PASS:
	case URL_SECONDS: return postgres_url_set(p, arena, native, value);
	}
	return true;
}

/* Of a URL in libpq's own form: what libpq says of a bad one may quote the password, so it is not let to see one. */
static bool check_native(Str url, Span span, Arena *arena, Err *err)
{
	char *why = NULL;
	PQconninfoOption *all = PQconninfoParse(arena_cstr(arena, url), &why);
	PQfreemem(why);
	bool ok = all != NULL;
	for (const PQconninfoOption *o = all; ok && o->keyword; o++) {
		Str value = o->val ? str_from(o->val) : STR_EMPTY, rest = value, one;
		int64_t port;
		if (!strcmp(o->keyword, "host"))
			ok = str_find(value, STR("@"), 0) < 0;
		while (ok && !strcmp(o->keyword, "port") && str_next(&rest, ',', &one))
			ok = one.len == 0 || (str_to_i64(one, &port) && port > 0 && port < 65536);
	}
	PQconninfoFree(all);
	if (ok)
		return true;
	err_set_at(err, ERR_BAD_OPTION, span, "\"url\": libpq does not understand it");
	return err_hint(err,
	                "Its form is postgresql://user:password@host:port/database; in a password, write %%40 for @, %%2F "
	                "for / and so on, or give it as \"password\".");
}

/* host:port,host:port into libpq's two lists. */
static bool parse_hosts(PostgresParams *p, Arena *arena, Str hosts, Span span, Err *err)
{
	if (str_find(hosts, STR("@"), 0) >= 0) {
		err_set_at(err, ERR_BAD_OPTION, span, "\"url\": a jdbc: URL has no user and password before its host");
		return err_hint(err, "Give them as \"username\" and \"password\".");
	}
	StrBuf names, ports;
	strbuf_init(&names);
	strbuf_init(&ports);
	bool ok = true;
	Str one;
	while (ok && str_next(&hosts, ',', &one)) {
		Str host = one, port = STR("5432");
		int64_t close = one.len && one.ptr[0] == '[' ? str_find(one, STR("]"), 0) : -1;
		int64_t colon = str_find(one, STR(":"), close > 0 ? (uint32_t)close : 0), number;
		if (colon >= 0) {
			host = str_slice(one, 0, (uint32_t)colon);
			port = str_slice(one, (uint32_t)colon + 1, one.len);
		}
		if (close > 0)
			host = str_slice(one, 1, (uint32_t)close - 1);
		ok = (str_to_i64(port, &number) && number > 0 && number < 65536 && (close < 0 || close > 0)) ||
		     bad(span, "a port is no number", err);
		if (!ok)
			break;
		if (names.len || ports.len) {
			strbuf_putc(&names, ',');
			strbuf_putc(&ports, ',');
		}
		ok = decode(host, false, arena, &host) || bad(span, "a bad % escape", err);
		strbuf_put_str(&names, host.len ? host : STR("localhost"));
		strbuf_put_str(&ports, port);
	}
	ok = ok && postgres_url_set(p, arena, "host", strbuf_str(&names)) &&
	     postgres_url_set(p, arena, "port", strbuf_str(&ports));
	strbuf_deinit(&names);
	strbuf_deinit(&ports);
	return ok;
}

static bool parse_query(PostgresParams *p, Arena *arena, Str query, Span span, Err *err)
{
	Str pair;
	while (str_next(&query, '&', &pair)) {
		if (pair.len == 0)
			continue;
		Str name, value = STR_EMPTY;
		int64_t eq = str_find(pair, STR("="), 0);
		name = eq < 0 ? pair : str_slice(pair, 0, (uint32_t)eq);
		if (eq >= 0)
			value = str_slice(pair, (uint32_t)eq + 1, pair.len);
		if (!decode(name, true, arena, &name) || !decode(value, true, arena, &value))
			return bad(span, "a bad % escape", err);
		if (!parse_property(p, arena, name, value, span, err))
			return false;
	}
	return true;
}

bool postgres_url_parse(Str url, Span span, Arena *arena, PostgresParams *out, Err *err)
{
	*out = (PostgresParams){0};
	url = str_trim(url);
	if (str_starts(url, STR("postgresql://")) || str_starts(url, STR("postgres://")))
		return check_native(url, span, arena, err) && postgres_url_set(out, arena, "dbname", url);
	if (!str_starts(url, STR("jdbc:postgresql:"))) {
		if (str_starts(url, STR("jdbc:"))) {
			err_set_at(err, ERR_NOT_SUPPORTED, span, "\"url\": only jdbc:postgresql is supported");
			return err_hint(err, "Other databases cannot be reached yet.");
		}
		return bad(span, "it does not begin with jdbc:postgresql:", err);
	}
	Str rest = str_slice(url, 16, url.len), query = STR_EMPTY, hosts = STR_EMPTY;
	int64_t mark = str_find(rest, STR("?"), 0);
	if (mark >= 0) {
		query = str_slice(rest, (uint32_t)mark + 1, rest.len);
		rest = str_slice(rest, 0, (uint32_t)mark);
	}
	if (str_starts(rest, STR("//"))) {
		rest = str_slice(rest, 2, rest.len);
		int64_t slash = str_find(rest, STR("/"), 0);
		hosts = slash < 0 ? rest : str_slice(rest, 0, (uint32_t)slash);
		rest = slash < 0 ? STR_EMPTY : str_slice(rest, (uint32_t)slash + 1, rest.len);
	} else if (str_starts(rest, STR("/"))) {
		rest = str_slice(rest, 1, rest.len);
	}
	Str database;
	if (!decode(rest, false, arena, &database))
		return bad(span, "a bad % escape", err);
	if (database.len && !postgres_url_set(out, arena, "dbname", database))
		return false;
	if (!parse_hosts(out, arena, hosts.len ? hosts : STR("localhost"), span, err))
		return false;
	if (mark >= 0 && !parse_query(out, arena, query, span, err))
		return false;
	return true;
}
