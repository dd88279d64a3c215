/*
 * engine/front/shell_query.c: sends SQL and takes its rows one by one (single-row mode), so that followed queries show
 * what comes and ^C ends the query, not the shell.
 */
#include "engine/front/shell_int.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "sql/types/timestamp.h"

enum { QUERY_ROWS_HELD = 2000, QUERY_IDLE_MS = 80 };

static _Atomic(PGcancel *) cancel_handle;

void shell_query_cancel(void)
{
	PGcancel *c = atomic_load(&cancel_handle);
	char why[128];
	if (c)
		PQcancel(c, why, sizeof why); /* may be called in a signal handler */
}

/* ---- the status line of a followed query ---- */

typedef struct Status {
	char shown[128]; /* before the first: what an earlier query left */
	bool seen;       /* this query has told something */
	bool on;
} Status;

static void clear_status(Status *st)
{
	if (st->on)
		fputs("\r\033[K", stdout);
	st->on = false;
}

static void put_thousands(StrBuf *out, int64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%lld", (long long)n);
	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			strbuf_putc(out, ',');
		strbuf_putc(out, digits[i]);
	}
}

/* "watermark_ms rows late" -> wm 10:01:55 (-5 s) | 1,204 in | 3 late */
static void put_status(const char *text, StrBuf *out)
{
	Str rest = str_from(text), part;
	int64_t numbers[3] = {INT64_MIN, 0, 0};
	for (int i = 0; i < 3 && str_next(&rest, ' ', &part); i++)
		str_to_i64(part, &numbers[i]);
	if (numbers[0] == INT64_MIN) {
		strbuf_puts(out, "no watermark yet");
	} else if (numbers[0] == INT64_MAX) {
		strbuf_puts(out, "at the end");
	} else {
		int64_t behind = clock_wall_us(&clock_real) / 1000000 - numbers[0] / 1000;
		int64_t day_ms = 86400000, of_day = ((numbers[0] % day_ms) + day_ms) % day_ms;
		strbuf_puts(out, "wm ");
		timestamp_print_time(of_day / 1000 * 1000000, 0, out);
		if (behind > -86400 && behind < 86400)
			strbuf_printf(out, " (%+lld s)", (long long)-behind);
	}
	strbuf_puts(out, " | ");
	put_thousands(out, numbers[1]);
	strbuf_puts(out, " in | ");
	put_thousands(out, numbers[2]);
	strbuf_puts(out, " late");
}

static void show_status(Shell *sh, Status *st)
{
	const char *now = PQparameterStatus(sh->conn, "weir.follow");
	if (!sh->interactive || !now || !isatty(STDOUT_FILENO))
		return;
	bool same = strcmp(now, st->shown) == 0;
	if (same && (!st->seen || st->on))
		return;
	st->seen = true;
	snprintf(st->shown, sizeof st->shown, "%s", now);
	StrBuf text;
	strbuf_init(&text);
	put_status(now, &text);
	clear_status(st);
	printf("\033[2m%s\033[0m", strbuf_cstr(&text));
	fflush(stdout);
	st->on = true;
	strbuf_deinit(&text);
}

/* ---- results ---- */

typedef struct Taking {
	Shell *sh;
	const char *sql;
	Status status;
	bool rows; /* a result with rows is being taken */
	bool ok, canceled;
} Taking;

static bool is_cancel(const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	return state && strcmp(state, "57014") == 0;
}

static void take(Taking *t, PGresult *res)
{
	Shell *sh = t->sh;
	clear_status(&t->status);
	switch (PQresultStatus(res)) {
	case PGRES_SINGLE_TUPLE:
		if (!t->rows)
			shell_print_begin(sh->print, res, sh->expanded, shell_line_width());
		t->rows = true;
		shell_print_row(sh->print, res, 0);
		if (shell_print_pending(sh->print) >= QUERY_ROWS_HELD)
			shell_print_flush(sh->print, false);
		break;
	case PGRES_TUPLES_OK: /* the end of the rows */
		if (!t->rows)
			shell_print_begin(sh->print, res, sh->expanded, shell_line_width());
		t->rows = false;
		shell_print_flush(sh->print, true);
		break;
	case PGRES_COMMAND_OK:
		if (sh->interactive)
			printf("%s\n", PQcmdStatus(res));
		break;
	case PGRES_COPY_OUT: {
		char *row;
		int n;
		while ((n = PQgetCopyData(sh->conn, &row, 0)) > 0) {
			fwrite(row, 1, (size_t)n, stdout);
			PQfreemem(row);
		}
		break;
	}
	case PGRES_EMPTY_QUERY: break;
	default:
		if (t->rows && shell_print_pending(sh->print))
			shell_print_flush(sh->print, false);
		t->rows = false;
		fflush(stdout);
		t->ok = false;
		t->canceled = atomic_load(&shell_interrupted) && sh->interactive && is_cancel(res);
		if (t->canceled)
			printf("\rstopped\033[K\n"); /* over the ^C that the terminal shows */
		else
			shell_print_error(res, t->sql);
	}
}

/* Waits for the server. false: the connection is lost. */
static bool wait_for_more(Taking *t)
{
	Shell *sh = t->sh;
	struct pollfd fd = {.fd = PQsocket(sh->conn), .events = POLLIN};
	int n = poll(&fd, 1, QUERY_IDLE_MS);
	if (n < 0 && errno != EINTR)
		return false;
	if (n <= 0) {
		if (t->rows && shell_print_pending(sh->print)) {
			clear_status(&t->status);
			shell_print_flush(sh->print, false);
		}
		show_status(sh, &t->status); /* again below what was printed */
		return true;
	}
	return PQconsumeInput(sh->conn);
}

bool shell_query(Shell *sh, const char *sql)
{
	Taking t = {.sh = sh, .sql = sql, .ok = true};
	const char *status = PQparameterStatus(sh->conn, "weir.follow");
	snprintf(t.status.shown, sizeof t.status.shown, "%s", status ? status : "");
	int64_t started = clock_mono_us(&clock_real);
	atomic_store(&shell_interrupted, false);
	if (!PQsendQuery(sh->conn, sql)) {
		fprintf(stderr, "weir: %s", PQerrorMessage(sh->conn));
		sh->quit = PQstatus(sh->conn) != CONNECTION_OK;
		return false;
	}
	PQsetSingleRowMode(sh->conn);
	PGcancel *cancel = PQgetCancel(sh->conn);
	atomic_store(&cancel_handle, cancel);
	for (;;) {
		if (PQisBusy(sh->conn)) {
			if (!wait_for_more(&t))
				break;
			continue;
		}
		PGresult *res = PQgetResult(sh->conn);
		if (!res)
			break;
		take(&t, res);
		PQclear(res);
	}
	clear_status(&t.status);
	atomic_store(&cancel_handle, NULL);
	PQfreeCancel(cancel);
	if (PQstatus(sh->conn) != CONNECTION_OK) {
		fprintf(stderr, "weir: the connection is lost\n");
		sh->quit = true;
		t.ok = false;
	}
	if (sh->timing)
		printf("Time: %.3f ms\n", (double)(clock_mono_us(&clock_real) - started) / 1000);
	if (!t.ok && !t.canceled)
		sh->failed++;
	return t.ok;
}

PGresult *shell_query_quiet(Shell *sh, const char *sql)
{
	PGresult *res = PQexec(sh->conn, sql);
	if (PQresultStatus(res) == PGRES_TUPLES_OK)
		return res;
	PQclear(res);
	return NULL;
}
