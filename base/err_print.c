/*
 * base/err_print.c: an error as people read it, with the line of the statement and a caret.
 */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

#include "base/config.h"
#include "base/str.h"

/* Characters shown before and behind the caret of a long line. */
enum { ERR_PRINT_CONTEXT = 80 };

/* The line with its secrets as ***; *column stays at its character. */
static void err_put_shown(Str line, uint32_t *column, StrBuf *out)
{
	uint32_t at = 0, seen = 0, caret = *column;
	Span secret;
	while (config_secret_literal(line, at, &secret)) {
		strbuf_put_str(out, str_slice(line, at, secret.begin - at));
		strbuf_puts(out, "***");
		uint32_t hidden = 0;
		for (; at < secret.begin; at++)
			seen += str_begins_char(line.ptr[at]);
		for (; at < secret.end; at++)
			hidden += str_begins_char(line.ptr[at]);
		if (*column > seen + hidden)
			caret = caret + 3 - hidden;
		else if (*column > seen)
			caret = caret - (*column - seen) + 1;
		seen += hidden;
	}
	strbuf_put_str(out, str_slice(line, at, line.len));
	*column = caret;
}

/* Writes the line with a caret below the place's column, of a long line what is near the caret:
 *   LINE 3: ...a, b FROM orders o JOIN payments p...
 *                        ^
 * Secrets in it are ***: it may go to a log.
 */
static void err_print_line(const char *text, ErrPlace place, uint32_t line, StrBuf *out)
{
	StrBuf shown;
	strbuf_init(&shown);
	err_put_shown(str_make(text + place.line_begin, place.line_end - place.line_begin), &place.column, &shown);
	uint32_t first = place.column > ERR_PRINT_CONTEXT ? place.column - ERR_PRINT_CONTEXT : 1;
	uint32_t last = place.column + ERR_PRINT_CONTEXT;
	StrBuf pad;
	strbuf_init(&pad);
	strbuf_printf(&pad, "LINE %u: %s", line, first > 1 ? "..." : "");
	strbuf_put(out, pad.ptr, pad.len);
	size_t indent = pad.len;
	strbuf_clear(&pad);
	strbuf_fill(&pad, ' ', indent);

	uint32_t column = 0;
	for (uint32_t i = 0; i < shown.len; i++) {
		char c = shown.ptr[i];
		if (str_begins_char(c))
			column++;
		if (column > last) {
			strbuf_puts(out, "...");
			break;
		}
		if (column < first)
			continue;
		bool is_control = (c >= 0 && c < ' ' && c != '\t') || c == 0x7f;
		strbuf_putc(out, is_control ? ' ' : c);
		/* A tab above a tab keeps the caret below its character. */
		if (column < place.column && str_begins_char(c))
			strbuf_putc(&pad, c == '\t' ? '\t' : ' ');
	}
	strbuf_putc(out, '\n');
	strbuf_put(out, pad.ptr, pad.len);
	strbuf_puts(out, "^\n");
	strbuf_deinit(&pad);
	strbuf_deinit(&shown);
}

void err_print(const Err *err, const char *file, uint32_t first_line, const char *text, size_t text_len, StrBuf *out)
{
	bool has_place = text != NULL && (err->span.begin != 0 || err->span.end != 0);
	ErrPlace place = {.line = 1};
	if (has_place)
		place = err_place(text, text_len, err->span.begin);
	uint32_t line = (first_line > 0 ? first_line : 1) + place.line - 1;

	if (file != NULL && has_place)
		strbuf_printf(out, "%s:%u:%u: ", file, line, place.column);
	else if (file != NULL)
		strbuf_printf(out, "%s:%u: ", file, line);
	strbuf_printf(out, "ERROR W%04d: %s\n", (int)err->code, err->message);
	if (has_place)
		err_print_line(text, place, line, out);
	if (err->detail[0] != '\0')
		strbuf_printf(out, "DETAIL: %s\n", err->detail);
	if (err->hint[0] != '\0')
		strbuf_printf(out, "HINT: %s\n", err->hint);
}
