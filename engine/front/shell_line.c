/*
 * engine/front/shell_line.c: typing: libedit, with history and completion.
 *
 * While a line is typed, ^C is a character that throws the line away; while something runs, it is the signal that
 * cancels it.
 */
#include "engine/front/shell_int.h"

#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum { HISTORY_MAX = 2000 };

struct ShellLine {
	Shell *shell;
	EditLine *el;
	History *history;
	char *file;
	bool continued, canceled;
	StrBuf line;
};

static char *prompt(EditLine *el)
{
	static char first[] = "weir> ", next[] = "  ..> ";
	ShellLine *l;
	el_get(el, EL_CLIENTDATA, &l);
	return l->continued ? next : first;
}

static unsigned char on_cancel(EditLine *el, int ch)
{
	(void)ch;
	ShellLine *l;
	el_get(el, EL_CLIENTDATA, &l);
	l->canceled = true;
	fputs("^C", stdout);
	fflush(stdout);
	return CC_NEWLINE;
}

static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
	       c == '\\' || c == '?' || (c & 0x80);
}

static void list_words(const Str *words, uint32_t n)
{
	uint32_t width = 0, screen = shell_line_width();
	for (uint32_t i = 0; i < n; i++)
		if (words[i].len + 2 > width)
			width = words[i].len + 2;
	uint32_t columns = screen > width ? screen / width : 1;
	putchar('\n');
	for (uint32_t i = 0; i < n; i++)
		printf("%-*.*s%s", (int)width, STR_ARG(words[i]), (i + 1) % columns == 0 || i + 1 == n ? "\n" : "");
	fflush(stdout);
}

static unsigned char on_complete(EditLine *el, int ch)
{
	(void)ch;
	ShellLine *l;
	el_get(el, EL_CLIENTDATA, &l);
	const LineInfo *info = el_line(el);
	const char *begin = info->cursor;
	while (begin > info->buffer && in_word(begin[-1]))
		begin--;
	Str word = str_make(begin, (size_t)(info->cursor - begin)), *words;
	Arena *arena = arena_open("completion", 0);
	uint32_t n = shell_complete(l->shell, word, arena, &words);
	uint32_t common = n ? words[0].len : 0;
	for (uint32_t i = 1; i < n; i++)
		for (uint32_t k = 0; k < common; k++)
			if (k >= words[i].len || words[i].ptr[k] != words[0].ptr[k])
				common = k;
	unsigned char answer = CC_ERROR;
	if (common > word.len) {
		StrBuf more;
		strbuf_init(&more);
		strbuf_put(&more, words[0].ptr + word.len, common - word.len);
		strbuf_puts(&more, n == 1 ? " " : "");
		if (el_insertstr(el, strbuf_cstr(&more)) == 0)
			answer = CC_REFRESH;
		strbuf_deinit(&more);
	} else if (n > 1) {
		list_words(words, n);
		answer = CC_REDISPLAY;
	}
	arena_close(arena);
	return answer;
}

static void open_history(ShellLine *l)
{
	HistEvent ev;
	l->history = history_init();
	history(l->history, &ev, H_SETSIZE, HISTORY_MAX);
	history(l->history, &ev, H_SETUNIQUE, 1);
	const char *named = getenv("WEIR_HISTORY"), *home = getenv("HOME");
	StrBuf path;
	strbuf_init(&path);
	if (named)
		strbuf_puts(&path, named);
	else if (home && *home)
		strbuf_printf(&path, "%s/.weir_history", home);
	if (path.len) {
		l->file = mem_cstr(strbuf_str(&path));
		history(l->history, &ev, H_LOAD, l->file);
	}
	strbuf_deinit(&path);
}

ShellLine *shell_line_open(Shell *sh)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	ShellLine *l = MEM_NEW(ShellLine);
	l->shell = sh;
	strbuf_init(&l->line);
	open_history(l);
	l->el = el_init("weir", stdin, stdout, stderr);
	el_set(l->el, EL_CLIENTDATA, l);
	el_set(l->el, EL_PROMPT, prompt);
	el_set(l->el, EL_EDITOR, "emacs");
	el_set(l->el, EL_HIST, history, l->history);
	el_set(l->el, EL_ADDFN, "weir-complete", "completes a word", on_complete);
	el_set(l->el, EL_BIND, "^I", "weir-complete", NULL);
	el_set(l->el, EL_ADDFN, "weir-cancel", "throws the line away", on_cancel);
	el_set(l->el, EL_SETTY, "-d", "-isig", NULL);
	el_set(l->el, EL_BIND, "^C", "weir-cancel", NULL);
	el_set(l->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
	el_source(l->el, NULL);
	return l;
}

void shell_line_close(ShellLine *l)
{
	if (!l)
		return;
	HistEvent ev;
	if (l->file) {
		mode_t mask = umask(0077);
		history(l->history, &ev, H_SAVE, l->file);
		umask(mask);
	}
	el_end(l->el);
	history_end(l->history);
	mem_free(l->file);
	strbuf_deinit(&l->line);
	mem_free(l);
}

ShellTyped shell_line_read(ShellLine *l, bool continued, const char **out)
{
	l->continued = continued;
	l->canceled = false;
	int n = 0;
	const char *text = el_gets(l->el, &n);
	if (l->canceled) {
		putchar('\n');
		return SHELL_CANCELED;
	}
	if (!text || n <= 0) {
		putchar('\n');
		return SHELL_END;
	}
	strbuf_clear(&l->line);
	strbuf_put(&l->line, text, (size_t)n);
	while (l->line.len && (l->line.ptr[l->line.len - 1] == '\n' || l->line.ptr[l->line.len - 1] == '\r'))
		l->line.ptr[--l->line.len] = 0;
	*out = strbuf_cstr(&l->line);
	return SHELL_LINE;
}

void shell_line_remember(ShellLine *l, Str statement)
{
	if (!l || !statement.len)
		return;
	/* One line an entry, unless a comment would swallow what follows it. */
	char *copy = mem_cstr(statement);
	bool comment = strstr(copy, "--") || strstr(copy, "//");
	for (char *p = copy; *p && !comment; p++)
		if (*p == '\n')
			*p = ' ';
	HistEvent ev;
	history(l->history, &ev, H_ENTER, copy);
	mem_free(copy);
}

uint32_t shell_line_width(void)
{
	struct winsize size;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return 0;
	return size.ws_col;
}
