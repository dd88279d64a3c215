/*
 * engine/front/shell.c: the interactive shell: a client of the wire server, of a running engine or of one that it
 * starts in this process.
 *
 * SIGINT is taken by this thread alone; it cancels what runs. The engine's log lines are kept until the prompt, so that
 * they do not fall into what is being typed.
 */
#include "engine/front/shell.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/front/pgwire.h"
#include "engine/front/serve_place.h"
#include "engine/front/shell_int.h"
#include "parser/parser.h"

enum { LOG_KEPT = 64 << 10 };

atomic_bool shell_interrupted;

/* ---- signals and log lines ---- */

static void on_interrupt(int number)
{
	(void)number;
	int kept = errno;
	atomic_store(&shell_interrupted, true);
	shell_query_cancel();
	errno = kept;
}

static void block_interrupt(bool block)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	pthread_sigmask(block ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static StrBuf log_lines;

static void keep_log(void *ctx, const char *line)
{
	(void)ctx;
	pthread_mutex_lock(&log_lock);
	if (log_lines.len < LOG_KEPT) {
		strbuf_puts(&log_lines, line);
		strbuf_putc(&log_lines, '\n');
	}
	pthread_mutex_unlock(&log_lock);
}

static void show_log(void)
{
	pthread_mutex_lock(&log_lock);
	if (log_lines.len)
		fwrite(log_lines.ptr, 1, log_lines.len, stderr);
	strbuf_clear(&log_lines);
	pthread_mutex_unlock(&log_lock);
}

/* ---- lines ---- */

static void run(Shell *sh, Str statement)
{
	char *sql = mem_cstr(statement);
	strbuf_clear(&sh->last);
	strbuf_put_str(&sh->last, statement);
	if (!sh->depth)
		shell_line_remember(sh->line, str_trim(statement));
	shell_query(sh, sql);
	mem_free(sql);
}

static bool is_word(Str s, const char *word)
{
	while (s.len && (s.ptr[s.len - 1] == ';' || s.ptr[s.len - 1] == ' '))
		s.len--;
	return str_eq_nocase(s, str_from(word));
}

static bool nothing_typed(const Shell *sh)
{
	return str_trim(strbuf_str(&sh->text)).len == 0;
}

/* Does the text end within a string, a quoted name or a block comment? */
static bool ends_quoted(Str text)
{
	char quote = 0;
	for (uint32_t i = 0; i < text.len; i++) {
		char c = text.ptr[i], d = i + 1 < text.len ? text.ptr[i + 1] : 0;
		if (quote) {
			if (quote == '*' ? c == '*' && d == '/' : c == quote)
				quote = 0;
		} else if (c == '\'' || c == '"' || c == '`') {
			quote = c;
		} else if (c == '/' && d == '*') {
			quote = '*';
			i++;
		} else if (c == '-' && d == '-') {
			while (i < text.len && text.ptr[i] != '\n')
				i++;
		}
	}
	return quote != 0;
}

void shell_take(Shell *sh, const char *line)
{
	Str trimmed = str_trim(str_from(line));
	/* As in psql: also between the lines of a statement, which goes on behind it; \g ends it. */
	if (trimmed.len && trimmed.ptr[0] == '\\' && (nothing_typed(sh) || !ends_quoted(strbuf_str(&sh->text)))) {
		if (!nothing_typed(sh) && is_word(trimmed, "\\g"))
			shell_finish(sh);
		else
			shell_command(sh, line);
		return;
	}
	if (nothing_typed(sh)) {
		strbuf_clear(&sh->text);
		if (is_word(trimmed, "quit") || is_word(trimmed, "exit")) {
			sh->quit = true;
			return;
		}
		if (is_word(trimmed, "help")) {
			run(sh, trimmed);
			return;
		}
	}
	strbuf_puts(&sh->text, line);
	strbuf_putc(&sh->text, '\n');
	uint32_t at = 0, next;
	bool blank;
	Str text = strbuf_str(&sh->text);
	while (!sh->quit && parser_statement_end(text, at, &next, &blank)) {
		if (!blank)
			run(sh, str_trim(str_slice(text, at, next - at)));
		at = next;
	}
	StrBuf rest;
	strbuf_init(&rest);
	strbuf_put(&rest, text.ptr + at, text.len - at);
	strbuf_deinit(&sh->text);
	sh->text = rest;
}

void shell_finish(Shell *sh)
{
	uint32_t next;
	bool blank;
	Str text = strbuf_str(&sh->text);
	parser_statement_end(text, 0, &next, &blank);
	if (!blank && !sh->quit)
		run(sh, str_trim(text));
	strbuf_clear(&sh->text);
}

static void loop_typed(Shell *sh)
{
	const char *line;
	while (!sh->quit) {
		show_log();
		switch (shell_line_read(sh->line, !nothing_typed(sh), &line)) {
		case SHELL_END: return;
		case SHELL_CANCELED: strbuf_clear(&sh->text); break;
		case SHELL_LINE: shell_take(sh, line);
		}
	}
}

static void loop_piped(Shell *sh)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	while (!sh->quit && (n = getline(&line, &cap, stdin)) >= 0) {
		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			line[--n] = 0;
		shell_take(sh, line);
	}
	shell_finish(sh);
	free(line); /* of getline */
}

/* ---- life ---- */

static void on_notice(void *ctx, const PGresult *res)
{
	(void)ctx;
	const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY),
	           *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	fflush(stdout);
	fprintf(stderr, "%s: %s\n", severity ? severity : "NOTICE", message ? message : "");
}

static void take_text(Shell *sh, Str text)
{
	Str line;
	while (!sh->quit && str_next(&text, '\n', &line)) {
		char *copy = mem_cstr(line);
		shell_take(sh, copy);
		mem_free(copy);
	}
	shell_finish(sh);
}

/* -c and -f, in their order. */
static void run_texts(Shell *sh, const Command *c)
{
	for (int i = 0; i < c->ntexts && !sh->quit; i++) {
		StrBuf file;
		strbuf_init(&file);
		if (!c->texts[i].is_file)
			take_text(sh, str_from(c->texts[i].text));
		else if (command_read_file(c->texts[i].text, &file))
			take_text(sh, strbuf_str(&file));
		else
			sh->failed++;
		strbuf_deinit(&file);
	}
}

static int run_shell(PGconn *conn, const Command *c, const char *banner)
{
	Shell sh = {.conn = conn, .interactive = !c->ntexts && isatty(STDIN_FILENO)};
	PQsetNoticeReceiver(conn, on_notice, &sh);
	strbuf_init(&sh.text);
	strbuf_init(&sh.last);
	sh.print = shell_print_open();
	struct sigaction sa = {.sa_handler = on_interrupt};
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	block_interrupt(false);
	if (c->ntexts) {
		run_texts(&sh, c);
	} else if (sh.interactive) {
		sh.line = shell_line_open(&sh);
		printf("weir %s, %s\n\\? lists commands, HELP statements, \\q ends.\n", WEIR_VERSION, banner);
		loop_typed(&sh);
	} else {
		loop_piped(&sh);
	}
	shell_line_close(sh.line);
	shell_print_close(sh.print);
	strbuf_deinit(&sh.text);
	strbuf_deinit(&sh.last);
	return sh.failed && !sh.interactive ? 1 : 0;
}

static int connect_and_run(const char *conninfo, const Command *c, const char *banner)
{
	/* The string's own user wins; application_name tells the server to send the status of followed queries. */
	const char *keys[] = {"user", "dbname", "application_name", NULL};
	const char *values[] = {"weir", conninfo, "weir shell", NULL};
	PGconn *conn = PQconnectdbParams(keys, values, 1);
	int status = 1;
	if (PQstatus(conn) != CONNECTION_OK)
		fprintf(stderr, "weir: %s", PQerrorMessage(conn));
	else
		status = run_shell(conn, c, banner);
	PQfinish(conn);
	return status;
}

static void put_value(StrBuf *out, const char *value)
{
	strbuf_putc(out, '\'');
	for (const char *p = value; *p; p++) {
		if (*p == '\'' || *p == '\\')
			strbuf_putc(out, '\\');
		strbuf_putc(out, *p);
	}
	strbuf_putc(out, '\'');
}

static int connect_to_dir(const char *dir, const Command *c, const char *banner)
{
	StrBuf info;
	strbuf_init(&info);
	strbuf_puts(&info, "host=");
	put_value(&info, dir);
	strbuf_printf(&info, " port=%d user=weir dbname=default_database", PGWIRE_PORT);
	int status = connect_and_run(strbuf_cstr(&info), c, banner);
	strbuf_deinit(&info);
	return status;
}

static void print_error(const Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	err_print(err, NULL, 1, NULL, 0, &b);
	fwrite(b.ptr, 1, b.len, stderr);
	strbuf_deinit(&b);
}

static int connect_to_state(const char *state, const Command *c)
{
	StrBuf dir;
	strbuf_init(&dir);
	Err err = {0};
	int status = 1;
	if (!serve_place_socket(state, &dir, &err))
		print_error(&err);
	else
		status = connect_to_dir(strbuf_cstr(&dir), c, "connected to the engine that runs");
	strbuf_deinit(&dir);
	return status;
}

int shell_connect(const Command *c)
{
	struct stat st;
	const char *conninfo = c->nargs ? c->args[0] : NULL;
	if (c->nargs > 1 || c->format) {
		fprintf(stderr, "weir: connect takes one address, -c and -f; SET and \\x are for the rest\n");
		return 2;
	}
	if (conninfo && stat(conninfo, &st) == 0 && S_ISREG(st.st_mode))
		return connect_to_state(conninfo, c);
	if (conninfo)
		return connect_and_run(conninfo, c, "connected");
	StrBuf dir;
	strbuf_init(&dir);
	int status = 1;
	if (serve_place_last(&dir))
		status = connect_to_dir(strbuf_cstr(&dir), c, "connected to the engine served last");
	else
		fprintf(stderr,
		        "weir: no engine has been served here; name one: weir connect FILE.db, or a connection string\n");
	strbuf_deinit(&dir);
	return status;
}

/* The wire server of an engine in this process, on a socket that nobody else can reach. */
static int serve_here(Engine *e, const Command *c)
{
	char private[] = "/tmp/weir-shell-XXXXXX";
	StrBuf dir;
	strbuf_init(&dir);
	Err err = {0};
	bool own = !c->state;
	bool ok =
	    own ? mkdtemp(private) != NULL || err_set(&err, ERR_IO, "cannot make a folder in /tmp: %s", strerror(errno))
	        : serve_place_socket(c->state, &dir, &err);
	if (own)
		strbuf_puts(&dir, private);
	PgwireOptions po = {.engine = e, .socket_dir = strbuf_cstr(&dir)};
	Pgwire *wire = NULL;
	ok = ok && pgwire_open(&po, &wire, &err);
	int status = 1;
	if (!ok)
		print_error(&err);
	else
		status =
		    connect_to_dir(strbuf_cstr(&dir), c, own ? "a private engine: nothing is kept" : "the engine of a file");
	pgwire_close(wire);
	if (ok)
		rmdir(strbuf_cstr(&dir));
	strbuf_deinit(&dir);
	return status;
}

int shell_main(const Command *c)
{
	Settings *s = settings_new();
	Engine *e = NULL;
	Err err = {0};
	int status = 1;
	block_interrupt(true); /* the threads to come leave it to this one */
	if (command_settings(c, s)) {
		EngineOptions eo = {.state_path = c->state, .settings = s};
		if (engine_open(&eo, &e, &err)) {
			log_redirect(keep_log, NULL);
			engine_start(e);
			status = serve_here(e, c);
			log_redirect(NULL, NULL);
			show_log();
			if (!engine_close(e, 10000))
				status = 1;
		} else if (err.code == ERR_STATE_LOCKED && c->state) {
			status = connect_to_state(c->state, c);
		} else {
			print_error(&err);
		}
	}
	settings_free(s);
	return status;
}
