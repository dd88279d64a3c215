/*
 * base/err.h: the error object that every function that can fail fills in.
 *
 * A function that can fail returns bool and takes `Err *err` last; false means
 * that err holds the reason. An error says where (span in the statement, or the
 * origin of a row in `detail`), why (message) and what to do (hint).
 *
 * Codes are stable and printed as W1204; the list with the SQLSTATE and a longer
 * explanation of each is base/errcodes.def, the only place that knows them.
 */
#ifndef WEIR_BASE_ERR_H
#define WEIR_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/assert.h"

/* Byte offsets [begin, end) in the text of a statement; begin == end == 0: no place known. */
typedef struct Span {
	uint32_t begin;
	uint32_t end;
} Span;

typedef enum ErrCode {
	ERR_OK = 0,
#define ERRCODE(name, number, sqlstate, title, explanation) ERR_##name = number,
#include "base/errcodes.def"
#undef ERRCODE
} ErrCode;

enum {
	ERR_RETRIABLE = 1, /* an outage: the same call may go through later */
	ERR_FATAL = 2,     /* the engine must stop (e.g. a failed fsync) */
};

typedef struct Err {
	ErrCode code;
	unsigned flags;
	Span span;
	char message[512]; /* starts lower case, no full stop; names the thing in double quotes */
	char detail[512];  /* "" or more facts: the origin of a row, the server's words */
	char hint[512];    /* "" or the cure: a full sentence */
} Err;

/* Fills err (dropping what it held) and returns false, so that `return err_set(...)` reads well.
 * err may be NULL: then only false is returned. Any thread. */
bool err_set(Err *err, ErrCode code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool err_set_at(Err *err, ErrCode code, Span span, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Add a detail or a hint to an error that is set; return false. */
bool err_detail(Err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool err_hint(Err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void err_clear(Err *err);

/* The facts of errcodes.def; "" for an unknown code. err_code_find takes "W1204", "w1204" or "1204". */
const char *err_sqlstate(ErrCode code);
const char *err_title(ErrCode code);
const char *err_explanation(ErrCode code);
bool err_code_find(const char *text, ErrCode *code);
/* Iteration over all codes, for documentation: index from 0; false past the end. */
bool err_code_at(size_t index, ErrCode *code);

/* Line and column (from 1, in characters) of a byte offset in text. */
typedef struct ErrPlace {
	uint32_t line;
	uint32_t column;
	uint32_t line_begin; /* byte offsets of the line in the text, without its newline */
	uint32_t line_end;
} ErrPlace;
ErrPlace err_place(const char *text, size_t text_len, uint32_t offset);

struct StrBuf;
/* Writes the error as people read it: "ERROR W1204: message", the line of `text` with a caret
 * (when text is not NULL and the span is known), DETAIL and HINT. `file` may be NULL; `first_line`
 * is the line number of the text's first line in that file (1 if it is the whole). */
void err_print(const Err *err, const char *file, uint32_t first_line, const char *text, size_t text_len,
               struct StrBuf *out);

#endif
