/*
 * Parquet files in memory: written, and read again; all types, NULLs at each level, damage.
 */
#include "engine/formats/parquet/assemble.h"
#include "engine/formats/parquet/leaf.h"
#include "engine/formats/parquet/pages.h"
#include "engine/formats/parquet/parquet.h"
#include "engine/formats/parquet/parquet_reader.h"
#include "engine/formats/parquet/parquet_writer.h"
#include "engine/formats/parquet/schema.h"
#include "engine/formats/parquet/shred.h"
#include "sql/types/packed.h"
#include "sql/types/zone.h"
#include "tests/unit/engine/formats/format_test.h"

enum { ROWS = 700 };

static bool read_memory(void *ctx, int64_t at, char *out, size_t n, Err *err)
{
	Str all = *(const Str *)ctx;
	if (at < 0 || (uint64_t)at + n > all.len)
		return err_set(err, ERR_IO, "behind the end");
	memcpy(out, all.ptr + at, n);
	return true;
}

/* Rows as JSON of the table's ROW type, to a file with a row group each `group` rows. */
static void print_row(const FormatSchema *schema, const Value *v, StrBuf *out)
{
	for (uint32_t c = 0; c < schema->ncols; c++) {
		strbuf_puts(out, c ? ", " : "");
		value_print(schema->types[c], v[c], VALUE_SQL, zone_utc, out);
	}
	strbuf_putc(out, '\n');
}

/* want, if given, gets the rows as text. */
static Str write_file(const TestTable *t, const char *const *rows, uint32_t n, uint32_t group, StrBuf *want)
{
	Options options;
	FormatSchema schema = {0};
	test_options(t, &options);
	test_schema(t, &schema);
	FileWriter *w;
	REQUIRE(parquet_format.files->writer_open(&options, &schema, &w, &test_err));
	StrBuf out, notes[64];
	Str list[64];
	uint32_t nnotes = 0;
	strbuf_init(&out);
	for (uint32_t i = 0; i < n; i++) {
		Value *v = ARENA_ARRAY(test_arena, Value, schema.ncols);
		Value whole;
		TypeField *fields = ARENA_ARRAY(test_arena, TypeField, schema.ncols);
		for (uint32_t c = 0; c < schema.ncols; c++)
			fields[c] = (TypeField){schema.names[c], schema.types[c]};
		const Type *row = type_row(test_arena, fields, schema.ncols);
		REQUIRE(value_parse_json(row, str_from(rows[i]), test_arena, &whole, &test_err));
		for (uint32_t c = 0; c < schema.ncols; c++)
			v[c] = packed_get(whole.s, schema.types[c], c);
		REQUIRE(parquet_format.files->add(w, v, &test_err));
		if (want)
			print_row(&schema, v, want);
		if ((i + 1) % group == 0 || i + 1 == n) {
			strbuf_init(&notes[nnotes]);
			parquet_format.files->block(w, (int64_t)out.len, &out, &notes[nnotes]);
			list[nnotes] = strbuf_str(&notes[nnotes]);
			nnotes++;
		}
	}
	REQUIRE(parquet_format.files->footer(w, list, nnotes, &out, &test_err));
	for (uint32_t i = 0; i < nnotes; i++)
		strbuf_deinit(&notes[i]);
	parquet_format.files->writer_close(w);
	Str result = arena_str(test_arena, strbuf_str(&out));
	strbuf_deinit(&out);
	return result;
}

/* All rows as text, `step` at a time from row `from` on; NULL: an error, in test_err. */
static const char *read_file(const TestTable *t, Str bytes, uint32_t step, int64_t from)
{
	Options options;
	FormatSchema schema = {0};
	test_options(t, &options);
	test_schema(t, &schema);
	FormatInput in = {.ctx = &bytes, .size = bytes.len, .read = read_memory};
	FileReader *r;
	test_err = (Err){0};
	if (!parquet_format.files->reader_open(&in, STR("f"), &options, &schema, &r, &test_err))
		return NULL;
	StrBuf text;
	strbuf_init(&text);
	bool ok = true;
	uint32_t *cols = ARENA_ARRAY(test_arena, uint32_t, schema.ncols), n;
	for (uint32_t c = 0; c < schema.ncols; c++)
		cols[c] = c;
	for (int64_t row = from; ok && (n = parquet_format.files->run(r, row, step)); row += n) {
		FormatPins pins = {0};
		Column *out = ARENA_ARRAY(test_arena, Column, schema.ncols);
		ok = parquet_format.files->read(r, row, n, cols, schema.ncols, test_arena, &pins, out, &test_err);
		for (uint32_t i = 0; ok && i < n; i++) {
			Value *v = ARENA_ARRAY(test_arena, Value, schema.ncols);
			for (uint32_t c = 0; c < schema.ncols; c++)
				v[c] = column_value(&out[c], i);
			print_row(&schema, v, &text);
		}
		parquet_format.files->unpin(&pins);
	}
	parquet_format.files->reader_close(r);
	const char *result = ok ? arena_cstr(test_arena, strbuf_str(&text)) : NULL;
	strbuf_deinit(&text);
	return result;
}

static const TypeField row_fields[2] = {{{"x", 1}, &type_int}, {{"y", 1}, &type_string}};

static TestTable nested_table(const char *codec, const char *page)
{
	const Type *row = type_row(test_arena, row_fields, 2);
	return (TestTable){
	    .options = {{"compression", codec}, {"page.size", page}},
	    .cols = {
	        {"id", &type_bigint},
	        {"l", type_array(test_arena, &type_string)},
	        {"ll", type_array(test_arena, type_array(test_arena, &type_int))},
	        {"m", type_map(test_arena, &type_string, row)},
	        {"r", type_row(test_arena, (TypeField[]){{STR("a"), row}, {STR("b"), type_array(test_arena, row)}}, 2)}}};
}

static const char *const nested_rows[] = {
    ("{\"id\":1,\"l\":[\"a\",null,\"\"],\"ll\":[[1,2],[],null,[null]],\"m\":{\"k\":{\"x\":1,\"y\":\"u\"},\"n\":null},"
     "\"r\":{\"a\":{\"x\":null,\"y\":\"z\"},\"b\":[{\"x\":7},null]}}"),
    "{\"id\":2}",
    "{\"id\":3,\"l\":[],\"ll\":[],\"m\":{},\"r\":{\"a\":null,\"b\":[]}}",
    "{\"id\":4,\"l\":[null],\"ll\":[null],\"m\":{\"q\":{\"x\":null,\"y\":null}},\"r\":{}}",
    "{\"id\":5,\"l\":[\"b\"],\"ll\":[[3]],\"m\":{\"k\":{\"x\":2,\"y\":\"\"}},\"r\":{\"a\":{\"x\":1},\"b\":null}}",
};

static const char nested_text[] =
    "1, [a, NULL, ], [[1, 2], [], NULL, [NULL]], {k=(1, u), n=NULL}, ((NULL, z), [(7, NULL), NULL])\n"
    "2, NULL, NULL, NULL, NULL\n"
    "3, [], [], {}, (NULL, [])\n"
    "4, [NULL], [NULL], {q=(NULL, NULL)}, (NULL, NULL)\n"
    "5, [b], [[3]], {k=(2, )}, ((1, NULL), NULL)\n";

TEST(nested_values_come_back)
{
	test_arena = arena_open("test", 0);
	static const char *const codecs[] = {"SNAPPY", "zstd", "GZIP", "UNCOMPRESSED"};
	for (int i = 0; i < 4; i++) {
		TestTable t = nested_table(codecs[i], i % 2 ? "64 b" : "1 mb");
		for (uint32_t group = 1; group <= 5; group++) {
			Str file = write_file(&t, nested_rows, 5, group, NULL);
			CHECK_STR(read_file(&t, file, 1, 0), nested_text);
			CHECK_STR(read_file(&t, file, 100, 0), nested_text);
			CHECK_STR(read_file(&t, file, 2, 4), strstr(nested_text, "5, "));
		}
	}
	arena_close(test_arena);
}

static TestTable flat_table(const char *int64, const char *unit)
{
	return (TestTable){
	    .options = {{"write.int64.timestamp", int64}, {"timestamp.time.unit", unit}, {"page.size", "100 b"}},
	    .cols = {{"b", &type_boolean},
	             {"t", &type_tinyint},
	             {"s", &type_smallint},
	             {"i", &type_int},
	             {"l", &type_bigint},
	             {"f", &type_float},
	             {"d", &type_double},
	             {"d1", type_decimal(test_arena, 5, 2)},
	             {"d2", type_decimal(test_arena, 18, 0)},
	             {"d3", type_decimal(test_arena, 38, 10)},
	             {"st", &type_string},
	             {"by", &type_bytes},
	             {"da", &type_date},
	             {"t3", type_temporal(test_arena, TYPE_TIME, 3)},
	             {"t6", type_temporal(test_arena, TYPE_TIME, 6)},
	             {"ts", unit[1] == 'i' && unit[2] == 'l' ? &type_timestamp3 : &type_timestamp6},
	             {"lz", &type_ltz3},
	             {"j", &type_json}}};
}

TEST(plain_values_come_back)
{
	test_arena = arena_open("test", 0);
	static const char *const kinds[][2] = {
	    {"false", "micros"}, {"true", "micros"}, {"true", "millis"}, {"true", "nanos"}};
	static const char *rows[ROWS];
	StrBuf want;
	strbuf_init(&want);
	for (int k = 0; k < 4; k++) {
		TestTable t = flat_table(kinds[k][0], kinds[k][1]);
		bool millis = k == 2;
		strbuf_clear(&want);
		for (int i = 0; i < ROWS; i++) {
			if (i % 9 == 4) {
				rows[i] = "{}";
				continue;
			}
			int s = i % 2 ? -1 : 1, year = 1900 + i % 200;
			rows[i] =
			    arena_printf(test_arena,
			                 "{\"b\":%s,\"t\":%d,\"s\":%d,\"i\":%d,\"l\":%lld,\"f\":%d.5,\"d\":%d.25,\"d1\":%d.07,"
			                 "\"d2\":%lld,\"d3\":-1234567890123456789.%010d,\"st\":\"v%d\",\"by\":\"AP8=\","
			                 "\"da\":\"%d-02-03\",\"t3\":\"01:02:03.%03d\",\"t6\":\"01:02:03.%06d\","
			                 "\"ts\":\"%d-12-31 23:59:59.%s\",\"lz\":\"%d-01-01 00:00:00.00%dZ\",\"j\":\"[%d]\"}",
			                 i % 2 ? "true" : "false", s * (i % 128), s * 32767, s * i * 1000000,
			                 (long long)s * 9223372036854775807, i, s * i, s * (i % 999),
			                 (long long)s * 999999999999999999, i, i % 50, year, i, i, year, millis ? "123" : "123456",
			                 year, i % 10, i)
			        .ptr;
		}
		Str file = write_file(&t, rows, ROWS, 300, &want);
		const char *got = read_file(&t, file, 4096, 0);
		REQUIRE(got != NULL);
		CHECK(strcmp(got, strbuf_cstr(&want)) == 0);
		CHECK(strcmp(read_file(&t, file, 7, 0), strbuf_cstr(&want)) == 0);
		const char *from = strbuf_cstr(&want);
		for (int i = 0; i < 450; i++)
			from = strchr(from, '\n') + 1;
		CHECK(strcmp(read_file(&t, file, 100, 450), from) == 0);
	}
	strbuf_deinit(&want);
	arena_close(test_arena);
}

static TestTable one_column(const char *name, const Type *type)
{
	return (TestTable){.cols = {{name, type}}};
}

static bool reads_as(const Type *written, const char *row, const Type *read, const char *want)
{
	TestTable w = one_column("a", written), r = one_column("a", read);
	w.options[0] = (TestPair){"write.int64.timestamp", "true"};
	Str file = write_file(&w, &row, 1, 1, NULL);
	const char *got = read_file(&r, file, 10, 0);
	if (!got && test_err.code != ERR_SOURCE_FAILED)
		return false;
	return got ? want && strcmp(got, arena_printf(test_arena, "%s\n", want).ptr) == 0 : !want;
}

TEST(types_hold_what_the_file_has)
{
	test_arena = arena_open("test", 0);
	const Type *d92 = type_decimal(test_arena, 9, 2), *d114 = type_decimal(test_arena, 11, 4);
	CHECK(reads_as(&type_tinyint, "{\"a\":-5}", &type_bigint, "-5"));
	CHECK(reads_as(&type_int, "{\"a\":-5}", &type_smallint, NULL));
	CHECK(reads_as(&type_bigint, "{\"a\":5}", &type_int, NULL));
	CHECK(reads_as(&type_int, "{\"a\":-5}", type_decimal(test_arena, 12, 2), "-5.00"));
	CHECK(reads_as(&type_int, "{\"a\":5}", type_decimal(test_arena, 11, 2), NULL));
	CHECK(reads_as(d92, "{\"a\":-1234567.89}", d114, "-1234567.8900"));
	CHECK(reads_as(d114, "{\"a\":1}", d92, NULL));
	CHECK(reads_as(&type_float, "{\"a\":1.5}", &type_double, "1.5"));
	CHECK(reads_as(&type_double, "{\"a\":1.5}", &type_float, NULL));
	CHECK(reads_as(&type_string, "{\"a\":\"x\"}", &type_bytes, "x'78'"));
	CHECK(reads_as(&type_bytes, "{\"a\":\"eA==\"}", &type_string, "x"));
	CHECK(reads_as(&type_bytes, "{\"a\":\"/w==\"}", &type_string, NULL)); /* no UTF-8 */
	CHECK(reads_as(&type_string, "{\"a\":\"{\"}", &type_json, NULL));
	CHECK(reads_as(&type_timestamp6, "{\"a\":\"2020-01-01 00:00:00.123456\"}", &type_timestamp3,
	               "2020-01-01 00:00:00.123"));
	CHECK(reads_as(&type_ltz6, "{\"a\":\"2020-01-01 00:00:00.5Z\"}", &type_timestamp3, "2020-01-01 00:00:00.500"));
	CHECK(reads_as(&type_date, "{\"a\":\"2020-01-01\"}", &type_int, NULL));
	CHECK(reads_as(&type_int, "{\"a\":1}", type_array(test_arena, &type_int), NULL));
	TestTable w = one_column("a", &type_int), other = one_column("b", &type_int), upper = one_column("A", &type_int);
	const char *row = "{\"a\":1}";
	Str file = write_file(&w, &row, 1, 1, NULL);
	CHECK_STR(read_file(&other, file, 1, 0), "NULL\n"); /* what is not in the file is NULL */
	CHECK_STR(read_file(&upper, file, 1, 0), "1\n");
	arena_close(test_arena);
}

/* A broken byte is an error or another value, never a crash; a page's checksum finds those in pages. */
TEST(damage_is_an_error)
{
	test_arena = arena_open("test", 0);
	TestTable t = nested_table("UNCOMPRESSED", "1 mb");
	Str file = write_file(&t, nested_rows, 5, 3, NULL);
	uint32_t same = 0;
	for (uint32_t i = 0; i < file.len; i++) {
		CHECK(read_file(&t, str_slice(file, 0, i), 10, 0) == NULL && test_err.code);
		for (int bit = 0; bit < 8; bit += 3) {
			char *copy = arena_cstr(test_arena, file);
			copy[i] ^= (char)(1 << bit);
			const char *got = read_file(&t, str_make(copy, file.len), 10, 0);
			CHECK(got || test_err.code);
			same += got && strcmp(got, nested_text) == 0;
		}
	}
	CHECK(same < 2 * file.len); /* of three flips of each byte: statistics and sums are not asked */
	char *copy = arena_cstr(test_arena, file);
	copy[100] ^= 1;
	CHECK(read_file(&t, str_make(copy, file.len), 10, 0) == NULL);
	CHECK(strstr(test_err.message, "\"f\": column \"") && strstr(test_err.message, "page at byte"));
	arena_close(test_arena);
}

TEST(rows_are_refused)
{
	test_arena = arena_open("test", 0);
	TestTable t = {.options = {{"write.int64.timestamp", "true"}, {"timestamp.time.unit", "nanos"}},
	               .cols = {{"a", &type_bigint_nn}, {"ts", &type_timestamp6}}};
	Options options;
	FormatSchema schema = {0};
	test_options(&t, &options);
	test_schema(&t, &schema);
	FileWriter *w;
	const FormatFiles *f = parquet_format.files;
	REQUIRE(f->writer_open(&options, &schema, &w, &test_err));
	Value good[2] = {value_i64(1), value_i64(1)}, null[2] = {VALUE_NULL, value_i64(1)},
	      late[2] = {value_i64(1), value_i64(INT64_MAX / 2)};
	CHECK(f->add(w, good, &test_err));
	f->mark(w);
	size_t bytes = f->bytes(w);
	CHECK(!f->add(w, null, &test_err) && test_err.code == ERR_SINK_REFUSED);
	CHECK(!f->add(w, late, &test_err) && test_err.code == ERR_SINK_REFUSED);
	f->undo(w);
	CHECK_EQ_U64(f->bytes(w), bytes);
	f->writer_close(w);
	TestTable interval = one_column("a", &type_interval_months);
	test_schema(&interval, &schema);
	CHECK(!parquet_format.check(&options, &schema, &test_err) && test_err.code == ERR_BAD_TYPE);
	TestTable lzo = one_column("a", &type_int);
	lzo.options[0] = (TestPair){"compression", "LZO"};
	test_options(&lzo, &options);
	test_schema(&lzo, &schema);
	CHECK(!parquet_format.check(&options, &schema, &test_err) && test_err.code == ERR_NOT_SUPPORTED);
	arena_close(test_arena);
}

TESTS(nested_values_come_back, plain_values_come_back, types_hold_what_the_file_has, damage_is_an_error,
      rows_are_refused)
