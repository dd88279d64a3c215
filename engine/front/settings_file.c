/*
 * engine/front/settings_file.c: the settings of --config FILE.
 *
 * A line is a setting, a comment or blank. A setting is `name = value`; name and value may stand in single quotes, SET
 * before and a semicolon behind them are allowed, so that lines of a file of SQL can be moved here. A value without
 * quotes ends at the end of the line, or at a comment.
 */
#include "engine/front/settings_file.h"

#include <stdio.h>

#include "base/map.h"
#include "parser/expand.h"

typedef struct Line {
	Str text;     /* of the file */
	uint32_t at;  /* where we are in it */
	uint32_t end; /* of the line */
	Arena *arena;
	Err *err;
} Line;

static bool fail(Line *l, uint32_t begin, uint32_t end, const char *what, const char *hint)
{
	err_set_at(l->err, ERR_SYNTAX, (Span){begin, end > begin ? end : begin + 1}, "%s", what);
	return err_hint(l->err, "%s", hint);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(Line *l)
{
	while (l->at < l->end && is_blank(l->text.ptr[l->at]))
		l->at++;
}

static bool at_comment(const Line *l)
{
	const char *p = l->text.ptr + l->at;
	return l->at < l->end && (*p == '#' || (*p == '-' && l->at + 1 < l->end && p[1] == '-'));
}

static bool at_end(const Line *l)
{
	return l->at == l->end || at_comment(l);
}

/* 'text', a quote in it doubled. */
static bool take_quoted(Line *l, Str *out, Span *span)
{
	StrBuf b;
	strbuf_init(&b);
	span->begin = l->at++;
	bool closed = false;
	while (l->at < l->end && !closed) {
		char c = l->text.ptr[l->at++];
		if (c != '\'')
			strbuf_putc(&b, c);
		else if (l->at < l->end && l->text.ptr[l->at] == '\'')
			strbuf_putc(&b, l->text.ptr[l->at++]);
		else
			closed = true;
	}
	span->end = l->at;
	*out = arena_str(l->arena, strbuf_str(&b));
	strbuf_deinit(&b);
	return closed || fail(l, span->begin, span->end, "the quote has no end in its line",
	                      "A setting is one line; a quote in a value is written twice.");
}

static Str take_word(Line *l, Span *span)
{
	span->begin = l->at;
	while (l->at < l->end && !is_blank(l->text.ptr[l->at]) && l->text.ptr[l->at] != '=')
		l->at++;
	span->end = l->at;
	return str_slice(l->text, span->begin, span->end - span->begin);
}

static bool take_name(Line *l, Str *name, Span *span)
{
	if (l->text.ptr[l->at] == '\'')
		return take_quoted(l, name, span);
	*name = take_word(l, span);
	Line before = *l;
	skip_blanks(l);
	if (str_eq_nocase(*name, STR("SET")) && !at_end(l) && l->text.ptr[l->at] != '=') {
		if (l->text.ptr[l->at] == '\'')
			return take_quoted(l, name, span);
		*name = take_word(l, span);
	} else {
		*l = before;
	}
	return true;
}

/* = or TO */
static bool take_equals(Line *l)
{
	skip_blanks(l);
	if (l->at < l->end && l->text.ptr[l->at] == '=') {
		l->at++;
		return true;
	}
	uint32_t begin = l->at;
	Span span;
	if (str_eq_nocase(take_word(l, &span), STR("TO")))
		return true;
	return fail(l, begin, l->end, "a setting is written name = value",
	            "For example: weir.memory = 1 GB. Comments begin with # or --.");
}

static bool take_value(Line *l, Str *value, Span *span)
{
	skip_blanks(l);
	if (at_end(l) || l->text.ptr[l->at] == ';')
		return fail(l, l->at ? l->at - 1 : 0, l->at, "the setting has no value",
		            "An empty value is written ''; put # before a line that is not to count.");
	if (l->text.ptr[l->at] == '\'') {
		if (!take_quoted(l, value, span))
			return false;
		skip_blanks(l);
		if (l->at < l->end && l->text.ptr[l->at] == ';')
			l->at++;
		skip_blanks(l);
		return at_end(l) || fail(l, l->at, l->end, "there is more behind the value",
		                         "A setting is one line, and a line is one setting.");
	}
	span->begin = l->at;
	while (l->at < l->end && !(at_comment(l) && is_blank(l->text.ptr[l->at - 1])))
		l->at++;
	*value = str_trim(str_slice(l->text, span->begin, l->at - span->begin));
	if (value->len && value->ptr[value->len - 1] == ';')
		*value = str_trim(str_slice(*value, 0, value->len - 1));
	span->end = span->begin + value->len;
	return true;
}

static bool apply_line(Settings *s, const char *name, uint32_t number, Line *l, Map *seen, bool *no_effect)
{
	Str key = STR_EMPTY, value = STR_EMPTY;
	Span key_span = {0}, value_span = {0};
	if (!take_name(l, &key, &key_span) || !take_equals(l) || !take_value(l, &value, &value_span) ||
	    !expand_text(l->arena, &expand_environment, value, value_span, &value, l->err))
		return false;
	const SettingDef *d = settings_find(key);
	Str known = d && d->name[strlen(d->name) - 1] != '*' ? str_from(d->name) : arena_str(l->arena, key);
	const char *before = map_get(seen, known);
	if (before) {
		err_set_at(l->err, ERR_BAD_OPTION, key_span, "\"%.*s\" is set twice", STR_ARG(key));
		return err_hint(l->err, "It is set at %s too; keep one of the two.", before);
	}
	Str origin = arena_printf(l->arena, "%s:%u", name, number);
	map_put(seen, known, (void *)(uintptr_t)origin.ptr);
	if (settings_start(s, key, value, origin.ptr, no_effect, l->err))
		return true;
	l->err->span = d ? value_span : key_span;
	return false;
}

bool settings_file_apply(Settings *s, const char *name, Str text, StrBuf *errors)
{
	Arena *arena = arena_open("settings", 0);
	Map seen;
	map_init(&seen);
	bool ok = true;
	uint32_t at = str_starts(text, STR("\xef\xbb\xbf")) ? 3 : 0;
	for (uint32_t number = 1; at < text.len; number++) {
		int64_t newline = str_find(text, STR("\n"), at);
		uint32_t end = newline < 0 ? text.len : (uint32_t)newline;
		Err err = {0};
		Line l = {.text = text, .at = at, .end = end, .arena = arena, .err = &err};
		at = end + 1;
		skip_blanks(&l);
		if (at_end(&l))
			continue;
		uint32_t begin = l.at;
		bool no_effect = false;
		if (!apply_line(s, name, number, &l, &seen, &no_effect)) {
			err_print(&err, name, 1, text.ptr, text.len, errors);
			ok = false;
		} else if (no_effect) {
			Str line = str_trim(str_slice(text, begin, end - begin));
			strbuf_printf(errors, "%s:%u: NOTICE: %.*s is accepted, and has no effect here\n", name, number,
			              STR_ARG(line));
		}
	}
	map_deinit(&seen);
	arena_close(arena);
	return ok;
}
