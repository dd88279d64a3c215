/*
 * tests/fuzz/fuzz_parquet.c: Parquet files of strangers.
 *
 * The first byte of the input chooses the columns that are asked for and how many rows at a time; the rest is a file.
 * Checked is: no file makes the reader crash or take more memory than its bounds; rows that could be read are the same
 * when they are read in other steps; every nested value is well formed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/formats/parquet/parquet.h"
#include "sql/types/packed.h"

enum { COLUMNS = 12, ROWS_MAX = 3000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Arena *forever;
static Str names[COLUMNS];
static const Type *types[2][COLUMNS];

#define FUZZ_CHECK(cond)                                                                                               \
	do {                                                                                                               \
		if (!(cond)) {                                                                                                 \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);                                                 \
			abort();                                                                                                   \
		}                                                                                                              \
	} while (0)

static void make_tables(void)
{
	static const char *const letters[COLUMNS] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
	forever = arena_open("fuzz", 0);
	TypeField inner[] = {{STR("x"), &type_int}, {STR("y"), type_array(forever, &type_string)}, {STR("z"), &type_int}};
	const Type *row = type_row(forever, inner, 3);
	const Type *one[COLUMNS] = {&type_bigint,
	                            &type_string,
	                            &type_double,
	                            type_decimal(forever, 30, 4),
	                            &type_timestamp6,
	                            type_array(forever, &type_string),
	                            type_array(forever, type_array(forever, &type_int)),
	                            type_map(forever, &type_string, &type_double),
	                            row,
	                            &type_boolean,
	                            &type_bytes,
	                            type_array(forever, row)};
	const Type *two[COLUMNS] = {type_decimal(forever, 38, 2),
	                            &type_bytes,
	                            &type_float,
	                            &type_bytes,
	                            &type_ltz3,
	                            type_array(forever, &type_bytes),
	                            &type_json,
	                            type_multiset(forever, &type_string),
	                            type_row(forever, inner + 2, 1),
	                            &type_smallint,
	                            &type_string,
	                            &type_date};
	for (uint32_t i = 0; i < COLUMNS; i++) {
		names[i] = str_from(letters[i]);
		types[0][i] = one[i];
		types[1][i] = two[i];
	}
}

static bool read_memory(void *ctx, int64_t at, char *out, size_t n, Err *err)
{
	Str all = *(const Str *)ctx;
	FUZZ_CHECK(at >= 0 && (uint64_t)at <= all.len && n <= all.len - (uint64_t)at);
	(void)err;
	memcpy(out, all.ptr + at, n);
	return true;
}

/* The rows of some columns as bytes; *whole: there was no error. */
static void read_all(FileReader *r, const Type *const *of, uint32_t mask, uint32_t step, StrBuf *out, bool *whole)
{
	Err err = {0};
	uint32_t cols[COLUMNS], ncols = 0, n;
	for (uint32_t i = 0; i < COLUMNS; i++)
		if (mask >> i & 1)
			cols[ncols++] = i;
	Arena *scratch = arena_open("rows", 0);
	*whole = true;
	for (int64_t row = 0; *whole && row < ROWS_MAX && (n = parquet_format.files->run(r, row, step)); row += n) {
		Column columns[COLUMNS];
		FormatPins pins = {0};
		*whole = parquet_format.files->read(r, row, n, cols, ncols, scratch, &pins, columns, &err);
		FUZZ_CHECK(*whole || err.code);
		for (uint32_t i = 0; *whole && i < n; i++)
			for (uint32_t c = 0; c < ncols; c++) {
				Value v = column_value(&columns[cols[c]], i);
				if (!v.null && type_is_nested(of[cols[c]]))
					FUZZ_CHECK(packed_check(v.s, of[cols[c]]));
				value_encode(of[cols[c]], v, out);
			}
		parquet_format.files->unpin(&pins);
		arena_reset(scratch);
	}
	arena_close(scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!forever)
		make_tables();
	if (size < 1)
		return 0;
	Str bytes = str_make((const char *)data + 1, size - 1);
	const Type *const *of = types[data[0] & 1];
	Options options = {0};
	FormatSchema schema = {.names = names, .types = of, .ncols = COLUMNS};
	FormatInput in = {.ctx = &bytes, .size = bytes.len, .read = read_memory};
	/* Each column in a reader of its own kind: one that cannot be matched must not hide the others. */
	for (uint32_t i = 0; i < COLUMNS; i++) {
		FileReader *r;
		Err err = {0};
		FormatSchema one = {.names = names + i, .types = of + i, .ncols = 1};
		if (!parquet_format.files->reader_open(&in, STR("f"), &options, &one, &r, &err)) {
			FUZZ_CHECK(err.code);
			continue;
		}
		StrBuf a, b;
		strbuf_init(&a);
		strbuf_init(&b);
		bool whole_a, whole_b;
		read_all(r, of + i, 1, 4096, &a, &whole_a);
		read_all(r, of + i, 1, 1 + (data[0] >> 4), &b, &whole_b);
		FUZZ_CHECK(!whole_a || (whole_b && str_eq(strbuf_str(&a), strbuf_str(&b))));
		strbuf_deinit(&a);
		strbuf_deinit(&b);
		parquet_format.files->reader_close(r);
	}
	FileReader *r;
	Err err = {0};
	if (parquet_format.files->reader_open(&in, STR("f"), &options, &schema, &r, &err)) {
		StrBuf a;
		strbuf_init(&a);
		bool whole;
		read_all(r, of, (1u << COLUMNS) - 1, 64, &a, &whole);
		strbuf_deinit(&a);
		parquet_format.files->reader_close(r);
	}
	return 0;
}
