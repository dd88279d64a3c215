/*
 * tests/fuzz/fuzz_debezium.c: changes in Debezium's envelope.
 *
 * The first byte of the input chooses options, key and columns; the rest is messages, separated by the byte 0x1e.
 * Checked is: a batch gives the rows that its messages give one by one; each message has at most its old row and its
 * new one; what is bad can be explained; a row that is written and read again is the same row.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/formats/debezium.h"

enum { MESSAGES_MAX = 32, COLUMNS = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Arena *scratch;

#define FUZZ_CHECK(cond)                                                                                               \
	do {                                                                                                               \
		if (!(cond)) {                                                                                                 \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);                                                 \
			abort();                                                                                                   \
		}                                                                                                              \
	} while (0)

static bool is_bad(const Decoded *rows, uint32_t m)
{
	return rows->bad && rows->bad[m];
}

static int64_t weight_of(const Decoded *rows, uint32_t row)
{
	return rows->weight ? rows->weight[row] : 1;
}

/* The rows of one message among those of its batch. Which errors an arena holds does not matter. */
static void compare(const FormatSchema *schema, const Decoded *all, uint32_t from, uint32_t to, const Decoded *one)
{
	FUZZ_CHECK(to - from == one->nrows && to - from <= 2);
	for (uint32_t row = from; row < to; row++) {
		FUZZ_CHECK(weight_of(all, row) == weight_of(one, row - from));
		FUZZ_CHECK(to - from == 1 || weight_of(all, row) == (row == from ? -1 : 1));
		for (uint32_t i = 0; i < schema->nfields; i++) {
			const Column *a = &all->cols[i], *b = &one->cols[i];
			FUZZ_CHECK(column_err(a, row) == column_err(b, row - from));
			FUZZ_CHECK(value_equal(a->type, column_value(a, row), column_value(b, row - from)));
		}
	}
}

static void there_and_back(const FormatSchema *schema, const Decoded *rows, uint32_t row)
{
	Options none = {0};
	FormatSchema plain = *schema;
	plain.nkey = 0;
	Value values[COLUMNS];
	Encoder *e;
	Decoder *d;
	Decoded again;
	Err err;
	StrBuf out;
	for (uint32_t i = 0; i < COLUMNS; i++) {
		if (column_err(&rows->cols[i], row))
			return;
		values[i] = column_value(&rows->cols[i], row);
	}
	RowKind kind = weight_of(rows, row) < 0 ? ROW_DELETE : ROW_UPDATE_AFTER;
	FUZZ_CHECK(debezium_format.encoder_open(&none, &plain, scratch, &e, &err));
	FUZZ_CHECK(debezium_format.decoder_open(&none, &plain, scratch, &d, &err));
	strbuf_init(&out);
	FUZZ_CHECK(debezium_format.encode(e, kind, values, &out, &err));
	Str message = strbuf_str(&out);
	debezium_format.decode(d, &message, 1, scratch, &again);
	FUZZ_CHECK(again.nrows == 1 && again.nbad == 0 && weight_of(&again, 0) == weight_of(rows, row));
	for (uint32_t i = 0; i < COLUMNS; i++)
		FUZZ_CHECK(value_equal(schema->types[i], column_value(&again.cols[i], 0), values[i]));
	strbuf_deinit(&out);
	debezium_format.encoder_close(e);
	debezium_format.decoder_close(d);
}

static void check_messages(const Options *options, const FormatSchema *schema, const Str *messages, uint32_t n)
{
	Decoder *d, *alone;
	Decoded all;
	Err err;
	FUZZ_CHECK(debezium_format.decoder_open(options, schema, scratch, &d, &err));
	FUZZ_CHECK(debezium_format.decoder_open(options, schema, scratch, &alone, &err));
	debezium_format.decode(d, messages, n, scratch, &all);
	FUZZ_CHECK(all.message || all.nrows == n);
	uint32_t row = 0;
	for (uint32_t m = 0; m < n; m++) {
		Decoded one;
		uint32_t from = row;
		while (row < all.nrows && (all.message ? all.message[row] : row) == m)
			row++;
		debezium_format.decode(alone, &messages[m], 1, scratch, &one);
		FUZZ_CHECK(is_bad(&all, m) == is_bad(&one, 0));
		if (is_bad(&all, m)) {
			Err why = {0};
			Str field;
			debezium_format.explain(alone, messages[m], scratch, &field, &why);
			FUZZ_CHECK(why.code == ERR_BAD_RECORD && why.message[0]);
			FUZZ_CHECK(row == from + 1 && one.nrows == 1);
			continue;
		}
		compare(schema, &all, from, row, &one);
		for (uint32_t i = from; i < row; i++)
			there_and_back(schema, &all, i);
	}
	FUZZ_CHECK(row == all.nrows);
	debezium_format.decoder_close(d);
	debezium_format.decoder_close(alone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const Str names[COLUMNS] = {{"id", 2}, {"x", 1}, {"d", 1}};
	const Type *types[COLUMNS] = {&type_int, &type_string, &type_bigint};
	FormatField fields[COLUMNS];
	Str messages[MESSAGES_MAX];
	uint32_t n = 0;
	if (size < 1)
		return 0;
	scratch = arena_open("fuzz", 0);
	for (uint32_t i = 0; i < COLUMNS; i++)
		fields[i] = (FormatField){.path = &names[i], .npath = 1, .position = i, .type = types[i]};
	FormatSchema schema = {.names = names,
	                       .types = types,
	                       .ncols = COLUMNS,
	                       .fields = fields,
	                       .nfields = COLUMNS,
	                       .key = names,
	                       .nkey = data[0] & 2 ? 1 : 0};
	Options options = {0};
	if (data[0] & 1)
		options_set(&options, scratch, STR("schema-include"), STR("true"));
	/* Each message where it ends with its memory: what is read behind it is found. */
	for (size_t at = 1; at <= size && n < MESSAGES_MAX;) {
		const uint8_t *end = at < size ? memchr(data + at, 0x1e, size - at) : NULL;
		size_t len = (end ? (size_t)(end - data) : size) - at;
		char *copy = malloc(len ? len : 1);
		FUZZ_CHECK(copy != NULL);
		if (len)
			memcpy(copy, data + at, len);
		messages[n++] = str_make(copy, len);
		at += len + 1;
	}
	check_messages(&options, &schema, messages, n);
	for (uint32_t i = 0; i < n; i++)
		free((void *)(uintptr_t)messages[i].ptr);
	arena_close(scratch);
	return 0;
}
