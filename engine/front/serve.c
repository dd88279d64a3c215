/*
 * engine/front/serve.c: weir serve: opens the engine, runs the query files, listens, and stops gracefully on SIGTERM or
 * SIGINT.
 *
 * Signals are blocked in every thread and taken by sigwait in this one; a second signal ends the process at once, as a
 * crash would: the state file goes on from its last epoch. So does a stop that takes too long.
 */
#include "engine/front/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/front/http.h"
#include "engine/front/pgwire.h"
#include "engine/front/render.h"
#include "engine/front/serve_place.h"
#include "engine/front/status.h"
#include "engine/front/stop.h"

static void print_error(const Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	err_print(err, NULL, 1, NULL, 0, &b);
	if (log_is_json())
		log_write(LOG_ERROR, "serve", strbuf_cstr(&b), NULL);
	else
		fwrite(b.ptr, 1, b.len, stderr);
	strbuf_deinit(&b);
}

/* Tells systemd that we are ready, or stop. */
static void notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof a.sun_path)
		return;
	memcpy(a.sun_path, path, strlen(path));
	if (path[0] == '@')
		a.sun_path[0] = 0;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	ssize_t n = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&a, len);
	(void)n;
	close(fd);
}

static Engine *open_engine(const Command *c)
{
	Settings *s = settings_new();
	Engine *e = NULL;
	Err err = {0};
	if (command_settings(c, s)) {
		EngineOptions eo = {.state_path = c->state, .settings = s, .hold = true};
		if (!engine_open(&eo, &e, &err)) {
			print_error(&err);
			e = NULL;
		}
	}
	settings_free(s);
	return e;
}

/* ---- what the files say ---- */

static void declare(Map *texts, Arena *arena, Str text)
{
	map_put(texts, arena_str(arena, str_trim(text)), texts);
}

static Str text_of(Str text, const AstNode *node)
{
	return str_make(text.ptr + node->span.begin, node->span.end - node->span.begin);
}

/* The texts of all statements, and of those inside of them that become queries of their own. Errors are met again when
 * the file runs. */
static void read_declared(Str text, Map *texts, Arena *arena)
{
	uint32_t at = 0, next = 0;
	AstNode *n = NULL;
	ParserOptions po = {.expand = &expand_environment};
	for (;; at = next) {
		Err ignored = {0};
		next = at;
		bool ok = parser_statement(arena, text, at, &po, &n, &next, &ignored);
		if ((ok && !n) || next <= at)
			return;
		if (!ok)
			continue;
		declare(texts, arena, text_of(text, n));
		if (n->kind == AST_STATEMENT_SET) {
			const AstStatementSet *set = AST_CONST(AstStatementSet, n);
			for (uint32_t i = 0; i < set->inserts.len; i++)
				declare(texts, arena, text_of(text, set->inserts.items[i]));
		} else if (n->kind == AST_CREATE_TABLE && AST_CONST(AstCreateTable, n)->query) {
			const AstCreateTable *t = AST_CONST(AstCreateTable, n);
			Str query = text_of(text, t->query);
			declare(texts, arena,
			        arena_printf(arena, "INSERT INTO `%.*s` %.*s", STR_ARG(t->path.items[t->path.len - 1].text),
			                     STR_ARG(query)));
		}
	}
}

static bool run_files(Engine *e, const Command *c)
{
	uint32_t failed = 0;
	Map declared;
	Arena *arena = arena_open("files", 0);
	map_init(&declared);
	for (int i = 0; i < c->nargs; i++) {
		StrBuf text;
		strbuf_init(&text);
		/* what cannot be read twice is one file: it is read when it runs, and nothing is said of what it left out */
		bool again = strcmp(c->args[i], "-") != 0 && command_read_file(c->args[i], &text);
		if (again)
			read_declared(strbuf_str(&text), &declared, arena);
		strbuf_deinit(&text);
		if (!again) {
			map_deinit(&declared);
			map_init(&declared);
			break;
		}
	}
	const Map *known = declared.len ? &declared : NULL;
	Settings *said = NULL; /* by SET: a file goes on with the settings of those before it */
	for (int i = 0; i < c->nargs; i++) {
		StrBuf text;
		strbuf_init(&text);
		if (!command_read_file(c->args[i], &text)) {
			failed++;
		} else {
			SessionOptions so = {
			    .engine = e, .settings = said, .user = "weir", .from_file = true, .serve = true, .declared = known};
			Session *s = session_open(&so);
			Render *r = render_open(RENDER_TSV, stdout, stderr, c->args[i]);
			if (log_is_json()) /* who reads lines of JSON can read no others */
				render_into_log(r);
			Results results = render_results(r, false);
			failed += session_run(s, strbuf_str(&text), false, &results);
			render_close(r);
			settings_free(said);
			said = settings_copy(session_settings(s));
			session_close(s);
		}
		strbuf_deinit(&text);
	}
	settings_free(said);
	if (!failed && known)
		engine_report_left(e, known);
	map_deinit(&declared);
	arena_close(arena);
	if (failed && log_is_json())
		LOGE("serve", "statements failed; nothing is served", "failed=%u", failed);
	else if (failed)
		fprintf(stderr, "weir: %u statement%s failed; nothing is served\n", failed, failed == 1 ? "" : "s");
	return failed == 0;
}

static bool listen_on(Engine *e, const Command *c, const char *dir, Pgwire **out, Err *err)
{
	PgwireOptions po = {.engine = e, .socket_dir = dir, .listen = c->listen};
	ScramVerifier verifier;
	StrBuf made;
	strbuf_init(&made);
	bool ok = !c->listen || serve_place_password(c->state, &verifier, &made, err);
	po.verifier = c->listen ? &verifier : NULL;
	ok = ok && pgwire_open(&po, out, err);
	if (ok && made.len)
		fprintf(stderr, "The password of user weir, shown this once: %s\n", strbuf_cstr(&made));
	strbuf_deinit(&made);
	return ok;
}

/* Until a signal asks for the end. false: the engine has ended by itself. */
static bool wait_for_end(Engine *e, const sigset_t *stops)
{
	const struct timespec look = {.tv_nsec = 500000000};
	int number;
	do
		number = sigtimedwait(stops, NULL, &look);
	while (number < 0 && !engine_broken(e));
	if (number > 0)
		LOGI("serve", "stopping", "signal=%s most_s=%d", number == SIGINT ? "SIGINT" : "SIGTERM", STOP_MS / 1000);
	else
		LOGE("serve", "the engine has ended; stopping", NULL);
	/* timeout(1) tells the process and then its group, that is the process again: one wish, not a second one */
	const struct timespec twice = {.tv_nsec = 100000000};
	if (number > 0)
		sigtimedwait(stops, NULL, &twice);
	pthread_sigmask(SIG_UNBLOCK, stops, NULL);
	stop_begin();
	return number > 0;
}

static int serve(Engine *e, const Command *c, Http *http, const sigset_t *stops)
{
	StrBuf dir;
	strbuf_init(&dir);
	Err err = {0};
	Pgwire *wire = NULL;
	bool ok = true;
	if (c->socket)
		strbuf_puts(&dir, c->socket);
	else
		ok = serve_place_socket(c->state, &dir, &err);
	ok = ok && listen_on(e, c, strbuf_cstr(&dir), &wire, &err);
	if (ok) {
		serve_place_remember(strbuf_cstr(&dir));
		LOGI("serve", "ready", "state=\"%s\" psql=\"psql -h %s -U weir\"", c->state, strbuf_cstr(&dir));
		if (c->listen)
			LOGI("serve", "listening", "psql=\"psql -h %s -p %u -U weir\"", "127.0.0.1", pgwire_port(wire));
		http_ready(http);
		notify("READY=1");
		ok = wait_for_end(e, stops);
		notify("STOPPING=1");
	} else {
		print_error(&err);
	}
	pgwire_close(wire);
	strbuf_deinit(&dir);
	return ok ? 0 : 1;
}

int serve_main(const Command *c)
{
	if (!c->state) {
		fprintf(stderr, "weir: serve keeps its state in a file: weir serve --state FILE.db FILE...\n");
		return 2;
	}
	sigset_t stops;
	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stops, NULL);
	Engine *e = open_engine(c);
	if (!e)
		return 1;
	engine_start(e);
	Status *lines = status_open(e);
	/* before the files: who asks how it is while they run gets an answer */
	Http *http = NULL;
	HttpOptions ho = {.engine = e, .listen = c->http, .metrics = c->metrics};
	Err err = {0};
	int status = 1;
	if (!http_open(&ho, &http, &err))
		print_error(&err);
	else if (run_files(e, c)) {
		engine_release(e);
		status = serve(e, c, http, &stops);
	}
	http_close(http);
	status_close(lines);
	if (!engine_close(e, STOP_MS))
		status = 1;
	LOGI("serve", "stopped", "status=%d", status);
	return status;
}
