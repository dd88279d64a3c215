/*
 * engine/front/render.c: results as text.
 *
 * A table needs all rows to know its column widths: rows are kept up to RENDER_KEEP rows, wider ones after that are
 * printed as they come with the widths found so far. Followed queries print each batch at once, with the row kind in
 * front.
 */
#include "engine/front/render.h"

#include "base/log.h"
#include "engine/connectors/stdout_text.h"
#include "sql/types/zone.h"

enum { RENDER_KEEP = 10000 };

struct Render {
	RenderFormat format;
	FILE *out, *err;
	const char *file;
	bool tags;
	bool log; /* errors and notices go there, not to err */
	Arena *arena;
	const PlanCol *cols;
	uint32_t ncols;
	const struct Zone *zone;
	bool had_rows_fn;
	bool follow;
	bool header_done;
	struct {
		Str *items;
		size_t len, cap;
	} cells;
	uint64_t rows;
};

bool render_format_parse(Str name, RenderFormat *out)
{
	static const char *const names[] = {"table", "csv", "tsv", "json"};
	for (int i = 0; i < 4; i++)
		if (str_eq_nocase(name, str_from(names[i]))) {
			*out = (RenderFormat)i;
			return true;
		}
	return false;
}

Render *render_open(RenderFormat format, FILE *out, FILE *err, const char *file)
{
	Render *r = MEM_NEW(Render);
	r->format = format;
	r->out = out;
	r->err = err;
	r->file = file;
	r->arena = arena_open("render", 0);
	return r;
}

void render_close(Render *r)
{
	arena_close(r->arena);
	mem_free(r);
}

static bool right_aligned(const Type *t)
{
	return type_is_numeric(t);
}

static void pad(StrBuf *out, Str s, uint32_t width, bool right)
{
	uint32_t w = stdout_text_width(s);
	uint32_t gap = w < width ? width - w : 0;
	if (right)
		strbuf_fill(out, ' ', gap);
	strbuf_put_str(out, s);
	if (!right)
		strbuf_fill(out, ' ', gap);
}

/* Newlines and their like become blanks. */
static Str in_one_line(Arena *arena, Str s)
{
	uint32_t i = 0;
	while (i < s.len && (unsigned char)s.ptr[i] >= 32)
		i++;
	if (i == s.len)
		return s;
	char *copy = arena_alloc(arena, s.len);
	for (i = 0; i < s.len; i++)
		copy[i] = (unsigned char)s.ptr[i] < 32 ? ' ' : s.ptr[i];
	return str_make(copy, s.len);
}

/* Cuts to `most` columns, with "..." where something is missing. */
static Str fit(Arena *arena, Str s, uint32_t most)
{
	s = in_one_line(arena, s);
	if (stdout_text_width(s) <= most)
		return s;
	uint32_t room = most > 3 ? most - 3 : most, width = 0, i = 0;
	while (i < s.len) {
		uint32_t len = 1;
		while (i + len < s.len && ((unsigned char)s.ptr[i + len] & 0xc0) == 0x80)
			len++;
		uint32_t w = stdout_text_width(str_make(s.ptr + i, len));
		if (width + w > room)
			break;
		width += w;
		i += len;
	}
	return most > 3 ? arena_printf(arena, "%.*s...", (int)i, s.ptr) : str_make(s.ptr, i);
}

void render_table(const PlanCol *cols, uint32_t ncols, const Str *cells, uint32_t nrows, uint32_t width, StrBuf *out)
{
	Arena *arena = arena_open("table", 0);
	uint32_t *w = ARENA_ARRAY_ZERO(arena, uint32_t, ncols + 1);
	uint32_t total = 0;
	for (uint32_t c = 0; c < ncols; c++) {
		w[c] = stdout_text_width(cols[c].name);
		for (uint32_t i = 0; i < nrows; i++) {
			Str s = cells[(size_t)i * ncols + c];
			uint32_t x = s.ptr ? stdout_text_width(s) : 4;
			if (x > w[c])
				w[c] = x;
		}
		total += w[c] + 3;
	}
	/* the widest columns give way until the table fits */
	while (width && total > width + 1) {
		uint32_t widest = 0;
		for (uint32_t c = 1; c < ncols; c++)
			if (w[c] > w[widest])
				widest = c;
		if (!ncols || w[widest] <= 8)
			break;
		w[widest]--;
		total--;
	}
	for (uint32_t c = 0; c < ncols; c++) {
		strbuf_puts(out, c ? " | " : " ");
		pad(out, fit(arena, cols[c].name, w[c]), w[c], right_aligned(cols[c].type));
	}
	strbuf_putc(out, '\n');
	for (uint32_t c = 0; c < ncols; c++) {
		strbuf_puts(out, c ? "-+-" : "-");
		strbuf_fill(out, '-', w[c]);
	}
	strbuf_puts(out, "-\n");
	for (uint32_t i = 0; i < nrows; i++) {
		for (uint32_t c = 0; c < ncols; c++) {
			Str s = cells[(size_t)i * ncols + c];
			strbuf_puts(out, c ? " | " : " ");
			pad(out, s.ptr ? fit(arena, s, w[c]) : STR("NULL"), w[c], right_aligned(cols[c].type));
		}
		while (out->len && out->ptr[out->len - 1] == ' ')
			out->len--;
		strbuf_putc(out, '\n');
	}
	arena_close(arena);
}

static bool begin(void *ctx, const PlanCol *cols, uint32_t ncols, const struct Zone *zone)
{
	Render *r = ctx;
	arena_reset(r->arena);
	r->cells.items = NULL;
	r->cells.len = r->cells.cap = 0;
	PlanCol *copy = ARENA_ARRAY(r->arena, PlanCol, ncols + 1);
	for (uint32_t i = 0; i < ncols; i++) {
		copy[i] = cols[i];
		copy[i].name = arena_str(r->arena, cols[i].name);
		copy[i].type = type_copy(r->arena, cols[i].type);
	}
	r->cols = copy;
	r->ncols = ncols;
	r->zone = zone;
	r->rows = 0;
	r->header_done = false;
	r->follow = false;
	return true;
}

static Str cell_text(Render *r, const Batch *b, uint32_t row, uint32_t col, ValueStyle style)
{
	Value v = column_value(&b->cols[col], row);
	if (v.null && style != VALUE_JSON)
		return (Str){0};
	StrBuf t;
	strbuf_init(&t);
	value_print(r->cols[col].type, v, style, r->zone, &t);
	Str s = arena_str(r->arena, strbuf_str(&t));
	strbuf_deinit(&t);
	return s;
}

static void put_csv(StrBuf *out, Str s, char sep)
{
	if (!s.ptr)
		return;
	bool quote = s.len == 0;
	for (uint32_t i = 0; i < s.len; i++)
		quote |= s.ptr[i] == sep || s.ptr[i] == '"' || s.ptr[i] == '\n' || s.ptr[i] == '\r';
	if (!quote) {
		strbuf_put_str(out, s);
		return;
	}
	strbuf_putc(out, '"');
	for (uint32_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"')
			strbuf_putc(out, '"');
		strbuf_putc(out, s.ptr[i]);
	}
	strbuf_putc(out, '"');
}

static void put_tsv(StrBuf *out, Str s)
{
	if (!s.ptr) {
		strbuf_puts(out, "\\N");
		return;
	}
	for (uint32_t i = 0; i < s.len; i++)
		switch (s.ptr[i]) {
		case '\t': strbuf_puts(out, "\\t"); break;
		case '\n': strbuf_puts(out, "\\n"); break;
		case '\\': strbuf_puts(out, "\\\\"); break;
		default: strbuf_putc(out, s.ptr[i]);
		}
}

static void put_row(Render *r, const Batch *b, uint32_t row, const RowKind *kinds, StrBuf *out)
{
	switch (r->format) {
	case RENDER_JSON:
		strbuf_putc(out, '{');
		if (kinds)
			strbuf_printf(out, "\"op\":\"%s\"%s", chunk_kind_name(kinds[row]), r->ncols ? "," : "");
		for (uint32_t c = 0; c < r->ncols; c++) {
			if (c)
				strbuf_putc(out, ',');
			strbuf_put_json(out, r->cols[c].name);
			strbuf_putc(out, ':');
			strbuf_put_str(out, cell_text(r, b, row, c, VALUE_JSON));
		}
		strbuf_puts(out, "}\n");
		break;
	case RENDER_CSV:
	case RENDER_TSV:
		if (kinds)
			strbuf_printf(out, "%s%c", chunk_kind_name(kinds[row]), r->format == RENDER_CSV ? ',' : '\t');
		for (uint32_t c = 0; c < r->ncols; c++) {
			Str s = cell_text(r, b, row, c, VALUE_SQL);
			if (c)
				strbuf_putc(out, r->format == RENDER_CSV ? ',' : '\t');
			if (r->format == RENDER_CSV)
				put_csv(out, s, ',');
			else
				put_tsv(out, s);
		}
		strbuf_putc(out, '\n');
		break;
	case RENDER_TABLE: break;
	}
}

static void put_header(Render *r, bool kinds, StrBuf *out)
{
	if (r->header_done || r->format != RENDER_CSV) {
		r->header_done = true;
		return;
	}
	r->header_done = true;
	if (kinds)
		strbuf_puts(out, "op,");
	for (uint32_t c = 0; c < r->ncols; c++) {
		if (c)
			strbuf_putc(out, ',');
		put_csv(out, r->cols[c].name, ',');
	}
	strbuf_putc(out, '\n');
}

/* A followed query as a table: one line per change. */
static void put_changes(Render *r, const Batch *b, const RowKind *kinds, StrBuf *out)
{
	PlanCol *cols = ARENA_ARRAY(r->arena, PlanCol, r->ncols + 1);
	cols[0] = (PlanCol){STR("op"), &type_string, TIME_NONE};
	memcpy(cols + 1, r->cols, r->ncols * sizeof *cols);
	Str *cells = ARENA_ARRAY(r->arena, Str, (size_t)b->n * (r->ncols + 1));
	for (uint32_t i = 0; i < b->n; i++) {
		cells[(size_t)i * (r->ncols + 1)] = str_from(chunk_kind_name(kinds[i]));
		for (uint32_t c = 0; c < r->ncols; c++)
			cells[(size_t)i * (r->ncols + 1) + 1 + c] = cell_text(r, b, i, c, VALUE_SQL);
	}
	StrBuf t;
	strbuf_init(&t);
	render_table(cols, r->ncols + 1, cells, b->n, 0, &t);
	const char *from = t.ptr;
	if (r->header_done) {
		from = strchr(from, '\n') + 1;
		from = strchr(from, '\n') + 1;
	}
	strbuf_puts(out, from);
	strbuf_deinit(&t);
	r->header_done = true;
}

/* What SHOW CREATE says can be copied and run: it is printed as it is, in its lines. */
static bool is_statement(Render *r, const Batch *b)
{
	return (r->format == RENDER_TABLE || r->format == RENDER_TSV) && b->n == 1 && r->ncols == 1 &&
	       str_eq_c(r->cols[0].name, "result") && str_starts(cell_text(r, b, 0, 0, VALUE_SQL), STR("CREATE "));
}

static bool rows(void *ctx, const Batch *b, const RowKind *kinds)
{
	Render *r = ctx;
	StrBuf out;
	strbuf_init(&out);
	r->rows += b->n;
	if (!kinds && is_statement(r, b)) {
		strbuf_put_str(&out, cell_text(r, b, 0, 0, VALUE_SQL));
		strbuf_putc(&out, '\n');
		r->follow = r->header_done = true;
	} else if (r->format == RENDER_TABLE && kinds) {
		r->follow = true;
		put_changes(r, b, kinds, &out);
	} else if (r->format == RENDER_TABLE) {
		for (uint32_t i = 0; i < b->n; i++)
			for (uint32_t c = 0; c < r->ncols; c++)
				ARENA_PUSH(r->arena, &r->cells, cell_text(r, b, i, c, VALUE_SQL));
	} else {
		put_header(r, kinds != NULL, &out);
		for (uint32_t i = 0; i < b->n; i++)
			put_row(r, b, i, kinds, &out);
	}
	fwrite(out.ptr, 1, out.len, r->out);
	if (kinds)
		fflush(r->out);
	strbuf_deinit(&out);
	return !ferror(r->out);
}

static void end(void *ctx, const char *tag)
{
	Render *r = ctx;
	if (r->cols) {
		StrBuf out;
		strbuf_init(&out);
		if (r->format == RENDER_TABLE && !r->follow) {
			render_table(r->cols, r->ncols, r->cells.items, (uint32_t)r->rows, 0, &out);
			strbuf_printf(&out, "(%llu row%s)\n\n", (unsigned long long)r->rows, r->rows == 1 ? "" : "s");
		} else {
			put_header(r, false, &out);
		}
		fwrite(out.ptr, 1, out.len, r->out);
		strbuf_deinit(&out);
		r->cols = NULL;
	} else if (r->tags) {
		fprintf(r->out, "%s\n", tag);
	}
	fflush(r->out);
}

static void notice(void *ctx, const char *text)
{
	Render *r = ctx;
	if (r->log)
		log_write(LOG_INFO, "session", text, NULL);
	else
		fprintf(r->err, "NOTICE: %s\n", text);
}

static void error(void *ctx, const Err *err, Str text)
{
	Render *r = ctx;
	r->cols = NULL;
	StrBuf out;
	strbuf_init(&out);
	err_print(err, r->file, 1, text.ptr, text.len, &out);
	fflush(r->out);
	if (r->log)
		log_write(LOG_ERROR, "session", strbuf_cstr(&out), NULL);
	else
		fwrite(out.ptr, 1, out.len, r->err);
	strbuf_deinit(&out);
}

void render_into_log(Render *r)
{
	r->log = true;
}

Results render_results(Render *r, bool tags)
{
	r->tags = tags;
	return (Results){.ctx = r, .begin = begin, .rows = rows, .end = end, .notice = notice, .error = error};
}
