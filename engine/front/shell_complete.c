/*
 * engine/front/shell_complete.c: words for the tabulator: keywords, relations, columns, functions, the shell's
 * commands.
 */
#include "engine/front/shell_int.h"

#include <stdlib.h>

#include "parser/keywords.h"
#include "sql/functions/aggregate.h"
#include "sql/functions/function.h"

enum { COMPLETE_MAX = 500 };

typedef struct Words {
	Arena *arena;
	Str prefix;
	Str *items;
	uint32_t len, cap;
} Words;

static const char *const commands[] = {"\\?",  "\\d", "\\dt", "\\dv",     "\\dm",    "\\dq",
                                       "\\df", "\\i", "\\q",  "\\timing", "\\watch", "\\x"};

static void add(Words *w, Str word)
{
	if (w->len < COMPLETE_MAX && word.len > w->prefix.len && str_starts_nocase(word, w->prefix))
		ARENA_PUSH(w->arena, w, arena_str(w->arena, word));
}

/* Typed in lower case, words of the language come in lower case. */
static void add_cased(Words *w, const char *word)
{
	bool lower = w->prefix.len && w->prefix.ptr[0] >= 'a' && w->prefix.ptr[0] <= 'z';
	char *copy = arena_cstr(w->arena, str_from(word));
	for (char *p = copy; lower && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	add(w, str_from(copy));
}

static void add_names(Words *w, Shell *sh, const char *sql)
{
	PGresult *res = shell_query_quiet(sh, sql);
	for (int i = 0; i < PQntuples(res); i++) {
		add(w, str_from(PQgetvalue(res, i, 1)));
		if (strcmp(PQgetvalue(res, i, 0), "public") != 0)
			add(w, arena_printf(w->arena, "%s.%s", PQgetvalue(res, i, 0), PQgetvalue(res, i, 1)));
	}
	PQclear(res);
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const Str *)a, *(const Str *)b);
}

uint32_t shell_complete(Shell *sh, Str word, Arena *arena, Str **out)
{
	Words w = {.arena = arena, .prefix = word};
	if (word.len && word.ptr[0] == '\\') {
		for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
			add(&w, str_from(commands[i]));
	} else if (word.len) {
		for (int k = 1; k < KEYWORDS; k++)
			add_cased(&w, keywords_text((Keyword)k));
		const Function *f;
		for (uint32_t i = 0; (f = function_at(i)); i++)
			if (!(f->flags & FN_HIDDEN))
				add_cased(&w, f->name);
		const Aggregate *a;
		for (uint32_t i = 0; (a = aggregate_at(i)); i++)
			if (!(a->flags & FN_HIDDEN))
				add_cased(&w, a->name);
	}
	if (PQtransactionStatus(sh->conn) == PQTRANS_IDLE && (!word.len || word.ptr[0] != '\\')) {
		add_names(
		    &w, sh,
		    "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'weir')");
		if (word.len)
			add_names(&w, sh,
			          "SELECT 'public', column_name FROM information_schema.columns WHERE table_schema = 'public'");
	}
	if (w.len)
		qsort(w.items, w.len, sizeof *w.items, by_text);
	uint32_t n = 0;
	for (uint32_t i = 0; i < w.len; i++)
		if (!n || !str_eq(w.items[i], w.items[n - 1]))
			w.items[n++] = w.items[i];
	*out = w.items;
	return n;
}
