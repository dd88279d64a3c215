/*
 * engine/connectors/postgres_conn.c: see postgres_conn.h.
 */
#include "engine/connectors/postgres_conn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"

enum { CONNECT_MS = 10000, ANSWER_MS = 60000, ANSWER_SLACK_MS = 10000, STOP_MS = 50 };

static int64_t now_ms(void)
{
	return clock_mono_us(&clock_real) / 1000;
}

bool postgres_conn_options(const Options *options, Arena *arena, PostgresParams *params, PostgresConn *conn, Err *err)
{
	const OptionValue *url = options_find(options, STR("url"));
	if (!url)
		return err_set(err, ERR_MISSING_OPTION, "\"url\" is missing");
	if (!postgres_url_parse(url->value, url->span, arena, params, err))
		return false;
	static const struct {
		const char *option, *name;
	} own[] = {{"username", "user"}, {"password", "password"}};
	for (size_t i = 0; i < 2; i++)
		if (options_has(options, own[i].option))
			postgres_url_set(params, arena, own[i].name, options_get(options, own[i].option));
	static const char *const defaults[][2] = {
	    {"application_name", "weir"}, {"keepalives_idle", "10"},     {"keepalives_interval", "5"},
	    {"keepalives_count", "3"},    {"tcp_user_timeout", "30000"}, {"connect_timeout", "10"},
	};
	/* A postgresql:// URI lies whole in dbname; what it says comes after these and wins. */
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		if (!postgres_url_get(params, defaults[i][0]))
			postgres_url_set(params, arena, defaults[i][0], str_from(defaults[i][1]));
	postgres_url_set(params, arena, "client_encoding", STR("UTF8"));
	int64_t seconds = 0;
	str_to_i64(str_from(postgres_url_get(params, "connect_timeout")), &seconds);
	*conn = (PostgresConn){.connect_ms = seconds > 0 ? seconds * 1000 : CONNECT_MS};
	conn->answer_ms = options_duration_us(options, "jdbc", "connection.max-retry-timeout") / 1000;
	if (params->socket_timeout_ms > 0)
		conn->answer_ms = params->socket_timeout_ms;
	if (conn->answer_ms <= 0)
		conn->answer_ms = ANSWER_MS;
	return true;
}

/* ---- errors ---- */

PostgresFault postgres_conn_classify(const char *s)
{
	static const char *const outages[] = {"08", "40", "53", "57", "58", "25006", "55P03", "55006"};
	static const char *const data[] = {"22", "23", "44", "38", "39", "54000", "P0"};
	for (size_t i = 0; i < sizeof outages / sizeof *outages; i++)
		if (strncmp(s, outages[i], strlen(outages[i])) == 0)
			return POSTGRES_OUTAGE;
	for (size_t i = 0; i < sizeof data / sizeof *data; i++)
		if (strncmp(s, data[i], strlen(data[i])) == 0)
			return POSTGRES_DATA;
	return s[0] ? POSTGRES_HARD : POSTGRES_OUTAGE;
}

/* The first line of the server's words, without its line break. */
static void copy_line(char *out, size_t size, const char *text)
{
	size_t n = strcspn(text, "\n");
	if (n >= size)
		n = str_utf8_cut(text, size - 1);
	memcpy(out, text, n);
	out[n] = 0;
}

static bool fail(PostgresConn *c, const PGresult *r, const char *what, Err *err)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
	snprintf(c->sqlstate, sizeof c->sqlstate, "%s", state ? state : "");
	c->fault = postgres_conn_classify(c->sqlstate);
	char words[300] = "";
	if (r && PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY))
		copy_line(words, sizeof words, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY));
	else if (c->pg)
		copy_line(words, sizeof words, PQerrorMessage(c->pg));
	err_set(err,
	        c->fault == POSTGRES_OUTAGE ? ERR_SINK_UNREACHABLE
	        : c->fault == POSTGRES_DATA ? ERR_SINK_REFUSED
	                                    : ERR_SINK_FAILED,
	        "PostgreSQL: %s%s%s", words[0] ? words : what, c->sqlstate[0] ? ", SQLSTATE " : "", c->sqlstate);
	if (r && PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL)) {
		char detail[400];
		copy_line(detail, sizeof detail, PQresultErrorField(r, PG_DIAG_MESSAGE_DETAIL));
		err_detail(err, "%s", detail);
	}
	if (err && c->fault == POSTGRES_OUTAGE)
		err->flags |= ERR_RETRIABLE;
	if (c->pg && PQstatus(c->pg) == CONNECTION_BAD)
		postgres_conn_close(c);
	return false;
}

/* The connection is of no use any more. */
static bool lose(PostgresConn *c, const char *why, Err *err)
{
	c->fault = POSTGRES_OUTAGE;
	c->sqlstate[0] = 0;
	char words[300] = "";
	if (c->pg)
		copy_line(words, sizeof words, PQerrorMessage(c->pg));
	err_set(err, ERR_SINK_UNREACHABLE, "PostgreSQL: %s%s%s", why, words[0] ? ": " : "", words);
	if (err)
		err->flags |= ERR_RETRIABLE;
	postgres_conn_close(c);
	return false;
}

/* ---- waiting ---- */

static bool wait_for(const PostgresConn *c, short events, int64_t deadline_ms)
{
	int64_t slice = c->stop ? STOP_MS : 60000;
	if (c->until_ms && c->until_ms < deadline_ms)
		deadline_ms = c->until_ms;
	for (;;) {
		int64_t left = deadline_ms - now_ms();
		if (left <= 0 || (c->stop && atomic_load(c->stop)))
			return false;
		struct pollfd p = {.fd = PQsocket(c->pg), .events = events};
		int n = poll(&p, 1, left > slice ? (int)slice : (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

void postgres_conn_close(PostgresConn *c)
{
	if (c->pg)
		PQfinish(c->pg);
	c->pg = NULL;
}

bool postgres_conn_alive(PostgresConn *c)
{
	if (!c->pg || PQstatus(c->pg) != CONNECTION_OK)
		return false;
	/* An idle server says nothing but notices, and good-bye. */
	for (int i = 0; i < 100; i++) {
		struct pollfd p = {.fd = PQsocket(c->pg), .events = POLLIN};
		if (poll(&p, 1, 0) == 0)
			return true;
		if (!PQconsumeInput(c->pg) || PQstatus(c->pg) != CONNECTION_OK)
			return false;
		PQisBusy(c->pg);
	}
	return false;
}

static void no_notice(void *arg, const PGresult *r)
{
	(void)arg;
	(void)r;
}

bool postgres_conn_open(PostgresConn *c, const PostgresParams *params, Err *err)
{
	if (c->pg && PQstatus(c->pg) == CONNECTION_OK)
		return true;
	postgres_conn_close(c);
	int64_t deadline = now_ms() + c->connect_ms;
	c->pg = PQconnectStartParams(params->names, params->values, 1);
	if (!c->pg)
		return lose(c, "out of memory", err);
	PostgresPollingStatusType s = PGRES_POLLING_WRITING;
	while (PQstatus(c->pg) != CONNECTION_BAD) {
		if (!wait_for(c, s == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
			return lose(c, "no connection in time", err);
		s = PQconnectPoll(c->pg);
		if (s == PGRES_POLLING_OK)
			break;
		if (s == PGRES_POLLING_FAILED)
			break;
	}
	if (PQstatus(c->pg) == CONNECTION_OK) {
		PQsetNoticeReceiver(c->pg, no_notice, NULL);
		PQsetnonblocking(c->pg, 1);
		c->fault = POSTGRES_FINE;
		return true;
	}
	/* libpq does not tell the SQLSTATE of a refused connection: a wrong password or database name is told by its words,
	 * in any case trying again is right, for both can be cured without us. */
	return lose(c, "no connection", err);
}

static bool flush(PostgresConn *c, int64_t deadline, Err *err)
{
	for (;;) {
		int left = PQflush(c->pg);
		if (left == 0)
			return true;
		if (left < 0)
			return lose(c, "the connection broke", err);
		if (!wait_for(c, POLLIN | POLLOUT, deadline))
			return lose(c, "the server does not read", err);
		struct pollfd p = {.fd = PQsocket(c->pg), .events = POLLIN};
		if (poll(&p, 1, 0) > 0 && !PQconsumeInput(c->pg))
			return lose(c, "the connection broke", err);
	}
}

/* The next result, or NULL at the end of the statement (with *ok). */
static PGresult *next_result(PostgresConn *c, int64_t deadline, bool *ok, Err *err)
{
	*ok = true;
	while (PQisBusy(c->pg)) {
		if (!wait_for(c, POLLIN, deadline))
			*ok = lose(c, "no answer in time", err);
		else if (!PQconsumeInput(c->pg))
			*ok = lose(c, "the connection broke", err);
		if (!*ok)
			return NULL;
	}
	return PQgetResult(c->pg);
}

/* All results of what was sent: the last one, or the first error. Stops at COPY. */
static PGresult *collect(PostgresConn *c, Err *err)
{
	int64_t deadline = now_ms() + c->answer_ms + ANSWER_SLACK_MS;
	if (!flush(c, deadline, err))
		return NULL;
	PGresult *last = NULL, *r;
	bool ok, failed = false;
	while ((r = next_result(c, deadline, &ok, err))) {
		ExecStatusType st = PQresultStatus(r);
		if (failed) {
			PQclear(r);
			continue;
		}
		PQclear(last);
		last = r;
		if (st == PGRES_COPY_IN)
			return last;
		failed = st != PGRES_COMMAND_OK && st != PGRES_TUPLES_OK && st != PGRES_EMPTY_QUERY;
	}
	if (!ok) {
		PQclear(last);
		return NULL;
	}
	if (failed || !last) {
		fail(c, last, "no result", err);
		PQclear(last);
		return NULL;
	}
	c->fault = POSTGRES_FINE;
	return last;
}

PGresult *postgres_conn_query(PostgresConn *c, const char *sql, const PostgresParam *params, int n, Err *err)
{
	const char **values = MEM_ARRAY(const char *, n + 1);
	int *lengths = MEM_ARRAY(int, n + 1), *formats = MEM_ARRAY(int, n + 1);
	Oid *types = MEM_ARRAY(Oid, n + 1);
	for (int i = 0; i < n; i++) {
		values[i] = params[i].data;
		lengths[i] = (int)params[i].len;
		formats[i] = params[i].binary;
		types[i] = params[i].type;
	}
	PGresult *r = NULL;
	if (!c->pg)
		lose(c, "not connected", err);
	else if (!PQsendQueryParams(c->pg, sql, n, types, values, lengths, formats, 0))
		lose(c, "the connection broke", err);
	else
		r = collect(c, err);
	mem_free(values);
	mem_free(lengths);
	mem_free(formats);
	mem_free(types);
	return r;
}

PGresult *postgres_conn_batch(PostgresConn *c, const char *sql, Err *err)
{
	if (!c->pg) {
		lose(c, "not connected", err);
		return NULL;
	}
	if (!PQsendQuery(c->pg, sql)) {
		lose(c, "the connection broke", err);
		return NULL;
	}
	return collect(c, err);
}

bool postgres_conn_run(PostgresConn *c, const char *sql, Err *err)
{
	PGresult *r = postgres_conn_batch(c, sql, err);
	PQclear(r);
	return r != NULL;
}

/* ---- COPY ---- */

bool postgres_conn_copy_begin(PostgresConn *c, const char *sql, Err *err)
{
	PGresult *r = postgres_conn_batch(c, sql, err);
	bool ok = r && PQresultStatus(r) == PGRES_COPY_IN;
	if (r && !ok)
		lose(c, "COPY did not begin", err);
	PQclear(r);
	return ok;
}

bool postgres_conn_copy_put(PostgresConn *c, const char *data, size_t len, Err *err)
{
	int64_t deadline = now_ms() + c->answer_ms + ANSWER_SLACK_MS;
	int r;
	while ((r = PQputCopyData(c->pg, data, (int)len)) == 0)
		if (!flush(c, deadline, err))
			return false;
	if (r < 0)
		return lose(c, "the connection broke", err);
	return flush(c, deadline, err);
}

bool postgres_conn_copy_end(PostgresConn *c, Err *err)
{
	int64_t deadline = now_ms() + c->answer_ms + ANSWER_SLACK_MS;
	int r;
	while ((r = PQputCopyEnd(c->pg, NULL)) == 0)
		if (!flush(c, deadline, err))
			return false;
	if (r < 0)
		return lose(c, "the connection broke", err);
	PGresult *res = collect(c, err);
	PQclear(res);
	return res != NULL;
}

/* ---- quoting ---- */

void postgres_conn_quote_name(StrBuf *out, Str name)
{
	strbuf_putc(out, '"');
	for (uint32_t i = 0; i < name.len; i++) {
		if (name.ptr[i] == '"')
			strbuf_putc(out, '"');
		strbuf_putc(out, name.ptr[i]);
	}
	strbuf_putc(out, '"');
}

/* E'...' with doubled quotes and backslashes: right whatever standard_conforming_strings says. */
void postgres_conn_quote_literal(StrBuf *out, Str text)
{
	strbuf_puts(out, "E'");
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'' || text.ptr[i] == '\\')
			strbuf_putc(out, text.ptr[i]);
		strbuf_putc(out, text.ptr[i]);
	}
	strbuf_putc(out, '\'');
}
