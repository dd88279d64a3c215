/*
 * What the tests of the formats share: a format with options and columns, and rows as text.
 *
 * Rows print as "a, NULL, ERR": values as CAST to STRING shows them, ERR for a field with an error. A bad message
 * prints as BAD.
 */
#ifndef WEIR_TESTS_UNIT_ENGINE_FORMATS_FORMAT_TEST_H
#define WEIR_TESTS_UNIT_ENGINE_FORMATS_FORMAT_TEST_H

#include "engine/formats/format.h"
#include "tests/support/check.h"

enum { TEST_COLUMNS_MAX = 32 };

typedef struct TestPair {
	const char *key;
	const char *value;
} TestPair;

typedef struct TestTable {
	const char *format;
	TestPair options[8];
	struct {
		const char *name; /* NULL: no more */
		const Type *type;
	} cols[TEST_COLUMNS_MAX];
	/* Wanted fields as paths "a", "a/b" (the types are looked up); none: all columns. */
	const char *wanted[TEST_COLUMNS_MAX];
	uint32_t depth_max;
} TestTable;

static Arena *test_arena;
static Err test_err;

static void test_options(const TestTable *t, Options *out)
{
	*out = (Options){0};
	for (int i = 0; i < 8 && t->options[i].key; i++)
		options_set(out, test_arena, str_from(t->options[i].key), str_from(t->options[i].value));
}

/* The schema lives in test_arena. */
static void test_schema(const TestTable *t, FormatSchema *out)
{
	uint32_t n = 0;
	while (n < TEST_COLUMNS_MAX && t->cols[n].name)
		n++;
	Str *names = ARENA_ARRAY(test_arena, Str, n + 1);
	const Type **types = ARENA_ARRAY(test_arena, const Type *, n + 1);
	FormatField *fields = ARENA_ARRAY_ZERO(test_arena, FormatField, TEST_COLUMNS_MAX);
	uint32_t nfields = 0;
	for (uint32_t i = 0; i < n; i++) {
		names[i] = str_from(t->cols[i].name);
		types[i] = t->cols[i].type;
	}
	if (!t->wanted[0]) {
		for (; nfields < n; nfields++)
			fields[nfields] =
			    (FormatField){.path = &names[nfields], .npath = 1, .position = nfields, .type = types[nfields]};
	}
	for (uint32_t i = 0; i < TEST_COLUMNS_MAX && t->wanted[i]; i++) {
		Str *path = ARENA_ARRAY(test_arena, Str, 8);
		Str rest = str_from(t->wanted[i]);
		FormatField *f = &fields[nfields++];
		while (str_next(&rest, '/', &path[f->npath]))
			f->npath++;
		f->path = path;
		for (uint32_t c = 0; c < n; c++) {
			if (str_eq(names[c], path[0])) {
				f->position = c;
				f->type = types[c];
			}
		}
		REQUIRE(f->type != NULL);
		for (uint32_t k = 1; k < f->npath; k++) {
			const Type *row = f->type;
			for (uint32_t c = 0; c < row->nfields; c++) {
				if (str_eq(row->fields[c].name, path[k]))
					f->type = row->fields[c].type;
			}
			REQUIRE(f->type != row);
		}
	}
	*out = (FormatSchema){
	    .names = names, .types = types, .ncols = n, .fields = fields, .nfields = nfields, .depth_max = t->depth_max};
}

static const Format *test_format(const TestTable *t)
{
	if (!test_arena)
		test_arena = arena_open("test", 0);
	const Format *f = format_find(str_from(t->format));
	REQUIRE(f != NULL);
	return f;
}

static Decoder *test_decoder(const TestTable *t)
{
	const Format *f = test_format(t);
	Options options;
	FormatSchema schema;
	Decoder *d = NULL;
	test_options(t, &options);
	test_schema(t, &schema);
	err_clear(&test_err);
	if (!f->decoder_open(&options, &schema, test_arena, &d, &test_err))
		return NULL;
	return d;
}

static void test_print_rows(const Decoded *out, uint32_t ncols, uint32_t nmessages, StrBuf *text)
{
	uint32_t bad = 0;
	for (uint32_t m = 0; out->bad && m < nmessages; m++)
		bad += out->bad[m] != 0;
	CHECK_EQ_U64(bad, out->nbad);
	for (uint32_t row = 0; row < out->nrows; row++) {
		if (row > 0)
			strbuf_puts(text, " | ");
		if (out->message)
			strbuf_printf(text, "%u: ", out->message[row]);
		if (out->bad && out->bad[out->message ? out->message[row] : row])
			strbuf_puts(text, "BAD ");
		for (uint32_t i = 0; i < ncols; i++) {
			const Column *c = &out->cols[i];
			CHECK_EQ_U64(c->len, out->nrows);
			if (i > 0)
				strbuf_puts(text, ", ");
			if (column_err(c, row)) {
				CHECK(column_is_null(c, row));
				strbuf_puts(text, "ERR");
			} else if (column_is_null(c, row)) {
				strbuf_puts(text, "NULL");
			} else {
				value_print(c->type, column_value(c, row), VALUE_SQL, NULL, text);
			}
		}
	}
}

/* Decodes the messages (strings, ended by NULL) and prints the rows. In test_arena. */
static const char *test_decode(const TestTable *t, Decoder *d, const char *const *messages)
{
	const Format *f = test_format(t);
	FormatSchema schema;
	Decoded out;
	Str list[64];
	uint32_t n = 0;
	StrBuf text;
	test_schema(t, &schema);
	for (; messages[n]; n++)
		list[n] = str_from(messages[n]);
	f->decode(d, list, n, test_arena, &out);
	strbuf_init(&text);
	test_print_rows(&out, schema.nfields, n, &text);
	const char *result = arena_cstr(test_arena, strbuf_str(&text));
	strbuf_deinit(&text);
	return result;
}

static inline const char *test_decode_one(const TestTable *t, const char *message)
{
	Decoder *d = test_decoder(t);
	REQUIRE(d != NULL);
	const char *text = test_decode(t, d, (const char *[]){message, NULL});
	test_format(t)->decoder_close(d);
	return text;
}

/* Why a message is bad, as "field: message" (no field: "message"). */
static inline const char *test_explain(const TestTable *t, const char *message)
{
	const Format *f = test_format(t);
	Decoder *d = test_decoder(t);
	REQUIRE(d != NULL);
	Str field;
	f->explain(d, str_from(message), test_arena, &field, &test_err);
	CHECK_EQ_I64(test_err.code, ERR_BAD_RECORD);
	const char *text =
	    arena_printf(test_arena, "%.*s%s%s", STR_ARG(field), field.len > 0 ? ": " : "", test_err.message).ptr;
	f->decoder_close(d);
	return text;
}

/* Encodes one row; NULL: refused, test_err says why. */
static inline const char *test_encode(const TestTable *t, const Value *values)
{
	const Format *f = test_format(t);
	Options options;
	FormatSchema schema;
	Encoder *e;
	StrBuf out;
	test_options(t, &options);
	test_schema(t, &schema);
	err_clear(&test_err);
	REQUIRE(f->encoder_open(&options, &schema, test_arena, &e, &test_err));
	strbuf_init(&out);
	strbuf_puts(&out, ">");
	const char *text = NULL;
	if (f->encode(e, ROW_INSERT, values, &out, &test_err))
		text = arena_cstr(test_arena, str_slice(strbuf_str(&out), 1, UINT32_MAX));
	else
		CHECK_MEM(out.ptr, out.len, ">");
	strbuf_deinit(&out);
	f->encoder_close(e);
	return text;
}

#endif
