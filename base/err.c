/*
 * base/err.c: filling and finding errors.
 *
 * The one idea: texts are made in a local buffer and then copied, so that an error may be wrapped
 * around its own old text. A text that is too long is cut between two characters.
 */
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
		} else if (str_begins_char(text[i])) {
			place.column++;
		}
	}
	/* An offset inside a character is that character's place. */
	if (offset < text_len && !str_begins_char(text[offset]) && place.column > 1)
		place.column--;
	place.line_end = place.line_begin;
	while (place.line_end < text_len && text[place.line_end] != '\n')
		place.line_end++;
	if (place.line_end > place.line_begin && text[place.line_end - 1] == '\r')
		place.line_end--;
	return place;
}
