/*
 * engine/front/pgwire_copy.c: the formats of COPY ... TO STDOUT: text, csv, binary.
 *
 * As PostgreSQL writes them, one CopyData message per row.
 */
#include "engine/front/pgwire_int.h"

#include "engine/front/pgwire_binary.h"
#include "sql/types/zone.h"

/* ---- options ---- */

static bool option_flag(const AstLiteral *value, bool *out, Err *err)
{
	Str v = value ? value->value : STR("true");
	if (!value || value->kind == AST_LIT_TRUE || str_eq_nocase(v, STR("true")) || str_eq_nocase(v, STR("on")) ||
	    str_eq_c(v, "1"))
		*out = true;
	else if (value->kind == AST_LIT_FALSE || str_eq_nocase(v, STR("false")) || str_eq_nocase(v, STR("off")) ||
	         str_eq_c(v, "0"))
		*out = false;
	else
		return err_set_at(err, ERR_BAD_OPTION, value->node.span, "this option is true or false");
	return true;
}

static bool option_char(const AstOption *o, char *out, Err *err)
{
	if (!o->value || o->value->value.len != 1 || strchr("\r\n", o->value->value.ptr[0]))
		return err_set_at(err, ERR_BAD_OPTION, o->node.span, "%.*s must be one character of one byte",
		                  STR_ARG(o->key->value));
	*out = o->value->value.ptr[0];
	return true;
}

static bool option_format(const AstOption *o, PgwireCopy *out, Err *err)
{
	static const char *const names[] = {"text", "csv", "binary"};
	for (int i = 0; i < 3; i++)
		if (o->value && str_eq_nocase(o->value->value, str_from(names[i]))) {
			out->format = (PgwireCopyFormat)i;
			return true;
		}
	return err_set_at(err, ERR_BAD_OPTION, o->node.span, "the format of COPY is text, csv or binary");
}

static bool option_null(const AstOption *o, PgwireCopy *out, Err *err)
{
	if (!o->value || o->value->value.len >= sizeof out->null)
		return err_set_at(err, ERR_BAD_OPTION, o->node.span, "NULL needs a text of at most 63 bytes");
	memcpy(out->null, o->value->value.ptr, o->value->value.len);
	out->null[o->value->value.len] = 0;
	return true;
}

bool pgwire_copy_options(const AstCopy *node, PgwireCopy *out, Err *err)
{
	*out = (PgwireCopy){.format = COPY_TEXT, .null = "\\N"};
	bool null_given = false;
	for (uint32_t i = 0; i < node->options.len; i++) {
		const AstOption *o = AST_CONST(AstOption, node->options.items[i]);
		Str key = o->key->value;
		bool ok = true;
		if (str_eq_nocase(key, STR("format"))) {
			ok = option_format(o, out, err);
		} else if (str_eq_nocase(key, STR("header"))) {
			ok = option_flag(o->value, &out->header, err);
		} else if (str_eq_nocase(key, STR("delimiter"))) {
			ok = option_char(o, &out->delimiter, err);
		} else if (str_eq_nocase(key, STR("quote"))) {
			ok = option_char(o, &out->quote, err);
		} else if (str_eq_nocase(key, STR("escape"))) {
			ok = option_char(o, &out->escape, err);
		} else if (str_eq_nocase(key, STR("null"))) {
			null_given = ok = option_null(o, out, err);
		} else if (!str_eq_nocase(key, STR("encoding"))) {
			ok = err_set_at(err, ERR_NO_SUCH_OPTION, o->node.span, "COPY has no option \"%.*s\"", STR_ARG(key));
			err_hint(err, "The options are FORMAT, HEADER, DELIMITER, NULL, QUOTE and ESCAPE.");
		}
		if (!ok)
			return false;
	}
	bool csv = out->format == COPY_CSV;
	if ((out->quote || out->escape) && !csv)
		return err_set_at(err, ERR_BAD_OPTION, node->node.span, "QUOTE and ESCAPE are for the format csv");
	if (out->format == COPY_BINARY && (out->header || out->delimiter || null_given))
		return err_set_at(err, ERR_BAD_OPTION, node->node.span, "the format binary has no HEADER, DELIMITER or NULL");
	if (csv && !null_given)
		out->null[0] = 0;
	out->delimiter = out->delimiter ? out->delimiter : csv ? ',' : '\t';
	out->quote = out->quote ? out->quote : '"';
	out->escape = out->escape ? out->escape : out->quote;
	return true;
}

/* ---- writing ---- */

static void put_text(Str s, char delimiter, StrBuf *out)
{
	static const char letters[] = "bfnrtv", controls[] = "\b\f\n\r\t\v";
	for (uint32_t i = 0; i < s.len; i++) {
		char ch = s.ptr[i];
		const char *control = ch ? strchr(controls, ch) : NULL;
		if (control) {
			strbuf_putc(out, '\\');
			strbuf_putc(out, letters[control - controls]);
			continue;
		}
		if (ch == '\\' || ch == delimiter)
			strbuf_putc(out, '\\');
		strbuf_putc(out, ch);
	}
}

static void put_csv(const PgwireCopy *o, Str s, bool alone, StrBuf *out)
{
	/* The end marker alone on a line would end the data for PostgreSQL's reader. */
	bool quote = str_eq_c(s, o->null) || (alone && str_eq_c(s, "\\."));
	for (uint32_t i = 0; i < s.len && !quote; i++)
		quote = s.ptr[i] == o->delimiter || s.ptr[i] == o->quote || s.ptr[i] == '\n' || s.ptr[i] == '\r';
	if (!quote) {
		strbuf_put_str(out, s);
		return;
	}
	strbuf_putc(out, o->quote);
	for (uint32_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == o->quote || s.ptr[i] == o->escape)
			strbuf_putc(out, o->escape);
		strbuf_putc(out, s.ptr[i]);
	}
	strbuf_putc(out, o->quote);
}

static void put_field(const PgwireCopy *o, Str s, bool alone, StrBuf *out)
{
	if (o->format == COPY_CSV)
		put_csv(o, s, alone, out);
	else
		put_text(s, o->delimiter, out);
}

void pgwire_copy_begin(const PgwireCopy *o, const PlanCol *cols, uint32_t ncols, bool kinds, StrBuf *out)
{
	size_t at = pgwire_message_begin(out, 'H');
	strbuf_putc(out, o->format == COPY_BINARY);
	pgwire_message_put_i16(out, (int32_t)(ncols + kinds));
	for (uint32_t i = 0; i < ncols + kinds; i++)
		pgwire_message_put_i16(out, o->format == COPY_BINARY);
	pgwire_message_end(out, at);
	if (o->header) {
		at = pgwire_message_begin(out, 'd');
		if (kinds)
			strbuf_puts(out, "op");
		for (uint32_t i = 0; i < ncols; i++) {
			if (i || kinds)
				strbuf_putc(out, o->delimiter);
			put_field(o, cols[i].name, ncols + kinds == 1, out);
		}
		strbuf_putc(out, '\n');
		pgwire_message_end(out, at);
	}
}

/* PostgreSQL sends it together with the first row, and clients count on that. */
static void put_signature(PgwireCopy *o, StrBuf *out)
{
	static const char signature[] = "PGCOPY\n\377\r\n"; /* and its NUL */
	if (o->begun)
		return;
	o->begun = true;
	strbuf_put(out, signature, sizeof signature);
	pgwire_message_put_i64(out, 0); /* flags, length of the extension */
}

static void put_binary_row(const PlanCol *cols, uint32_t ncols, const CursorRows *rows, uint32_t row, StrBuf *out)
{
	pgwire_message_put_i16(out, (int32_t)ncols + (rows->kinds != NULL));
	if (rows->kinds) {
		pgwire_message_put_i32(out, 2);
		strbuf_puts(out, chunk_kind_name(rows->kinds[row]));
	}
	for (uint32_t i = 0; i < ncols; i++) {
		Value v = column_value(&rows->batch->cols[i], row);
		size_t at = out->len;
		pgwire_message_put_i32(out, -1);
		if (v.null)
			continue;
		pgwire_binary_encode(cols[i].type, v, out);
		pgwire_message_patch(out, at, (int64_t)(out->len - at - 4));
	}
}

static void put_text_row(const PgwireCopy *o, const PlanCol *cols, uint32_t ncols, const CursorRows *rows, uint32_t row,
                         const struct Zone *zone, StrBuf *text, StrBuf *out)
{
	if (rows->kinds)
		strbuf_puts(out, chunk_kind_name(rows->kinds[row]));
	for (uint32_t i = 0; i < ncols; i++) {
		if (i || rows->kinds)
			strbuf_putc(out, o->delimiter);
		Value v = column_value(&rows->batch->cols[i], row);
		if (v.null) {
			strbuf_puts(out, o->null);
			continue;
		}
		strbuf_clear(text);
		value_print(cols[i].type, v, VALUE_PG, zone, text);
		put_field(o, strbuf_str(text), ncols == 1 && !rows->kinds, out);
	}
	strbuf_putc(out, '\n');
}

void pgwire_copy_rows(PgwireCopy *o, const PlanCol *cols, uint32_t ncols, const CursorRows *rows,
                      const struct Zone *zone, StrBuf *out)
{
	StrBuf text;
	strbuf_init(&text);
	for (uint32_t i = 0; i < rows->batch->n; i++) {
		size_t at = pgwire_message_begin(out, 'd');
		if (o->format == COPY_BINARY) {
			put_signature(o, out);
			put_binary_row(cols, ncols, rows, i, out);
		} else {
			put_text_row(o, cols, ncols, rows, i, zone, &text, out);
		}
		pgwire_message_end(out, at);
	}
	strbuf_deinit(&text);
}

void pgwire_copy_end(PgwireCopy *o, StrBuf *out)
{
	if (o->format == COPY_BINARY) {
		size_t at = pgwire_message_begin(out, 'd');
		put_signature(o, out);
		pgwire_message_put_i16(out, -1);
		pgwire_message_end(out, at);
	}
	pgwire_message_empty(out, 'c');
}
