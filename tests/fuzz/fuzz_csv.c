/*
 * tests/fuzz/fuzz_csv.c: CSV in all its variants.
 *
 * The first byte of the input chooses the options, the second the columns and how the file arrives; the rest is a file.
 * Checked is: cutting it into records gives the same records however many bytes arrive at a time; records that can be
 * decoded are written and read again, with the same result; every bad record and field can be explained; no byte
 * outside of a record is read.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/formats/csv.h"

enum { RECORDS_MAX = 64, COLUMNS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Arena *forever;
static Arena *scratch;
static const Type *text_types[COLUMNS];
static const Type *mixed_types[COLUMNS];
static Str names[COLUMNS];
static FormatField fields[2][COLUMNS];

#define FUZZ_CHECK(cond)                                                                                               \
	do {                                                                                                               \
		if (!(cond)) {                                                                                                 \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);                                                 \
			abort();                                                                                                   \
		}                                                                                                              \
	} while (0)

static void make_tables(void)
{
	static const char *const letters[COLUMNS] = {"a", "b", "c", "d", "e", "f", "g", "h"};
	forever = arena_open("fuzz", 0);
	scratch = arena_open("fuzz input", 0);
	TypeField inner[] = {{STR("x"), &type_int}, {STR("y"), &type_string}};
	const Type *mixed[COLUMNS] = {&type_int,
	                              type_array(forever, &type_string),
	                              type_row(forever, inner, 2),
	                              &type_double,
	                              type_decimal(forever, 12, 3),
	                              &type_ltz3,
	                              &type_json,
	                              &type_bytes};
	for (uint32_t i = 0; i < COLUMNS; i++) {
		names[i] = str_from(letters[i]);
		text_types[i] = &type_string;
		mixed_types[i] = mixed[i];
		fields[0][i] = (FormatField){.path = &names[i], .npath = 1, .position = i, .type = text_types[i]};
		fields[1][i] = (FormatField){.path = &names[i], .npath = 1, .position = i, .type = mixed_types[i]};
	}
}

static void options_of(uint8_t choice, Options *out)
{
	static const char *const delimiters[] = {",", "|", "\\t", "\xc2\xa6"};
	*out = (Options){0};
	options_set(out, scratch, STR("field-delimiter"), str_from(delimiters[choice & 3]));
	if (choice & 4)
		options_set(out, scratch, STR("escape-character"), STR("\\"));
	if (choice & 8)
		options_set(out, scratch, STR("allow-comments"), STR("true"));
	if (choice & 16)
		options_set(out, scratch, STR("null-literal"), STR(""));
	if (choice & 32)
		options_set(out, scratch, STR("ignore-parse-errors"), STR("true"));
	if ((choice & 192) == 64)
		options_set(out, scratch, STR("disable-quote-character"), STR("true"));
	if ((choice & 192) == 128)
		options_set(out, scratch, STR("quote-character"), STR("'"));
}

/* The records of a file of which `step` more bytes arrive each time. */
static uint32_t split_file(const Options *options, Str file, uint32_t step, Str *out)
{
	uint32_t n = 0;
	uint32_t begin = 0;
	uint32_t end = 0;
	while (n < RECORDS_MAX) {
		end = file.len - end > step ? end + step : file.len;
		for (;;) {
			size_t used;
			uint32_t got =
			    csv_format.split(options, str_slice(file, begin, end - begin), end == file.len, out + n, 1, &used);
			FUZZ_CHECK(got <= 1 && used <= end - begin);
			begin += (uint32_t)used;
			n += got;
			if (used == 0 || n == RECORDS_MAX)
				break;
		}
		if (end == file.len)
			break;
	}
	return n;
}

/* A row that was decoded: written, and read again. */
static void there_and_back(const Options *options, const FormatSchema *schema, const Decoded *rows, uint32_t row)
{
	Decoder *d;
	Encoder *e;
	Err err;
	StrBuf out;
	Value values[COLUMNS];
	for (uint32_t i = 0; i < schema->ncols; i++) {
		if (column_err(&rows->cols[i], row))
			return;
		values[i] = column_value(&rows->cols[i], row);
	}
	FUZZ_CHECK(csv_format.decoder_open(options, schema, scratch, &d, &err));
	FUZZ_CHECK(csv_format.encoder_open(options, schema, scratch, &e, &err));
	strbuf_init(&out);
	if (csv_format.encode(e, ROW_INSERT, values, &out, &err)) {
		Decoded again;
		Str record = strbuf_str(&out);
		Str parts[2];
		size_t used;
		csv_format.decode(d, &record, 1, scratch, &again);
		FUZZ_CHECK(again.nbad == 0 && again.nrows == 1);
		for (uint32_t i = 0; i < schema->ncols; i++) {
			FUZZ_CHECK(!column_err(&again.cols[i], 0));
			/* Items of arrays are joined as they are: what they hold may look like a delimiter. */
			if (!type_is_nested(schema->types[i]))
				FUZZ_CHECK(value_compare(schema->types[i], column_value(&again.cols[i], 0), values[i]) == 0);
		}
		/* In a file it is one record. */
		if (record.len > 0) {
			FUZZ_CHECK(csv_format.split(options, record, true, parts, 2, &used) == 1);
			FUZZ_CHECK(str_eq(parts[0], record));
		}
	} else {
		FUZZ_CHECK(err.code == ERR_BAD_VALUE && out.len == 0);
	}
	strbuf_deinit(&out);
	csv_format.encoder_close(e);
	csv_format.decoder_close(d);
}

static void decode_records(const Options *options, const FormatSchema *schema, const Str *records, uint32_t n)
{
	Decoder *d;
	Decoded rows;
	Err err;
	FUZZ_CHECK(csv_format.decoder_open(options, schema, scratch, &d, &err));
	csv_format.decode(d, records, n, scratch, &rows);
	FUZZ_CHECK(rows.message || rows.nrows == n);
	uint32_t bad = 0;
	for (uint32_t m = 0; m < n; m++)
		bad += rows.bad && rows.bad[m];
	FUZZ_CHECK(bad == rows.nbad);
	for (uint32_t row = 0; row < rows.nrows; row++) {
		uint32_t m = rows.message ? rows.message[row] : row;
		if (!(rows.bad && rows.bad[m]))
			there_and_back(options, schema, &rows, row);
	}
	for (uint32_t m = 0; m < n; m++) {
		Err why = {0};
		Str field;
		csv_format.explain(d, records[m], scratch, &field, &why);
		FUZZ_CHECK(why.code == ERR_BAD_RECORD && why.message[0]);
	}
	csv_format.decoder_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Options options;
	Str whole[RECORDS_MAX];
	Str pieces[RECORDS_MAX];
	if (!forever)
		make_tables();
	if (size < 2)
		return 0;
	bool mixed = data[1] & 1;
	uint32_t ncols = 1 + (data[1] >> 1 & 7);
	uint32_t step = 1 + (data[1] >> 4);
	FormatSchema schema = {.names = names,
	                       .types = mixed ? mixed_types : text_types,
	                       .ncols = ncols,
	                       .fields = fields[mixed],
	                       .nfields = ncols};
	options_of(data[0], &options);

	char *copy = malloc(size - 2 + (size == 2));
	memcpy(copy, data + 2, size - 2);
	Str file = str_make(copy, size - 2);
	uint32_t n = split_file(&options, file, UINT32_MAX, whole);
	uint32_t again = split_file(&options, file, step, pieces);
	FUZZ_CHECK(n == again);
	for (uint32_t i = 0; i < n; i++)
		FUZZ_CHECK(str_eq(whole[i], pieces[i]));
	decode_records(&options, &schema, whole, n);
	decode_records(&options, &schema, &file, 1);
	free(copy);
	arena_reset(scratch);
	return 0;
}
