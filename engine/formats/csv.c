/*
 * engine/formats/csv.c: the CSV format: opening, and decoding records into columns.
 *
 * A record is cut into all its fields first (their number is checked), then the wanted ones are converted.
 */
#include "engine/formats/csv.h"

#include "engine/formats/csv_int.h"
#include "engine/formats/field_text.h"
#include "engine/formats/json.h"
#include "sql/types/packed.h"

enum { EXCERPT_MAX = 60 };

struct Decoder {
	CsvRules rules;
	FormatSchema schema;
	CsvField *fields; /* of the record at hand: schema.ncols */
	/* why the last record, or the last field that was tried, is bad */
	const char *why;
	uint32_t at;
};

/* ---- opening */

static bool is_scalar(const Type *type)
{
	return !type_is_nested(type);
}

/* Items of ARRAY and fields of ROW share one delimiter, so they cannot nest. */
static bool check_column(const Type *type, Str name, Err *err)
{
	bool ok = is_scalar(type) || (type->kind == TYPE_ARRAY && is_scalar(type->elem));
	if (type->kind == TYPE_ROW) {
		ok = true;
		for (uint32_t i = 0; i < type->nfields; i++)
			ok = ok && is_scalar(type->fields[i].type);
	}
	if (ok)
		return true;
	err_set(err, ERR_BAD_TYPE, "column \"%.*s\": CSV has ARRAY and ROW of plain values, and no MAP", STR_ARG(name));
	return err_hint(err, "Declare the column as STRING and take it apart in the query, or use the format json.");
}

static bool csv_check(const Options *options, const FormatSchema *schema, Err *err)
{
	CsvRules rules;
	Arena *scratch = arena_open("csv check", 0);
	bool ok = csv_record_rules(options, scratch, &rules, err);
	for (uint32_t i = 0; ok && i < schema->ncols; i++)
		ok = check_column(schema->types[i], schema->names[i], err);
	arena_close(scratch);
	return ok;
}

static bool csv_decoder_open(const Options *options, const FormatSchema *schema, Arena *arena, Decoder **out, Err *err)
{
	if (!csv_check(options, schema, err))
		return false;
	Decoder *d = ARENA_NEW(arena, Decoder);
	d->schema = *schema;
	d->fields = ARENA_ARRAY_ZERO(arena, CsvField, schema->ncols + 1);
	*out = d;
	return csv_record_rules(options, arena, &d->rules, err);
}

static void csv_decoder_close(Decoder *d)
{
	(void)d;
}

/* ---- one field */

static bool convert_plain(const Decoder *d, const Type *type, Str text, Arena *arena, Value *out)
{
	if (d->rules.has_null && str_eq(text, d->rules.null_literal)) {
		*out = VALUE_NULL;
		return true;
	}
	if (type->kind == TYPE_JSON && !json_is_valid(text))
		return false;
	return field_text_parse(type, text, FIELD_TIME_SQL, arena, out);
}

/* Cuts the next item off *rest; false: there is none. An empty text has no items. */
static bool next_item(const Decoder *d, Str *rest, Str *item)
{
	Str delimiter = d->rules.array_delimiter;
	if (!rest->ptr)
		return false;
	int64_t at = str_find(*rest, delimiter, 0);
	*item = at < 0 ? *rest : str_slice(*rest, 0, (uint32_t)at);
	*rest =
	    at < 0 ? (Str){NULL, 0} : str_make(rest->ptr + at + delimiter.len, rest->len - (uint32_t)at - delimiter.len);
	return true;
}

static bool convert_items(const Decoder *d, const Type *type, Str text, Arena *arena, Value *out)
{
	struct {
		Value *items;
		uint32_t len;
		uint32_t cap;
	} list = {0};
	Str rest = text.len > 0 ? text : (Str){NULL, 0};
	Str item;
	bool row = type->kind == TYPE_ROW;
	const Type **types = ARENA_ARRAY(arena, const Type *, row ? type->nfields + 1 : 1);
	types[0] = type->elem;
	while (next_item(d, &rest, &item)) {
		Value v;
		if (row && list.len == type->nfields)
			return false;
		if (row)
			types[list.len] = type->fields[list.len].type;
		if (!convert_plain(d, row ? types[list.len] : type->elem, item, arena, &v))
			return false;
		ARENA_PUSH(arena, &list, v);
	}
	if (row && list.len != type->nfields)
		return false;
	*out = (Value){.null = false};
	out->s = packed_build(arena, types, !row, list.items, list.len);
	return true;
}

static bool convert(const Decoder *d, const Type *type, Str text, Arena *arena, Value *out)
{
	if (type_is_nested(type) && !(d->rules.has_null && str_eq(text, d->rules.null_literal)))
		return convert_items(d, type, text, arena, out);
	return convert_plain(d, type, text, arena, out);
}

/* The value of a wanted field; a path of two goes into a ROW column. */
static bool wanted_value(const Decoder *d, const FormatField *field, Str text, Arena *arena, Value *out)
{
	if (field->npath == 1)
		return convert(d, field->type, text, arena, out);
	const Type *row = d->schema.types[field->position];
	uint32_t at = 0;
	while (at < row->nfields && !str_eq(row->fields[at].name, field->path[1]))
		at++;
	ASSERT(field->npath == 2 && at < row->nfields);
	Value whole;
	if (!convert(d, row, text, arena, &whole))
		return false;
	*out = whole.null ? whole : packed_get(whole.s, row->fields[at].type, at);
	return true;
}

/* ---- records */

/* Without a byte order mark, and without the line end. */
static Str record_of(Str message)
{
	if (str_starts(message, STR("\xef\xbb\xbf")))
		message = str_make(message.ptr + 3, message.len - 3);
	if (message.len > 0 && message.ptr[message.len - 1] == '\n')
		message.len--;
	if (message.len > 0 && message.ptr[message.len - 1] == '\r')
		message.len--;
	return message;
}

static bool cut_record(Decoder *d, Str record, uint32_t *count)
{
	d->at = 0;
	if (!str_is_utf8(record)) {
		d->why = "the bytes are not UTF-8";
		return false;
	}
	if (!csv_record_fields(&d->rules, record, d->fields, d->schema.ncols, count, &d->why, &d->at))
		return false;
	d->why = *count > d->schema.ncols ? "there are more fields than columns" : "there are fewer fields than columns";
	return *count == d->schema.ncols || (*count < d->schema.ncols && d->rules.lenient);
}

static void put_row(Decoder *d, uint32_t count, uint32_t row, Column *cols, Arena *arena)
{
	for (uint32_t i = 0; i < d->schema.nfields; i++) {
		const FormatField *field = &d->schema.fields[i];
		Value v;
		bool ok = field->position < count;
		if (ok)
			ok = wanted_value(d, field, csv_record_text(&d->rules, &d->fields[field->position], arena), arena, &v);
		if (ok)
			column_set(&cols[i], row, v, arena);
		else
			column_set_err(&cols[i], row, ROW_BAD_FIELD, arena);
	}
}

static void null_row(const Decoder *d, uint32_t row, Column *cols, Arena *arena)
{
	for (uint32_t i = 0; i < d->schema.nfields; i++)
		column_set_null(&cols[i], row, arena);
}

static void csv_decode(Decoder *d, const Str *messages, uint32_t n, Arena *arena, Decoded *out)
{
	Column *cols = ARENA_ARRAY(arena, Column, d->schema.nfields + 1);
	/* Comments are messages without a row. */
	uint32_t *message_of = d->rules.comments ? ARENA_ARRAY(arena, uint32_t, n + 1) : NULL;
	uint8_t *bad = NULL;
	uint32_t row = 0;
	*out = (Decoded){.cols = cols, .message = message_of};
	for (uint32_t i = 0; i < d->schema.nfields; i++)
		column_init(&cols[i], d->schema.fields[i].type, n, arena);
	for (uint32_t i = 0; i < n; i++) {
		Str record = record_of(messages[i]);
		uint32_t count = 0;
		if (!messages[i].ptr) {
			null_row(d, row, cols, arena);
		} else if (csv_record_is_comment(&d->rules, record)) {
			continue;
		} else if (cut_record(d, record, &count)) {
			put_row(d, count, row, cols, arena);
		} else {
			if (!bad)
				bad = ARENA_ARRAY_ZERO(arena, uint8_t, n);
			bad[i] = 1;
			out->nbad++;
			null_row(d, row, cols, arena);
		}
		if (message_of)
			message_of[row] = i;
		row++;
	}
	for (uint32_t i = 0; i < d->schema.nfields; i++)
		cols[i].len = row;
	out->bad = bad;
	out->nrows = row;
}

static void csv_explain(Decoder *d, Str message, Arena *arena, Str *name, Err *err)
{
	Str record = record_of(message);
	uint32_t count = 0;
	*name = STR_EMPTY;
	if (!cut_record(d, record, &count)) {
		err_set(err, ERR_BAD_RECORD, "the message is not a CSV record: %s", d->why);
		if (count > 0 && count != d->schema.ncols)
			err_detail(err, "It has %u, the table has %u.", count, d->schema.ncols);
		else
			err_detail(err, "It is at byte %u of %u.", d->at, record.len);
		return;
	}
	for (uint32_t i = 0; i < d->schema.nfields; i++) {
		const FormatField *field = &d->schema.fields[i];
		Value v;
		*name = d->schema.names[field->position];
		if (field->position >= count) {
			err_set(err, ERR_BAD_RECORD, "field \"%.*s\" is missing: the record has %u fields", STR_ARG(*name), count);
			return;
		}
		Str text = csv_record_text(&d->rules, &d->fields[field->position], arena);
		if (wanted_value(d, field, text, arena, &v))
			continue;
		StrBuf type;
		strbuf_init(&type);
		type_print(field->type, false, &type);
		Str shown = str_make(text.ptr, str_utf8_cut(text.ptr, text.len < EXCERPT_MAX ? text.len : EXCERPT_MAX));
		err_set(err, ERR_BAD_RECORD, "field \"%.*s\": \"%.*s%s\" cannot be converted to %s", STR_ARG(*name),
		        STR_ARG(shown), shown.len < text.len ? "..." : "", strbuf_cstr(&type));
		if (text.len == 0)
			err_hint(err, "With 'csv.null-literal' = '' an empty field is NULL.");
		strbuf_deinit(&type);
		return;
	}
	*name = STR_EMPTY;
	err_set(err, ERR_BAD_RECORD, "the message can be decoded");
}

const Format csv_format = {
    .name = "csv",
    .check = csv_check,
    .split = csv_record_split,
    .decoder_open = csv_decoder_open,
    .decode = csv_decode,
    .explain = csv_explain,
    .decoder_close = csv_decoder_close,
    .encoder_open = csv_encode_open,
    .encode = csv_encode_row,
    .encoder_close = csv_encode_close,
};
