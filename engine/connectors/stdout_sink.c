/*
 * engine/connectors/stdout_sink.c: results for people and pipes: blocks of rows as a table, as JSON lines or as CSV
 * (connector stdout).
 *
 * A block holds the rows of one closed window (while a column window_end exists, rows with the same window_start and
 * window_end that follow each other), else of one epoch. `title` stands above the first block, `banner` above each,
 * with {n} as its number. Rows that are no plain inserts show their kind: in a column "op" of a table, as "op" of a
 * JSON object. With `template` a block is one row, put into that text.
 */
#include "engine/connectors/connectors.h"

#include <stdio.h>

#include "engine/connectors/sink_rows.h"
#include "engine/connectors/stdout_template.h"
#include "engine/connectors/stdout_text.h"

typedef enum StdoutFormat { STDOUT_TABLE, STDOUT_JSON, STDOUT_CSV } StdoutFormat;

enum { BLOCK_ROWS_MAX = 10000, CELL_MAX = 4096 };

typedef struct Cell {
	size_t at;
	uint32_t len, width;
} Cell;

struct Sink {
	SinkSpec spec;
	StdoutFormat format;
	Str title, banner;
	StdoutTemplate *template; /* NULL: blocks of rows */
	uint64_t nblocks;
	bool titled, headed;
	int32_t window_start, window_end; /* columns; -1: none */
	Value *values;
	StrBuf out, cells, window, last_window;
	struct {
		Cell *items; /* ncols a row */
		RowKind *kinds;
		uint32_t len, cap;
	} block;
	uint64_t block_epoch;
};

static StdoutFormat read_format(const TableDef *t)
{
	Str f = options_str(&t->options, "stdout", "format");
	return str_eq_nocase(f, STR("json")) ? STDOUT_JSON : str_eq_nocase(f, STR("csv")) ? STDOUT_CSV : STDOUT_TABLE;
}

/* Is the template good for the table's columns? */
static bool check_template(const TableDef *table, const OptionValue *option, Err *err)
{
	static const char *const others[] = {"format", "title", "banner"};
	for (uint32_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		const OptionValue *other = options_find(&table->options, str_from(others[i]));
		if (!other)
			continue;
		err_set_at(err, ERR_BAD_OPTION, other->span, "\"%s\" and \"template\" do not go together", others[i]);
		return err_hint(err, "The template holds all of the text; leave the other out.");
	}
	Str *names = MEM_ARRAY(Str, table->ncols + 1);
	const Type **types = MEM_ARRAY(const Type *, table->ncols + 1);
	uint32_t n = 0;
	for (uint32_t c = 0; c < table->ncols; c++)
		if (table->cols[c].kind == COLUMN_PHYSICAL) {
			names[n] = table->cols[c].name;
			types[n++] = table->cols[c].type;
		}
	StdoutTemplate *t = NULL;
	bool ok = stdout_template_open(option->value, names, types, n, &t, err);
	stdout_template_close(t);
	mem_free(names);
	mem_free(types);
	if (!ok)
		err->span = option->span;
	return ok;
}

static bool stdout_check(const TableDef *table, unsigned *accepts, Err *err)
{
	const OptionValue *template = options_find(&table->options, STR("template"));
	if (template) {
		*accepts = SINK_APPEND;
		return check_template(table, template, err);
	}
	*accepts = read_format(table) == STDOUT_CSV ? SINK_APPEND : SINK_APPEND | SINK_UPSERT | SINK_RETRACT;
	return true;
}

static int32_t find_column(const SinkSpec *spec, const char *name)
{
	for (uint32_t c = 0; c < spec->ncols; c++)
		if (str_eq_c(spec->names[c], name))
			return (int32_t)c;
	return -1;
}

static void stdout_close(Sink *s)
{
	stdout_template_close(s->template);
	strbuf_deinit(&s->out);
	strbuf_deinit(&s->cells);
	strbuf_deinit(&s->window);
	strbuf_deinit(&s->last_window);
	mem_free(s->block.items);
	mem_free(s->block.kinds);
	mem_free(s->values);
	mem_free(s);
}

static bool stdout_open(const SinkSpec *spec, Sink **out, Err *err)
{
	Sink *s = MEM_NEW(Sink);
	s->spec = *spec;
	s->format = read_format(spec->table);
	s->title = options_str(&spec->table->options, "stdout", "title");
	s->banner = options_str(&spec->table->options, "stdout", "banner");
	s->window_start = find_column(spec, "window_start");
	s->window_end = find_column(spec, "window_end");
	s->values = MEM_ARRAY(Value, spec->ncols + 1);
	strbuf_init(&s->out);
	strbuf_init(&s->cells);
	strbuf_init(&s->window);
	strbuf_init(&s->last_window);
	*out = s;
	Str text = options_str(&spec->table->options, "stdout", "template");
	if (text.len && !stdout_template_open(text, spec->names, spec->types, spec->ncols, &s->template, err)) {
		stdout_close(s);
		return false;
	}
	return true;
}

/* ---- one block ---- */

static void put_banner(Sink *s)
{
	if (s->title.len && !s->titled) {
		strbuf_put_str(&s->out, s->title);
		strbuf_putc(&s->out, '\n');
	}
	s->titled = true;
	s->nblocks++;
	if (s->banner.len == 0)
		return;
	for (uint32_t i = 0; i < s->banner.len;) {
		if (str_starts(str_slice(s->banner, i, 3), STR("{n}"))) {
			strbuf_printf(&s->out, "%llu", (unsigned long long)s->nblocks);
			i += 3;
		} else {
			strbuf_putc(&s->out, s->banner.ptr[i++]);
		}
	}
	strbuf_putc(&s->out, '\n');
}

static void put_padded(StrBuf *out, Str text, uint32_t own, uint32_t width, bool right)
{
	strbuf_putc(out, ' ');
	if (right)
		strbuf_fill(out, ' ', width - own);
	strbuf_put_str(out, text);
	if (!right)
		strbuf_fill(out, ' ', width - own);
	strbuf_putc(out, ' ');
}

static void trim_line(StrBuf *out)
{
	while (out->len && out->ptr[out->len - 1] == ' ')
		out->len--;
	strbuf_putc(out, '\n');
}

static void end_table(Sink *s)
{
	uint32_t ncols = s->spec.ncols, nrows = s->block.len;
	bool kinds = false;
	uint32_t *width = MEM_ARRAY(uint32_t, ncols + 1);
	for (uint32_t c = 0; c < ncols; c++)
		width[c] = stdout_text_width(s->spec.names[c]);
	for (uint32_t r = 0; r < nrows; r++) {
		kinds = kinds || s->block.kinds[r] != ROW_INSERT;
		for (uint32_t c = 0; c < ncols; c++)
			if (s->block.items[r * ncols + c].width > width[c])
				width[c] = s->block.items[r * ncols + c].width;
	}
	if (kinds)
		strbuf_puts(&s->out, " op |");
	for (uint32_t c = 0; c < ncols; c++) {
		if (c)
			strbuf_putc(&s->out, '|');
		put_padded(&s->out, s->spec.names[c], stdout_text_width(s->spec.names[c]), width[c], false);
	}
	trim_line(&s->out);
	if (kinds)
		strbuf_puts(&s->out, "----+");
	for (uint32_t c = 0; c < ncols; c++) {
		if (c)
			strbuf_putc(&s->out, '+');
		strbuf_fill(&s->out, '-', width[c] + 2);
	}
	strbuf_putc(&s->out, '\n');
	for (uint32_t r = 0; r < nrows; r++) {
		if (kinds)
			strbuf_printf(&s->out, " %s |", chunk_kind_name(s->block.kinds[r]));
		for (uint32_t c = 0; c < ncols; c++) {
			Cell cell = s->block.items[r * ncols + c];
			if (c)
				strbuf_putc(&s->out, '|');
			put_padded(&s->out, str_make(s->cells.ptr + cell.at, cell.len), cell.width, width[c],
			           type_is_numeric(s->spec.types[c]));
		}
		trim_line(&s->out);
	}
	strbuf_printf(&s->out, nrows == 1 ? "(%u row)\n\n" : "(%u rows)\n\n", nrows);
	mem_free(width);
}

static void end_block(Sink *s)
{
	if (s->block.len == 0)
		return;
	if (s->format == STDOUT_TABLE)
		end_table(s);
	s->block.len = 0;
	strbuf_clear(&s->cells);
}

static void add_cells(Sink *s, RowKind kind)
{
	uint32_t ncols = s->spec.ncols;
	if (s->block.len == s->block.cap) {
		s->block.cap = s->block.cap ? s->block.cap * 2 : 64;
		s->block.items = mem_realloc(s->block.items, (size_t)s->block.cap * (ncols + 1) * sizeof(Cell));
		s->block.kinds = mem_realloc(s->block.kinds, (size_t)s->block.cap * sizeof(RowKind));
	}
	uint32_t r = s->block.len++;
	s->block.kinds[r] = kind;
	StrBuf text;
	strbuf_init(&text);
	for (uint32_t c = 0; c < ncols; c++) {
		strbuf_clear(&text);
		if (s->values[c].null)
			strbuf_puts(&text, "NULL");
		else
			value_print(s->spec.types[c], s->values[c], VALUE_SQL, s->spec.zone, &text);
		if (text.len > CELL_MAX) {
			text.len = str_utf8_cut(text.ptr, CELL_MAX);
			strbuf_puts(&text, "...");
		}
		Cell *cell = &s->block.items[r * ncols + c];
		cell->at = s->cells.len;
		stdout_text_put(&s->cells, text.ptr ? strbuf_str(&text) : STR_EMPTY);
		cell->len = (uint32_t)(s->cells.len - cell->at);
		cell->width = cell->len ? stdout_text_width(str_make(s->cells.ptr + cell->at, cell->len)) : 0;
	}
	strbuf_deinit(&text);
}

static void put_json_row(Sink *s, RowKind kind)
{
	strbuf_putc(&s->out, '{');
	if (kind != ROW_INSERT)
		strbuf_printf(&s->out, "\"op\":\"%s\"%s", chunk_kind_name(kind), s->spec.ncols ? "," : "");
	for (uint32_t c = 0; c < s->spec.ncols; c++) {
		if (c)
			strbuf_putc(&s->out, ',');
		strbuf_put_json(&s->out, s->spec.names[c]);
		strbuf_putc(&s->out, ':');
		if (s->values[c].null)
			strbuf_puts(&s->out, "null");
		else
			value_print(s->spec.types[c], s->values[c], VALUE_JSON, s->spec.zone, &s->out);
	}
	strbuf_puts(&s->out, "}\n");
}

static void put_csv_field(StrBuf *out, Str text, bool quote_empty)
{
	bool quote = quote_empty && text.len == 0;
	for (uint32_t i = 0; i < text.len && !quote; i++)
		quote = text.ptr[i] == ',' || text.ptr[i] == '"' || text.ptr[i] == '\n' || text.ptr[i] == '\r';
	if (!quote) {
		strbuf_put_str(out, text);
		return;
	}
	strbuf_putc(out, '"');
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			strbuf_putc(out, '"');
		strbuf_putc(out, text.ptr[i]);
	}
	strbuf_putc(out, '"');
}

/* NULL is nothing, an empty string is "". */
static void put_csv_row(Sink *s)
{
	StrBuf text;
	strbuf_init(&text);
	for (uint32_t c = 0; c < s->spec.ncols; c++) {
		if (c)
			strbuf_putc(&s->out, ',');
		if (s->values[c].null)
			continue;
		strbuf_clear(&text);
		value_print(s->spec.types[c], s->values[c], VALUE_SQL, s->spec.zone, &text);
		put_csv_field(&s->out, text.ptr ? strbuf_str(&text) : STR_EMPTY, true);
	}
	strbuf_deinit(&text);
	strbuf_putc(&s->out, '\n');
}

/* Does the row begin another block? Remembers its window. */
static bool begins_block(Sink *s, uint64_t epoch)
{
	if (s->window_end < 0)
		return s->block_epoch != epoch;
	strbuf_clear(&s->window);
	if (s->window_start >= 0)
		value_encode(s->spec.types[s->window_start], s->values[s->window_start], &s->window);
	value_encode(s->spec.types[s->window_end], s->values[s->window_end], &s->window);
	if (s->last_window.len && str_eq(strbuf_str(&s->window), strbuf_str(&s->last_window)) && s->block_epoch == epoch)
		return false;
	StrBuf swap = s->window;
	s->window = s->last_window;
	s->last_window = swap;
	return true;
}

static void put_row(Sink *s, uint64_t epoch, RowKind kind)
{
	if (s->template) {
		stdout_template_put(s->template, ++s->nblocks, s->values, s->spec.zone, &s->out);
		return;
	}
	if (begins_block(s, epoch) || s->block.len >= BLOCK_ROWS_MAX) {
		end_block(s);
		s->block_epoch = epoch;
		put_banner(s);
		if (s->format == STDOUT_CSV && !s->headed) {
			for (uint32_t c = 0; c < s->spec.ncols; c++) {
				if (c)
					strbuf_putc(&s->out, ',');
				put_csv_field(&s->out, s->spec.names[c], false);
			}
			strbuf_putc(&s->out, '\n');
			s->headed = true;
		}
	}
	if (s->format == STDOUT_TABLE)
		add_cells(s, kind);
	else if (s->format == STDOUT_JSON)
		put_json_row(s, kind);
	else
		put_csv_row(s);
}

static SinkResult stdout_deliver(Sink *s, uint64_t last, const SinkEpoch *epochs, uint32_t n, SinkRefused *refused,
                                 uint32_t max_refused, uint32_t *nrefused, Err *err)
{
	(void)last;
	(void)refused;
	(void)max_refused;
	*nrefused = 0;
	SinkRows rows;
	sink_rows_init(&rows, epochs, n, s->spec.types, s->spec.ncols);
	strbuf_clear(&s->out);
	s->block_epoch = UINT64_MAX;
	RowKind kind;
	Err bad = {0};
	while (sink_rows_next(&rows, &kind, s->values, &bad))
		put_row(s, epochs[rows.epoch].epoch, kind);
	end_block(s);
	if (bad.code) {
		*err = bad;
		return SINK_FAILED;
	}
	if (s->out.len == 0)
		return SINK_DELIVERED;
	if (s->spec.out) {
		s->spec.out(s->spec.out_ctx, strbuf_str(&s->out));
	} else if (fwrite(s->out.ptr, 1, s->out.len, stdout) != s->out.len || fflush(stdout) != 0) {
		err_set(err, ERR_SINK_FAILED, "standard output cannot be written");
		return SINK_FAILED;
	}
	return SINK_DELIVERED;
}

const SinkType stdout_sink_type = {
    .connector = "stdout",
    .check = stdout_check,
    .open = stdout_open,
    .recover = sink_rows_no_marker,
    .deliver = stdout_deliver,
    .close = stdout_close,
};
