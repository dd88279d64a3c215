/*
 * engine/formats/csv_encode.c: a row as a CSV record, byte for byte as Flink's writer (Jackson's) does it.
 *
 * That writer is careless on purpose: text longer than 24 characters, or with a character below the largest of
 * delimiter, quote and line end, is quoted, needed or not. Numbers, booleans and times are not. No line end is written:
 * that is the sink's.
 */
#include "engine/formats/csv_int.h"

#include <inttypes.h>

#include "engine/formats/base64.h"
#include "engine/formats/field_text.h"
#include "sql/types/packed.h"
#include "sql/types/real.h"

enum { QUOTE_CHECK_MAX = 24 }; /* UTF-16 units; longer text is quoted without a look */

struct Encoder {
	CsvRules rules;
	FormatSchema schema;
	uint32_t safe; /* characters from here on need no quotes */
	StrBuf text;   /* of the field at hand */
};

static uint32_t character(const char *p, unsigned len)
{
	const unsigned char *u = (const unsigned char *)p;
	switch (len) {
	case 2: return (u[0] & 0x1fU) << 6 | (u[1] & 0x3fU);
	case 3: return (u[0] & 0x0fU) << 12 | (u[1] & 0x3fU) << 6 | (u[2] & 0x3fU);
	case 4: return (u[0] & 0x07U) << 18 | (u[1] & 0x3fU) << 12 | (u[2] & 0x3fU) << 6 | (u[3] & 0x3fU);
	default: return u[0];
	}
}

bool csv_encode_open(const Options *options, const FormatSchema *schema, Arena *arena, Encoder **out, Err *err)
{
	if (!csv_format.check(options, schema, err))
		return false;
	Encoder *e = ARENA_NEW(arena, Encoder);
	e->schema = *schema;
	strbuf_init(&e->text);
	if (!csv_record_rules(options, arena, &e->rules, err))
		return false;
	const CsvRules *r = &e->rules;
	uint32_t largest = character(r->delimiter.ptr, r->delimiter.len);
	if ((unsigned char)r->quote > largest)
		largest = (unsigned char)r->quote;
	e->safe = (largest > '\r' ? largest : '\r') + 1;
	*out = e;
	return true;
}

/* At the start of a record: would be taken for a comment, or a byte order mark. */
static bool misleading(const CsvRules *r, Str text)
{
	return (r->comments && str_starts(text, STR("#"))) || str_starts(text, STR("\xef\xbb\xbf"));
}

static bool needs_quotes(const Encoder *e, Str text, bool first)
{
	const CsvRules *r = &e->rules;
	uint32_t units = 0;
	if (first && misleading(r, text))
		return true;
	for (uint32_t i = 0; i < text.len;) {
		unsigned len = str_utf8_char(text.ptr + i, text.len - i);
		len = len > 0 ? len : 1;
		units += len == 4 ? 2 : 1;
		if (units > QUOTE_CHECK_MAX || character(text.ptr + i, len) < e->safe ||
		    (r->escape && text.ptr[i] == r->escape))
			return true;
		i += len;
	}
	return false;
}

static void put_quoted(const CsvRules *r, Str text, StrBuf *out)
{
	char before = r->escape ? r->escape : r->quote;
	strbuf_putc(out, r->quote);
	for (uint32_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == r->quote || (r->escape && text.ptr[i] == r->escape))
			strbuf_putc(out, before);
		strbuf_putc(out, text.ptr[i]);
	}
	strbuf_putc(out, r->quote);
}

/* Without quotes: what would be read as something else is escaped, or cannot be written. */
static bool put_bare(const Encoder *e, Str text, bool first, StrBuf *out, Err *err)
{
	const CsvRules *r = &e->rules;
	for (uint32_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		Str rest = str_slice(text, i, text.len);
		bool special = c == '\n' || c == '\r' || str_starts(rest, r->delimiter) || (r->escape && c == r->escape) ||
		               (first && i == 0 && misleading(r, text));
		if (special && !r->escape) {
			err_set(err, ERR_BAD_VALUE,
			        "the text holds a delimiter, a line end or a comment sign, which CSV without quotes cannot write");
			return err_hint(err, "Set 'csv.escape-character', or leave out 'csv.disable-quote-character'.");
		}
		if (special)
			strbuf_putc(out, r->escape);
		strbuf_putc(out, special && c == '\n' ? 'n' : special && c == '\r' ? 'r' : c);
	}
	return true;
}

/* Appends the value's characters to e->text; *is_text: they may need quotes. */
static void put_value(Encoder *e, const Type *type, Value v, bool *is_text)
{
	StrBuf *out = &e->text;
	if (v.null) {
		strbuf_put_str(out, e->rules.null_literal);
		return;
	}
	switch (type->kind) {
	case TYPE_BOOLEAN: strbuf_puts(out, v.b ? "true" : "false"); break;
	case TYPE_TINYINT:
	case TYPE_SMALLINT:
	case TYPE_INT:
	case TYPE_BIGINT:
	case TYPE_INTERVAL_MONTHS: strbuf_printf(out, "%" PRId64, v.i); break;
	case TYPE_INTERVAL_SECONDS: strbuf_printf(out, "%" PRId64, v.i / 1000); break;
	case TYPE_FLOAT:
	case TYPE_DOUBLE: real_print_java(v.f, type->kind == TYPE_FLOAT, out); break;
	case TYPE_DECIMAL: field_text_print_decimal(v.d, type->scale, !e->rules.scientific, out); break;
	case TYPE_BINARY:
	case TYPE_VARBINARY:
		base64_print(v.s, out);
		*is_text = true;
		break;
	case TYPE_DATE:
	case TYPE_TIME:
	case TYPE_TIMESTAMP:
	case TYPE_TIMESTAMP_LTZ:
		field_text_print_time(type, v.i, FIELD_TIME_SQL, out);
		*is_text = true;
		break;
	default: strbuf_put_str(out, v.s); *is_text = true;
	}
}

static void put_nested(Encoder *e, const Type *type, Str packed)
{
	uint32_t n = packed_count(packed);
	bool ignored;
	for (uint32_t i = 0; i < n; i++) {
		const Type *item = packed_item_type(type, i);
		if (i > 0)
			strbuf_put_str(&e->text, e->rules.array_delimiter);
		put_value(e, item, packed_get(packed, item, i), &ignored);
	}
}

bool csv_encode_row(Encoder *e, RowKind kind, const Value *values, StrBuf *out, Err *err)
{
	(void)kind;
	size_t from = out->len;
	for (uint32_t i = 0; i < e->schema.ncols; i++) {
		const Type *type = e->schema.types[i];
		bool is_text = false;
		strbuf_clear(&e->text);
		if (!values[i].null && type_is_nested(type)) {
			put_nested(e, type, values[i].s);
			is_text = true;
		} else {
			put_value(e, type, values[i], &is_text);
		}
		if (i > 0)
			strbuf_put_str(out, e->rules.delimiter);
		Str text = strbuf_str(&e->text);
		if (is_text && e->rules.quote && needs_quotes(e, text, i == 0)) {
			put_quoted(&e->rules, text, out);
		} else if (is_text && !e->rules.quote) {
			if (!put_bare(e, text, i == 0, out, err)) {
				out->len = from;
				return err_detail(err, "The column is \"%.*s\".", STR_ARG(e->schema.names[i]));
			}
		} else {
			strbuf_put_str(out, text);
		}
	}
	strbuf_reserve(out, 0);
	out->ptr[out->len] = '\0';
	return true;
}

void csv_encode_close(Encoder *e)
{
	if (e)
		strbuf_deinit(&e->text);
}
