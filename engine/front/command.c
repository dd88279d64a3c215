/*
 * engine/front/command.c: the verbs that run SQL in this process: run, check, -c, -f, standard input; and explain.
 */
#include "engine/front/command.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/front/backup.h"
#include "engine/front/portable.h"
#include "engine/front/progress.h"
#include "engine/front/render.h"
#include "engine/front/serve.h"
#include "engine/front/settings_file.h"
#include "engine/front/shell.h"
#include "engine/front/status.h"
#include "engine/front/stop.h"
#include "engine/front/system.h"
#include "engine/front/test.h"

static atomic_bool interrupted;
static _Atomic(Session *) running;
static Progress progress;

static void on_signal(int number)
{
	(void)number;
	if (!atomic_exchange(&interrupted, true))
		stop_begin();
	Session *s = atomic_load(&running);
	if (s)
		session_cancel(s);
}

static void catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal};
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

bool command_read_file(const char *name, StrBuf *out)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
	if (!f) {
		fprintf(stderr, "weir: cannot read %s: %s\n", name, strerror(errno));
		return false;
	}
	char buf[65536];
	size_t n;
	while ((n = fread(buf, 1, sizeof buf, f)) > 0)
		strbuf_put(out, buf, n);
	bool ok = !ferror(f);
	if (!ok)
		fprintf(stderr, "weir: cannot read %s: %s\n", name, strerror(errno));
	if (f != stdin)
		fclose(f);
	return ok;
}

static void print_error(const Err *err)
{
	StrBuf b;
	strbuf_init(&b);
	err_print(err, NULL, 1, NULL, 0, &b);
	fwrite(b.ptr, 1, b.len, stderr);
	strbuf_deinit(&b);
}

static bool config_settings(const char *config, Settings *s)
{
	StrBuf text, errors;
	strbuf_init(&text);
	strbuf_init(&errors);
	bool ok = command_read_file(config, &text) && settings_file_apply(s, config, strbuf_str(&text), &errors);
	fwrite(errors.ptr, 1, errors.len, stderr);
	strbuf_deinit(&text);
	strbuf_deinit(&errors);
	return ok;
}

bool command_settings(const Command *c, Settings *s)
{
	if (c->config && !config_settings(c->config, s))
		return false;
	for (int i = 0; i < c->nsets; i++) {
		const char *eq = strchr(c->sets[i], '=');
		Err err = {0};
		bool no_effect;
		if (!eq) {
			fprintf(stderr, "weir: --set wants NAME=VALUE, not %s\n", c->sets[i]);
			return false;
		}
		Str name = str_make(c->sets[i], (size_t)(eq - c->sets[i]));
		if (!settings_start(s, name, str_from(eq + 1), "command line", &no_effect, &err)) {
			print_error(&err);
			return false;
		}
		if (no_effect)
			fprintf(stderr, "NOTICE: --set %s is accepted, and has no effect here\n", c->sets[i]);
	}
	return true;
}

static bool format_of(const Command *c, RenderFormat *f)
{
	*f = isatty(STDOUT_FILENO) ? RENDER_TABLE : RENDER_TSV;
	if (c->format && !render_format_parse(str_from(c->format), f)) {
		fprintf(stderr, "weir: unknown format %s: table, csv, tsv or json\n", c->format);
		return false;
	}
	return true;
}

static void on_waiting(void *ctx, bool over)
{
	if (over)
		progress_clear(ctx);
	else
		progress_show(ctx);
}

/* What SET has said so far: a text goes on with the settings of those before it. */
static Settings *said;

static void forget_said(void)
{
	settings_free(said);
	said = NULL;
}

static uint32_t run_text(Engine *e, const Command *c, Str text, const char *file, bool is_file, bool dry)
{
	RenderFormat f;
	if (!format_of(c, &f))
		return 1;
	SessionOptions so = {
	    .engine = e,
	    .settings = said,
	    .user = "weir",
	    .from_file = is_file,
	    .once_always = true,
	    .is_owner = true,
	    .settle = !c->state, /* queries of a state file may be waiting for something since long */
	    .waiting = on_waiting,
	    .waiting_ctx = &progress,
	    .dry = dry,
	};
	Session *s = session_open(&so);
	atomic_store(&running, s);
	Render *r = render_open(f, stdout, stderr, file);
	Results results = render_results(r, false);
	uint32_t failed = session_run(s, text, false, &results);
	atomic_store(&running, NULL);
	render_close(r);
	forget_said();
	said = settings_copy(session_settings(s));
	session_close(s);
	return failed;
}

static uint32_t run_file(Engine *e, const Command *c, const char *name, bool dry)
{
	StrBuf text;
	strbuf_init(&text);
	uint32_t failed = !command_read_file(name, &text) || run_text(e, c, strbuf_str(&text), name, true, dry);
	strbuf_deinit(&text);
	return failed;
}

static Engine *open_engine(const Command *c)
{
	Settings *s = settings_new();
	if (!command_settings(c, s)) {
		settings_free(s);
		return NULL;
	}
	EngineOptions eo = {.state_path = c->state, .settings = s};
	Engine *e = NULL;
	Err err = {0};
	if (!engine_open(&eo, &e, &err)) {
		print_error(&err);
		e = NULL;
	} else {
		engine_start(e);
	}
	settings_free(s);
	return e;
}

/* Waits until the bounded inputs have ended and all is delivered, or ^C. */
static void wait_finished(Engine *e)
{
	while (!engine_finished(e) && !atomic_load(&interrupted)) {
		progress_show(&progress);
		clock_sleep_us(2000);
	}
	progress_clear(&progress);
}

/* false: the last epoch is not committed, or not all output delivered. */
static bool close_engine(Engine *e)
{
	return engine_close(e, atomic_load(&interrupted) ? STOP_MS : 30000);
}

/* The end of -c, -f and standard input: what has an end is read to it, of the rest it is said that it stops. What a
 * state file keeps goes on when it is opened again. */
static void wait_or_tell(Engine *e, const Command *c)
{
	if (c->state)
		return;
	while (engine_reading(e) && !atomic_load(&interrupted)) {
		progress_show(&progress);
		clock_sleep_us(2000);
	}
	progress_clear(&progress);
	if (!engine_endless(e)) {
		wait_finished(e);
		return;
	}
	fputs("NOTICE: queries whose input has no end are stopped here\n"
	      "HINT: weir run FILE goes on until ^C, weir serve until it is told to stop.\n",
	      stderr);
}

static int command_sql(const Command *c)
{
	Engine *e = open_engine(c);
	if (!e)
		return 1;
	catch_signals();
	progress_init(&progress, e);
	uint32_t failed = 0;
	for (int i = 0; i < c->ntexts && !atomic_load(&interrupted); i++)
		failed += c->texts[i].is_file ? run_file(e, c, c->texts[i].text, false)
		                              : run_text(e, c, str_from(c->texts[i].text), NULL, false, false);
	if (!c->ntexts) {
		StrBuf text;
		strbuf_init(&text);
		failed += !command_read_file("-", &text) || run_text(e, c, strbuf_str(&text), NULL, false, false);
		strbuf_deinit(&text);
	}
	wait_or_tell(e, c);
	progress_losses(e, c->state != NULL, stderr);
	failed += engine_failures(e, stderr);
	if (!close_engine(e))
		failed++;
	return failed ? 1 : 0;
}

static int command_run_files(const Command *c)
{
	if (!c->nargs) {
		fprintf(stderr, "weir: run which files?\n");
		return 2;
	}
	Engine *e = open_engine(c);
	if (!e)
		return 1;
	catch_signals();
	progress_init(&progress, e);
	Status *lines = status_open(e);
	uint32_t failed = 0;
	for (int i = 0; i < c->nargs && !failed; i++)
		failed += run_file(e, c, c->args[i], false);
	if (!failed)
		wait_finished(e);
	status_close(lines);
	progress_losses(e, c->state != NULL, stderr);
	uint32_t broken = engine_failures(e, stderr);
	if (!close_engine(e))
		failed++;
	return failed || broken ? 1 : 0;
}

/* Parses, binds and plans the files. */
static bool check_files(const Command *c)
{
	Engine *e = open_engine(c);
	if (!e)
		return false;
	uint32_t failed = 0;
	for (int i = 0; i < c->nargs; i++)
		failed += run_file(e, c, c->args[i], true);
	engine_close(e, 1000);
	return failed == 0;
}

static int command_check(const Command *c)
{
	if (!c->nargs && !c->config) {
		fprintf(stderr, "weir: check which files?\n");
		return 2;
	}
	if (c->dialect && strcmp(c->dialect, "flink") != 0) {
		fprintf(stderr, "weir: unknown dialect %s: flink\n", c->dialect);
		return 2;
	}
	if (!check_files(c))
		return 1;
	if (!c->nargs) {
		printf("the settings are fine\n");
		return 0;
	}
	if (c->dialect)
		return portable_check(c);
	printf("%d file%s fine\n", c->nargs, c->nargs == 1 ? "" : "s");
	return 0;
}

static int command_export(const Command *c)
{
	if (!c->nargs || !c->to || strcmp(c->to, "flink") != 0) {
		fprintf(stderr, "weir: export which files, and to what? For example: weir export --to flink job.sql\n");
		return 2;
	}
	return check_files(c) ? portable_export(c) : 1;
}

static int command_explain(const Command *c)
{
	ErrCode code;
	if (c->nargs != 1 || !err_code_find(c->args[0], &code)) {
		fprintf(stderr, "weir: explain which code? For example: weir explain W1204\n");
		return 2;
	}
	printf("W%04d  %s  (SQLSTATE %s)\n\n%s\n", (int)code, err_title(code), err_sqlstate(code), err_explanation(code));
	return 0;
}

static const struct {
	const char *verb;
	int (*run)(const Command *c);
	bool has_engine; /* of its own, which has settings */
} verbs[] = {
    {"run", command_run_files, true}, {"check", command_check, true},    {"explain", command_explain, false},
    {"backup", backup_main, false},   {"export", command_export, true},  {"serve", serve_main, true},
    {"test", test_main, true},        {"connect", shell_connect, false},
};

bool command_find(const char *verb)
{
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].verb, verb) == 0)
			return true;
	return false;
}

int command_run(const Command *c)
{
	RenderFormat format;
	if (!format_of(c, &format))
		return 2;
	system_register();
	if (c->verb)
		for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
			if (strcmp(verbs[i].verb, c->verb) == 0) {
				if (verbs[i].has_engine || (!c->nsets && !c->config))
					return verbs[i].run(c);
				fprintf(stderr, "weir: %s takes no settings: --set and --config are for what starts an engine\n",
				        c->verb);
				return 2;
			}
	Command copy = *c;
	/* A word that is no file and does not look like one is a mistyped command, not a new state file. */
	bool is_file = c->nargs == 1 && !c->state && (strpbrk(c->args[0], "./") || access(c->args[0], F_OK) == 0);
	size_t length = is_file ? strlen(c->args[0]) : 0;
	if (length > 4 && strcmp(c->args[0] + length - 4, ".sql") == 0) {
		fprintf(stderr, "weir: %s is SQL, and a file of state is wanted here\nRun it with: weir run %s\n", c->args[0],
		        c->args[0]);
		return 2;
	}
	if (is_file)
		copy.state = c->args[0];
	else if (c->nargs) {
		fprintf(stderr, "weir: unknown command %s\nTry weir --help.\n", c->args[0]);
		return 2;
	}
	if (c->ntexts || !isatty(STDIN_FILENO))
		return command_sql(&copy);
	return shell_main(&copy);
}
