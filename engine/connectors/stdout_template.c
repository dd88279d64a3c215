/*
 * engine/connectors/stdout_template.c: a text with places for a row's values (option `template` of connector stdout).
 */
#include "engine/connectors/stdout_template.h"

#include "base/arena.h"
#include "engine/connectors/stdout_text.h"
#include "sql/types/packed.h"
#include "sql/types/type.h"

enum { PARTS_MAX = 1000, CELL_BYTES_MAX = 4096, WIDTH_MIN = 3 };

typedef enum PartKind { PART_TEXT, PART_NUMBER, PART_COLUMN } PartKind;

typedef struct Part {
	PartKind kind;
	bool left;
	Str text;     /* PART_TEXT */
	uint32_t col; /* PART_COLUMN */
} Part;

struct StdoutTemplate {
	const Type *const *types;
	Part *parts;
	uint32_t len, cap;
};

static bool is_table(const Type *t)
{
	return t->kind == TYPE_ARRAY && t->elem->kind == TYPE_ROW;
}

static void add_part(StdoutTemplate *t, Part part)
{
	if (t->len == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 16;
		t->parts = mem_realloc(t->parts, t->cap * sizeof(Part));
	}
	t->parts[t->len++] = part;
}

static void add_text(StdoutTemplate *t, Str text)
{
	if (text.len)
		add_part(t, (Part){.kind = PART_TEXT, .text = text});
}

/* What stands between braces. */
static bool add_place(StdoutTemplate *t, Str inside, const Str *names, uint32_t ncols, Err *err)
{
	Str name = inside;
	int64_t colon = (int64_t)inside.len - 1;
	while (colon >= 0 && inside.ptr[colon] != ':')
		colon--;
	Part part = {.kind = PART_COLUMN, .col = UINT32_MAX};
	for (uint32_t c = 0; c < ncols; c++)
		if (str_eq(names[c], inside))
			part.col = c;
	if (part.col == UINT32_MAX && colon >= 0) {
		name = str_slice(inside, 0, (uint32_t)colon);
		Str side = str_slice(inside, (uint32_t)colon + 1, inside.len - (uint32_t)colon - 1);
		part.left = str_eq(side, STR("left"));
		if (!part.left && !str_eq(side, STR("right"))) {
			err_set(err, ERR_BAD_OPTION, "\"{%.*s}\" in the template: behind the colon stands left or right",
			        STR_ARG(inside));
			return err_hint(err, "Write {column}, {column:left}, {column:right} or {n}; a brace is written {{.");
		}
		for (uint32_t c = 0; c < ncols; c++)
			if (str_eq(names[c], name))
				part.col = c;
	}
	if (part.col == UINT32_MAX && str_eq(inside, STR("n")))
		part.kind = PART_NUMBER;
	else if (part.col == UINT32_MAX) {
		err_set(err, ERR_BAD_OPTION, "\"{%.*s}\" in the template is no column of the table", STR_ARG(inside));
		return err_hint(err, "Write {column}, {column:left}, {column:right} or {n}; a brace is written {{.");
	}
	add_part(t, part);
	return true;
}

static bool parse(StdoutTemplate *t, Str text, const Str *names, uint32_t ncols, Err *err)
{
	uint32_t from = 0;
	for (uint32_t i = 0; i < text.len;) {
		if (text.ptr[i] != '{') {
			i++;
			continue;
		}
		if (t->len + 2 > PARTS_MAX)
			return err_set(err, ERR_BAD_OPTION, "the template has more than %u parts", PARTS_MAX);
		if (i + 1 < text.len && text.ptr[i + 1] == '{') {
			add_text(t, str_slice(text, from, i + 1 - from));
			from = i += 2;
			continue;
		}
		int64_t end = str_find(text, STR("}"), i);
		if (end < 0) {
			err_set(err, ERR_BAD_OPTION, "a \"{\" in the template has no \"}\"");
			return err_hint(err, "A brace that is meant as one is written {{.");
		}
		add_text(t, str_slice(text, from, i - from));
		if (!add_place(t, str_slice(text, i + 1, (uint32_t)end - i - 1), names, ncols, err))
			return false;
		from = i = (uint32_t)end + 1;
	}
	add_text(t, str_slice(text, from, text.len - from));
	return true;
}

bool stdout_template_open(Str text, const Str *names, const Type *const *types, uint32_t ncols, StdoutTemplate **out,
                          Err *err)
{
	StdoutTemplate *t = MEM_NEW(StdoutTemplate);
	t->types = types;
	if (!parse(t, text, names, ncols, err)) {
		stdout_template_close(t);
		return false;
	}
	*out = t;
	return true;
}

void stdout_template_close(StdoutTemplate *t)
{
	if (!t)
		return;
	mem_free(t->parts);
	mem_free(t);
}

/* ---- a table in a frame ---- */

static void put_frame(StrBuf *out, const uint32_t *width, uint32_t ncols)
{
	for (uint32_t c = 0; c < ncols; c++) {
		strbuf_putc(out, '+');
		strbuf_fill(out, '-', width[c]);
	}
	strbuf_puts(out, "+\n");
}

static void put_field(StrBuf *out, Str text, uint32_t width, bool left)
{
	uint32_t own = stdout_text_width(text);
	strbuf_putc(out, '|');
	if (!left)
		strbuf_fill(out, ' ', width - own);
	strbuf_put_str(out, text);
	if (left)
		strbuf_fill(out, ' ', width - own);
}

static void put_table(const Type *type, Value v, bool left, const struct Zone *zone, StrBuf *out)
{
	const Type *row = type->elem;
	uint32_t ncols = row->nfields, nrows = v.null ? 0 : packed_count(v.s);
	uint32_t *width = MEM_ARRAY(uint32_t, ncols + 1);
	size_t *ends = MEM_ARRAY(size_t, (size_t)nrows * ncols + 1);
	StrBuf cells, text;
	strbuf_init(&cells);
	strbuf_init(&text);
	for (uint32_t c = 0; c < ncols; c++) {
		width[c] = stdout_text_width(row->fields[c].name);
		width[c] = width[c] < WIDTH_MIN ? WIDTH_MIN : width[c];
	}
	for (uint32_t r = 0; r < nrows; r++) {
		Value item = packed_get(v.s, row, r);
		for (uint32_t c = 0; c < ncols; c++) {
			strbuf_clear(&text);
			Value cell = item.null ? VALUE_NULL : packed_get(item.s, row->fields[c].type, c);
			if (cell.null)
				strbuf_puts(&text, "NULL");
			else
				value_print(row->fields[c].type, cell, VALUE_SQL, zone, &text);
			if (text.len > CELL_BYTES_MAX) {
				text.len = str_utf8_cut(text.ptr, CELL_BYTES_MAX);
				strbuf_puts(&text, "...");
			}
			size_t at = cells.len;
			stdout_text_put(&cells, text.len ? strbuf_str(&text) : STR_EMPTY);
			ends[r * ncols + c] = cells.len;
			uint32_t own = cells.len > at ? stdout_text_width(str_make(cells.ptr + at, cells.len - at)) : 0;
			width[c] = own > width[c] ? own : width[c];
		}
	}
	put_frame(out, width, ncols);
	for (uint32_t c = 0; c < ncols; c++)
		put_field(out, row->fields[c].name, width[c], left);
	strbuf_puts(out, "|\n");
	put_frame(out, width, ncols);
	size_t at = 0;
	for (uint32_t r = 0; r < nrows; r++) {
		for (uint32_t c = 0; c < ncols; c++) {
			size_t end = ends[r * ncols + c];
			put_field(out, end > at ? str_make(cells.ptr + at, end - at) : STR_EMPTY, width[c], left);
			at = end;
		}
		strbuf_puts(out, "|\n");
	}
	put_frame(out, width, ncols);
	/* The frame's last line ends with what follows the place in the template. */
	out->len--;
	strbuf_deinit(&text);
	strbuf_deinit(&cells);
	mem_free(ends);
	mem_free(width);
}

void stdout_template_put(const StdoutTemplate *t, uint64_t number, const Value *values, const struct Zone *zone,
                         StrBuf *out)
{
	size_t before = out->len;
	for (uint32_t i = 0; i < t->len; i++) {
		const Part *p = &t->parts[i];
		if (p->kind == PART_TEXT)
			strbuf_put_str(out, p->text);
		else if (p->kind == PART_NUMBER)
			strbuf_printf(out, "%llu", (unsigned long long)number);
		else if (is_table(t->types[p->col]))
			put_table(t->types[p->col], values[p->col], p->left, zone, out);
		else if (values[p->col].null)
			strbuf_puts(out, "NULL");
		else
			value_print(t->types[p->col], values[p->col], VALUE_SQL, zone, out);
	}
	if (out->len == before || out->ptr[out->len - 1] != '\n')
		strbuf_putc(out, '\n');
}
