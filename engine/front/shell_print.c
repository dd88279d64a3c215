/*
 * engine/front/shell_print.c: rows as tables that fit the screen.
 *
 * The first rows give the widths of the columns; those that come later (of large results and followed queries) are
 * printed below with the same widths.
 */
#include "engine/front/shell_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "engine/connectors/stdout_text.h"
#include "engine/front/pgwire_types.h"
#include "engine/front/render.h"

struct ShellPrint {
	Arena *arena; /* of the result: columns */
	Arena *rows;  /* of what is not printed yet */
	PlanCol *cols;
	uint32_t ncols;
	uint32_t width;
	bool expanded, header_done;
	uint32_t *widths;
	Str *cells;
	uint32_t nrows, cap;
	uint64_t printed;
};

ShellPrint *shell_print_open(void)
{
	ShellPrint *p = MEM_NEW(ShellPrint);
	p->arena = arena_open("shell result", 0);
	p->rows = arena_open("shell rows", 0);
	return p;
}

void shell_print_close(ShellPrint *p)
{
	arena_close(p->arena);
	arena_close(p->rows);
	mem_free(p);
}

static void forget_rows(ShellPrint *p)
{
	arena_reset(p->rows);
	p->cells = NULL;
	p->nrows = p->cap = 0;
}

void shell_print_begin(ShellPrint *p, const PGresult *res, bool expanded, uint32_t width)
{
	arena_reset(p->arena);
	forget_rows(p);
	p->ncols = (uint32_t)PQnfields(res);
	p->cols = ARENA_ARRAY_ZERO(p->arena, PlanCol, p->ncols + 1);
	p->widths = ARENA_ARRAY_ZERO(p->arena, uint32_t, p->ncols + 1);
	for (uint32_t i = 0; i < p->ncols; i++) {
		const Type *type = NULL;
		p->cols[i].name = arena_str(p->arena, str_from(PQfname(res, (int)i)));
		pgwire_types_declared(PQftype(res, (int)i), p->arena, &type);
		p->cols[i].type = type ? type : &type_string;
	}
	p->expanded = expanded;
	p->width = width;
	p->header_done = false;
	p->printed = 0;
}

void shell_print_row(ShellPrint *p, const PGresult *res, int row)
{
	if (p->nrows == p->cap) {
		uint32_t cap = p->cap ? p->cap * 2 : 64;
		p->cells = arena_grow(p->rows, p->cells, (size_t)p->nrows * p->ncols * sizeof *p->cells,
		                      (size_t)cap * p->ncols * sizeof *p->cells);
		p->cap = cap;
	}
	for (uint32_t i = 0; i < p->ncols; i++) {
		Str s = {0};
		if (!PQgetisnull(res, row, (int)i))
			s = arena_str(p->rows, str_make(PQgetvalue(res, row, (int)i), (size_t)PQgetlength(res, row, (int)i)));
		p->cells[(size_t)p->nrows * p->ncols + i] = s;
	}
	p->nrows++;
}

uint32_t shell_print_pending(const ShellPrint *p)
{
	return p->nrows;
}

/* The rule below the header tells the widths: "-----+-----". */
static void learn_widths(ShellPrint *p, Str table)
{
	Str rest = table, line;
	if (!str_next(&rest, '\n', &line) || !str_next(&rest, '\n', &line))
		return;
	Str part;
	for (uint32_t c = 0; c < p->ncols && str_next(&line, '+', &part); c++)
		p->widths[c] = part.len > 2 ? part.len - 2 : 0;
}

static void print_below(ShellPrint *p, StrBuf *out)
{
	for (uint32_t i = 0; i < p->nrows; i++) {
		for (uint32_t c = 0; c < p->ncols; c++) {
			Str s = p->cells[(size_t)i * p->ncols + c];
			if (!s.ptr)
				s = STR("NULL");
			uint32_t w = stdout_text_width(s), gap = w < p->widths[c] ? p->widths[c] - w : 0;
			bool right = type_is_numeric(p->cols[c].type);
			strbuf_puts(out, c ? " | " : " ");
			strbuf_fill(out, ' ', right ? gap : 0);
			for (uint32_t k = 0; k < s.len; k++)
				strbuf_putc(out, (unsigned char)s.ptr[k] < 32 ? ' ' : s.ptr[k]);
			strbuf_fill(out, ' ', right || c + 1 == p->ncols ? 0 : gap);
		}
		strbuf_putc(out, '\n');
	}
}

static void print_expanded(ShellPrint *p, StrBuf *out)
{
	uint32_t widest = 0;
	for (uint32_t c = 0; c < p->ncols; c++)
		if (stdout_text_width(p->cols[c].name) > widest)
			widest = stdout_text_width(p->cols[c].name);
	for (uint32_t i = 0; i < p->nrows; i++) {
		strbuf_printf(out, "-[ row %llu ]", (unsigned long long)(p->printed + i + 1));
		strbuf_fill(out, '-', widest);
		strbuf_putc(out, '\n');
		for (uint32_t c = 0; c < p->ncols; c++) {
			Str s = p->cells[(size_t)i * p->ncols + c];
			strbuf_put_str(out, p->cols[c].name);
			strbuf_fill(out, ' ', widest - stdout_text_width(p->cols[c].name));
			strbuf_printf(out, " | %.*s\n", STR_ARG(s.ptr ? s : STR("NULL")));
		}
	}
}

void shell_print_flush(ShellPrint *p, bool last)
{
	StrBuf out;
	strbuf_init(&out);
	if (p->expanded) {
		print_expanded(p, &out);
	} else if (!p->header_done && (p->nrows || last) && p->ncols) {
		render_table(p->cols, p->ncols, p->cells, p->nrows, p->width, &out);
		learn_widths(p, strbuf_str(&out));
		p->header_done = true;
	} else if (p->nrows) {
		print_below(p, &out);
	}
	p->printed += p->nrows;
	forget_rows(p);
	if (last)
		strbuf_printf(&out, "(%llu row%s)\n", (unsigned long long)p->printed, p->printed == 1 ? "" : "s");
	fwrite(out.ptr, 1, out.len, stdout);
	fflush(stdout);
	strbuf_deinit(&out);
}

/* ---- errors ---- */

static void copy_field(const PGresult *res, int field, char *out, size_t size)
{
	const char *s = PQresultErrorField(res, field);
	snprintf(out, size, "%s", s ? s : "");
}

/* The server counts characters from 1. */
static uint32_t byte_offset(Str text, int64_t position)
{
	uint32_t at = 0;
	while (at < text.len && position > 1) {
		at++;
		while (at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
			at++;
		position--;
	}
	return at;
}

void shell_print_error(const PGresult *res, const char *sql)
{
	Err err = {0};
	char code[16], place[16];
	copy_field(res, PG_DIAG_SOURCE_FUNCTION, code, sizeof code);
	copy_field(res, PG_DIAG_MESSAGE_PRIMARY, err.message, sizeof err.message);
	copy_field(res, PG_DIAG_MESSAGE_DETAIL, err.detail, sizeof err.detail);
	copy_field(res, PG_DIAG_MESSAGE_HINT, err.hint, sizeof err.hint);
	copy_field(res, PG_DIAG_STATEMENT_POSITION, place, sizeof place);
	ErrCode known;
	if (!err_code_find(code, &known)) {
		fprintf(stderr, "%s", PQresultErrorMessage(res));
		return;
	}
	err.code = known;
	/* The code stands in front here; it need not be repeated. */
	size_t n = strlen(err.message), tail = strlen(code) + 3;
	if (n > tail && err.message[n - 1] == ']' && err.message[n - tail] == ' ')
		err.message[n - tail] = 0;
	int64_t position;
	Str text = str_from(sql);
	if (str_to_i64(str_from(place), &position)) {
		err.span.begin = byte_offset(text, position);
		err.span.end = err.span.begin + 1;
	}
	StrBuf out;
	strbuf_init(&out);
	err_print(&err, NULL, 1, text.ptr, text.len, &out);
	fwrite(out.ptr, 1, out.len, stderr);
	strbuf_deinit(&out);
}
