/*
 * base/err.c: filling, finding and printing errors.
 *
 * The one idea: texts are made in a local buffer and then copied, so that an error may be wrapped
 * around its own old text. A text that is too long is cut between two characters.
 */
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "base/str.h"

typedef struct ErrInfo {
	ErrCode code;
	const char *sqlstate;
	const char *title;
	const char *explanation;
} ErrInfo;

static const ErrInfo err_infos[] = {
#define ERRCODE(name, number, sqlstate, title, explanation) {ERR_##name, sqlstate, title, explanation},
#include "base/errcodes.def"
#undef ERRCODE
};

enum {
	ERR_INFOS = sizeof err_infos / sizeof err_infos[0],
	ERR_TEXT = sizeof((Err *)NULL)->message,
	/* Characters shown before and behind the caret of a long line. */
	ERR_CONTEXT = 80,
};
_Static_assert(sizeof((Err *)NULL)->detail == ERR_TEXT && sizeof((Err *)NULL)->hint == ERR_TEXT,
               "the texts of an error are of one size");

static void err_format(char text[ERR_TEXT], const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
static void err_format(char text[ERR_TEXT], const char *fmt, va_list args)
{
	char local[ERR_TEXT];
	int n = vsnprintf(local, sizeof local, fmt, args);
	size_t len = n < 0 ? 0 : (size_t)n;
	if (len >= sizeof local)
		len = str_utf8_cut(local, sizeof local - 1);
	memcpy(text, local, len);
	text[len] = '\0';
}

static void err_set_v(Err *err, ErrCode code, Span span, const char *fmt, va_list args)
    __attribute__((format(printf, 4, 0)));
static void err_set_v(Err *err, ErrCode code, Span span, const char *fmt, va_list args)
{
	char message[ERR_TEXT];
	err_format(message, fmt, args);
	err_clear(err);
	err->code = code;
	err->span = span;
	memcpy(err->message, message, strlen(message) + 1);
}

bool err_set(Err *err, ErrCode code, const char *fmt, ...)
{
	if (err == NULL)
		return false;
	va_list args;
	va_start(args, fmt);
	err_set_v(err, code, (Span){0, 0}, fmt, args);
	va_end(args);
	return false;
}

bool err_set_at(Err *err, ErrCode code, Span span, const char *fmt, ...)
{
	if (err == NULL)
		return false;
	va_list args;
	va_start(args, fmt);
	err_set_v(err, code, span, fmt, args);
	va_end(args);
	return false;
}

bool err_detail(Err *err, const char *fmt, ...)
{
	if (err == NULL)
		return false;
	va_list args;
	va_start(args, fmt);
	err_format(err->detail, fmt, args);
	va_end(args);
	return false;
}

bool err_hint(Err *err, const char *fmt, ...)
{
	if (err == NULL)
		return false;
	va_list args;
	va_start(args, fmt);
	err_format(err->hint, fmt, args);
	va_end(args);
	return false;
}

void err_clear(Err *err)
{
	err->code = ERR_OK;
	err->flags = 0;
	err->span = (Span){0, 0};
	err->message[0] = '\0';
	err->detail[0] = '\0';
	err->hint[0] = '\0';
}

static const ErrInfo *err_info(ErrCode code)
{
	static const ErrInfo unknown = {ERR_OK, "", "", ""};
	for (size_t i = 0; i < ERR_INFOS; i++)
		if (err_infos[i].code == code)
			return &err_infos[i];
	return &unknown;
}

const char *err_sqlstate(ErrCode code)
{
	return err_info(code)->sqlstate;
}

const char *err_title(ErrCode code)
{
	return err_info(code)->title;
}

const char *err_explanation(ErrCode code)
{
	return err_info(code)->explanation;
}

bool err_code_find(const char *text, ErrCode *code)
{
	if (text[0] == 'W' || text[0] == 'w')
		text++;
	int64_t number;
	if (strlen(text) != 4 || text[0] < '0' || text[0] > '9' || !str_to_i64(str_from(text), &number))
		return false;
	const ErrInfo *info = err_info((ErrCode)number);
	if (info->code == ERR_OK)
		return false;
	*code = info->code;
	return true;
}

bool err_code_at(size_t index, ErrCode *code)
{
	if (index >= ERR_INFOS)
		return false;
	*code = err_infos[index].code;
	return true;
}

static bool err_begins_char(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

ErrPlace err_place(const char *text, size_t text_len, uint32_t offset)
{
	if (text_len > UINT32_MAX)
		text_len = UINT32_MAX;
	if (offset > text_len)
		offset = (uint32_t)text_len;
	ErrPlace place = {.line = 1, .column = 1};
	for (uint32_t i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			place.line++;
			place.column = 1;
			place.line_begin = i + 1;
		} else if (err_begins_char(text[i])) {
			place.column++;
		}
	}
	/* An offset inside a character is that character's place. */
	if (offset < text_len && !err_begins_char(text[offset]) && place.column > 1)
		place.column--;
	place.line_end = place.line_begin;
	while (place.line_end < text_len && text[place.line_end] != '\n')
		place.line_end++;
	if (place.line_end > place.line_begin && text[place.line_end - 1] == '\r')
		place.line_end--;
	return place;
}

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
			seen += err_begins_char(line.ptr[at]);
		for (; at < secret.end; at++)
			hidden += err_begins_char(line.ptr[at]);
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
	uint32_t first = place.column > ERR_CONTEXT ? place.column - ERR_CONTEXT : 1;
	uint32_t last = place.column + ERR_CONTEXT;
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
		if (err_begins_char(c))
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
		if (column < place.column && err_begins_char(c))
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

void err_assert_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "weir: %s:%d: assertion failed: %s\n", file, line, what);
	abort();
}
