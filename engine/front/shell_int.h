/*
 * engine/front/shell_int.h: what the files of the shell share.
 *
 *   shell.c          life: an engine of its own, or a running one; the loop    shell_line.c     typing: libedit,
 * history shell_query.c    sends SQL, takes rows one by one, cancels                 shell_complete.c words for the
 * tabulator shell_print.c    rows as tables                                            shell_command.c  \d, \timing,
 * \watch ...
 */
#ifndef WEIR_ENGINE_FRONT_SHELL_INT_H
#define WEIR_ENGINE_FRONT_SHELL_INT_H

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/arena.h"
#include "sql/plan/plan.h"

typedef struct ShellLine ShellLine;
typedef struct ShellPrint ShellPrint;

typedef struct Shell {
	PGconn *conn;
	bool interactive; /* somebody types */
	bool timing, expanded, quit;
	int failed; /* statements */
	ShellLine *line;
	ShellPrint *print;
	StrBuf text;    /* the statement being typed */
	StrBuf last;    /* sent last: for \watch, \g */
	uint32_t depth; /* of \i */
} Shell;

enum { SHELL_FILES_DEPTH = 16 };

/* shell.c */
extern atomic_bool shell_interrupted; /* ^C was typed while something ran */
/* Takes one line; runs what is complete. */
void shell_take(Shell *sh, const char *line);
/* Runs what is left without a semicolon, at the end of a file. */
void shell_finish(Shell *sh);

/* shell_line.c */
ShellLine *shell_line_open(Shell *sh);
void shell_line_close(ShellLine *l);
typedef enum ShellTyped { SHELL_LINE, SHELL_CANCELED, SHELL_END } ShellTyped;
/* The next line, without its newline, valid until the next call. */
ShellTyped shell_line_read(ShellLine *l, bool continued, const char **out);
void shell_line_remember(ShellLine *l, Str statement);
uint32_t shell_line_width(void); /* of the terminal; 0: none */

/* shell_complete.c: candidates for the word that begins so; sorted, each once. In the arena. */
uint32_t shell_complete(Shell *sh, Str word, Arena *arena, Str **out);

/* shell_query.c: false: it failed, or was cancelled. */
bool shell_query(Shell *sh, const char *sql);
/* Results of a question of the shell's own; NULL: failed. */
PGresult *shell_query_quiet(Shell *sh, const char *sql);
void shell_query_cancel(void); /* Signal handler */

/* shell_print.c: rows as they come. */
ShellPrint *shell_print_open(void);
void shell_print_close(ShellPrint *p);
void shell_print_begin(ShellPrint *p, const PGresult *res, bool expanded, uint32_t width);
void shell_print_row(ShellPrint *p, const PGresult *res, int row);
uint32_t shell_print_pending(const ShellPrint *p);
/* Prints what has come since; the header with the first. last: the result ends. */
void shell_print_flush(ShellPrint *p, bool last);
void shell_print_error(const PGresult *res, const char *sql);

/* shell_command.c: a line that begins with a backslash. */
void shell_command(Shell *sh, const char *line);

#endif
