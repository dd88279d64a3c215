/*
 * engine/front/shell_command.c: the shell's own commands: lines that begin with a backslash.
 */
#include "engine/front/shell_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "engine/front/command.h"

static void on_help(Shell *sh, Str arg);

static void on_quit(Shell *sh, Str arg)
{
	(void)arg;
	sh->quit = true;
}

static void toggle(Shell *sh, Str arg, bool *flag, const char *what)
{
	*flag = arg.len ? str_eq_nocase(arg, STR("on")) || str_eq_c(arg, "1") : !*flag;
	if (sh->interactive)
		printf("%s is %s.\n", what, *flag ? "on" : "off");
}

static void on_timing(Shell *sh, Str arg)
{
	toggle(sh, arg, &sh->timing, "Timing");
}

static void on_expanded(Shell *sh, Str arg)
{
	toggle(sh, arg, &sh->expanded, "Expanded display");
}

/* Runs SQL with the argument in place of %s; `without`: where none is given. */
static void ask(Shell *sh, const char *with, const char *without, Str arg)
{
	StrBuf sql;
	strbuf_init(&sql);
	if (arg.len && with) {
		const char *hole = strstr(with, "%s");
		strbuf_put(&sql, with, (size_t)(hole - with));
		strbuf_put_str(&sql, arg);
		strbuf_puts(&sql, hole + 2);
	} else {
		strbuf_puts(&sql, without);
	}
	shell_query(sh, strbuf_cstr(&sql));
	strbuf_deinit(&sql);
}

/* The same for a pattern of names, psql's (up*) or LIKE's. */
static void ask_like(Shell *sh, const char *with, const char *without, Str pattern)
{
	StrBuf like;
	strbuf_init(&like);
	for (uint32_t i = 0; i < pattern.len; i++) {
		char c = pattern.ptr[i];
		if (c == '\'')
			strbuf_putc(&like, c);
		strbuf_putc(&like, c == '*' ? '%' : c == '?' ? '_' : c);
	}
	ask(sh, with, without, strbuf_str(&like));
	strbuf_deinit(&like);
}

static void on_describe(Shell *sh, Str arg)
{
	ask(sh, "DESCRIBE %s", "SHOW TABLES", arg);
}

static void on_tables(Shell *sh, Str arg)
{
	ask_like(
	    sh,
	    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE "
	    "TABLE' AND table_name ILIKE '%s' ORDER BY 1",
	    "SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = 'public' ORDER BY 1", arg);
}

static void on_views(Shell *sh, Str arg)
{
	(void)arg;
	ask(sh, NULL, "SELECT viewname AS name, definition FROM pg_catalog.pg_views WHERE schemaname = 'public' ORDER BY 1",
	    STR_EMPTY);
}

static void on_materialized(Shell *sh, Str arg)
{
	(void)arg;
	ask(sh, NULL, "SELECT matviewname AS name, definition FROM pg_catalog.pg_matviews ORDER BY 1", STR_EMPTY);
}

static void on_queries(Shell *sh, Str arg)
{
	(void)arg;
	ask(sh, NULL,
	    "SELECT name, state, rows_in, rows_out, late, bad, watermark, lag_records, waits_for, error FROM weir.queries",
	    STR_EMPTY);
}

static void on_functions(Shell *sh, Str arg)
{
	ask_like(sh, "SHOW FUNCTIONS ILIKE '%s'", "SHOW FUNCTIONS", arg);
}

static void on_include(Shell *sh, Str arg)
{
	if (!arg.len || sh->depth >= SHELL_FILES_DEPTH) {
		fprintf(stderr,
		        arg.len ? "weir: files include each other too deeply\n" : "weir: \\i needs the name of a file\n");
		sh->failed++;
		return;
	}
	StrBuf text;
	strbuf_init(&text);
	char *name = mem_cstr(arg);
	if (command_read_file(name, &text)) {
		bool typed = sh->interactive;
		sh->depth++;
		Str rest = strbuf_str(&text), line;
		while (!sh->quit && str_next(&rest, '\n', &line)) {
			char *copy = mem_cstr(line);
			shell_take(sh, copy);
			mem_free(copy);
		}
		shell_finish(sh);
		sh->depth--;
		sh->interactive = typed;
	} else {
		sh->failed++;
	}
	mem_free(name);
	strbuf_deinit(&text);
}

static void on_watch(Shell *sh, Str arg)
{
	double seconds = 2;
	if (arg.len && (!str_to_f64(arg, &seconds) || seconds < 0.01 || seconds > 86400)) {
		fprintf(stderr, "weir: \\watch takes a number of seconds\n");
		return;
	}
	if (!sh->last.len) {
		fprintf(stderr, "weir: there is no statement to repeat\n");
		return;
	}
	char *sql = mem_cstr(strbuf_str(&sh->last));
	atomic_store(&shell_interrupted, false);
	while (!sh->quit && shell_query(sh, sql) && !atomic_load(&shell_interrupted)) {
		int64_t until = clock_mono_us(&clock_real) + (int64_t)(seconds * 1e6);
		while (!atomic_load(&shell_interrupted) && clock_mono_us(&clock_real) < until)
			clock_sleep_us(10000);
		if (atomic_load(&shell_interrupted))
			break;
		putchar('\n');
	}
	mem_free(sql);
}

static void on_again(Shell *sh, Str arg)
{
	(void)arg;
	if (sh->last.len) {
		char *sql = mem_cstr(strbuf_str(&sh->last));
		shell_query(sh, sql);
		mem_free(sql);
	}
}

static const struct {
	const char *name, *args;
	void (*run)(Shell *sh, Str arg);
	const char *doc;
} commands[] = {
    {"?", "", on_help, "this list"},
    {"q", "", on_quit, "ends the shell (also ^D)"},
    {"d", "[NAME]", on_describe, "tables and views; columns of one"},
    {"dt", "[PATTERN]", on_tables, "tables"},
    {"dv", "", on_views, "views"},
    {"dm", "", on_materialized, "materialized views"},
    {"dq", "", on_queries, "running queries: rows, lag, watermark, what they wait for"},
    {"df", "[PATTERN]", on_functions, "functions"},
    {"i", "FILE", on_include, "runs a file"},
    {"g", "", on_again, "runs the last statement again"},
    {"watch", "[SECONDS]", on_watch, "runs it again and again, until ^C"},
    {"x", "[on|off]", on_expanded, "a line for each column"},
    {"timing", "[on|off]", on_timing, "how long statements take"},
};

static void on_help(Shell *sh, Str arg)
{
	(void)sh;
	(void)arg;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		printf("  \\%-7s%-11s %s\n", commands[i].name, commands[i].args, commands[i].doc);
	printf("Statements end with a semicolon. HELP lists them; ^C cancels one; the tabulator completes words.\n");
}

void shell_command(Shell *sh, const char *line)
{
	Str text = str_trim(str_from(line)), word, rest;
	word = str_slice(text, 1, text.len);
	rest = STR_EMPTY;
	for (uint32_t i = 0; i < word.len; i++)
		if (word.ptr[i] == ' ' || word.ptr[i] == '\t') {
			rest = str_trim(str_slice(word, i, word.len));
			word = str_slice(word, 0, i);
			break;
		}
	while (rest.len && rest.ptr[rest.len - 1] == ';')
		rest.len--;
	while (word.len > 1 && word.ptr[word.len - 1] == ';')
		word.len--;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (str_eq_c(word, commands[i].name)) {
			commands[i].run(sh, rest);
			return;
		}
	fprintf(stderr, "weir: unknown command \\%.*s; \\? lists them\n", STR_ARG(word));
	sh->failed++;
}
